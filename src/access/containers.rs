//! What the elements around a block are called: paywall, metered, locked...
//!
//! Takes blocks' owners, gives [`Marks`] for each: what the classes and ids of the elements around it say, and whether a selector of the
//! markup's gated parts names one of them. An element is looked at once, however many blocks stand in it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use crate::dom::{NodeId, NodeRef, Tag};

/// A set of marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(u8);

impl Marks {
    /// A class or id says that what is inside is for payers.
    pub(super) const GATED: Self = Self(1);
    /// One says that it is counted.
    pub(super) const METERED: Self = Self(2);
    /// One says that it is open.
    pub(super) const OPEN: Self = Self(4);
    /// A selector of the markup names it as not free.
    pub(super) const SELECTED: Self = Self(8);
    /// It is the box of a wall: overlay, barrier, registration wall.
    pub(super) const WALL: Self = Self(16);
    /// It is laid over the page.
    pub(super) const OVERLAY: Self = Self(32);

    pub(super) const fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }

    const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const GATED_PARTS: [&str; 9] =
    ["paywall", "regwall", "premium", "locked", "restricted", "subscriber", "members-only", "paid-content", "protected-content"];
const OPEN_PARTS: [&str; 7] = ["no-paywall", "nopaywall", "paywall-open", "unlocked", "not-paywall", "free-content", "paywall-disabled"];
const METERED_PARTS: [&str; 2] = ["metered", "meter-content"];
const WALL_PARTS: [&str; 8] = ["paywall", "regwall", "barrier", "access-wall", "pay-wall", "registration-wall", "gateway", "restrict"];
const OVERLAY_PARTS: [&str; 5] = ["modal", "overlay", "popup", "lightbox", "dialog"];

/// A simple selector: the last part of `.a .b#c`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Selector {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
}

impl Selector {
    /// Reads a selector; `None` for one that names nothing this reads.
    fn read(text: &str) -> Option<Self> {
        let last = text.split([' ', '>', '+', '~']).rfind(|part| !part.is_empty())?;
        let last = last.split([':', '[']).next().unwrap_or_default();
        let mut selector = Self::default();
        let mut rest = last;
        let end = rest.find(['.', '#']).unwrap_or(rest.len());
        if end > 0 && &rest[..end] != "*" {
            selector.tag = Some(rest[..end].to_ascii_lowercase());
        }
        rest = &rest[end..];
        while let Some(kind) = rest.chars().next() {
            let name = &rest[1..];
            let end = name.find(['.', '#']).unwrap_or(name.len());
            let (this, after) = name.split_at(end);
            match kind {
                '#' => selector.id = Some(this.to_owned()),
                _ => selector.classes.push(this.to_owned()),
            }
            rest = after;
        }
        (selector != Self::default()).then_some(selector)
    }

    fn matches(&self, element: NodeRef<'_>) -> bool {
        self.tag.as_deref().is_none_or(|tag| tag == element.name())
            && self.id.as_deref().is_none_or(|id| element.attr("id") == Some(id))
            && (self.classes.is_empty()
                || element
                    .attr("class")
                    .is_some_and(|value| self.classes.iter().all(|class| value.split_ascii_whitespace().any(|found| found == class))))
    }
}

/// Looks up the marks of elements.
#[derive(Debug)]
pub(super) struct Containers {
    selectors: Vec<Selector>,
    known: FxHashMap<NodeId, Marks>,
}

impl Containers {
    pub(super) fn new(selectors: &[String]) -> Self {
        Self { selectors: selectors.iter().filter_map(|text| Selector::read(text)).collect(), known: FxHashMap::default() }
    }

    /// The marks of an element and all above it, up to the body.
    pub(super) fn marks(&mut self, element: NodeRef<'_>) -> Marks {
        let mut path = Vec::new();
        let mut marks = Marks::default();
        for node in std::iter::once(element).chain(element.ancestors()) {
            if !node.is_element() || matches!(node.tag(), Some(Tag::BODY | Tag::HTML)) {
                break;
            }
            if let Some(known) = self.known.get(&node.id()) {
                marks = *known;
                break;
            }
            path.push(node);
        }
        for node in path.into_iter().rev() {
            marks = marks.with(self.own(node));
            self.known.insert(node.id(), marks);
        }
        marks
    }

    fn own(&self, element: NodeRef<'_>) -> Marks {
        let mut marks = Marks::default();
        for (_, value) in element.attributes().filter(|(name, _)| matches!(*name, "class" | "id")) {
            let value = value.to_ascii_lowercase();
            for name in value.split_ascii_whitespace() {
                marks = marks.with(of_name(name));
            }
        }
        if self.selectors.iter().any(|selector| selector.matches(element)) {
            marks = marks.with(Marks::SELECTED);
        }
        marks
    }
}

/// All parts of names, and the mark of each.
static PARTS: LazyLock<Option<(AhoCorasick, Vec<Marks>)>> = LazyLock::new(|| {
    let all: [(&[&str], Marks); 5] = [
        (&OPEN_PARTS, Marks::OPEN),
        (&GATED_PARTS, Marks::GATED),
        (&METERED_PARTS, Marks::METERED),
        (&WALL_PARTS, Marks::WALL),
        (&OVERLAY_PARTS, Marks::OVERLAY),
    ];
    let (parts, marks): (Vec<&str>, Vec<Marks>) =
        all.into_iter().flat_map(|(parts, mark)| parts.iter().map(move |part| (*part, mark))).unzip();
    // Fails for texts of gigabytes alone.
    Some((AhoCorasick::new(parts).ok()?, marks))
});

fn of_name(name: &str) -> Marks {
    let Some((finder, marks)) = &*PARTS else { return Marks::default() };
    let found = finder.find_overlapping_iter(name);
    let found = found.fold(Marks::default(), |all, found| all.with(marks[found.pattern().as_usize()]));
    if found.has(Marks::OPEN) { Marks::OPEN } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Dom, DomLimits};

    #[test]
    fn selectors_name_elements_by_their_last_part() {
        let dom = Dom::parse("<main><div class='a body' id=x><p>1</div></main>".to_owned(), DomLimits::default());
        let p = dom.document().subtree().find(|node| node.is(Tag::P)).unwrap();
        let selected = |text: &str| Containers::new(&[text.to_owned()]).marks(p).has(Marks::SELECTED);
        for text in [".body", "main .a.body", "div#x", "#x.a", "main > div.body:first-child", "p"] {
            assert!(selected(text), "{text}");
        }
        for text in [".b", "span.body", "#y", ".a.b", "", "*", "[data-x]"] {
            assert!(!selected(text), "{text}");
        }
    }

    #[test]
    fn names_around_a_block_say_what_it_is_in() {
        let html = "<body class=paywall-enabled><div class='o-Paywall'><p>1</p></div><div class=no-paywall><b>2</b></div><i id=metered-content>3</i>";
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let mut containers = Containers::new(&[]);
        let mut of = |tag| containers.marks(dom.document().subtree().find(|node| node.is(tag)).unwrap());
        assert!(of(Tag::P).has(Marks::GATED) && of(Tag::P).has(Marks::WALL));
        assert_eq!(of(Tag::B), Marks::OPEN);
        assert_eq!(of(Tag::I), Marks::METERED);
    }
}
