//! Hashes of words and names.
//!
//! Takes characters, gives 32-bit numbers that stand for tokens in evidence tables. Stable over platforms and versions: model files hold
//! these numbers.

use std::sync::LazyLock;

/// A running hash: multiply and rotate (Fx, as in rustc), folded to 32 bits at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hash(u64);

impl Hash {
    pub(crate) const fn new(salt: u64) -> Self {
        Self(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn add(self, value: u64) -> Self {
        Self((self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95))
    }

    pub(crate) fn finish(self) -> u32 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        (mixed >> 32) as u32
    }
}

/// A bit for the low bits of each word of a set, in `WORDS` words of 64 bits: it answers at once for most words that are not in the set.
#[derive(Debug, Clone)]
pub(crate) struct WordFilter<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Default for WordFilter<WORDS> {
    fn default() -> Self {
        Self([0; WORDS])
    }
}

impl<const WORDS: usize> WordFilter<WORDS> {
    pub(crate) fn add(&mut self, word: u32) {
        self.0[word as usize / 64 % WORDS] |= 1 << (word % 64);
    }

    /// Whether the word may be in the set; true for all that are.
    pub(crate) fn may_have(&self, word: u32) -> bool {
        self.0[word as usize / 64 % WORDS] >> (word % 64) & 1 == 1
    }
}

/// Some words that others are compared with, behind a filter.
#[derive(Debug)]
pub(crate) struct WordSet {
    words: Box<[u32]>,
    filter: WordFilter<8>,
}

impl WordSet {
    pub(crate) fn new(words: &[u32]) -> Self {
        let mut filter = WordFilter::default();
        for word in words {
            filter.add(*word);
        }
        Self { words: words.into(), filter }
    }

    /// How many of `words` are in the set.
    pub(crate) fn count_of(&self, words: &[u32]) -> usize {
        if self.words.is_empty() {
            return 0;
        }
        words.iter().filter(|word| self.filter.may_have(**word) && self.words.contains(word)).count()
    }
}

/// The hash of an attribute's token with ASCII letters lower-cased and runs of digits as one `0`.
pub(crate) fn folded(salt: u64, token: &str) -> u32 {
    folded_bytes(salt, token.as_bytes())
}

/// As [`folded`], of a token's bytes.
pub(crate) fn folded_bytes(salt: u64, token: &[u8]) -> u32 {
    let mut hash = Hash::new(salt);
    let mut in_digits = false;
    for byte in token {
        let byte = FOLDED[usize::from(*byte)];
        let digit = byte == b'0';
        if !(digit && in_digits) {
            hash = hash.add(u64::from(byte));
        }
        in_digits = digit;
    }
    hash.finish()
}

/// The hash of a name as [`folded`], and those of its parts between capitals, hyphens and underscores, which are two letters or more, or
/// letters after a digit. One look at each byte serves both.
pub(crate) fn folded_with_parts(salt: u64, name: &str, part_salt: u64, mut found: impl FnMut(u32)) -> u32 {
    let mut whole = Hash::new(salt);
    let mut part = Hash::new(part_salt);
    let (mut length, mut last_folded, mut after_lower) = (0_u32, 0, false);
    for byte in name.as_bytes() {
        let folded = FOLDED[usize::from(*byte)];
        let (letter, digit, lower) = (folded.is_ascii_lowercase(), folded == b'0', byte.is_ascii_lowercase());
        if !letter || (after_lower && !lower) {
            if length >= 2 {
                found(part.finish());
            }
            (part, length) = (Hash::new(part_salt), 0);
        }
        if letter || digit {
            part = part.add(u64::from(folded));
            length += 1;
        }
        if !(digit && last_folded == b'0') {
            whole = whole.add(u64::from(folded));
        }
        (last_folded, after_lower) = (folded, lower);
    }
    if length >= 2 {
        found(part.finish());
    }
    whole.finish()
}

/// Every byte with ASCII letters in lower case and digits as `0`.
const FOLDED: [u8; 256] = {
    let mut folded = [0; 256];
    let mut byte = 0_u8;
    loop {
        folded[byte as usize] = if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() };
        if byte == u8::MAX {
            break folded;
        }
        byte += 1;
    }
};

/// What a byte adds to a word: ASCII letters themselves in lower case, digits [`DIGIT`]; [`ENDS`] for what ends the word, [`BEYOND`] for
/// bytes beyond ASCII. Letters are greater than all else.
static ADDED: [u8; 256] = {
    let mut added = [ENDS; 256];
    let mut byte = 0;
    while byte < added.len() {
        added[byte] = if byte >= 128 { BEYOND } else { FOLDED[byte] };
        if byte < 128 && !FOLDED[byte].is_ascii_lowercase() && FOLDED[byte] != DIGIT {
            added[byte] = ENDS;
        }
        byte += 1;
    }
    added
};
const ENDS: u8 = 0;
const BEYOND: u8 = 1;
const DIGIT: u8 = b'0';

/// What else is looked at while words are read: every character of the text, in order, until `word` says to stop.
pub(crate) trait Watch {
    /// ASCII letters in a row, at least one, so many of which are capitals.
    fn letters(&mut self, letters: &[u8], capitals: u32);
    /// Any other ASCII character.
    fn ascii(&mut self, byte: u8);
    /// A character beyond ASCII.
    fn beyond_ascii(&mut self, c: char);
}

/// Watches nothing.
impl Watch for () {
    fn letters(&mut self, _: &[u8], _: u32) {}
    fn ascii(&mut self, _: u8) {}
    fn beyond_ascii(&mut self, _: char) {}
}

/// Calls `word` with the hash of each word of `text`: runs of letters and digits, lower-cased, digit runs as one `0`.
/// Scripts that set no spaces (Han, Kana, Thai) give each pair of neighbouring characters. Stops when `word` says so.
pub(crate) fn words(text: &str, word: impl FnMut(u32) -> bool) {
    words_watched(text, &mut (), word);
}

/// As [`words`], with a look at the characters on the way.
pub(crate) fn words_watched(text: &str, watch: &mut impl Watch, mut word: impl FnMut(u32) -> bool) {
    let bytes = text.as_bytes();
    let mut open = Word::NONE;
    let mut at = 0;
    while let Some(mut byte) = bytes.get(at) {
        let mut added = ADDED[usize::from(*byte)];
        match added {
            ENDS => {
                watch.ascii(*byte);
                if !open.end(&mut word) {
                    return;
                }
                at += 1;
            }
            BEYOND => match words_beyond_ascii(&text[at..], &mut open, watch, &mut word) {
                Some(length) => at += length,
                None => return,
            },
            DIGIT => {
                watch.ascii(*byte);
                open.add_digit();
                at += 1;
            }
            _ => {
                // Most characters are such letters: nothing else is looked at between them.
                let (start, mut capitals) = (at, 0);
                while added > DIGIT {
                    open.hash = open.hash.add(u64::from(added));
                    capitals += u32::from(added != *byte);
                    at += 1;
                    byte = bytes.get(at).unwrap_or(&0);
                    added = ADDED[usize::from(*byte)];
                }
                open.last = Last::Letter;
                watch.letters(&bytes[start..at], capitals);
            }
        }
    }
    open.end(&mut word);
}

/// Reads the characters beyond ASCII that `text` begins with; gives how many bytes they take, or `None` when `word` says to stop.
fn words_beyond_ascii(text: &str, open: &mut Word, watch: &mut impl Watch, word: &mut impl FnMut(u32) -> bool) -> Option<usize> {
    let mut previous: Option<char> = None;
    let mut length = 0;
    for c in text.chars().take_while(|c| !c.is_ascii()) {
        watch.beyond_ascii(c);
        length += c.len_utf8();
        let before = previous.take();
        if is_plain_letter(c) {
            match Letter::of(c).lower {
                0 => open.add_letter(c),
                lower => open.add_lower(u32::from(lower)),
            }
            continue;
        }
        let dense = !is_plain_sign(c) && is_dense(c);
        let within = !dense && !is_plain_sign(c) && c.is_alphanumeric();
        if !within && !open.end(word) {
            return None;
        }
        if dense {
            if let Some(before) = before
                && !word(Word::NONE.hash.add(u64::from(before)).add(u64::from(c)).finish())
            {
                return None;
            }
            previous = Some(c);
        } else if within && c.is_numeric() {
            open.add_digit();
        } else if within {
            open.add_letter(c);
        }
    }
    Some(length)
}

/// A word that is being read.
#[derive(Clone, Copy)]
struct Word {
    hash: Hash,
    last: Last,
}

/// What was added to a word last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing: no word is open.
    Nothing,
    Letter,
    Digit,
}

impl Word {
    const NONE: Self = Self { hash: Hash::new(1), last: Last::Nothing };

    /// Adds a digit: a run of them is one.
    fn add_digit(&mut self) {
        if self.last != Last::Digit {
            self.hash = self.hash.add(u64::from(DIGIT));
        }
        self.last = Last::Digit;
    }

    /// Adds a letter beyond ASCII.
    fn add_letter(&mut self, c: char) {
        self.hash = c.to_lowercase().fold(self.hash, |hash, lower| hash.add(u64::from(lower)));
        self.last = Last::Letter;
    }

    /// Adds a letter beyond ASCII in lower case.
    fn add_lower(&mut self, lower: u32) {
        self.hash = self.hash.add(u64::from(lower));
        self.last = Last::Letter;
    }

    /// Hands the word over, if one is open, and begins another; says whether to go on.
    fn end(&mut self, word: &mut impl FnMut(u32) -> bool) -> bool {
        let ended = std::mem::replace(self, Self::NONE);
        ended.last == Last::Nothing || word(ended.hash.finish())
    }
}

/// Whether the character is a Latin or Cyrillic letter beyond ASCII: what the tables of Unicode need not be asked about (blocks Latin-1
/// Supplement to Latin Extended-B, and Cyrillic with its supplement).
pub(crate) fn is_plain_letter(c: char) -> bool {
    matches!(u32::from(c), 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x24F | 0x400..=0x481 | 0x48A..=0x52F)
}

/// What Unicode says of a plain letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    /// In lower case, 0 if that is not one character.
    lower: u16,
    pub(crate) upper: bool,
}

/// The first plain letter, and the first character after them.
const FIRST_LETTER: u32 = 0xC0;
const END_LETTER: u32 = 0x530;

/// By character from [`FIRST_LETTER`] on: the tables of Unicode are searched, this one is not.
static LETTERS: LazyLock<Box<[Letter]>> = LazyLock::new(|| {
    let letters = (FIRST_LETTER..END_LETTER).filter_map(char::from_u32);
    letters.map(Letter::read).collect()
});

impl Letter {
    /// What is known of a plain letter.
    pub(crate) fn of(c: char) -> Self {
        let at = u32::from(c).wrapping_sub(FIRST_LETTER);
        LETTERS.get(at as usize).copied().unwrap_or_else(|| Self::read(c))
    }

    fn read(c: char) -> Self {
        let mut lower = c.to_lowercase();
        let one = if lower.len() == 1 { lower.next() } else { None };
        Self { lower: one.and_then(|lower| u16::try_from(u32::from(lower)).ok()).unwrap_or(0), upper: c.is_uppercase() }
    }
}

/// Whether the character is one of the signs beyond ASCII that stand in most texts and are neither letter nor digit (those of Latin-1
/// Supplement, and the block General Punctuation).
pub(crate) fn is_plain_sign(c: char) -> bool {
    matches!(u32::from(c), 0xA0..=0xA9 | 0xAB..=0xB1 | 0xB4 | 0xB6..=0xB8 | 0xBB | 0xBF | 0x2000..=0x206F)
}

/// Whether the character belongs to a script written without spaces: Han, Kana, Thai, Lao, Khmer, Burmese (Unicode block ranges).
pub(crate) fn is_dense(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        words(text, |hash| {
            found.push(hash);
            true
        });
        found
    }

    #[test]
    fn a_set_has_its_words_and_no_others() {
        let set = WordSet::new(&(0..60).map(|n| n * 7).collect::<Vec<_>>());
        assert_eq!(set.count_of(&[0, 7, 7, 8, 413, 420, 64 * 8 + 7]), 4);
        assert_eq!(WordSet::new(&[]).count_of(&[0]), 0);
    }

    #[test]
    fn plain_letters_are_letters_and_no_digits() {
        assert!(('\u{80}'..='\u{52f}').filter(|c| is_plain_letter(*c)).all(|c| c.is_alphabetic() && !c.is_numeric() && !is_dense(c)));
    }

    #[test]
    fn what_is_known_of_characters_is_what_unicode_says() {
        let plain = || ('\u{80}'..='\u{ffff}').filter(|c| is_plain_letter(*c));
        assert!(plain().all(|c| Letter::of(c) == Letter::read(c) && Letter::of(c).upper == c.is_uppercase()));
        let lower = |c: char| c.to_lowercase().map(u32::from).collect::<Vec<_>>();
        assert!(plain().all(|c| Letter::of(c).lower == 0 || lower(c) == [u32::from(Letter::of(c).lower)]));
        assert_eq!(plain().filter(|c| Letter::of(*c).lower == 0).collect::<Vec<_>>(), ['İ']);
        assert!(('\u{80}'..=char::MAX).filter(|c| is_plain_sign(*c)).all(|c| !c.is_alphanumeric() && !is_dense(c)));
        assert!(('\u{80}'..=char::MAX).filter(|c| is_dense(*c)).all(|c| !c.is_uppercase()));
    }

    #[test]
    fn parts_of_a_name_are_folded_like_names() {
        let parts = |name| {
            let mut parts = Vec::new();
            assert_eq!(folded_with_parts(1, name, 2, |part| parts.push(part)), folded(1, name));
            parts
        };
        let folded = |names: &[&str]| names.iter().map(|name| folded(2, name)).collect::<Vec<_>>();
        assert_eq!(parts("mainNav-x_item12Ab-3d"), folded(&["main", "nav", "item", "2ab", "3d"]));
        assert_eq!(parts("ABCdEf"), folded(&["abcd", "ef"]));
        assert_eq!(parts("na\u{ef}ve-"), folded(&["na", "ve"]));
        assert!(parts("").is_empty() && parts("a-b").is_empty());
    }

    #[test]
    fn words_fold_case_digits_and_punctuation() {
        assert_eq!(all("Über 12 Äpfel!"), all("über 7, äpfel"));
        assert_eq!(all("a-b").len(), 2);
        assert_eq!(all("新聞記事").len(), 3);
        assert_ne!(all("ab"), all("ba"));
        assert_eq!(folded(1, "Item-12x345"), folded(1, "item-9x1"));
    }
}
