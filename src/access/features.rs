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
        $(const $constant: usize = Number::$constant as usize;)*
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
    SAYS_GATED "markup_gated" Markup "content_tier is not free, or, without a tier, isAccessibleForFree is false";
    SAYS_OPEN "markup_open" Markup "content_tier is free, or, without a tier, isAccessibleForFree is true";
    FLAG_AGAINST "flag_against_tier" Markup "isAccessibleForFree is false, content_tier free";
    PART_FOUND "part_found" Markup "a selector of a part that is not free names text of the article";
    PART_MISSED "part_missed" Markup "selectors of parts that are not free name no text of the article";
    TIER "tier" Markup "article:content_tier is metered or locked";
    TIER_LOCKED "tier_locked" Markup "article:content_tier is locked";
    FIRST_GATED "data_first_gated" PageData "the first flag of the page's data says gated";
    FIRST_OPEN "data_first_open" PageData "the first flag of the page's data says open";
    GATED_SHARE "data_gated_share" PageData "share of the flags that say gated";
    ANY_METERED "data_metered" PageData "a flag says metered, or text stands in an element named as metered";
    TEXT_GATED "text_gated" PageData "share of the text in elements named as gated";
    TEXT_HIDDEN "text_gated_hidden" PageData "a part of the text is hidden and stands in an element named as gated";
    TEXT_OPEN "text_open" PageData "text in elements named as open";
    VENDOR "vendor" Vendor "a vendor of paywalls";
    CONSENT "consent" Vendor "a vendor that sells the way around consent, or a visible prompt for consent or payment";
    CONSENT_WALL "consent_wall" Prompt "consent and payment offered side by side, or a vendor of the way around consent and a prompt that speaks of it";
    PLATFORM "platform" Vendor "a platform with memberships";
    PROMPT_SIGN "prompt_sign" Prompt "at least one of: wall_inside, wall_box, meter, registration_wall, premium_mark";
    WALL_INSIDE "wall_inside" Prompt "visible wall prompts around or in the text, at most 3, as a share of 3";
    WALL_UNLABELLED "wall_unlabelled" Prompt "blocks around or in the text that read like a wall and are labelled navigation";
    WALL_HIDDEN "wall_hidden" Prompt "hidden wall prompts anywhere";
    WALL_ELSEWHERE "wall_elsewhere" Prompt "visible wall prompts far from the text";
    WALL_BOX "wall_box" Prompt "prompts in a box named as a wall, around or in the text";
    METER "meter" Prompt "prompts that count articles, at most 3, as a share of 3";
    METER_TEMPLATE "meter_template" Prompt "templates of such prompts, never filled in";
    REGISTRATION_WALL "registration_wall" Prompt "blocks that speak of an account and of reading on";
    REGISTRATION_INSIDE "registration_inside" Prompt "prompts for an account around or in the text, at most 3, as a share of 3";
    OFFER_INSIDE "offer_inside" Prompt "visible offers around or in the text, at most 3, as a share of 3";
    PREMIUM_MARK "premium_mark" Prompt "a mark near the headline that the article is for payers";
    DONATION "donation" Prompt "prompts for donations";
    WALL_AT_END "wall_at_end" Text "a visible wall prompt right behind the last paragraph";
    SHORT_WALL "short_wall" Text "wall_at_end, and a text of at most 250 words";
    CUT_SIGN "cut_sign" Text "next_page, read_out, or wall_at_end with a prompt to log in, or with markup of a gated part that is not there";
    SHORT "short" Text "a text of fewer than 120 words";
    HIDDEN "hidden" Text "share of the text that is hidden";
    BREAKS_OFF "breaks_off" Text "the text ends with an ellipsis, within a sentence or with a heading";
    ELLIPSIS "ellipsis" Text "the text ends with an ellipsis";
    READ_ON "read_on" Text "a link to the rest after the text";
    READ_OUT "read_out" Text "a link in or after a text of at most 400 words to its rest on another site";
    NEXT_PAGE "next_page" Text "a pager to a second page";
    MISSING_WORDS "missing_words" Text "the text has less than half the words that JSON-LD counts";
    FEW_WORDS "few_words" Text "how far the text is below 300 words, as a share";
}

/// The columns that the question of teasers is answered by: there are too few teasers to learn more weights from.
pub(crate) const TEASER_COLUMNS: [usize; 4] = [CUT_SIGN, BREAKS_OFF, MISSING_WORDS, SHORT];

/// Whether a row's page stands behind a choice between consent and payment.
pub(crate) fn stands_behind_consent(row: &[f32; WIDTH]) -> bool {
    row[CONSENT_WALL] > 0.0
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
    row[SAYS_GATED] = flag(claims.free() == Some(false));
    row[SAYS_OPEN] = flag(claims.free() == Some(true));
    row[FLAG_AGAINST] = flag(claims.tier == Some(Tier::Free) && claims.json_ld == Some(false));
    row[PART_FOUND] = flag(signals.marks.selected > 0.0);
    row[PART_MISSED] = flag(!claims.selectors.is_empty() && signals.marks.selected <= 0.0);
    row[TIER] = flag(matches!(claims.tier, Some(Tier::Metered | Tier::Locked)));
    row[TIER_LOCKED] = flag(claims.tier == Some(Tier::Locked));
}

fn page_data(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let first = signals.data.flags.first().map(|flag| flag.says);
    row[FIRST_GATED] = flag(matches!(first, Some(Says::Gated | Says::Metered)));
    row[FIRST_OPEN] = flag(first == Some(Says::Open));
    let gated = signals.data.count(Says::Gated) + signals.data.count(Says::Metered);
    row[GATED_SHARE] = gated as f32 / signals.data.flags.len().max(1) as f32;
    row[ANY_METERED] = flag(signals.data.count(Says::Metered) > 0 || signals.marks.metered > 0.0);
    row[TEXT_GATED] = signals.share(signals.marks.gated);
    row[TEXT_HIDDEN] = flag(signals.hides_gated_text());
    row[TEXT_OPEN] = flag(signals.marks.open > 0.0);
    row[VENDOR] = flag(signals.has_role(Role::Paywall));
    row[CONSENT] = flag(signals.asks_for_consent());
    row[CONSENT_WALL] = flag(signals.stands_behind_consent());
    row[PLATFORM] = flag(signals.has_role(Role::Platform));
}

fn prompts(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let count = |which: &dyn Fn(&PlacedPrompt) -> bool| signals.prompts.iter().filter(|placed| which(placed)).count();
    let few = |which: &dyn Fn(&PlacedPrompt) -> bool| count(which).min(3) as f32 / 3.0;
    let any = |which: &dyn Fn(&PlacedPrompt) -> bool| flag(count(which) > 0);
    let is = |placed: &PlacedPrompt, kind: PromptKind| placed.labelled && placed.prompt.kind == kind;
    let says = |placed: &PlacedPrompt, kind: PromptKind| placed.prompt.said.has(kind);
    let wall = |placed: &PlacedPrompt| placed.labelled && says(placed, PromptKind::Wall);
    row[WALL_INSIDE] = few(&|p| wall(p) && p.inside && !p.hidden);
    row[WALL_UNLABELLED] = any(&|p| !p.labelled && says(p, PromptKind::Wall) && p.inside && !p.hidden);
    row[WALL_HIDDEN] = any(&|p| wall(p) && p.hidden);
    row[WALL_ELSEWHERE] = any(&|p| wall(p) && !p.inside && !p.hidden);
    row[WALL_BOX] = any(&|p| p.marks.has(Marks::WALL) && p.inside);
    row[METER] = few(&|p| says(p, PromptKind::MeterCount));
    row[METER_TEMPLATE] = any(&|p| says(p, PromptKind::MeterCount) && p.prompt.said.template);
    row[REGISTRATION_WALL] = any(&|p| says(p, PromptKind::Registration) && says(p, PromptKind::Wall));
    row[REGISTRATION_INSIDE] = few(&|p| is(p, PromptKind::Registration) && p.inside);
    row[OFFER_INSIDE] = few(&|p| is(p, PromptKind::Offer) && p.inside && !p.hidden);
    row[PREMIUM_MARK] = flag(signals.premium_mark.is_some());
    row[DONATION] = any(&|p| is(p, PromptKind::Donation));
    row[PROMPT_SIGN] = flag([WALL_INSIDE, WALL_BOX, METER, REGISTRATION_WALL, PREMIUM_MARK].iter().any(|sign| row[*sign] > 0.0));
}

fn text(signals: &Signals<'_>, row: &mut [f32; WIDTH]) {
    let shape = &signals.shape;
    let at_end = signals.ends_at_wall();
    row[WALL_AT_END] = flag(at_end);
    row[SHORT_WALL] = flag(at_end && shape.run_words <= 250.0);
    row[SHORT] = flag(shape.words < 120.0);
    row[HIDDEN] = signals.share(shape.hidden_words);
    row[BREAKS_OFF] = flag(shape.ellipsis || shape.unfinished || shape.heading_last);
    row[ELLIPSIS] = flag(shape.ellipsis);
    row[READ_ON] = flag(shape.read_on);
    row[NEXT_PAGE] = flag(shape.next_page);
    let told = signals.claims.word_count.max(signals.claims.body_words);
    row[MISSING_WORDS] = flag(told.is_some_and(|words| words >= 60 && shape.words < 0.5 * words as f32));
    row[FEW_WORDS] = (1.0 - shape.words / 300.0).max(0.0);
    row[READ_OUT] = flag(shape.read_out);
    // A wall lets subscribers in; an offer behind a whole article seldom speaks of logging in.
    let walled = at_end && [REGISTRATION_WALL, REGISTRATION_INSIDE, PART_MISSED].iter().any(|sign| row[*sign] > 0.0);
    row[CUT_SIGN] = flag(walled || shape.next_page || shape.read_out);
}
