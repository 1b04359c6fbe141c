//! Gradient boosting of symmetric (oblivious) trees with one score per label, as a linfa algorithm.
//!
//! Takes a matrix of finite `f32` features (rows are blocks), a bit mask of admissible labels for every row and, if
//! wanted, a weight for every row. Gives [`BoostedTrees`]: raw scores, probabilities, exact additive attributions, and a
//! [`CompiledTrees`] form that is fast on single pages. Does not know what the features mean, nor where rows come from.
//!
//! All levels of a symmetric tree ask one question each, so a tree of depth `d` is `d` comparisons and a table of `2^d`
//! leaves (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", NeurIPS 2018, section 4.2).
//!
//! ```
//! use linfa::prelude::*;
//! use ndarray::{Array1, Array2, array};
//! use pagesieve::model::boost::BoostParams;
//!
//! // One feature; label 0 where it is small, label 2 where it is large.
//! let records = Array2::from_shape_fn((200, 1), |(row, _)| row as f32);
//! let targets = Array1::from_shape_fn(200, |row| if row < 100 { 0b0001 } else { 0b0100 });
//! let trees = BoostParams::new().trees(50).rows_per_tree(1.0).fit(&DatasetBase::new(records, targets))?;
//!
//! let probabilities: Array2<f32> = trees.predict(&array![[20.0], [180.0]]);
//! assert!(probabilities[(0, 0)] > 0.8 && probabilities[(1, 2)] > 0.8);
//! # Ok::<(), pagesieve::model::boost::BoostError>(())
//! ```

mod binning;
mod compiled;
mod error;
mod fit;
mod histogram;
mod loss;
mod pair;
mod params;
mod sample;
mod state;
mod tree;

pub use binning::{BinnedMatrix, Binning};
pub use compiled::{CompiledTrees, PredictScratch};
pub use error::BoostError;
pub use fit::TrainingRows;
pub(crate) use loss::softmax;
pub(crate) use pair::{CompiledPair, PairBins};
pub use params::{BoostParams, ValidBoostParams};
pub(crate) use state::narrow;
pub use tree::{BoostedTrees, Contributions, TreeView};

use crate::label::Label;

/// How many scores a tree adds to: one for each label.
const K: usize = Label::COUNT;

/// One number for each label, in the order of [`Label::ALL`].
type PerLabel = [f32; K];
