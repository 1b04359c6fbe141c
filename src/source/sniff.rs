//! What a file's first bytes say of it.
//!
//! Takes bytes, gives the way they are packed or why they are no page. Knows nothing of names.

use encoding_rs::Encoding;

/// How many bytes tell the packing.
pub(super) const MAGIC_BYTES: u64 = 4;

/// How many bytes are searched for NUL. No encoding of the web but UTF-16 has it in text; git looks at 8000 bytes for the same purpose.
const NUL_BYTES: usize = 8000;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

/// RFC 1952 and RFC 8878.
pub(super) fn packing(start: &[u8]) -> Option<Packing> {
    if start.starts_with(&[0x1f, 0x8b]) {
        Some(Packing::Gzip)
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Some(Packing::Zstd)
    } else {
        None
    }
}

/// The signatures of files that people mistake for pages (MIME Sniffing Standard, section 6, and the formats' own documents).
const SIGNATURES: [(&[u8], &str); 11] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "compressed twice"),
    (b"\x28\xb5\x2f\xfd", "compressed twice"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x7fELF", "a program"),
    (b"wOF2", "a font"),
];

/// Why the bytes are neither HTML nor text, or `None`.
pub(crate) fn not_a_page(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, found)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Some(found);
    }
    let utf16 = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8);
    let start = &bytes[..bytes.len().min(NUL_BYTES)];
    (!utf16 && memchr::memchr(0, start).is_some()).then_some("binary (it has NUL bytes)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_told_from_utf_16() {
        assert_eq!(not_a_page(b"\x89PNG\r\n\x1a\n..."), Some("a PNG image"));
        assert_eq!(not_a_page(b"ab\0c"), Some("binary (it has NUL bytes)"));
        assert_eq!(not_a_page(b"\xff\xfe<\0p\0>\0"), None);
        assert_eq!(not_a_page(b"\xfe\xff\0<\0p\0>"), None);
        assert_eq!(not_a_page(b""), None);
        assert_eq!(not_a_page("<p>ü".as_bytes()), None);
    }
}
