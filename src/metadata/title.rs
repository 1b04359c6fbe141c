//! The page's title, by agreement.
//!
//! Takes what Open Graph, JSON-LD, `<title>`, Twitter's card, microdata and the headings say, each without the site's name, and gives what most
//! of them say. The site's name is cut from a title where it stands behind a separator and another source says the rest, or where it is known.

use super::texts::{clean, main_objects};
use super::{Fact, Origin};
use crate::classify::LabelledPage;
use crate::declared::{Declared, text_of};
use crate::dom::NodeRef;
use crate::label::Label;

/// What stands between a title and the name of the site or section.
const SEPARATORS: [&str; 12] = [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " « ", " • ", " / ", "|", " › "];

/// A title and who says it.
#[derive(Debug, Clone)]
struct Candidate {
    text: String,
    from: Origin,
    /// What the source counts in the vote; by order of trust where all disagree.
    weight: f32,
}

pub(super) fn title(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Option<Fact<String>> {
    let raw = candidates(page, declared);
    let folds: Vec<String> = raw.iter().map(|candidate| folded(&candidate.text)).collect();
    let mut found: Vec<Candidate> = Vec::new();
    for candidate in &raw {
        let text = without_site(&candidate.text, &folds, site_name);
        // The site's name alone is no title of a page that has another.
        let is_site = site_name.is_some_and(|name| folded(name) == folded(&text));
        found.push(Candidate { text, weight: if is_site { 0.1 * candidate.weight } else { candidate.weight }, ..candidate.clone() });
    }
    let keys: Vec<String> = found.iter().map(|candidate| folded(&candidate.text)).collect();
    let votes =
        |key: &String| found.iter().zip(&keys).filter(|(_, other)| *other == key).map(|(candidate, _)| candidate.weight).sum::<f32>();
    let mut best: Option<(usize, f32)> = None;
    for (index, key) in keys.iter().enumerate() {
        let votes = votes(key);
        if best.is_none_or(|(_, most)| votes > most + 1e-6) {
            best = Some((index, votes));
        }
    }
    let (index, _) = best?;
    Some(Fact::new(found[index].text.clone(), found[index].from))
}

/// What the independent sources say, folded and without the site's name: the headline on the page, Open Graph, JSON-LD, `<title>`; at most one
/// each.
pub(super) fn independent(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Vec<String> {
    let raw = candidates(page, declared);
    let folds: Vec<String> = raw.iter().map(|candidate| folded(&candidate.text)).collect();
    let of = |origin: Origin| raw.iter().find(|candidate| candidate.from == origin);
    let sources = [Origin::Block, Origin::OpenGraph, Origin::JsonLd, Origin::Html].into_iter().filter_map(of);
    sources.map(|candidate| folded(&without_site(&candidate.text, &folds, site_name))).collect()
}

fn candidates(page: &LabelledPage, declared: &Declared<'_>) -> Vec<Candidate> {
    let mut list = Vec::new();
    let mut add = |text: Option<String>, from: Origin, weight: f32| {
        if let Some(text) = text.and_then(|text| clean(&text)).filter(|text| !folded(text).is_empty() && text.chars().count() <= 400) {
            list.push(Candidate { text, from, weight });
        }
    };
    for heading in headings(page, declared) {
        add(Some(heading.0), Origin::Block, heading.1);
    }
    add(declared.meta_named(&["og:title"]).map(|(_, text)| text.to_owned()), Origin::OpenGraph, 1.0);
    let objects = main_objects(declared);
    let headline = objects.iter().find_map(|object| text_of(object.get("headline")?));
    let name = objects.iter().find_map(|object| text_of(object.get("name")?));
    add(headline.or(name), Origin::JsonLd, 1.0);
    let property = declared.properties.iter().find(|property| property.is("headline"));
    add(property.map(crate::declared::Property::value), Origin::Microdata, 0.6);
    add(declared.title.map(NodeRef::inner_text), Origin::Html, 0.9);
    let others = [("twitter:title", 0.5), ("dc.title", 0.4), ("parsely-title", 0.4), ("title", 0.3), ("sailthru.title", 0.3)];
    for (name, weight) in others {
        add(declared.meta_named(&[name]).map(|(_, text)| text.to_owned()), super::texts::origin_of(name), weight);
    }
    list
}

/// The page's `h1`s that may be its title: one labelled content, else the only one. A list of them is a layout, not a title.
fn headings(page: &LabelledPage, declared: &Declared<'_>) -> Vec<(String, f32)> {
    let content = page.iter().find(|block| block.tag() == "h1" && block.label == Label::Content && !block.is_hidden());
    if let Some(block) = content {
        return vec![(block.text().to_owned(), 1.1)];
    }
    let mut texts = declared.h1.iter().map(|node| node.inner_text()).filter(|text| !text.trim().is_empty());
    match (texts.next(), texts.next()) {
        (Some(only), None) => vec![(only, 0.7)],
        (Some(first), Some(_)) => vec![(first, 0.3)],
        _ => Vec::new(),
    }
}

/// The title without the site's name before or behind a separator: where the rest is what another source says as a whole, or where the part
/// is the known name of the site.
fn without_site(text: &str, others: &[String], site_name: Option<&str>) -> String {
    let site = site_name.map(folded).filter(|name| !name.is_empty());
    let mut best: Option<&str> = None;
    for (at, separator) in SEPARATORS.iter().flat_map(|separator| text.match_indices(separator)) {
        let (head, tail) = (text[..at].trim(), text[at + separator.len()..].trim());
        for (rest, part) in [(head, tail), (tail, head)] {
            let key = folded(rest);
            let said = !key.is_empty() && others.contains(&key);
            let named = site.as_ref().is_some_and(|site| same_name(site, &folded(part))) && key.chars().count() > 3;
            if (said || named)
                && best.is_none_or(|best| said && rest.len() > best.len() || rest.len() < best.len() && !others.contains(&folded(best)))
            {
                best = Some(rest);
            }
        }
    }
    best.unwrap_or(text).to_owned()
}

/// Whether two names of a site are one, as in "The Oven" and "theoven.example".
fn same_name(site: &str, part: &str) -> bool {
    part.chars().count() >= 3 && (site == part || site.starts_with(part) || part.starts_with(site))
}

/// Letters and digits alone, in lower case.
pub(super) fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    fn titled(html: &str) -> Option<(String, Origin)> {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        let page = LabelledPage::from_labels(page, |_, _| Label::Content);
        let declared = Declared::of(page.page().dom()?);
        let site = super::super::texts::site_name(&declared);
        title(&page, &declared, site.as_ref().map(|fact| fact.value.as_str())).map(|fact| (fact.value, fact.from))
    }

    #[test]
    fn most_sources_win_over_the_first() {
        let html =
            "<title>Bread rises - The Oven</title><meta property=og:title content='You will not believe this bread'><h1>Bread rises</h1>";
        assert_eq!(titled(html), Some(("Bread rises".to_owned(), Origin::Block)));
        let html = "<title>Bread rises | Food | The Oven</title><meta property=og:site_name content='The Oven'>";
        assert_eq!(titled(html), Some(("Bread rises | Food".to_owned(), Origin::Html)));
    }

    #[test]
    fn a_dash_within_a_title_stays() {
        assert_eq!(titled("<title>Bread - and butter</title><h1>Bread - and butter</h1>").unwrap().0, "Bread - and butter");
        assert_eq!(titled("<title>Bread - and butter</title>").unwrap().0, "Bread - and butter");
        assert_eq!(titled("<p>x"), None);
    }
}
