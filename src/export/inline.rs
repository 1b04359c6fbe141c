//! The marks within a block: links, emphasis, code.
//!
//! Takes a block and the tree it came from, tells a writer of each mark's begin and end and of the text between. Knows nothing of formats.

use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{NodeId, NodeRef, Tag};

/// A mark around a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    /// A link to an address that cannot run code.
    Link(&'a str),
    Strong,
    Emphasis,
    Deleted,
    Code,
    Superscript,
    Subscript,
}

/// Writes marks and text in a format. Marks are closed in reverse order of opening; white space never stands just inside one.
pub(super) trait InlineWriter {
    fn open(&mut self, mark: Mark<'_>);
    fn close(&mut self, mark: Mark<'_>);
    /// Text as a reader sees it, with `code` if it stands in [`Mark::Code`].
    fn text(&mut self, text: &str, code: bool);
}

/// Tells `writer` of the block's marks and text.
pub(super) fn write_inline(page: &LabelledPage, block: &LabelledBlock<'_>, writer: &mut impl InlineWriter) {
    let text = block.text();
    let pieces = page.blocks().pieces(block.block());
    let Some(dom) = page.page().dom().filter(|_| !pieces.is_empty()) else {
        writer.text(text, false);
        return;
    };
    let mut open: Vec<(NodeId, Mark<'_>)> = Vec::new();
    let mut white = "";
    for (number, piece) in pieces.iter().enumerate() {
        let start = if number == 0 { 0 } else { piece.start as usize };
        let end = pieces.get(number + 1).map_or(text.len(), |next| next.start as usize);
        let slice = text.get(start..end).unwrap_or_default();
        let marks = marks_above(dom.node(piece.node), block.block().owner());
        let shared = open.iter().zip(&marks).take_while(|(a, b)| a.0 == b.0).count();
        for (_, mark) in open.drain(shared..).rev() {
            writer.close(mark);
        }
        writer.text(white, open.iter().any(|(_, mark)| *mark == Mark::Code));
        for (node, mark) in &marks[shared..] {
            writer.open(*mark);
            open.push((*node, *mark));
        }
        let words = slice.trim_end();
        writer.text(words, open.iter().any(|(_, mark)| *mark == Mark::Code));
        white = &slice[words.len()..];
    }
    for (_, mark) in open.into_iter().rev() {
        writer.close(mark);
    }
}

/// The marks between a text and its block's owner, outermost first, each kind once, none within code.
fn marks_above(text: NodeRef<'_>, owner: Option<NodeId>) -> Vec<(NodeId, Mark<'_>)> {
    let above: Vec<_> = text
        .ancestors()
        .take_while(|node| Some(node.id()) != owner)
        .filter_map(|node| mark_of(node).map(|mark| (node.id(), mark)))
        .collect();
    let mut marks: Vec<(NodeId, Mark<'_>)> = Vec::with_capacity(above.len());
    for (node, mark) in above.into_iter().rev() {
        if !marks.iter().any(|(_, outer)| std::mem::discriminant(outer) == std::mem::discriminant(&mark)) {
            marks.push((node, mark));
        }
        if mark == Mark::Code {
            break;
        }
    }
    marks
}

fn mark_of(element: NodeRef<'_>) -> Option<Mark<'_>> {
    match element.tag()? {
        Tag::A => element.attr("href").map(str::trim).filter(|href| leads_somewhere(href)).map(Mark::Link),
        Tag::B | Tag::STRONG => Some(Mark::Strong),
        Tag::I | Tag::EM | Tag::CITE | Tag::DFN | Tag::VAR => Some(Mark::Emphasis),
        Tag::DEL | Tag::S | Tag::STRIKE => Some(Mark::Deleted),
        Tag::CODE | Tag::KBD | Tag::SAMP | Tag::TT => Some(Mark::Code),
        Tag::SUP => Some(Mark::Superscript),
        Tag::SUB => Some(Mark::Subscript),
        _ => None,
    }
}

/// Whether an address leads to another page and cannot run code: relative, or of a scheme that is known to be harmless.
fn leads_somewhere(href: &str) -> bool {
    if href.is_empty() || href.starts_with('#') || href.contains(char::is_control) {
        return false;
    }
    let end = href.find(['/', '?', '#']).unwrap_or(href.len());
    match href[..end].split_once(':') {
        None => true,
        Some((scheme, _)) => ["http", "https", "mailto", "tel", "ftp"].iter().any(|known| scheme.eq_ignore_ascii_case(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_cannot_run_code_are_links() {
        for href in ["/a", "a.html", "https://a.example/", "HTTP://a", "mailto:a@b.example", "?q=a:b", "//a.example/x:y"] {
            assert!(leads_somewhere(href), "{href}");
        }
        for href in ["", "#top", "javascript:alert(1)", "JavaScript:x", "data:text/html,x", "vbscript:x", "java\nscript:x", " javascript:x"]
        {
            assert!(!leads_somewhere(href), "{href}");
        }
    }
}
