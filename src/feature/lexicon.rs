//! Phrases that websites use, by kind and language.
//!
//! Takes the words of a block, gives how many phrases of each kind stand in it. The phrases live in `lexicon.tsv`, each with its language;
//! they are evidence for the model, not rules.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::hash::{Hash, WordFilter, words};

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
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Bit `k` is set when the phrase is of kind `k`.
    phrases: FxHashMap<u32, u16>,
    beginnings: Beginnings,
    filter: Box<WordFilter<FILTER_WORDS>>,
    phrase_filter: Box<WordFilter<FILTER_WORDS>>,
}

const FILTER_WORDS: usize = 1024;

/// First words of phrases: the kinds of the word by itself, and whether phrases of two words or more begin with it. Open addressing over a
/// power of two, as every function word is one.
#[derive(Debug, Default)]
struct Beginnings {
    places: Vec<(u32, u16, bool)>,
}

impl Beginnings {
    fn new(words: &FxHashMap<u32, (u16, bool)>) -> Self {
        let mut places = vec![(0, 0, false); (2 * words.len() + 1).next_power_of_two()];
        for (word, (kinds, begins)) in words {
            let mut at = *word as usize % places.len();
            while places[at] != (0, 0, false) {
                at = (at + 1) % places.len();
            }
            places[at] = (*word, *kinds, *begins);
        }
        Self { places }
    }

    /// Neither kinds nor phrases for a word that begins none.
    fn get(&self, word: u32) -> (u16, bool) {
        let mask = self.places.len() - 1;
        let mut at = word as usize & mask;
        loop {
            let (known, kinds, begins) = self.places[at];
            // A place that is free says of a word that it begins nothing.
            if known == word || (kinds == 0 && !begins) {
                return (kinds, begins);
            }
            at = (at + 1) & mask;
        }
    }
}

/// Words looked at together: more than a block keeps.
const AT_ONCE: usize = 64;

/// The lexicon that ships with the library.
pub(crate) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(SOURCE));

impl Lexicon {
    fn read(source: &str) -> Self {
        let mut lexicon = Self::default();
        let mut beginnings: FxHashMap<u32, (u16, bool)> = FxHashMap::default();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(kind), Some(_language), Some(phrase)) = (fields.next(), fields.next(), fields.next()) else { continue };
            let Some(kind) = KINDS.iter().position(|known| *known == kind) else { continue };
            let mut tokens = Vec::new();
            words(phrase, |word| {
                tokens.push(word);
                true
            });
            // A phrase of a dense script is several pairs of characters: longer ones than fit are cut.
            tokens.truncate(LONGEST);
            if let Some(first) = tokens.first() {
                beginnings.entry(*first).or_default().1 |= tokens.len() > 1;
                *lexicon.phrases.entry(join(&tokens)).or_default() |= 1 << kind;
            }
        }
        lexicon.phrases.keys().for_each(|phrase| lexicon.phrase_filter.add(*phrase));
        for (word, (kinds, _)) in &mut beginnings {
            *kinds = lexicon.phrases.get(&join(&[*word])).copied().unwrap_or_default();
            lexicon.filter.add(*word);
        }
        lexicon.beginnings = Beginnings::new(&beginnings);
        lexicon
    }

    /// The kinds that several words have together, a bit each.
    fn kinds_of(&self, words: &[u32]) -> u16 {
        let phrase = join(words);
        if self.phrase_filter.may_have(phrase) { self.phrases.get(&phrase).copied().unwrap_or_default() } else { 0 }
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
        for (chunk, first) in words.chunks(AT_ONCE).zip((0..).step_by(AT_ONCE)) {
            // Where words that may begin a phrase stand. The next is written over what is none: a branch here could not be foretold.
            let (mut places, mut count) = ([0_u8; AT_ONCE], 0);
            for (word, at) in chunk.iter().zip(0..) {
                places[count % AT_ONCE] = at;
                count += usize::from(self.filter.may_have(*word));
            }
            for at in places.iter().take(count) {
                let at = first + usize::from(*at);
                let (kinds, begins) = self.beginnings.get(words[at]);
                add(kinds);
                if begins {
                    for length in 2..=LONGEST.min(words.len() - at) {
                        add(self.kinds_of(&words[at..at + length]));
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
        words(text, |word| {
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
