//! What stands in a tag behind its name.
//!
//! Takes the source from a tag's name on, gives the attributes (the first of each name) and whether the tag closes itself. Knows nothing of
//! elements.

use memchr::{memchr, memchr2};
use rustc_hash::FxHashSet;

use super::tokenizer::{References, Tokenizer, lower_case, span};
use super::tree_builder::Tree;
use super::{Attribute, Span};

/// Ends a tag's name.
pub(super) const ENDS_NAME: u8 = 1;
/// Ends an attribute's name.
const ENDS_ATTRIBUTE: u8 = 2;
/// Ends an unquoted value.
const ENDS_VALUE: u8 = 4;
/// Is not itself in a name: a capital letter or the null character.
pub(super) const CHANGES: u8 = 8;
/// Space.
const SPACE: u8 = 16;

/// Is no letter, yet another byte once bit 0x20 is set.
pub(super) const FOLDS: u8 = 32;
/// What each byte is in a tag.
pub(super) static BYTES: [u8; 256] = bytes();

const fn bytes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = if byte & 0x20 == 0 { FOLDS } else { 0 };
        byte += 1;
    }
    let spaces = [b'\t', b'\n', b'\x0c', b' '];
    let mut at = 0;
    while at < spaces.len() {
        table[spaces[at] as usize] |= SPACE | ENDS_NAME | ENDS_ATTRIBUTE | ENDS_VALUE;
        at += 1;
    }
    table[b'/' as usize] = ENDS_NAME | ENDS_ATTRIBUTE;
    table[b'>' as usize] = ENDS_NAME | ENDS_ATTRIBUTE | ENDS_VALUE;
    table[b'=' as usize] = ENDS_ATTRIBUTE;
    table[0] |= CHANGES;
    let mut capital = b'A';
    while capital <= b'Z' {
        table[capital as usize] = CHANGES;
        capital += 1;
    }
    table
}

/// The most attributes whose names are compared one with another; beyond, a set of names is kept.
const FEW_ATTRIBUTES: usize = 24;

/// Whether a tag's attributes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    Yes,
    No,
}

/// Where a value stands in the source.
struct Value {
    start: usize,
    end: usize,
    /// It holds no ampersand.
    plain: bool,
}

/// The attribute names of a tag.
#[derive(Default)]
struct Names {
    /// A bit for each by its length: a name with one of its own need not be compared.
    lengths: u64,
    /// Those of a tag with many.
    seen: FxHashSet<Box<str>>,
}

impl Names {
    /// Whether the tag, whose attributes begin at `first`, has this name already.
    fn repeats(&mut self, tree: &Tree<'_>, first: usize, name: Span) -> bool {
        let known = &tree.attributes[first..];
        if known.len() <= FEW_ATTRIBUTES {
            let bit = 1 << (name.len % u64::BITS);
            let may_be_known = self.lengths & bit != 0;
            self.lengths |= bit;
            let is_name = |other: Span| {
                let (name, other) = (tree.bytes(name), tree.bytes(other));
                name.first() == other.first() && name == other
            };
            return may_be_known && known.iter().any(|attribute| attribute.name.len == name.len && is_name(attribute.name));
        }
        let text = tree.text(name);
        if self.seen.is_empty() {
            self.seen = known.iter().map(|attribute| tree.text(attribute.name).into()).collect();
        }
        !self.seen.insert(text.into())
    }
}

impl Tokenizer<'_> {
    fn skip_space(&mut self) {
        let mut at = self.at;
        while self.bytes.get(at).is_some_and(|byte| BYTES[usize::from(*byte)] & SPACE != 0) {
            at += 1;
        }
        self.at = at;
    }

    /// Reads a tag's attributes up to and with its `>`, and says whether it closes itself; `None` when the source ends before.
    #[inline]
    pub(super) fn attributes(&mut self, keep: Keep) -> Option<bool> {
        // End tags have none, nor have many start tags.
        if *self.bytes.get(self.at)? == b'>' {
            self.at += 1;
            return Some(false);
        }
        self.some_attributes(keep)
    }

    fn some_attributes(&mut self, keep: Keep) -> Option<bool> {
        let first = self.builder.tree.attributes.len();
        let mut names = Names::default();
        loop {
            self.skip_space();
            match self.bytes.get(self.at)? {
                b'>' => {
                    self.at += 1;
                    return Some(false);
                }
                b'/' => {
                    self.at += 1;
                    if *self.bytes.get(self.at)? == b'>' {
                        self.at += 1;
                        return Some(true);
                    }
                }
                _ => self.attribute(first, keep, &mut names)?,
            }
        }
    }

    fn attribute(&mut self, first: usize, keep: Keep, names: &mut Names) -> Option<()> {
        let (bytes, start) = (self.bytes, self.at);
        // The first byte belongs to the name whatever it is.
        let mut seen = BYTES[usize::from(*bytes.get(start)?)];
        let mut end = start + 1;
        let mut after = loop {
            let byte = *bytes.get(end)?;
            let class = BYTES[usize::from(byte)];
            if class & ENDS_ATTRIBUTE != 0 {
                break byte;
            }
            seen |= class;
            end += 1;
        };
        self.at = end;
        if after != b'=' {
            self.skip_space();
            after = *bytes.get(self.at)?;
        }
        let value = if after == b'=' {
            self.at += 1;
            self.value()?
        } else {
            Value { start: end, end, plain: true }
        };
        if keep == Keep::Yes {
            let name = if seen & CHANGES == 0 { span(start, end) } else { self.changed_name(start, end) };
            if !names.repeats(&self.builder.tree, first, name) {
                let value = if value.plain && !self.has_null {
                    span(value.start, value.end)
                } else {
                    self.decoded(value.start, value.end, References::Value)
                };
                self.builder.tree.attributes.push(Attribute { name, value });
            }
        }
        Some(())
    }

    /// Reads a value and the space before it.
    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        match *self.bytes.get(self.at)? {
            quote @ (b'"' | b'\'') => {
                let start = self.at + 1;
                let found = start + quote_or_ampersand(quote, &self.bytes[start..])?;
                let plain = self.bytes[found] == quote;
                let end = if plain { found } else { found + memchr(quote, &self.bytes[found..])? };
                self.at = end + 1;
                Some(Value { start, end, plain })
            }
            b'>' => Some(Value { start: self.at, end: self.at, plain: true }),
            _ => {
                let start = self.at;
                let mut end = start;
                while BYTES[usize::from(*self.bytes.get(end)?)] & ENDS_VALUE == 0 {
                    end += 1;
                }
                self.at = end;
                Some(Value { start, end, plain: false })
            }
        }
    }

    /// A name with capitals or null characters, as the standard reads it.
    fn changed_name(&mut self, start: usize, end: usize) -> Span {
        let tree = &mut self.builder.tree;
        let side = tree.side_start();
        tree.side.push_str(&lower_case(&self.source[start..end]));
        tree.side_span(side)
    }
}

/// Where the first of this quotation mark or an ampersand stands. Most values are shorter than what it takes to begin a search with
/// `memchr`, so that the first words are looked at here.
fn quote_or_ampersand(quote: u8, bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = 0x80 * ONES;
    let (quotes, ampersands) = (u64::from(quote) * ONES, u64::from(b'&') * ONES);
    // The lowest bit that is set is the top bit of the first byte that is zero.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
    let mut at = 0;
    while let Some((word, true)) = bytes[at..].first_chunk().map(|chunk| (u64::from_le_bytes(*chunk), at < SHORT_VALUE)) {
        let found = zeros(word ^ quotes) | zeros(word ^ ampersands);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += size_of::<u64>();
    }
    Some(at + memchr2(quote, b'&', &bytes[at..])?)
}

/// The bytes of a value that are looked at word by word.
const SHORT_VALUE: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_quotation_mark_or_ampersand_is_found_wherever_it_stands() {
        for length in 0..70 {
            for (end, other) in [('"', '&'), ('&', '"')] {
                let text = format!("{}{end}x{other}", "'\u{a6}%!#".chars().cycle().take(length).collect::<String>());
                assert_eq!(quote_or_ampersand(b'"', text.as_bytes()), text.find(end), "{text}");
                let before = text.split(end).next().unwrap_or_default();
                assert_eq!(quote_or_ampersand(b'"', before.as_bytes()), None);
            }
        }
    }
}
