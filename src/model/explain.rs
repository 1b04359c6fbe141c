//! Why a block got its label.
//!
//! Takes a page and a model, gives for each block the terms that add up to the log-odds of its label against the runner-up: what each
//! feature added in the context stage, then what calibration did. Exact, not an approximation: the terms are read from the trees that gave
//! the label. Knows nothing of how an explanation is laid out.

use ndarray::Array2;
use serde::Serialize;

use super::Model;
use super::stages::Stages;
use crate::classify::{Decision, LabelledPage, blocks_of};
use crate::feature::{FeatureDef, PageFeatures, Unit, block_schema, context_schema};
use crate::label::{Label, Probabilities, by_label};
use crate::page::Page;

/// How many features a sentence names for the label, and how many against it.
const NAMED_IN_SENTENCE: usize = 3;

/// Odds beyond this are not worth a number.
const MOST_ODDS: f32 = 1e6;

/// A labelled page with what it takes to explain its blocks.
#[derive(Debug)]
pub struct ExplainedPage<'a> {
    stages: &'a Stages,
    page: LabelledPage,
    /// What the context stage saw: a row a block.
    rows: Array2<f32>,
    features: Vec<FeatureDef>,
    /// What the model decided for before thresholds.
    decided: Vec<Label>,
}

/// Why one block got its label. All terms are in nats and speak for the label against the runner-up if positive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The block's place among the page's blocks, from 0.
    pub index: usize,
    /// Its label.
    pub label: Label,
    /// The strongest of the other labels.
    pub runner_up: Label,
    /// Whether a threshold gave the label instead of the model's own decision.
    pub by_threshold: bool,
    /// The probability of each label.
    #[serde(serialize_with = "by_label")]
    pub probabilities: Probabilities,
    /// The explanation in a sentence or two.
    pub words: String,
    /// Logarithm of the label's probability over the runner-up's: the sum of `features`, `other_features`, `start`, `scale` and `offset`.
    pub log_odds: f32,
    /// The features that spoke most, for or against, strongest first.
    pub features: Vec<FeatureTerm>,
    /// What all other features added.
    pub other_features: f32,
    /// Where the average training block stands, before any feature is known.
    pub start: f32,
    /// What calibration adds by stretching the scores, so that the model is neither too sure nor too unsure.
    pub scale: f32,
    /// What calibration adds for the labels themselves.
    pub offset: f32,
    /// What the model adds on top when it chooses the label, so that rare labels are found; no part of `log_odds`.
    pub decision: f32,
}

/// What one feature said.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeatureTerm {
    /// The feature's full name.
    pub name: String,
    /// Its value for the block, in its own unit.
    pub value: f32,
    /// What it added to the log-odds.
    pub contribution: f32,
    /// Its meaning and value in words.
    pub words: String,
}

impl Model {
    /// Labels a page as [`Model::classify`] does and keeps what it takes to say why.
    ///
    /// ```no_run
    /// use pagesieve::{Decision, Model, Page, PageOptions};
    ///
    /// let page = Page::from_html("<p>Subscribe to read on.".to_owned(), &PageOptions::default());
    /// let model = Model::bundled()?;
    /// let explained = model.explain(page, &Decision::default());
    /// for explanation in explained.iter(5) {
    ///     println!("{}: {}", explanation.label, explanation.words);
    /// }
    /// # Ok::<(), pagesieve::Error>(())
    /// ```
    pub fn explain(&self, page: Page, decision: &Decision) -> ExplainedPage<'_> {
        let (blocks, stages) = (blocks_of(&page), self.stages(&page));
        let asked = self.resolved(&page, decision);
        let features: Vec<FeatureDef> = block_schema().features().iter().chain(context_schema().features()).cloned().collect();
        let (rows, scores) = if blocks.is_empty() {
            (Array2::zeros((0, features.len())), Vec::new())
        } else {
            stages.rows_and_scores(&PageFeatures::new(&page, &blocks))
        };
        let (decided, probabilities): (Vec<Label>, Vec<Probabilities>) = scores.into_iter().map(|scores| stages.say(scores)).unzip();
        let labels = decided.iter().zip(&probabilities).map(|(label, said)| asked.decide(*label, said)).collect();
        ExplainedPage { stages, page: LabelledPage::new(page, blocks, labels, probabilities), rows, features, decided }
    }
}

impl ExplainedPage<'_> {
    /// The page with its labels.
    pub fn labelled(&self) -> &LabelledPage {
        &self.page
    }

    /// Explains the block at `index` and names the `most` features that spoke loudest; `None` if there is no such block.
    pub fn block(&self, index: usize, most: usize) -> Option<Explanation> {
        let block = self.page.iter().nth(index)?;
        let row = self.rows.row(index);
        let parts = self.stages.contributions(row.as_slice()?).ok()?;
        let (label, said) = (block.label, block.probabilities);
        let calibration = &self.stages.calibration;
        let runner_up = calibration.strongest(&said, |other| other != label)?;
        let between = |values: &Probabilities| values[label.index()] - values[runner_up.index()];

        let mut order: Vec<(usize, f32)> = parts.features.iter().map(between).enumerate().collect();
        order.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let (named, others) = order.split_at(most.min(order.len()));
        let named = named.iter().filter(|(_, contribution)| *contribution != 0.0);
        let features: Vec<FeatureTerm> =
            named.map(|(column, contribution)| term(&self.features[*column], row[*column], *contribution)).collect();
        let other_features = others.iter().map(|(_, contribution)| contribution).sum();
        let start = between(&parts.bias);
        let score = start + order.iter().map(|(_, contribution)| contribution).sum::<f32>();
        let scale = calibration.stretch(&parts.scores(), label, runner_up);
        let offset = between(calibration.offsets());
        let log_odds = score + scale + offset;
        Some(Explanation {
            index,
            label,
            runner_up,
            by_threshold: self.decided[index] != label,
            probabilities: said,
            words: sentence(label, runner_up, log_odds, &features),
            log_odds,
            features,
            other_features,
            start,
            scale,
            offset,
            decision: between(calibration.decision()),
        })
    }

    /// Explains every block, in document order.
    pub fn iter(&self, most: usize) -> impl Iterator<Item = Explanation> {
        (0..self.page.len()).filter_map(move |index| self.block(index, most))
    }
}

impl Explanation {
    /// The label, the runner-up and the odds between them, in words: the beginning of [`Self::words`].
    pub fn verdict(&self) -> String {
        verdict(self.label, self.runner_up, self.log_odds)
    }
}

fn term(feature: &FeatureDef, value: f32, contribution: f32) -> FeatureTerm {
    FeatureTerm { name: feature.full_name(), value, contribution, words: format!("{}: {}", feature.doc, in_words(feature.unit, value)) }
}

/// A feature's value as a person says it.
fn in_words(unit: Unit, value: f32) -> String {
    match unit {
        Unit::Flag => if value > 0.5 { "yes" } else { "no" }.to_owned(),
        Unit::Share | Unit::Probability if value > 0.0 && value < 0.01 => "under 1%".to_owned(),
        Unit::Share | Unit::Probability => format!("{:.0}%", value * 100.0),
        Unit::LogCount => number(value.exp_m1()),
        Unit::Count => number(value),
        Unit::LogOdds => format!("{} ({value:+.2})", strength(value)),
    }
}

/// How far evidence goes. A nat is odds of 2.7 to 1, two are 7.4 to 1.
fn strength(log_odds: f32) -> &'static str {
    match log_odds {
        _ if log_odds.abs() < 0.1 => "nothing either way",
        _ if log_odds >= 2.0 => "strongly for it",
        _ if log_odds >= 1.0 => "clearly for it",
        _ if log_odds > 0.0 => "weakly for it",
        _ if log_odds <= -2.0 => "strongly against it",
        _ if log_odds <= -1.0 => "clearly against it",
        _ => "weakly against it",
    }
}

/// A whole number without decimals, others with one or two.
fn number(value: f32) -> String {
    if (value - value.round()).abs() < 0.005 {
        format!("{value:.0}")
    } else if value.abs() < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

/// How [`odds`] says that neither is likelier.
const EVEN: &str = "even odds";

/// Log-odds as odds, whichever side they favour.
fn odds(log_odds: f32) -> String {
    let ratio = log_odds.abs().exp();
    if ratio < 1.05 {
        EVEN.to_owned()
    } else if ratio < 10.0 {
        format!("{ratio:.1} to 1")
    } else if ratio < MOST_ODDS {
        format!("{ratio:.0} to 1")
    } else {
        "more than a million to 1".to_owned()
    }
}

fn sentence(label: Label, runner_up: Label, log_odds: f32, features: &[FeatureTerm]) -> String {
    let mut sentence = verdict(label, runner_up, log_odds);
    for (kind, sign) in [("what spoke for it", 1.0), ("what spoke against it", -1.0)] {
        let spoke = features.iter().filter(|term| term.contribution * sign > 0.0);
        let words: Vec<String> = spoke.take(NAMED_IN_SENTENCE).map(|term| format!("[{}]", term.words)).collect();
        if !words.is_empty() {
            sentence = format!("{sentence}; {kind}: {}", words.join(" "));
        }
    }
    sentence
}

fn verdict(label: Label, runner_up: Label, log_odds: f32) -> String {
    let odds = odds(log_odds);
    if odds == EVEN {
        format!("{label} or {runner_up}, at even odds")
    } else if log_odds > 0.0 {
        format!("{label} rather than {runner_up}, at odds of {odds}")
    } else {
        format!("{label}, although {runner_up} is likelier, at odds of {odds}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_in_their_unit() {
        let words = [
            in_words(Unit::Flag, 1.0),
            in_words(Unit::Share, 0.004),
            in_words(Unit::Probability, 0.356),
            in_words(Unit::LogCount, 12.0_f32.ln_1p()),
            in_words(Unit::LogCount, 1.5_f32.ln_1p()),
            in_words(Unit::Count, 123.46),
            in_words(Unit::LogOdds, 1.25),
            in_words(Unit::LogOdds, -20.0),
            in_words(Unit::LogOdds, 0.0),
        ];
        let expected = [
            "yes",
            "under 1%",
            "36%",
            "12",
            "1.50",
            "123.5",
            "clearly for it (+1.25)",
            "strongly against it (-20.00)",
            "nothing either way (+0.00)",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn a_sentence_names_what_spoke_for_and_against() {
        let term = |words: &str, contribution| FeatureTerm { name: String::new(), value: 0.0, contribution, words: words.to_owned() };
        let terms = [term("words: 3", 2.0), term("has a link: no", -1.0), term("commas: 0", 0.5)];
        let expected = "caption rather than content, at odds of 20 to 1; what spoke for it: [words: 3] [commas: 0]; \
                        what spoke against it: [has a link: no]";
        assert_eq!(sentence(Label::Caption, Label::Content, 3.0, &terms), expected);
        let unlikely = "caption, although content is likelier, at odds of 2.0 to 1";
        assert_eq!(sentence(Label::Caption, Label::Content, -0.7, &[]), unlikely);
        assert_eq!(sentence(Label::Caption, Label::Content, 20.0, &[]), "caption rather than content, at odds of more than a million to 1");
    }
}
