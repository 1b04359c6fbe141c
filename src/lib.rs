//! pagesieve labels every text block of a web page.
pub mod block;
pub mod classify;
pub mod corpus;
pub mod decode;
pub mod dom;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod feature;
pub mod label;
pub mod metrics;
pub mod model;
mod packed;
pub mod page;
pub mod recipe;
#[cfg(feature = "cli")]
pub mod source;
pub mod train;
pub mod words;
pub use block::{Block, Blocks};
pub use classify::{Decision, LabelledBlock, LabelledPage};
pub use corpus::{Corpus, CorpusEntry, CorpusPage};
pub use error::{Error, Result};
pub use export::{Export, ExportOptions, title_of};
pub use label::{Label, Probabilities};
pub use model::Model;
pub use page::{Page, PageOptions};
pub use recipe::Recipe;
