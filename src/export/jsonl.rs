//! JSON Lines: a page a line, or a block a line.
//!
//! Takes a labelled page, gives its line or lines. Knows nothing of how text is laid out.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::record::records;
use super::text::text_of;
use super::title::title_of;
use super::{Export, ExportOptions, PageFacts};
use crate::classify::LabelledPage;
use crate::label::Label;
use crate::page::PageCuts;

/// Writes a page a line.
#[derive(Debug)]
pub(super) struct PageLines {
    options: ExportOptions,
}

impl PageLines {
    pub(super) fn new(options: ExportOptions) -> Self {
        Self { options }
    }
}

/// A page as a row: what the formats with one row a page share. Words are what white space separates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageRecord {
    /// Where the page was read.
    pub path: String,
    /// Its address, if that is known.
    pub url: Option<String>,
    /// What the page calls itself.
    pub title: Option<String>,
    /// The kept blocks as text.
    pub text: String,
    /// How many blocks carry each label, in the order of [`Label::ALL`].
    #[serde(serialize_with = "by_label")]
    pub blocks: [usize; Label::COUNT],
    /// Words of the kept blocks.
    pub words: usize,
    /// Words of all blocks.
    pub words_total: usize,
    /// What the limits cut: `bytes`, `nodes`, `depth`.
    pub cuts: Vec<&'static str>,
    /// What is said of the page as a whole, if the options ask for it.
    #[serde(flatten)]
    pub facts: Option<Box<PageFacts>>,
}

impl PageRecord {
    /// The row of a page that was read from `path`.
    pub fn new(path: &str, page: &LabelledPage, options: &ExportOptions) -> Self {
        let mut blocks = [0; Label::COUNT];
        for label in page.labels() {
            blocks[label.index()] += 1;
        }
        let words = |text: &str| text.split_whitespace().count();
        Self {
            path: path.to_owned(),
            url: page.page().url().map(str::to_owned),
            title: title_of(page.page()),
            text: text_of(page, options),
            blocks,
            words: options.kept(page).iter().map(|block| words(block.text())).sum(),
            words_total: page.iter().map(|block| words(block.text())).sum(),
            cuts: names_of(page.page().cuts()),
            facts: options.facts.as_ref().map(|model| Box::new(PageFacts::of(page, model))),
        }
    }
}

impl Export for PageLines {
    fn page(&self, path: &str, page: &LabelledPage) -> String {
        line(&PageRecord::new(path, page, &self.options))
    }
}

fn names_of(cuts: PageCuts) -> Vec<&'static str> {
    [(cuts.bytes, "bytes"), (cuts.dom.nodes, "nodes"), (cuts.dom.depth, "depth")]
        .into_iter()
        .filter_map(|(cut, name)| cut.then_some(name))
        .collect()
}

fn by_label<S: Serializer>(counts: &[usize; Label::COUNT], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(Label::COUNT))?;
    for label in Label::ALL {
        map.serialize_entry(label.as_str(), &counts[label.index()])?;
    }
    map.end()
}

/// Writes a block a line.
#[derive(Debug)]
pub(super) struct BlockLines;

impl Export for BlockLines {
    fn page(&self, path: &str, page: &LabelledPage) -> String {
        records(path, page).map(|record| line(&record)).collect()
    }
}

/// Records of strings, numbers and flags always serialise; their keys are strings.
pub(crate) fn line(record: &impl Serialize) -> String {
    let mut line = serde_json::to_string(record).unwrap_or_default();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    fn labelled() -> LabelledPage {
        let html = "<title>T</title><h1>T</h1><p hidden>one two<p>menu";
        let page = Page::from_html(html.to_owned(), &PageOptions::default().url("https://a.example/"));
        let mut number = 0;
        LabelledPage::from_labels(page, |_, _| {
            number += 1;
            if number == 3 { Label::Navigation } else { Label::Content }
        })
    }

    #[test]
    fn a_page_is_a_line() {
        let expected = concat!(
            r#"{"path":"a.html","url":"https://a.example/","title":"T","text":"one two","#,
            r#""blocks":{"content":2,"caption":0,"navigation":1,"subscription-prompt":0},"words":2,"words_total":4,"cuts":[]}"#,
            "\n"
        );
        let options = ExportOptions::default().headline(false);
        assert_eq!(PageLines::new(options).page("a.html", &labelled()), expected);
    }

    #[test]
    fn a_block_is_a_line() {
        let lines = BlockLines.page("a.html", &labelled());
        let expected = concat!(
            r#"{"path":"a.html","index":1,"label":"content","#,
            r#""probabilities":{"content":1.0,"caption":0.0,"navigation":0.0,"subscription-prompt":0.0},"#,
            r#""text":"one two","tag":"p","xpath":"/html/body/p[1]","hidden":true,"prompt_kind":null}"#,
        );
        assert_eq!(lines.lines().nth(1), Some(expected));
        assert_eq!(lines.lines().count(), 3);
    }
}
