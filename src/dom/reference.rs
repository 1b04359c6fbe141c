//! The tree by way of scraper (html5ever): the reference parser.
//!
//! Takes decoded HTML, gives a [`Dom`]. Copies scraper's tree into the arena, so it is the slow and sure way.

use rustc_hash::FxHashMap;
use scraper::{Html, Node as ScraperNode};

use super::{Attribute, Dom, DomCuts, DomLimits, Kind, NONE, Node, SIDE, Span, Tag};

/// Parses with scraper and copies the tree, within the limits.
pub(super) fn parse(source: String, limits: DomLimits) -> Dom {
    let html = Html::parse_document(&source);
    let mut copy = Copy::new(source, limits);
    // Our parent for the children of each open scraper node; beyond the depth limit the last one repeats.
    let mut parents: Vec<u32> = vec![0];
    let mut next = html.tree.root().first_child();
    while let Some(node) = next {
        let parent = parents.last().copied().unwrap_or(0);
        let id = copy.append(parent, node.value());
        if copy.dom.cuts.nodes {
            break;
        }
        if let Some(child) = node.first_child() {
            let too_deep = parents.len() >= limits.max_depth;
            copy.dom.cuts.depth |= too_deep;
            parents.push(if too_deep { parent } else { id.unwrap_or(parent) });
            next = Some(child);
            continue;
        }
        let mut done = node;
        next = loop {
            if let Some(sibling) = done.next_sibling() {
                break Some(sibling);
            }
            parents.pop();
            match done.parent() {
                Some(up) => done = up,
                None => break None,
            }
        };
    }
    copy.dom
}

struct Copy {
    dom: Dom,
    numbers: FxHashMap<Box<str>, u16>,
    max_nodes: usize,
}

impl Copy {
    fn new(source: String, limits: DomLimits) -> Self {
        let document = node(NONE, NONE, Kind::Document);
        let dom =
            Dom { source, side: String::new(), nodes: vec![document], attributes: Vec::new(), names: Vec::new(), cuts: DomCuts::default() };
        Self { dom, numbers: FxHashMap::default(), max_nodes: limits.max_nodes }
    }

    fn append(&mut self, parent: u32, value: &ScraperNode) -> Option<u32> {
        let mut node = match value {
            ScraperNode::Element(_) => node(parent, self.dom.nodes[parent as usize].last_child, Kind::Element),
            ScraperNode::Text(_) => node(parent, self.dom.nodes[parent as usize].last_child, Kind::Text),
            _ => return None,
        };
        if self.dom.nodes.len() >= self.max_nodes {
            self.dom.cuts.nodes = true;
            return None;
        }
        match value {
            ScraperNode::Element(element) => {
                node.tag = self.tag(element.name());
                node.first = u32::try_from(self.dom.attributes.len()).unwrap_or(NONE);
                for (name, value) in element.attrs() {
                    let attribute = Attribute { name: self.side(name), value: self.side(value) };
                    self.dom.attributes.push(attribute);
                    node.count += 1;
                }
            }
            ScraperNode::Text(text) => {
                let span = self.side(text);
                (node.first, node.count) = (span.start, span.len);
            }
            _ => {}
        }
        Some(self.link(parent, node))
    }

    fn link(&mut self, parent: u32, node: Node) -> u32 {
        let id = u32::try_from(self.dom.nodes.len()).unwrap_or(NONE);
        if node.prev_sibling == NONE {
            self.dom.nodes[parent as usize].first_child = id;
        } else {
            self.dom.nodes[node.prev_sibling as usize].next_sibling = id;
        }
        self.dom.nodes[parent as usize].last_child = id;
        self.dom.nodes.push(node);
        id
    }

    fn tag(&mut self, name: &str) -> Tag {
        if let Some(tag) = Tag::from_name(name) {
            return tag;
        }
        if let Some(number) = self.numbers.get(name) {
            return Tag(*number);
        }
        // A page with more names of its own than there are numbers shares the last one.
        let number = u16::try_from(Tag::KNOWN + self.dom.names.len()).unwrap_or(u16::MAX);
        if self.dom.names.len() < usize::from(u16::MAX) - Tag::KNOWN {
            self.dom.names.push(name.into());
            self.numbers.insert(name.into(), number);
        }
        Tag(number)
    }

    fn side(&mut self, text: &str) -> Span {
        let start = u32::try_from(self.dom.side.len()).unwrap_or(0) | SIDE;
        self.dom.side.push_str(text);
        Span { start, len: u32::try_from(text.len()).unwrap_or(0) }
    }
}

fn node(parent: u32, prev_sibling: u32, kind: Kind) -> Node {
    Node { parent, prev_sibling, ..Node::new(kind, Tag::HTML) }
}
