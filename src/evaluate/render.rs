//! A report as text, JSON and CSV.
//!
//! Takes a [`Report`], writes it. The same report gives the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::report::{FoldReport, GroupScores, HeadlineReport, LabelReport, Report, Scope, SegmentReport, SegmentScores, TextReport};
use crate::label::Label;
use crate::metrics::TextScores;

/// The columns of a report as CSV.
const COLUMNS: [&str; 5] = ["scope", "measure", "label_or_type", "value", "support"];

/// One number of a report; as CSV, one line.
#[derive(Debug, Clone, PartialEq)]
struct Measure {
    /// What it was counted over: `overall`, `fold 0`...
    scope: String,
    /// What was counted, as in the JSON form.
    name: String,
    /// The label, page type, country or source it is limited to; empty for all.
    group: String,
    /// The number.
    value: f64,
    /// How many blocks, pages or segments it was counted over.
    support: usize,
}

impl Report {
    /// Writes the report as pretty-printed JSON.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")
    }

    /// Writes the report as CSV, a number a line: `scope,measure,label_or_type,value,support`. The support of a label's score is the blocks
    /// that carry it, of a mean over pages the pages, of a segment score the segments.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        for measure in self.measures() {
            let (value, support) = (measure.value.to_string(), measure.support.to_string());
            writer.write_record([&measure.scope, &measure.name, &measure.group, &value, &support])?;
        }
        writer.flush()
    }

    /// Writes the report as aligned tables for people.
    ///
    /// # Errors
    /// If `out` cannot be written to.
    pub fn write_text(&self, mut out: impl Write) -> io::Result<()> {
        out.write_all(self.as_text().as_bytes())
    }

    fn as_text(&self) -> String {
        let mut text = Text::default();
        text.scope(&self.overall);
        text.curve(self);
        if !self.folds.is_empty() {
            text.folds(&self.folds);
        }
        text.0
    }

    fn measures(&self) -> Vec<Measure> {
        let mut measures = Measures::default();
        measures.scope("overall", &self.overall);
        for fold in &self.folds {
            measures.scope(&format!("fold {}", fold.fold), &fold.scores);
        }
        "overall".clone_into(&mut measures.scope);
        measures.curve(self);
        measures.found
    }
}

/// Gathers a report's numbers.
#[derive(Default)]
struct Measures {
    scope: String,
    found: Vec<Measure>,
}

impl Measures {
    fn push(&mut self, name: &str, group: &str, value: f64, support: usize) {
        let (name, group) = (name.to_owned(), group.to_owned());
        self.found.push(Measure { scope: self.scope.clone(), name, group, value, support });
    }

    fn scope(&mut self, name: &str, scope: &Scope) {
        name.clone_into(&mut self.scope);
        for (prefix, labels) in [("", &scope.labels), ("partial_", &scope.partial_labels)] {
            if let Some(labels) = labels {
                self.labels(prefix, labels);
            }
        }
        if let Some(text) = &scope.text {
            self.text("", text.pages, [text.words, text.shingles]);
            for group in &text.by_page_type {
                self.text(&group.page_type, group.pages, [group.words, group.shingles]);
            }
            for group in &text.by_language {
                self.text(&group.language, group.pages, [group.words, group.shingles]);
            }
        }
        if let Some(segments) = &scope.segments {
            self.segments("", &segments.all);
            for group in &segments.by_source {
                self.segments(&group.source, &group.scores);
            }
        }
    }

    fn labels(&mut self, prefix: &str, report: &LabelReport) {
        self.push(&format!("{prefix}macro_f1"), "", report.macro_f1, report.blocks);
        self.push(&format!("{prefix}accuracy"), "", report.accuracy, report.blocks);
        for scores in &report.labels {
            for (name, value) in [("precision", scores.precision), ("recall", scores.recall), ("f1", scores.f1)] {
                self.push(&format!("{prefix}{name}"), scores.label.as_str(), value, scores.support);
            }
        }
        for scores in &report.labels {
            for predicted in Label::ALL {
                let count = report.confusion.count(scores.label, predicted);
                self.push(&format!("{prefix}predicted_{predicted}"), scores.label.as_str(), count as f64, scores.support);
            }
        }
        let errors = report.calibration;
        self.push(&format!("{prefix}calibration_error"), "", errors.mean_over_labels, report.blocks);
        self.push(&format!("{prefix}top_label_calibration_error"), "", errors.top_label, report.blocks);
        for (label, error) in Label::ALL.into_iter().zip(errors.by_label) {
            self.push(&format!("{prefix}calibration_error"), label.as_str(), error, report.blocks);
        }
        for group in report.by_page_type.iter().chain(&report.by_country).chain(&report.by_language) {
            self.push(&format!("{prefix}macro_f1"), &group.group, group.macro_f1, group.blocks);
            self.push(&format!("{prefix}accuracy"), &group.group, group.accuracy, group.blocks);
        }
    }

    fn text(&mut self, group: &str, pages: usize, scores: [TextScores; 2]) {
        for (unit, scores) in ["word", "shingle"].into_iter().zip(scores) {
            for (name, value) in [("precision", scores.precision), ("recall", scores.recall), ("f1", scores.f1)] {
                self.push(&format!("{unit}_{name}"), group, value, pages);
            }
        }
    }

    /// The group is the threshold or the preset; the support of words of labelled blocks is not counted.
    fn curve(&mut self, report: &Report) {
        let points = report.content_curve.iter().map(|point| (format!("{:.2}", point.threshold), point.labelled, point.gold));
        let presets = report.presets.iter().map(|preset| (preset.favor.to_owned(), preset.labelled, preset.gold));
        for (group, labelled, gold) in points.chain(presets) {
            for (kind, scores) in [("labelled", labelled), ("gold", gold)] {
                let Some(TextScores { precision, recall, f1 }) = scores else { continue };
                for (name, value) in [("precision", precision), ("recall", recall), ("f1", f1)] {
                    self.push(&format!("content_curve_{kind}_{name}"), &group, value, 0);
                }
            }
        }
    }

    fn segments(&mut self, group: &str, scores: &SegmentScores) {
        let total = scores.counts.total();
        let SegmentScores { precision, recall, f1, accuracy, .. } = *scores;
        for (name, value) in [("precision", precision), ("recall", recall), ("f1", f1), ("accuracy", accuracy)] {
            self.push(&format!("segment_{name}"), group, value, total);
        }
    }
}

/// A report as tables; writing to a string cannot fail.
#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // A `String` takes all that is written to it.
        let _ = self.0.write_fmt(line);
        self.0.truncate(self.0.trim_end_matches(' ').len());
        self.0.push('\n');
    }

    fn scope(&mut self, scope: &Scope) {
        self.line(format_args!("{} pages", scope.pages));
        if let Some(labels) = &scope.labels {
            self.labels("Labels, pages labelled in full", labels);
        }
        if let Some(labels) = &scope.partial_labels {
            self.labels("Labels, pages labelled in part (blocks chosen for looking like captions or prompts)", labels);
        }
        if let Some(text) = &scope.text {
            self.text(text);
        }
        if let Some(segments) = &scope.segments {
            self.segments(segments);
        }
        if let Some(headline) = &scope.headline {
            self.headline(headline);
        }
    }

    fn labels(&mut self, title: &str, report: &LabelReport) {
        self.line(format_args!("\n{title}: {} pages, {} blocks", report.pages, report.blocks));
        self.line(format_args!("{:<21}{:>9}  {:>7}  {:>7}  {:>7}  {:>11}", "", "precision", "recall", "F1", "support", "calib. err."));
        for (scores, error) in report.labels.iter().zip(report.calibration.by_label) {
            let (name, support) = (scores.label, scores.support);
            let (precision, recall, f1) = (scores.precision, scores.recall, scores.f1);
            self.line(format_args!("{name:<21}{precision:>9.4}  {recall:>7.4}  {f1:>7.4}  {support:>7}  {error:>11.4}"));
        }
        let error = report.calibration.mean_over_labels;
        self.line(format_args!(
            "{:<21}{:>9}  {:>7}  {:>7.4}  {:>7}  {error:>11.4}",
            "mean over labels", "", "", report.macro_f1, report.blocks
        ));
        self.line(format_args!(
            "accuracy {:.4}, calibration error of the predicted label {:.4}",
            report.accuracy, report.calibration.top_label
        ));
        self.confusion(report);
        self.groups("by page type", &report.by_page_type);
        self.groups("by country", &report.by_country);
        self.groups("by language", &report.by_language);
    }

    fn confusion(&mut self, report: &LabelReport) {
        let [content, caption, navigation, prompt] = Label::ALL.map(Label::as_str);
        self.line(format_args!("\n{:<21}{content:>9}  {caption:>9}  {navigation:>10}  {prompt:>19}", "by hand \\ predicted"));
        for gold in Label::ALL {
            let [content, caption, navigation, prompt] = Label::ALL.map(|predicted| report.confusion.count(gold, predicted));
            self.line(format_args!("{gold:<21}{content:>9}  {caption:>9}  {navigation:>10}  {prompt:>19}"));
        }
    }

    fn groups(&mut self, title: &str, groups: &[GroupScores]) {
        if groups.is_empty() {
            return;
        }
        self.line(format_args!("\n{title:<21}{:>8}  {:>8}  {:>8}  {:>8}", "macro-F1", "accuracy", "pages", "blocks"));
        for GroupScores { group, pages, blocks, macro_f1, accuracy } in groups {
            self.line(format_args!("{group:<21}{macro_f1:>8.4}  {accuracy:>8.4}  {pages:>8}  {blocks:>8}"));
        }
    }

    fn text(&mut self, report: &TextReport) {
        self.line(format_args!("\nText against gold text, means over pages"));
        self.line(format_args!("{:<21}{:>14}  {:>8}  {:>8}  {:>10}  {:>6}", "", "word precision", "recall", "F1", "shingle F1", "pages"));
        for group in &report.by_page_type {
            self.text_line(&group.page_type, [group.words, group.shingles], group.pages);
        }
        self.text_line("all", [report.words, report.shingles], report.pages);
        for group in &report.by_language {
            self.text_line(&format!("language {}", group.language), [group.words, group.shingles], group.pages);
        }
    }

    fn headline(&mut self, report: &HeadlineReport) {
        self.line(format_args!("\nText by what becomes of the page's own headline"));
        self.line(format_args!("{:<21}{:>8}  {:>10}  {:>10}", "", "word F1", "shingle F1", "segment F1"));
        for (name, scores) in [("kept", report.kept), ("left out", report.left_out)] {
            let f1 = |scores: Option<TextScores>| number(scores.map(|scores| scores.f1));
            let segments = number(scores.segments.map(|scores| scores.f1));
            self.line(format_args!("{name:<21}{:>8}  {:>10}  {segments:>10}", f1(scores.words), f1(scores.shingles)));
        }
    }

    fn curve(&mut self, report: &Report) {
        if report.content_curve.is_empty() {
            return;
        }
        self.line(format_args!("\nContent kept from a probability on: words of labelled blocks, and words against gold text"));
        self.line(format_args!(
            "{:<21}{:>9}  {:>7}  {:>7}  {:>9}  {:>7}  {:>7}",
            "", "precision", "recall", "F1", "precision", "recall", "F1"
        ));
        let points = report.content_curve.iter().map(|point| (format!("{:.2}", point.threshold), point.labelled, point.gold));
        let presets = report.presets.iter().map(|preset| (format!("favour {}", preset.favor), preset.labelled, preset.gold));
        for (name, labelled, gold) in points.chain(presets) {
            let of = |scores: Option<TextScores>| {
                [scores.map(|scores| scores.precision), scores.map(|scores| scores.recall), scores.map(|scores| scores.f1)].map(number)
            };
            let (blocks, text) = (of(labelled), of(gold));
            self.line(format_args!(
                "{name:<21}{:>9}  {:>7}  {:>7}  {:>9}  {:>7}  {:>7}",
                blocks[0], blocks[1], blocks[2], text[0], text[1], text[2]
            ));
        }
    }

    fn text_line(&mut self, name: &str, [words, shingles]: [TextScores; 2], pages: usize) {
        let TextScores { precision, recall, f1 } = words;
        self.line(format_args!("{name:<21}{precision:>14.4}  {recall:>8.4}  {f1:>8.4}  {:>10.4}  {pages:>6}", shingles.f1));
    }

    fn segments(&mut self, report: &SegmentReport) {
        self.line(format_args!("\nSegments that the text must or must not hold"));
        self.line(format_args!(
            "{:<21}{:>9}  {:>7}  {:>7}  {:>8}  {:>8}  {:>6}",
            "", "precision", "recall", "F1", "accuracy", "segments", "pages"
        ));
        for group in &report.by_source {
            self.segment_line(&group.source, &group.scores);
        }
        self.segment_line("all", &report.all);
    }

    fn segment_line(&mut self, name: &str, scores: &SegmentScores) {
        let SegmentScores { pages, counts, precision, recall, f1, accuracy } = *scores;
        let total = counts.total();
        self.line(format_args!("{name:<21}{precision:>9.4}  {recall:>7.4}  {f1:>7.4}  {accuracy:>8.4}  {total:>8}  {pages:>6}"));
    }

    fn folds(&mut self, folds: &[FoldReport]) {
        self.line(format_args!("\nBy fold"));
        self.line(format_args!(
            "{:<8}{:>6}  {:>8}  {:>11}  {:>7}  {:>10}",
            "", "pages", "macro-F1", "calib. err.", "word F1", "segment F1"
        ));
        for FoldReport { fold, scores } in folds {
            let labels = scores.labels.as_ref();
            let macro_f1 = number(labels.map(|labels| labels.macro_f1));
            let error = number(labels.map(|labels| labels.calibration.mean_over_labels));
            let words = number(scores.text.as_ref().map(|text| text.words.f1));
            let segments = number(scores.segments.as_ref().map(|segments| segments.all.f1));
            self.line(format_args!("fold {fold:<3}{:>6}  {macro_f1:>8}  {error:>11}  {words:>7}  {segments:>10}", scores.pages));
        }
    }
}

/// A score with four decimals, or a dash where there is none.
fn number(score: Option<f64>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| format!("{score:.4}"))
}
