//! One walk over a page: what every feature group needs to know of its elements and blocks.
//!
//! Takes a tree and its blocks, gives [`Survey`]. Sums over any element's subtree are differences of running counts, so no group walks the
//! tree again.

mod walk;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::hash::{Hash, words_watched};
use super::lexicon::{KINDS, LEXICON, PRICE_KIND, PROMPT_KIND};
use super::link::{Address, Link};
use super::signs::{SignReader, Signs};
use crate::block::{Blocks, Piece};
use crate::dom::{Dom, NodeId, Tag};

/// "No element".
pub(crate) const NONE: u32 = u32::MAX;

/// Running counts of elements met so far in document order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) elements: u32,
    pub(crate) media: u32,
    pub(crate) inputs: u32,
    pub(crate) emails: u32,
    pub(crate) passwords: u32,
    pub(crate) buttons: u32,
    pub(crate) paragraphs: u32,
}

/// What is known of an element around some piece of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ElementInfo {
    pub(crate) node: NodeId,
    pub(crate) tag: Tag,
    /// Index of the element above, or [`NONE`].
    pub(crate) parent: u32,
    pub(crate) depth: u32,
    pub(crate) child_index: u32,
    pub(crate) children: u32,
    /// The blocks in its subtree.
    pub(crate) first_block: u32,
    pub(crate) end_block: u32,
    pub(crate) before: Met,
    pub(crate) after: Met,
    /// The number of its class on the page; elements with the same class have the same.
    pub(crate) class: u32,
    /// Whether more than tag and class names it: an id, role or `itemprop`.
    pub(crate) named: bool,
    /// What [`mark`](super::markup::mark) says of its attributes.
    pub(crate) marks: u8,
    /// Hash of tag and class with digits folded.
    pub(crate) signature: u32,
    /// The nearest `a` with an address, itself included.
    pub(crate) link: u32,
    /// Its place in [`Survey::links`], if it is an `a` with an address.
    link_place: u32,
    /// Index of its group of brothers with the same signature.
    pub(crate) brothers: u32,
    /// Its place among them.
    pub(crate) ordinal: u32,
}

/// An element that owns a block or stands above one that does. What features say of it is worked out once, not once a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container {
    /// Its index among all elements.
    pub(crate) element: u32,
    /// The number of the container above, which is lower, or [`NONE`].
    pub(crate) parent: u32,
    /// Levels below the document, from 1.
    pub(crate) depth: u32,
}

/// Brothers with the same signature.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Brothers {
    pub(crate) count: u32,
    pub(crate) characters: f32,
    pub(crate) squares: f32,
    pub(crate) link_characters: f32,
    pub(crate) blocks: u32,
}

/// What is known of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockInfo {
    /// The element that owns it, or [`NONE`] for plain text.
    pub(crate) owner: u32,
    /// The same as the number of a container.
    pub(crate) container: u32,
    /// Where its pieces begin in [`Survey::around`].
    first_piece: u32,
    pub(crate) characters: u32,
    pub(crate) words: u32,
    pub(crate) link_characters: u32,
    /// Range in [`Survey::words`].
    pub(crate) first_word: u32,
    pub(crate) end_word: u32,
    pub(crate) met: Met,
    /// Hash of the whole text, letters and digits only.
    pub(crate) text_hash: u32,
    /// The number of that text among the page's.
    pub(crate) text: u32,
    /// Signature of the owner with its parent's.
    pub(crate) pair_signature: u32,
}

/// The survey of one page.
#[derive(Debug)]
pub(crate) struct Survey<'a> {
    pub(crate) dom: Option<&'a Dom>,
    pub(crate) blocks: &'a Blocks,
    /// Those around some piece of a block, in document order.
    pub(crate) elements: Vec<ElementInfo>,
    /// How many elements of each known tag the page has.
    pub(crate) tags: [u32; Tag::KNOWN],
    /// Elements that may tell something of the whole page: `meta`, `link`, `title`, `script`.
    pub(crate) telling: Vec<NodeId>,
    /// The element around each piece of all blocks.
    around: Vec<u32>,
    /// In document order.
    pub(crate) containers: Vec<Container>,
    pub(crate) brothers: Vec<Brothers>,
    pub(crate) block_infos: Vec<BlockInfo>,
    pub(crate) words: Vec<u32>,
    /// The characters of each block by kind.
    pub(super) signs: Vec<Signs>,
    /// Phrases of each kind of the lexicon, by block.
    pub(crate) phrases: Vec<[u16; KINDS.len()]>,
    /// Running sums over blocks of phrases of prompts, and of prices.
    pub(crate) prompts: Vec<u32>,
    pub(crate) prices: Vec<u32>,
    /// Running sums over blocks: entry `i` is the sum over the blocks before `i`.
    pub(crate) characters: Vec<u32>,
    pub(crate) link_characters: Vec<u32>,
    pub(crate) long_characters: Vec<u32>,
    pub(crate) met: Met,
    /// How many blocks of the page have each text.
    pub(crate) repeats: Vec<u32>,
    /// Images in document order, with the count of media before.
    pub(crate) images: Vec<(u32, NodeId)>,
    /// The links around text, in document order.
    links: Vec<Link<'a>>,
    /// The addresses that they have, as written and as read: many a page has its menu twice.
    pub(super) addresses: Vec<(&'a str, Address<'a>)>,
}

/// A block of at least this many characters with few of them linked counts as long text (about 15 words).
const LONG_CHARACTERS: u32 = 80;

/// The most words of a block that are kept for overlaps, lexicon and evidence.
pub(crate) const KEPT_WORDS: usize = 60;

impl<'a> Survey<'a> {
    pub(crate) fn of_dom(dom: &'a Dom, blocks: &'a Blocks) -> Self {
        let mut survey = Self::empty(Some(dom), blocks);
        survey.walk(dom);
        survey.sign(dom);
        survey.read_links(dom);
        survey.read_blocks();
        survey.group_brothers();
        survey.number_containers();
        survey
    }

    pub(crate) fn of_text(blocks: &'a Blocks) -> Self {
        let mut survey = Self::empty(None, blocks);
        survey.read_blocks();
        survey
    }

    fn empty(dom: Option<&'a Dom>, blocks: &'a Blocks) -> Self {
        Self {
            dom,
            blocks,
            elements: Vec::with_capacity(4 * blocks.len()),
            tags: [0; Tag::KNOWN],
            telling: Vec::new(),
            around: Vec::with_capacity(blocks.piece_count()),
            containers: Vec::new(),
            brothers: Vec::new(),
            block_infos: Vec::with_capacity(blocks.len()),
            words: Vec::with_capacity(8 * blocks.len()),
            signs: Vec::with_capacity(blocks.len()),
            phrases: Vec::with_capacity(blocks.len()),
            prompts: sums_of(blocks),
            prices: sums_of(blocks),
            characters: sums_of(blocks),
            link_characters: sums_of(blocks),
            long_characters: sums_of(blocks),
            met: Met::default(),
            repeats: Vec::with_capacity(blocks.len()),
            images: Vec::new(),
            links: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// Numbers the elements that own a block and those above.
    fn number_containers(&mut self) {
        let mut numbers = vec![NONE; self.elements.len()];
        self.containers.reserve_exact(self.elements.len());
        for info in &self.block_infos {
            let mut at = info.owner;
            while let Some(number) = numbers.get_mut(at as usize).filter(|number| **number == NONE) {
                *number = 0;
                at = self.elements[at as usize].parent;
            }
        }
        for (index, element) in self.elements.iter().enumerate() {
            if numbers[index] == NONE {
                continue;
            }
            numbers[index] = to_u32(self.containers.len());
            let parent = numbers.get(element.parent as usize).copied().unwrap_or(NONE);
            self.containers.push(Container { element: to_u32(index), parent, depth: element.depth + 1 });
        }
        for info in &mut self.block_infos {
            info.container = numbers.get(info.owner as usize).copied().unwrap_or(NONE);
        }
    }

    /// Reads the blocks' text: words, characters, links.
    fn read_blocks(&mut self) {
        if self.dom.is_none() {
            self.block_infos = vec![BlockInfo::EMPTY; self.blocks.len()];
        }
        let mut texts: FxHashMap<u32, u32> = FxHashMap::with_capacity_and_hasher(self.blocks.len(), FxBuildHasher);
        for (index, block) in self.blocks.iter().enumerate() {
            let text = self.blocks.text(block);
            let first_word = self.words.len();
            let mut count = 0;
            let mut whole = Hash::new(5);
            let kept = &mut self.words;
            let mut signs = SignReader::default();
            words_watched(text, &mut signs, |word| {
                count += 1;
                whole = whole.add(u64::from(word));
                if count as usize <= KEPT_WORDS {
                    kept.push(word);
                }
                true
            });
            let signs = signs.finish();
            let phrases = LEXICON.count(&self.words[first_word..]);
            push_sum(&mut self.prompts, u32::from(phrases[PROMPT_KIND]));
            push_sum(&mut self.prices, u32::from(phrases[PRICE_KIND]) + u32::from(signs.currency()));
            self.signs.push(signs);
            self.phrases.push(phrases);
            let (characters, linked) = self.characters_of(index, text);
            let pair = self.pair_signature(self.block_infos[index].owner);
            let info = &mut self.block_infos[index];
            info.characters = characters;
            info.words = count;
            info.link_characters = linked.min(characters);
            info.first_word = to_u32(first_word);
            info.end_word = to_u32(self.words.len());
            info.text_hash = whole.finish();
            info.pair_signature = pair;
            let long = info.characters >= LONG_CHARACTERS && info.link_characters * 2 < info.characters;
            let linked = info.link_characters;
            info.text = *texts.entry(info.text_hash).or_insert(to_u32(self.repeats.len()));
            match self.repeats.get_mut(info.text as usize) {
                Some(count) => *count += 1,
                None => self.repeats.push(1),
            }
            push_sum(&mut self.characters, characters);
            push_sum(&mut self.link_characters, linked);
            push_sum(&mut self.long_characters, if long { characters } else { 0 });
        }
    }

    /// How many characters a block has that are no white space, and how many of them are linked.
    fn characters_of(&self, index: usize, text: &str) -> (u32, u32) {
        if self.dom.is_none() {
            return (to_u32(text.chars().filter(|c| !c.is_whitespace()).count()), 0);
        }
        // Between the pieces there is nothing but white space.
        self.pieces(index).fold((0, 0), |(all, linked), (piece, around)| {
            let part = if self.link_of(around) == NONE { 0 } else { piece.characters };
            (all + piece.characters, linked + part)
        })
    }

    fn pair_signature(&self, owner: u32) -> u32 {
        let Some(element) = self.elements.get(owner as usize) else { return 0 };
        let parent = self.elements.get(element.parent as usize).map_or(0, |up| up.signature);
        Hash::new(6).add(u64::from(element.signature)).add(u64::from(parent)).finish()
    }

    /// A block's pieces, each with the element it stands in.
    pub(crate) fn pieces(&self, index: usize) -> impl ExactSizeIterator<Item = (&'a Piece, u32)> + DoubleEndedIterator {
        let pieces = self.blocks.get(index).map_or(&[][..], |block| self.blocks.pieces(block));
        let first = self.block_infos[index].first_piece as usize;
        pieces.iter().zip(self.around.get(first..).unwrap_or_default().iter().copied())
    }

    /// The link that an element is or stands in, or [`NONE`].
    pub(crate) fn link_of(&self, element: u32) -> u32 {
        self.elements.get(element as usize).map_or(NONE, |element| element.link)
    }

    /// What is known of a link by its element, and of its address.
    pub(super) fn link(&self, element: u32) -> Option<(&Link<'a>, &Address<'a>)> {
        let link = self.links.get(self.elements.get(element as usize)?.link_place as usize)?;
        Some((link, &self.addresses.get(link.address as usize)?.1))
    }

    /// Finds each element's brothers with the same signature.
    fn group_brothers(&mut self) {
        let mut groups: FxHashMap<(u32, u32), u32> = FxHashMap::with_capacity_and_hasher(self.elements.len(), FxBuildHasher);
        // By parent the signature and group of the child before: mostly it is a brother.
        let mut before = vec![(0, NONE); self.elements.len()];
        self.brothers.reserve_exact(self.elements.len());
        for index in 0..self.elements.len() {
            let element = self.elements[index];
            if !element.holds_block() {
                continue;
            }
            let next = to_u32(self.brothers.len());
            let known = before.get(element.parent as usize).filter(|(signature, group)| *signature == element.signature && *group != NONE);
            let group = match known {
                Some((_, group)) => *group,
                None => *groups.entry((element.parent, element.signature)).or_insert(next),
            };
            if group == next {
                self.brothers.push(Brothers::default());
            }
            if let Some(before) = before.get_mut(element.parent as usize) {
                *before = (element.signature, group);
            }
            let (characters, linked, blocks) = self.held(&element);
            let brothers = &mut self.brothers[group as usize];
            let element = &mut self.elements[index];
            element.brothers = group;
            element.ordinal = brothers.count;
            brothers.count += 1;
            brothers.characters += characters;
            brothers.squares += characters * characters;
            brothers.link_characters += linked;
            brothers.blocks += blocks;
        }
    }

    /// Characters, linked characters and blocks below an element.
    fn held(&self, element: &ElementInfo) -> (f32, f32, u32) {
        let (from, to) = (element.first_block as usize, element.end_block as usize);
        (
            (self.characters[to] - self.characters[from]) as f32,
            (self.link_characters[to] - self.link_characters[from]) as f32,
            element.end_block - element.first_block,
        )
    }

    /// Characters below an element.
    pub(crate) fn held_characters(&self, element: &ElementInfo) -> u32 {
        self.characters[element.end_block as usize] - self.characters[element.first_block as usize]
    }

    /// A block's words, at most [`KEPT_WORDS`].
    pub(crate) fn words_of(&self, info: &BlockInfo) -> &[u32] {
        &self.words[info.first_word as usize..info.end_word as usize]
    }

    /// The element and those above it, nearest first.
    pub(crate) fn chain(&self, element: u32) -> impl Iterator<Item = &ElementInfo> {
        let up = |index: u32| self.elements.get(index as usize);
        std::iter::successors(up(element), move |element| up(element.parent))
    }

    /// The container and those above it, nearest first.
    pub(crate) fn containers_from(&self, container: u32) -> impl Iterator<Item = u32> {
        let up = |number: u32| self.containers.get(number as usize).map(|found| (number, found.parent));
        std::iter::successors(up(container), move |(_, parent)| up(*parent)).map(|(number, _)| number)
    }

    /// The element of a container.
    pub(crate) fn container_element(&self, container: &Container) -> &ElementInfo {
        &self.elements[container.element as usize]
    }

    pub(crate) fn total_characters(&self) -> f32 {
        self.characters.last().copied().unwrap_or(0) as f32
    }
}

impl ElementInfo {
    pub(crate) fn holds_block(&self) -> bool {
        self.end_block > self.first_block
    }
}

impl BlockInfo {
    const EMPTY: Self = Self {
        owner: NONE,
        container: NONE,
        first_piece: 0,
        characters: 0,
        words: 0,
        link_characters: 0,
        first_word: 0,
        end_word: 0,
        met: Met { elements: 0, media: 0, inputs: 0, emails: 0, passwords: 0, buttons: 0, paragraphs: 0 },
        text_hash: 0,
        text: 0,
        pair_signature: 0,
    };
}

/// Running sums over no block yet, with room for all.
fn sums_of(blocks: &Blocks) -> Vec<u32> {
    let mut sums = Vec::with_capacity(blocks.len() + 1);
    sums.push(0);
    sums
}

fn push_sum(sums: &mut Vec<u32>, value: u32) {
    let last = sums.last().copied().unwrap_or(0);
    sums.push(last.saturating_add(value));
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
