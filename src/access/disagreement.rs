//! Where markup and text do not agree.
//!
//! Takes what the markup and the page's data say ([`Stance`]) and the verdict, gives evidence of the kind `disagreement`. Says that there is one,
//! not who is right: that is the verdict.

use super::claims::Tier;
use super::evidence::{Evidence, EvidenceKind, Leaning};
use super::page_data::Says;
use super::signals::Signals;
use super::{Access, Completeness};

/// What markup and page data say of access.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Stance {
    /// What the markup as a whole says.
    pub(crate) free: Option<bool>,
    /// `isAccessibleForFree` alone.
    pub(crate) flag: Option<bool>,
    tier: Option<Tier>,
    against_itself: bool,
    open_flags: usize,
    gated_flags: usize,
    /// What of the page itself speaks against markup that says free, and how.
    against_free: [Option<(&'static str, &'static str)>; 3],
    /// Words of the text.
    pub(crate) words: f32,
}

impl Stance {
    pub(crate) fn of(signals: &Signals<'_>) -> Self {
        let claims = &signals.claims;
        let against = |name, value, found: bool| found.then_some((name, value));
        Self {
            free: claims.free(),
            flag: claims.json_ld.or(claims.microdata),
            tier: claims.tier,
            against_itself: claims.json_ld_disagrees,
            open_flags: signals.data.count(Says::Open),
            gated_flags: signals.data.count(Says::Gated) + signals.data.count(Says::Metered),
            against_free: [
                against(
                    "markup says free, a prompt or vendor asks for consent or payment",
                    "consent-or-pay",
                    signals.stands_behind_consent(),
                ),
                against("markup says free, hidden text stands in elements named as gated", "hidden", signals.hides_gated_text()),
                against("markup says free, the text ends at a wall", "wall", signals.ends_at_wall()),
            ],
            words: signals.shape.words,
        }
    }

    /// The disagreements, with what each side says.
    pub(crate) fn disagreements(&self, access: Access, completeness: Completeness) -> Vec<Evidence> {
        let mut list = Vec::new();
        let mut add = |name: &str, value: String| list.push(Evidence::new(EvidenceKind::Disagreement, name, value, Leaning::Neutral));
        match self.free {
            Some(true) if access.is_gated() => add("markup says free, the verdict does not", access.to_string()),
            Some(false) if !access.is_gated() => add("markup says not free, the verdict does not", access.to_string()),
            _ => {}
        }
        if let Some((tier, flag)) = self.tier.zip(self.flag)
            && (tier == Tier::Free) != flag
        {
            add("content_tier and isAccessibleForFree", format!("{} and {flag}", tier.as_str()));
        }
        if self.against_itself {
            add("isAccessibleForFree and isAccessibleForFree", "true and false in one page".to_owned());
        }
        match self.free {
            Some(false) if self.open_flags > 0 && self.gated_flags == 0 => {
                add("markup says not free, page data say open", format!("{} flags", self.open_flags));
            }
            Some(true) if self.gated_flags > 0 && self.open_flags == 0 => {
                add("markup says free, page data say gated", format!("{} flags", self.gated_flags));
            }
            _ => {}
        }
        if self.free == Some(true) {
            for (name, value) in self.against_free.into_iter().flatten() {
                add(name, value.to_owned());
            }
        }
        if self.free == Some(true) && completeness == Completeness::Teaser {
            add("markup says free, the text breaks off", format!("{:.0} words", self.words));
        }
        list
    }
}
