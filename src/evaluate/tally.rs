//! Scores of pages to a report's tables.
//!
//! Takes pages' scores sorted by id, gives a [`Scope`]. Sums run in that order, so that the last digit does not depend on threads.

use std::collections::BTreeMap;

use super::report::{
    CurvePoint, GroupScores, HeadlineReport, HeadlineScores, LabelReport, LanguageScores, PresetReport, Scope, SegmentReport,
    SegmentScores, SourceScores, TextReport, TypeScores,
};
use super::{ExtractedScores, FAVORS, PageScores, PresetScores};
use crate::classify::Favor;
use crate::corpus::Kind;
use crate::metrics::{CURVE_POINTS, Calibration, Confusion, KeptWords, LabelledCurve, SegmentCounts, TextScores, curve_threshold};

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
        headline: headline_report(pages),
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
        reliability: calibration.reliability(),
        by_page_type: groups(&pages, |page| page.page_type.as_deref()),
        by_country: groups(&pages, |page| page.country.as_deref()),
        by_language: groups(&pages, |page| Some(page.language.as_deref().unwrap_or(UNKNOWN))),
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
    let pages: Vec<&PageScores> = pages.iter().copied().filter(|page| page.extracted.text.is_some()).collect();
    let by_type = |(page_type, pages): (&str, Vec<&PageScores>)| {
        let (words, shingles) = mean_text(&pages);
        TypeScores { page_type: page_type.to_owned(), pages: pages.len(), words, shingles }
    };
    let by_language = |(language, pages): (&str, Vec<&PageScores>)| {
        let (words, shingles) = mean_text(&pages);
        LanguageScores { language: language.to_owned(), pages: pages.len(), words, shingles }
    };
    let (words, shingles) = mean_text(&pages);
    let types = grouped(&pages, |page| Some(page.page_type.as_deref().unwrap_or(UNKNOWN)));
    let languages = grouped(&pages, |page| Some(page.language.as_deref().unwrap_or(UNKNOWN)));
    (!pages.is_empty()).then(|| TextReport {
        pages: pages.len(),
        words,
        shingles,
        by_page_type: types.into_iter().map(by_type).collect(),
        by_language: languages.into_iter().map(by_language).collect(),
    })
}

fn mean_text(pages: &[&PageScores]) -> (TextScores, TextScores) {
    let scores: Vec<_> = pages.iter().filter_map(|page| page.extracted.text).collect();
    (TextScores::mean(scores.iter().map(|(words, _)| *words)), TextScores::mean(scores.iter().map(|(_, shingles)| *shingles)))
}

fn segment_report(pages: &[&PageScores]) -> Option<SegmentReport> {
    let pages: Vec<&PageScores> = pages.iter().copied().filter(|page| page.extracted.segments.is_some()).collect();
    let sources = grouped(&pages, |page| Some(page.source.as_deref().unwrap_or(UNKNOWN)));
    let by_source = |(source, pages): (&str, Vec<&PageScores>)| SourceScores { source: source.to_owned(), scores: segment_scores(&pages) };
    (!pages.is_empty()).then(|| SegmentReport { all: segment_scores(&pages), by_source: sources.into_iter().map(by_source).collect() })
}

fn segment_scores(pages: &[&PageScores]) -> SegmentScores {
    let mut counts = SegmentCounts::default();
    pages.iter().filter_map(|page| page.extracted.segments).for_each(|page| counts.add(page));
    scores_of(pages.len(), counts)
}

fn scores_of(pages: usize, counts: SegmentCounts) -> SegmentScores {
    SegmentScores { pages, counts, precision: counts.precision(), recall: counts.recall(), f1: counts.f1(), accuracy: counts.accuracy() }
}

fn headline_report(pages: &[&PageScores]) -> Option<HeadlineReport> {
    let kept = headline_scores(pages.iter().map(|page| page.with_headline))?;
    Some(HeadlineReport { kept, left_out: headline_scores(pages.iter().map(|page| page.without_headline))? })
}

/// The scores of extracted texts; `None` if there is nothing to score them by.
fn headline_scores(pages: impl Iterator<Item = ExtractedScores>) -> Option<HeadlineScores> {
    let pages: Vec<ExtractedScores> = pages.collect();
    let texts: Vec<_> = pages.iter().filter_map(|page| page.text).collect();
    let mean = |scores: Vec<TextScores>| (!scores.is_empty()).then(|| TextScores::mean(scores));
    let segments: Vec<SegmentCounts> = pages.iter().filter_map(|page| page.segments).collect();
    let mut counts = SegmentCounts::default();
    for page in &segments {
        counts.add(*page);
    }
    (texts.len() + segments.len() > 0).then(|| HeadlineScores {
        words: mean(texts.iter().map(|(words, _)| *words).collect()),
        shingles: mean(texts.iter().map(|(_, shingles)| *shingles).collect()),
        segments: (!segments.is_empty()).then(|| scores_of(segments.len(), counts)),
    })
}

/// The curve of content over all pages; empty if there is nothing to score it by.
pub(super) fn content_curve(pages: &[&PageScores]) -> Vec<CurvePoint> {
    let mut labelled = LabelledCurve::default();
    pages.iter().filter(|page| page.kind != Kind::Partial).for_each(|page| labelled.merge(&page.labelled_curve));
    let labelled = labelled.scores();
    let gold: Vec<&[TextScores; CURVE_POINTS]> = pages.iter().filter_map(|page| page.gold_curve.as_deref()).collect();
    if labelled.is_none() && gold.is_empty() {
        return Vec::new();
    }
    let point = |point: usize| CurvePoint {
        threshold: curve_threshold(point),
        labelled: labelled.map(|scores| scores[point]),
        gold: (!gold.is_empty()).then(|| TextScores::mean(gold.iter().map(|page| page[point]))),
    };
    (0..CURVE_POINTS).map(point).collect()
}

/// The presets over all pages whose model has them.
pub(super) fn presets(pages: &[&PageScores]) -> Vec<PresetReport> {
    let preset = |(which, favor): (usize, Favor)| {
        let scores: Vec<(Kind, PresetScores)> = pages.iter().filter_map(|page| Some((page.kind, page.presets?[which]))).collect();
        let mut labelled = KeptWords::default();
        scores.iter().filter(|(kind, _)| *kind != Kind::Partial).for_each(|(_, page)| labelled.merge(page.labelled));
        let gold: Vec<TextScores> = scores.iter().filter_map(|(_, page)| page.gold).collect();
        let thresholds = || scores.iter().map(|(_, page)| page.threshold);
        Some(PresetReport {
            favor: favor.as_str(),
            thresholds: [thresholds().reduce(f32::min)?, thresholds().reduce(f32::max)?],
            labelled: labelled.scores(),
            gold: (!gold.is_empty()).then(|| TextScores::mean(gold)),
        })
    };
    FAVORS.into_iter().enumerate().filter_map(preset).collect()
}
