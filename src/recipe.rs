//! Recipes: everything that decides how a model is trained, in one TOML file.
//!
//! Takes TOML, gives [`Recipe`]. Defaults live here alone; `training/default.toml` states them. Knows nothing of corpora.

use std::path::Path;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::feature::evidence::EvidenceParams;
use crate::label::{Label, Probabilities};
use crate::model::boost::{BoostParams, ValidBoostParams};

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Seed of everything drawn.
    pub seed: u64,
    /// How tokens become evidence.
    pub evidence: EvidenceRecipe,
    /// The first stage: each block by itself.
    pub block: StageRecipe,
    /// The second stage: each block among the first stage's verdicts.
    pub context: StageRecipe,
    /// What the first stage says once more at the end.
    pub blend: BlendRecipe,
    /// Settings of the stages that learn by logistic regression.
    pub logistic: LogisticRecipe,
    /// What a block counts in training.
    pub weights: WeightRecipe,
    /// What the phrases of our own count.
    pub phrases: PhraseRecipe,
    /// What is different for plain text.
    pub text: TextRecipe,
    /// Feature groups that training leaves out. For ablation alone: no part of a recipe's file.
    #[serde(skip)]
    pub(crate) without: Vec<String>,
    /// What the context stage is told of the page's kind. For ablation alone.
    #[serde(skip)]
    pub(crate) kind_told: KindTold,
}

/// What the context stage is told of the kind of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum KindTold {
    /// Nothing.
    #[default]
    Nothing,
    /// The kind that the corpus has: of a page of the web nobody knows it, so this is the most that a guess can be worth.
    Known,
    /// How probable each kind is by a regression over what the block stage says, which has not seen the page's site.
    Guessed,
}

/// How tokens become evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvidenceRecipe {
    /// Pages that must have a token for it to be kept.
    pub min_pages: f32,
    /// Strength of the prior, in pages.
    pub smoothing: f32,
    /// Tokens whose log-odds all lie within this (nats) are dropped.
    pub min_log_odds: f32,
}

/// How a stage learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Gradient boosting of symmetric trees ([`crate::model::boost`]), by the settings of the stage.
    #[default]
    BoostedTrees,
    /// Multinomial logistic regression of linfa, by the settings of [`LogisticRecipe`]: the baseline.
    Logistic,
}

/// The settings of logistic regression, the same for all stages that use it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticRecipe {
    /// Rows to draw, each with a chance in proportion to what it counts: the algorithm holds all of them in memory, with 64 bits a feature.
    pub rows: usize,
    /// The most steps of the optimiser (L-BFGS).
    pub iterations: u64,
    /// L2 regularisation of the weights on standardised features.
    pub l2: f64,
}

/// A stage's algorithm and its settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StageRecipe {
    /// How it learns; the other settings are those of boosted trees.
    pub algorithm: Algorithm,
    /// Trees.
    pub trees: usize,
    /// Questions a tree, 1 to 8.
    pub depth: usize,
    /// Share of each leaf's Newton step that is taken.
    pub learning_rate: f32,
    /// Bins a feature, 2 to 255.
    pub bins: usize,
    /// L2 regularisation of leaf values.
    pub l2: f32,
    /// Share of rows drawn for each tree.
    pub rows_per_tree: f32,
    /// Share of features drawn for each tree.
    pub features_per_tree: f32,
    /// Share of its gain that a split loses if no tree has asked about its feature, 0 up to below 1.
    pub new_feature_cost: f32,
    /// The same if some tree has, but not at this cut.
    pub new_cut_cost: f32,
}

/// The block stage's share in the final scores: the context stage's count for the rest of one, the block stage's log probabilities for this.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlendRecipe {
    /// For pages.
    pub pages: f32,
    /// For plain text.
    pub text: f32,
}

/// What a block counts in training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeightRecipe {
    /// Blocks of content.
    pub content: f32,
    /// Captions.
    pub caption: f32,
    /// Navigation.
    pub navigation: f32,
    /// Subscription prompts.
    pub subscription_prompt: f32,
    /// Blocks labelled by gold text or segments instead of by hand.
    pub weak: f32,
}

/// What the phrases of `training/phrases.csv` count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhraseRecipe {
    /// What a phrase counts as evidence, in pages; 0 for nothing.
    pub evidence: f32,
    /// The share of pages of which the trees learn a copy too with a box of prompts in it.
    pub boxes: f32,
}

/// How the pipeline for plain text is trained, where that differs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextRecipe {
    /// Trees of each stage.
    pub trees: usize,
    /// Share of each leaf's Newton step that is taken, in each stage.
    pub learning_rate: f32,
    /// Whether to learn also from a copy of each page as an extractor hands it on: with little navigation, and some lines broken.
    pub worn: bool,
    /// The share of its runs of navigation that are kept.
    pub navigation_kept: f32,
    /// The share of its lines that are broken in two.
    pub lines_broken: f32,
    /// The share of pages whose copy has a group of prompts put in.
    pub prompts_added: f32,
}

impl Default for TextRecipe {
    fn default() -> Self {
        Self { trees: 250, learning_rate: 0.2, worn: true, navigation_kept: 0.2, lines_broken: 0.08, prompts_added: 0.3 }
    }
}

impl Default for PhraseRecipe {
    fn default() -> Self {
        Self { evidence: 0.3, boxes: 0.8 }
    }
}

impl Default for Recipe {
    fn default() -> Self {
        let block = StageRecipe::default();
        Self {
            seed: 1,
            evidence: EvidenceRecipe::default(),
            block,
            // What the block stage says of the surroundings is worth so much that few trees do.
            context: StageRecipe { trees: 160, learning_rate: 0.2, ..block },
            blend: BlendRecipe::default(),
            logistic: LogisticRecipe::default(),
            weights: WeightRecipe::default(),
            phrases: PhraseRecipe::default(),
            text: TextRecipe::default(),
            without: Vec::new(),
            kind_told: KindTold::Nothing,
        }
    }
}

impl Default for EvidenceRecipe {
    fn default() -> Self {
        Self { min_pages: 3.0, smoothing: 4.0, min_log_odds: 0.5 }
    }
}

impl Default for StageRecipe {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::default(),
            trees: 250,
            depth: 6,
            learning_rate: 0.14,
            bins: 63,
            l2: 3.0,
            rows_per_tree: 0.4,
            features_per_tree: 0.3,
            new_feature_cost: 0.3,
            new_cut_cost: 0.1,
        }
    }
}

impl Default for BlendRecipe {
    fn default() -> Self {
        Self { pages: 0.3, text: 0.0 }
    }
}

impl Default for LogisticRecipe {
    fn default() -> Self {
        Self { rows: 40_000, iterations: 100, l2: 1.0 }
    }
}

impl Default for WeightRecipe {
    fn default() -> Self {
        Self { content: 1.0, caption: 3.0, navigation: 1.0, subscription_prompt: 2.5, weak: 0.6 }
    }
}

impl Recipe {
    /// Reads a recipe; settings it does not name keep their defaults.
    ///
    /// # Errors
    /// If the file cannot be read, is no TOML, names an unknown setting, or a setting is out of its range.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        let problem = |problem: String| Error::Recipe { path: path.to_owned(), problem };
        let recipe: Self = toml::from_str(&text).map_err(|error| problem(error.to_string()))?;
        recipe.check().map_err(|error| problem(error.to_string()))?;
        Ok(recipe)
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// If one is out of its range.
    pub fn check(&self) -> Result<()> {
        self.block.params(0)?;
        self.context.params(0)?;
        self.for_text().block.params(0)?;
        for (setting, value) in [
            ("blend.pages", self.blend.pages),
            ("blend.text", self.blend.text),
            ("phrases.boxes", self.phrases.boxes),
            ("text.navigation_kept", self.text.navigation_kept),
            ("text.lines_broken", self.text.lines_broken),
            ("text.prompts_added", self.text.prompts_added),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::Setting { setting, found: value.to_string(), expected: "0 to 1" });
            }
        }
        let LogisticRecipe { rows, iterations, l2 } = self.logistic;
        if rows == 0 || iterations == 0 || !(l2.is_finite() && l2 >= 0.0) {
            let found = format!("rows {rows}, iterations {iterations}, l2 {l2}");
            return Err(Error::Setting { setting: "logistic", found, expected: "rows and iterations from 1, l2 from 0" });
        }
        let evidence = &self.evidence;
        for (setting, value) in [
            ("evidence.min_pages", evidence.min_pages),
            ("evidence.smoothing", evidence.smoothing),
            ("evidence.min_log_odds", evidence.min_log_odds),
            ("phrases.evidence", self.phrases.evidence),
            ("weights.content", self.weights.content),
            ("weights.caption", self.weights.caption),
            ("weights.navigation", self.weights.navigation),
            ("weights.subscription_prompt", self.weights.subscription_prompt),
            ("weights.weak", self.weights.weak),
        ] {
            if !(value.is_finite() && (0.0..=1e6).contains(&value)) {
                return Err(Error::Setting { setting, found: value.to_string(), expected: "0 to 1,000,000" });
            }
        }
        Ok(())
    }
}

impl Recipe {
    /// The same with the settings for plain text in the place of those for pages.
    pub(crate) fn for_text(&self) -> Self {
        let mut recipe = self.clone();
        (recipe.block.trees, recipe.context.trees) = (self.text.trees, self.text.trees);
        (recipe.block.learning_rate, recipe.context.learning_rate) = (self.text.learning_rate, self.text.learning_rate);
        recipe.blend.pages = self.blend.text;
        recipe
    }
}

impl EvidenceRecipe {
    pub(crate) fn params(&self) -> EvidenceParams {
        EvidenceParams { min_pages: self.min_pages, smoothing: self.smoothing.max(0.01), min_log_odds: self.min_log_odds }
    }
}

impl StageRecipe {
    pub(crate) fn params(&self, seed: u64) -> Result<ValidBoostParams> {
        let params = BoostParams::new()
            .trees(self.trees)
            .depth(self.depth)
            .learning_rate(self.learning_rate)
            .max_bins(self.bins)
            .l2(self.l2)
            .rows_per_tree(self.rows_per_tree)
            .features_per_tree(self.features_per_tree)
            .new_feature_cost(self.new_feature_cost)
            .new_cut_cost(self.new_cut_cost)
            .seed(seed);
        params.check().map_err(|error| Error::Setting { setting: "a stage", found: error.to_string(), expected: "values in range" })
    }
}

impl WeightRecipe {
    /// The weights in the order of [`Label::ALL`].
    pub fn by_label(&self) -> Probabilities {
        Label::ALL.map(|label| match label {
            Label::Content => self.content,
            Label::Caption => self.caption,
            Label::Navigation => self.navigation,
            Label::SubscriptionPrompt => self.subscription_prompt,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_recipe_states_the_defaults() {
        let shipped: Recipe = toml::from_str(include_str!("../training/default.toml")).unwrap();
        assert_eq!(shipped, Recipe::default());
    }

    #[test]
    fn unknown_settings_and_wrong_values_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recipe.toml");
        for (text, named) in [
            ("[block]\ntreez = 3\n", "treez"),
            ("[block]\ndepth = 40\n", "depth"),
            ("[weights]\nweak = -1.0\n", "weak"),
            ("[text]\nlines_broken = 2.0\n", "lines_broken"),
            ("[blend]\npages = 1.5\n", "blend.pages"),
            ("[phrases]\nboxes = -0.5\n", "phrases.boxes"),
            ("[logistic]\nrows = 0\n", "logistic"),
            ("[block]\nalgorithm = \"forest\"\n", "forest"),
            ("=", "recipe.toml"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Recipe::read(&path).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
