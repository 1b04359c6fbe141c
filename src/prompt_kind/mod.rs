//! What kind of subscription prompt a block is.
//!
//! Takes a [`LabelledPage`], gives a [`PromptKind`] for each of its subscription-prompt blocks: by the phrases in it (`phrases.tsv`, in some
//! thirty languages), the names of the elements around it, and what the other blocks of the same box say. Rules, not a model: the kinds
//! of some 200 prompts were read by hand (`training/prompt-kinds.csv`), enough to measure by (`evaluate-pages --prompt-kinds`), too few to learn from. Does
//! not know whether the prompt applies to a given reader.

mod phrases;

use crate::access::named;
use crate::block::Block;
use crate::classify::LabelledPage;
use crate::dom::NodeRef;
use crate::label::Label;

pub(crate) use phrases::Said;

named! {
    /// What a subscription prompt asks for or says.
    PromptKind {
        /// Reading on takes a subscription, a purchase or an account.
        Wall "wall",
        /// How many free articles or days there are or are left.
        MeterCount "meter-count",
        /// Asks for an account or a log-in.
        Registration "registration",
        /// Asks for an address to send newsletters, alerts or push messages to.
        Newsletter "newsletter",
        /// Asks for a donation or voluntary support.
        Donation "donation",
        /// Says that a trial or subscription has ended or cannot be used.
        ExpiredTrial "expired-trial",
        /// Offers consent to tracking or payment as the two ways in.
        ConsentOrPay "consent-or-pay",
        /// Offers a subscription, a membership or a trial.
        Offer "offer",
    }
}

impl PromptKind {
    /// The kind's bit in a set of kinds.
    pub(crate) const fn bit(self) -> u16 {
        1 << self.index()
    }
}

/// What a phrase of each kind counts in the block itself, in the order of [`PromptKind::ALL`]: rare and telling kinds before common ones.
const OWN: [f32; KINDS] = [6.0, 7.0, 4.5, 5.0, 3.5, 8.0, 8.0, 3.0];
/// What the name of an element around it counts.
const NAMED: f32 = 2.0;
/// What a phrase in another block of the same box counts, a block away; less further off.
const NEAR: f32 = 0.3;
/// How many blocks a box reaches before and after.
const REACH: usize = 12;
/// How many elements up names are read.
const LEVELS: usize = 6;

const KINDS: usize = PromptKind::ALL.len();

/// Parts of classes and ids that say what a box is for; names that publishers and makers of site software share.
const NAMES: [(&str, PromptKind); 22] = [
    ("newsletter", PromptKind::Newsletter),
    ("nieuwsbrief", PromptKind::Newsletter),
    ("mailchimp", PromptKind::Newsletter),
    ("mc4wp", PromptKind::Newsletter),
    ("mc_embed", PromptKind::Newsletter),
    ("mailing", PromptKind::Newsletter),
    ("webpush", PromptKind::Newsletter),
    ("onesignal", PromptKind::Newsletter),
    ("jetpack_subscription", PromptKind::Newsletter),
    ("email-signup", PromptKind::Newsletter),
    ("paywall", PromptKind::Wall),
    ("access-wall", PromptKind::Wall),
    ("barrier", PromptKind::Wall),
    ("regwall", PromptKind::Registration),
    ("register", PromptKind::Registration),
    ("registration", PromptKind::Registration),
    ("donat", PromptKind::Donation),
    ("spende", PromptKind::Donation),
    ("contribution", PromptKind::Donation),
    ("article-meter", PromptKind::MeterCount),
    ("meter-count", PromptKind::MeterCount),
    ("pur-abo", PromptKind::ConsentOrPay),
];

/// What is said of one subscription-prompt block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prompt {
    pub(crate) index: usize,
    pub(crate) kind: PromptKind,
    /// What its own text says.
    pub(crate) said: Said,
}

/// The kind of each subscription-prompt block, `None` for other blocks; in the order of the page's blocks.
///
/// ```
/// use pagesieve::prompt_kind::{PromptKind, prompt_kinds};
/// use pagesieve::{Label, LabelledPage, Page, PageOptions};
///
/// let page = Page::from_html("<p>It rained.<p>You have {{n}} free articles left".to_owned(), &PageOptions::default());
/// let mut labels = [Label::Content, Label::SubscriptionPrompt].into_iter();
/// let labelled = LabelledPage::from_labels(page, |_, _| labels.next().unwrap_or(Label::Navigation));
/// assert_eq!(prompt_kinds(&labelled), [None, Some(PromptKind::MeterCount)]);
/// ```
pub fn prompt_kinds(page: &LabelledPage) -> Vec<Option<PromptKind>> {
    let mut kinds = vec![None; page.len()];
    for prompt in prompts(page) {
        kinds[prompt.index] = Some(prompt.kind);
    }
    kinds
}

/// All subscription-prompt blocks in document order.
pub(crate) fn prompts(page: &LabelledPage) -> Vec<Prompt> {
    let found: Vec<(usize, &Block, Said)> = page
        .iter()
        .filter(|block| block.label == Label::SubscriptionPrompt)
        .map(|block| (block.index, block.block(), Said::of(block.text())))
        .collect();
    let named: Vec<u16> = found.iter().map(|(_, block, _)| names_around(page, block)).collect();
    (0..found.len())
        .map(|at| {
            let (index, _, said) = found[at];
            let scores = scores(&found, named[at], at);
            // The first of equals: the order of kinds is that of precedence.
            let best = (0..KINDS).fold(KINDS - 1, |best, kind| if scores[kind] > scores[best] { kind } else { best });
            Prompt { index, kind: PromptKind::ALL[best], said }
        })
        .collect()
}

fn scores(found: &[(usize, &Block, Said)], named: u16, at: usize) -> [f32; KINDS] {
    let mut scores = [0.0; KINDS];
    let mut add = |mask: u16, weights: &dyn Fn(usize) -> f32| {
        for (kind, score) in scores.iter_mut().enumerate().filter(|(kind, _)| mask >> kind & 1 == 1) {
            *score += weights(kind);
        }
    };
    add(found[at].2.kinds, &|kind| OWN[kind]);
    add(named, &|_| NAMED);
    let (index, ..) = found[at];
    let near = found.iter().enumerate().skip(at.saturating_sub(REACH)).take(2 * REACH + 1);
    for (place, (other, _, said)) in near.filter(|(place, _)| *place != at) {
        let distance = index.abs_diff(*other);
        // Blocks between that are no prompts end a box.
        if distance <= REACH && distance <= place.abs_diff(at) + 2 {
            add(said.kinds, &|kind| NEAR * OWN[kind] / distance as f32);
        }
    }
    scores
}

/// The kinds that names of elements around a block speak of.
fn names_around(page: &LabelledPage, block: &Block) -> u16 {
    let Some(owner) = block.owner().and_then(|owner| Some(page.page().dom()?.node(owner))) else { return 0 };
    let around = std::iter::once(owner).chain(owner.ancestors()).take(LEVELS);
    around.map(names_of).fold(0, |mask, names| mask | names)
}

fn names_of(element: NodeRef<'_>) -> u16 {
    let mut mask = 0;
    for (name, value) in element.attributes().filter(|(name, _)| matches!(*name, "class" | "id")) {
        debug_assert!(!name.is_empty());
        let value = value.to_ascii_lowercase();
        for (part, kind) in NAMES {
            if value.contains(part) {
                mask |= kind.bit();
            }
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    fn kinds(html: &str) -> Vec<&'static str> {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let page = LabelledPage::from_labels(page, |_, _| Label::SubscriptionPrompt);
        prompt_kinds(&page).into_iter().flatten().map(PromptKind::as_str).collect()
    }

    #[test]
    fn phrases_say_the_kind_in_many_languages() {
        let page = "<p>This article is for subscribers only<p>Noch 3 kostenlose Artikel in diesem Monat<p>Créez votre compte\
            <p>Recibe el boletín en tu correo<p>Il tuo abbonamento è scaduto<p>Mit Werbung weiterlesen oder Pur-Abo<p>Prenumerera<p>Wesprzyj nas";
        assert_eq!(
            kinds(page),
            ["wall", "meter-count", "registration", "newsletter", "expired-trial", "consent-or-pay", "offer", "donation"]
        );
    }

    #[test]
    fn a_block_without_a_phrase_has_the_kind_of_its_box() {
        assert_eq!(kinds("<div><h3>Our newsletter</h3><p>Every Friday.</p><button>OK</button></div>"), ["newsletter"; 3]);
        assert_eq!(kinds("<div class=site-newsletter><p>Every Friday.</p></div>"), ["newsletter"]);
        assert_eq!(kinds("<p>Every Friday."), ["offer"]);
    }
}
