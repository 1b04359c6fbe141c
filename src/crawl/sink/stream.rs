//! Rows to a stream: standard output, a pipe, memory. A run that is interrupted cannot be gone on with there.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::encode::RowFormat;
use super::lines::Packer;
use super::{Compression, Sink};
use crate::crawl::row::PageOutput;
use crate::crawl::summary::{Counts, Part};
use crate::{Error, Result};

/// Writes to a stream.
pub struct StreamSink<W: Write> {
    name: PathBuf,
    packer: Packer<W>,
    format: RowFormat,
    first: bool,
}

impl<W: Write> std::fmt::Debug for StreamSink<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamSink").field("name", &self.name).field("format", &self.format).finish_non_exhaustive()
    }
}

impl<W: Write> StreamSink<W> {
    /// A sink that errors call `name`.
    ///
    /// # Errors
    /// If the format is Parquet, which needs a file, or what stands at the head cannot be written.
    pub fn new(inner: W, name: impl AsRef<Path>, format: RowFormat, compression: Compression) -> Result<Self> {
        let name = name.as_ref().to_owned();
        if format.is_parquet() {
            return Err(Error::Output { path: name, problem: "Parquet cannot be written to a stream: name a file or a folder".to_owned() });
        }
        let mut packer = Packer::new(inner, compression);
        packer.write_all(format.head().as_bytes()).map_err(|source| Error::write(&name, source))?;
        Ok(Self { name, packer, format, first: true })
    }
}

impl<W: Write + Send> Sink for StreamSink<W> {
    fn write(&mut self, page: &PageOutput) -> Result<bool> {
        let bytes = self.format.encode(page, self.first);
        self.first = false;
        self.packer.write_all(bytes.as_bytes()).map_err(|source| Error::write(&self.name, source))?;
        Ok(false)
    }

    fn finish(&mut self, _: &Counts) -> Result<Vec<Part>> {
        self.packer.end().and_then(Write::flush).map_err(|source| Error::write(&self.name, source))?;
        Ok(Vec::new())
    }
}
