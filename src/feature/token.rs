//! Tokens: what a block's text, elements and links are called.
//!
//! Takes the survey, gives for each block and family a list of token hashes. Knows nothing of labels; what a token says is learnt in
//! `evidence`.

use std::collections::hash_map::Entry;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::hash::{Hash, folded, folded_bytes, folded_with_parts};
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

    #[cold]
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
    let mut links = LinkParts::new(survey);
    let mut attributes = AttributeParts::new(survey);
    let mut signatures = vec![NONE; survey.containers.len()];
    let mut heading = (None, NONE);
    for index in 0..survey.block_infos.len() {
        text(survey, index, &mut lists);
        lists.end();
        whole(survey, index, &mut lists);
        lists.end();
        elements(survey, index, &mut names, &mut lists);
        links.add(survey, index, &mut lists);
        lists.end();
        if let Some(last) = marks.last_heading(index) {
            if heading.0 != Some(last) {
                heading = (Some(last), NONE);
            }
            let words = survey.words_of(&survey.block_infos[last]);
            lists.share(&mut heading.1, |tokens| tokens.extend(words.iter().take(HEADING_WORDS)));
        }
        lists.end();
        attributes.add(survey, index, &mut lists);
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
    for family in 0..2 {
        names.add(family, chain.next().unwrap_or(NONE), lists);
        lists.end();
    }
    for at in chain.take(ABOVE) {
        names.add(2, at, lists);
    }
    lists.end();
    let mut last = NONE;
    for (_, around) in survey.pieces(index) {
        let mut at = around;
        if at == last {
            continue;
        }
        last = at;
        while at != NONE && at != owner {
            names.add(3, at, lists);
            at = survey.elements[at as usize].parent;
        }
    }
    lists.end();
}

/// The parts that what links say of where they lead is in lists.
struct LinkParts<'a> {
    /// By address, [`NONE`] while no list has it.
    addresses: Vec<u32>,
    relations: FxHashMap<&'a str, u32>,
}

impl<'a> LinkParts<'a> {
    fn new(survey: &Survey<'_>) -> Self {
        Self { addresses: vec![NONE; survey.addresses.len()], relations: FxHashMap::default() }
    }

    /// Adds what a block's links say.
    fn add(&mut self, survey: &Survey<'a>, index: usize, lists: &mut TokenLists) {
        let mut last = NONE;
        for (_, around) in survey.pieces(index) {
            let element = survey.link_of(around);
            if element == NONE || element == last {
                continue;
            }
            last = element;
            let Some((link, _)) = survey.link(element) else { continue };
            let address = link.address as usize;
            lists.share(&mut self.addresses[address], |tokens| add_address(survey.addresses[address].0, tokens));
            if let Some(rel) = link.rel {
                let add_relation = |tokens: &mut Vec<u32>| tokens.extend(rel.split_whitespace().take(4).map(|part| folded(21, part)));
                lists.share(self.relations.entry(rel).or_insert(NONE), add_relation);
            }
        }
    }
}

/// Parts of an address: runs of letters and digits of its first 120 bytes.
fn add_address(address: &str, tokens: &mut Vec<u32>) {
    let end = (0..=address.len().min(120)).rev().find(|end| address.is_char_boundary(*end)).unwrap_or(0);
    let address = &address[..end];
    if address.is_ascii() {
        let parts = address.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
        tokens.extend(parts.take(ELEMENT_TOKENS).map(|part| folded_bytes(20, part)));
    } else {
        let parts = address.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        tokens.extend(parts.take(ELEMENT_TOKENS).map(|part| folded(20, part)));
    }
}

/// The parts that other attributes are in lists.
struct AttributeParts<'a> {
    /// By container, as the owner and as the element above; [`NONE`] while no list has it.
    containers: Vec<[u32; 2]>,
    /// The tokens of names: a page has few.
    names: FxHashMap<&'a [u8], AttributeName>,
}

/// What the name of an attribute is in tokens.
#[derive(Clone, Copy)]
struct AttributeName {
    /// Whether it says nothing here.
    is_other: bool,
    /// By itself: of the owner, and of the element above.
    alone: [u32; 2],
    /// With a value.
    with_value: u32,
}

/// The salts of names by themselves; that of a name with its value is one more.
const ATTRIBUTE_SALTS: [u64; 2] = [40, 42];

/// The longest value that counts, in bytes.
const LONGEST_VALUE: usize = 24;

impl AttributeName {
    fn read(name: &[u8]) -> Self {
        Self {
            // The corpus's own label must never be seen; class and id have families of their own; styles and addresses are too many.
            is_other: matches!(name, b"data-sieve-label" | b"class" | b"id" | b"style" | b"href" | b"src" | b"srcset" | b"title" | b"alt"),
            alone: ATTRIBUTE_SALTS.map(|salt| folded_bytes(salt, name)),
            with_value: folded_bytes(44, name),
        }
    }
}

impl<'a> AttributeParts<'a> {
    fn new(survey: &Survey<'_>) -> Self {
        Self { containers: vec![[NONE; 2]; survey.containers.len()], names: FxHashMap::default() }
    }

    /// Adds the attributes of a block's owner and of the element above.
    fn add(&mut self, survey: &Survey<'a>, index: usize, lists: &mut TokenLists) {
        let Some(dom) = survey.dom else { return };
        for (level, container) in survey.containers_from(survey.block_infos[index].container).take(2).enumerate() {
            let node = || dom.node(survey.container_element(&survey.containers[container as usize]).node);
            let names = &mut self.names;
            lists.share(&mut self.containers[container as usize][level], |tokens| attributes(node(), level, names, tokens));
        }
    }
}

/// Adds the attributes of an element that owns a block (`level` 0) or stands above one that does (1).
fn attributes<'a>(node: NodeRef<'a>, level: usize, names: &mut FxHashMap<&'a [u8], AttributeName>, tokens: &mut Vec<u32>) {
    for attribute in node.attribute_refs().take(ELEMENT_TOKENS) {
        let name = *names.entry(attribute.name()).or_insert_with_key(|name| AttributeName::read(name));
        if name.is_other {
            continue;
        }
        tokens.push(name.alone[level]);
        let value = attribute.value();
        if value.len() <= LONGEST_VALUE && !value.is_empty() {
            let hash = Hash::new(ATTRIBUTE_SALTS[level] + 1).add(u64::from(name.with_value)).add(u64::from(folded(45, value)));
            tokens.push(hash.finish());
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
struct ElementNames<'a> {
    tokens: Vec<u32>,
    /// Where the tokens of each number end.
    ends: Vec<u32>,
    /// Each element's number, [`NONE`] where it has no tokens.
    numbers: Vec<u32>,
    /// The numbers by tag and class of elements that nothing else names.
    known: FxHashMap<(usize, u32), u32>,
    /// Where the tokens of each class stand: most classes of a page stand beside several others.
    classes: FxHashMap<&'a str, (u32, u32)>,
}

impl<'a> ElementNames<'a> {
    fn read(survey: &Survey<'a>) -> Self {
        let mut names = Self {
            tokens: Vec::new(),
            ends: Vec::new(),
            numbers: vec![NONE; survey.elements.len()],
            known: FxHashMap::default(),
            classes: FxHashMap::default(),
        };
        let Some(dom) = survey.dom else { return names };
        for (index, element) in survey.elements.iter().enumerate() {
            if element.holds_block() && element.tag != Tag::HTML {
                names.numbers[index] = names.number(dom.node(element.node), element);
            }
        }
        names
    }

    fn number(&mut self, node: NodeRef<'a>, element: &ElementInfo) -> u32 {
        let next = to_u32(self.ends.len());
        let number = if element.named { next } else { *self.known.entry((element.tag.number(), element.class)).or_insert(next) };
        if number == next {
            self.add(node);
            self.ends.push(to_u32(self.tokens.len()));
        }
        number
    }

    fn add(&mut self, node: NodeRef<'a>) {
        let most = self.tokens.len() + ELEMENT_TOKENS;
        self.tokens.push(folded(60, node.name()));
        for attribute in node.attribute_refs() {
            match attribute.name() {
                b"class" => {
                    let mut classes = attribute.value().split_ascii_whitespace();
                    while let Some(class) = classes.next().filter(|_| self.tokens.len() < most) {
                        self.class(class);
                    }
                }
                b"id" if self.tokens.len() < most => add_name(62, attribute.value(), &mut self.tokens),
                b"role" | b"itemprop" => self.tokens.push(folded(63, attribute.value())),
                _ => {}
            }
        }
    }

    fn class(&mut self, class: &'a str) {
        let start = self.tokens.len();
        match self.classes.entry(class) {
            Entry::Occupied(known) => {
                let (from, to) = *known.get();
                self.tokens.extend_from_within(from as usize..to as usize);
            }
            Entry::Vacant(place) => {
                add_name(61, class, &mut self.tokens);
                place.insert((to_u32(start), to_u32(self.tokens.len())));
            }
        }
    }
}

/// Adds a name as a whole and its first parts between capitals, hyphens and underscores.
fn add_name(salt: u64, name: &str, tokens: &mut Vec<u32>) {
    if name.len() > 64 {
        return;
    }
    let whole = tokens.len();
    tokens.push(0);
    let hash = folded_with_parts(salt, name, 64, |part| {
        if tokens.len() <= whole + NAME_PARTS {
            tokens.push(part);
        }
    });
    tokens[whole] = hash;
}

/// Parts of one name that count.
const NAME_PARTS: usize = 6;

/// The parts that elements' own tokens are in lists.
struct ElementParts {
    /// As in [`ElementNames`].
    ends: Vec<u32>,
    numbers: Vec<u32>,
    /// The part of each number by family among [`OF_ELEMENTS`], [`NONE`] while no list has it.
    parts: Vec<[u32; OF_ELEMENTS]>,
}

/// The families whose lists are elements' names: `own`, `parent`, `above`, `inline`.
const OF_ELEMENTS: usize = 4;

impl ElementParts {
    /// Puts the names into the lists, of which nothing has been made yet.
    fn new(names: ElementNames<'_>, lists: &mut TokenLists) -> Self {
        lists.shared = names.tokens;
        Self { parts: vec![[NONE; OF_ELEMENTS]; names.ends.len()], ends: names.ends, numbers: names.numbers }
    }

    /// Adds an element's tokens to the list that is being made, which is of this family among [`OF_ELEMENTS`].
    #[inline]
    fn add(&mut self, family: usize, element: u32, lists: &mut TokenLists) {
        let number = self.numbers.get(element as usize).map_or(usize::MAX, |number| *number as usize);
        let Some(part) = self.parts.get_mut(number).map(|parts| &mut parts[family]) else { return };
        if *part == NONE {
            *part = lists.add_part(Self::range(&self.ends, number));
        }
        lists.listed.push(*part);
    }

    /// Where the tokens of a number stand.
    fn range(ends: &[u32], number: usize) -> Range<usize> {
        number.checked_sub(1).map_or(0, |before| ends[before] as usize)..ends[number] as usize
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
