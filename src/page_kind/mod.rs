//! What kind of page a page is: article, listing, product...
//!
//! Takes a [`LabelledPage`](crate::LabelledPage), gives a row of numbers for the model ([`PageModel`](crate::PageModel)) and names the kinds.
//! The kinds are those of the Web Content Extraction Benchmark. Knows nothing of access.

pub(crate) mod features;

use crate::access::named;

named! {
    /// The kind of a page.
    PageKind {
        /// One text: news, a blog post, an essay, a recipe.
        Article "article",
        /// Links to things with a line or two about each: search results, a section's front page, a job board.
        Listing "listing",
        /// One thing to buy.
        Product "product",
        /// A thread of posts, or questions and answers.
        Forum "forum",
        /// How something is used: reference, guide, manual.
        Documentation "documentation",
        /// What a company or institution does and offers.
        Service "service",
        /// A set of things gathered under one heading: a shop's category, a gallery, a catalogue.
        Collection "collection",
    }
}

/// The kind of a page and how sure that is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PageKindVerdict {
    /// The likeliest kind.
    pub kind: PageKind,
    /// The probability of each kind, in the order of [`PageKind::ALL`]; they sum to 1.
    pub probabilities: [f32; 7],
}

impl PageKindVerdict {
    /// The probability of the likeliest kind.
    pub fn probability(&self) -> f32 {
        self.probabilities[self.kind.index()]
    }

    /// The probability that the page has one text whose access is a question: an article, a thread, documentation.
    pub fn text_probability(&self) -> f32 {
        [PageKind::Article, PageKind::Forum, PageKind::Documentation].iter().map(|kind| self.probabilities[kind.index()]).sum()
    }
}
