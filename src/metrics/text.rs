//! Measures of extracted text against gold text and gold segments.
//!
//! Takes strings, gives scores for one page; means over pages are the caller's.

use std::hash::Hash;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::{harmonic_mean, ratio};
use crate::words::{alignment_words, collapse_white_space, words};

/// How much of a page's text is right and how much of the gold text is there, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct TextScores {
    /// The share of the extracted units that the gold text has.
    pub precision: f64,
    /// The share of the gold text's units that were extracted.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl TextScores {
    /// The mean of each score over pages; 0 over none.
    pub fn mean(pages: impl IntoIterator<Item = Self>) -> Self {
        let (mut sum, mut count) = (Self::default(), 0_usize);
        for page in pages {
            sum.precision += page.precision;
            sum.recall += page.recall;
            sum.f1 += page.f1;
            count += 1;
        }
        let count = count.max(1) as f64;
        Self { precision: sum.precision / count, recall: sum.recall / count, f1: sum.f1 / count }
    }
}

/// Scores the words of a page's text as WCXB does: both texts are bags of words (see [`words`]); a word counts as often as both have it.
/// If both are empty every score is 1, if one is, 0.
///
/// Source: Web Content Extraction Benchmark (WCXB), evaluation by word bags, mean over pages.
pub fn word_scores(text: &str, gold: &str) -> TextScores {
    bag_scores(words(text), words(gold))
}

/// As [`word_scores`] over runs of four words: order matters, and chance matches hardly count. A text of one to three words is one shingle.
/// Each character of a script written without spaces is a word here.
///
/// Source: Zyte's article extraction benchmark, which scores bags of 4-word shingles.
pub fn shingle_scores(text: &str, gold: &str) -> TextScores {
    bag_scores(shingles(text), shingles(gold))
}

const SHINGLE: usize = 4;

fn shingles(text: &str) -> Vec<Vec<String>> {
    let words = alignment_words(text);
    if words.is_empty() {
        return Vec::new();
    }
    words.windows(SHINGLE.min(words.len())).map(<[String]>::to_vec).collect()
}

fn bag_scores<T: Hash + Eq>(text: Vec<T>, gold: Vec<T>) -> TextScores {
    let (found, wanted) = (text.len(), gold.len());
    if found == 0 && wanted == 0 {
        return TextScores { precision: 1.0, recall: 1.0, f1: 1.0 };
    }
    let mut left: FxHashMap<T, usize> = FxHashMap::default();
    for unit in gold {
        *left.entry(unit).or_default() += 1;
    }
    let mut both = 0;
    for unit in text {
        if let Some(count) = left.get_mut(&unit).filter(|count| **count > 0) {
            *count -= 1;
            both += 1;
        }
    }
    let (precision, recall) = (ratio(both, found), ratio(both, wanted));
    TextScores { precision, recall, f1: harmonic_mean(precision, recall) }
}

/// Counts over segments that a text must hold and others that it must not.
///
/// Source: trafilatura's evaluation, which gives for each page some segments of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SegmentCounts {
    /// Segments that must be there and are: true positives.
    pub must_found: usize,
    /// Segments that must be there and are not: false negatives.
    pub must_missed: usize,
    /// Segments that must not be there and are: false positives.
    pub must_not_found: usize,
    /// Segments that must not be there and are not: true negatives.
    pub must_not_absent: usize,
}

impl SegmentCounts {
    /// Looks for one page's segments in its text. White space counts as one space; case and punctuation count as they stand; blank segments
    /// do not count.
    pub fn of_page(text: &str, must: &[String], must_not: &[String]) -> Self {
        let text = collapse_white_space(text);
        let count = |segments: &[String]| {
            let segments = segments.iter().map(|segment| collapse_white_space(segment)).filter(|segment| !segment.is_empty());
            segments.fold(
                (0, 0),
                |(found, missed), segment| {
                    if text.contains(&segment) { (found + 1, missed) } else { (found, missed + 1) }
                },
            )
        };
        let ((must_found, must_missed), (must_not_found, must_not_absent)) = (count(must), count(must_not));
        Self { must_found, must_missed, must_not_found, must_not_absent }
    }

    /// Adds another page's counts.
    pub fn add(&mut self, other: Self) {
        self.must_found += other.must_found;
        self.must_missed += other.must_missed;
        self.must_not_found += other.must_not_found;
        self.must_not_absent += other.must_not_absent;
    }

    /// How many segments were looked for.
    pub fn total(&self) -> usize {
        self.must_found + self.must_missed + self.must_not_found + self.must_not_absent
    }

    /// The share of the segments found that must be there.
    pub fn precision(&self) -> f64 {
        ratio(self.must_found, self.must_found + self.must_not_found)
    }

    /// The share of the segments that must be there which were found.
    pub fn recall(&self) -> f64 {
        ratio(self.must_found, self.must_found + self.must_missed)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        harmonic_mean(self.precision(), self.recall())
    }

    /// The share of all segments that are as they must be.
    pub fn accuracy(&self) -> f64 {
        ratio(self.must_found + self.must_not_absent, self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    #[test]
    fn words_count_as_often_as_both_texts_have_them() {
        // Text: the ×3, cat, sat. Gold: the ×2, cat, ran, away. Both: the ×2, cat = 3 of 5 and 3 of 5.
        let scores = word_scores("The the THE cat sat", "the cat the ran away");
        assert!(close(scores.precision, 0.6) && close(scores.recall, 0.6) && close(scores.f1, 0.6), "{scores:?}");
        // 2 of 2 and 2 of 6.
        let scores = word_scores("a b", "a b c d e f");
        assert!(close(scores.precision, 1.0) && close(scores.recall, 1.0 / 3.0) && close(scores.f1, 0.5), "{scores:?}");
    }

    #[test]
    fn two_empty_texts_agree_and_one_does_not() {
        assert!(close(word_scores("", " - ").f1, 1.0));
        assert!(close(word_scores("a", "").f1, 0.0));
        assert!(close(word_scores("", "a").f1, 0.0));
        assert!(close(shingle_scores("", "").f1, 1.0));
    }

    #[test]
    fn shingles_see_the_order() {
        // Text: abcd bcde cdef. Gold: abcd bcde cdex dexf. Both: 2 of 3 and 2 of 4.
        let scores = shingle_scores("a b c d e f", "a b c d e x f");
        assert!(close(scores.precision, 2.0 / 3.0) && close(scores.recall, 0.5), "{scores:?}");
        assert!(close(shingle_scores("a b", "a b").f1, 1.0));
        assert!(close(shingle_scores("a b", "b a").f1, 0.0));
    }

    #[test]
    fn segments_are_counted_as_they_stand() {
        let owned = |segments: &[&str]| segments.iter().map(|segment| (*segment).to_owned()).collect::<Vec<_>>();
        let text = "It rained\n all day.\nRead more";
        let mut counts = SegmentCounts::of_page(text, &owned(&["rained all", "Rained", "day."]), &owned(&["Read more", "Menu", " "]));
        assert_eq!(counts, SegmentCounts { must_found: 2, must_missed: 1, must_not_found: 1, must_not_absent: 1 });
        counts.add(SegmentCounts { must_found: 1, must_missed: 0, must_not_found: 0, must_not_absent: 1 });
        // tp 3, fn 1, fp 1, tn 2.
        assert!(close(counts.precision(), 0.75) && close(counts.recall(), 0.75) && close(counts.f1(), 0.75));
        assert!(close(counts.accuracy(), 5.0 / 7.0));
        assert!(close(SegmentCounts::default().f1(), 0.0));
    }
}
