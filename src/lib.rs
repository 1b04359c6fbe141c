//! pagesieve labels every text block of a web page.
pub mod label;
pub mod model;
pub use label::{Label, Probabilities};
