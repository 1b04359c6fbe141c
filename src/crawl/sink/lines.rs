//! A file of rows one after the other, packed or not.
//!
//! Takes pages, writes their bytes. Can be made safe and gone on with at any page: a packed file then begins a new member, which every reader
//! of gzip and zstd reads through. Knows nothing of names.

use std::io::{self, Write};

use flate2::write::GzEncoder;

use super::Compression;
use super::encode::RowFormat;
use super::files::PartWriter;
use super::tee::Tee;
use crate::crawl::row::PageOutput;

/// zstd's own default.
const ZSTD_LEVEL: i32 = 3;

/// A writer that packs, or does not; once a member is ended, the next byte begins another.
pub(super) enum Packer<W: Write> {
    Between(W, Compression),
    Plain(W),
    Gzip(Box<GzEncoder<W>>),
    Zstd(Box<zstd::Encoder<'static, W>>),
    /// Only while one of the others is being replaced.
    Nothing,
}

impl<W: Write> Packer<W> {
    pub(super) fn new(inner: W, compression: Compression) -> Self {
        Self::Between(inner, compression)
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Self::Between(..) = self {
            *self = match std::mem::replace(self, Self::Nothing) {
                Self::Between(inner, Compression::None) => Self::Plain(inner),
                Self::Between(inner, Compression::Gzip) => Self::Gzip(Box::new(GzEncoder::new(inner, flate2::Compression::default()))),
                Self::Between(inner, Compression::Zstd) => Self::Zstd(Box::new(zstd::Encoder::new(inner, ZSTD_LEVEL)?)),
                other => other,
            };
        }
        match self {
            Self::Between(..) | Self::Nothing => Ok(()),
            Self::Plain(inner) => inner.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// Ends the member; gives what it was written to.
    pub(super) fn end(&mut self) -> io::Result<&mut W> {
        *self = match std::mem::replace(self, Self::Nothing) {
            Self::Plain(inner) => Self::Between(inner, Compression::None),
            Self::Gzip(encoder) => Self::Between(encoder.finish()?, Compression::Gzip),
            Self::Zstd(encoder) => Self::Between(encoder.finish()?, Compression::Zstd),
            other => other,
        };
        match self {
            Self::Between(inner, _) => Ok(inner),
            // An earlier error has lost the writer.
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// The file.
pub(super) struct LinesPart {
    packer: Packer<Tee>,
    format: RowFormat,
    first: bool,
}

impl LinesPart {
    pub(super) fn new(tee: Tee, format: RowFormat, compression: Compression) -> io::Result<Self> {
        let first = tee.bytes() == 0;
        let mut packer = Packer::new(tee, compression);
        if first {
            packer.write_all(format.head().as_bytes())?;
        }
        Ok(Self { packer, format, first })
    }

    /// Goes on with a file that has pages or has none.
    pub(super) fn reopened(tee: Tee, format: RowFormat, compression: Compression, pages: u64) -> Self {
        Self { packer: Packer::new(tee, compression), format, first: pages == 0 }
    }
}

impl PartWriter for LinesPart {
    fn write(&mut self, page: &PageOutput) -> io::Result<u64> {
        let bytes = self.format.encode(page, self.first);
        self.first = false;
        self.packer.write_all(bytes.as_bytes())?;
        Ok(bytes.len() as u64)
    }

    fn sync(&mut self) -> io::Result<Option<(u64, String)>> {
        let tee = self.packer.end()?;
        tee.sync()?;
        Ok(Some((tee.bytes(), tee.sha256())))
    }

    fn finish(mut self: Box<Self>) -> io::Result<(u64, String)> {
        let tee = self.packer.end()?;
        tee.sync()?;
        Ok((tee.bytes(), tee.sha256()))
    }
}
