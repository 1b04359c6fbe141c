//! Boxes of prompts, put into real pages.
//!
//! Takes a page of the corpus and phrases, gives a copy of the page with a box of prompts at some place of it, of which the box alone is
//! labelled. Tags, names and order are drawn from what is usual, so that no one publisher's way of building boxes is all that is learnt.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::phrases::Phrases;
use crate::block::Blocks;
use crate::corpus::{CorpusPage, LABEL_ATTRIBUTE, LabelSet, Target, TargetOrigin, hand_labels};
use crate::dom::Dom;
use crate::error::Result;
use crate::label::Label;
use crate::page::{Page, PageOptions};
use crate::rng::SplitMix64;
use crate::words::collapse_white_space;

const OUTER: &[&str] = &["div", "section", "aside", "form", "div", "div"];
const HEADINGS: &[&str] = &["h2", "h3", "h4", "p", "strong", "div"];
const LINES: &[&str] = &["p", "div", "li", "p", "p"];
const BUTTONS: &[&str] = &["a", "button", "a", "div"];
/// Classes of a box; none, and such as say nothing, among them.
const NAMES: &[&str] = &[
    "paywall",
    "subscribe",
    "newsletter",
    "promo",
    "offer",
    "regwall",
    "meter",
    "membership",
    "cta",
    "signup",
    "box",
    "module",
    "widget",
    "banner",
    "modal",
    "teaser",
    "abo",
    "card",
    "sc-1x8k",
    "css-9z2h1",
    "wrapper",
    "container",
    "inner",
    "support",
    "overlay",
    "gate",
    "barrier",
    "register",
    "block",
    "inline",
    "footer-box",
    "",
];
/// What names of parts end with.
const PARTS: &[&str] = &["title", "text", "headline", "description", "btn", "button", "body", "item", "content", "copy", "", ""];
const SEPARATORS: &[&str] = &["-", "__", "_"];
const ADDRESSES: &[&str] =
    &["#", "/subscribe", "/abo", "/register", "/login", "https://shop.example/offer?id=12", "/account/plans", "/newsletter"];
/// Before or after these a box is put.
const PLACES: &[(&str, Side)] = &[
    ("</p>", Side::After),
    ("</ul>", Side::After),
    ("</article>", Side::Before),
    ("</main>", Side::Before),
    ("</footer>", Side::Before),
    ("</body>", Side::Before),
];

/// Shares of boxes: hidden until a script shows them, headed, with a field for an address though they are no form.
const HIDDEN: f32 = 0.2;
const HEADED: f32 = 0.6;
const WITH_FIELD: f32 = 0.15;
/// Texts of at most this many words may be buttons, and this share of them are.
const BUTTON_WORDS: usize = 4;
const BUTTON: f32 = 0.6;

#[derive(Debug, Clone, Copy)]
enum Side {
    Before,
    After,
}

/// A copy of a page with a box of prompts. `None` where the page has no place for one.
///
/// # Errors
/// If the page's labels are wrong.
pub(super) fn with_box(loaded: &CorpusPage, path: &Path, phrases: &Phrases, random: &mut SplitMix64) -> Result<Option<CorpusPage>> {
    let Some(dom) = loaded.page.dom() else { return Ok(None) };
    let source = dom.source();
    let places: Vec<usize> = PLACES.iter().flat_map(|(end, side)| places(source, end, *side)).collect();
    if places.is_empty() {
        return Ok(None);
    }
    let texts = phrases.group(language(dom), random);
    let (before, after) = source.split_at(places[random.below(places.len())]);
    let html = [before, &BoxShape::draw(random).html(&texts, random), after].concat();
    let options = loaded.page.url().map_or_else(PageOptions::default, |url| PageOptions::default().url(url));
    let page = Page::from_html(html, &options);
    let blocks = page.dom().map(Blocks::of_dom).unwrap_or_default();
    let ours: BTreeSet<&str> = texts.into_iter().collect();
    let labels = hand_labels(&page, &blocks, path)?;
    let is_ours = |(block, label): (_, Option<Label>)| {
        let ours = label == Some(Label::SubscriptionPrompt) && ours.contains(collapse_white_space(blocks.text(block)).as_str());
        ours.then(|| Target::new(LabelSet::single(Label::SubscriptionPrompt), TargetOrigin::Hand))
    };
    let targets = blocks.iter().zip(labels).map(is_ours).collect();
    Ok(Some(CorpusPage { page, blocks, targets, gold: None }))
}

/// The language that a page says it is in.
pub(super) fn language(dom: &Dom) -> Option<&str> {
    dom.document().children().find(|node| node.name() == "html")?.attr("lang")
}

fn places(source: &str, end: &'static str, side: Side) -> impl Iterator<Item = usize> {
    source.match_indices(end).map(move |(at, found)| match side {
        Side::Before => at,
        Side::After => at + found.len(),
    })
}

/// How a box is built.
struct BoxShape {
    outer: &'static str,
    heading: Option<&'static str>,
    line: &'static str,
    button: &'static str,
    name: &'static str,
    separator: &'static str,
    part: &'static str,
    /// Elements between the box and its texts.
    wrappers: usize,
    hidden: bool,
    field: bool,
}

impl BoxShape {
    fn draw(random: &mut SplitMix64) -> Self {
        let outer = pick(OUTER, random);
        Self {
            outer,
            heading: (random.next_fraction() < HEADED).then(|| pick(HEADINGS, random)),
            line: pick(LINES, random),
            button: pick(BUTTONS, random),
            name: pick(NAMES, random),
            separator: pick(SEPARATORS, random),
            part: pick(PARTS, random),
            wrappers: random.below(3),
            hidden: random.next_fraction() < HIDDEN,
            field: outer == "form" || random.next_fraction() < WITH_FIELD,
        }
    }

    fn html(&self, texts: &[&str], random: &mut SplitMix64) -> String {
        let mut html = format!("<{} {LABEL_ATTRIBUTE}=\"{}\"{}", self.outer, Label::SubscriptionPrompt, self.class(""));
        html.push_str(if self.hidden { " style=\"display:none\">" } else { ">" });
        for _ in 0..self.wrappers {
            add(&mut html, format_args!("<div{}>", self.class(pick(PARTS, random))));
        }
        let mut texts = texts.iter();
        if let (Some(heading), Some(text)) = (self.heading, texts.clone().next()) {
            texts.next();
            add(&mut html, format_args!("<{heading}{}>{}</{heading}>", self.class("title"), escaped(text)));
        }
        let mut in_list = false;
        for text in texts {
            let is_button = text.split_whitespace().count() <= BUTTON_WORDS && random.next_fraction() < BUTTON;
            let is_item = self.line == "li" && !is_button;
            if is_item != in_list {
                html.push_str(if is_item { "<ul>" } else { "</ul>" });
                in_list = is_item;
            }
            self.add_text(&mut html, &escaped(text), is_button, random);
        }
        html.push_str(if in_list { "</ul>" } else { "" });
        html.push_str(if self.field { "<input type=\"email\" name=\"email\">" } else { "" });
        html.push_str(&"</div>".repeat(self.wrappers));
        add(&mut html, format_args!("</{}>", self.outer));
        html
    }

    fn add_text(&self, html: &mut String, text: &str, is_button: bool, random: &mut SplitMix64) {
        let (line, button) = (self.line, self.button);
        match (is_button, button) {
            (false, _) => add(html, format_args!("<{line}{}>{text}</{line}>", self.class(self.part))),
            // A link would run on into the next.
            (true, "a") => add(html, format_args!("<div><a href=\"{}\"{}>{text}</a></div>", pick(ADDRESSES, random), self.class("button"))),
            (true, _) => add(html, format_args!("<{button}{}>{text}</{button}>", self.class("button"))),
        }
    }

    /// The class attribute of a part of the box.
    fn class(&self, part: &str) -> String {
        let between = if self.name.is_empty() || part.is_empty() { "" } else { self.separator };
        let class = [self.name, between, part].concat();
        if class.is_empty() { class } else { format!(" class=\"{class}\"") }
    }
}

fn pick(among: &'static [&'static str], random: &mut SplitMix64) -> &'static str {
    among[random.below(among.len())]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn add(html: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = html.write_fmt(part);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html lang=fr><body><nav data-sieve-label=navigation>Menu</nav><article data-sieve-label=content><p>One.</p>\
        <p data-sieve-label=subscription-prompt>Their own prompt</p></article></body>";

    fn loaded(html: &str) -> CorpusPage {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let blocks = Blocks::of_dom(page.dom().unwrap());
        CorpusPage { targets: vec![None; blocks.len()], page, blocks, gold: None }
    }

    #[test]
    fn every_text_of_a_box_is_a_labelled_block_and_nothing_else_is() {
        let phrases = Phrases::read().unwrap();
        let before = loaded(PAGE);
        let mut shapes = BTreeSet::new();
        for seed in 0..300 {
            let mut random = SplitMix64::new(seed);
            let page = with_box(&before, Path::new("a page"), &phrases, &mut random).unwrap().unwrap();
            let labelled = page.targets.iter().flatten().count();
            assert_eq!(page.blocks.len(), before.blocks.len() + labelled, "{}", page.page.dom().unwrap().source());
            assert!((1..=8).contains(&labelled));
            let html = page.page.dom().unwrap().source().to_owned();
            let again = with_box(&before, Path::new("a page"), &phrases, &mut SplitMix64::new(seed)).unwrap().unwrap();
            assert_eq!(again.page.dom().unwrap().source(), html);
            shapes.insert(html);
        }
        assert!(shapes.len() > 250);
    }

    #[test]
    fn a_page_without_a_place_gets_no_box() {
        let phrases = Phrases::read().unwrap();
        assert!(with_box(&loaded("words"), Path::new("a page"), &phrases, &mut SplitMix64::new(1)).unwrap().is_none());
    }
}
