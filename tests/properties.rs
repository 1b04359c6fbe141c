//! What holds for any page, however broken: no text is lost, doubled or glued, and nothing panics.

use pagesieve::block::{Display, display_of};
use pagesieve::dom::{Dom, DomLimits, NodeRef, Tag};
use pagesieve::export::{BlockFormat, PageFormat};
use pagesieve::{Blocks, ExportOptions, Label, LabelledPage, Page, PageOptions};
use proptest::prelude::*;

const TAGS: [&str; 34] = [
    "div",
    "p",
    "span",
    "b",
    "i",
    "a href=/x",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "caption",
    "pre",
    "code",
    "blockquote",
    "h1",
    "h3",
    "br",
    "script",
    "style",
    "svg",
    "title",
    "template",
    "textarea",
    "select",
    "option",
    "noscript",
    "p hidden",
    "figcaption",
    "dl",
    "dd",
];

/// Tags, ends of tags, words and scraps, in any order.
fn soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        3 => prop::sample::select(&TAGS[..]).prop_map(|tag| format!("<{tag}>")),
        3 => prop::sample::select(&TAGS[..]).prop_map(|tag| format!("</{}>", tag.split(' ').next().unwrap_or(tag))),
        4 => "[a-zéß漢&*|#. ]{1,8}",
        1 => prop::sample::select(&["&amp;", "&lt;", "&nbsp;", "\n", "  ", "<!-- x -->", "<", "<!", "</", "1. ", "`"][..]).prop_map(str::to_owned),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The text outside elements that hold none for a reader, by a walk of its own.
fn visible_in(dom: &Dom) -> String {
    let skipped = |tag: Tag| display_of(tag) == Display::Skipped;
    dom.document()
        .subtree()
        .filter(|node| !node.ancestors().any(|above| above.tag().is_some_and(skipped)))
        .filter_map(|node| node.text().map(visible))
        .collect()
}

proptest! {
    #[test]
    fn every_visible_character_lands_in_exactly_one_block(html in soup()) {
        let dom = Dom::parse(html, DomLimits::default());
        let blocks = Blocks::of_dom(&dom);
        let text: String = blocks.iter().map(|block| visible(blocks.text(block))).collect();
        prop_assert_eq!(text, visible_in(&dom));
        for block in blocks.iter() {
            let text = blocks.text(block);
            prop_assert!(!text.trim().is_empty());
            let counted: usize = blocks.pieces(block).iter().map(|piece| piece.characters as usize).sum();
            prop_assert_eq!(counted, visible(text).chars().count());
        }
    }

    #[test]
    fn words_of_two_blocks_are_never_glued(words in prop::collection::vec("[a-z]{1,6}", 1..20), tags in prop::collection::vec(0usize..6, 20)) {
        const BLOCKS: [&str; 6] = ["div", "p", "li", "h2", "section", "blockquote"];
        let elements: Vec<String> = words.iter().zip(&tags).map(|(word, tag)| format!("<{0}>{word}</{0}>", BLOCKS[*tag])).collect();
        let html = elements.concat();
        let dom = Dom::parse(html, DomLimits::default());
        let blocks = Blocks::of_dom(&dom);
        let found: Vec<&str> = blocks.iter().map(|block| blocks.text(block)).collect();
        prop_assert_eq!(found, words);
    }

    #[test]
    fn the_cleaned_page_holds_every_kept_character_and_runs_nothing(html in soup()) {
        let labelled = LabelledPage::from_labels(Page::from_html(html, &PageOptions::default()), |_, _| Label::Content);
        let cleaned = PageFormat::Html.exporter(ExportOptions::default()).page("-", &labelled);
        let dom = Dom::parse(cleaned, DomLimits::default());
        let body = dom.document().subtree().find(|node| node.is(Tag::BODY));
        let sorted = |text: &str| { let mut all: Vec<char> = visible(text).chars().collect(); all.sort_unstable(); all };
        let kept: String = labelled.iter().map(|block| block.text()).collect();
        prop_assert_eq!(sorted(&body.map(NodeRef::inner_text).unwrap_or_default()), sorted(&kept));
        prop_assert!(!dom.document().subtree().any(|node| node.is(Tag::SCRIPT) || node.is(Tag::STYLE) || node.is(Tag::IFRAME)));
    }

    #[test]
    fn every_format_takes_every_page(html in prop_oneof![soup(), ".{0,200}"], text in any::<bool>()) {
        let options = PageOptions::default();
        let page = if text { Page::from_text(html, &options) } else { Page::from_html(html, &options) };
        let mut index = 0;
        let labelled = LabelledPage::from_labels(page, |_, _| { index += 1; Label::ALL[index % Label::COUNT] });
        let options = ExportOptions::default().keep(Label::ALL).headline(false);
        for format in [PageFormat::Text, PageFormat::Markdown, PageFormat::Html, PageFormat::Jsonl] {
            format.exporter(options.clone()).page("-", &labelled);
        }
        let lines = BlockFormat::Jsonl.exporter().page("-", &labelled);
        prop_assert_eq!(lines.lines().count(), labelled.len());
        for line in lines.lines() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(line).is_ok());
        }
    }

    #[test]
    fn any_bytes_make_a_page(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let page = Page::from_html_bytes(&bytes, &PageOptions::default());
        LabelledPage::from_labels(page, |_, _| Label::Navigation);
        let page = Page::from_text_bytes(&bytes, &PageOptions::default());
        LabelledPage::from_labels(page, |_, _| Label::Navigation);
    }
}
