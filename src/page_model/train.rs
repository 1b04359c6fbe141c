//! Training and cross-validating the page model.
//!
//! Takes a [`Corpus`] with `access.csv` and kinds of pages, and a label for each block, gives a [`PageModel`] or the [`PageReport`] of models
//! that never saw the site they judge. The labels should be those of block models that have not seen the page ([`BlockLabels`]): on pages that a
//! block model was trained on it is better than on those it will meet.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use rayon::prelude::*;

use super::check::{PageCheck, facts_check, prompts_check, title_check};
use super::gold::{read_access, read_labels, write_labels};
use super::linear::{Linear, Scaling};
use super::readings::Readings;
use super::report::{Judged, PageReport};
use super::{PageModel, PageModelInfo, Parts};
use crate::access::features::{COLUMNS, TEASER_COLUMNS, WIDTH, row as access_row};
use crate::access::{Access, Completeness, EvidenceKind, Signals, Stance};
use crate::classify::LabelledPage;
use crate::corpus::{Corpus, CorpusEntry, FOLDS};
use crate::declared::Declared;
use crate::error::{Error, Result};
use crate::label::Label;
use crate::metadata::Metadata;
use crate::page_kind::{PageKind, features::row as kind_row};
use crate::recipe::Recipe;
use crate::train::{Input, PagePrediction, cross_validate};

/// Strengths of the ridges, chosen among 0.3, 1, 3 and 10 by cross-validation over sites.
const GATE_ALPHA: f64 = 1.0;
const GATED_AS_ALPHA: f64 = 1.0;
const TEASER_ALPHA: f64 = 0.1;
const KIND_ALPHA: f64 = 30.0;

/// From which probability a page is called gated or a teaser.
const GATE_FROM: f32 = 0.5;
const TEASER_FROM: f32 = 0.5;

/// Labels of a corpus' blocks by models that never saw the page's site.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockLabels {
    by_id: BTreeMap<String, Vec<Label>>,
}

impl BlockLabels {
    /// Predicts them by cross-validation: takes as long as `evaluate --cross-validate`.
    ///
    /// # Errors
    /// As [`cross_validate`].
    pub fn cross_validated(corpus: &Corpus, recipe: &Recipe, progress: &(dyn Fn(&str) + Sync)) -> Result<Self> {
        Ok(Self::of_predictions(corpus, &cross_validate(corpus, recipe, Input::Html, progress)?))
    }

    /// Takes them from what [`cross_validate`] has predicted of the corpus.
    pub fn of_predictions(corpus: &Corpus, predictions: &[PagePrediction]) -> Self {
        Self { by_id: predictions.iter().map(|page| (corpus.entries()[page.entry].id.clone(), page.labels.clone())).collect() }
    }

    /// Reads them from a file that [`Self::to_csv`] wrote.
    ///
    /// # Errors
    /// If the file cannot be read, or a line is not as expected.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self { by_id: read_labels(path)? })
    }

    /// Those of a page that has so many blocks.
    ///
    /// # Errors
    /// If there are none, or for another number of blocks.
    pub(crate) fn of(&self, entry: &CorpusEntry, blocks: usize) -> Result<&[Label]> {
        let problem = |problem: String| Error::Corpus { path: entry.path.clone(), problem };
        let known = self.by_id.get(&entry.id).ok_or_else(|| problem(format!("no labels for page {:?}: predict them anew", entry.id)))?;
        if known.len() != blocks {
            return Err(problem(format!("{} labels for {blocks} blocks: predict them anew with this version", known.len())));
        }
        Ok(known)
    }

    /// A line a page: its id, and a digit a block.
    pub fn to_csv(&self) -> String {
        write_labels(self.by_id.iter().map(|(id, labels)| (id.as_str(), labels.as_slice())))
    }
}

/// What the page model learns from: a row of numbers a page, and what is known of it.
#[derive(Debug, Clone)]
pub struct PageCorpus {
    pages: Vec<PageRow>,
}

/// A page of the corpus.
#[derive(Debug, Clone)]
struct PageRow {
    id: String,
    site: String,
    fold: usize,
    access: Option<(Access, Completeness)>,
    kind: Option<PageKind>,
    stance: Stance,
    check: PageCheck,
    access_row: [f32; WIDTH],
    kind_row: Vec<f32>,
}

impl PageCorpus {
    /// Reads every page of a corpus folder that has a verdict on access, a kind, or a reading.
    ///
    /// # Errors
    /// If a page cannot be read, a line of `access.csv` is not as expected, or the labels are of other blocks than the page has.
    pub fn read(folder: &Path, corpus: &Corpus, labels: &BlockLabels, readings: &Readings) -> Result<Self> {
        let verdicts = read_access(folder)?;
        let wanted = corpus.entries().par_iter().filter_map(|entry| {
            let access = verdicts.get(&entry.id).copied();
            let kind = entry.page_type.as_deref().and_then(PageKind::from_name);
            let is_read = readings.facts.contains_key(&entry.id) || readings.prompts.contains_key(&entry.id);
            (access.is_some() || kind.is_some() || is_read).then_some((entry, access, kind))
        });
        let pages: Result<Vec<PageRow>> = wanted
            .map(|(entry, access, kind)| {
                let (page, by_hand) = labelled(corpus, entry, labels)?;
                let declared = page.page().dom().map(Declared::of).unwrap_or_default();
                let signals = Signals::of(&page, &declared);
                Ok(PageRow {
                    id: entry.id.clone(),
                    site: entry.site.clone(),
                    fold: usize::from(entry.fold % FOLDS),
                    access,
                    kind,
                    stance: Stance::of(&signals),
                    check: check(&page, entry, readings, &by_hand),
                    access_row: access_row(&signals),
                    kind_row: kind_row(&page, &declared),
                })
            })
            .collect();
        Ok(Self { pages: pages? })
    }

    /// The rows as CSV, for notebooks: id, fold, access, completeness, kind, then a column a feature.
    pub fn to_csv(&self) -> String {
        let mut text = "id,fold,access,completeness,kind".to_owned();
        let kind_names = crate::page_kind::features::names();
        for name in COLUMNS.iter().map(|column| column.name).chain(kind_names.iter().map(String::as_str)) {
            text.push(',');
            text.push_str(name);
        }
        for page in &self.pages {
            let (access, completeness) = page.access.map_or(("", ""), |(access, completeness)| (access.as_str(), completeness.as_str()));
            let kind = page.kind.map_or("", PageKind::as_str);
            let _ = write!(text, "\n{},{},{access},{completeness},{kind}", page.id, page.fold);
            for value in page.access_row.iter().chain(&page.kind_row) {
                let _ = write!(text, ",{value:.4}");
            }
        }
        text.push('\n');
        text
    }
}

/// The page with predicted labels, and its labels by hand.
fn labelled(corpus: &Corpus, entry: &CorpusEntry, labels: &BlockLabels) -> Result<(LabelledPage, Vec<Option<Label>>)> {
    let loaded = corpus.load(entry)?;
    let known = labels.of(entry, loaded.blocks.len())?;
    let by_hand = loaded.hand_labels().collect();
    Ok((LabelledPage::with_labels(loaded.page, known.iter().copied()), by_hand))
}

fn check(page: &LabelledPage, entry: &CorpusEntry, readings: &Readings, by_hand: &[Option<Label>]) -> PageCheck {
    let facts = Metadata::of(page);
    let prompts = readings.prompts.get(&entry.id).map(|read| {
        // What a prompt is should not hang on whether the block model finds it.
        let labels = by_hand.iter().zip(page.labels()).map(|(by_hand, predicted)| by_hand.unwrap_or(*predicted));
        prompts_check(&LabelledPage::with_labels(page.page().clone(), labels), read)
    });
    PageCheck {
        source: entry.source.clone().unwrap_or_default(),
        title: title_check(page, &facts, readings.titles.get(&entry.id)),
        facts: readings.facts.get(&entry.id).map_or([None; 3], |read| facts_check(&facts, read)),
        prompts: prompts.unwrap_or_default(),
    }
}

/// Which columns of the access model stay: all, all but one kind's, or one kind's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    All,
    Without(EvidenceKind),
    Only(EvidenceKind),
}

impl Columns {
    fn keeps(self, kind: EvidenceKind) -> bool {
        match self {
            Self::All => true,
            Self::Without(out) => kind != out,
            Self::Only(only) => kind == only,
        }
    }

    fn of(self, row: &[f32; WIDTH]) -> [f32; WIDTH] {
        std::array::from_fn(|column| if self.keeps(COLUMNS[column].kind) { row[column] } else { 0.0 })
    }
}

/// Trains on a whole corpus.
///
/// # Errors
/// If there is nothing to learn from.
pub fn train_pages(corpus: &PageCorpus) -> Result<PageModel> {
    let pages: Vec<&PageRow> = corpus.pages.iter().collect();
    let parts = fit(&pages, Columns::All)?;
    let info = PageModelInfo {
        trained_by: env!("CARGO_PKG_VERSION").to_owned(),
        access_pages: pages.iter().filter(|page| page.access.is_some()).count(),
        kind_pages: pages.iter().filter(|page| page.kind.is_some()).count(),
    };
    Ok(PageModel { info, parts })
}

fn fit(pages: &[&PageRow], columns: Columns) -> Result<Parts> {
    Ok(Parts { kind: KindModel::fit(known_kinds(pages))?.0, ..fit_access(pages, columns)? })
}

fn known_kinds<'a>(pages: &'a [&PageRow]) -> impl Iterator<Item = (&'a [f32], PageKind)> {
    pages.iter().filter_map(|page| Some((page.kind_row.as_slice(), page.kind?)))
}

/// The part of the page model that tells kinds, by itself.
pub(crate) struct KindModel(Linear);

impl KindModel {
    /// Fits it to rows of [`kind_row`] whose kinds are known.
    ///
    /// # Errors
    /// If there is nothing to learn from.
    pub(crate) fn fit<'a>(known: impl Iterator<Item = (&'a [f32], PageKind)>) -> Result<Self> {
        let known: Vec<(&[f32], u8)> = known.map(|(row, kind)| (row, class(kind.index()))).collect();
        regression(&known, KIND_ALPHA, Scaling::Deviation, "pages with a page_type in pages.csv").map(Self)
    }

    /// The probability of each kind, in the order of [`PageKind::ALL`].
    pub(crate) fn probabilities(&self, row: &[f32]) -> [f32; 7] {
        self.0.probabilities(row)
    }
}

fn fit_access(pages: &[&PageRow], columns: Columns) -> Result<Parts> {
    let rows: Vec<([f32; WIDTH], Access, Completeness)> = pages
        .iter()
        .filter_map(|page| page.access.map(|(access, completeness)| (columns.of(&page.access_row), access, completeness)))
        .collect();
    let what = "pages in access.csv";
    let gate: Vec<(&[f32], u8)> = rows.iter().map(|(row, access, _)| (&row[..], u8::from(access.is_gated()))).collect();
    let gated: Vec<(&[f32], u8)> =
        rows.iter().filter(|(_, access, _)| access.is_gated()).map(|(row, access, _)| (&row[..], class(access.index()))).collect();
    // Columns that are always 0 get the weight 0.
    let few = |row: &[f32; WIDTH]| std::array::from_fn(|column| if TEASER_COLUMNS.contains(&column) { row[column] } else { 0.0 });
    let few: Vec<([f32; WIDTH], u8)> = rows.iter().map(|(row, _, it)| (few(row), u8::from(*it == Completeness::Teaser))).collect();
    let teaser: Vec<(&[f32], u8)> = few.iter().map(|(row, teaser)| (&row[..], *teaser)).collect();
    Ok(Parts {
        gate: regression(&gate, GATE_ALPHA, Scaling::Unit, what)?,
        gated_as: regression(&gated, GATED_AS_ALPHA, Scaling::Unit, "gated pages in access.csv")?,
        teaser: regression(&teaser, TEASER_ALPHA, Scaling::Unit, what)?,
        kind: Linear::default(),
        gate_from: GATE_FROM,
        teaser_from: TEASER_FROM,
    })
}

fn class(index: usize) -> u8 {
    u8::try_from(index).unwrap_or(u8::MAX)
}

fn regression(known: &[(&[f32], u8)], alpha: f64, scaling: Scaling, what: &str) -> Result<Linear> {
    let problem = |problem: String| Error::Corpus { path: "the corpus".into(), problem };
    if known.is_empty() {
        return Err(problem(format!("no {what}: nothing to learn from")));
    }
    let (rows, classes): (Vec<&[f32]>, Vec<u8>) = known.iter().copied().unzip();
    Linear::fit(&rows, &classes, alpha, scaling).ok_or_else(|| problem(format!("{what}: the regression found no solution")))
}

/// Judges every page by a model trained on the folds of other sites, and scores that.
///
/// # Errors
/// As [`train_pages`].
pub fn cross_validate_pages(corpus: &PageCorpus) -> Result<PageReport> {
    let all = judge_all(corpus, Columns::All, true)?;
    let mut ablation = Vec::new();
    for kind in EvidenceKind::ALL.iter().copied().filter(|kind| *kind != EvidenceKind::Disagreement) {
        ablation.push((format!("without {kind}"), judge_all(corpus, Columns::Without(kind), false)?));
        ablation.push((format!("{kind} alone"), judge_all(corpus, Columns::Only(kind), false)?));
    }
    Ok(PageReport::new(&all, ablation))
}

/// Each page judged by a model trained on the folds of other sites. The kind's regression is fitted if `with_kind` says so.
fn judge_all(corpus: &PageCorpus, columns: Columns, with_kind: bool) -> Result<Vec<Judged>> {
    let folds: Result<Vec<Vec<Judged>>> = (0..usize::from(FOLDS))
        .into_par_iter()
        .map(|fold| {
            let (tested, learnt): (Vec<&PageRow>, Vec<&PageRow>) = corpus.pages.iter().partition(|page| page.fold == fold);
            if tested.is_empty() {
                return Ok(Vec::new());
            }
            let mut parts = fit_access(&learnt, columns)?;
            if with_kind {
                parts.kind = KindModel::fit(known_kinds(&learnt))?.0;
            }
            Ok(tested.into_iter().map(|page| judge(&parts, page, columns)).collect())
        })
        .collect();
    let mut judged: Vec<Judged> = folds?.into_iter().flatten().collect();
    judged.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(judged)
}

fn judge(parts: &Parts, page: &PageRow, columns: Columns) -> Judged {
    let kind = parts.kind(&page.kind_row);
    let said = parts.access(&columns.of(&page.access_row), page.stance.words, &kind);
    let disagreements = page.stance.disagreements(said.access, said.completeness);
    Judged {
        id: page.id.clone(),
        site: page.site.clone(),
        gold: page.access,
        gold_kind: page.kind,
        flag: page.stance.flag,
        markup: page.stance.free,
        check: page.check.clone(),
        disagreements: disagreements.into_iter().map(|evidence| format!("{}: {}", evidence.name, evidence.value)).collect(),
        said,
        kind,
    }
}
