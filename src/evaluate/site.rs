//! What texts that recur on a site are worth as evidence.
//!
//! Takes a corpus and a recipe; predicts every page by a model that saw no page of its site, counts what recurs on the sites that have several
//! pages in the corpus, and scores those pages without and with what [`crate::site`] makes of it. The weights that a page is scored with were fitted
//! on the pages of the other folds. Knows nothing of runs: the counts are those of a run over the whole corpus.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use super::run::score;
use super::{Evaluation, Report};
use crate::classify::{Decision, LabelledPage};
use crate::corpus::{Corpus, CorpusEntry, CorpusPage, FOLDS};
use crate::error::Result;
use crate::label::{Label, Probabilities};
use crate::recipe::Recipe;
use crate::site::{Recurrence, SITE_WEIGHTS, SiteCounts, SitePage};
use crate::train::{Input, PagePrediction, cross_validate};

/// Memory for the counts of a corpus: enough that no two texts share all their cells.
const COUNT_BYTES: usize = 64 << 20;

/// Steps of the fit: more change no digit that is kept.
const STEPS: usize = 2000;

/// A hundredth of a nat for each block: keeps a weight near 0 where there is next to nothing to learn it from.
const RIDGE: f64 = 1.0;

/// Pages of sites with several pages, without and with what recurs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteReport {
    /// Sites with several pages.
    pub sites: usize,
    /// The weights of [`crate::site::SITE_WEIGHTS`], fitted on all folds.
    pub weights: Probabilities,
    /// Labels by hand on texts that stand on several pages of their site, by how many: 2, 3 to 4, 5 and more.
    pub recurring: Vec<RecurringBlocks>,
    /// Scores without what recurs.
    pub without: Report,
    /// Scores with it, by weights fitted on the other folds.
    pub with: Report,
}

/// Blocks labelled by hand whose text stands on so many pages of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RecurringBlocks {
    /// The least number of pages.
    pub pages: u8,
    /// Blocks with each label, in the order of [`Label::ALL`].
    pub labels: [usize; Label::COUNT],
    /// Blocks whose label is right without what recurs and wrong with it.
    pub harmed: usize,
    /// Blocks whose label is wrong without it and right with it.
    pub mended: usize,
}

/// A page of a site with several pages.
struct SiteCase<'a> {
    entry: &'a CorpusEntry,
    loaded: CorpusPage,
    said: PagePrediction,
    recurrences: Vec<Recurrence>,
}

/// Scores what recurs on sites by cross-validation.
///
/// # Errors
/// As [`crate::train::train`].
pub fn evaluate_site_memory(corpus: &Corpus, recipe: &Recipe, decision: &Decision, progress: &(dyn Fn(&str) + Sync)) -> Result<SiteReport> {
    let predictions = cross_validate(corpus, recipe, Input::Html, progress)?;
    progress("counting what recurs");
    let (cases, sites) = cases(corpus, predictions)?;
    let weights: Vec<Probabilities> = (0..FOLDS).map(|fold| fit(cases.iter().filter(|case| case.entry.fold != fold))).collect();
    progress("scoring");
    let labelled = |case: &SiteCase<'_>, weights: Option<&Probabilities>| labelled(case, decision, weights);
    let of_fold = |case: &SiteCase<'_>| weights.get(usize::from(case.entry.fold));
    let report = |with: bool| {
        let one = |case: &SiteCase<'_>| {
            let page = labelled(case, of_fold(case).filter(|_| with));
            score(case.entry, &case.loaded, &page, case.said.presets)
        };
        let pages: Vec<Evaluation> = cases.par_iter().map(one).collect();
        let mut all = Evaluation::new();
        for page in pages {
            all.merge(page);
        }
        all.report()
    };
    let (without, with) = (report(false), report(true));
    let changes = cases.iter().map(|case| (case, [labelled(case, None), labelled(case, of_fold(case))]));
    Ok(SiteReport { sites, weights: fit(cases.iter()), recurring: recurring(changes), without, with })
}

/// The pages of sites that have several, and how many such sites there are.
fn cases(corpus: &Corpus, predictions: Vec<PagePrediction>) -> Result<(Vec<SiteCase<'_>>, usize)> {
    let mut pages_of: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in corpus.entries() {
        *pages_of.entry(&entry.site).or_default() += 1;
    }
    pages_of.retain(|_, pages| *pages > 1);
    let chosen = predictions.into_par_iter().filter(|said| pages_of.contains_key(corpus.entries()[said.entry].site.as_str()));
    let load = |said: PagePrediction| {
        let entry = &corpus.entries()[said.entry];
        Ok(SiteCase { entry, loaded: corpus.load(entry)?, said, recurrences: Vec::new() })
    };
    let mut cases = chosen.map(load).collect::<Result<Vec<_>>>()?;
    let on_sites: Vec<SitePage> = cases.iter().map(|case| SitePage::on_site(&case.entry.site, &case.loaded.blocks)).collect();
    let mut counts = SiteCounts::new(COUNT_BYTES);
    for page in &on_sites {
        counts.add(page);
    }
    for (case, page) in cases.iter_mut().zip(&on_sites) {
        case.recurrences = counts.recurrences(page);
    }
    Ok((cases, pages_of.len()))
}

fn labelled(case: &SiteCase<'_>, decision: &Decision, weights: Option<&Probabilities>) -> LabelledPage {
    let decision = decision.resolved(case.said.presets);
    let blocks = case.said.labels.iter().zip(&case.said.probabilities).zip(&case.recurrences);
    let (labels, probabilities) = blocks
        .map(|((label, said), recurrence)| match weights.and_then(|weights| recurrence.moved_by(said, weights)) {
            Some(moved) => (decision.decide(case.said.calibration.decide(&moved), &moved), moved),
            None => (decision.decide(*label, said), *said),
        })
        .unzip();
    LabelledPage::new(case.loaded.page.clone(), case.loaded.blocks.clone(), labels, probabilities)
}

fn recurring<'a>(pages: impl Iterator<Item = (&'a SiteCase<'a>, [LabelledPage; 2])>) -> Vec<RecurringBlocks> {
    let mut found = [2, 3, 5].map(|pages| RecurringBlocks { pages, labels: [0; Label::COUNT], harmed: 0, mended: 0 });
    for (case, [without, with]) in pages {
        let labels = without.labels().iter().zip(with.labels());
        for ((gold, recurrence), (before, after)) in case.loaded.hand_labels().zip(&case.recurrences).zip(labels) {
            let group = found.iter_mut().rev().find(|group| recurrence.pages >= group.pages);
            if let Some((gold, group)) = gold.zip(group) {
                group.labels[gold.index()] += 1;
                group.harmed += usize::from(*before == gold && *after != gold);
                group.mended += usize::from(*before != gold && *after == gold);
            }
        }
    }
    found.to_vec()
}

/// The weights under which labels by hand of recurring texts are likeliest, with a penalty on their squares; content's is 0. Found by gradient
/// ascent: the function is concave.
fn fit<'a>(cases: impl Iterator<Item = &'a SiteCase<'a>>) -> Probabilities {
    let rows: Vec<(Probabilities, Label, Recurrence)> = cases
        .flat_map(|case| {
            let said = case.said.probabilities.iter().zip(&case.recurrences);
            case.loaded.hand_labels().zip(said).filter_map(|(gold, (said, recurrence))| Some((*said, gold?, *recurrence)))
        })
        .filter(|(_, _, recurrence)| recurrence.strength() > 0.0)
        .collect();
    let curvature: f64 = rows.iter().map(|(_, _, recurrence)| f64::from(recurrence.strength()).powi(2)).sum::<f64>() / 2.0 + RIDGE;
    let mut weights = [0.0_f64; Label::COUNT];
    for _ in 0..STEPS {
        let mut gradient = weights.map(|weight| -RIDGE * weight);
        let narrow = weights.map(crate::model::boost::narrow);
        for (said, gold, recurrence) in &rows {
            let Some(moved) = recurrence.moved_by(said, &narrow) else { continue };
            for label in Label::ALL {
                let wanted = f64::from(u8::from(label == *gold));
                gradient[label.index()] += f64::from(recurrence.strength()) * (wanted - f64::from(moved[label.index()]));
            }
        }
        for label in Label::ALL.into_iter().filter(|label| *label != Label::Content) {
            weights[label.index()] += gradient[label.index()] / curvature;
        }
    }
    weights.map(crate::model::boost::narrow)
}

impl SiteReport {
    /// Writes the report as Markdown tables.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_text(&self, mut out: impl Write) -> io::Result<()> {
        let pages = self.without.overall.pages;
        writeln!(
            out,
            "{pages} pages of {} sites; weights fitted on all: {}; in use: {}\n",
            self.sites,
            list(&self.weights),
            list(&SITE_WEIGHTS)
        )?;
        writeln!(out, "| measure | without | with | difference |\n| --- | --- | --- | --- |")?;
        for ((name, without), (_, with)) in measures(&self.without).into_iter().zip(measures(&self.with)) {
            writeln!(out, "| {name} | {without:.4} | {with:.4} | {:+.4} |", with - without)?;
        }
        writeln!(out, "\n| text on pages of its site | content | caption | navigation | prompt | mended | harmed |")?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
        for group in &self.recurring {
            let [content, caption, navigation, prompt] = group.labels;
            let (pages, mended, harmed) = (group.pages, group.mended, group.harmed);
            writeln!(out, "| {pages} and more | {content} | {caption} | {navigation} | {prompt} | {mended} | {harmed} |")?;
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

fn list(weights: &Probabilities) -> String {
    weights.map(|weight| format!("{weight:.2}")).join(", ")
}

/// The measures of a report that are compared.
fn measures(report: &Report) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    for (pages, labels) in [("full", &report.overall.labels), ("partial", &report.overall.partial_labels)] {
        let Some(labels) = labels else { continue };
        found.push((format!("macro-F1, {pages} pages"), labels.macro_f1));
        let scores = Label::ALL.iter().zip(&labels.labels);
        found.extend(scores.map(|(label, scores)| (format!("{label} F1, {pages} pages"), scores.f1)));
    }
    found.extend(report.overall.text.as_ref().map(|text| ("word F1".to_owned(), text.words.f1)));
    found.extend(report.overall.segments.as_ref().map(|segments| ("segment F1".to_owned(), segments.all.f1)));
    found
}
