//! The adoption agency: what an end tag does to a formatting element that blocks were opened in.
//!
//! Takes the name of a formatting element, closes it and gives the blocks inside copies of their own. Its work is budgeted: a page on which
//! it would cost more than a constant for each byte keeps the rest of its formatting elements as they nest.

use super::formatting::Entry;
use super::open_elements::Open;
use super::tree::{LISTED, OPEN};
use super::{Tag, TreeBuilder};

/// How often the standard lets an end tag adopt.
const ROUNDS: usize = 8;

/// How many formatting elements between the closed one and the block are copied; those further out are dropped from the list.
const COPIES: usize = 3;

impl TreeBuilder<'_> {
    /// Closes the last formatting element of that name.
    pub(super) fn adoption_agency(&mut self, subject: Tag) {
        let current = self.open.last();
        if current.is(subject) && !self.tree.marked(current.node, LISTED) {
            self.pop();
            return;
        }
        for _ in 0..ROUNDS {
            let Some(at) = self.formatting.last_named(subject) else {
                return self.any_other_end_tag(subject);
            };
            let entry = self.formatting.entries[at];
            if !self.tree.marked(entry.node, OPEN) {
                self.unlist(at);
                return;
            }
            let level = self.open.level_of_node(subject, entry.node);
            if level < self.open.scope() {
                return;
            }
            let cost = self.open.len() - level as usize + 1;
            if self.open.special() > level && cost > self.adoption_budget {
                self.unlist(at);
                return;
            }
            let Some(block) = self.open.special_above(level) else {
                self.pop_level(level);
                self.unlist(at);
                return;
            };
            self.adoption_budget -= cost;
            self.adopt(entry, level, block);
        }
    }

    /// One round: `entry` is open at `level`, the furthest block above it at `block`.
    fn adopt(&mut self, entry: Entry, level: u32, block: u32) {
        let ancestor = self.open.at(level - 1);
        let taken = self.open.take_from(level);
        let furthest = (block - level) as usize;
        let mut last = taken[furthest].node;
        let mut bookmark = None;
        let mut kept: Vec<Open> = Vec::new();
        for (step, open) in taken[1..furthest].iter().rev().enumerate() {
            let listed = self.tree.marked(open.node, LISTED).then(|| self.formatting.position(open.node)).flatten();
            self.tree.unmark(open.node, OPEN);
            match listed {
                Some(at) if step >= COPIES => self.unlist(at),
                Some(at) => {
                    let copy = self.copy_entry(at);
                    if bookmark.is_none() {
                        bookmark = Some(copy);
                    }
                    self.tree.detach(last);
                    self.tree.append(copy, last);
                    last = copy;
                    let mut renewed = *open;
                    renewed.node = copy;
                    kept.push(renewed);
                }
                None => {}
            }
        }
        self.tree.detach(last);
        // No table can be open above the formatting element, so the shortened stack gives the same place.
        let site = self.site_in(ancestor);
        self.tree.put(site, last);
        let block_node = taken[furthest].node;
        let copy = self.tree.element(entry.token.tag, entry.token.span());
        self.tree.move_children(block_node, copy);
        self.tree.append(block_node, copy);
        self.relist(entry, copy, bookmark);
        self.tree.unmark(entry.node, OPEN);
        kept.reverse();
        self.open.restore(&kept);
        self.open.restore(&taken[furthest..=furthest]);
        self.push(copy, entry.token.tag, 0);
        self.open.restore(&taken[furthest + 1..]);
        self.open.recycle(taken);
        self.extra_depth += COPIES + 1;
    }

    /// Replaces a list entry's element by a fresh one.
    fn copy_entry(&mut self, at: usize) -> u32 {
        let Entry { node, token, .. } = self.formatting.entries[at];
        let copy = self.tree.element(token.tag, token.span());
        self.tree.unmark(node, LISTED);
        self.tree.mark(copy, LISTED | OPEN);
        self.formatting.entries[at].node = copy;
        copy
    }

    /// Puts the closed element's copy into the list: behind the bookmark, or in the element's own place.
    fn relist(&mut self, entry: Entry, copy: u32, bookmark: Option<u32>) {
        let renewed = Entry { node: copy, ..entry };
        let Some(old) = self.formatting.position(entry.node) else { return };
        match bookmark.and_then(|node| self.formatting.position(node)) {
            Some(at) => {
                self.formatting.entries.insert(at + 1, renewed);
                self.formatting.entries.remove(if old > at { old + 1 } else { old });
            }
            None => self.formatting.entries[old] = renewed,
        }
        self.tree.unmark(entry.node, LISTED);
        self.tree.mark(copy, LISTED);
    }
}
