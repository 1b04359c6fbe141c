//! The list of active formatting elements.
//!
//! Takes formatting elements as they are opened, gives those to open again in the next text. Knows at most [`LONGEST`] elements after a
//! marker, so that unclosed `<b>`s do not multiply without bound.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::tree::{LISTED, OPEN};
use super::{StartTag, Tag, TreeBuilder};
use crate::dom::NONE;

/// The most elements kept after a marker; the standard sets no bound beyond three equal ones.
const LONGEST: usize = 32;

/// An entry; its node is [`NONE`] for a marker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) node: u32,
    pub(super) token: StartTag,
    /// The same for equal attributes in any order.
    pub(super) fingerprint: u64,
}

/// The list, oldest first.
#[derive(Debug, Default)]
pub(super) struct Formatting {
    pub(super) entries: Vec<Entry>,
}

impl Formatting {
    /// Where the entries after the last marker begin.
    fn section(&self) -> usize {
        self.entries.iter().rposition(|entry| entry.node == NONE).map_or(0, |marker| marker + 1)
    }

    /// The last entry of that name after the last marker.
    pub(super) fn last_named(&self, tag: Tag) -> Option<usize> {
        let section = self.section();
        self.entries[section..].iter().rposition(|entry| entry.token.tag == tag).map(|at| section + at)
    }

    pub(super) fn position(&self, node: u32) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.node == node)
    }
}

impl TreeBuilder<'_> {
    pub(super) fn add_marker(&mut self) {
        self.formatting.entries.push(Entry { node: NONE, token: StartTag::implied(Tag::HTML), fingerprint: 0 });
    }

    pub(super) fn clear_formatting_to_marker(&mut self) {
        while let Some(entry) = self.formatting.entries.pop() {
            if entry.node == NONE {
                break;
            }
            self.tree.unmark(entry.node, LISTED);
        }
    }

    pub(super) fn unlist(&mut self, at: usize) {
        let entry = self.formatting.entries.remove(at);
        self.tree.unmark(entry.node, LISTED);
    }

    /// Opens a formatting element.
    pub(super) fn insert_formatting(&mut self, token: StartTag) {
        let section = self.formatting.section();
        let fingerprint = self.fingerprint(token);
        let equal = |entry: &Entry| entry.fingerprint == fingerprint && self.same_tag(entry.token, token);
        let found: Vec<usize> = (section..self.formatting.entries.len()).filter(|at| equal(&self.formatting.entries[*at])).collect();
        // Noah's Ark: no more than three of a kind.
        if let [earliest, _, _, ..] = found[..] {
            self.unlist(earliest);
        }
        if self.formatting.entries.len() - section >= LONGEST {
            self.unlist(section);
        }
        let node = self.insert(token);
        self.tree.mark(node, LISTED);
        self.formatting.entries.push(Entry { node, token, fingerprint });
    }

    fn pairs(&self, token: StartTag) -> impl Iterator<Item = (&str, &str)> {
        let first = token.first_attribute as usize;
        let attributes = &self.tree.attributes[first..first + token.attributes as usize];
        attributes.iter().map(|attribute| (self.tree.text(attribute.name), self.tree.text(attribute.value)))
    }

    fn fingerprint(&self, token: StartTag) -> u64 {
        self.pairs(token).map(|pair| FxBuildHasher.hash_one(pair)).fold(0, u64::wrapping_add)
    }

    /// Whether two start tags have the same name and attributes, in any order.
    fn same_tag(&self, one: StartTag, other: StartTag) -> bool {
        if one.tag != other.tag || one.attributes != other.attributes {
            return false;
        }
        let sorted = |token: StartTag| {
            let mut pairs: Vec<(&str, &str)> = self.pairs(token).collect();
            pairs.sort_unstable();
            pairs
        };
        one.attributes == 0 || one.first_attribute == other.first_attribute || sorted(one) == sorted(other)
    }

    fn is_marker_or_open(&self, at: usize) -> bool {
        let node = self.formatting.entries[at].node;
        node == NONE || self.tree.marked(node, OPEN)
    }

    /// Opens the formatting elements again that a block's end has closed.
    pub(super) fn reconstruct_formatting(&mut self) {
        let count = self.formatting.entries.len();
        let mut at = count;
        while at > 0 && !self.is_marker_or_open(at - 1) {
            at -= 1;
        }
        for at in at..count {
            let Entry { node: old, token, .. } = self.formatting.entries[at];
            self.tree.unmark(old, LISTED);
            let node = self.insert(token);
            self.tree.mark(node, LISTED);
            self.formatting.entries[at].node = node;
        }
    }
}
