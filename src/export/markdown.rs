//! Markdown of the `GitHub` flavour.
//!
//! Takes a labelled page, gives its kept blocks as Markdown: headings, lists, quotes, tables, code, links and emphasis. Knows nothing of HTML's
//! syntax.

use super::front_matter::front_matter;
use super::inline::{InlineWriter, Mark, write_inline};
use super::layout::{Code, Container, Kind, Part, parts};
use super::table::{Row, Table};
use super::{Export, ExportOptions};
use crate::classify::{LabelledBlock, LabelledPage};
use crate::metadata::Metadata;

/// Writes Markdown.
#[derive(Debug)]
pub(super) struct Markdown {
    options: ExportOptions,
}

impl Markdown {
    pub(super) fn new(options: ExportOptions) -> Self {
        Self { options }
    }
}

impl Export for Markdown {
    fn between(&self) -> &'static str {
        "\n"
    }

    fn page(&self, _path: &str, page: &LabelledPage) -> String {
        let parts = parts(page, &self.options.kept(page));
        let mut text = if self.options.front_matter { front_matter(&Metadata::of(page)) } else { String::new() };
        let mut before: Option<&Part<'_>> = None;
        for part in &parts {
            if let Some(before) = before {
                text.push('\n');
                if !is_tight(part, before) {
                    text.push_str(prefix(&part.around[..part.shared_with(before)], usize::MAX).trim_end());
                    text.push('\n');
                }
            }
            let shared = before.map_or(0, |before| part.shared_with(before));
            text.push_str(&prefix(&part.around, shared));
            let rest = prefix(&part.around, usize::MAX);
            for (number, line) in body(page, part).split('\n').enumerate() {
                if number > 0 {
                    text.push('\n');
                    text.push_str(if line.is_empty() { rest.trim_end() } else { &rest });
                }
                text.push_str(line);
            }
            before = Some(part);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

/// List items of one line each stand close; everything else has an empty line between.
fn is_tight(part: &Part<'_>, before: &Part<'_>) -> bool {
    let opens_item = part.around[part.shared_with(before)..].iter().any(|container| matches!(container, Container::Item { .. }));
    match (&before.kind, &part.kind) {
        (_, Kind::Line(_, gap)) => !gap,
        (Kind::Paragraph(_), Kind::Paragraph(_)) => opens_item && part.same_list(before),
        _ => false,
    }
}

/// What stands before a line within `around`: `> ` for a quote; for an item its marker if it is not among the first `shared`, else spaces.
fn prefix(around: &[Container], shared: usize) -> String {
    let mut prefix = String::new();
    for (place, container) in around.iter().enumerate() {
        match container {
            Container::Quote(_) => prefix.push_str("> "),
            Container::List { .. } => {}
            Container::Item { number, .. } => {
                let marker = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
                let written = if place < shared { " ".repeat(marker.len()) } else { marker };
                prefix.push_str(&written);
            }
        }
    }
    prefix
}

fn body(page: &LabelledPage, part: &Part<'_>) -> String {
    match &part.kind {
        Kind::Paragraph(block) | Kind::Description(block) | Kind::Line(block, _) => Inline::new(Breaks::Kept).write(page, block),
        Kind::Heading(level, block) => {
            let heading = Inline::new(Breaks::Spaces).without_emphasis().write(page, block);
            format!("{} {heading}", "#".repeat(usize::from(*level)))
        }
        Kind::Caption(block) => format!("*{}*", Inline::new(Breaks::Spaces).without_emphasis().write(page, block)),
        Kind::Term(block) => format!("**{}**", Inline::new(Breaks::Spaces).without_emphasis().write(page, block)),
        Kind::Code(code) => fenced(code),
        Kind::Table(table) => pipe_table(page, table),
    }
}

/// Code between fences longer than any run of backticks in it.
fn fenced(code: &Code<'_>) -> String {
    let longest = code.text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{}\n{}\n{fence}", code.language.unwrap_or_default(), code.text.replace("\r\n", "\n"))
}

/// A pipe table; one whose first row is no header gets an empty header, which the format demands.
fn pipe_table(page: &LabelledPage, table: &Table<'_>) -> String {
    let columns = table.columns();
    let (header, rows) = match table.rows.split_first() {
        Some((first, rest)) if first.is_header() => (pipe_row(page, Some(first), columns), rest),
        _ => (pipe_row(page, None, columns), table.rows.as_slice()),
    };
    let rule = format!("|{}", " --- |".repeat(columns));
    let lines = rows.iter().map(|row| pipe_row(page, Some(row), columns));
    [header, rule].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn pipe_row(page: &LabelledPage, row: Option<&Row<'_>>, columns: usize) -> String {
    let mut line = "|".to_owned();
    let mut written = 0;
    for cell in row.into_iter().flat_map(|row| &row.cells) {
        let blocks: Vec<String> = cell.blocks.iter().map(|block| Inline::new(Breaks::Cell).write(page, block)).collect();
        line.push(' ');
        line.push_str(&blocks.join("<br>"));
        line.push_str(" |");
        line.push_str(&"  |".repeat(cell.columns - 1));
        written += cell.columns;
    }
    line.push_str(&"  |".repeat(columns.saturating_sub(written)));
    line
}

/// What becomes of line breaks within a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breaks {
    /// Hard line breaks.
    Kept,
    Spaces,
    /// `<br>`, and pipes are escaped.
    Cell,
}

/// Writes a block's text with its links and emphasis.
#[derive(Debug)]
struct Inline {
    out: String,
    breaks: Breaks,
    emphasis: bool,
    /// The delimiter of inline code: one backtick more than the text has in a row.
    ticks: String,
}

impl Inline {
    fn new(breaks: Breaks) -> Self {
        Self { out: String::new(), breaks, emphasis: true, ticks: String::new() }
    }

    /// For text that is strong as a whole: a heading, a caption.
    fn without_emphasis(mut self) -> Self {
        self.emphasis = false;
        self
    }

    fn write(mut self, page: &LabelledPage, block: &LabelledBlock<'_>) -> String {
        let longest = block.text().split(|c| c != '`').map(str::len).max().unwrap_or(0);
        self.ticks = "`".repeat(longest + 1);
        write_inline(page, block, &mut self);
        self.out
    }

    fn delimiter(&self, mark: Mark<'_>) -> &str {
        match mark {
            Mark::Code => &self.ticks,
            Mark::Strong if self.emphasis => "**",
            Mark::Emphasis if self.emphasis => "*",
            Mark::Deleted => "~~",
            Mark::Strong | Mark::Emphasis | Mark::Link(_) | Mark::Superscript | Mark::Subscript => "",
        }
    }

    fn push_break(&mut self) {
        self.out.push_str(match self.breaks {
            Breaks::Kept => "  \n",
            Breaks::Spaces => " ",
            Breaks::Cell => "<br>",
        });
    }
}

impl InlineWriter for Inline {
    fn open(&mut self, mark: Mark<'_>) {
        let delimiter = if let Mark::Link(_) = mark { "[" } else { self.delimiter(mark) }.to_owned();
        self.out.push_str(&delimiter);
    }

    fn close(&mut self, mark: Mark<'_>) {
        if let Mark::Link(href) = mark {
            self.out.push_str("](");
            push_href(&mut self.out, href);
            self.out.push(')');
        } else {
            let delimiter = self.delimiter(mark).to_owned();
            self.out.push_str(&delimiter);
        }
    }

    fn text(&mut self, text: &str, code: bool) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.push_break();
            }
            if code {
                let line = if self.breaks == Breaks::Cell { line.replace('|', "\\|") } else { line.to_owned() };
                self.out.push_str(&line);
            } else {
                escape(line, self.breaks, &mut self.out);
            }
        }
    }
}

/// An address within parentheses.
fn push_href(out: &mut String, href: &str) {
    for c in href.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            '\\' => out.push_str("%5C"),
            _ => out.push(c),
        }
    }
}

/// Escapes what Markdown would read as markup, and nothing else: at a line's start the signs of headings, quotes and lists, elsewhere those of
/// emphasis, code, links and tags.
fn escape(line: &str, breaks: Breaks, out: &mut String) {
    let at_start = breaks == Breaks::Kept && (out.is_empty() || out.ends_with('\n'));
    let mut line = line;
    if at_start && let Some(end) = block_sign(line) {
        out.push_str(&line[..end]);
        out.push('\\');
        out.push_str(&line[end..=end]);
        line = &line[end + 1..];
    }
    push_escaped(line, breaks == Breaks::Cell, out);
}

/// Where a sign stands that would make the line a heading, a quote or a list item.
fn block_sign(line: &str) -> Option<usize> {
    let followed = |end: usize| line[end..].chars().next().is_none_or(char::is_whitespace);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.as_bytes().get(digits)? {
        b'.' | b')' if (1..=9).contains(&digits) && followed(digits + 1) => Some(digits),
        b'>' | b'|' if digits == 0 => Some(0),
        b'-' | b'+' if digits == 0 && (followed(1) || line.chars().all(|c| c == '-')) => Some(0),
        b'=' if digits == 0 && line.chars().all(|c| c == '=') => Some(0),
        b'#' if digits == 0 && followed(line.bytes().take_while(|c| *c == b'#').count()) => Some(0),
        _ => None,
    }
}

fn push_escaped(text: &str, in_cell: bool, out: &mut String) {
    let mut before = out.chars().next_back();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.clone().next();
        let escaped = match c {
            '\\' | '`' | '[' | ']' => true,
            // A star or dash of arithmetic stands between spaces and is no markup.
            '*' => !(before.is_none_or(char::is_whitespace) && after.is_none_or(char::is_whitespace)),
            // Within a word it is no markup.
            '_' => !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)),
            '~' => after == Some('~') || before == Some('~'),
            '<' => after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
            '&' => is_entity(rest.as_str()),
            '|' => in_cell,
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

/// Whether what follows an ampersand would make it a character reference.
fn is_entity(after: &str) -> bool {
    let name = after.strip_prefix('#').unwrap_or(after);
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    length > 0 && name[length..].starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Page, PageOptions};

    fn markdown(html: &str) -> String {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let labelled = LabelledPage::from_labels(page, |page, block| {
            let caption = page.dom().zip(block.owner()).is_some_and(|(dom, owner)| dom.node(owner).name() == "figcaption");
            if caption { Label::Caption } else { Label::Content }
        });
        let options = ExportOptions::default().keep([Label::Content, Label::Caption]);
        Markdown::new(options).page("-", &labelled)
    }

    #[test]
    fn links_emphasis_and_code_are_kept() {
        let html = "<p>See <a href='/a (b)'>the <b>whole</b> list</a>, <em>not</em> <code>a*`b</code> or <a href='javascript:x'>this</a>.";
        assert_eq!(markdown(html), "See [the **whole** list](/a%20%28b%29), *not* ``a*`b`` or this.\n");
    }

    #[test]
    fn signs_that_would_be_markup_are_escaped() {
        assert_eq!(
            markdown("<p>1. not a list<p># nor this<p>- nor this<p>2 * 3 *x* snake_case _x_ &lt;b> &amp;lt; [x]"),
            concat!("1\\. not a list\n\n\\# nor this\n\n\\- nor this\n\n", "2 * 3 \\*x\\* snake_case \\_x\\_ \\<b> \\&lt; \\[x\\]\n",)
        );
    }

    #[test]
    fn lists_quotes_and_code_nest() {
        let html = "<blockquote><p>a<p>b</blockquote><ol><li>x<li>y<pre class=language-rust>fn f() {\n\n}</pre><ul><li>z</ul></ol>";
        let expected = "> a\n>\n> b\n\n1. x\n2. y\n\n   ```rust\n   fn f() {\n\n   }\n   ```\n\n   - z\n";
        assert_eq!(markdown(html), expected);
    }

    #[test]
    fn tables_have_a_header_and_captions_are_emphasised() {
        let html = "<figure><figcaption>A <b>map</b></figcaption></figure><table><tr><th>a<th>b<tr><td>1|2<td>x<br>y</table>";
        assert_eq!(markdown(html), "*A map*\n\n| a | b |\n| --- | --- |\n| 1\\|2 | x<br>y |\n");
        assert_eq!(markdown("<table><tr><td>1<td>2<tr><td colspan=2>3</table>"), "|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n");
    }

    #[test]
    fn a_break_is_a_hard_break() {
        assert_eq!(markdown("<p>one<br>- two"), "one  \n\\- two\n");
    }
}
