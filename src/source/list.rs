//! From what a user names to the files it stands for.
//!
//! Takes files, folders, patterns and `-`, gives sources sorted within each input. Opens no file.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::{Kind, STDIN, Source};
use crate::{Error, Result};

/// The sources that `inputs` stand for, in the order of the inputs:
///
/// - `-` is standard input;
/// - a file stands for itself, whatever its name;
/// - a folder stands for the pages in it and below, sorted by name: files ending in `.html`, `.htm`, `.xhtml` or `.txt`, also with `.gz` or
///   `.zst` after it;
/// - anything else with `*`, `?`, `[` or `{` is a pattern; `**` reaches into folders; it stands for the files it matches, sorted by name.
///
/// What cannot be read is an error in its place; the others are still given.
pub fn sources<I: AsRef<Path>>(inputs: impl IntoIterator<Item = I>) -> Vec<Result<Source>> {
    files(inputs, &Wanted { is: &|path| Kind::of_name(path).is_some(), expected: PAGES })
}

/// What [`sources`] takes in folders.
const PAGES: &str = "files ending in .html, .htm, .xhtml or .txt (also with .gz or .zst after it)";

/// Which files of a folder are taken.
pub(crate) struct Wanted<'a> {
    /// Whether a file is, by its name.
    pub(crate) is: &'a dyn Fn(&Path) -> bool,
    /// Which those are, for an error that says that there are none.
    pub(crate) expected: &'static str,
}

/// As [`sources`], but in folders stand the files that are wanted.
pub(crate) fn files<I: AsRef<Path>>(inputs: impl IntoIterator<Item = I>, wanted: &Wanted<'_>) -> Vec<Result<Source>> {
    inputs.into_iter().flat_map(|input| of_input(input.as_ref(), wanted)).collect()
}

/// Whether a name that is no file's is read as a pattern.
fn is_pattern(name: &Path) -> bool {
    name.to_str().is_some_and(|name| name.contains(['*', '?', '[', '{']))
}

fn of_input(input: &Path, wanted: &Wanted<'_>) -> Vec<Result<Source>> {
    if input.as_os_str() == STDIN {
        return vec![Ok(Source::new(STDIN))];
    }
    match std::fs::metadata(input) {
        Ok(found) if found.is_dir() => walk(input, input, wanted),
        Ok(_) => vec![Ok(Source::new(input))],
        Err(_) if is_pattern(input) => match matcher(input) {
            Ok(matcher) => walk(&folder_of(input), input, &Wanted { is: &|path| matcher.is_match(path), ..*wanted }),
            Err(error) => vec![Err(error)],
        },
        Err(source) => vec![Err(Error::read(input, source))],
    }
}

/// The files below `folder` that are wanted; if there are none and nothing failed, an error that names `input`.
fn walk(folder: &Path, input: &Path, wanted: &Wanted<'_>) -> Vec<Result<Source>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) => {
                // "." was put in front of a pattern that has no folder; the names it matches have none either.
                let path = entry.path().strip_prefix(".").ok().filter(|_| folder == Path::new(".") && input != folder);
                let path = path.unwrap_or_else(|| entry.path());
                if entry.file_type().is_file() && (wanted.is)(path) {
                    found.push(Ok(Source::new(path)));
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                found.push(Err(Error::read(path, error.into())));
            }
        }
    }
    if found.is_empty() {
        found.push(Err(Error::NoPages { path: input.to_owned(), expected: wanted.expected }));
    }
    found
}

fn matcher(pattern: &Path) -> Result<GlobMatcher> {
    let text = pattern.to_string_lossy();
    let text = text.strip_prefix("./").unwrap_or(&text);
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let glob = glob.map_err(|error| Error::Pattern { pattern: text.to_owned(), problem: error.kind().to_string() })?;
    Ok(glob.compile_matcher())
}

/// The longest part of the pattern's path without signs of a pattern: where the walk begins.
fn folder_of(pattern: &Path) -> PathBuf {
    let folder: PathBuf = pattern.components().take_while(|component| !is_pattern(component.as_ref())).collect();
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inputs: &[PathBuf], root: &Path) -> Vec<String> {
        let name = |source: Result<Source>| match source {
            Ok(source) => source.path().strip_prefix(root).unwrap_or(source.path()).display().to_string(),
            Err(error) => format!("error: {}", error.to_string().replace(&root.display().to_string(), "")),
        };
        sources(inputs).into_iter().map(name).collect()
    }

    #[test]
    fn folders_and_patterns_give_sorted_pages() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        std::fs::create_dir_all(root.join("b/c")).unwrap();
        std::fs::create_dir_all(root.join("empty")).unwrap();
        for name in ["z.html", "a.txt.gz", "b/x.htm", "b/c/y.xhtml.zst", "b/notes.md"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let all = ["a.txt.gz", "b/c/y.xhtml.zst", "b/x.htm", "z.html"];
        assert_eq!(names(&[root.to_owned()], root), all);
        assert_eq!(names(&[root.join("*.html"), root.join("b/notes.md"), PathBuf::from("-")], root), ["z.html", "b/notes.md", "-"]);
        assert_eq!(names(&[root.join("**/*.{htm,zst}")], root), ["b/c/y.xhtml.zst", "b/x.htm"]);
        assert_eq!(names(&[root.join("b/*")], root), ["b/notes.md", "b/x.htm"]);
        assert!(names(&[root.join("empty")], root)[0].starts_with("error: /empty: no pages found"));
        assert!(names(&[root.join("*.pdf")], root)[0].starts_with("error: /*.pdf: no pages found"));
        assert!(names(&[root.join("none.html")], root)[0].starts_with("error: cannot read /none.html"));
        assert!(names(&[root.join("[a.html")], root)[0].contains("is no pattern"));
    }
}
