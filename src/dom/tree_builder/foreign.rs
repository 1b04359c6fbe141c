//! Foreign content: `svg` and `math`.
//!
//! Takes tokens that meet a foreign current element, gives elements with the case and attribute names of their language, and leaves foreign
//! content at the tags that end it.

use super::open_elements::{ANNOTATION, HTML_POINT, MATHML, SVG, TEXT_POINT};
use super::sets::{self, BREAKOUT};
use super::{DONE, Follow, StartTag, Step, Tag, TreeBuilder};
use crate::dom::{SIDE, Span};

/// SVG's names with capitals; sorted by their lower-case form.
#[rustfmt::skip]
const SVG_NAMES: &[&str] = &[
    "altGlyph", "altGlyphDef", "altGlyphItem", "animateColor", "animateMotion", "animateTransform", "clipPath", "feBlend",
    "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge",
    "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
    "foreignObject", "glyphRef", "linearGradient", "radialGradient", "textPath",
];

/// SVG's attributes with capitals; sorted by their lower-case form.
#[rustfmt::skip]
const SVG_ATTRIBUTES: &[&str] = &[
    "attributeName", "attributeType", "baseFrequency", "baseProfile", "calcMode", "clipPathUnits", "diffuseConstant", "edgeMode",
    "filterUnits", "glyphRef", "gradientTransform", "gradientUnits", "kernelMatrix", "kernelUnitLength", "keyPoints", "keySplines",
    "keyTimes", "lengthAdjust", "limitingConeAngle", "markerHeight", "markerUnits", "markerWidth", "maskContentUnits", "maskUnits",
    "numOctaves", "pathLength", "patternContentUnits", "patternTransform", "patternUnits", "pointsAtX", "pointsAtY", "pointsAtZ",
    "preserveAlpha", "preserveAspectRatio", "primitiveUnits", "refX", "refY", "repeatCount", "repeatDur", "requiredExtensions",
    "requiredFeatures", "specularConstant", "specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stitchTiles",
    "surfaceScale", "systemLanguage", "tableValues", "targetX", "targetY", "textLength", "viewBox", "viewTarget", "xChannelSelector",
    "yChannelSelector", "zoomAndPan",
];

/// Attributes with a prefix, which is no part of their local name.
#[rustfmt::skip]
const PREFIXED: &[&str] = &[
    "xlink:actuate", "xlink:arcrole", "xlink:href", "xlink:role", "xlink:show", "xlink:title", "xlink:type", "xml:lang", "xml:space",
    "xmlns:xlink",
];

/// By length, whether a table has names of it.
const fn lengths(table: &[&str]) -> u32 {
    let (mut lengths, mut at) = (0, 0);
    while at < table.len() {
        lengths |= 1 << table[at].len();
        at += 1;
    }
    lengths
}

/// The form with capitals of a lower-case name. `lengths` are those in the table: most names have another, and are not looked up.
fn with_capitals(table: &'static [&'static str], lengths: u32, name: &str) -> Option<&'static str> {
    if name.len() >= 32 || lengths >> name.len() & 1 == 0 {
        return None;
    }
    let order = |entry: &&str| entry.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(name.bytes());
    table.binary_search_by(order).ok().map(|at| table[at])
}

impl TreeBuilder<'_> {
    /// Whether a start tag of that name is read by the rules for foreign content.
    pub(super) fn is_foreign_start(&self, tag: Tag) -> bool {
        let place = self.open.last().place;
        if place == 0 || place & HTML_POINT != 0 {
            return false;
        }
        if place & TEXT_POINT != 0 {
            return matches!(tag, Tag::MGLYPH | Tag::MALIGNMARK);
        }
        place & ANNOTATION == 0 || tag != Tag::SVG
    }

    /// Whether text is read by the rules for foreign content.
    pub(super) fn is_foreign_text(&self) -> bool {
        let place = self.open.last().place;
        place != 0 && place & (HTML_POINT | TEXT_POINT) == 0
    }

    pub(super) fn start_in_foreign(&mut self, token: StartTag) -> Step {
        if sets::class(token.tag) & BREAKOUT != 0 || (token.tag == Tag::FONT && self.is_html_font(token)) {
            return self.break_out_start(token);
        }
        let place = self.open.last().place & (SVG | MATHML);
        self.insert_foreign(token, place)
    }

    fn is_html_font(&self, token: StartTag) -> bool {
        ["color", "face", "size"].iter().any(|name| self.attribute(token, name).is_some())
    }

    /// Pops the foreign elements above the next HTML element or integration point.
    fn break_out(&mut self) {
        while self.is_foreign_text() {
            self.pop();
        }
    }

    fn break_out_start(&mut self, token: StartTag) -> Step {
        self.break_out();
        self.start(self.mode, token)
    }

    /// An end tag while the current element is foreign.
    pub(super) fn end_in_foreign(&mut self, tag: Tag) -> Step {
        if matches!(tag, Tag::BR | Tag::P) {
            self.break_out();
            return self.end(self.mode, tag);
        }
        let html = self.open.html_level();
        let found = self.open.foreign_level(tag);
        if found > html {
            self.pop_level(found);
            return DONE;
        }
        if html <= 1 { DONE } else { self.end(self.mode, tag) }
    }

    /// Inserts an `svg`, a `math` or an element in one.
    pub(super) fn insert_foreign(&mut self, token: StartTag, namespace: u8) -> Step {
        self.adjust_attributes(token, namespace);
        let mut tag = token.tag;
        if namespace == SVG
            && let Some(name) = with_capitals(SVG_NAMES, const { lengths(SVG_NAMES) }, self.tree.name_of(tag))
        {
            tag = self.tree.own_tag(name);
        }
        let place = namespace | points(token.tag, namespace);
        let node = self.tree.element(tag, token.span());
        self.set_namespace(node, place);
        let site = self.site();
        self.tree.put(site, node);
        if !token.self_closing {
            self.push(node, token.tag, place);
        }
        Step::Done(Follow::Markup)
    }

    fn adjust_attributes(&mut self, token: StartTag, namespace: u8) {
        let first = token.first_attribute as usize;
        for at in first..first + token.attributes as usize {
            let span = self.tree.attributes[at].name;
            let name = self.tree.text(span);
            let capitals = match namespace {
                SVG => with_capitals(SVG_ATTRIBUTES, const { lengths(SVG_ATTRIBUTES) }, name),
                _ => (name == "definitionurl").then_some("definitionURL"),
            };
            if let Some(capitals) = capitals {
                let start = self.tree.side_start();
                self.tree.side.push_str(capitals);
                self.tree.attributes[at].name = self.tree.side_span(start);
            } else if name.starts_with('x')
                && let Some(prefix) = PREFIXED.contains(&name).then(|| name.find(':')).flatten()
            {
                self.tree.attributes[at].name = after_prefix(span, prefix);
            }
        }
    }
}

/// The part of an attribute's name behind its colon.
fn after_prefix(span: Span, prefix: usize) -> Span {
    let skipped = u32::try_from(prefix + 1).unwrap_or(0);
    debug_assert!((span.start & !SIDE) + skipped < SIDE, "a span within its buffer");
    Span { start: span.start + skipped, len: span.len - skipped }
}

/// The integration points an element is.
fn points(tag: Tag, namespace: u8) -> u8 {
    match (namespace, tag) {
        (SVG, Tag::FOREIGN_OBJECT | Tag::DESC | Tag::TITLE) => HTML_POINT,
        (MATHML, Tag::MI | Tag::MO | Tag::MN | Tag::MS | Tag::MTEXT) => TEXT_POINT,
        (MATHML, Tag::ANNOTATION_XML) => ANNOTATION,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_by_their_lower_case_forms() {
        for table in [SVG_NAMES, SVG_ATTRIBUTES] {
            assert!(table.is_sorted_by_key(|name| name.to_ascii_lowercase()));
            for name in table {
                assert_eq!(with_capitals(table, lengths(table), &name.to_ascii_lowercase()), Some(*name));
            }
        }
        assert_eq!(with_capitals(SVG_NAMES, lengths(SVG_NAMES), "svg"), None);
        assert_eq!(with_capitals(SVG_NAMES, lengths(SVG_NAMES), "fetilt"), None);
    }
}
