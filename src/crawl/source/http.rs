//! HTTP responses as WARC records hold them.
//!
//! Takes a response's bytes, gives status, content type, charset and the body with its codings taken off. Knows nothing of archives.

use std::borrow::Cow;
use std::io::Read;

/// A response, its body still coded.
pub(super) struct Response<'a> {
    pub(super) status: u16,
    head: &'a [u8],
    body: &'a [u8],
}

impl<'a> Response<'a> {
    /// Splits head from body; `None` if this is no HTTP response.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"HTTP/")?;
        let line = rest.split(|byte| *byte == b'\n').next()?;
        let status = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).nth(1)?;
        let status = std::str::from_utf8(status).ok()?.trim().parse().ok()?;
        let end = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| (at, at + 4));
        let bare = memchr::memmem::find(bytes, b"\n\n").map(|at| (at, at + 2));
        let (head, body) = [end, bare].into_iter().flatten().min().unwrap_or((bytes.len(), bytes.len()));
        Some(Self { status, head: &bytes[..head], body: &bytes[body..] })
    }

    /// A header's value; of several, the first.
    pub(super) fn header(&self, name: &str) -> Option<Cow<'a, str>> {
        header(self.head, name)
    }

    /// The body without chunks and compression, at most `limit` bytes of it, and whether there were more. Archives often store the body decoded
    /// beside headers that say otherwise: what is not coded as they say is taken as it stands.
    pub(super) fn body(&self, limit: usize) -> (Cow<'a, [u8]>, bool) {
        let chunked = self.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        let mut body = Cow::Borrowed(self.body);
        if let Some(whole) = chunked.then(|| unchunked(self.body)).flatten() {
            body = Cow::Owned(whole);
        }
        let coding = self.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
        if let Some(unpacked) = unpacked(&body, coding.trim(), limit) {
            body = Cow::Owned(unpacked);
        }
        if body.len() <= limit {
            return (body, false);
        }
        let kept = match body {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..limit]),
            Cow::Owned(mut bytes) => {
                bytes.truncate(limit);
                Cow::Owned(bytes)
            }
        };
        (kept, true)
    }
}

/// The value of the first header line with this name (in any case).
pub(super) fn header<'a>(head: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        let value = line[..colon].trim_ascii().eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())?;
        Some(String::from_utf8_lossy(value))
    })
}

/// What a content type says: the type in lower case, and the charset.
pub(super) fn content_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    (kind, charset)
}

/// The chunks joined (RFC 9112, section 7.1); what is there if they break off; `None` if there are no chunks.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let Some(line) = memchr::memchr(b'\n', rest) else { return (!whole.is_empty()).then_some(whole) };
        let size = rest[..line].split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size else { return (!whole.is_empty()).then_some(whole) };
        rest = &rest[line + 1..];
        if size == 0 {
            return Some(whole);
        }
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        whole.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
    }
}

/// At most `limit` + 1 bytes of what the coding unpacks to; what is there if it breaks off; `None` if the bytes are not so coded.
fn unpacked(bytes: &[u8], coding: &str, limit: usize) -> Option<Vec<u8>> {
    let most = (limit as u64).saturating_add(1);
    let read = |reader: &mut dyn Read| {
        let mut out = Vec::new();
        let whole = reader.take(most).read_to_end(&mut out);
        (whole.is_ok() || !out.is_empty()).then_some(out)
    };
    match coding {
        "gzip" | "x-gzip" => read(&mut flate2::read::MultiGzDecoder::new(bytes)),
        // Servers send both what the standard says (zlib) and bare deflate.
        "deflate" => read(&mut flate2::read::ZlibDecoder::new(bytes)).or_else(|| read(&mut flate2::read::DeflateDecoder::new(bytes))),
        "br" => read(&mut brotli_decompressor::Decompressor::new(bytes, 4096)).filter(|out| !out.is_empty()),
        "zstd" => read(&mut zstd::stream::read::Decoder::with_buffer(bytes).ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::gzip;

    fn body(head: &str, body: &[u8], limit: usize) -> (Vec<u8>, bool) {
        let bytes = [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), body].concat();
        let (body, cut) = Response::parse(&bytes).unwrap().body(limit);
        (body.into_owned(), cut)
    }

    #[test]
    fn codings_are_taken_off() {
        assert_eq!(body("A: b", b"<p>x", 9), (b"<p>x".to_vec(), false));
        assert_eq!(body("Content-Encoding: gzip", &gzip(b"<p>x"), 9), (b"<p>x".to_vec(), false));
        assert_eq!(body("content-encoding: zstd", &zstd::encode_all(&b"<p>x"[..], 1).unwrap(), 9), (b"<p>x".to_vec(), false));
        assert_eq!(body("Transfer-Encoding: chunked", b"3;a=b\r\n<p>\r\n1\r\nx\r\n0\r\n\r\n", 9), (b"<p>x".to_vec(), false));
        assert_eq!(body("Transfer-Encoding: chunked", b"3\r\n<p>\r\n4\r\nx", 9), (b"<p>x".to_vec(), false));
    }

    #[test]
    fn bodies_that_are_not_coded_as_said_are_taken_as_they_stand() {
        for coding in ["gzip", "deflate", "br", "zstd"] {
            assert_eq!(body(&format!("Content-Encoding: {coding}"), b"<!doctype html><p>x", 99).0, b"<!doctype html><p>x", "{coding}");
        }
        assert_eq!(body("Transfer-Encoding: chunked", b"<p>x", 9), (b"<p>x".to_vec(), false));
    }

    #[test]
    fn a_bomb_is_cut() {
        let bomb = gzip(&vec![b'a'; 8 << 20]);
        assert_eq!(body("Content-Encoding: gzip", &bomb, 1000), (vec![b'a'; 1000], true));
    }

    #[test]
    fn heads_are_read_leniently() {
        let response = Response::parse(b"HTTP/1.0  404 Not Found\nContent-Type : text/HTML; Charset=\"KOI8-R\"\n\nx").unwrap();
        assert_eq!(response.status, 404);
        let value = response.header("content-type").unwrap();
        assert_eq!(content_type(&value), ("text/html".to_owned(), Some("KOI8-R".to_owned())));
        assert!(Response::parse(b"<html>").is_none());
        assert!(Response::parse(b"HTTP/1.1").is_none());
        assert!(Response::parse(b"HTTP/1.1 200").is_some_and(|response| response.body(9).0.is_empty()));
    }
}
