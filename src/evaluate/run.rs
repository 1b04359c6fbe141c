//! Evaluating a model, or the predictions of a cross-validation, on a corpus.
//!
//! Takes a corpus and what labels its pages, gives a [`Report`]. The text that is scored is what `extract` writes by default.

use rayon::prelude::*;

use super::{Evaluation, PageOutcome, Report};
use crate::classify::{Decision, LabelledPage, Presets};
use crate::corpus::{Corpus, CorpusEntry, CorpusPage};
use crate::dom::Tag;
use crate::error::Result;
use crate::export::{ExportOptions, PageFormat};
use crate::label::Label;
use crate::model::Model;
use crate::page::Page;
use crate::train::PagePrediction;

/// Scores a model on all pages of a corpus. Honest only for a corpus of sites the model was not trained on.
///
/// # Errors
/// If a page cannot be read or has an unknown label.
pub fn evaluate_model(corpus: &Corpus, model: &Model, decision: &Decision, progress: &(dyn Fn(&str) + Sync)) -> Result<Report> {
    progress(&format!("labelling {} pages", corpus.entries().len()));
    let scored = corpus.entries().par_iter().map(|entry| {
        let loaded = corpus.load(entry)?;
        let labelled = model.classify(loaded.page.clone(), decision);
        Ok(score(entry, &loaded, &labelled, model.presets(false)))
    });
    join(scored)
}

/// Scores what [`cross_validate`](crate::train::cross_validate) has predicted of a corpus.
///
/// # Errors
/// If a page cannot be read or has an unknown label.
pub fn evaluate_predictions(corpus: &Corpus, predictions: Vec<PagePrediction>, decision: &Decision) -> Result<Report> {
    let scored = predictions.into_par_iter().map(|PagePrediction { entry, labels, probabilities, presets, .. }| {
        let entry = &corpus.entries()[entry];
        let loaded = corpus.load(entry)?;
        let decision = decision.resolved(presets);
        let labels: Vec<Label> = labels.iter().zip(&probabilities).map(|(label, said)| decision.decide(*label, said)).collect();
        let labelled = LabelledPage::new(loaded.page.clone(), loaded.blocks.clone(), labels, probabilities);
        Ok(score(entry, &loaded, &labelled, presets))
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

pub(super) fn score(entry: &CorpusEntry, loaded: &CorpusPage, labelled: &LabelledPage, presets: Option<Presets>) -> Evaluation {
    let gold = loaded.gold.as_ref();
    let text = |options: ExportOptions| gold.map(|_| PageFormat::Text.exporter(options).page("", labelled));
    let extracted = text(ExportOptions::default());
    let by_headline = text(ExportOptions::default().headline(true)).zip(text(ExportOptions::default().headline(false)));
    let hand_labels: Vec<Option<Label>> = loaded.hand_labels().collect();
    let probabilities: Vec<_> = labelled.iter().map(|block| block.probabilities).collect();
    let block_texts: Vec<&str> = labelled.iter().map(|block| block.text()).collect();
    let mut evaluation = Evaluation::new();
    evaluation.add(&PageOutcome {
        entry,
        hand_labels: &hand_labels,
        block_texts: &block_texts,
        language: language_of(&loaded.page).as_deref(),
        labels: labelled.labels(),
        probabilities: &probabilities,
        text: extracted.as_deref(),
        presets,
        by_headline: by_headline.as_ref().map(|(kept, left_out)| [kept.as_str(), left_out.as_str()]),
        gold,
    });
    evaluation
}

/// The language that the page says it is in, without region and script: `en` of `<html lang="en-GB">`.
fn language_of(page: &Page) -> Option<String> {
    let html = page.dom()?.document().children().find(|node| node.is(Tag::HTML))?;
    let named = html.attr("lang").or_else(|| html.attr("xml:lang"))?;
    let code = named.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    ((2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageOptions;

    #[test]
    fn a_language_is_a_code_without_its_region() {
        let of = |html: &str| language_of(&Page::from_html(html.to_owned(), &PageOptions::default()));
        assert_eq!(of("<html lang='EN-gb'>").as_deref(), Some("en"));
        assert_eq!(of("<html lang=zh_Hans_CN>").as_deref(), Some("zh"));
        assert_eq!(of("<html lang='{{lang}}'>"), None);
        assert_eq!(of("<p>x"), None);
    }
}
