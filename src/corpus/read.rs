//! Reading a corpus's files.
//!
//! Takes a path, gives the file's bytes, unpacked if its name ends in `.gz`, within a limit. Knows nothing of what is in them.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::packed::gunzip;

/// The whole file; more than `limit` unpacked bytes is an error.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let bytes = read_at_most(path, limit.saturating_add(1))?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// The first `limit` unpacked bytes of the file.
pub(super) fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(|source| Error::read(path, source))?;
    let bytes = if is_gzip(path) {
        gunzip(BufReader::new(file), limit)
    } else {
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map(|_| bytes)
    };
    bytes.map_err(|source| Error::read(path, source))
}

/// Whether the file's name says that it is packed.
fn is_gzip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::gzip;
    use std::error::Error as _;

    #[test]
    fn packed_files_are_unpacked_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.html.gz");
        std::fs::write(&path, gzip(b"<p>hello")).unwrap();
        assert_eq!(read(&path, 8).unwrap(), b"<p>hello");
        assert_eq!(read_at_most(&path, 3).unwrap(), b"<p>");
        let error = read(&path, 7).unwrap_err();
        assert!(matches!(&error, Error::TooLarge { limit: 7, .. }), "{error}");
    }

    #[test]
    fn a_truncated_or_false_gzip_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.html.gz");
        let packed = gzip(b"<p>hello hello hello");
        std::fs::write(&path, &packed[..packed.len() - 12]).unwrap();
        let error = read(&path, 100).unwrap_err();
        assert!(error.to_string().ends_with("cut.html.gz"), "{error}");
        assert!(error.source().unwrap().to_string().contains("truncated"), "{:?}", error.source());
        std::fs::write(&path, b"<p>plain, not packed").unwrap();
        let error = read(&path, 100).unwrap_err();
        assert!(error.source().unwrap().to_string().contains("not a valid gzip"), "{:?}", error.source());
    }
}
