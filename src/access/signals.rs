//! Everything that bears on access, gathered once from a labelled page.
//!
//! Takes a [`LabelledPage`] and its declarations, gives [`Signals`]: what `features` makes numbers of and [`Signals::evidence`] puts into
//! words.

use super::claims::{Claims, Tier};
use super::consent::consent_wall;
use super::containers::{Containers, Marks};
use super::evidence::{Evidence, EvidenceKind, Leaning};
use super::page_data::{Flag, PageData, Says};
use super::shape::{Shape, words_of};
use super::vendors::{Role, Vendor, vendors};
use crate::classify::LabelledPage;
use crate::declared::Declared;
use crate::label::Label;
use crate::prompt_kind::{Prompt, PromptKind, Said, prompts};

/// At most so many prompts and flags are listed as evidence.
const LISTED: usize = 6;

/// A prompt, or a block that reads like one though its label is another, and where it stands.
#[expect(clippy::struct_excessive_bools, reason = "each is an observation by itself, true of a prompt or not")]
#[derive(Debug, Clone, Copy)]
pub(super) struct PlacedPrompt {
    pub(super) prompt: Prompt,
    /// Whether its label is that of a prompt.
    pub(super) labelled: bool,
    pub(super) hidden: bool,
    /// Names of the elements around it.
    pub(super) marks: Marks,
    /// Between the first and a few blocks after the last paragraph of the text.
    pub(super) inside: bool,
    /// Within a few blocks after the last paragraph.
    pub(super) at_end: bool,
}

/// What the names of elements around the text say, in words of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TextMarks {
    pub(super) gated: f32,
    pub(super) metered: f32,
    pub(super) open: f32,
    pub(super) selected: f32,
}

/// What bears on access.
#[derive(Debug)]
pub(crate) struct Signals<'a> {
    pub(super) claims: Claims,
    pub(super) data: PageData<'a>,
    pub(super) vendors: Vec<Vendor>,
    pub(super) prompts: Vec<PlacedPrompt>,
    pub(super) marks: TextMarks,
    /// The block near the headline that marks the article as for payers.
    pub(super) premium_mark: Option<usize>,
    /// The block in which consent and payment are offered as the two ways in.
    consent_wall: Option<usize>,
    pub(crate) shape: Shape,
}

/// A prompt this many blocks before or after the text still belongs to it.
const BEFORE: usize = 6;
const AFTER: usize = 8;

/// Blocks labelled navigation are read as prompts up to this many bytes.
const LONGEST_ASK: usize = 320;

/// What marks an article as for payers, as the whole of a short block near its headline or the end of one.
const PREMIUM_MARKS: [&str; 20] = [
    "premium",
    "subscribers only",
    "subscriber only",
    "subscriber exclusive",
    "for subscribers",
    "members only",
    "abonnés",
    "réservé aux abonnés",
    "plus",
    "article abonné",
    "exclusivo suscriptores",
    "solo suscriptores",
    "per abbonati",
    "contenuto per abbonati",
    "für abonnenten",
    "nur für abonnenten",
    "exklusiv für abonnenten",
    "有料会員限定",
    "会員限定",
    "유료",
];
/// A mark stands this near to the headline, in blocks.
const NEAR_HEADLINE: usize = 4;

impl<'a> Signals<'a> {
    pub(crate) fn of(page: &'a LabelledPage, declared: &Declared<'_>) -> Self {
        let source = page.page().dom().map_or("", crate::dom::Dom::source);
        let lower = source.to_ascii_lowercase();
        let claims = Claims::of(declared);
        let mut containers = Containers::new(&claims.selectors);
        let shape = Shape::of(page);
        let marks = text_marks(page, &mut containers);
        let prompts = placed(page, &shape, &mut containers);
        Self {
            claims,
            data: PageData::of(source, &lower),
            vendors: vendors(&lower),
            prompts,
            marks,
            premium_mark: premium_mark(page),
            consent_wall: consent_wall(page),
            shape,
        }
    }

    pub(super) fn has_role(&self, role: Role) -> bool {
        self.vendors.iter().any(|vendor| vendor.role == role)
    }

    /// A vendor that sells the way around consent, or a visible prompt for consent or payment.
    pub(super) fn asks_for_consent(&self) -> bool {
        let asked = self.prompts.iter().any(|placed| placed.prompt.said.has(PromptKind::ConsentOrPay) && !placed.hidden);
        asked || self.has_role(Role::ConsentOrPay)
    }

    /// Both ways are offered side by side, or a vendor of the way around consent is there and the page speaks of it.
    pub(super) fn stands_behind_consent(&self) -> bool {
        let asked = self.prompts.iter().any(|placed| placed.prompt.said.has(PromptKind::ConsentOrPay) && !placed.hidden);
        self.consent_wall.is_some() || (asked && self.has_role(Role::ConsentOrPay))
    }

    /// A part of the text is hidden, and a part stands in elements named as gated.
    pub(super) fn hides_gated_text(&self) -> bool {
        self.marks.gated > 0.0 && self.share(self.shape.hidden_words) > 0.1
    }

    /// A visible wall right behind the last paragraph.
    pub(super) fn ends_at_wall(&self) -> bool {
        self.prompts.iter().any(|placed| placed.prompt.said.has(PromptKind::Wall) && !placed.hidden && placed.at_end)
    }

    /// The share of the text's words in elements with a mark.
    pub(super) fn share(&self, words: f32) -> f32 {
        if self.shape.words > 0.0 { (words / self.shape.words).min(1.0) } else { 0.0 }
    }

    /// The evidence in words, by kind.
    pub(crate) fn evidence(&self) -> Vec<Evidence> {
        let mut list = Vec::new();
        self.markup_evidence(&mut list);
        self.data_evidence(&mut list);
        for vendor in &self.vendors {
            list.push(Evidence::new(EvidenceKind::Vendor, vendor.name, vendor.role.as_str(), Leaning::Neutral));
        }
        self.prompt_evidence(&mut list);
        self.mark_evidence(&mut list);
        if self.stands_behind_consent() {
            let value = if self.consent_wall.is_some() { "both ways side by side" } else { "a vendor's script, and the page speaks of it" };
            let evidence = Evidence::new(EvidenceKind::Prompt, "choice between consent and payment", value, Leaning::Gated);
            list.push(self.consent_wall.map_or(evidence.clone(), |block| evidence.at(block)));
        }
        self.text_evidence(&mut list);
        list
    }

    fn markup_evidence(&self, list: &mut Vec<Evidence>) {
        let mut add = |name: &str, value: &str, says: Leaning| list.push(Evidence::new(EvidenceKind::Markup, name, value, says));
        let lean = |free: bool| if free { Leaning::Open } else { Leaning::Gated };
        for (name, free) in [("json-ld isAccessibleForFree", self.claims.json_ld), ("microdata isAccessibleForFree", self.claims.microdata)]
        {
            if let Some(free) = free {
                add(name, if free { "true" } else { "false" }, lean(free));
            }
        }
        if let Some(tier) = self.claims.tier {
            add("article:content_tier", tier.as_str(), lean(tier == Tier::Free));
        }
        if !self.claims.selectors.is_empty() {
            let share = self.share(self.marks.selected);
            let value = format!("{}: {:.0}% of the text", self.claims.selectors.join(", "), 100.0 * share);
            add("hasPart cssSelector", &value, if share > 0.0 { Leaning::Gated } else { Leaning::Neutral });
        }
    }

    fn data_evidence(&self, list: &mut Vec<Evidence>) {
        let mut named: Vec<(&str, &str)> = Vec::new();
        for Flag { key, value, says } in &self.data.flags {
            if named.len() < LISTED && !named.contains(&(key, value)) {
                named.push((key, value));
                let says = if *says == Says::Open { Leaning::Open } else { Leaning::Gated };
                list.push(Evidence::new(EvidenceKind::PageData, *key, *value, says));
            }
        }
        let marks = [
            ("text in elements named as gated", self.marks.gated, Leaning::Gated),
            ("text in elements named as metered", self.marks.metered, Leaning::Gated),
            ("text in elements named as open", self.marks.open, Leaning::Open),
        ];
        for (name, words, says) in marks {
            if words > 0.0 {
                let value = format!("{:.0}% of the text", 100.0 * self.share(words));
                list.push(Evidence::new(EvidenceKind::PageData, name, value, says));
            }
        }
    }

    fn prompt_evidence(&self, list: &mut Vec<Evidence>) {
        for kind in PromptKind::ALL {
            let of_kind = || self.prompts.iter().filter(|placed| placed.prompt.kind == *kind);
            // The best placed prompt of the kind speaks for all of them.
            let Some(best) = of_kind().find(|placed| placed.inside && !placed.hidden).or_else(|| of_kind().next()) else { continue };
            let mut value = format!("{} of {} in or after the text", of_kind().filter(|placed| placed.inside).count(), of_kind().count());
            if best.hidden {
                value.push_str(", hidden");
            }
            if !best.labelled {
                value.push_str(", labelled navigation");
            }
            if of_kind().any(|placed| placed.prompt.said.template) {
                value.push_str(", template not filled in");
            }
            let gates = matches!(kind, PromptKind::Wall | PromptKind::MeterCount | PromptKind::ConsentOrPay);
            let says = if gates && best.inside { Leaning::Gated } else { Leaning::Neutral };
            list.push(Evidence::new(EvidenceKind::Prompt, kind.as_str(), value, says).at(best.prompt.index));
        }
    }

    fn mark_evidence(&self, list: &mut Vec<Evidence>) {
        if let Some(block) = self.premium_mark {
            list.push(Evidence::new(EvidenceKind::Prompt, "mark near the headline", "for payers", Leaning::Gated).at(block));
        }
    }

    fn text_evidence(&self, list: &mut Vec<Evidence>) {
        let shape = &self.shape;
        let mut add = |name: &str, value: String, says: Leaning| list.push(Evidence::new(EvidenceKind::Text, name, value, says));
        add("words", format!("{:.0}", shape.words), Leaning::Neutral);
        if shape.hidden_words > 0.0 {
            add("hidden", format!("{:.0}% of the text", 100.0 * self.share(shape.hidden_words)), Leaning::Gated);
        }
        for (name, count) in [("json-ld wordCount", self.claims.word_count), ("json-ld articleBody words", self.claims.body_words)] {
            if let Some(count) = count {
                let says = if shape.words < 0.5 * count as f32 { Leaning::Teaser } else { Leaning::Complete };
                add(name, count.to_string(), says);
            }
        }
        let signs = [
            ("ends with an ellipsis", shape.ellipsis),
            ("ends within a sentence", shape.unfinished),
            ("ends with a heading", shape.heading_last),
            ("link to the rest after the text", shape.read_on),
            ("link to the rest on another site", shape.read_out),
            ("pager to a second page", shape.next_page),
        ];
        for (name, found) in signs {
            if found {
                add(name, "yes".to_owned(), Leaning::Teaser);
            }
        }
    }
}

/// Words of the text by mark.
fn text_marks(page: &LabelledPage, containers: &mut Containers) -> TextMarks {
    let mut marks = TextMarks::default();
    for block in page.iter() {
        if block.label != Label::Content || block.tag() == "h1" {
            continue;
        }
        let words = words_of(block.text());
        // The text's own element: a part of a paragraph may be gated while the block's owner is not.
        let node = block.element().map(|owner| innermost(page, &block, owner));
        let Some(found) = node.map(|node| containers.marks(node)) else { continue };
        for (mark, sum) in [
            (Marks::GATED, &mut marks.gated),
            (Marks::METERED, &mut marks.metered),
            (Marks::OPEN, &mut marks.open),
            (Marks::SELECTED, &mut marks.selected),
        ] {
            if found.has(mark) {
                *sum += words;
            }
        }
    }
    marks
}

/// The element around the longest piece of a block's text.
fn innermost<'a>(
    page: &'a LabelledPage,
    block: &crate::classify::LabelledBlock<'a>,
    owner: crate::dom::NodeRef<'a>,
) -> crate::dom::NodeRef<'a> {
    let longest = page.blocks().pieces(block.block()).iter().max_by_key(|piece| piece.characters);
    longest.and_then(|piece| page.page().dom()?.node(piece.node).parent()).unwrap_or(owner)
}

fn placed(page: &LabelledPage, shape: &Shape, containers: &mut Containers) -> Vec<PlacedPrompt> {
    let mut found: Vec<(Prompt, bool)> = prompts(page).into_iter().map(|prompt| (prompt, true)).collect();
    found.extend(unlabelled(page).map(|prompt| (prompt, false)));
    found.sort_by_key(|(prompt, _)| prompt.index);
    let place = |(prompt, labelled): (Prompt, bool)| {
        let block = page.blocks().get(prompt.index)?;
        let owner = block.owner().and_then(|owner| Some(page.page().dom()?.node(owner)));
        let text = shape.first.zip(shape.last);
        Some(PlacedPrompt {
            prompt,
            labelled,
            hidden: block.is_hidden(),
            marks: owner.map(|owner| containers.marks(owner)).unwrap_or_default(),
            inside: text.is_some_and(|(first, last)| prompt.index + BEFORE >= first && prompt.index <= last + AFTER),
            at_end: text.is_some_and(|(_, last)| prompt.index > last && prompt.index <= last + AFTER),
        })
    };
    found.into_iter().filter_map(place).collect()
}

/// Blocks labelled navigation that read like a wall, a count of articles or a choice between consent and payment: the block model misses some.
fn unlabelled(page: &LabelledPage) -> impl Iterator<Item = Prompt> + '_ {
    let candidates = page.iter().filter(|block| block.label == Label::Navigation && block.text().len() <= LONGEST_ASK);
    candidates.filter_map(|block| {
        let said = Said::of(block.text());
        let kinds = [PromptKind::ConsentOrPay, PromptKind::MeterCount, PromptKind::Wall];
        let kind = kinds.into_iter().find(|kind| said.has(*kind))?;
        Some(Prompt { index: block.index, kind, said })
    })
}

fn premium_mark(page: &LabelledPage) -> Option<usize> {
    let headline = page.iter().find(|block| block.tag() == "h1").or_else(|| page.iter().find(|block| block.label == Label::Content))?.index;
    let near = page.iter().skip(headline.saturating_sub(NEAR_HEADLINE)).take(2 * NEAR_HEADLINE + 1);
    let is_mark = |text: &str| {
        let text = text.trim().to_lowercase();
        PREMIUM_MARKS.iter().any(|mark| text == *mark || text.strip_suffix(mark).is_some_and(|rest| rest.ends_with(' ') && mark.len() >= 7))
    };
    near.filter(|block| block.label != Label::Content && block.text().chars().count() <= 40 && !block.is_hidden())
        .find(|block| is_mark(block.text()))
        .map(|block| block.index)
}
