//! Names of elements as small numbers.
//!
//! Takes an element's lower-case name, gives a [`Tag`] that compares in one instruction. Knows nothing of the tree: names outside the table
//! are numbered by the [`Dom`](super::Dom) that met them.

/// An element's name. Names of HTML elements have fixed numbers; any other name is numbered by its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub(super) u16);

macro_rules! tags {
    ($($constant:ident $name:literal),* $(,)?) => {
        #[repr(u16)]
        enum Number { $($constant),* }

        #[allow(missing_docs, reason = "each constant is the element of its name")]
        impl Tag {
            $(pub const $constant: Self = Self(Number::$constant as u16);)*

            /// The tag of an HTML element by its lower-case name; `None` for a name outside the table.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$constant),)*
                    _ => None,
                }
            }
        }

        pub(super) const NAMES: &[&str] = &[$($name),*];
    };
}

tags! {
    A "a", ABBR "abbr", ACRONYM "acronym", ADDRESS "address", APPLET "applet", AREA "area", ARTICLE "article", ASIDE "aside", AUDIO "audio",
    B "b", BASE "base", BASEFONT "basefont", BDI "bdi", BDO "bdo", BGSOUND "bgsound", BIG "big", BLINK "blink", BLOCKQUOTE "blockquote",
    BODY "body", BR "br", BUTTON "button", CANVAS "canvas", CAPTION "caption", CENTER "center", CITE "cite", CODE "code", COL "col",
    COLGROUP "colgroup", DATA "data", DATALIST "datalist", DD "dd", DEL "del", DETAILS "details", DFN "dfn", DIALOG "dialog", DIR "dir",
    DIV "div", DL "dl", DT "dt", EM "em", EMBED "embed", FIELDSET "fieldset", FIGCAPTION "figcaption", FIGURE "figure", FONT "font",
    FOOTER "footer", FORM "form", FRAME "frame", FRAMESET "frameset", H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", HEAD "head",
    HEADER "header", HGROUP "hgroup", HR "hr", HTML "html", I "i", IFRAME "iframe", IMAGE "image", IMG "img", INPUT "input", INS "ins",
    KBD "kbd", KEYGEN "keygen", LABEL "label", LEGEND "legend", LI "li", LINK "link", LISTING "listing", MAIN "main", MAP "map",
    MARK "mark", MARQUEE "marquee", MATH "math", MENU "menu", META "meta", METER "meter", NAV "nav", NOBR "nobr", NOEMBED "noembed",
    NOFRAMES "noframes", NOSCRIPT "noscript", OBJECT "object", OL "ol", OPTGROUP "optgroup", OPTION "option", OUTPUT "output", P "p",
    PARAM "param", PICTURE "picture", PLAINTEXT "plaintext", PRE "pre", PROGRESS "progress", Q "q", RB "rb", RP "rp", RT "rt", RTC "rtc",
    RUBY "ruby", S "s", SAMP "samp", SCRIPT "script", SEARCH "search", SECTION "section", SELECT "select", SLOT "slot", SMALL "small",
    SOURCE "source", SPAN "span", STRIKE "strike", STRONG "strong", STYLE "style", SUB "sub", SUMMARY "summary", SUP "sup", SVG "svg",
    TABLE "table", TBODY "tbody", TD "td", TEMPLATE "template", TEXTAREA "textarea", TFOOT "tfoot", TH "th", THEAD "thead", TIME "time",
    TITLE "title", TR "tr", TRACK "track", TT "tt", U "u", UL "ul", VAR "var", VIDEO "video", WBR "wbr", XMP "xmp",
}

impl Tag {
    /// How many tags have fixed numbers; a document's own names are numbered from here.
    pub const KNOWN: usize = NAMES.len();

    /// The tag's number: below [`Self::KNOWN`] for HTML elements, from there on for a document's own names.
    pub const fn number(self) -> usize {
        self.0 as usize
    }

    /// Whether this is `h1` to `h6`.
    pub fn is_heading(self) -> bool {
        self.heading_level().is_some()
    }

    /// 1 to 6 for `h1` to `h6`.
    pub fn heading_level(self) -> Option<u8> {
        match self {
            Self::H1 => Some(1),
            Self::H2 => Some(2),
            Self::H3 => Some(3),
            Self::H4 => Some(4),
            Self::H5 => Some(5),
            Self::H6 => Some(6),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_tag() {
        for (number, name) in NAMES.iter().enumerate() {
            assert_eq!(Tag::from_name(name).map(Tag::number), Some(number));
        }
        assert_eq!(Tag::from_name("my-element"), None);
        assert_eq!(Tag::H3.heading_level(), Some(3));
    }
}
