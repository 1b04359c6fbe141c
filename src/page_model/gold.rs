//! What a corpus says of its pages: `access.csv` and the labels of their blocks.
//!
//! Takes files, gives verdicts and labels by page id. `access.csv` has the columns `id`, `access`, `completeness`; others are ignored.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::access::{Access, Completeness};
use crate::error::{Error, Result};
use crate::label::Label;

/// The file's name in a corpus folder.
const FILE: &str = "access.csv";

#[derive(Deserialize)]
struct AccessRow {
    id: String,
    access: String,
    completeness: String,
}

#[derive(Deserialize)]
struct LabelsRow {
    id: String,
    labels: String,
}

/// The verdicts of `access.csv` by page id; none if the folder has no such file.
pub(super) fn read_access(folder: &Path) -> Result<BTreeMap<String, (Access, Completeness)>> {
    let path = folder.join(FILE);
    let mut verdicts = BTreeMap::new();
    if !path.is_file() {
        return Ok(verdicts);
    }
    read_rows(&path, |row: AccessRow| {
        let access =
            Access::from_name(&row.access).ok_or_else(|| unknown("access", &row.access, Access::ALL.iter().map(|a| a.as_str())))?;
        let names = Completeness::ALL.iter().map(|completeness| completeness.as_str());
        let completeness = Completeness::from_name(&row.completeness).ok_or_else(|| unknown("completeness", &row.completeness, names))?;
        verdicts.insert(row.id, (access, completeness));
        Ok(())
    })?;
    Ok(verdicts)
}

/// The labels of blocks by page id: a file with the columns `id` and `labels`, a digit a block (the label's place in [`Label::ALL`]).
pub(super) fn read_labels(path: &Path) -> Result<BTreeMap<String, Vec<Label>>> {
    let mut labels = BTreeMap::new();
    read_rows(path, |row: LabelsRow| {
        let label = |c: char| c.to_digit(10).and_then(|digit| Label::ALL.get(digit as usize)).copied();
        let read: Option<Vec<Label>> = row.labels.chars().map(label).collect();
        let read = read.ok_or_else(|| format!("labels of {:?}: expected digits from 0 to {}", row.id, Label::COUNT - 1))?;
        labels.insert(row.id, read);
        Ok(())
    })?;
    Ok(labels)
}

/// The text of such a file.
pub(super) fn write_labels<'a>(pages: impl Iterator<Item = (&'a str, &'a [Label])>) -> String {
    let mut text = "id,labels\n".to_owned();
    for (id, labels) in pages {
        let quoted = if id.contains([',', '"', '\n']) { format!("\"{}\"", id.replace('"', "\"\"")) } else { id.to_owned() };
        text.push_str(&quoted);
        text.push(',');
        text.extend(labels.iter().filter_map(|label| char::from_digit(u32::try_from(label.index()).ok()?, 10)));
        text.push('\n');
    }
    text
}

/// Reads a CSV file's rows; what is wrong with one is told with its line.
pub(super) fn read_rows<R: serde::de::DeserializeOwned>(
    path: &Path,
    mut each: impl FnMut(R) -> std::result::Result<(), String>,
) -> Result<()> {
    let record = |line: u64, problem: String| Error::Record { path: path.to_owned(), line, problem };
    let file = std::fs::File::open(path).map_err(|source| Error::read(path, source))?;
    let mut reader = csv::Reader::from_reader(file);
    let headers = reader.headers().map_err(|error| record(1, error.to_string()))?.clone();
    for row in reader.records() {
        let row = row.map_err(|error| record(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let read: R = row.deserialize(Some(&headers)).map_err(|error| record(line, error.to_string()))?;
        each(read).map_err(|problem| record(line, problem))?;
    }
    Ok(())
}

/// What to say of a value that is none of the expected ones.
pub(super) fn unknown(column: &str, found: &str, expected: impl Iterator<Item = &'static str>) -> String {
    format!("{column} is {found:?}: expected {}", expected.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_labels_are_read_by_id() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_access(folder.path()).unwrap().is_empty());
        std::fs::write(folder.path().join(FILE), "id,access,completeness,note\na,metered,complete,\"x, y\"\n").unwrap();
        assert_eq!(read_access(folder.path()).unwrap()["a"], (Access::Metered, Completeness::Complete));
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, write_labels([("a,b", &[Label::Content, Label::SubscriptionPrompt][..])].into_iter())).unwrap();
        assert_eq!(read_labels(&path).unwrap()["a,b"], [Label::Content, Label::SubscriptionPrompt]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "id,access,completeness\na,free,complete\nb,paid,complete\n").unwrap();
        let error = read_access(folder.path()).unwrap_err().to_string();
        assert!(error.contains("access.csv") && error.contains("paid") && error.contains("consent-or-pay"), "{error}");
        std::fs::write(&path, "id,labels\na,019\n").unwrap();
        assert!(read_labels(&path).unwrap_err().to_string().contains("digits from 0 to 3"));
    }
}
