//! Tokens: what a block's text, elements and links are called.
//!
//! Takes the survey, gives for each block and family a list of token hashes. Knows nothing of labels; what a token says is learnt in
//! `evidence`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::hash::{Hash, folded};
use super::position::Landmarks;
use super::survey::{NONE, Survey};
use crate::dom::{NodeRef, Tag};

/// The families of tokens, in the order of the lists, with what each holds.
pub(crate) const FAMILIES: &[(&str, &str)] = &[
    ("text", "words and pairs of words of the text, the first 60"),
    ("whole", "the whole of a short text, its first two words, its last"),
    ("own", "tag, classes, id and role of the owner"),
    ("parent", "the same of the element above"),
    ("above", "the same of the six elements above that"),
    ("inline", "tags and classes of inline elements"),
    ("href", "parts of the addresses of links"),
    ("near", "first words of the blocks before and after"),
    ("heading", "words of the last heading"),
    ("attributes", "names and short values of other attributes of the owner and the element above"),
    ("signature", "tags and classes of the owner with those of the elements above"),
];

pub(crate) const FAMILY_COUNT: usize = FAMILIES.len();

/// Token lists of a page's blocks.
#[derive(Debug, Clone, Default)]
pub(crate) struct TokenLists {
    tokens: Vec<u32>,
    ends: Vec<u32>,
}

impl TokenLists {
    /// The tokens of a block in a family.
    pub(crate) fn of(&self, block: usize, family: usize) -> &[u32] {
        let at = block * FAMILY_COUNT + family;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.tokens[start as usize..self.ends[at] as usize]
    }

    fn end(&mut self) {
        self.ends.push(to_u32(self.tokens.len()));
    }
}

/// Words of a neighbour, a heading, an attribute that count.
const NEAR_WORDS: usize = 8;
const HEADING_WORDS: usize = 8;
/// A text of at most this many words is a token as a whole.
const WHOLE_WORDS: usize = 8;
/// Elements above the parent that count.
const ABOVE: usize = 6;
/// Tokens of one element that count.
const ELEMENT_TOKENS: usize = 16;

/// Reads all families of all blocks.
pub(super) fn read(survey: &Survey<'_>, marks: &Landmarks) -> TokenLists {
    let mut lists = TokenLists::default();
    let names = ElementNames::read(survey);
    let mut attributes = AttributeTokens::new(survey);
    for index in 0..survey.block_infos.len() {
        text(survey, index, &mut lists);
        lists.end();
        whole(survey, index, &mut lists);
        lists.end();
        elements(survey, index, &names, &mut lists);
        near(survey, index, &mut lists);
        lists.end();
        if let Some(last) = marks.last_heading(index) {
            let words = survey.words_of(&survey.block_infos[last]);
            lists.tokens.extend(words.iter().take(HEADING_WORDS));
        }
        lists.end();
        attributes.add(survey, index, &mut lists.tokens);
        lists.end();
        signatures(survey, index, &mut lists);
        lists.end();
    }
    lists
}

fn text(survey: &Survey<'_>, index: usize, lists: &mut TokenLists) {
    let words = survey.words_of(&survey.block_infos[index]);
    lists.tokens.extend(words);
    lists.tokens.extend(words.windows(2).map(|pair| join(2, pair)));
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

fn elements(survey: &Survey<'_>, index: usize, names: &ElementNames<'_>, lists: &mut TokenLists) {
    let owner = survey.block_infos[index].owner;
    let mut chain = std::iter::successors(Some(owner), |at| survey.elements.get(*at as usize).map(|element| element.parent));
    for _ in 0..2 {
        lists.tokens.extend(names.of(chain.next().unwrap_or(NONE)));
        lists.end();
    }
    for at in chain.take(ABOVE) {
        lists.tokens.extend(names.of(at));
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
            lists.tokens.extend(names.of(at));
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
    let parts = address[..end].split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    tokens.extend(parts.take(ELEMENT_TOKENS).map(|part| folded(20, part)));
    tokens.extend(link.attr("rel").into_iter().flat_map(str::split_whitespace).take(4).map(|part| folded(21, part)));
}

fn near(survey: &Survey<'_>, index: usize, lists: &mut TokenLists) {
    for (salt, near) in [(30, index.checked_sub(1)), (31, Some(index + 1))] {
        let Some(info) = near.and_then(|near| survey.block_infos.get(near)) else { continue };
        let words = survey.words_of(info);
        lists.tokens.extend(words.iter().take(NEAR_WORDS).map(|word| join(salt, &[*word])));
    }
}

/// Attributes of a block's owner and of the element above, each read once.
struct AttributeTokens {
    /// By container and level: where its tokens stand in the lists; the end is [`NONE`] until it is read.
    known: Vec<[(u32, u32); 2]>,
}

impl AttributeTokens {
    fn new(survey: &Survey<'_>) -> Self {
        Self { known: vec![[(0, NONE); 2]; survey.containers.len()] }
    }

    fn add(&mut self, survey: &Survey<'_>, index: usize, tokens: &mut Vec<u32>) {
        let Some(dom) = survey.dom else { return };
        for (level, container) in survey.containers_from(survey.block_infos[index].container).take(2).enumerate() {
            let known = &mut self.known[container as usize][level];
            if known.1 == NONE {
                known.0 = to_u32(tokens.len());
                let element = survey.container_element(&survey.containers[container as usize]);
                attributes(dom.node(element.node), 40 + 2 * level as u64, tokens);
                known.1 = to_u32(tokens.len());
            } else {
                tokens.extend_from_within(known.0 as usize..known.1 as usize);
            }
        }
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

fn signatures(survey: &Survey<'_>, index: usize, lists: &mut TokenLists) {
    let mut hash = Hash::new(50);
    for element in survey.chain(survey.block_infos[index].owner).take(4) {
        hash = hash.add(u64::from(element.signature));
        lists.tokens.push(hash.finish());
    }
}

fn join(salt: u64, words: &[u32]) -> u32 {
    words.iter().fold(Hash::new(salt), |hash, word| hash.add(u64::from(*word))).finish()
}

/// Each element's own tokens, read once: its tag, classes (whole and in parts), id and role.
struct ElementNames<'a> {
    tokens: Vec<u32>,
    ends: Vec<u32>,
    /// Where the tokens of a class attribute stand that was read before.
    classes: FxHashMap<&'a str, Range<usize>>,
}

impl<'a> ElementNames<'a> {
    fn read(survey: &Survey<'a>) -> Self {
        let ends = Vec::with_capacity(survey.elements.len());
        let mut names = Self { tokens: Vec::new(), ends, classes: FxHashMap::default() };
        for element in &survey.elements {
            if let Some(dom) = survey.dom
                && element.holds_block()
                && !matches!(element.tag, Tag::HTML)
            {
                names.add(dom.node(element.node));
            }
            names.ends.push(to_u32(names.tokens.len()));
        }
        names
    }

    fn add(&mut self, node: NodeRef<'a>) {
        let most = self.tokens.len() + ELEMENT_TOKENS;
        self.tokens.push(folded(60, node.name()));
        let first = self.tokens.len();
        for (name, value) in node.attributes() {
            match name {
                // With other tokens before, fewer of the class may count.
                "class" if self.tokens.len() == first => {
                    if let Some(known) = self.classes.get(value) {
                        self.tokens.extend_from_within(known.clone());
                    } else {
                        value.split_ascii_whitespace().for_each(|class| self.name(61, class, most));
                        self.classes.insert(value, first..self.tokens.len());
                    }
                }
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

    fn of(&self, element: u32) -> &[u32] {
        let Some(end) = self.ends.get(element as usize) else { return &[] };
        let start = (element as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.tokens[start as usize..*end as usize]
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
