//! JSON-LD: what a page says of itself in schema.org's words.
//!
//! Takes the text of `<script type="application/ld+json">`, gives its objects, outer ones first. Mends what pages often break (comments
//! around it, line feeds in strings, a semicolon behind it); what still is no JSON is left out.

use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Objects deeper than this are not looked at.
const MAX_DEPTH: usize = 12;
/// More objects than this are not looked at.
const MAX_OBJECTS: usize = 2000;

/// The fields that lead to objects about other things than the page: other pages, their publisher, what people said below.
const ELSEWHERE: [&str; 14] = [
    "isPartOf",
    "publisher",
    "itemListElement",
    "mentions",
    "comment",
    "about",
    "citation",
    "relatedLink",
    "hasPart",
    "offers",
    "aggregateRating",
    "review",
    "breadcrumb",
    "potentialAction",
];

/// The page's JSON-LD.
#[derive(Debug, Default)]
pub(crate) struct JsonLd {
    roots: Vec<Value>,
}

impl JsonLd {
    /// Reads one script's text.
    pub(super) fn add(&mut self, text: &str) {
        let text = bare(text);
        let read = serde_json::from_str(text).or_else(|_| serde_json::from_str(&mended(text)));
        if let Ok(value) = read
            && self.roots.len() < MAX_OBJECTS
        {
            self.roots.push(value);
        }
    }

    /// Every object that is about the page itself, outer ones first within each script.
    pub(crate) fn objects(&self) -> Vec<&Object> {
        let mut found = Vec::new();
        for root in &self.roots {
            collect(root, 0, &mut found);
        }
        found
    }

    /// The objects that are articles of some kind.
    pub(crate) fn articles(&self) -> impl Iterator<Item = &Object> {
        self.objects().into_iter().filter(|object| types_of(object).any(is_article_type))
    }
}

fn collect<'v>(value: &'v Value, depth: usize, found: &mut Vec<&'v Object>) {
    if depth > MAX_DEPTH || found.len() > MAX_OBJECTS {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, depth + 1, found)),
        Value::Object(object) => {
            found.push(object);
            for (key, value) in object {
                if !ELSEWHERE.contains(&key.as_str()) {
                    collect(value, depth + 1, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The types of an object, without the address of a vocabulary before them.
pub(crate) fn types_of(object: &Object) -> impl Iterator<Item = &str> {
    let written = object.get("@type").map_or(&[][..], |kind| kind.as_array().map_or(std::slice::from_ref(kind), Vec::as_slice));
    written.iter().filter_map(Value::as_str).map(|kind| kind.rsplit(['/', '#', ':']).next().unwrap_or(kind))
}

/// Whether a type of schema.org is an article: `Article` and what its hierarchy has below it.
pub(crate) fn is_article_type(kind: &str) -> bool {
    kind.ends_with("Article")
        || matches!(
            kind,
            "BlogPosting" | "LiveBlogPosting" | "Report" | "ReportageNewsArticle" | "SocialMediaPosting" | "DiscussionForumPosting"
        )
}

/// The text of a value: a string, a number, the first such of a list, or an object's `@value`, `name` or `url`.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        }
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(values) => values.iter().find_map(text_of),
        Value::Object(object) => ["@value", "name", "url"].iter().find_map(|key| text_of(object.get(*key)?)),
        Value::Null => None,
    }
}

/// Without what hides a script from old browsers and XML, and without a semicolon at the end.
fn bare(text: &str) -> &str {
    let mut text = text.trim();
    for (before, after) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")] {
        if let Some(inner) = text.strip_prefix(before) {
            text = inner.trim_end().strip_suffix(after).unwrap_or(inner).trim();
        }
    }
    text.trim_end_matches(';')
}

/// With every control character as a space: a line feed within a string is the commonest mistake.
fn mended(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> JsonLd {
        let mut json_ld = JsonLd::default();
        json_ld.add(text);
        json_ld
    }

    #[test]
    fn broken_json_is_mended_or_left_out() {
        assert_eq!(read("<!-- {\"@type\":\"Article\"} -->").articles().count(), 1);
        assert_eq!(read("//<![CDATA[\n{\"@type\":\"Article\",\"description\":\"a\nb\"}\n//]]>").articles().count(), 1);
        assert_eq!(read("{\"@type\":[\"Thing\",\"https://schema.org/NewsArticle\"]};").articles().count(), 1);
        assert_eq!(read("{oops").objects().len(), 0);
    }

    #[test]
    fn other_pages_objects_are_left_out() {
        let graph = r#"{"@graph":[{"@type":"NewsArticle","isPartOf":{"@type":"NewsArticle"},"hasPart":[{"@type":"WebPageElement"}]}]}"#;
        let json_ld = read(graph);
        assert_eq!((json_ld.objects().len(), json_ld.articles().count()), (2, 1));
    }

    #[test]
    fn a_value_has_a_text() {
        let value: Value = serde_json::from_str(r#"[{"@type":"Person","name":" Ada "}]"#).unwrap();
        assert_eq!(text_of(&value).as_deref(), Some("Ada"));
        assert_eq!(text_of(&Value::Null), None);
    }
}
