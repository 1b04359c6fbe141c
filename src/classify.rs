//! Labelled blocks: what a model says of a page.
//!
//! Takes a page, its blocks and a probability vector for each; gives [`LabelledPage`]. Knows nothing of features or of how the
//! probabilities came about.

use serde::{Deserialize, Serialize};

use crate::block::{Block, Blocks};
use crate::dom::NodeRef;
use crate::label::{Label, Probabilities};
use crate::page::Page;

/// A page with a label for every block.
#[derive(Debug, Clone)]
pub struct LabelledPage {
    page: Page,
    blocks: Blocks,
    labels: Vec<Label>,
    probabilities: Vec<Probabilities>,
}

/// One block with its label.
#[derive(Debug, Clone, Copy)]
pub struct LabelledBlock<'a> {
    page: &'a LabelledPage,
    block: &'a Block,
    /// The block's place among the page's blocks, from 0.
    pub index: usize,
    /// The label.
    pub label: Label,
    /// The probability of each label.
    pub probabilities: Probabilities,
}

impl LabelledPage {
    /// Joins a page's blocks with what is said of them. Blocks beyond the shorter list are dropped.
    pub(crate) fn new(page: Page, blocks: Blocks, labels: Vec<Label>, probabilities: Vec<Probabilities>) -> Self {
        debug_assert!(blocks.len() == labels.len() && labels.len() == probabilities.len());
        Self { page, blocks, labels, probabilities }
    }

    /// A page whose labels are known, such as gold labels: `label_of` is asked for each block in document order, and what it says has the
    /// probability 1.
    ///
    /// ```
    /// use pagesieve::{Label, LabelledPage, Page, PageOptions};
    ///
    /// let page = Page::from_html("<h1>Title</h1><p>Text.".to_owned(), &PageOptions::default());
    /// let labelled = LabelledPage::from_labels(page, |_, _| Label::Content);
    /// assert_eq!(labelled.labels(), [Label::Content, Label::Content]);
    /// ```
    pub fn from_labels(page: Page, mut label_of: impl FnMut(&Page, &Block) -> Label) -> Self {
        let blocks = blocks_of(&page);
        let labels: Vec<Label> = blocks.iter().map(|block| label_of(&page, block)).collect();
        let probabilities = labels.iter().map(|label| certain(*label)).collect();
        Self::new(page, blocks, labels, probabilities)
    }

    /// As [`Self::from_labels`], with the labels in the order of the blocks. Where they end early, the rest is navigation.
    pub(crate) fn with_labels(page: Page, labels: impl IntoIterator<Item = Label>) -> Self {
        let mut labels = labels.into_iter();
        Self::from_labels(page, |_, _| labels.next().unwrap_or(Label::Navigation))
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The blocks without their labels.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// A label for each block, in document order.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// How many blocks there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether the page has no text at all.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The labelled blocks in document order.
    pub fn iter(&self) -> impl Iterator<Item = LabelledBlock<'_>> {
        let said = self.labels.iter().zip(&self.probabilities);
        self.blocks.iter().zip(said).enumerate().map(|(index, (block, (label, probabilities)))| LabelledBlock {
            page: self,
            block,
            index,
            label: *label,
            probabilities: *probabilities,
        })
    }
}

/// A page's blocks: of its tree, or of its plain text.
pub(crate) fn blocks_of(page: &Page) -> Blocks {
    match page.dom() {
        Some(dom) => Blocks::of_dom(dom),
        None => Blocks::of_text(page.plain_text().unwrap_or_default()),
    }
}

fn certain(label: Label) -> Probabilities {
    let mut probabilities = [0.0; Label::COUNT];
    probabilities[label.index()] = 1.0;
    probabilities
}

impl<'a> LabelledBlock<'a> {
    /// The block's text.
    pub fn text(&self) -> &'a str {
        self.page.blocks.text(self.block)
    }

    /// The block without its label.
    pub fn block(&self) -> &'a Block {
        self.block
    }

    /// The nearest block-level element around the text; `None` for plain text.
    pub fn element(&self) -> Option<NodeRef<'a>> {
        Some(self.page.page.dom()?.node(self.block.owner()?))
    }

    /// The text nodes that the block's text comes from, in document order; none for plain text.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeRef<'a>> {
        let dom = self.page.page.dom();
        self.page.blocks.pieces(self.block).iter().filter_map(move |piece| Some(dom?.node(piece.node)))
    }

    /// The name of [`Self::element`]; empty for plain text.
    pub fn tag(&self) -> &'a str {
        self.element().map_or("", NodeRef::name)
    }

    /// Where [`Self::element`] stands, as an XPath such as `/html/body/div[2]/p[1]`; empty for plain text.
    pub fn xpath(&self) -> String {
        self.element().map_or_else(String::new, NodeRef::xpath)
    }

    /// Whether the page's own markup hides the block.
    pub fn is_hidden(&self) -> bool {
        self.block.is_hidden()
    }
}

/// How probabilities become a label.
///
/// By default the label the model decides for stands. A threshold for a label changes that: the label is given exactly when its
/// probability reaches the threshold; among several, the one that exceeds its threshold most.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[must_use]
pub struct Decision {
    thresholds: [Option<f32>; Label::COUNT],
    favor: Option<Favor>,
}

/// What matters more where content is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Favor {
    /// That what is kept is content: rather lose text than keep clutter.
    Precision,
    /// That all content is kept: rather keep clutter than lose text.
    Recall,
}

impl Favor {
    /// Its name on the command line and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
        }
    }
}

/// From which probability on a block is content by [`Favor`]: a model's own thresholds, chosen when it is trained.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Presets {
    /// The threshold with the greatest F0.5 of content's characters, on pages of sites unseen: precision counts twice as much as recall.
    pub precision: f32,
    /// The threshold with the greatest F2: recall counts twice as much.
    pub recall: f32,
}

impl Presets {
    /// The threshold for what is favoured.
    pub const fn threshold(&self, favor: Favor) -> f32 {
        match favor {
            Favor::Precision => self.precision,
            Favor::Recall => self.recall,
        }
    }
}

impl Decision {
    /// Gives `label` to a block exactly when its probability is at least `probability` (0 to 1). Default: none.
    pub fn threshold(mut self, label: Label, probability: f32) -> Self {
        self.thresholds[label.index()] = Some(probability.clamp(0.0, 1.0));
        self
    }

    /// Gives content to a block exactly when its probability is at least the model's own threshold for what is favoured (see
    /// [`Model::presets`](crate::Model::presets)); a threshold for content goes before it. Default: neither.
    pub fn favor(mut self, favor: Favor) -> Self {
        self.favor = Some(favor);
        self
    }

    /// The same with the threshold of what is favoured, which a model's presets say.
    pub(crate) fn resolved(self, presets: Option<Presets>) -> Self {
        match self.favor.zip(presets) {
            Some((favor, presets)) if self.thresholds[Label::Content.index()].is_none() => {
                self.threshold(Label::Content, presets.threshold(favor))
            }
            _ => self,
        }
    }

    /// The label of a block for which the model decided `label` with these probabilities.
    pub fn decide(&self, label: Label, probabilities: &Probabilities) -> Label {
        let margin = |label: Label| self.thresholds[label.index()].map(|threshold| probabilities[label.index()] - threshold);
        let reached = Label::ALL.into_iter().filter(|label| margin(*label).is_some_and(|margin| margin >= 0.0));
        if let Some(best) = reached.max_by(|a, b| margin(*a).unwrap_or(0.0).total_cmp(&margin(*b).unwrap_or(0.0))) {
            return best;
        }
        if margin(label).is_none() {
            return label;
        }
        // The model's label misses its threshold: the likeliest label that has none, else navigation.
        let free = Label::ALL.into_iter().filter(|label| margin(*label).is_none());
        free.max_by(|a, b| probabilities[a.index()].total_cmp(&probabilities[b.index()])).unwrap_or(Label::Navigation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_favoured_moves_the_threshold_of_content() {
        let presets = Some(Presets { precision: 0.7, recall: 0.3 });
        let uncertain = [0.5, 0.1, 0.4, 0.0];
        let decide = |decision: Decision, label| decision.resolved(presets).decide(label, &uncertain);
        assert_eq!(decide(Decision::default(), Label::Content), Label::Content);
        assert_eq!(decide(Decision::default().favor(Favor::Precision), Label::Content), Label::Navigation);
        assert_eq!(decide(Decision::default().favor(Favor::Recall), Label::Navigation), Label::Content);
        let own = Decision::default().favor(Favor::Precision).threshold(Label::Content, 0.45);
        assert_eq!(decide(own, Label::Navigation), Label::Content);
        assert_eq!(Decision::default().favor(Favor::Recall).resolved(None).decide(Label::Navigation, &uncertain), Label::Navigation);
    }
}
