//! Tree-construction cases in html5lib's format: the parser gives the tree that stands in them, and scraper's.
//!
//! The cases themselves are not part of this project: `PAGESIEVE_HTML5LIB_TESTS=html5lib-tests/tree-construction cargo test --test html5lib --
//! --ignored --nocapture` reads those of a folder. A few of our own show that the reading works.

use std::fmt::Write as _;
use std::path::Path;

use pagesieve::dom::{Dom, DomLimits, NodeRef};

struct Case {
    source: String,
    /// The tree without comments and doctype, which ours does not keep.
    tree: String,
}

/// The cases of a file; those of fragments and without scripting are left out, since pages are whole and read with scripting.
fn cases(file: &str) -> Vec<Case> {
    let file = format!("\n{file}");
    file.split("\n#data\n").skip(1).filter_map(case).collect()
}

fn case(text: &str) -> Option<Case> {
    let (source, rest) = text.split_once("\n#errors").or_else(|| text.strip_prefix("#errors").map(|rest| ("", rest)))?;
    let (head, tree) = rest.split_once("#document\n")?;
    if head.contains("#document-fragment") || head.contains("#script-off") {
        return None;
    }
    let mut kept = String::new();
    let mut keep = true;
    for line in tree.trim_end().lines() {
        // A line without a bar continues a text or a comment.
        if let Some(node) = line.strip_prefix("| ") {
            keep = !node.trim_start().starts_with("<!");
        }
        if keep {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    Some(Case { source: source.to_owned(), tree: kept })
}

/// A tree in the format of the cases.
fn outline(dom: &Dom) -> String {
    let mut out = String::new();
    for node in dom.document().subtree().skip(1) {
        let depth = node.ancestors().count() - 1;
        line(node, depth, &mut out);
    }
    out
}

fn line(node: NodeRef<'_>, depth: usize, out: &mut String) {
    let indent = " ".repeat(2 * depth);
    if let Some(text) = node.text() {
        let _ = writeln!(out, "| {indent}\"{text}\"");
        return;
    }
    let _ = writeln!(out, "| {indent}<{}>", node.name());
    let mut attributes: Vec<_> = node.attributes().collect();
    attributes.sort_unstable();
    for (name, value) in attributes {
        let _ = writeln!(out, "| {indent}  {name}=\"{value}\"");
    }
}

fn tree_of(source: &str) -> String {
    let source = || source.to_owned();
    let fast = outline(&Dom::parse(source(), DomLimits::default()));
    assert_eq!(fast, outline(&Dom::parse_reference(source(), DomLimits::default())), "unlike scraper's tree of {:?}", source());
    fast
}

const OWN: &str = "#data
<p>One<p class=b id=a>Two<!-- three
four -->five
#errors
(1,3): expected-doctype-but-got-start-tag
#document
| <html>
|   <head>
|   <body>
|     <p>
|       \"One\"
|     <p>
|       class=\"b\"
|       id=\"a\"
|       \"Two\"
|       <!--  three
four  -->
|       \"five\"

#data
<table><td>x
#errors
#document-fragment
div
#document
| \"x\"

#data
<!DOCTYPE html><table>x
y
#errors
#document
| <!DOCTYPE html>
| <html>
|   <head>
|   <body>
|     \"x
y\"
|     <table>
";

#[test]
fn cases_are_read_and_their_trees_made() {
    let cases = cases(OWN);
    assert_eq!(cases.len(), 2);
    for case in cases {
        assert_eq!(tree_of(&case.source), case.tree, "{:?}", case.source);
    }
}

/// What the crate leaves out of the standard (`src/dom/tree_builder/mod.rs`) makes some trees differ from a case's, never from scraper's.
#[test]
#[ignore = "needs html5lib's cases: PAGESIEVE_HTML5LIB_TESTS names their folder"]
fn the_cases_of_html5lib_give_scrapers_tree() {
    let folder = std::env::var("PAGESIEVE_HTML5LIB_TESTS").expect("PAGESIEVE_HTML5LIB_TESTS names no folder of tree-construction cases");
    let (mut all, mut agreeing) = (0, 0);
    for entry in std::fs::read_dir(Path::new(&folder)).expect("PAGESIEVE_HTML5LIB_TESTS is a folder") {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "dat") {
            continue;
        }
        for case in cases(&String::from_utf8_lossy(&std::fs::read(&path).unwrap())) {
            all += 1;
            agreeing += usize::from(tree_of(&case.source) == case.tree);
        }
    }
    assert!(all > 0, "{folder} holds no .dat file with cases of whole documents");
    println!("{agreeing} of {all} trees are the case's own");
}
