//! The cleaned page: a minimal HTML document.
//!
//! Takes a labelled page, gives its kept blocks in their elements, with everything else gone. Writes no attribute but a checked address and
//! language, and no element that can run code or load anything.

use std::fmt::Write as _;

use super::inline::{InlineWriter, Mark, write_inline};
use super::layout::{Container, Kind, Part, parts};
use super::table::{Row, Table};
use super::title::title_of;
use super::{Export, ExportOptions};
use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{Dom, Tag};

/// Writes HTML.
#[derive(Debug)]
pub(super) struct Html {
    options: ExportOptions,
}

impl Html {
    pub(super) fn new(options: ExportOptions) -> Self {
        Self { options }
    }
}

impl Export for Html {
    fn page(&self, _path: &str, page: &LabelledPage) -> String {
        let language = page.page().dom().and_then(language).map_or_else(String::new, |language| format!(" lang=\"{language}\""));
        let title = title_of(page.page()).unwrap_or_default();
        let mut out = format!("<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n<title>");
        push_escaped(&mut out, &title);
        out.push_str("</title>\n</head>\n<body>\n");
        let parts = parts(page, &self.options.kept(page));
        let mut open: &[Container] = &[];
        for part in &parts {
            let shared = open.iter().zip(&part.around).take_while(|(a, b)| a == b).count();
            close(&mut out, &open[shared..]);
            part.around[shared..].iter().for_each(|container| out.push_str(opening(container)));
            open = &part.around;
            write_part(&mut out, page, part);
        }
        close(&mut out, open);
        out.push_str("</body>\n</html>\n");
        out
    }
}

/// The document's language, if its `lang` reads as a language tag.
fn language(dom: &Dom) -> Option<&str> {
    let root = dom.document().children().find(|child| child.is(Tag::HTML))?;
    root.attr("lang").filter(|tag| !tag.is_empty() && tag.len() <= 35 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

fn opening(container: &Container) -> &'static str {
    match container {
        Container::Quote(_) => "<blockquote>\n",
        Container::List { ordered: true, .. } => "<ol>\n",
        Container::List { ordered: false, .. } => "<ul>\n",
        Container::Item { .. } => "<li>\n",
    }
}

fn close(out: &mut String, containers: &[Container]) {
    for container in containers.iter().rev() {
        out.push_str(match container {
            Container::Quote(_) => "</blockquote>\n",
            Container::List { ordered: true, .. } => "</ol>\n",
            Container::List { ordered: false, .. } => "</ul>\n",
            Container::Item { .. } => "</li>\n",
        });
    }
}

fn write_part(out: &mut String, page: &LabelledPage, part: &Part<'_>) {
    match &part.kind {
        Kind::Heading(level, block) => {
            write_element(out, page, &format!("h{level}"), block);
            out.push('\n');
        }
        Kind::Paragraph(block) | Kind::Description(block) | Kind::Line(block, _) => {
            write_element(out, page, "p", block);
            out.push('\n');
        }
        Kind::Term(block) => {
            out.push_str("<p>");
            write_element(out, page, "b", block);
            out.push_str("</p>\n");
        }
        Kind::Caption(block) => {
            out.push_str("<figure>");
            write_element(out, page, "figcaption", block);
            out.push_str("</figure>\n");
        }
        Kind::Code(code) => {
            out.push_str("<pre><code");
            if let Some(language) = code.language {
                // The name was checked: letters, digits and a few signs. Writing to a string cannot fail.
                let _ = write!(out, " class=\"language-{language}\"");
            }
            out.push('>');
            push_escaped(out, &code.text);
            out.push_str("</code></pre>\n");
        }
        Kind::Table(table) => write_table(out, page, table),
    }
}

fn write_element(out: &mut String, page: &LabelledPage, name: &str, block: &LabelledBlock<'_>) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<{name}>");
    write_inline(page, block, &mut Inline { out });
    let _ = write!(out, "</{name}>");
}

fn write_table(out: &mut String, page: &LabelledPage, table: &Table<'_>) {
    out.push_str("<table>\n");
    for row in &table.rows {
        write_row(out, page, row);
    }
    out.push_str("</table>\n");
}

fn write_row(out: &mut String, page: &LabelledPage, row: &Row<'_>) {
    out.push_str("<tr>");
    for cell in &row.cells {
        let name = if cell.header { "th" } else { "td" };
        // Writing to a string cannot fail.
        let _ = write!(out, "<{name}");
        if cell.columns > 1 {
            let _ = write!(out, " colspan=\"{}\"", cell.columns);
        }
        out.push('>');
        for (number, block) in cell.blocks.iter().enumerate() {
            out.push_str(if number == 0 { "" } else { "<br>" });
            write_inline(page, block, &mut Inline { out });
        }
        let _ = write!(out, "</{name}>");
    }
    out.push_str("</tr>\n");
}

struct Inline<'a> {
    out: &'a mut String,
}

impl InlineWriter for Inline<'_> {
    fn open(&mut self, mark: Mark<'_>) {
        match mark {
            Mark::Link(href) => {
                self.out.push_str("<a href=\"");
                push_escaped(self.out, href);
                self.out.push_str("\">");
            }
            Mark::Strong => self.out.push_str("<strong>"),
            Mark::Emphasis => self.out.push_str("<em>"),
            Mark::Deleted => self.out.push_str("<del>"),
            Mark::Code => self.out.push_str("<code>"),
            Mark::Superscript => self.out.push_str("<sup>"),
            Mark::Subscript => self.out.push_str("<sub>"),
        }
    }

    fn close(&mut self, mark: Mark<'_>) {
        self.out.push_str(match mark {
            Mark::Link(_) => "</a>",
            Mark::Strong => "</strong>",
            Mark::Emphasis => "</em>",
            Mark::Deleted => "</del>",
            Mark::Code => "</code>",
            Mark::Superscript => "</sup>",
            Mark::Subscript => "</sub>",
        });
    }

    fn text(&mut self, text: &str, _code: bool) {
        for (number, line) in text.split('\n').enumerate() {
            self.out.push_str(if number == 0 { "" } else { "<br>\n" });
            push_escaped(self.out, line);
        }
    }
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Page, PageOptions};

    fn body(html: &str) -> String {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let labelled = LabelledPage::from_labels(page, |_, _| Label::Content);
        let whole = Html::new(ExportOptions::default()).page("-", &labelled);
        let (_, body) = whole.split_once("<body>\n").unwrap();
        body.strip_suffix("</body>\n</html>\n").unwrap().to_owned()
    }

    #[test]
    fn structure_is_kept_and_text_escaped() {
        let html = "<h2>A &amp; B</h2><ul><li>x<ol><li>y</ol><li>z</ul><blockquote>q<br>r</blockquote><pre class=lang-c>a&lt;b</pre>";
        let expected = "<h2>A &amp; B</h2>\n<ul>\n<li>\n<p>x</p>\n<ol>\n<li>\n<p>y</p>\n</li>\n</ol>\n</li>\n<li>\n<p>z</p>\n</li>\n</ul>\n\
            <blockquote>\n<p>q<br>\nr</p>\n</blockquote>\n<pre><code class=\"language-c\">a&lt;b</code></pre>\n";
        assert_eq!(body(html), expected);
    }

    #[test]
    fn nothing_can_run() {
        let html = "<p onclick=x()>&lt;script>alert(1)&lt;/script> <a href='javascript:x()' onclick=y()>a</a> <a href='/?q=\"><b'>b</a>";
        assert_eq!(body(html), "<p>&lt;script&gt;alert(1)&lt;/script&gt; a <a href=\"/?q=&quot;&gt;&lt;b\">b</a></p>\n");
    }
}
