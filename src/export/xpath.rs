//! Where elements stand among their brothers, for a whole page at once.
//!
//! Takes a tree, gives paths and positions without counting siblings anew for every block. Knows nothing of blocks or labels.

use std::fmt::Write as _;

use rustc_hash::FxHashMap;

use crate::dom::{Dom, NodeRef, Tag};

/// Each element's place among the siblings of its name.
#[derive(Debug)]
pub(super) struct Positions {
    /// By node: 1 for the first of its name, 0 for an only one (and for text).
    places: Vec<u32>,
}

impl Positions {
    /// Visits every node once.
    pub(super) fn of(dom: &Dom) -> Self {
        let mut places = vec![0; dom.len()];
        let mut counts: FxHashMap<Tag, u32> = FxHashMap::default();
        for parent in dom.document().subtree() {
            counts.clear();
            for child in parent.children() {
                if let Some(tag) = child.tag() {
                    let count = counts.entry(tag).or_default();
                    *count += 1;
                    places[child.id().index()] = *count;
                }
            }
            for child in parent.children() {
                if child.tag().is_some_and(|tag| counts.get(&tag) == Some(&1)) {
                    places[child.id().index()] = 0;
                }
            }
        }
        Self { places }
    }

    /// The element's place among the siblings of its name, from 1.
    pub(super) fn place(&self, element: NodeRef<'_>) -> u32 {
        self.places.get(element.id().index()).map_or(1, |place| (*place).max(1))
    }

    /// The same as [`NodeRef::xpath`].
    pub(super) fn xpath(&self, element: NodeRef<'_>) -> String {
        let steps: Vec<NodeRef<'_>> = std::iter::once(element).chain(element.ancestors()).filter(|node| node.is_element()).collect();
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            path.push('/');
            path.push_str(step.name());
            match self.places.get(step.id().index()) {
                None | Some(0) => {}
                Some(place) => {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "[{place}]");
                }
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::DomLimits;

    #[test]
    fn paths_are_those_of_the_nodes_themselves() {
        let html = "<body><p>a<div><p>b<b>c</b><i>d</i><b>e</b><my-tag>f</my-tag></div><p>g<ul><li>h<li>i</ul>";
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let positions = Positions::of(&dom);
        for element in dom.document().subtree().filter(|node| node.is_element()) {
            assert_eq!(positions.xpath(element), element.xpath());
        }
    }
}
