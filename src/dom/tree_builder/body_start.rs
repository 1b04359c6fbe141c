//! Start tags and text in the body.
//!
//! Takes the tokens of "in body", which the cells, captions and templates share, gives their elements.

use super::open_elements::{MATHML, SVG};
use super::sets::{self, BLOCK_START, FORMATTING, HEAD_CONTENT, HEADING, IMPLIED, TABLE_PART};
use super::tree::{LISTED, OPEN};
use super::{DONE, Follow, Mode, StartTag, Step, Switch, Tag, TreeBuilder};
use crate::dom::{NONE, Span};

impl TreeBuilder<'_> {
    pub(super) fn start_in_body(&mut self, token: StartTag) -> Step {
        let class = sets::class(token.tag);
        if class & BLOCK_START != 0 {
            self.close_p_in_button_scope();
            self.insert(token);
        } else if class & FORMATTING != 0 {
            self.reconstruct_formatting();
            self.insert_formatting(token);
        } else if class & HEADING != 0 {
            self.close_p_in_button_scope();
            if self.open.last().is_in(HEADING) {
                self.pop();
            }
            self.insert(token);
        } else if class & HEAD_CONTENT != 0 {
            return self.start_in_head(token);
        } else if class & TABLE_PART == 0 {
            return self.start_other_in_body(token);
        }
        DONE
    }

    fn start_other_in_body(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::A => self.start_a(token),
            Tag::AREA | Tag::BR | Tag::EMBED | Tag::IMG | Tag::KEYGEN | Tag::WBR => self.start_void(token),
            Tag::IMAGE => self.start_void(StartTag { tag: Tag::IMG, ..token }),
            Tag::LI | Tag::DD | Tag::DT => self.start_list_item(token),
            Tag::HTML | Tag::BODY | Tag::FRAMESET => self.start_outer(token),
            Tag::TABLE => self.start_table(token),
            Tag::FORM => self.start_form(token),
            Tag::BUTTON => self.start_button(token),
            Tag::INPUT => self.start_input(token),
            Tag::HR => self.start_hr(token),
            Tag::SELECT => self.start_select(token),
            Tag::OPTION | Tag::OPTGROUP => self.start_option(token),
            Tag::NOBR => self.start_nobr(token),
            Tag::PRE | Tag::LISTING => self.start_pre(token),
            Tag::PARAM | Tag::SOURCE | Tag::TRACK => {
                self.insert_closed(token);
            }
            Tag::APPLET | Tag::MARQUEE | Tag::OBJECT => {
                self.start_ordinary(token);
                self.add_marker();
                self.frameset_ok = false;
            }
            Tag::RB | Tag::RTC | Tag::RP | Tag::RT => self.start_ruby(token),
            Tag::PLAINTEXT | Tag::TEXTAREA | Tag::XMP | Tag::IFRAME | Tag::NOEMBED | Tag::NOSCRIPT => return self.start_raw(token),
            Tag::MATH | Tag::SVG => {
                self.reconstruct_formatting();
                return self.insert_foreign(token, if token.tag == Tag::SVG { SVG } else { MATHML });
            }
            _ => self.start_ordinary(token),
        }
        DONE
    }

    fn start_ordinary(&mut self, token: StartTag) {
        self.reconstruct_formatting();
        self.insert(token);
    }

    fn start_void(&mut self, token: StartTag) {
        self.reconstruct_formatting();
        self.insert_closed(token);
        self.frameset_ok = false;
    }

    /// A further `html` or `body`, or a frameset in the place of the body.
    fn start_outer(&mut self, token: StartTag) {
        let body = self.open.at(2);
        let has_body = self.open.len() > 1 && body.is(Tag::BODY);
        match token.tag {
            Tag::HTML if !self.in_template() => self.keep_late_attributes(self.open.at(1).node, token),
            Tag::BODY if has_body && !self.in_template() => {
                self.frameset_ok = false;
                self.keep_late_attributes(body.node, token);
            }
            Tag::FRAMESET if self.frameset_ok && has_body => {
                self.tree.detach(body.node);
                self.pop_level(2);
                self.insert(token);
                self.mode = Mode::InFrameset;
            }
            _ => {}
        }
    }

    fn start_pre(&mut self, token: StartTag) {
        self.close_p_in_button_scope();
        self.insert(token);
        self.ignore_line_feed = true;
        self.frameset_ok = false;
    }

    fn start_form(&mut self, token: StartTag) {
        if self.form != NONE && !self.in_template() {
            return;
        }
        self.close_p_in_button_scope();
        let form = self.insert(token);
        if !self.in_template() {
            self.form = form;
        }
    }

    fn start_list_item(&mut self, token: StartTag) {
        self.frameset_ok = false;
        let (level, tag) = if token.tag == Tag::LI {
            (self.open.level(Tag::LI), Tag::LI)
        } else {
            let (dd, dt) = (self.open.level(Tag::DD), self.open.level(Tag::DT));
            if dd > dt { (dd, Tag::DD) } else { (dt, Tag::DT) }
        };
        if level != 0 && level >= self.open.list_stop() {
            self.generate_implied_end_tags_except(tag);
            self.pop_until(tag);
        }
        self.close_p_in_button_scope();
        self.insert(token);
    }

    fn start_button(&mut self, token: StartTag) {
        if self.open.in_scope(Tag::BUTTON) {
            self.generate_implied_end_tags(IMPLIED);
            self.pop_until(Tag::BUTTON);
        }
        self.start_ordinary(token);
        self.frameset_ok = false;
    }

    /// An `a` closes the `a` before it.
    fn start_a(&mut self, token: StartTag) {
        if let Some(at) = self.formatting.last_named(Tag::A) {
            let node = self.formatting.entries[at].node;
            self.adoption_agency(Tag::A);
            if self.tree.marked(node, LISTED)
                && let Some(at) = self.formatting.position(node)
            {
                self.unlist(at);
            }
            if self.tree.marked(node, OPEN) {
                self.remove_open(Tag::A, node);
            }
        }
        self.reconstruct_formatting();
        self.insert_formatting(token);
    }

    fn start_nobr(&mut self, token: StartTag) {
        self.reconstruct_formatting();
        if self.open.in_scope(Tag::NOBR) {
            self.adoption_agency(Tag::NOBR);
            self.reconstruct_formatting();
        }
        self.insert_formatting(token);
    }

    fn start_table(&mut self, token: StartTag) {
        if self.quirks == Switch::Off {
            self.close_p_in_button_scope();
        }
        self.insert(token);
        self.frameset_ok = false;
        self.mode = Mode::InTable;
    }

    fn start_input(&mut self, token: StartTag) {
        if self.open.in_scope(Tag::SELECT) {
            self.pop_until(Tag::SELECT);
        }
        let hidden = self.is_hidden(token);
        self.reconstruct_formatting();
        self.insert_closed(token);
        self.frameset_ok &= hidden;
    }

    /// Whether an `input` is of the type that is not shown.
    pub(super) fn is_hidden(&self, token: StartTag) -> bool {
        self.attribute(token, "type").is_some_and(|value| value.eq_ignore_ascii_case("hidden"))
    }

    fn start_hr(&mut self, token: StartTag) {
        self.close_p_in_button_scope();
        if self.open.in_scope(Tag::SELECT) {
            self.generate_implied_end_tags(IMPLIED);
        }
        self.insert_closed(token);
        self.frameset_ok = false;
    }

    fn start_select(&mut self, token: StartTag) {
        if self.open.in_scope(Tag::SELECT) {
            self.pop_until(Tag::SELECT);
        } else {
            self.start_ordinary(token);
            self.frameset_ok = false;
        }
    }

    fn start_option(&mut self, token: StartTag) {
        if self.open.in_scope(Tag::SELECT) {
            if token.tag == Tag::OPTION {
                self.generate_implied_end_tags_except(Tag::OPTGROUP);
            } else {
                self.generate_implied_end_tags(IMPLIED);
            }
        } else if self.current_is(Tag::OPTION) {
            self.pop();
        }
        self.start_ordinary(token);
    }

    fn start_ruby(&mut self, token: StartTag) {
        if self.open.in_scope(Tag::RUBY) {
            if matches!(token.tag, Tag::RB | Tag::RTC) {
                self.generate_implied_end_tags(IMPLIED);
            } else {
                self.generate_implied_end_tags_except(Tag::RTC);
            }
        }
        self.insert(token);
    }

    /// Elements whose content is text to the tokenizer.
    fn start_raw(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::PLAINTEXT => {
                self.close_p_in_button_scope();
                self.insert(token);
                Step::Done(Follow::PlainText)
            }
            Tag::TEXTAREA => {
                self.ignore_line_feed = true;
                self.frameset_ok = false;
                self.insert_raw(token, Follow::Rcdata)
            }
            Tag::XMP => {
                self.close_p_in_button_scope();
                self.reconstruct_formatting();
                self.frameset_ok = false;
                self.insert_raw(token, Follow::RawText)
            }
            tag => {
                self.frameset_ok &= tag != Tag::IFRAME;
                self.insert_raw(token, Follow::RawText)
            }
        }
    }

    /// Text in the body.
    pub(super) fn text_in_body(&mut self, span: Span) {
        self.reconstruct_formatting();
        self.put_text(span);
    }

    /// Puts text at the current place.
    pub(super) fn put_text(&mut self, span: Span) {
        if self.frameset_ok && !self.is_space(span) {
            self.frameset_ok = false;
        }
        let site = self.site();
        self.tree.put_text(site, span);
    }

    pub(super) fn is_space(&self, span: Span) -> bool {
        self.tree.text(span).bytes().all(|byte| byte.is_ascii_whitespace())
    }
}
