//! Where markup and text do not agree.
//!
//! Takes [`Signals`] and the verdict, gives evidence of the kind `disagreement`. Says that there is one, not who is right: that is the verdict.

use super::claims::Tier;
use super::evidence::{Evidence, EvidenceKind, Leaning};
use super::page_data::Says;
use super::signals::Signals;
use super::{Access, Completeness};

impl Signals<'_> {
    /// The disagreements, with what each side says.
    pub(super) fn disagreements(&self, access: Access, completeness: Completeness) -> Vec<Evidence> {
        let mut list = Vec::new();
        let mut add = |name: &str, value: String| list.push(Evidence::new(EvidenceKind::Disagreement, name, value, Leaning::Neutral));
        let gated = access.is_gated();
        match self.claims.free() {
            Some(true) if gated => add("markup says free, page is not", format!("verdict {access}")),
            Some(false) if !gated => add("markup says not free, page is open", format!("verdict {access}")),
            _ => {}
        }
        let flag = self.claims.json_ld.or(self.claims.microdata);
        if let Some((tier, flag)) = self.claims.tier.zip(flag)
            && (tier == Tier::Free) != flag
        {
            add("content_tier against isAccessibleForFree", format!("{} against {flag}", tier.as_str()));
        }
        if self.claims.json_ld_disagrees {
            add("isAccessibleForFree against itself", "true and false in one page".to_owned());
        }
        let (open, closed) = (self.data.count(Says::Open), self.data.count(Says::Gated) + self.data.count(Says::Metered));
        match self.claims.free() {
            Some(false) if open > 0 && closed == 0 => add("page data say open, markup does not", format!("{open} flags")),
            Some(true) if closed > 0 && open == 0 => add("page data say gated, markup does not", format!("{closed} flags")),
            _ => {}
        }
        if self.claims.free() == Some(true) && completeness == Completeness::Teaser {
            add("markup says free, text breaks off", format!("{:.0} words", self.shape.words));
        }
        list
    }
}
