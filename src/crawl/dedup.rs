//! Paragraphs that a run has written before.
//!
//! Takes the texts of pages in their order, gives them without the paragraphs that came before, exactly or nearly, in bounded memory. Knows
//! nothing of blocks or files.
//!
//! Exact: a paragraph is the same as another if the hashes of both are, once letters are lower case, digits 0, and punctuation and white space
//! gone (Wenzek et al., `CCNet`, LREC 2020, section 3.1). Near: as Broder ("On the resemblance and containment of documents", 1997) and
//! Leskovec, Rajaraman and Ullman (Mining of Massive Datasets, chapter 3): minima of hashes over shingles, in bands; two paragraphs are near
//! if one band is equal. What was seen lies in a Bloom filter (Bloom, 1970), as Khan et al. ("`LSHBloom`", 2024) have it for bands. A Bloom
//! filter never forgets; it takes something for seen that was not with the probability [`Dedup::false_positives`], which grows with use.

use crate::rng::mixed;
use crate::words::alignment_words;

/// Paragraphs of fewer words stay: "Ingredients" may head many texts.
const LEAST_WORDS: usize = 5;

/// Words in a shingle.
const SHINGLE: usize = 3;

/// Paragraphs with fewer words are compared exactly alone: with few shingles one word makes all the difference.
const LEAST_NEAR_WORDS: usize = 12;

/// Bands, and minima in each: two paragraphs that share the part `s` of their shingles are near with the probability 1 - (1 - s^8)^10; that is
/// one half at `s` = 0.73, 0.99 at 0.89, and 0.04 at 0.5.
const BANDS: usize = 10;
const ROWS: usize = 8;

/// Bits set for each key: the best number at ten bits a key, where false positives are 1 in 100.
const PROBES: u64 = 7;

/// What counts as the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// The same words.
    Exact,
    /// About the same words.
    Near,
}

/// What two paragraphs are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphKeys {
    /// Where the paragraph ends in its text.
    end: usize,
    /// The exact key first, then one a band; none for a paragraph that stays anyway.
    keys: Vec<u64>,
}

/// The keys of a text's paragraphs: what is set apart by empty lines.
pub fn keys_of(text: &str, sameness: Sameness) -> Vec<ParagraphKeys> {
    let mut end = 0;
    let keys = text.split("\n\n").map(|paragraph| {
        end += paragraph.len();
        let found = ParagraphKeys { end, keys: paragraph_keys(paragraph, sameness) };
        end += 2;
        found
    });
    keys.collect()
}

fn paragraph_keys(paragraph: &str, sameness: Sameness) -> Vec<u64> {
    let words: Vec<u64> = alignment_words(paragraph)
        .iter()
        .map(|word| word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| fnv(hash, if byte.is_ascii_digit() { b'0' } else { byte })))
        .collect();
    if words.len() < LEAST_WORDS {
        return Vec::new();
    }
    let mut keys = vec![words.iter().fold(0, |hash, word| mixed(hash ^ word))];
    if sameness == Sameness::Near && words.len() >= LEAST_NEAR_WORDS {
        keys.extend(bands(&words));
    }
    keys
}

/// A key a band, of the minima of as many hashes over the shingles.
fn bands(words: &[u64]) -> Vec<u64> {
    let mut minima = [u64::MAX; BANDS * ROWS];
    for shingle in words.windows(SHINGLE) {
        let hash = shingle.iter().fold(1, |hash, word| mixed(hash ^ word));
        for (number, minimum) in (1_u64..).zip(&mut minima) {
            *minimum = mixed(hash.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).min(*minimum);
        }
    }
    (1_u64..).zip(minima.chunks(ROWS)).map(|(band, rows)| rows.iter().fold(band, |key, row| mixed(key ^ row))).collect()
}

/// One step of FNV-1a (Fowler, Noll, Vo).
fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// What a run has seen.
#[derive(Debug)]
pub struct Dedup {
    bits: Vec<u64>,
    keys: u64,
    removed: u64,
    fresh: Vec<u64>,
}

impl Dedup {
    /// Nothing seen, in so many bytes of memory.
    pub fn new(bytes: usize) -> Self {
        Self { bits: vec![0; (bytes / 8).max(1)], keys: 0, removed: 0, fresh: Vec::new() }
    }

    /// The text without the paragraphs seen before; `None` if all stay. `keys` are those of the text.
    pub fn without_seen(&mut self, text: &str, keys: &[ParagraphKeys]) -> Option<String> {
        let mut kept = String::new();
        let mut start = 0;
        let before = self.removed;
        for paragraph in keys {
            if paragraph.keys.iter().any(|key| self.has(*key)) {
                self.removed += 1;
            } else {
                for key in &paragraph.keys {
                    self.add(*key);
                    self.fresh.push(*key);
                }
                if !kept.is_empty() {
                    kept.push_str("\n\n");
                }
                kept.push_str(&text[start..paragraph.end]);
            }
            start = (paragraph.end + 2).min(text.len());
        }
        (self.removed > before).then_some(kept)
    }

    /// How many paragraphs were taken off.
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// The keys added since the last call, for a journal.
    pub(super) fn fresh(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.fresh)
    }

    /// Adds keys of a journal.
    pub(super) fn replay(&mut self, key: u64) {
        self.add(key);
    }

    /// The probability (0 to 1) that a key is taken for seen that was not.
    pub fn false_positives(&self) -> f64 {
        let bits = self.bits.len() as f64 * 64.0;
        (1.0 - (-((PROBES * self.keys) as f64) / bits).exp()).powf(PROBES as f64)
    }

    /// Kirsch and Mitzenmacher ("Less hashing, same performance", 2006): two hashes make all.
    fn places(&self, key: u64) -> impl Iterator<Item = u64> + use<> {
        let (first, second) = (mixed(key), mixed(key ^ 0x5851_f42d_4c95_7f2d) | 1);
        let bits = self.bits.len() as u64 * 64;
        (0..PROBES).map(move |probe| first.wrapping_add(probe.wrapping_mul(second)) % bits)
    }

    fn has(&self, key: u64) -> bool {
        self.places(key).all(|place| self.bits[index(place)] & (1 << (place % 64)) != 0)
    }

    fn add(&mut self, key: u64) {
        for place in self.places(key) {
            self.bits[index(place)] |= 1 << (place % 64);
        }
        self.keys += 1;
    }
}

/// The word of a bit: smaller than the number of words, which fits.
fn index(place: u64) -> usize {
    usize::try_from(place / 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "The harbour office counted nineteen boats before noon, among them two trawlers that nobody had expected back this year, and \
        the harbour master wrote all of their names into the great book by the door.";

    fn run(dedup: &mut Dedup, text: &str, sameness: Sameness) -> String {
        dedup.without_seen(text, &keys_of(text, sameness)).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_paragraph_is_kept_once() {
        let mut seen = Dedup::new(1 << 16);
        let page = format!("Boats\n\n{FIRST}\n\nA second paragraph with words enough to count.");
        assert_eq!(run(&mut seen, &page, Sameness::Exact), page);
        let again = format!("Boats\n\n{}\n\nA third paragraph that nobody has read before.", FIRST.to_uppercase());
        assert_eq!(run(&mut seen, &again, Sameness::Exact), "Boats\n\nA third paragraph that nobody has read before.");
        assert_eq!((seen.removed, keys_of("", Sameness::Near).len()), (1, 1));
    }

    #[test]
    fn near_is_more_than_exact() {
        let near = FIRST.replace("great book", "old book");
        let other = "A council of four sat in the market hall and could not agree on the price of salt, the width of the new bridge or the name \
            of the street that leads there.";
        for (sameness, kept) in [(Sameness::Exact, near.as_str()), (Sameness::Near, "")] {
            let mut seen = Dedup::new(1 << 16);
            assert_eq!(run(&mut seen, FIRST, sameness), FIRST);
            assert_eq!(run(&mut seen, &near, sameness), kept);
            assert_eq!(run(&mut seen, other, sameness), other);
        }
    }

    #[test]
    fn a_journal_brings_the_same_state_back() {
        let mut seen = Dedup::new(1 << 12);
        run(&mut seen, FIRST, Sameness::Near);
        let mut again = Dedup::new(1 << 12);
        for key in seen.fresh() {
            again.replay(key);
        }
        assert_eq!(seen.bits, again.bits);
        assert!(seen.fresh().is_empty());
    }

    #[test]
    fn false_positives_are_what_the_formula_says() {
        let mut seen = Dedup::new(10_000);
        for key in 0..8_000 {
            seen.add(mixed(key));
        }
        let found = (0..20_000).filter(|key| seen.has(mixed(key + 1_000_000))).count() as f64 / 20_000.0;
        assert!((found - seen.false_positives()).abs() < 0.004, "{found} {}", seen.false_positives());
    }
}
