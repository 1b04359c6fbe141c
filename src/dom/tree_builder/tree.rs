//! The arena while it grows: nodes, links, texts.
//!
//! Takes places and what to put there, keeps the links right and joins texts that meet. Knows nothing of the rules that choose the places.

use rustc_hash::FxHashMap;

use crate::dom::{Attribute, DomCuts, Kind, NONE, Node, SIDE, Span, Tag};

/// The element is on the stack of open elements.
pub(super) const OPEN: u8 = 1;
/// The element is in the list of active formatting elements.
pub(super) const LISTED: u8 = 2;
/// The text lies in a rope: it was joined from pieces and may grow on.
const ROPE: u8 = 4;

/// Where a node goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Site {
    /// Behind the last child.
    LastChild(u32),
    /// Before a table, where it has a parent, else behind the last child of the element below it on the stack.
    BeforeTable { table: u32, below: u32 },
}

/// The growing arena, and in the end the parts of a [`Dom`](crate::dom::Dom).
#[derive(Debug)]
pub(in crate::dom) struct Tree<'s> {
    pub(super) source: &'s str,
    pub(in crate::dom) side: String,
    pub(in crate::dom) nodes: Vec<Node>,
    pub(in crate::dom) attributes: Vec<Attribute>,
    pub(in crate::dom) names: Vec<Box<str>>,
    pub(in crate::dom) cuts: DomCuts,
    numbers: FxHashMap<Box<str>, u16>,
    ropes: Vec<String>,
    comments: Vec<u32>,
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

impl<'s> Tree<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        // Pages hold about a node for every 40 bytes.
        let mut nodes = Vec::with_capacity(source.len() / 40 + 16);
        nodes.push(Node::new(Kind::Document, Tag::HTML));
        Self {
            source,
            side: String::new(),
            nodes,
            attributes: Vec::with_capacity(source.len() / 60 + 16),
            names: Vec::new(),
            cuts: DomCuts::default(),
            numbers: FxHashMap::default(),
            ropes: Vec::new(),
            comments: Vec::new(),
        }
    }

    fn node(&mut self, id: u32) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn marked(&self, id: u32, mark: u8) -> bool {
        self.nodes[id as usize].marks & mark != 0
    }

    pub(super) fn mark(&mut self, id: u32, mark: u8) {
        self.node(id).marks |= mark;
    }

    pub(super) fn unmark(&mut self, id: u32, mark: u8) {
        self.node(id).marks &= !mark;
    }

    /// Makes an element with attributes that lie in the attribute table already; elements may share them.
    pub(super) fn element(&mut self, tag: Tag, attributes: (u32, u32)) -> u32 {
        let mut node = Node::new(Kind::Element, tag);
        (node.first, node.count) = attributes;
        self.add(node)
    }

    fn add(&mut self, node: Node) -> u32 {
        let id = count(self.nodes.len());
        self.nodes.push(node);
        id
    }

    /// A span's text.
    pub(in crate::dom) fn text(&self, span: Span) -> &str {
        let (buffer, start) = span.place(self.source, &self.side);
        buffer.get(start..start + span.len as usize).unwrap_or_default()
    }

    /// A span's bytes.
    pub(in crate::dom) fn bytes(&self, span: Span) -> &[u8] {
        let (buffer, start) = span.place(self.source, &self.side);
        buffer.as_bytes().get(start..start + span.len as usize).unwrap_or_default()
    }

    /// Where the side buffer ends, as the start of a span.
    pub(in crate::dom) fn side_start(&self) -> u32 {
        count(self.side.len()) | SIDE
    }

    /// The span of the side buffer from `start` on; empty when the buffer has grown beyond what a span can name.
    pub(in crate::dom) fn side_span(&self, start: u32) -> Span {
        if self.side.len() >= SIDE as usize {
            return Span { start: SIDE, len: 0 };
        }
        Span { start, len: count(self.side.len()) - (start & !SIDE) }
    }

    /// The tag of a name outside the table, in lower case.
    pub(in crate::dom) fn own_tag(&mut self, name: &str) -> Tag {
        if let Some(number) = self.numbers.get(name) {
            return Tag(*number);
        }
        // A page with more names of its own than there are numbers shares the last one.
        let number = u16::try_from(Tag::KNOWN + self.names.len()).unwrap_or(u16::MAX);
        if self.names.len() < usize::from(u16::MAX) - Tag::KNOWN {
            self.names.push(name.into());
            self.numbers.insert(name.into(), number);
        }
        Tag(number)
    }

    /// The lower-case name of a tag.
    pub(super) fn name_of(&self, tag: Tag) -> &str {
        match tag.number().checked_sub(Tag::KNOWN) {
            None => crate::dom::NAMES[tag.number()],
            Some(own) => self.names.get(own).map_or("", |name| name),
        }
    }

    pub(super) fn append(&mut self, parent: u32, child: u32) {
        let last = std::mem::replace(&mut self.node(parent).last_child, child);
        if last == NONE {
            self.node(parent).first_child = child;
        } else {
            self.node(last).next_sibling = child;
        }
        let node = self.node(child);
        node.parent = parent;
        node.prev_sibling = last;
        node.next_sibling = NONE;
    }

    fn insert_before(&mut self, sibling: u32, child: u32) {
        let Node { parent, prev_sibling, .. } = self.nodes[sibling as usize];
        if prev_sibling == NONE {
            self.node(parent).first_child = child;
        } else {
            self.node(prev_sibling).next_sibling = child;
        }
        self.node(sibling).prev_sibling = child;
        let node = self.node(child);
        node.parent = parent;
        node.prev_sibling = prev_sibling;
        node.next_sibling = sibling;
    }

    pub(super) fn detach(&mut self, id: u32) {
        let Node { parent, prev_sibling, next_sibling, .. } = self.nodes[id as usize];
        if parent == NONE {
            return;
        }
        if prev_sibling == NONE {
            self.node(parent).first_child = next_sibling;
        } else {
            self.node(prev_sibling).next_sibling = next_sibling;
        }
        if next_sibling == NONE {
            self.node(parent).last_child = prev_sibling;
        } else {
            self.node(next_sibling).prev_sibling = prev_sibling;
        }
        let node = self.node(id);
        node.parent = NONE;
        node.prev_sibling = NONE;
        node.next_sibling = NONE;
    }

    /// Puts an element that has no parent at a site.
    pub(super) fn put(&mut self, site: Site, child: u32) {
        match site {
            Site::LastChild(parent) => self.append(parent, child),
            Site::BeforeTable { table, below } if self.nodes[table as usize].parent == NONE => self.append(below, child),
            Site::BeforeTable { table, .. } => self.insert_before(table, child),
        }
    }

    /// Moves all children of one element to the end of another's that has none or more.
    pub(super) fn move_children(&mut self, from: u32, to: u32) {
        while self.nodes[from as usize].first_child != NONE {
            let child = self.nodes[from as usize].first_child;
            self.detach(child);
            self.append(to, child);
        }
    }

    fn before(&self, site: Site) -> u32 {
        match site {
            Site::BeforeTable { table, .. } if self.nodes[table as usize].parent != NONE => self.nodes[table as usize].prev_sibling,
            Site::LastChild(parent) | Site::BeforeTable { below: parent, .. } => self.nodes[parent as usize].last_child,
        }
    }

    /// Puts text at a site; it joins a text that is there already.
    pub(super) fn put_text(&mut self, site: Site, span: Span) {
        let before = self.before(site);
        if before != NONE && self.nodes[before as usize].kind == Kind::Text {
            self.join(before, span);
        } else {
            let mut node = Node::new(Kind::Text, Tag::HTML);
            (node.first, node.count) = (span.start, span.len);
            let id = self.add(node);
            self.put(site, id);
        }
    }

    fn join(&mut self, id: u32, span: Span) {
        let Node { first, count: len, marks, .. } = self.nodes[id as usize];
        if marks & ROPE == 0 && (first.wrapping_add(len) == span.start || span.len == 0) {
            self.node(id).count += span.len;
            return;
        }
        let rope = if marks & ROPE == 0 {
            let text = self.text(Span { start: first, len }).to_owned();
            let rope = count(self.ropes.len());
            self.ropes.push(text);
            let node = self.node(id);
            node.marks |= ROPE;
            node.first = rope;
            rope
        } else {
            first
        };
        let mut grown = std::mem::take(&mut self.ropes[rope as usize]);
        grown.push_str(self.text(span));
        self.ropes[rope as usize] = grown;
    }

    /// Puts a comment at a site: it keeps the texts around it apart until [`Self::settle`].
    pub(super) fn put_comment(&mut self, site: Site) {
        let before = self.before(site);
        if before != NONE && self.nodes[before as usize].kind != Kind::Comment {
            let id = self.add(Node::new(Kind::Comment, Tag::HTML));
            self.comments.push(id);
            self.put(site, id);
        }
    }

    /// Takes out what only the building needed.
    pub(super) fn settle(&mut self, max_nodes: usize) {
        for id in std::mem::take(&mut self.comments) {
            self.detach(id);
        }
        self.drop_beyond(max_nodes);
        for id in 0..self.nodes.len() {
            if self.ropes.is_empty() {
                break;
            }
            let Node { kind, marks, first, .. } = self.nodes[id];
            if kind == Kind::Text && marks & ROPE != 0 {
                let start = self.side_start();
                self.side.push_str(&self.ropes[first as usize]);
                let span = self.side_span(start);
                (self.nodes[id].first, self.nodes[id].count) = (span.start, span.len);
            }
        }
    }

    /// Takes out the nodes that the last token made beyond the limit.
    fn drop_beyond(&mut self, max_nodes: usize) {
        for id in max_nodes..self.nodes.len() {
            let id = count(id);
            self.detach(id);
            while self.nodes[id as usize].first_child != NONE {
                self.detach(self.nodes[id as usize].first_child);
            }
        }
        self.cuts.nodes |= self.nodes.len() > max_nodes;
        self.nodes.truncate(max_nodes);
    }
}
