//! Runs over crawls: archives, tables and folders in, labelled and cleaned corpora out.
//!
//! Takes inputs, a model and options; reads ([`RecordSource`]), labels ([`Labeller`]), filters ([`Filters`]) and writes ([`Sink`]) on all cores, in
//! the order of the inputs, within bounded memory, and goes on where it was interrupted. Knows nothing of command lines: [`run()`] is all there is
//! to call.
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//! use std::time::Duration;
//!
//! use pagesieve::crawl::{
//!     Compression, Content, FileOptions, FileSink, Labeller, RowFormat, RunOptions, Unobserved, inputs, run,
//! };
//! use pagesieve::{Decision, ExportOptions, Model};
//!
//! let model = Model::bundled()?;
//! let labeller = Labeller {
//!     model: &model,
//!     decision: Decision::default(),
//!     export: ExportOptions::default(),
//!     content: Content::Pages,
//!     language: true,
//!     judge: None,
//!     limits: pagesieve::page::PageLimits::default(),
//!     max_time: Duration::from_secs(60),
//! };
//! let options = FileOptions {
//!     path: "clean".into(),
//!     folder: Some("jsonl".to_owned()),
//!     format: RowFormat::Jsonl,
//!     compression: Compression::Zstd,
//!     shard_bytes: Some(1 << 30),
//!     fingerprint: "crawl of spring, first model".to_owned(),
//!     resume: true,
//! };
//! if let Some(mut sink) = FileSink::create(options)? {
//!     let stop = AtomicBool::new(false);
//!     let summary = run(inputs(["crawl"], None), &labeller, &RunOptions::default(), &mut sink, (&Unobserved, &stop))?;
//!     println!("{}", summary.to_text());
//! }
//! # Ok::<(), pagesieve::Error>(())
//! ```

mod counting;
mod dedup;
mod filter;
mod labeller;
mod language;
mod pipeline;
mod record;
mod row;
mod run;
mod sink;
mod source;
mod summary;

pub use dedup::{Dedup, ParagraphKeys, Sameness, keys_of};
pub use filter::Filters;
pub use labeller::{Content, Labeller};
pub use language::{language_code, language_of};
pub use record::{Body, Item, Place, Record, RecordSource, Skip};
pub use row::{BlockRow, PageOutput, PageRow, Status, Written};
pub use run::{CHECKPOINT_RECORDS, Observer, RunOptions, RunProgress, Unobserved, fingerprint, run};
pub use sink::{Compression, FileOptions, FileSink, RowFormat, RunState, Sink, StreamSink};
pub use source::{Columns, Input, InputFormat, ReadOptions, inputs, open};
pub use summary::{Counts, Part, SlowPage, Summary};
