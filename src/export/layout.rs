//! Kept blocks to the parts of a document: headings, paragraphs, list items, tables, code.
//!
//! Takes kept blocks in document order, gives [`Part`]s. Knows which elements carry structure; nothing of formats.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::table::{Table, Tables};
use super::xpath::Positions;
use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{Dom, NodeId, NodeRef, Tag};
use crate::label::Label;

/// One part of a document and what stands around it, outermost first.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) around: Vec<Container>,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Paragraph(LabelledBlock<'a>),
    /// Level 1 to 6.
    Heading(u8, LabelledBlock<'a>),
    Caption(LabelledBlock<'a>),
    /// A `dt`.
    Term(LabelledBlock<'a>),
    /// A `dd`.
    Description(LabelledBlock<'a>),
    /// A line of plain text, and whether an empty line stands between it and the last kept line.
    Line(LabelledBlock<'a>, bool),
    Code(Code<'a>),
    Table(Table<'a>),
}

/// Preformatted text.
#[derive(Debug)]
pub(super) struct Code<'a> {
    pub(super) text: String,
    /// The programming language, as the page's markup names it.
    pub(super) language: Option<&'a str>,
    element: NodeId,
}

/// What stands around a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Quote(NodeId),
    List {
        list: NodeId,
        ordered: bool,
    },
    /// With its number in an ordered list.
    Item {
        item: NodeId,
        number: Option<i64>,
    },
}

impl Part<'_> {
    /// How many containers this part shares with the part before it.
    pub(super) fn shared_with(&self, before: &Part<'_>) -> usize {
        self.around.iter().zip(&before.around).take_while(|(a, b)| a == b).count()
    }

    /// Whether both parts stand in one and the same list, of whatever depth.
    pub(super) fn same_list(&self, before: &Part<'_>) -> bool {
        self.around[..self.shared_with(before)].iter().any(|container| matches!(container, Container::List { .. }))
    }
}

/// The parts of a page that the kept blocks make up, in document order.
pub(super) fn parts<'a>(page: &'a LabelledPage, kept: &[LabelledBlock<'a>]) -> Vec<Part<'a>> {
    match page.page().dom() {
        Some(dom) => Builder::new(dom, kept).build(kept),
        None => lines(page, kept),
    }
}

fn lines<'a>(page: &LabelledPage, kept: &[LabelledBlock<'a>]) -> Vec<Part<'a>> {
    let blocks = page.blocks();
    let mut last = 0;
    kept.iter()
        .map(|block| {
            let gap = (last..=block.index).any(|index| blocks.get(index).is_some_and(|line| line.empty_lines_before() > 0));
            last = block.index + 1;
            Part { kind: Kind::Line(*block, gap), around: Vec::new() }
        })
        .collect()
}

struct Builder<'a> {
    dom: &'a Dom,
    /// Counted when an ordered list asks: few pages have one.
    positions: OnceCell<Positions>,
    tables: Tables<'a>,
    /// List items with a heading in them: they are cards, each a small document of its own.
    cards: FxHashSet<NodeId>,
}

impl<'a> Builder<'a> {
    fn new(dom: &'a Dom, kept: &[LabelledBlock<'a>]) -> Self {
        let mut cards = FxHashSet::default();
        for owner in kept.iter().filter_map(LabelledBlock::element) {
            if heading_level(owner).is_some() {
                cards.extend(owner.ancestors().filter(|above| above.is(Tag::LI)).map(NodeRef::id));
            }
        }
        Self { dom, positions: OnceCell::new(), tables: Tables::of(kept), cards }
    }

    fn build(mut self, kept: &[LabelledBlock<'a>]) -> Vec<Part<'a>> {
        let mut parts: Vec<Part<'a>> = Vec::with_capacity(kept.len());
        let mut written: FxHashSet<NodeId> = FxHashSet::default();
        for block in kept {
            let Some(owner) = block.element() else { continue };
            if let Some(table) = self.tables.of_block(block) {
                if written.insert(table) {
                    let around = self.around(self.dom.node(table));
                    parts.extend(self.tables.take(table).map(|table| Part { kind: Kind::Table(table), around }));
                }
                continue;
            }
            if let Some(element) = preformatted(owner) {
                match parts.last_mut() {
                    Some(Part { kind: Kind::Code(code), .. }) if code.element == element.id() => {
                        code.text.push('\n');
                        code.text.push_str(block.text());
                    }
                    _ => {
                        let code = Code { text: block.text().to_owned(), language: language(element), element: element.id() };
                        parts.push(Part { kind: Kind::Code(code), around: self.around(element) });
                    }
                }
                continue;
            }
            parts.push(Part { kind: kind(block, owner), around: self.around(owner) });
        }
        parts
    }

    /// The quotes, lists and items around an element, outermost first.
    fn around(&self, element: NodeRef<'a>) -> Vec<Container> {
        let mut around = Vec::new();
        let mut item: Option<NodeRef<'a>> = None;
        for node in std::iter::once(element).chain(element.ancestors()) {
            match node.tag() {
                Some(Tag::UL | Tag::OL | Tag::MENU | Tag::DIR) => {
                    if let Some(item) = item.take() {
                        self.push_item(&mut around, item, node);
                    }
                }
                Some(Tag::LI) if !self.cards.contains(&node.id()) => {
                    if let Some((item, parent)) = item.and_then(|item| Some((item, item.parent()?))) {
                        self.push_item(&mut around, item, parent);
                    }
                    item = Some(node);
                }
                Some(Tag::BLOCKQUOTE) => around.push(Container::Quote(node.id())),
                _ => {}
            }
        }
        if let Some((item, parent)) = item.and_then(|item| Some((item, item.parent()?))) {
            self.push_item(&mut around, item, parent);
        }
        around.reverse();
        around
    }

    fn push_item(&self, around: &mut Vec<Container>, item: NodeRef<'a>, list: NodeRef<'a>) {
        let ordered = list.is(Tag::OL);
        let number = ordered.then(|| {
            let written = |node: NodeRef<'a>, name| node.attr(name).and_then(|value| value.trim().parse::<i64>().ok());
            let place = || self.positions.get_or_init(|| Positions::of(self.dom)).place(item);
            let counted = || written(list, "start").unwrap_or(1).saturating_add(i64::from(place()) - 1);
            written(item, "value").unwrap_or_else(counted)
        });
        around.push(Container::Item { item: item.id(), number });
        around.push(Container::List { list: list.id(), ordered });
    }
}

fn kind<'a>(block: &LabelledBlock<'a>, owner: NodeRef<'a>) -> Kind<'a> {
    if block.label == Label::Caption {
        Kind::Caption(*block)
    } else if let Some(level) = heading_level(owner) {
        Kind::Heading(level, *block)
    } else if owner.is(Tag::DT) {
        Kind::Term(*block)
    } else if owner.is(Tag::DD) {
        Kind::Description(*block)
    } else {
        Kind::Paragraph(*block)
    }
}

/// The level of the heading that an element is or stands in.
fn heading_level(element: NodeRef<'_>) -> Option<u8> {
    std::iter::once(element).chain(element.ancestors()).find_map(|node| node.tag().and_then(Tag::heading_level))
}

/// The preformatted element that an element is or stands in.
fn preformatted(element: NodeRef<'_>) -> Option<NodeRef<'_>> {
    std::iter::once(element)
        .chain(element.ancestors())
        .find(|node| matches!(node.tag(), Some(Tag::PRE | Tag::LISTING | Tag::XMP | Tag::PLAINTEXT)))
}

/// The programming language that the markup of a `pre` names: a class such as `language-rust` on it, on its `code` or on the two elements above
/// (as highlight.js, Prism, Sphinx and GitHub write it), or `data-lang`.
fn language(pre: NodeRef<'_>) -> Option<&str> {
    const PREFIXES: [&str; 5] = ["language-", "lang-", "highlight-source-", "highlight-", "sourceCode-"];
    let code = pre.children().find(|child| child.is(Tag::CODE));
    code.into_iter().chain(std::iter::once(pre)).chain(pre.ancestors().take(2)).find_map(|element| {
        let classes = element.attr("class").unwrap_or_default().split_whitespace();
        let of_class = |class| PREFIXES.iter().find_map(|prefix| str::strip_prefix(class, prefix));
        classes
            .filter_map(of_class)
            .chain(["data-lang", "data-language"].iter().filter_map(|name| element.attr(name)))
            .find(|name| is_language(name))
    })
}

fn is_language(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.');
    !name.is_empty() && name.len() <= 20 && name.chars().all(plain) && !["none", "default", "text", "plaintext"].contains(&name)
}
