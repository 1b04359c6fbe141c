//! A folder of labelled HTML without a manifest.
//!
//! Takes the folder, gives a [`CorpusEntry`] for every `.html`, `.htm` or `.xhtml` file below it (also `.gz`), sorted by id. Reads the head
//! of each file for its address; knows nothing of its labels.

use std::path::{Path, PathBuf};

use super::read::read_at_most;
use super::{CorpusEntry, Kind, fold_of, host_of};
use crate::dom::{NodeRef, Tag};
use crate::error::{Error, Result};
use crate::page::{Page, PageOptions};

/// How much of a file is searched for its address: a page's `head` seldom is longer.
const HEAD_BYTES: u64 = 128 << 10;

/// Folders deeper than this are not entered, so that a link to a folder above ends.
const MAX_DEPTH: usize = 32;

/// The pages below `root`, sorted by id: the path from `root` with `/` between its parts.
pub(super) fn scan_folder(root: &Path) -> Result<Vec<CorpusEntry>> {
    let mut files = Vec::new();
    collect(root, MAX_DEPTH, &mut files)?;
    let mut entries = files.into_iter().map(|path| entry_of(root, path)).collect::<Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    for item in std::fs::read_dir(folder).map_err(|source| Error::read(folder, source))? {
        let path = item.map_err(|source| Error::read(folder, source))?.path();
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, files)?;
            }
        } else if is_html(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_html(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".html", ".htm", ".xhtml"].iter().any(|ending| name.ends_with(ending))
}

fn entry_of(root: &Path, path: PathBuf) -> Result<CorpusEntry> {
    let below = path.strip_prefix(root).unwrap_or(&path);
    let id = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    let url = address_of(&read_at_most(&path, HEAD_BYTES)?);
    let site = url.as_deref().and_then(host_of).unwrap_or_else(|| id.clone());
    Ok(CorpusEntry {
        id,
        path,
        kind: Kind::Unlisted,
        source: None,
        url,
        fold: fold_of(&site),
        site,
        page_type: None,
        country: None,
        has_gold: false,
        origin: None,
    })
}

/// The address that the page gives itself: `<link rel=canonical>`, else `og:url`.
fn address_of(head: &[u8]) -> Option<String> {
    let page = Page::from_html_bytes(head, &PageOptions::default());
    let mut open_graph = None;
    for node in page.dom()?.document().subtree() {
        if is_canonical(node) {
            return node.attr("href").map(str::to_owned);
        }
        if node.is(Tag::META) && node.attr("property") == Some("og:url") {
            open_graph = open_graph.or_else(|| node.attr("content"));
        }
    }
    open_graph.map(str::to_owned)
}

fn is_canonical(node: NodeRef<'_>) -> bool {
    let canonical = |rel: &str| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("canonical"));
    node.is(Tag::LINK) && node.attr("rel").is_some_and(canonical) && node.attr("href").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::gzip;

    #[test]
    fn every_html_file_below_is_a_page_of_its_site() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(root.join("sub/b.HTM"), "<link rel='x canonical' href='https://www.Example.org:443/b'>").unwrap();
        std::fs::write(root.join("a.html.gz"), gzip(b"<meta property=og:url content=//news.example/a>")).unwrap();
        std::fs::write(root.join("c.html"), "<p>no address").unwrap();
        std::fs::write(root.join("notes.txt"), "no page").unwrap();
        let entries = scan_folder(root).unwrap();
        let found: Vec<_> = entries.iter().map(|entry| (entry.id.as_str(), entry.site.as_str())).collect();
        assert_eq!(found, [("a.html.gz", "news.example"), ("c.html", "c.html"), ("sub/b.HTM", "example.org")]);
        assert!(entries.iter().all(|entry| entry.fold == fold_of(&entry.site)));
    }
}
