//! The stages of a fitted model: evidence, block stage, context stage, calibration.
//!
//! Takes a page's features, gives a probability vector a block. Knows nothing of files or of training.

use std::ops::Range;
use std::sync::OnceLock;

use ndarray::{Array2, ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::boost::{CompiledPair, PairBins, PredictScratch, softmax};
use super::calibration::Calibration;
use super::learnt::{Compiled, Learnt};
use crate::feature::evidence::EvidenceTable;
use crate::feature::{PageFeatures, block_schema, context_schema, join};
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;

/// Blocks whose bins are in memory at a time: 1 MB of them, and far more than a usual page has.
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
    /// Both stages in the form that is fast on pages, if both are trees.
    pair: Option<CompiledPair>,
    /// Each by itself, for the other algorithms and to explain: made when asked for.
    apart: OnceLock<(Compiled, Compiled)>,
}

impl Stages {
    pub(crate) fn new(evidence: EvidenceTable, block: Learnt, context: Learnt, calibration: Calibration) -> Self {
        let pair = match (&block, &context) {
            (Learnt::Trees(block), Learnt::Trees(context)) => Some(CompiledPair::new(block, context)),
            _ => None,
        };
        Self { evidence, block, context, calibration, pair, apart: OnceLock::new() }
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
        let scores = match &self.pair {
            Some(pair) => self.score(pair, features, PIECE),
            None => self.rows_and_scores(features).1,
        };
        scores.into_iter().map(|scores| self.say(scores)).collect()
    }

    /// What the context stage sees of each block of a page, and its raw scores.
    pub(crate) fn rows_and_scores(&self, features: &PageFeatures<'_>) -> (Array2<f32>, Vec<[f32; K]>) {
        let (block, context) = self.apart.get_or_init(|| (self.block.compile(), self.context.compile()));
        let lists = features.tokens();
        let mut scratch = PredictScratch::default();
        let rows = features.block_rows(&mut self.evidence.of_page(&lists), 0..features.blocks());
        let said = probabilities(block, rows.view(), &mut scratch);
        let rows = join(rows.view(), features.context_rows(&said, &features.context(&said), 0..said.len()).view());
        let scores = scores(context, rows.view(), &mut scratch);
        (rows, scores)
    }

    /// The raw scores of a page's blocks. At most `piece` blocks' bins are in memory at a time, for a page may have very many.
    fn score(&self, pair: &CompiledPair, features: &PageFeatures<'_>, piece: usize) -> Vec<[f32; K]> {
        let count = features.blocks();
        let lists = features.tokens();
        let mut evidence = self.evidence.of_page(&lists);
        let pieces = || (0..count).step_by(piece.max(1)).map(|from| from..from.saturating_add(piece).min(count));
        let (mut bins, mut rows) = (PairBins::default(), Array2::zeros((CompiledPair::ROWS, block_schema().len())));
        let mut bin_block = |range: Range<usize>, bins: &mut PairBins| {
            pair.make_room(range.len(), bins);
            for (group, first) in range.clone().step_by(CompiledPair::ROWS).enumerate() {
                let mut rows = rows.slice_axis_mut(Axis(0), Slice::from(..CompiledPair::ROWS.min(range.end - first)));
                rows.fill(0.0);
                features.fill_block(&mut evidence, first, rows.view_mut());
                pair.bin_common(group, rows.view(), bins);
            }
        };
        let mut said = vec![[0.0; K]; count];
        for range in pieces() {
            bin_block(range.clone(), &mut bins);
            pair.first_scores(&bins, &mut said[range]);
        }
        said.iter_mut().for_each(|scores| *scores = softmax(*scores));
        let around = features.context(&said);
        let mut scores = vec![[0.0; K]; count];
        let mut further = Array2::zeros((CompiledPair::ROWS, context_schema().len()));
        for range in pieces() {
            // The bins of a page in one piece serve both stages; those of a longer one are made anew.
            if count > piece {
                bin_block(range.clone(), &mut bins);
            }
            for (group, first) in range.clone().step_by(CompiledPair::ROWS).enumerate() {
                let mut rows = further.slice_axis_mut(Axis(0), Slice::from(..CompiledPair::ROWS.min(range.end - first)));
                features.fill_context(&said, &around, first, rows.view_mut());
                pair.bin_further(group, rows.view(), &mut bins);
            }
            pair.second_scores(&bins, &mut scores[range]);
        }
        scores
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
    fn both_stages_together_score_as_each_by_itself_and_in_pieces_as_whole() {
        let html = "<h2>Heading</h2><p>A paragraph of some length, with <a href=/x>a link</a> in it.</p><ul><li>Item</ul>".repeat(15);
        let page = Page::from_html(html, &PageOptions::default());
        let blocks = Blocks::of_dom(page.dom().unwrap());
        let features = PageFeatures::new(&page, &blocks);
        let model = Model::bundled().unwrap();
        let (rows, apart) = model.html.rows_and_scores(&features);
        assert_eq!(rows.nrows(), 45);
        let pair = model.html.pair.as_ref().unwrap();
        let bits = |scores: Vec<[f32; K]>| scores.into_iter().map(|scores| scores.map(f32::to_bits)).collect::<Vec<_>>();
        let apart = bits(apart);
        assert_eq!(bits(model.html.score(pair, &features, 7)), apart);
        assert_eq!(bits(model.html.score(pair, &features, PIECE)), apart);
    }
}
