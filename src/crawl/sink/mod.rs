//! Where rows go: streams, files and folders of files; one file a kind behind one trait.
//!
//! Takes the pages of a run in their order, writes them. Knows nothing of models or inputs.

mod checkpoint;
mod columns;
mod encode;
mod files;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod stream;
mod tee;

use super::row::PageOutput;
use super::summary::{Counts, Part};
use crate::Result;

pub use checkpoint::RunState;
pub use encode::RowFormat;
pub use files::{FileOptions, FileSink};
pub use stream::StreamSink;

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip, level 6.
    Gzip,
    /// zstd, level 3.
    Zstd,
}

impl Compression {
    /// What a file's name ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// Takes the pages of a run. What a run needs to be gone on with has defaults that do nothing.
pub trait Sink: Send {
    /// Where an interrupted run left off; `None` for one that begins.
    fn resumed(&self) -> Option<RunState> {
        None
    }

    /// Hands out the keys of paragraphs that were seen before the run was interrupted, in their order.
    ///
    /// # Errors
    /// If they cannot be read.
    fn replay(&mut self, each: &mut dyn FnMut(u64)) -> Result<()> {
        let _ = each;
        Ok(())
    }

    /// The counts of sites that [`Self::keep_counts`] was given before the run was interrupted; `None` if it never came so far.
    ///
    /// # Errors
    /// If they cannot be read.
    fn kept_counts(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Keeps what was counted of all inputs before the first page is written, so that it need not be counted again.
    ///
    /// # Errors
    /// If it cannot be written.
    fn keep_counts(&mut self, counts: &[u8]) -> Result<()> {
        let _ = counts;
        Ok(())
    }

    /// Writes a page. `true` asks for a checkpoint now.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write(&mut self, page: &PageOutput) -> Result<bool>;

    /// Makes what was written safe, so that a run can go on from `state`; `keys` are those of paragraphs seen since the last time.
    ///
    /// # Errors
    /// If that cannot be written.
    fn checkpoint(&mut self, state: &RunState, keys: &[u64]) -> Result<()> {
        let _ = (state, keys);
        Ok(())
    }

    /// Writes the end; says what files there are.
    ///
    /// # Errors
    /// If that cannot be written.
    fn finish(&mut self, counts: &Counts) -> Result<Vec<Part>>;
}
