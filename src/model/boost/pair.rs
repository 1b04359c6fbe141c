//! Scoring pages by two models, one after the other, fast.
//!
//! Takes two [`BoostedTrees`] of which the second sees the first's features and more, gives [`CompiledPair`], whose scores are those of
//! [`CompiledTrees`](super::CompiledTrees) bit for bit. What both ask of a feature is sorted into bins once, and a row is in memory no longer
//! than that takes. Knows nothing of what the models mean.

use ndarray::ArrayView2;

use super::compiled::{Bytes, CutTrees, Cuts, LANES};
use super::{BoostedTrees, K};

/// Two models over the same features, the second over more.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CompiledPair {
    cuts: Cuts,
    /// Features and columns of the first.
    features: usize,
    columns: usize,
    first: CutTrees,
    second: CutTrees,
}

/// The bins of a page's rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairBins(Vec<Bytes>);

impl CompiledPair {
    /// Rows that are handed over together.
    pub(crate) const ROWS: usize = LANES;

    pub(crate) fn new(first: &BoostedTrees, second: &BoostedTrees) -> Self {
        let cuts = Cuts::new(&[first, second]);
        let features = first.n_features();
        Self {
            features,
            columns: cuts.columns_of_first(features),
            first: CutTrees::new(first, &cuts),
            second: CutTrees::new(second, &cuts),
            cuts,
        }
    }

    /// Makes room for the bins of that many rows.
    pub(crate) fn make_room(&self, rows: usize, bins: &mut PairBins) {
        bins.0.clear();
        bins.0.resize(rows.div_ceil(LANES) * self.cuts.len(), [0; LANES]);
    }

    /// Sorts the features that both models see into bins: of the rows from `ROWS * group` on, at most [`Self::ROWS`].
    pub(crate) fn bin_common(&self, group: usize, rows: ArrayView2<'_, f32>, bins: &mut PairBins) {
        self.cuts.bin(0..self.columns, rows, 0, self.of_group(group, bins));
    }

    /// The same of the features that the second alone sees; `rows` have these.
    pub(crate) fn bin_further(&self, group: usize, rows: ArrayView2<'_, f32>, bins: &mut PairBins) {
        self.cuts.bin(self.columns..self.cuts.len(), rows, self.features, &mut self.of_group(group, bins)[self.columns..]);
    }

    /// A group's bins, by column.
    fn of_group<'a>(&self, group: usize, bins: &'a mut PairBins) -> &'a mut [Bytes] {
        let columns = self.cuts.len();
        &mut bins.0[group * columns..][..columns]
    }

    /// The first model's raw scores, one for each row.
    pub(crate) fn first_scores(&self, bins: &PairBins, out: &mut [[f32; K]]) {
        self.first.scores_into(self.cuts.len(), &bins.0, out);
    }

    /// The second model's.
    pub(crate) fn second_scores(&self, bins: &PairBins, out: &mut [[f32; K]]) {
        self.second.scores_into(self.cuts.len(), &bins.0, out);
    }
}
