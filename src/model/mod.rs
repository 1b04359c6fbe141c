//! The model: what has been learnt, in a file or in the program.
//!
//! Takes a page, gives its blocks with labels and probabilities. Two pipelines live in a model: one for pages with a tree, one for plain
//! text. Knows nothing of corpora or of the command line.

pub mod boost;
pub(crate) mod calibration;
mod card;
mod explain;
mod file;
pub(crate) mod learnt;
pub(crate) mod linear;
pub(crate) mod stages;

use std::path::Path;

use self::stages::Stages;
use crate::block::Blocks;
use crate::classify::{Decision, LabelledPage, Presets, blocks_of};
use crate::error::Result;
use crate::feature::{FeatureMatrix, PageFeatures, block_schema};
use crate::page::Page;
use crate::site::{SiteCounts, SitePage};

pub use card::{CardSources, card_charts};
pub use explain::{ExplainedPage, Explanation, FeatureTerm};
pub use file::ModelInfo;

/// How errors name the model in the program.
const BUNDLED: &str = "the bundled model";

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    info: ModelInfo,
    html: Stages,
    text: Stages,
}

impl Model {
    pub(crate) fn new(info: ModelInfo, html: Stages, text: Stages) -> Self {
        Self { info, html, text }
    }

    /// The model that ships with the library.
    ///
    /// # Errors
    /// In a build without the feature `bundled-model`.
    pub fn bundled() -> Result<Self> {
        #[cfg(feature = "bundled-model")]
        return file::read(BUNDLED, include_bytes!("../../models/pagesieve.model"));
        #[cfg(not(feature = "bundled-model"))]
        return Err(crate::error::Error::not_bundled(BUNDLED));
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// If the file cannot be read, is no model, is damaged, or was trained by a version with other features.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| crate::error::Error::read(path, source))?;
        file::read(&path.display().to_string(), &bytes)
    }

    /// The model as the bytes of a model file: the same model, the same bytes.
    ///
    /// # Errors
    /// If the model does not fit a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        file::write(self)
    }

    /// What the file says of itself: version, recipe, corpus.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// Labels every block of a page.
    pub fn classify(&self, page: Page, decision: &Decision) -> LabelledPage {
        self.labelled(page, decision, None)
    }

    /// As [`Self::classify`], with what recurs on the site of the page's address as evidence. A page without an address is labelled without.
    pub fn classify_on_site(&self, page: Page, decision: &Decision, counts: &SiteCounts) -> LabelledPage {
        self.labelled(page, decision, Some(counts))
    }

    fn labelled(&self, page: Page, decision: &Decision, counts: Option<&SiteCounts>) -> LabelledPage {
        let (blocks, decision) = (blocks_of(&page), self.resolved(&page, decision));
        let stages = self.stages(&page);
        let mut said = if blocks.is_empty() { Vec::new() } else { stages.predict(&PageFeatures::new(&page, &blocks)) };
        if let Some((counts, on_site)) = counts.and_then(|counts| Some((counts, SitePage::new(&page, &blocks)?))) {
            for ((label, said), recurrence) in said.iter_mut().zip(counts.recurrences(&on_site)) {
                if let Some(moved) = recurrence.moved(said) {
                    (*label, *said) = (stages.calibration.decide(&moved), moved);
                }
            }
        }
        let (labels, probabilities): (Vec<_>, Vec<_>) = said.into_iter().map(|(label, said)| (decision.decide(label, &said), said)).unzip();
        LabelledPage::new(page, blocks, labels, probabilities)
    }

    /// From which probability on a block is content for who favours precision or recall: for pages, or for plain text. `None` for a model
    /// that was trained on too little to tell.
    pub fn presets(&self, plain_text: bool) -> Option<Presets> {
        if plain_text { self.text.calibration.presets } else { self.html.calibration.presets }
    }

    /// The block stage's feature rows of a page, with the evidence this model has learnt.
    pub fn features(&self, page: &Page, blocks: &Blocks) -> FeatureMatrix {
        let features = PageFeatures::new(page, blocks);
        let lists = features.tokens();
        let rows = features.block_rows(&mut self.stages(page).evidence.of_page(&lists), 0..blocks.len());
        FeatureMatrix { schema: block_schema().clone(), rows }
    }

    /// The decision with the thresholds of this model's presets.
    fn resolved(&self, page: &Page, decision: &Decision) -> Decision {
        decision.resolved(self.stages(page).calibration.presets)
    }

    /// The trees of the block stage, by themselves: for measuring. `None` where it has learnt otherwise.
    #[doc(hidden)]
    pub fn block_trees(&self) -> Option<boost::CompiledTrees> {
        match &self.html.block {
            learnt::Learnt::Trees(trees) => Some(trees.compile()),
            learnt::Learnt::Linear(_) => None,
        }
    }

    fn stages(&self, page: &Page) -> &Stages {
        if page.dom().is_some() { &self.html } else { &self.text }
    }
}
