//! Phrases that websites use, by kind and language.
//!
//! Takes the words of a block, gives how many phrases of each kind stand in it. The phrases live in `lexicon.tsv`, each with its language;
//! they are evidence for the model, not rules.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

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
    /// First words of phrases of two words or more.
    beginnings: FxHashSet<u32>,
}

/// The lexicon that ships with the library.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(SOURCE));

impl Lexicon {
    fn read(source: &str) -> Self {
        let mut lexicon = Self { phrases: FxHashMap::default(), beginnings: FxHashSet::default() };
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
            if let Some(first) = tokens.first().filter(|_| tokens.len() > 1) {
                lexicon.beginnings.insert(*first);
            }
            if !tokens.is_empty() {
                *lexicon.phrases.entry(join(&tokens)).or_default() |= 1 << kind;
            }
        }
        lexicon
    }

    /// How many phrases of each kind stand in the words.
    pub(crate) fn count(&self, words: &[u32]) -> [u16; KINDS.len()] {
        let mut counts = [0_u16; KINDS.len()];
        let mut add = |mask: u16| {
            for (kind, count) in counts.iter_mut().enumerate() {
                *count = count.saturating_add(mask >> kind & 1);
            }
        };
        for at in 0..words.len() {
            if let Some(mask) = self.phrases.get(&join(&words[at..=at])) {
                add(*mask);
            }
            if self.beginnings.contains(&words[at]) {
                for length in 2..=LONGEST.min(words.len() - at) {
                    if let Some(mask) = self.phrases.get(&join(&words[at..at + length])) {
                        add(*mask);
                    }
                }
            }
        }
        counts
    }
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
