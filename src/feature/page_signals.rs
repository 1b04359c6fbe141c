//! What the page says of itself, and how a block agrees with it.
//!
//! Takes `<title>`, `<meta>`, JSON-LD and the address; gives overlaps of a block with title, headline, author and description, and signs of
//! the page's kind.

use rustc_hash::{FxHashMap, FxHashSet};

use super::hash::{WordFilter, words};
use super::link::Here;
use super::schema::columns;
use super::survey::{BlockInfo, KEPT_WORDS, Survey};
use super::{flag, log, share_f};
use crate::dom::{Dom, NodeRef, Tag};

columns! { "page";
    TITLE "title" Share "the block's words that stand in the page's title or og:title";
    TITLE_COVER "title_cover" Share "the title's words that stand in the block";
    HEADLINE "headline" Share "the block's words that stand in JSON-LD's headline or name";
    AUTHOR "author" Share "the block's words that stand in an author's name";
    DESCRIPTION "description" Share "the block's words that stand in the description";
    SITE_NAME "site_name" Share "the block's words that stand in the site's name";
    BODY "article_body" Share "the block's runs of three words that stand in JSON-LD's articleBody, text or description";
    HAS_BODY "has_article_body" Flag "JSON-LD has an articleBody or text of 100 words or more";
    LD_ARTICLE "ld_article" Flag "JSON-LD has an article type";
    LD_PRODUCT "ld_product" Flag "JSON-LD has a product";
    LD_LIST "ld_list" Flag "JSON-LD has an item list, collection or search results";
    LD_THREAD "ld_thread" Flag "JSON-LD has a forum posting, question or discussion";
    LD_GATED "ld_gated" Flag "JSON-LD says isAccessibleForFree false";
    LD_FREE "ld_free" Flag "JSON-LD says isAccessibleForFree true";
    OG_ARTICLE "og_article" Flag "og:type is article";
    OG_PRODUCT "og_product" Flag "og:type is product";
    OG_WEBSITE "og_website" Flag "og:type is website";
    HAS_DATE "has_date" Flag "a meta date of publication";
    PATH_DEPTH "path_depth" Count "segments of the page's path, at most 12";
    PATH_SLUG "path_slug" Flag "the last segment has three hyphens or more";
    PATH_DIGITS "path_digits" Flag "the path has a number of five digits or more";
    H1 "h1" LogCount "h1 elements";
    H2 "h2" LogCount "h2 elements";
    ARTICLES "articles" LogCount "article elements";
    PARAGRAPHS "paragraphs" LogCount "p elements";
    TABLES "tables" LogCount "table elements";
    LISTS "list_items" LogCount "li elements";
    CODE "code" LogCount "pre and code elements";
    TIMES "times" LogCount "time elements";
    FORMS "forms" LogCount "form elements";
    PICTURES "pictures" LogCount "pictures, videos and frames";
    ELEMENTS "elements" LogCount "elements";
}

/// The page's own words about itself.
#[derive(Debug, Default)]
pub(super) struct PageSignals {
    title: Vec<u32>,
    headline: Vec<u32>,
    author: Vec<u32>,
    description: Vec<u32>,
    site_name: Vec<u32>,
    /// For each word of these lists the columns it counts for: 1 in the byte of each, from [`TITLE`] on.
    said: FxHashMap<u32, u64>,
    filter: WordFilter<FILTER_WORDS>,
    body: FxHashSet<[u32; 3]>,
    body_filter: WordFilter<BODY_FILTER_WORDS>,
    constant: Vec<f32>,
    url: String,
}

/// 1,024 bits for some hundred words at most.
const FILTER_WORDS: usize = 16;

/// 16,384 bits for the runs of three words of an article.
const BODY_FILTER_WORDS: usize = 256;

/// The first column that is the same for all blocks of a page.
const CONSTANT: usize = HAS_BODY;

/// The elements that are counted.
const COUNTED: [(usize, &[Tag]); 9] = [
    (H1, &[Tag::H1]),
    (H2, &[Tag::H2]),
    (ARTICLES, &[Tag::ARTICLE]),
    (PARAGRAPHS, &[Tag::P]),
    (TABLES, &[Tag::TABLE]),
    (LISTS, &[Tag::LI]),
    (CODE, &[Tag::PRE, Tag::CODE]),
    (TIMES, &[Tag::TIME]),
    (FORMS, &[Tag::FORM]),
];

impl PageSignals {
    pub(super) fn of_text() -> Self {
        Self::default()
    }

    pub(super) fn new(survey: &Survey<'_>, dom: &Dom, url: Option<&str>) -> Self {
        let mut signals = Self { constant: vec![0.0; DEFS.len()], ..Self::default() };
        let mut canonical = String::new();
        for id in &survey.telling {
            let node = dom.node(*id);
            match node.tag() {
                Some(Tag::META) => signals.meta(node, &mut canonical),
                Some(Tag::LINK) if node.attr("rel") == Some("canonical") => {
                    node.attr("href").unwrap_or_default().clone_into(&mut canonical);
                }
                Some(Tag::TITLE) if signals.title.is_empty() => add_words(&node.inner_text(), &mut signals.title),
                Some(Tag::SCRIPT) if node.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json")) => {
                    signals.json_ld(&node.inner_text());
                }
                _ => {}
            }
        }
        for (column, tags) in COUNTED {
            signals.constant[column] = log(tags.iter().map(|tag| survey.tags[tag.number()]).sum());
        }
        signals.constant[PICTURES] = log(survey.met.media);
        signals.constant[ELEMENTS] = log(survey.met.elements);
        signals.url = url.map_or(canonical, str::to_owned);
        signals.address();
        signals.gather();
        signals
    }

    fn lists(&self) -> [(usize, &[u32]); 5] {
        [
            (TITLE, &self.title),
            (HEADLINE, &self.headline),
            (AUTHOR, &self.author),
            (DESCRIPTION, &self.description),
            (SITE_NAME, &self.site_name),
        ]
    }

    /// Puts the lists of words together, so that a block's word is looked up once.
    fn gather(&mut self) {
        let mut said: FxHashMap<u32, u64> = FxHashMap::default();
        for (column, words) in self.lists() {
            for word in words {
                *said.entry(*word).or_default() |= 1 << (8 * (column - TITLE));
            }
        }
        for word in said.keys() {
            self.filter.add(*word);
        }
        self.said = said;
    }

    /// The columns that a word counts for.
    fn columns_of(&self, word: u32) -> Option<&u64> {
        if self.filter.may_have(word) { self.said.get(&word) } else { None }
    }

    /// The share of a block's words that stand in each of the lists.
    fn overlaps(&self, found: &[u32], out: &mut [f32; DEFS.len()]) {
        // One addition counts for all columns: a byte has room for more words than a block keeps.
        const { assert!(KEPT_WORDS <= 0xff) };
        let counts: u64 = found.iter().filter_map(|word| self.columns_of(*word)).sum();
        for (column, _) in self.lists() {
            let count = counts >> (8 * (column - TITLE)) & 0xff;
            out[column] = share_f(count as f32, found.len() as f32);
        }
    }

    /// The page's address: given, canonical or empty.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    fn address(&mut self) {
        let here = Here::new(&self.url);
        let path = here.path().split(['?', '#']).next().unwrap_or_default();
        let depth = path.split('/').filter(|segment| !segment.is_empty()).count();
        self.constant[PATH_DEPTH] = depth.min(12) as f32;
        self.constant[PATH_SLUG] = flag(path.rsplit('/').next().unwrap_or_default().matches('-').count() >= 3);
        self.constant[PATH_DIGITS] = flag(path.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 5));
    }

    fn meta(&mut self, node: NodeRef<'_>, canonical: &mut String) {
        let [content, property, name] = node.attrs(["content", "property", "name"]);
        let (Some(content), Some(name)) = (content, property.or(name)) else { return };
        match name {
            "og:title" | "twitter:title" => add_words(content, &mut self.title),
            "og:description" | "description" => add_words(content, &mut self.description),
            "author" | "article:author" => add_words(content, &mut self.author),
            "og:site_name" => add_words(content, &mut self.site_name),
            "og:url" if canonical.is_empty() => content.clone_into(canonical),
            "og:type" => {
                self.constant[OG_ARTICLE] = flag(content.contains("article"));
                self.constant[OG_PRODUCT] = flag(content.contains("product"));
                self.constant[OG_WEBSITE] = flag(content.contains("website"));
            }
            "article:published_time" | "date" | "dc.date" | "pubdate" => self.constant[HAS_DATE] = 1.0,
            _ => {}
        }
    }

    fn json_ld(&mut self, text: &str) {
        let cleaned = text.trim().trim_start_matches("<!--").trim_end_matches("-->");
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(cleaned) {
            self.ld_value(&value, 0);
        }
    }

    fn ld_value(&mut self, value: &serde_json::Value, depth: usize) {
        use serde_json::Value;
        if depth > 12 {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.ld_value(item, depth + 1)),
            Value::Object(object) => {
                for (key, value) in object {
                    self.ld_entry(key, value);
                    self.ld_value(value, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn ld_entry(&mut self, key: &str, value: &serde_json::Value) {
        let text = value.as_str().unwrap_or_default();
        match key {
            "@type" => {
                let kinds = value.to_string();
                let has = |parts: &[&str]| parts.iter().any(|part| kinds.contains(part));
                for (column, parts) in [
                    (LD_ARTICLE, &["Article", "BlogPosting", "Report"][..]),
                    (LD_PRODUCT, &["\"Product", "Offer\""][..]),
                    (LD_LIST, &["ItemList", "CollectionPage", "SearchResults"][..]),
                    (LD_THREAD, &["DiscussionForum", "QAPage", "\"Question"][..]),
                ] {
                    if has(parts) {
                        self.constant[column] = 1.0;
                    }
                }
            }
            "headline" | "name" if self.headline.len() < 4 * KEPT_WORDS => add_words(text, &mut self.headline),
            "author" | "creator" if self.author.len() < 4 * KEPT_WORDS => {
                add_words(text, &mut self.author);
                let people = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                for name in people.iter().filter_map(|person| person.get("name")?.as_str()) {
                    add_words(name, &mut self.author);
                }
            }
            "isAccessibleForFree" => {
                let said = value.to_string().to_ascii_lowercase();
                self.constant[if said.contains("false") { LD_GATED } else { LD_FREE }] = 1.0;
            }
            "articleBody" | "text" | "reviewBody" | "description" => self.body_text(text, key),
            _ => {}
        }
    }

    fn body_text(&mut self, text: &str, key: &str) {
        let mut last = [0_u32; 3];
        let mut count = 0;
        words(text, |word| {
            last = [last[1], last[2], word];
            count += 1;
            if count >= 3 {
                self.body_filter.add(run_key(last));
                self.body.insert(last);
            }
            true
        });
        if key == "articleBody" && count >= 100 {
            self.constant[HAS_BODY] = 1.0;
        }
    }

    fn is_in_body(&self, run: [u32; 3]) -> bool {
        self.body_filter.may_have(run_key(run)) && self.body.contains(&run)
    }

    pub(super) fn fill(&self, survey: &Survey<'_>, info: &BlockInfo, out: &mut [f32]) {
        let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>() else { return };
        let found = survey.words_of(info);
        if !self.constant.is_empty() {
            out[CONSTANT..].copy_from_slice(&self.constant[CONSTANT..]);
        }
        self.overlaps(found, out);
        if out[TITLE] > 0.0 {
            let common = self.title.iter().filter(|word| found.contains(word));
            out[TITLE_COVER] = share_f(common.count() as f32, self.title.len() as f32);
        }
        if !self.body.is_empty() {
            let runs = found.windows(3);
            let total = runs.len();
            out[BODY] =
                share_f(runs.filter(|run| <[u32; 3]>::try_from(*run).is_ok_and(|run| self.is_in_body(run))).count() as f32, total as f32);
        }
    }
}

/// What the filter knows a run of three words by: all of them have a part in its low bits.
fn run_key([first, second, third]: [u32; 3]) -> u32 {
    first ^ second.rotate_left(11) ^ third.rotate_left(22)
}

fn add_words(text: &str, out: &mut Vec<u32>) {
    let most = out.len() + KEPT_WORDS;
    words(text, |word| {
        out.push(word);
        out.len() < most
    });
}
