//! The pages of a folder, in memory.
//!
//! Takes a folder and how many pages are wanted, gives their bytes. Which pages are taken depends on nothing but the names of the files.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use walkdir::WalkDir;

use crate::error::Failure;

/// A page in memory.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

const ENDINGS: [&str; 3] = [".html", ".htm", ".html.gz"];

/// Loads `count` pages, evenly spaced over the folder's files in the order of their paths; all of them for 0.
pub(crate) fn load(folder: &Path, count: usize) -> Result<Vec<Page>, Failure> {
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|error| Failure::File { path: folder.to_owned(), source: error.into() })?;
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            paths.push(entry.into_path());
        }
    }
    paths.sort_unstable();
    if paths.is_empty() {
        return Err(Failure::Content { path: folder.to_owned(), problem: "holds no .html, .htm or .html.gz file".to_owned() });
    }
    let count = if count == 0 { paths.len() } else { count.min(paths.len()) };
    (0..count).map(|index| read(&paths[index * paths.len() / count])).collect()
}

fn read(path: &Path) -> Result<Page, Failure> {
    let mut bytes = std::fs::read(path).map_err(Failure::file(path))?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).map_err(Failure::file(path))?;
        bytes = plain;
    }
    Ok(Page { path: path.to_owned(), bytes })
}

/// The size of all pages in MB (10⁶ bytes).
pub(crate) fn megabytes(pages: &[Page]) -> f64 {
    pages.iter().map(|page| page.bytes.len()).sum::<usize>() as f64 / 1e6
}
