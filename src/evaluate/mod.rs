//! Evaluation: how well predicted labels and extracted text agree with a corpus.
//!
//! Takes a [`PageOutcome`] a page, gives a [`Report`] over all pages and for each fold. Pages may be added in any order: the report is the
//! same. Knows nothing of models: who predicted, and on what the model was trained, is the caller's matter.

mod render;
mod report;
mod run;
mod tally;

pub use report::{
    FoldReport, Gates, GroupScores, LabelReport, Report, Scope, SegmentReport, SegmentScores, SourceScores, TextReport, TypeScores,
};
pub use run::{evaluate_model, evaluate_recipe};

use std::collections::BTreeSet;

use crate::corpus::{CorpusEntry, Gold, Kind};
use crate::label::{Label, Probabilities};
use crate::metrics::{Calibration, Confusion, SegmentCounts, TextScores, shingle_scores, word_scores};

/// What was predicted for a page of a corpus, beside what the corpus says of it.
#[derive(Debug, Clone)]
pub struct PageOutcome<'a> {
    /// Which page.
    pub entry: &'a CorpusEntry,
    /// Each block's label by hand, `None` for a block without one.
    pub hand_labels: &'a [Option<Label>],
    /// Each block's predicted label.
    pub labels: &'a [Label],
    /// Each block's probabilities.
    pub probabilities: &'a [Probabilities],
    /// The extracted text; `None` if none was made: then no text is scored.
    pub text: Option<&'a str>,
    /// The page's gold text and segments.
    pub gold: Option<&'a Gold>,
}

/// The scores of one page: all that an evaluation keeps of it.
#[derive(Debug, Clone)]
struct PageScores {
    id: String,
    fold: u8,
    kind: Kind,
    source: Option<String>,
    page_type: Option<String>,
    country: Option<String>,
    confusion: Confusion,
    calibration: Calibration,
    text: Option<(TextScores, TextScores)>,
    segments: Option<SegmentCounts>,
}

impl PageScores {
    fn of(outcome: &PageOutcome<'_>) -> Self {
        debug_assert!(outcome.hand_labels.len() == outcome.labels.len() && outcome.labels.len() == outcome.probabilities.len());
        let (mut confusion, mut calibration) = (Confusion::default(), Calibration::default());
        let predicted = outcome.labels.iter().zip(outcome.probabilities);
        for (gold, (label, probabilities)) in outcome.hand_labels.iter().zip(predicted) {
            if let Some(gold) = *gold {
                confusion.add(gold, *label);
                calibration.add(gold, probabilities);
            }
        }
        let texts = outcome.text.zip(outcome.gold);
        let entry = outcome.entry;
        Self {
            id: entry.id.clone(),
            fold: entry.fold,
            kind: entry.kind,
            source: entry.source.clone(),
            page_type: entry.page_type.clone(),
            country: entry.country.clone(),
            confusion,
            calibration,
            text: texts.and_then(|(text, gold)| {
                let gold = gold.main_content.as_deref()?;
                Some((word_scores(text, gold), shingle_scores(text, gold)))
            }),
            segments: texts
                .map(|(text, gold)| SegmentCounts::of_page(text, &gold.must, &gold.must_not))
                .filter(|counts| counts.total() > 0),
        }
    }
}

/// Gathers the scores of pages.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    pages: Vec<PageScores>,
}

impl Evaluation {
    /// An evaluation without pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scores a page.
    pub fn add(&mut self, outcome: &PageOutcome<'_>) {
        self.pages.push(PageScores::of(outcome));
    }

    /// Takes over the pages of `other`, which another thread has scored.
    pub fn merge(&mut self, other: Self) {
        self.pages.extend(other.pages);
    }

    /// The scores over all pages and for each fold that has any.
    pub fn report(&self) -> Report {
        let mut pages: Vec<&PageScores> = self.pages.iter().collect();
        pages.sort_by(|a, b| a.id.cmp(&b.id));
        let folds: BTreeSet<u8> = pages.iter().map(|page| page.fold).collect();
        let of_fold = |fold: u8| -> Vec<&PageScores> { pages.iter().copied().filter(|page| page.fold == fold).collect() };
        Report {
            overall: tally::scope(&pages),
            folds: folds.into_iter().map(|fold| FoldReport { fold, scores: tally::scope(&of_fold(fold)) }).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
