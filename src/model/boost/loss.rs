//! The loss of one row: minus the log of the probability that softmax gives to the row's admissible labels.
//!
//! Takes scores and a mask, gives probabilities and gradients. Knows nothing of rows, weights or trees.
//!
//! With one admissible label this is the usual cross-entropy; with several it is the marginal likelihood of learning
//! from partial labels (Jin and Ghahramani, "Learning with multiple labels", NIPS 2002).

use super::{K, PerLabel};

/// Added to probabilities before they are shared out among admissible labels, so that labels which all have underflowed
/// to 0 share equally; far below what an `f32` near 1 can tell apart.
const UNDERFLOW: f32 = 1e-20;

/// A mask's lowest bits: the labels there are.
pub(super) const ALL_LABELS: u8 = (1 << K) - 1;

/// Probabilities (0 to 1, sum 1) of raw scores. A score that is not a number gives NaN throughout.
pub(crate) fn softmax(scores: PerLabel) -> PerLabel {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exponentials = scores.map(|score| (score - highest).exp());
    let sum: f32 = exponentials.iter().sum();
    exponentials.map(|exponential| exponential / sum)
}

/// The loss's slope by each score, `p_k - q_k`: `q` is `p` cut to the admissible labels and scaled to sum 1.
pub(super) fn gradient(probabilities: PerLabel, mask: u8) -> PerLabel {
    let mut admissible = [0.0; K];
    for (label, share) in admissible.iter_mut().enumerate() {
        let admitted = f32::from((mask >> label) & 1);
        *share = admitted * (probabilities[label] + UNDERFLOW);
    }
    let scale = 1.0 / admissible.iter().sum::<f32>();
    std::array::from_fn(|label| probabilities[label] - admissible[label] * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The loss itself, in `f64`.
    fn loss(scores: [f64; K], mask: u8) -> f64 {
        let exponentials = scores.map(f64::exp);
        let admissible: f64 = (0..K).filter(|label| mask >> label & 1 == 1).map(|label| exponentials[label]).sum();
        -(admissible / exponentials.iter().sum::<f64>()).ln()
    }

    proptest! {
        #[test]
        fn the_gradient_is_the_slope_of_the_loss(scores in prop::array::uniform4(-4.0_f32..4.0), mask in 1..=ALL_LABELS) {
            let gradient = gradient(softmax(scores), mask);
            prop_assert!(gradient.iter().sum::<f32>().abs() < 1e-5);
            for label in 0..K {
                let step = 1e-4;
                let (mut up, mut down) = (scores.map(f64::from), scores.map(f64::from));
                up[label] += step;
                down[label] -= step;
                let slope = (loss(up, mask) - loss(down, mask)) / (2.0 * step);
                prop_assert!((slope - f64::from(gradient[label])).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn labels_that_underflowed_share_the_pull() {
        let gradient = gradient(softmax([200.0, 0.0, 0.0, -300.0]), 0b1110);
        assert!((gradient[0] - 1.0).abs() < 1e-6);
        assert!(gradient[1..].iter().all(|slope| (slope + 1.0 / 3.0).abs() < 1e-6));
    }

    #[test]
    fn all_labels_admissible_means_no_pull() {
        assert!(gradient(softmax([1.0, 2.0, 3.0, 4.0]), ALL_LABELS).iter().all(|slope| slope.abs() < 1e-6));
    }
}
