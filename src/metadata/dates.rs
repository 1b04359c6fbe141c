//! When the page was published and changed.
//!
//! Takes a page and its declarations, gives dates in ISO 8601: with time and zone where the page gives them, else as little as it gives. JSON-LD
//! goes before Open Graph, `<meta>`, microdata, `<time>`, blocks and the address; a later source that gives the same day with its time is
//! preferred to an earlier one that gives the day alone. A date that may be read in two ways (01/02/2024) is not read.

use super::headline::around_headline;
use super::moment::{Moment, number_date, read, read_text};
use super::texts::main_objects;
use super::{Fact, Origin};
use crate::classify::LabelledPage;
use crate::declared::{Declared, text_of};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// A block that gives the page's date is not longer than this, in characters.
const LONGEST: usize = 120;
/// What stands before the date of a change, in lower case.
const UPDATED: [&str; 26] = [
    "last updated",
    "updated",
    "last modified",
    "last revised",
    "aktualisiert",
    "stand:",
    "geändert am",
    "mis à jour",
    "mise à jour",
    "actualizado",
    "actualizada",
    "atualizado",
    "atualizada",
    "aggiornato",
    "aggiornata",
    "bijgewerkt",
    "oppdatert",
    "opdateret",
    "uppdaterad",
    "aktualizacja",
    "aktualizováno",
    "güncelleme",
    "обновлено",
    "оновлено",
    "最終更新",
    "更新日",
];
/// What stands before the date of publication where both are given.
const PUBLISHED: [&str; 14] = [
    "published",
    "posted",
    "veröffentlicht",
    "publiziert",
    "erstellt",
    "publié",
    "publicado",
    "pubblicato",
    "gepubliceerd",
    "publisert",
    "publikacja",
    "publikováno",
    "опубликовано",
    "公開",
];

pub(super) fn published(page: &LabelledPage, declared: &Declared<'_>) -> Option<Fact<String>> {
    const METAS: [&str; 30] = [
        "article:published_time",
        "article:published",
        "og:article:published_time",
        "og:published_time",
        "og:pubdate",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "publish-date",
        "publish_date",
        "publication_date",
        "article.published",
        "article:publicationdate",
        "parsely-pub-date",
        "sailthru.date",
        "cxenseparse:recs:publishtime",
        "cxenseparse:publishtime",
        "dc.date.issued",
        "dc.date",
        "dcterms.issued",
        "dcterms.created",
        "dcterms.date",
        "citation_publication_date",
        "citation_date",
        "date_published",
        "originalpublicationdate",
        "published",
        "published_date",
        "published_at",
    ];
    let mut found = of_objects(declared, &["datePublished", "dateCreated", "uploadDate"]);
    found.extend(of_metas(declared, &METAS));
    found.extend(of_properties(declared, &["datePublished", "dateCreated"]));
    found.extend(of_times(page, declared));
    found.extend(of_blocks(page));
    found.extend(page.page().url().or_else(|| declared.address()).and_then(of_address).map(|moment| (moment, Origin::Address)));
    best(&found)
}

pub(super) fn modified(page: &LabelledPage, declared: &Declared<'_>) -> Option<Fact<String>> {
    const METAS: [&str; 16] = [
        "article:modified_time",
        "article:modified",
        "og:article:modified_time",
        "og:updated_time",
        "datemodified",
        "lastmod",
        "last-modified",
        "dcterms.modified",
        "dc.date.modified",
        "article.updated",
        "revised",
        "date_modified",
        "modified_date",
        "updated_at",
        "lastupdate",
        "updated",
    ];
    let mut found = of_objects(declared, &["dateModified"]);
    found.extend(of_metas(declared, &METAS));
    found.extend(of_properties(declared, &["dateModified"]));
    let updated = declared.times.iter().filter(|node| says(**node, &["updated", "modified"]));
    found.extend(updated.filter_map(|node| Some((of_time(*node)?, Origin::Time))));
    found.extend(of_updates(page));
    best(&found)
}

/// The first, or a more precise one of the same day.
fn best(found: &[(Moment, Origin)]) -> Option<Fact<String>> {
    let (first, _) = found.first()?;
    let same_day = found.iter().filter(|(moment, _)| moment.date == first.date);
    let (moment, from) = same_day.fold(None, |best: Option<&(Moment, Origin)>, next| match best {
        Some(best) if best.0.precision() >= next.0.precision() => Some(best),
        _ => Some(next),
    })?;
    Some(Fact::new(moment.write(), *from))
}

fn of_objects(declared: &Declared<'_>, keys: &[&str]) -> Vec<(Moment, Origin)> {
    let objects = main_objects(declared);
    let texts = keys.iter().flat_map(|key| objects.iter().filter_map(move |object| text_of(object.get(*key)?)));
    texts.filter_map(|text| Some((read(&text)?, Origin::JsonLd))).collect()
}

fn of_metas(declared: &Declared<'_>, names: &[&'static str]) -> Vec<(Moment, Origin)> {
    let of_name =
        |name: &'static str| declared.metas_named(name).filter_map(read).map(move |moment| (moment, super::texts::origin_of(name)));
    names.iter().flat_map(|name| of_name(name)).collect()
}

fn of_properties(declared: &Declared<'_>, names: &[&str]) -> Vec<(Moment, Origin)> {
    let of_name = |name: &&str| {
        let property = declared.properties.iter().find(|property| property.is(name) && !in_comment(property.element))?;
        let value = property.element.attr("datetime").map_or_else(|| property.value(), str::to_owned);
        Some((read(&value)?, Origin::Microdata))
    };
    names.iter().filter_map(of_name).collect()
}

/// The first `<time>` that says it is the date of publication, else the first near the headline.
fn of_times(page: &LabelledPage, declared: &Declared<'_>) -> Option<(Moment, Origin)> {
    let is_own = |node: &&NodeRef<'_>| !in_comment(**node) && !says(**node, &["updated", "modified"]) && !is_of_update(&node.inner_text());
    let named = declared
        .times
        .iter()
        .filter(is_own)
        .find(|node| node.attr("pubdate").is_some() || says(**node, &["publish", "entry-date", "posted", "dt-published"]));
    let near = || {
        let around = around_headline(page);
        page.iter().filter(|block| around.contains(&block.index) && !is_of_update(block.text())).find_map(|block| {
            let owner = block.element()?;
            let inside = owner.subtree().take(40).find(|node| node.is(Tag::TIME));
            inside.or_else(|| owner.ancestors().take(3).find(|node| node.is(Tag::TIME))).filter(|node| is_own(&node)).and_then(of_time)
        })
    };
    let in_article = || {
        let single =
            declared.times.iter().filter(is_own).filter(|node| node.ancestors().any(|above| above.is(Tag::ARTICLE))).collect::<Vec<_>>();
        single.first().copied()
    };
    let moment = named.and_then(|node| of_time(*node)).or_else(near).or_else(|| in_article().and_then(|node| of_time(*node)))?;
    Some((moment, Origin::Time))
}

fn of_time(node: NodeRef<'_>) -> Option<Moment> {
    node.attr("datetime").and_then(read).or_else(|| read(&node.inner_text()))
}

fn says(element: NodeRef<'_>, parts: &[&str]) -> bool {
    let around = std::iter::once(element).chain(element.parent());
    around.flat_map(NodeRef::attributes).filter(|(name, _)| matches!(*name, "class" | "id" | "itemprop")).any(|(_, value)| {
        let value = value.to_ascii_lowercase();
        parts.iter().any(|part| value.contains(part))
    })
}

/// Whether an element stands in a comment, an answer or a reply.
fn in_comment(element: NodeRef<'_>) -> bool {
    const PARTS: [&str; 3] = ["comment", "answer", "reply"];
    let says = |value: &str| PARTS.iter().any(|part| value.to_ascii_lowercase().contains(part));
    element.ancestors().any(|above| ["class", "id", "itemprop", "itemtype"].iter().any(|name| above.attr(name).is_some_and(says)))
}

/// A short block near the headline that gives a date, in words or numbers.
fn of_blocks(page: &LabelledPage) -> Option<(Moment, Origin)> {
    let around = around_headline(page);
    let near = page.iter().filter(|block| around.contains(&block.index) && block.text().chars().count() <= LONGEST);
    // Blocks labelled content are the article's own words, and speak of other days.
    near.filter(|block| block.label != Label::Content || block.text().chars().count() <= 40)
        .find_map(|block| Some((read_text(published_part(block.text()))?, Origin::Block)))
}

/// A text that gives the date of a change and begins with it: near the headline, or the only one of its kind on the page.
fn of_updates(page: &LabelledPage) -> Option<(Moment, Origin)> {
    let short = |text: &str| text.chars().count() <= LONGEST;
    let around = around_headline(page);
    let mut near = page.iter().filter(|block| around.contains(&block.index) && short(block.text()));
    if let Some(moment) = near.find_map(|block| read_text(updated_part(block.text())?)) {
        return Some((moment, Origin::Block));
    }
    let begins = |text: &str| short(text) && UPDATED.iter().any(|word| text.trim_start().to_lowercase().starts_with(word));
    let far = page.iter().filter(|block| begins(block.text()) && block.element().is_none_or(|owner| !in_comment(owner)));
    let mut far = far.filter_map(|block| read_text(updated_part(block.text())?));
    let first = far.next()?;
    // Lists of other pages give their dates, too.
    far.all(|other| other == first).then_some((first, Origin::Block))
}

/// Where a text says that something was changed, and where it says that something was published, in bytes of the text.
fn dated_words(text: &str) -> (Option<usize>, Option<usize>) {
    let lower = text.to_lowercase();
    // Lower case may have other lengths than the text: then no word is told from another.
    if lower.len() != text.len() {
        return (None, None);
    }
    let first = |words: &[&str]| words.iter().filter_map(|word| lower.find(word)).min();
    (first(&UPDATED), first(&PUBLISHED))
}

/// The part of a text that may give the date of publication.
fn published_part(text: &str) -> &str {
    match dated_words(text) {
        (Some(updated), Some(published)) if published > updated => text.get(published..),
        (Some(updated), _) => text.get(..updated),
        (None, _) => Some(text),
    }
    .unwrap_or(text)
}

/// The part of a text that gives the date of a change.
fn updated_part(text: &str) -> Option<&str> {
    match dated_words(text) {
        (Some(updated), Some(published)) if published > updated => text.get(updated..published),
        (Some(updated), _) => text.get(updated..),
        (None, _) => None,
    }
}

/// Whether a text gives the date of a change and none of publication.
fn is_of_update(text: &str) -> bool {
    updated_part(text).is_some() && read_text(published_part(text)).is_none()
}

/// `/2024/05/01/` or `/2024-05-01-` in a path.
fn of_address(url: &str) -> Option<Moment> {
    let path = url.split_once("//").map_or("", |(_, rest)| rest).split(['?', '#']).next()?;
    let numbers: Vec<&str> = path.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect();
    let whole = |digits: &&str| if digits.len() == 8 { number_date(&[&digits[..4], &digits[4..6], &digits[6..]]) } else { None };
    let parts = numbers.windows(3).filter(|parts| parts[0].len() == 4 && parts[1].len() <= 2 && parts[2].len() <= 2).find_map(number_date);
    let date = parts.or_else(|| numbers.iter().find_map(whole))?;
    Some(Moment::of_day(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    #[test]
    fn a_time_of_day_is_taken_from_another_source_of_the_same_day() {
        let html = r#"<script type="application/ld+json">{"@type":"Article","datePublished":"2024-04-26","dateModified":"2024-05-01T00:00Z"}</script>
            <meta property=article:published_time content="2024-04-26T10:00+02:00"><h1>Rain</h1>"#;
        let page = Page::from_html(html.to_owned(), &PageOptions::default().url("https://a.example/2023/01/02/x"));
        let page = LabelledPage::from_labels(page, |_, _| Label::Navigation);
        let declared = Declared::of(page.page().dom().unwrap());
        let fact = published(&page, &declared).unwrap();
        assert_eq!((fact.value.as_str(), fact.from), ("2024-04-26T10:00:00+02:00", Origin::OpenGraph));
        assert_eq!(modified(&page, &declared).unwrap().value, "2024-05-01T00:00:00Z");
    }

    #[test]
    fn the_page_and_its_address_give_dates_too() {
        let dated = |html: &str, url: &str| {
            let page = Page::from_html(html.to_owned(), &PageOptions::default().url(url));
            let page = LabelledPage::from_labels(page, |_, _| Label::Navigation);
            let declared = Declared::of(page.page().dom().unwrap());
            published(&page, &declared).map(|fact| (fact.value, fact.from))
        };
        assert_eq!(dated("<h1>Rain</h1><p>26 April 2024", "").unwrap(), ("2024-04-26".to_owned(), Origin::Block));
        assert_eq!(dated("<h1>Rain</h1><time datetime=2024-04-26>x</time>", "").unwrap(), ("2024-04-26".to_owned(), Origin::Time));
        assert_eq!(dated("<p>x", "https://a.example/2024/04/26/rain").unwrap(), ("2024-04-26".to_owned(), Origin::Address));
        assert_eq!(dated("<p>x", "https://a.example/20240426-rain").unwrap(), ("2024-04-26".to_owned(), Origin::Address));
        assert_eq!(dated("<p>x", "https://a.example/2024/rain"), None);
    }
}
