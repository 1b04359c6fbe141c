//! Unpacking gzip within a limit.
//!
//! Takes a reader of packed bytes, gives the unpacked ones, or an error that says in plain words what is wrong. Knows nothing of files'
//! names or of what is in them.

use std::io::{self, BufRead, Read as _};

use flate2::bufread::MultiGzDecoder;

/// The first `limit` unpacked bytes. Parts that were packed one by one and put together are all read.
pub(crate) fn gunzip(packed: impl BufRead, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).take(limit).read_to_end(&mut bytes).map_err(explain)?;
    Ok(bytes)
}

fn explain(source: io::Error) -> io::Error {
    match source.kind() {
        io::ErrorKind::UnexpectedEof => {
            io::Error::new(io::ErrorKind::UnexpectedEof, "the gzip stream breaks off: the file is truncated, fetch it again")
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            io::Error::new(source.kind(), format!("not a valid gzip stream ({source}): fetch it again, or drop .gz from its name"))
        }
        _ => source,
    }
}

/// Packs bytes, for tests.
#[cfg(test)]
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_unpacked_and_no_more_than_the_limit() {
        let twice = [gzip(b"<p>a"), gzip(b"<p>b")].concat();
        assert_eq!(gunzip(&twice[..], 100).unwrap(), b"<p>a<p>b");
        assert_eq!(gunzip(&twice[..], 5).unwrap(), b"<p>a<");
        let bomb = gzip(&vec![b'a'; 4 << 20]);
        assert!(bomb.len() < 64 << 10);
        assert_eq!(gunzip(&bomb[..], 1000).unwrap().len(), 1000);
    }

    #[test]
    fn a_truncated_or_false_gzip_is_named() {
        let packed = gzip(b"<p>hello hello hello");
        let error = gunzip(&packed[..packed.len() - 12], 100).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert!(error.to_string().contains("truncated"), "{error}");
        let error = gunzip(&b"<p>plain, not packed"[..], 100).unwrap_err();
        assert!(error.to_string().contains("not a valid gzip"), "{error}");
    }
}
