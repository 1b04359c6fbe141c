//! A multinomial logistic regression as a stage: the baseline beside boosted trees.
//!
//! Takes rows of features, the labels each row may have and what it counts; gives [`LinearModel`]: a score a label that is a sum over features of
//! weight times distance from the mean. Fitted by linfa-logistic, which knows neither sets of labels nor weights of rows: a row of several
//! labels counts as the most frequent of them, navigation, and a row's weight is its chance to be drawn. Knows nothing of what features mean.

use linfa::Dataset;
use linfa::traits::Fit as _;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::boost::{BoostError, Contributions, narrow};
use crate::label::Label;
use crate::recipe::LogisticRecipe;
use crate::rng::SplitMix64;

const K: usize = Label::COUNT;

/// Deviations below this are those of a constant.
const LEAST_DEVIATION: f64 = 1e-9;

/// A fitted linear model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LinearModel {
    /// The scores of a row whose every feature is at its mean.
    bias: [f32; K],
    /// By feature: its mean over the rows that were drawn.
    means: Vec<f32>,
    /// By feature: what one unit of it adds to each label's score.
    weights: Vec<[f32; K]>,
}

/// What a linear model learns from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinearRows<'a> {
    pub(crate) values: ArrayView2<'a, f32>,
    /// For each row the labels it may have, a bit for each [`Label::index`].
    pub(crate) masks: &'a [u8],
    /// For each row what it counts.
    pub(crate) weights: &'a [f32],
}

impl LinearModel {
    /// Fits a model to a sample of the rows.
    ///
    /// # Errors
    /// In plain words: if some label has no row, or the fit does not end.
    pub(crate) fn fit(rows: &LinearRows<'_>, recipe: &LogisticRecipe, seed: u64) -> Result<Self, String> {
        let drawn = drawn(rows.weights, recipe.rows, seed);
        let (records, means, deviations) = scaled(&rows.values, &drawn);
        let targets: Array1<usize> = drawn.iter().map(|row| label_of(rows.masks[*row]).index()).collect();
        let params = MultiLogisticRegression::default().alpha(recipe.l2).max_iterations(recipe.iterations);
        let fitted = params.fit(&Dataset::new(records, targets)).map_err(|error| error.to_string())?;
        if fitted.classes() != [0, 1, 2, 3] {
            return Err("a label is missing among the rows that were drawn".to_owned());
        }
        let weights = deviations
            .iter()
            .enumerate()
            .map(|(feature, deviation)| std::array::from_fn(|label| narrow(fitted.params()[(feature, label)] / deviation)));
        let model = Self {
            bias: std::array::from_fn(|label| narrow(fitted.intercept()[label])),
            means: means.iter().map(|mean| narrow(*mean)).collect(),
            weights: weights.collect(),
        };
        let finite = model.bias.iter().chain(model.weights.iter().flatten()).all(|value| value.is_finite());
        if finite { Ok(model) } else { Err("the fit has no end: raise logistic.l2".to_owned()) }
    }

    /// How many features a row has.
    pub(crate) fn n_features(&self) -> usize {
        self.weights.len()
    }

    /// How the scores of a row come about: they are the sum of the parts, exactly.
    ///
    /// # Errors
    /// If the row has another number of features.
    pub(crate) fn contributions(&self, row: &[f32]) -> Result<Contributions, BoostError> {
        self.check(row.len())?;
        let parts = row.iter().zip(&self.means).zip(&self.weights);
        let features = parts.map(|((value, mean), weights)| weights.map(|weight| weight * (value - mean))).collect();
        Ok(Contributions { bias: self.bias, features })
    }

    /// Writes the raw scores of rows.
    ///
    /// # Errors
    /// If the rows have another number of features.
    pub(crate) fn scores_into(&self, rows: ArrayView2<'_, f32>, out: &mut [[f32; K]]) -> Result<(), BoostError> {
        self.check(rows.ncols())?;
        for (row, scores) in rows.rows().into_iter().zip(out) {
            *scores = self.bias;
            for ((value, mean), weights) in row.iter().zip(&self.means).zip(&self.weights) {
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += weight * (value - mean);
                }
            }
        }
        Ok(())
    }

    /// By feature: the greatest weight on any label, in nats a unit.
    pub(crate) fn strengths(&self) -> Vec<f32> {
        self.weights.iter().map(|weights| weights.iter().fold(0.0, |most: f32, weight| most.max(weight.abs()))).collect()
    }

    fn check(&self, found: usize) -> Result<(), BoostError> {
        let expected = self.n_features();
        if found == expected { Ok(()) } else { Err(BoostError::Length { what: "features", found, expected }) }
    }
}

/// A row's label; navigation if it may have several, as everything but content mostly is.
fn label_of(mask: u8) -> Label {
    let mut labels = Label::ALL.into_iter().filter(|label| mask & (1 << label.index()) != 0);
    match (labels.next(), labels.next()) {
        (Some(label), None) => label,
        _ => Label::Navigation,
    }
}

/// The numbers of about `wanted` rows, each drawn with a chance in proportion to its weight; all that weigh something if there are not so many.
fn drawn(weights: &[f32], wanted: usize, seed: u64) -> Vec<usize> {
    let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
    let rate = narrow(wanted as f64 / total.max(f64::MIN_POSITIVE));
    let numbers = SplitMix64::new(seed);
    let chosen = weights.iter().enumerate().filter(|(row, weight)| numbers.fraction_at(*row as u64) < **weight * rate);
    chosen.map(|(row, _)| row).collect()
}

/// The rows drawn with every feature at mean 0 and deviation 1, the means and the deviations. A constant feature is 0 throughout.
fn scaled(values: &ArrayView2<'_, f32>, drawn: &[usize]) -> (Array2<f64>, Vec<f64>, Vec<f64>) {
    let mut records = values.select(Axis(0), drawn).mapv(f64::from);
    let count = drawn.len().max(1) as f64;
    let (mut means, mut deviations) = (Vec::with_capacity(records.ncols()), Vec::with_capacity(records.ncols()));
    for mut column in records.columns_mut() {
        let mean = column.sum() / count;
        column -= mean;
        let deviation = (column.iter().map(|value| value * value).sum::<f64>() / count).sqrt();
        let deviation = if deviation > LEAST_DEVIATION { deviation } else { 1.0 };
        column /= deviation;
        means.push(mean);
        deviations.push(deviation);
    }
    (records, means, deviations)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four groups of rows, told apart by the signs of two features; a third is constant, in another unit.
    fn fitted() -> LinearModel {
        let sign = |row: usize, bit: usize| if row >> bit & 1 == 1 { 1.0 } else { -1.0 };
        let values = Array2::from_shape_fn((400, 3), |(row, column)| match column {
            0 => 1000.0 * sign(row, 0) + (row % 7) as f32,
            1 => sign(row, 1) + (row % 5) as f32 / 10.0,
            _ => 3.0,
        });
        let masks: Vec<u8> = (0..400).map(|row| 1 << (row % 4)).collect();
        let rows = LinearRows { values: values.view(), masks: &masks, weights: &[1.0; 400] };
        LinearModel::fit(&rows, &LogisticRecipe { rows: 400, iterations: 50, l2: 1.0 }, 1).unwrap()
    }

    #[test]
    fn rows_get_the_label_of_their_group() {
        let model = fitted();
        let rows = ndarray::array![[-1000.0, -1.0, 3.0], [1000.0, -1.0, 3.0], [-1000.0, 1.0, 3.0], [1000.0, 1.0, 3.0]];
        let mut scores = vec![[0.0; K]; 4];
        model.scores_into(rows.view(), &mut scores).unwrap();
        for (label, scores) in scores.iter().enumerate() {
            assert!((0..K).all(|other| other == label || scores[other] < scores[label]), "{scores:?}");
        }
        assert!(model.weights[2].iter().all(|weight| weight.abs() < 1e-6), "{model:?}");
    }

    #[test]
    fn contributions_add_up_to_the_scores() {
        let model = fitted();
        let row = ndarray::array![[400.0, 0.3, 2.0]];
        let mut scores = vec![[0.0; K]];
        model.scores_into(row.view(), &mut scores).unwrap();
        let sums = model.contributions(row.as_slice().unwrap()).unwrap().scores();
        assert!(sums.iter().zip(&scores[0]).all(|(sum, score)| (sum - score).abs() < 1e-6), "{sums:?} {scores:?}");
        assert!(model.contributions(&[1.0]).is_err());
    }

    #[test]
    fn a_heavier_row_is_drawn_more_often_and_a_weightless_one_never() {
        let weights: Vec<f32> = (0..3000).map(|row| [0.0, 1.0, 3.0][row % 3]).collect();
        let drawn = drawn(&weights, 800, 7);
        let of = |kind: usize| drawn.iter().filter(|row| **row % 3 == kind).count();
        assert_eq!(of(0), 0);
        // 200 of weight 1 and 600 of weight 3 are expected, give or take a few.
        assert!((150..250).contains(&of(1)) && (540..660).contains(&of(2)), "{} {}", of(1), of(2));
        assert_eq!(super::drawn(&weights, 100_000, 7).len(), 2000);
    }

    #[test]
    fn several_labels_count_as_navigation() {
        assert_eq!([0b0001, 0b1000, 0b1110].map(label_of), [Label::Content, Label::SubscriptionPrompt, Label::Navigation]);
    }
}
