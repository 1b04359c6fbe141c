//! Gold text: what a page's clean text is to hold.
//!
//! Takes `gold.jsonl` or `gold.jsonl.gz`, gives [`Gold`] by page. Knows nothing of blocks.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::read::read;
use crate::error::{Error, Result};

/// The files' names, in the order they are looked for.
const FILES: [&str; 2] = ["gold.jsonl.gz", "gold.jsonl"];

/// More gold text than this is taken for a mistake.
const MAX_BYTES: u64 = 1 << 30;

/// What a page's clean text is to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gold {
    /// The whole clean text; `None` if nobody wrote it down or it is blank.
    pub main_content: Option<String>,
    /// Segments that the clean text must hold.
    pub must: Vec<String>,
    /// Segments that it must not hold.
    pub must_not: Vec<String>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    main_content: Option<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
}

/// The gold text of a corpus folder by page; empty if it has none.
pub(super) fn read_gold(root: &Path) -> Result<BTreeMap<String, Gold>> {
    match FILES.map(|file| root.join(file)).iter().find(|path| path.is_file()) {
        Some(path) => parse(path, &read(path, MAX_BYTES)?),
        None => Ok(BTreeMap::new()),
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<BTreeMap<String, Gold>> {
    let mut gold = BTreeMap::new();
    for (line, bytes) in (1_u64..).zip(bytes.split(|byte| *byte == b'\n')) {
        let bytes = if line == 1 { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) } else { bytes };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let record = |problem: String| Error::Record { path: path.to_owned(), line, problem };
        let found: Line = serde_json::from_slice(bytes)
            .map_err(|error| record(format!("expected an object with id, main_content, with and without: {error}")))?;
        let page =
            Gold { main_content: found.main_content.filter(|text| !text.trim().is_empty()), must: found.with, must_not: found.without };
        if gold.insert(found.id.clone(), page).is_some() {
            return Err(record(format!("second gold text for page {:?}: keep one", found.id)));
        }
    }
    Ok(gold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_page() {
        let text = b"\xEF\xBB\xBF{\"id\": \"a\", \"page_type\": \"article\", \"main_content\": \"Text\", \"with\": [\"T\"], \"without\": [\"Menu\"]}\n\n{\"id\":\"b\",\"main_content\":\" \"}\n";
        let gold = parse(Path::new("gold.jsonl"), text).unwrap();
        assert_eq!(gold["a"], Gold { main_content: Some("Text".into()), must: vec!["T".into()], must_not: vec!["Menu".into()] });
        assert_eq!(gold["b"], Gold::default());
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse(Path::new("gold.jsonl"), b"{\"id\":\"a\"}\n{\"main_content\":3}\n").unwrap_err();
        assert!(error.to_string().starts_with("gold.jsonl: line 2: expected an object"), "{error}");
        let error = parse(Path::new("gold.jsonl"), b"{\"id\":\"a\"}\n{\"id\":\"a\"}").unwrap_err();
        assert_eq!(error.to_string(), "gold.jsonl: line 2: second gold text for page \"a\": keep one");
    }
}
