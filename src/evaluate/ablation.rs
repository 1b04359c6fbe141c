//! What each feature group and stage is worth.
//!
//! Takes a corpus and a recipe, trains without each feature group and stage in turn and scores by cross-validation on some of the folds;
//! gives an [`AblationTable`]. A feature group that is left out is constant in training, so that no model can ask for it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use rayon::prelude::*;

use crate::classify::LabelledPage;
use crate::corpus::{Corpus, Kind};
use crate::error::{Error, Result};
use crate::export::{ExportOptions, PageFormat};
use crate::feature::{block_schema, context_schema};
use crate::label::{Label, likeliest};
use crate::metrics::{Confusion, word_scores};
use crate::recipe::{BlendRecipe, KindTold, Recipe};
use crate::rng::SplitMix64;
use crate::train::{HeldOut, Input, PagePrediction, cross_validate_each};

/// Bootstrap samples that a standard error is taken over.
const SAMPLES: usize = 1000;

/// The set-up that the others are compared with.
const WHOLE: &str = "whole";

/// What the page's kind would be worth to the labels if it were known for certain: the most that a guess of it can be.
const TOLD: &str = "with the page's kind told";

/// What a guess of it is worth.
const GUESSED: &str = "with the page's kind guessed";

/// The columns of the table.
const COLUMNS: [&str; 12] = [
    "set_up",
    "pages",
    "macro_f1",
    "content_f1",
    "caption_f1",
    "navigation_f1",
    "subscription_prompt_f1",
    "word_f1",
    "macro_f1_difference",
    "macro_f1_error",
    "word_f1_difference",
    "word_f1_error",
];

/// The scores of each set-up, the whole recipe first.
#[derive(Debug, Clone, PartialEq)]
pub struct AblationTable {
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    set_up: String,
    pages: usize,
    scores: Scores,
    /// Against the first row.
    difference: Scores,
    /// Standard errors of the difference.
    error: Scores,
}

/// What a set-up comes to; or the difference between two.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Scores {
    macro_f1: f64,
    by_label: [f64; Label::COUNT],
    words: f64,
}

/// What is kept of a page: enough to sum over any sample of pages.
#[derive(Debug, Clone, Copy)]
struct Kept {
    confusion: Confusion,
    word_f1: Option<f64>,
}

/// Scores the recipe whole, then without each feature group and stage, on the pages of `folds`: each fold by models trained on the others.
/// `only` names the set-ups to score beside the whole recipe, as the table has them; none for all.
///
/// # Errors
/// As [`crate::train::train`], or if there is no set-up of a name.
pub fn ablate(corpus: &Corpus, recipe: &Recipe, folds: &[u8], only: &[String], progress: &(dyn Fn(&str) + Sync)) -> Result<AblationTable> {
    let mut set_ups = set_ups(recipe);
    if let Some(unknown) = only.iter().find(|name| !set_ups.iter().any(|(known, _)| known == *name)) {
        let names: Vec<&str> = set_ups.iter().map(|(name, _)| name.as_str()).collect();
        let found = format!("{unknown:?} (there are: {})", names.join(", "));
        return Err(Error::Setting { setting: "only", found, expected: "the name of a set-up" });
    }
    // Where no page's kind is known, none can be told.
    let kinds = corpus.entries().iter().any(|entry| entry.page_type.is_some());
    let wanted = |name: &str, recipe: &Recipe| {
        if only.is_empty() { kinds || recipe.kind_told == KindTold::Nothing } else { only.iter().any(|one| one == name) }
    };
    set_ups.retain(|(name, recipe)| name == WHOLE || wanted(name, recipe));
    let recipes: Vec<Recipe> = set_ups.iter().map(|(_, recipe)| recipe.clone()).collect();
    let mut found: Vec<(String, Vec<Kept>)> = Vec::new();
    let on = HeldOut { corpus, input: Input::Html, folds };
    cross_validate_each(on, &recipes, progress, &mut |which, predictions| {
        let name = &set_ups[which].0;
        progress(&format!("{name}: scoring"));
        found.push((name.clone(), kept(corpus, &predictions, |prediction| prediction.labels.clone())?));
        if name == WHOLE {
            let likeliest = |prediction: &PagePrediction| prediction.probabilities.iter().map(likeliest).collect();
            found.push(("without decision offsets".to_owned(), kept(corpus, &predictions, likeliest)?));
        }
        Ok(())
    })?;
    Ok(AblationTable::of(&found))
}

/// Recipes with a part left out, the whole one first.
fn set_ups(recipe: &Recipe) -> Vec<(String, Recipe)> {
    let mut set_ups = vec![(WHOLE.to_owned(), recipe.clone())];
    let groups: BTreeSet<&str> = block_schema().features().iter().chain(context_schema().features()).map(|feature| feature.group).collect();
    for group in groups {
        let mut without = recipe.clone();
        without.without.push(group.to_owned());
        set_ups.push((format!("without {group}"), without));
    }
    let mut own = recipe.clone();
    own.phrases.evidence = 0.0;
    set_ups.push(("without evidence from our phrases".to_owned(), own));
    let mut even = recipe.clone();
    (even.weights.content, even.weights.caption, even.weights.navigation, even.weights.subscription_prompt) = (1.0, 1.0, 1.0, 1.0);
    set_ups.push(("without label weights".to_owned(), even));
    let (mut otherwise, shared) = (recipe.clone(), recipe.blend.pages > 0.0);
    otherwise.blend.pages = if shared { 0.0 } else { BlendRecipe::default().pages };
    let with = if shared { "without" } else { "with" };
    set_ups.push((format!("{with} the block stage's share at the end"), otherwise));
    for (name, kind_told) in [(TOLD, KindTold::Known), (GUESSED, KindTold::Guessed)] {
        set_ups.push((name.to_owned(), Recipe { kind_told, ..recipe.clone() }));
    }
    let mut by_hand = recipe.clone();
    by_hand.weights.weak = 0.0;
    set_ups.push(("without labels from gold text and segments".to_owned(), by_hand));
    set_ups
}

/// Scores each page with the labels that `labels` gives it.
fn kept(corpus: &Corpus, predictions: &[PagePrediction], labels: impl Fn(&PagePrediction) -> Vec<Label> + Sync) -> Result<Vec<Kept>> {
    let export = PageFormat::Text.exporter(ExportOptions::default());
    let one = |prediction: &PagePrediction| {
        let entry = &corpus.entries()[prediction.entry];
        let loaded = corpus.load(entry)?;
        let hand_labels: Vec<Option<Label>> = loaded.hand_labels().collect();
        let labelled = LabelledPage::new(loaded.page, loaded.blocks, labels(prediction), prediction.probabilities.clone());
        let mut confusion = Confusion::default();
        if entry.kind != Kind::Partial {
            for (gold, label) in hand_labels.iter().zip(labelled.labels()) {
                if let Some(gold) = gold {
                    confusion.add(*gold, *label);
                }
            }
        }
        let gold = loaded.gold.and_then(|gold| gold.main_content);
        let word_f1 = gold.map(|gold| word_scores(&export.page("", &labelled), &gold).f1);
        Ok(Kept { confusion, word_f1 })
    };
    predictions.par_iter().map(one).collect()
}

impl AblationTable {
    fn of(found: &[(String, Vec<Kept>)]) -> Self {
        let Some((_, base)) = found.first() else { return Self { rows: Vec::new() } };
        let whole: Vec<usize> = (0..base.len()).collect();
        let samples: Vec<Vec<usize>> = (0..SAMPLES).map(|sample| drawn(base.len(), sample)).collect();
        let of_base: Vec<Scores> = samples.par_iter().map(|sample| Scores::over(base, sample)).collect();
        let rows = found.iter().map(|(set_up, pages)| {
            let scores = Scores::over(pages, &whole);
            let differences: Vec<Scores> =
                samples.par_iter().zip(&of_base).map(|(sample, base)| Scores::over(pages, sample).minus(base)).collect();
            let difference = scores.minus(&Scores::over(base, &whole));
            Row { set_up: set_up.clone(), pages: pages.len(), scores, difference, error: standard_error(&differences) }
        });
        Self { rows: rows.collect() }
    }

    /// Writes the table as CSV.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        for Row { set_up, pages, scores, difference, error } in &self.rows {
            let [content, caption, navigation, prompt] = scores.by_label;
            let figures = [
                scores.macro_f1,
                content,
                caption,
                navigation,
                prompt,
                scores.words,
                difference.macro_f1,
                error.macro_f1,
                difference.words,
                error.words,
            ];
            let figures = figures.iter().map(|figure| format!("{figure:.6}"));
            let record: Vec<String> = [set_up.clone(), pages.to_string()].into_iter().chain(figures).collect();
            writer.write_record(&record)?;
        }
        writer.flush()
    }
}

impl Scores {
    /// Over a sample of pages, in which a page may stand several times.
    fn over(pages: &[Kept], sample: &[usize]) -> Self {
        let mut confusion = Confusion::default();
        let (mut sum, mut texts) = (0.0, 0_usize);
        for page in sample.iter().filter_map(|page| pages.get(*page)) {
            confusion.merge(&page.confusion);
            sum += page.word_f1.unwrap_or(0.0);
            texts += usize::from(page.word_f1.is_some());
        }
        let words = sum / texts.max(1) as f64;
        Self { macro_f1: confusion.macro_f1(), by_label: confusion.scores().map(|scores| scores.f1), words }
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            macro_f1: self.macro_f1 - other.macro_f1,
            by_label: std::array::from_fn(|label| self.by_label[label] - other.by_label[label]),
            words: self.words - other.words,
        }
    }
}

/// A bootstrap sample of that many pages (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 6).
fn drawn(pages: usize, sample: usize) -> Vec<usize> {
    let mut numbers = SplitMix64::new(1).stream(sample as u64);
    (0..pages).map(|_| numbers.below(pages)).collect()
}

/// The standard deviation of each score over samples.
fn standard_error(samples: &[Scores]) -> Scores {
    let over = |value: &dyn Fn(&Scores) -> f64| {
        let count = samples.len().max(2) as f64;
        let mean = samples.iter().map(value).sum::<f64>() / count;
        (samples.iter().map(|sample| (value(sample) - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
    };
    Scores {
        macro_f1: over(&|scores| scores.macro_f1),
        by_label: std::array::from_fn(|label| over(&|scores| scores.by_label[label])),
        words: over(&|scores| scores.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of one block each, content or navigation, right or wrong.
    fn pages(right: impl Fn(usize) -> bool) -> Vec<Kept> {
        let page = |page: usize| {
            let gold = if page.is_multiple_of(2) { Label::Content } else { Label::Navigation };
            let other = if page.is_multiple_of(2) { Label::Navigation } else { Label::Content };
            let mut confusion = Confusion::default();
            confusion.add(gold, if right(page) { gold } else { other });
            Kept { confusion, word_f1: page.is_multiple_of(2).then(|| f64::from(u8::from(right(page)))) }
        };
        (0..100).map(page).collect()
    }

    #[test]
    fn a_set_up_is_compared_on_the_same_pages() {
        let base = pages(|_| true);
        let found = [("whole".to_owned(), base.clone()), ("same".to_owned(), base), ("worse".to_owned(), pages(|page| page % 10 != 0))];
        let table = AblationTable::of(&found);
        let [whole, same, worse] = &table.rows[..] else { panic!("{table:?}") };
        assert!((whole.scores.macro_f1 - 1.0).abs() < 1e-9 && (whole.scores.words - 1.0).abs() < 1e-9);
        assert_eq!((same.difference, same.error), (Scores::default(), Scores::default()));
        // Ten of fifty pages with text are wrong.
        assert!((worse.difference.words + 0.2).abs() < 1e-9, "{worse:?}");
        // The standard error of a share of 0.2 over about 50 pages is the root of 0.2 * 0.8 / 50 = 0.057.
        assert!((worse.error.words - 0.057).abs() < 0.01 && worse.error.macro_f1 > 0.01, "{worse:?}");
        assert_eq!(AblationTable::of(&found), table);
    }

    #[test]
    fn every_group_is_left_out_once() {
        let set_ups = set_ups(&Recipe::default());
        assert_eq!(set_ups[0], (WHOLE.to_owned(), Recipe::default()));
        for group in ["context", "evidence", "shape"] {
            let left: Vec<_> = set_ups.iter().filter(|(_, recipe)| recipe.without == [group]).collect();
            assert_eq!(left.len(), 1, "{group}");
        }
    }
}
