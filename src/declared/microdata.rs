//! Microdata and `RDFa`: elements that say what their text is.
//!
//! Takes an element, gives the [`Property`] it states, if any. Does not build the tree of items: pages that use microdata state the article's
//! properties once.

use crate::dom::{NodeRef, Tag};

/// An element with `itemprop` (or `RDFa`'s `property` outside `<meta>`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property<'a> {
    /// Names of properties, separated by spaces.
    pub(crate) names: &'a str,
    pub(crate) element: NodeRef<'a>,
}

impl<'a> Property<'a> {
    /// What the element states; `None` if it states nothing.
    pub(super) fn of(element: NodeRef<'a>) -> Option<Self> {
        let stated = element.attributes().find(|(name, _)| *name == "itemprop" || (*name == "property" && !element.is(Tag::META)));
        stated.map(|(_, names)| Self { names, element })
    }

    /// Whether one of its names is this one.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.names.split_ascii_whitespace().any(|found| found.rsplit(':').next() == Some(name))
    }

    /// What it says, by HTML's rules for the value of a property: an attribute of some elements, else the text.
    pub(crate) fn value(&self) -> String {
        let attribute = match self.element.tag() {
            Some(Tag::META) => self.element.attr("content"),
            Some(Tag::TIME) => self.element.attr("datetime"),
            Some(Tag::A | Tag::LINK | Tag::AREA) if self.element.attr("content").is_none() && self.is_address() => {
                self.element.attr("href")
            }
            Some(Tag::IMG) => self.element.attr("src"),
            _ => None,
        };
        let attribute = attribute.or_else(|| self.element.attr("content")).or_else(|| self.element.attr("datetime"));
        attribute.map_or_else(|| crate::words::collapse_white_space(&self.element.inner_text()), |value| value.trim().to_owned())
    }

    /// Properties whose value is an address even where a reader sees a text.
    fn is_address(&self) -> bool {
        ["url", "image", "license", "mainEntityOfPage"].iter().any(|name| self.is(name))
    }

    /// Whether it belongs to an item within the article's item whose own property is this one, such as a name within an author.
    pub(crate) fn is_within(&self, name: &str) -> bool {
        self.element.ancestors().filter_map(Self::of).any(|above| above.is(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Dom, DomLimits};

    #[test]
    fn a_property_has_its_elements_value() {
        let html = "<div itemprop=author><span itemprop='name x'> Ada  L. </span></div><time itemprop=datePublished datetime=2024>now</time>\
            <a property='schema:url' href=/a>b</a><meta itemprop=isAccessibleForFree content=False>";
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        let found: Vec<Property<'_>> = dom.document().subtree().filter_map(Property::of).collect();
        let values: Vec<String> = found.iter().map(Property::value).collect();
        assert_eq!(values, ["Ada L.", "Ada L.", "2024", "/a", "False"]);
        assert!(found[1].is("name") && found[1].is_within("author") && !found[2].is_within("author"));
        assert!(found[3].is("url"));
    }
}
