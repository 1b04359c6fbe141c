//! Templates, and the mode they leave behind.
//!
//! Takes the tokens that open, fill and close templates. A template's content is kept as its children.

use super::sets::{self, HEAD_CONTENT, IMPLIED_THOROUGHLY};
use super::{DONE, Mode, StartTag, Step, Tag, TreeBuilder};

impl TreeBuilder<'_> {
    pub(super) fn start_template(&mut self, token: StartTag) -> Step {
        self.add_marker();
        self.frameset_ok = false;
        self.mode = Mode::InTemplate;
        self.template_modes.push(Mode::InTemplate);
        self.insert(token);
        self.extra_depth += 1;
        DONE
    }

    pub(super) fn in_template(&self) -> bool {
        self.open.level(Tag::TEMPLATE) != 0
    }

    pub(super) fn end_template(&mut self) -> Step {
        if self.in_template() {
            self.generate_implied_end_tags(IMPLIED_THOROUGHLY);
            self.close_template();
        }
        DONE
    }

    fn close_template(&mut self) {
        self.pop_until(Tag::TEMPLATE);
        self.clear_formatting_to_marker();
        self.template_modes.pop();
        self.mode = self.appropriate_mode();
    }

    pub(super) fn start_in_template(&mut self, token: StartTag) -> Step {
        let mode = match token.tag {
            tag if sets::class(tag) & HEAD_CONTENT != 0 => return self.start_in_head(token),
            Tag::CAPTION | Tag::COLGROUP | Tag::TBODY | Tag::TFOOT | Tag::THEAD => Mode::InTable,
            Tag::COL => Mode::InColumnGroup,
            Tag::TR => Mode::InTableBody,
            Tag::TD | Tag::TH => Mode::InRow,
            _ => Mode::InBody,
        };
        self.template_modes.pop();
        self.template_modes.push(mode);
        self.mode = mode;
        Step::Again
    }

    pub(super) fn end_in_template(&mut self, tag: Tag) -> Step {
        if tag == Tag::TEMPLATE { self.end_template() } else { DONE }
    }

    pub(super) fn end_of_file_in_template(&mut self) -> Step {
        if !self.in_template() {
            return DONE;
        }
        self.close_template();
        Step::Again
    }

    /// The mode that the open elements ask for ("reset the insertion mode appropriately").
    pub(super) fn appropriate_mode(&self) -> Mode {
        const ASKED: [(Tag, Mode); 14] = [
            (Tag::TD, Mode::InCell),
            (Tag::TH, Mode::InCell),
            (Tag::TR, Mode::InRow),
            (Tag::TBODY, Mode::InTableBody),
            (Tag::THEAD, Mode::InTableBody),
            (Tag::TFOOT, Mode::InTableBody),
            (Tag::CAPTION, Mode::InCaption),
            (Tag::COLGROUP, Mode::InColumnGroup),
            (Tag::TABLE, Mode::InTable),
            (Tag::TEMPLATE, Mode::InTemplate),
            (Tag::HEAD, Mode::InHead),
            (Tag::BODY, Mode::InBody),
            (Tag::FRAMESET, Mode::InFrameset),
            // The head has been inserted before anything could be closed.
            (Tag::HTML, Mode::AfterHead),
        ];
        let last = ASKED.iter().max_by_key(|(tag, _)| self.open.level(*tag));
        match last {
            Some((Tag::TEMPLATE, _)) => self.template_modes.last().copied().unwrap_or(Mode::InBody),
            Some((_, mode)) => *mode,
            None => Mode::InBody,
        }
    }
}
