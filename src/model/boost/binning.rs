//! Cutting features into at most 255 bins, so that a value is a byte.
//!
//! Takes a matrix of finite `f32`, gives [`Binning`] (where the cuts are) and [`BinnedMatrix`] (one byte a value,
//! column after column). Knows nothing of targets: cuts depend on the features alone.

use ndarray::{ArrayView2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::BoostError;

/// Columns that are read together, so that each cache line of a row-major matrix (64 bytes) is read once.
const COLUMNS_AT_ONCE: usize = 16;

/// The cuts of every feature: ascending thresholds `t`. A value's bin is the number of thresholds it is above, so
/// `bin > b` means `value > t[b]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Binning {
    thresholds: Vec<Vec<f32>>,
}

impl Binning {
    /// How many features are cut.
    pub fn features(&self) -> usize {
        self.thresholds.len()
    }

    /// A feature's thresholds, ascending, in the feature's unit; empty for a constant feature and one that is not there.
    pub fn thresholds(&self, feature: usize) -> &[f32] {
        self.thresholds.get(feature).map_or(&[], Vec::as_slice)
    }

    /// The bin of one value of a feature; NaN is in bin 0.
    pub fn bin_of(&self, feature: usize, value: f32) -> u8 {
        bin_of(self.thresholds(feature), value)
    }
}

/// A feature matrix with one byte a value, column-major.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BinnedMatrix {
    binning: Binning,
    rows: usize,
    columns: Vec<Vec<u8>>,
}

impl BinnedMatrix {
    /// Cuts every feature of `records` (rows x features) into at most `max_bins` bins (clamped to 2 to 255).
    ///
    /// A feature with no more distinct values than bins is cut midway between them. Another gets bins of about equally
    /// many rows, where a value that fills a bin by itself has one of its own (as in LightGBM's `GreedyFindBin`).
    ///
    /// # Errors
    /// If a value is not finite.
    pub fn quantile(records: ArrayView2<'_, f32>, max_bins: usize) -> Result<Self, BoostError> {
        let max_bins = max_bins.clamp(2, 255);
        let cut = map_columns(records, |_, values| {
            let thresholds = cut_points(values, max_bins);
            let bins = bin_column(&thresholds, values);
            (thresholds, bins)
        })?;
        let (thresholds, columns) = cut.into_iter().unzip();
        Ok(Self { binning: Binning { thresholds }, rows: records.nrows(), columns })
    }

    /// Sorts `records` (rows x features) into bins that were cut before.
    ///
    /// # Errors
    /// If a value is not finite, or the number of features is another than the binning's.
    pub fn with_binning(records: ArrayView2<'_, f32>, binning: Binning) -> Result<Self, BoostError> {
        let (found, expected) = (records.ncols(), binning.features());
        if found != expected {
            return Err(BoostError::Length { what: "features", found, expected });
        }
        let columns = map_columns(records, |feature, values| bin_column(binning.thresholds(feature), values))?;
        Ok(Self { binning, rows: records.nrows(), columns })
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        self.columns.len()
    }

    /// Where the cuts are.
    pub fn binning(&self) -> &Binning {
        &self.binning
    }

    /// A feature's bins, row by row; empty for a feature that is not there.
    pub fn column(&self, feature: usize) -> &[u8] {
        self.columns.get(feature).map_or(&[], Vec::as_slice)
    }

    /// The matrix of these rows, in this order, with the same cuts; rows that are not there are left out.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let columns: Vec<Vec<u8>> =
            self.columns.par_iter().map(|column| rows.iter().filter_map(|&row| column.get(row).copied()).collect()).collect();
        let rows = rows.iter().filter(|&&row| row < self.rows).count();
        Self { binning: self.binning.clone(), rows, columns }
    }

    /// This matrix with the features of another to the right of its own, as a later stage needs them.
    ///
    /// # Errors
    /// If the other has another number of rows.
    pub fn beside(mut self, right: Self) -> Result<Self, BoostError> {
        if right.rows != self.rows {
            return Err(BoostError::Length { what: "rows", found: right.rows, expected: self.rows });
        }
        self.columns.extend(right.columns);
        self.binning.thresholds.extend(right.binning.thresholds);
        Ok(self)
    }
}

/// How many thresholds the value is above.
#[expect(clippy::cast_possible_truncation, reason = "a feature has at most 254 thresholds")]
fn bin_of(thresholds: &[f32], value: f32) -> u8 {
    thresholds.partition_point(|&threshold| value > threshold) as u8
}

fn bin_column(thresholds: &[f32], values: &[f32]) -> Vec<u8> {
    values.iter().map(|&value| bin_of(thresholds, value)).collect()
}

/// Calls `work` with every column's number and finite values, in parallel; the results are in the columns' order.
fn map_columns<T: Send>(records: ArrayView2<'_, f32>, work: impl Fn(usize, &[f32]) -> T + Sync) -> Result<Vec<T>, BoostError> {
    let firsts: Vec<usize> = (0..records.ncols()).step_by(COLUMNS_AT_ONCE).collect();
    let groups: Vec<Vec<T>> = firsts
        .into_par_iter()
        .map(|first| {
            let width = COLUMNS_AT_ONCE.min(records.ncols() - first);
            let mut columns = vec![Vec::with_capacity(records.nrows()); width];
            for (row, values) in records.axis_iter(Axis(0)).enumerate() {
                for (offset, column) in columns.iter_mut().enumerate() {
                    let found = values[first + offset];
                    if !found.is_finite() {
                        return Err(BoostError::NonFinite { row, feature: first + offset, found });
                    }
                    column.push(found);
                }
            }
            Ok(columns.iter().enumerate().map(|(offset, values)| work(first + offset, values)).collect())
        })
        .collect::<Result<_, _>>()?;
    Ok(groups.into_iter().flatten().collect())
}

/// Ascending thresholds, one fewer than bins, that cut these finite values into at most `max_bins` bins.
fn cut_points(values: &[f32], max_bins: usize) -> Vec<f32> {
    // Integers in the order of the values sort faster than the values.
    let mut keys: Vec<i32> = values.iter().map(|value| flip(value.to_bits().cast_signed())).collect();
    keys.sort_unstable();
    let sorted: Vec<f32> = keys.into_iter().map(|key| f32::from_bits(flip(key).cast_unsigned())).collect();
    // In ascending order, not below is equal (which 0 and -0 are).
    let distinct: Vec<(f32, usize)> = sorted.chunk_by(|earlier, later| earlier >= later).map(|run| (run[0], run.len())).collect();
    let ends_bin = if distinct.len() <= max_bins { vec![true; distinct.len()] } else { quantile_ends(&distinct, max_bins) };
    let pairs = distinct.windows(2).zip(ends_bin);
    pairs.filter(|&(_, ends)| ends).map(|(pair, _)| between(pair[0].0, pair[1].0)).collect()
}

/// Turns the bits of an `f32` into an integer of the same order (as [`f32::total_cmp`] does), and back.
const fn flip(bits: i32) -> i32 {
    bits ^ ((bits >> 31) & i32::MAX)
}

/// For each distinct value (ascending, with the number of its rows): does a bin end with it? At most `max_bins` do.
fn quantile_ends(distinct: &[(f32, usize)], max_bins: usize) -> Vec<bool> {
    let mut rows: usize = distinct.iter().map(|&(_, count)| count).sum();
    let is_big = |count: usize, rows: usize, bins: usize| count * bins.max(1) >= rows;
    let big_from = rows;
    let mut small_bins = max_bins;
    for &(_, count) in distinct {
        if is_big(count, big_from, max_bins) {
            small_bins -= 1;
            rows -= count;
        }
    }
    let mut ends = vec![false; distinct.len()];
    let (mut bins, mut filled) = (1, 0);
    for (index, &(_, count)) in distinct.iter().enumerate() {
        let big = is_big(count, big_from, max_bins);
        filled += count;
        if !big {
            rows -= count;
        }
        let next_is_big = distinct.get(index + 1).is_some_and(|&(_, next)| is_big(next, big_from, max_bins));
        // What is left over, the open bin included, is shared out equally among the bins that are left.
        let share = if big { 0 } else { (rows + filled) / small_bins.max(1) };
        if bins < max_bins && (big || filled >= share.max(1) || next_is_big) {
            ends[index] = true;
            bins += 1;
            filled = 0;
            if !big && small_bins > 1 {
                small_bins -= 1;
            }
        }
    }
    ends
}

/// A number in `[low, high)`, midway where `f32` allows.
fn between(low: f32, high: f32) -> f32 {
    let middle = low / 2.0 + high / 2.0;
    if low <= middle && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    #[test]
    fn a_feature_of_few_values_is_cut_midway_between_them() {
        assert_eq!(cut_points(&[3.0, 1.0, 1.0, 2.0, 3.0], 64), [1.5, 2.5]);
        assert!(cut_points(&[4.0; 9], 64).is_empty());
    }

    #[test]
    fn a_feature_of_many_values_gets_bins_of_equally_many_rows() {
        let values: Vec<f32> = (0..1000).map(|value| value as f32).collect();
        let thresholds = cut_points(&values, 10);
        assert_eq!(thresholds.len(), 9);
        let mut rows = [0; 10];
        for &value in &values {
            rows[usize::from(bin_of(&thresholds, value))] += 1;
        }
        assert!(rows.iter().all(|&count| (90..=110).contains(&count)), "{rows:?}");
    }

    #[test]
    fn a_value_of_most_rows_has_a_bin_of_its_own_and_leaves_the_others_theirs() {
        let values: Vec<f32> = (0..1000).map(|row| if row % 10 == 0 { row as f32 } else { 0.5 }).collect();
        let thresholds = cut_points(&values, 11);
        assert_eq!(bin_of(&thresholds, 0.5), bin_of(&thresholds, 0.0) + 1);
        assert!(thresholds.len() >= 9, "{thresholds:?}");
    }

    #[test]
    fn neighbouring_numbers_are_told_apart() {
        let (low, high) = (1.0_f32, 1.0_f32.next_up());
        for (low, high) in [(low, high), (-f32::MAX, f32::MAX), (0.0, f32::from_bits(1)), (-0.0, f32::from_bits(3))] {
            let threshold = between(low, high);
            assert!(high > threshold && low <= threshold);
        }
    }

    #[test]
    fn a_value_that_is_not_finite_is_refused_and_named() {
        let records = array![[1.0, 2.0], [3.0, f32::NAN]];
        let error = BinnedMatrix::quantile(records.view(), 64).unwrap_err();
        assert!(matches!(error, BoostError::NonFinite { row: 1, feature: 1, .. }));
    }

    #[test]
    fn rows_can_be_selected_and_features_put_beside_others() {
        let records = Array2::from_shape_fn((5, 20), |(row, feature)| (row * feature) as f32);
        let matrix = BinnedMatrix::quantile(records.view(), 64).unwrap();
        assert_eq!(matrix.column(1), [0, 1, 2, 3, 4]);
        assert_eq!(matrix, BinnedMatrix::with_binning(records.view(), matrix.binning().clone()).unwrap());
        assert_eq!(matrix.select_rows(&[4, 0]).column(3), [4, 0]);
        let both = matrix.clone().beside(matrix.clone()).unwrap();
        assert_eq!(both.column(23), matrix.column(3));
        assert_eq!(both.binning().features(), 40);
        assert!(both.beside(matrix.select_rows(&[0])).is_err());
    }

    proptest! {
        #[test]
        fn bins_are_few_and_keep_the_order_of_values(
            values in prop::collection::vec(prop_oneof![-5.0_f32..5.0, Just(0.0), Just(1.0)], 1..400),
            max_bins in 2_usize..40,
        ) {
            let thresholds = cut_points(&values, max_bins);
            prop_assert!(thresholds.len() < max_bins);
            prop_assert!(thresholds.windows(2).all(|pair| pair[0] < pair[1]));
            let mut sorted = values;
            sorted.sort_by(f32::total_cmp);
            prop_assert!(sorted.windows(2).all(|pair| bin_of(&thresholds, pair[0]) <= bin_of(&thresholds, pair[1])));
            prop_assert_eq!(bin_of(&thresholds, sorted[0]), 0);
        }
    }
}
