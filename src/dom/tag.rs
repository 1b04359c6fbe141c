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
        #[expect(clippy::upper_case_acronyms, non_camel_case_types, reason = "the names become the constants of Tag")]
        enum Number { $($constant),* }

        impl Tag {
            $(
                #[doc = concat!("The element `", $name, "`.")]
                pub const $constant: Self = Self(Number::$constant as u16);
            )*
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
    // Foreign elements (in lower case) that the rules of tree construction ask for.
    ANNOTATION_XML "annotation-xml", DESC "desc", FOREIGN_OBJECT "foreignobject", ISINDEX "isindex", MALIGNMARK "malignmark",
    MGLYPH "mglyph", MI "mi", MN "mn", MO "mo", MS "ms", MTEXT "mtext",
}

/// How many slots the hash table of names has: a power of two, seven times the names.
const SLOTS: usize = 1024;

/// No name in this slot.
const EMPTY: u16 = u16::MAX;

/// Open-addressed table from a name's [`NameKey`] to its number.
static TABLE: [u16; SLOTS] = table();

#[expect(clippy::cast_possible_truncation, reason = "there are far fewer names than 2^16")]
const fn table() -> [u16; SLOTS] {
    let mut slots = [EMPTY; SLOTS];
    let mut number = 0;
    while number < NAMES.len() {
        let name = NAMES[number].as_bytes();
        let mut slot = NameKey::of(name).slot();
        while slots[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = number as u16;
        number += 1;
    }
    slots
}

/// By number, the name's key; 0 for a name that is longer than a key.
static KEYS: [u64; NAMES.len()] = {
    let mut keys = [0; NAMES.len()];
    let mut number = 0;
    while number < keys.len() {
        if NAMES[number].len() <= NameKey::EXACT {
            keys[number] = NameKey::of(NAMES[number].as_bytes()).0;
        }
        number += 1;
    }
    keys
};

/// A name folded byte by byte, whatever its case, as the tokenizer reads it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameKey(u64);

impl NameKey {
    /// Names up to this length that differ have different keys, if no byte but letters is changed by setting bit 0x20.
    pub(super) const EXACT: usize = size_of::<u64>();

    pub(super) const fn new() -> Self {
        Self(0)
    }

    const fn of(name: &[u8]) -> Self {
        let mut key = Self::new();
        let mut at = 0;
        while at < name.len() {
            key = key.with(name[at]);
            at += 1;
        }
        key
    }

    /// The key with one more byte; bit 0x20 is set, which makes ASCII letters lower-case.
    pub(super) const fn with(self, byte: u8) -> Self {
        Self(self.0.rotate_left(8) ^ (byte | 0x20) as u64)
    }

    const fn slot(self) -> usize {
        // The product's top ten bits. The factor was found by trial: with it no two names share a slot.
        (self.0.wrapping_mul(0x6a19_dbc0_3a51_4c15) >> 54) as usize
    }
}

impl Tag {
    /// The tag of an HTML element by its lower-case name; `None` for a name outside the table.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_key(NameKey::of(name.as_bytes()), name.as_bytes()).filter(|tag| NAMES[tag.number()] == name)
    }

    /// The tag of a name in any case, given its key.
    pub(super) fn from_key(key: NameKey, name: &[u8]) -> Option<Self> {
        Self::find(key, |number| NAMES[number].as_bytes().eq_ignore_ascii_case(name))
    }

    /// As [`Self::from_key`] of a name that its key says all of (see [`NameKey::EXACT`]).
    pub(super) fn from_exact_key(key: NameKey) -> Option<Self> {
        Self::find(key, |number| KEYS[number] == key.0)
    }

    fn find(key: NameKey, is_named: impl Fn(usize) -> bool) -> Option<Self> {
        let mut slot = key.slot();
        loop {
            let number = TABLE[slot];
            if number == EMPTY {
                return None;
            }
            if is_named(usize::from(number)) {
                return Some(Self(number));
            }
            slot = (slot + 1) % SLOTS;
        }
    }

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
        for (number, name) in NAMES.iter().enumerate().filter(|(_, name)| name.len() <= NameKey::EXACT) {
            assert_eq!(Tag::from_exact_key(NameKey::of(name.to_uppercase().as_bytes())).map(Tag::number), Some(number));
        }
        assert_eq!(Tag::from_exact_key(NameKey::of(b"divs")), None);
        assert!(NAMES.iter().enumerate().all(|(number, name)| usize::from(TABLE[NameKey::of(name.as_bytes()).slot()]) == number));
        assert_eq!(Tag::H3.heading_level(), Some(3));
    }
}
