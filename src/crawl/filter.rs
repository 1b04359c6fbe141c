//! Which pages a run writes.
//!
//! Takes rows in their order, says which are left out and by what, and takes paragraphs away that came before. Knows nothing of files.

use super::dedup::{Dedup, ParagraphKeys};
use super::row::{PageOutput, Status};
use crate::access::Access;

/// What is written. Everything, unless said otherwise.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    /// Pages whose text is in one of these languages (as [`super::language_of`] names them); empty: in any.
    pub languages: Vec<&'static str>,
    /// Pages with at least so many words kept, counted after duplicate paragraphs are gone.
    pub min_words: usize,
    /// Not the pages with one of these.
    pub drop_status: Vec<Status>,
    /// Not the pages with one of these verdicts. The rows must hold it ([`crate::ExportOptions::facts`]), or the labeller judge pages
    /// ([`super::Labeller::judge`]). Pages that were not read to their end ([`Status::Time`], [`Status::Failed`]) have none and stay.
    pub drop_access: Vec<Access>,
}

impl Filters {
    /// Takes duplicate paragraphs off a page's text, then says which filter leaves the page out, if any. Pages that status, language or
    /// access leave out add nothing to what has been seen.
    pub(super) fn apply(&self, output: &mut PageOutput, dedup: Option<(&mut Dedup, &[ParagraphKeys])>) -> Verdict {
        let row = &mut output.row;
        if self.drop_status.contains(&row.status) {
            return Verdict::dropped("status");
        }
        if !self.languages.is_empty() && !row.language.is_some_and(|language| self.languages.contains(&language)) {
            return Verdict::dropped("language");
        }
        if output.access.is_some_and(|access| self.drop_access.contains(&access)) {
            return Verdict::dropped("access");
        }
        let mut removed = 0;
        if let Some((dedup, keys)) = dedup {
            let before = dedup.removed();
            if let Some(text) = dedup.without_seen(&row.record.text, keys) {
                row.record.words = text.split_whitespace().count();
                let nothing_left = text.is_empty();
                row.record.text = text;
                removed = dedup.removed() - before;
                if nothing_left {
                    return Verdict { dropped: Some("duplicate"), removed };
                }
            }
        }
        let short = row.record.words < self.min_words;
        Verdict { dropped: short.then_some("words"), removed }
    }
}

/// What the filters say of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The filter that leaves it out.
    pub(super) dropped: Option<&'static str>,
    /// Paragraphs that were taken off.
    pub(super) removed: u64,
}

impl Verdict {
    fn dropped(filter: &'static str) -> Self {
        Self { dropped: Some(filter), removed: 0 }
    }
}
