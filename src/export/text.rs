//! Plain text that keeps headings, lists, tables and code readable.
//!
//! Takes a labelled page, gives its kept blocks as text. Knows nothing of Markdown.

use super::layout::{Container, Kind, Part, parts};
use super::table::{Row, Table};
use super::{Export, ExportOptions};
use crate::classify::LabelledPage;

/// What stands between two cells of a row.
const CELL_SEPARATOR: &str = " | ";

/// Writes plain text.
#[derive(Debug)]
pub(super) struct Text {
    options: ExportOptions,
}

impl Text {
    pub(super) fn new(options: ExportOptions) -> Self {
        Self { options }
    }
}

impl Export for Text {
    fn between(&self) -> &'static str {
        "\n"
    }

    fn page(&self, _path: &str, page: &LabelledPage) -> String {
        let mut text = text_of(page, &self.options);
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

/// The kept blocks as text, without a line feed at the end.
pub(super) fn text_of(page: &LabelledPage, options: &ExportOptions) -> String {
    let parts = parts(page, &options.kept(page));
    let mut text = String::new();
    let mut before: Option<&Part<'_>> = None;
    for part in &parts {
        if let Some(before) = before {
            text.push_str(if is_tight(part, before) { "\n" } else { "\n\n" });
        }
        let (first, rest) = indents(part, before);
        let body = body(part);
        if let Kind::Code(_) = part.kind {
            text.push_str(&body);
        } else {
            for (number, line) in body.split('\n').enumerate() {
                text.push_str(if number == 0 { &first } else { "\n" });
                text.push_str(if number == 0 { "" } else { &rest });
                text.push_str(line);
            }
        }
        before = Some(part);
    }
    text
}

/// Whether no empty line stands between two parts.
fn is_tight(part: &Part<'_>, before: &Part<'_>) -> bool {
    match (&before.kind, &part.kind) {
        (_, Kind::Line(_, gap)) => !gap,
        (Kind::Term(_) | Kind::Description(_), Kind::Description(_)) | (Kind::Term(_), Kind::Term(_)) => true,
        (Kind::Code(_) | Kind::Table(_), _) | (_, Kind::Code(_) | Kind::Table(_)) => false,
        _ => part.same_list(before),
    }
}

/// What stands before the first line of a part and before the others: the marker of its list item, or as many spaces.
fn indents(part: &Part<'_>, before: Option<&Part<'_>>) -> (String, String) {
    let shared = before.map_or(0, |before| part.shared_with(before));
    let mut items = part.around.iter().enumerate().filter_map(|(depth, container)| match container {
        Container::Item { number, .. } => Some((depth, *number)),
        Container::Quote(_) | Container::List { .. } => None,
    });
    let depth = items.clone().count();
    let Some((place, number)) = items.next_back() else { return (String::new(), String::new()) };
    let marker = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
    let outer = "  ".repeat(depth - 1);
    let rest = format!("{outer}{}", " ".repeat(marker.len()));
    let first = if place < shared { rest.clone() } else { outer + &marker };
    (first, rest)
}

fn body(part: &Part<'_>) -> String {
    match &part.kind {
        Kind::Paragraph(block)
        | Kind::Heading(_, block)
        | Kind::Caption(block)
        | Kind::Term(block)
        | Kind::Description(block)
        | Kind::Line(block, _) => block.text().to_owned(),
        Kind::Code(code) => code.text.clone(),
        Kind::Table(table) => table_text(table),
    }
}

fn table_text(table: &Table<'_>) -> String {
    table.rows.iter().map(row_text).collect::<Vec<_>>().join("\n")
}

fn row_text(row: &Row<'_>) -> String {
    let cells: Vec<String> = row
        .cells
        .iter()
        .map(|cell| {
            let words = cell.blocks.iter().flat_map(|block| block.text().split_whitespace());
            words.collect::<Vec<_>>().join(" ")
        })
        .collect();
    cells.join(CELL_SEPARATOR).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Page, PageOptions};

    fn export(page: Page) -> String {
        text_of(&LabelledPage::from_labels(page, |_, _| Label::Content), &ExportOptions::default())
    }

    fn html(html: &str) -> String {
        export(Page::from_html(html.to_owned(), &PageOptions::default()))
    }

    #[test]
    fn lists_nest_and_count() {
        let list = "<p>Steps<ol start=9><li>nine<li><p>ten<p>more<ul><li>a<br>b<li>c</ul><li value=20>last</ol><p>End";
        assert_eq!(html(list), "Steps\n\n9. nine\n10. ten\n    more\n  - a\n    b\n  - c\n20. last\n\nEnd");
    }

    #[test]
    fn cards_in_a_list_are_no_items() {
        assert_eq!(html("<ul><li><h3>A</h3><p>x<li><h3>B</h3><p>y</ul>"), "A\n\nx\n\nB\n\ny");
    }

    #[test]
    fn rows_are_lines_and_layout_tables_are_not() {
        let table = "<table><thead><tr><th>a<th>b<tbody><tr><td rowspan=2>1<td>2<tr><td><p>3<p>4</table>";
        assert_eq!(html(table), "a | b\n1 | 2\n | 3 4");
        assert_eq!(html("<table><tr><td>one<tr><td>two</table>"), "one\n\ntwo");
        assert_eq!(html("<table><tr><td>x<td><table><tr><td>1<td>2</table></table>"), "x\n\n1 | 2");
    }

    #[test]
    fn code_keeps_its_indent_and_definitions_stay_together() {
        assert_eq!(html("<pre>\nif x:\n    y\n</pre><dl><dt>T<dd>D</dl>"), "if x:\n    y\n\nT\nD");
    }

    #[test]
    fn lines_of_plain_text_stay_as_they_are() {
        let text = "One\ntwo\n\nmenu\n\nthree\n";
        let page = Page::from_text(text.to_owned(), &PageOptions::default());
        assert_eq!(export(page.clone()), "One\ntwo\n\nmenu\n\nthree");
        let mut number = 0;
        let labelled = LabelledPage::from_labels(page, |_, _| {
            number += 1;
            if number == 3 { Label::Navigation } else { Label::Content }
        });
        assert_eq!(text_of(&labelled, &ExportOptions::default()), "One\ntwo\n\nthree");
    }
}
