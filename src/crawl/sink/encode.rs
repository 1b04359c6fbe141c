//! Rows as bytes: JSON Lines, CSV, and texts made by exports.
//!
//! Takes a page's output, gives its bytes. Knows nothing of files.

use super::columns::{cells, columns};
use crate::crawl::row::{PageOutput, Written};
use crate::export::line;

/// What stands between the texts of a list in a cell of CSV.
const BETWEEN: &str = "; ";

/// What rows are written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFormat {
    /// JSON Lines, a page a line.
    Jsonl,
    /// CSV, a page a row.
    Csv,
    /// The pages' kept text, an empty line between two.
    Text,
    /// What an export made of each page: what stands once at the head, and between two pages.
    Export {
        /// At the head of each file.
        head: String,
        /// Between two pages.
        between: &'static str,
    },
    /// Parquet, a page a row.
    PageParquet,
    /// Parquet, a block a row.
    BlockParquet,
}

impl RowFormat {
    /// Whether rows are written as columns.
    pub(super) fn is_parquet(&self) -> bool {
        matches!(self, Self::PageParquet | Self::BlockParquet)
    }

    pub(super) fn head(&self) -> String {
        match self {
            Self::Export { head, .. } => head.clone(),
            Self::Csv => csv_line(columns().into_iter().map(|column| column.name)),
            Self::Jsonl | Self::Text | Self::PageParquet | Self::BlockParquet => String::new(),
        }
    }

    /// A page's bytes; `first` in its file or not.
    pub(super) fn encode(&self, page: &PageOutput, first: bool) -> String {
        match self {
            Self::Jsonl => line(&page.row),
            Self::Csv => csv_line(cells(&page.row).iter().map(|cell| cell.to_text(BETWEEN))),
            Self::Text => {
                let text = &page.row.record.text;
                let between = if first { "" } else { "\n" };
                if text.is_empty() { between.to_owned() } else { format!("{between}{text}\n") }
            }
            Self::Export { between, .. } => {
                let text = if let Written::Text(text) = &page.written { text.as_str() } else { "" };
                if first { text.to_owned() } else { format!("{between}{text}") }
            }
            Self::PageParquet | Self::BlockParquet => String::new(),
        }
    }
}

/// Writing to memory cannot fail, and cells are UTF-8.
fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let _ = writer.write_record(cells);
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
