//! Precision and recall of the kept text when content is kept from a probability on.
//!
//! Takes blocks' probabilities of content, their words and what they should have been; gives scores for each of [`CURVE_POINTS`] thresholds.
//! Blocks alone count here: no headline is added or left out.

use rustc_hash::FxHashMap;

use super::text::TextScores;
use super::{harmonic_mean, ratio};
use crate::words::words;

/// Thresholds of a curve: 0.05, 0.1 and so on to 0.95.
pub const CURVE_POINTS: usize = 19;

/// The threshold of a point of the curve, below [`CURVE_POINTS`].
pub fn curve_threshold(point: usize) -> f64 {
    (point + 1) as f64 / (CURVE_POINTS + 1) as f64
}

/// Whether a probability reaches a point's threshold; 0.95 in 32 bits does, though it is a little less.
fn reached(point: usize, probability: f32) -> bool {
    f64::from(probability) + f64::from(f32::EPSILON) >= curve_threshold(point)
}

/// How many points of the curve keep a block of this probability: those before the result do.
fn points_that_keep(probability: f32) -> usize {
    (0..CURVE_POINTS).take_while(|point| reached(*point, probability)).count()
}

/// Words of blocks labelled by hand, at one threshold, summed over blocks and pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeptWords {
    /// Words of kept blocks.
    kept: usize,
    /// Those of them in blocks that are content.
    right: usize,
    /// Words of all blocks that are content.
    wanted: usize,
}

impl KeptWords {
    /// Counts a block that has `wanted` words of content, of which, and of its others, `kept` are kept: all of them or none.
    pub fn add(&mut self, wanted: usize, kept: usize) {
        self.kept += kept;
        self.right += kept.min(wanted);
        self.wanted += wanted;
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: Self) {
        self.kept += other.kept;
        self.right += other.right;
        self.wanted += other.wanted;
    }

    /// The scores; `None` if no block is content.
    pub fn scores(&self) -> Option<TextScores> {
        (self.wanted > 0).then(|| scores(self.right, self.kept, self.wanted))
    }
}

/// Words of blocks labelled by hand at every point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LabelledCurve([KeptWords; CURVE_POINTS]);

impl LabelledCurve {
    /// Counts a block of so many words.
    pub fn add(&mut self, is_content: bool, probability: f32, words: usize) {
        let keeping = points_that_keep(probability);
        for (point, counts) in self.0.iter_mut().enumerate() {
            counts.add(if is_content { words } else { 0 }, if point < keeping { words } else { 0 });
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (counts, other) in self.0.iter_mut().zip(other.0) {
            counts.merge(other);
        }
    }

    /// The scores at each point; `None` if no block is content.
    pub fn scores(&self) -> Option<[TextScores; CURVE_POINTS]> {
        let scores = self.0.map(|counts| counts.scores());
        scores[0].is_some().then(|| scores.map(Option::unwrap_or_default))
    }
}

/// One page's words against its gold text, at each point. `blocks` are text and probability of each block.
pub fn gold_curve<'a>(blocks: impl IntoIterator<Item = (&'a str, f32)>, gold: &str) -> [TextScores; CURVE_POINTS] {
    let mut left: FxHashMap<String, usize> = FxHashMap::default();
    let mut wanted = 0;
    for word in words(gold) {
        *left.entry(word).or_default() += 1;
        wanted += 1;
    }
    // Blocks that every point keeps stand at the end.
    let mut by_points: [Vec<&str>; CURVE_POINTS + 1] = Default::default();
    for (text, probability) in blocks {
        by_points[points_that_keep(probability)].push(text);
    }
    let (mut kept, mut right) = (0, 0);
    let mut found = [TextScores::default(); CURVE_POINTS];
    for point in (0..CURVE_POINTS).rev() {
        for word in by_points[point + 1].iter().flat_map(|text| words(text)) {
            kept += 1;
            if let Some(count) = left.get_mut(&word).filter(|count| **count > 0) {
                *count -= 1;
                right += 1;
            }
        }
        found[point] = scores(right, kept, wanted);
    }
    found
}

/// As in [`word_scores`](super::word_scores): nothing kept where nothing is wanted is right.
fn scores(right: usize, kept: usize, wanted: usize) -> TextScores {
    if kept == 0 && wanted == 0 {
        return TextScores { precision: 1.0, recall: 1.0, f1: 1.0 };
    }
    let (precision, recall) = (ratio(right, kept), ratio(right, wanted));
    TextScores { precision, recall, f1: harmonic_mean(precision, recall) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::word_scores;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn a_threshold_keeps_what_reaches_it() {
        assert_eq!([0.0, 0.04, 0.05, 0.5, 0.95, 1.0].map(points_that_keep), [0, 0, 1, 10, 19, 19]);
        assert!(close(curve_threshold(9), 0.5));
    }

    #[test]
    fn labelled_words_are_counted_from_each_threshold_on() {
        let mut curve = LabelledCurve::default();
        curve.add(true, 0.9, 30);
        curve.add(true, 0.3, 10);
        let mut other = LabelledCurve::default();
        other.add(false, 0.6, 20);
        curve.merge(&other);
        let scores = curve.scores().unwrap();
        // From 0.5: 30 right of 50 kept, of 40 wanted. From 0.3: 40 of 60.
        assert!(close(scores[9].precision, 0.6) && close(scores[9].recall, 0.75), "{scores:?}");
        assert!(close(scores[5].precision, 40.0 / 60.0) && close(scores[5].recall, 1.0));
        assert!(close(scores[18].recall, 0.0));
        assert_eq!(LabelledCurve::default().scores(), None);
    }

    #[test]
    fn the_gold_curve_is_what_word_scores_say_of_the_kept_blocks() {
        let blocks = [("It rained all day", 0.9), ("Home news", 0.4), ("it rained", 0.7)];
        let gold = "It rained. It rained all day and night";
        let found = gold_curve(blocks, gold);
        for (point, kept) in
            [(7, "It rained all day Home news it rained"), (9, "It rained all day it rained"), (16, "It rained all day"), (18, "")]
        {
            assert_eq!(found[point], word_scores(kept, gold), "{point}");
        }
        assert!(close(gold_curve([], "")[0].f1, 1.0));
    }
}
