//! The walk over the tree.
//!
//! Takes a tree and its blocks, gives the survey's elements in document order with what each holds. Most elements of a page hold no text:
//! they are counted, and only those around a piece of some block are kept.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::hash::{Hash, folded};
use super::super::link::{Address, Link};
use super::super::markup;
use super::{BlockInfo, ElementInfo, NONE, Survey, to_u32};
use crate::dom::{Dom, NodeId, NodeRef, Tag};

impl<'a> Survey<'a> {
    /// Numbers the elements in document order and counts what each holds.
    pub(super) fn walk(&mut self, dom: &'a Dom) {
        let blocks = self.blocks;
        // Pieces stand in document order, as blocks do.
        let pieces = blocks.iter().enumerate().flat_map(|(index, block)| blocks.pieces(block).iter().map(move |piece| (index, piece.node)));
        let mut pieces = pieces.peekable();
        // Elements before `kept` hold a piece.
        let (mut current, mut kept) = (NONE, 0);
        let mut next = dom.document().first_child();
        while let Some(node) = next {
            if let Some(tag) = node.tag() {
                current = self.enter(node, tag, current);
            } else if let Some((block, _)) = pieces.next_if(|(_, piece)| *piece == node.id()) {
                kept = self.elements.len();
                if block == self.block_infos.len() {
                    let owner = blocks.get(block).and_then(crate::block::Block::owner);
                    let (owner, first_piece) = (self.owner(current, owner), to_u32(self.around.len()));
                    self.block_infos.push(BlockInfo { owner, first_piece, met: self.met, ..BlockInfo::EMPTY });
                }
                self.around.push(current);
            }
            next = node.first_child().or_else(|| self.leave(node, &mut current, kept));
        }
        debug_assert!(pieces.next().is_none() && self.block_infos.len() == blocks.len());
    }

    /// Leaves `node` and all ancestors that end with it; gives the next node in document order. Elements from `kept` on hold no piece.
    fn leave<'n>(&mut self, node: NodeRef<'n>, current: &mut u32, kept: usize) -> Option<NodeRef<'n>> {
        let mut done = node;
        loop {
            if done.is_element() {
                let element = &mut self.elements[*current as usize];
                element.end_block = to_u32(self.block_infos.len());
                element.after = self.met;
                let parent = element.parent;
                // What stands below it is gone already.
                self.elements.truncate(kept.max(*current as usize));
                *current = parent;
            }
            if let Some(sibling) = done.next_sibling() {
                return Some(sibling);
            }
            done = done.parent()?;
        }
    }

    /// The element of that node among `current` and those above.
    fn owner(&self, current: u32, owner: Option<NodeId>) -> u32 {
        let mut at = current;
        while let Some(element) = self.elements.get(at as usize).filter(|element| Some(element.node) != owner) {
            at = element.parent;
        }
        at
    }

    fn enter(&mut self, node: NodeRef<'_>, tag: Tag, parent: u32) -> u32 {
        let index = to_u32(self.elements.len());
        let (depth, child_index, mut link) = match self.elements.get_mut(parent as usize) {
            Some(up) => {
                up.children += 1;
                (up.depth + 1, up.children - 1, up.link)
            }
            None => (0, 0, NONE),
        };
        if tag == Tag::A && node.attr("href").is_some() {
            link = index;
        }
        let (before, blocks_met) = (self.met, to_u32(self.block_infos.len()));
        self.count(node, tag);
        self.elements.push(ElementInfo {
            node: node.id(),
            tag,
            parent,
            depth,
            child_index,
            children: 0,
            first_block: blocks_met,
            end_block: blocks_met,
            before,
            after: before,
            class: 0,
            named: false,
            marks: 0,
            signature: 0,
            link,
            link_place: NONE,
            brothers: NONE,
            ordinal: 0,
        });
        index
    }

    /// Reads what the elements that hold a block are called, and gives them their signatures: tag and class with digits folded.
    pub(super) fn sign(&mut self, dom: &'a Dom) {
        // Most elements of a page share their class with others. No class has the number 0.
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut hashes = vec![0];
        for element in self.elements.iter_mut().filter(|element| element.holds_block()) {
            for attribute in dom.node(element.node).attribute_refs() {
                let name = attribute.name();
                match name {
                    b"class" => {
                        let value = attribute.value();
                        element.class = *known.entry(value).or_insert_with(|| {
                            hashes.push(folded(3, value.trim()));
                            to_u32(hashes.len() - 1)
                        });
                    }
                    b"id" => element.named = true,
                    b"role" | b"itemprop" | b"aria-hidden" => {
                        element.named |= name != b"aria-hidden";
                        element.marks |= markup::mark(name, attribute.value());
                    }
                    _ => {}
                }
            }
            let class = hashes[element.class as usize];
            element.signature = Hash::new(4).add(element.tag.number() as u64).add(u64::from(class)).finish();
        }
    }

    /// Reads the links around text, each address once.
    pub(super) fn read_links(&mut self, dom: &'a Dom) {
        let links = (0..).zip(&self.elements).filter(|(index, element)| element.link == *index).count();
        let mut known: FxHashMap<&str, u32> = FxHashMap::with_capacity_and_hasher(links, FxBuildHasher);
        self.addresses.reserve_exact(links);
        self.links.reserve_exact(links);
        for (index, element) in (0..).zip(&mut self.elements) {
            if element.link != index {
                continue;
            }
            let number = |href| {
                *known.entry(href).or_insert_with(|| {
                    self.addresses.push((href, Address::read(href)));
                    to_u32(self.addresses.len() - 1)
                })
            };
            element.link_place = to_u32(self.links.len());
            self.links.push(Link::read(dom.node(element.node), number));
        }
    }

    fn count(&mut self, node: NodeRef<'_>, tag: Tag) {
        if let Some(count) = self.tags.get_mut(tag.number()) {
            *count += 1;
        }
        let met = &mut self.met;
        met.elements += 1;
        match tag {
            Tag::META | Tag::LINK | Tag::TITLE | Tag::SCRIPT => self.telling.push(node.id()),
            Tag::IMG => {
                self.images.push((met.media, node.id()));
                met.media += 1;
            }
            Tag::VIDEO | Tag::SVG | Tag::AUDIO | Tag::IFRAME | Tag::CANVAS => met.media += 1,
            Tag::INPUT => {
                let kind = node.attr("type").unwrap_or("text");
                if !kind.eq_ignore_ascii_case("hidden") {
                    met.inputs += 1;
                }
                let named = |part: &str| {
                    [node.attr("name"), node.attr("placeholder"), node.attr("id")]
                        .into_iter()
                        .flatten()
                        .any(|value| value.to_ascii_lowercase().contains(part))
                };
                if kind.eq_ignore_ascii_case("email") || named("mail") {
                    met.emails += 1;
                } else if kind.eq_ignore_ascii_case("password") {
                    met.passwords += 1;
                }
            }
            Tag::TEXTAREA => met.inputs += 1,
            Tag::BUTTON => met.buttons += 1,
            Tag::P => met.paragraphs += 1,
            _ => {}
        }
    }
}
