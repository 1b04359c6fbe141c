//! Evaluating a model, or a recipe by cross-validation, on a corpus.
//!
//! Takes a corpus and what labels its pages, gives a [`Report`]. The text that is scored is what `extract` writes by default.

use rayon::prelude::*;

use super::{Evaluation, PageOutcome, Report};
use crate::classify::{Decision, LabelledPage};
use crate::corpus::{Corpus, CorpusEntry, CorpusPage};
use crate::error::Result;
use crate::export::{ExportOptions, PageFormat};
use crate::label::Label;
use crate::model::Model;
use crate::recipe::Recipe;
use crate::train::{Input, PagePrediction, cross_validate};

/// Scores a model on all pages of a corpus. Honest only for a corpus of sites the model was not trained on.
///
/// # Errors
/// If a page cannot be read or has an unknown label.
pub fn evaluate_model(corpus: &Corpus, model: &Model, decision: &Decision, progress: &(dyn Fn(&str) + Sync)) -> Result<Report> {
    progress(&format!("labelling {} pages", corpus.entries().len()));
    let scored = corpus.entries().par_iter().map(|entry| {
        let loaded = corpus.load(entry)?;
        let labelled = model.classify(loaded.page.clone(), decision);
        Ok(score(entry, &loaded, &labelled))
    });
    join(scored)
}

/// Scores a recipe by cross-validation: every page is labelled by a model trained on the other folds.
///
/// # Errors
/// As [`crate::train::train`].
pub fn evaluate_recipe(
    corpus: &Corpus,
    recipe: &Recipe,
    input: Input,
    decision: &Decision,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Report> {
    let predictions = cross_validate(corpus, recipe, input, progress)?;
    progress("scoring");
    let scored = predictions.into_par_iter().map(|PagePrediction { entry, labels, probabilities }| {
        let entry = &corpus.entries()[entry];
        let loaded = corpus.load(entry)?;
        let labels: Vec<Label> = labels.iter().zip(&probabilities).map(|(label, said)| decision.decide(*label, said)).collect();
        let labelled = LabelledPage::new(loaded.page.clone(), loaded.blocks.clone(), labels, probabilities);
        Ok(score(entry, &loaded, &labelled))
    });
    join(scored)
}

fn join(scored: impl ParallelIterator<Item = Result<Evaluation>>) -> Result<Report> {
    let all = scored.try_reduce(Evaluation::new, |mut all, one| {
        all.merge(one);
        Ok(all)
    })?;
    Ok(all.report())
}

fn score(entry: &CorpusEntry, loaded: &CorpusPage, labelled: &LabelledPage) -> Evaluation {
    let export = PageFormat::Text.exporter(ExportOptions::default());
    let text = loaded.gold.as_ref().map(|_| export.page("", labelled));
    let hand_labels: Vec<Option<Label>> = loaded.hand_labels().collect();
    let probabilities: Vec<_> = labelled.iter().map(|block| block.probabilities).collect();
    let mut evaluation = Evaluation::new();
    evaluation.add(&PageOutcome {
        entry,
        hand_labels: &hand_labels,
        labels: labelled.labels(),
        probabilities: &probabilities,
        text: text.as_deref(),
        gold: loaded.gold.as_ref(),
    });
    evaluation
}
