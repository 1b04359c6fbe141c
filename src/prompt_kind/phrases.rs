//! The phrases of prompts.
//!
//! Takes a block's text, gives the kinds of phrase that stand in it and whether it is a template that was never filled in.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::PromptKind;

/// The file, read into the program.
const SOURCE: &str = include_str!("phrases.tsv");

/// Longer texts are read to here, in bytes: a prompt says what it is in its first sentences.
const MOST: usize = 4000;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Said {
    /// A bit a kind ([`PromptKind::bit`]).
    pub(crate) kinds: u16,
    /// It holds a placeholder such as `{{articlesLeft}}`, `%d` or `${count}`.
    pub(crate) template: bool,
}

struct Phrases {
    automaton: Option<AhoCorasick>,
    kinds: Vec<PromptKind>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let lines = SOURCE.lines().filter(|line| !line.starts_with('#')).filter_map(read);
    let (kinds, texts): (Vec<_>, Vec<_>) = lines.unzip();
    // Fails for texts of gigabytes alone.
    Phrases { automaton: AhoCorasick::new(texts).ok(), kinds }
});

fn read(line: &str) -> Option<(PromptKind, String)> {
    let mut fields = line.split('\t');
    let (kind, _language, phrase) = (fields.next()?, fields.next()?, fields.next()?);
    Some((PromptKind::from_name(kind)?, phrase.to_owned()))
}

impl Said {
    /// Reads a text.
    pub(crate) fn of(text: &str) -> Self {
        let (text, template) = normal(text);
        let mut said = Self { kinds: 0, template };
        let Some(automaton) = &PHRASES.automaton else { return said };
        for found in automaton.find_overlapping_iter(&text) {
            if starts_word(&text, found.start()) {
                said.kinds |= PHRASES.kinds[found.pattern().as_usize()].bit();
            }
        }
        said
    }

    pub(crate) fn has(self, kind: PromptKind) -> bool {
        self.kinds & kind.bit() != 0
    }
}

/// A phrase counts where a word begins; scripts that set no spaces have no such place.
fn starts_word(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let spaced = |c: char| c.is_alphanumeric() && !is_dense(c);
    !(before.chars().next_back().is_some_and(spaced) && after.chars().next().is_some_and(spaced))
}

/// Han, kana, Hangul and Thai: words follow each other, or take endings, without a sign. Ranges: Unicode 15 blocks.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1100}'..='\u{11FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// The text in lower case, with plain apostrophes and single spaces; numbers and placeholders are `#`. And whether there was a placeholder.
fn normal(text: &str) -> (String, bool) {
    let cut = (0..=MOST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let text = text[..cut].to_lowercase();
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut template) = (text.as_str(), false);
    while let Some(c) = rest.chars().next() {
        if OPENERS.contains(c)
            && let Some(length) = placeholder(rest)
        {
            template = true;
            push_number(&mut out);
            rest = &rest[length..];
            continue;
        }
        match c {
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' => out.push('\''),
            '\u{ad}' | '\u{200b}' => {}
            '\u{2010}' | '\u{2011}' => out.push('-'),
            c if c.is_numeric() => push_number(&mut out),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    (out, template)
}

fn push_number(out: &mut String) {
    if !out.ends_with('#') {
        out.push('#');
    }
}

/// What placeholders begin with: most characters are none of these, and need no closer look.
const OPENERS: &str = "{$#[<_%";

/// The length of a placeholder at the start of the text: `{{x}}`, `${x}`, `{x}`, `[[x]]`, `<%= x %>`, `%x%`, `%d`, `%s`.
fn placeholder(text: &str) -> Option<usize> {
    for (open, close) in [("{{", "}}"), ("${", "}"), ("#{", "}"), ("{", "}"), ("[[", "]]"), ("<%", "%>"), ("__", "__")] {
        if let Some(inner) = text.strip_prefix(open)
            && let Some(end) = inner.find(close).filter(|end| (1..=60).contains(end))
            && is_name(inner[..end].trim_matches(|c: char| c == '=' || c == '{' || c == '}' || c.is_whitespace()))
        {
            let length = open.len() + end + close.len();
            return Some(length + usize::from(close == "}}" && text[length..].starts_with('}')));
        }
    }
    let printf = ["%d", "%s", "%1$d", "%1$s", "%n"].into_iter().find(|form| text.starts_with(form))?;
    let after = text[printf.len()..].chars().next();
    after.is_none_or(|c| !c.is_alphanumeric()).then_some(printf.len())
}

/// What stands in a placeholder: a name, perhaps with fields, filters or calls.
fn is_name(text: &str) -> bool {
    let ascii = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '|' | '(' | ')' | '$' | '[' | ']' | ' ' | '\'' | ':');
    !text.is_empty() && text.chars().all(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_read_and_found() {
        let mut lines = 0;
        for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
            let (kind, phrase) = read(line).unwrap_or_else(|| panic!("{line:?}"));
            assert!(Said::of(&phrase).has(kind), "{line:?}");
            lines += 1;
        }
        assert_eq!(lines, PHRASES.kinds.len());
    }

    #[test]
    fn placeholders_are_numbers_that_were_never_filled_in() {
        for text in
            ["You have {{ numberArticlesLeft }} articles left", "%d free articles", "${count} articles remaining", "[[n]] articles left"]
        {
            let said = Said::of(text);
            assert!(said.template && said.has(PromptKind::MeterCount), "{text}");
        }
        assert!(!Said::of("Save 20% during May {really, we mean it}").template);
        assert!(!Said::of("You have 3 articles left").template);
    }

    #[test]
    fn a_phrase_begins_with_a_word() {
        assert!(!Said::of("Resubscribed").has(PromptKind::Offer));
        // Short words of one language begin words of another.
        for text in ["It does not rain on Tuesday", "Wypróbuj za darmo", "He gave 10 gift articles"] {
            assert!(!Said::of(text).has(PromptKind::Donation), "{text}");
        }
        assert!(Said::of("この記事は会員限定です").has(PromptKind::Wall));
        assert!(Said::of("S\u{2019}abonner").has(PromptKind::Offer));
    }
}
