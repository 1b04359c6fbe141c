//! A Parquet file: a page a row, or a block a row.
//!
//! Takes pages, writes columns, packed with zstd. A Parquet file is whole or nothing: it cannot be gone on with. Knows nothing of names.

use std::io;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float32Builder, Float64Builder, Int64Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::columns::{Cell, Kind, cells, columns};
use super::encode::RowFormat;
use super::files::PartWriter;
use super::tee::Tee;
use crate::crawl::row::{BlockRow, PageOutput, Written};
use crate::label::Label;
use crate::prompt_kind::PromptKind;

/// Bytes of text after which rows become columns.
const BATCH_BYTES: usize = 4 << 20;

/// Encoded bytes after which a row group is ended: what a reader must hold at a time.
const GROUP_BYTES: usize = 64 << 20;

/// The file for one of the two forms.
pub(super) fn part(tee: Tee, format: &RowFormat) -> io::Result<Box<dyn PartWriter>> {
    if *format == RowFormat::BlockParquet {
        return Ok(Box::new(ParquetPart::<BlockColumns>::new(tee)?));
    }
    Ok(Box::new(ParquetPart::<PageColumns>::new(tee)?))
}

/// Rows on their way to columns.
trait Columns: Default + Send {
    fn schema() -> SchemaRef;
    /// Adds a page; says how many bytes its rows have.
    fn add(&mut self, page: &PageOutput) -> usize;
    /// The columns, in the schema's order; empties the rows.
    fn take(&mut self) -> Vec<ArrayRef>;
}

struct ParquetPart<C> {
    writer: ArrowWriter<Tee>,
    columns: C,
    bytes: usize,
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

impl<C: Columns> ParquetPart<C> {
    fn new(tee: Tee) -> io::Result<Self> {
        let level = ZstdLevel::try_new(3).map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
        let writer = ArrowWriter::try_new(tee, C::schema(), Some(properties)).map_err(failed)?;
        Ok(Self { writer, columns: C::default(), bytes: 0 })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bytes = 0;
        let batch = RecordBatch::try_new(C::schema(), self.columns.take()).map_err(io::Error::other)?;
        self.writer.write(&batch).map_err(failed)?;
        if self.writer.in_progress_size() >= GROUP_BYTES {
            self.writer.flush().map_err(failed)?;
        }
        Ok(())
    }
}

impl<C: Columns> PartWriter for ParquetPart<C> {
    fn write(&mut self, page: &PageOutput) -> io::Result<u64> {
        let bytes = self.columns.add(page);
        self.bytes += bytes;
        if self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(bytes as u64)
    }

    fn sync(&mut self) -> io::Result<Option<(u64, String)>> {
        Ok(None)
    }

    fn finish(mut self: Box<Self>) -> io::Result<(u64, String)> {
        self.flush()?;
        let mut tee = self.writer.into_inner().map_err(failed)?;
        tee.sync()?;
        Ok((tee.bytes(), tee.sha256()))
    }
}

/// Counts fit: no page has so many words.
fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn strings(column: &mut StringBuilder) -> ArrayRef {
    Arc::new(column.finish())
}

fn numbers(column: &mut Int64Builder) -> ArrayRef {
    Arc::new(column.finish())
}

/// A column of pages on its way.
enum Builder {
    Text(StringBuilder),
    Number(Int64Builder),
    Real(Float64Builder),
    Texts(ListBuilder<StringBuilder>),
}

impl Builder {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Number => Self::Number(Int64Builder::new()),
            Kind::Real => Self::Real(Float64Builder::new()),
            Kind::Texts => Self::Texts(ListBuilder::new(StringBuilder::new())),
        }
    }

    /// Adds a cell; one of another kind than the column's, which there is none of, as nothing.
    fn add(&mut self, cell: Cell<'_>) {
        match self {
            Self::Text(column) => column.append_option(if let Cell::Text(text) = cell { text } else { None }),
            Self::Number(column) => column.append_option(if let Cell::Number(count) = cell { Some(number(count)) } else { None }),
            Self::Real(column) => column.append_option(if let Cell::Real(real) = cell { real } else { None }),
            Self::Texts(column) => {
                let texts = if let Cell::Texts(texts) = cell { texts } else { None };
                column.append_option(texts.map(|texts| texts.into_iter().map(Some)));
            }
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => strings(column),
            Self::Number(column) => numbers(column),
            Self::Real(column) => Arc::new(column.finish()),
            Self::Texts(column) => Arc::new(column.finish()),
        }
    }
}

/// A page a row.
struct PageColumns {
    columns: Vec<Builder>,
}

impl Default for PageColumns {
    fn default() -> Self {
        Self { columns: columns().into_iter().map(|column| Builder::of(column.kind)).collect() }
    }
}

impl Columns for PageColumns {
    fn schema() -> SchemaRef {
        let kind = |kind| match kind {
            Kind::Text => DataType::Utf8,
            Kind::Number => DataType::Int64,
            Kind::Real => DataType::Float64,
            Kind::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        };
        let fields = columns().into_iter().map(|column| Field::new(column.name, kind(column.kind), column.null));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn add(&mut self, page: &PageOutput) -> usize {
        let mut bytes = 0;
        for (column, cell) in self.columns.iter_mut().zip(cells(&page.row)) {
            bytes += cell.weight();
            column.add(cell);
        }
        bytes
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        self.columns.iter_mut().map(Builder::take).collect()
    }
}

/// A block a row.
#[derive(Default)]
struct BlockColumns {
    path: StringBuilder,
    url: StringBuilder,
    index: Int64Builder,
    label: StringBuilder,
    probabilities: [Float32Builder; Label::COUNT],
    text: StringBuilder,
    tag: StringBuilder,
    xpath: StringBuilder,
    hidden: BooleanBuilder,
    prompt_kind: StringBuilder,
}

impl Columns for BlockColumns {
    fn schema() -> SchemaRef {
        let text = |name: &str, null| Field::new(name, DataType::Utf8, null);
        let mut fields = vec![text("path", false), text("url", true), Field::new("index", DataType::Int64, false), text("label", false)];
        fields.extend(Label::ALL.map(|label| Field::new(format!("probabilities.{label}"), DataType::Float32, false)));
        fields.extend(["text", "tag", "xpath"].map(|name| text(name, false)));
        fields.extend([Field::new("hidden", DataType::Boolean, false), text("prompt_kind", true)]);
        Arc::new(Schema::new(fields))
    }

    fn add(&mut self, page: &PageOutput) -> usize {
        let rows: &[BlockRow] = if let Written::Blocks(rows) = &page.written { rows } else { &[] };
        let record = &page.row.record;
        let mut bytes = 0;
        for row in rows {
            self.path.append_value(&record.path);
            self.url.append_option(record.url.as_deref());
            self.index.append_value(number(row.index));
            self.label.append_value(row.label.as_str());
            for (column, probability) in self.probabilities.iter_mut().zip(row.probabilities) {
                column.append_value(probability);
            }
            self.text.append_value(&row.text);
            self.tag.append_value(&row.tag);
            self.xpath.append_value(&row.xpath);
            self.hidden.append_value(row.hidden);
            self.prompt_kind.append_option(row.prompt_kind.map(PromptKind::as_str));
            bytes += record.path.len() + row.text.len() + row.xpath.len() + 64;
        }
        bytes
    }

    fn take(&mut self) -> Vec<ArrayRef> {
        let mut all = vec![strings(&mut self.path), strings(&mut self.url), numbers(&mut self.index), strings(&mut self.label)];
        all.extend(self.probabilities.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
        all.extend([strings(&mut self.text), strings(&mut self.tag), strings(&mut self.xpath)]);
        all.extend([Arc::new(self.hidden.finish()) as ArrayRef, strings(&mut self.prompt_kind)]);
        all
    }
}
