//! Whether probabilities mean what they say: of the blocks given 0.7 for a label, 70% should carry it.
//!
//! Takes gold labels and probability vectors, gives expected calibration errors. Nothing is kept of a block but its bins.

use serde::Serialize;

use crate::label::{Label, Probabilities};

/// Bins of equal width from 0 to 1. Source: Guo et al. 2017, section 2, who use 15 throughout.
pub const CALIBRATION_BINS: usize = 15;

/// Probabilities and outcomes by bin, for each label against the rest and for the predicted label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibration {
    by_label: [Bins; Label::COUNT],
    top_label: Bins,
}

/// Expected calibration errors, 0 (right) to 1.
///
/// Of a set of probabilities it is the mean, over bins weighted by their blocks, of the distance between the mean probability and the share
/// that came true (Naeini, Cooper and Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning", AAAI; Guo, Pleiss,
/// Sun and Weinberger 2017, "On calibration of modern neural networks", ICML).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct CalibrationErrors {
    /// *The* calibration error of reports and gates: the mean of `by_label`. Every probability that is handed out counts, not only the
    /// predicted label's (the class-wise error of Kull et al. 2019, "Beyond temperature scaling").
    pub mean_over_labels: f64,
    /// The error of each label's probability, one against the rest, in the order of [`Label::ALL`].
    pub by_label: [f64; Label::COUNT],
    /// The error of the highest probability, as Guo et al. count it.
    pub top_label: f64,
}

/// How often one label's probabilities came true, bin by bin; bins without blocks are left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// The label.
    pub label: Label,
    /// The bins in ascending order.
    pub bins: Vec<ReliabilityBin>,
}

/// The blocks whose probability of a label lies in one bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityBin {
    /// How many blocks there are.
    pub blocks: usize,
    /// The mean probability.
    pub probability: f64,
    /// The share of them that carry the label.
    pub came_true: f64,
}

impl Calibration {
    /// Counts a block.
    pub fn add(&mut self, gold: Label, probabilities: &Probabilities) {
        for label in Label::ALL {
            self.by_label[label.index()].add(probabilities[label.index()], label == gold);
        }
        let top = Label::ALL.into_iter().rev().max_by(|a, b| probabilities[a.index()].total_cmp(&probabilities[b.index()]));
        if let Some(top) = top {
            self.top_label.add(probabilities[top.index()], top == gold);
        }
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (bins, others) in self.by_label.iter_mut().zip(&other.by_label) {
            bins.merge(others);
        }
        self.top_label.merge(&other.top_label);
    }

    /// The errors; 0 if no block was counted.
    pub fn errors(&self) -> CalibrationErrors {
        let by_label = self.by_label.each_ref().map(Bins::error);
        let mean_over_labels = by_label.iter().sum::<f64>() / Label::COUNT as f64;
        CalibrationErrors { mean_over_labels, by_label, top_label: self.top_label.error() }
    }

    /// Each label's bins, in the order of [`Label::ALL`].
    pub fn reliability(&self) -> Vec<Reliability> {
        Label::ALL.into_iter().map(|label| Reliability { label, bins: self.by_label[label.index()].met() }).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Bins([Bin; CALIBRATION_BINS]);

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Bin {
    blocks: usize,
    /// How many of them carry the label.
    came_true: usize,
    /// The sum of their probabilities.
    probability: f64,
}

impl Bins {
    fn add(&mut self, probability: f32, came_true: bool) {
        let bin = &mut self.0[bin_of(probability)];
        bin.blocks += 1;
        bin.came_true += usize::from(came_true);
        bin.probability += f64::from(probability);
    }

    fn merge(&mut self, other: &Self) {
        for (bin, other) in self.0.iter_mut().zip(&other.0) {
            bin.blocks += other.blocks;
            bin.came_true += other.came_true;
            bin.probability += other.probability;
        }
    }

    fn met(&self) -> Vec<ReliabilityBin> {
        let of = |bin: &Bin| {
            let blocks = bin.blocks as f64;
            ReliabilityBin { blocks: bin.blocks, probability: bin.probability / blocks, came_true: bin.came_true as f64 / blocks }
        };
        self.0.iter().filter(|bin| bin.blocks > 0).map(of).collect()
    }

    /// The sum over bins of `blocks / all * |share that came true - mean probability|`.
    fn error(&self) -> f64 {
        let all: usize = self.0.iter().map(|bin| bin.blocks).sum();
        let distances: f64 = self.0.iter().map(|bin| (bin.came_true as f64 - bin.probability).abs()).sum();
        distances / all.max(1) as f64
    }
}

/// The bin of a probability. Bins are open below and closed above, as in Guo et al.; 0 is in the first.
fn bin_of(probability: f32) -> usize {
    let upper = |bin: usize| (bin + 1) as f32 / CALIBRATION_BINS as f32;
    (0..CALIBRATION_BINS - 1).find(|bin| probability <= upper(*bin)).unwrap_or(CALIBRATION_BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-7
    }

    #[test]
    fn bins_are_closed_above() {
        assert_eq!([0.0, 0.01, 1.0 / 15.0, 0.07, 0.5, 0.95, 1.0].map(bin_of), [0, 0, 0, 1, 7, 14, 14]);
    }

    #[test]
    fn a_hand_worked_table_comes_out() {
        let mut calibration = Calibration::default();
        // Four blocks say content 0.9, navigation 0.1: three are content, one navigation.
        for gold in [Label::Content, Label::Content, Label::Content, Label::Navigation] {
            calibration.add(gold, &[0.9, 0.0, 0.1, 0.0]);
        }
        // One block says caption 0.5, prompt 0.5 and is a prompt. The first of equals is the predicted one: caption, wrong.
        calibration.add(Label::SubscriptionPrompt, &[0.0, 0.5, 0.0, 0.5]);
        let errors = calibration.errors();
        // content: bin of 0.9: |3 - 3.6| = 0.6; bin of 0: 0. Over 5 blocks: 0.12.
        assert!(close(errors.by_label[0], 0.12), "{errors:?}");
        // caption: bin of 0.5: |0 - 0.5|; over 5: 0.1.
        assert!(close(errors.by_label[1], 0.1), "{errors:?}");
        // navigation: bin of 0.1: |1 - 0.4| = 0.6; over 5: 0.12. prompt: |1 - 0.5| / 5 = 0.1.
        assert!(close(errors.by_label[2], 0.12) && close(errors.by_label[3], 0.1), "{errors:?}");
        assert!(close(errors.mean_over_labels, 0.11), "{errors:?}");
        // The bin of content's 0.9: three of four came true.
        let content = &calibration.reliability()[0];
        assert_eq!((content.label, content.bins.len(), content.bins[1].blocks), (Label::Content, 2, 4));
        assert!(close(content.bins[1].came_true, 0.75) && close(content.bins[1].probability, 0.9), "{content:?}");
        // top label: (0.6 + 0.5) / 5.
        assert!(close(errors.top_label, 0.22), "{errors:?}");
    }

    #[test]
    fn probabilities_that_mean_what_they_say_have_no_error() {
        let mut calibration = Calibration::default();
        for gold in [Label::Content, Label::Caption] {
            calibration.add(gold, &[0.5, 0.5, 0.0, 0.0]);
        }
        let errors = calibration.errors();
        assert!(close(errors.mean_over_labels, 0.0) && close(errors.top_label, 0.0), "{errors:?}");
        assert_eq!(Calibration::default().errors(), CalibrationErrors::default());
    }

    #[test]
    fn halves_merge_to_the_whole() {
        let blocks = [(Label::Content, [0.75, 0.125, 0.125, 0.0]), (Label::Navigation, [0.25, 0.0, 0.5, 0.25])];
        let (mut whole, mut first, mut second) = (Calibration::default(), Calibration::default(), Calibration::default());
        for (gold, probabilities) in &blocks {
            whole.add(*gold, probabilities);
        }
        first.add(blocks[0].0, &blocks[0].1);
        second.add(blocks[1].0, &blocks[1].1);
        first.merge(&second);
        assert_eq!(first, whole);
    }
}
