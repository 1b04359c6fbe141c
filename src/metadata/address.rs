//! Facts that are addresses: the page's own, its licence, its picture.
//!
//! Takes a page and its declarations, gives [`Fact`]s with absolute addresses. Joins addresses by the plain cases of RFC 3986, section 5.

use serde_json::Value;

use super::texts::{clean, from_metas, main_objects};
use super::{Fact, Origin};
use crate::classify::LabelledPage;
use crate::declared::{Declared, text_of};
use crate::dom::{Dom, NodeRef, Tag};

pub(super) fn canonical(page: &LabelledPage, declared: &Declared<'_>) -> Option<Fact<String>> {
    let given = page.page().url();
    let linked = declared.link("canonical").map(|href| (href, Origin::Html));
    let by_graph = || declared.metas_named("og:url").next().map(|url| (url, Origin::OpenGraph));
    let (address, from) = linked.or_else(by_graph)?;
    let base = given.or_else(|| declared.metas_named("og:url").find(|url| url.contains("://")));
    absolute(address, base).map(|address| Fact::new(address, from))
}

pub(super) fn image(declared: &Declared<'_>, base: Option<&str>) -> Option<Fact<String>> {
    let by_metas =
        || from_metas(declared, &["og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src", "thumbnail"]);
    let by_objects = || {
        let image = main_objects(declared).into_iter().find_map(|object| address_in(object.get("image")?))?;
        Some(Fact::new(image, Origin::JsonLd))
    };
    let by_link = || declared.link("image_src").map(|href| Fact::new(href.to_owned(), Origin::Html));
    let found = by_metas().or_else(by_objects).or_else(by_link)?;
    absolute(&found.value, base).map(|address| Fact::new(address, found.from))
}

/// The address in an image's value: a string, an object's `url` or `contentUrl`, or the first of a list.
fn address_in(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().find_map(address_in),
        Value::Object(object) => ["url", "contentUrl", "@id"].iter().find_map(|key| address_in(object.get(*key)?)),
        _ => text_of(value),
    }
}

pub(super) fn license(dom: &Dom, declared: &Declared<'_>, base: Option<&str>) -> Option<Fact<String>> {
    let of_object = || {
        let license = main_objects(declared).into_iter().find_map(|object| address_in(object.get("license")?))?;
        Some(Fact::new(license, Origin::JsonLd))
    };
    let of_link = || declared.link("license").map(|href| Fact::new(href.to_owned(), Origin::Html));
    let of_property = || {
        let property = declared.properties.iter().find(|property| property.is("license"))?;
        clean(&property.value()).map(|value| Fact::new(value, Origin::Microdata))
    };
    let found = of_link().or_else(|| of_anchor(dom)).or_else(of_object).or_else(of_property);
    let found = found.or_else(|| from_metas(declared, &["dcterms.license", "dc.rights.license", "license", "licence"]))?;
    // A licence may be a name; only what looks like an address is joined.
    let is_address = found.value.contains('/') && !found.value.contains(' ');
    let value = if is_address { absolute(&found.value, base)? } else { found.value };
    Some(Fact::new(value, found.from))
}

/// `<a rel=license>`, which licenses the page; a link to a licence without it may be about a picture.
fn of_anchor(dom: &Dom) -> Option<Fact<String>> {
    let says = |node: &NodeRef<'_>| {
        matches!(node.tag(), Some(Tag::A | Tag::AREA))
            && node.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("license")))
            && !node.ancestors().take(6).any(|above| matches!(above.tag(), Some(Tag::FIGURE | Tag::FIGCAPTION)))
    };
    let href = dom.document().subtree().find(says)?.attr("href")?;
    clean(href).map(|href| Fact::new(href, Origin::Html))
}

/// The address, joined with that of the page if it is relative. `None` if it cannot be made absolute, or is data.
fn absolute(address: &str, base: Option<&str>) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.starts_with("data:") || address.starts_with("javascript:") || address.contains(char::is_whitespace) {
        return None;
    }
    if address.starts_with("http://") || address.starts_with("https://") {
        return Some(address.to_owned());
    }
    let base = base?;
    let (scheme, rest) = base.split_once("://")?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    if address.starts_with("//") {
        return Some(format!("{scheme}:{address}"));
    }
    if address.starts_with('/') {
        return Some(format!("{scheme}://{host}{address}"));
    }
    if address.contains(':') {
        return None;
    }
    let folder = path.split(['?', '#']).next().unwrap_or("/");
    let folder = &folder[..=folder.rfind('/').unwrap_or(0)];
    Some(format!("{scheme}://{host}{folder}{}", address.trim_start_matches("./")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::DomLimits;

    #[test]
    fn relative_addresses_are_joined() {
        let base = Some("https://a.example/x/y.html?z");
        assert_eq!(absolute("/p.jpg", base).as_deref(), Some("https://a.example/p.jpg"));
        assert_eq!(absolute("//b.example/p.jpg", base).as_deref(), Some("https://b.example/p.jpg"));
        assert_eq!(absolute("./p.jpg", base).as_deref(), Some("https://a.example/x/p.jpg"));
        assert_eq!(absolute("https://c.example", None).as_deref(), Some("https://c.example"));
        assert_eq!(absolute("p.jpg", None), None);
        assert_eq!(absolute("data:image/png;base64,x", base), None);
    }

    #[test]
    fn a_licence_is_linked_by_its_relation() {
        let html = "<figure><a rel=license href=https://l.example/picture>CC</a></figure><a rel='license noopener' href=/terms>CC</a>";
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let found = license(&dom, &Declared::of(&dom), Some("https://a.example/")).unwrap();
        assert_eq!((found.value.as_str(), found.from), ("https://a.example/terms", Origin::Html));
    }
}
