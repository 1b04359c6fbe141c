//! Tables: which ones hold rows of cells, and which only place things on the page.
//!
//! Takes kept blocks, gives the rows and cells of the tables that read as tables. Knows nothing of formats.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::classify::LabelledBlock;
use crate::dom::{NodeId, NodeRef, Tag};

/// A cell with more blocks or bytes than these holds a part of a page, not a value: its table only places things.
const MAX_CELL_BLOCKS: usize = 8;
const MAX_CELL_BYTES: usize = 800;
/// `colspan` and `rowspan` beyond this are read as this; the HTML Standard's limit is 1000.
const MAX_SPAN: usize = 100;

/// Rows of cells.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    pub(super) rows: Vec<Row<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct Row<'a> {
    pub(super) cells: Vec<Cell<'a>>,
}

/// A cell; without blocks where the page has an empty cell, where another spans, or where the text was not kept.
#[derive(Debug, Default)]
pub(super) struct Cell<'a> {
    pub(super) blocks: Vec<LabelledBlock<'a>>,
    /// Whether it is a `th` or stands in a `thead`.
    pub(super) header: bool,
    /// How many columns it spans.
    pub(super) columns: usize,
}

impl Table<'_> {
    /// The number of columns of the widest row.
    pub(super) fn columns(&self) -> usize {
        self.rows.iter().map(|row| row.cells.iter().map(|cell| cell.columns).sum()).max().unwrap_or(0)
    }
}

impl Row<'_> {
    /// Whether all cells that have text are headers.
    pub(super) fn is_header(&self) -> bool {
        self.cells.iter().filter(|cell| !cell.blocks.is_empty()).all(|cell| cell.header)
    }
}

/// The tables of a page.
#[derive(Debug, Default)]
pub(super) struct Tables<'a> {
    tables: FxHashMap<NodeId, Table<'a>>,
    /// The table of each block that stands in one that reads as a table.
    of_block: FxHashMap<usize, NodeId>,
}

impl<'a> Tables<'a> {
    /// Looks at the tables around the kept blocks.
    pub(super) fn of(kept: &[LabelledBlock<'a>]) -> Self {
        let mut found: FxHashMap<NodeId, Found<'a>> = FxHashMap::default();
        let mut outer: FxHashSet<NodeId> = FxHashSet::default();
        for block in kept {
            let Some((cell, table)) = block.element().and_then(cell_of) else { continue };
            let entry = found.entry(table.id()).or_insert_with(|| {
                outer.extend(table.ancestors().filter(|node| node.is(Tag::TABLE)).map(NodeRef::id));
                Found { table, cells: FxHashMap::default(), blocks: 0, placing: table.attr("role") == Some("presentation") }
            });
            entry.placing |= block.element().is_some_and(|owner| is_more_than_a_value(owner, cell));
            entry.cells.entry(cell.id()).or_default().push(*block);
            entry.blocks += 1;
        }
        let mut tables = Self::default();
        for (id, found) in found {
            if outer.contains(&id) {
                continue;
            }
            if let Some(table) = found.into_table() {
                let cells = table.rows.iter().flat_map(|row| &row.cells);
                tables.of_block.extend(cells.flat_map(|cell| &cell.blocks).map(|block| (block.index, id)));
                tables.tables.insert(id, table);
            }
        }
        tables
    }

    /// The table that a block is a cell's text of.
    pub(super) fn of_block(&self, block: &LabelledBlock<'_>) -> Option<NodeId> {
        self.of_block.get(&block.index).copied()
    }

    /// Hands out a table, once.
    pub(super) fn take(&mut self, table: NodeId) -> Option<Table<'a>> {
        self.tables.remove(&table)
    }
}

/// A table with kept text in its cells.
struct Found<'a> {
    table: NodeRef<'a>,
    cells: FxHashMap<NodeId, Vec<LabelledBlock<'a>>>,
    blocks: usize,
    /// It only places things on the page.
    placing: bool,
}

impl<'a> Found<'a> {
    /// The rows with kept text, or `None` if this does not read as a table.
    fn into_table(mut self) -> Option<Table<'a>> {
        let large = |blocks: &Vec<LabelledBlock<'_>>| {
            blocks.len() > MAX_CELL_BLOCKS || blocks.iter().map(|block| block.text().len()).sum::<usize>() > MAX_CELL_BYTES
        };
        if self.placing || self.cells.values().any(large) {
            return None;
        }
        let mut table = Table::default();
        // Rows still covered, by column, by a cell of a row above.
        let mut covered: Vec<usize> = Vec::new();
        for line in rows_of(self.table) {
            let row = self.row(line, &mut covered);
            if row.cells.iter().any(|cell| !cell.blocks.is_empty()) {
                table.rows.push(row);
            }
        }
        let with_text = |row: &Row<'_>| row.cells.iter().filter(|cell| !cell.blocks.is_empty()).count();
        let reached: usize = table.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.blocks.len()).sum();
        (reached == self.blocks && table.rows.iter().any(|row| with_text(row) >= 2)).then_some(table)
    }

    fn row(&mut self, line: NodeRef<'a>, covered: &mut Vec<usize>) -> Row<'a> {
        let in_head = line.parent().is_some_and(|parent| parent.is(Tag::THEAD));
        let mut row = Row::default();
        let mut column = 0;
        for cell in line.children().filter(|child| child.is(Tag::TD) || child.is(Tag::TH)) {
            skip_covered(&mut row, covered, &mut column);
            let columns = span(cell, "colspan");
            let rows = span(cell, "rowspan");
            covered.resize(covered.len().max(column + columns), 0);
            covered[column..column + columns].fill(rows - 1);
            column += columns;
            let blocks = self.cells.remove(&cell.id()).unwrap_or_default();
            row.cells.push(Cell { blocks, header: in_head || cell.is(Tag::TH), columns });
        }
        while column < covered.len() {
            skip_covered(&mut row, covered, &mut column);
            column += 1;
        }
        row
    }
}

/// Puts an empty cell wherever a cell of a row above reaches down.
fn skip_covered(row: &mut Row<'_>, covered: &mut [usize], column: &mut usize) {
    while let Some(rows) = covered.get_mut(*column).filter(|rows| **rows > 0) {
        *rows -= 1;
        row.cells.push(Cell { columns: 1, ..Cell::default() });
        *column += 1;
    }
}

fn span(cell: NodeRef<'_>, name: &str) -> usize {
    cell.attr(name).and_then(|value| value.trim().parse().ok()).unwrap_or(1).clamp(1, MAX_SPAN)
}

fn rows_of(table: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    table
        .children()
        .flat_map(|child| {
            let section = matches!(child.tag(), Some(Tag::THEAD | Tag::TBODY | Tag::TFOOT));
            std::iter::once(child).filter(move |_| !section).chain(child.children().filter(move |_| section))
        })
        .filter(|row| row.is(Tag::TR))
}

/// The cell that an element is or stands in, and that cell's table.
fn cell_of(element: NodeRef<'_>) -> Option<(NodeRef<'_>, NodeRef<'_>)> {
    let mut up = std::iter::once(element).chain(element.ancestors());
    let cell = up.find(|node| matches!(node.tag(), Some(Tag::TD | Tag::TH | Tag::TABLE)))?;
    if cell.is(Tag::TABLE) {
        return None;
    }
    up.find(|node| node.is(Tag::TABLE)).map(|table| (cell, table))
}

/// Whether a block within a cell is a heading, code or a quotation: such a cell is a part of a page.
fn is_more_than_a_value(owner: NodeRef<'_>, cell: NodeRef<'_>) -> bool {
    std::iter::once(owner)
        .chain(owner.ancestors())
        .take_while(|node| *node != cell)
        .any(|node| node.tag().is_some_and(|tag| tag.is_heading() || matches!(tag, Tag::PRE | Tag::BLOCKQUOTE | Tag::ARTICLE)))
}
