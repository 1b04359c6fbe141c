//! The stack of open elements, with every question about scopes answered in constant time.
//!
//! Takes elements as they are opened and closed, gives what is open and how deep. Each entry remembers the nearest boundary of each kind at
//! or below it and the previous open element of its name, so that no nesting makes a look-up long. Knows nothing of the tree.

use super::sets::{self, LIST_PASSES, SCOPE, SPECIAL};
use crate::dom::Tag;

/// An HTML element has no bit of these set.
pub(super) const SVG: u8 = 1;
pub(super) const MATHML: u8 = 2;
/// In this foreign element, HTML text and start tags are HTML (`foreignObject`, `desc`, `title`).
pub(super) const HTML_POINT: u8 = 4;
/// In this foreign element, text and most start tags are HTML (`mi`, `mo`, `mn`, `ms`, `mtext`).
pub(super) const TEXT_POINT: u8 = 8;
/// `annotation-xml`, in which `svg` is read as if in HTML.
pub(super) const ANNOTATION: u8 = 16;

/// An open element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) node: u32,
    /// The name in lower case, also that of a foreign element.
    pub(super) tag: Tag,
    /// Namespace and integration points.
    pub(super) place: u8,
    /// Level of the previous open element of this name and namespace kind; levels count from 1, 0 is none.
    previous: u32,
    scope: u32,
    special: u32,
    list_stop: u32,
    html: u32,
}

impl Open {
    /// What stands for the current element before there is one.
    const NOTHING: Self = Self { node: 0, tag: Tag::HTML, place: 0, previous: 0, scope: 0, special: 0, list_stop: 0, html: 0 };

    pub(super) fn is_html(&self) -> bool {
        self.place == 0
    }

    /// Whether this is the HTML element of that name.
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.tag == tag && self.place == 0
    }

    /// Whether this is an HTML element in that set.
    pub(super) fn is_in(&self, set: u16) -> bool {
        self.place == 0 && sets::class(self.tag) & set != 0
    }
}

/// The stack. A level is an index plus one.
#[derive(Debug)]
pub(super) struct OpenElements {
    entries: Vec<Open>,
    /// Level of the last open HTML element of each name.
    html: Vec<u32>,
    /// Level of the last open foreign element of each name.
    foreign: Vec<u32>,
    scratch: Vec<Open>,
    deepest: usize,
}

impl OpenElements {
    pub(super) fn new() -> Self {
        Self { entries: Vec::with_capacity(64), html: vec![0; Tag::KNOWN], foreign: vec![0; Tag::KNOWN], scratch: Vec::new(), deepest: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The most elements that were open at once.
    pub(super) fn deepest(&self) -> usize {
        self.deepest
    }

    /// The current element.
    pub(super) fn last(&self) -> Open {
        self.entries.last().copied().unwrap_or(Open::NOTHING)
    }

    /// The element at a level.
    pub(super) fn at(&self, level: u32) -> Open {
        self.entries.get((level as usize).wrapping_sub(1)).copied().unwrap_or(Open::NOTHING)
    }

    pub(super) fn push(&mut self, node: u32, tag: Tag, place: u8) {
        let under = self.last();
        let level = u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX);
        let class = if place == 0 { sets::class(tag) } else { 0 };
        let points = place & (HTML_POINT | TEXT_POINT) != 0;
        let heads = if place == 0 { &mut self.html } else { &mut self.foreign };
        if tag.number() >= heads.len() {
            heads.resize(tag.number() + 1, 0);
        }
        let previous = std::mem::replace(&mut heads[tag.number()], level);
        self.entries.push(Open {
            node,
            tag,
            place,
            previous,
            scope: if class & SCOPE != 0 || points { level } else { under.scope },
            special: if class & SPECIAL != 0 { level } else { under.special },
            list_stop: if class & SPECIAL != 0 && class & LIST_PASSES == 0 { level } else { under.list_stop },
            html: if place == 0 { level } else { under.html },
        });
        self.deepest = self.deepest.max(self.entries.len());
    }

    pub(super) fn pop(&mut self) -> Option<Open> {
        let open = self.entries.pop()?;
        let heads = if open.place == 0 { &mut self.html } else { &mut self.foreign };
        heads[open.tag.number()] = open.previous;
        Some(open)
    }

    /// Takes the element at a level out of the middle.
    pub(super) fn remove(&mut self, level: u32) {
        let keep = self.take_from(level + 1);
        self.pop();
        self.restore(&keep);
        self.scratch = keep;
    }

    /// Pops all from a level up and hands them over, lowest first. Give the vector back to [`Self::recycle`].
    pub(super) fn take_from(&mut self, level: u32) -> Vec<Open> {
        let mut taken = std::mem::take(&mut self.scratch);
        taken.clear();
        let from = (level as usize).saturating_sub(1).min(self.entries.len());
        taken.extend_from_slice(&self.entries[from..]);
        while self.entries.len() > from {
            self.pop();
        }
        taken
    }

    /// Pushes elements back.
    pub(super) fn restore(&mut self, opens: &[Open]) {
        for open in opens {
            self.push(open.node, open.tag, open.place);
        }
    }

    pub(super) fn recycle(&mut self, taken: Vec<Open>) {
        self.scratch = taken;
    }

    /// The level of the last open HTML element of that name; 0 if none is open.
    pub(super) fn level(&self, tag: Tag) -> u32 {
        self.html.get(tag.number()).copied().unwrap_or(0)
    }

    /// The highest of the levels of these names.
    pub(super) fn level_of_any(&self, tags: &[Tag]) -> u32 {
        tags.iter().map(|tag| self.level(*tag)).max().unwrap_or(0)
    }

    /// The level of the last open foreign element of that lower-case name.
    pub(super) fn foreign_level(&self, tag: Tag) -> u32 {
        self.foreign.get(tag.number()).copied().unwrap_or(0)
    }

    /// The level of this open HTML element.
    pub(super) fn level_of_node(&self, tag: Tag, node: u32) -> u32 {
        let mut level = self.level(tag);
        while level != 0 && self.at(level).node != node {
            level = self.at(level).previous;
        }
        level
    }

    /// The level of the last open HTML element.
    pub(super) fn html_level(&self) -> u32 {
        self.last().html
    }

    /// The level of the last special element.
    pub(super) fn special(&self) -> u32 {
        self.last().special
    }

    /// The level of the lowest special element above a level, if there is one.
    pub(super) fn special_above(&self, level: u32) -> Option<u32> {
        if self.special() <= level {
            return None;
        }
        (level + 1..=self.special()).find(|above| self.at(*above).is_in(SPECIAL))
    }

    /// The level beyond which a new list item does not look for an open one.
    pub(super) fn list_stop(&self) -> u32 {
        self.last().list_stop
    }

    /// The level beyond which "in scope" does not look.
    pub(super) fn scope(&self) -> u32 {
        self.last().scope
    }

    /// Whether an element of that name is in scope.
    pub(super) fn in_scope(&self, tag: Tag) -> bool {
        Self::within(self.level(tag), self.scope())
    }

    /// Whether an element of one of these names is in scope.
    pub(super) fn any_in_scope(&self, tags: &[Tag]) -> bool {
        Self::within(self.level_of_any(tags), self.scope())
    }

    /// Whether a paragraph is in button scope.
    pub(super) fn p_in_button_scope(&self) -> bool {
        Self::within(self.level(Tag::P), self.scope().max(self.level(Tag::BUTTON)))
    }

    /// Whether an `li` is in list item scope.
    pub(super) fn li_in_list_scope(&self) -> bool {
        Self::within(self.level(Tag::LI), self.scope().max(self.level_of_any(&[Tag::OL, Tag::UL])))
    }

    /// Whether an element of one of these names is in table scope.
    pub(super) fn in_table_scope(&self, tags: &[Tag]) -> bool {
        Self::within(self.level_of_any(tags), self.level_of_any(&[Tag::TABLE, Tag::HTML, Tag::TEMPLATE]))
    }

    fn within(level: u32, boundary: u32) -> bool {
        level != 0 && level >= boundary
    }
}
