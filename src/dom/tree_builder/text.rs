//! Text by mode: where space is dropped, kept or told apart from the rest.
//!
//! Takes stretches of text, gives text nodes, and the elements that text implies.

use super::{Mode, Step, TreeBuilder};
use crate::dom::Span;

impl TreeBuilder<'_> {
    /// Processes text without null characters.
    pub(in crate::dom) fn text(&mut self, mut span: Span) {
        if self.ignore_line_feed {
            self.ignore_line_feed = false;
            if self.tree.text(span).starts_with('\n') {
                span = Span { start: span.start + 1, len: span.len - 1 };
            }
        }
        if span.len == 0 {
            return;
        }
        if self.is_foreign_text() {
            self.put_text(span);
            return;
        }
        let mut rest = span;
        while rest.len > 0 {
            rest = self.text_in_mode(rest);
        }
    }

    /// Processes text, or its first stretch of space or other characters; gives what is left.
    fn text_in_mode(&mut self, span: Span) -> Span {
        let nothing = Span { start: span.start, len: 0 };
        match self.mode {
            Mode::InBody | Mode::InCell | Mode::InCaption | Mode::InTemplate => self.text_in_body(span),
            Mode::Text => {
                let site = self.site();
                self.tree.put_text(site, span);
            }
            Mode::InTable | Mode::InTableBody | Mode::InRow => self.text_in_table(span),
            Mode::InTableText => self.wait_with(span),
            _ => return self.text_in_runs(span),
        }
        nothing
    }

    fn text_in_runs(&mut self, span: Span) -> Span {
        let (space, run, rest) = self.first_run(span);
        if space {
            match self.mode {
                Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead => {}
                Mode::InHead | Mode::AfterHead | Mode::InColumnGroup | Mode::InFrameset | Mode::AfterFrameset => {
                    let site = self.site();
                    self.tree.put_text(site, run);
                }
                _ => self.text_in_body(run),
            }
            return rest;
        }
        match self.leave_for_characters() {
            Step::Again => span,
            Step::Done(_) => rest,
        }
    }

    /// Characters that are no space end the mode or are dropped.
    fn leave_for_characters(&mut self) -> Step {
        match self.mode {
            Mode::InColumnGroup => self.leave_column_group(),
            Mode::InFrameset | Mode::AfterFrameset | Mode::AfterAfterFrameset => super::DONE,
            Mode::AfterBody | Mode::AfterAfterBody => {
                self.mode = Mode::InBody;
                Step::Again
            }
            // The modes before the body imply the same elements as at the end of the file.
            _ => self.end_of_file(),
        }
    }

    /// Splits off the first run of space or of other characters.
    fn first_run(&self, span: Span) -> (bool, Span, Span) {
        let bytes = self.tree.text(span).as_bytes();
        let space = bytes.first().is_some_and(u8::is_ascii_whitespace);
        let len = bytes.iter().position(|byte| byte.is_ascii_whitespace() != space).unwrap_or(bytes.len());
        let len = u32::try_from(len).unwrap_or(span.len);
        (space, Span { start: span.start, len }, Span { start: span.start + len, len: span.len - len })
    }

    /// Processes a null character, which stays only in foreign content and else counts as a character that is no space.
    pub(in crate::dom) fn null(&mut self) {
        self.ignore_line_feed = false;
        if self.is_foreign_text() {
            let start = self.tree.side_start();
            self.tree.side.push('\u{fffd}');
            let site = self.site();
            let span = self.tree.side_span(start);
            self.tree.put_text(site, span);
            return;
        }
        loop {
            match self.mode {
                Mode::Initial
                | Mode::BeforeHtml
                | Mode::BeforeHead
                | Mode::InHead
                | Mode::AfterHead
                | Mode::InColumnGroup
                | Mode::AfterBody
                | Mode::AfterAfterBody => {
                    if let Step::Done(_) = self.leave_for_characters() {
                        return;
                    }
                }
                Mode::InTable | Mode::InTableBody | Mode::InRow => return self.wait_for_table_text(),
                _ => return,
            }
        }
    }
}
