//! The stages of a fitted model: evidence, block stage, context stage, calibration.
//!
//! Takes a page's features, gives a probability vector a block. Knows nothing of files or of training.

use std::ops::Range;
use std::sync::OnceLock;

use ndarray::{Array2, ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::boost::{BoostError, CompiledPair, Contributions, PairBins, PredictScratch, softmax};
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
    blend: f32,
    calibration: Calibration,
}

/// A fitted pipeline, ready to label.
#[derive(Debug, Clone)]
pub(crate) struct Stages {
    pub(crate) evidence: EvidenceTable,
    pub(crate) block: Learnt,
    pub(crate) context: Learnt,
    /// The block stage's share in the final scores.
    pub(crate) blend: f32,
    pub(crate) calibration: Calibration,
    /// Both stages in the form that is fast on pages, if both are trees.
    pair: Option<CompiledPair>,
    /// Each by itself, for the other algorithms and to explain: made when asked for.
    apart: OnceLock<(Compiled, Compiled)>,
}

impl Stages {
    pub(crate) fn new(evidence: EvidenceTable, block: Learnt, context: Learnt, blend: f32, calibration: Calibration) -> Self {
        let pair = match (&block, &context) {
            (Learnt::Trees(block), Learnt::Trees(context)) => Some(CompiledPair::new(block, context)),
            _ => None,
        };
        Self { evidence, block, context, blend, calibration, pair, apart: OnceLock::new() }
    }

    pub(crate) fn from_file(file: StagesFile) -> Self {
        Self::new(EvidenceTable::new(&file.evidence), file.block, file.context, file.blend, file.calibration)
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
            blend: self.blend,
            calibration: self.calibration,
        }
    }

    /// A label and the probabilities of each block of a page.
    pub(crate) fn predict(&self, features: &PageFeatures<'_>) -> Vec<(Label, Probabilities)> {
        self.predict_told(features, &[])
    }

    /// As [`Self::predict`] where the context stage has learnt from columns of the whole page beyond its schema: `told` are theirs.
    pub(crate) fn predict_told(&self, features: &PageFeatures<'_>, told: &[f32]) -> Vec<(Label, Probabilities)> {
        let mut scores = Vec::new();
        if let Some(pair) = &self.pair {
            scores = self.score(pair, features, told, PIECE);
        } else {
            self.score_apart(features, told, PIECE, |_, piece| scores.extend(piece));
        }
        scores.into_iter().map(|scores| self.say(scores)).collect()
    }

    /// What the context stage sees of each block of a page, and its raw scores.
    pub(crate) fn rows_and_scores(&self, features: &PageFeatures<'_>) -> (Array2<f32>, Vec<[f32; K]>) {
        let mut all = (Array2::zeros((0, 0)), Vec::new());
        self.score_apart(features, &[], usize::MAX, |rows, scores| all = (rows, scores));
        all
    }

    /// As [`Self::score`] by each stage on rows of its own, at most `piece` of them in memory at a time. `each` gets the rows and raw scores of each
    /// piece, in order.
    fn score_apart(&self, features: &PageFeatures<'_>, told: &[f32], piece: usize, mut each: impl FnMut(Array2<f32>, Vec<[f32; K]>)) {
        let (block, context) = self.apart.get_or_init(|| (self.block.compile(), self.context.compile()));
        let count = features.blocks();
        let lists = features.tokens();
        let mut evidence = self.evidence.of_page(&lists);
        let mut scratch = PredictScratch::default();
        let (mut said, mut kept) = (Vec::with_capacity(count), None);
        for range in parts(0..count, piece) {
            let rows = features.block_rows(&mut evidence, range);
            said.extend(probabilities(block, rows.view(), &mut scratch));
            // The rows of a page in one piece serve both stages; those of a longer one are made anew.
            kept = (count <= piece).then_some(rows);
        }
        let around = features.context(&said);
        for range in parts(0..count, piece) {
            let rows = kept.take().unwrap_or_else(|| features.block_rows(&mut evidence, range.clone()));
            let rows = join(rows.view(), features.context_rows(&said, &around, range.clone(), told).view());
            let mut scores = scores(context, rows.view(), &mut scratch);
            blend(&mut scores, &said[range], self.blend);
            each(rows, scores);
        }
    }

    /// How the raw scores of a row that the context stage sees come about: they are the sum of the parts. What the block stage says once more
    /// at the end is a part of the columns that have its probabilities.
    ///
    /// # Errors
    /// If the row has another number of features.
    pub(crate) fn contributions(&self, row: &[f32]) -> Result<Contributions, BoostError> {
        let mut parts = self.context.contributions(row)?;
        let own = block_schema().len();
        for part in parts.features.iter_mut().chain([&mut parts.bias]) {
            *part = part.map(|value| value * (1.0 - self.blend));
        }
        for (label, (part, said)) in parts.features.iter_mut().zip(row).skip(own).take(K).enumerate() {
            part[label] += self.blend * log(*said);
        }
        Ok(parts)
    }

    /// The raw scores of a page's blocks. At most `piece` blocks' bins are in memory at a time, for a page may have very many.
    fn score(&self, pair: &CompiledPair, features: &PageFeatures<'_>, told: &[f32], piece: usize) -> Vec<[f32; K]> {
        let count = features.blocks();
        let lists = features.tokens();
        let mut evidence = self.evidence.of_page(&lists);
        let (mut bins, mut rows) = (PairBins::default(), Array2::zeros((CompiledPair::ROWS, block_schema().len())));
        let mut bin_block = |range: Range<usize>, bins: &mut PairBins| {
            pair.make_room(range.len(), bins);
            for (group, blocks) in parts(range, CompiledPair::ROWS).enumerate() {
                let mut rows = rows.slice_axis_mut(Axis(0), Slice::from(..blocks.len()));
                if let Some(values) = rows.as_slice_mut() {
                    values.fill(0.0);
                }
                features.fill_block(&mut evidence, blocks.start, rows.view_mut());
                pair.bin_common(group, rows.view(), bins);
            }
        };
        let mut said = vec![[0.0; K]; count];
        for range in parts(0..count, piece) {
            bin_block(range.clone(), &mut bins);
            pair.first_scores(&bins, &mut said[range]);
        }
        for scores in &mut said {
            *scores = softmax(*scores);
        }
        let around = features.context(&said);
        let mut scores = vec![[0.0; K]; count];
        for range in parts(0..count, piece) {
            // The bins of a page in one piece serve both stages; those of a longer one are made anew.
            if count > piece {
                bin_block(range.clone(), &mut bins);
            }
            for (group, blocks) in parts(range.clone(), CompiledPair::ROWS).enumerate() {
                pair.bin_further(group, features.context_rows(&said, &around, blocks, told).view(), &mut bins);
            }
            pair.second_scores(&bins, &mut scores[range]);
        }
        blend(&mut scores, &said, self.blend);
        scores
    }

    /// The label and the probabilities that raw scores of the context stage come to.
    pub(crate) fn say(&self, scores: [f32; K]) -> (Label, Probabilities) {
        let said = self.calibration.probabilities(scores);
        (self.calibration.decide(&said), said)
    }
}

/// A range in parts of at most `most`, in order.
fn parts(range: Range<usize>, most: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(most.max(1)).map(move |from| from..from.saturating_add(most).min(end))
}

/// Adds the block stage's share to the context stage's scores.
pub(crate) fn blend(scores: &mut [[f32; K]], said: &[Probabilities], share: f32) {
    if share > 0.0 {
        for (scores, said) in scores.iter_mut().zip(said) {
            *scores = std::array::from_fn(|label| (1.0 - share) * scores[label] + share * log(said[label]));
        }
    }
}

/// The logarithm of a probability, none of which counts as less than 1 in 100,000.
fn log(probability: f32) -> f32 {
    probability.max(1e-5).ln()
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
        let (mut pieces, mut row_count) = (Vec::new(), 0);
        model.html.score_apart(&features, &[], 7, |rows, scores| {
            row_count += rows.nrows();
            pieces.extend(scores);
        });
        assert_eq!((row_count, bits(pieces)), (45, apart.clone()));
        assert_eq!(bits(model.html.score(pair, &features, &[], 7)), apart);
        assert_eq!(bits(model.html.score(pair, &features, &[], PIECE)), apart);
    }
}
