//! Where records come from: archives, tables, files; one file a format behind one trait.
//!
//! Takes the paths a user names, says by name (or first bytes) what each is, gives [`RecordSource`]s. Knows nothing of labels or outputs.

mod csv;
mod http;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod raw;
mod unpacked;
mod warc;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::raw::Raw;
use self::unpacked::Unpacked;
use super::record::{Body, Item, Place, Record, RecordSource, Skip};
use crate::source::{Kind, STDIN, Source, Wanted};
use crate::{Error, Result};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// The file is one page (or text): HTML unless its name says text.
    Page(Option<Kind>),
    /// A WARC or WET archive, plain or packed.
    Warc,
    /// JSON Lines, a page a line.
    Jsonl,
    /// CSV with a header, a page a row.
    Csv,
    /// Parquet, a page a row.
    Parquet,
}

impl InputFormat {
    /// What a file is by its name, once `.gz` or `.zst` is taken off: `.warc`, `.wet`, `.wat` are archives; `.jsonl`, `.ndjson`, `.csv` and
    /// `.parquet` are tables; `.html`, `.htm`, `.xhtml` and `.txt` are pages. `None` if the name does not say.
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("warc" | "wet" | "wat") => Some(Self::Warc),
            Some("jsonl" | "ndjson") => Some(Self::Jsonl),
            Some("csv") => Some(Self::Csv),
            Some("parquet") => Some(Self::Parquet),
            _ => Kind::of_name(path).map(|kind| Self::Page(Some(kind))),
        }
    }

    /// What a file is by its name, else by its first bytes, else a page. Standard input and pipes are not looked into.
    fn of_file(path: &Path) -> Self {
        if let Some(format) = Self::of_name(path) {
            return format;
        }
        let mut start = Vec::new();
        if path.as_os_str() != STDIN && std::fs::metadata(path).is_ok_and(|data| data.is_file()) {
            let raw = Raw::open(path);
            // What cannot be read here will be named when it is read in earnest.
            let _ = raw.and_then(|raw| Unpacked::new(raw).take(8).read_to_end(&mut start));
        }
        match start.as_slice() {
            start if start.starts_with(b"WARC/") => Self::Warc,
            start if start.starts_with(b"PAR1") => Self::Parquet,
            _ => Self::Page(None),
        }
    }
}

/// The columns of tables that are read. Each has a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The column with a page's HTML. Default: `html`.
    pub html: String,
    /// The column with plain text; read where there is no HTML. Default: `text`.
    pub text: String,
    /// The column with the address. Default: `url`.
    pub url: String,
}

impl Default for Columns {
    fn default() -> Self {
        Self { html: "html".to_owned(), text: "text".to_owned(), url: "url".to_owned() }
    }
}

impl Columns {
    fn missing(&self) -> String {
        format!(
            "neither a column {:?} nor a column {:?} with text in it: name the column of the pages (--html-column, --text-column)",
            self.html, self.text
        )
    }
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// What it is.
    pub format: InputFormat,
}

/// How inputs are read. Each setting states its default.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The columns of tables.
    pub columns: Columns,
    /// The most bytes of a page that are read. Default: 64 MiB.
    pub max_bytes: usize,
    /// The address of the page, for a run over one page. Default: none.
    pub url: Option<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { columns: Columns::default(), max_bytes: crate::PageOptions::default().max_bytes(), url: None }
    }
}

/// What a folder or a pattern may stand for.
const EXPECTED: &str = "pages (.html, .htm, .xhtml, .txt) or archives (.warc, .wet), also with .gz or .zst after it; tables (.jsonl, .ndjson, .csv, \
    .parquet) are read when they are named by themselves or by a pattern";

/// The files that inputs stand for, in their order: as [`crate::source::sources`], with the archives in a folder beside its pages. Tables are
/// taken when they are named, by themselves or by a pattern, so that a list beside the pages of a folder is not read as one of them. `format` is
/// what every file is; without it the name or the first bytes say.
pub fn inputs<I: AsRef<Path>>(named: impl IntoIterator<Item = I>, format: Option<InputFormat>) -> Vec<Result<Input>> {
    let is = |path: &Path| matches!(InputFormat::of_name(path), Some(InputFormat::Page(_) | InputFormat::Warc));
    let found = crate::source::files(named, &Wanted { is: &is, expected: EXPECTED });
    let input = |source: Source| {
        let path = source.path().to_owned();
        Input { format: format.unwrap_or_else(|| InputFormat::of_file(&path)), path }
    };
    found.into_iter().map(|source| source.map(input)).collect()
}

/// Opens a file of a run.
///
/// # Errors
/// If it cannot be read. What is wrong within it is an [`Item::Broken`] in its place.
pub fn open(input: &Input, options: &ReadOptions) -> Result<Box<dyn RecordSource>> {
    let path: Arc<Path> = input.path.clone().into();
    let (columns, max) = (options.columns.clone(), options.max_bytes);
    let raw = || {
        if path.as_os_str() == STDIN {
            return Ok(Raw::stream(Box::new(std::io::stdin())));
        }
        Raw::open(&path).map_err(|source| Error::read(&path, source))
    };
    Ok(match input.format {
        InputFormat::Page(kind) => Box::new(PageSource::new(path, kind, options.url.clone())),
        InputFormat::Warc => Box::new(warc::WarcSource::new(path.clone(), raw()?, max)),
        InputFormat::Jsonl => Box::new(lines::JsonSource::new(path.clone(), raw()?, columns, max)),
        InputFormat::Csv => Box::new(csv::CsvSource::new(path.clone(), raw()?, columns, max)),
        #[cfg(feature = "parquet")]
        InputFormat::Parquet => Box::new(parquet::ParquetSource::open(path, columns, max)?),
        #[cfg(not(feature = "parquet"))]
        InputFormat::Parquet => {
            let problem = "Parquet is not part of this build: build with the feature parquet".to_owned();
            return Err(Error::Archive { path: input.path.clone(), offset: 0, problem });
        }
    })
}

/// A file that is one page.
struct PageSource {
    item: Option<Item>,
    bytes: u64,
}

impl PageSource {
    fn new(path: Arc<Path>, kind: Option<Kind>, url: Option<String>) -> Self {
        let body = Body::File(path.to_path_buf(), kind);
        Self { item: Some(Item::Page(Record { place: Place { path, at: None }, url, body, cut: false })), bytes: 0 }
    }
}

impl RecordSource for PageSource {
    fn next(&mut self) -> Option<Item> {
        let item = self.item.take();
        if let Some(Item::Page(record)) = &item {
            self.bytes = std::fs::metadata(&record.place.path).map_or(0, |data| data.len());
        }
        item
    }

    fn position(&self) -> u64 {
        self.bytes
    }
}

/// A row's page.
fn page_of(place: Place, html: Option<String>, text: Option<String>, url: Option<String>) -> Item {
    // A byte-order mark that survived as a character is no text.
    let unmarked = |text: String| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    page_from(place, html.map(unmarked).map(Body::Html).or_else(|| text.map(unmarked).map(Body::Text)), url)
}

fn page_from(place: Place, body: Option<Body>, url: Option<String>) -> Item {
    let blank = match &body {
        None => true,
        Some(Body::Html(text) | Body::Text(text)) => text.trim().is_empty(),
        Some(Body::HtmlBytes(bytes, _)) => bytes.trim_ascii().is_empty(),
        Some(Body::File(..)) => false,
    };
    match body {
        Some(body) if !blank => Item::Page(Record { place, url, body, cut: false }),
        _ => Item::Skipped(Skip::Empty),
    }
}
