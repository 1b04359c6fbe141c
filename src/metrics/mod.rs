//! Measures of labels, of probabilities and of extracted text.
//!
//! Takes gold labels beside predicted ones, probabilities, and texts beside gold texts; gives numbers from 0 to 1, higher is better but for
//! calibration errors. Knows nothing of pages, models or reports. A ratio whose denominator is zero is 0, as the field has it, unless said
//! otherwise.

mod calibration;
mod confusion;
mod curve;
mod text;

pub use calibration::{CALIBRATION_BINS, Calibration, CalibrationErrors, Reliability, ReliabilityBin};
pub use confusion::{Confusion, LabelScores};
pub use curve::{CURVE_POINTS, KeptWords, LabelledCurve, curve_threshold, gold_curve};
pub use text::{SegmentCounts, TextScores, shingle_scores, word_scores};

/// `part / whole`, 0 if there is no whole.
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The harmonic mean of precision and recall, 0 if both are 0.
fn harmonic_mean(precision: f64, recall: f64) -> f64 {
    let sum = precision + recall;
    if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 }
}
