//! What was read off pages by hand: titles, authors and dates, and kinds of subscription prompts.
//!
//! Takes CSV files, gives readings by page id. Knows nothing of what the program says of the pages: it is what that is measured by.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::gold::{read_rows, unknown};
use crate::corpus::open::TextHash;
use crate::error::Result;
use crate::prompt_kind::PromptKind;

/// Readings of pages, by id; empty by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readings {
    /// Titles that are right, by the hash of their letters and digits.
    pub(super) titles: BTreeMap<String, Vec<TextHash>>,
    pub(super) facts: BTreeMap<String, FactsReading>,
    pub(super) prompts: BTreeMap<String, Vec<PromptReading>>,
}

/// Who and when by a page's own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FactsReading {
    /// `None` where it was not judged.
    pub(super) authors: Option<Vec<Named>>,
    pub(super) published: Option<DayReading>,
    pub(super) modified: Option<DayReading>,
}

/// An author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    /// May be named and need not: a desk or an agency beside a person, the site itself.
    pub(super) optional: bool,
}

/// The day of a date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DayReading {
    /// Days that are right, as `2024-05-01`; none where the page says nothing.
    pub(super) days: Vec<String>,
    /// The date may be given and need not.
    pub(super) optional: bool,
}

/// The kind of one prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptReading {
    pub(super) block: usize,
    pub(super) text: TextHash,
    /// How the block was drawn.
    pub(super) draw: String,
    /// Kinds that are right, the foremost first; at least one.
    pub(super) kinds: Vec<PromptKind>,
}

#[derive(Deserialize)]
struct FactsRow {
    id: String,
    authors: String,
    published: String,
    modified: String,
}

#[derive(Deserialize)]
struct TitleRow {
    id: String,
    title_hash: String,
}

#[derive(Deserialize)]
struct PromptRow {
    page: String,
    block: usize,
    text_hash: String,
    draw: String,
    kind: String,
}

impl Readings {
    /// Adds readings of authors and dates: CSV with the columns `id`, `authors`, `published` and `modified`; others are ignored. Names are
    /// separated by `;`, days are `2024-05-01`, and `/` stands between days of which either is right. `~` before a name or a day: it may be given
    /// and need not. `?`: not judged. Empty: the page does not say.
    ///
    /// # Errors
    /// If the file cannot be read or a row is not as expected.
    pub fn metadata(mut self, path: &Path) -> Result<Self> {
        read_rows(path, |row: FactsRow| {
            let reading = FactsReading {
                authors: judged(&row.authors).map(names),
                published: judged(&row.published).map(day).transpose()?,
                modified: judged(&row.modified).map(day).transpose()?,
            };
            self.facts.insert(row.id, reading);
            Ok(())
        })?;
        Ok(self)
    }

    /// Adds readings of titles: CSV with the columns `id` and `title_hash`; others are ignored. A hash is the [`TextHash`] of a title's letters and
    /// digits in lower case; `/` stands between titles of which either is right.
    ///
    /// # Errors
    /// If the file cannot be read or a row is not as expected.
    pub fn titles(mut self, path: &Path) -> Result<Self> {
        read_rows(path, |row: TitleRow| {
            let hashes = row.title_hash.split('/').map(|digits| hash("title_hash", digits));
            self.titles.insert(row.id, hashes.collect::<std::result::Result<_, _>>()?);
            Ok(())
        })?;
        Ok(self)
    }

    /// Adds readings of the kinds of prompts: CSV with the columns `page`, `block` (its place on the page), `text_hash` ([`TextHash`]), `draw` (how
    /// the block was drawn) and `kind`; `/` stands between kinds of which either is right.
    ///
    /// # Errors
    /// If the file cannot be read or a row is not as expected.
    pub fn prompt_kinds(mut self, path: &Path) -> Result<Self> {
        read_rows(path, |row: PromptRow| {
            let text = hash("text_hash", &row.text_hash)?;
            let kind = |name: &str| {
                PromptKind::from_name(name).ok_or_else(|| unknown("kind", name, PromptKind::ALL.iter().map(|kind| kind.as_str())))
            };
            let kinds = row.kind.split('/').map(kind).collect::<std::result::Result<Vec<_>, _>>()?;
            self.prompts.entry(row.page).or_default().push(PromptReading { block: row.block, text, draw: row.draw, kinds });
            Ok(())
        })?;
        Ok(self)
    }
}

fn hash(column: &str, digits: &str) -> std::result::Result<TextHash, String> {
    TextHash::from_hex(digits).ok_or_else(|| format!("{column} is {digits:?}: expected 16 hexadecimal digits"))
}

fn judged(field: &str) -> Option<&str> {
    Some(field.trim()).filter(|field| *field != "?")
}

fn names(field: &str) -> Vec<Named> {
    let parts = field.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_prefix('~') {
            Some(name) => Named { name: name.trim().to_owned(), optional: true },
            None => Named { name: part.to_owned(), optional: false },
        })
        .collect()
}

fn day(field: &str) -> std::result::Result<DayReading, String> {
    let (optional, days) = field.strip_prefix('~').map_or((false, field), |days| (true, days));
    let days: Vec<String> = days.split('/').filter(|day| !day.is_empty()).map(str::to_owned).collect();
    match days.iter().find(|day| day.parse::<jiff::civil::Date>().is_err()) {
        Some(wrong) => Err(format!("{wrong:?} is no day: expected one such as 2024-05-01, several with / between them, or ?")),
        None => Ok(DayReading { days, optional }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_reading_says_what_must_and_what_may_be_given() {
        let file =
            written("id,origin_sha256,authors,published,modified\na,x,Ada Baker; ~The Oven,2024-05-01/2024-05-02,~2024-05-03\nb,x,?,,?\n");
        let readings = Readings::default().metadata(file.path()).unwrap();
        let a = &readings.facts["a"];
        let named = |name: &str, optional| Named { name: name.to_owned(), optional };
        assert_eq!(a.authors.as_deref(), Some(&[named("Ada Baker", false), named("The Oven", true)][..]));
        assert_eq!(a.published.as_ref().map(|day| day.days.len()), Some(2));
        assert!(a.modified.as_ref().is_some_and(|day| day.optional));
        let b = &readings.facts["b"];
        assert_eq!((&b.authors, &b.published, &b.modified), (&None, &Some(DayReading::default()), &None));
    }

    #[test]
    fn what_is_wrong_with_a_reading_is_told_with_its_line() {
        let file = written("id,authors,published,modified\na,,1 May 2024,\n");
        let error = Readings::default().metadata(file.path()).unwrap_err().to_string();
        assert!(error.contains("1 May 2024") && error.contains("2024-05-01") && error.contains('2'), "{error}");
        let file = written("id,title_hash\na,00\n");
        assert!(Readings::default().titles(file.path()).unwrap_err().to_string().contains("title_hash is \"00\""));
        for (row, expected) in [("a,0,00,all,wall", "16 hexadecimal"), ("a,0,0000000000000000,all,wall/gate", "expired-trial")] {
            let file = written(&format!("page,block,text_hash,draw,kind\n{row}\n"));
            let error = Readings::default().prompt_kinds(file.path()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
