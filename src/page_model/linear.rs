//! A multinomial logistic regression over standardised columns.
//!
//! Takes rows and classes, fits by linfa, gives probabilities. Knows nothing of what columns or classes mean.

use linfa::Dataset;
use linfa::traits::Fit as _;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Steps of the solver (L-BFGS); small problems need a few dozen.
const STEPS: u64 = 300;

/// A fitted regression: plain numbers, ready for a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Linear {
    /// What a column's value is less, and what it is then multiplied with.
    shifts: Vec<f32>,
    scales: Vec<f32>,
    /// A row a class, a column a feature.
    weights: Vec<Vec<f32>>,
    offsets: Vec<f32>,
    /// The class of each row of weights.
    classes: Vec<u8>,
}

/// How columns are put on one scale before the fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scaling {
    /// As they are: all are between 0 and 1.
    Unit,
    /// By their mean and deviation.
    Deviation,
}

impl Linear {
    /// Fits classes to rows with a ridge of strength `alpha`. With one class, or none, that class is always said. `None` if the solver fails.
    pub(crate) fn fit(rows: &[&[f32]], classes: &[u8], alpha: f64, scaling: Scaling) -> Option<Self> {
        let width = rows.first().map_or(0, |row| row.len());
        let mut model = Self { shifts: vec![0.0; width], scales: vec![1.0; width], ..Self::default() };
        if scaling == Scaling::Deviation {
            model.standardise(rows);
        }
        let first = classes.first().copied().unwrap_or(0);
        if classes.iter().all(|class| *class == first) {
            model.classes = vec![first];
            model.weights = vec![vec![0.0; width]];
            model.offsets = vec![0.0];
            return Some(model);
        }
        let records = Array2::from_shape_fn((rows.len(), width), |(row, column)| f64::from(model.scaled(rows[row], column)));
        let targets: Array1<usize> = classes.iter().map(|class| usize::from(*class)).collect();
        let params = MultiLogisticRegression::default().alpha(alpha).max_iterations(STEPS).gradient_tolerance(1e-5);
        let fitted = params.fit(&Dataset::new(records, targets)).ok()?;
        model.classes = fitted.classes().iter().map(|class| u8::try_from(*class).unwrap_or(u8::MAX)).collect();
        let weight = |class: usize, column: usize| crate::model::boost::narrow(fitted.params()[(column, class)]);
        model.weights = (0..model.classes.len()).map(|class| (0..width).map(|column| weight(class, column)).collect()).collect();
        model.offsets = fitted.intercept().iter().map(|offset| crate::model::boost::narrow(*offset)).collect();
        let finite = model.weights.iter().flatten().chain(&model.offsets).all(|value| value.is_finite());
        finite.then_some(model)
    }

    fn standardise(&mut self, rows: &[&[f32]]) {
        let count = rows.len().max(1) as f64;
        for column in 0..self.shifts.len() {
            let mean = rows.iter().map(|row| f64::from(row[column])).sum::<f64>() / count;
            let variance = rows.iter().map(|row| (f64::from(row[column]) - mean).powi(2)).sum::<f64>() / count;
            self.shifts[column] = crate::model::boost::narrow(mean);
            // A column that never changes says nothing.
            self.scales[column] = if variance > 1e-9 { crate::model::boost::narrow(1.0 / variance.sqrt()) } else { 0.0 };
        }
    }

    fn scaled(&self, row: &[f32], column: usize) -> f32 {
        // Further out, a value has nothing new to say.
        ((row[column] - self.shifts[column]) * self.scales[column]).clamp(-6.0, 6.0)
    }

    /// How many columns a row must have.
    pub(crate) fn width(&self) -> usize {
        self.shifts.len()
    }

    /// Whether its parts fit each other: a damaged file must not make it panic.
    pub(crate) fn is_sound(&self, width: usize, classes: usize) -> bool {
        self.shifts.len() == width
            && self.scales.len() == width
            && self.weights.len() == self.classes.len()
            && self.offsets.len() == self.classes.len()
            && self.weights.iter().all(|weights| weights.len() == width)
            && self.classes.iter().all(|class| usize::from(*class) < classes)
            && !self.classes.is_empty()
    }

    /// The probability of each of `N` classes; a class that was never seen has 0.
    pub(crate) fn probabilities<const N: usize>(&self, row: &[f32]) -> [f32; N] {
        debug_assert!(row.len() == self.width() || self.classes.is_empty());
        let scores: Vec<f32> = self
            .weights
            .iter()
            .zip(&self.offsets)
            .map(|(weights, offset)| {
                offset + weights.iter().enumerate().map(|(column, weight)| weight * self.scaled(row, column)).sum::<f32>()
            })
            .collect();
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
        let sum: f32 = exponentials.iter().sum();
        let mut probabilities = [0.0; N];
        for (class, value) in self.classes.iter().zip(exponentials) {
            if let Some(probability) = probabilities.get_mut(usize::from(*class)) {
                *probability = value / sum;
            }
        }
        probabilities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_apart_are_told_apart_and_unseen_ones_have_no_chance() {
        let rows: Vec<[f32; 2]> = (0..60_u8).map(|n| [f32::from(n), 1.0]).collect();
        let rows: Vec<&[f32]> = rows.iter().map(<[f32; 2]>::as_slice).collect();
        let classes: Vec<u8> = (0..60).map(|n| if n < 30 { 0 } else { 3 }).collect();
        let model = Linear::fit(&rows, &classes, 0.1, Scaling::Deviation).unwrap();
        let [low, one, _, high] = model.probabilities::<4>(&[50.0, 1.0]);
        assert!(high > 0.9 && low < 0.1 && one < 1e-9, "{low} {high}");
        assert!(model.is_sound(2, 4) && !model.is_sound(3, 4) && !model.is_sound(2, 3));
    }

    #[test]
    fn one_class_is_always_said() {
        let model = Linear::fit(&[&[1.0], &[2.0]], &[1, 1], 1.0, Scaling::Unit).unwrap();
        let [zero, one] = model.probabilities::<2>(&[5.0]);
        assert!(zero < 1e-9 && one > 0.999);
    }
}
