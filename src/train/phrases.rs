//! Phrases of our own: short texts as they stand on pages in many languages, each with its label.
//!
//! Takes `training/phrases.csv`, gives what their tokens count as evidence, and groups of prompts to put into pages. A corpus has few pages with
//! a prompt, and each publisher's words are its own; these were written for training, and stand on no page of the corpus.

use std::collections::BTreeMap;

use crate::block::Blocks;
use crate::error::{Error, Result};
use crate::feature::PageFeatures;
use crate::feature::evidence::EvidenceCounts;
use crate::label::Label;
use crate::page::{Page, PageOptions};
use crate::rng::SplitMix64;

const FILE: &str = "training/phrases.csv";
const SOURCE: &str = include_str!("../../training/phrases.csv");

/// The most prompts of a group.
const GROUP: usize = 8;
/// The share of a group's prompts that are of one kind: a sign-up for a newsletter stands beside another's offer now and then.
const OF_ONE_KIND: f32 = 0.7;
/// Whose phrases a page gets that is in none of their languages.
const DEFAULT_LANGUAGE: &str = "en";

/// A text with its label.
#[derive(Debug)]
struct Phrase {
    label: Label,
    kind: String,
    #[cfg(test)]
    language: String,
    text: String,
}

/// The phrases of the file.
#[derive(Debug)]
pub(super) struct Phrases {
    all: Vec<Phrase>,
    /// Prompts by language.
    prompts: BTreeMap<String, Vec<usize>>,
}

impl Phrases {
    /// Reads the file, which is a part of the program.
    pub(super) fn read() -> Result<Self> {
        let problem = |problem: String| Error::Corpus { path: FILE.into(), problem };
        let (mut all, mut prompts) = (Vec::new(), BTreeMap::<String, Vec<usize>>::new());
        for row in csv::Reader::from_reader(SOURCE.as_bytes()).into_records() {
            let row = row.map_err(|error| problem(error.to_string()))?;
            let field = |place: usize| row.get(place).unwrap_or_default().to_owned();
            let label: Label = field(0).parse().map_err(|error: crate::label::UnknownLabel| problem(error.to_string()))?;
            if label == Label::SubscriptionPrompt {
                prompts.entry(field(2)).or_default().push(all.len());
            }
            all.push(Phrase {
                label,
                kind: field(1),
                #[cfg(test)]
                language: field(2),
                text: field(3),
            });
        }
        Ok(Self { all, prompts })
    }

    /// Counts each phrase's tokens as a page's.
    pub(super) fn count(&self, counts: &mut EvidenceCounts, fold: usize, weight: f32) {
        for phrase in &self.all {
            let blocks = Blocks::of_text(&phrase.text);
            let page = Page::from_text(phrase.text.clone(), &PageOptions::default());
            counts.add_page(fold, &PageFeatures::new(&page, &blocks).tokens(), &vec![Some((phrase.label, weight)); blocks.len()]);
        }
    }

    /// Some prompts as they might stand together on a page of this language (as in `lang`).
    pub(super) fn group(&self, language: Option<&str>, random: &mut SplitMix64) -> Vec<&str> {
        let known = language.and_then(|language| self.prompts.get(&primary(language)));
        let Some(prompts) = known.or_else(|| self.prompts.get(DEFAULT_LANGUAGE)) else { return Vec::new() };
        if prompts.is_empty() {
            return Vec::new();
        }
        let any = |random: &mut SplitMix64| prompts[random.below(prompts.len())];
        let kind = &self.all[any(random)].kind;
        let of_kind: Vec<usize> = prompts.iter().copied().filter(|prompt| self.all[*prompt].kind == *kind).collect();
        let count = 1 + random.below(GROUP);
        let one = |random: &mut SplitMix64| {
            let prompt = if random.next_fraction() < OF_ONE_KIND { of_kind[random.below(of_kind.len())] } else { any(random) };
            self.all[prompt].text.as_str()
        };
        (0..count).map(|_| one(random)).collect()
    }
}

/// The language of a tag such as `de-AT`, as the file names it: Norwegian's two written forms are one there.
fn primary(tag: &str) -> String {
    let language = tag.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(language.as_str(), "nb" | "nn") { "no".to_owned() } else { language }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_file_has_every_label_in_many_languages_and_nothing_twice() {
        let phrases = Phrases::read().unwrap();
        for label in Label::ALL {
            let of_label: BTreeSet<&str> =
                phrases.all.iter().filter(|phrase| phrase.label == label).map(|phrase| phrase.language.as_str()).collect();
            assert!(of_label.len() >= 20, "{label}: {of_label:?}");
        }
        let texts: BTreeSet<String> = phrases.all.iter().map(|phrase| phrase.text.to_lowercase()).collect();
        assert_eq!(texts.len(), phrases.all.len());
        for phrase in &phrases.all {
            assert!(!phrase.text.trim().is_empty() && !phrase.kind.is_empty(), "{phrase:?}");
            assert_eq!(Blocks::of_text(&phrase.text).len(), 1, "{phrase:?}");
        }
    }

    #[test]
    fn a_group_is_in_the_language_of_the_page() {
        let phrases = Phrases::read().unwrap();
        let mut random = SplitMix64::new(5);
        for (tag, language) in [(Some("de-AT"), "de"), (Some("NB"), "no"), (Some("tlh"), "en"), (None, "en")] {
            for _ in 0..20 {
                let group = phrases.group(tag, &mut random);
                assert!((1..=GROUP).contains(&group.len()));
                for text in group {
                    let found = phrases.all.iter().find(|phrase| phrase.text == text).unwrap();
                    assert_eq!((found.label, found.language.as_str()), (Label::SubscriptionPrompt, language));
                }
            }
        }
    }
}
