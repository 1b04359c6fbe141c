//! CSV: a block a row.
//!
//! Takes a labelled page, gives its rows. The columns are those of the block lines, with the probabilities flattened.

use super::Export;
use super::record::{BlockRecord, records};
use crate::classify::LabelledPage;
use crate::label::{Label, rounded};

/// Writes a block a row.
#[derive(Debug)]
pub(super) struct BlockTable;

impl Export for BlockTable {
    fn head(&self) -> String {
        let probabilities = Label::ALL.map(|label| format!("probabilities.{label}"));
        let columns = ["path", "index", "label"].map(str::to_owned).into_iter().chain(probabilities);
        rows(std::iter::once(columns.chain(["text", "tag", "xpath", "hidden", "prompt_kind"].map(str::to_owned)).collect()))
    }

    fn page(&self, path: &str, page: &LabelledPage) -> String {
        rows(records(path, page).map(|record| cells(&record)))
    }
}

fn cells(record: &BlockRecord<'_>) -> Vec<String> {
    let probabilities = record.probabilities.map(|probability| rounded(probability).to_string());
    [record.path.to_owned(), record.index.to_string(), record.label.to_string()]
        .into_iter()
        .chain(probabilities)
        .chain([record.text.to_owned(), record.tag.to_owned(), record.xpath.clone(), record.hidden.to_string()])
        .chain([record.prompt_kind.map_or(String::new(), |kind| kind.to_string())])
        .collect()
}

/// Writing to memory cannot fail, and cells are UTF-8.
fn rows(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = ::csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for row in rows {
        let _ = writer.write_record(&row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Page, PageOptions};

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let page = Page::from_html("<p>a, \"b\"<br>c".to_owned(), &PageOptions::default());
        let labelled = LabelledPage::from_labels(page, |_, _| Label::Caption);
        let table = BlockTable.head() + &BlockTable.page("x.html", &labelled);
        let expected = "path,index,label,probabilities.content,probabilities.caption,probabilities.navigation,\
            probabilities.subscription-prompt,text,tag,xpath,hidden,prompt_kind\n\
            x.html,0,caption,0,1,0,0,\"a, \"\"b\"\"\nc\",p,/html/body/p,false,\n";
        assert_eq!(table, expected);
    }
}
