//! Tables: their modes, their text, and what they put before themselves.
//!
//! Takes the tokens of the table modes, gives rows, cells and captions with the bodies and rows the source left out; what has no place in a
//! table goes before it.

use super::sets::{FOSTERS, IMPLIED};
use super::{DONE, Mode, StartTag, Step, Switch, Tag, TreeBuilder};
use crate::dom::{NONE, Span};

const BODIES: &[Tag] = &[Tag::TBODY, Tag::TFOOT, Tag::THEAD, Tag::TEMPLATE, Tag::HTML];
const ROWS: &[Tag] = &[Tag::TR, Tag::TEMPLATE, Tag::HTML];
const TABLES: &[Tag] = &[Tag::TABLE, Tag::TEMPLATE, Tag::HTML];
const CELLS: &[Tag] = &[Tag::TD, Tag::TH];

impl TreeBuilder<'_> {
    fn insert_in_table(&mut self, token: StartTag, mode: Mode) -> Step {
        self.pop_to(TABLES);
        self.insert(token);
        self.mode = mode;
        DONE
    }

    fn insert_implied_in_table(&mut self, tag: Tag, mode: Mode) -> Step {
        self.insert_in_table(StartTag::implied(tag), mode);
        Step::Again
    }

    pub(super) fn start_in_table(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::CAPTION => {
                self.pop_to(TABLES);
                self.add_marker();
                self.insert_in_table(token, Mode::InCaption)
            }
            Tag::COLGROUP => self.insert_in_table(token, Mode::InColumnGroup),
            Tag::COL => self.insert_implied_in_table(Tag::COLGROUP, Mode::InColumnGroup),
            Tag::TBODY | Tag::TFOOT | Tag::THEAD => self.insert_in_table(token, Mode::InTableBody),
            Tag::TD | Tag::TH | Tag::TR => self.insert_implied_in_table(Tag::TBODY, Mode::InTableBody),
            Tag::TABLE => {
                if !self.close_table() {
                    return DONE;
                }
                Step::Again
            }
            Tag::STYLE | Tag::SCRIPT | Tag::TEMPLATE => self.start_in_head(token),
            Tag::INPUT if self.is_hidden(token) => {
                self.insert_closed(token);
                DONE
            }
            Tag::FORM => {
                if self.form == NONE && !self.in_template() {
                    self.form = self.insert_closed(token);
                }
                DONE
            }
            _ => {
                self.foster_parenting = Switch::On;
                let step = self.start_in_body(token);
                self.foster_parenting = Switch::Off;
                step
            }
        }
    }

    /// Closes the table if one is in table scope.
    fn close_table(&mut self) -> bool {
        let open = self.open.in_table_scope(&[Tag::TABLE]);
        if open {
            self.pop_until(Tag::TABLE);
            self.mode = self.appropriate_mode();
        }
        open
    }

    pub(super) fn end_in_table(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::TABLE => {
                self.close_table();
                DONE
            }
            Tag::TEMPLATE => self.end_template(),
            Tag::BODY
            | Tag::CAPTION
            | Tag::COL
            | Tag::COLGROUP
            | Tag::HTML
            | Tag::TBODY
            | Tag::TD
            | Tag::TFOOT
            | Tag::TH
            | Tag::THEAD
            | Tag::TR => DONE,
            _ => {
                self.foster_parenting = Switch::On;
                let step = self.end_in_body(tag);
                self.foster_parenting = Switch::Off;
                step
            }
        }
    }

    // Text.

    /// Text in a table: it waits until all of it is known.
    pub(super) fn text_in_table(&mut self, span: Span) {
        if self.open.last().is_in(FOSTERS) {
            self.wait_for_table_text();
            self.pending.push(span);
        } else {
            self.foster_text(span);
        }
    }

    /// Whether the current element holds table text, which then waits.
    pub(super) fn wait_for_table_text(&mut self) {
        if self.open.last().is_in(FOSTERS) {
            self.original_mode = self.mode;
            self.mode = Mode::InTableText;
        }
    }

    pub(super) fn wait_with(&mut self, span: Span) {
        self.pending.push(span);
    }

    fn foster_text(&mut self, span: Span) {
        self.foster_parenting = Switch::On;
        self.text_in_body(span);
        self.foster_parenting = Switch::Off;
    }

    /// The table's text has ended: space stays in the table, anything else goes before it.
    pub(super) fn flush_table_text(&mut self) -> Step {
        let mut pending = std::mem::take(&mut self.pending);
        let foster = !pending.iter().all(|span| self.is_space(*span));
        for span in pending.drain(..) {
            if foster {
                self.foster_text(span);
            } else {
                let site = self.site();
                self.tree.put_text(site, span);
            }
        }
        self.pending = pending;
        self.mode = self.original_mode;
        Step::Again
    }

    // Captions and column groups.

    fn close_caption(&mut self) -> bool {
        let open = self.open.in_table_scope(&[Tag::CAPTION]);
        if open {
            self.generate_implied_end_tags(IMPLIED);
            self.pop_until(Tag::CAPTION);
            self.clear_formatting_to_marker();
            self.mode = Mode::InTable;
        }
        open
    }

    pub(super) fn start_in_caption(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::TBODY | Tag::TD | Tag::TFOOT | Tag::TH | Tag::THEAD | Tag::TR => {
                if self.close_caption() { Step::Again } else { DONE }
            }
            _ => self.start_in_body(token),
        }
    }

    pub(super) fn end_in_caption(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::CAPTION => {
                self.close_caption();
                DONE
            }
            Tag::TABLE if self.close_caption() => Step::Again,
            Tag::TABLE
            | Tag::BODY
            | Tag::COL
            | Tag::COLGROUP
            | Tag::HTML
            | Tag::TBODY
            | Tag::TD
            | Tag::TFOOT
            | Tag::TH
            | Tag::THEAD
            | Tag::TR => DONE,
            _ => self.end_in_body(tag),
        }
    }

    pub(super) fn start_in_column_group(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => self.start_in_body(token),
            Tag::COL => {
                self.insert_closed(token);
                DONE
            }
            Tag::TEMPLATE => self.start_in_head(token),
            _ => self.leave_column_group(),
        }
    }

    pub(super) fn end_in_column_group(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::COLGROUP => {
                self.leave_column_group();
                DONE
            }
            Tag::COL => DONE,
            Tag::TEMPLATE => self.end_template(),
            _ => self.leave_column_group(),
        }
    }

    /// Closes the column group; without one the token is passed over.
    pub(super) fn leave_column_group(&mut self) -> Step {
        if !self.current_is(Tag::COLGROUP) {
            return DONE;
        }
        self.pop();
        self.mode = Mode::InTable;
        Step::Again
    }

    // Bodies, rows and cells.

    pub(super) fn start_in_table_body(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::TR => {
                self.pop_to(BODIES);
                self.insert(token);
                self.mode = Mode::InRow;
                DONE
            }
            Tag::TH | Tag::TD => {
                self.pop_to(BODIES);
                self.insert_implied(Tag::TR);
                self.mode = Mode::InRow;
                Step::Again
            }
            Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::TBODY | Tag::TFOOT | Tag::THEAD => self.leave_table_body(),
            _ => self.start_in_table(token),
        }
    }

    fn leave_table_body(&mut self) -> Step {
        // html5ever asks for these three, where the standard asks for a body of any kind.
        if !self.open.in_table_scope(&[Tag::TABLE, Tag::TBODY, Tag::TFOOT]) {
            return DONE;
        }
        self.pop_to(BODIES);
        self.pop();
        self.mode = Mode::InTable;
        Step::Again
    }

    pub(super) fn end_in_table_body(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::TBODY | Tag::TFOOT | Tag::THEAD => {
                if self.open.in_table_scope(&[tag]) {
                    self.pop_to(BODIES);
                    self.pop();
                    self.mode = Mode::InTable;
                }
                DONE
            }
            Tag::TABLE => self.leave_table_body(),
            Tag::BODY | Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::HTML | Tag::TD | Tag::TH | Tag::TR => DONE,
            _ => self.end_in_table(tag),
        }
    }

    fn close_row(&mut self) -> bool {
        let open = self.open.in_table_scope(&[Tag::TR]);
        if open {
            self.pop_to(ROWS);
            self.pop();
            self.mode = Mode::InTableBody;
        }
        open
    }

    pub(super) fn start_in_row(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::TH | Tag::TD => {
                self.pop_to(ROWS);
                self.insert(token);
                self.mode = Mode::InCell;
                self.add_marker();
                DONE
            }
            Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::TBODY | Tag::TFOOT | Tag::THEAD | Tag::TR => {
                if self.close_row() {
                    Step::Again
                } else {
                    DONE
                }
            }
            _ => self.start_in_table(token),
        }
    }

    pub(super) fn end_in_row(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::TR => {
                self.close_row();
                DONE
            }
            Tag::TABLE => {
                if self.close_row() {
                    Step::Again
                } else {
                    DONE
                }
            }
            Tag::TBODY | Tag::TFOOT | Tag::THEAD => {
                if self.open.in_table_scope(&[tag]) && self.close_row() {
                    Step::Again
                } else {
                    DONE
                }
            }
            Tag::BODY | Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::HTML | Tag::TD | Tag::TH => DONE,
            _ => self.end_in_table(tag),
        }
    }

    fn close_cell(&mut self) {
        self.generate_implied_end_tags(IMPLIED);
        self.pop_level(self.open.level_of_any(CELLS));
        self.clear_formatting_to_marker();
        self.mode = Mode::InRow;
    }

    pub(super) fn start_in_cell(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::TBODY | Tag::TD | Tag::TFOOT | Tag::TH | Tag::THEAD | Tag::TR => {
                if !self.open.in_table_scope(CELLS) {
                    return DONE;
                }
                self.close_cell();
                Step::Again
            }
            _ => self.start_in_body(token),
        }
    }

    pub(super) fn end_in_cell(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::TD | Tag::TH => {
                if self.open.in_table_scope(&[tag]) {
                    self.generate_implied_end_tags(IMPLIED);
                    self.pop_until(tag);
                    self.clear_formatting_to_marker();
                    self.mode = Mode::InRow;
                }
                DONE
            }
            Tag::BODY | Tag::CAPTION | Tag::COL | Tag::COLGROUP | Tag::HTML => DONE,
            Tag::TABLE | Tag::TBODY | Tag::TFOOT | Tag::THEAD | Tag::TR => {
                if !self.open.in_table_scope(&[tag]) {
                    return DONE;
                }
                self.close_cell();
                Step::Again
            }
            _ => self.end_in_body(tag),
        }
    }
}
