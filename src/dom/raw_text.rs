//! Text that is no markup: titles, styles, scripts, plain text.
//!
//! Takes the source after the start tag of such an element, gives its text and its end tag. Knows a script's escaped states, in which an
//! inner `<script>` hides one end tag.

use std::ops::Range;

use memchr::{memchr, memchr2};

use super::Tag;
use super::tokenizer::{References, Tokenizer};

/// Where in a script the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    None,
    /// After `<!--`.
    Once,
    /// After `<script` in there: an end tag only ends this state.
    Twice,
}

fn ends_word(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b' ' | b'/' | b'>')
}

impl Tokenizer<'_> {
    /// Reads the text of an element up to its end tag. `name` is where the start tag has its name.
    pub(super) fn raw_text(&mut self, name: Range<usize>, tag: Tag, references: References) {
        let mut at = self.at;
        loop {
            let Some(offset) = memchr(b'<', &self.bytes[at..]) else {
                return self.raw_rest(references);
            };
            at += offset;
            if self.is_end_tag(at, &name) {
                return self.end_raw(at, name.len(), tag, references);
            }
            at += 1;
        }
    }

    pub(super) fn plain_text(&mut self) {
        self.raw_rest(References::None);
    }

    /// Reads a script up to its end tag.
    pub(super) fn script(&mut self, name: Range<usize>, tag: Tag) {
        let mut at = self.at;
        let mut escape = Escape::None;
        loop {
            let rest = &self.bytes[at..];
            let found = if escape == Escape::None { memchr(b'<', rest) } else { memchr2(b'<', b'-', rest) };
            let Some(offset) = found else {
                return self.raw_rest(References::None);
            };
            at += offset;
            if self.bytes[at] == b'-' {
                let dashes = self.bytes[at..].iter().take_while(|byte| **byte == b'-').count();
                at += dashes;
                if dashes >= 2 && self.bytes.get(at) == Some(&b'>') {
                    escape = Escape::None;
                }
                continue;
            }
            // Most are signs of comparison.
            if escape == Escape::None && !matches!(self.bytes.get(at + 1), Some(b'/' | b'!')) {
                at += 1;
                continue;
            }
            if escape != Escape::Twice && self.is_end_tag(at, &name) {
                return self.end_raw(at, name.len(), tag, References::None);
            }
            (at, escape) = self.after_less_than(at, escape);
        }
    }

    /// Where a script goes on after a `<` that begins no end tag, and in which state.
    fn after_less_than(&self, at: usize, escape: Escape) -> (usize, Escape) {
        match escape {
            // The dashes are read again: `<!-->` escapes nothing.
            Escape::None if self.bytes[at..].starts_with(b"<!--") => (at + 2, Escape::Once),
            Escape::Once => self.after_word(at + 1, escape, Escape::Twice),
            Escape::Twice if self.bytes.get(at + 1) == Some(&b'/') => self.after_word(at + 2, escape, Escape::Once),
            Escape::None | Escape::Twice => (at + 1, escape),
        }
    }

    /// Passes over a word; when it is `script`, the state changes.
    fn after_word(&self, at: usize, escape: Escape, changed: Escape) -> (usize, Escape) {
        let letters = self.bytes[at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let end = at + letters;
        match self.bytes.get(end) {
            Some(byte) if ends_word(*byte) && (letters > 0 || escape == Escape::Twice) => {
                let script = self.bytes[at..end].eq_ignore_ascii_case(b"script");
                (end + 1, if script { changed } else { escape })
            }
            _ => (end, escape),
        }
    }

    /// Whether the end tag of the element named at `name` begins at `at`.
    fn is_end_tag(&self, at: usize, name: &Range<usize>) -> bool {
        let from = at + 2;
        let end = from + name.len();
        self.bytes.get(at + 1) == Some(&b'/')
            && self.bytes.get(end).is_some_and(|byte| ends_word(*byte))
            && self.bytes[from..end].eq_ignore_ascii_case(&self.bytes[name.clone()])
    }

    fn raw_rest(&mut self, references: References) {
        let end = self.bytes.len();
        self.raw_span(end, references);
    }

    fn raw_span(&mut self, end: usize, references: References) {
        let from = self.at;
        self.at = end;
        if from == end {
            return;
        }
        if self.builder.drops_line_feed() && references == References::Text && self.bytes[from] == b'&' {
            self.keep_unfinished_line_feed(from, end);
        }
        let span = self.decoded(from, end, references);
        self.builder.text(span);
    }

    fn end_raw(&mut self, at: usize, name: usize, tag: Tag, references: References) {
        self.raw_span(at, references);
        self.at = at + 2 + name;
        self.end_tag(tag);
    }
}
