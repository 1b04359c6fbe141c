//! The elements around and within a block.
//!
//! Takes the block's owner, the elements above it and those within it; gives their kinds and distances. Class and id names are evidence
//! tokens elsewhere.

use super::schema::columns;
use super::survey::{Container, NONE, Survey};
use super::{flag, share};
use crate::dom::Tag;

columns! { "markup";
    DEPTH "depth" Count "levels below the document";
    P "p" Flag "the owner is a p";
    DIV "div" Flag "the owner is a div, section, article or main";
    LI "li" Flag "the owner is an li";
    HEADING "heading_level" Count "1 to 6 for a heading, else 0";
    CELL "cell" Flag "the owner is a td or th";
    TERM "term" Flag "the owner is a dt or dd";
    BUTTON "button" Flag "the owner is a button or summary";
    FIGCAPTION "figcaption" Flag "the owner is a figcaption or caption";
    PRE "pre" Flag "the owner is a pre";
    QUOTE "blockquote" Flag "the owner is a blockquote";
    FORM_OWNER "form_part" Flag "the owner is a form, fieldset or legend";
    CUSTOM "custom_above" Count "levels up to the nearest element with a name of the page's own, 20 when none";
    NAV "nav_above" Count "levels up to the nearest nav, 20 when none";
    HEADER "header_above" Count "levels up to the nearest header";
    FOOTER "footer_above" Count "levels up to the nearest footer";
    ASIDE "aside_above" Count "levels up to the nearest aside";
    ARTICLE "article_above" Count "levels up to the nearest article";
    MAIN "main_above" Count "levels up to the nearest main";
    SECTION "section_above" Count "levels up to the nearest section";
    FORM "form_above" Count "levels up to the nearest form";
    FIGURE "figure_above" Count "levels up to the nearest figure";
    TABLE "table_above" Count "levels up to the nearest table";
    LIST "list_above" Count "levels up to the nearest ul or ol";
    LINK "link_above" Count "levels up to the nearest a";
    DIALOG "dialog_above" Count "levels up to the nearest dialog";
    DETAILS "details_above" Count "levels up to the nearest details";
    BLOCKQUOTE_ABOVE "blockquote_above" Count "levels up to the nearest blockquote";
    PRE_ABOVE "pre_above" Count "levels up to the nearest pre";
    FIGCAPTION_ABOVE "figcaption_above" Count "levels up to the nearest figcaption";
    LISTS "lists_above" Count "lists above";
    ARTICLES "articles_above" Count "articles above";
    HIDDEN "hidden" Flag "hidden by the page's own markup";
    ARIA_HIDDEN "aria_hidden" Flag "aria-hidden on it or within 8 levels above";
    ROLE "role_above" Flag "a role of navigation, banner, contentinfo, complementary, dialog or search within 8 levels";
    ROLE_MAIN "role_main_above" Flag "a role of main or article within 8 levels";
    ITEMPROP_BODY "body_above" Flag "itemprop articleBody, text or reviewBody on it or above";
    BOLD "bold" Share "characters in b, strong";
    ITALIC "italic" Share "characters in i, em, cite";
    CODE "code" Share "characters in code, kbd, samp, tt";
    SPAN "span" Share "characters in span or other inline elements";
    SMALL "small" Share "characters in small, sub, sup";
    TIME "time" Share "characters in time";
    LABEL "label" Share "characters in label";
    PIECES "pieces" Count "text nodes, at most 50";
    FIGCAPTION_TEXT "figcaption_text" Share "characters of long unlinked blocks within figcaptions, among the page's: much where pictures tell the story";
}

/// The group's columns of one block.
type Columns = [f32; DEFS.len()];

/// How far up levels are told apart; also the value for "none".
const FAR: u8 = 20;

/// Kinds of element above that have a column of their own, and attributes above, by place in [`Above::levels`].
const KINDS_ABOVE: usize = FIGCAPTION_ABOVE + 1 - CUSTOM;
const ARIA_HIDDEN_AT: usize = KINDS_ABOVE;
const ROLE_AT: usize = KINDS_ABOVE + 1;
const ROLE_MAIN_AT: usize = KINDS_ABOVE + 2;
const ITEMPROP_BODY_AT: usize = KINDS_ABOVE + 3;

/// Attributes count up to this many levels above.
const ATTRIBUTE_LEVELS: u8 = 8;

/// What a container is and stands in.
#[derive(Debug, Clone, Copy)]
struct Above {
    /// Levels up to the nearest of each kind, 0 for itself, at most [`FAR`].
    levels: [u8; KINDS_ABOVE + 4],
    lists: u16,
    articles: u16,
}

/// What each container is and stands in.
#[derive(Debug, Default)]
pub(super) struct Ancestry {
    above: Vec<Above>,
    /// The column [`FIGCAPTION_TEXT`].
    figcaption_text: f32,
}

impl Ancestry {
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        let mut all: Vec<Above> = Vec::with_capacity(survey.containers.len());
        for container in &survey.containers {
            let mut above = all.get(container.parent as usize).copied().unwrap_or(Above::NOTHING).one_lower();
            above.read(survey, container);
            all.push(above);
        }
        let long = |index: usize| survey.long_characters[index + 1] - survey.long_characters[index];
        let within = |container: u32| all.get(container as usize).is_some_and(|above| above.levels[FIGCAPTION_ABOVE - CUSTOM] < FAR);
        let told = survey.block_infos.iter().enumerate().filter(|(_, info)| within(info.container)).map(|(index, _)| long(index)).sum();
        let figcaption_text = share(told, survey.long_characters.last().copied().unwrap_or(0));
        Self { above: all, figcaption_text }
    }
}

impl Above {
    const NOTHING: Self = Self { levels: [FAR; KINDS_ABOVE + 4], lists: 0, articles: 0 };

    /// The same, seen from a child.
    fn one_lower(mut self) -> Self {
        for level in &mut self.levels {
            *level = (*level + 1).min(FAR);
        }
        self
    }

    /// Adds what the container itself is.
    fn read(&mut self, survey: &Survey<'_>, container: &Container) {
        let element = survey.container_element(container);
        if let Some(column) = column_above(element.tag) {
            self.levels[column - CUSTOM] = 0;
            self.articles = self.articles.saturating_add(u16::from(column == ARTICLE));
            self.lists = self.lists.saturating_add(u16::from(column == LIST));
        }
        for (mark, level) in self.levels[KINDS_ABOVE..].iter_mut().enumerate() {
            if element.marks >> mark & 1 == 1 {
                *level = 0;
            }
        }
    }

    fn fill(&self, out: &mut Columns) {
        for (out, level) in out[CUSTOM..=FIGCAPTION_ABOVE].iter_mut().zip(&self.levels) {
            *out = f32::from(*level);
        }
        out[LISTS] = f32::from(self.lists);
        out[ARTICLES] = f32::from(self.articles);
        for (column, at) in [(ARIA_HIDDEN, ARIA_HIDDEN_AT), (ROLE, ROLE_AT), (ROLE_MAIN, ROLE_MAIN_AT), (ITEMPROP_BODY, ITEMPROP_BODY_AT)] {
            out[column] = flag(self.levels[at] <= ATTRIBUTE_LEVELS);
        }
    }
}

pub(super) fn fill(survey: &Survey<'_>, index: usize, ancestry: &Ancestry, out: &mut [f32]) {
    let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>() else { return };
    let Some(block) = survey.blocks.get(index).filter(|_| survey.dom.is_some()) else { return };
    let info = &survey.block_infos[index];
    out[HIDDEN] = flag(block.is_hidden());
    if let Some(owner) = survey.elements.get(info.owner as usize) {
        out[DEPTH] = owner.depth as f32;
        own_tag(owner.tag, out);
    }
    ancestry.above.get(info.container as usize).unwrap_or(&Above::NOTHING).fill(out);
    out[FIGCAPTION_TEXT] = ancestry.figcaption_text;
    inline(survey, index, out);
}

/// What an attribute says of an element and all below it: a bit for each place of [`Above::levels`] behind the kinds.
pub(super) fn mark(name: &[u8], value: &str) -> u8 {
    let at = match name {
        b"aria-hidden" if value == "true" => Some(ARIA_HIDDEN_AT),
        b"role" => role(value),
        b"itemprop" if value.contains("articleBody") || value == "text" || value == "reviewBody" => Some(ITEMPROP_BODY_AT),
        _ => None,
    };
    at.map_or(0, |at| 1 << (at - KINDS_ABOVE))
}

fn role(value: &str) -> Option<usize> {
    match value {
        "navigation" | "banner" | "contentinfo" | "complementary" | "dialog" | "search" | "menu" | "menubar" | "alertdialog" => {
            Some(ROLE_AT)
        }
        "main" | "article" => Some(ROLE_MAIN_AT),
        _ => None,
    }
}

fn own_tag(tag: Tag, out: &mut Columns) {
    out[HEADING] = tag.heading_level().map_or(0.0, f32::from);
    let column = match tag {
        Tag::P => P,
        Tag::DIV | Tag::SECTION | Tag::ARTICLE | Tag::MAIN => DIV,
        Tag::LI => LI,
        Tag::TD | Tag::TH => CELL,
        Tag::DT | Tag::DD => TERM,
        Tag::BUTTON | Tag::SUMMARY => BUTTON,
        Tag::FIGCAPTION | Tag::CAPTION => FIGCAPTION,
        Tag::PRE => PRE,
        Tag::BLOCKQUOTE => QUOTE,
        Tag::FORM | Tag::FIELDSET | Tag::LEGEND => FORM_OWNER,
        _ => return,
    };
    out[column] = 1.0;
}

/// The column of an element's kind among those above.
fn column_above(tag: Tag) -> Option<usize> {
    Some(match tag {
        Tag::NAV => NAV,
        Tag::HEADER => HEADER,
        Tag::FOOTER => FOOTER,
        Tag::ASIDE => ASIDE,
        Tag::ARTICLE => ARTICLE,
        Tag::MAIN => MAIN,
        Tag::SECTION => SECTION,
        Tag::FORM => FORM,
        Tag::FIGURE => FIGURE,
        Tag::TABLE => TABLE,
        Tag::UL | Tag::OL => LIST,
        Tag::A => LINK,
        Tag::DIALOG => DIALOG,
        Tag::DETAILS => DETAILS,
        Tag::BLOCKQUOTE => BLOCKQUOTE_ABOVE,
        Tag::PRE => PRE_ABOVE,
        Tag::FIGCAPTION => FIGCAPTION_ABOVE,
        _ if tag.number() >= Tag::KNOWN => CUSTOM,
        _ => return None,
    })
}

/// What stands between each text and the owner.
fn inline(survey: &Survey<'_>, index: usize, out: &mut Columns) {
    let info = &survey.block_infos[index];
    let pieces = survey.pieces(index);
    out[PIECES] = survey.pieces(index).count().min(50) as f32;
    for (piece, around) in pieces {
        let part = share(piece.characters, info.characters);
        let mut at = around;
        let mut seen = 0_u32;
        while at != NONE && at != info.owner {
            let element = &survey.elements[at as usize];
            let column = match element.tag {
                Tag::B | Tag::STRONG => BOLD,
                Tag::I | Tag::EM | Tag::CITE => ITALIC,
                Tag::CODE | Tag::KBD | Tag::SAMP | Tag::TT => CODE,
                Tag::SMALL | Tag::SUB | Tag::SUP => SMALL,
                Tag::TIME => TIME,
                Tag::LABEL => LABEL,
                Tag::A => NONE as usize,
                _ => SPAN,
            };
            if column != NONE as usize && seen >> (column - BOLD) & 1 == 0 {
                seen |= 1 << (column - BOLD);
                out[column] = (out[column] + part).min(1.0);
            }
            at = element.parent;
        }
    }
}
