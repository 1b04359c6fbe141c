//! One piece of evidence about access.
//!
//! Takes nothing, gives [`Evidence`] and its kinds. Knows nothing of how it is found or weighed.

use serde::Serialize;

use super::named;

named! {
    /// Where evidence comes from. The ablation of the reports leaves out one kind at a time.
    EvidenceKind {
        /// schema.org's `isAccessibleForFree` with `hasPart`, `article:content_tier`.
        Markup "markup",
        /// Flags such as `isPremium` in the page's scripts and attributes, and what classes around the text say.
        PageData "page-data",
        /// Scripts and classes of vendors of paywalls and consent walls.
        Vendor "vendor",
        /// Subscription-prompt blocks, by kind and place.
        Prompt "prompt",
        /// The text: its length, where it breaks off, what is hidden.
        Text "text",
        /// Markup and text, or two parts of the markup, do not agree.
        Disagreement "disagreement",
    }
}

named! {
    /// What evidence speaks for.
    Leaning {
        /// The page is gated.
        Gated "gated",
        /// The page is open.
        Open "open",
        /// The article is all there.
        Complete "complete",
        /// The article breaks off.
        Teaser "teaser",
        /// Neither.
        Neutral "neutral",
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// Where it comes from.
    pub kind: EvidenceKind,
    /// What was found: `isAccessibleForFree`, `content_tier`, a vendor's name, `wall`...
    pub name: String,
    /// Its value, count or place in words.
    pub value: String,
    /// What it speaks for.
    pub says: Leaning,
    /// The block it was found in, if it was found in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<usize>,
}

impl Evidence {
    pub(crate) fn new(kind: EvidenceKind, name: impl Into<String>, value: impl Into<String>, says: Leaning) -> Self {
        Self { kind, name: name.into(), value: value.into(), says, block: None }
    }

    pub(crate) fn at(mut self, block: usize) -> Self {
        self.block = Some(block);
        self
    }
}
