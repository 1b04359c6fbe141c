//! pagesieve labels every text block of a web page.
pub mod block;
pub mod classify;
pub mod corpus;
pub mod decode;
pub mod dom;
pub mod error;
pub mod evaluate;
pub mod label;
pub mod metrics;
pub mod page;
pub mod words;
pub use block::{Block, Blocks};
pub use classify::{LabelledBlock, LabelledPage};
pub use corpus::{Corpus, CorpusEntry, CorpusPage};
pub use error::{Error, Result};
pub use evaluate::{Evaluation, Gates, PageOutcome, Report};
pub use label::{Label, Probabilities};
pub use page::{Page, PageOptions};
