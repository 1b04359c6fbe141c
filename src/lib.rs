//! pagesieve labels every text block of a web page.
pub mod block;
pub mod classify;
pub mod decode;
pub mod dom;
pub mod error;
pub mod label;
pub mod page;
pub use block::{Block, Blocks};
pub use classify::{LabelledBlock, LabelledPage};
pub use error::{Error, Result};
pub use label::{Label, Probabilities};
pub use page::{Page, PageOptions};
