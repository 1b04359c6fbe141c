//! Evaluation: how well predicted labels and extracted text agree with a corpus.
//!
//! Takes a [`PageOutcome`] a page, gives a [`Report`] over all pages and for each fold. Pages may be added in any order: the report is the
//! same. Knows nothing of models: who predicted, and on what the model was trained, is the caller's matter.

mod ablation;
mod ceiling;
mod render;
mod report;
mod run;
mod site;
mod tally;

pub use ablation::{AblationTable, ablate};
pub use ceiling::{CeilingReport, CeilingScores, evaluate_ceiling};
pub use report::{
    CurvePoint, FoldReport, Gates, GroupScores, HeadlineReport, HeadlineScores, LabelReport, LanguageScores, PresetReport, Report, Scope,
    SegmentReport, SegmentScores, SourceScores, TextReport, TypeScores,
};
pub use run::{evaluate_model, evaluate_predictions};
pub use site::{RecurringBlocks, SiteReport, evaluate_site_memory};

use std::collections::BTreeSet;

use crate::classify::{Favor, Presets};
use crate::corpus::{CorpusEntry, Gold, Kind};
use crate::label::{Label, Probabilities};
use crate::metrics::{
    CURVE_POINTS, Calibration, Confusion, KeptWords, LabelledCurve, SegmentCounts, TextScores, gold_curve, shingle_scores, word_scores,
};
use crate::words::words;

/// What was predicted for a page of a corpus, beside what the corpus says of it.
#[derive(Debug, Clone)]
pub struct PageOutcome<'a> {
    /// Which page.
    pub entry: &'a CorpusEntry,
    /// Each block's label by hand, `None` for a block without one.
    pub hand_labels: &'a [Option<Label>],
    /// Each block's text.
    pub block_texts: &'a [&'a str],
    /// The page's language as it says itself, such as `en`.
    pub language: Option<&'a str>,
    /// Each block's predicted label.
    pub labels: &'a [Label],
    /// Each block's probabilities.
    pub probabilities: &'a [Probabilities],
    /// The extracted text; `None` if none was made: then no text is scored.
    pub text: Option<&'a str>,
    /// The presets of the model that predicted.
    pub presets: Option<Presets>,
    /// The extracted text with the page's own headline, and without it.
    pub by_headline: Option<[&'a str; 2]>,
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
    language: Option<String>,
    confusion: Confusion,
    calibration: Calibration,
    extracted: ExtractedScores,
    with_headline: ExtractedScores,
    without_headline: ExtractedScores,
    labelled_curve: LabelledCurve,
    gold_curve: Option<Box<[TextScores; CURVE_POINTS]>>,
    presets: Option<[PresetScores; 2]>,
}

/// What a page's text comes to with a preset.
#[derive(Debug, Clone, Copy)]
struct PresetScores {
    threshold: f32,
    labelled: KeptWords,
    gold: Option<TextScores>,
}

/// What each preset stands for, in the order of reports.
const FAVORS: [Favor; 2] = [Favor::Precision, Favor::Recall];

impl PresetScores {
    fn of(outcome: &PageOutcome<'_>, threshold: f32) -> Self {
        let likely = outcome.probabilities.iter().map(|probabilities| probabilities[Label::Content.index()]);
        let blocks = outcome.block_texts.iter().zip(likely).zip(outcome.hand_labels);
        let (mut labelled, mut kept) = (KeptWords::default(), String::new());
        for ((text, probability), gold) in blocks {
            let keeps = probability >= threshold;
            if let Some(gold) = gold {
                let words_if = |counted: bool| if counted { words(text).len() } else { 0 };
                labelled.add(words_if(*gold == Label::Content), words_if(keeps));
            }
            if keeps {
                kept.push_str(text);
                kept.push('\n');
            }
        }
        let gold = outcome.gold.and_then(|gold| gold.main_content.as_deref()).map(|gold| word_scores(&kept, gold));
        Self { threshold, labelled, gold }
    }
}

/// The scores of one extracted text.
#[derive(Debug, Clone, Copy, Default)]
struct ExtractedScores {
    /// By words and by shingles.
    text: Option<(TextScores, TextScores)>,
    segments: Option<SegmentCounts>,
}

impl ExtractedScores {
    fn of(text: Option<&str>, gold: Option<&Gold>) -> Self {
        let Some((text, gold)) = text.zip(gold) else { return Self::default() };
        Self {
            text: gold.main_content.as_deref().map(|gold| (word_scores(text, gold), shingle_scores(text, gold))),
            segments: Some(SegmentCounts::of_page(text, &gold.must, &gold.must_not)).filter(|counts| counts.total() > 0),
        }
    }
}

impl PageScores {
    fn of(outcome: &PageOutcome<'_>) -> Self {
        debug_assert!(outcome.hand_labels.len() == outcome.labels.len() && outcome.labels.len() == outcome.probabilities.len());
        let (mut confusion, mut calibration) = (Confusion::default(), Calibration::default());
        let mut labelled_curve = LabelledCurve::default();
        let predicted = outcome.labels.iter().zip(outcome.probabilities).zip(outcome.block_texts);
        for (gold, ((label, probabilities), text)) in outcome.hand_labels.iter().zip(predicted) {
            if let Some(gold) = *gold {
                confusion.add(gold, *label);
                calibration.add(gold, probabilities);
                labelled_curve.add(gold == Label::Content, probabilities[Label::Content.index()], words(text).len());
            }
        }
        let entry = outcome.entry;
        let by_headline = |which: usize| ExtractedScores::of(outcome.by_headline.map(|texts| texts[which]), outcome.gold);
        Self {
            id: entry.id.clone(),
            fold: entry.fold,
            kind: entry.kind,
            source: entry.source.clone(),
            page_type: entry.page_type.clone(),
            country: entry.country.clone(),
            language: outcome.language.map(str::to_owned),
            confusion,
            calibration,
            extracted: ExtractedScores::of(outcome.text, outcome.gold),
            with_headline: by_headline(0),
            without_headline: by_headline(1),
            labelled_curve,
            gold_curve: outcome.gold.and_then(|gold| {
                let likely = outcome.probabilities.iter().map(|probabilities| probabilities[Label::Content.index()]);
                Some(Box::new(gold_curve(outcome.block_texts.iter().copied().zip(likely), gold.main_content.as_deref()?)))
            }),
            presets: outcome.presets.map(|presets| FAVORS.map(|favor| PresetScores::of(outcome, presets.threshold(favor)))),
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
            content_curve: tally::content_curve(&pages),
            presets: tally::presets(&pages),
            folds: folds.into_iter().map(|fold| FoldReport { fold, scores: tally::scope(&of_fold(fold)) }).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
