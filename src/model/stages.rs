//! The stages of a fitted model: evidence, block stage, context stage, calibration.
//!
//! Takes a page's features, gives a probability vector a block. Knows nothing of files or of training.

use ndarray::{Array2, ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::boost::PredictScratch;
use super::calibration::Calibration;
use super::learnt::{Compiled, Learnt};
use crate::feature::evidence::EvidenceTable;
use crate::feature::{PageFeatures, block_schema, context_schema};
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;

/// Blocks whose rows are in memory at a time: 4 MB of them, and far more than a usual page has.
const PIECE: usize = 2048;

/// What a model file holds of a fitted pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StagesFile {
    evidence: Vec<(u32, [i8; K])>,
    block: Learnt,
    context: Learnt,
    calibration: Calibration,
}

/// A fitted pipeline, ready to label.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    pub(crate) evidence: EvidenceTable,
    pub(crate) block: Learnt,
    pub(crate) context: Learnt,
    pub(crate) calibration: Calibration,
    compiled_block: Compiled,
    compiled_context: Compiled,
}

impl Stages {
    pub(crate) fn new(evidence: EvidenceTable, block: Learnt, context: Learnt, calibration: Calibration) -> Self {
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
        let mut all = Vec::with_capacity(features.blocks());
        self.score(features, PIECE, |_, scores| all.extend(scores.iter().map(|scores| self.say(*scores))));
        all
    }

    /// What the context stage sees of each block of a page, and its raw scores.
    pub(crate) fn rows_and_scores(&self, features: &PageFeatures<'_>) -> (Array2<f32>, Vec<[f32; K]>) {
        let mut all = (Array2::zeros((0, 0)), Vec::new());
        self.score(features, usize::MAX, |rows, scores| all = (rows, scores));
        all
    }

    /// Scores a page's blocks, at most `piece` at a time: a page of many blocks must not hold the rows of all of them in memory. `each` gets the
    /// rows and raw scores of each piece, in order.
    fn score(&self, features: &PageFeatures<'_>, piece: usize, mut each: impl FnMut(Array2<f32>, Vec<[f32; K]>)) {
        let count = features.blocks();
        let lists = features.tokens();
        let mut evidence = self.evidence.of_page(&lists);
        let pieces = || (0..count).step_by(piece.min(count).max(1)).map(|from| from..from.saturating_add(piece).min(count));
        let mut scratch = PredictScratch::default();
        let mut said = Vec::with_capacity(count);
        let mut last = None;
        // Rows have room for the columns of both stages.
        let (block, both) = (block_schema().len(), block_schema().len() + context_schema().len());
        for range in pieces() {
            let rows = features.block_rows(&mut evidence, range, both);
            said.extend(probabilities(&self.compiled_block, rows.slice_axis(Axis(1), Slice::from(..block)), &mut scratch));
            last = Some(rows);
        }
        // The rows of a page in one piece serve both stages; those of a longer one are made anew.
        let mut kept = last.filter(|_| count <= piece);
        let around = features.context(&said);
        for range in pieces() {
            let first = range.start;
            let mut rows = kept.take().unwrap_or_else(|| features.block_rows(&mut evidence, range, both));
            features.fill_context(&said, &around, first, rows.slice_axis_mut(Axis(1), Slice::from(block..)));
            let scores = scores(&self.compiled_context, rows.view(), &mut scratch);
            each(rows, scores);
        }
    }

    /// The label and the probabilities that raw scores of the context stage come to.
    pub(crate) fn say(&self, scores: [f32; K]) -> (Label, Probabilities) {
        let said = self.calibration.probabilities(scores);
        (self.calibration.decide(&said), said)
    }
}

/// Raw scores of rows whose width is the model's own: the schema has been checked on loading.
pub(crate) fn scores(trees: &Compiled, rows: ArrayView2<'_, f32>, scratch: &mut PredictScratch) -> Vec<[f32; K]> {
    let mut out = vec![[0.0; K]; rows.nrows()];
    let fits = trees.scores_into(rows, scratch, &mut out);
    debug_assert!(fits.is_ok(), "{fits:?}");
    out
}

/// As [`scores`], as probabilities.
pub(crate) fn probabilities(trees: &Compiled, rows: ArrayView2<'_, f32>, scratch: &mut PredictScratch) -> Vec<Probabilities> {
    let mut out = vec![[0.0; K]; rows.nrows()];
    let fits = trees.probabilities_into(rows, scratch, &mut out);
    debug_assert!(fits.is_ok(), "{fits:?}");
    out
}

#[cfg(all(test, feature = "bundled-model"))]
mod tests {
    use super::*;
    use crate::block::Blocks;
    use crate::model::Model;
    use crate::page::{Page, PageOptions};

    #[test]
    fn a_page_in_pieces_is_scored_as_a_whole_one() {
        let html = "<h2>Heading</h2><p>A paragraph of some length, with <a href=/x>a link</a> in it.</p><ul><li>Item</ul>".repeat(15);
        let page = Page::from_html(html, &PageOptions::default());
        let blocks = Blocks::of_dom(page.dom().unwrap());
        let features = PageFeatures::new(&page, &blocks);
        let model = Model::bundled().unwrap();
        let (rows, whole) = model.html.rows_and_scores(&features);
        let (mut pieces, mut row_count) = (Vec::new(), 0);
        model.html.score(&features, 7, |rows, scores| {
            row_count += rows.nrows();
            pieces.extend(scores);
        });
        assert_eq!((row_count, rows.nrows()), (45, 45));
        assert!(whole.iter().flatten().zip(pieces.iter().flatten()).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
