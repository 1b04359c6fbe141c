//! Training: from a corpus to a model.
//!
//! Takes a [`Corpus`] and a [`Recipe`], gives a [`Model`], or the predictions of models that never saw the site they predict
//! ([`cross_validate`]). Every stage learns from what the stage before says of pages it was not trained on: evidence and the block stage are
//! out of fold wherever a later stage learns from them.

use ndarray::{Array2, Axis, Slice};
use rayon::prelude::*;

use crate::block::Blocks;
use crate::classify::Presets;
use crate::corpus::{Corpus, CorpusEntry, CorpusPage, Target, TargetOrigin};
use crate::error::{Error, Result};
use crate::feature::evidence::{EvidenceCounts, EvidenceTable};
use crate::feature::token::TokenLists;
use crate::feature::{PageFeatures, block_schema, context_schema, evidence_start, fill_evidence, join};
use crate::label::{Label, Probabilities};
use crate::model::boost::{BinnedMatrix, PredictScratch, TrainingRows};
use crate::model::calibration::{Calibration, Scored};
use crate::model::learnt::{Compiled, Learnt};
use crate::model::linear::{LinearModel, LinearRows};
use crate::model::stages::{Stages, blend, probabilities, scores};
use crate::model::{Model, ModelInfo};
use crate::page::Page;
use crate::recipe::{Algorithm, KindTold, Recipe, StageRecipe};
use crate::rng::SplitMix64;

mod boxes;
mod extracted;
mod kinds;
mod phrases;

use phrases::Phrases;

/// Folds of a corpus.
const FOLDS: usize = crate::corpus::FOLDS as usize;

/// Where evidence counts what is of no site and so in no fold.
const OF_NO_SITE: usize = FOLDS;

/// What a page is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The HTML, with its tree.
    Html,
    /// The text alone: the blocks' text, a line each.
    Text,
}

/// What was predicted for a page by a model that saw no page of its site.
#[derive(Debug, Clone)]
pub struct PagePrediction {
    /// The page's place in [`Corpus::entries`].
    pub entry: usize,
    /// A label for each block.
    pub labels: Vec<Label>,
    /// Probabilities for each block.
    pub probabilities: Vec<Probabilities>,
    /// The presets of the model that predicted.
    pub presets: Option<Presets>,
    /// What makes labels of probabilities in that model.
    pub(crate) calibration: Calibration,
}

/// A page read and made ready for training.
struct TrainingPage {
    entry: usize,
    fold: usize,
    /// Whether every block is labelled, so that labels can be calibrated on it.
    full: bool,
    /// A second copy of a page: trees learn from it, nothing is counted or predicted by it.
    copy: bool,
    page: Page,
    blocks: Blocks,
    targets: Vec<Option<Target>>,
    lists: TokenLists,
    /// Block stage's columns; the evidence columns are rewritten for each set of folds.
    rows: Array2<f32>,
    /// What the block stage says, out of fold where the context stage learns from it.
    said: Vec<Probabilities>,
    /// Raw scores of the context stage, out of fold for calibration.
    scored: Vec<[f32; Label::COUNT]>,
    /// What the context stage is told of the page beside its features.
    told: Vec<f32>,
}

/// Which folds are trained on.
type Folds = [bool; FOLDS];

/// Trains a model on a whole corpus. `progress` gets a line for each step.
///
/// # Errors
/// If a page cannot be read, a label is unknown, the recipe is out of range, or the corpus has too little to learn from.
pub fn train(corpus: &Corpus, recipe: &Recipe, progress: &(dyn Fn(&str) + Sync)) -> Result<Model> {
    recipe.check()?;
    let mut pages = read(corpus, recipe, Input::Html, progress)?;
    let info = info(&pages, recipe);
    let html = fit_stages(corpus, &mut pages, recipe, [true; FOLDS], progress)?;
    drop(pages);
    let mut pages = read(corpus, recipe, Input::Text, progress)?;
    let text = fit_stages(corpus, &mut pages, &recipe.for_text(), [true; FOLDS], progress)?;
    Ok(Model::new(info, html, text))
}

/// Predicts every page of a corpus by a model trained on the other folds.
///
/// # Errors
/// As [`train`].
pub fn cross_validate(corpus: &Corpus, recipe: &Recipe, input: Input, progress: &(dyn Fn(&str) + Sync)) -> Result<Vec<PagePrediction>> {
    let (mut found, folds) = (Vec::new(), (0..crate::corpus::FOLDS).collect::<Vec<u8>>());
    let on = HeldOut { corpus, input, folds: &folds };
    cross_validate_each(on, std::slice::from_ref(recipe), progress, &mut |_, predictions| {
        found = predictions;
        Ok(())
    })?;
    Ok(found)
}

/// What is predicted in a cross-validation: the pages of some folds of a corpus, each fold by what the others teach.
#[derive(Clone, Copy)]
pub(crate) struct HeldOut<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) input: Input,
    pub(crate) folds: &'a [u8],
}

/// As [`cross_validate`] for several recipes, reading the pages once, and for the pages of some folds alone. `each` gets a recipe's number and
/// its predictions. The first recipe says how plain text is made of pages.
pub(crate) fn cross_validate_each(
    on: HeldOut<'_>,
    recipes: &[Recipe],
    progress: &(dyn Fn(&str) + Sync),
    each: &mut dyn FnMut(usize, Vec<PagePrediction>) -> Result<()>,
) -> Result<()> {
    recipes.iter().try_for_each(Recipe::check)?;
    let Some(first) = recipes.first() else { return Ok(()) };
    let mut pages = read(on.corpus, first, on.input, progress)?;
    for (number, recipe) in recipes.iter().enumerate() {
        let recipe = if on.input == Input::Text { recipe.for_text() } else { recipe.clone() };
        let mut predictions = Vec::new();
        for fold in on.folds.iter().map(|fold| usize::from(*fold)) {
            if pages.iter().any(|page| page.fold == fold) {
                progress(&format!("fold {fold}: training on the others"));
                predictions.extend(predict_fold(on.corpus, &mut pages, &recipe, fold, progress)?);
            }
        }
        predictions.sort_by_key(|prediction| prediction.entry);
        each(number, predictions)?;
    }
    Ok(())
}

/// Predicts the pages of a fold by stages trained on the others.
fn predict_fold(
    corpus: &Corpus,
    pages: &mut [TrainingPage],
    recipe: &Recipe,
    fold: usize,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<PagePrediction>> {
    let used = std::array::from_fn(|other| other != fold);
    let stages = fit_stages(corpus, pages, recipe, used, progress)?;
    let tested: Vec<_> = pages.par_iter().filter(|page| page.fold == fold && !page.copy).collect();
    let predict = |page: &TrainingPage| {
        let features = || PageFeatures::new(&page.page, &page.blocks);
        let said = if page.blocks.is_empty() { Vec::new() } else { stages.predict_told(&features(), &page.told) };
        let (labels, probabilities) = said.into_iter().unzip();
        PagePrediction { entry: page.entry, labels, probabilities, presets: stages.calibration.presets, calibration: stages.calibration }
    };
    Ok(tested.into_par_iter().map(predict).collect())
}

fn info(pages: &[TrainingPage], recipe: &Recipe) -> ModelInfo {
    let mut info = ModelInfo {
        trained_by: env!("CARGO_PKG_VERSION").to_owned(),
        recipe: recipe.clone(),
        pages: pages.iter().filter(|page| !page.copy).count(),
        hand_labels: [0; 4],
        weak_labels: 0,
    };
    for target in pages.iter().filter(|page| !page.copy).flat_map(|page| page.targets.iter().flatten()) {
        match target.hand_label() {
            Some(label) => info.hand_labels[label.index()] += 1,
            None => info.weak_labels += 1,
        }
    }
    info
}

fn read(corpus: &Corpus, recipe: &Recipe, input: Input, progress: &(dyn Fn(&str) + Sync)) -> Result<Vec<TrainingPage>> {
    progress(&format!("reading {} pages", corpus.entries().len()));
    let pages: Result<Vec<TrainingPage>> = corpus
        .entries()
        .par_iter()
        .enumerate()
        .map(|(index, entry)| {
            let loaded = corpus.load(entry)?;
            let loaded = match input {
                Input::Html => loaded,
                Input::Text => extracted::whole(loaded),
            };
            Ok(prepare(index, entry, loaded))
        })
        .collect();
    let mut pages = pages?;
    pages.extend(read_copies(corpus, recipe, input)?);
    let labelled = pages.iter().flat_map(|page| &page.targets).flatten().count();
    progress(&format!("{} blocks, {labelled} of them labelled", pages.iter().map(|page| page.targets.len()).sum::<usize>()));
    Ok(pages)
}

/// Second copies of pages: as text the worse for its extraction, as HTML with a box of prompts in it.
fn read_copies(corpus: &Corpus, recipe: &Recipe, input: Input) -> Result<Vec<TrainingPage>> {
    let (random, phrases) = (SplitMix64::new(recipe.seed), Phrases::read()?);
    let one = |(index, entry): (usize, &CorpusEntry)| {
        let mut random = random.stream(index as u64);
        let copy = match input {
            Input::Text if recipe.text.worn => Some(extracted::worn(&corpus.load(entry)?, &recipe.text, &phrases, random)),
            Input::Html if random.next_fraction() < recipe.phrases.boxes => {
                boxes::with_box(&corpus.load(entry)?, &entry.path, &phrases, &mut random)?
            }
            Input::Text | Input::Html => None,
        };
        Ok(copy.map(|copy| TrainingPage { copy: true, full: false, ..prepare(index, entry, copy) }))
    };
    let copies: Result<Vec<_>> = corpus.entries().par_iter().enumerate().map(one).collect();
    Ok(copies?.into_iter().flatten().collect())
}

fn prepare(index: usize, entry: &CorpusEntry, loaded: CorpusPage) -> TrainingPage {
    let CorpusPage { page, blocks, targets, .. } = loaded;
    let features = PageFeatures::new(&page, &blocks);
    let lists = features.tokens();
    let mut rows = Array2::zeros((blocks.len(), block_schema().len()));
    features.fill_dense(0, rows.view_mut());
    TrainingPage {
        entry: index,
        fold: usize::from(entry.fold) % FOLDS,
        copy: false,
        full: entry.kind == crate::corpus::Kind::Full,
        page,
        targets,
        lists,
        rows,
        said: vec![[0.0; Label::COUNT]; blocks.len()],
        scored: vec![[0.0; Label::COUNT]; blocks.len()],
        told: Vec::new(),
        blocks,
    }
}

/// Fits evidence, block stage, context stage and calibration on the folds that `used` names.
fn fit_stages(
    corpus: &Corpus,
    pages: &mut [TrainingPage],
    recipe: &Recipe,
    used: Folds,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Stages> {
    let table = fill_all_evidence(pages, recipe, used)?;
    progress(&format!("{} tokens of evidence", table.len()));
    let rows = |page: &TrainingPage| page.rows.clone();
    for fold in (0..FOLDS).filter(|fold| used[*fold]) {
        let inner = std::array::from_fn(|other| used[other] && other != fold);
        if pages.iter().any(|page| page.fold == fold) {
            let trees = fit(pages, &recipe.block, recipe, inner, &rows)?.compile();
            say(pages, &trees, |page| page.fold == fold);
        }
    }
    progress("block stage, on all");
    let block = fit(pages, &recipe.block, recipe, used, &rows)?;
    if recipe.kind_told == KindTold::Guessed {
        let trees = block.compile();
        say(pages, &trees, |page| !used[page.fold]);
    }
    kinds::tell(corpus, pages, recipe.kind_told, used)?;
    progress("context stage");
    let joined = |page: &TrainingPage| {
        let features = PageFeatures::new(&page.page, &page.blocks);
        let around = features.context(&page.said);
        join(page.rows.view(), features.context_rows(&page.said, &around, 0..page.said.len(), &page.told).view())
    };
    let calibration = calibrate(pages, recipe, used, &joined)?;
    let context = fit(pages, &recipe.context, recipe, used, &joined)?;
    Ok(Stages::new(table, block, context, recipe.blend.pages, calibration))
}

/// Out-of-fold scores of the context stage by two halves of the folds, and the calibration they give.
fn calibrate(pages: &mut [TrainingPage], recipe: &Recipe, used: Folds, rows: &RowsOf<'_>) -> Result<Calibration> {
    let order: Vec<usize> = (0..FOLDS).filter(|fold| used[*fold] && pages.iter().any(|page| page.fold == *fold)).collect();
    if order.len() < 2 {
        return Ok(Calibration::default());
    }
    for half in 0..2 {
        let learn: Folds = std::array::from_fn(|fold| order.iter().position(|used| *used == fold).is_some_and(|place| place % 2 != half));
        let trees = fit(pages, &recipe.context, recipe, learn, rows)?.compile();
        pages.par_iter_mut().filter(|page| page.full && used[page.fold] && !learn[page.fold]).for_each(|page| {
            page.scored = scores(&trees, rows(page).view(), &mut PredictScratch::default());
            blend(&mut page.scored, &page.said, recipe.blend.pages);
        });
    }
    let mut scored = Vec::new();
    for page in pages.iter().filter(|page| page.full && used[page.fold]) {
        for ((target, scores), block) in page.targets.iter().zip(&page.scored).zip(page.blocks.iter()) {
            if let Some(label) = target.as_ref().and_then(Target::hand_label) {
                scored.push(Scored { scores: *scores, label, characters: page.blocks.text(block).chars().count() });
            }
        }
    }
    Ok(Calibration::fit(&scored))
}

/// Writes evidence columns: for a page of a used fold from the other used folds, for the others from all used folds. Gives the latter's table.
fn fill_all_evidence(pages: &mut [TrainingPage], recipe: &Recipe, used: Folds) -> Result<EvidenceTable> {
    let mut counts = EvidenceCounts::new(FOLDS + 1);
    for page in pages.iter().filter(|page| used[page.fold] && !page.copy) {
        let labels: Vec<Option<(Label, f32)>> = page.targets.iter().map(|target| target.map(evidence_label)).collect();
        counts.add_page(page.fold, &page.lists, &labels);
    }
    if recipe.phrases.evidence > 0.0 {
        Phrases::read()?.count(&mut counts, OF_NO_SITE, recipe.phrases.evidence);
    }
    let params = recipe.evidence.params();
    let start = evidence_start();
    let all = counts.table(params, |fold| fold == OF_NO_SITE || used[fold]);
    for fold in 0..FOLDS {
        let without = used[fold].then(|| counts.table(params, |other| other == OF_NO_SITE || (used[other] && other != fold)));
        let table = without.as_ref().unwrap_or(&all);
        pages.par_iter_mut().filter(|page| page.fold == fold).for_each(|page| {
            fill_evidence(&mut table.of_page(&page.lists), 0, page.rows.slice_axis_mut(Axis(1), Slice::from(start..)));
        });
    }
    Ok(all)
}

/// What a target counts as for evidence: its label, or navigation for "anything but content", which it mostly is.
fn evidence_label(target: Target) -> (Label, f32) {
    (target.labels.as_single().unwrap_or(Label::Navigation), target.weight)
}

type RowsOf<'a> = dyn Fn(&TrainingPage) -> Array2<f32> + Sync + 'a;

/// Fits a stage's algorithm to the labelled blocks of the used folds.
fn fit(pages: &[TrainingPage], stage: &StageRecipe, recipe: &Recipe, used: Folds, rows: &RowsOf<'_>) -> Result<Learnt> {
    let chosen: Vec<&TrainingPage> = pages.iter().filter(|page| used[page.fold] && page.targets.iter().any(Option::is_some)).collect();
    let (masks, shares) = admitted(&chosen, recipe);
    let problem = |problem: String| Error::Corpus { path: "the corpus".into(), problem };
    let mut matrix = labelled_rows(&chosen, masks.len(), rows);
    leave_out(&mut matrix, &recipe.without);
    match stage.algorithm {
        Algorithm::BoostedTrees => {
            let params = stage.params(recipe.seed)?;
            let bins = BinnedMatrix::quantile(matrix.view(), params.max_bins()).map_err(|error| problem(error.to_string()))?;
            drop(matrix);
            let rows = TrainingRows { bins: &bins, targets: &masks, weights: Some(&shares), initial_scores: None };
            let trees = params.fit_binned(&rows, &mut |_, _| ()).map_err(|error| problem(format!("cannot learn from it: {error}")))?;
            Ok(Learnt::Trees(trees))
        }
        Algorithm::Logistic => {
            let rows = LinearRows { values: matrix.view(), masks: &masks, weights: &shares };
            let linear = LinearModel::fit(&rows, &recipe.logistic, recipe.seed);
            linear.map(Learnt::Linear).map_err(|error| problem(format!("cannot learn from it: {error}")))
        }
    }
}

/// Makes the columns of some feature groups constant, so that nothing can be learnt from them.
fn leave_out(matrix: &mut Array2<f32>, groups: &[String]) {
    if groups.is_empty() {
        return;
    }
    let features = block_schema().features().iter().chain(context_schema().features());
    for (feature, mut column) in features.zip(matrix.columns_mut()) {
        if groups.iter().any(|group| group == feature.group) {
            column.fill(0.0);
        }
    }
}

/// The rows of the pages' labelled blocks, of which there are `count`. Each page writes its own part of the one matrix: what it would take to hold all of them
/// twice is most of a training's memory.
fn labelled_rows(pages: &[&TrainingPage], count: usize, rows: &RowsOf<'_>) -> Array2<f32> {
    let width = pages.first().map_or(0, |page| rows(page).ncols());
    let mut matrix = Array2::zeros((count, width));
    let mut parts = Vec::with_capacity(pages.len());
    let mut rest = matrix.as_slice_mut().unwrap_or_default();
    for page in pages {
        let (part, after) = rest.split_at_mut(page.targets.iter().flatten().count() * width);
        parts.push((page, part));
        rest = after;
    }
    parts.into_par_iter().for_each(|(page, part)| {
        let rows = rows(page);
        let labelled = page.targets.iter().zip(rows.rows()).filter(|(target, _)| target.is_some());
        for ((_, row), out) in labelled.zip(part.chunks_exact_mut(width.max(1))) {
            out.iter_mut().zip(row).for_each(|(out, value)| *out = *value);
        }
    });
    matrix
}

/// The labels that each of the pages' labelled blocks may have, a bit each, and what each counts.
fn admitted(pages: &[&TrainingPage], recipe: &Recipe) -> (Vec<u8>, Vec<f32>) {
    let (weights, weak) = (recipe.weights.by_label(), recipe.weights.weak);
    let one = |target: &Target| {
        let mask = target.labels.iter().fold(0_u8, |mask, label| mask | 1 << label.index());
        let label = target.labels.as_single().map_or(1.0, |label| weights[label.index()]);
        let share = match target.origin {
            TargetOrigin::Hand => label,
            TargetOrigin::GoldText | TargetOrigin::Segment => label * weak,
        };
        (mask, share)
    };
    pages.iter().flat_map(|page| page.targets.iter().flatten()).map(one).unzip()
}

/// Lets the block stage speak of the pages that `which` names.
fn say(pages: &mut [TrainingPage], trees: &Compiled, which: impl Fn(&TrainingPage) -> bool + Sync) {
    pages.par_iter_mut().filter(|page| which(page)).for_each(|page| {
        page.said = probabilities(trees, page.rows.view(), &mut PredictScratch::default());
    });
}
