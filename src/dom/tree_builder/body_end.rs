//! End tags in the body.
//!
//! Takes the end tags of "in body", closes what they close.

use super::sets::{self, BLOCK_END, FORMATTING, HEADING, IMPLIED};
use super::tree::OPEN;
use super::{DONE, Mode, StartTag, Step, Tag, TreeBuilder};
use crate::dom::NONE;

impl TreeBuilder<'_> {
    pub(super) fn end_in_body(&mut self, tag: Tag) -> Step {
        let class = sets::class(tag);
        if class & BLOCK_END != 0 {
            self.end_block(tag);
            return DONE;
        }
        if class & FORMATTING != 0 || matches!(tag, Tag::A | Tag::NOBR) {
            self.adoption_agency(tag);
            return DONE;
        }
        if class & HEADING != 0 {
            self.end_heading();
            return DONE;
        }
        match tag {
            Tag::P => self.end_p(),
            Tag::LI | Tag::DD | Tag::DT => self.end_list_item(tag),
            Tag::FORM => self.end_form(),
            Tag::APPLET | Tag::MARQUEE | Tag::OBJECT => {
                if self.end_block(tag) {
                    self.clear_formatting_to_marker();
                }
            }
            Tag::BODY | Tag::HTML => return self.end_body(tag),
            Tag::TEMPLATE => return self.end_template(),
            Tag::BR => return self.start_in_body(StartTag::implied(Tag::BR)),
            _ => self.any_other_end_tag(tag),
        }
        DONE
    }

    /// Closes an element if it is in scope.
    fn end_block(&mut self, tag: Tag) -> bool {
        let open = self.open.in_scope(tag);
        if open {
            self.generate_implied_end_tags(IMPLIED);
            self.pop_until(tag);
        }
        open
    }

    fn end_body(&mut self, tag: Tag) -> Step {
        if !self.open.in_scope(Tag::BODY) {
            return DONE;
        }
        self.mode = Mode::AfterBody;
        if tag == Tag::HTML { Step::Again } else { DONE }
    }

    fn end_heading(&mut self) {
        const HEADINGS: &[Tag] = &[Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6];
        if self.open.any_in_scope(HEADINGS) {
            self.generate_implied_end_tags(IMPLIED);
            self.pop_level(self.open.level_of_any(HEADINGS));
        }
    }

    fn end_p(&mut self) {
        if !self.open.p_in_button_scope() {
            self.insert_implied(Tag::P);
        }
        self.close_p();
    }

    fn end_list_item(&mut self, tag: Tag) {
        let in_scope = if tag == Tag::LI { self.open.li_in_list_scope() } else { self.open.in_scope(tag) };
        if in_scope {
            self.generate_implied_end_tags_except(tag);
            self.pop_until(tag);
        }
    }

    fn end_form(&mut self) {
        if self.in_template() {
            self.end_block(Tag::FORM);
            return;
        }
        let form = std::mem::replace(&mut self.form, NONE);
        if form == NONE || !self.tree.marked(form, OPEN) {
            return;
        }
        if self.open.level_of_node(Tag::FORM, form) >= self.open.scope() {
            self.generate_implied_end_tags(IMPLIED);
            self.remove_open(Tag::FORM, form);
        }
    }

    /// Closes the last open element of that name unless a special element is open above it.
    pub(super) fn any_other_end_tag(&mut self, tag: Tag) {
        let level = self.open.level(tag);
        if level == 0 || level < self.open.special() {
            return;
        }
        self.pop_level(level);
    }
}
