//! Scoring pages fast.
//!
//! Takes [`BoostedTrees`], gives [`CompiledTrees`], whose scores are the same bit for bit. Knows nothing of fitting.
//!
//! Rows are handled 32 at a time. Each used feature is first cut at the thresholds that some tree asks about, so that a
//! value is a byte; then a level of a tree is a comparison of 32 bytes with one, which vectorises on any processor.
//! Scores are added up tree by tree, as in the plain form, so that no bit differs.

use std::ops::Range;

use ndarray::{ArrayView2, Axis};

use super::tree::check_shape;
use super::{BoostError, BoostedTrees, K, PerLabel};

/// Rows handled together: two registers of 16 bytes.
pub(super) const LANES: usize = 32;
/// Bytes in a register.
const HALF: usize = 16;
/// The most thresholds a byte can count. It has a sign, for every processor can compare those and not every one the others.
const MAX_CUTS: usize = 127;
/// Trees whose leaves are added in one pass over the scores.
const TREES_AT_ONCE: usize = 8;

/// A leaf's number is a byte.
const LEAVES: usize = 256;

/// One byte for each of 32 rows.
pub(super) type Bytes = [i8; LANES];

/// A feature with up to 127 of the thresholds that trees ask about; one with more has several columns.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    feature: usize,
    /// Its thresholds are `first..last` of all.
    first: usize,
    last: usize,
}

/// A row goes right if its bin in the column is above `bin`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Question {
    column: usize,
    /// A register full of the same.
    bin: [i8; HALF],
}

impl Question {
    /// No row goes right.
    const NEVER: Self = Self { column: 0, bin: [i8::MAX; HALF] };
}

/// Where the values of features are cut: at all the thresholds that some models' trees ask about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cuts {
    columns: Vec<Column>,
    thresholds: Vec<f32>,
    /// By feature, its first column.
    first_columns: Vec<usize>,
}

/// A model's trees, asking about columns of [`Cuts`]: all as deep as the deepest, and as many as are handled at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CutTrees {
    bias: PerLabel,
    depth: usize,
    /// By tree, its last level first.
    questions: Vec<Question>,
    /// By tree, then by leaf; behind the last as many more as a byte can number, so that no lookup needs a check.
    values: Vec<PerLabel>,
}

/// Boosted trees in a form that scores pages fast.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledTrees {
    n_features: usize,
    cuts: Cuts,
    trees: CutTrees,
}

/// Memory that scoring reuses from page to page.
#[derive(Debug, Clone, Default)]
pub struct PredictScratch {
    /// Rows in standard layout, if they are not handed over so.
    rows: Vec<f32>,
    /// By 32 rows, then by column.
    bins: Vec<Bytes>,
}

impl Cuts {
    /// The cuts of models that have their features in common, each as many of them as it has.
    pub(super) fn new(models: &[&BoostedTrees]) -> Self {
        let features = models.iter().map(|model| model.n_features()).max().unwrap_or(0);
        let mut cuts: Vec<Vec<f32>> = vec![Vec::new(); features];
        for tree in models.iter().flat_map(|model| model.trees()) {
            for (&feature, &threshold) in tree.features.iter().zip(tree.thresholds) {
                cuts[usize::from(feature)].push(threshold);
            }
        }
        let (mut columns, mut thresholds, mut first_columns) = (Vec::new(), Vec::new(), Vec::new());
        for (feature, cuts) in cuts.iter_mut().enumerate() {
            cuts.sort_unstable_by(f32::total_cmp);
            cuts.dedup_by(|later, earlier| later <= earlier);
            first_columns.push(columns.len());
            for part in cuts.chunks(MAX_CUTS) {
                let first = thresholds.len();
                thresholds.extend_from_slice(part);
                columns.push(Column { feature, first, last: thresholds.len() });
            }
        }
        Self { columns, thresholds, first_columns }
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// How many columns the first features have.
    pub(super) fn columns_of_first(&self, features: usize) -> usize {
        self.first_columns.get(features).copied().unwrap_or(self.columns.len())
    }

    fn question(&self, feature: usize, threshold: f32) -> Question {
        let first = self.first_columns[feature];
        let columns = self.columns[first..].iter().take_while(|column| column.feature == feature);
        let place: usize = columns.map(|column| self.thresholds[column.first..column.last].partition_point(|&cut| cut < threshold)).sum();
        let bin = i8::try_from(place % MAX_CUTS).unwrap_or(i8::MAX);
        Question { column: first + place / MAX_CUTS, bin: [bin; HALF] }
    }

    /// Sorts up to 32 rows into the bins of the columns that `which` names, one after the other into `bins`; the last rows are filled up with
    /// the first. `rows` have the features from `first_feature` on and are in standard layout.
    pub(super) fn bin(&self, which: Range<usize>, rows: ArrayView2<'_, f32>, first_feature: usize, bins: &mut [Bytes]) {
        let all = rows.to_slice().unwrap_or_default();
        let width = rows.ncols().max(1);
        let mut values = [0.0; LANES];
        for (column, bins) in self.columns[which].iter().zip(bins) {
            let feature = column.feature - first_feature;
            for (value, row) in values.iter_mut().zip(all.chunks_exact(width)) {
                *value = row[feature];
            }
            let first = values[0];
            values.iter_mut().skip(rows.nrows()).for_each(|value| *value = first);
            *bins = count_below(&values, &self.thresholds[column.first..column.last]);
        }
    }
}

impl CutTrees {
    pub(super) fn new(model: &BoostedTrees, cuts: &Cuts) -> Self {
        let depth = model.trees().map(|tree| tree.features.len()).max().unwrap_or(0).max(1);
        let mut trees = Self { bias: model.bias(), depth, questions: Vec::new(), values: Vec::new() };
        for (number, tree) in model.trees().enumerate() {
            trees.questions.resize(number * depth + depth - tree.features.len(), Question::NEVER);
            let splits = tree.features.iter().zip(tree.thresholds).rev();
            trees.questions.extend(splits.map(|(&feature, &threshold)| cuts.question(usize::from(feature), threshold)));
            trees.values.extend_from_slice(tree.values);
            trees.values.resize((number + 1) << depth, [0.0; K]);
        }
        let count = model.trees().count().next_multiple_of(TREES_AT_ONCE);
        trees.questions.resize(count * depth, Question::NEVER);
        // To add a negative zero changes no bit.
        trees.values.resize((count << depth) + LEAVES, [-0.0; K]);
        trees
    }

    /// Writes the raw scores of rows whose bins are `bins`: by 32 rows, then by column.
    pub(super) fn scores_into(&self, columns: usize, bins: &[Bytes], out: &mut [PerLabel]) {
        out.fill(self.bias);
        for (pass, questions) in self.questions.chunks_exact(self.depth * TREES_AT_ONCE).enumerate() {
            let values = &self.values[(pass * TREES_AT_ONCE) << self.depth..];
            let mut tables = [&[[0.0; K]; LEAVES]; TREES_AT_ONCE];
            for (number, table) in tables.iter_mut().enumerate() {
                *table = values[number << self.depth..].first_chunk().unwrap_or(*table);
            }
            if columns == 0 {
                // Without questions every tree is one leaf.
                for scores in &mut *out {
                    for table in &tables {
                        add(scores, &table[0]);
                    }
                }
            }
            for (bins, scores) in bins.chunks_exact(columns.max(1)).zip(out.chunks_mut(LANES)) {
                self.add_leaves(questions, &tables, bins, scores);
            }
        }
    }

    /// Adds some trees' leaves to the scores of up to 32 rows.
    fn add_leaves(&self, questions: &[Question], tables: &[&[PerLabel; LEAVES]; TREES_AT_ONCE], bins: &[Bytes], scores: &mut [PerLabel]) {
        let mut leaves = [[0; LANES]; TREES_AT_ONCE];
        for (leaves, questions) in leaves.iter_mut().zip(questions.chunks_exact(self.depth)) {
            *leaves = leaves_of(questions, bins);
        }
        for (row, scores) in scores.iter_mut().enumerate().take(LANES) {
            let mut sum = *scores;
            for (table, leaves) in tables.iter().zip(&leaves) {
                add(&mut sum, &table[usize::from(leaves[row])]);
            }
            *scores = sum;
        }
    }
}

impl CompiledTrees {
    pub(super) fn new(model: &BoostedTrees) -> Self {
        let cuts = Cuts::new(&[model]);
        Self { n_features: model.n_features(), trees: CutTrees::new(model, &cuts), cuts }
    }

    /// How many features a row must have.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// The raw scores of every row (rows x features) into `out`, one for each row. Fastest if rows are in standard layout.
    ///
    /// # Errors
    /// If there are fewer or more features than the model has, or another number of outputs than rows.
    pub fn scores_into(&self, rows: ArrayView2<'_, f32>, scratch: &mut PredictScratch, out: &mut [[f32; K]]) -> Result<(), BoostError> {
        check_shape(self.n_features, rows, out.len())?;
        let PredictScratch { rows: copy, bins } = scratch;
        let rows = if rows.is_standard_layout() {
            rows.reborrow()
        } else {
            copy.clear();
            copy.extend(rows.iter());
            let values = copy.len();
            let wrong = |_| BoostError::Length { what: "values", found: values, expected: rows.len() };
            ArrayView2::from_shape(rows.dim(), copy).map_err(wrong)?
        };
        self.bin(rows, bins);
        self.trees.scores_into(self.cuts.len(), bins, out);
        Ok(())
    }

    fn bin(&self, rows: ArrayView2<'_, f32>, bins: &mut Vec<Bytes>) {
        let columns = self.cuts.len();
        bins.clear();
        bins.resize(rows.nrows().div_ceil(LANES) * columns, [0; LANES]);
        for (rows, bins) in rows.axis_chunks_iter(Axis(0), LANES).zip(bins.chunks_exact_mut(columns.max(1))) {
            self.cuts.bin(0..columns, rows, 0, bins);
        }
    }
}

/// How many of the thresholds (at most 127) each value is above.
///
/// Thresholds pass through `black_box`, as the compiler would otherwise vectorise over them instead of over values, which
/// takes twice as long; it has no effect on results.
fn count_below(values: &[f32; LANES], thresholds: &[f32]) -> Bytes {
    // Much of a page is the same for all its blocks, or for many side by side.
    let first = values[0];
    if values.iter().fold(0, |differ, value| differ | (value.to_bits() ^ first.to_bits())) == 0 {
        let count = thresholds.partition_point(|threshold| first > *threshold);
        return [i8::try_from(count).unwrap_or(i8::MAX); LANES];
    }
    let mut counts = [0; LANES];
    for &threshold in thresholds {
        let threshold = std::hint::black_box(threshold);
        for (count, &value) in counts.iter_mut().zip(values) {
            *count += i8::from(value > threshold);
        }
    }
    counts
}

/// The leaves that 32 rows fall into; the questions stand last level first.
fn leaves_of(questions: &[Question], bins: &[Bytes]) -> [u8; LANES] {
    let mut leaves = [0_u8; LANES];
    for question in questions {
        let halves = leaves.as_chunks_mut::<HALF>().0.iter_mut().zip(bins[question.column].as_chunks::<HALF>().0);
        for (leaves, bins) in halves {
            for ((leaf, bin), border) in leaves.iter_mut().zip(bins).zip(&question.bin) {
                *leaf = leaf.wrapping_add(*leaf).wrapping_add(u8::from(bin > border));
            }
        }
    }
    leaves
}

fn add(scores: &mut PerLabel, value: &PerLabel) {
    for (score, value) in scores.iter_mut().zip(value) {
        *score += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::boost::tree::GrownTree;
    use crate::rng::SplitMix64;
    use ndarray::Array2;
    use std::time::Instant;

    /// Trees of depth 6 with random questions.
    fn random_trees(trees: usize, features: usize, cuts: usize) -> BoostedTrees {
        let mut generator = SplitMix64::new(9);
        let mut model = BoostedTrees::without_trees(features, [0.1, 0.2, 0.3, 0.4]);
        for _ in 0..trees {
            let mut split = || (generator.below(features), (generator.below(cuts) as f32 + 0.5) / cuts as f32, 1.0);
            let splits = (0..6).map(|_| split()).collect();
            let values = (0..64_u16).map(|leaf| [f32::from(leaf), 0.5, -0.3, f32::from(leaf % 7)]).collect();
            model.push(GrownTree { splits, values, covers: vec![1.0 / 64.0; 64] });
        }
        model
    }

    fn page(rows: usize, features: usize) -> Array2<f32> {
        let generator = SplitMix64::new(3);
        Array2::from_shape_fn((rows, features), |(row, feature)| generator.fraction_at((row * features + feature) as u64))
    }

    #[test]
    fn a_feature_with_more_than_127_thresholds_is_read_in_several_columns() {
        let trees = random_trees(400, 2, 5000);
        let compiled = trees.compile();
        assert!(compiled.cuts.len() > 6);
        let page = page(100, 2);
        let (mut plain, mut fast) = (vec![[0.0; K]; 100], vec![[0.0; K]; 100]);
        trees.scores_into(page.view(), &mut plain).unwrap();
        compiled.scores_into(page.view(), &mut PredictScratch::default(), &mut fast).unwrap();
        assert_eq!(plain, fast);
    }

    #[test]
    fn pages_of_another_width_are_refused() {
        let compiled = random_trees(1, 3, 4).compile();
        let mut scratch = PredictScratch::default();
        assert!(compiled.scores_into(page(2, 4).view(), &mut scratch, &mut [[0.0; K]; 2]).is_err());
        assert!(compiled.scores_into(page(2, 3).view(), &mut scratch, &mut [[0.0; K]; 1]).is_err());
        assert!(compiled.scores_into(page(0, 3).view(), &mut scratch, &mut []).is_ok());
    }

    #[test]
    #[ignore = "measures time; run it in a release profile"]
    fn time_500_trees_on_a_page_of_280_blocks() {
        let compiled = random_trees(500, 350, 63).compile();
        let page = page(280, 350);
        let mut scratch = PredictScratch::default();
        let mut scores = vec![[0.0; K]; 280];
        let mut best = (u128::MAX, u128::MAX);
        for _ in 0..300 {
            let start = Instant::now();
            compiled.scores_into(page.view(), &mut scratch, &mut scores).unwrap();
            best.0 = best.0.min(start.elapsed().as_nanos());
            let start = Instant::now();
            compiled.bin(page.view(), &mut scratch.bins);
            best.1 = best.1.min(start.elapsed().as_nanos());
        }
        println!("{} thresholds; scores {} ns, of which binning {} ns", compiled.cuts.thresholds.len(), best.0, best.1);
    }
}
