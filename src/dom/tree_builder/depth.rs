//! The depth limit.
//!
//! Takes a finished tree, makes what lies deeper than the limit the children of the element at the limit, in document order, and says whether
//! there was any. Knows nothing of how the tree was made.

use super::open_elements::{MATHML, SVG};
use super::tree::Tree;
use crate::dom::{Kind, NONE, Tag};

/// Where a node's namespace is kept among its marks.
pub(super) const NAMESPACE_SHIFT: u8 = 4;

impl Tree<'_> {
    /// A template's content is a document of its own, a level below the template.
    fn levels_below(&self, id: u32) -> usize {
        let node = &self.nodes[id as usize];
        let foreign = node.marks >> NAMESPACE_SHIFT & (SVG | MATHML) != 0;
        if node.kind == Kind::Element && node.tag == Tag::TEMPLATE && !foreign { 2 } else { 1 }
    }

    /// Flattens what lies deeper than `max_depth`.
    pub(super) fn limit_depth(&mut self, max_depth: usize) {
        let (mut id, mut depth) = (0, 0);
        loop {
            let below = self.levels_below(id);
            let deepest = depth + below >= max_depth;
            if deepest {
                self.flatten(id);
            }
            if !deepest && self.nodes[id as usize].first_child != NONE {
                depth += below;
                id = self.nodes[id as usize].first_child;
                continue;
            }
            while self.nodes[id as usize].next_sibling == NONE {
                id = self.nodes[id as usize].parent;
                if id == NONE || id == 0 {
                    return;
                }
                depth -= self.levels_below(id);
            }
            id = self.nodes[id as usize].next_sibling;
        }
    }

    /// Makes all that lies below a node its children.
    fn flatten(&mut self, root: u32) {
        let mut order = Vec::new();
        let mut nested = false;
        let mut id = root;
        loop {
            let node = self.nodes[id as usize];
            if id != root {
                order.push(id);
                nested |= node.first_child != NONE;
            }
            if node.first_child != NONE {
                id = node.first_child;
                continue;
            }
            while id != root && self.nodes[id as usize].next_sibling == NONE {
                id = self.nodes[id as usize].parent;
            }
            if id == root {
                break;
            }
            id = self.nodes[id as usize].next_sibling;
        }
        if !nested {
            return;
        }
        self.cuts.depth = true;
        for id in std::iter::once(&root).chain(&order) {
            let node = &mut self.nodes[*id as usize];
            (node.first_child, node.last_child) = (NONE, NONE);
        }
        for id in order {
            self.append(root, id);
        }
    }
}
