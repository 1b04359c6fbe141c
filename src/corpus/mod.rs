//! The corpus: labelled HTML, gold text, and folds by site.
//!
//! Takes a folder (with or without a manifest), gives its pages one by one: tree, blocks, and for each block a [`Target`] or nothing.
//! Targets come from labels made by hand, from gold text aligned with the blocks, and from segments that must or must not be in the clean
//! text, in that order of trust. Knows nothing of features or models; the attribute `data-sieve-label` stays in the tree and must not be
//! read by a feature.

mod align;
mod folder;
mod gold;
mod hand;
mod manifest;
pub mod open;
mod read;
mod segment;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use gold::Gold;
pub use hand::{LABEL_ATTRIBUTE, UNLABELLED};
pub use target::{LabelSet, Target, TargetOrigin};

use self::open::{BlockLabel, TextHash};
use crate::block::Blocks;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::page::{Page, PageOptions};
use crate::site::host_of;

/// How many folds a corpus has; a page's fold is below this.
pub const FOLDS: u8 = 5;

/// A page of a corpus with more unpacked bytes is an error: the default limit of [`PageOptions`], so that no page is cut.
const MAX_PAGE_BYTES: u64 = 64 << 20;

/// How many of a page's blocks are labelled by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Every block: the pages that scores of labels are counted over.
    Full,
    /// Some blocks, chosen because they looked like captions or prompts.
    Partial,
    /// Not said: the folder has no manifest.
    Unlisted,
}

impl Kind {
    /// The kind's name in manifests and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Unlisted => "unlisted",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Full, Self::Partial, Self::Unlisted].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A page of a corpus, not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CorpusEntry {
    /// Names the page within its corpus.
    pub id: String,
    /// The page's file.
    pub path: PathBuf,
    /// How many of its blocks are labelled by hand.
    pub kind: Kind,
    /// Which collection it comes from.
    pub source: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// The site: pages of a site share a fold. The page's id if the site is not known.
    pub site: String,
    /// What sort of page it is: article, forum, product...
    pub page_type: Option<String>,
    /// The publisher's country.
    pub country: Option<String>,
    /// The part of the corpus it belongs to, below [`FOLDS`].
    pub fold: u8,
    /// Whether the corpus has gold text or segments for it.
    pub has_gold: bool,
    /// The public file that the page was made from, where the manifest says it.
    pub origin: Option<Origin>,
}

/// The public file that a page of a corpus was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its path within its repository.
    pub path: String,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// A page of a corpus with what the corpus says of its blocks.
#[derive(Debug, Clone)]
pub struct CorpusPage {
    /// The page.
    pub page: Page,
    /// Its blocks.
    pub blocks: Blocks,
    /// For each block what it is to be; `None` where the corpus does not say.
    pub targets: Vec<Option<Target>>,
    /// Its gold text and segments.
    pub gold: Option<Gold>,
}

impl CorpusPage {
    /// Each block's label by hand: what scores of labels are counted over.
    pub fn hand_labels(&self) -> impl ExactSizeIterator<Item = Option<Label>> {
        self.targets.iter().map(|target| target.as_ref().and_then(Target::hand_label))
    }
}

/// A folder of labelled pages.
#[derive(Debug, Clone)]
pub struct Corpus {
    folder: PathBuf,
    entries: Vec<CorpusEntry>,
    gold: BTreeMap<String, Gold>,
    /// Labels by hand that do not stand in the pages themselves.
    more_labels: BTreeMap<String, Vec<BlockLabel>>,
}

impl Corpus {
    /// Lists a folder's pages: those of `pages.csv` if it has one, else every HTML file below it. Reads `gold.jsonl.gz` or `gold.jsonl` if
    /// there is one.
    ///
    /// # Errors
    /// If the folder has no pages, or a line of the manifest or of the gold text is not as expected.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let listed = folder.join(manifest::FILE).is_file();
        let mut entries = if listed { manifest::read_manifest(folder)? } else { folder::scan_folder(folder)? };
        if entries.is_empty() {
            let problem = format!("no pages: expected {} with a row a page, or files ending in .html, .htm, .html.gz", manifest::FILE);
            return Err(Error::Corpus { path: folder.to_owned(), problem });
        }
        let gold = gold::read_gold(folder)?;
        for entry in &mut entries {
            entry.has_gold = gold.contains_key(&entry.id);
        }
        Ok(Self { folder: folder.to_owned(), entries, gold, more_labels: BTreeMap::new() })
    }

    /// Adds labels made by hand that do not stand in the pages themselves: a table (CSV, `.gz` read through) with the columns `page`, `block`, `label` and
    /// `text_hash`, as [`open::BLOCKS_FILE`]. What a page's own attributes say of a block goes before.
    ///
    /// # Errors
    /// If the file cannot be read, a row is not as expected, or its page is not in the corpus. That a block has another text than the one that was
    /// labelled is an error of [`Self::load`].
    pub fn with_more_labels(mut self, path: &Path) -> Result<Self> {
        let labels = open::read_block_labels(path)?;
        if let Some(id) = labels.keys().find(|id| self.entry(id).is_none()) {
            let problem = format!("labels page {id:?}, which is not among the pages of {}", self.folder.display());
            return Err(Error::Corpus { path: path.to_owned(), problem });
        }
        self.more_labels = labels;
        Ok(self)
    }

    /// The pages, sorted by id.
    pub fn entries(&self) -> &[CorpusEntry] {
        &self.entries
    }

    /// The pages of one fold, sorted by id.
    pub fn fold(&self, fold: u8) -> impl Iterator<Item = &CorpusEntry> {
        self.entries.iter().filter(move |entry| entry.fold == fold)
    }

    /// The page with this id.
    pub fn entry(&self, id: &str) -> Option<&CorpusEntry> {
        self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok().map(|index| &self.entries[index])
    }

    /// The page's file as seen from the corpus folder.
    fn below(&self, entry: &CorpusEntry) -> PathBuf {
        entry.path.strip_prefix(&self.folder).unwrap_or(&entry.path).to_owned()
    }

    /// Reads a page, cuts it into blocks and gathers what the corpus says of them.
    ///
    /// # Errors
    /// If the file cannot be read or unpacked, is larger than 64 MiB, or carries an unknown label.
    pub fn load(&self, entry: &CorpusEntry) -> Result<CorpusPage> {
        let bytes = read::read(&entry.path, MAX_PAGE_BYTES)?;
        let options = match &entry.url {
            Some(url) => PageOptions::default().url(url),
            None => PageOptions::default(),
        };
        let page = Page::from_html_bytes(&bytes, &options);
        let gold = self.gold.get(&entry.id).cloned();
        let blocks = page.dom().map(Blocks::of_dom).unwrap_or_default();
        let mut by_hand = match page.dom() {
            Some(dom) => hand::hand_labels(dom, &blocks, &entry.path)?,
            None => Vec::new(),
        };
        self.add_more_labels(entry, &blocks, &mut by_hand)?;
        let targets = targets_of(&blocks, by_hand, gold.as_ref());
        Ok(CorpusPage { page, blocks, targets, gold })
    }

    /// Gives blocks that the page itself says nothing of the labels of [`Self::with_more_labels`].
    fn add_more_labels(&self, entry: &CorpusEntry, blocks: &Blocks, by_hand: &mut [Option<Label>]) -> Result<()> {
        for more in self.more_labels.get(&entry.id).into_iter().flatten() {
            let found = blocks.get(more.index).filter(|block| TextHash::of(blocks.text(block)) == more.text);
            let (Some(_), Some(label)) = (found, by_hand.get_mut(more.index)) else {
                let problem =
                    format!("block {} has not the text that was labelled (hash {}): label this version anew", more.index, more.text);
                return Err(Error::Corpus { path: entry.path.clone(), problem });
            };
            *label = label.or(Some(more.label));
        }
        Ok(())
    }
}

/// Each block's label by hand (`data-sieve-label`); nothing for plain text. `path` is named in errors.
///
/// # Errors
/// If an element has an unknown label.
pub fn hand_labels(page: &Page, blocks: &Blocks, path: &Path) -> Result<Vec<Option<Label>>> {
    page.dom().map_or_else(|| Ok(vec![None; blocks.len()]), |dom| hand::hand_labels(dom, blocks, path))
}

/// Joins the three origins: what a hand labelled stands; then the gold text; then the segments.
fn targets_of(blocks: &Blocks, by_hand: Vec<Option<Label>>, gold: Option<&Gold>) -> Vec<Option<Target>> {
    let by_hand = by_hand.into_iter().map(|label| label.map(|label| Target::new(LabelSet::single(label), TargetOrigin::Hand)));
    let mut targets: Vec<Option<Target>> = by_hand.collect();
    let Some(gold) = gold.filter(|_| targets.iter().any(Option::is_none)) else { return targets };
    let texts: Vec<&str> = blocks.iter().map(|block| blocks.text(block)).collect();
    if let Some(text) = &gold.main_content {
        fill(&mut targets, align::gold_text_labels(&texts, text), TargetOrigin::GoldText);
    }
    fill(&mut targets, segment::segment_labels(&texts, &gold.must, &gold.must_not), TargetOrigin::Segment);
    targets
}

/// Gives each block without a target the one of `labels`.
fn fill(targets: &mut [Option<Target>], labels: Vec<Option<LabelSet>>, origin: TargetOrigin) {
    for (target, labels) in targets.iter_mut().zip(labels) {
        *target = target.or_else(|| labels.map(|labels| Target::new(labels, origin)));
    }
}

/// The fold of a site whose manifest names none: the 64-bit FNV-1a hash of its name, modulo [`FOLDS`]. The same on every machine.
fn fold_of(site: &str) -> u8 {
    let hash = site.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    u8::try_from(hash % u64::from(FOLDS)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
