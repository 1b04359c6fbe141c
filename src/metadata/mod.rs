//! What a page says of itself, with where each fact comes from: title, authors, dates, language, site, address, description, licence, picture,
//! section and tags.
//!
//! Takes a [`LabelledPage`], gives [`Metadata`]. JSON-LD, Open Graph, `<meta>`, microdata, `<time>` and the page's blocks are asked in an order
//! that differs by fact; for the title they vote. Does not fetch anything, and does not know whether what a page says of itself is true.

mod address;
mod byline;
mod dates;
mod headline;
mod moment;
mod people;
mod texts;
mod title;

use serde::Serialize;

use crate::classify::LabelledPage;
use crate::declared::Declared;

use crate::access::named;

named! {
    /// Where a fact comes from.
    Origin {
        /// JSON-LD.
        JsonLd "json-ld",
        /// Open Graph and its kin: `og:`, `article:`, `twitter:`.
        OpenGraph "open-graph",
        /// Another `<meta>`.
        Meta "meta",
        /// Microdata or `RDFa`.
        Microdata "microdata",
        /// `<title>`, `<link>`, `lang` and other elements of HTML's own.
        Html "html",
        /// A `<time>` element.
        Time "time",
        /// A block of text, by its words or the names of the elements around it.
        Block "block",
        /// The page's address.
        Address "address",
    }
}

/// A fact and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact<T> {
    /// The fact.
    pub value: T,
    /// Where it comes from.
    pub from: Origin,
}

impl<T> Fact<T> {
    pub(crate) fn new(value: T, from: Origin) -> Self {
        Self { value, from }
    }
}

/// A page's facts; `None` or empty where the page does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Metadata {
    /// What the page is called, without the site's name.
    pub title: Option<Fact<String>>,
    /// Who wrote it, in the page's order.
    pub authors: Vec<Fact<String>>,
    /// When it was published: ISO 8601, with a zone where the page gives one, or a date alone.
    pub published: Option<Fact<String>>,
    /// When it was last changed, in the same form.
    pub modified: Option<Fact<String>>,
    /// Its language, as a tag such as `en` or `pt-BR`.
    pub language: Option<Fact<String>>,
    /// The name of the site.
    pub site_name: Option<Fact<String>>,
    /// The address the page calls its own, made absolute.
    pub canonical: Option<Fact<String>>,
    /// Its description.
    pub description: Option<Fact<String>>,
    /// The address or name of its licence.
    pub license: Option<Fact<String>>,
    /// The address of its main picture, made absolute.
    pub image: Option<Fact<String>>,
    /// The section or department it stands in.
    pub section: Option<Fact<String>>,
    /// Its topics.
    pub tags: Vec<Fact<String>>,
}

impl Metadata {
    /// The facts of which a page has one at most, by name, in the order in which they are written.
    pub(crate) fn singles(&self) -> [(&'static str, Option<&Fact<String>>); 10] {
        [
            ("title", self.title.as_ref()),
            ("published", self.published.as_ref()),
            ("modified", self.modified.as_ref()),
            ("language", self.language.as_ref()),
            ("site_name", self.site_name.as_ref()),
            ("canonical", self.canonical.as_ref()),
            ("description", self.description.as_ref()),
            ("license", self.license.as_ref()),
            ("image", self.image.as_ref()),
            ("section", self.section.as_ref()),
        ]
    }

    /// The facts of which a page has any number, likewise.
    pub(crate) fn lists(&self) -> [(&'static str, &[Fact<String>]); 2] {
        [("authors", &self.authors), ("tags", &self.tags)]
    }

    /// Gathers a page's facts.
    ///
    /// ```
    /// use pagesieve::metadata::{Metadata, Origin};
    /// use pagesieve::{Label, LabelledPage, Page, PageOptions};
    ///
    /// let html = "<html lang=en><title>Bread | The Oven</title><meta name=author content='Ada Baker'>\
    ///     <h1>Bread</h1><time datetime='2024-05-01T08:00+02:00'>1 May</time>";
    /// let page = Page::from_html(html.to_owned(), &PageOptions::default());
    /// let facts = Metadata::of(&LabelledPage::from_labels(page, |_, _| Label::Content));
    /// assert_eq!(facts.title.unwrap().value, "Bread");
    /// assert_eq!((facts.authors[0].value.as_str(), facts.authors[0].from), ("Ada Baker", Origin::Meta));
    /// assert_eq!(facts.published.unwrap().value, "2024-05-01T08:00:00+02:00");
    /// ```
    pub fn of(page: &LabelledPage) -> Self {
        page.page().dom().map_or_else(Self::default, |dom| Self::by(page, &Declared::of(dom)))
    }

    /// As [`Self::of`], by declarations that were gathered already.
    pub(crate) fn by(page: &LabelledPage, declared: &Declared<'_>) -> Self {
        let Some(dom) = page.page().dom() else { return Self::default() };
        let site_name = texts::site_name(declared);
        let canonical = address::canonical(page, declared);
        let base = canonical.as_ref().map(|fact| fact.value.clone()).or_else(|| page.page().url().map(str::to_owned));
        Self {
            title: title::title(page, declared, site_name.as_ref().map(|fact| fact.value.as_str())),
            authors: people::authors(page, declared, site_name.as_ref().map(|fact| fact.value.as_str())),
            published: dates::published(page, declared),
            modified: dates::modified(page, declared),
            language: texts::language(declared),
            description: texts::description(declared),
            license: address::license(dom, declared, base.as_deref()),
            image: address::image(declared, base.as_deref()),
            section: texts::section(declared),
            tags: texts::tags(declared),
            site_name,
            canonical,
        }
    }
}

/// What the independent sources of a title say, and the title itself, folded to letters and digits: what tells how far they agree.
pub(crate) fn title_sources(page: &LabelledPage, facts: &Metadata) -> (Option<String>, Vec<String>) {
    let site_name = facts.site_name.as_ref().map(|fact| fact.value.as_str());
    let said = facts.title.as_ref().map(|fact| title::folded(&fact.value));
    let title = said.as_deref().unwrap_or_default();
    let sources = page.page().dom().map(|dom| title::independent(page, &Declared::of(dom), site_name, title)).unwrap_or_default();
    (said, sources)
}

/// A name as far as it tells people apart: letters and digits in lower case.
pub(crate) fn folded_name(name: &str) -> String {
    title::folded(name)
}
