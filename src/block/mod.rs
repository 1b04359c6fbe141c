//! Blocks: the runs of text a reader sees as one piece.
//!
//! Takes a page's tree or plain text, gives [`Blocks`]: their text in document order and where each piece of it came from. Knows nothing of
//! features or labels.

mod html;
mod text;

use std::ops::Range;

pub use html::{Display, display_of, is_hidden};

use crate::dom::{Dom, NodeId};

/// One block: a run of inline text between block-level boundaries, or a line of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    text: Range<u32>,
    pieces: Range<u32>,
    owner: Option<NodeId>,
    hidden: bool,
    gap: u32,
}

impl Block {
    /// The nearest block-level element around the text; `None` for a block of plain text.
    pub fn owner(&self) -> Option<NodeId> {
        self.owner
    }

    /// Whether the page's own markup hides the block (`hidden`, `display:none`, `visibility:hidden` on it or above).
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }

    /// Plain text: how many empty lines stand before the block. 0 for a block of a page.
    pub fn empty_lines_before(&self) -> u32 {
        self.gap
    }
}

/// The part of a block's text that came from one text node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The text node.
    pub node: NodeId,
    /// Where in the block's text the piece begins, in bytes; it ends where the next begins.
    pub start: u32,
    /// How many characters that are no white space it has.
    pub characters: u32,
}

/// A page's blocks in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    text: String,
    list: Vec<Block>,
    pieces: Vec<Piece>,
}

impl Blocks {
    /// Cuts a page's tree into blocks. Every visible character lands in exactly one block; white space is collapsed except in `pre`, a `<br>` is
    /// a line feed, and words of neighbouring elements are not glued.
    pub fn of_dom(dom: &Dom) -> Self {
        html::segment(dom)
    }

    /// Cuts already extracted text into blocks: each line that is not blank is one.
    pub fn of_text(text: &str) -> Self {
        text::segment(text)
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The blocks in document order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Block> {
        self.list.iter()
    }

    /// The block at `index`.
    pub fn get(&self, index: usize) -> Option<&Block> {
        self.list.get(index)
    }

    /// A block's text: trimmed, never empty.
    pub fn text(&self, block: &Block) -> &str {
        &self.text[block.text.start as usize..block.text.end as usize]
    }

    /// How many pieces all blocks have; those of a block follow those of the block before.
    pub(crate) fn piece_count(&self) -> usize {
        self.pieces.len()
    }

    /// The block's text piece by piece; empty for plain text.
    pub fn pieces(&self, block: &Block) -> &[Piece] {
        &self.pieces[block.pieces.start as usize..block.pieces.end as usize]
    }
}

/// Offsets into a page's text fit: a page is limited to 1 GiB.
fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
