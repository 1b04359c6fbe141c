//! The tokenizer: finds tags, texts, comments and doctypes in a page.
//!
//! Takes the decoded source with `\n` as its only line end, gives tokens to the [`TreeBuilder`] as spans of the source; what must be decoded
//! goes into the side buffer. Knows nothing of the tree but how the builder wants the text after a start tag read.

use memchr::{memchr, memchr2};

use super::attributes::{BYTES, CHANGES, ENDS_NAME, FOLDS, Keep};
use super::char_reference;
use super::doctype;
use super::tag::NameKey;
use super::tree_builder::{Follow, StartTag, Tree, TreeBuilder};
use super::{DomLimits, Span, Tag};

/// Whether a text holds character references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum References {
    /// Decode them as in text.
    Text,
    /// Decode them as in an attribute's value.
    Value,
    /// There are none.
    None,
}

/// The tokenizer; its source is read once, from the start to the end.
pub(super) struct Tokenizer<'s> {
    pub(super) source: &'s str,
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    pub(super) builder: TreeBuilder<'s>,
    /// The source holds null characters, so that texts must be searched for them.
    pub(super) has_null: bool,
}

impl<'s> Tokenizer<'s> {
    pub(super) fn new(source: &'s str, limits: DomLimits, has_null: bool) -> Self {
        Self { source, bytes: source.as_bytes(), at: 0, builder: TreeBuilder::new(source, limits), has_null }
    }

    /// Reads the whole source.
    pub(super) fn run(mut self) -> Tree<'s> {
        self.skip_byte_order_mark();
        while self.at < self.bytes.len() && !self.builder.is_full() {
            if self.bytes[self.at] != b'<' {
                self.text();
                continue;
            }
            match self.bytes.get(self.at + 1) {
                Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(),
                Some(b'/') => self.slash(),
                Some(b'!') => self.markup_declaration(),
                Some(b'?') => self.bogus_comment(self.at + 1),
                _ => self.text(),
            }
        }
        self.builder.finish()
    }

    pub(super) fn skip_byte_order_mark(&mut self) {
        if self.source[self.at..].starts_with('\u{feff}') {
            self.at += '\u{feff}'.len_utf8();
        }
    }

    // Text.

    /// Where the markup after a text begins.
    fn end_of_text(&self) -> usize {
        // The text may begin with a "<" that is no markup.
        let mut at = self.at;
        while let Some(offset) = memchr(b'<', &self.bytes[at..]) {
            let found = at + offset;
            match self.bytes.get(found + 1) {
                Some(b'!' | b'?') => return found,
                // At the very end, "</" is text.
                Some(b'/') if found + 2 < self.bytes.len() => return found,
                Some(byte) if byte.is_ascii_alphabetic() => return found,
                _ => at = found + 1,
            }
        }
        self.bytes.len()
    }

    fn text(&mut self) {
        let end = self.end_of_text();
        let mut from = self.at;
        self.at = end;
        if self.has_null {
            while let Some(offset) = memchr(0, &self.bytes[from..end]) {
                self.text_without_null(from, from + offset);
                self.builder.null();
                from += offset + 1;
            }
        }
        self.text_without_null(from, end);
    }

    fn text_without_null(&mut self, from: usize, end: usize) {
        if from < end {
            if self.builder.drops_line_feed() && self.bytes[from] == b'&' {
                self.keep_unfinished_line_feed(from, end);
            }
            let span = self.decoded(from, end, References::Text);
            self.builder.text(span);
        }
    }

    /// html5ever reports a numeric reference without its semicolon before the character, which then is no longer the first thing after the
    /// start tag: `<pre>&#10x` keeps its line feed.
    pub(super) fn keep_unfinished_line_feed(&mut self, from: usize, end: usize) {
        let bytes = &self.bytes[from..end];
        if char_reference::read(bytes, false).is_some_and(|reference| bytes[reference.len - 1] != b';') {
            self.builder.keep_line_feed();
        }
    }

    /// A stretch of the source with its references decoded and its null characters replaced.
    pub(super) fn decoded(&mut self, from: usize, end: usize, references: References) -> Span {
        let bytes = &self.bytes[from..end];
        let found = match (references, self.has_null) {
            (References::None, false) => None,
            (References::None, true) => memchr(0, bytes),
            (_, false) => memchr(b'&', bytes),
            (_, true) => memchr2(b'&', 0, bytes),
        };
        match found {
            Some(first) => self.decode(from, end, from + first, references),
            None => span(from, end),
        }
    }

    fn decode(&mut self, from: usize, end: usize, first: usize, references: References) -> Span {
        let tree = &mut self.builder.tree;
        let start = tree.side_start();
        let (mut copied, mut at) = (from, first);
        let mut changed = false;
        loop {
            if self.bytes[at] == 0 {
                tree.side.push_str(&self.source[copied..at]);
                tree.side.push('\u{fffd}');
                at += 1;
                (copied, changed) = (at, true);
            } else if let Some(reference) = char_reference::read(&self.bytes[at..end], references == References::Value) {
                tree.side.push_str(&self.source[copied..at]);
                tree.side.push(reference.first);
                tree.side.extend(reference.second);
                at += reference.len;
                (copied, changed) = (at, true);
            } else {
                at += 1;
            }
            let next =
                if references == References::None { memchr(0, &self.bytes[at..end]) } else { memchr2(b'&', 0, &self.bytes[at..end]) };
            match next {
                Some(offset) => at += offset,
                None => break,
            }
        }
        if !changed {
            return span(from, end);
        }
        tree.side.push_str(&self.source[copied..end]);
        tree.side_span(start)
    }

    // Tags.

    /// Reads the name at `self.at`, whose first byte is a letter.
    fn tag_name(&mut self) -> Tag {
        let start = self.at;
        let (mut key, mut seen) = (NameKey::new(), 0);
        let mut end = start;
        while let Some(byte) = self.bytes.get(end) {
            let class = BYTES[usize::from(*byte)];
            if class & ENDS_NAME != 0 {
                break;
            }
            seen |= class;
            key = key.with(*byte);
            end += 1;
        }
        self.at = end;
        let exact = end - start <= NameKey::EXACT && seen & FOLDS == 0;
        let known = if exact { Tag::from_exact_key(key) } else { Tag::from_key(key, &self.bytes[start..end]) };
        known.unwrap_or_else(|| {
            let name = &self.source[start..end];
            if seen & CHANGES != 0 { self.builder.tree.own_tag(&lower_case(name)) } else { self.builder.tree.own_tag(name) }
        })
    }

    fn start_tag(&mut self) {
        self.at += 1;
        let name = self.at;
        let tag = self.tag_name();
        let name = name..self.at;
        let first = self.builder.tree.attributes.len();
        let Some(self_closing) = self.attributes(Keep::Yes) else {
            // The source ends within the tag.
            self.at = self.bytes.len();
            return;
        };
        let token = StartTag {
            tag,
            self_closing,
            first_attribute: u32::try_from(first).unwrap_or(u32::MAX),
            attributes: u32::try_from(self.builder.tree.attributes.len() - first).unwrap_or(0),
        };
        match self.builder.start_tag(token) {
            Follow::Markup => {}
            Follow::Refeed => self.skip_byte_order_mark(),
            Follow::Rcdata => self.raw_text(name, tag, References::Text),
            Follow::RawText => self.raw_text(name, tag, References::None),
            Follow::Script => self.script(name, tag),
            Follow::PlainText => self.plain_text(),
        }
    }

    /// `</`: an end tag, nothing at all or a comment.
    fn slash(&mut self) {
        match self.bytes.get(self.at + 2) {
            Some(byte) if byte.is_ascii_alphabetic() => {
                self.at += 2;
                let tag = self.tag_name();
                self.end_tag(tag);
            }
            Some(b'>') => {
                self.at += 3;
                self.builder.keep_line_feed();
            }
            Some(_) => self.bogus_comment(self.at + 2),
            None => self.text(),
        }
    }

    /// Ends an end tag whose name has been read.
    pub(super) fn end_tag(&mut self, tag: Tag) {
        if self.attributes(Keep::No).is_none() {
            self.at = self.bytes.len();
            return;
        }
        if self.builder.end_tag(tag) == Follow::Refeed {
            self.skip_byte_order_mark();
        }
    }

    // Declarations and comments.

    /// `<!`: a comment, a doctype or, in foreign content, text.
    fn markup_declaration(&mut self) {
        let rest = &self.bytes[self.at + 2..];
        if rest.starts_with(b"--") {
            self.at = self.end_of_comment(self.at + 4);
            self.builder.comment();
        } else if rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            let doctype = doctype::read(self.source, self.at + 9);
            self.at = doctype.end;
            self.builder.doctype(doctype);
        } else if rest.starts_with(b"[CDATA[") && self.builder.in_foreign_content() {
            self.character_data(self.at + 9);
        } else {
            self.bogus_comment(self.at + 2);
        }
    }

    fn bogus_comment(&mut self, from: usize) {
        self.at = memchr(b'>', &self.bytes[from..]).map_or(self.bytes.len(), |offset| from + offset + 1);
        self.builder.comment();
    }

    /// Where the source goes on after a comment whose content begins at `from`.
    fn end_of_comment(&self, from: usize) -> usize {
        let content = &self.bytes[from..];
        if content.starts_with(b">") {
            return from + 1;
        }
        if content.starts_with(b"->") {
            return from + 2;
        }
        let mut at = 0;
        while let Some(offset) = memchr(b'>', &content[at..]) {
            let before = &content[..at + offset];
            at += offset + 1;
            if before.ends_with(b"--") || before.ends_with(b"--!") {
                return from + at;
            }
        }
        self.bytes.len()
    }

    fn character_data(&mut self, from: usize) {
        let end = memchr::memmem::find(&self.bytes[from..], b"]]>").map(|offset| from + offset);
        self.at = end.map_or(self.bytes.len(), |end| end + 3);
        let end = end.unwrap_or(self.bytes.len());
        let mut from = from;
        while from < end {
            let to = memchr(0, &self.bytes[from..end]).map_or(end, |offset| from + offset);
            self.builder.text(span(from, to));
            if to < end {
                self.builder.null();
            }
            from = to + 1;
        }
    }
}

/// The span of a stretch of the source.
pub(super) fn span(from: usize, end: usize) -> Span {
    Span { start: u32::try_from(from).unwrap_or(0), len: u32::try_from(end.saturating_sub(from)).unwrap_or(0) }
}

/// A name as the standard reads it: ASCII letters in lower case, null characters replaced.
pub(super) fn lower_case(name: &str) -> String {
    name.chars().map(|character| if character == '\0' { '\u{fffd}' } else { character.to_ascii_lowercase() }).collect()
}
