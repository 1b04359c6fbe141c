//! pagesieve labels every text block of a web page.
pub mod decode;
pub mod dom;
pub mod label;
pub use label::{Label, Probabilities};
