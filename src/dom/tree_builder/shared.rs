//! What the insertion modes share: opening, closing, and the appropriate place.
//!
//! Takes tags and the stack as it is, gives nodes in their place. Knows nothing of when a mode does so.

use super::depth::NAMESPACE_SHIFT;
use super::open_elements::{MATHML, Open, SVG};
use super::sets::{self, IMPLIED};
use super::tree::{OPEN, Site};
use super::{Follow, Mode, StartTag, Step, Switch, Tag, TreeBuilder};

impl TreeBuilder<'_> {
    pub(super) fn current_is(&self, tag: Tag) -> bool {
        self.open.last().is(tag)
    }

    pub(super) fn push(&mut self, node: u32, tag: Tag, place: u8) {
        self.tree.mark(node, OPEN);
        self.open.push(node, tag, place);
    }

    pub(super) fn pop(&mut self) -> Open {
        let open = self.open.last();
        if self.open.len() > 1 {
            self.open.pop();
            self.tree.unmark(open.node, OPEN);
        }
        open
    }

    /// Pops until the stack is below a level (which is above the root's).
    pub(super) fn pop_level(&mut self, level: u32) {
        while self.open.len() >= level.max(2) as usize {
            self.pop();
        }
    }

    /// Pops until the element of that name has been popped.
    pub(super) fn pop_until(&mut self, tag: Tag) {
        self.pop_level(self.open.level(tag));
    }

    /// Pops until the current element is in the set.
    pub(super) fn pop_to(&mut self, tags: &[Tag]) {
        self.pop_level(self.open.level_of_any(tags) + 1);
    }

    pub(super) fn remove_open(&mut self, tag: Tag, node: u32) {
        let level = self.open.level_of_node(tag, node);
        if level != 0 {
            self.open.remove(level);
            self.tree.unmark(node, OPEN);
        }
    }

    pub(super) fn generate_implied_end_tags(&mut self, set: u16) {
        while self.open.last().is_in(set) {
            self.pop();
        }
    }

    pub(super) fn generate_implied_end_tags_except(&mut self, except: Tag) {
        while self.open.last().is_in(IMPLIED) && !self.current_is(except) {
            self.pop();
        }
    }

    pub(super) fn close_p(&mut self) {
        self.generate_implied_end_tags_except(Tag::P);
        self.pop_until(Tag::P);
    }

    pub(super) fn close_p_in_button_scope(&mut self) {
        if self.open.p_in_button_scope() {
            self.close_p();
        }
    }

    /// The appropriate place for inserting a node.
    pub(super) fn site(&self) -> Site {
        self.site_in(self.open.last())
    }

    pub(super) fn site_in(&self, target: Open) -> Site {
        if self.foster_parenting == Switch::Off || !target.is_in(sets::FOSTERS) {
            return Site::LastChild(target.node);
        }
        let table = self.open.level(Tag::TABLE);
        let template = self.open.level(Tag::TEMPLATE);
        if template > table {
            Site::LastChild(self.open.at(template).node)
        } else if table > 1 {
            Site::BeforeTable { table: self.open.at(table).node, below: self.open.at(table - 1).node }
        } else {
            Site::LastChild(self.open.at(1).node)
        }
    }

    /// Inserts an HTML element and opens it.
    pub(super) fn insert(&mut self, token: StartTag) -> u32 {
        let node = self.insert_closed(token);
        self.push(node, token.tag, 0);
        node
    }

    /// Inserts an HTML element that has no content.
    pub(super) fn insert_closed(&mut self, token: StartTag) -> u32 {
        let node = self.tree.element(token.tag, token.span());
        let site = self.site();
        self.tree.put(site, node);
        node
    }

    pub(super) fn insert_implied(&mut self, tag: Tag) -> u32 {
        self.insert(StartTag::implied(tag))
    }

    /// Inserts an element of raw text.
    pub(super) fn insert_raw(&mut self, token: StartTag, follow: Follow) -> Step {
        self.insert(token);
        self.original_mode = self.mode;
        self.mode = Mode::Text;
        Step::Done(follow)
    }

    /// Notes a node's namespace where the tree itself depends on it.
    pub(super) fn set_namespace(&mut self, node: u32, place: u8) {
        self.tree.mark(node, (place & (SVG | MATHML)) << NAMESPACE_SHIFT);
    }

    pub(super) fn attribute(&self, token: StartTag, name: &str) -> Option<&str> {
        let (first, count) = (token.first_attribute as usize, token.attributes as usize);
        let attributes = self.tree.attributes.get(first..first + count)?;
        let found = attributes.iter().find(|attribute| self.tree.text(attribute.name) == name)?;
        Some(self.tree.text(found.value))
    }
}
