//! Bytes to text by the WHATWG rules.
//!
//! Takes a page's bytes and, if known, the charset of its HTTP header; gives UTF-8 text and says which encoding was used and why. Knows
//! nothing of HTML beyond the prescan for `<meta>`.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How many bytes the prescan for `<meta charset>` looks at (HTML Standard, "determining the character encoding": the first 1024 bytes).
const PRESCAN_BYTES: usize = 1024;

/// What decided a page's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// A byte-order mark.
    ByteOrderMark,
    /// The charset of the HTTP header, given by the caller.
    Header,
    /// A `<meta charset>` or `<meta http-equiv>` in the first 1024 bytes.
    Meta,
    /// All bytes are valid UTF-8 and nothing said otherwise.
    ValidUtf8,
    /// Detection by the bytes' statistics.
    Detected,
}

/// A page's text and how it was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte-order mark.
    pub text: Cow<'a, str>,
    /// The encoding's WHATWG name, such as `windows-1252`.
    pub encoding: &'static str,
    /// What decided it.
    pub source: EncodingSource,
    /// Whether some bytes were no characters of that encoding and became U+FFFD.
    pub had_errors: bool,
}

/// Decodes a page: byte-order mark, then `charset` (of the HTTP header; ignored if it names no encoding), then `<meta>`, then detection.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Decoded<'a> {
    let (encoding, source) = choose(bytes, charset);
    let (text, encoding, had_errors) = encoding.decode(bytes);
    Decoded { text, encoding: encoding.name(), source, had_errors }
}

fn choose(bytes: &[u8], charset: Option<&str>) -> (&'static Encoding, EncodingSource) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, EncodingSource::ByteOrderMark);
    }
    if let Some(encoding) = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes())) {
        return (encoding, EncodingSource::Header);
    }
    if let Some(encoding) = prescan(&bytes[..bytes.len().min(PRESCAN_BYTES)]) {
        return (encoding, EncodingSource::Meta);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, EncodingSource::ValidUtf8);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    (detector.guess(None, Utf8Detection::Allow), EncodingSource::Detected)
}

/// "Prescan a byte stream to determine its encoding" of the HTML Standard.
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut at = 0;
    while let Some(offset) = memchr::memchr(b'<', &bytes[at..]) {
        let rest = &bytes[at + offset..];
        if rest.starts_with(b"<!--") {
            // "<!-->" is a whole comment: the closing "-->" may share the opening's dashes.
            at += offset + 2 + memchr::memmem::find(&rest[2..], b"-->")? + 3;
            continue;
        }
        at += offset + 1;
        let is_meta = rest.len() > 6 && rest[1..5].eq_ignore_ascii_case(b"meta") && (rest[5].is_ascii_whitespace() || rest[5] == b'/');
        if is_meta {
            let (encoding, used) = meta_encoding(&rest[5..]);
            if encoding.is_some() {
                return encoding;
            }
            at += 4 + used;
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) || rest.starts_with(b"</") {
            let mut cursor = Attributes { bytes: rest, at: 1 };
            cursor.skip_name();
            while cursor.next().is_some() {}
            at += cursor.at.saturating_sub(1);
        }
    }
    None
}

/// The encoding a `<meta` tag names, and how many bytes its attributes took.
fn meta_encoding(bytes: &[u8]) -> (Option<&'static Encoding>, usize) {
    let mut cursor = Attributes { bytes, at: 0 };
    let (mut has_pragma, mut needs_pragma, mut charset) = (false, None, None);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    while let Some((name, value)) = cursor.next() {
        if seen.contains(&name) {
            continue;
        }
        match name.as_slice() {
            b"http-equiv" => has_pragma |= value.eq_ignore_ascii_case(b"content-type"),
            b"content" if charset.is_none() => {
                if let Some(label) = charset_of_content(&value) {
                    charset = Encoding::for_label(label);
                    needs_pragma = Some(true);
                }
            }
            b"charset" => {
                charset = Encoding::for_label(&value);
                needs_pragma = Some(false);
            }
            _ => {}
        }
        seen.push(name);
    }
    let valid = match needs_pragma {
        None => false,
        Some(needs) => !needs || has_pragma,
    };
    let encoding = charset.filter(|_| valid).map(|encoding| {
        if encoding == UTF_16BE || encoding == UTF_16LE {
            UTF_8
        } else if encoding == X_USER_DEFINED {
            WINDOWS_1252
        } else {
            encoding
        }
    });
    (encoding, cursor.at)
}

/// "Extracting a character encoding from a meta element": the label after `charset=` in a content attribute.
fn charset_of_content(value: &[u8]) -> Option<&[u8]> {
    let lower = value.to_ascii_lowercase();
    let mut from = 0;
    loop {
        let mut at = from + memchr::memmem::find(&lower[from..], b"charset")? + 7;
        let skip = |at: &mut usize| {
            while value.get(*at).is_some_and(u8::is_ascii_whitespace) {
                *at += 1;
            }
        };
        skip(&mut at);
        if value.get(at) != Some(&b'=') {
            from = at;
            continue;
        }
        at += 1;
        skip(&mut at);
        let rest = &value[at..];
        return if let quote @ (b'"' | b'\'') = rest.first()? {
            rest[1..].iter().position(|byte| byte == quote).map(|end| &rest[1..=end])
        } else {
            let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b';');
            Some(&rest[..end.unwrap_or(rest.len())])
        };
    }
}

/// "Get an attribute" of the prescan: name and value in ASCII lower case, until the tag's end.
struct Attributes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Attributes<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_while(&mut self, skip: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skip) {
            self.at += 1;
        }
    }

    fn skip_name(&mut self) {
        self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'>');
    }

    fn next(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.skip_while(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if self.peek()? == b'>' {
            return None;
        }
        let start = self.at;
        self.at += 1;
        self.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'/' | b'>'));
        let name = self.bytes[start..self.at].to_ascii_lowercase();
        self.skip_while(|byte| byte.is_ascii_whitespace());
        if self.peek() != Some(b'=') {
            return Some((name, Vec::new()));
        }
        self.at += 1;
        self.skip_while(|byte| byte.is_ascii_whitespace());
        let value = if let quote @ (b'"' | b'\'') = self.peek()? {
            let start = self.at + 1;
            let length = memchr::memchr(quote, &self.bytes[start..])?;
            self.at = start + length + 1;
            &self.bytes[start..start + length]
        } else {
            let start = self.at;
            self.skip_name();
            &self.bytes[start..self.at]
        };
        Some((name, value.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], charset: Option<&str>) -> (String, &'static str, EncodingSource) {
        let decoded = decode(bytes, charset);
        (decoded.text.into_owned(), decoded.encoding, decoded.source)
    }

    #[test]
    fn a_byte_order_mark_beats_everything() {
        let bytes = b"\xEF\xBB\xBF<meta charset=iso-8859-1>\xC3\xA9";
        assert_eq!(found(bytes, Some("koi8-r")), ("<meta charset=iso-8859-1>\u{e9}".into(), "UTF-8", EncodingSource::ByteOrderMark));
        assert_eq!(found(b"\xFF\xFEa\0", None), ("a".into(), "UTF-16LE", EncodingSource::ByteOrderMark));
    }

    #[test]
    fn the_header_beats_meta_and_an_unknown_header_is_ignored() {
        assert_eq!(found(b"<meta charset=utf-8>\xE9", Some("latin1")).1, "windows-1252");
        assert_eq!(found(b"<meta charset=koi8-r>\xE9", Some("no-such")).1, "KOI8-R");
    }

    #[test]
    fn meta_is_read_as_the_standard_says() {
        let meta = |html: &str| decode(html.as_bytes(), None).encoding;
        assert_eq!(meta("<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>"), "Shift_JIS");
        assert_eq!(meta("<meta content='text/html; charset=\"gbk\"' http-equiv=content-type>"), "GBK");
        assert_eq!(meta("<meta name=x content='charset=gbk'>"), "UTF-8");
        assert_eq!(meta("<!-- <meta charset=gbk> --><META CHARSET = 'Big5' />"), "Big5");
        assert_eq!(meta("<meta charset=utf-16le>"), "UTF-8");
        assert_eq!(meta("<a title='<meta charset=gbk>'><meta charset=koi8-u>"), "KOI8-U");
        assert_eq!(meta("<meta charset"), "UTF-8");
        assert_eq!(meta("<meta charset='gbk"), "UTF-8");
        assert_eq!(meta("<!--"), "UTF-8");
    }

    #[test]
    fn bytes_without_a_word_are_detected() {
        let (text, _, source) = found("Это обычный русский текст без объявления кодировки".as_bytes(), None);
        assert_eq!((text.chars().count(), source), (50, EncodingSource::ValidUtf8));
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode("Это обычный русский текст без объявления кодировки");
        assert_eq!(found(&bytes, None).1, "windows-1251");
        assert_eq!(found(b"", None), (String::new(), "UTF-8", EncodingSource::ValidUtf8));
    }

    #[test]
    fn errors_are_said() {
        assert!(decode(b"\xEF\xBB\xBF\xFF", None).had_errors);
        assert!(!decode(b"plain", None).had_errors);
    }
}
