//! Facts that are plain text: language, name of the site, description, section, tags.
//!
//! Takes a page's declarations, gives [`Fact`]s.

use serde_json::Value;

use super::{Fact, Origin};
use crate::declared::{Declared, Object, text_of, types_of};
use crate::dom::char_reference::unescaped;
use crate::words::collapse_white_space;

/// More tags than this are not kept.
const MOST_TAGS: usize = 50;

/// The text with white space collapsed and character references that were escaped twice read; `None` if nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let text = collapse_white_space(text);
    let text = if text.contains('&') && text.contains(';') { collapse_white_space(&unescaped(&text)) } else { text };
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

pub(super) fn from_metas(declared: &Declared<'_>, names: &[&'static str]) -> Option<Fact<String>> {
    names.iter().find_map(|name| {
        let content = declared.metas_named(name).find_map(clean)?;
        Some(Fact::new(content, origin_of(name)))
    })
}

/// Names with a colon are Open Graph's and those of its kin.
pub(super) fn origin_of(name: &str) -> Origin {
    if ["og:", "article:", "twitter:", "book:"].iter().any(|start| name.starts_with(start)) { Origin::OpenGraph } else { Origin::Meta }
}

/// The articles of the page's JSON-LD, or the objects that stand for the page where there are none.
pub(super) fn main_objects<'d>(declared: &'d Declared<'_>) -> Vec<&'d Object> {
    const PAGES: [&str; 12] = [
        "WebPage",
        "ItemPage",
        "FAQPage",
        "QAPage",
        "Question",
        "Product",
        "Recipe",
        "VideoObject",
        "HowTo",
        "CreativeWork",
        "Event",
        "Book",
    ];
    let articles: Vec<&Object> = declared.json_ld.articles().collect();
    if articles.is_empty() {
        return declared.json_ld.objects().into_iter().filter(|object| types_of(object).any(|kind| PAGES.contains(&kind))).collect();
    }
    articles
}

fn from_objects(declared: &Declared<'_>, keys: &[&str]) -> Option<Fact<String>> {
    let objects = main_objects(declared);
    let found = keys.iter().find_map(|key| objects.iter().find_map(|object| clean(&text_of(object.get(*key)?)?)));
    found.map(|text| Fact::new(text, Origin::JsonLd))
}

pub(super) fn site_name(declared: &Declared<'_>) -> Option<Fact<String>> {
    let by_graph = || from_metas(declared, &["og:site_name"]);
    let named = |object: &Object| object.get("name").and_then(text_of).and_then(|name| clean(&name));
    let by_site = || {
        let objects = declared.json_ld.objects();
        let site = objects.iter().find(|object| types_of(object).any(|kind| kind == "WebSite"))?;
        named(site).map(|name| Fact::new(name, Origin::JsonLd))
    };
    let by_publisher = || {
        let publisher = main_objects(declared).into_iter().find_map(|object| object.get("publisher"))?;
        clean(&text_of(publisher.get("name").unwrap_or(publisher))?)
            .filter(|name| !name.contains("://"))
            .map(|name| Fact::new(name, Origin::JsonLd))
    };
    by_graph().or_else(by_site).or_else(by_publisher).or_else(|| from_metas(declared, &["application-name", "apple-mobile-web-app-title"]))
}

pub(super) fn description(declared: &Declared<'_>) -> Option<Fact<String>> {
    from_metas(declared, &["og:description", "description", "twitter:description", "dc.description", "dcterms.description"])
        .or_else(|| from_objects(declared, &["description"]))
}

pub(super) fn section(declared: &Declared<'_>) -> Option<Fact<String>> {
    from_metas(declared, &["article:section"])
        .or_else(|| from_objects(declared, &["articleSection"]))
        .or_else(|| from_metas(declared, &["section", "category", "parsely-section", "cxenseparse:section", "dc.subject"]))
}

pub(super) fn language(declared: &Declared<'_>) -> Option<Fact<String>> {
    let by_root = declared.language.and_then(tag).map(|tag| Fact::new(tag, Origin::Html));
    let by_metas = || {
        let names = ["content-language", "og:locale", "language", "dc.language", "inlanguage"];
        names.iter().find_map(|name| Some(Fact::new(declared.metas_named(name).find_map(tag)?, origin_of(name))))
    };
    let by_objects = || from_objects(declared, &["inLanguage"]).and_then(|fact| tag(&fact.value)).map(|tag| Fact::new(tag, Origin::JsonLd));
    by_root.or_else(by_metas).or_else(by_objects)
}

/// A language tag in the form of BCP 47: `pt_br` becomes `pt-BR`. `None` for anything else.
fn tag(text: &str) -> Option<String> {
    let text = text.split(',').next().unwrap_or_default().trim();
    let mut parts = text.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) || language == "und" {
        return None;
    }
    let mut tag = language;
    for part in parts {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            break;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

pub(super) fn tags(declared: &Declared<'_>) -> Vec<Fact<String>> {
    let mut tags: Vec<Fact<String>> = Vec::new();
    let mut add = |text: &str, from: Origin| {
        if let Some(text) = clean(text).filter(|text| text.chars().count() <= 80)
            && tags.len() < MOST_TAGS
            && !tags.iter().any(|tag| tag.value.eq_ignore_ascii_case(&text))
        {
            tags.push(Fact::new(text, from));
        }
    };
    for tag in declared.metas_named("article:tag") {
        tag.split(',').for_each(|tag| add(tag, Origin::OpenGraph));
    }
    for object in main_objects(declared) {
        if let Some(keywords) = object.get("keywords") {
            let listed = keywords.as_array().map_or(std::slice::from_ref(keywords), Vec::as_slice);
            listed.iter().filter_map(Value::as_str).flat_map(|text| text.split([',', ';'])).for_each(|tag| add(tag, Origin::JsonLd));
        }
    }
    for name in ["news_keywords", "keywords", "parsely-tags", "sailthru.tags"] {
        for content in declared.metas_named(name) {
            content.split([',', ';']).for_each(|tag| add(tag, Origin::Meta));
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Dom, DomLimits};

    #[test]
    fn language_tags_have_one_form() {
        assert_eq!(tag("PT_br").as_deref(), Some("pt-BR"));
        assert_eq!(tag("zh-hant-TW, en").as_deref(), Some("zh-Hant-TW"));
        assert_eq!((tag("english"), tag(""), tag("und")), (None, None, None));
    }

    #[test]
    fn texts_come_from_the_first_that_says_them() {
        let html = r#"<html><meta property=og:site_name content="The  Oven"><meta name=description content="On &amp;quot;bread&amp;quot;">
            <meta name=keywords content="bread, Oven"><script type="application/ld+json">{"@type":"BlogPosting","inLanguage":"en_gb",
            "articleSection":["Food"],"keywords":["Bread","salt"],"publisher":{"name":"Oven Ltd"}}</script>"#;
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let declared = Declared::of(&dom);
        assert_eq!(site_name(&declared), Some(Fact::new("The Oven".to_owned(), Origin::OpenGraph)));
        assert_eq!(description(&declared), Some(Fact::new("On \"bread\"".to_owned(), Origin::Meta)));
        assert_eq!(language(&declared), Some(Fact::new("en-GB".to_owned(), Origin::JsonLd)));
        assert_eq!(section(&declared), Some(Fact::new("Food".to_owned(), Origin::JsonLd)));
        let tags: Vec<String> = tags(&declared).into_iter().map(|tag| tag.value).collect();
        assert_eq!(tags, ["Bread", "salt", "Oven"]);
    }
}
