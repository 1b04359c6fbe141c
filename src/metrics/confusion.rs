//! Gold labels against predicted labels.
//!
//! Takes pairs of labels, gives counts and the scores that follow from them.

use serde::Serialize;

use super::{harmonic_mean, ratio};
use crate::label::Label;

/// How often each gold label (row) was predicted as each label (column), in the order of [`Label::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    counts: [[usize; Label::COUNT]; Label::COUNT],
}

/// The scores of one label against all others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LabelScores {
    /// The label.
    pub label: Label,
    /// The share of the blocks predicted so that are so, 0 to 1; 0 if none is predicted so.
    pub precision: f64,
    /// The share of the blocks that are so which are predicted so, 0 to 1; 0 if there are none.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// How many blocks carry the label in truth.
    pub support: usize,
}

impl Confusion {
    /// Counts a block.
    pub fn add(&mut self, gold: Label, predicted: Label) {
        self.counts[gold.index()][predicted.index()] += 1;
    }

    /// Adds the counts of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (row, others) in self.counts.iter_mut().zip(&other.counts) {
            for (count, other) in row.iter_mut().zip(others) {
                *count += other;
            }
        }
    }

    /// How many blocks of label `gold` were predicted as `predicted`.
    pub fn count(&self, gold: Label, predicted: Label) -> usize {
        self.counts[gold.index()][predicted.index()]
    }

    /// How many blocks were counted.
    pub fn total(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// The scores of each label in the order of [`Label::ALL`].
    pub fn scores(&self) -> [LabelScores; Label::COUNT] {
        Label::ALL.map(|label| {
            let right = self.count(label, label);
            let (precision, recall) = (ratio(right, self.predicted(label)), ratio(right, self.support(label)));
            LabelScores { label, precision, recall, f1: harmonic_mean(precision, recall), support: self.support(label) }
        })
    }

    /// The mean F1 over the labels, each counting alike however rare. A label that is neither in the gold labels nor predicted is left out:
    /// there is nothing to say of it. 0 if no block was counted.
    pub fn macro_f1(&self) -> f64 {
        let met = |scores: &&LabelScores| scores.support + self.predicted(scores.label) > 0;
        let scores = self.scores();
        let (sum, labels) = scores.iter().filter(met).fold((0.0, 0), |(sum, labels), scores| (sum + scores.f1, labels + 1));
        if labels == 0 { 0.0 } else { sum / f64::from(labels) }
    }

    /// The share of the blocks whose predicted label is the gold label.
    pub fn accuracy(&self) -> f64 {
        ratio(Label::ALL.into_iter().map(|label| self.count(label, label)).sum(), self.total())
    }

    fn support(&self, gold: Label) -> usize {
        self.counts[gold.index()].iter().sum()
    }

    fn predicted(&self, label: Label) -> usize {
        self.counts.iter().map(|row| row[label.index()]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows: content, caption, navigation, prompt.
    fn table(counts: [[usize; 4]; 4]) -> Confusion {
        let mut confusion = Confusion::default();
        for gold in Label::ALL {
            for predicted in Label::ALL {
                for _ in 0..counts[gold.index()][predicted.index()] {
                    confusion.add(gold, predicted);
                }
            }
        }
        confusion
    }

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-12
    }

    #[test]
    fn a_hand_worked_table_comes_out() {
        let confusion = table([[8, 0, 2, 0], [1, 1, 0, 0], [3, 0, 12, 1], [0, 0, 2, 2]]);
        let [content, caption, navigation, prompt] = confusion.scores();
        // content: 8 of 12 predicted, 8 of 10 gold. F1 = 16 / 22.
        assert!(close(content.precision, 8.0 / 12.0) && close(content.recall, 0.8) && close(content.f1, 16.0 / 22.0), "{content:?}");
        // caption: 1 of 1, 1 of 2. F1 = 2 / 3.
        assert!(close(caption.precision, 1.0) && close(caption.recall, 0.5) && close(caption.f1, 2.0 / 3.0), "{caption:?}");
        // navigation: 12 of 16, 12 of 16.
        assert!(close(navigation.precision, 0.75) && close(navigation.recall, 0.75), "{navigation:?}");
        // prompt: 2 of 3, 2 of 4. F1 = 4 / 7.
        assert!(close(prompt.precision, 2.0 / 3.0) && close(prompt.recall, 0.5) && close(prompt.f1, 4.0 / 7.0), "{prompt:?}");
        assert_eq!(confusion.scores().map(|scores| scores.support), [10, 2, 16, 4]);
        assert!(close(confusion.macro_f1(), (16.0 / 22.0 + 2.0 / 3.0 + 0.75 + 4.0 / 7.0) / 4.0));
        assert!(close(confusion.accuracy(), 23.0 / 32.0));
        assert_eq!(confusion.count(Label::Content, Label::Navigation), 2);
    }

    #[test]
    fn precision_goes_by_columns_and_recall_by_rows() {
        // Five captions, all taken for content; nothing else.
        let confusion = table([[0; 4], [5, 0, 0, 0], [0; 4], [0; 4]]);
        let [content, caption, ..] = confusion.scores();
        assert_eq!((content.support, caption.support), (0, 5));
        assert!(close(content.precision, 0.0) && close(caption.recall, 0.0));
    }

    #[test]
    fn a_label_that_never_occurs_is_left_out_of_the_mean() {
        assert!(close(table([[3, 0, 0, 0], [0; 4], [0, 0, 2, 0], [0; 4]]).macro_f1(), 1.0));
        // Predicted but never there: F1 0 counts. Content 1, prompt 0, navigation 2 * 1 * 0.5 / 1.5.
        assert!(close(table([[3, 0, 0, 0], [0; 4], [0, 0, 1, 1], [0; 4]]).macro_f1(), (1.0 + 2.0 / 3.0 + 0.0) / 3.0));
        assert!(close(Confusion::default().macro_f1(), 0.0) && close(Confusion::default().accuracy(), 0.0));
    }

    #[test]
    fn tables_add_up() {
        let mut sum = table([[1, 2, 0, 0], [0; 4], [0; 4], [0; 4]]);
        sum.merge(&table([[4, 0, 0, 0], [0; 4], [0; 4], [0, 0, 0, 7]]));
        assert_eq!(sum, table([[5, 2, 0, 0], [0; 4], [0; 4], [0, 0, 0, 7]]));
        assert_eq!(sum.total(), 14);
    }
}
