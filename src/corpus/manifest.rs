//! The manifest: `pages.csv`, a row a page.
//!
//! Takes the file, gives [`CorpusEntry`] records sorted by id. Columns `id` and `file` must be there; `kind`, `source`, `url`, `site`,
//! `page_type`, `country`, `fold`, `origin` and `origin_sha256` may be; others are ignored. Does not open the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use csv::StringRecord;
use serde::Deserialize;

use super::{CorpusEntry, FOLDS, Kind, Origin, fold_of, host_of};
use crate::error::{Error, Result};

/// The manifest's name in a corpus folder.
pub(super) const FILE: &str = "pages.csv";

/// The columns that a manifest must have.
const REQUIRED: [&str; 2] = ["id", "file"];

#[derive(Deserialize)]
struct Row {
    id: String,
    file: String,
    kind: Option<String>,
    source: Option<String>,
    url: Option<String>,
    site: Option<String>,
    page_type: Option<String>,
    country: Option<String>,
    fold: Option<u8>,
    origin: Option<String>,
    origin_sha256: Option<String>,
}

/// The pages that the manifest lists, sorted by id.
pub(super) fn read_manifest(root: &Path) -> Result<Vec<CorpusEntry>> {
    let path = root.join(FILE);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| csv_error(&path, error))?;
    let headers = reader.headers().map_err(|error| csv_error(&path, error))?.clone();
    check_columns(&path, &headers)?;
    let mut entries = Vec::new();
    let mut ids = BTreeSet::new();
    let mut folds = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| csv_error(&path, error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let at_line = |problem: String| Error::Record { path: path.clone(), line, problem };
        let row: Row = record.deserialize(Some(&headers)).map_err(|error| at_line(deserialize_problem(&error, &headers)))?;
        let entry = entry_of(root, row).map_err(at_line)?;
        if !ids.insert(entry.id.clone()) {
            return Err(at_line(format!("second page with id {:?}: ids must differ", entry.id)));
        }
        let fold = *folds.entry(entry.site.clone()).or_insert(entry.fold);
        if fold != entry.fold {
            let (site, found) = (&entry.site, entry.fold);
            return Err(at_line(format!(
                "site {site:?} stands in fold {found} and, further up, in fold {fold}: pages of a site must share one"
            )));
        }
        entries.push(entry);
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

fn check_columns(path: &Path, headers: &StringRecord) -> Result<()> {
    match REQUIRED.into_iter().find(|column| !headers.iter().any(|header| header == *column)) {
        Some(missing) => Err(Error::Record {
            path: path.to_owned(),
            line: 1,
            problem: format!("no column {missing:?}: expected at least the columns id and file in the first line"),
        }),
        None => Ok(()),
    }
}

/// A row as an entry, or what is wrong with it.
fn entry_of(root: &Path, row: Row) -> std::result::Result<CorpusEntry, String> {
    let given = |field: Option<String>| field.filter(|value| !value.is_empty());
    if row.id.is_empty() {
        return Err("the id is empty: every page needs one".to_owned());
    }
    let file = Path::new(&row.file);
    if row.file.is_empty() || !file.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(format!("file is {:?}: expected a path below the corpus folder", row.file));
    }
    let kind = match row.kind.as_deref() {
        None | Some("") => Kind::Unlisted,
        Some(name) => Kind::from_name(name).ok_or_else(|| format!("kind is {name:?}: expected full or partial"))?,
    };
    let url = given(row.url);
    let site = given(row.site).or_else(|| url.as_deref().and_then(host_of)).unwrap_or_else(|| row.id.clone());
    let fold = row.fold.unwrap_or_else(|| fold_of(&site));
    if fold >= FOLDS {
        return Err(format!("fold is {fold}: expected 0 to {}", FOLDS - 1));
    }
    let origin = given(row.origin).map(|path| Origin { path, sha256: row.origin_sha256.unwrap_or_default() });
    Ok(CorpusEntry {
        path: root.join(file),
        id: row.id,
        kind,
        source: given(row.source),
        url,
        site,
        page_type: given(row.page_type),
        country: given(row.country),
        fold,
        has_gold: false,
        origin,
    })
}

/// What is wrong with a row that has the right number of fields.
fn deserialize_problem(error: &csv::Error, headers: &StringRecord) -> String {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else { return error.to_string() };
    let column = err.field().and_then(|field| headers.get(usize::try_from(field).ok()?));
    format!("column {:?}: {}", column.unwrap_or("?"), err.kind())
}

fn csv_error(path: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let problem = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, the first line has {expected_len}: quote fields that hold commas")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8: save the file as UTF-8".to_owned(),
        _ => error.to_string(),
    };
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::read(path, source),
        _ => Error::Record { path: path.to_owned(), line, problem },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Result<Vec<CorpusEntry>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        read_manifest(folder.path())
    }

    fn problem(text: &str) -> String {
        match manifest(text).unwrap_err() {
            Error::Record { path, line, problem } => {
                assert!(path.ends_with(FILE));
                format!("{line}: {problem}")
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_become_entries_sorted_by_id() {
        let text = "\u{feff}file,id,kind,site,fold,page_type,extra\nfull/b.html,b,full,example,3,article,x\na.html,a,,,,,\n";
        let entries = manifest(text).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((entries[0].kind, entries[0].site.as_str(), entries[0].fold), (Kind::Unlisted, "a", fold_of("a")));
        assert_eq!((entries[1].kind, entries[1].site.as_str(), entries[1].fold), (Kind::Full, "example", 3));
        assert_eq!(entries[1].page_type.as_deref(), Some("article"));
        assert!(entries[1].path.ends_with("full/b.html"));
    }

    #[test]
    fn a_missing_column_or_field_is_named_with_its_line() {
        assert_eq!(problem("id,kind\na,full\n"), "1: no column \"file\": expected at least the columns id and file in the first line");
        assert_eq!(problem("id,file\na,a.html\nb\n"), "3: 1 fields, the first line has 2: quote fields that hold commas");
        assert!(problem("id,file,fold\na,a.html,x\n").starts_with("2: column \"fold\": "));
        assert_eq!(problem("id,file,fold\na,a.html,5\n"), "2: fold is 5: expected 0 to 4");
        assert_eq!(problem("id,file,kind\na,a.html,half\n"), "2: kind is \"half\": expected full or partial");
        assert_eq!(problem("id,file\na,../a.html\n"), "2: file is \"../a.html\": expected a path below the corpus folder");
    }

    #[test]
    fn ids_differ_and_a_site_has_one_fold() {
        assert_eq!(problem("id,file\na,a.html\na,b.html\n"), "3: second page with id \"a\": ids must differ");
        assert!(problem("id,file,site,fold\na,a.html,s,1\nb,b.html,s,2\n").starts_with("3: site \"s\" stands in fold 2"));
    }
}
