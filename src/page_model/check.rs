//! What is said of one page's facts and prompts beside what was read off it, and how far the sources of its title agree.
//!
//! Takes a labelled page and its readings, gives [`PageCheck`]. Counts nothing: that is for `check_report`.

use super::readings::{DayReading, FactsReading, Named, PromptReading};
use crate::classify::LabelledPage;
use crate::corpus::open::TextHash;
use crate::metadata::{Fact, Metadata, folded_name, title_sources};
use crate::prompt_kind::{PromptKind, prompt_kinds};

/// What comes of a fact that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is there and said as read.
    Right,
    /// It is not there (or need not be said), and nothing else is said.
    Silent,
    /// It is there and something else is said.
    Wrong,
    /// It is there and nothing is said.
    Missing,
    /// It is not there and something is said.
    Invented,
}

/// The facts that are read.
pub(super) const FIELDS: [&str; 3] = ["authors", "published", "modified"];

/// How the sources of a title agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TitleCheck {
    /// Sources that say something.
    pub(super) sources: usize,
    /// Of these, such as say the title that was given.
    pub(super) agreeing: usize,
    /// The most that agree on another one.
    pub(super) against: usize,
    /// Whether it is as read; `None` where it was not read.
    pub(super) as_read: Option<bool>,
}

/// A prompt's kind as said and as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptCheck {
    /// The block's place by the reading.
    pub(super) block: usize,
    pub(super) draw: String,
    /// Kinds that are right, the foremost first.
    pub(super) read: Vec<PromptKind>,
    /// `None` where the page has no such block any more.
    pub(super) said: Option<PromptKind>,
}

/// All that is checked of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PageCheck {
    /// The collection that the page comes from.
    pub(super) source: String,
    pub(super) title: Option<TitleCheck>,
    /// In the order of [`FIELDS`]; `None` where a fact was not read.
    pub(super) facts: [Option<Outcome>; FIELDS.len()],
    pub(super) prompts: Vec<PromptCheck>,
}

/// How far the sources of the title agree, and whether it is one of those that were read; `None` without a title.
pub(super) fn title_check(page: &LabelledPage, facts: &Metadata, read: Option<&Vec<TextHash>>) -> Option<TitleCheck> {
    let (said, sources) = title_sources(page, facts);
    let said = said?;
    let votes = |title: &String| sources.iter().filter(|other| *other == title).count();
    let against = sources.iter().filter(|title| **title != said).map(votes).max().unwrap_or(0);
    let as_read = read.map(|read| read.contains(&TextHash::of(&said)));
    Some(TitleCheck { sources: sources.len(), agreeing: votes(&said), against, as_read })
}

/// What comes of each fact.
pub(super) fn facts_check(facts: &Metadata, reading: &FactsReading) -> [Option<Outcome>; FIELDS.len()] {
    let said: Vec<&str> = facts.authors.iter().map(|fact| fact.value.as_str()).collect();
    [
        reading.authors.as_ref().map(|read| of_authors(read, &said)),
        reading.published.as_ref().map(|read| of_day(read, facts.published.as_ref())),
        reading.modified.as_ref().map(|read| of_day(read, facts.modified.as_ref())),
    ]
}

/// The set of authors must be exact, but for those that need not be named.
fn of_authors(read: &[Named], said: &[&str]) -> Outcome {
    let is_said = |named: &&Named| said.iter().any(|name| folded_name(name) == folded_name(&named.name));
    let is_read = |name: &&str| read.iter().any(|named| folded_name(name) == folded_name(&named.name));
    let mut wanted = read.iter().filter(|named| !named.optional).peekable();
    let all_read = said.iter().all(is_read);
    match (wanted.peek().is_some(), said.is_empty()) {
        (false, _) => {
            if all_read {
                Outcome::Silent
            } else {
                Outcome::Invented
            }
        }
        (true, true) => Outcome::Missing,
        (true, false) => {
            if all_read && wanted.all(|named| is_said(&named)) {
                Outcome::Right
            } else {
                Outcome::Wrong
            }
        }
    }
}

fn of_day(read: &DayReading, said: Option<&Fact<String>>) -> Outcome {
    let day = said.map(|fact| fact.value.get(..10).unwrap_or(&fact.value));
    match day {
        None if read.days.is_empty() || read.optional => Outcome::Silent,
        None => Outcome::Missing,
        Some(day) if read.days.iter().any(|right| right == day) => Outcome::Right,
        Some(_) if read.days.is_empty() => Outcome::Invented,
        Some(_) => Outcome::Wrong,
    }
}

/// The kind of each prompt that was read. A block is known by its text, and by its place where several have that.
pub(super) fn prompts_check(page: &LabelledPage, readings: &[PromptReading]) -> Vec<PromptCheck> {
    let kinds = prompt_kinds(page);
    let hashes: Vec<TextHash> = page.iter().map(|block| TextHash::of(block.text())).collect();
    let check = |reading: &PromptReading| {
        let same = (0..hashes.len()).filter(|block| hashes[*block] == reading.text && kinds[*block].is_some());
        let block = same.min_by_key(|block| block.abs_diff(reading.block));
        PromptCheck {
            block: reading.block,
            draw: reading.draw.clone(),
            read: reading.kinds.clone(),
            said: block.and_then(|block| kinds[block]),
        }
    };
    readings.iter().map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Origin;
    use crate::{Label, Page, PageOptions};

    fn named(names: &[&str]) -> Vec<Named> {
        let one = |name: &&str| Named { name: name.trim_start_matches('~').to_owned(), optional: name.starts_with('~') };
        names.iter().map(one).collect()
    }

    #[test]
    fn a_set_of_authors_is_right_as_a_whole() {
        let read = named(&["Ada Baker", "Bo Cook", "~The Oven"]);
        assert_eq!(of_authors(&read, &["BO COOK", "Ada Baker"]), Outcome::Right);
        assert_eq!(of_authors(&read, &["Bo Cook", "Ada Baker", "The Oven"]), Outcome::Right);
        assert_eq!(of_authors(&read, &["Bo Cook"]), Outcome::Wrong);
        assert_eq!(of_authors(&read, &["Bo Cook", "Ada Baker", "Cy"]), Outcome::Wrong);
        assert_eq!(of_authors(&read, &[]), Outcome::Missing);
        assert_eq!(of_authors(&named(&["~The Oven"]), &["The Oven"]), Outcome::Silent);
        assert_eq!(of_authors(&[], &["The Oven"]), Outcome::Invented);
    }

    #[test]
    fn a_day_counts_without_its_time() {
        let read = |days: &[&str], optional| DayReading { days: days.iter().map(|&day| day.to_owned()).collect(), optional };
        let said = Fact::new("2024-05-01T10:00:00Z".to_owned(), Origin::Meta);
        assert_eq!(of_day(&read(&["2024-04-30", "2024-05-01"], false), Some(&said)), Outcome::Right);
        assert_eq!(of_day(&read(&["2024-04-30"], false), Some(&said)), Outcome::Wrong);
        assert_eq!(of_day(&read(&["2024-04-30"], false), None), Outcome::Missing);
        assert_eq!(of_day(&read(&["2024-04-30"], true), None), Outcome::Silent);
        assert_eq!(of_day(&read(&[], false), Some(&said)), Outcome::Invented);
    }

    #[test]
    fn titles_are_right_by_what_sources_agree_on() {
        let html = "<title>Bread rises - The Oven</title><meta property=og:title content='So much bread'><h1>Bread rises</h1>";
        let page = LabelledPage::from_labels(Page::from_html(html.to_owned(), &PageOptions::default()), |_, _| Label::Content);
        let check = |read: Option<&str>| {
            let read = read.map(|title| vec![TextHash::of("another"), TextHash::of(title)]);
            title_check(&page, &Metadata::of(&page), read.as_ref()).unwrap()
        };
        let expected = TitleCheck { sources: 3, agreeing: 2, against: 1, as_read: None };
        assert_eq!(check(None), expected);
        assert_eq!(check(Some("breadrises")), TitleCheck { as_read: Some(true), ..expected });
        assert_eq!(check(Some("somuchbread")), TitleCheck { as_read: Some(false), ..expected });
    }

    #[test]
    fn a_prompt_is_known_by_its_text_though_it_has_moved() {
        let html = "<p>Rain<p>Sign up for our newsletter<p>Become a subscriber".to_owned();
        let page = Page::from_html(html, &PageOptions::default());
        let page = LabelledPage::from_labels(page, |_, _| Label::SubscriptionPrompt);
        let reading =
            |text: &str| PromptReading { block: 7, text: TextHash::of(text), draw: "all".to_owned(), kinds: vec![PromptKind::Newsletter] };
        let said: Vec<Option<PromptKind>> =
            prompts_check(&page, &[reading("Sign up for our newsletter"), reading("Snow")]).into_iter().map(|check| check.said).collect();
        assert_eq!(said, [Some(PromptKind::Newsletter), None]);
    }
}
