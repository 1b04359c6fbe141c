//! The standard's sets of elements, as one table of bits by tag.
//!
//! Takes a [`Tag`], says which sets an HTML element of that name is in. The sets are html5ever's where they differ from the standard's.

use crate::dom::Tag;

/// "Special" elements: an unmatched end tag does not look beyond them.
pub(super) const SPECIAL: u16 = 1;
/// What "in scope" does not look beyond.
pub(super) const SCOPE: u16 = 1 << 1;
/// Elements whose end tag may be implied.
pub(super) const IMPLIED: u16 = 1 << 2;
/// Elements whose end tag the end of a template implies besides [`IMPLIED`].
pub(super) const IMPLIED_THOROUGHLY: u16 = 1 << 3;
/// Special elements through which a new list item looks for the open one: `address`, `div`, `p`.
pub(super) const LIST_PASSES: u16 = 1 << 4;
/// `h1` to `h6`.
pub(super) const HEADING: u16 = 1 << 5;
/// Start tags that end foreign content.
pub(super) const BREAKOUT: u16 = 1 << 6;
/// Elements in which stray content is foster parented.
pub(super) const FOSTERS: u16 = 1 << 7;
/// Start tags that close an open paragraph and do nothing else but open their element.
pub(super) const BLOCK_START: u16 = 1 << 8;
/// End tags that close their element when it is in scope.
pub(super) const BLOCK_END: u16 = 1 << 9;
/// Formatting elements, but for `a` and `nobr`.
pub(super) const FORMATTING: u16 = 1 << 10;
/// Start tags that belong into the head wherever they stand.
pub(super) const HEAD_CONTENT: u16 = 1 << 11;
/// Start tags that only a table's modes take.
pub(super) const TABLE_PART: u16 = 1 << 12;

static CLASSES: [u16; Tag::KNOWN] = classes();

/// The sets an HTML element of this name is in.
pub(super) fn class(tag: Tag) -> u16 {
    CLASSES.get(tag.number()).copied().unwrap_or(0)
}

const fn add(mut table: [u16; Tag::KNOWN], set: u16, tags: &[Tag]) -> [u16; Tag::KNOWN] {
    let mut at = 0;
    while at < tags.len() {
        table[tags[at].number()] |= set;
        at += 1;
    }
    table
}

const fn classes() -> [u16; Tag::KNOWN] {
    let mut table = [0; Tag::KNOWN];
    table = add(table, SPECIAL, SPECIAL_TAGS);
    table = add(table, SCOPE, SCOPE_TAGS);
    table = add(table, IMPLIED, IMPLIED_TAGS);
    table = add(table, IMPLIED_THOROUGHLY, IMPLIED_TAGS);
    table = add(table, IMPLIED_THOROUGHLY, TABLE_IMPLIED_TAGS);
    table = add(table, LIST_PASSES, &[Tag::ADDRESS, Tag::DIV, Tag::P]);
    table = add(table, HEADING, &[Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6]);
    table = add(table, BREAKOUT, BREAKOUT_TAGS);
    table = add(table, FOSTERS, &[Tag::TABLE, Tag::TBODY, Tag::TFOOT, Tag::THEAD, Tag::TR]);
    table = add(table, BLOCK_START, BLOCK_TAGS);
    table = add(table, BLOCK_START, &[Tag::P]);
    table = add(table, BLOCK_END, BLOCK_TAGS);
    table = add(table, BLOCK_END, &[Tag::BUTTON, Tag::LISTING, Tag::PRE, Tag::SELECT]);
    table = add(table, FORMATTING, FORMATTING_TAGS);
    table = add(table, HEAD_CONTENT, HEAD_TAGS);
    add(table, TABLE_PART, TABLE_TAGS)
}

#[rustfmt::skip]
const SPECIAL_TAGS: &[Tag] = &[
    Tag::ADDRESS, Tag::APPLET, Tag::AREA, Tag::ARTICLE, Tag::ASIDE, Tag::BASE, Tag::BASEFONT, Tag::BGSOUND, Tag::BLOCKQUOTE, Tag::BODY,
    Tag::BR, Tag::BUTTON, Tag::CAPTION, Tag::CENTER, Tag::COL, Tag::COLGROUP, Tag::DD, Tag::DETAILS, Tag::DIR, Tag::DIV, Tag::DL, Tag::DT,
    Tag::EMBED, Tag::FIELDSET, Tag::FIGCAPTION, Tag::FIGURE, Tag::FOOTER, Tag::FORM, Tag::FRAME, Tag::FRAMESET, Tag::H1, Tag::H2, Tag::H3,
    Tag::H4, Tag::H5, Tag::H6, Tag::HEAD, Tag::HEADER, Tag::HGROUP, Tag::HR, Tag::HTML, Tag::IFRAME, Tag::IMG, Tag::INPUT, Tag::ISINDEX,
    Tag::LI, Tag::LINK, Tag::LISTING, Tag::MAIN, Tag::MARQUEE, Tag::MENU, Tag::META, Tag::NAV, Tag::NOEMBED, Tag::NOFRAMES, Tag::NOSCRIPT,
    Tag::OBJECT, Tag::OL, Tag::P, Tag::PARAM, Tag::PLAINTEXT, Tag::PRE, Tag::SCRIPT, Tag::SECTION, Tag::SELECT, Tag::SOURCE, Tag::STYLE,
    Tag::SUMMARY, Tag::TABLE, Tag::TBODY, Tag::TD, Tag::TEMPLATE, Tag::TEXTAREA, Tag::TFOOT, Tag::TH, Tag::THEAD, Tag::TITLE, Tag::TR,
    Tag::TRACK, Tag::UL, Tag::WBR, Tag::XMP,
];

#[rustfmt::skip]
const SCOPE_TAGS: &[Tag] = &[
    Tag::APPLET, Tag::CAPTION, Tag::HTML, Tag::TABLE, Tag::TD, Tag::TH, Tag::MARQUEE, Tag::OBJECT, Tag::SELECT, Tag::TEMPLATE,
];

#[rustfmt::skip]
const IMPLIED_TAGS: &[Tag] = &[
    Tag::DD, Tag::DT, Tag::LI, Tag::OPTION, Tag::OPTGROUP, Tag::P, Tag::RB, Tag::RP, Tag::RT, Tag::RTC,
];

#[rustfmt::skip]
const TABLE_IMPLIED_TAGS: &[Tag] = &[
    Tag::CAPTION, Tag::COLGROUP, Tag::TBODY, Tag::TD, Tag::TFOOT, Tag::TH, Tag::THEAD, Tag::TR,
];

#[rustfmt::skip]
const BREAKOUT_TAGS: &[Tag] = &[
    Tag::B, Tag::BIG, Tag::BLOCKQUOTE, Tag::BODY, Tag::BR, Tag::CENTER, Tag::CODE, Tag::DD, Tag::DIV, Tag::DL, Tag::DT, Tag::EM,
    Tag::EMBED, Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6, Tag::HEAD, Tag::HR, Tag::I, Tag::IMG, Tag::LI, Tag::LISTING,
    Tag::MENU, Tag::META, Tag::NOBR, Tag::OL, Tag::P, Tag::PRE, Tag::RUBY, Tag::S, Tag::SMALL, Tag::SPAN, Tag::STRONG, Tag::STRIKE,
    Tag::SUB, Tag::SUP, Tag::TABLE, Tag::TT, Tag::U, Tag::UL, Tag::VAR,
];

#[rustfmt::skip]
const BLOCK_TAGS: &[Tag] = &[
    Tag::ADDRESS, Tag::ARTICLE, Tag::ASIDE, Tag::BLOCKQUOTE, Tag::CENTER, Tag::DETAILS, Tag::DIALOG, Tag::DIR, Tag::DIV, Tag::DL,
    Tag::FIELDSET, Tag::FIGCAPTION, Tag::FIGURE, Tag::FOOTER, Tag::HEADER, Tag::HGROUP, Tag::MAIN, Tag::MENU, Tag::NAV, Tag::OL,
    Tag::SEARCH, Tag::SECTION, Tag::SUMMARY, Tag::UL,
];

#[rustfmt::skip]
const FORMATTING_TAGS: &[Tag] = &[
    Tag::B, Tag::BIG, Tag::CODE, Tag::EM, Tag::FONT, Tag::I, Tag::S, Tag::SMALL, Tag::STRIKE, Tag::STRONG, Tag::TT, Tag::U,
];

#[rustfmt::skip]
const HEAD_TAGS: &[Tag] = &[
    Tag::BASE, Tag::BASEFONT, Tag::BGSOUND, Tag::LINK, Tag::META, Tag::NOFRAMES, Tag::SCRIPT, Tag::STYLE, Tag::TEMPLATE, Tag::TITLE,
];

#[rustfmt::skip]
const TABLE_TAGS: &[Tag] = &[
    Tag::CAPTION, Tag::COL, Tag::COLGROUP, Tag::FRAME, Tag::HEAD, Tag::TBODY, Tag::TD, Tag::TFOOT, Tag::TH, Tag::THEAD, Tag::TR,
];
