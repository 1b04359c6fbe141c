//! Features: what the model sees of a block.
//!
//! Takes a page and its blocks, gives a row of named numbers for each block ([`FeatureMatrix`]). One definition a feature
//! ([`FeatureDef`]), one path for training and classifying. Knows nothing of models.

mod context;
pub(crate) mod evidence;
mod hash;
mod lexicon;
mod link;
mod markup;
mod page_signals;
mod position;
mod schema;
mod shape;
mod signs;
mod structure;
mod surroundings;
mod survey;
pub(crate) mod token;

use std::ops::Range;
use std::sync::LazyLock;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};
pub use schema::{FeatureDef, FeatureSchema, Unit};

pub(crate) use self::context::ContextPage;
use self::evidence::PageEvidence;
use self::link::Here;
use self::markup::Ancestry;
use self::page_signals::PageSignals;
use self::position::Landmarks;
use self::structure::Structure;
use self::surroundings::Surroundings;
use self::survey::Survey;
use self::token::TokenLists;
use crate::block::Blocks;
use crate::label::Probabilities;
use crate::page::Page;

/// The rows of a page's blocks and the schema that names their columns.
#[derive(Debug, Clone)]
pub struct FeatureMatrix {
    /// The columns.
    pub schema: FeatureSchema,
    /// One row a block, one column a feature.
    pub rows: Array2<f32>,
}

/// The features of a block before context: the columns of [`FeatureMatrix`].
pub fn schema() -> FeatureSchema {
    block_schema().clone()
}

/// Made once: a schema is many small strings.
static BLOCK_SCHEMA: LazyLock<FeatureSchema> = LazyLock::new(make_block_schema);
static CONTEXT_SCHEMA: LazyLock<FeatureSchema> = LazyLock::new(|| FeatureSchema::new(context::definitions()));

/// Columns of the dense groups, in their order.
static DENSE_WIDTHS: LazyLock<[usize; 7]> = LazyLock::new(|| {
    [
        shape::DEFS.len(),
        link::DEFS.len(),
        markup::DEFS.len(),
        structure::definitions().len(),
        surroundings::DEFS.len(),
        position::DEFS.len(),
        page_signals::DEFS.len(),
    ]
});

/// The columns of the block stage: dense groups first, evidence last.
pub(crate) fn block_schema() -> &'static FeatureSchema {
    &BLOCK_SCHEMA
}

fn make_block_schema() -> FeatureSchema {
    let mut features: Vec<FeatureDef> = Vec::new();
    for (group, defs) in [(shape::GROUP, shape::DEFS), (link::GROUP, link::DEFS), (markup::GROUP, markup::DEFS)] {
        features.extend(schema::definitions(group, defs));
    }
    features.extend(structure::definitions());
    for (group, defs) in
        [(surroundings::GROUP, surroundings::DEFS), (position::GROUP, position::DEFS), (page_signals::GROUP, page_signals::DEFS)]
    {
        features.extend(schema::definitions(group, defs));
    }
    features.extend(evidence::definitions());
    FeatureSchema::new(features)
}

/// The columns that the context stage sees beyond the block stage's.
pub(crate) fn context_schema() -> &'static FeatureSchema {
    &CONTEXT_SCHEMA
}

/// Where the evidence columns begin in the block stage's schema.
pub(crate) fn evidence_start() -> usize {
    block_schema().len() - evidence::COLUMNS
}

/// A page made ready for features: one survey serves both stages.
#[derive(Debug)]
pub(crate) struct PageFeatures<'a> {
    survey: Survey<'a>,
    marks: Landmarks,
    structure: Structure,
    ancestry: Ancestry,
    surroundings: Surroundings,
    signals: PageSignals,
    here: Here,
}

impl<'a> PageFeatures<'a> {
    pub(crate) fn new(page: &'a Page, blocks: &'a Blocks) -> Self {
        let (survey, signals) = match page.dom() {
            Some(dom) => {
                let survey = Survey::of_dom(dom, blocks);
                let signals = PageSignals::new(&survey, dom, page.url());
                (survey, signals)
            }
            None => (Survey::of_text(blocks), PageSignals::of_text()),
        };
        Self {
            marks: Landmarks::new(&survey),
            structure: Structure::new(&survey),
            ancestry: Ancestry::new(&survey),
            surroundings: Surroundings::new(&survey),
            here: Here::new(signals.url()),
            survey,
            signals,
        }
    }

    /// The page's token lists, for evidence.
    pub(crate) fn tokens(&self) -> TokenLists {
        token::read(&self.survey, &self.marks)
    }

    /// How many blocks the page has.
    pub(crate) fn blocks(&self) -> usize {
        self.survey.block_infos.len()
    }

    /// Writes all columns but the evidence of the blocks from `first` on into `rows` of zeros (blocks x columns from 0; more columns
    /// may follow).
    pub(crate) fn fill_dense(&self, first: usize, mut rows: ArrayViewMut2<'_, f32>) {
        let widths = &*DENSE_WIDTHS;
        for (row, index) in rows.rows_mut().into_iter().zip(first..) {
            let Some(mut rest) = row.into_slice() else { continue };
            let mut next = |width: usize| {
                let (this, after) = std::mem::take(&mut rest).split_at_mut(width);
                rest = after;
                this
            };
            shape::fill(&self.survey, index, next(widths[0]));
            link::fill(&self.survey, index, &self.here, next(widths[1]));
            markup::fill(&self.survey, index, &self.ancestry, next(widths[2]));
            structure::fill(&self.survey, index, &self.structure, next(widths[3]));
            surroundings::fill(&self.survey, index, &self.surroundings, next(widths[4]));
            position::fill(&self.survey, index, &self.marks, next(widths[5]));
            self.signals.fill(&self.survey, &self.survey.block_infos[index], next(widths[6]));
        }
    }

    /// All columns of the block stage for the blocks of `range`.
    pub(crate) fn block_rows(&self, evidence: &mut PageEvidence<'_>, range: Range<usize>) -> Array2<f32> {
        let mut rows = Array2::zeros((range.len(), BLOCK_SCHEMA.len()));
        self.fill_block(evidence, range.start, rows.view_mut());
        rows
    }

    /// Writes the same columns of the blocks from `first` on into `rows` of zeros.
    pub(crate) fn fill_block(&self, evidence: &mut PageEvidence<'_>, first: usize, mut rows: ArrayViewMut2<'_, f32>) {
        self.fill_dense(first, rows.view_mut());
        fill_evidence(evidence, first, rows.slice_axis_mut(Axis(1), Slice::from(evidence_start()..)));
    }

    /// What the context stage needs of the whole page.
    pub(crate) fn context(&self, said: &[Probabilities]) -> ContextPage {
        ContextPage::new(&self.survey, &self.marks, said)
    }

    /// The columns of the context stage beyond the block stage's for the blocks of `range`; then those of the page that it is `told` of, if any.
    pub(crate) fn context_rows(&self, said: &[Probabilities], page: &ContextPage, range: Range<usize>, told: &[f32]) -> Array2<f32> {
        let own = CONTEXT_SCHEMA.len();
        let mut rows = Array2::zeros((range.len(), own + told.len()));
        for (row, index) in rows.rows_mut().into_iter().zip(range) {
            if let Some((out, rest)) = row.into_slice().map(|row| row.split_at_mut(own)) {
                context::fill(&self.survey, index, said, page, out);
                rest.copy_from_slice(told);
            }
        }
        rows
    }
}

/// Writes the evidence columns of the blocks from `first` on.
pub(crate) fn fill_evidence(evidence: &mut PageEvidence<'_>, first: usize, rows: ArrayViewMut2<'_, f32>) {
    evidence.fill(first, rows);
}

/// Joins the two stages' columns.
pub(crate) fn join(block: ArrayView2<'_, f32>, context: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut rows = Array2::zeros((block.nrows(), block.ncols() + context.ncols()));
    // `s![]` is out: the macro holds `unsafe`, which this crate forbids.
    rows.slice_axis_mut(Axis(1), Slice::from(..block.ncols())).assign(&block);
    rows.slice_axis_mut(Axis(1), Slice::from(block.ncols()..)).assign(&context);
    rows
}

/// `ln(1 + n)` of the counts that nearly all are: a logarithm takes longer than all else that a column takes.
static LOGS: LazyLock<[f32; 1024]> = LazyLock::new(|| std::array::from_fn(|count| (count as f32).ln_1p()));

fn log(count: u32) -> f32 {
    LOGS.get(count as usize).copied().unwrap_or_else(|| (count as f32).ln_1p())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what a cast cuts off or changes is not in the table")]
#[expect(clippy::float_cmp, reason = "whole numbers are told from others")]
fn log_f(count: f32) -> f32 {
    let whole = count as usize;
    match LOGS.get(whole) {
        Some(log) if whole as f32 == count => *log,
        _ => count.max(0.0).ln_1p(),
    }
}

fn share(part: u32, whole: u32) -> f32 {
    share_f(part as f32, whole as f32)
}

/// A part of a whole, 0 when there is no whole.
fn share_f(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

fn flag(on: bool) -> f32 {
    f32::from(u8::from(on))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::evidence::EvidenceTable;
    use super::*;
    use crate::page::PageOptions;

    const PAGE: &str = "<html lang=en><head><title>A page about things</title>\
        <script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"A page about things\",\"isAccessibleForFree\":\"False\"}</script></head>\
        <body><nav data-sieve-label='navigation'><ul><li><a href='/a'>Home</a><li><a href='/b' data-x=1>World</a></ul></nav>\
        <main><h1>A page about things</h1><figure><img src=x alt='two dogs'><figcaption data-sieve-label='caption'>Two dogs. Photo: AP</figcaption></figure>\
        <p data-sieve-label='content' class='body-text'>It was a day like others, they said, and nobody knew that it was not.</p></main>\
        <form data-sieve-label='subscription-prompt'><p>Sign up for our newsletter</p><input type=email><button>Subscribe</button></form></body>";

    fn rows(html: &str) -> (Array2<f32>, TokenLists) {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let blocks = Blocks::of_dom(page.dom().unwrap());
        let features = PageFeatures::new(&page, &blocks);
        let tokens = features.tokens();
        (features.block_rows(&mut EvidenceTable::new(&[]).of_page(&tokens), 0..blocks.len()), tokens.clone())
    }

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let schema: Vec<FeatureDef> = block_schema().features().iter().chain(context_schema().features()).cloned().collect();
        let names: HashSet<String> = schema.iter().map(FeatureDef::full_name).collect();
        assert_eq!(names.len(), schema.len());
        assert!(schema.iter().all(|feature| !feature.doc.is_empty()));
    }

    #[test]
    fn features_never_see_the_label() {
        let stripped = ["content", "caption", "navigation", "subscription-prompt"]
            .iter()
            .fold(PAGE.to_owned(), |html, label| html.replace(&format!(" data-sieve-label='{label}'"), ""));
        assert!(!stripped.contains("sieve"));
        let ((with, with_tokens), (without, without_tokens)) = (rows(PAGE), rows(&stripped));
        assert_eq!(with, without);
        for block in 0..with.nrows() {
            for family in 0..token::FAMILY_COUNT {
                assert!(with_tokens.of(block, family).eq(without_tokens.of(block, family)));
            }
        }
    }

    #[test]
    fn where_pictures_tell_the_story_most_of_the_text_stands_in_captions() {
        let long =
            "A paragraph of the story that goes with the picture above it, and it is long enough to count as one paragraph of a story.";
        let (rows, _) =
            rows(&format!("<h1>Ten costumes</h1><p>{long}</p><figure><img><figcaption><p>{long}</p><p>{long}</p></figcaption></figure>"));
        let column = |name: &str| block_schema().features().iter().position(|feature| feature.full_name() == name).unwrap();
        let (text, above) = (rows.column(column("markup.figcaption_text")), rows.column(column("markup.figcaption_above")));
        assert!(text.iter().all(|share| (share - 2.0 / 3.0).abs() < 1e-6), "{text}");
        assert_eq!(above.to_vec(), [20.0, 20.0, 1.0, 1.0]);
    }

    #[test]
    fn a_caption_is_near_its_picture_and_a_sign_up_near_its_field() {
        let (rows, _) = rows(PAGE);
        let column = |name: &str| block_schema().features().iter().position(|feature| feature.full_name() == name).unwrap();
        // Home, World, headline, caption, paragraph, blurb, button.
        assert_eq!(rows.nrows(), 7);
        let is = |row: usize, name: &str, value: f32| {
            let found = rows[(row, column(name))];
            assert!((found - value).abs() < 1e-6, "{name} of block {row} is {found}");
        };
        is(3, "surroundings.media_level", 1.0);
        is(3, "surroundings.alt_before", 0.5);
        is(5, "surroundings.email_level", 1.0);
        is(0, "surroundings.email_level", 3.0);
        is(2, "page.title", 1.0);
        is(0, "link.all_linked", 1.0);
        is(3, "markup.figcaption_above", 0.0);
        is(4, "markup.figcaption_above", 20.0);
        is(4, "markup.figcaption_text", 0.0);
        assert!(rows.column(column("page.ld_gated")).iter().all(|value| *value > 0.5));
        assert!(rows[(6, column("shape.lexicon_prompt"))] > 0.0);
    }
}
