//! From raw scores to probabilities and labels.
//!
//! Takes out-of-fold scores with gold labels, gives weights and offsets for honest probabilities (matrix scaling: Guo et
//! al., "On Calibration of Modern Neural Networks", ICML 2017), and decision offsets that make the best macro-F1. Knows nothing of features.

use linfa::Dataset;
use linfa::traits::Fit as _;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::boost::narrow;
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
}

impl Default for Calibration {
    fn default() -> Self {
        Self { weights: IDENTITY, offsets: [0.0; K], decision: [0.0; K] }
    }
}

const IDENTITY: [[f32; K]; K] = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

/// Rows that are too few to calibrate on.
const MIN_ROWS: usize = 200;

/// L2 regularisation of the weights: next to nothing against thousands of rows, enough to keep the fit unique.
const ALPHA: f64 = 1.0;

/// Raw scores with the gold label and a weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) scores: [f32; K],
    pub(crate) label: Label,
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
            calibration.search_decision(rows);
        }
        calibration
    }

    fn search_decision(&mut self, rows: &[Scored]) {
        let said: Vec<(Probabilities, Label)> = rows.iter().map(|row| (self.probabilities(row.scores), row.label)).collect();
        let mut best = self.macro_f1(&said);
        for step in [0.4_f32, 0.2, 0.1] {
            for _ in 0..3 {
                for label in 0..K {
                    for sign in [step, -step] {
                        let kept = self.decision[label];
                        self.decision[label] = (kept + sign).clamp(-1.2, 1.2);
                        let found = self.macro_f1(&said);
                        if found > best + 1e-5 {
                            best = found;
                        } else {
                            self.decision[label] = kept;
                        }
                    }
                }
            }
        }
    }

    fn macro_f1(&self, rows: &[(Probabilities, Label)]) -> f64 {
        let (mut hit, mut gold, mut said) = ([0_u32; K], [0_u32; K], [0_u32; K]);
        for (probabilities, label) in rows {
            let decided = self.decide(probabilities);
            gold[label.index()] += 1;
            said[decided.index()] += 1;
            hit[label.index()] += u32::from(decided == *label);
        }
        (0..K).map(|label| 2.0 * f64::from(hit[label]) / f64::from((gold[label] + said[label]).max(1))).sum::<f64>() / K as f64
    }
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

fn softmax(scores: [f32; K]) -> Probabilities {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials = scores.map(|score| (score - most).exp());
    let sum: f32 = exponentials.iter().sum();
    exponentials.map(|value| value / sum)
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
                Scored { scores, label: Label::ALL[if right { group } else { (group + 1) % K }] }
            })
            .collect();
        let said = Calibration::fit(&rows).probabilities(rows[0].scores);
        assert!((said[0] - 0.75).abs() < 0.02, "{said:?}");
    }
}
