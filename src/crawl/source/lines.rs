//! JSON Lines: a page a line.
//!
//! Takes the bytes of a file and the names of its columns, gives a page a line. Knows nothing of labels.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::raw::Raw;
use super::unpacked::Unpacked;
use super::{Columns, page_of};
use crate::Error;
use crate::crawl::record::{Item, Place, RecordSource};

/// What a line may have beside a page of the largest size: escapes make it longer, and there are other fields.
const LINE_FACTOR: usize = 4;

/// The lines of one file.
pub(super) struct JsonSource {
    path: Arc<Path>,
    bytes: Unpacked,
    columns: Columns,
    max_bytes: usize,
    line: u64,
    ended: bool,
}

impl JsonSource {
    pub(super) fn new(path: Arc<Path>, raw: Raw, columns: Columns, max_bytes: usize) -> Self {
        Self { path, bytes: Unpacked::new(raw), columns, max_bytes, line: 0, ended: false }
    }

    /// The next line without its end, and whether it is whole; `None` at the end of the file.
    fn line(&mut self) -> std::io::Result<Option<(Vec<u8>, bool)>> {
        let most = self.max_bytes.saturating_mul(LINE_FACTOR);
        let mut line = Vec::new();
        let (mut some, mut whole) = (false, true);
        loop {
            let piece = self.bytes.fill()?;
            if piece.is_empty() {
                if self.bytes.next_member()? {
                    continue;
                }
                return Ok(some.then_some((line, whole)));
            }
            some = true;
            let found = memchr::memchr(b'\n', piece);
            let count = found.map_or(piece.len(), |at| at + 1);
            if line.len() + count <= most {
                line.extend_from_slice(&piece[..found.unwrap_or(count)]);
            } else {
                whole = false;
            }
            self.bytes.take(count);
            if found.is_some() {
                return Ok(Some((line, whole)));
            }
        }
    }

    fn broken(&self, problem: String) -> Item {
        Item::Broken(Error::Record { path: self.path.to_path_buf(), line: self.line, problem })
    }

    fn item(&self, line: &[u8]) -> Item {
        let fields = match serde_json::from_slice(line) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return self.broken("expected a JSON object, found another value".to_owned()),
            Err(error) => return self.broken(format!("not JSON ({error}): expected an object a line")),
        };
        let place = Place { path: self.path.clone(), at: Some(self.line) };
        let mut fields = fields;
        let mut get = |name: &str| match fields.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (html, text, url) = (get(&self.columns.html), get(&self.columns.text), get(&self.columns.url));
        if html.is_none() && text.is_none() {
            return self.broken(self.columns.missing());
        }
        page_of(place, html, text, url)
    }
}

impl RecordSource for JsonSource {
    fn next(&mut self) -> Option<Item> {
        while !self.ended {
            self.line += 1;
            match self.line() {
                Ok(None) => self.ended = true,
                Ok(Some((line, true))) if line.trim_ascii().is_empty() => {}
                Ok(Some((line, true))) => return Some(self.item(&line)),
                Ok(Some((_, false))) => return Some(self.broken("the line is longer than a page may be; raise the limit".to_owned())),
                Err(error) => {
                    self.ended = true;
                    let (path, offset) = (self.path.to_path_buf(), self.bytes.place());
                    let problem = format!("{error}; line {} and those after it are lost", self.line);
                    return Some(Item::Broken(Error::Archive { path, offset, problem }));
                }
            }
        }
        None
    }

    fn position(&self) -> u64 {
        self.bytes.position()
    }
}
