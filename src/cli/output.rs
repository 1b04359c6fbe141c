//! Where results go: standard output or a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use pagesieve::{Error, Result};

/// The name of standard output.
const STDOUT: &str = "-";

/// A buffered writer whose errors name the file.
pub(crate) struct Output {
    path: PathBuf,
    writer: Box<dyn Write>,
}

impl Output {
    /// Creates the file, or takes standard output for `-`.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let writer: Box<dyn Write> = if path.as_os_str() == STDOUT {
            Box::new(BufWriter::new(std::io::stdout().lock()))
        } else {
            Box::new(BufWriter::new(File::create(path).map_err(|source| Error::write(path, source))?))
        };
        let shown = if path.as_os_str() == STDOUT { Path::new("standard output") } else { path };
        Ok(Self { path: shown.to_owned(), writer })
    }

    /// Standard output.
    pub(crate) fn stdout() -> Result<Self> {
        Self::create(Path::new(STDOUT))
    }

    /// Writes what is there as a whole.
    pub(crate) fn whole(path: &Path, bytes: &[u8]) -> Result<()> {
        let mut output = Self::create(path)?;
        output.write(bytes)?;
        output.finish()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|source| Error::write(&self.path, source))
    }

    /// Writes what is buffered. To be called at the end: dropping hides errors.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.writer.flush().map_err(|source| Error::write(&self.path, source))
    }
}
