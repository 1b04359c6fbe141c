//! How well text by the labels of a hand agrees with gold text: what no model that learns those labels can be expected to pass.
//!
//! Takes a corpus and predicted labels; gives, over the pages that are labelled in full and have gold text, the word scores of the text by labels of a
//! hand beside those of the text by the predicted labels. Gold texts are of other annotators than labels, with other rules.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use crate::classify::LabelledPage;
use crate::corpus::{Corpus, CorpusEntry};
use crate::error::Result;
use crate::export::{ExportOptions, PageFormat};
use crate::label::Label;
use crate::metrics::{TextScores, word_scores};
use crate::page_model::BlockLabels;

/// Means over the pages of a type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CeilingScores {
    /// The type; `all` for all pages.
    pub page_type: String,
    /// Pages that are labelled in full and have gold text.
    pub pages: usize,
    /// Word scores of what `extract` writes by the labels of a hand.
    pub by_hand: TextScores,
    /// The same by the predicted labels.
    pub by_labels: TextScores,
}

/// All pages, then each type by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CeilingReport {
    /// A row a type.
    pub rows: Vec<CeilingScores>,
}

/// A page's type, and its scores by hand and by labels.
type PageCeiling = (String, [TextScores; 2]);

/// Scores the text by labels of a hand, and by these labels.
///
/// # Errors
/// If a page cannot be read, has no predicted labels, or has other blocks than they are for.
pub fn evaluate_ceiling(corpus: &Corpus, labels: &BlockLabels) -> Result<CeilingReport> {
    let scored: Result<Vec<Option<PageCeiling>>> = corpus.entries().par_iter().map(|entry| page(corpus, entry, labels)).collect();
    let mut by_type: BTreeMap<String, Vec<[TextScores; 2]>> = BTreeMap::new();
    let mut all = Vec::new();
    for (page_type, scores) in scored?.into_iter().flatten() {
        by_type.entry(page_type).or_default().push(scores);
        all.push(scores);
    }
    let row = |page_type: String, scores: &[[TextScores; 2]]| {
        let [by_hand, by_labels] = [0, 1].map(|which| TextScores::mean(scores.iter().map(|scores| scores[which])));
        CeilingScores { page_type, pages: scores.len(), by_hand, by_labels }
    };
    let mut rows = vec![row("all".to_owned(), &all)];
    rows.extend(by_type.into_iter().map(|(page_type, scores)| row(page_type, &scores)));
    Ok(CeilingReport { rows })
}

/// A page's type and scores; `None` for one that is not labelled in full or has no gold text.
fn page(corpus: &Corpus, entry: &CorpusEntry, labels: &BlockLabels) -> Result<Option<PageCeiling>> {
    let loaded = corpus.load(entry)?;
    let Some(gold) = loaded.gold.as_ref().and_then(|gold| gold.main_content.as_deref()) else { return Ok(None) };
    let Some(by_hand) = loaded.hand_labels().collect::<Option<Vec<Label>>>() else { return Ok(None) };
    let scores = [&by_hand[..], labels.of(entry, by_hand.len())?].map(|labels| {
        let page = LabelledPage::with_labels(loaded.page.clone(), labels.iter().copied());
        word_scores(&PageFormat::Text.exporter(ExportOptions::default()).page("", &page), gold)
    });
    Ok(Some((entry.page_type.clone().unwrap_or_else(|| "unknown".to_owned()), scores)))
}

impl CeilingReport {
    /// Writes a table in Markdown: word scores by the labels of a hand and by the predicted ones.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_markdown(&self, mut out: impl Write) -> io::Result<()> {
        writeln!(out, "| page type | pages | word F1 by hand | precision | recall | word F1 by labels | precision | recall |")?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
        for CeilingScores { page_type, pages, by_hand, by_labels } in &self.rows {
            let scores = [by_hand, by_labels].map(|scores| format!("{:.3} | {:.3} | {:.3}", scores.f1, scores.precision, scores.recall));
            writeln!(out, "| {page_type} | {pages} | {} |", scores.join(" | "))?;
        }
        Ok(())
    }

    /// Writes the report as pretty-printed JSON.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")
    }
}
