//! Bylines: names of authors in blocks.
//!
//! Takes a labelled page, gives names. Looks around the headline for links to authors' pages, blocks named after bylines, and texts that begin as
//! bylines do; then for blocks named after bylines anywhere. Does not know who a name is.

use super::headline::around_headline;
use super::people::{LEADS, Tells, split, without_lead};
use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// A byline is not longer than this, in characters.
const LONGEST: usize = 160;
/// Blocks that are looked at away from the headline.
const MOST_BLOCKS: usize = 600;

/// Parts of classes, ids and `rel` of bylines.
const NAMED: [&str; 5] = ["byline", "author", "autor", "auteur", "writer"];

/// Parts of paths that lead to an author's page.
const PATHS: [&str; 13] = [
    "/author/",
    "/authors/",
    "/autor/",
    "/autoren/",
    "/autores/",
    "/autori/",
    "/auteur/",
    "/auteurs/",
    "/by/",
    "/profile/",
    "/contributor/",
    "/contributors/",
    "/journalist/",
];

/// What stands in a byline behind the names, in lower case.
const BEHIND: [&str; 10] = ["published", "updated", "posted", "on", "am", "le", "el", "for", "comments", "sponsored"];

/// Words that a name does not have: what a byline's box says beside it.
const NO_NAMES: [&str; 22] = [
    "about",
    "über",
    "autor",
    "author",
    "authors",
    "autoren",
    "auteur",
    "artikel",
    "articles",
    "article",
    "posts",
    "kommentare",
    "comments",
    "comment",
    "alle",
    "more",
    "mehr",
    "view",
    "team",
    "follow",
    "updated",
    "published",
];

/// The names of the first byline.
pub(super) fn names(page: &LabelledPage) -> Vec<String> {
    let near = around_headline(page);
    let may_be = |block: &LabelledBlock<'_>| {
        block.label != Label::SubscriptionPrompt && block.text().chars().count() <= LONGEST && !block.text().is_empty()
    };
    let around = page.iter().filter(|block| near.contains(&block.index) && may_be(block) && !is_heading(block));
    let found = around.map(|block| near_headline(&block)).find(|names| !names.is_empty());
    let anywhere = || {
        let blocks = page.iter().filter(may_be).take(MOST_BLOCKS);
        blocks.filter(named_after_byline).map(|block| of_named(&block)).find(|names| !names.is_empty())
    };
    found.or_else(anywhere).unwrap_or_default()
}

fn is_heading(block: &LabelledBlock<'_>) -> bool {
    block.element().and_then(NodeRef::tag).is_some_and(Tag::is_heading)
}

fn near_headline(block: &LabelledBlock<'_>) -> Vec<String> {
    let linked = linked_authors(block);
    if !linked.is_empty() {
        return linked;
    }
    if named_after_byline(block) {
        let names = of_named(block);
        if !names.is_empty() {
            return names;
        }
    }
    of_lead(block.text())
}

fn named_after_byline(block: &LabelledBlock<'_>) -> bool {
    block.element().is_some_and(|owner| {
        let around = std::iter::once(owner).chain(owner.ancestors().take(3)).chain(owner.children().filter(|child| child.is(Tag::A)));
        around.into_iter().any(is_byline)
    })
}

fn is_byline(element: NodeRef<'_>) -> bool {
    element.attributes().filter(|(name, _)| matches!(*name, "class" | "id" | "rel")).any(|(_, value)| {
        let value = value.to_ascii_lowercase();
        NAMED.iter().any(|part| value.contains(part)) && !value.contains("comment") && !value.contains("avatar")
    })
}

/// The names of a block that is named after bylines: its whole text, or what it links to authors' pages.
fn of_named(block: &LabelledBlock<'_>) -> Vec<String> {
    let names = all_names(block.text());
    if names.is_empty() { linked_authors(block) } else { names }
}

/// The names of a text; none if a part is no name.
fn all_names(text: &str) -> Vec<String> {
    let names = split(before_rest(text));
    if names.iter().all(|name| looks_like_a_name(name)) { names } else { Vec::new() }
}

/// The texts of links to authors' pages in a block.
fn linked_authors(block: &LabelledBlock<'_>) -> Vec<String> {
    let Some(owner) = block.element() else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    let mut last = None;
    for node in block.nodes() {
        let above = node.ancestors().take(6);
        let link =
            above.take_while(|above| above.id() != owner.id()).chain([owner]).chain(owner.ancestors().take(2)).find(|node| node.is(Tag::A));
        let Some(link) = link.filter(|link| leads_to_author(*link) && last != Some(link.id())) else { continue };
        last = Some(link.id());
        for name in all_names(&link.inner_text()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn leads_to_author(link: NodeRef<'_>) -> bool {
    let href = link.attr("href").unwrap_or_default().to_ascii_lowercase();
    let path = href.split(['?', '#']).next().unwrap_or_default();
    PATHS.iter().any(|part| path.contains(part)) || is_byline(link)
}

/// The names in a part of a text that begins as bylines do: "News | By Ada Baker | 1 May".
fn of_lead(text: &str) -> Vec<String> {
    let begins = |part: &str| {
        let lower = part.to_lowercase();
        let behind = |(lead, tells): &(&str, Tells)| match tells {
            Tells::Alone => lower.strip_prefix(lead),
            Tells::WithColon => lower.strip_prefix(lead)?.strip_prefix(':'),
            Tells::Nothing => None,
        };
        LEADS.iter().filter_map(behind).any(|rest| rest.starts_with(char::is_whitespace))
    };
    let parts = text.split(['|', '•', '·', '\n', '—']).map(str::trim);
    let names = parts.filter(|part| begins(part)).map(|part| {
        let names = all_names(part);
        // One word alone is a name only where markup says so.
        if names.iter().all(|name| name.contains(' ')) { names } else { Vec::new() }
    });
    names.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
}

/// A byline up to what follows the names: an address, a number, a bracket, "published".
fn before_rest(text: &str) -> &str {
    let text = without_lead(text.trim());
    let mut end = text.find(|c: char| c.is_numeric() || matches!(c, '@' | '(' | '[')).unwrap_or(text.len());
    while let Some(word) = text[..end].split_whitespace().next_back().filter(|word| BEHIND.contains(&word.to_lowercase().as_str())) {
        end = text[..end].rfind(word).unwrap_or(0);
    }
    text[..end].trim()
}

/// Two to five words that begin with a capital, or a short run of a script that has none.
fn looks_like_a_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    let capitals = words.iter().filter(|word| capital(word)).count();
    let said_otherwise = words.iter().any(|word| NO_NAMES.contains(&word.to_lowercase().as_str()));
    let digits = name.chars().any(char::is_numeric);
    !digits && !said_otherwise && (1..=5).contains(&words.len()) && capitals * 2 > words.len() && (words.len() > 1 || !name.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    fn found(html: &str) -> Vec<String> {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        names(&LabelledPage::from_labels(page, |page, block| {
            let is_h1 = block.owner().is_some_and(|owner| page.dom().is_some_and(|dom| dom.node(owner).is(Tag::H1)));
            if is_h1 { Label::Content } else { Label::Navigation }
        }))
    }

    #[test]
    fn a_link_to_an_authors_page_near_the_headline_is_a_byline() {
        assert_eq!(found("<h1>Rain</h1><div><a href=/author/ab>Ada Baker</a></div>"), ["Ada Baker"]);
        let two = "<h1>Rain</h1><p>By <a href=https://a.example/author/ab/>Ada Baker</a>, Cook &amp; <a href=/author/bc>Bo Cook</a>, 1 May";
        assert_eq!(found(two), ["Ada Baker", "Bo Cook"]);
        assert_eq!(found("<h1>Rain</h1><div><a href=/weather/rain>Heavy Rain</a></div>"), Vec::<String>::new());
    }

    #[test]
    fn a_text_that_begins_as_bylines_do_is_one_near_the_headline() {
        assert_eq!(found("<h1>Rain</h1><div>News | By Ada Baker | 1 May 2024</div>"), ["Ada Baker"]);
        assert_eq!(found("<h1>Rain</h1><div>Von Ada Baker und Bo Cook</div>"), ["Ada Baker", "Bo Cook"]);
        assert_eq!(found("<h1>Rain</h1><div>by Ada Baker published 12 May</div>"), ["Ada Baker"]);
        for none in ["By type", "By submitting you agree", "Byron Miles", "By Type"] {
            assert_eq!(found(&format!("<h1>Rain</h1><div>{none}</div>")), Vec::<String>::new(), "{none}");
        }
        let far = "<p>x".repeat(30);
        assert_eq!(found(&format!("<h1>Rain</h1>{far}<div>By Ada Baker</div>")), Vec::<String>::new());
    }

    #[test]
    fn what_a_box_says_of_its_author_is_no_name() {
        assert_eq!(found("<h1>Rain</h1><div class=author-box><h4>About the Author</h4><p>Ada Baker</p></div>"), ["Ada Baker"]);
        assert_eq!(found("<div class=byline>Ada Baker 3.11.2023</div>"), ["Ada Baker"]);
    }
}
