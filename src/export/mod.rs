//! Labelled pages to files: one file a format behind one trait.
//!
//! Takes a [`LabelledPage`] and [`ExportOptions`], gives text in a format. Knows nothing of models or of where the text goes.
//!
//! [`PageFormat`] are the formats for what a reader came for (the kept blocks), [`BlockFormat`] those for every block with its label.

#[cfg(feature = "cli")]
mod csv;
mod facts;
mod front_matter;
mod html;
mod inline;
mod jsonl;
mod layout;
mod markdown;
mod record;
mod table;
mod text;
mod title;
mod xpath;

use std::fmt::Debug;
use std::sync::Arc;

use crate::classify::{LabelledBlock, LabelledPage};
use crate::label::Label;
use crate::page_model::PageModel;

pub use facts::{PageFacts, verdicts};
pub use jsonl::PageRecord;
#[cfg(feature = "crawl")]
pub(crate) use jsonl::line;
#[cfg(feature = "crawl")]
pub(crate) use record::records;
pub use title::title_of;

/// One output format. Files of many pages are [`Self::head`], then the pages with [`Self::between`] between two of them.
pub trait Export: Debug + Send + Sync {
    /// What stands once, before the first page. Empty unless the format says otherwise.
    fn head(&self) -> String {
        String::new()
    }

    /// What stands between two pages. Empty unless the format says otherwise.
    fn between(&self) -> &'static str {
        ""
    }

    /// One page, read from `path` (a file's name, or `-`).
    fn page(&self, path: &str, page: &LabelledPage) -> String;
}

/// What is exported of a page. Each setting states its default.
#[derive(Debug, Clone)]
#[must_use]
pub struct ExportOptions {
    keep: [bool; Label::COUNT],
    headline: bool,
    facts: Option<Arc<PageModel>>,
    front_matter: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        let mut keep = [false; Label::COUNT];
        keep[Label::Content.index()] = true;
        Self { keep, headline: false, facts: None, front_matter: false }
    }
}

impl ExportOptions {
    /// The labels whose blocks are kept. Default: content alone.
    pub fn keep(mut self, labels: impl IntoIterator<Item = Label>) -> Self {
        self.keep = [false; Label::COUNT];
        for label in labels {
            self.keep[label.index()] = true;
        }
        self
    }

    /// Whether the page's own headline stays: the heading that says what [`title_of`] says. Default: it does not. Left out, the text agrees
    /// better with gold texts by words and by shingles (the model card has both).
    pub fn headline(mut self, stays: bool) -> Self {
        self.headline = stays;
        self
    }

    /// Judges pages by this model and gathers their metadata: the fields of [`PageFacts`] in [`PageFormat::Jsonl`]. Default: none, for it takes
    /// time that text alone does not need.
    pub fn facts(mut self, model: Arc<PageModel>) -> Self {
        self.facts = Some(model);
        self
    }

    /// Whether pages are judged.
    #[cfg(feature = "crawl")]
    pub(crate) fn has_facts(&self) -> bool {
        self.facts.is_some()
    }

    /// Whether a page's metadata stand before its text in [`PageFormat::Markdown`], as YAML front matter. Default: they do not.
    pub fn front_matter(mut self, stands: bool) -> Self {
        self.front_matter = stands;
        self
    }

    /// The blocks that stay, in document order.
    fn kept<'a>(&self, page: &'a LabelledPage) -> Vec<LabelledBlock<'a>> {
        let headline = if self.headline { None } else { title::headline_of(page) };
        page.iter().filter(|block| self.keep[block.label.index()] && headline != Some(block.index)).collect()
    }
}

/// The formats for a page's kept blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageFormat {
    /// Plain text: paragraphs set apart by an empty line, lists, tables and code readable. An empty line between pages.
    #[default]
    Text,
    /// Markdown of the `GitHub` flavour. An empty line between pages.
    Markdown,
    /// A minimal HTML document a page; nothing in it can run.
    Html,
    /// JSON Lines, a page a line: `path, url, title, text, blocks, words, words_total, cuts`, and the fields of [`PageFacts`] if they are
    /// asked for.
    Jsonl,
}

impl PageFormat {
    /// The format's exporter.
    pub fn exporter(self, options: ExportOptions) -> Box<dyn Export> {
        match self {
            Self::Text => Box::new(text::Text::new(options)),
            Self::Markdown => Box::new(markdown::Markdown::new(options)),
            Self::Html => Box::new(html::Html::new(options)),
            Self::Jsonl => Box::new(jsonl::PageLines::new(options)),
        }
    }
}

/// The formats for every block with its label and probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlockFormat {
    /// JSON Lines, a block a line: `path, index, label, probabilities, text, tag, xpath, hidden, prompt_kind`.
    #[default]
    Jsonl,
    /// CSV with the same columns.
    #[cfg(feature = "cli")]
    Csv,
}

impl BlockFormat {
    /// The format's exporter.
    pub fn exporter(self) -> Box<dyn Export> {
        match self {
            Self::Jsonl => Box::new(jsonl::BlockLines),
            #[cfg(feature = "cli")]
            Self::Csv => Box::new(csv::BlockTable),
        }
    }
}
