//! The sample pages: every block has a gold label, and the blocks and exports of four of them are as last reviewed.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its page has failed")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pagesieve::export::PageFormat;
use pagesieve::{Block, ExportOptions, Label, LabelledPage, Page, PageOptions};

/// The pages whose blocks and exports are under review.
const REVIEWED: [&str; 4] = ["asia-summit", "docs-streams", "recette-tarte", "regional-plus"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

fn page(name: &str) -> Page {
    Page::from_html_bytes(&std::fs::read(folder().join(name)).unwrap(), &PageOptions::default())
}

/// The label of the nearest element around the block that has one.
fn gold(page: &Page, block: &Block) -> Option<Label> {
    let owner = page.dom()?.node(block.owner()?);
    let written = std::iter::once(owner).chain(owner.ancestors()).find_map(|element| element.attr("data-sieve-label"))?;
    Some(Label::from_name(written).unwrap())
}

fn labelled(name: &str) -> LabelledPage {
    LabelledPage::from_labels(page(name), |page, block| gold(page, block).unwrap())
}

#[test]
fn every_block_of_every_page_has_a_label() {
    let mut pages = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "html") {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap();
            let labelled = labelled(name);
            assert!(labelled.len() >= 50, "{name} has only {} blocks", labelled.len());
            assert!(labelled.labels().contains(&Label::Content), "{name}");
            assert!(labelled.labels().contains(&Label::Navigation), "{name}");
            pages += 1;
        }
    }
    assert_eq!(pages, 10);
}

#[test]
fn the_founding_example_has_all_four_labels() {
    for label in Label::ALL {
        assert!(labelled("asia-summit.html").labels().contains(&label), "{label}");
    }
}

#[test]
fn blocks_are_as_reviewed() {
    for name in REVIEWED {
        let labelled = labelled(&format!("{name}.html"));
        let mut table = String::new();
        for block in labelled.iter() {
            let hidden = if block.is_hidden() { " hidden" } else { "" };
            writeln!(table, "{} <{}>{hidden} {:?}", block.label, block.tag(), block.text()).unwrap();
        }
        insta::assert_snapshot!(format!("{name}-blocks"), table);
    }
}

#[test]
fn exports_are_as_reviewed() {
    let formats = [(PageFormat::Text, "text"), (PageFormat::Markdown, "markdown"), (PageFormat::Html, "html")];
    for name in REVIEWED {
        let labelled = labelled(&format!("{name}.html"));
        for (format, ending) in formats {
            let options = ExportOptions::default().keep([Label::Content, Label::Caption]).headline(true);
            let exported = format.exporter(options).page(name, &labelled);
            insta::assert_snapshot!(format!("{name}-{ending}"), exported);
        }
    }
}

#[test]
fn plain_text_has_the_same_content_as_the_page() {
    let text = std::fs::read_to_string(folder().join("asia-summit.txt")).unwrap();
    let lines: Vec<String> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for block in labelled("asia-summit.html").iter().filter(|block| block.label == Label::Content) {
        assert!(lines.iter().any(|line| line == block.text()), "{:?}", block.text());
    }
}
