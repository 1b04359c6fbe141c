//! Where the page's headline stands.
//!
//! Takes a labelled page, gives the blocks around its headline: where bylines and dates are looked for. Does not know what the title is.

use std::ops::Range;

use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// How far around the headline a byline or a date is looked for, in blocks.
const BEFORE: usize = 6;
const AFTER: usize = 14;

/// The blocks between a few before and some after the page's headline: its `h1` or the first other heading that is content, else any `h1`, else the
/// first content block.
pub(super) fn around_headline(page: &LabelledPage) -> Range<usize> {
    let is_content = |block: &LabelledBlock<'_>| block.label == Label::Content;
    let is_heading = |block: &LabelledBlock<'_>| block.element().and_then(NodeRef::tag).is_some_and(Tag::is_heading);
    let headline = (page.iter().find(|block| block.tag() == "h1" && is_content(block) && !block.is_hidden()))
        .or_else(|| page.iter().find(|block| is_content(block) && is_heading(block)))
        .or_else(|| page.iter().find(|block| block.tag() == "h1"))
        .or_else(|| page.iter().find(is_content));
    headline.map_or(0..0, |block| block.index.saturating_sub(BEFORE)..block.index + AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    #[test]
    fn the_headline_is_a_heading_of_the_content_before_any_h1() {
        let rows = "<p>x".repeat(20);
        let html = format!("<h1>The Oven</h1>{rows}<h2>Bread rises</h2><p>It rose.");
        let page = Page::from_html(html, &PageOptions::default());
        let labelled = |content: bool| {
            LabelledPage::from_labels(page.clone(), |page, block| {
                let is = |tag| block.owner().is_some_and(|owner| page.dom().is_some_and(|dom| dom.node(owner).is(tag)));
                if content && is(Tag::H2) { Label::Content } else { Label::Navigation }
            })
        };
        assert_eq!(around_headline(&labelled(true)), 15..35);
        assert_eq!(around_headline(&labelled(false)), 0..14);
    }
}
