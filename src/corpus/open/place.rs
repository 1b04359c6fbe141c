//! Labels written into a page's own HTML.
//!
//! Takes decoded HTML and a label for each of its blocks, gives the same HTML with the label attribute in as few start tags as will do.
//! Everything else stays byte for byte. Knows nothing of where the labels come from.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::hand::{LABEL_ATTRIBUTE, UNLABELLED, hand_labels};
use crate::block::Blocks;
use crate::dom::{Dom, NodeRef};
use crate::label::Label;
use crate::page::{Page, PageOptions};

/// Tells which start tag of the source an element came from, in a copy of the page that is parsed for that and thrown away.
const PLACE_ATTRIBUTE: &str = "data-sieve-place";

/// What the text below an element is to be labelled; the inner `None` stands for no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// There is no text of a block.
    Anything,
    /// All of it alike.
    One(Option<Label>),
    /// This and that.
    Several,
}

impl Wanted {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anything, wanted) | (wanted, Self::Anything) => wanted,
            (a, b) if a == b => a,
            _ => Self::Several,
        }
    }
}

/// Labelled HTML, and how many blocks have another label in it than they were to have.
///
/// Such blocks are rare: an element that the source has no start tag for carries no attribute. `None` if the page has another number of blocks
/// than `labels` has entries.
///
/// ```
/// use pagesieve::Label;
/// use pagesieve::corpus::open::label_html;
///
/// let html = "<nav><a>Home</a></nav><main><h1>Rain</h1><p>It rained.</main>";
/// let labels = [Some(Label::Navigation), Some(Label::Content), Some(Label::Content)];
/// let expected = "<nav data-sieve-label=\"navigation\"><a>Home</a></nav><main data-sieve-label=\"content\"><h1>Rain</h1><p>It rained.</main>";
/// assert_eq!(label_html(html, &labels), Some((expected.to_owned(), 0)));
/// ```
pub fn label_html(html: &str, labels: &[Option<Label>]) -> Option<(String, usize)> {
    let tags = start_tags(html);
    let places = tags.iter().enumerate().map(|(tag, at)| (*at, format!(" {PLACE_ATTRIBUTE}={tag} ")));
    let page = Page::from_html(insert(html, places), &PageOptions::default());
    let dom = page.dom()?;
    let blocks = Blocks::of_dom(dom);
    if blocks.len() != labels.len() {
        return None;
    }
    let chosen = choose(dom, &wanted(dom, &blocks, labels));
    let attributes = chosen.into_iter().filter_map(|(tag, label)| {
        let value = label.map_or(UNLABELLED, Label::as_str);
        Some((*tags.get(tag)?, format!(" {LABEL_ATTRIBUTE}=\"{value}\"")))
    });
    let labelled = insert(html, attributes);
    let wrong = wrong(&labelled, labels);
    Some((labelled, wrong))
}

/// Where the names of what may be start tags end, in bytes. Some of them stand in scripts, comments or attribute values; no element says that
/// it came from those.
fn start_tags(html: &str) -> Vec<usize> {
    let bytes = html.as_bytes();
    let names = memchr::memchr_iter(b'<', bytes).filter(|at| bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic));
    // A name with another "<" in it is a comparison in a script, or no name that an element of a page has.
    let ends_name = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'<');
    let ends = names.filter_map(|at| Some(at + 1 + bytes[at + 1..].iter().position(ends_name)?));
    ends.filter(|end| bytes[*end] != b'<').collect()
}

/// The text with each insertion at its place. Places must ascend.
fn insert(html: &str, insertions: impl Iterator<Item = (usize, String)>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 4);
    let mut from = 0;
    for (at, inserted) in insertions {
        out.push_str(&html[from..at]);
        out.push_str(&inserted);
        from = at;
    }
    out.push_str(&html[from..]);
    out
}

/// What each text node is to be labelled, and by how many of its characters.
fn wanted(dom: &Dom, blocks: &Blocks, labels: &[Option<Label>]) -> Vec<(Wanted, u32)> {
    let mut wanted = vec![(Wanted::Anything, 0); dom.len()];
    for (block, label) in blocks.iter().zip(labels) {
        for piece in blocks.pieces(block) {
            let node = &mut wanted[piece.node.index()];
            // A text node that two blocks share goes with its longer part.
            if piece.characters > node.1 {
                *node = (Wanted::One(*label), piece.characters);
            }
        }
    }
    wanted
}

/// The attribute for each start tag that gets one, by the tag's number. Labels stand as high as they can.
fn choose(dom: &Dom, wanted: &[(Wanted, u32)]) -> BTreeMap<usize, Option<Label>> {
    let nodes: Vec<NodeRef<'_>> = dom.document().subtree().collect();
    let mut below: Vec<Wanted> = wanted.iter().map(|(wanted, _)| *wanted).collect();
    for node in nodes.iter().rev() {
        if let Some(parent) = node.parent() {
            let parent = parent.id().index();
            below[parent] = below[parent].and(below[node.id().index()]);
        }
    }
    let mut chosen = BTreeMap::new();
    let mut reached: Vec<Option<Label>> = vec![None; dom.len()];
    for node in nodes {
        let above = node.parent().and_then(|parent| reached[parent.id().index()]);
        let place = node.attr(PLACE_ATTRIBUTE).and_then(|place| place.parse().ok());
        let label = match below[node.id().index()] {
            Wanted::One(label) => label,
            Wanted::Anything => above,
            Wanted::Several => of_own_text(node, wanted).unwrap_or(above),
        };
        reached[node.id().index()] = match place {
            // Elements that the parser has copied share one start tag: the first has chosen for all.
            Some(tag) if label != above || chosen.contains_key(&tag) => *chosen.entry(tag).or_insert(label),
            _ => above,
        };
    }
    chosen
}

/// What most characters of the text right below an element are to be labelled.
///
/// The outer absence is that of any text.
#[expect(clippy::option_option, reason = "no text, text without a label and text with one are three things")]
fn of_own_text(element: NodeRef<'_>, wanted: &[(Wanted, u32)]) -> Option<Option<Label>> {
    let mut characters: BTreeMap<Option<Label>, u32> = BTreeMap::new();
    for child in element.children() {
        if let (Wanted::One(label), count) = wanted[child.id().index()] {
            *characters.entry(label).or_default() += u32::from(child.text().is_some()) * count;
        }
    }
    characters.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(label, _)| label)
}

/// How many blocks of labelled HTML have another label than they were to have.
fn wrong(html: &str, labels: &[Option<Label>]) -> usize {
    let page = Page::from_html(html.to_owned(), &PageOptions::default());
    let Some(dom) = page.dom() else { return labels.len() };
    let blocks = Blocks::of_dom(dom);
    let found = hand_labels(dom, &blocks, Path::new("")).unwrap_or_default();
    if found.len() == labels.len() { found.iter().zip(labels).filter(|(found, label)| found != label).count() } else { labels.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: Option<Label> = Some(Label::Navigation);
    const C: Option<Label> = Some(Label::Content);

    fn labelled(html: &str, labels: &[Option<Label>]) -> String {
        let (labelled, wrong) = label_html(html, labels).unwrap();
        assert_eq!(wrong, 0, "{labelled}");
        labelled.replace(" data-sieve-label", "").replace('"', "")
    }

    #[test]
    fn a_label_stands_as_high_as_it_can() {
        assert_eq!(labelled("<div><ul><li>a<li>b</ul></div><p>c", &[N, N, C]), "<div=navigation><ul><li>a<li>b</ul></div><p=content>c");
        assert_eq!(labelled("<body><div>a<p>b</p></div>", &[N, C]), "<body><div=navigation>a<p=content>b</p></div>");
    }

    #[test]
    fn blocks_without_a_label_keep_none() {
        assert_eq!(labelled("<div>a<p>b<p>c</div>", &[N, None, N]), "<div=navigation>a<p=unlabelled>b<p>c</div>");
        assert_eq!(labelled("<p>a<p>b", &[None, None]), "<p>a<p>b");
    }

    #[test]
    fn what_only_looks_like_a_tag_is_left_alone() {
        let html = "<!-- <p>x --><script>'<p>';a<b;c()</script><P title='<b>'>a<br/>b</P><svg><a/></svg>";
        assert_eq!(labelled(html, &[C]), html.replace("<P title", "<P=content title"));
    }

    #[test]
    fn a_tag_for_which_there_is_no_place_leaves_a_block_wrong() {
        assert_eq!(label_html("text alone", &[C]), Some(("text alone".to_owned(), 1)));
        assert_eq!(label_html("<p>a<p>b", &[C]), None);
    }
}
