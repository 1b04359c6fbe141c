//! pagesieve labels every text block of a web page.
pub mod block;
pub mod classify;
pub mod decode;
pub mod dom;
pub mod error;
pub mod export;
pub mod label;
pub mod model;
pub mod page;
#[cfg(feature = "cli")]
pub mod source;
pub use block::{Block, Blocks};
pub use classify::{LabelledBlock, LabelledPage};
pub use error::{Error, Result};
pub use export::{Export, ExportOptions, title_of};
pub use label::{Label, Probabilities};
pub use model::{Decision, Model};
pub use page::{Page, PageOptions};
