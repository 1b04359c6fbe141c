//! The shape of the article's text: how long it is, where it breaks off, what is hidden.
//!
//! Takes a labelled page, gives [`Shape`]. Knows nothing of prompts' kinds or of markup.

use crate::classify::{LabelledBlock, LabelledPage};
use crate::dom::{NodeRef, Tag};
use crate::label::Label;

/// What a pager's or a "read more" link says in full, in lower case.
const READ_ON: [&str; 26] = [
    "read more",
    "continue reading",
    "read full story",
    "read the full story",
    "full story",
    "read full article",
    "more…",
    "read on",
    "weiterlesen",
    "mehr lesen",
    "artikel lesen",
    "lire la suite",
    "lire plus",
    "leer más",
    "seguir leyendo",
    "leia mais",
    "continua a leggere",
    "leggi tutto",
    "lees meer",
    "lees verder",
    "läs mer",
    "les mer",
    "læs mere",
    "czytaj dalej",
    "続きを読む",
    "전체보기",
];
const NEXT_PAGE: [&str; 14] = [
    "next page",
    "next",
    "next page »",
    "next »",
    "next →",
    "next ›",
    "nächste seite",
    "page suivante",
    "página siguiente",
    "次へ",
    "次のページ",
    "次ページ",
    "次のページへ",
    "下一页",
];

/// How many blocks after the text a link to its rest is looked for in.
const NEAR: usize = 12;

/// The article's text.
#[expect(clippy::struct_excessive_bools, reason = "each is an observation by itself, true of a text or not")]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Shape {
    /// Words of content blocks other than the page's `h1`. A script without spaces has a word for each two characters.
    pub(crate) words: f32,
    /// Of these, words that the page's own markup hides.
    pub(crate) hidden_words: f32,
    /// Content blocks of 12 words or more.
    pub(crate) paragraphs: usize,
    /// The first paragraph of the main text (the run of paragraphs with the most words), by index in the page's blocks.
    pub(crate) first: Option<usize>,
    /// Its last one.
    pub(crate) last: Option<usize>,
    /// Words of its paragraphs.
    pub(crate) run_words: f32,
    /// The text ends with an ellipsis.
    pub(crate) ellipsis: bool,
    /// It ends without a full stop, a quotation mark or the like.
    pub(crate) unfinished: bool,
    /// Its last paragraph is followed by a heading and nothing under it.
    pub(crate) heading_last: bool,
    /// A link after the text leads to its rest.
    pub(crate) read_on: bool,
    /// The text is short, and a link in or after it leads to its rest on another site.
    pub(crate) read_out: bool,
    /// A pager after the text leads to a second page.
    pub(crate) next_page: bool,
    /// Words of all blocks.
    pub(crate) all_words: f32,
}

/// More blocks than this between two paragraphs part two texts: what is far behind the article is seldom its own.
const GAP: usize = 30;
/// An excerpt that another site has the rest of has at most so many words; a longer text with such a link is whole and names its source.
const EXCERPT: f32 = 400.0;
/// Words that make a block a paragraph.
const PARAGRAPH: f32 = 12.0;

/// A run of content blocks that stand close.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    first: usize,
    last: usize,
    words: f32,
}

impl Shape {
    pub(crate) fn of(page: &LabelledPage) -> Self {
        let mut shape = Self::default();
        let mut runs: Vec<Run> = Vec::new();
        for block in page.iter() {
            let words = words_of(block.text());
            shape.all_words += words;
            if block.label != Label::Content || block.tag() == "h1" {
                continue;
            }
            shape.words += words;
            if block.is_hidden() {
                shape.hidden_words += words;
            }
            if words < PARAGRAPH {
                continue;
            }
            shape.paragraphs += 1;
            match runs.last_mut() {
                Some(run) if block.index - run.last <= GAP => {
                    run.last = block.index;
                    run.words += words;
                }
                _ => runs.push(Run { first: block.index, last: block.index, words }),
            }
        }
        // The first of equals.
        let main = runs.into_iter().reduce(|best, run| if run.words > best.words { run } else { best });
        if let Some(run) = main {
            (shape.first, shape.last, shape.run_words) = (Some(run.first), Some(run.last), run.words);
            shape.ends(page, run.last);
            shape.look_after(page, run.last);
            shape.read_out = run.words <= EXCERPT && leads_out(page, run);
        }
        shape
    }

    fn ends(&mut self, page: &LabelledPage, last: usize) {
        let Some(block) = page.blocks().get(last) else { return };
        let text = page.blocks().text(block).trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ']' | ')' | '）'));
        self.ellipsis = text.ends_with('…') || text.ends_with("...") || text.ends_with("・・・");
        let end = text.chars().next_back();
        self.unfinished = end.is_some_and(|c| c.is_alphabetic() || matches!(c, ',' | '、' | ';' | '-' | '–'));
        let next = page.iter().skip(last + 1).find(|block| block.label != Label::Caption);
        let is_heading = |block: &LabelledBlock<'_>| {
            block.label == Label::Content && block.element().and_then(NodeRef::tag).is_some_and(Tag::is_heading)
        };
        self.heading_last = next.is_some_and(|block| is_heading(&block));
    }

    /// A short block after the text that is a link to its rest.
    fn look_after(&mut self, page: &LabelledPage, last: usize) {
        let own = path_of(page);
        for block in page.iter().skip(last).take(NEAR) {
            let text = said_by_link(block.text());
            if text.chars().count() > 32 {
                continue;
            }
            let text = text.trim_end_matches(['»', '…', ' ']);
            self.read_on |= READ_ON.contains(&text) && links_elsewhere(&block);
            self.next_page |= leads_to_second_page(&block, text, own.as_deref());
        }
    }
}

/// Whether a link in the main text or a few blocks after it leads to its rest on another site: what syndicated excerpts end with.
fn leads_out(page: &LabelledPage, run: Run) -> bool {
    let Some(own) = page.page().url().map(str::to_owned).or_else(|| canonical(page)) else { return false };
    let near = page.iter().skip(run.first).take(run.last - run.first + NEAR);
    near.filter(|block| block.text().len() <= 64 && READ_ON.contains(&said_by_link(block.text()).trim_end_matches(['»', '…', ' '])))
        .filter_map(|block| link_of(&block)?.attr("href"))
        .any(|href| site_of(href).is_some_and(|site| Some(site) != site_of(&own)))
}

/// What a link says, in lower case and without the signs around it.
fn said_by_link(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric() && c != '»' && c != '…').to_lowercase()
}

/// The last two names of an address's host: enough to tell one site's pages from another's.
fn site_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':']).next()?.to_ascii_lowercase();
    let from = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    scheme.starts_with("http").then(|| host[from..].to_owned())
}

/// Words of a text: what white space separates, or half the characters of scripts that set no spaces.
pub(crate) fn words_of(text: &str) -> f32 {
    let dense = text.chars().filter(|c| matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')).count();
    text.split_whitespace().count() as f32 + dense as f32 / 2.0
}

fn path_of(page: &LabelledPage) -> Option<String> {
    page.page().url().map(str::to_owned).or_else(|| canonical(page)).map(|address| stem(&address))
}

fn canonical(page: &LabelledPage) -> Option<String> {
    let links = page.page().dom()?.document().subtree();
    links.filter(|node| node.is(Tag::LINK)).find(|node| node.attr("rel") == Some("canonical"))?.attr("href").map(str::to_owned)
}

/// The path of an address without host, query, ending and slash at its end.
fn stem(address: &str) -> String {
    let path = address.split_once("//").map_or(address, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit_once('.').filter(|(_, ending)| ending.len() <= 5 && !ending.contains('/')).map_or(path, |(path, _)| path).to_owned()
}

fn link_of<'a>(block: &LabelledBlock<'a>) -> Option<NodeRef<'a>> {
    let owner = block.element()?;
    let above = std::iter::once(owner).chain(owner.ancestors()).take(4).find(|node| node.is(Tag::A));
    above.or_else(|| owner.subtree().take(12).find(|node| node.is(Tag::A)))
}

fn links_elsewhere(block: &LabelledBlock<'_>) -> bool {
    link_of(block).and_then(|link| link.attr("href")).is_some_and(|href| !href.starts_with(['#', '?']) && !href.starts_with("javascript:"))
}

/// A link of a pager: "2", "next page", `rel=next`, whose address is this page's with a number behind it.
fn leads_to_second_page(block: &LabelledBlock<'_>, text: &str, own: Option<&str>) -> bool {
    let Some(owner) = block.element() else { return false };
    let says_next = NEXT_PAGE.contains(&text);
    let links = std::iter::once(owner)
        .chain(owner.ancestors().take(3))
        .filter(|node| node.is(Tag::A))
        .chain(owner.subtree().take(24).filter(|node| node.is(Tag::A)));
    for link in links {
        let Some(href) = link.attr("href") else { continue };
        let next = says_next || link.attr("rel") == Some("next") || link.inner_text().trim() == "2";
        if next && own.is_some_and(|own| is_page_two(&stem_with_query(href), own)) {
            return true;
        }
    }
    false
}

/// As [`stem`], with the query.
fn stem_with_query(href: &str) -> String {
    let query = href.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default());
    query.map_or_else(|| stem(href), |query| format!("{}?{query}", stem(href)))
}

/// Whether an address is the other one with a page number of 2 behind it: `/2`, `/page/2`, `?page=2`, `-2`, `_2`.
fn is_page_two(address: &str, own: &str) -> bool {
    let rest = if address.starts_with('?') { Some(address) } else { address.strip_prefix(own) };
    own.len() > 1
        && rest
            .is_some_and(|rest| rest.len() <= 12 && rest.ends_with('2') && !rest[..rest.len() - 1].ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    const LONG: &str = "It rained on the hills all day and nobody went out to look at the sheep";

    fn shape(html: &str) -> Shape {
        let page = Page::from_html(html.to_owned(), &PageOptions::default().url("https://a.example/news/rain.html"));
        Shape::of(&LabelledPage::from_labels(page, |page, block| {
            let owner = block.owner().and_then(|owner| Some(page.dom()?.node(owner)));
            if owner.is_some_and(|owner| owner.is(Tag::P)) { Label::Content } else { Label::Navigation }
        }))
    }

    #[test]
    fn the_end_of_the_text_is_that_of_its_last_long_block() {
        assert!(shape(&format!("<p>{LONG}…<p>Short one")).ellipsis);
        assert!(shape(&format!("<p>{LONG}")).unfinished);
        let whole = shape(&format!("<h1>Rain</h1><p>{LONG}.<p hidden>{LONG}.”"));
        assert_eq!((whole.ellipsis, whole.unfinished, whole.paragraphs), (false, false, 2));
        assert!((whole.words - 32.0).abs() < 0.1 && (whole.hidden_words - 16.0).abs() < 0.1, "{whole:?}");
    }

    #[test]
    fn a_pager_leads_to_this_pages_second_part() {
        let with = |link: &str| shape(&format!("<p>{LONG}.</p><div>{link}</div>"));
        assert!(with("<a href='/news/rain.html?page=2'>Next page</a>").next_page);
        assert!(with("<a href='https://a.example/news/rain/2/'>2</a>").next_page);
        assert!(!with("<a href='/news/snow.html'>Next</a>").next_page);
        assert!(!with("<a href='/news/rain/12'>Next</a>").next_page);
        assert!(with("<a href='https://b.example/whole'>Read More</a>").read_on);
        assert!(!with("<a href='#more'>Read More</a>").read_on);
        assert!(with("<a href='https://b.example/whole'>Read More</a>").read_out);
        assert!(!with("<a href='https://www.a.example/sheep'>Read More</a>").read_out);
        let whole = format!("<p>{LONG}.").repeat(30);
        assert!(!shape(&format!("{whole}<div><a href='https://b.example/whole'>Read More</a></div>")).read_out);
    }
}
