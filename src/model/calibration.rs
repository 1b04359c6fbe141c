//! From raw scores to probabilities and labels.
//!
//! Takes out-of-fold scores with gold labels, gives weights and offsets for honest probabilities (matrix scaling: Guo et
//! al., "On Calibration of Modern Neural Networks", ICML 2017), and decision offsets that make the best macro-F1. Knows nothing of features.

use linfa::Dataset;
use linfa::traits::Fit as _;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::boost::{narrow, softmax};
use crate::classify::Presets;
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;

/// How scores become probabilities, and probabilities a label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    /// A label's calibrated score is the sum of the raw scores times its row.
    weights: [[f32; K]; K],
    /// Then these are added, one a label.
    offsets: [f32; K],
    /// For the label alone: added to log probabilities.
    decision: [f32; K],
    /// A file holds them at its end, where older ones have nothing.
    #[serde(skip)]
    pub(crate) presets: Option<Presets>,
}

/// The thresholds that presets are chosen from are these parts of one.
const PRESET_STEPS: u16 = 100;

impl Default for Calibration {
    fn default() -> Self {
        Self { weights: IDENTITY, offsets: [0.0; K], decision: [0.0; K], presets: None }
    }
}

const IDENTITY: [[f32; K]; K] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

/// Rows that are too few to calibrate on.
const MIN_ROWS: usize = 200;

/// Rounds of setting decision offsets by the scores that the last ones gave; they settle after two.
const DECISION_ROUNDS: usize = 4;

type PerLabel = [f32; K];

/// L2 regularisation of the weights: next to nothing against thousands of rows, enough to keep the fit unique.
const ALPHA: f64 = 1.0;

/// A block's raw scores with its gold label.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) scores: [f32; K],
    pub(crate) label: Label,
    /// Characters of the block's text.
    pub(crate) characters: usize,
}

impl Calibration {
    /// Probabilities of raw scores.
    pub(crate) fn probabilities(&self, scores: [f32; K]) -> Probabilities {
        softmax(std::array::from_fn(|label| self.mixed(&scores, label) + self.offsets[label]))
    }

    /// The likeliest label after the decision offsets.
    pub(crate) fn decide(&self, probabilities: &Probabilities) -> Label {
        self.strongest(probabilities, |_| true).unwrap_or(Label::Content)
    }

    /// The likeliest label among those that `which` names, after the decision offsets; the first of equals.
    pub(crate) fn strongest(&self, probabilities: &Probabilities, which: impl Fn(Label) -> bool) -> Option<Label> {
        let value = |label: Label| probabilities[label.index()].max(1e-9).ln() + self.decision[label.index()];
        Label::ALL.into_iter().filter(|label| which(*label)).reduce(|best, label| if value(label) > value(best) { label } else { best })
    }

    fn mixed(&self, scores: &[f32; K], label: usize) -> f32 {
        self.weights[label].iter().zip(scores).map(|(weight, score)| weight * score).sum()
    }

    /// What the weights add to the difference between two labels' raw scores.
    pub(crate) fn stretch(&self, scores: &[f32; K], label: Label, other: Label) -> f32 {
        let added = |label: Label| self.mixed(scores, label.index()) - scores[label.index()];
        added(label) - added(other)
    }

    /// What is added to scaled scores for probabilities.
    pub(crate) fn offsets(&self) -> &[f32; K] {
        &self.offsets
    }

    /// What is added to log probabilities for the label alone.
    pub(crate) fn decision(&self) -> &[f32; K] {
        &self.decision
    }

    /// Fits weights and offsets by multinomial logistic regression on the raw scores, then decision offsets by search. Too few rows, or rows
    /// without some label, leave the scores as they are.
    pub(crate) fn fit(rows: &[Scored]) -> Self {
        let mut calibration = Self::default();
        if rows.len() >= MIN_ROWS {
            if let Some((weights, offsets)) = regression(rows) {
                (calibration.weights, calibration.offsets) = (weights, offsets);
            }
            calibration.set_decision(rows);
            calibration.presets = presets(&calibration, rows);
        }
        calibration
    }

    /// Sets the decision offsets that make the best macro-F1 of honest probabilities.
    ///
    /// Moving a block of probability `p_k` to label `k` adds `(2 p_k - F_k) / N_k` to the sum of F1, `F_k` being the label's F1 and `N_k` its gold
    /// and predicted blocks together, so that against navigation a label pays from the probability `t_k = (F_k / 2 N_n + (1 - F_n / 2) N_k) /
    /// (N_n + N_k)` on: near half of its best F1 for rare labels (Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to
    /// maximize F1 measure", ECML PKDD 2014). A search for the offsets themselves follows the accidents of a few pages instead.
    fn set_decision(&mut self, rows: &[Scored]) {
        let said: Vec<(Probabilities, Label)> = rows.iter().map(|row| (self.probabilities(row.scores), row.label)).collect();
        let base = Label::Navigation.index();
        for _ in 0..DECISION_ROUNDS {
            let counts = self.decided(&said);
            let (f1, size): (PerLabel, PerLabel) = (counts.map(|[hit, both]| 2.0 * hit / both.max(1.0)), counts.map(|[_, both]| both));
            self.decision = std::array::from_fn(|label| {
                let threshold = (f1[label] / 2.0 * size[base] + (1.0 - f1[base] / 2.0) * size[label]) / (size[base] + size[label]).max(1.0);
                let threshold = threshold.clamp(0.25, 0.5);
                if label == base { 0.0 } else { ((1.0 - threshold) / threshold).ln() }
            });
        }
    }

    /// For each label the blocks rightly decided to have it, and its gold and decided blocks together.
    fn decided(&self, rows: &[(Probabilities, Label)]) -> [[f32; 2]; K] {
        let mut counts = [[0_u32; 2]; K];
        for (probabilities, label) in rows {
            let decided = self.decide(probabilities);
            counts[label.index()][1] += 1;
            counts[decided.index()][1] += 1;
            counts[label.index()][0] += u32::from(decided == *label);
        }
        counts.map(|of_label| of_label.map(|count| count as f32))
    }
}

/// The thresholds of content with the greatest F0.5 and F2 by characters; of equals the one nearest to one half. `None` without content.
fn presets(calibration: &Calibration, rows: &[Scored]) -> Option<Presets> {
    let content = Label::Content;
    let mut kept = vec![[0_usize; 2]; usize::from(PRESET_STEPS) + 1];
    let mut wanted = 0;
    for row in rows {
        let probability = calibration.probabilities(row.scores)[content.index()];
        let step = (0..=PRESET_STEPS).rev().find(|step| probability >= preset_threshold(*step)).unwrap_or(0);
        kept[usize::from(step)][usize::from(row.label == content)] += row.characters;
        wanted += if row.label == content { row.characters } else { 0 };
    }
    // What reaches a threshold reaches all below it.
    for step in (0..usize::from(PRESET_STEPS)).rev() {
        kept[step] = [kept[step][0] + kept[step + 1][0], kept[step][1] + kept[step + 1][1]];
    }
    let best = |beta: f64| {
        let score = |step: u16| f_beta(kept[usize::from(step)], wanted, beta);
        let middle = PRESET_STEPS / 2;
        let ahead = |a: &u16, b: &u16| score(*a).total_cmp(&score(*b)).then(b.abs_diff(middle).cmp(&a.abs_diff(middle)));
        (1..PRESET_STEPS).max_by(ahead).map_or(0.5, preset_threshold)
    };
    (wanted > 0).then(|| Presets { precision: best(0.5), recall: best(2.0) })
}

fn preset_threshold(step: u16) -> f32 {
    f32::from(step) / f32::from(PRESET_STEPS)
}

/// F-beta of what is kept, given as wrong and right characters (van Rijsbergen, "Information Retrieval", 1979, chapter 7).
fn f_beta([wrong, right]: [usize; 2], wanted: usize, beta: f64) -> f64 {
    let weight = beta * beta;
    (1.0 + weight) * right as f64 / (weight * wanted as f64 + (wrong + right) as f64).max(1.0)
}

/// The weights and offsets of a logistic regression of labels on scores; `None` if a label is missing or the fit does not end.
fn regression(rows: &[Scored]) -> Option<([[f32; K]; K], [f32; K])> {
    let records = Array2::from_shape_fn((rows.len(), K), |(row, score)| f64::from(rows[row].scores[score]));
    let targets: Array1<usize> = rows.iter().map(|row| row.label.index()).collect();
    let fitted = MultiLogisticRegression::default().alpha(ALPHA).max_iterations(200).fit(&Dataset::new(records, targets)).ok()?;
    if fitted.classes() != [0, 1, 2, 3] {
        return None;
    }
    let weights = std::array::from_fn(|label| std::array::from_fn(|score| narrow(fitted.params()[(score, label)])));
    let offsets = std::array::from_fn(|label| narrow(fitted.intercept()[label]));
    let finite = |row: &[f32; K]| row.iter().all(|value| value.is_finite());
    (weights.iter().all(finite) && finite(&offsets)).then_some((weights, offsets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfident_scores_are_cooled() {
        // Scores that say 99% where 75% is right.
        let rows: Vec<Scored> = (0..1600)
            .map(|n| {
                let (group, right) = (n % K, !(n / K).is_multiple_of(4));
                let scores = std::array::from_fn(|label| if label == group { 6.0 } else { 0.0 });
                Scored { scores, label: Label::ALL[if right { group } else { (group + 1) % K }], characters: 10 }
            })
            .collect();
        let said = Calibration::fit(&rows).probabilities(rows[0].scores);
        assert!((said[0] - 0.75).abs() < 0.02, "{said:?}");
    }
    #[test]
    fn presets_are_the_thresholds_with_the_best_weighted_means() {
        // Probabilities of content 0.9, 0.6 and 0.3, of which 10, 6 and 3 of ten are content.
        let rows: Vec<Scored> = [(0.9_f32, 10), (0.6, 6), (0.3, 3)]
            .into_iter()
            .flat_map(|(probability, right)| {
                (0..10).map(move |n| {
                    let label = if n < right { Label::Content } else { Label::Navigation };
                    let scores = [probability.ln(), -30.0, (1.0 - probability).ln(), -30.0];
                    Scored { scores, label, characters: 7 }
                })
            })
            .collect();
        // From 0.9: F0.5 = 1.25 * 10 / (0.25 * 19 + 10) = 0.85; from 0.6: 1.25 * 16 / (4.75 + 20) = 0.81.
        // From 0.6: F2 = 5 * 16 / (4 * 19 + 20) = 0.83; from 0.3: 5 * 19 / (76 + 30) = 0.90.
        let found = presets(&Calibration::default(), &rows).unwrap();
        // Every threshold up to the last one reached keeps the same; the nearest to one half stands.
        assert!((found.precision - 0.61).abs() < 0.011 && (found.recall - 0.3).abs() < 0.011, "{found:?}");
        assert_eq!(presets(&Calibration::default(), &rows[27..]), None);
    }
}
