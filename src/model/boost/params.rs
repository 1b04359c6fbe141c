//! The settings of boosting, their defaults and their ranges.
//!
//! Takes what a caller sets, gives [`ValidBoostParams`], which can fit. Knows nothing of rows.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::BoostError;

/// Leaves are numbered in a byte.
pub(super) const MAX_DEPTH: usize = 8;
/// Bins are numbered in a byte.
const MAX_BINS: usize = 255;

/// The settings; missing ones in a file take their defaults, unknown ones are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    trees: usize,
    depth: usize,
    learning_rate: f32,
    max_bins: usize,
    l2: f32,
    rows_per_tree: f32,
    features_per_tree: f32,
    min_weight: f32,
    new_feature_cost: f32,
    new_cut_cost: f32,
    seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trees: 400,
            depth: 6,
            learning_rate: 0.1,
            max_bins: 64,
            l2: 3.0,
            rows_per_tree: 0.25,
            features_per_tree: 0.5,
            min_weight: 1.0,
            new_feature_cost: 0.0,
            new_cut_cost: 0.0,
            seed: 0,
        }
    }
}

/// Settings of boosting that have not been checked; [`ParamGuard::check`] turns them into [`ValidBoostParams`].
///
/// In a file they are a table with the setters' names as keys.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(from = "Settings")]
pub struct BoostParams(ValidBoostParams);

/// Settings of boosting that are within their ranges. Reading them from a file checks them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Settings")]
pub struct ValidBoostParams(Settings);

impl From<Settings> for BoostParams {
    fn from(settings: Settings) -> Self {
        Self(ValidBoostParams(settings))
    }
}

impl TryFrom<Settings> for ValidBoostParams {
    type Error = BoostError;

    fn try_from(settings: Settings) -> Result<Self, BoostError> {
        BoostParams::from(settings).check()
    }
}

impl BoostParams {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many trees to grow, at least 1; defaults to 400. A round whose features offer no split adds none.
    #[must_use]
    pub fn trees(mut self, trees: usize) -> Self {
        self.0.0.trees = trees;
        self
    }

    /// How many questions a tree asks, 1 to 8; defaults to 6. A tree has `2^depth` leaves.
    #[must_use]
    pub fn depth(mut self, depth: usize) -> Self {
        self.0.0.depth = depth;
        self
    }

    /// The share of each Newton step that is taken, above 0 up to 1; defaults to 0.1.
    #[must_use]
    pub fn learning_rate(mut self, learning_rate: f32) -> Self {
        self.0.0.learning_rate = learning_rate;
        self
    }

    /// How many bins a feature is cut into at most, 2 to 255; defaults to 64. Up to 64 is fastest.
    ///
    /// Read by `Fit` alone: [`ValidBoostParams::fit_binned`] takes the bins as they are.
    #[must_use]
    pub fn max_bins(mut self, max_bins: usize) -> Self {
        self.0.0.max_bins = max_bins;
        self
    }

    /// The ridge added to a leaf's weight (in choosing splits) and curvature (in leaf values), at least 0; defaults to
    /// 3.0, which is CatBoost's. In units of row weight: rows of weight 1 are what it is meant for.
    #[must_use]
    pub fn l2(mut self, l2: f32) -> Self {
        self.0.0.l2 = l2;
        self
    }

    /// The expected share of rows that a tree's splits are chosen from, above 0 up to 1; defaults to 0.25. Leaf values
    /// are always computed from all rows.
    #[must_use]
    pub fn rows_per_tree(mut self, share: f32) -> Self {
        self.0.0.rows_per_tree = share;
        self
    }

    /// The share of features that a tree may ask about, above 0 up to 1, at least one feature; defaults to 0.5.
    #[must_use]
    pub fn features_per_tree(mut self, share: f32) -> Self {
        self.0.0.features_per_tree = share;
        self
    }

    /// The weight that both sides of a leaf's split must have for its gain to count, above 0; defaults to 1.0. Rows
    /// drawn with chance `p` count `1 / p` times.
    #[must_use]
    pub fn min_weight(mut self, min_weight: f32) -> Self {
        self.0.0.min_weight = min_weight;
        self
    }

    /// The share of its gain that a split loses in the choice if no tree before has asked about its feature, 0 up to below 1; defaults to 0.
    /// With it trees ask about few features, as of two that say the same they take the one that is asked already (Deng and Runger,
    /// "Feature selection via regularized trees", IJCNN 2012): a page costs less to score.
    #[must_use]
    pub fn new_feature_cost(mut self, share: f32) -> Self {
        self.0.0.new_feature_cost = share;
        self
    }

    /// The same for a split of a feature that trees have asked about, but not at this cut; defaults to 0.
    #[must_use]
    pub fn new_cut_cost(mut self, share: f32) -> Self {
        self.0.0.new_cut_cost = share;
        self
    }

    /// Where the drawing of rows and features starts; defaults to 0. The same rows, settings and seed give the same
    /// trees, whatever the number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.0.seed = seed;
        self
    }
}

impl ParamGuard for BoostParams {
    type Checked = ValidBoostParams;
    type Error = BoostError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let settings = &self.0.0;
        check("trees", settings.trees as f64, settings.trees >= 1, "at least 1")?;
        check("depth", settings.depth as f64, (1..=MAX_DEPTH).contains(&settings.depth), "1 to 8")?;
        check("max_bins", settings.max_bins as f64, (2..=MAX_BINS).contains(&settings.max_bins), "2 to 255")?;
        check_share("learning_rate", settings.learning_rate)?;
        check_share("rows_per_tree", settings.rows_per_tree)?;
        check_share("features_per_tree", settings.features_per_tree)?;
        for (name, share) in [("new_feature_cost", settings.new_feature_cost), ("new_cut_cost", settings.new_cut_cost)] {
            check(name, f64::from(share), (0.0..1.0).contains(&share), "at least 0 and below 1")?;
        }
        let l2_is_valid = settings.l2.is_finite() && settings.l2 >= 0.0;
        check("l2", f64::from(settings.l2), l2_is_valid, "a finite number of at least 0")?;
        let min_weight_is_valid = settings.min_weight.is_finite() && settings.min_weight > 0.0;
        check("min_weight", f64::from(settings.min_weight), min_weight_is_valid, "a finite number above 0")?;
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

fn check(name: &'static str, found: f64, is_valid: bool, expected: &'static str) -> Result<(), BoostError> {
    if is_valid { Ok(()) } else { Err(BoostError::Parameter { name, found, expected }) }
}

fn check_share(name: &'static str, found: f32) -> Result<(), BoostError> {
    check(name, f64::from(found), found > 0.0 && found <= 1.0, "above 0 and at most 1")
}

/// Reading settings; each is described at its setter in [`BoostParams`].
impl ValidBoostParams {
    /// The number of rounds.
    pub fn trees(&self) -> usize {
        self.0.trees
    }

    /// Questions a tree.
    pub fn depth(&self) -> usize {
        self.0.depth
    }

    /// The share of a Newton step that is taken.
    pub fn learning_rate(&self) -> f32 {
        self.0.learning_rate
    }

    /// The most bins a feature is cut into.
    pub fn max_bins(&self) -> usize {
        self.0.max_bins
    }

    /// The ridge, in units of row weight.
    pub fn l2(&self) -> f32 {
        self.0.l2
    }

    /// The expected share of rows drawn for a tree.
    pub fn rows_per_tree(&self) -> f32 {
        self.0.rows_per_tree
    }

    /// The share of features drawn for a tree.
    pub fn features_per_tree(&self) -> f32 {
        self.0.features_per_tree
    }

    /// The weight both sides of a split leaf must have.
    pub fn min_weight(&self) -> f32 {
        self.0.min_weight
    }

    /// What a split loses if its feature is new to the trees.
    pub fn new_feature_cost(&self) -> f32 {
        self.0.new_feature_cost
    }

    /// What it loses if the cut alone is.
    pub fn new_cut_cost(&self) -> f32 {
        self.0.new_cut_cost
    }

    /// Where the drawing starts.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(BoostParams::new().check().unwrap().trees(), 400);
    }

    #[test]
    fn every_parameter_outside_its_range_is_named() {
        let new = BoostParams::new;
        let wrong = [
            ("trees", new().trees(0)),
            ("depth", new().depth(0)),
            ("depth", new().depth(9)),
            ("learning_rate", new().learning_rate(f32::NAN)),
            ("learning_rate", new().learning_rate(0.0)),
            ("max_bins", new().max_bins(1)),
            ("max_bins", new().max_bins(256)),
            ("l2", new().l2(-1.0)),
            ("rows_per_tree", new().rows_per_tree(1.5)),
            ("features_per_tree", new().features_per_tree(0.0)),
            ("min_weight", new().min_weight(0.0)),
            ("new_feature_cost", new().new_feature_cost(1.0)),
            ("new_cut_cost", new().new_cut_cost(f32::NAN)),
        ];
        for (expected, params) in wrong {
            match params.check() {
                Err(BoostError::Parameter { name, .. }) => assert_eq!(name, expected),
                other => panic!("{expected}: {other:?}"),
            }
        }
    }

    #[test]
    fn settings_in_a_file_may_be_partial_but_not_unknown_or_wrong() {
        let params: BoostParams = toml::from_str("trees = 7\nl2 = 1.5").unwrap();
        assert_eq!(params, BoostParams::new().trees(7).l2(1.5));
        assert!(toml::from_str::<BoostParams>("tres = 7").is_err());
        let checked = toml::from_str::<ValidBoostParams>("depth = 9").unwrap_err();
        assert!(checked.to_string().contains("parameter depth is 9, expected 1 to 8"), "{checked}");
        let written = toml::to_string(&params).unwrap();
        assert_eq!(toml::from_str::<BoostParams>(&written).unwrap(), params);
    }
}
