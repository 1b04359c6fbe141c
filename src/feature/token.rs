//! Tokens: what a block's text, elements and links are called.
//!
//! Takes the survey, gives for each block and family a list of token hashes. Knows nothing of labels; what a token says is learnt in
//! `evidence`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::hash::{Hash, folded, folded_bytes};
use super::position::Landmarks;
use super::survey::{ElementInfo, NONE, Survey};
use crate::dom::{NodeRef, Tag};

/// The families of tokens, in the order of the lists, with what each holds.
pub(crate) const FAMILIES: &[(&str, &str)] = &[
    ("text", "words and pairs of words of the text, the first 32"),
    ("whole", "the whole of a short text, its first two words, its last"),
    ("own", "tag, classes, id and role of the owner"),
    ("parent", "the same of the element above"),
    ("above", "the same of the six elements above that"),
    ("inline", "tags and classes of inline elements"),
    ("href", "parts of the addresses of links"),
    ("heading", "words of the last heading"),
    ("attributes", "names and short values of other attributes of the owner and the element above"),
    ("signature", "tags and classes of the owner with those of the elements above"),
];

pub(crate) const FAMILY_COUNT: usize = FAMILIES.len();

/// Token lists of a page's blocks.
///
/// A list is a run of tokens of its own and some parts that other blocks' lists have too: what an element is called is held once, however
/// many blocks it stands around, and evidence looks it up once.
#[derive(Debug, Clone, Default)]
pub(crate) struct TokenLists {
    tokens: Vec<u32>,
    shared: Vec<u32>,
    parts: Vec<Part>,
    /// The parts of the lists, by number.
    listed: Vec<u32>,
    /// Where each list ends: in `tokens` and in `listed`.
    ends: Vec<(u32, u32)>,
}

/// Tokens that lists of one family share.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: u32,
    end: u32,
    family: u32,
}

impl TokenLists {
    /// Empty ones, with room for what a usual page has.
    fn with_room(survey: &Survey<'_>) -> Self {
        let (blocks, words) = (survey.block_infos.len(), survey.words.len());
        Self {
            // Each word is a token of its own block and of a pair; the rest is mostly parts of addresses.
            tokens: Vec::with_capacity(2 * words + 16 * blocks),
            shared: Vec::new(),
            parts: Vec::with_capacity(4 * survey.containers.len()),
            listed: Vec::with_capacity(16 * blocks),
            ends: Vec::with_capacity(FAMILY_COUNT * blocks),
        }
    }

    /// The tokens of a block in a family.
    pub(crate) fn of(&self, block: usize, family: usize) -> impl Iterator<Item = u32> {
        let shared = self.parts_of(block, family).iter().flat_map(move |part| self.part(*part as usize).1);
        self.own(block, family).iter().chain(shared).copied()
    }

    /// Those of them that no other list has.
    pub(crate) fn own(&self, block: usize, family: usize) -> &[u32] {
        let (start, end) = self.range(block, family);
        &self.tokens[start.0 as usize..end.0 as usize]
    }

    /// The numbers of the parts that other lists may have too.
    pub(crate) fn parts_of(&self, block: usize, family: usize) -> &[u32] {
        let (start, end) = self.range(block, family);
        &self.listed[start.1 as usize..end.1 as usize]
    }

    /// How many parts there are.
    pub(crate) fn part_count(&self) -> usize {
        self.parts.len()
    }

    /// A part's family and tokens.
    pub(crate) fn part(&self, number: usize) -> (usize, &[u32]) {
        let part = self.parts[number];
        (part.family as usize, &self.shared[part.start as usize..part.end as usize])
    }

    fn range(&self, block: usize, family: usize) -> ((u32, u32), (u32, u32)) {
        let at = block * FAMILY_COUNT + family;
        (at.checked_sub(1).map_or((0, 0), |before| self.ends[before]), self.ends[at])
    }

    /// The family of the list that is being made.
    fn family(&self) -> u32 {
        to_u32(self.ends.len() % FAMILY_COUNT)
    }

    fn end(&mut self) {
        self.ends.push((to_u32(self.tokens.len()), to_u32(self.listed.len())));
    }

    /// Adds to the list the part whose number `known` holds; makes the part of `read`'s tokens when `known` is [`NONE`].
    fn share(&mut self, known: &mut u32, read: impl FnOnce(&mut Vec<u32>)) {
        if *known == NONE {
            let start = self.shared.len();
            read(&mut self.shared);
            *known = self.add_part(start..self.shared.len());
        }
        self.listed.push(*known);
    }

    fn add_part(&mut self, range: Range<usize>) -> u32 {
        let family = self.family();
        self.parts.push(Part { start: to_u32(range.start), end: to_u32(range.end), family });
        to_u32(self.parts.len() - 1)
    }
}

/// Words of a text that count. A longer one is told by its length.
const TEXT_WORDS: usize = 32;
/// Words of a heading that count.
const HEADING_WORDS: usize = 8;
/// Elements whose tags and classes together are a signature, from the owner up.
const SIGNATURE_LEVELS: usize = 3;
/// A text of at most this many words is a token as a whole.
const WHOLE_WORDS: usize = 8;
/// Elements above the parent that count.
const ABOVE: usize = 6;
/// Tokens of one element that count.
const ELEMENT_TOKENS: usize = 16;

/// Reads all families of all blocks.
pub(super) fn read(survey: &Survey<'_>, marks: &Landmarks) -> TokenLists {
    let mut lists = TokenLists::with_room(survey);
    let mut names = ElementParts::new(ElementNames::read(survey), &mut lists);
    let mut attributes = vec![[NONE; 2]; survey.containers.len()];
    let mut signatures = vec![NONE; survey.containers.len()];
    let mut heading = (None, NONE);
    for index in 0..survey.block_infos.len() {
        text(survey, index, &mut lists);
        lists.end();
        whole(survey, index, &mut lists);
        lists.end();
        elements(survey, index, &mut names, &mut lists);
        if let Some(last) = marks.last_heading(index) {
            if heading.0 != Some(last) {
                heading = (Some(last), NONE);
            }
            let words = survey.words_of(&survey.block_infos[last]);
            lists.share(&mut heading.1, |tokens| tokens.extend(words.iter().take(HEADING_WORDS)));
        }
        lists.end();
        add_attributes(survey, index, &mut attributes, &mut lists);
        lists.end();
        let info = &survey.block_infos[index];
        if let Some(known) = signatures.get_mut(info.container as usize) {
            lists.share(known, |tokens| add_signatures(survey, info.owner, tokens));
        }
        lists.end();
    }
    lists
}

fn text(survey: &Survey<'_>, index: usize, lists: &mut TokenLists) {
    let words = survey.words_of(&survey.block_infos[index]);
    let words = &words[..words.len().min(TEXT_WORDS)];
    lists.tokens.extend(words);
    lists.tokens.extend(words.iter().zip(words.iter().skip(1)).map(|(word, next)| join(2, &[*word, *next])));
}

fn whole(survey: &Survey<'_>, index: usize, lists: &mut TokenLists) {
    let words = survey.words_of(&survey.block_infos[index]);
    if words.len() <= WHOLE_WORDS {
        lists.tokens.push(join(10, words));
    }
    lists.tokens.push(join(11, &words[..words.len().min(2)]));
    lists.tokens.push(join(12, &words[..words.len().min(3)]));
    lists.tokens.push(join(13, &words[words.len().saturating_sub(1)..]));
}

fn elements(survey: &Survey<'_>, index: usize, names: &mut ElementParts, lists: &mut TokenLists) {
    let owner = survey.block_infos[index].owner;
    let mut chain = std::iter::successors(Some(owner), |at| survey.elements.get(*at as usize).map(|element| element.parent));
    for _ in 0..2 {
        names.add(chain.next().unwrap_or(NONE), lists);
        lists.end();
    }
    for at in chain.take(ABOVE) {
        names.add(at, lists);
    }
    lists.end();
    let (mut last, mut last_link) = (NONE, NONE);
    for (_, around) in survey.pieces(index) {
        let mut at = around;
        if at == last {
            continue;
        }
        last = at;
        while at != NONE && at != owner {
            names.add(at, lists);
            at = survey.elements[at as usize].parent;
        }
    }
    lists.end();
    for (_, around) in survey.pieces(index) {
        let link = survey.link_of(around);
        if link != NONE && link != last_link {
            last_link = link;
            if let Some(dom) = survey.dom {
                href(dom.node(survey.elements[link as usize].node), &mut lists.tokens);
            }
        }
    }
    lists.end();
}

/// Parts of an address: runs of letters and digits of its first 120 bytes, and of its `rel`.
fn href(link: NodeRef<'_>, tokens: &mut Vec<u32>) {
    let address = link.attr("href").unwrap_or_default();
    let end = (0..=address.len().min(120)).rev().find(|end| address.is_char_boundary(*end)).unwrap_or(0);
    let address = &address[..end];
    if address.is_ascii() {
        let parts = address.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
        for part in parts.take(ELEMENT_TOKENS) {
            tokens.push(folded_bytes(20, part));
        }
    } else {
        let parts = address.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        tokens.extend(parts.take(ELEMENT_TOKENS).map(|part| folded(20, part)));
    }
    tokens.extend(link.attr("rel").into_iter().flat_map(str::split_whitespace).take(4).map(|part| folded(21, part)));
}

/// Adds the attributes of a block's owner and of the element above; `known` has the parts of each container and level.
fn add_attributes(survey: &Survey<'_>, index: usize, known: &mut [[u32; 2]], lists: &mut TokenLists) {
    let Some(dom) = survey.dom else { return };
    for (level, container) in survey.containers_from(survey.block_infos[index].container).take(2).enumerate() {
        let element = survey.container_element(&survey.containers[container as usize]);
        lists.share(&mut known[container as usize][level], |tokens| attributes(dom.node(element.node), 40 + 2 * level as u64, tokens));
    }
}

fn attributes(node: NodeRef<'_>, salt: u64, tokens: &mut Vec<u32>) {
    for (name, value) in node.attributes().take(ELEMENT_TOKENS) {
        // The corpus's own label must never be seen; class and id have families of their own; styles and addresses are too many.
        if matches!(name, "data-sieve-label" | "class" | "id" | "style" | "href" | "src" | "srcset" | "title" | "alt") {
            continue;
        }
        tokens.push(folded(salt, name));
        if value.len() <= 24 && !value.is_empty() {
            tokens.push(Hash::new(salt + 1).add(u64::from(folded(44, name))).add(u64::from(folded(45, value))).finish());
        }
    }
}

fn add_signatures(survey: &Survey<'_>, owner: u32, tokens: &mut Vec<u32>) {
    let mut hash = Hash::new(50);
    for element in survey.chain(owner).take(SIGNATURE_LEVELS) {
        hash = hash.add(u64::from(element.signature));
        tokens.push(hash.finish());
    }
}

fn join(salt: u64, words: &[u32]) -> u32 {
    words.iter().fold(Hash::new(salt), |hash, word| hash.add(u64::from(*word))).finish()
}

/// Elements' own tokens: their tag, classes (whole and in parts), id and role. Most elements of a page have tag and class in common with
/// others: such have one number, and their tokens are read, and looked up as evidence, once.
struct ElementNames {
    tokens: Vec<u32>,
    /// Where the tokens of each number end.
    ends: Vec<u32>,
    /// Each element's number, [`NONE`] where it has no tokens.
    numbers: Vec<u32>,
    /// The numbers by tag and class of elements that nothing else names.
    known: FxHashMap<(usize, u32), u32>,
}

impl ElementNames {
    fn read(survey: &Survey<'_>) -> Self {
        let mut names =
            Self { tokens: Vec::new(), ends: Vec::new(), numbers: vec![NONE; survey.elements.len()], known: FxHashMap::default() };
        let Some(dom) = survey.dom else { return names };
        for (index, element) in survey.elements.iter().enumerate() {
            if element.holds_block() && element.tag != Tag::HTML {
                names.numbers[index] = names.number(dom.node(element.node), element);
            }
        }
        names
    }

    fn number(&mut self, node: NodeRef<'_>, element: &ElementInfo) -> u32 {
        let next = to_u32(self.ends.len());
        let number = if element.named { next } else { *self.known.entry((element.tag.number(), element.class)).or_insert(next) };
        if number == next {
            self.add(node);
            self.ends.push(to_u32(self.tokens.len()));
        }
        number
    }

    fn add(&mut self, node: NodeRef<'_>) {
        let most = self.tokens.len() + ELEMENT_TOKENS;
        self.tokens.push(folded(60, node.name()));
        for (name, value) in node.attributes() {
            match name {
                "class" => value.split_ascii_whitespace().for_each(|class| self.name(61, class, most)),
                "id" => self.name(62, value, most),
                "role" | "itemprop" => self.tokens.push(folded(63, value)),
                _ => {}
            }
        }
    }

    /// A name as a whole and its parts between capitals, hyphens and underscores.
    fn name(&mut self, salt: u64, name: &str, most: usize) {
        if self.tokens.len() >= most || name.len() > 64 {
            return;
        }
        self.tokens.push(folded(salt, name));
        let mut start = 0;
        let mut parts = 0;
        let bytes = name.as_bytes();
        for end in 1..=bytes.len() {
            let boundary = end == bytes.len()
                || !bytes[end].is_ascii_alphabetic()
                || (bytes[end].is_ascii_uppercase() && bytes[end - 1].is_ascii_lowercase());
            if !boundary {
                continue;
            }
            let begins = start + usize::from(!bytes[start].is_ascii_alphanumeric());
            if let Some(part) = name.get(begins..end).filter(|part| part.len() >= 2 && parts < 6) {
                self.tokens.push(folded(64, part));
                parts += 1;
            }
            start = end;
        }
    }
}

/// The parts that elements' own tokens are in lists.
struct ElementParts {
    /// As in [`ElementNames`].
    ends: Vec<u32>,
    numbers: Vec<u32>,
    /// The part of each number by family from [`FIRST_OF_ELEMENTS`] on, [`NONE`] while no list has it.
    parts: Vec<[u32; OF_ELEMENTS]>,
}

/// The families whose lists are elements' names: `own`, `parent`, `above`, `inline`.
const FIRST_OF_ELEMENTS: usize = 2;
const OF_ELEMENTS: usize = 4;

impl ElementParts {
    /// Puts the names into the lists, of which nothing has been made yet.
    fn new(names: ElementNames, lists: &mut TokenLists) -> Self {
        lists.shared = names.tokens;
        Self { parts: vec![[NONE; OF_ELEMENTS]; names.ends.len()], ends: names.ends, numbers: names.numbers }
    }

    /// Adds an element's tokens to the list that is being made.
    fn add(&mut self, element: u32, lists: &mut TokenLists) {
        let number = self.numbers.get(element as usize).map_or(usize::MAX, |number| *number as usize);
        let Some(part) = self.parts.get_mut(number) else { return };
        let part = &mut part[lists.family() as usize - FIRST_OF_ELEMENTS];
        if *part == NONE {
            let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
            *part = lists.add_part(start as usize..self.ends[number] as usize);
        }
        lists.listed.push(*part);
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
