//! Phrases that websites use, by kind and language.
//!
//! Takes the words of a block, gives how many phrases of each kind stand in it. The phrases live in `lexicon.tsv`, each with its language;
//! they are evidence for the model, not rules.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::hash::{Hash, words};

/// The file, read into the program.
const SOURCE: &str = include_str!("lexicon.tsv");

/// The kinds of phrase, in the order of [`Lexicon::count`]'s result.
pub(crate) const KINDS: &[&str] = &[
    "prompt", "price", "login", "credit", "figure", "byline", "share", "related", "comment", "cookie", "legal", "advert", "shop",
    "function",
];

/// Places of kinds that are counted over neighbouring blocks too.
pub(crate) const PROMPT_KIND: usize = 0;
pub(crate) const PRICE_KIND: usize = 1;

/// The longest phrase in words.
const LONGEST: usize = 4;

/// The phrases, by the hash of their words.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Bit `k` is set when the phrase is of kind `k`.
    phrases: FxHashMap<u32, u16>,
    /// First words of phrases: the kinds of the word by itself, and whether phrases of two words or more begin with it.
    beginnings: FxHashMap<u32, (u16, bool)>,
    /// A bit for the low bits of each of them: most words of a page are none.
    filter: Box<[u64; FILTER_WORDS]>,
}

const FILTER_WORDS: usize = 1024;

/// The lexicon that ships with the library.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(SOURCE));

impl Lexicon {
    fn read(source: &str) -> Self {
        let mut lexicon = Self { phrases: FxHashMap::default(), beginnings: FxHashMap::default(), filter: Box::new([0; FILTER_WORDS]) };
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(kind), Some(_language), Some(phrase)) = (fields.next(), fields.next(), fields.next()) else { continue };
            let Some(kind) = KINDS.iter().position(|known| *known == kind) else { continue };
            let mut tokens = Vec::new();
            words(phrase, |word, _| {
                tokens.push(word);
                true
            });
            // A phrase of a dense script is several pairs of characters: longer ones than fit are cut.
            tokens.truncate(LONGEST);
            if let Some(first) = tokens.first() {
                lexicon.beginnings.entry(*first).or_default().1 |= tokens.len() > 1;
                *lexicon.phrases.entry(join(&tokens)).or_default() |= 1 << kind;
            }
        }
        for (word, (kinds, _)) in &mut lexicon.beginnings {
            *kinds = lexicon.phrases.get(&join(&[*word])).copied().unwrap_or_default();
            let (place, bit) = filter_place(*word);
            lexicon.filter[place] |= bit;
        }
        lexicon
    }

    /// How many phrases of each kind stand in the words.
    pub(crate) fn count(&self, words: &[u32]) -> [u16; KINDS.len()] {
        let mut counts = [0_u16; KINDS.len()];
        let mut add = |mut kinds: u16| {
            while kinds != 0 {
                let count = &mut counts[kinds.trailing_zeros() as usize];
                *count = count.saturating_add(1);
                kinds &= kinds - 1;
            }
        };
        for (at, word) in words.iter().enumerate() {
            let (place, bit) = filter_place(*word);
            if self.filter[place] & bit == 0 {
                continue;
            }
            let Some((kinds, begins)) = self.beginnings.get(word) else { continue };
            add(*kinds);
            if *begins {
                for length in 2..=LONGEST.min(words.len() - at) {
                    if let Some(kinds) = self.phrases.get(&join(&words[at..at + length])) {
                        add(*kinds);
                    }
                }
            }
        }
        counts
    }
}

/// The word of the filter and the bit in it that stand for a word of text.
fn filter_place(word: u32) -> (usize, u64) {
    (word as usize / 64 % FILTER_WORDS, 1 << (word % 64))
}

fn join(words: &[u32]) -> u32 {
    words.iter().fold(Hash::new(7), |hash, word| hash.add(u64::from(*word))).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> [u16; KINDS.len()] {
        let mut found = Vec::new();
        words(text, |word, _| {
            found.push(word);
            true
        });
        LEXICON.count(&found)
    }

    #[test]
    fn every_line_of_the_file_is_read() {
        for (number, line) in SOURCE.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "line {}", number + 1);
            assert!(KINDS.contains(&fields[0]), "line {}: {}", number + 1, fields[0]);
            let kind = KINDS.iter().position(|known| *known == fields[0]).unwrap();
            assert!(counted(fields[2])[kind] > 0, "line {}: {}", number + 1, fields[2]);
        }
    }
}
