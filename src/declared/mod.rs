//! What a page says of itself in its markup: `<meta>`, `<link>`, `<title>`, JSON-LD, microdata, `<time>`, and how many elements of each tag it has.
//!
//! Takes a page's tree, gives [`Declared`] from one walk. Knows nothing of blocks or labels, and believes nothing: what the declarations are
//! worth is for `metadata` and `access` to judge.

mod json_ld;
mod microdata;

use crate::dom::{Dom, NodeRef, Tag};

pub(crate) use json_ld::{JsonLd, Object, is_article_type, text_of, types_of};
pub(crate) use microdata::Property;

/// At most so many entries of each kind are kept: no honest page comes near, and a hostile one must not make every later look slow.
const MOST: usize = 4000;

/// A `<meta>` with a name and a content.
#[derive(Debug, Clone)]
pub(crate) struct Meta<'a> {
    /// `property`, `name`, `itemprop` or `http-equiv`, in lower case.
    pub(crate) name: String,
    pub(crate) content: &'a str,
}

/// A `<link>` with an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) rel: &'a str,
    pub(crate) href: &'a str,
}

/// A page's declarations, each kind in document order.
#[derive(Debug, Default)]
pub(crate) struct Declared<'a> {
    pub(crate) metas: Vec<Meta<'a>>,
    pub(crate) links: Vec<Link<'a>>,
    /// The first `<title>` in the head.
    pub(crate) title: Option<NodeRef<'a>>,
    pub(crate) json_ld: JsonLd,
    pub(crate) properties: Vec<Property<'a>>,
    pub(crate) times: Vec<NodeRef<'a>>,
    pub(crate) h1: Vec<NodeRef<'a>>,
    /// `lang` of `<html>`, else of `<body>`.
    pub(crate) language: Option<&'a str>,
    /// The `class` of `<html>` and `<body>`, in lower case.
    pub(crate) page_classes: String,
    /// How many elements there are of each tag, by [`Tag::number`].
    counts: Vec<u32>,
}

impl<'a> Declared<'a> {
    /// Walks the tree once.
    pub(crate) fn of(dom: &'a Dom) -> Self {
        let mut declared = Self { counts: vec![0; Tag::KNOWN], ..Self::default() };
        for node in dom.document().subtree() {
            let Some(tag) = node.tag() else { continue };
            if let Some(count) = declared.counts.get_mut(tag.number()) {
                *count += 1;
            }
            declared.look_at(node, tag);
        }
        declared
    }

    /// How many elements of a tag there are.
    pub(crate) fn count(&self, tag: Tag) -> u32 {
        self.counts.get(tag.number()).copied().unwrap_or(0)
    }

    fn look_at(&mut self, node: NodeRef<'a>, tag: Tag) {
        match tag {
            Tag::META => self.meta(node),
            Tag::LINK => {
                if let (Some(rel), Some(href)) = (node.attr("rel"), node.attr("href")) {
                    keep(&mut self.links, Link { rel, href });
                }
            }
            Tag::TITLE if self.title.is_none() && node.parent().is_some_and(|parent| parent.is(Tag::HEAD)) => self.title = Some(node),
            Tag::SCRIPT => self.script(node),
            Tag::TIME => keep(&mut self.times, node),
            Tag::H1 => keep(&mut self.h1, node),
            Tag::HTML | Tag::BODY => self.root(node),
            _ => {}
        }
        if let Some(property) = Property::of(node) {
            keep(&mut self.properties, property);
        }
    }

    fn root(&mut self, node: NodeRef<'a>) {
        self.language = self.language.or_else(|| node.attr("lang").or_else(|| node.attr("xml:lang")));
        if let Some(classes) = node.attr("class") {
            self.page_classes.push(' ');
            self.page_classes.push_str(&classes.to_ascii_lowercase());
        }
    }

    /// Some archives of pages move what `content` holds to `value`.
    fn meta(&mut self, node: NodeRef<'a>) {
        let name = ["property", "name", "itemprop", "http-equiv"].into_iter().find_map(|attribute| node.attr(attribute));
        let content = node.attr("content").or_else(|| node.attr("value"));
        if let (Some(name), Some(content)) = (name, content) {
            let content = content.trim();
            if !content.is_empty() {
                keep(&mut self.metas, Meta { name: name.trim().to_ascii_lowercase(), content });
            }
        }
    }

    fn script(&mut self, node: NodeRef<'a>) {
        let kind = node.attr("type").unwrap_or_default();
        if kind.trim().to_ascii_lowercase().starts_with("application/ld+json")
            && let Some(text) = node.first_child().and_then(NodeRef::text)
        {
            self.json_ld.add(text);
        }
    }

    /// The content of the first `<meta>` with one of these names; a name further left goes before.
    pub(crate) fn meta_named(&self, names: &[&'static str]) -> Option<(&'static str, &'a str)> {
        names.iter().find_map(|name| self.metas_named(name).next().map(|content| (*name, content)))
    }

    /// The contents of all `<meta>` with this name.
    pub(crate) fn metas_named<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.metas.iter().filter(move |meta| meta.name == name).map(|meta| meta.content)
    }

    /// The address of the first `<link>` with this relation.
    pub(crate) fn link(&self, relation: &str) -> Option<&'a str> {
        let has = |link: &&Link<'_>| link.rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(relation));
        self.links.iter().find(has).map(|link| link.href.trim()).filter(|href| !href.is_empty())
    }

    /// The page's address by itself: `canonical`, else `og:url`.
    pub(crate) fn address(&self) -> Option<&'a str> {
        self.link("canonical").or_else(|| self.metas_named("og:url").next())
    }
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MOST {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::DomLimits;

    #[test]
    fn one_walk_finds_all_kinds_of_declarations() {
        let html = r#"<html lang=de><head><title>T</title><meta name=Author content=" Ada "><meta property=og:url content=https://b.example/>
            <meta name=empty content=""><link rel="x canonical" href=https://a.example/><script>var a=1</script>
            <script type="application/ld+json">{"@type":"NewsArticle","headline":"H"}</script></head>
            <body><h1>One</h1><time datetime=2024-01-01>then</time><svg><title>icon</title></svg></body>"#;
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let declared = Declared::of(&dom);
        assert_eq!(declared.meta_named(&["byl", "author"]), Some(("author", "Ada")));
        assert_eq!(declared.meta_named(&["empty"]), None);
        assert_eq!(declared.address(), Some("https://a.example/"));
        assert_eq!((declared.language, declared.times.len(), declared.h1.len(), declared.count(Tag::TIME)), (Some("de"), 1, 1, 1));
        assert_eq!(declared.title.map(NodeRef::inner_text).as_deref(), Some("T"));
        assert_eq!(declared.json_ld.articles().count(), 1);
    }
}
