//! The bytes of an archive as they lie in the file, with the place of each.
//!
//! Takes a file or a stream, gives a reader that knows how far it has come and, for a file, can go back. Knows nothing of packing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom};
use std::path::Path;

/// Bytes read from a file at a time: large enough that system calls do not count beside unpacking.
const BUFFER: usize = 256 << 10;

enum Input {
    File(File),
    Stream(Box<dyn Read + Send>),
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(into),
            Self::Stream(stream) => stream.read(into),
        }
    }
}

/// A buffered reader that knows its place.
pub(super) struct Raw {
    inner: BufReader<Input>,
    position: u64,
    seeks: bool,
}

impl Raw {
    /// Opens a file. What is no regular file (a pipe) is read as a stream.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            return Ok(Self { inner: BufReader::with_capacity(BUFFER, Input::File(file)), position: 0, seeks: true });
        }
        Ok(Self::stream(Box::new(file)))
    }

    /// Takes a stream that cannot go back.
    pub(super) fn stream(stream: Box<dyn Read + Send>) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER, Input::Stream(stream)), position: 0, seeks: false }
    }

    /// How many bytes have been taken.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Goes to a place, if this is a file; a stream stays where it is.
    pub(super) fn seek(&mut self, to: u64) -> io::Result<()> {
        if self.seeks {
            self.inner.seek(SeekFrom::Start(to))?;
            self.position = to;
        }
        Ok(())
    }
}

/// `BufReader` seeks only what can seek; a stream is never asked to.
impl io::Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl Read for Raw {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl BufRead for Raw {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.position += amount as u64;
    }
}
