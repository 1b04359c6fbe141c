//! From raw scores to probabilities and labels.
//!
//! Takes out-of-fold scores with gold labels, gives a temperature and one offset a label for honest probabilities (vector scaling: Guo et
//! al., "On Calibration of Modern Neural Networks", ICML 2017), and decision offsets that make the best macro-F1. Knows nothing of features.

use serde::{Deserialize, Serialize};

use super::boost::narrow;
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;

/// How scores become probabilities, and probabilities a label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    /// Scores are multiplied by this.
    scale: f32,
    /// Then these are added, one a label.
    offsets: [f32; K],
    /// For the label alone: added to log probabilities.
    decision: [f32; K],
}

impl Default for Calibration {
    fn default() -> Self {
        Self { scale: 1.0, offsets: [0.0; K], decision: [0.0; K] }
    }
}

/// Raw scores with the gold label and a weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scored {
    pub(crate) scores: [f32; K],
    pub(crate) label: Label,
}

impl Calibration {
    /// Probabilities of raw scores.
    pub(crate) fn probabilities(&self, scores: [f32; K]) -> Probabilities {
        softmax(std::array::from_fn(|label| scores[label] * self.scale + self.offsets[label]))
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

    /// What the scale adds to a difference of raw scores.
    pub(crate) fn stretch(&self, score: f32) -> f32 {
        score * (self.scale - 1.0)
    }

    /// What is added to scaled scores for probabilities.
    pub(crate) fn offsets(&self) -> &[f32; K] {
        &self.offsets
    }

    /// What is added to log probabilities for the label alone.
    pub(crate) fn decision(&self) -> &[f32; K] {
        &self.decision
    }

    /// Fits scale and offsets by gradient descent on the log loss, then decision offsets by search.
    pub(crate) fn fit(rows: &[Scored]) -> Self {
        let mut calibration = Self::default();
        if rows.is_empty() {
            return calibration;
        }
        for round in 0..300 {
            let step = 2.0 / (1.0 + round as f32 / 100.0);
            let (mut scale, mut offsets) = (0.0_f64, [0.0_f64; K]);
            for row in rows {
                let said = calibration.probabilities(row.scores);
                for (label, offset) in offsets.iter_mut().enumerate() {
                    let error = f64::from(said[label]) - f64::from(u8::from(row.label.index() == label));
                    scale += error * f64::from(row.scores[label]);
                    *offset += error;
                }
            }
            let share = |sum: f64| narrow(sum / rows.len() as f64);
            calibration.scale = (calibration.scale - 0.05 * step * share(scale)).clamp(0.05, 20.0);
            for (offset, sum) in calibration.offsets.iter_mut().zip(offsets) {
                *offset -= step * share(sum);
            }
        }
        calibration.search_decision(rows);
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
        // Scores that say 95% where 75% is right.
        let rows: Vec<Scored> = (0..400)
            .map(|n| Scored { scores: [3.0, -3.0, 0.0, -3.0], label: if n % 4 == 0 { Label::Navigation } else { Label::Content } })
            .collect();
        let said = Calibration::fit(&rows).probabilities(rows[0].scores);
        assert!((said[0] - 0.75).abs() < 0.02, "{said:?}");
    }
}
