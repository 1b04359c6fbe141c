//! CSV: a page a row.
//!
//! Takes the bytes of a file with a header and the names of its columns, gives a page a row. Knows nothing of labels.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::raw::Raw;
use super::unpacked::Unpacked;
use super::{Columns, page_of};
use crate::Error;
use crate::crawl::record::{Item, Place, RecordSource};

/// What a row may have beside a page of the largest size.
const ROW_FACTOR: u64 = 4;

/// Stops a row without an end: one quotation mark too few makes the rest of a file one field.
struct Guard {
    bytes: Unpacked,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Bytes read since the last row ended.
    row: AtomicU64,
    /// The file's bytes taken.
    position: AtomicU64,
    most: u64,
}

impl Read for Guard {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.shared.row.load(Ordering::Relaxed) > self.shared.most {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a row is longer than a page may be: look for a quotation mark that is not closed",
            ));
        }
        let count = self.bytes.read(into)?;
        self.shared.row.fetch_add(count as u64, Ordering::Relaxed);
        self.shared.position.store(self.bytes.position(), Ordering::Relaxed);
        Ok(count)
    }
}

/// The rows of one file.
pub(super) struct CsvSource {
    path: Arc<Path>,
    reader: Reader<Guard>,
    shared: Arc<Shared>,
    columns: Columns,
    places: Option<[Option<usize>; 3]>,
    row: u64,
    ended: bool,
}

impl CsvSource {
    pub(super) fn new(path: Arc<Path>, raw: Raw, columns: Columns, max_bytes: usize) -> Self {
        let most = (max_bytes as u64).saturating_mul(ROW_FACTOR);
        let shared = Arc::new(Shared { most, ..Shared::default() });
        let guard = Guard { bytes: Unpacked::new(raw), shared: shared.clone() };
        let reader = ReaderBuilder::new().flexible(true).from_reader(guard);
        Self { path, reader, shared, columns, places: None, row: 0, ended: false }
    }

    /// Where the columns html, text and url stand.
    fn places(&mut self) -> Result<[Option<usize>; 3], String> {
        if let Some(places) = self.places {
            return Ok(places);
        }
        let header = self.reader.byte_headers().map_err(|error| error.to_string())?;
        let find = |name: &str| header.iter().position(|column| column.strip_prefix(b"\xef\xbb\xbf").unwrap_or(column) == name.as_bytes());
        let places = [find(&self.columns.html), find(&self.columns.text), find(&self.columns.url)];
        if places[0].is_none() && places[1].is_none() {
            return Err(self.columns.missing());
        }
        self.places = Some(places);
        Ok(places)
    }

    fn item(&mut self) -> Result<Option<Item>, String> {
        let places = self.places()?;
        let mut record = ByteRecord::new();
        self.shared.row.store(0, Ordering::Relaxed);
        if !self.reader.read_byte_record(&mut record).map_err(|error| error.to_string())? {
            return Ok(None);
        }
        let get = |place: usize| Some(String::from_utf8_lossy(record.get(places[place]?)?).into_owned());
        let place = Place { path: self.path.clone(), at: Some(self.row) };
        Ok(Some(page_of(place, get(0), get(1), get(2).filter(|url| !url.is_empty()))))
    }
}

impl RecordSource for CsvSource {
    fn next(&mut self) -> Option<Item> {
        if self.ended {
            return None;
        }
        self.row += 1;
        match self.item() {
            Ok(Some(item)) => Some(item),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(problem) => {
                self.ended = true;
                let problem = format!("row {}: {problem}; the rows after it are lost", self.row);
                Some(Item::Broken(Error::Record { path: self.path.to_path_buf(), line: self.reader.position().line(), problem }))
            }
        }
    }

    fn position(&self) -> u64 {
        self.shared.position.load(Ordering::Relaxed)
    }
}
