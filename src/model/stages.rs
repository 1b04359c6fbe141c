//! The stages of a fitted model: evidence, block stage, context stage, calibration.
//!
//! Takes a page's features, gives a probability vector a block. Knows nothing of files or of training.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::boost::{BoostedTrees, CompiledTrees, PredictScratch};
use super::calibration::Calibration;
use crate::feature::evidence::EvidenceTable;
use crate::feature::{PageFeatures, block_schema, context_schema, join};
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;

/// What a model file holds of a fitted pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StagesFile {
    evidence: Vec<(u32, [i8; K])>,
    block: BoostedTrees,
    context: BoostedTrees,
    calibration: Calibration,
}

/// A fitted pipeline, ready to label.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    pub(crate) evidence: EvidenceTable,
    pub(crate) block: BoostedTrees,
    pub(crate) context: BoostedTrees,
    pub(crate) calibration: Calibration,
    compiled_block: CompiledTrees,
    compiled_context: CompiledTrees,
}

impl Stages {
    pub(crate) fn new(evidence: EvidenceTable, block: BoostedTrees, context: BoostedTrees, calibration: Calibration) -> Self {
        let (compiled_block, compiled_context) = (block.compile(), context.compile());
        Self { evidence, block, context, calibration, compiled_block, compiled_context }
    }

    pub(crate) fn from_file(file: StagesFile) -> Self {
        Self::new(EvidenceTable::new(&file.evidence), file.block, file.context, file.calibration)
    }

    /// Whether the trees are as wide as the rows they are asked about.
    pub(crate) fn fits_schema(&self) -> bool {
        let block = block_schema().len();
        self.block.n_features() == block && self.context.n_features() == block + context_schema().len()
    }

    pub(crate) fn to_file(&self) -> StagesFile {
        StagesFile {
            evidence: self.evidence.entries(),
            block: self.block.clone(),
            context: self.context.clone(),
            calibration: self.calibration,
        }
    }

    /// A label and the probabilities of each block of a page.
    pub(crate) fn predict(&self, features: &PageFeatures<'_>) -> Vec<(Label, Probabilities)> {
        let (_, scores) = self.rows_and_scores(features);
        scores.into_iter().map(|scores| self.say(scores)).collect()
    }

    /// What the context stage sees of each block of a page, and its raw scores.
    pub(crate) fn rows_and_scores(&self, features: &PageFeatures<'_>) -> (Array2<f32>, Vec<[f32; K]>) {
        let rows = features.block_rows(&self.evidence);
        let mut scratch = PredictScratch::default();
        let said = probabilities(&self.compiled_block, rows.view(), &mut scratch);
        let context = features.context_rows(&said);
        let rows = join(rows.view(), context.view());
        let scores = scores(&self.compiled_context, rows.view(), &mut scratch);
        (rows, scores)
    }

    /// The label and the probabilities that raw scores of the context stage come to.
    pub(crate) fn say(&self, scores: [f32; K]) -> (Label, Probabilities) {
        let said = self.calibration.probabilities(scores);
        (self.calibration.decide(&said), said)
    }
}

/// Raw scores of rows whose width is the model's own: the schema has been checked on loading.
pub(crate) fn scores(trees: &CompiledTrees, rows: ArrayView2<'_, f32>, scratch: &mut PredictScratch) -> Vec<[f32; K]> {
    let mut out = vec![[0.0; K]; rows.nrows()];
    let fits = trees.scores_into(rows, scratch, &mut out);
    debug_assert!(fits.is_ok(), "{fits:?}");
    out
}

/// As [`scores`], as probabilities.
pub(crate) fn probabilities(trees: &CompiledTrees, rows: ArrayView2<'_, f32>, scratch: &mut PredictScratch) -> Vec<Probabilities> {
    let mut out = vec![[0.0; K]; rows.nrows()];
    let fits = trees.probabilities_into(rows, scratch, &mut out);
    debug_assert!(fits.is_ok(), "{fits:?}");
    out
}
