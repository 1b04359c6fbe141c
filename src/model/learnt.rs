//! What a stage has learnt, whichever algorithm it was.
//!
//! Takes rows of features, gives raw scores and how they come about. Knows nothing of stages.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::boost::{BoostError, BoostedTrees, CompiledTrees, Contributions, PredictScratch, softmax};
use super::linear::LinearModel;
use crate::label::Label;

const K: usize = Label::COUNT;

/// A fitted stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Learnt {
    Trees(BoostedTrees),
    Linear(LinearModel),
}

/// A fitted stage, ready to score.
#[derive(Debug, Clone)]
pub(crate) enum Compiled {
    Trees(CompiledTrees),
    Linear(LinearModel),
}

impl Learnt {
    pub(crate) fn compile(&self) -> Compiled {
        match self {
            Self::Trees(trees) => Compiled::Trees(trees.compile()),
            Self::Linear(linear) => Compiled::Linear(linear.clone()),
        }
    }

    /// How many features a row has.
    pub(crate) fn n_features(&self) -> usize {
        match self {
            Self::Trees(trees) => trees.n_features(),
            Self::Linear(linear) => linear.n_features(),
        }
    }

    /// How the raw scores of a row come about: they are the sum of the parts.
    ///
    /// # Errors
    /// If the row has another number of features.
    pub(crate) fn contributions(&self, row: &[f32]) -> Result<Contributions, BoostError> {
        match self {
            Self::Trees(trees) => trees.contributions(row),
            Self::Linear(linear) => linear.contributions(row),
        }
    }

    /// By feature, how much it matters: the trees' gain, or the greatest weight.
    pub(crate) fn gains(&self) -> Vec<f32> {
        match self {
            Self::Trees(trees) => trees.gains().to_vec(),
            Self::Linear(linear) => linear.strengths(),
        }
    }

    /// The algorithm and its size, for people.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Trees(trees) => format!("{} trees", trees.n_trees()),
            Self::Linear(_) => "a logistic regression".to_owned(),
        }
    }
}

impl Compiled {
    /// Writes the raw scores of rows.
    ///
    /// # Errors
    /// If the rows have another number of features.
    pub(crate) fn scores_into(
        &self,
        rows: ArrayView2<'_, f32>,
        scratch: &mut PredictScratch,
        out: &mut [[f32; K]],
    ) -> Result<(), BoostError> {
        match self {
            Self::Trees(trees) => trees.scores_into(rows, scratch, out),
            Self::Linear(linear) => linear.scores_into(rows, out),
        }
    }

    /// As [`Self::scores_into`], as probabilities.
    ///
    /// # Errors
    /// As [`Self::scores_into`].
    pub(crate) fn probabilities_into(
        &self,
        rows: ArrayView2<'_, f32>,
        scratch: &mut PredictScratch,
        out: &mut [[f32; K]],
    ) -> Result<(), BoostError> {
        self.scores_into(rows, scratch, out)?;
        for scores in out {
            *scores = softmax(*scores);
        }
        Ok(())
    }
}
