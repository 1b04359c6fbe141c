//! WARC and WET: archives of crawls.
//!
//! Takes the bytes of an archive, plain or packed by record or as a whole; gives its pages (`response`, `resource`) and texts (`conversion`),
//! says what else there is, and goes on after damage. Format: ISO 28500, WARC/1.0 and 1.1. Knows nothing of labels.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::http::{self, Response};
use super::raw::Raw;
use super::unpacked::Unpacked;
use crate::Error;
use crate::crawl::record::{Body, Item, Place, Record, RecordSource, Skip};
use crate::source::not_a_page;

/// The most bytes of a record's head, and of an HTTP head beside the body's limit. Real ones have a few hundred.
const MAX_HEAD: usize = 64 << 10;

/// The most bytes that are unpacked to get over one record: more is not worth the hours a bomb can take, and its member is left.
const MAX_RECORD: u64 = 4 << 30;

/// The most bytes that are reserved because a record says that it has them: more than nearly all pages have, and little enough for a lie.
const RESERVED: usize = 1 << 20;

/// What a record begins with.
const START: &[u8] = b"WARC/";

/// A record's head.
struct Head {
    bytes: Vec<u8>,
    length: u64,
}

impl Head {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        http::header(&self.bytes, name)
    }
}

/// What is wrong with a record.
enum Problem {
    /// The archive goes on at the next byte.
    Here(String),
    /// Where it goes on must be looked for.
    Lost(String),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

/// The records of one WARC or WET file.
pub(super) struct WarcSource {
    path: Arc<Path>,
    bytes: Unpacked,
    max_bytes: usize,
    start: u64,
    /// Whether whole records lie in this member before the one at hand.
    shared: bool,
    ended: bool,
}

impl WarcSource {
    pub(super) fn new(path: Arc<Path>, raw: Raw, max_bytes: usize) -> Self {
        Self { path, bytes: Unpacked::new(raw), max_bytes, start: 0, shared: false, ended: false }
    }

    /// The next record; `None` at the end.
    fn record(&mut self) -> Result<Option<Item>, Problem> {
        if !self.skip_blank()? {
            return Ok(None);
        }
        let head = self.head()?;
        let keep = self.max_bytes.saturating_add(MAX_HEAD);
        if self.bytes.is_packed() && head.length > MAX_RECORD {
            return Err(Problem::Lost(format!("a record of {} bytes: more than {MAX_RECORD} are not unpacked", head.length)));
        }
        let body = self.body(head.length, keep)?;
        self.ending()?;
        self.shared = true;
        Ok(Some(self.item(&head, &body)))
    }

    /// Goes to the next record's first byte; `false` at the end of the file.
    fn skip_blank(&mut self) -> Result<bool, Problem> {
        let mut blank = 0;
        loop {
            self.start = self.bytes.place();
            let bytes = self.bytes.fill()?;
            if bytes.is_empty() {
                let more = self.bytes.next_member();
                self.shared = false;
                self.start = self.bytes.place();
                if !more? {
                    return Ok(false);
                }
                continue;
            }
            let count = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let found = count < bytes.len();
            self.bytes.take(count);
            blank += count;
            if found {
                self.start = self.bytes.place();
                return Ok(true);
            }
            if blank > MAX_HEAD {
                return Err(Problem::Lost("thousands of empty lines where a record was expected".to_owned()));
            }
        }
    }

    fn head(&mut self) -> Result<Head, Problem> {
        if !self.bytes.peek(START.len())?.starts_with(START) {
            return Err(Problem::Lost("no record begins here: expected a line WARC/1.0 or WARC/1.1".to_owned()));
        }
        let mut bytes = Vec::new();
        loop {
            let piece = self.bytes.fill()?;
            if piece.is_empty() {
                return Err(Problem::Lost("the file or its member ends within a record's head".to_owned()));
            }
            let end = memchr::memchr(b'\n', piece).map_or(piece.len(), |at| at + 1);
            bytes.extend_from_slice(&piece[..end]);
            self.bytes.take(end);
            if bytes.ends_with(b"\n\r\n") || bytes.ends_with(b"\n\n") {
                break;
            }
            if bytes.len() > MAX_HEAD {
                return Err(Problem::Lost(format!("a record's head is longer than {MAX_HEAD} bytes")));
            }
        }
        let length = http::header(&bytes, "content-length").map(|value| value.parse::<u64>());
        match length {
            Some(Ok(length)) if http::header(&bytes, "warc-type").is_some() => Ok(Head { bytes, length }),
            Some(Ok(_)) => Err(Problem::Lost("the record's head has no WARC-Type".to_owned())),
            Some(Err(_)) => Err(Problem::Lost("the record's Content-Length is no number".to_owned())),
            None => Err(Problem::Lost("the record's head has no Content-Length".to_owned())),
        }
    }

    /// The first `keep` bytes of the record's `length`; the others are read over.
    fn body(&mut self, length: u64, keep: usize) -> Result<Vec<u8>, Problem> {
        let room = usize::try_from(length).unwrap_or(usize::MAX).min(keep).min(RESERVED);
        let mut body = Vec::with_capacity(room);
        let mut left = length;
        while left > 0 {
            let piece = self.bytes.fill()?;
            if piece.is_empty() {
                self.within_record(length, left)?;
                continue;
            }
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            let room = keep.saturating_sub(body.len()).min(count);
            body.extend_from_slice(&piece[..room]);
            self.bytes.take(count);
            left -= count as u64;
        }
        Ok(body)
    }

    /// The member has ended and the record has not: it goes on in the next member, unless that begins with a record of its own.
    fn within_record(&mut self, length: u64, left: u64) -> Result<(), Problem> {
        let short = format!("Content-Length is {length}, but only {} bytes follow", length - left);
        let start = self.start;
        if !self.bytes.next_member()? {
            self.start = start;
            let problem = format!("{short}: the file is truncated, or the number wrong");
            return Err(if self.bytes.is_packed() { Problem::Here(problem) } else { Problem::Lost(problem) });
        }
        self.shared = !self.bytes.peek(START.len())?.starts_with(START);
        if self.shared { Ok(()) } else { Err(Problem::Here(short)) }
    }

    /// After a record stand two line breaks; writers that leave some out are forgiven, bytes that belong to no record are not.
    fn ending(&mut self) -> Result<(), Problem> {
        let bytes = self.bytes.peek(START.len())?;
        if bytes.is_empty() || bytes[0] == b'\r' || bytes[0] == b'\n' || bytes.starts_with(START) {
            return Ok(());
        }
        Err(Problem::Lost("Content-Length is wrong: the record does not end where it says".to_owned()))
    }

    fn item(&self, head: &Head, body: &[u8]) -> Item {
        match head.get("warc-type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "response" => self.response(head, body),
            "resource" => self.resource(head, body),
            "conversion" => self.conversion(head, body),
            "revisit" => Item::Skipped(Skip::Revisit),
            _ => Item::Skipped(Skip::NoPage),
        }
    }

    fn response(&self, head: &Head, bytes: &[u8]) -> Item {
        let Some(response) = Response::parse(bytes) else { return Item::Skipped(Skip::NoPage) };
        match response.status {
            200..=299 => {}
            300..=399 => return Item::Skipped(Skip::Redirect),
            _ => return Item::Skipped(Skip::HttpError),
        }
        let (kind, charset) = http::content_type(&response.header("content-type").unwrap_or_default());
        let (body, cut) = response.body(self.max_bytes);
        self.page(head, (&kind, charset), &body, cut || head.length > bytes.len() as u64)
    }

    fn resource(&self, head: &Head, bytes: &[u8]) -> Item {
        let (kind, charset) = http::content_type(&head.get("content-type").unwrap_or_default());
        let body = &bytes[..bytes.len().min(self.max_bytes)];
        self.page(head, (&kind, charset), body, head.length > body.len() as u64)
    }

    /// A page, if the content type says so; without one, if it looks like one.
    fn page(&self, head: &Head, (kind, charset): (&str, Option<String>), body: &[u8], cut: bool) -> Item {
        let html = match kind {
            "text/html" | "application/xhtml+xml" => true,
            "" => match head.get("warc-identified-payload-type") {
                Some(found) => matches!(&*found, "text/html" | "application/xhtml+xml"),
                None => body.trim_ascii_start().starts_with(b"<"),
            },
            _ => false,
        };
        if body.trim_ascii().is_empty() {
            return Item::Skipped(Skip::Empty);
        }
        if !html || not_a_page(body).is_some() {
            return Item::Skipped(Skip::NotHtml);
        }
        Item::Page(self.of(head, Body::HtmlBytes(body.to_vec(), charset), cut))
    }

    fn conversion(&self, head: &Head, bytes: &[u8]) -> Item {
        let (kind, _) = http::content_type(&head.get("content-type").unwrap_or_default());
        if kind != "text/plain" {
            return Item::Skipped(Skip::NotHtml);
        }
        let body = &bytes[..bytes.len().min(self.max_bytes)];
        if body.trim_ascii().is_empty() {
            return Item::Skipped(Skip::Empty);
        }
        Item::Page(self.of(head, Body::Text(String::from_utf8_lossy(body).into_owned()), head.length > body.len() as u64))
    }

    fn of(&self, head: &Head, body: Body, cut: bool) -> Record {
        // Some writers put the address into angle brackets, as an early draft of the format had it.
        let url = head.get("warc-target-uri").map(|uri| uri.trim_matches(['<', '>']).to_owned());
        Record { place: Place { path: self.path.clone(), at: Some(self.start) }, url, body, cut }
    }

    /// Goes to where the archive goes on after damage; `false` if nowhere.
    fn recover(&mut self) -> io::Result<bool> {
        if self.bytes.is_packed() && !self.shared {
            return self.bytes.rescan(self.start + 1, START);
        }
        self.bytes.back_to(self.start + 1)?;
        self.find_record()
    }

    /// Goes to the next line that begins a record.
    fn find_record(&mut self) -> io::Result<bool> {
        let needle = [b"\n", START].concat();
        loop {
            let bytes = self.bytes.peek(needle.len())?;
            if bytes.len() < needle.len() {
                if !self.bytes.next_member()? {
                    return Ok(false);
                }
                if self.bytes.peek(START.len())?.starts_with(START) {
                    return Ok(true);
                }
                continue;
            }
            if let Some(at) = memchr::memmem::find(bytes, &needle) {
                self.bytes.take(at + 1);
                return Ok(true);
            }
            let looked = bytes.len() + 1 - needle.len();
            self.bytes.take(looked);
        }
    }
}

impl RecordSource for WarcSource {
    fn next(&mut self) -> Option<Item> {
        if self.ended {
            return None;
        }
        let (problem, found) = match self.record() {
            Ok(Some(item)) => return Some(item),
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(Problem::Here(problem)) => (problem, Ok(true)),
            Err(Problem::Lost(problem)) => (problem, self.recover()),
        };
        // What cannot even be looked through is at its end.
        self.ended = !found.unwrap_or(false);
        Some(Item::Broken(Error::Archive { path: self.path.to_path_buf(), offset: self.start, problem }))
    }

    fn position(&self) -> u64 {
        self.bytes.position()
    }
}

#[cfg(test)]
#[path = "warc_tests.rs"]
mod tests;
