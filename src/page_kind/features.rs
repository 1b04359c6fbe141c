//! The numbers that the page-kind model sees.
//!
//! Takes a labelled page and its declarations, gives a row: what its labels are, how long its content blocks are and in which tags they stand,
//! how many elements of each tag there are, what JSON-LD, Open Graph, the generator and the address say.

use crate::classify::{LabelledBlock, LabelledPage};
use crate::declared::{Declared, types_of};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// Tags that are counted, as the logarithm of one more than their number.
const TAGS: [(&str, Tag); 34] = [
    ("p", Tag::P),
    ("li", Tag::LI),
    ("table", Tag::TABLE),
    ("tr", Tag::TR),
    ("pre", Tag::PRE),
    ("code", Tag::CODE),
    ("form", Tag::FORM),
    ("input", Tag::INPUT),
    ("button", Tag::BUTTON),
    ("img", Tag::IMG),
    ("article", Tag::ARTICLE),
    ("time", Tag::TIME),
    ("h1", Tag::H1),
    ("h2", Tag::H2),
    ("h3", Tag::H3),
    ("h4", Tag::H4),
    ("nav", Tag::NAV),
    ("section", Tag::SECTION),
    ("figure", Tag::FIGURE),
    ("video", Tag::VIDEO),
    ("iframe", Tag::IFRAME),
    ("a", Tag::A),
    ("dl", Tag::DL),
    ("blockquote", Tag::BLOCKQUOTE),
    ("svg", Tag::SVG),
    ("script", Tag::SCRIPT),
    ("label", Tag::LABEL),
    ("select", Tag::SELECT),
    ("textarea", Tag::TEXTAREA),
    ("aside", Tag::ASIDE),
    ("main", Tag::MAIN),
    ("strong", Tag::STRONG),
    ("em", Tag::EM),
    ("span", Tag::SPAN),
];

/// Types of JSON-LD, by what they have in common.
const TYPES: [(&str, &[&str]); 17] = [
    ("ld_news", &["NewsArticle", "ReportageNewsArticle", "Article", "OpinionNewsArticle", "AnalysisNewsArticle"]),
    ("ld_blog", &["BlogPosting", "Blog"]),
    ("ld_product", &["Product", "ProductGroup", "Vehicle", "IndividualProduct"]),
    ("ld_offer", &["Offer", "AggregateOffer"]),
    ("ld_list", &["ItemList", "CollectionPage", "SearchResultsPage", "OfferCatalog"]),
    ("ld_forum", &["DiscussionForumPosting"]),
    ("ld_question", &["QAPage", "Question"]),
    ("ld_faq", &["FAQPage"]),
    ("ld_recipe", &["Recipe", "HowTo"]),
    ("ld_technical", &["TechArticle", "APIReference", "SoftwareSourceCode"]),
    ("ld_organisation", &["Organization", "Corporation", "NewsMediaOrganization"]),
    ("ld_local", &["LocalBusiness", "ProfessionalService", "Service", "MedicalBusiness", "Attorney", "Dentist", "Restaurant", "Hotel"]),
    ("ld_software", &["SoftwareApplication", "WebApplication", "MobileApplication"]),
    ("ld_breadcrumb", &["BreadcrumbList"]),
    ("ld_review", &["Review", "AggregateRating"]),
    ("ld_event", &["Event", "JobPosting", "Course"]),
    ("ld_person", &["Person", "ProfilePage", "AboutPage"]),
];

/// Words of an address's host and path, by the kind of page they lead to.
const ADDRESS: [(&str, &[&str]); 8] = [
    (
        "at_forum",
        &[
            "forum",
            "forums",
            "thread",
            "threads",
            "topic",
            "topics",
            "viewtopic",
            "showthread",
            "questions",
            "question",
            "discussion",
            "discussions",
            "discuss",
            "community",
            "comments",
            "board",
            "boards",
            "answers",
            "t",
            "viewthread",
            "phpbb",
            "stackoverflow",
            "stackexchange",
            "reddit",
            "issues",
        ],
    ),
    (
        "at_documentation",
        &[
            "docs",
            "doc",
            "documentation",
            "api",
            "reference",
            "guide",
            "guides",
            "manual",
            "wiki",
            "help",
            "tutorial",
            "tutorials",
            "learn",
            "kb",
            "developer",
            "developers",
            "dev",
            "readthedocs",
            "library",
            "latest",
            "stable",
            "sdk",
            "knowledgebase",
            "handbook",
            "book",
            "en-us",
        ],
    ),
    (
        "at_product",
        &["product", "products", "produkt", "producto", "produit", "p", "dp", "item", "items", "shop", "store", "buy", "sku", "pd", "itm"],
    ),
    (
        "at_listing",
        &[
            "category",
            "categories",
            "tag",
            "tags",
            "search",
            "list",
            "browse",
            "jobs",
            "archive",
            "archives",
            "section",
            "latest",
            "index",
            "events",
            "directory",
            "listing",
            "listings",
            "author",
            "find",
            "results",
        ],
    ),
    (
        "at_collection",
        &["collections", "collection", "gallery", "catalog", "catalogue", "all", "c", "department", "shop-by", "sale", "portfolio"],
    ),
    (
        "at_service",
        &[
            "services",
            "service",
            "solutions",
            "solution",
            "pricing",
            "about",
            "about-us",
            "plans",
            "features",
            "contact",
            "what-we-do",
            "platform",
            "company",
            "industries",
            "locations",
            "home",
            "programs",
            "enterprise",
            "business",
        ],
    ),
    (
        "at_article",
        &[
            "news", "blog", "blogs", "article", "articles", "story", "stories", "post", "posts", "opinion", "magazine", "politics",
            "recipes", "recipe",
        ],
    ),
    ("at_encyclopedia", &["wikipedia", "wiki", "fandom", "encyclopedia"]),
];

/// Makers of site software and what classes of the page name them or what they are, by the kind of site.
const SOFTWARE: [(&str, &[&str]); 5] = [
    (
        "made_forum",
        &[
            "discourse",
            "vbulletin",
            "phpbb",
            "xenforo",
            "xf-",
            "invision",
            "mybb",
            "simple machines",
            "smf",
            "flarum",
            "vanilla",
            "bbpress",
            "question-page",
        ],
    ),
    (
        "made_documentation",
        &[
            "sphinx",
            "docusaurus",
            "mkdocs",
            "readthedocs",
            "gitbook",
            "hugo-docs",
            "docs-",
            "vuepress",
            "vitepress",
            "mdbook",
            "doxygen",
            "javadoc",
            "wy-body",
            "docfx",
        ],
    ),
    (
        "made_shop",
        &[
            "shopify",
            "woocommerce",
            "magento",
            "prestashop",
            "bigcommerce",
            "template-product",
            "catalog-product",
            "single-product",
            "opencart",
        ],
    ),
    ("made_blog", &["single-post", "wordpress", "blogger", "ghost", "single-format", "postid-", "medium"]),
    ("made_listing", &["archive", "category", "template-collection", "catalog-category", "search-results", "blog-index", "home "]),
];

/// What short blocks of pages say, as parts of texts in lower case.
const SAYINGS: [(&str, &[&str]); 5] = [
    (
        "says_cart",
        &[
            "add to cart",
            "add to bag",
            "add to basket",
            "in den warenkorb",
            "buy now",
            "in stock",
            "out of stock",
            "add to wishlist",
            "free shipping",
            "sku",
        ],
    ),
    (
        "says_reply",
        &[
            "reply",
            "posted by",
            "joined",
            "quote",
            "upvote",
            "views",
            "replies",
            "likes",
            "thread",
            "member since",
            "registered user",
            "accepted answer",
        ],
    ),
    (
        "says_service",
        &[
            "contact us",
            "get started",
            "book a demo",
            "free trial",
            "request a",
            "get a quote",
            "learn more",
            "our services",
            "call us",
            "schedule",
            "testimonials",
        ],
    ),
    (
        "says_article",
        &[
            "min read",
            "share this",
            "related articles",
            "published",
            "updated",
            "written by",
            "by ",
            "leave a comment",
            "read next",
            "about the author",
        ],
    ),
    (
        "says_listing",
        &["results", "sort by", "filter", "showing", "load more", "next page", "view all", "read more", "quick view", "page 1"],
    ),
];

const SHAPES: [&str; 24] = [
    "content_blocks",
    "content_words",
    "content_share",
    "caption_share",
    "navigation_share",
    "prompt_share",
    "mean_words",
    "longest_block",
    "long_share",
    "short_share",
    "in_p",
    "in_li",
    "in_cell",
    "in_heading",
    "in_code",
    "in_div",
    "in_link",
    "prices",
    "content_spread",
    "content_headings",
    "blocks",
    "questions",
    "hidden_content",
    "content_prices",
];

const ADDRESS_SHAPES: [&str; 6] = ["path_depth", "path_root", "path_slug", "path_digits", "path_date", "path_html"];
const DECLARED: [&str; 7] = ["og_article", "og_website", "og_product", "has_date", "has_author", "og_any", "has_price"];

/// The names of the columns.
pub(crate) fn names() -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut all = owned(&SHAPES);
    all.extend(TAGS.iter().map(|(name, _)| format!("count_{name}")));
    all.extend(TYPES.iter().map(|(name, _)| (*name).to_owned()));
    all.extend(owned(&DECLARED));
    all.extend(SOFTWARE.iter().map(|(name, _)| (*name).to_owned()));
    all.extend(owned(&ADDRESS_SHAPES));
    all.extend(ADDRESS.iter().map(|(name, _)| (*name).to_owned()));
    all.extend(SAYINGS.iter().map(|(name, _)| (*name).to_owned()));
    all
}

/// A page's row, as wide as [`names`] is long.
pub(crate) fn row(page: &LabelledPage, declared: &Declared<'_>) -> Vec<f32> {
    let mut row = Vec::with_capacity(112);
    shapes(page, &mut row);
    row.extend(TAGS.iter().map(|(_, tag)| log(declared.count(*tag) as f32)));
    types(declared, &mut row);
    declarations(declared, &mut row);
    software(declared, &mut row);
    address(page.page().url().or_else(|| declared.address()).unwrap_or_default(), &mut row);
    sayings(page, &mut row);
    row
}

fn log(count: f32) -> f32 {
    count.ln_1p()
}

fn flag(on: bool) -> f32 {
    f32::from(u8::from(on))
}

/// Sums over a page's blocks.
#[derive(Default)]
struct Sums {
    labels: [f32; Label::COUNT],
    words: f32,
    longest: f32,
    long: f32,
    short: f32,
    /// Words in `p`, `li`, cells, headings, code, `div`, links.
    places: [f32; 7],
    prices: f32,
    content_prices: f32,
    headings: f32,
    questions: f32,
    hidden: f32,
    first: Option<usize>,
    last: usize,
}

impl Sums {
    fn add(&mut self, block: &LabelledBlock<'_>) {
        self.labels[block.label.index()] += 1.0;
        let text = block.text();
        let price = flag(text.len() < 60 && has_price(text));
        self.prices += price;
        if block.label != Label::Content {
            return;
        }
        let words = crate::access::words_of(text);
        self.words += words;
        self.longest = self.longest.max(words);
        self.content_prices += price;
        self.first = self.first.or(Some(block.index));
        self.last = block.index;
        self.questions += flag(text.ends_with('?'));
        self.hidden += flag(block.is_hidden()) * words;
        if words >= 30.0 {
            self.long += words;
        }
        self.short += flag(words < 6.0);
        let place = match block.element().and_then(NodeRef::tag) {
            Some(Tag::P) => 0,
            Some(Tag::LI) => 1,
            Some(Tag::TD | Tag::TH | Tag::DD | Tag::DT) => 2,
            Some(tag) if tag.is_heading() => 3,
            Some(Tag::PRE | Tag::CODE) => 4,
            _ => 5,
        };
        self.places[place] += words;
        self.headings += flag(place == 3);
        let linked = block.element().is_some_and(|owner| {
            std::iter::once(owner).chain(owner.ancestors().take(3)).any(|node| node.is(Tag::A))
                || owner.first_child().is_some_and(|child| child.is(Tag::A))
        });
        if linked {
            self.places[6] += words;
        }
    }
}

fn shapes(page: &LabelledPage, row: &mut Vec<f32>) {
    let mut sums = Sums::default();
    for block in page.iter() {
        sums.add(&block);
    }
    let blocks = (page.len() as f32).max(1.0);
    let content = sums.labels[0].max(1.0);
    let words = sums.words.max(1.0);
    let spread = sums.first.map_or(0.0, |first| (sums.last - first + 1) as f32 / blocks);
    row.extend([log(sums.labels[0]), log(sums.words)]);
    row.extend(sums.labels.map(|count| count / blocks));
    row.extend([log(sums.words / content), log(sums.longest), sums.long / words, sums.short / content]);
    row.extend(sums.places.map(|part| part / words));
    row.extend([
        log(sums.prices),
        spread,
        log(sums.headings),
        log(blocks),
        log(sums.questions),
        sums.hidden / words,
        log(sums.content_prices),
    ]);
}

/// A currency sign or code next to a digit.
fn has_price(text: &str) -> bool {
    text.contains(['$', '€', '£', '¥', '₹', '₽', '₩']) && text.chars().any(char::is_numeric)
}

fn types(declared: &Declared<'_>, row: &mut Vec<f32>) {
    let objects = declared.json_ld.objects();
    let found: Vec<&str> = objects.iter().flat_map(|object| types_of(object)).collect();
    row.extend(TYPES.iter().map(|(_, names)| flag(names.iter().any(|name| found.contains(name)))));
}

fn declarations(declared: &Declared<'_>, row: &mut Vec<f32>) {
    let kind = declared.meta_named(&["og:type"]).map(|(_, kind)| kind.to_ascii_lowercase());
    let is = |part: &str| flag(kind.as_deref().is_some_and(|kind| kind.contains(part)));
    row.extend([is("article"), is("website"), is("product")]);
    let has = |names: &[&'static str]| flag(declared.meta_named(names).is_some());
    row.push(has(&["article:published_time", "date", "dc.date", "pubdate", "parsely-pub-date", "datepublished"]));
    row.push(has(&["author", "article:author", "parsely-author", "dc.creator"]));
    row.push(flag(kind.is_some()));
    row.push(has(&["product:price:amount", "og:price:amount", "product:price", "twitter:data1", "price"]));
}

fn software(declared: &Declared<'_>, row: &mut Vec<f32>) {
    let mut text = declared.page_classes.clone();
    text.push(' ');
    text.extend(declared.metas_named("generator").flat_map(|generator| [generator, " "]).map(str::to_ascii_lowercase));
    row.extend(SOFTWARE.iter().map(|(_, names)| flag(names.iter().any(|name| text.contains(name)))));
}

fn address(url: &str, row: &mut Vec<f32>) {
    let rest = url.split_once("//").map_or("", |(_, rest)| rest).to_ascii_lowercase();
    let (host, path) = rest.find('/').map_or((rest.as_str(), ""), |at| rest.split_at(at));
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let last = segments.last().copied().unwrap_or_default();
    let year = |segment: &&str| {
        segment.len() == 4 && (segment.starts_with("20") || segment.starts_with("19")) && segment.bytes().all(|b| b.is_ascii_digit())
    };
    row.extend([
        segments.len().min(8) as f32,
        flag(segments.is_empty()),
        last.matches('-').count().min(10) as f32,
        flag(path.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 5)),
        flag(segments.iter().any(year)),
        flag([".html", ".htm", ".php", ".aspx"].iter().any(|ending| last.ends_with(ending))),
    ]);
    let words: Vec<&str> = host.split('.').chain(segments.iter().flat_map(|segment| segment.split('.'))).collect();
    row.extend(ADDRESS.iter().map(|(_, names)| flag(words.iter().any(|word| names.contains(word)))));
}

fn sayings(page: &LabelledPage, row: &mut Vec<f32>) {
    let mut counts = [0.0_f32; SAYINGS.len()];
    for block in page.iter().filter(|block| block.text().len() <= 48) {
        let text = block.text().to_lowercase();
        for (count, (_, parts)) in counts.iter_mut().zip(&SAYINGS) {
            *count += flag(parts.iter().any(|part| text.contains(part)));
        }
    }
    row.extend(counts.map(log));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    #[test]
    fn a_row_is_as_wide_as_its_names() {
        let html = "<title>x</title><h1>Kettle</h1><p>Boils water.</p><p>$12.00</p>";
        let page = Page::from_html(html.to_owned(), &PageOptions::default().url("https://shop.example/product/kettle-2"));
        let labelled = LabelledPage::from_labels(page, |_, _| Label::Content);
        let declared = labelled.page().dom().map(Declared::of).unwrap_or_default();
        let (row, names) = (row(&labelled, &declared), names());
        assert_eq!(row.len(), names.len());
        let value = |name: &str| row[names.iter().position(|found| found == name).unwrap()];
        assert!(value("at_product") > 0.5 && value("at_forum") < 0.5 && value("prices") > 0.5);
        assert!(row.iter().all(|value| value.is_finite()));
    }
}
