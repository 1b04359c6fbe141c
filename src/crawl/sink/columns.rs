//! The columns of a table with a page a row: their names, kinds and order, which CSV and Parquet share.
//!
//! Takes a page's row, gives its cells. The order is that of the fields in JSON Lines, with what is nested there flattened: `blocks.content`,
//! `metadata.title`, and `metadata.title.from` for where that comes from. Knows nothing of the syntax around them.

use crate::crawl::row::PageRow;
use crate::export::PageFacts;
use crate::label::Label;
use crate::metadata::Metadata;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// A probability.
    Real,
    Texts,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether a page may have nothing here.
    pub(super) null: bool,
}

/// A page's value in a column; `None` where it has none.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Text(Option<&'a str>),
    Number(usize),
    Real(Option<f64>),
    Texts(Option<Vec<&'a str>>),
}

/// All columns, in order.
pub(super) fn columns() -> Vec<Column> {
    let column = |name: &str, kind, null| Column { name: name.to_owned(), kind, null };
    let mut all = vec![
        column("path", Kind::Text, false),
        column("url", Kind::Text, true),
        column("title", Kind::Text, true),
        column("text", Kind::Text, false),
    ];
    all.extend(Label::ALL.map(|label| column(&format!("blocks.{label}"), Kind::Number, false)));
    all.extend(["words", "words_total"].map(|name| column(name, Kind::Number, false)));
    all.push(column("cuts", Kind::Texts, false));
    all.extend([
        column("access", Kind::Text, true),
        column("completeness", Kind::Text, true),
        column("gated_probability", Kind::Real, true),
        column("disagreements", Kind::Texts, true),
        column("page_kind", Kind::Text, true),
        column("page_kind_probability", Kind::Real, true),
    ]);
    let none = Metadata::default();
    let named = none.singles().map(|(name, _)| (name, Kind::Text)).into_iter().chain(none.lists().map(|(name, _)| (name, Kind::Texts)));
    for (name, kind) in named {
        all.extend([column(&format!("metadata.{name}"), kind, true), column(&format!("metadata.{name}.from"), kind, true)]);
    }
    all.extend([column("language", Kind::Text, true), column("status", Kind::Text, false)]);
    all
}

/// A page's cells, one a column.
pub(super) fn cells(row: &PageRow) -> Vec<Cell<'_>> {
    let record = &row.record;
    let mut all = vec![
        Cell::Text(Some(&record.path)),
        Cell::Text(record.url.as_deref()),
        Cell::Text(record.title.as_deref()),
        Cell::Text(Some(&record.text)),
    ];
    all.extend(record.blocks.map(Cell::Number));
    all.extend([record.words, record.words_total].map(Cell::Number));
    all.push(Cell::Texts(Some(record.cuts.clone())));
    facts(record.facts.as_deref(), &mut all);
    all.extend([Cell::Text(row.language), Cell::Text(Some(row.status.as_str()))]);
    all
}

fn facts<'a>(facts: Option<&'a PageFacts>, all: &mut Vec<Cell<'a>>) {
    let Some(facts) = facts else {
        let without = columns().into_iter().skip_while(|column| column.name != "access").take_while(|column| column.name != "language");
        all.extend(without.map(|column| Cell::none(column.kind)));
        return;
    };
    all.extend([
        Cell::Text(Some(facts.access.as_str())),
        Cell::Text(Some(facts.completeness.as_str())),
        Cell::Real(Some(facts.gated_probability)),
        Cell::Texts(Some(facts.disagreements.iter().map(String::as_str).collect())),
        Cell::Text(Some(facts.page_kind.as_str())),
        Cell::Real(Some(facts.page_kind_probability)),
    ]);
    for (_, fact) in facts.metadata.singles() {
        all.extend([Cell::Text(fact.map(|fact| fact.value.as_str())), Cell::Text(fact.map(|fact| fact.from.as_str()))]);
    }
    for (_, list) in facts.metadata.lists() {
        let values = list.iter().map(|fact| fact.value.as_str()).collect();
        all.extend([Cell::Texts(Some(values)), Cell::Texts(Some(list.iter().map(|fact| fact.from.as_str()).collect()))]);
    }
}

impl Cell<'_> {
    fn none(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(None),
            Kind::Number => Self::Number(0),
            Kind::Real => Self::Real(None),
            Kind::Texts => Self::Texts(None),
        }
    }

    /// As text; lists are joined by `between`.
    pub(super) fn to_text(&self, between: &str) -> String {
        match self {
            Self::Text(text) => text.unwrap_or_default().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Real(number) => number.map_or_else(String::new, |number| number.to_string()),
            Self::Texts(texts) => texts.as_ref().map_or_else(String::new, |texts| texts.join(between)),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.map_or(0, str::len),
            Self::Number(_) | Self::Real(_) => 8,
            Self::Texts(texts) => texts.iter().flatten().map(|text| text.len()).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crawl::row::Status;
    use crate::export::{ExportOptions, PageRecord};
    use crate::{LabelledPage, Page, PageModel, PageOptions};

    #[test]
    fn cells_stand_in_the_order_and_kind_of_their_columns() {
        let html = "<html lang=en><title>Bread</title><meta name=author content='Ada Baker, Bo Cook'><p>Bread rises overnight.";
        let page = LabelledPage::from_labels(Page::from_html(html.to_owned(), &PageOptions::default()), |_, _| Label::Content);
        let without = ExportOptions::default();
        let mut every = vec![without.clone()];
        if let Ok(model) = PageModel::bundled() {
            every.push(without.facts(Arc::new(model)));
        }
        for options in every {
            let record = PageRecord::new("a.html", &page, &options);
            let judged = record.facts.is_some();
            let row = PageRow { record, language: Some("eng"), status: Status::Ok };
            let (columns, cells) = (columns(), cells(&row));
            assert_eq!(columns.len(), cells.len());
            let json: serde_json::Value = serde_json::from_str(&crate::export::line(&row)).unwrap();
            for (column, cell) in columns.iter().zip(&cells) {
                let kind = match cell {
                    Cell::Text(_) => Kind::Text,
                    Cell::Number(_) => Kind::Number,
                    Cell::Real(_) => Kind::Real,
                    Cell::Texts(_) => Kind::Texts,
                };
                assert_eq!(kind, column.kind, "{}", column.name);
                assert!(column.null || !matches!(cell, Cell::Text(None) | Cell::Texts(None)), "{}", column.name);
                // What JSON Lines say under that name; what is nested there is tested with the command.
                if let (Cell::Text(Some(text)), Some(said)) = (cell, json.get(&column.name)) {
                    assert_eq!(said, text, "{}", column.name);
                }
            }
            let of = |name: &str| cells[columns.iter().position(|column| column.name == name).unwrap()].to_text("; ");
            let expected = if judged { ["Bread", "html", "Ada Baker; Bo Cook", "meta; meta"] } else { [""; 4] };
            assert_eq!(["metadata.title", "metadata.title.from", "metadata.authors", "metadata.authors.from"].map(of), expected);
        }
    }
}
