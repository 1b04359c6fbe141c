//! A page's tree to blocks.
//!
//! Takes a [`Dom`], gives [`Blocks`]. Knows which elements a reader sees as boundaries and which hold no text for a reader.

use memchr::memchr_iter;

use super::{Block, Blocks, Piece, to_u32};
use crate::dom::{Dom, NodeId, NodeRef, Tag};

/// How an element takes part in the flow of text, by the HTML Standard's default style sheet (section "Rendering") and, for controls, by
/// what a reader sees as one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// Starts and ends a block.
    Block,
    /// Flows with the text around it; two such elements side by side are two words.
    Inline,
    /// Flows with the text around it and may stand within a word (`b`, `i`, `sup`, ...).
    Formatting,
    /// A line break.
    Break,
    /// Holds no text for a reader (`script`, `svg`, `select`, ...).
    Skipped,
}

/// Makes the table of [`display_of`]; tags it does not name are inline.
macro_rules! displays {
    ($($display:ident: $($tag:ident)*;)*) => {
        const fn displays() -> [Display; Tag::KNOWN] {
            let mut displays = [Display::Inline; Tag::KNOWN];
            $($(displays[Tag::$tag.number()] = Display::$display;)*)*
            displays
        }
    };
}

displays! {
    Block: ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY BUTTON CAPTION CENTER DD DETAILS DIALOG DIR DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER
        FORM H1 H2 H3 H4 H5 H6 HEADER HGROUP HR HTML LEGEND LI LISTING MAIN MENU NAV OL OPTION P PLAINTEXT PRE SEARCH SECTION SUMMARY
        TABLE TBODY TD TFOOT TH THEAD TR UL XMP;
    Break: BR;
    Skipped: SCRIPT STYLE TEMPLATE SVG SELECT OBJECT NOSCRIPT IFRAME NOEMBED NOFRAMES HEAD TITLE TEXTAREA DATALIST CANVAS AUDIO VIDEO
        APPLET FRAMESET;
    Formatting: B I EM STRONG U S STRIKE DEL INS SUB SUP SMALL BIG MARK FONT ABBR ACRONYM TT VAR WBR NOBR BDI BDO RUBY RB RT RP RTC Q
        CODE KBD SAMP DFN;
}

/// By the number of the tag.
static DISPLAYS: [Display; Tag::KNOWN] = displays();

/// How an element of this tag takes part in the flow of text.
pub fn display_of(tag: Tag) -> Display {
    DISPLAYS.get(tag.number()).copied().unwrap_or(Display::Inline)
}

/// Whether the element's own markup hides it: `hidden`, `display:none` or `visibility:hidden`.
pub fn is_hidden(element: NodeRef<'_>) -> bool {
    let [hidden, style] = element.attrs(["hidden", "style"]);
    hidden.is_some_and(|value| !value.eq_ignore_ascii_case("until-found")) || style.is_some_and(style_hides)
}

fn style_hides(style: &str) -> bool {
    // Most styles say nothing of either property, and many are long: both end in y, as few others do.
    let bytes = style.as_bytes();
    let ends_in_y = |colon: usize| bytes[..colon].trim_ascii_end().last().is_some_and(|last| last.eq_ignore_ascii_case(&b'y'));
    if !memchr_iter(b':', bytes).any(ends_in_y) {
        return false;
    }
    style.split(';').any(|declaration| {
        declaration.split_once(':').is_some_and(|(property, value)| {
            let value = value.trim().split(['!', ' ']).next().unwrap_or_default();
            let property = property.trim();
            (property.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
                || (property.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden"))
        })
    })
}

/// Walks the tree once and cuts at boundaries.
pub(super) fn segment(dom: &Dom) -> Blocks {
    let root = dom.document();
    let mut run = Run::new(root.id());
    // Room for what most pages have: text is about a tenth of a page.
    run.blocks.text.reserve(dom.source().len() / 8);
    run.blocks.list.reserve(dom.len() / 8);
    run.blocks.pieces.reserve(dom.len() / 8);
    let mut next = root.first_child();
    while let Some(node) = next {
        let descend = match node.tag() {
            None => {
                if let Some(text) = node.text() {
                    run.push_text(node.id(), text);
                }
                false
            }
            Some(tag) => run.open(node, tag),
        };
        next = match node.first_child() {
            Some(child) if descend => Some(child),
            _ => run.leave(node, descend),
        };
    }
    run.flush();
    run.blocks
}

/// What a byte of text is: part of a character beyond ASCII, white space, or neither.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Plain,
    White,
    Beyond,
}

/// White space as [`char::is_whitespace`] has it.
static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Plain; 256];
    let mut at = 0;
    while at < 256 {
        if at >= 128 {
            bytes[at] = Byte::Beyond;
        } else if at == 0x20 || (at >= 0x09 && at <= 0x0d) {
            bytes[at] = Byte::White;
        }
        at += 1;
    }
    bytes
};

/// The text from its first character on that is no white space.
fn without_white_space(text: &str) -> &str {
    let white = text.bytes().take_while(|byte| BYTES[usize::from(*byte)] == Byte::White).count();
    let rest = &text[white..];
    if rest.bytes().next().is_some_and(|byte| BYTES[usize::from(byte)] == Byte::Beyond) { rest.trim_start() } else { rest }
}

/// Bytes of text that are looked at together.
const STRIDE: usize = size_of::<u64>();

/// How many spaces the next bytes have, if all are ASCII and their only white space is single spaces before something else. `None` too where
/// there are too few, or control characters.
fn plain_stride(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = 0x80 * ONES;
    let word = u64::from_le_bytes(*bytes.first_chunk()?);
    // A byte's top bit is set if it lies beyond ASCII, or falls below 0 without the 0x20 that all but control characters have.
    if (word | word.wrapping_sub(0x20 * ONES)) & TOPS != 0 {
        return None;
    }
    let spaces = !((word ^ (0x20 * ONES)) + 0x7f * ONES) & TOPS;
    let ends = spaces >> 63 == 0 || bytes.get(STRIDE).is_some_and(|next| BYTES[usize::from(*next)] == Byte::Plain);
    (spaces & (spaces << 8) == 0 && ends).then_some(spaces.count_ones() as usize)
}

/// How far the words reach that `text` begins with and single spaces part, which need no change; and how many characters they have. White space
/// beyond ASCII ends them, and a word that begins beyond ASCII does too but for the first.
fn words_ahead(text: &str) -> (usize, u32) {
    let bytes = text.as_bytes();
    let is = |at: usize, kind: Byte| bytes.get(at).is_some_and(|byte| BYTES[usize::from(*byte)] == kind);
    let (mut at, mut others) = (0, 0);
    loop {
        while let Some(spaces) = plain_stride(&bytes[at..]) {
            others += spaces;
            at += STRIDE;
        }
        while is(at, Byte::Plain) {
            at += 1;
        }
        if bytes.get(at) == Some(&b' ') && is(at + 1, Byte::Plain) {
            others += 1;
            at += 1;
            continue;
        }
        let beyond = if is(at, Byte::Beyond) { text[at..].chars().next() } else { None };
        let Some(character) = beyond.filter(|character| !character.is_whitespace()) else {
            return (at, to_u32(at - others));
        };
        at += character.len_utf8();
        others += character.len_utf8() - 1;
    }
}

/// The run of text that is being gathered, and the state of the open elements.
struct Run {
    blocks: Blocks,
    /// Where the run's text begins in the buffer.
    start: usize,
    first_piece: usize,
    /// Open block-level elements, outermost first.
    open_blocks: Vec<NodeId>,
    /// Open elements that their own markup hides, outermost first.
    hidden: Vec<NodeId>,
    /// How many open elements keep their white space.
    preformatted: u32,
    /// What stands between the last character and the next: nothing, a space, or a line feed.
    pending: Option<char>,
    /// Line breaks since the last text.
    breaks: u32,
    seam: Seam,
    /// Whether the text last gathered is hidden.
    text_hidden: bool,
}

/// Whether an inline element other than formatting has been closed or opened since the last character.
#[derive(Debug, Clone, Copy, Default)]
struct Seam {
    closed: bool,
    opened: bool,
}

impl Run {
    fn new(root: NodeId) -> Self {
        Self {
            blocks: Blocks::default(),
            start: 0,
            first_piece: 0,
            open_blocks: vec![root],
            hidden: Vec::new(),
            preformatted: 0,
            pending: None,
            breaks: 0,
            seam: Seam::default(),
            text_hidden: false,
        }
    }

    /// Enters an element; says whether to go below it.
    fn open(&mut self, node: NodeRef<'_>, tag: Tag) -> bool {
        match display_of(tag) {
            Display::Skipped => {
                self.pending.get_or_insert(' ');
                return false;
            }
            Display::Break => self.line_break(),
            Display::Block => {
                self.flush();
                self.open_blocks.push(node.id());
                if matches!(tag, Tag::PRE | Tag::LISTING | Tag::XMP | Tag::PLAINTEXT) {
                    self.preformatted += 1;
                }
            }
            Display::Inline => {
                if matches!(tag, Tag::IMG | Tag::INPUT) {
                    self.pending.get_or_insert(' ');
                }
                self.seam.opened = true;
            }
            Display::Formatting => {}
        }
        if is_hidden(node) {
            // A change of visibility is a boundary too: what is seen and what is not are never one block.
            self.flush();
            self.hidden.push(node.id());
        }
        true
    }

    /// Leaves `node` and all ancestors that end with it; gives the next node in document order.
    fn leave<'a>(&mut self, node: NodeRef<'a>, entered: bool) -> Option<NodeRef<'a>> {
        let mut done = node;
        let mut entered = entered;
        loop {
            if entered {
                self.close(done);
            }
            if let Some(sibling) = done.next_sibling() {
                return Some(sibling);
            }
            done = done.parent()?;
            entered = true;
        }
    }

    fn close(&mut self, node: NodeRef<'_>) {
        let Some(tag) = node.tag() else { return };
        if self.hidden.last() == Some(&node.id()) {
            self.flush();
            self.hidden.pop();
        }
        match display_of(tag) {
            Display::Block => {
                self.flush();
                self.open_blocks.pop();
                if matches!(tag, Tag::PRE | Tag::LISTING | Tag::XMP | Tag::PLAINTEXT) {
                    self.preformatted = self.preformatted.saturating_sub(1);
                }
            }
            Display::Inline => self.seam.closed = true,
            Display::Formatting | Display::Break | Display::Skipped => {}
        }
    }

    fn line_break(&mut self) {
        if self.preformatted > 0 {
            if !self.at_start() {
                self.blocks.text.push('\n');
            }
            return;
        }
        self.breaks += 1;
        if self.breaks >= 2 {
            self.flush();
        } else if !self.at_start() {
            self.pending = Some('\n');
        }
    }

    fn at_start(&self) -> bool {
        self.blocks.text.len() == self.start
    }

    fn push_text(&mut self, node: NodeId, text: &str) {
        if self.preformatted > 0 {
            self.push_preformatted(node, text);
            return;
        }
        let mut piece: Option<(u32, u32)> = None;
        let mut rest = text;
        loop {
            let trimmed = without_white_space(rest);
            if trimmed.len() < rest.len() && !self.at_start() {
                self.pending.get_or_insert(' ');
            }
            if trimmed.is_empty() {
                break;
            }
            let (end, characters) = words_ahead(trimmed);
            let (words, after) = trimmed.split_at(end);
            self.separate(words);
            let start = to_u32(self.blocks.text.len() - self.start);
            self.blocks.text.push_str(words);
            piece = Some(piece.map_or((start, characters), |(start, so_far)| (start, so_far + characters)));
            rest = after;
        }
        if let Some((start, characters)) = piece {
            self.end_piece(node, start, characters);
        }
    }

    fn push_preformatted(&mut self, node: NodeId, text: &str) {
        let text = if self.at_start() { text.trim_start_matches(['\n', '\r']) } else { text };
        let characters = to_u32(text.chars().filter(|c| !c.is_whitespace()).count());
        if characters == 0 && self.at_start() {
            return;
        }
        let start = to_u32(self.blocks.text.len() - self.start);
        self.blocks.text.push_str(text);
        if characters > 0 {
            self.end_piece(node, start, characters);
        }
    }

    fn end_piece(&mut self, node: NodeId, start: u32, characters: u32) {
        self.blocks.pieces.push(Piece { node, start, characters });
        self.breaks = 0;
        self.text_hidden = !self.hidden.is_empty();
    }

    /// Writes what stands before the next words: pending white space, or a space between the words of two elements side by side.
    fn separate(&mut self, words: &str) {
        let pending = self.pending.take();
        let seam = std::mem::take(&mut self.seam);
        self.breaks = 0;
        if self.at_start() {
            return;
        }
        if let Some(white) = pending {
            self.blocks.text.push(white);
        } else if seam.closed && seam.opened {
            let last = self.blocks.text.chars().next_back();
            let first = words.chars().next();
            let ends_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '%');
            if last.is_some_and(ends_word) && first.is_some_and(char::is_alphanumeric) {
                self.blocks.text.push(' ');
            }
        }
    }

    /// Ends the run: what was gathered becomes a block.
    fn flush(&mut self) {
        self.pending = None;
        self.breaks = 0;
        self.seam = Seam::default();
        if self.blocks.pieces.len() > self.first_piece {
            let end = self.start + self.blocks.text[self.start..].trim_end().len();
            self.blocks.text.truncate(end);
            let owner = self.open_blocks.last().copied();
            self.blocks.list.push(Block {
                text: to_u32(self.start)..to_u32(end),
                pieces: to_u32(self.first_piece)..to_u32(self.blocks.pieces.len()),
                owner,
                hidden: self.text_hidden,
                gap: 0,
            });
        } else {
            self.blocks.text.truncate(self.start);
        }
        self.start = self.blocks.text.len();
        self.first_piece = self.blocks.pieces.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_of_text_count_their_spaces_and_stop_at_what_is_not_plain() {
        assert_eq!(plain_stride(b"a b c de"), Some(3));
        assert_eq!(plain_stride(b"abcdefg h"), Some(1));
        assert_eq!(plain_stride(b"~\x7fabcdef"), Some(0));
        for other in
            ["a b", "a  bcdef", "abcdefg ", "abcdefg  ", "abcdefg \u{e9}", "abc\ndefg", "abcd\u{e9}fg", "\u{1f}bcdefgh", "abcdefg\u{a0}"]
        {
            assert_eq!(plain_stride(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn words_reach_as_far_with_strides_as_without() {
        let text = "one two three four five six";
        let further =
            [("", 27), (" seven", 33), ("  seven", 27), ("\u{a0}seven", 27), (" \u{e9}", 27), ("\u{e9}\u{e9} seven", 37), ("\tseven", 27)];
        for (end, reach) in further {
            let text = format!("{text}{end}");
            let (found, characters) = words_ahead(&text);
            assert_eq!((found, characters as usize), (reach, text[..reach].chars().filter(|c| !c.is_whitespace()).count()), "{text:?}");
        }
    }
}
