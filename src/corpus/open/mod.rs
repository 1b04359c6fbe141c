//! Labels as open data: the labels of a corpus without its pages, and the way back.
//!
//! Takes a [`Corpus`], gives [`OpenLabels`]: for each page where its public file is found, and for each labelled block its place, its label
//! and a hash of its text. Nothing of a page's text is in them. With the public files they make labelled HTML again. Knows nothing of where
//! the files are published but what a table says.
//!
//! On disk it is a folder of two tables: [`PAGES_FILE`], a row a page, and [`BLOCKS_FILE`], a row a labelled block.

mod place;
mod rebuild;
mod table;

use std::collections::BTreeMap;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{Corpus, CorpusEntry};
use crate::error::Result;
use crate::label::Label;
use crate::words::collapse_white_space;

pub use place::label_html;
pub use rebuild::Rebuilt;
pub(super) use table::read_block_labels;
pub use table::{BLOCKS_FILE, PAGES_FILE, Repository, read_repositories};

/// Tells a block's text from others without saying what it is: the first eight bytes of the SHA-256 of the text in UTF-8, with each run of
/// white space made one space and none at its ends. Written as 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextHash([u8; 8]);

impl TextHash {
    /// The hash of a block's text.
    ///
    /// ```
    /// use pagesieve::corpus::open::TextHash;
    ///
    /// assert_eq!(TextHash::of("Read\n  more "), TextHash::of("Read more"));
    /// // printf 'Read more' | sha256sum
    /// assert_eq!(TextHash::of("Read more").to_string(), "83b794145c0cc3f5");
    /// ```
    pub fn of(text: &str) -> Self {
        let digest = Sha256::digest(collapse_white_space(text).as_bytes());
        Self(std::array::from_fn(|byte| digest[byte]))
    }

    /// The hash that 16 hexadecimal digits say.
    pub(crate) fn from_hex(digits: &str) -> Option<Self> {
        let value = u64::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 16)?;
        Some(Self(value.to_be_bytes()))
    }
}

impl std::fmt::Display for TextHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The label of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BlockLabel {
    /// The block's place among its page's blocks, from 0.
    pub index: usize,
    /// Its label.
    pub label: Label,
    /// Tells its text from others.
    pub text: TextHash,
}

/// The labels of one page, and where the page is published.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageLabels {
    /// The page as the corpus lists it; its path is that of the labelled file below the corpus folder.
    pub entry: CorpusEntry,
    /// The public repository, such as `owner/name`; empty if it is not known.
    pub repository: String,
    /// The repository's commit; empty if it is not known, the hash of the file still tells the version.
    pub commit: String,
    /// How many blocks the page has, labelled or not.
    pub blocks: usize,
    /// The labelled blocks in document order.
    pub labels: Vec<BlockLabel>,
}

/// The labels of a corpus without its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLabels {
    pages: Vec<PageLabels>,
}

impl OpenLabels {
    /// Gathers the labels made by hand. `repositories` says by [`CorpusEntry::source`] where pages are published.
    ///
    /// # Errors
    /// If a page cannot be read or has an unknown label.
    pub fn gather(corpus: &Corpus, repositories: &BTreeMap<String, Repository>) -> Result<Self> {
        let pages: Result<Vec<PageLabels>> = corpus.entries().par_iter().map(|entry| page_labels(corpus, entry, repositories)).collect();
        Ok(Self { pages: pages? })
    }

    /// The pages, sorted by id.
    pub fn pages(&self) -> &[PageLabels] {
        &self.pages
    }
}

fn page_labels(corpus: &Corpus, entry: &CorpusEntry, repositories: &BTreeMap<String, Repository>) -> Result<PageLabels> {
    let loaded = corpus.load(entry)?;
    let blocks = loaded.blocks.iter().zip(loaded.hand_labels()).enumerate();
    let labels = blocks
        .filter_map(|(index, (block, label))| label.map(|label| BlockLabel { index, label, text: TextHash::of(loaded.blocks.text(block)) }))
        .collect();
    let published = entry.source.as_ref().and_then(|source| repositories.get(source)).cloned().unwrap_or_default();
    let mut entry = entry.clone();
    entry.path = corpus.below(&entry);
    Ok(PageLabels { entry, repository: published.repository, commit: published.commit, blocks: loaded.blocks.len(), labels })
}

#[cfg(test)]
mod tests;
