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

/// What the ASCII characters add to a word: themselves in lower case, `0` for a digit, 0 for what ends the word.
const ASCII: [u8; 128] = {
    let mut added = [0; 128];
    let mut c = 0_u8;
    while c < 128 {
        if c.is_ascii_alphabetic() {
            added[c as usize] = c.to_ascii_lowercase();
        } else if c.is_ascii_digit() {
            added[c as usize] = b'0';
        }
        c += 1;
    }
    added
};

/// Calls `word` with the hash of each word of `text`: runs of letters and digits, lower-cased, digit runs as one `0`.
/// Scripts that set no spaces (Han, Kana, Thai) give each pair of neighbouring characters. Stops when `word` says so.
pub(crate) fn words(text: &str, mut word: impl FnMut(u32) -> bool) {
    let mut open = Word::NONE;
    let mut previous: Option<char> = None;
    for c in text.chars() {
        if let Some(&added) = ASCII.get(c as usize) {
            previous = None;
            if added != 0 {
                open.add_ascii(added);
            } else if !open.end(&mut word) {
                return;
            }
            continue;
        }
        if is_plain_letter(c) {
            previous = None;
            match Letter::of(c).lower {
                0 => open.add_letter(c),
                lower => open.add_lower(u32::from(lower)),
            }
            continue;
        }
        if is_plain_sign(c) {
            previous = None;
            if !open.end(&mut word) {
                return;
            }
            continue;
        }
        let dense = is_dense(c);
        if (dense || !c.is_alphanumeric()) && !open.end(&mut word) {
            return;
        }
        if dense {
            if let Some(before) = previous
                && !word(Word::NONE.hash.add(u64::from(before)).add(u64::from(c)).finish())
            {
                return;
            }
            previous = Some(c);
            continue;
        }
        previous = None;
        if c.is_numeric() {
            open.add_ascii(b'0');
        } else if c.is_alphanumeric() {
            open.add_letter(c);
        }
    }
    open.end(&mut word);
}

/// A word that is being read.
#[derive(Clone, Copy)]
struct Word {
    hash: Hash,
    /// What was added last: `0` for a digit, [`Word::BEYOND`] for a letter beyond ASCII, 0 while no word is open.
    last: u8,
}

impl Word {
    const NONE: Self = Self { hash: Hash::new(1), last: 0 };
    const BEYOND: u8 = 0x80;

    /// Adds a lower-case letter, or a digit as `0`.
    fn add_ascii(&mut self, added: u8) {
        if added != b'0' || self.last != b'0' {
            self.hash = self.hash.add(u64::from(added));
        }
        self.last = added;
    }

    /// Adds a letter beyond ASCII.
    fn add_letter(&mut self, c: char) {
        self.hash = c.to_lowercase().fold(self.hash, |hash, lower| hash.add(u64::from(lower)));
        self.last = Self::BEYOND;
    }

    /// Adds a letter beyond ASCII in lower case.
    fn add_lower(&mut self, lower: u32) {
        self.hash = self.hash.add(u64::from(lower));
        self.last = Self::BEYOND;
    }

    /// Hands the word over, if one is open, and begins another; says whether to go on.
    fn end(&mut self, word: &mut impl FnMut(u32) -> bool) -> bool {
        let ended = std::mem::replace(self, Self::NONE);
        ended.last == 0 || word(ended.hash.finish())
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
    fn words_fold_case_digits_and_punctuation() {
        assert_eq!(all("Über 12 Äpfel!"), all("über 7, äpfel"));
        assert_eq!(all("a-b").len(), 2);
        assert_eq!(all("新聞記事").len(), 3);
        assert_ne!(all("ab"), all("ba"));
        assert_eq!(folded(1, "Item-12x345"), folded(1, "item-9x1"));
    }
}
