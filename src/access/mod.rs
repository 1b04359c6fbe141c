//! What a reader without an account may read of a page, and how much of its article the page holds.
//!
//! Takes a [`LabelledPage`](crate::LabelledPage), gathers [`Evidence`] (markup, page data, vendors, prompts, the shape of the text), and lets a small model
//! ([`PageModel`](crate::PageModel)) give an [`AccessVerdict`]. Disagreements between markup and text are evidence of their own. Judges the HTML as
//! it was served: what scripts do later, cookies and accounts are not known.

mod claims;
mod consent;
mod containers;
mod disagreement;
mod evidence;
pub(crate) mod features;
mod page_data;
mod shape;
mod signals;
mod vendors;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

pub(crate) use disagreement::Stance;
pub use evidence::{Evidence, EvidenceKind, Leaning};
pub(crate) use shape::words_of;
pub(crate) use signals::Signals;

/// What finds texts, all in lower case, in a page's source in lower case. To lower a source and then look for what stands in it as it stands is many
/// times as fast as to look whatever the case: only then can the search skip. None of the texts may hold another, so that all ways to count
/// matches are the same. `None` for texts of gigabytes alone.
fn finder<T: AsRef<[u8]>>(texts: impl IntoIterator<Item = T>) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostFirst).build(texts).ok()
}

/// Declares an enum whose variants have names in files, an order and a count.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$variant_meta])* $variant),* }

        impl $name {
            /// Every variant, in the order of probabilities and tables.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The variant with this name, or `None`.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.as_str() == name)
            }

            /// The variant's place in [`Self::ALL`].
            pub const fn index(self) -> usize {
                self as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use named;

named! {
    /// What the publisher lets a reader without an account read here.
    Access {
        /// The article is open. Offers, newsletter boxes and appeals for donations do not change that.
        Free "free",
        /// Open now, but counted: a number of free articles, days or visits is left.
        Metered "metered",
        /// Reading on takes a free account or a log-in.
        Registration "registration",
        /// Reading on takes payment, or the page is marked as for payers.
        Subscription "subscription",
        /// Reading on takes either consent to tracking or payment.
        ConsentOrPay "consent-or-pay",
        /// No article here (index, product, company page...), so the question does not arise.
        None "none",
    }
}

impl Access {
    /// Whether something stands between a reader and the article: neither free nor without an article.
    pub const fn is_gated(self) -> bool {
        !matches!(self, Self::Free | Self::None)
    }
}

named! {
    /// How much of the article the HTML holds.
    Completeness {
        /// All of it, whether or not it is hidden until payment.
        Complete "complete",
        /// Only its beginning.
        Teaser "teaser",
        /// A headline at most.
        Empty "empty",
    }
}

/// What is said of a page's access, and why.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccessVerdict {
    /// The verdict on access.
    pub access: Access,
    /// The probability of each access, in the order of [`Access::ALL`]; they sum to 1.
    pub access_probabilities: [f32; 6],
    /// The verdict on completeness.
    pub completeness: Completeness,
    /// The probability of each completeness, in the order of [`Completeness::ALL`]; they sum to 1.
    pub completeness_probabilities: [f32; 3],
    /// What speaks for or against, in the order of [`EvidenceKind`].
    pub evidence: Vec<Evidence>,
}

impl AccessVerdict {
    /// The probability that the page is gated: that it is neither free nor without an article.
    pub fn gated_probability(&self) -> f32 {
        Access::ALL.iter().filter(|access| access.is_gated()).map(|access| self.access_probabilities[access.index()]).sum()
    }
}
