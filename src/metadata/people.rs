//! Who wrote the page.
//!
//! Takes a page and its declarations, gives names. JSON-LD is asked first, then `<meta>`, microdata, links with `rel=author`, Twitter's card, and
//! bylines. An address, the site's own name and what is no name are left out where a name is found elsewhere.

use serde_json::Value;

use super::byline;
use super::texts::{clean, main_objects};
use super::title::folded;
use super::{Fact, Origin};
use crate::classify::LabelledPage;
use crate::declared::{Declared, text_of};
use crate::dom::NodeRef;

/// More authors than this are not kept.
const MOST: usize = 30;
/// A name is not longer than this, in characters.
const LONGEST: usize = 80;
/// Whether a text that begins with a lead is a byline for that alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    Alone,
    WithColon,
    Nothing,
}

/// What stands before a name, in lower case.
pub(super) const LEADS: [(&str, Tells); 37] = [
    ("by", Tells::Alone),
    ("written by", Tells::Alone),
    ("words by", Tells::Alone),
    ("story by", Tells::Alone),
    ("posted by", Tells::Alone),
    ("text by", Tells::Alone),
    ("author", Tells::WithColon),
    ("authors", Tells::Nothing),
    ("from", Tells::Nothing),
    ("von", Tells::Alone),
    ("par", Tells::Alone),
    ("por", Tells::Alone),
    ("di", Tells::Nothing),
    ("door", Tells::Alone),
    ("av", Tells::Alone),
    ("af", Tells::Nothing),
    ("autor", Tells::WithColon),
    ("autorin", Tells::Nothing),
    ("auteur", Tells::Nothing),
    ("przez", Tells::Alone),
    ("text", Tells::Nothing),
    ("texto", Tells::Nothing),
    ("redaktion", Tells::Nothing),
    ("ein beitrag von", Tells::Alone),
    ("eine analyse von", Tells::Nothing),
    ("ein kommentar von", Tells::Nothing),
    ("od", Tells::Nothing),
    ("автор", Tells::WithColon),
    ("tekst", Tells::WithColon),
    ("geschrieben von", Tells::Alone),
    ("verfasst von", Tells::Alone),
    ("edited by", Tells::Nothing),
    ("beitrag von", Tells::Nothing),
    ("alle artikel von", Tells::Nothing),
    ("all posts by", Tells::Nothing),
    ("view all posts by", Tells::Nothing),
    ("posts by", Tells::Nothing),
];

/// How the label of a Twitter card asks for the author, in lower case.
const CARD_LABELS: [&str; 12] = [
    "written by",
    "author",
    "verfasst von",
    "geschrieben von",
    "écrit par",
    "escrito por",
    "scritto da",
    "geschreven door",
    "napisane przez",
    "skrevet av",
    "skriven av",
    "автор",
];

/// What stands between names.
const BETWEEN: [&str; 14] = [" and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " i ", " & ", ", ", "; ", " | ", "、"];

pub(super) fn authors(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Vec<Fact<String>> {
    let sources: [(&dyn Fn() -> Vec<String>, Origin); 6] = [
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
        (&|| of_card(declared), Origin::OpenGraph),
        (&|| byline::names(page), Origin::Block),
    ];
    let own_names = own_names(declared, site_name);
    let mut of_site = Vec::new();
    for (names, from) in sources {
        let (own, others): (Vec<String>, Vec<String>) = names().into_iter().partition(|name| is_own(&own_names, name));
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

/// What the site calls itself, folded: its name and that of its publisher.
fn own_names(declared: &Declared<'_>, site_name: Option<&str>) -> Vec<String> {
    let publishers = main_objects(declared).into_iter().filter_map(|object| text_of(object.get("publisher")?.get("name")?));
    let names = site_name.map(str::to_owned).into_iter().chain(publishers);
    names.map(|name| folded(&name)).filter(|name| !name.is_empty()).collect()
}

/// Whether a name is the site's: "The Oven", "The Oven Staff", or "Oven" on oven.example.
fn is_own(own_names: &[String], name: &str) -> bool {
    let name = folded(name);
    let starts = |whole: &String, part: &String| part.chars().count() >= 4 && whole.starts_with(part.as_str());
    own_names.iter().any(|own| *own == name || starts(&name, own) || starts(own, &name))
}

/// What Twitter's card says behind a label that asks for the author.
fn of_card(declared: &Declared<'_>) -> Vec<String> {
    for number in ["1", "2"] {
        let said = |part: &str| declared.metas.iter().find(|meta| meta.name == format!("twitter:{part}{number}")).map(|meta| meta.content);
        let asks = said("label").is_some_and(|label| CARD_LABELS.contains(&label.to_lowercase().trim_end_matches([':', ' '])));
        if let Some(names) = said("data").filter(|_| asks).map(split).filter(|names| !names.is_empty()) {
            return names;
        }
    }
    Vec::new()
}

fn of_objects(declared: &Declared<'_>) -> Vec<String> {
    let objects = main_objects(declared);
    let authors = |key: &str| {
        objects.iter().find_map(|object| {
            let names = names_in(object.get(key)?, declared);
            (!names.is_empty()).then_some(names)
        })
    };
    authors("author").or_else(|| authors("creator")).unwrap_or_default()
}

/// The names of a value: of an object by its own name, or by that of the object it refers to.
fn names_in(value: &Value, declared: &Declared<'_>) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(|value| names_in(value, declared)).collect(),
        Value::Object(object) => {
            let referred = || {
                let id = object.get("@id")?;
                declared.json_ld.objects().into_iter().find_map(|other| (other.get("@id") == Some(id)).then(|| other.get("name"))?)
            };
            let name = object.get("name").or_else(referred).and_then(text_of);
            name.map(|name| split(&name)).unwrap_or_default()
        }
        _ => text_of(value).map(|text| split(&text)).unwrap_or_default(),
    }
}

fn of_metas(declared: &Declared<'_>, names: &[&str]) -> Vec<String> {
    let mut of_name = names.iter().map(|name| declared.metas_named(name).flat_map(split).collect::<Vec<_>>());
    of_name.find(|found| !found.is_empty()).unwrap_or_default()
}

/// The authors of the page's first item that has some: others are those of answers, comments and pictures.
fn of_properties(declared: &Declared<'_>) -> Vec<String> {
    let of_comment = |node: NodeRef<'_>| node.ancestors().any(|above| above.attr("itemprop").is_some_and(|name| name.contains("comment")));
    let authors = || declared.properties.iter().filter(|property| property.is("author") && !of_comment(property.element));
    let item = |element: NodeRef<'_>| element.ancestors().find(|above| above.attr("itemscope").is_some()).map(NodeRef::id);
    let Some(first) = authors().next().map(|author| item(author.element)) else { return Vec::new() };
    let of_item = || authors().filter(|author| item(author.element) == first);
    let within = |author: NodeRef<'_>| -> Vec<String> {
        let names = declared.properties.iter().filter(|property| property.is("name"));
        let own = names.filter(|name| name.element.ancestors().any(|above| above.id() == author.id()));
        own.flat_map(|name| split(&name.value())).collect()
    };
    let names: Vec<String> = of_item().take(MOST).flat_map(|author| within(author.element)).collect();
    if names.is_empty() { of_item().flat_map(|author| split(&author.value())).take(MOST).collect() } else { names }
}

/// The names in a byline.
pub(super) fn split(text: &str) -> Vec<String> {
    let Some(text) = clean(text) else { return Vec::new() };
    let mut parts = vec![without_lead(&text).to_owned()];
    for separator in BETWEEN {
        let apart = |part: &String| {
            let names: Vec<String> = part.split(separator).map(str::to_owned).collect();
            // "Ministry of Bread and Salt" is one name: two names have two words each, or one each.
            let single = |name: &String| name.split_whitespace().count() == 1;
            let is_one = separator.starts_with(' ') && names.iter().any(single) && !names.iter().all(single);
            if is_one { vec![part.clone()] } else { names }
        };
        parts = parts.iter().flat_map(apart).collect();
    }
    parts.iter().filter_map(|part| name(part)).collect()
}

/// A part of a byline as a name; `None` if it is none.
fn name(part: &str) -> Option<String> {
    let part = without_lead(part.trim()).trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '|' | '·' | '•' | '–' | '-'));
    let is_address = part.contains("://") || part.starts_with("www.") || part.contains('@') || part.contains(".com/");
    let has_letter = part.chars().any(char::is_alphabetic);
    let too_long = part.chars().count() > LONGEST || part.split_whitespace().count() > 8;
    let lower = part.to_lowercase();
    let is_credit = part.starts_with('(') || ["image:", "photo:", "foto:", "bild:"].iter().any(|credit| lower.contains(credit));
    let is_nothing = ["null", "undefined", "admin", "administrator", "none", "n/a", "unknown", "false", "true", "staff", "author"]
        .iter()
        .any(|nothing| part.eq_ignore_ascii_case(nothing));
    (has_letter && !is_address && !too_long && !is_nothing && !is_credit && !part.contains("{{")).then(|| part.to_owned())
}

pub(super) fn without_lead(text: &str) -> &str {
    let lower = text.to_lowercase();
    let leads = LEADS.iter().map(|(lead, _)| *lead);
    let lead = leads.filter(|lead| lower.strip_prefix(*lead).is_some_and(|rest| rest.starts_with([' ', ':', '\u{a0}', '\n'])));
    let longest = lead.map(str::len).max().unwrap_or(0);
    // Lower case may have other lengths than the text: then the lead stays.
    text.get(longest..).unwrap_or(text).trim_start_matches([' ', ':', '\u{a0}', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;
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
