//! A stand-in for the trained model: crude rules behind its interface.
//!
//! Takes a page, gives a labelled page. Knows nothing that was learnt; it will be replaced.

use std::path::Path;

use crate::block::Block;
use crate::classify::{LabelledPage, blocks_of};
use crate::dom::{NodeRef, Tag};
use crate::label::{Label, Probabilities};
use crate::page::Page;
use crate::{Error, Result};

/// How probabilities become a label.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Decision {
    thresholds: [Option<f32>; Label::COUNT],
}

impl Decision {
    /// The least probability (0 to 1) at which a block gets `label`. Default: none, so that the label with the largest probability is given.
    pub fn threshold(mut self, label: Label, probability: f32) -> Self {
        self.thresholds[label.index()] = Some(probability);
        self
    }

    fn decide(&self, probabilities: &Probabilities) -> Label {
        let largest = |labels: &mut dyn Iterator<Item = Label>| {
            labels.fold(None, |best: Option<Label>, label| match best {
                Some(best) if probabilities[best.index()] >= probabilities[label.index()] => Some(best),
                _ => Some(label),
            })
        };
        let reached = |label: &Label| self.thresholds[label.index()].is_none_or(|least| probabilities[label.index()] >= least);
        largest(&mut Label::ALL.into_iter().filter(reached)).or_else(|| largest(&mut Label::ALL.into_iter())).unwrap_or(Label::Navigation)
    }
}

/// The model.
#[derive(Debug)]
pub struct Model;

impl Model {
    /// The shipped model.
    ///
    /// # Errors
    /// Without the feature `bundled-model`.
    pub fn bundled() -> Result<Self> {
        if cfg!(feature = "bundled-model") {
            return Ok(Self);
        }
        Err(Error::Model {
            origin: "the bundled model".to_owned(),
            problem: "not part of this build: name a model file, or build with the feature bundled-model".to_owned(),
        })
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn load(path: &Path) -> Result<Self> {
        std::fs::read(path).map(|_| Self).map_err(|source| Error::read(path, source))
    }

    /// Labels a page.
    pub fn classify(&self, page: Page, decision: &Decision) -> LabelledPage {
        let blocks = blocks_of(&page);
        let probabilities: Vec<Probabilities> = blocks.iter().map(|block| guess(&page, block, blocks.text(block))).collect();
        let labels = probabilities.iter().map(|block| decision.decide(block)).collect();
        LabelledPage::new(page, blocks, labels, probabilities)
    }
}

fn guess(page: &Page, block: &Block, text: &str) -> Probabilities {
    let owner = page.dom().zip(block.owner()).map(|(dom, owner)| dom.node(owner));
    let tag = owner.and_then(NodeRef::tag);
    let folded = text.to_lowercase();
    if ["subscri", "newsletter", "donate", "abonn", "free article"].iter().any(|word| folded.contains(word)) {
        [0.1, 0.0, 0.1, 0.8]
    } else if tag == Some(Tag::FIGCAPTION) {
        [0.05, 0.9, 0.05, 0.0]
    } else if tag.is_some_and(Tag::is_heading) || matches!(tag, Some(Tag::PRE | Tag::TD | Tag::BLOCKQUOTE)) || text.chars().count() > 60 {
        [0.85, 0.05, 0.1, 0.0]
    } else {
        [0.2, 0.05, 0.75, 0.0]
    }
}
