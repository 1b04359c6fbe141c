//! Labelled HTML from open labels and the pages' public files.
//!
//! Takes [`OpenLabels`] and a folder with the public files, gives a corpus folder. A page's file is known by its SHA-256; failing that by its
//! place below the repository's folder, as another version whose blocks are then found by their text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::MAX_PAGE_BYTES;
use super::super::read::read;
use super::place::label_html;
use super::table::{gzip, write_pages};
use super::{BlockLabel, OpenLabels, PAGES_FILE, PageLabels, TextHash};
use crate::block::Blocks;
use crate::decode::decode;
use crate::digest::sha256_of;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::page::{Page, PageOptions};

/// Folders deeper than this are not entered, so that a link to a folder above ends.
const MAX_DEPTH: usize = 32;

/// Begins every page that is written: no stale `<meta charset>` can mislead behind it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What came of rebuilding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Rebuilt {
    /// Pages written.
    pub pages: usize,
    /// Those of them whose public file is another version than the one that was labelled.
    pub other_versions: usize,
    /// Ids of pages whose public file was not found.
    pub missing: Vec<String>,
    /// Labels of the pages written.
    pub labels: usize,
    /// Those of them whose block was not found, or cannot carry a label.
    pub lost: usize,
}

/// The public file of a page.
struct PublicFile {
    path: PathBuf,
    same_version: bool,
}

impl OpenLabels {
    /// Writes the labelled HTML of every page whose public file is below `files`, and a manifest, into `out`.
    ///
    /// A file is looked for by its hash, then at `files`/repository/origin and `files`/origin.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn rebuild(&self, files: &Path, out: &Path) -> Result<Rebuilt> {
        let by_hash = hashes(files)?;
        let done: Vec<Result<Option<Rebuilt>>> = self
            .pages
            .par_iter()
            .map(|page| find(page, files, &by_hash).map(|found| rebuild_page(page, &found, out)).transpose())
            .collect();
        let (mut all, mut written) = (Rebuilt::default(), Vec::new());
        for (page, done) in self.pages.iter().zip(done) {
            let Some(done) = done? else {
                all.missing.push(page.entry.id.clone());
                continue;
            };
            all.pages += done.pages;
            all.other_versions += done.other_versions;
            all.labels += done.labels;
            all.lost += done.lost;
            written.push(page);
        }
        make_folder(out)?;
        write_pages(&out.join(PAGES_FILE), written.into_iter())?;
        Ok(all)
    }
}

/// The SHA-256 of every file below the folder, in hexadecimal digits.
fn hashes(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = Vec::new();
    collect(folder, MAX_DEPTH, &mut files)?;
    files.sort();
    let hashed: Result<Vec<(String, PathBuf)>> = files
        .into_par_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).map_err(|source| Error::read(&path, source))?;
            Ok((sha256_of(&bytes), path))
        })
        .collect();
    Ok(hashed?.into_iter().collect())
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    for item in std::fs::read_dir(folder).map_err(|source| Error::read(folder, source))? {
        let path = item.map_err(|source| Error::read(folder, source))?.path();
        if !path.is_dir() {
            files.push(path);
        } else if depth > 0 && !path.ends_with(".git") {
            collect(&path, depth - 1, files)?;
        }
    }
    Ok(())
}

fn find(page: &PageLabels, files: &Path, by_hash: &BTreeMap<String, PathBuf>) -> Option<PublicFile> {
    let origin = page.entry.origin.as_ref()?;
    if let Some(path) = by_hash.get(&origin.sha256) {
        return Some(PublicFile { path: path.clone(), same_version: true });
    }
    let places = [files.join(&page.repository).join(&origin.path), files.join(&origin.path)];
    let path = places.into_iter().find(|path| path.is_file() && path.starts_with(files))?;
    Some(PublicFile { path, same_version: false })
}

fn rebuild_page(page: &PageLabels, file: &PublicFile, out: &Path) -> Result<Rebuilt> {
    let bytes = read(&file.path, MAX_PAGE_BYTES)?;
    let html = decode(&bytes, None).text;
    let parsed = Page::from_html(html.clone().into_owned(), &PageOptions::default());
    let blocks = parsed.dom().map(Blocks::of_dom).unwrap_or_default();
    let texts: Vec<TextHash> = blocks.iter().map(|block| TextHash::of(blocks.text(block))).collect();
    let labels = match_labels(page, &texts);
    let found = labels.iter().flatten().count();
    let (labelled, wrong) = label_html(&html, &labels).unwrap_or_else(|| (html.clone().into_owned(), found));
    write_page(&out.join(&page.entry.path), &labelled)?;
    Ok(Rebuilt {
        pages: 1,
        other_versions: usize::from(!file.same_version),
        missing: Vec::new(),
        labels: page.labels.len(),
        lost: page.labels.len() - found + wrong,
    })
}

/// The label of each block of a page: a label goes to the block at its place if that has its text, else to the nearest block that has.
fn match_labels(page: &PageLabels, texts: &[TextHash]) -> Vec<Option<Label>> {
    let mut labels = vec![None; texts.len()];
    let (here, moved): (Vec<&BlockLabel>, Vec<&BlockLabel>) =
        page.labels.iter().partition(|block| texts.get(block.index) == Some(&block.text));
    for block in here {
        labels[block.index] = Some(block.label);
    }
    let mut places: BTreeMap<TextHash, Vec<usize>> = BTreeMap::new();
    if !moved.is_empty() {
        for (index, text) in texts.iter().enumerate() {
            places.entry(*text).or_default().push(index);
        }
    }
    for block in moved {
        let free = places.get(&block.text).into_iter().flatten().filter(|index| labels[**index].is_none());
        if let Some(nearest) = free.min_by_key(|index| index.abs_diff(block.index)).copied() {
            labels[nearest] = Some(block.label);
        }
    }
    labels
}

fn write_page(path: &Path, html: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let text = format!("{BYTE_ORDER_MARK}{html}");
    let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let bytes = if packed { gzip(text.as_bytes()) } else { Ok(text.into_bytes()) };
    bytes.and_then(|bytes| std::fs::write(path, bytes)).map_err(|source| Error::write(path, source))
}

fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::write(folder, source))
}
