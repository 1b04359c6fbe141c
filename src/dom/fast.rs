//! The fast parser's way in.
//!
//! Takes decoded HTML and limits, gives a [`Dom`]. Knows how the source is prepared and the parts put together; the tokens are found by
//! [`tokenizer`](super::tokenizer), the tree is made by [`tree_builder`](super::tree_builder).

use memchr::{memchr, memchr2};

use super::tokenizer::Tokenizer;
use super::tree_builder::Tree;
use super::{Dom, DomLimits};

/// Parses a document; see [`Dom::parse`].
pub(super) fn parse(source: String, limits: DomLimits) -> Dom {
    // One look for both, for most pages have neither.
    let rare = memchr2(b'\r', 0, source.as_bytes()).is_some();
    let source = if rare { with_line_feeds(source) } else { source };
    let has_null = rare && memchr(0, source.as_bytes()).is_some();
    let Tree { side, nodes, attributes, names, cuts, .. } = Tokenizer::new(&source, limits, has_null).run();
    Dom { source, side, nodes, attributes, names, cuts }
}

/// Turns `\r\n` and lone `\r` into `\n`, as the standard's preprocessing does, so that every later span can lie in the source.
fn with_line_feeds(source: String) -> String {
    let bytes = source.as_bytes();
    let Some(mut found) = memchr(b'\r', bytes) else {
        return source;
    };
    let mut out = String::with_capacity(source.len());
    let mut from = 0;
    loop {
        out.push_str(&source[from..found]);
        out.push('\n');
        from = found + 1;
        if bytes.get(from) == Some(&b'\n') {
            from += 1;
        }
        match memchr(b'\r', &bytes[from..]) {
            Some(offset) => found = from + offset,
            None => break,
        }
    }
    out.push_str(&source[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_line_feeds() {
        assert_eq!(with_line_feeds("a\r\nb\rc\r\r\nd\n\r".to_owned()), "a\nb\nc\n\nd\n\n");
        assert_eq!(with_line_feeds("plain\n".to_owned()), "plain\n");
    }
}
