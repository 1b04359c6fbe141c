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
/// What stands there, too, but within titles as well: a cut here takes another source that says the rest.
const WEAK_SEPARATORS: [&str; 11] = [": ", " : ", "- ", " // ", " -- ", " (", " [", "] ", " ~ ", " + ", ", "];
/// From which weight a source is trusted to say where a title may be cut.
const TRUSTED: f32 = 0.9;
/// A part between two separators is taken for the title from this many letters and digits on: shorter ones are names of sections.
const LEAST_MIDDLE: usize = 20;
/// Separators of one title that are looked at: a longer list of parts is no title.
const MOST_SEPARATORS: usize = 24;
/// Cuts of one title: a site's name may stand behind that of a section, or twice.
const MOST_CUTS: usize = 3;
/// Headings of the first level that are looked at.
const MOST_HEADINGS: usize = 8;

/// A title and who says it.
#[derive(Debug, Clone)]
struct Candidate {
    text: String,
    from: Origin,
    /// What the source counts in the vote; by order of trust where all disagree.
    weight: f32,
}

pub(super) fn title(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Option<Fact<String>> {
    let found = cut_candidates(page, declared, site_name);
    let keys: Vec<String> = found.iter().map(|candidate| folded(&candidate.text)).collect();
    let votes = |key: &String| {
        // What a source says twice is said once.
        let of = |origin: Origin| found.iter().zip(&keys).filter(move |(candidate, other)| candidate.from == origin && *other == key);
        let weight = |origin: &Origin| of(*origin).map(|(candidate, _)| candidate.weight).fold(0.0, f32::max);
        Origin::ALL.iter().map(weight).sum::<f32>()
    };
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
/// each. Of several headings of the first level, that which says the title counts, else the first.
pub(super) fn independent(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>, title: &str) -> Vec<String> {
    let found = cut_candidates(page, declared, site_name);
    let of = |origin: Origin| {
        let mut all = found.iter().filter(|candidate| candidate.from == origin).map(|candidate| folded(&candidate.text));
        let first = all.next()?;
        let headings = origin == Origin::Block && all.any(|other| other == title);
        Some(if headings { title.to_owned() } else { first })
    };
    [Origin::Block, Origin::OpenGraph, Origin::JsonLd, Origin::Html].into_iter().filter_map(of).collect()
}

/// The candidates without the site's name.
fn cut_candidates(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Vec<Candidate> {
    let mut found = candidates(page, declared);
    let sites = site_names(page, declared, site_name);
    for _ in 0..MOST_CUTS {
        let said: Vec<String> = found.iter().map(|candidate| folded(&candidate.text)).collect();
        let is_trusted = |candidate: &Candidate| candidate.from != Origin::Html && candidate.weight >= TRUSTED;
        let trusted = found.iter().zip(&said).filter(|(candidate, _)| is_trusted(candidate)).map(|(_, said)| said.clone()).collect();
        let around = Around { said, trusted, sites: &sites };
        let cut: Vec<String> = found.iter().map(|candidate| without_site(candidate, &around)).collect();
        if cut.iter().zip(&found).all(|(cut, candidate)| *cut == candidate.text) {
            break;
        }
        for (candidate, cut) in found.iter_mut().zip(cut) {
            candidate.text = cut;
        }
    }
    let whole: Vec<String> = found.iter().map(|candidate| candidate.text.clone()).collect();
    for candidate in &mut found {
        candidate.text = unshortened(&candidate.text, &whole);
        // The site's name alone is no title of a page that has another.
        if sites.contains(&folded(&candidate.text)) {
            candidate.weight *= 0.1;
        }
    }
    found
}

/// A text that ends with an ellipsis as the longer one that begins with it.
fn unshortened(text: &str, others: &[String]) -> String {
    let Some(start) = text.strip_suffix('…').or_else(|| text.strip_suffix("...")) else { return text.to_owned() };
    let start = folded(start);
    let longer =
        others.iter().find(|other| start.chars().count() >= 20 && folded(other).len() > start.len() && folded(other).starts_with(&start));
    longer.map_or_else(|| text.to_owned(), Clone::clone)
}

/// The folded names of the site: as it calls itself, and of its host.
fn site_names(page: &LabelledPage, declared: &Declared<'_>, site_name: Option<&str>) -> Vec<String> {
    let host = page.page().url().or_else(|| declared.address()).and_then(crate::site::host_of);
    // "news.oven.co.example" is known as "oven": the longest part but the last.
    let label =
        host.as_deref().and_then(|host| host.rsplit_once('.')).and_then(|(parts, _)| parts.split('.').max_by_key(|part| part.len()));
    let names = site_name.into_iter().chain(label.filter(|label| label.len() >= 4)).map(folded);
    names.filter(|name| !name.is_empty()).collect()
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

/// The page's `h1`s that may be its title: the only one that is labelled content, or the only one at all. Of several, what else is said decides: a
/// list of them is a layout.
fn headings(page: &LabelledPage, declared: &Declared<'_>) -> Vec<(String, f32)> {
    let content = page.iter().filter(|block| block.tag() == "h1" && block.label == Label::Content && !block.is_hidden());
    let content: Vec<String> = content.map(|block| block.text().to_owned()).take(MOST_HEADINGS).collect();
    let all = || declared.h1.iter().map(|node| node.inner_text()).filter(|text| !text.trim().is_empty()).take(MOST_HEADINGS).collect();
    let (texts, weights): (Vec<String>, [f32; 3]) = if content.is_empty() { (all(), [0.7, 0.3, 0.3]) } else { (content, [1.1, 0.8, 0.5]) };
    let [only, first, other] = weights;
    let is_only = texts.len() == 1;
    let weigh = |(index, text)| {
        (
            text,
            if is_only {
                only
            } else if index == 0 {
                first
            } else {
                other
            },
        )
    };
    texts.into_iter().enumerate().map(weigh).collect()
}

/// What a title is held against, folded.
struct Around<'s> {
    /// What the sources say as a whole.
    said: Vec<String>,
    /// What those of weight say that are not `<title>`.
    trusted: Vec<String>,
    /// Names of the site.
    sites: &'s [String],
}

/// The title without the site's name before or behind a separator: where the rest is what another source says as a whole, or where the part
/// is a known name of the site.
fn without_site(candidate: &Candidate, around: &Around<'_>) -> String {
    let text = candidate.text.as_str();
    let mut best: Option<&str> = None;
    let is_declared = matches!(candidate.from, Origin::Html | Origin::OpenGraph);
    let weak = if is_declared { &WEAK_SEPARATORS[..] } else { &[] };
    let separators = SEPARATORS.iter().map(|separator| (separator, true)).chain(weak.iter().map(|separator| (separator, false)));
    for (separator, is_strong) in separators {
        let others = if is_strong { &around.said } else { &around.trusted };
        for (at, _) in text.match_indices(separator) {
            let (head, tail) = (text[..at].trim(), text[at + separator.len()..].trim());
            for (rest, part) in [(head, tail), (tail, head)] {
                let key = folded(rest);
                let said = !key.is_empty() && others.contains(&key);
                let is_site = || around.sites.iter().any(|site| same_name(site, &folded(part)));
                let named = is_strong && key.chars().count() > 3 && is_site();
                let is_better = |best: &str| said && rest.len() > best.len() || rest.len() < best.len() && !others.contains(&folded(best));
                if (said || named) && best.is_none_or(is_better) {
                    best = Some(rest);
                }
            }
        }
    }
    let middle = || is_declared.then(|| middle(text, &around.trusted)).flatten();
    best.or_else(middle).unwrap_or(text).to_owned()
}

/// The longest part between two separators that a source of weight says as a whole: a shop's name stands before an article's, its department behind.
fn middle<'t>(text: &'t str, trusted: &[String]) -> Option<&'t str> {
    // What a part says, the whole says too: nearly no title of a page gets further.
    let whole = folded(text);
    let said_within = |key: &&String| key.chars().count() >= LEAST_MIDDLE && whole.contains(key.as_str());
    let sought: Vec<&String> = trusted.iter().filter(said_within).collect();
    if sought.is_empty() {
        return None;
    }
    let separators = SEPARATORS.iter().chain(&WEAK_SEPARATORS);
    let mut cuts: Vec<(usize, usize)> =
        separators.flat_map(|separator| text.match_indices(separator).map(|(at, found)| (at, at + found.len()))).collect();
    cuts.sort_unstable();
    cuts.truncate(MOST_SEPARATORS);
    let parts = cuts.iter().flat_map(|(_, start)| cuts.iter().map(move |(end, _)| (*start, *end))).filter(|(start, end)| start < end);
    let said = |part: &&str| {
        let key = folded(part);
        sought.iter().any(|sought| **sought == key)
    };
    parts.map(|(start, end)| text[start..end].trim()).filter(said).max_by_key(|part| part.len())
}

/// Whether two names of a site are one, as in "The Oven" and "theoven.example".
fn same_name(site: &str, part: &str) -> bool {
    // A slogan that begins with the site's name is no name of the site.
    let is_longer = part.starts_with(site) && part.chars().count() <= 2 * site.chars().count();
    part.chars().count() >= 3 && (site == part || site.starts_with(part) || is_longer)
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
    fn a_title_that_begins_with_the_sites_name_is_no_name() {
        let html = "<title>Oven: bread for everyone and rolls for some - Oven</title><meta property=og:site_name content=Oven><h1>Our rolls</h1>\
            <meta property=og:title content='Oven: bread for everyone and rolls for some - Oven'>";
        assert_eq!(titled(html).unwrap().0, "Oven: bread for everyone and rolls for some");
    }

    #[test]
    fn a_dash_within_a_title_stays() {
        assert_eq!(titled("<title>Bread - and butter</title><h1>Bread - and butter</h1>").unwrap().0, "Bread - and butter");
        assert_eq!(titled("<title>Bread - and butter</title>").unwrap().0, "Bread - and butter");
        assert_eq!(titled("<p>x"), None);
    }

    #[test]
    fn of_several_headings_the_one_that_is_said_elsewhere_is_the_title() {
        let html = "<title>The Oven: Bread in week 2</title><meta property=og:title content='Bread in week 2'><h1>Day 7</h1><h1>Day 8</h1>";
        assert_eq!(titled(html).unwrap().0, "Bread in week 2");
        assert_eq!(titled("<title>Bread</title><h1>Rolls</h1><h1>Bread</h1>").unwrap().0, "Bread");
    }

    #[test]
    fn a_colon_is_cut_only_where_another_source_says_the_rest() {
        assert_eq!(titled("<title>Bread: a history</title><h1>Bread: a history</h1><h1>Bread</h1>").unwrap().0, "Bread: a history");
        assert_eq!(titled("<title>Oven Blog: Bread rises</title><h1>Bread rises</h1>").unwrap().0, "Bread rises");
    }

    #[test]
    fn a_headline_between_two_names_is_the_title() {
        let title = "Bakers.example: Rye bread with seeds, 750 grams, sliced : Food & Drink";
        assert_eq!(
            titled(&format!("<title>{title}</title><h1>Rye bread with seeds, 750 grams, sliced</h1>")).unwrap().0,
            "Rye bread with seeds, 750 grams, sliced"
        );
        // Too short to be told from a section.
        assert_eq!(
            titled("<title>The Oven: Bread: a history</title><h1>Flour</h1><h1>Bread</h1>").unwrap().0,
            "The Oven: Bread: a history"
        );
        assert_eq!(titled("<title>kneading [Oven Documentation]</title><h1>Kneading</h1>").unwrap().0, "Kneading");
        let graph = "<meta property=og:title content='Oven guides: Kneading by hand'>";
        assert_eq!(titled(&format!("<title>Hands in dough</title>{graph}<h1>Kneading by hand</h1>")).unwrap().0, "Kneading by hand");
    }

    #[test]
    fn a_sites_name_is_cut_twice_and_known_from_the_address() {
        let twice = "<title>Bread rises – Oven - Oven</title><meta property=og:site_name content=Oven><h1>Bread rises – Oven</h1>";
        assert_eq!(titled(twice).unwrap().0, "Bread rises");
        assert_eq!(
            titled("<title>Bread rises | Bakers</title><link rel=canonical href=https://www.bakers.example/x>").unwrap().0,
            "Bread rises"
        );
    }

    #[test]
    fn references_and_shortened_texts_are_read_as_what_they_mean() {
        assert_eq!(titled("<title>Bread &amp;reg; rises</title>").unwrap().0, "Bread ® rises");
        let short = "<title>Why bread rises in the oven and not elsewhere</title><meta property=og:title content='Why bread rises in the oven…'>\
            <meta name=twitter:title content='Why bread rises in the oven…'>";
        assert_eq!(titled(short).unwrap().0, "Why bread rises in the oven and not elsewhere");
    }
}
