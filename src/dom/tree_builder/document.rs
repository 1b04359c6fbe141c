//! The modes around the body: before the head, in it and after it, after the body, framesets, the end of the file.
//!
//! Takes tokens of those modes, gives `html`, `head` and `body` whether the source holds them or not.

use super::tree::Site;
use super::{DONE, Follow, Mode, StartTag, Step, Switch, Tag, TreeBuilder};
use crate::dom::Attribute;
use rustc_hash::FxHashSet;

impl TreeBuilder<'_> {
    // "Initial" to "before head".

    pub(super) fn leave_initial(&mut self) -> Step {
        self.quirks = Switch::On;
        self.mode = Mode::BeforeHtml;
        Step::Again
    }

    fn insert_root(&mut self, token: StartTag) {
        let root = self.tree.element(Tag::HTML, token.span());
        self.tree.put(Site::LastChild(0), root);
        self.push(root, Tag::HTML, 0);
        self.mode = Mode::BeforeHead;
    }

    fn insert_implied_root(&mut self) -> Step {
        self.insert_root(StartTag::implied(Tag::HTML));
        Step::Again
    }

    fn insert_implied_head(&mut self) -> Step {
        self.head = self.insert_implied(Tag::HEAD);
        self.mode = Mode::InHead;
        Step::Again
    }

    pub(super) fn start_before_html(&mut self, token: StartTag) -> Step {
        if token.tag == Tag::HTML {
            self.insert_root(token);
            return DONE;
        }
        self.insert_implied_root()
    }

    pub(super) fn start_before_head(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => self.start_in_body(token),
            Tag::HEAD => {
                self.head = self.insert(token);
                self.mode = Mode::InHead;
                DONE
            }
            _ => self.insert_implied_head(),
        }
    }

    pub(super) fn end_before_head(&mut self, tag: Tag) -> Step {
        if !matches!(tag, Tag::HEAD | Tag::BODY | Tag::HTML | Tag::BR) {
            return DONE;
        }
        if self.mode == Mode::BeforeHtml { self.insert_implied_root() } else { self.insert_implied_head() }
    }

    // "In head" and "after head".

    fn leave_head(&mut self) -> Step {
        self.pop();
        self.mode = Mode::AfterHead;
        Step::Again
    }

    pub(super) fn start_in_head_mode(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => self.start_in_body(token),
            Tag::NOSCRIPT => self.insert_raw(token, Follow::RawText),
            Tag::HEAD => DONE,
            _ if super::sets::class(token.tag) & super::sets::HEAD_CONTENT != 0 => self.start_in_head(token),
            _ => self.leave_head(),
        }
    }

    /// A start tag of the head's content, wherever it stands.
    pub(super) fn start_in_head(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::TITLE => self.insert_raw(token, Follow::Rcdata),
            Tag::NOFRAMES | Tag::STYLE => self.insert_raw(token, Follow::RawText),
            Tag::SCRIPT => self.insert_raw(token, Follow::Script),
            Tag::TEMPLATE => self.start_template(token),
            _ => {
                self.insert_closed(token);
                let refeed = self.names_encoding(token);
                Step::Done(if refeed { Follow::Refeed } else { Follow::Markup })
            }
        }
    }

    /// Whether the tag names an encoding, after which html5ever's input is fed anew.
    fn names_encoding(&self, token: StartTag) -> bool {
        if self.attribute(token, "charset").is_some() {
            return true;
        }
        self.attribute(token, "http-equiv").is_some_and(|value| value.eq_ignore_ascii_case("content-type"))
            && self.attribute(token, "content").is_some_and(has_charset)
    }

    pub(super) fn end_in_head(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::HEAD => {
                self.pop();
                self.mode = Mode::AfterHead;
                DONE
            }
            Tag::BODY | Tag::HTML | Tag::BR => self.leave_head(),
            Tag::TEMPLATE => self.end_template(),
            _ => DONE,
        }
    }

    fn insert_implied_body(&mut self) -> Step {
        self.insert_implied(Tag::BODY);
        self.mode = Mode::InBody;
        Step::Again
    }

    pub(super) fn start_after_head(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => self.start_in_body(token),
            Tag::BODY => {
                self.insert(token);
                self.frameset_ok = false;
                self.mode = Mode::InBody;
                DONE
            }
            Tag::FRAMESET => {
                self.insert(token);
                self.mode = Mode::InFrameset;
                DONE
            }
            Tag::HEAD => DONE,
            _ if super::sets::class(token.tag) & super::sets::HEAD_CONTENT != 0 => {
                let head = self.head;
                self.push(head, Tag::HEAD, 0);
                let step = self.start_in_head(token);
                self.remove_open(Tag::HEAD, head);
                step
            }
            _ => self.insert_implied_body(),
        }
    }

    pub(super) fn end_after_head(&mut self, tag: Tag) -> Step {
        match tag {
            Tag::TEMPLATE => self.end_template(),
            Tag::BODY | Tag::HTML | Tag::BR => self.insert_implied_body(),
            _ => DONE,
        }
    }

    // "After body" and "after after body".

    pub(super) fn start_after_body(&mut self, token: StartTag) -> Step {
        if token.tag == Tag::HTML {
            return self.start_in_body(token);
        }
        self.mode = Mode::InBody;
        Step::Again
    }

    pub(super) fn end_after_body(&mut self, tag: Tag) -> Step {
        if tag == Tag::HTML && self.mode == Mode::AfterBody {
            self.mode = Mode::AfterAfterBody;
            return DONE;
        }
        self.mode = Mode::InBody;
        Step::Again
    }

    // Framesets.

    pub(super) fn start_in_frameset(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => return self.start_in_body(token),
            Tag::FRAMESET => {
                self.insert(token);
            }
            Tag::FRAME => {
                self.insert_closed(token);
            }
            Tag::NOFRAMES => return self.start_in_head(token),
            _ => {}
        }
        DONE
    }

    pub(super) fn start_after_frameset(&mut self, token: StartTag) -> Step {
        match token.tag {
            Tag::HTML => self.start_in_body(token),
            Tag::NOFRAMES => self.start_in_head(token),
            _ => DONE,
        }
    }

    /// End tags in and after framesets.
    pub(super) fn end_in_frameset(&mut self, tag: Tag) -> Step {
        match (self.mode, tag) {
            (Mode::InFrameset, Tag::FRAMESET) if self.open.len() > 1 => {
                self.pop();
                if !self.current_is(Tag::FRAMESET) {
                    self.mode = Mode::AfterFrameset;
                }
            }
            (Mode::AfterFrameset, Tag::HTML) => self.mode = Mode::AfterAfterFrameset,
            _ => {}
        }
        DONE
    }

    // The end.

    pub(super) fn end_text(&mut self, tag: Tag) -> Step {
        self.pop();
        self.mode = self.original_mode;
        Step::Done(if tag == Tag::SCRIPT { Follow::Refeed } else { Follow::Markup })
    }

    pub(super) fn end_of_file(&mut self) -> Step {
        match self.mode {
            Mode::Initial => self.leave_initial(),
            Mode::BeforeHtml => self.insert_implied_root(),
            Mode::BeforeHead => self.insert_implied_head(),
            Mode::InHead => self.leave_head(),
            Mode::AfterHead => self.insert_implied_body(),
            Mode::Text => {
                self.pop();
                self.mode = self.original_mode;
                Step::Again
            }
            Mode::InTableText => self.flush_table_text(),
            Mode::InColumnGroup | Mode::InBody | Mode::InTable | Mode::InTableBody | Mode::InRow | Mode::InCaption | Mode::InCell
                if self.template_modes.is_empty() =>
            {
                DONE
            }
            Mode::AfterBody | Mode::AfterAfterBody | Mode::InFrameset | Mode::AfterFrameset | Mode::AfterAfterFrameset => DONE,
            _ => self.end_of_file_in_template(),
        }
    }

    // Attributes of later tags.

    /// Adds the attributes of a further `html` or `body` tag to the element, where it has none of the name.
    pub(super) fn keep_late_attributes(&mut self, element: u32, token: StartTag) {
        let first = token.first_attribute as usize;
        for at in first..first + token.attributes as usize {
            let attribute = self.tree.attributes[at];
            self.late_attributes.push((element, attribute));
        }
    }

    pub(super) fn add_late_attributes(&mut self) {
        let late = std::mem::take(&mut self.late_attributes);
        let mut elements: Vec<u32> = late.iter().map(|(element, _)| *element).collect();
        elements.sort_unstable();
        elements.dedup();
        for element in elements {
            let node = &self.tree.nodes[element as usize];
            let (first, count) = (node.first as usize, node.count as usize);
            let mut all: Vec<Attribute> = self.tree.attributes[first..first + count].to_vec();
            let further = late.iter().filter(|(of, _)| *of == element).map(|(_, attribute)| *attribute);
            let mut names: FxHashSet<&str> = all.iter().map(|attribute| self.tree.text(attribute.name)).collect();
            let new: Vec<Attribute> = further.filter(|attribute| names.insert(self.tree.text(attribute.name))).collect();
            all.extend(new);
            let start = self.tree.attributes.len();
            let node = &mut self.tree.nodes[element as usize];
            node.first = u32::try_from(start).unwrap_or(0);
            node.count = u32::try_from(all.len()).unwrap_or(0);
            self.tree.attributes.extend(all);
        }
    }
}

/// Whether a meta element's `content` names an encoding: `charset`, an equals sign and a value with no lone quote.
fn has_charset(content: &str) -> bool {
    let bytes = content.as_bytes();
    let mut at = 0;
    let skip_space = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    loop {
        let Some(found) = bytes[at..].windows(7).position(|window| window.eq_ignore_ascii_case(b"charset")) else { return false };
        at = skip_space(at + found + 7);
        if bytes.get(at) == Some(&b'=') {
            break;
        }
    }
    at = skip_space(at + 1);
    match bytes.get(at) {
        None => false,
        Some(quote @ (b'"' | b'\'')) => bytes[at + 1..].contains(quote),
        Some(_) => true,
    }
}
