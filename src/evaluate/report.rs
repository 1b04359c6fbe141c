//! What an evaluation found.
//!
//! Takes nothing, gives the report's types, which serialise as they stand, and the gates that hold a report against least scores.

use serde::Serialize;

use crate::metrics::{CalibrationErrors, Confusion, LabelScores, Reliability, SegmentCounts, TextScores};

/// What an evaluation found over all pages and fold by fold. All scores are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Over all pages.
    pub overall: Scope,
    /// Over the pages of each fold.
    pub folds: Vec<FoldReport>,
    /// What content's precision and recall come to when it is kept from a probability on, over all pages.
    pub content_curve: Vec<CurvePoint>,
    /// What the presets come to, over all pages.
    pub presets: Vec<PresetReport>,
}

/// The kept text with a preset, as in [`CurvePoint`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PresetReport {
    /// What it favours: `precision` or `recall`.
    pub favor: &'static str,
    /// The least and the greatest of its thresholds: models of other folds have others.
    pub thresholds: [f32; 2],
    /// As [`CurvePoint::labelled`].
    pub labelled: Option<TextScores>,
    /// As [`CurvePoint::gold`].
    pub gold: Option<TextScores>,
}

/// The kept text when content is kept from one probability on. Blocks alone: no headline is added or left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The probability.
    pub threshold: f64,
    /// Words of blocks labelled by hand, on pages labelled in full, over all pages together.
    pub labelled: Option<TextScores>,
    /// Words against gold text, means over pages.
    pub gold: Option<TextScores>,
}

/// What was found over the pages of one fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldReport {
    /// The fold.
    pub fold: u8,
    /// What was found.
    pub scores: Scope,
}

/// What was found over some pages; a part is `None` if no page has what it is counted over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scope {
    /// How many pages there are.
    pub pages: usize,
    /// Labels by hand on pages all of whose blocks are labelled, and on those of a corpus without a manifest.
    pub labels: Option<LabelReport>,
    /// Labels by hand on `partial` pages. Their blocks were chosen because they looked like captions or prompts: no sample of a page.
    pub partial_labels: Option<LabelReport>,
    /// Extracted text against gold text.
    pub text: Option<TextReport>,
    /// Segments that the extracted text must or must not hold.
    pub segments: Option<SegmentReport>,
    /// What the page's own headline does to the extracted text.
    pub headline: Option<HeadlineReport>,
}

/// The extracted text with the page's own headline and without it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HeadlineReport {
    /// Where it is kept.
    pub kept: HeadlineScores,
    /// Where it is left out.
    pub left_out: HeadlineScores,
}

/// The scores of extracted text over some pages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HeadlineScores {
    /// Bags of words against gold text, means over pages; `None` if there is no gold text.
    pub words: Option<TextScores>,
    /// Bags of 4-word shingles.
    pub shingles: Option<TextScores>,
    /// Segments, over all pages together; `None` if there are none.
    pub segments: Option<SegmentScores>,
}

/// Predicted labels against labels made by hand, block by block.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelReport {
    /// Pages with at least one labelled block.
    pub pages: usize,
    /// Labelled blocks.
    pub blocks: usize,
    /// The mean F1 over the labels.
    pub macro_f1: f64,
    /// The share of blocks whose label is right.
    pub accuracy: f64,
    /// The scores of each label.
    pub labels: Vec<LabelScores>,
    /// Rows are labels by hand, columns predicted labels.
    pub confusion: Confusion,
    /// Whether the probabilities mean what they say.
    pub calibration: CalibrationErrors,
    /// The same bin by bin.
    pub reliability: Vec<Reliability>,
    /// By page type.
    pub by_page_type: Vec<GroupScores>,
    /// By the publisher's country, where it is known.
    pub by_country: Vec<GroupScores>,
    /// By the language that the page says it is in.
    pub by_language: Vec<GroupScores>,
}

/// The labels' scores over some of the pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupScores {
    /// The page type or the country.
    pub group: String,
    /// Pages with at least one labelled block.
    pub pages: usize,
    /// Labelled blocks.
    pub blocks: usize,
    /// The mean F1 over the labels met there.
    pub macro_f1: f64,
    /// The share of blocks whose label is right.
    pub accuracy: f64,
}

/// Extracted text against gold text: means over pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextReport {
    /// Pages with gold text.
    pub pages: usize,
    /// Bags of words, as WCXB scores them.
    pub words: TextScores,
    /// Bags of 4-word shingles.
    pub shingles: TextScores,
    /// The same by page type.
    pub by_page_type: Vec<TypeScores>,
    /// The same by the language that the page says it is in.
    pub by_language: Vec<LanguageScores>,
}

/// Extracted text against gold text on pages of one language: means over pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LanguageScores {
    /// The language's code; `unknown` if the page does not say.
    pub language: String,
    /// Pages with gold text.
    pub pages: usize,
    /// Bags of words.
    pub words: TextScores,
    /// Bags of 4-word shingles.
    pub shingles: TextScores,
}

/// Extracted text against gold text on pages of one type: means over pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypeScores {
    /// The page type; `unknown` if the corpus does not say.
    pub page_type: String,
    /// Pages with gold text.
    pub pages: usize,
    /// Bags of words.
    pub words: TextScores,
    /// Bags of 4-word shingles.
    pub shingles: TextScores,
}

/// Segments that extracted text must or must not hold, counted over all pages together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentReport {
    /// Over all pages with segments.
    #[serde(flatten)]
    pub all: SegmentScores,
    /// By the collection the pages come from.
    pub by_source: Vec<SourceScores>,
}

/// Segments on the pages of one collection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceScores {
    /// The collection; `unknown` if the corpus does not say.
    pub source: String,
    /// What was found.
    #[serde(flatten)]
    pub scores: SegmentScores,
}

/// Counts and scores of segments.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SegmentScores {
    /// Pages with segments.
    pub pages: usize,
    /// The counts.
    pub counts: SegmentCounts,
    /// The share of the segments found that must be there.
    pub precision: f64,
    /// The share of the segments that must be there which were found.
    pub recall: f64,
    /// The harmonic mean of precision and recall.
    pub f1: f64,
    /// The share of all segments that are as they must be.
    pub accuracy: f64,
}

/// The scores that a report must reach, over all pages; `None` asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Gates {
    /// The least mean F1 over the labels.
    pub min_macro_f1: Option<f64>,
    /// The least word F1 of extracted text.
    pub min_word_f1: Option<f64>,
    /// The least F1 of segments.
    pub min_segment_f1: Option<f64>,
    /// The greatest calibration error (the mean over labels).
    pub max_calibration_error: Option<f64>,
}

impl Report {
    /// What falls short of the gates, a sentence each; empty if nothing does. A score that could not be counted falls short.
    pub fn gate(&self, gates: &Gates) -> Vec<String> {
        let labels = self.overall.labels.as_ref().ok_or("no page is labelled in full");
        let text = self.overall.text.as_ref().ok_or("no page has gold text and extracted text");
        let segments = self.overall.segments.as_ref().ok_or("no page has segments and extracted text");
        let short = [
            too_low("macro-F1", labels.map(|labels| labels.macro_f1), gates.min_macro_f1),
            too_low("word F1", text.map(|text| text.words.f1), gates.min_word_f1),
            too_low("segment F1", segments.map(|segments| segments.all.f1), gates.min_segment_f1),
            too_high("calibration error", labels.map(|labels| labels.calibration.mean_over_labels), gates.max_calibration_error),
        ];
        short.into_iter().flatten().collect()
    }
}

type Counted<'a> = Result<f64, &'a str>;

fn too_low(name: &str, found: Counted<'_>, least: Option<f64>) -> Option<String> {
    let least = least?;
    match found {
        Ok(found) if found >= least => None,
        Ok(found) => Some(format!("{name} is {found:.4}: expected at least {least}")),
        Err(why) => Some(format!("{name} was not counted, {why}: expected at least {least}")),
    }
}

fn too_high(name: &str, found: Counted<'_>, most: Option<f64>) -> Option<String> {
    let most = most?;
    match found {
        Ok(found) if found <= most => None,
        Ok(found) => Some(format!("{name} is {found:.4}: expected at most {most}")),
        Err(why) => Some(format!("{name} was not counted, {why}: expected at most {most}")),
    }
}
