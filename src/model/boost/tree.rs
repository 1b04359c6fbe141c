//! Fitted trees: what they are, how they score rows one by one, and what each feature contributed.
//!
//! Takes grown trees or a stored model, gives [`BoostedTrees`]. Does not know how trees are grown; `compiled` has the
//! fast way of scoring.

use linfa::traits::PredictInplace;
use ndarray::{Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};
use serde::{Deserialize, Serialize};

use super::loss::softmax;
use super::params::MAX_DEPTH;
use super::state::narrow;
use super::{BoostError, CompiledTrees, K, PerLabel};

/// A tree as it was grown.
pub(super) struct GrownTree {
    /// By level: feature, threshold, gain.
    pub(super) splits: Vec<(usize, f32, f32)>,
    /// By leaf.
    pub(super) values: Vec<PerLabel>,
    /// By leaf: the share of training weight.
    pub(super) covers: Vec<f32>,
}

/// All trees, one after another; the fields are the stored form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Forest {
    bias: PerLabel,
    /// By feature: the sum of its splits' gains. Its length is the number of features.
    gains: Vec<f32>,
    /// By tree: its number of splits.
    depths: Vec<u8>,
    /// By split.
    features: Vec<u16>,
    /// By split.
    thresholds: Vec<f32>,
    /// By leaf.
    values: Vec<PerLabel>,
    /// By leaf.
    covers: Vec<f32>,
}

/// Fitted boosted trees: a bias and, for every tree, the value of the leaf a row falls into add up to raw scores, whose
/// softmax are probabilities.
///
/// A NaN feature is below every threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Forest")]
pub struct BoostedTrees(Forest);

/// One symmetric tree. The leaf of a row has bit `l` set if the row's `features[l]` is above `thresholds[l]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeView<'a> {
    /// By level: which feature is asked about.
    pub features: &'a [u16],
    /// By level: the threshold, in the feature's unit.
    pub thresholds: &'a [f32],
    /// By leaf: what is added to the raw scores. Sums to 0 over labels.
    pub values: &'a [[f32; K]],
    /// By leaf: the share of training weight that fell into it (0 to 1).
    pub covers: &'a [f32],
}

/// How raw scores come about: `bias` and all of `features` add up to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributions {
    /// The scores of the average training row.
    pub bias: [f32; K],
    /// By feature: what knowing it added to each label's score.
    pub features: Vec<[f32; K]>,
}

impl Contributions {
    /// The raw scores: the sum of everything.
    pub fn scores(&self) -> [f32; K] {
        self.features.iter().fold(self.bias, |sum, &feature| add(sum, feature))
    }
}

impl TreeView<'_> {
    /// The leaf that a row falls into, given its features by number.
    fn leaf(&self, value_of: impl Fn(usize) -> f32) -> usize {
        let splits = self.features.iter().zip(self.thresholds).enumerate();
        splits.fold(0, |leaf, (level, (&feature, &threshold))| leaf | usize::from(value_of(usize::from(feature)) > threshold) << level)
    }

    /// The mean value of the leaves that share the lowest `levels` bits with `leaf`, weighted by cover; the plain mean
    /// if no training row fell into them.
    fn mean_below(&self, leaf: usize, levels: usize) -> [f64; K] {
        let below = || (leaf & ((1 << levels) - 1)..self.values.len()).step_by(1 << levels);
        let cover: f64 = below().map(|leaf| f64::from(self.covers[leaf])).sum();
        let count = below().len() as f64;
        let mut mean = [0.0; K];
        for leaf in below() {
            let share = if cover > 0.0 { f64::from(self.covers[leaf]) / cover } else { 1.0 / count };
            for (mean, &value) in mean.iter_mut().zip(&self.values[leaf]) {
                *mean += share * f64::from(value);
            }
        }
        mean
    }
}

impl BoostedTrees {
    /// A model that gives every row the bias.
    pub(super) fn without_trees(features: usize, bias: PerLabel) -> Self {
        Self(Forest {
            bias,
            gains: vec![0.0; features],
            depths: Vec::new(),
            features: Vec::new(),
            thresholds: Vec::new(),
            values: Vec::new(),
            covers: Vec::new(),
        })
    }

    /// Adds a tree. Its features must be below `2^16` and the model's number of features.
    pub(super) fn push(&mut self, tree: GrownTree) {
        let mut depth = 0;
        for &(feature, threshold, gain) in &tree.splits {
            self.0.gains[feature] += gain;
            self.0.features.extend(u16::try_from(feature));
            self.0.thresholds.push(threshold);
            depth += 1;
        }
        self.0.depths.push(depth);
        self.0.values.extend(tree.values);
        self.0.covers.extend(tree.covers);
    }

    /// How many features a row must have.
    pub fn n_features(&self) -> usize {
        self.0.gains.len()
    }

    /// How many trees there are.
    pub fn n_trees(&self) -> usize {
        self.0.depths.len()
    }

    /// The raw scores before any tree: the logs of the labels' shares of training weight.
    pub fn bias(&self) -> [f32; K] {
        self.0.bias
    }

    /// The trees, in the order they were grown.
    pub fn trees(&self) -> impl Iterator<Item = TreeView<'_>> {
        let forest = &self.0;
        let (mut split, mut leaf) = (0, 0);
        forest.depths.iter().map(move |&depth| {
            let splits = split..split + usize::from(depth);
            let leaves = leaf..leaf + (1 << depth);
            (split, leaf) = (splits.end, leaves.end);
            TreeView {
                features: &forest.features[splits.clone()],
                thresholds: &forest.thresholds[splits],
                values: &forest.values[leaves.clone()],
                covers: &forest.covers[leaves],
            }
        })
    }

    /// The features that at least one tree asks about, ascending.
    pub fn used_features(&self) -> Vec<usize> {
        let mut used = vec![false; self.n_features()];
        self.0.features.iter().for_each(|&feature| used[usize::from(feature)] = true);
        (0..used.len()).filter(|&feature| used[feature]).collect()
    }

    /// By feature: the sum of its splits' gains (how far they lowered a quadratic model of the loss, times 2, in units of
    /// row weight); 0 for one that is not used.
    pub fn gains(&self) -> &[f32] {
        &self.0.gains
    }

    /// The form for scoring many pages fast; it gives the same scores, bit for bit.
    pub fn compile(&self) -> CompiledTrees {
        CompiledTrees::new(self)
    }

    /// The raw scores of every row (rows x features) into `out`, one for each row.
    ///
    /// # Errors
    /// If there are fewer or more features than the model has, or another number of outputs than rows.
    pub fn scores_into(&self, rows: ArrayView2<'_, f32>, out: &mut [[f32; K]]) -> Result<(), BoostError> {
        check_shape(self.n_features(), rows, out.len())?;
        let trees: Vec<TreeView<'_>> = self.trees().collect();
        for (row, scores) in rows.axis_iter(Axis(0)).zip(out) {
            *scores = trees.iter().fold(self.0.bias, |sum, tree| add(sum, tree.values[tree.leaf(|feature| row[feature])]));
        }
        Ok(())
    }

    /// What every feature contributed to the raw scores of one row.
    ///
    /// A node's value is the mean of the leaves below it, weighted by cover; the change from node to node on the row's way
    /// down goes to the feature that was asked about (Saabas, "Interpreting random forests", 2014). Exact: the parts sum
    /// to the scores. Depends on the order of levels, as Shapley values would not.
    ///
    /// # Errors
    /// If the row has fewer or more features than the model.
    pub fn contributions(&self, row: &[f32]) -> Result<Contributions, BoostError> {
        let (found, expected) = (row.len(), self.n_features());
        if found != expected {
            return Err(BoostError::Length { what: "features", found, expected });
        }
        let mut bias = self.0.bias.map(f64::from);
        let mut features = vec![[0.0_f64; K]; expected];
        for tree in self.trees() {
            let leaf = tree.leaf(|feature| row[feature]);
            let mut node = tree.mean_below(leaf, 0);
            bias.iter_mut().zip(node).for_each(|(bias, root)| *bias += root);
            for (level, &feature) in tree.features.iter().enumerate() {
                let child = tree.mean_below(leaf, level + 1);
                for (label, sum) in features[usize::from(feature)].iter_mut().enumerate() {
                    *sum += child[label] - node[label];
                }
                node = child;
            }
        }
        Ok(Contributions { bias: bias.map(narrow), features: features.into_iter().map(|sum| sum.map(narrow)).collect() })
    }
}

impl<D: Data<Elem = f32>> PredictInplace<ArrayBase<D, Ix2>, Array2<f32>> for BoostedTrees {
    /// Probabilities (rows x labels).
    ///
    /// # Panics
    /// If there are fewer or more features than the model has, or `y` has another shape than rows x labels: linfa's trait
    /// has no way to return an error. [`BoostedTrees::scores_into`] does.
    fn predict_inplace(&self, x: &ArrayBase<D, Ix2>, y: &mut Array2<f32>) {
        assert_eq!(x.ncols(), self.n_features(), "features of the rows and of the model");
        assert_eq!(y.dim(), (x.nrows(), K), "rows x labels");
        let trees = self.compile();
        let mut scores = vec![[0.0; K]; x.nrows()];
        if trees.scores_into(x.view(), &mut super::PredictScratch::default(), &mut scores).is_ok() {
            for (mut row, scores) in y.axis_iter_mut(Axis(0)).zip(scores) {
                row.iter_mut().zip(softmax(scores)).for_each(|(out, probability)| *out = probability);
            }
        }
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array2<f32> {
        Array2::zeros((x.nrows(), K))
    }
}

impl TryFrom<Forest> for BoostedTrees {
    type Error = BoostError;

    fn try_from(forest: Forest) -> Result<Self, BoostError> {
        let splits: usize = forest.depths.iter().map(|&depth| usize::from(depth)).sum();
        let checks = [
            (forest.depths.iter().all(|&depth| usize::from(depth) <= MAX_DEPTH), "a tree is deeper than 8 levels"),
            (forest.features.len() == splits, "depths and the number of split features"),
            (forest.thresholds.len() == splits, "depths and the number of thresholds"),
            (
                forest.features.iter().all(|&feature| usize::from(feature) < forest.gains.len()),
                "a split's feature is not among the features",
            ),
            (forest.thresholds.iter().all(|threshold| !threshold.is_nan()), "a threshold is not a number"),
        ];
        if let Some(&(_, what)) = checks.iter().find(|(holds, _)| !holds) {
            return Err(BoostError::Damaged { what });
        }
        let leaves: usize = forest.depths.iter().map(|&depth| 1 << depth).sum();
        if forest.values.len() != leaves || forest.covers.len() != leaves {
            return Err(BoostError::Damaged { what: "depths and the number of leaves" });
        }
        Ok(Self(forest))
    }
}

/// Are the rows as wide as the model, and is there one output for each?
pub(super) fn check_shape(features: usize, rows: ArrayView2<'_, f32>, outputs: usize) -> Result<(), BoostError> {
    if rows.ncols() != features {
        return Err(BoostError::Length { what: "features", found: rows.ncols(), expected: features });
    }
    if rows.nrows() != outputs {
        return Err(BoostError::Length { what: "outputs", found: outputs, expected: rows.nrows() });
    }
    Ok(())
}

fn add(left: PerLabel, right: PerLabel) -> PerLabel {
    std::array::from_fn(|label| left[label] + right[label])
}
