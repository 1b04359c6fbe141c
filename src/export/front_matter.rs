//! A page's metadata as YAML front matter.
//!
//! Takes [`Metadata`], gives lines between `---` and `---`; a page that says nothing of itself has none. Strings are written as JSON strings,
//! which are YAML's double-quoted ones, so that nothing in them can be read as YAML. Where a fact comes from stands after it, as a comment.

use std::fmt::Write as _;

use crate::metadata::{Fact, Metadata};

pub(super) fn front_matter(facts: &Metadata) -> String {
    let mut lines = String::new();
    for (name, fact) in facts.singles() {
        if let Some(Fact { value, from }) = fact {
            let _ = writeln!(lines, "{name}: {} # {from}", quoted(value));
        }
    }
    for (name, list) in facts.lists() {
        if !list.is_empty() {
            let _ = writeln!(lines, "{name}:");
            for Fact { value, from } in list {
                let _ = writeln!(lines, "  - {} # {from}", quoted(value));
            }
        }
    }
    if lines.is_empty() { lines } else { format!("---\n{lines}---\n\n") }
}

/// A JSON string, with what YAML forbids in one written as escapes (YAML 1.2.2, section 5.1: C1 controls, BOM, line separators).
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    let forbidden = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    json.chars().map(|c| if forbidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, LabelledPage, Page, PageOptions};

    #[test]
    fn facts_are_quoted_and_say_where_they_come_from() {
        let html = "<title>Say \"hi\": a #tale</title><meta name=author content='Ada Baker and Bo Cook'><p>x";
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let facts = Metadata::of(&LabelledPage::from_labels(page, |_, _| Label::Content));
        let expected =
            "---\ntitle: \"Say \\\"hi\\\": a #tale\" # html\nauthors:\n  - \"Ada Baker\" # meta\n  - \"Bo Cook\" # meta\n---\n\n";
        assert_eq!(front_matter(&facts), expected);
        assert_eq!(front_matter(&Metadata::default()), "");
    }
}
