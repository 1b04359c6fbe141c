//! A block as a record: what the block formats share.
//!
//! Takes a labelled block, gives its columns. Knows nothing of the syntax around them.

use serde::Serialize;

use super::xpath::Positions;
use crate::classify::{LabelledBlock, LabelledPage};
use crate::label::{Label, Probabilities, by_label};
use crate::prompt_kind::{PromptKind, prompt_kinds};

/// One block with its label. The order of the fields is that of the columns.
#[derive(Debug, Serialize)]
pub(crate) struct BlockRecord<'a> {
    pub(crate) path: &'a str,
    pub(crate) index: usize,
    pub(crate) label: Label,
    #[serde(serialize_with = "by_label")]
    pub(crate) probabilities: Probabilities,
    pub(crate) text: &'a str,
    pub(crate) tag: &'a str,
    pub(crate) xpath: String,
    pub(crate) hidden: bool,
    /// The kind of a subscription prompt; `None` for other blocks.
    pub(crate) prompt_kind: Option<PromptKind>,
}

/// The records of a page's blocks, in document order.
pub(crate) fn records<'a>(path: &'a str, page: &'a LabelledPage) -> impl Iterator<Item = BlockRecord<'a>> {
    let positions = page.page().dom().map(Positions::of);
    page.iter().zip(prompt_kinds(page)).map(move |(block, kind)| record(path, &block, kind, positions.as_ref()))
}

fn record<'a>(path: &'a str, block: &LabelledBlock<'a>, prompt_kind: Option<PromptKind>, positions: Option<&Positions>) -> BlockRecord<'a> {
    let xpath = block.element().zip(positions).map(|(element, positions)| positions.xpath(element));
    BlockRecord {
        path,
        index: block.index,
        label: block.label,
        probabilities: block.probabilities,
        text: block.text(),
        tag: block.tag(),
        xpath: xpath.unwrap_or_default(),
        hidden: block.is_hidden(),
        prompt_kind,
    }
}
