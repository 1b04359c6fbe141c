//! From a record to its row.
//!
//! Takes a record, a model and the options of a run; gives what is written of the page. Knows nothing of threads or files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::language::language_of;
use super::record::{Body, Record};
use super::row::{BlockRow, PageOutput, PageRow, Status, Written};
use crate::decode::decode;
use crate::export::{ExportOptions, PageRecord};
use crate::label::Label;
use crate::page::{Page, PageLimits, PageOptions};
use crate::site::{SiteCounts, SitePage};
use crate::source::Source;
use crate::{Blocks, Decision, Export, LabelledPage, Model, PageModel, Result};

/// What a run writes of a page.
#[derive(Debug)]
pub enum Content {
    /// A row a page.
    Pages,
    /// A row a block.
    Blocks,
    /// What this export makes of a page.
    Export(Box<dyn Export>),
}

/// Labels records. Fields have no defaults but those of their types.
#[derive(Debug)]
pub struct Labeller<'a> {
    /// What labels the blocks.
    pub model: &'a Model,
    /// How probabilities become labels.
    pub decision: Decision,
    /// What is kept of a page's text.
    pub export: ExportOptions,
    /// What is written of it.
    pub content: Content,
    /// Whether rows say the language.
    pub language: bool,
    /// Judges pages for [`super::Filters::drop_access`] where rows hold no verdict.
    pub judge: Option<Arc<PageModel>>,
    /// How much of a page is read.
    pub limits: PageLimits,
    /// The longest time for a page. It is looked at between the steps (parse, label, export): a step is not broken off.
    pub max_time: Duration,
}

impl Labeller<'_> {
    /// What is written of a record. A fault of this program while it works on the page becomes [`Status::Failed`], so that one page does not end
    /// a run of days.
    ///
    /// # Errors
    /// If the record is a file that cannot be read.
    pub fn label(&self, record: Record) -> Result<PageOutput> {
        self.label_on_site(record, None)
    }

    /// As [`Self::label`], with what recurs on the page's site as evidence, where it has been counted.
    ///
    /// # Errors
    /// As [`Self::label`].
    pub fn label_on_site(&self, record: Record, counts: Option<&SiteCounts>) -> Result<PageOutput> {
        let place = record.place.to_string();
        let url = record.url.clone();
        catch_unwind(AssertUnwindSafe(|| self.output(record, counts)))
            .unwrap_or_else(|_| Ok(Self::without_text(place, url, Status::Failed)))
    }

    /// What is to be counted of a record for its site; `None` for a page without an address, or one that this program fails on.
    ///
    /// # Errors
    /// As [`Self::label`].
    pub fn site_page(&self, record: Record) -> Result<Option<SitePage>> {
        let read = || {
            if record.url.is_none() {
                return Ok(None);
            }
            let (page, _) = self.page(record)?;
            let blocks = page.dom().map_or_else(|| Blocks::of_text(page.plain_text().unwrap_or_default()), Blocks::of_dom);
            Ok(SitePage::new(&page, &blocks))
        };
        catch_unwind(AssertUnwindSafe(read)).unwrap_or(Ok(None))
    }

    /// Whether the access of pages is known.
    pub(super) fn judges(&self) -> bool {
        self.judge.is_some() || self.export.has_facts()
    }

    fn output(&self, record: Record, counts: Option<&SiteCounts>) -> Result<PageOutput> {
        let begun = Instant::now();
        let path = record.place.to_string();
        let url = record.url.clone();
        let late = || begun.elapsed() > self.max_time;
        let (page, cut) = self.page(record)?;
        if late() {
            return Ok(Self::without_text(path, url, Status::Time));
        }
        let page = match counts {
            Some(counts) => self.model.classify_on_site(page, &self.decision, counts),
            None => self.model.classify(page, &self.decision),
        };
        if late() {
            return Ok(Self::without_text(path, url, Status::Time));
        }
        let mut output = self.written(&path, &page);
        if cut && output.row.status != Status::Bytes {
            output.row.record.cuts.insert(0, "bytes");
            output.row.status = Status::Bytes;
        }
        Ok(output)
    }

    /// The page, and whether bytes were left out that the page itself does not know of.
    fn page(&self, record: Record) -> Result<(Page, bool)> {
        let mut options = PageOptions::default().limits(self.limits);
        if let Some(url) = record.url {
            options = options.url(url);
        }
        let page = match record.body {
            Body::File(path, kind) => Source::new(path).read(kind, &options)?,
            Body::Html(html) => Page::from_html(html, &options),
            Body::Text(text) => Page::from_text(text, &options),
            Body::HtmlBytes(bytes, charset) => {
                let kept = &bytes[..bytes.len().min(options.max_bytes())];
                let page = Page::from_html(decoded(kept, charset.as_deref()), &options);
                return Ok((page, record.cut || kept.len() < bytes.len()));
            }
        };
        Ok((page, record.cut))
    }

    fn written(&self, path: &str, page: &LabelledPage) -> PageOutput {
        let record = PageRecord::new(path, page, &self.export);
        let language = if self.language { language_of(&record.text) } else { None };
        let written = match &self.content {
            Content::Pages => Written::Page,
            Content::Blocks => Written::Blocks(BlockRow::all(page)),
            Content::Export(export) => Written::Text(export.page(path, page)),
        };
        let said = record.facts.as_ref().map(|facts| facts.access);
        let access = said.or_else(|| self.judge.as_ref().map(|model| model.judge(page).access.access));
        PageOutput { row: PageRow { record, language, status: Status::of(page) }, access, written, keys: Vec::new() }
    }

    fn without_text(path: String, url: Option<String>, status: Status) -> PageOutput {
        let (title, text, blocks) = (None, String::new(), [0; Label::COUNT]);
        let record = PageRecord { path, url, title, text, blocks, words: 0, words_total: 0, cuts: Vec::new(), facts: None };
        let row = PageRow { record, language: None, status };
        PageOutput { row, access: None, written: Written::Text(String::new()), keys: Vec::new() }
    }
}

/// The text of a page's bytes. A header's charset that the bytes contradict is left out if they make sense without it: servers add one to all they
/// send, and what they say of old pages is often wrong.
fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let decoded = decode(bytes, charset);
    if decoded.had_errors && charset.is_some() {
        let without = decode(bytes, None);
        if !without.had_errors {
            return without.text.into_owned();
        }
    }
    decoded.text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_that_the_bytes_contradict_is_left_out() {
        let latin = b"<meta charset=iso-8859-1><p>fin \xe9";
        assert!(decoded(latin, Some("utf-8")).ends_with("fin \u{e9}"));
        assert!(decoded("<p>fin \u{e9}".as_bytes(), Some("utf-8")).ends_with("fin \u{e9}"));
        assert!(decoded(b"<p>\xef\xf0", Some("koi8-r")).ends_with("\u{41e}\u{41f}"));
    }
}
