//! What an evaluation found.
//!
//! Takes nothing, gives the report's types, which serialise as they stand, and the gates that hold a report against least scores.

use serde::Serialize;

use crate::metrics::{CalibrationErrors, Confusion, LabelScores, SegmentCounts, TextScores};

/// What an evaluation found over all pages and fold by fold. All scores are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Over all pages.
    pub overall: Scope,
    /// Over the pages of each fold.
    pub folds: Vec<FoldReport>,
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
    /// By page type.
    pub by_page_type: Vec<GroupScores>,
    /// By the publisher's country, where it is known.
    pub by_country: Vec<GroupScores>,
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
