//! A page's title, and the headline that repeats it.
//!
//! Takes a page, gives what it calls itself: Open Graph, JSON-LD or `<title>`. Knows nothing of other metadata.

use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{Dom, NodeRef, Tag};
use crate::label::Label;
use crate::page::Page;
use crate::words::collapse_white_space;

/// What stands between a page's title and its site's name in `<title>`.
const SITE_SEPARATORS: [&str; 6] = [" | ", " - ", " – ", " — ", " · ", " :: "];

/// What the page calls itself: its `og:title`, else the `headline` of its JSON-LD, else its `<title>`; `None` for plain text and for a page
/// with none of these.
///
/// ```
/// use pagesieve::{Page, PageOptions, title_of};
///
/// let page = Page::from_html("<title>Bread | The Oven</title>".to_owned(), &PageOptions::default());
/// assert_eq!(title_of(&page).as_deref(), Some("Bread | The Oven"));
/// ```
pub fn title_of(page: &Page) -> Option<String> {
    titles(page.dom()?).into_iter().next()
}

/// All titles the page gives itself, best first.
fn titles(dom: &Dom) -> Vec<String> {
    let mut open_graph = None;
    let mut json_ld = None;
    let mut title = None;
    // A page that lacks one of the three is not walked to its end.
    let mut left = dom.elements_of(|tag| matches!(tag, Tag::META | Tag::SCRIPT | Tag::TITLE)).filter(|node| may_say_title(*node)).count();
    for node in dom.document().subtree().filter(|node| may_say_title(*node)) {
        left -= 1;
        match node.tag() {
            Some(Tag::META) if open_graph.is_none() => {
                open_graph = node.attr("content").map(str::to_owned);
            }
            Some(Tag::SCRIPT) if json_ld.is_none() => {
                json_ld = headline_of_json(&node.inner_text());
            }
            Some(Tag::TITLE) if title.is_none() && node.parent().is_some_and(|parent| parent.is(Tag::HEAD)) => {
                title = Some(node.inner_text());
            }
            _ => {}
        }
        if left == 0 || (open_graph.is_some() && json_ld.is_some() && title.is_some()) {
            break;
        }
    }
    [open_graph, json_ld, title].into_iter().flatten().map(|text| collapse_white_space(&text)).filter(|text| !text.is_empty()).collect()
}

/// Whether the element is of those that [`titles`] looks at.
fn may_say_title(node: NodeRef<'_>) -> bool {
    match node.tag() {
        Some(Tag::META) => {
            let [property, name] = node.attrs(["property", "name"]);
            property.or(name) == Some("og:title")
        }
        Some(Tag::SCRIPT) => node.attr("type") == Some("application/ld+json"),
        Some(Tag::TITLE) => true,
        _ => false,
    }
}

/// The first `headline` in a text of JSON.
fn headline_of_json(json: &str) -> Option<String> {
    // Most of what pages say in JSON-LD has none, and need not be read; a key may be written with escapes.
    let has = |part: &str| memchr::memmem::find(json.as_bytes(), part.as_bytes()).is_some();
    if has("headline") || has("\\u") { headline_in(&serde_json::from_str(json).ok()?) } else { None }
}

/// The first `headline` in the value, outer objects first.
fn headline_in(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => match fields.get("headline").and_then(serde_json::Value::as_str) {
            Some(headline) => Some(headline.to_owned()),
            None => fields.values().find_map(headline_in),
        },
        serde_json::Value::Array(values) => values.iter().find_map(headline_in),
        _ => None,
    }
}

/// The index of the content block that is the page's own headline: the first in a heading, or in an element whose class, id or `itemprop`
/// says "headline", that says what one of the page's titles says. Where no content block does, an `h1` that does is the headline, whatever its
/// label: a short page gives the model little to tell it by.
pub(super) fn headline_of(page: &LabelledPage) -> Option<usize> {
    let titles = titles(page.page().dom()?);
    let wanted: Vec<String> = titles.iter().flat_map(|title| [folded(title), folded(without_site(title))]).collect();
    // Most texts differ from a title in their first letter: that is looked at first.
    let says = |text: &str| wanted.iter().any(|title| folded_characters(text).eq(title.chars()));
    let says_title = |block: &LabelledBlock<'_>| says(block.text());
    let content = page.iter().find(|block| block.label == Label::Content && says_title(block) && in_headline(block));
    content.or_else(|| page.iter().find(|block| block.tag() == "h1" && says_title(block))).map(|block| block.index)
}

fn in_headline(block: &LabelledBlock<'_>) -> bool {
    let Some(owner) = block.element() else { return false };
    std::iter::once(owner).chain(owner.ancestors().take(2)).any(|element| {
        element.tag().is_some_and(Tag::is_heading) || ["class", "id", "itemprop"].iter().any(|name| says_headline(element, name))
    })
}

fn says_headline(element: NodeRef<'_>, attribute: &str) -> bool {
    element.attr(attribute).is_some_and(|value| value.to_ascii_lowercase().contains("headline"))
}

/// The title without the site's name after the last separator.
fn without_site(title: &str) -> &str {
    SITE_SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max().map_or(title, |end| &title[..end])
}

/// The letters and digits alone, in lower case.
fn folded(text: &str) -> String {
    folded_characters(text).collect()
}

fn folded_characters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageOptions;

    fn page(html: &str) -> LabelledPage {
        LabelledPage::from_labels(Page::from_html(html.to_owned(), &PageOptions::default()), |_, _| Label::Content)
    }

    #[test]
    fn open_graph_goes_before_json_ld_and_title() {
        let html = r#"<title> T </title><script type="application/ld+json">{"@graph":[{"headline":"J"}]}</script>"#;
        assert_eq!(title_of(page(html).page()).as_deref(), Some("J"));
        assert_eq!(title_of(page(&format!("{html}<meta property=og:title content='O  O'>")).page()).as_deref(), Some("O O"));
        assert_eq!(title_of(page("<title> T\n </title><script type='application/ld+json'>{oops</script>").page()).as_deref(), Some("T"));
        assert_eq!(title_of(page("<p>x").page()), None);
    }

    #[test]
    fn the_headline_is_the_heading_that_says_the_title() {
        let html = "<title>Bread - and butter | The Oven</title><h1>The Oven</h1><h2>Bread – and butter</h2><h2>Bread – and butter</h2>";
        assert_eq!(headline_of(&page(html)), Some(1));
        assert_eq!(headline_of(&page("<title>Bread</title><p>Bread</p><h1>Another</h1>")), None);
        assert_eq!(headline_of(&page("<title>Bread</title><p class=article-headline>Bread</p>")), Some(0));
        let navigation = Page::from_html("<title>Bread</title><h1>Bread</h1>".to_owned(), &PageOptions::default());
        assert_eq!(headline_of(&LabelledPage::from_labels(navigation, |_, _| Label::Navigation)), Some(0));
    }
}
