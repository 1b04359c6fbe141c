//! What a corpus says of a block: the labels it may have, how far that is trusted, and where it comes from.
//!
//! Takes labels, gives [`Target`]. Knows nothing of pages or files.

use crate::label::Label;

/// A set of labels: a bit for each [`Label::index`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LabelSet(u8);

impl LabelSet {
    /// No label.
    pub const EMPTY: Self = Self(0);

    /// Every label.
    pub const ALL: Self = Self((1 << Label::COUNT) - 1);

    /// Every label but content: what a block is that gold text leaves out.
    pub const NOT_CONTENT: Self = Self::ALL.without(Label::Content);

    /// One label.
    pub const fn single(label: Label) -> Self {
        Self(1 << label.index())
    }

    /// The set and `label`.
    #[must_use]
    pub const fn with(self, label: Label) -> Self {
        Self(self.0 | 1 << label.index())
    }

    /// The set but `label`.
    #[must_use]
    pub const fn without(self, label: Label) -> Self {
        Self(self.0 & !(1 << label.index()))
    }

    /// Whether `label` is in the set.
    pub const fn contains(self, label: Label) -> bool {
        self.0 & (1 << label.index()) != 0
    }

    /// How many labels are in the set (0 to 4).
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether no label is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The label, if there is exactly one.
    pub fn as_single(self) -> Option<Label> {
        let mut labels = self.iter();
        labels.next().filter(|_| labels.next().is_none())
    }

    /// The labels in the order of [`Label::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Label> {
        Label::ALL.into_iter().filter(move |label| self.contains(*label))
    }
}

/// What a target was derived from, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetOrigin {
    /// A `data-sieve-label` attribute on the block's element or above it.
    Hand,
    /// The page's gold text, aligned with its blocks.
    GoldText,
    /// A text segment that the page's clean text must or must not hold.
    Segment,
}

impl TargetOrigin {
    /// How much a target of this origin counts beside one labelled by hand (1): 0.5 for those derived from text, which hold for the text
    /// but not surely for the block's kind (a caption within gold text becomes content).
    pub const fn weight(self) -> f32 {
        match self {
            Self::Hand => 1.0,
            Self::GoldText | Self::Segment => 0.5,
        }
    }
}

/// What a block is to be: one of `labels`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The labels the block may have; one if it was labelled by hand. Never empty.
    pub labels: LabelSet,
    /// How much the target counts, above 0 to 1.
    pub weight: f32,
    /// Where it comes from.
    pub origin: TargetOrigin,
}

impl Target {
    /// A target with its origin's weight.
    pub fn new(labels: LabelSet, origin: TargetOrigin) -> Self {
        Self { labels, weight: origin.weight(), origin }
    }

    /// The label, if a hand gave it: what scores of labels are counted over.
    pub fn hand_label(&self) -> Option<Label> {
        self.labels.as_single().filter(|_| self.origin == TargetOrigin::Hand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = LabelSet::EMPTY.with(Label::Caption).with(Label::SubscriptionPrompt);
        assert!(set.contains(Label::Caption) && !set.contains(Label::Content));
        assert_eq!(set.len(), 2);
        assert_eq!(set.as_single(), None);
        assert_eq!(set.without(Label::Caption).as_single(), Some(Label::SubscriptionPrompt));
        assert_eq!(LabelSet::NOT_CONTENT.iter().count(), 3);
        assert!(LabelSet::EMPTY.is_empty() && LabelSet::EMPTY.as_single().is_none());
        assert_eq!(LabelSet::single(Label::Content).as_single(), Some(Label::Content));
    }

    #[test]
    fn only_a_hand_gives_a_label_that_scores() {
        let content = LabelSet::single(Label::Content);
        assert_eq!(Target::new(content, TargetOrigin::Hand).hand_label(), Some(Label::Content));
        assert_eq!(Target::new(content, TargetOrigin::GoldText).hand_label(), None);
    }
}
