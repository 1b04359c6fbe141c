//! Character references: `&amp;`, `&#x41;`.
//!
//! Takes the bytes from an ampersand on, gives the characters meant and how many bytes name them. Knows nothing of where the text stands but
//! whether it is an attribute's value, where old URLs keep their ampersands.

use web_atoms::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// A character reference that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CharReference {
    pub(super) first: char,
    /// Some named references stand for two characters.
    pub(super) second: Option<char>,
    /// How many bytes it takes in the source, ampersand included.
    pub(super) len: usize,
}

/// The longest name in the standard's table, `CounterClockwiseContourIntegral;`.
const LONGEST_NAME: usize = 32;

/// Reads the character reference at the start of `bytes` (an ampersand); `None` when the ampersand stands for itself.
pub(super) fn read(bytes: &[u8], in_attribute: bool) -> Option<CharReference> {
    match bytes.get(1)? {
        b'#' => numeric(bytes),
        byte if byte.is_ascii_alphanumeric() => common(bytes).or_else(|| named(bytes, in_attribute)),
        _ => None,
    }
}

/// A text with the references in it that end in a semicolon read: what pages have escaped twice.
pub(crate) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let bytes = rest.as_bytes();
        if let Some(found) = read(bytes, true).filter(|found| bytes[found.len - 1] == b';') {
            out.push(found.first);
            out.extend(found.second);
            rest = &rest[found.len..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The references that make up nearly all of a page's, without a look into the table.
fn common(bytes: &[u8]) -> Option<CharReference> {
    let (first, len) = match &bytes[1..] {
        [b'a', b'm', b'p', b';', ..] => ('&', 5),
        [b'n', b'b', b's', b'p', b';', ..] => ('\u{a0}', 6),
        [b'q', b'u', b'o', b't', b';', ..] => ('"', 6),
        [b'l', b't', b';', ..] => ('<', 4),
        [b'g', b't', b';', ..] => ('>', 4),
        _ => return None,
    };
    Some(CharReference { first, second: None, len })
}

/// The longest name in the table that `bytes` begin with.
fn named(bytes: &[u8], in_attribute: bool) -> Option<CharReference> {
    let letters = bytes[1..].iter().take(LONGEST_NAME).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let end = 1 + letters + usize::from(bytes.get(1 + letters) == Some(&b';'));
    let name = std::str::from_utf8(&bytes[1..end]).ok()?;
    let mut best = None;
    for len in 1..=name.len() {
        match NAMED_ENTITIES.get(&name[..len]) {
            // A code point of zero marks a mere prefix of longer names.
            Some(&(0, _)) => {}
            Some(&(first, second)) => best = Some((len, first, second)),
            None => break,
        }
    }
    let (len, first, second) = best?;
    if in_attribute && name.as_bytes()[len - 1] != b';' {
        // "?a=1&copy=2": in attributes such a name stays as written.
        let next = bytes.get(1 + len).copied().unwrap_or(0);
        if next == b'=' || next.is_ascii_alphanumeric() {
            return None;
        }
    }
    let second = char::from_u32(second).filter(|second| *second != '\0');
    Some(CharReference { first: char::from_u32(first)?, second, len: 1 + len })
}

fn numeric(bytes: &[u8]) -> Option<CharReference> {
    let hexadecimal = matches!(bytes.get(2), Some(b'x' | b'X'));
    let (base, digits) = if hexadecimal { (16, 3) } else { (10, 2) };
    let mut at = digits;
    let mut number: u32 = 0;
    while let Some(digit) = bytes.get(at).and_then(|byte| char::from(*byte).to_digit(base)) {
        number = number.saturating_mul(base).saturating_add(digit);
        at += 1;
    }
    if at == digits {
        return None;
    }
    let semicolon = bytes.get(at) == Some(&b';');
    Some(CharReference { first: from_number(number), second: None, len: at + usize::from(semicolon) })
}

/// The character of a numeric reference: Windows-1252's for the C1 controls, U+FFFD for what is no character.
fn from_number(number: u32) -> char {
    match number {
        0 => '\u{fffd}',
        0x80..=0x9f => C1_REPLACEMENTS[number as usize - 0x80].or(char::from_u32(number)).unwrap_or('\u{fffd}'),
        _ => char::from_u32(number).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str, in_attribute: bool) -> Option<(String, usize)> {
        let reference = read(source.as_bytes(), in_attribute)?;
        Some(([Some(reference.first), reference.second].into_iter().flatten().collect(), reference.len))
    }

    #[test]
    fn references_with_a_semicolon_are_read_once() {
        assert_eq!(unescaped("&quot;R&amp;D&quot; &#x26; &reg; &rsquo;"), "\"R&D\" & ® ’");
        assert_eq!(unescaped("a&b &amp;lt; &copy 2024 &nosuch; &"), "a&b &lt; &copy 2024 &nosuch; &");
    }

    #[test]
    fn names_and_numbers_are_read_as_the_standard_says() {
        assert_eq!(text("&amp;x", false), Some(("&".to_owned(), 5)));
        assert_eq!(text("&ampx", false), Some(("&".to_owned(), 4)));
        assert_eq!(text("&notit;", false), Some(("¬".to_owned(), 4)));
        assert_eq!(text("&notin;", false), Some(("∉".to_owned(), 7)));
        assert_eq!(text("&acE;", false), Some(("\u{223e}\u{333}".to_owned(), 5)));
        assert_eq!(text("&CounterClockwiseContourIntegral;", false), Some(("∳".to_owned(), 33)));
        assert_eq!(text("&#x41;", false), Some(("A".to_owned(), 6)));
        assert_eq!(text("&#128", false), Some(("€".to_owned(), 5)));
        assert_eq!(text("&#0;", false), Some(("\u{fffd}".to_owned(), 4)));
        assert_eq!(text("&#xD800;", false), Some(("\u{fffd}".to_owned(), 8)));
        assert_eq!(text("&#99999999999999;", false), Some(("\u{fffd}".to_owned(), 17)));
    }

    #[test]
    fn an_ampersand_that_begins_nothing_stays() {
        for source in ["&", "& ", "&;", "&x;", "&#", "&#;", "&#x", "&#xg", "&é;"] {
            assert_eq!(text(source, false), None, "{source}");
        }
    }

    #[test]
    fn an_attribute_keeps_a_name_that_runs_on() {
        assert_eq!(text("&copy=1", true), None);
        assert_eq!(text("&copyx", true), None);
        assert_eq!(text("&copy;x", true), Some(("©".to_owned(), 6)));
        assert_eq!(text("&copy&", true), Some(("©".to_owned(), 5)));
    }
}
