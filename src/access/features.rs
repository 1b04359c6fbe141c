//! The numbers that the access model sees.
//!
//! Takes [`Signals`], gives a row of named numbers, each with the kind of evidence it belongs to. All are between 0 and 1 or small counts, so that
//! one strength of regularisation fits all.

use super::claims::Tier;
use super::containers::Marks;
use super::evidence::EvidenceKind;
use super::page_data::Says;
use super::signals::{PlacedPrompt, Signals};
use super::vendors::Role;
use crate::prompt_kind::PromptKind;

/// Declares the columns: constant, name, kind of evidence, meaning.
macro_rules! columns {
    ($($constant:ident $name:literal $kind:ident $doc:literal;)*) => {
        #[derive(Clone, Copy)]
        #[expect(clippy::upper_case_acronyms, non_camel_case_types, reason = "the names become the constants below")]
        enum Number { $($constant),* }
        $(#[doc = $doc] const $constant: usize = Number::$constant as usize;)*
        /// The columns: name, kind, meaning.
        pub(crate) const COLUMNS: &[Column] = &[$(Column { name: $name, kind: EvidenceKind::$kind, doc: $doc }),*];
    };
}

/// A column of the access model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: EvidenceKind,
    pub(crate) doc: &'static str,
}

columns! {
    SAYS_GATED "markup_gated" Markup "the article's isAccessibleForFree is false";
    SAYS_OPEN "markup_open" Markup "the article's isAccessibleForFree is true";
    PART_FOUND "part_found" Markup "a selector of a part that is not free names text of the article";
    PART_MISSED "part_missed" Markup "selectors of parts that are not free name no text of the article";
    TIER_FREE "tier_free" Markup "article:content_tier is free";
    TIER_METERED "tier_metered" Markup "article:content_tier is metered";
    TIER_LOCKED "tier_locked" Markup "article:content_tier is locked";
    FIRST_GATED "data_first_gated" PageData "the first flag of the page's data says gated";
    FIRST_OPEN "data_first_open" PageData "the first flag of the page's data says open";
    GATED_SHARE "data_gated_share" PageData "share of the flags that say gated";
    ANY_METERED "data_metered" PageData "a flag says metered";
    TEXT_GATED "text_gated" PageData "share of the text in elements named as gated";
    TEXT_METERED "text_metered" PageData "text in elements named as metered";
    TEXT_OPEN "text_open" PageData "text in elements named as open";
    VENDOR "vendor" Vendor "a vendor of paywalls";
    CONSENT_VENDOR "consent_vendor" Vendor "a vendor that sells the way around consent";
    PLATFORM "platform" Vendor "a platform with memberships";
    WALL_INSIDE "wall_inside" Prompt "visible wall prompts in or after the text, at most 3, as a share of 3";
    WALL_HIDDEN "wall_hidden" Prompt "hidden wall prompts anywhere";
    WALL_ELSEWHERE "wall_elsewhere" Prompt "visible wall prompts before the text or far behind it";
    WALL_BOX "wall_box" Prompt "prompts in a box named as a wall, in or after the text";
    METER "meter" Prompt "prompts that count articles";
    METER_TEMPLATE "meter_template" Prompt "templates of such prompts, never filled in";
    REGISTRATION_WALL "registration_wall" Prompt "prompts that speak of an account and of reading on";
    REGISTRATION_INSIDE "registration_inside" Prompt "prompts for an account in or after the text";
    CONSENT "consent" Prompt "prompts that offer consent or payment";
    OFFER_INSIDE "offer_inside" Prompt "visible offers in or after the text";
    DONATION "donation" Prompt "prompts for donations";
    EARLY_WALL "early_wall" Prompt "a visible wall prompt after at most 250 words of text, and nothing after it";
    AFTER_WALL "after_wall" Text "share of the text behind the first visible wall prompt";
    SHORT "short" Text "a text of fewer than 120 words";
    HIDDEN "hidden" Text "share of the text that is hidden";
    BREAKS_OFF "breaks_off" Text "the text ends with an ellipsis or within a sentence";
    ELLIPSIS "ellipsis" Text "the text ends with an ellipsis";
    READ_ON "read_on" Text "a link to the rest after the text";
    NEXT_PAGE "next_page" Text "a pager to a second page";
    MISSING_WORDS "missing_words" Text "the text has less than half the words that JSON-LD counts";
    FEW_WORDS "few_words" Text "how far the text is below 300 words, as a share";
}

/// The width of a row.
pub(crate) const WIDTH: usize = COLUMNS.len();

/// A page's row.
pub(crate) fn row(signals: &Signals<'_>) -> [f32; WIDTH] {
    let mut row = [0.0; WIDTH];
    markup(signals, &mut row);
    page_data(signals, &mut row);
    prompts(signals, &mut row);
    text(signals, &mut row);
    row
}

fn flag(on: bool) -> f32 {
    f32::from(u8::from(on))
}

fn markup(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let claims = &signals.claims;
    let free = claims.json_ld.or(claims.microdata);
    row[SAYS_GATED] = flag(free == Some(false));
    row[SAYS_OPEN] = flag(free == Some(true));
    row[PART_FOUND] = flag(signals.marks.selected > 0.0);
    row[PART_MISSED] = flag(!claims.selectors.is_empty() && signals.marks.selected <= 0.0);
    for (column, tier) in [(TIER_FREE, Tier::Free), (TIER_METERED, Tier::Metered), (TIER_LOCKED, Tier::Locked)] {
        row[column] = flag(claims.tier == Some(tier));
    }
}

fn page_data(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let first = signals.data.flags.first().map(|flag| flag.says);
    row[FIRST_GATED] = flag(matches!(first, Some(Says::Gated | Says::Metered)));
    row[FIRST_OPEN] = flag(first == Some(Says::Open));
    let gated = signals.data.count(Says::Gated) + signals.data.count(Says::Metered);
    row[GATED_SHARE] = gated as f32 / signals.data.flags.len().max(1) as f32;
    row[ANY_METERED] = flag(signals.data.count(Says::Metered) > 0);
    row[TEXT_GATED] = signals.share(signals.marks.gated);
    row[TEXT_METERED] = flag(signals.marks.metered > 0.0);
    row[TEXT_OPEN] = flag(signals.marks.open > 0.0);
    row[VENDOR] = flag(signals.has_role(Role::Paywall));
    row[CONSENT_VENDOR] = flag(signals.has_role(Role::ConsentOrPay));
    row[PLATFORM] = flag(signals.has_role(Role::Platform));
}

fn prompts(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let count = |which: &dyn Fn(&PlacedPrompt) -> bool| signals.prompts.iter().filter(|placed| which(placed)).count();
    let few = |which: &dyn Fn(&PlacedPrompt) -> bool| count(which).min(3) as f32 / 3.0;
    let any = |which: &dyn Fn(&PlacedPrompt) -> bool| flag(count(which) > 0);
    let is = |placed: &PlacedPrompt, kind: PromptKind| placed.prompt.kind == kind;
    let says = |placed: &PlacedPrompt, kind: PromptKind| placed.prompt.said.has(kind);
    row[WALL_INSIDE] = few(&|p| says(p, PromptKind::Wall) && p.inside && !p.hidden);
    row[WALL_HIDDEN] = any(&|p| says(p, PromptKind::Wall) && p.hidden);
    row[WALL_ELSEWHERE] = any(&|p| says(p, PromptKind::Wall) && !p.inside && !p.hidden);
    row[WALL_BOX] = any(&|p| p.marks.has(Marks::WALL) && p.inside);
    row[METER] = few(&|p| says(p, PromptKind::MeterCount));
    row[METER_TEMPLATE] = any(&|p| says(p, PromptKind::MeterCount) && p.prompt.said.template);
    row[REGISTRATION_WALL] = any(&|p| says(p, PromptKind::Registration) && says(p, PromptKind::Wall));
    row[REGISTRATION_INSIDE] = few(&|p| is(p, PromptKind::Registration) && p.inside);
    row[CONSENT] = any(&|p| says(p, PromptKind::ConsentOrPay));
    row[OFFER_INSIDE] = few(&|p| is(p, PromptKind::Offer) && p.inside && !p.hidden);
    row[DONATION] = any(&|p| is(p, PromptKind::Donation));
    let wall = signals.prompts.iter().find(|p| says(p, PromptKind::Wall) && !p.hidden && p.words_before > 0.0);
    row[EARLY_WALL] = flag(wall.is_some_and(|p| p.words_before <= 250.0 && signals.shape.words - p.words_before < 10.0));
    row[AFTER_WALL] = wall.map_or(0.0, |p| 1.0 - signals.share(p.words_before));
}

fn text(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let shape = &signals.shape;
    row[SHORT] = flag(shape.words < 120.0);
    row[HIDDEN] = signals.share(shape.hidden_words);
    row[BREAKS_OFF] = flag(shape.ellipsis || shape.unfinished);
    row[ELLIPSIS] = flag(shape.ellipsis);
    row[READ_ON] = flag(shape.read_on);
    row[NEXT_PAGE] = flag(shape.next_page);
    let told = signals.claims.word_count.max(signals.claims.body_words);
    row[MISSING_WORDS] = flag(told.is_some_and(|words| words >= 60 && shape.words < 0.5 * words as f32));
    row[FEW_WORDS] = (1.0 - shape.words / 300.0).max(0.0);
}
