//! Open labels as two tables.
//!
//! Takes and gives `pages.csv`, a row a page, and `blocks.csv.gz`, a row a labelled block; reads the table that says where pages are published.
//! Equal labels make equal bytes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};

use super::super::read::read;
use super::super::{CorpusEntry, FOLDS, Kind, Origin};
use super::{BlockLabel, OpenLabels, PageLabels, TextHash};
use crate::error::{Error, Result};
use crate::label::Label;

/// The table of pages in a folder of open labels.
pub const PAGES_FILE: &str = "pages.csv";

/// The table of labelled blocks in a folder of open labels.
pub const BLOCKS_FILE: &str = "blocks.csv.gz";

/// A table with more unpacked bytes is taken for a mistake.
const MAX_BYTES: u64 = 1 << 30;

/// Where the pages of a source are published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct Repository {
    source: String,
    /// The repository, such as `owner/name`.
    pub repository: String,
    /// Its commit; may be empty.
    pub commit: String,
}

/// A row of the table of pages.
#[derive(Serialize, Deserialize)]
struct PageRow {
    id: String,
    file: String,
    kind: String,
    source: String,
    repository: String,
    commit: String,
    origin: String,
    origin_sha256: String,
    url: String,
    site: String,
    page_type: String,
    country: String,
    fold: u8,
    blocks: usize,
    labelled: usize,
}

/// A row of the table of blocks.
#[derive(Serialize, Deserialize)]
struct BlockRow {
    page: String,
    block: usize,
    label: Label,
    text_hash: String,
}

/// Reads the table of repositories: CSV with the columns `source`, `repository` and `commit`; others are ignored.
///
/// # Errors
/// If the file cannot be read or a row is not as expected.
pub fn read_repositories(path: &Path) -> Result<BTreeMap<String, Repository>> {
    let rows: Vec<(u64, Repository)> = rows(path, &read(path, MAX_BYTES)?)?;
    Ok(rows.into_iter().map(|(_, row)| (row.source.clone(), row)).collect())
}

impl OpenLabels {
    /// Writes both tables into `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))?;
        write_pages(&folder.join(PAGES_FILE), self.pages.iter())?;
        let path = folder.join(BLOCKS_FILE);
        let rows = self.pages.iter().flat_map(|page| page.labels.iter().map(|block| block_row(page, block)));
        let packed = gzip(&csv_bytes(&path, rows)?).map_err(|source| Error::write(&path, source))?;
        std::fs::write(&path, packed).map_err(|source| Error::write(&path, source))
    }

    /// Reads both tables of a folder.
    ///
    /// # Errors
    /// If a file cannot be read, a row is not as expected, or a block's page is not in the table of pages.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(PAGES_FILE);
        let mut pages: BTreeMap<String, PageLabels> = BTreeMap::new();
        for (line, row) in rows::<PageRow>(&path, &read(&path, MAX_BYTES)?)? {
            let page = page_of(row).map_err(|problem| Error::Record { path: path.clone(), line, problem })?;
            pages.insert(page.entry.id.clone(), page);
        }
        let path = folder.join(BLOCKS_FILE);
        each_block_label(&path, |id, label| {
            let page = pages.get_mut(id).ok_or_else(|| format!("page {id:?} is not in {PAGES_FILE}"))?;
            page.labels.push(label);
            Ok(())
        })?;
        Ok(Self { pages: pages.into_values().collect() })
    }
}

/// Reads a table of labelled blocks alone, by page: as [`BLOCKS_FILE`], packed or not.
pub(in crate::corpus) fn read_block_labels(path: &Path) -> Result<BTreeMap<String, Vec<BlockLabel>>> {
    let mut pages: BTreeMap<String, Vec<BlockLabel>> = BTreeMap::new();
    each_block_label(path, |id, label| {
        pages.entry(id.to_owned()).or_default().push(label);
        Ok(())
    })?;
    Ok(pages)
}

/// Gives each row of a table of labelled blocks with its page's id to `each`, which may say what is wrong with it.
fn each_block_label(path: &Path, mut each: impl FnMut(&str, BlockLabel) -> std::result::Result<(), String>) -> Result<()> {
    for (line, row) in rows::<BlockRow>(path, &read(path, MAX_BYTES)?)? {
        let text =
            TextHash::from_hex(&row.text_hash).ok_or_else(|| format!("text_hash is {:?}: expected 16 hexadecimal digits", row.text_hash));
        text.and_then(|text| each(&row.page, BlockLabel { index: row.block, label: row.label, text }))
            .map_err(|problem| Error::Record { path: path.to_owned(), line, problem })?;
    }
    Ok(())
}

/// Writes a table of pages: one that [`Corpus::open`](crate::Corpus::open) reads as a manifest.
pub(super) fn write_pages<'a>(path: &Path, pages: impl Iterator<Item = &'a PageLabels>) -> Result<()> {
    let bytes = csv_bytes(path, pages.map(page_row))?;
    std::fs::write(path, bytes).map_err(|source| Error::write(path, source))
}

/// The bytes as a gzip file without name and time.
pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn page_row(page: &PageLabels) -> PageRow {
    let entry = &page.entry;
    let origin = entry.origin.clone().unwrap_or_default();
    let given = |field: &Option<String>| field.clone().unwrap_or_default();
    PageRow {
        id: entry.id.clone(),
        file: entry.path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        kind: if entry.kind == Kind::Unlisted { String::new() } else { entry.kind.as_str().to_owned() },
        source: given(&entry.source),
        repository: page.repository.clone(),
        commit: page.commit.clone(),
        origin: origin.path,
        origin_sha256: origin.sha256,
        url: given(&entry.url),
        site: entry.site.clone(),
        page_type: given(&entry.page_type),
        country: given(&entry.country),
        fold: entry.fold,
        blocks: page.blocks,
        labelled: page.labels.len(),
    }
}

fn block_row(page: &PageLabels, block: &BlockLabel) -> BlockRow {
    BlockRow { page: page.entry.id.clone(), block: block.index, label: block.label, text_hash: block.text.to_string() }
}

fn page_of(row: PageRow) -> std::result::Result<PageLabels, String> {
    let given = |field: String| Some(field).filter(|value| !value.is_empty());
    let kind = match row.kind.as_str() {
        "" => Kind::Unlisted,
        name => Kind::from_name(name).ok_or_else(|| format!("kind is {name:?}: expected full or partial"))?,
    };
    let file = PathBuf::from(&row.file);
    if row.file.is_empty() || !file.components().all(|part| matches!(part, std::path::Component::Normal(_))) {
        return Err(format!("file is {:?}: expected a path below the folder", row.file));
    }
    if row.fold >= FOLDS {
        return Err(format!("fold is {}: expected 0 to {}", row.fold, FOLDS - 1));
    }
    let origin = Origin { path: row.origin, sha256: row.origin_sha256 };
    let entry = CorpusEntry {
        id: row.id,
        path: file,
        kind,
        source: given(row.source),
        url: given(row.url),
        site: row.site,
        page_type: given(row.page_type),
        country: given(row.country),
        fold: row.fold,
        has_gold: false,
        origin: (origin != Origin::default()).then_some(origin),
    };
    Ok(PageLabels { entry, repository: row.repository, commit: row.commit, blocks: row.blocks, labels: Vec::new() })
}

fn csv_bytes(path: &Path, rows: impl Iterator<Item = impl Serialize>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(|error| Error::write(path, error.into()))?;
    }
    writer.into_inner().map_err(|error| Error::write(path, error.into_error()))
}

/// The rows of a table with their lines.
fn rows<T: for<'de> Deserialize<'de>>(path: &Path, bytes: &[u8]) -> Result<Vec<(u64, T)>> {
    let mut rows = Vec::new();
    let mut reader = csv::Reader::from_reader(bytes);
    let record = |line: u64, error: &csv::Error| Error::Record { path: path.to_owned(), line, problem: error.to_string() };
    let line_of = |error: &csv::Error| error.position().map_or(1, csv::Position::line);
    let headers = reader.headers().map_err(|error| record(1, &error))?.clone();
    for row in reader.records() {
        let row = row.map_err(|error| record(line_of(&error), &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        rows.push((line, row.deserialize(Some(&headers)).map_err(|error| record(line, &error))?));
    }
    Ok(rows)
}
