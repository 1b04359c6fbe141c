//! Rows: what a run writes of a page.
//!
//! Takes a labelled page, gives its row and, where each block is a row, those. Knows nothing of files.

use serde::Serialize;

use super::dedup::ParagraphKeys;
use crate::access::Access;
use crate::classify::LabelledPage;
use crate::export::PageRecord;
use crate::label::{Label, Probabilities};
use crate::prompt_kind::PromptKind;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The whole page was read.
    Ok,
    /// Bytes beyond the limit were left out.
    Bytes,
    /// Nodes beyond the limit were left out.
    Nodes,
    /// Elements lay deeper than the limit; their text is kept.
    Depth,
    /// Reading took longer than the limit: the page has no text.
    Time,
    /// The page has no blocks.
    Empty,
    /// A fault of this program; please report the page.
    Failed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Ok, Self::Bytes, Self::Nodes, Self::Depth, Self::Time, Self::Empty, Self::Failed];

    /// The name in rows and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bytes => "bytes",
            Self::Nodes => "nodes",
            Self::Depth => "depth",
            Self::Time => "time",
            Self::Empty => "empty",
            Self::Failed => "failed",
        }
    }

    /// The status of a page that was read.
    pub(super) fn of(page: &LabelledPage) -> Self {
        let cuts = page.page().cuts();
        if cuts.bytes {
            Self::Bytes
        } else if cuts.dom.nodes {
            Self::Nodes
        } else if page.is_empty() {
            Self::Empty
        } else if cuts.dom.depth {
            Self::Depth
        } else {
            Self::Ok
        }
    }
}

/// A page's row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageRow {
    /// What every export of a page has.
    #[serde(flatten)]
    pub record: PageRecord,
    /// The language of the kept text (ISO 639-3); `None` if there is too little of it to tell.
    pub language: Option<&'static str>,
    /// What became of the page.
    pub status: Status,
}

/// A block's row, for tables.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRow {
    /// The block's place on its page, from 0.
    pub index: usize,
    /// The label.
    pub label: Label,
    /// The probability of each label.
    pub probabilities: Probabilities,
    /// The text.
    pub text: String,
    /// The nearest block-level element around the text; empty for plain text.
    pub tag: String,
    /// Where that element stands; empty for plain text.
    pub xpath: String,
    /// Whether the page's own markup hides the block.
    pub hidden: bool,
    /// The kind of a subscription prompt; `None` for other blocks.
    pub prompt_kind: Option<PromptKind>,
}

impl BlockRow {
    pub(super) fn all(page: &LabelledPage) -> Vec<Self> {
        crate::export::records("", page)
            .map(|record| Self {
                index: record.index,
                label: record.label,
                probabilities: record.probabilities,
                text: record.text.to_owned(),
                tag: record.tag.to_owned(),
                xpath: record.xpath,
                hidden: record.hidden,
                prompt_kind: record.prompt_kind,
            })
            .collect()
    }
}

/// What a page is written as.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// Its row.
    Page,
    /// A text in some format, made by an [`crate::Export`].
    Text(String),
    /// A row a block.
    Blocks(Vec<BlockRow>),
}

/// A page that went through.
#[derive(Debug, Clone, PartialEq)]
pub struct PageOutput {
    /// Its row: what filters look at, and what is written if nothing else is.
    pub row: PageRow,
    /// What a reader without an account may read of it, if pages were judged.
    pub access: Option<Access>,
    /// What it is written as.
    pub written: Written,
    /// The keys of the text's paragraphs, if paragraphs that came before are taken off.
    pub keys: Vec<ParagraphKeys>,
}

impl PageOutput {
    /// About how many bytes it takes in memory.
    pub(super) fn weight(&self) -> usize {
        let written = match &self.written {
            Written::Page => 0,
            Written::Text(text) => text.len(),
            Written::Blocks(rows) => rows.iter().map(|row| row.text.len() + row.xpath.len() + size_of::<BlockRow>()).sum(),
        };
        size_of::<Self>() + self.row.record.text.len() + written
    }
}
