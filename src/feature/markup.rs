//! The elements around and within a block.
//!
//! Takes the block's owner, the elements above it and those within it; gives their kinds and distances. Class and id names are evidence
//! tokens elsewhere.

use super::schema::columns;
use super::survey::{NONE, Survey};
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
}

/// How far up levels are told apart; also the value for "none".
const FAR: f32 = 20.0;

pub(super) fn fill(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let (Some(block), Some(dom)) = (survey.blocks.get(index), survey.dom) else { return };
    let info = &survey.block_infos[index];
    out[HIDDEN] = flag(block.is_hidden());
    out[CUSTOM..=PRE_ABOVE].fill(FAR);
    if let Some(owner) = survey.elements.get(info.owner as usize) {
        out[DEPTH] = owner.depth as f32;
        own_tag(owner.tag, out);
    }
    for (level, element) in survey.chain(info.owner).enumerate() {
        above(element.tag, level as f32, out);
        if level <= 8 {
            let node = dom.node(element.node);
            for (name, value) in node.attributes() {
                match name {
                    "aria-hidden" if value == "true" => out[ARIA_HIDDEN] = 1.0,
                    "role" => role(value, out),
                    "itemprop" if value.contains("articleBody") || value == "text" || value == "reviewBody" => out[ITEMPROP_BODY] = 1.0,
                    _ => {}
                }
            }
        }
    }
    inline(survey, index, out);
}

fn role(value: &str, out: &mut [f32]) {
    match value {
        "navigation" | "banner" | "contentinfo" | "complementary" | "dialog" | "search" | "menu" | "menubar" | "alertdialog" => {
            out[ROLE] = 1.0;
        }
        "main" | "article" => out[ROLE_MAIN] = 1.0,
        _ => {}
    }
}

fn own_tag(tag: Tag, out: &mut [f32]) {
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

fn above(tag: Tag, level: f32, out: &mut [f32]) {
    let column = match tag {
        Tag::NAV => NAV,
        Tag::HEADER => HEADER,
        Tag::FOOTER => FOOTER,
        Tag::ASIDE => ASIDE,
        Tag::ARTICLE => {
            out[ARTICLES] += 1.0;
            ARTICLE
        }
        Tag::MAIN => MAIN,
        Tag::SECTION => SECTION,
        Tag::FORM => FORM,
        Tag::FIGURE => FIGURE,
        Tag::TABLE => TABLE,
        Tag::UL | Tag::OL => {
            out[LISTS] += 1.0;
            LIST
        }
        Tag::A => LINK,
        Tag::DIALOG => DIALOG,
        Tag::DETAILS => DETAILS,
        Tag::BLOCKQUOTE => BLOCKQUOTE_ABOVE,
        Tag::PRE => PRE_ABOVE,
        _ if tag.number() >= Tag::KNOWN => CUSTOM,
        _ => return,
    };
    out[column] = out[column].min(level);
}

/// What stands between each text and the owner.
fn inline(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let Some(block) = survey.blocks.get(index) else { return };
    let info = &survey.block_infos[index];
    let pieces = survey.blocks.pieces(block);
    out[PIECES] = pieces.len().min(50) as f32;
    for piece in pieces {
        let part = share(piece.characters, info.characters);
        let mut at = survey.element_around(piece.node);
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
