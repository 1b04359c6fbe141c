//! Parquet: a page a row.
//!
//! Takes a file and the names of its columns, gives a page a row. Reads the named columns alone, some rows at a time. Knows nothing of labels.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, BinaryArray, RecordBatch, StringArray};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{Columns, page_from};
use crate::Error;
use crate::crawl::record::{Body, Item, Place, RecordSource};

/// Rows in memory at a time: pages have some hundred kilobytes.
const BATCH: usize = 32;

/// The rows of one file.
pub(super) struct ParquetSource {
    path: Arc<Path>,
    rows: ParquetRecordBatchReader,
    columns: Columns,
    batch: Option<RecordBatch>,
    at: usize,
    row: u64,
    total: u64,
    bytes: u64,
    max_bytes: usize,
    ended: bool,
}

/// Damaged files have made the reader panic; here that is an error like others.
fn guarded<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err("the file's structure is damaged".to_owned()))
}

impl ParquetSource {
    pub(super) fn open(path: Arc<Path>, columns: Columns, max_bytes: usize) -> Result<Self, Error> {
        let file = File::open(&path).map_err(|source| Error::read(&path, source))?;
        let bytes = file.metadata().map_or(0, |data| data.len());
        let opened = guarded(|| {
            // Strings come as strings, whatever a dictionary or view type the writer had for them.
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(|error| error.to_string())?;
            let schema = builder.parquet_schema();
            let wanted: Vec<usize> = (0..schema.num_columns())
                .filter(|index| {
                    let path = schema.column(*index).path().string();
                    [&columns.html, &columns.text, &columns.url].into_iter().any(|name| *name == path)
                })
                .collect();
            let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
            let mask = ProjectionMask::leaves(schema, wanted);
            let rows = builder.with_projection(mask).with_batch_size(BATCH).build().map_err(|error| error.to_string())?;
            Ok((rows, total))
        });
        let (rows, total) = opened.map_err(|problem| Error::Archive { path: path.to_path_buf(), offset: 0, problem })?;
        Ok(Self { path, rows, columns, batch: None, at: 0, row: 0, total, bytes, max_bytes, ended: false })
    }

    fn item(&mut self) -> Result<Option<Item>, String> {
        while self.batch.as_ref().is_none_or(|batch| self.at == batch.num_rows()) {
            let Self { rows, .. } = self;
            let Some(batch) = guarded(|| rows.next().transpose().map_err(|error| error.to_string()))? else { return Ok(None) };
            self.at = 0;
            self.batch = Some(batch);
        }
        let Some(batch) = &self.batch else { return Ok(None) };
        let at = self.at;
        self.at += 1;
        self.row += 1;
        let get = |name: &str| value(batch, name, at);
        let (html, text, url) = (get(&self.columns.html)?, get(&self.columns.text)?, get(&self.columns.url)?);
        if batch.column_by_name(&self.columns.html).is_none() && batch.column_by_name(&self.columns.text).is_none() {
            return Err(self.columns.missing());
        }
        let place = Place { path: self.path.clone(), at: Some(self.row) };
        let lossy =
            |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let body = match (html, text) {
            (Some(Value::Text(html)), _) => Some(Body::Html(html)),
            (Some(Value::Bytes(mut html)), _) => {
                html.truncate(self.max_bytes.saturating_add(1));
                Some(Body::HtmlBytes(html, None))
            }
            (None, Some(Value::Text(text))) => Some(Body::Text(text)),
            (None, Some(Value::Bytes(text))) => Some(Body::Text(lossy(text))),
            (None, None) => None,
        };
        let url = url.map(|url| match url {
            Value::Text(url) => url,
            Value::Bytes(url) => lossy(url),
        });
        Ok(Some(page_from(place, body, url)))
    }
}

enum Value {
    Text(String),
    Bytes(Vec<u8>),
}

/// A column's value; `None` if it is null or there is no such column.
fn value(batch: &RecordBatch, name: &str, row: usize) -> Result<Option<Value>, String> {
    let Some(column) = batch.column_by_name(name) else { return Ok(None) };
    if column.is_null(row) {
        return Ok(None);
    }
    if let Some(strings) = column.as_any().downcast_ref::<StringArray>() {
        return Ok(Some(Value::Text(strings.value(row).to_owned())));
    }
    if let Some(bytes) = column.as_any().downcast_ref::<BinaryArray>() {
        return Ok(Some(Value::Bytes(bytes.value(row).to_owned())));
    }
    Err(format!("column {name:?} is {}: expected strings or bytes", column.data_type()))
}

impl RecordSource for ParquetSource {
    fn next(&mut self) -> Option<Item> {
        if self.ended {
            return None;
        }
        match self.item() {
            Ok(Some(item)) => Some(item),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(problem) => {
                self.ended = true;
                let problem = format!("{problem}; the rows after it are lost");
                Some(Item::Broken(Error::Record { path: self.path.to_path_buf(), line: self.row.max(1), problem }))
            }
        }
    }

    fn position(&self) -> u64 {
        self.bytes.saturating_mul(self.row).checked_div(self.total).unwrap_or(self.bytes)
    }
}
