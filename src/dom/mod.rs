//! The page's tree: a compact arena of elements and text.
//!
//! Takes decoded HTML, gives a [`Dom`] of 32-byte nodes whose text and attributes are spans of two strings. Knows nothing of blocks, labels
//! or features: everything after the parse reads the tree through [`NodeRef`], so the parser can be replaced without touching them.

mod attributes;
pub(crate) mod char_reference;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod differential_cases;
mod doctype;
mod fast;
mod raw_text;
mod reference;
mod tag;
mod tokenizer;
mod tree_builder;

pub use tag::Tag;

use crate::dom::tag::NAMES;

/// "No node" in a link.
const NONE: u32 = u32::MAX;

/// Set in [`Span::start`] when the span lies in the side buffer instead of the source.
const SIDE: u32 = 1 << 31;

/// How much of a page is read. What lies beyond is left out and reported by [`Dom::cuts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomLimits {
    max_nodes: usize,
    max_depth: usize,
}

impl Default for DomLimits {
    fn default() -> Self {
        Self { max_nodes: 2_000_000, max_depth: 512 }
    }
}

impl DomLimits {
    /// The most nodes (elements and texts) a tree may hold. Default 2,000,000.
    #[must_use]
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.max_nodes = nodes.clamp(16, NONE as usize - 1);
        self
    }

    /// The deepest level of a node below the document; deeper elements are attached at this level. Default 512, as in Chromium: no page
    /// that a person reads comes near it.
    #[must_use]
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.max_depth = depth.clamp(8, 4096);
        self
    }
}

/// What a limit left out of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DomCuts {
    /// The node limit was reached: text after that point is missing.
    pub nodes: bool,
    /// The depth limit was reached: deeper elements were attached higher up; no text is missing.
    pub depth: bool,
}

/// A stretch of the source or, with [`SIDE`] set, of the side buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// The buffer that it lies in, and where it begins there.
    fn place<'a>(self, source: &'a str, side: &'a str) -> (&'a str, usize) {
        if self.start & SIDE == 0 { (source, self.start as usize) } else { (side, (self.start & !SIDE) as usize) }
    }
}

/// What kind of node this is; its two words of payload are an element's attributes or a text's span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Document,
    Element,
    Text,
    /// Only while the tree is built: a comment keeps the texts around it apart.
    Comment,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    first_child: u32,
    last_child: u32,
    prev_sibling: u32,
    next_sibling: u32,
    tag: Tag,
    kind: Kind,
    /// What the parser notes down about the node while it builds the tree.
    marks: u8,
    /// Element: index of its first attribute. Text: start of its span.
    first: u32,
    /// Element: number of its attributes. Text: length of its span in bytes.
    count: u32,
}

impl Node {
    const fn new(kind: Kind, tag: Tag) -> Self {
        Self {
            parent: NONE,
            first_child: NONE,
            last_child: NONE,
            prev_sibling: NONE,
            next_sibling: NONE,
            tag,
            kind,
            marks: 0,
            first: 0,
            count: 0,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Attribute {
    name: Span,
    value: Span,
}

/// A parsed page.
#[derive(Debug, Clone)]
pub struct Dom {
    source: String,
    side: String,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Names outside the table of [`Tag`], by number.
    names: Vec<Box<str>>,
    cuts: DomCuts,
}

/// A node's number in its [`Dom`]; numbers are not in document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The number as an index for tables with an entry a node (see [`Dom::len`]).
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Dom {
    /// Parses a document by the WHATWG rules, with scripting on (`noscript` holds raw text). Never fails: what a limit cuts is in [`Self::cuts`].
    ///
    /// Takes time in proportion to the source's length, whatever the source is. Gives the tree of [`Self::parse_reference`].
    pub fn parse(source: String, limits: DomLimits) -> Self {
        fast::parse(source, limits)
    }

    /// Parses as [`Self::parse`] does, by way of scraper (html5ever): slower by far, and the oracle that [`Self::parse`] is held against.
    ///
    /// The trees have the same elements, attributes (in another order) and texts; nodes are numbered differently.
    pub fn parse_reference(source: String, limits: DomLimits) -> Self {
        reference::parse(source, limits)
    }

    /// The document node.
    pub fn document(&self) -> NodeRef<'_> {
        NodeRef { dom: self, id: 0 }
    }

    /// The node with this number.
    ///
    /// # Panics
    /// If the number is another document's and this one has fewer nodes.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        assert!(id.index() < self.nodes.len(), "a node of another document");
        NodeRef { dom: self, id: id.0 }
    }

    /// The elements of such tags by number, also those outside the tree: faster by far than to walk it.
    pub(crate) fn elements_of(&self, is_wanted: impl Fn(Tag) -> bool) -> impl Iterator<Item = NodeRef<'_>> {
        // Few nodes have a wanted tag, but every second is no element.
        let is = move |node: &Node| is_wanted(node.tag) && node.kind == Kind::Element;
        (0..).zip(&self.nodes).filter(move |(_, node)| is(node)).map(|(id, _)| NodeRef { dom: self, id })
    }

    /// How many nodes there are, a few of them outside the tree: every [`NodeId::index`] is below this.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the document has no nodes but itself.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// What the limits left out.
    pub fn cuts(&self) -> DomCuts {
        self.cuts
    }

    /// The decoded text the page was parsed from; [`Self::parse`] has turned its line ends into `\n`.
    pub fn source(&self) -> &str {
        &self.source
    }

    fn text_of(&self, span: Span) -> &str {
        let (buffer, start) = span.place(&self.source, &self.side);
        buffer.get(start..start + span.len as usize).unwrap_or_default()
    }

    /// As [`Self::text_of`], without a look at where characters begin.
    fn bytes_of(&self, span: Span) -> &[u8] {
        let (buffer, start) = span.place(&self.source, &self.side);
        buffer.as_bytes().get(start..start + span.len as usize).unwrap_or_default()
    }
}

/// A node of a [`Dom`]: how everything after the parse reads the tree.
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'a> {
    dom: &'a Dom,
    id: u32,
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.dom, other.dom)
    }
}

impl<'a> NodeRef<'a> {
    fn node(self) -> &'a Node {
        &self.dom.nodes[self.id as usize]
    }

    fn at(self, id: u32) -> Option<Self> {
        (id != NONE).then_some(Self { dom: self.dom, id })
    }

    /// The node's number.
    pub fn id(self) -> NodeId {
        NodeId(self.id)
    }

    /// The node above.
    pub fn parent(self) -> Option<Self> {
        self.at(self.node().parent)
    }

    /// The first node below.
    pub fn first_child(self) -> Option<Self> {
        self.at(self.node().first_child)
    }

    /// The last node below.
    pub fn last_child(self) -> Option<Self> {
        self.at(self.node().last_child)
    }

    /// The node after this one under the same parent.
    pub fn next_sibling(self) -> Option<Self> {
        self.at(self.node().next_sibling)
    }

    /// The node before this one under the same parent.
    pub fn prev_sibling(self) -> Option<Self> {
        self.at(self.node().prev_sibling)
    }

    /// The nodes directly below, in order.
    pub fn children(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.first_child(), |node| node.next_sibling())
    }

    /// The nodes above, nearest first, up to the document.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// This node and all below it, in document order.
    pub fn subtree(self) -> impl Iterator<Item = Self> {
        let root = self;
        std::iter::successors(Some(self), move |node| node.next_in(root))
    }

    /// The next node in document order within `root`: first child, else the next sibling of the nearest ancestor-or-self below `root`.
    pub fn next_in(self, root: Self) -> Option<Self> {
        self.first_child().or_else(|| self.next_skipping_children(root))
    }

    /// As [`Self::next_in`], passing over this node's own subtree.
    pub fn next_skipping_children(self, root: Self) -> Option<Self> {
        let mut node = self;
        while node != root {
            if let Some(next) = node.next_sibling() {
                return Some(next);
            }
            node = node.parent()?;
        }
        None
    }

    /// Whether this is an element.
    pub fn is_element(self) -> bool {
        self.node().kind == Kind::Element
    }

    /// The element's tag; `None` for text and the document.
    pub fn tag(self) -> Option<Tag> {
        let node = self.node();
        (node.kind == Kind::Element).then_some(node.tag)
    }

    /// Whether this is an element of that tag.
    pub fn is(self, tag: Tag) -> bool {
        self.tag() == Some(tag)
    }

    /// The element's lower-case name; empty for text and the document.
    pub fn name(self) -> &'a str {
        match self.tag() {
            Some(tag) if tag.number() < Tag::KNOWN => NAMES[tag.number()],
            Some(tag) => self.dom.names.get(tag.number() - Tag::KNOWN).map_or("", |name| name),
            None => "",
        }
    }

    /// A text node's text, decoded; `None` for elements and the document.
    pub fn text(self) -> Option<&'a str> {
        let node = self.node();
        (node.kind == Kind::Text).then(|| self.dom.text_of(Span { start: node.first, len: node.count }))
    }

    /// The element's attributes as name and decoded value, in source order, each name once.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let dom = self.dom;
        self.spans().iter().map(|attribute| (dom.text_of(attribute.name), dom.text_of(attribute.value)))
    }

    /// As [`Self::attributes`]; a value is looked up when it is asked for.
    pub(crate) fn attribute_refs(self) -> impl Iterator<Item = AttributeRef<'a>> {
        let dom = self.dom;
        self.spans().iter().map(move |attribute| AttributeRef { dom, attribute })
    }

    fn spans(self) -> &'a [Attribute] {
        let node = self.node();
        let range = if node.kind == Kind::Element { node.first as usize..node.first as usize + node.count as usize } else { 0..0 };
        &self.dom.attributes[range]
    }

    /// The decoded value of the attribute with this lower-case name.
    // Inline, so that a name known where it is asked for is compared in a few instructions.
    #[inline]
    pub fn attr(self, name: &str) -> Option<&'a str> {
        // Most other names differ in length, and are not even looked at.
        let named =
            |attribute: &&Attribute| attribute.name.len as usize == name.len() && self.dom.bytes_of(attribute.name) == name.as_bytes();
        self.spans().iter().find(named).map(|attribute| self.dom.text_of(attribute.value))
    }

    /// The decoded values of the attributes with these lower-case names: one look at the attributes for all of them.
    #[expect(clippy::inline_always, reason = "names known where it is called are compared in a few instructions")]
    #[inline(always)]
    pub(crate) fn attrs<const N: usize>(self, names: [&str; N]) -> [Option<&'a str>; N] {
        let mut values = [None; N];
        for attribute in self.spans() {
            for (value, name) in values.iter_mut().zip(names) {
                if attribute.name.len as usize == name.len() && self.dom.bytes_of(attribute.name) == name.as_bytes() {
                    *value = Some(self.dom.text_of(attribute.value));
                }
            }
        }
        values
    }

    /// Where the element stands, as an `XPath` with a position at each step that has brothers of its name: `/html/body/div[2]/p`.
    pub fn xpath(self) -> String {
        let mut steps: Vec<String> = Vec::new();
        for element in std::iter::once(self).chain(self.ancestors()).filter(|node| node.is_element()) {
            let same = |node: &Self| node.tag() == element.tag();
            let before = std::iter::successors(element.prev_sibling(), |node| node.prev_sibling()).filter(same).count();
            let after = std::iter::successors(element.next_sibling(), |node| node.next_sibling()).any(|node| same(&node));
            steps.push(if before > 0 || after { format!("/{}[{}]", element.name(), before + 1) } else { format!("/{}", element.name()) });
        }
        steps.into_iter().rev().collect()
    }

    /// All text below this node, joined as it stands.
    pub fn inner_text(self) -> String {
        self.subtree().filter_map(Self::text).collect()
    }
}

/// An attribute of an element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeRef<'a> {
    dom: &'a Dom,
    attribute: &'a Attribute,
}

impl<'a> AttributeRef<'a> {
    /// Its name in lower case.
    pub(crate) fn name(self) -> &'a [u8] {
        self.dom.bytes_of(self.attribute.name)
    }

    /// Its decoded value.
    pub(crate) fn value(self) -> &'a str {
        self.dom.text_of(self.attribute.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(html: &str) -> Dom {
        Dom::parse(html.to_owned(), DomLimits::default())
    }

    #[test]
    fn a_node_takes_32_bytes() {
        assert_eq!(size_of::<Node>(), 32);
    }

    #[test]
    fn the_tree_reads_as_written() {
        let dom = parse("<!DOCTYPE html><p class=a id='b'>x &amp; y<b>z</b></p><my-tag></my-tag>");
        let p = dom.document().subtree().find(|node| node.is(Tag::P)).unwrap();
        assert_eq!(p.attr("class"), Some("a"));
        assert_eq!(p.attr("id"), Some("b"));
        assert_eq!(p.inner_text(), "x & yz");
        assert_eq!(p.next_sibling().unwrap().name(), "my-tag");
        assert_eq!(p.xpath(), "/html/body/p");
        let names: Vec<_> = p.ancestors().map(NodeRef::name).collect();
        assert_eq!(names, ["body", "html", ""]);
        assert_eq!(p.last_child().unwrap().prev_sibling().unwrap().text(), Some("x & y"));
    }

    #[test]
    fn noscript_is_raw_text() {
        let dom = parse("<body><noscript><p>x</p></noscript>");
        let noscript = dom.document().subtree().find(|node| node.is(Tag::NOSCRIPT)).unwrap();
        assert_eq!(noscript.first_child().unwrap().text(), Some("<p>x</p>"));
    }

    #[test]
    fn depth_and_nodes_are_capped_without_losing_text_to_depth() {
        let html = format!("{}deep{}", "<div>".repeat(700), "</div>".repeat(700));
        let dom = Dom::parse(html, DomLimits::default().max_depth(100));
        assert!(dom.cuts().depth);
        assert_eq!(dom.document().inner_text(), "deep");
        let dom = Dom::parse("<p>a<p>b<p>c<p>d<p>e<p>f<p>g<p>h<p>i".to_owned(), DomLimits::default().max_nodes(16));
        assert!(dom.cuts().nodes);
        assert_eq!(dom.len(), 16);
    }
}
