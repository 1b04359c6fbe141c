//! Tree construction by the rules of the WHATWG standard.
//!
//! Takes tags, texts, comments and the doctype in the order of the source, gives the arena of a [`Dom`](crate::dom::Dom). Knows nothing of
//! bytes: [`tokenizer`](super::tokenizer) finds the tokens and asks back only how to read on after a start tag and whether it stands in
//! foreign content.
//!
//! Where html5ever (0.40) leaves the standard, so does this, since it is the oracle: `annotation-xml` is no integration point; a table body
//! that is no `tbody` or `tfoot` does not end a table within a template; `search` and `keygen` are no special elements; a doctype in a table's
//! text does not end the text; a byte order mark is dropped after a script and after a `meta` that names an encoding; a parse error between
//! `<pre>` and a line feed keeps the line feed. `select` follows the newer standard, in which it may hold any content.
//!
//! Two bounds make it linear, where html5ever knows none: the list of active formatting elements holds at most
//! 32 entries after a marker, and the adoption agency has a budget. Beyond them, and there only, the trees differ.

mod adoption;
mod body_end;
mod body_start;
mod depth;
mod document;
mod foreign;
mod formatting;
mod open_elements;
mod sets;
mod shared;
mod table;
mod template;
mod text;
mod tree;

use super::doctype::Doctype;
use super::{Attribute, DomLimits, NONE, Span, Tag};
use formatting::Formatting;
use open_elements::OpenElements;
use tree::Site;
pub(super) use tree::Tree;

/// A start tag; its attributes lie in the tree's table.
#[derive(Debug, Clone, Copy)]
pub(super) struct StartTag {
    /// The name in lower case.
    pub(super) tag: Tag,
    pub(super) self_closing: bool,
    pub(super) first_attribute: u32,
    pub(super) attributes: u32,
}

impl StartTag {
    /// A tag that the source does not hold.
    fn implied(tag: Tag) -> Self {
        Self { tag, self_closing: false, first_attribute: 0, attributes: 0 }
    }

    fn span(self) -> (u32, u32) {
        (self.first_attribute, self.attributes)
    }
}

/// How the tokenizer reads on after a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follow {
    Markup,
    /// Text with character references, up to the end tag.
    Rcdata,
    /// Text as it stands, up to the end tag.
    RawText,
    Script,
    PlainText,
    /// As markup; a byte order mark that comes next is dropped, as html5ever drops it where it may be fed anew.
    Refeed,
}

/// What became of a token.
enum Step {
    Done(Follow),
    /// The mode has changed: process the token again.
    Again,
}

const DONE: Step = Step::Done(Follow::Markup);

/// The standard's insertion modes; "in head noscript" and "in select" do not occur with scripting on and html5ever's select.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    Text,
    InTable,
    InTableText,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
    InFrameset,
    AfterFrameset,
    AfterAfterBody,
    AfterAfterFrameset,
}

/// Switches of the construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    Off,
    On,
}

/// The state of tree construction.
#[derive(Debug)]
pub(super) struct TreeBuilder<'s> {
    pub(super) tree: Tree<'s>,
    open: OpenElements,
    formatting: Formatting,
    mode: Mode,
    /// Where "text" and "in table text" go back to.
    original_mode: Mode,
    template_modes: Vec<Mode>,
    /// Texts that wait for the end of a table's text.
    pending: Vec<Span>,
    head: u32,
    form: u32,
    frameset_ok: bool,
    /// The next line feed belongs to the start tag before it.
    ignore_line_feed: bool,
    foster_parenting: Switch,
    quirks: Switch,
    /// Attributes of later `html` and `body` tags, by element.
    late_attributes: Vec<(u32, Attribute)>,
    /// What the adoption agency may still spend, in open elements looked at.
    adoption_budget: usize,
    /// How many levels templates and the adoption agency may have added beyond the stack's depth.
    extra_depth: usize,
    limits: DomLimits,
}

impl<'s> TreeBuilder<'s> {
    pub(super) fn new(source: &'s str, limits: DomLimits) -> Self {
        Self {
            tree: Tree::new(source),
            open: OpenElements::new(),
            formatting: Formatting::default(),
            mode: Mode::Initial,
            original_mode: Mode::InBody,
            template_modes: Vec::new(),
            pending: Vec::new(),
            head: NONE,
            form: NONE,
            frameset_ok: true,
            ignore_line_feed: false,
            foster_parenting: Switch::Off,
            quirks: Switch::Off,
            late_attributes: Vec::new(),
            // A round costs the elements open above the formatting element: some tens on a page, so that only depth without end meets this.
            adoption_budget: source.len().saturating_mul(8).saturating_add(100_000),
            extra_depth: 0,
            limits,
        }
    }

    /// Whether the tree holds all the nodes it may.
    pub(super) fn is_full(&self) -> bool {
        self.tree.nodes.len() > self.limits.max_nodes
    }

    /// Whether the current element is foreign, so that `<![CDATA[` begins text.
    pub(super) fn in_foreign_content(&self) -> bool {
        !self.open.last().is_html()
    }

    /// Whether a line feed that comes next is dropped.
    pub(super) fn drops_line_feed(&self) -> bool {
        self.ignore_line_feed
    }

    /// Something stands between the start tag and the next line feed.
    pub(super) fn keep_line_feed(&mut self) {
        self.ignore_line_feed = false;
    }

    pub(super) fn doctype(&mut self, doctype: Doctype) {
        self.ignore_line_feed = false;
        if self.mode == Mode::Initial {
            self.quirks = if doctype.quirks { Switch::On } else { Switch::Off };
            self.mode = Mode::BeforeHtml;
        }
    }

    /// Processes a start tag.
    pub(super) fn start_tag(&mut self, token: StartTag) -> Follow {
        self.ignore_line_feed = false;
        loop {
            let step = if self.is_foreign_start(token.tag) { self.start_in_foreign(token) } else { self.start(self.mode, token) };
            if let Step::Done(follow) = step {
                return follow;
            }
        }
    }

    fn start(&mut self, mode: Mode, token: StartTag) -> Step {
        match mode {
            Mode::InBody | Mode::Text => self.start_in_body(token),
            Mode::Initial => self.leave_initial(),
            Mode::BeforeHtml => self.start_before_html(token),
            Mode::BeforeHead => self.start_before_head(token),
            Mode::InHead => self.start_in_head_mode(token),
            Mode::AfterHead => self.start_after_head(token),
            Mode::InTable => self.start_in_table(token),
            Mode::InTableText => self.flush_table_text(),
            Mode::InCaption => self.start_in_caption(token),
            Mode::InColumnGroup => self.start_in_column_group(token),
            Mode::InTableBody => self.start_in_table_body(token),
            Mode::InRow => self.start_in_row(token),
            Mode::InCell => self.start_in_cell(token),
            Mode::InTemplate => self.start_in_template(token),
            Mode::AfterBody | Mode::AfterAfterBody => self.start_after_body(token),
            Mode::InFrameset => self.start_in_frameset(token),
            Mode::AfterFrameset | Mode::AfterAfterFrameset => self.start_after_frameset(token),
        }
    }

    /// Processes an end tag.
    pub(super) fn end_tag(&mut self, tag: Tag) -> Follow {
        self.ignore_line_feed = false;
        loop {
            let step = if self.open.last().is_html() { self.end(self.mode, tag) } else { self.end_in_foreign(tag) };
            if let Step::Done(follow) = step {
                return follow;
            }
        }
    }

    fn end(&mut self, mode: Mode, tag: Tag) -> Step {
        match mode {
            Mode::InBody => self.end_in_body(tag),
            Mode::Text => self.end_text(tag),
            Mode::Initial => self.leave_initial(),
            Mode::BeforeHtml | Mode::BeforeHead => self.end_before_head(tag),
            Mode::InHead => self.end_in_head(tag),
            Mode::AfterHead => self.end_after_head(tag),
            Mode::InTable => self.end_in_table(tag),
            Mode::InTableText => self.flush_table_text(),
            Mode::InCaption => self.end_in_caption(tag),
            Mode::InColumnGroup => self.end_in_column_group(tag),
            Mode::InTableBody => self.end_in_table_body(tag),
            Mode::InRow => self.end_in_row(tag),
            Mode::InCell => self.end_in_cell(tag),
            Mode::InTemplate => self.end_in_template(tag),
            Mode::AfterBody | Mode::AfterAfterBody => self.end_after_body(tag),
            Mode::InFrameset | Mode::AfterFrameset | Mode::AfterAfterFrameset => self.end_in_frameset(tag),
        }
    }

    /// Processes a comment, of which only the place matters.
    pub(super) fn comment(&mut self) {
        self.ignore_line_feed = false;
        if self.mode == Mode::InTableText {
            self.flush_table_text();
        }
        if self.open.last().is_html() {
            match self.mode {
                // The comment goes to the document, where there is no text.
                Mode::Initial | Mode::BeforeHtml | Mode::AfterAfterBody | Mode::AfterAfterFrameset => return,
                Mode::AfterBody => return self.tree.put_comment(Site::LastChild(self.open.at(1).node)),
                _ => {}
            }
        }
        let site = self.site();
        self.tree.put_comment(site);
    }

    /// Ends the document: what it must have is added, what only the building needed is taken out.
    pub(super) fn finish(mut self) -> Tree<'s> {
        if !self.is_full() {
            while let Step::Again = self.end_of_file() {}
        }
        self.add_late_attributes();
        self.tree.settle(self.limits.max_nodes);
        if self.open.deepest() + self.extra_depth + 2 >= self.limits.max_depth {
            self.tree.limit_depth(self.limits.max_depth);
        }
        self.tree
    }
}
