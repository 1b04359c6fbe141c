//! Where every training row stands: its score, its probabilities, how far it pulls and the leaf it is in.
//!
//! Takes training rows, splits and leaf values; gives sums over leaves, and gradients of the rows drawn. Does not know how
//! splits are found or rows drawn.

use rayon::prelude::*;

use super::histogram::{Split, Sums, weighted};
use super::loss::{gradient, softmax};
use super::sample::{CHUNK, DrawnRow};
use super::{K, PerLabel, TrainingRows};

/// The lowest share of weight a label is taken to have before there are trees, as the log of 0 is no score.
const LOWEST_PRIOR: f64 = 1e-6;

/// What changes from tree to tree, for every row.
pub(super) struct State<'a> {
    pub(super) rows: TrainingRows<'a>,
    pub(super) bias: PerLabel,
    scores: Vec<PerLabel>,
    probabilities: Vec<PerLabel>,
    /// How far a row could move a split's score: its weight times the regularised length of its gradient.
    pub(super) pulls: Vec<f32>,
    /// The leaf of the newest tree that a row falls into.
    leaves: Vec<u8>,
}

/// Sums over one leaf's rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LeafSums {
    gradient: [f64; K],
    curvature: [f64; K],
    pub(super) weight: f64,
}

impl LeafSums {
    fn add(&mut self, other: &Self) {
        self.gradient.iter_mut().zip(other.gradient).for_each(|(sum, other)| *sum += other);
        self.curvature.iter_mut().zip(other.curvature).for_each(|(sum, other)| *sum += other);
        self.weight += other.weight;
    }

    /// One Newton step for every label with the diagonal of the curvature, shifted to sum to 0.
    pub(super) fn newton_step(&self, l2: f32) -> PerLabel {
        let step: [f64; K] = std::array::from_fn(|label| {
            let curvature = self.curvature[label] + f64::from(l2);
            if curvature > 0.0 { -self.gradient[label] / curvature } else { 0.0 }
        });
        let mean = step.iter().sum::<f64>() / K as f64;
        step.map(|label| narrow(label - mean))
    }
}

impl<'a> State<'a> {
    pub(super) fn new(rows: &TrainingRows<'a>) -> Self {
        let count = rows.bins.rows();
        let (bias, scores) = if let Some(scores) = rows.initial_scores {
            ([0.0; K], scores.to_vec())
        } else {
            let bias = log_priors(rows);
            (bias, vec![bias; count])
        };
        let mut state =
            Self { rows: *rows, bias, scores, probabilities: vec![[0.0; K]; count], pulls: vec![0.0; count], leaves: vec![0; count] };
        // Before there is a tree, hardly any row is preferred.
        state.advance(&[[0.0; K]], 1.0);
        state
    }

    /// Sorts all rows into the leaves of these splits (bit `l` of a leaf is the answer at level `l`) and sums them.
    pub(super) fn sum_leaves(&mut self, splits: &[Split]) -> Vec<LeafSums> {
        let (rows, probabilities) = (self.rows, &self.probabilities);
        let chunks: Vec<Vec<LeafSums>> = self
            .leaves
            .par_chunks_mut(CHUNK)
            .enumerate()
            .map(|(chunk, leaves)| {
                let range = chunk * CHUNK..chunk * CHUNK + leaves.len();
                leaves.fill(0);
                for (level, split) in splits.iter().enumerate() {
                    for (leaf, &bin) in leaves.iter_mut().zip(&rows.bins.column(split.feature)[range.clone()]) {
                        *leaf |= u8::from(bin > split.bin) << level;
                    }
                }
                let mut sums = vec![LeafSums::default(); 1 << splits.len()];
                for (&leaf, row) in leaves.iter().zip(range) {
                    let sums = &mut sums[usize::from(leaf)];
                    let weight = weight_of(&rows, row);
                    let slope = gradient(probabilities[row], rows.targets[row]);
                    for (label, &probability) in probabilities[row].iter().enumerate() {
                        sums.gradient[label] += f64::from(weight * slope[label]);
                        sums.curvature[label] += f64::from(weight * probability * (1.0 - probability));
                    }
                    sums.weight += f64::from(weight);
                }
                sums
            })
            .collect();
        let mut total = vec![LeafSums::default(); 1 << splits.len()];
        for chunk in &chunks {
            total.iter_mut().zip(chunk).for_each(|(total, sums)| total.add(sums));
        }
        total
    }

    /// Adds the leaves' values to scores and works out what follows from them: probabilities and pulls.
    pub(super) fn advance(&mut self, values: &[PerLabel], floor: f32) {
        let rows = self.rows;
        self.scores
            .par_chunks_mut(CHUNK)
            .zip(self.probabilities.par_chunks_mut(CHUNK))
            .zip(self.pulls.par_chunks_mut(CHUNK))
            .zip(self.leaves.par_chunks(CHUNK))
            .enumerate()
            .for_each(|(chunk, (((scores, probabilities), pulls), leaves))| {
                for (offset, &leaf) in leaves.iter().enumerate() {
                    let row = chunk * CHUNK + offset;
                    let step = values[usize::from(leaf)];
                    let score = std::array::from_fn(|label| scores[offset][label] + step[label]);
                    let probability = softmax(score);
                    let slope = gradient(probability, rows.targets[row]);
                    let length = slope.iter().map(|label| label * label).sum::<f32>();
                    scores[offset] = score;
                    probabilities[offset] = probability;
                    pulls[offset] = weight_of(&rows, row) * (length + floor).sqrt();
                }
            });
    }

    /// What the drawn rows add to sums.
    pub(super) fn drawn_gradients(&self, drawn: &[DrawnRow]) -> Vec<Sums> {
        let sums_of = |drawn: &DrawnRow| {
            let row = drawn.row as usize;
            let slope = gradient(self.probabilities[row], self.rows.targets[row]);
            weighted(slope, weight_of(&self.rows, row) * drawn.stands_for)
        };
        drawn.par_iter().with_min_len(CHUNK).map(sums_of).collect()
    }
}

/// The square of the mean length of the leaves' values, which keeps rows that are learnt already from never being drawn
/// (as CatBoost's MVS estimates its regularisation from the tree before).
pub(super) fn pull_floor(values: &[PerLabel]) -> f32 {
    let length = |value: &PerLabel| value.iter().map(|label| label * label).sum::<f32>().sqrt();
    (values.iter().map(length).sum::<f32>() / values.len() as f32).powi(2)
}

fn weight_of(rows: &TrainingRows<'_>, row: usize) -> f32 {
    rows.weights.map_or(1.0, |weights| weights[row])
}

/// The logs of the labels' shares of weight, where a row's weight is shared equally by its admissible labels.
fn log_priors(rows: &TrainingRows<'_>) -> PerLabel {
    let mut shares = [0.0_f64; K];
    let mut total = 0.0;
    for (row, &mask) in rows.targets.iter().enumerate() {
        let weight = f64::from(weight_of(rows, row));
        total += weight;
        for (label, share) in shares.iter_mut().enumerate() {
            *share += weight * f64::from((mask >> label) & 1) / f64::from(mask.count_ones());
        }
    }
    shares.map(|share| narrow((share / total).max(LOWEST_PRIOR).ln()))
}

/// Sums are made in `f64` and kept in `f32`.
#[expect(clippy::cast_possible_truncation, reason = "the last bits do not matter")]
pub(crate) fn narrow(value: f64) -> f32 {
    value as f32
}
