//! Which rows a tree's splits are chosen from: minimal variance sampling.
//!
//! Takes every row's pull (how far it could move a split's score), gives the rows drawn and what each stands for. Knows
//! nothing of features, labels or trees.
//!
//! A row with pull `s` is drawn with chance `min(1, s / mu)` and then counts `1 / chance` times, which keeps sums over
//! rows unbiased and gives their estimates the least variance for the number of rows drawn (Ibragimov and Gusev,
//! "Minimal variance sampling in stochastic gradient boosting", NeurIPS 2019; CatBoost's `MVS`).

use rayon::prelude::*;

use super::state::narrow;
use crate::rng::SplitMix64;

/// Rows handled together. Sums are made within chunks, then over chunks in order, so that the number of threads cannot
/// change a result.
pub(super) const CHUNK: usize = 8192;

/// A row that was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DrawnRow {
    /// The row's number.
    pub(super) row: u32,
    /// How many rows it stands for: 1 divided by the chance it was drawn with.
    pub(super) stands_for: f32,
}

/// Draws about `expected` rows (all that pull at all, if there are no more); ascending.
pub(super) fn draw_rows(pulls: &[f32], expected: f64, generator: SplitMix64) -> Vec<DrawnRow> {
    let certain_from = threshold(pulls, expected);
    let chunks: Vec<Vec<DrawnRow>> = pulls
        .par_chunks(CHUNK)
        .zip((0_u32..).step_by(CHUNK).take(pulls.len().div_ceil(CHUNK)).collect::<Vec<_>>())
        .map(|(chunk, first)| {
            let mut drawn = Vec::new();
            for (row, &pull) in (first..).zip(chunk) {
                let chance = if certain_from > 0.0 { (pull / certain_from).min(1.0) } else { f32::from(pull > 0.0) };
                if generator.fraction_at(u64::from(row)) < chance {
                    drawn.push(DrawnRow { row, stands_for: 1.0 / chance });
                }
            }
            drawn
        })
        .collect();
    chunks.concat()
}

/// The pull from which on rows are drawn for certain: `mu` such that `sum(min(1, pull / mu)) = expected`; 0 if all are.
///
/// `mu = sum / expected` is too high, as rows above it use only part of what they were given. Each step gives the rows
/// above `mu` one draw each and shares the rest of `expected` among the others; `mu` falls to the answer in a few steps.
fn threshold(pulls: &[f32], expected: f64) -> f32 {
    let pulling = pulls.iter().filter(|&&pull| pull > 0.0).count();
    if expected >= pulling as f64 {
        return 0.0;
    }
    let mut mu = sum_below(pulls, f32::INFINITY).1 / expected;
    let mut certain_before = 0;
    for _ in 0..64 {
        let (certain, rest) = sum_below(pulls, narrow(mu));
        if certain == certain_before || certain as f64 >= expected {
            break;
        }
        certain_before = certain;
        mu = rest / (expected - certain as f64);
    }
    narrow(mu)
}

/// How many pulls are at least `limit`, and the sum of the others.
fn sum_below(pulls: &[f32], limit: f32) -> (usize, f64) {
    let chunks: Vec<(usize, f64)> = pulls
        .par_chunks(CHUNK)
        .map(|chunk| {
            let certain = chunk.iter().filter(|&&pull| pull >= limit).count();
            let rest = chunk.iter().filter(|&&pull| pull < limit).map(|&pull| f64::from(pull)).sum();
            (certain, rest)
        })
        .collect();
    chunks.into_iter().fold((0, 0.0), |total, chunk| (total.0 + chunk.0, total.1 + chunk.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_as_many_rows_as_expected_are_drawn_and_they_stand_for_all() {
        let pulls: Vec<f32> = (0..20_000_u16).map(|row| f32::from(row % 100) + 0.5).collect();
        let drawn = draw_rows(&pulls, 4000.0, SplitMix64::new(1));
        assert!((3700..4300).contains(&drawn.len()), "{}", drawn.len());
        let total: f32 = drawn.iter().map(|drawn| drawn.stands_for * pulls[drawn.row as usize]).sum();
        assert!((total / pulls.iter().sum::<f32>() - 1.0).abs() < 0.03);
    }

    #[test]
    fn rows_with_an_outstanding_pull_are_certain() {
        let mut pulls = vec![1.0; 10_000];
        pulls[..50].fill(1e6);
        let drawn = draw_rows(&pulls, 1000.0, SplitMix64::new(2));
        assert!((850..1150).contains(&drawn.len()), "{}", drawn.len());
        assert!((0..50).all(|row| drawn[row as usize] == DrawnRow { row, stands_for: 1.0 }));
    }

    #[test]
    fn all_rows_that_pull_are_drawn_if_that_many_are_wanted() {
        let drawn = draw_rows(&[1.0, 0.0, 0.1], 3.0, SplitMix64::new(3));
        assert_eq!(drawn.iter().map(|drawn| drawn.row).collect::<Vec<_>>(), [0, 2]);
        assert!(drawn.iter().all(|drawn| drawn.stands_for <= 1.0));
    }
}
