//! Scores of pages to a report's tables.
//!
//! Takes pages' scores sorted by id, gives a [`Scope`]. Sums run in that order, so that the last digit does not depend on threads.

use std::collections::BTreeMap;

use super::PageScores;
use super::report::{GroupScores, LabelReport, Scope, SegmentReport, SegmentScores, SourceScores, TextReport, TypeScores};
use crate::corpus::Kind;
use crate::metrics::{Calibration, Confusion, SegmentCounts, TextScores};

/// Stands for a page type or a source that the corpus does not name.
const UNKNOWN: &str = "unknown";

pub(super) fn scope(pages: &[&PageScores]) -> Scope {
    let (partial, whole): (Vec<_>, Vec<_>) = pages.iter().copied().partition(|page| page.kind == Kind::Partial);
    Scope {
        pages: pages.len(),
        labels: label_report(&whole),
        partial_labels: label_report(&partial),
        text: text_report(pages),
        segments: segment_report(pages),
    }
}

fn label_report(pages: &[&PageScores]) -> Option<LabelReport> {
    let pages: Vec<&PageScores> = pages.iter().copied().filter(|page| page.confusion.total() > 0).collect();
    let confusion = confusion_of(&pages);
    let mut calibration = Calibration::default();
    for page in &pages {
        calibration.merge(&page.calibration);
    }
    (!pages.is_empty()).then(|| LabelReport {
        pages: pages.len(),
        blocks: confusion.total(),
        macro_f1: confusion.macro_f1(),
        accuracy: confusion.accuracy(),
        labels: confusion.scores().to_vec(),
        calibration: calibration.errors(),
        by_page_type: groups(&pages, |page| page.page_type.as_deref()),
        by_country: groups(&pages, |page| page.country.as_deref()),
        confusion,
    })
}

fn confusion_of(pages: &[&PageScores]) -> Confusion {
    let mut confusion = Confusion::default();
    for page in pages {
        confusion.merge(&page.confusion);
    }
    confusion
}

/// The scores of each group that is named.
fn groups<'a>(pages: &[&'a PageScores], name: impl Fn(&'a PageScores) -> Option<&'a str>) -> Vec<GroupScores> {
    let scores = |(group, pages): (&str, Vec<&PageScores>)| {
        let confusion = confusion_of(&pages);
        let (macro_f1, accuracy) = (confusion.macro_f1(), confusion.accuracy());
        GroupScores { group: group.to_owned(), pages: pages.len(), blocks: confusion.total(), macro_f1, accuracy }
    };
    grouped(pages, name).into_iter().map(scores).collect()
}

/// The pages by what `name` says of them; those of which it says nothing are left out.
fn grouped<'a>(pages: &[&'a PageScores], name: impl Fn(&'a PageScores) -> Option<&'a str>) -> BTreeMap<&'a str, Vec<&'a PageScores>> {
    let mut groups: BTreeMap<&str, Vec<&PageScores>> = BTreeMap::new();
    for page in pages {
        if let Some(group) = name(page) {
            groups.entry(group).or_default().push(page);
        }
    }
    groups
}

fn text_report(pages: &[&PageScores]) -> Option<TextReport> {
    let pages: Vec<&PageScores> = pages.iter().copied().filter(|page| page.text.is_some()).collect();
    let by_type = |(page_type, pages): (&str, Vec<&PageScores>)| {
        let (words, shingles) = mean_text(&pages);
        TypeScores { page_type: page_type.to_owned(), pages: pages.len(), words, shingles }
    };
    let (words, shingles) = mean_text(&pages);
    let types = grouped(&pages, |page| Some(page.page_type.as_deref().unwrap_or(UNKNOWN)));
    (!pages.is_empty()).then(|| TextReport { pages: pages.len(), words, shingles, by_page_type: types.into_iter().map(by_type).collect() })
}

fn mean_text(pages: &[&PageScores]) -> (TextScores, TextScores) {
    let scores: Vec<_> = pages.iter().filter_map(|page| page.text).collect();
    (TextScores::mean(scores.iter().map(|(words, _)| *words)), TextScores::mean(scores.iter().map(|(_, shingles)| *shingles)))
}

fn segment_report(pages: &[&PageScores]) -> Option<SegmentReport> {
    let pages: Vec<&PageScores> = pages.iter().copied().filter(|page| page.segments.is_some()).collect();
    let sources = grouped(&pages, |page| Some(page.source.as_deref().unwrap_or(UNKNOWN)));
    let by_source = |(source, pages): (&str, Vec<&PageScores>)| SourceScores { source: source.to_owned(), scores: segment_scores(&pages) };
    (!pages.is_empty()).then(|| SegmentReport { all: segment_scores(&pages), by_source: sources.into_iter().map(by_source).collect() })
}

fn segment_scores(pages: &[&PageScores]) -> SegmentScores {
    let mut counts = SegmentCounts::default();
    pages.iter().filter_map(|page| page.segments).for_each(|page| counts.add(page));
    SegmentScores {
        pages: pages.len(),
        counts,
        precision: counts.precision(),
        recall: counts.recall(),
        f1: counts.f1(),
        accuracy: counts.accuracy(),
    }
}
