//! Who wrote the page.
//!
//! Takes a page and its declarations, gives names. JSON-LD is asked first, then `<meta>`, microdata, links with `rel=author`, and blocks whose
//! elements are named after bylines. An address, the site's own name and what is no name are left out where a name is found elsewhere.

use serde_json::Value;

use super::texts::{clean, main_objects};
use super::title::folded;
use super::{Fact, Origin};
use crate::classify::LabelledPage;
use crate::declared::{Declared, text_of};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// More authors than this are not kept.
const MOST: usize = 30;
/// A name is not longer than this, in characters.
const LONGEST: usize = 80;
/// A byline is not longer.
const LONGEST_BYLINE: usize = 160;

/// What stands before a name, in lower case.
const BEFORE: [&str; 29] = [
    "by",
    "written by",
    "words by",
    "story by",
    "posted by",
    "text by",
    "author",
    "authors",
    "from",
    "von",
    "par",
    "por",
    "di",
    "door",
    "av",
    "af",
    "autor",
    "autorin",
    "auteur",
    "przez",
    "text",
    "texto",
    "redaktion",
    "ein beitrag von",
    "eine analyse von",
    "ein kommentar von",
    "od",
    "автор",
    "tekst",
];

/// What stands between names.
const BETWEEN: [&str; 14] = [" and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " i ", " & ", ", ", "; ", " | ", "、"];

/// Parts of classes, ids and `rel` of bylines.
const NAMED: [&str; 5] = ["byline", "author", "autor", "auteur", "writer"];

pub(super) fn authors(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Vec<Fact<String>> {
    let sources: [(&dyn Fn() -> Vec<String>, Origin); 5] = [
        (&|| of_objects(declared), Origin::JsonLd),
        (
            &|| {
                of_metas(
                    declared,
                    &[
                        "author",
                        "parsely-author",
                        "sailthru.author",
                        "byl",
                        "dc.creator",
                        "dcterms.creator",
                        "cxenseparse:author",
                        "citation_author",
                    ],
                )
            },
            Origin::Meta,
        ),
        (&|| of_metas(declared, &["article:author", "og:article:author", "book:author", "article:author_name"]), Origin::OpenGraph),
        (&|| of_properties(declared), Origin::Microdata),
        (&|| of_blocks(page), Origin::Block),
    ];
    let site = site_name.map(folded);
    let mut of_site = Vec::new();
    for (names, from) in sources {
        let (own, others): (Vec<String>, Vec<String>) =
            names().into_iter().partition(|name| site.as_ref().is_some_and(|site| *site == folded(name)));
        let mut kept: Vec<Fact<String>> = Vec::new();
        for name in others {
            if kept.len() < MOST && !kept.iter().any(|known| folded(&known.value) == folded(&name)) {
                kept.push(Fact::new(name, from));
            }
        }
        if !kept.is_empty() {
            return kept;
        }
        of_site.extend(own.into_iter().take(1).map(|name| Fact::new(name, from)));
    }
    of_site.truncate(1);
    of_site
}

fn of_objects(declared: &Declared<'_>) -> Vec<String> {
    let objects = main_objects(declared);
    let authors = |key: &str| {
        objects.iter().find_map(|object| {
            let names = names_in(object.get(key)?);
            (!names.is_empty()).then_some(names)
        })
    };
    authors("author").or_else(|| authors("creator")).unwrap_or_default()
}

fn names_in(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(names_in).collect(),
        Value::Object(object) => object.get("name").map(names_in).unwrap_or_default(),
        _ => text_of(value).map(|text| split(&text)).unwrap_or_default(),
    }
}

fn of_metas(declared: &Declared<'_>, names: &[&str]) -> Vec<String> {
    let mut of_name = names.iter().map(|name| declared.metas_named(name).flat_map(split).collect::<Vec<_>>());
    of_name.find(|found| !found.is_empty()).unwrap_or_default()
}

fn of_properties(declared: &Declared<'_>) -> Vec<String> {
    let of_comment = |node: NodeRef<'_>| node.ancestors().any(|above| above.attr("itemprop").is_some_and(|name| name.contains("comment")));
    let stated =
        declared.properties.iter().filter(|property| property.is("name") && property.is_within("author") && !of_comment(property.element));
    let names: Vec<String> = stated.flat_map(|property| split(&property.value())).collect();
    if !names.is_empty() {
        return names;
    }
    let authors = declared.properties.iter().filter(|property| property.is("author") && !of_comment(property.element));
    authors.flat_map(|property| split(&property.value())).take(MOST).collect()
}

/// Blocks outside the text whose elements are named after bylines, or that link with `rel=author`: the first that yields a name.
fn of_blocks(page: &LabelledPage) -> Vec<String> {
    let bylines = page.iter().filter(|block| block.label != Label::SubscriptionPrompt && block.text().chars().count() <= LONGEST_BYLINE);
    for block in bylines.take(600) {
        let Some(owner) = block.element() else { continue };
        let around = std::iter::once(owner).chain(owner.ancestors().take(3)).chain(owner.children().filter(|child| child.is(Tag::A)));
        if !around.into_iter().any(is_byline) {
            continue;
        }
        let names = split(block.text());
        if !names.is_empty() && names.iter().all(|name| looks_like_a_name(name)) {
            return names;
        }
    }
    Vec::new()
}

fn is_byline(element: NodeRef<'_>) -> bool {
    element.attributes().filter(|(name, _)| matches!(*name, "class" | "id" | "rel")).any(|(_, value)| {
        let value = value.to_ascii_lowercase();
        NAMED.iter().any(|part| value.contains(part)) && !value.contains("comment") && !value.contains("avatar")
    })
}

/// The names in a byline.
fn split(text: &str) -> Vec<String> {
    let Some(text) = clean(text) else { return Vec::new() };
    let mut parts = vec![without_lead(&text).to_owned()];
    for separator in BETWEEN {
        parts = parts.iter().flat_map(|part| part.split(separator).map(str::to_owned).collect::<Vec<_>>()).collect();
    }
    parts.iter().filter_map(|part| name(part)).collect()
}

/// A part of a byline as a name; `None` if it is none.
fn name(part: &str) -> Option<String> {
    let part = without_lead(part.trim()).trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '|' | '·' | '•' | '–' | '-'));
    let is_address = part.contains("://") || part.starts_with("www.") || part.contains('@') || part.contains(".com/");
    let has_letter = part.chars().any(char::is_alphabetic);
    let too_long = part.chars().count() > LONGEST || part.split_whitespace().count() > 8;
    let is_nothing = ["null", "undefined", "admin", "administrator", "none", "n/a", "unknown", "false", "true", "staff", "author"]
        .iter()
        .any(|nothing| part.eq_ignore_ascii_case(nothing));
    (has_letter && !is_address && !too_long && !is_nothing && !part.contains("{{")).then(|| part.to_owned())
}

fn without_lead(text: &str) -> &str {
    let lower = text.to_lowercase();
    let lead = BEFORE.iter().filter(|lead| lower.strip_prefix(**lead).is_some_and(|rest| rest.starts_with([' ', ':', '\u{a0}', '\n'])));
    let longest = lead.map(|lead| lead.len()).max().unwrap_or(0);
    // Lower case may have other lengths than the text: then the lead stays.
    text.get(longest..).unwrap_or(text).trim_start_matches([' ', ':', '\u{a0}', '\n'])
}

/// Two to five words that begin with a capital, or a short run of a script that has none.
fn looks_like_a_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital = |word: &&str| word.chars().next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    let capitals = words.iter().filter(|word| capital(word)).count();
    let digits = name.chars().any(char::is_numeric);
    !digits && (1..=5).contains(&words.len()) && capitals * 2 > words.len() && (words.len() > 1 || !name.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    fn named(html: &str) -> Vec<(String, Origin)> {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let page = LabelledPage::from_labels(page, |_, _| Label::Navigation);
        let declared = Declared::of(page.page().dom().unwrap());
        let site = super::super::texts::site_name(&declared);
        let found = authors(&page, &declared, site.as_ref().map(|fact| fact.value.as_str()));
        found.into_iter().map(|fact| (fact.value, fact.from)).collect()
    }

    #[test]
    fn json_ld_goes_first_and_names_are_apart() {
        let html = r#"<meta name=author content=x><script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"Ada Baker and Bo Cook"},
            {"@type":"Person","name":"Ada Baker"},"https://a.example/ada"]}</script>"#;
        assert_eq!(named(html), [("Ada Baker".to_owned(), Origin::JsonLd), ("Bo Cook".to_owned(), Origin::JsonLd)]);
    }

    #[test]
    fn the_sites_own_name_is_the_last_resort() {
        let html = "<meta property=og:site_name content='The Oven'><meta name=author content='The Oven'>";
        assert_eq!(named(html), [("The Oven".to_owned(), Origin::Meta)]);
        let html = format!("{html}<p class=byline>By <a href=/ada>Ada Baker</a></p>");
        assert_eq!(named(&html), [("Ada Baker".to_owned(), Origin::Block)]);
    }

    #[test]
    fn leads_and_addresses_are_no_names() {
        assert_eq!(split("Von: Ada Baker, Bo Cook und Cy Dean"), ["Ada Baker", "Bo Cook", "Cy Dean"]);
        assert_eq!(split("https://www.facebook.com/ada"), Vec::<String>::new());
        assert_eq!(split("admin"), Vec::<String>::new());
        assert_eq!(split("Byron Miles"), ["Byron Miles"]);
    }
}
