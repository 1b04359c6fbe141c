//! Sums of gradients by leaf, feature and bin, and the best split they show.
//!
//! Takes the rows drawn for a tree, in order of leaf, and a few features' bins; gives candidate splits. Does not know
//! how rows were drawn, nor what becomes of a tree.
//!
//! Features are handled in tiles of eight whose bins lie side by side, row by row: a row's gradients are loaded once for
//! eight sums that do not wait for each other. One thread sums a tile in the order of rows, so results do not depend on
//! the number of threads. Of two children only the smaller is summed; the other is the parent less the smaller.

use super::sample::DrawnRow;
use super::{BinnedMatrix, PerLabel};

/// Features in a tile.
pub(super) const TILE: usize = 8;

/// Rows copied together, so that their part of a tile (8 kB) stays in the innermost cache while its columns fill it.
const ROWS_AT_ONCE: usize = 1024;

/// Sums over rows: the gradients by labels 1, 2 and 3, and the weight. The gradient by label 0 is minus the sum of the
/// others, as each row's gradients sum to 0.
pub(super) type Sums = [f32; 4];

/// The drawn rows in order of leaf.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    /// Places among the drawn rows; ascending within a leaf.
    pub(super) places: Vec<u32>,
    /// What the row at the same index adds to sums.
    pub(super) gradients: Vec<Sums>,
    /// Leaf `l` is `places[bounds[l]..bounds[l + 1]]`. The children of leaf `l` are leaves `2 l` and `2 l + 1`.
    pub(super) bounds: Vec<usize>,
}

impl Leaves {
    /// All rows in one leaf.
    pub(super) fn root(gradients: Vec<Sums>) -> Self {
        let places: Vec<u32> = (0..).take(gradients.len()).collect();
        Self { bounds: vec![0, places.len()], places, gradients }
    }

    /// How many leaves there are, empty ones included.
    pub(super) fn count(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Splits every leaf; rows for which `is_right` holds (by place) go to the right child.
    pub(super) fn split(&self, is_right: impl Fn(usize) -> bool) -> Self {
        let mut children = Self::default();
        children.places.reserve(self.places.len());
        children.gradients.reserve(self.places.len());
        children.bounds.push(0);
        let (mut right_places, mut right_gradients) = (Vec::new(), Vec::new());
        for leaf in 0..self.count() {
            let (places, gradients) = self.leaf(leaf);
            for (&place, &gradient) in places.iter().zip(gradients) {
                if is_right(place as usize) {
                    right_places.push(place);
                    right_gradients.push(gradient);
                } else {
                    children.places.push(place);
                    children.gradients.push(gradient);
                }
            }
            children.bounds.push(children.places.len());
            children.places.append(&mut right_places);
            children.gradients.append(&mut right_gradients);
            children.bounds.push(children.places.len());
        }
        children
    }

    fn leaf(&self, leaf: usize) -> (&[u32], &[Sums]) {
        let range = self.bounds[leaf]..self.bounds[leaf + 1];
        (&self.places[range.clone()], &self.gradients[range])
    }

    fn size(&self, leaf: usize) -> usize {
        self.bounds[leaf + 1] - self.bounds[leaf]
    }
}

/// A question for a whole level, and what it gains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    /// The feature's number in the matrix.
    pub(super) feature: usize,
    /// Rows whose bin is above this go right.
    pub(super) bin: u8,
    /// By how much the sum over leaves of squared gradient sums over weights rises.
    pub(super) gain: f32,
    /// The gain as it counts beside that of others: less for what no tree has asked before.
    pub(super) counted: f32,
}

/// What a split must fulfil.
#[derive(Debug, Clone, Copy)]
pub(super) struct SplitRules {
    /// Added to a leaf's weight.
    pub(super) l2: f32,
    /// Both sides of a leaf need this weight for its gain to count.
    pub(super) min_weight: f32,
    /// What a gain is multiplied by if no tree has asked about the feature.
    pub(super) new_feature: f32,
    /// The same if some tree has, but none at this cut.
    pub(super) new_cut: f32,
}

/// What trees have asked so far.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// By feature: a bit for each bin that rows were cut above.
    cuts: Vec<[u64; 4]>,
}

impl Asked {
    /// Nothing, about this many features.
    pub(super) fn nothing(features: usize) -> Self {
        Self { cuts: vec![[0; 4]; features] }
    }

    pub(super) fn add(&mut self, split: Split) {
        self.cuts[split.feature][usize::from(split.bin) / 64] |= 1 << (split.bin % 64);
    }

    /// What the gain of a split there is multiplied by.
    fn share(&self, feature: usize, bin: u8, rules: SplitRules) -> f32 {
        let cuts = &self.cuts[feature];
        if cuts[usize::from(bin) / 64] >> (bin % 64) & 1 == 1 {
            1.0
        } else if cuts.iter().any(|bits| *bits != 0) {
            rules.new_cut
        } else {
            rules.new_feature
        }
    }
}

/// One leaf's sums for all features of a tile, by feature and bin.
type LeafHistogram<const BINS: usize> = [[Sums; BINS]; TILE];

/// Up to eight features of one tree: their bins and sums. `BINS` is a power of two that no bin reaches.
#[derive(Debug, Default)]
pub(super) struct Tile<const BINS: usize> {
    features: Vec<usize>,
    rows: Vec<[u8; TILE]>,
    histograms: Vec<LeafHistogram<BINS>>,
}

impl<const BINS: usize> Tile<BINS> {
    /// Takes up another tree's features (at most eight, ascending) and rows.
    pub(super) fn load(&mut self, matrix: &BinnedMatrix, features: &[usize], drawn: &[DrawnRow]) {
        self.features.clear();
        self.features.extend(features.iter().take(TILE));
        self.rows.clear();
        self.rows.resize(drawn.len(), [0; TILE]);
        for (rows, drawn) in self.rows.chunks_mut(ROWS_AT_ONCE).zip(drawn.chunks(ROWS_AT_ONCE)) {
            for (slot, &feature) in self.features.iter().enumerate() {
                let column = matrix.column(feature);
                for (row, drawn) in rows.iter_mut().zip(drawn) {
                    row[slot] = column[drawn.row as usize];
                }
            }
        }
    }

    /// Whether the drawn row at this place is to the right of the split, if the split's feature is in this tile.
    pub(super) fn side(&self, split: Split) -> Option<impl Fn(usize) -> bool> {
        let slot = self.features.iter().position(|&feature| feature == split.feature)?;
        Some(move |place: usize| self.rows[place][slot] > split.bin)
    }

    /// Sums the level's leaves, where those of the level before (if any) are summed already, and finds the tile's best
    /// split; of equal ones that with the lowest feature, then bin.
    pub(super) fn best_split(&mut self, leaves: &Leaves, matrix: &BinnedMatrix, rules: SplitRules, asked: &Asked) -> Option<Split> {
        self.sum_level(leaves);
        let mut best: Option<Split> = None;
        for (slot, &feature) in self.features.iter().enumerate() {
            let cuts = matrix.binning().thresholds(feature).len();
            let mut gains = [0.0; BINS];
            for histogram in self.histograms.iter().take(leaves.count()) {
                add_gains(&histogram[slot], &mut gains[..cuts.min(BINS)], rules);
            }
            for (bin, &gain) in (0..=u8::MAX).zip(&gains[..cuts.min(BINS)]) {
                let most = best.map_or(0.0, |split| split.counted);
                if gain <= most {
                    continue;
                }
                let counted = gain * asked.share(feature, bin, rules);
                if counted > most {
                    best = Some(Split { feature, bin, gain, counted });
                }
            }
        }
        best
    }

    fn sum_level(&mut self, leaves: &Leaves) {
        let count = leaves.count();
        if self.histograms.len() < count {
            self.histograms.resize(count, [[[0.0; 4]; BINS]; TILE]);
        }
        if count == 1 {
            sum_leaf(&mut self.histograms[0], &self.rows, leaves.leaf(0));
            return;
        }
        // From the last parent to the first, as the children of parent p take the places 2 p and 2 p + 1.
        for parent in (0..count / 2).rev() {
            let (left, right) = (2 * parent, 2 * parent + 1);
            self.histograms.copy_within(parent..=parent, left);
            let left_is_smaller = leaves.size(left) <= leaves.size(right);
            let smaller = if left_is_smaller { left } else { right };
            let (before, rest) = self.histograms.split_at_mut(right);
            let (larger_sums, smaller_sums) = (&mut before[left], &mut rest[0]);
            sum_leaf(smaller_sums, &self.rows, leaves.leaf(smaller));
            subtract(larger_sums, smaller_sums);
            if left_is_smaller {
                self.histograms.swap(left, right);
            }
        }
    }
}

fn sum_leaf<const BINS: usize>(histogram: &mut LeafHistogram<BINS>, rows: &[[u8; TILE]], (places, gradients): (&[u32], &[Sums])) {
    histogram.as_flattened_mut().fill([0.0; 4]);
    for (&place, gradient) in places.iter().zip(gradients) {
        let bins = rows[place as usize];
        for (sums, bin) in histogram.iter_mut().zip(bins) {
            let sums = &mut sums[usize::from(bin) % BINS];
            for (sum, gradient) in sums.iter_mut().zip(gradient) {
                *sum += gradient;
            }
        }
    }
}

fn subtract<const BINS: usize>(from: &mut LeafHistogram<BINS>, other: &LeafHistogram<BINS>) {
    let other = other.as_flattened().as_flattened();
    for (value, other) in from.as_flattened_mut().as_flattened_mut().iter_mut().zip(other) {
        *value -= other;
    }
}

/// Adds what one leaf gains from each cut of one feature.
fn add_gains(bins: &[Sums], gains: &mut [f32], rules: SplitRules) {
    let total = bins.iter().fold([0.0; 4], |total, bin| add(total, *bin));
    if total[3] < 2.0 * rules.min_weight {
        return;
    }
    let whole = score(total, rules.l2);
    let mut left = [0.0; 4];
    for (gain, bin) in gains.iter_mut().zip(bins) {
        left = add(left, *bin);
        let right: Sums = std::array::from_fn(|index| total[index] - left[index]);
        if left[3] >= rules.min_weight && right[3] >= rules.min_weight {
            *gain += score(left, rules.l2) + score(right, rules.l2) - whole;
        }
    }
}

fn add(left: Sums, right: Sums) -> Sums {
    std::array::from_fn(|index| left[index] + right[index])
}

/// The squared length of the gradients' sum over the weight: how far one constant for these rows lowers the loss.
fn score([first, second, third, weight]: Sums, l2: f32) -> f32 {
    let zeroth = first + second + third;
    (zeroth * zeroth + first * first + second * second + third * third) / (weight + l2)
}

/// What a row adds to sums: its gradients by labels 1 to 3 and 1, times what it weighs.
pub(super) fn weighted([_, first, second, third]: PerLabel, weight: f32) -> Sums {
    [first * weight, second * weight, third * weight, weight]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    const RULES: SplitRules = SplitRules { l2: 0.0, min_weight: 1.0, new_feature: 1.0, new_cut: 1.0 };

    #[test]
    fn children_by_subtraction_have_the_sums_of_their_rows() {
        let records = Array2::from_shape_fn((300, 3), |(row, feature)| ((row * (feature + 3)) % 11) as f32);
        let matrix = BinnedMatrix::quantile(records.view(), 64).unwrap();
        let drawn: Vec<DrawnRow> = (0..300).map(|row| DrawnRow { row, stands_for: 1.0 }).collect();
        let gradients: Vec<Sums> = (0..300_u16).map(|row| [f32::from(row % 7), -1.0, 0.5, 1.0]).collect();
        let mut tile = Tile::<64>::default();
        tile.load(&matrix, &[0, 1, 2], &drawn);
        let mut leaves = Leaves::root(gradients);
        for _ in 0..4 {
            let split = tile.best_split(&leaves, &matrix, RULES, &Asked::nothing(3)).unwrap();
            leaves = leaves.split(tile.side(split).unwrap());
        }
        tile.sum_level(&leaves);
        for leaf in 0..leaves.count() {
            let mut fresh = [[[0.0; 4]; 64]; TILE];
            sum_leaf(&mut fresh, &tile.rows, leaves.leaf(leaf));
            let pairs = fresh.as_flattened().as_flattened().iter().zip(tile.histograms[leaf].as_flattened().as_flattened());
            assert!(pairs.into_iter().all(|(fresh, kept)| (fresh - kept).abs() < 1e-3));
        }
    }

    #[test]
    fn a_split_with_too_light_a_side_gains_nothing() {
        let bins = [[1.0, 0.0, 0.0, 1.0], [-9.0, 0.0, 0.0, 9.0]];
        let mut gains = [0.0];
        add_gains(&bins, &mut gains, SplitRules { min_weight: 2.0, ..RULES });
        assert_eq!(gains[0].to_bits(), 0);
        add_gains(&bins, &mut gains, RULES);
        assert!(gains[0] > 0.0);
    }
}
