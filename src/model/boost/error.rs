//! What can be wrong with parameters, training rows or rows to predict.
//!
//! Takes nothing, gives [`BoostError`]. Knows nothing of files: a caller adds where the rows came from.

/// Why boosting refused its input. Rows and features count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoostError {
    /// A parameter is outside its range.
    #[error("parameter {name} is {found}, expected {expected}")]
    Parameter {
        /// The parameter's name, as its setter spells it.
        name: &'static str,
        /// The value it had.
        found: f64,
        /// The range it must be in.
        expected: &'static str,
    },
    /// There is nothing to learn from.
    #[error("no rows to fit: the feature matrix is empty")]
    NoRows,
    /// All rows weigh nothing.
    #[error("no rows to fit: all {rows} rows have weight 0")]
    NoWeight {
        /// How many rows there are.
        rows: usize,
    },
    /// More rows or features than this implementation can number.
    #[error("{found} {what}, expected at most {limit}")]
    TooMany {
        /// "rows" or "features".
        what: &'static str,
        /// How many there are.
        found: usize,
        /// The highest number that is supported.
        limit: usize,
    },
    /// Something that goes with the rows or features has another length than they have.
    #[error("{found} {what}, expected {expected}")]
    Length {
        /// What was counted, in the plural.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A feature is NaN or infinite in a training row.
    #[error("feature {feature} of row {row} is {found}, expected a finite number")]
    NonFinite {
        /// The row, from 0.
        row: usize,
        /// The feature, from 0.
        feature: usize,
        /// NaN or an infinity.
        found: f32,
    },
    /// A row's mask admits no label, or has bits beyond the four labels.
    #[error("target of row {row} is {found:#06b}, expected at least one of the four lowest bits and no other")]
    Mask {
        /// The row, from 0.
        row: usize,
        /// Its mask.
        found: u8,
    },
    /// A row's weight is negative, NaN or infinite.
    #[error("weight of row {row} is {found}, expected a finite number of at least 0")]
    Weight {
        /// The row, from 0.
        row: usize,
        /// Its weight.
        found: f32,
    },
    /// A score to start from is NaN or infinite.
    #[error("an initial score of row {row} is {found}, expected a finite number")]
    InitialScore {
        /// The row, from 0.
        row: usize,
        /// The score.
        found: f32,
    },
    /// A stored model contradicts itself.
    #[error("stored trees are damaged: {what}")]
    Damaged {
        /// What does not fit together.
        what: &'static str,
    },
    /// linfa itself failed.
    #[error("linfa failed")]
    Linfa {
        /// What linfa said.
        #[from]
        source: linfa::Error,
    },
}
