//! Pages whose text stands in `noscript` alone.
//!
//! Takes a tree parsed with scripting on, gives the source with such a `noscript` opened. Forums that are built by script serve their posts
//! to other readers in one `noscript`: without this, the page would be empty. A `noscript` beside the page's own text stays closed.

use crate::block::Blocks;
use crate::dom::{Dom, NodeRef, Tag};

/// The least raw length in bytes of a `noscript` that is looked at: shorter ones hold notices and counting pixels.
const MIN_BYTES: usize = 2000;

/// The least characters of text it must hold.
const MIN_CHARACTERS: usize = 400;

/// The source with its greatest `noscript` as a custom element, if that holds more text than all the rest of the page.
pub(super) fn reveal(dom: &Dom) -> Option<String> {
    let source = dom.source();
    let long = |noscript: NodeRef<'_>| noscript.first_child()?.text().filter(|raw| raw.len() >= MIN_BYTES).map(str::len);
    // Hardly a page has such a one.
    dom.elements_of(|tag| tag == Tag::NOSCRIPT).find_map(long)?;
    let body = dom.document().subtree().find(|node| node.is(Tag::BODY))?;
    let greatest = body
        .subtree()
        .filter(|node| node.is(Tag::NOSCRIPT))
        .filter_map(|node| node.first_child()?.text())
        .filter(|raw| raw.len() >= MIN_BYTES)
        .max_by_key(|raw| raw.len())?;
    let hidden = text_characters(greatest);
    if hidden < MIN_CHARACTERS {
        return None;
    }
    let blocks = Blocks::of_dom(dom);
    let shown: usize = blocks.iter().map(|block| blocks.text(block).len()).sum();
    if shown >= hidden {
        return None;
    }
    let start = source.find(greatest)?;
    let end = start + greatest.len();
    let open = source[..start].rfind("<noscript")?;
    let close = source[end..].strip_prefix("</noscript").map(|_| end)?;
    // A name of no HTML element: its content is parsed in place, and its label evidence is its own.
    Some(format!(
        "{}<page-noscript{}</page-noscript{}",
        &source[..open],
        &source[open + "<noscript".len()..close],
        &source[close + "</noscript".len()..]
    ))
}

/// Bytes of text outside tags: near enough to compare.
fn text_characters(raw: &str) -> usize {
    raw.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text).trim().len()).sum()
}

#[cfg(test)]
mod tests {
    use crate::block::Blocks;
    use crate::page::{Page, PageOptions};

    fn texts(html: String) -> Vec<String> {
        let page = Page::from_html(html, &PageOptions::default());
        let blocks = Blocks::of_dom(page.dom().unwrap());
        blocks.iter().map(|block| blocks.text(block).to_owned()).collect()
    }

    #[test]
    fn a_page_that_is_all_noscript_is_opened_and_another_is_not() {
        let posts = "<p>Somebody wrote a post of some length about a thing that broke.</p>".repeat(40);
        let thread = format!("<body><header>Forum</header><noscript data-x='1'>{posts}</noscript><footer>About</footer>");
        assert_eq!(texts(thread).len(), 42);
        let article = format!("<body>{posts}{posts}<noscript>{posts}</noscript>");
        assert_eq!(texts(article).len(), 80);
    }
}
