//! Records: what sources give and runs take.
//!
//! Takes bytes or text with what the archive says of them, gives [`Record`]s and, for what is no page, the reason. Knows nothing of formats.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Error;
use crate::source::Kind;

/// Where a record lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file; `-` is standard input.
    pub path: Arc<Path>,
    /// Where in it: the byte at which the record (or the packed member it begins in) begins in a WARC, the line of a JSON Lines file, the row
    /// of a CSV or Parquet file, both counted from 1; `None` for a file that is a page.
    pub at: Option<u64>,
}

/// `file`, or `file#place`: the column `path` of rows.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.at.map_or(Ok(()), |at| write!(f, "#{at}"))
    }
}

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A page's bytes, and the charset of its HTTP header.
    HtmlBytes(Vec<u8>, Option<String>),
    /// A page that is decoded already.
    Html(String),
    /// Plain text that some other tool has extracted.
    Text(String),
    /// A file that is a page; read when it is its turn.
    File(PathBuf, Option<Kind>),
}

impl Body {
    /// About how many bytes the body takes in memory when it is read.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::HtmlBytes(bytes, _) => bytes.len(),
            Self::Html(text) | Self::Text(text) => text.len(),
            // What a usual page has; the file is not there yet.
            Self::File(..) => 128 << 10,
        }
    }
}

/// A page to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it lies.
    pub place: Place,
    /// Its address, if the archive says it.
    pub url: Option<String>,
    /// What it holds.
    pub body: Body,
    /// Whether bytes beyond the limit were left out.
    pub cut: bool,
}

/// Why a record is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Its content type or its first bytes say that it is neither HTML nor text.
    NotHtml,
    /// An HTTP redirect (status 3xx).
    Redirect,
    /// An HTTP error, or another status without a page.
    HttpError,
    /// A WARC record that refers to an earlier one.
    Revisit,
    /// A WARC record about the crawl: warcinfo, request, metadata, or a type of its own.
    NoPage,
    /// Neither HTML nor text in it.
    Empty,
}

impl Skip {
    /// The reason's name in summaries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotHtml => "not-html",
            Self::Redirect => "redirect",
            Self::HttpError => "http-error",
            Self::Revisit => "revisit",
            Self::NoPage => "no-page",
            Self::Empty => "empty",
        }
    }
}

/// What a source gives: each is counted.
#[derive(Debug)]
pub enum Item {
    /// A page.
    Page(Record),
    /// A record that is no page.
    Skipped(Skip),
    /// A record that cannot be read, with its place; the next item is what comes after the damage.
    Broken(Error),
}

/// A stream of records in a fixed order. The end is `None`, and stays so.
pub trait RecordSource: Send {
    /// The next record.
    fn next(&mut self) -> Option<Item>;

    /// How many bytes of the file have been read; for progress.
    fn position(&self) -> u64;
}
