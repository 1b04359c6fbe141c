//! Where pages come from: files, folders, patterns of file names, standard input.
//!
//! Takes the inputs a user names, gives [`Source`]s in a fixed order and reads each to a [`Page`]. Knows nothing of labels or outputs.

mod list;
mod sniff;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::packed::gunzip;
use crate::page::{Page, PageOptions};
use crate::{Error, Result};

pub use list::sources;
pub(crate) use list::{Wanted, files};
pub(crate) use sniff::not_a_page;

/// The name of standard input among inputs.
pub const STDIN: &str = "-";

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page's HTML.
    Html,
    /// Plain text, already extracted.
    Text,
}

impl Kind {
    /// What a file holds by its name, once `.gz` or `.zst` is taken off; `None` if the name does not say.
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }
}

/// A place to read a page from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    path: PathBuf,
}

impl Source {
    /// A file; [`STDIN`] is standard input.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file, or [`STDIN`].
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads and parses the page: as `kind` if given, else by the file's name, else as HTML. Files compressed with gzip or zstd are read through,
    /// whatever their name. Bytes beyond the limit of `options` are not read, so a small file that unpacks without end does no harm;
    /// [`Page::cuts`] says so.
    ///
    /// # Errors
    /// If the file cannot be read or unpacked, or is neither HTML nor text.
    pub fn read(&self, kind: Option<Kind>, options: &PageOptions) -> Result<Page> {
        // One byte more than the limit tells a cut page from one that just fits.
        let limit = (options.max_bytes() as u64).saturating_add(1);
        let bytes = self.bytes(limit).map_err(|source| Error::read(&self.path, source))?;
        if let Some(found) = not_a_page(&bytes) {
            return Err(Error::NotAPage { path: self.path.clone(), found });
        }
        Ok(match kind.or_else(|| Kind::of_name(&self.path)).unwrap_or(Kind::Html) {
            Kind::Html => Page::from_html_bytes(&bytes, options),
            Kind::Text => Page::from_text_bytes(&bytes, options),
        })
    }

    fn bytes(&self, limit: u64) -> std::io::Result<Vec<u8>> {
        if self.path.as_os_str() == STDIN {
            return unpacked(std::io::stdin().lock(), limit);
        }
        unpacked(BufReader::new(File::open(&self.path)?), limit)
    }
}

/// Reads at most `limit` bytes, unpacked if they begin as gzip or zstd does.
fn unpacked(mut reader: impl BufRead, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.by_ref().take(sniff::MAGIC_BYTES).read_to_end(&mut start)?;
    let packing = sniff::packing(&start);
    let mut reader = BufReader::new(std::io::Cursor::new(start).chain(reader));
    let mut bytes = Vec::new();
    match packing {
        None => reader.take(limit).read_to_end(&mut bytes)?,
        Some(sniff::Packing::Gzip) => return gunzip(reader, limit),
        Some(sniff::Packing::Zstd) => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(&mut reader)?;
            // A frame may ask for as much memory as its window; 128 MiB is zstd's own default limit.
            decoder.window_log_max(27)?;
            decoder.take(limit).read_to_end(&mut bytes)?
        }
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::gzip;

    #[test]
    fn names_say_what_a_file_holds() {
        let kind = |name: &str| Kind::of_name(Path::new(name));
        assert_eq!(kind("a/b.HTML"), Some(Kind::Html));
        assert_eq!(kind("b.htm.gz"), Some(Kind::Html));
        assert_eq!(kind("b.txt.zst"), Some(Kind::Text));
        assert_eq!(kind("b.gz"), None);
        assert_eq!(kind("html"), None);
    }

    #[test]
    fn packed_files_are_read_through() {
        let twice = [gzip(b"<p>a"), gzip(b"<p>b")].concat();
        assert_eq!(unpacked(&twice[..], 100).unwrap(), b"<p>a<p>b");
        assert_eq!(unpacked(&zstd::encode_all(&b"<p>c"[..], 1).unwrap()[..], 100).unwrap(), b"<p>c");
        assert_eq!(unpacked(&b"<p>d"[..], 100).unwrap(), b"<p>d");
        assert_eq!(unpacked(&b""[..], 100).unwrap(), b"");
    }

    #[test]
    fn no_more_than_the_limit_is_unpacked() {
        let bomb = zstd::encode_all(&vec![b'a'; 4 << 20][..], 1).unwrap();
        assert_eq!(unpacked(&bomb[..], 1000).unwrap().len(), 1000);
    }

    #[test]
    fn a_file_that_breaks_off_is_an_error() {
        let packed = gzip(&b"<p>some text that goes on for a while".repeat(40));
        let error = unpacked(&packed[..packed.len() - 12], 1 << 20).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        let packed = zstd::encode_all(&b"<p>x".repeat(4000)[..], 1).unwrap();
        assert!(unpacked(&packed[..packed.len() - 2], 1 << 20).is_err());
    }
}
