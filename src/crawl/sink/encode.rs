//! Rows as bytes: JSON Lines, CSV, and texts made by exports.
//!
//! Takes a page's output, gives its bytes. Knows nothing of files.

use crate::crawl::row::{PageOutput, PageRow, Written};
use crate::export::line;
use crate::label::Label;

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
            Self::Csv => csv_line(&csv_columns()),
            Self::Jsonl | Self::Text | Self::PageParquet | Self::BlockParquet => String::new(),
        }
    }

    /// A page's bytes; `first` in its file or not.
    pub(super) fn encode(&self, page: &PageOutput, first: bool) -> String {
        match self {
            Self::Jsonl => line(&page.row),
            Self::Csv => csv_line(&csv_cells(&page.row)),
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

fn csv_columns() -> Vec<String> {
    let blocks = Label::ALL.map(|label| format!("blocks.{label}"));
    let columns = ["path", "url", "title", "text"].map(str::to_owned).into_iter().chain(blocks);
    columns.chain(["words", "words_total", "cuts", "language", "status"].map(str::to_owned)).collect()
}

fn csv_cells(row: &PageRow) -> Vec<String> {
    let record = &row.record;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut cells = vec![record.path.clone(), text(&record.url), text(&record.title), record.text.clone()];
    cells.extend(record.blocks.iter().map(usize::to_string));
    cells.extend([record.words.to_string(), record.words_total.to_string(), record.cuts.join(" ")]);
    cells.extend([row.language.unwrap_or_default().to_owned(), row.status.as_str().to_owned()]);
    cells
}

/// Writing to memory cannot fail, and cells are UTF-8.
fn csv_line(cells: &[String]) -> String {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    let _ = writer.write_record(cells);
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
