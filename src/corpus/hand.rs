//! Labels made by hand: the attribute `data-sieve-label`.
//!
//! Takes a page's tree and blocks, gives each block's label. The attribute reaches down to everything below its element; the value
//! `unlabelled` ends that. No feature may read the attribute: the feature code leaves it out.

use std::path::Path;

use crate::block::{Block, Blocks};
use crate::dom::{Dom, NodeRef};
use crate::error::{Error, Result};
use crate::label::Label;

/// The attribute that carries a label in labelled HTML. Features must never read it.
pub const LABEL_ATTRIBUTE: &str = "data-sieve-label";

/// The attribute's value that ends the reach of a label further up.
pub const UNLABELLED: &str = "unlabelled";

/// Which label wins when two have as many characters of a block: edge rule 1 of the labelling guide.
const TIE_ORDER: [Label; Label::COUNT] = [Label::SubscriptionPrompt, Label::Caption, Label::Content, Label::Navigation];

/// Each block's label by hand. `path` is named in the error for an unknown label.
pub(super) fn hand_labels(dom: &Dom, blocks: &Blocks, path: &Path) -> Result<Vec<Option<Label>>> {
    let by_node = labels_by_node(dom, path)?;
    Ok(blocks.iter().map(|block| label_of(blocks, block, &by_node)).collect())
}

/// One walk in document order: a node has its own label or its parent's.
fn labels_by_node(dom: &Dom, path: &Path) -> Result<Vec<Option<Label>>> {
    let mut labels = vec![None; dom.len()];
    if memchr::memmem::find(dom.source().as_bytes(), LABEL_ATTRIBUTE.as_bytes()).is_none() {
        return Ok(labels);
    }
    for node in dom.document().subtree() {
        let inherited = node.parent().and_then(|parent| labels[parent.id().index()]);
        labels[node.id().index()] = match node.attr(LABEL_ATTRIBUTE) {
            None => inherited,
            Some(UNLABELLED) => None,
            Some(name) => Some(Label::from_name(name).ok_or_else(|| unknown_label(path, node, name))?),
        };
    }
    Ok(labels)
}

fn unknown_label(path: &Path, node: NodeRef<'_>, found: &str) -> Error {
    Error::UnknownLabel { path: path.to_owned(), xpath: node.xpath(), found: found.to_owned() }
}

/// The label with most of the block's characters.
fn label_of(blocks: &Blocks, block: &Block, by_node: &[Option<Label>]) -> Option<Label> {
    let mut characters = [0_u32; Label::COUNT];
    for piece in blocks.pieces(block) {
        if let Some(label) = by_node[piece.node.index()] {
            characters[label.index()] += piece.characters;
        }
    }
    let most = characters.into_iter().max().filter(|most| *most > 0)?;
    TIE_ORDER.into_iter().find(|label| characters[label.index()] == most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::DomLimits;

    fn labels(html: &str) -> Result<Vec<(String, Option<Label>)>> {
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let blocks = Blocks::of_dom(&dom);
        let labels = hand_labels(&dom, &blocks, Path::new("page.html"))?;
        Ok(blocks.iter().map(|block| blocks.text(block).to_owned()).zip(labels).collect())
    }

    fn only(html: &str) -> Option<Label> {
        let found = labels(html).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].1
    }

    #[test]
    fn a_label_reaches_down_until_another_or_unlabelled() {
        let html = "<div data-sieve-label=navigation><p>a<div data-sieve-label=content><p>b<div data-sieve-label=unlabelled><p>c</div></div></div><p>d";
        let found: Vec<_> = labels(html).unwrap().into_iter().map(|(_, label)| label).collect();
        assert_eq!(found, [Some(Label::Navigation), Some(Label::Content), None, None]);
    }

    #[test]
    fn a_mixed_block_takes_the_label_with_most_characters() {
        assert_eq!(only("<p><b data-sieve-label=caption>four</b> <i data-sieve-label=content>fifth</i>"), Some(Label::Content));
        assert_eq!(
            only("<p data-sieve-label=navigation>Log in <a data-sieve-label=subscription-prompt>Subscribe</a>"),
            Some(Label::SubscriptionPrompt)
        );
    }

    #[test]
    fn a_tie_goes_prompt_caption_content_navigation() {
        let two = |a: &str, b: &str| only(&format!("<p><b data-sieve-label={a}>abcd</b> <b data-sieve-label={b}>wxyz</b>"));
        assert_eq!(two("content", "subscription-prompt"), Some(Label::SubscriptionPrompt));
        assert_eq!(two("content", "caption"), Some(Label::Caption));
        assert_eq!(two("navigation", "content"), Some(Label::Content));
    }

    #[test]
    fn an_unknown_label_names_the_file_and_the_element() {
        let error = labels("<p>a</p><p data-sieve-label=advert>b</p>").unwrap_err();
        assert_eq!(
            error.to_string(),
            "page.html: /html/body/p[2]: unknown label \"advert\": expected content, caption, navigation, subscription-prompt or unlabelled"
        );
    }

    #[test]
    fn a_page_without_the_attribute_has_no_labels() {
        assert_eq!(only("<p>a"), None);
    }
}
