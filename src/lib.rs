//! pagesieve labels every text block of a web page: content, caption, navigation or subscription prompt.
//!
//! # The way of a page
//!
//! 1. [`Page`] takes bytes or text, decodes and parses them within limits. It cannot fail; it says what it cut. Text that another tool has
//!    extracted is a page too, a line a block.
//! 2. [`Blocks`] are the runs of text that a reader sees as one piece, in document order.
//! 3. [`feature`] makes a row of named numbers of each block: shape of the text, links, markup, place, structure, evidence of words.
//! 4. A [`Model`] labels the rows in two stages of boosted trees: each block by itself, then each block among the verdicts on its
//!    surroundings. Calibration makes honest [`Probabilities`] of the scores. [`Model::explain`] says why.
//! 5. The [`LabelledPage`] goes through an [`Export`]: text, Markdown, HTML, JSON Lines, CSV.
//!
//! Training ([`train`]) walks the same way with the pages of a [`Corpus`], by a [`Recipe`]; [`evaluate`] scores models on pages of sites they
//! never saw.
//!
//! # Blocks and their labels
//!
//! ```no_run
//! use pagesieve::{Decision, Label, Model, Page, PageOptions};
//!
//! let model = Model::bundled()?;
//! let html = std::fs::read("page.html").map_err(|source| pagesieve::Error::read("page.html", source))?;
//! let page = Page::from_html_bytes(&html, &PageOptions::default().url("https://news.example/story"));
//! let labelled = model.classify(page, &Decision::default());
//! for block in labelled.iter().filter(|block| block.label == Label::Content) {
//!     println!("{:.2} {}", block.probabilities[Label::Content.index()], block.text());
//! }
//! # Ok::<(), pagesieve::Error>(())
//! ```
//!
//! # Exports
//!
//! An export needs labels, not a model; here they are given by hand:
//!
//! ```
//! use pagesieve::export::PageFormat;
//! use pagesieve::{ExportOptions, Label, LabelledPage, Page, PageOptions};
//!
//! let html = "<nav>Home</nav><h1>Rain</h1><p>It <b>rained</b>.</p>".to_owned();
//! let page = Page::from_html(html, &PageOptions::default());
//! assert_eq!(pagesieve::Blocks::of_dom(page.dom().unwrap()).len(), 3);
//!
//! let labelled = LabelledPage::from_labels(page, |_, block| {
//!     if block.is_hidden() { Label::Navigation } else { Label::Content }
//! });
//! let markdown = PageFormat::Markdown.exporter(ExportOptions::default().keep([Label::Content]));
//! assert_eq!(markdown.page("rain.html", &labelled).trim_end(), "Home\n\n# Rain\n\nIt **rained**.");
//! ```
//!
//! # Features of the crate
//!
//! `bundled-model` (default) embeds the shipped model, for [`Model::bundled`]. `cli` (default) is the command `pagesieve` and the CSV
//! export of blocks. `crawl` is the modules `source` (files, folders and patterns as pages) and `crawl` (runs over archives and tables), `parquet` adds
//! Parquet to them; a library without these has fewer dependencies.

pub mod access;
pub mod block;
pub mod classify;
pub mod corpus;
#[cfg(feature = "crawl")]
pub mod crawl;
mod declared;
pub mod decode;
mod digest;
pub mod dom;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod feature;
pub mod label;
pub mod metadata;
pub mod metrics;
pub mod model;
mod packed;
pub mod page;
pub mod page_kind;
pub mod page_model;
pub mod plot;
pub mod prompt_kind;
pub mod recipe;
mod rng;
pub mod site;
#[cfg(feature = "crawl")]
pub mod source;
pub mod train;
pub mod words;
pub use access::{Access, AccessVerdict, Completeness, Evidence};
pub use block::{Block, Blocks};
pub use classify::{Decision, Favor, LabelledBlock, LabelledPage, Presets};
pub use corpus::{Corpus, CorpusEntry, CorpusPage};
pub use error::{Error, Result};
pub use export::{Export, ExportOptions, title_of};
pub use label::{Label, Probabilities};
pub use metadata::Metadata;
pub use model::{ExplainedPage, Explanation, Model, ModelInfo};
pub use page::{Page, PageOptions};
pub use page_kind::{PageKind, PageKindVerdict};
pub use page_model::{PageModel, PageVerdict};
pub use prompt_kind::PromptKind;
pub use recipe::Recipe;

/// The README's example runs as a test.
#[cfg(all(doctest, feature = "bundled-model"))]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
