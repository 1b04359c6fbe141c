//! The fast parser against scraper's tree, on whatever the fuzzer makes: `cargo +nightly fuzz run dom`.
//!
//! A difference is a fault, but for documents that reach the bounds on formatting elements and on the adoption agency, where the two may differ;
//! `src/dom/tree_builder/mod.rs` lists them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pagesieve::Blocks;
use pagesieve::dom::{Dom, DomLimits, NodeRef};

/// Longer documents reach the bounds more often than new code.
const MOST_BYTES: usize = 2_000;

fuzz_target!(|source: &str| {
    if source.len() > MOST_BYTES {
        return;
    }
    let fast = Dom::parse(source.to_owned(), DomLimits::default());
    let reference = Dom::parse_reference(source.to_owned(), DomLimits::default());
    assert_eq!(outline(&fast), outline(&reference));
    let texts = |dom: &Dom| {
        let blocks = Blocks::of_dom(dom);
        blocks.iter().map(|block| blocks.text(block).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&fast), texts(&reference));
});

/// The tree as lines: depth, then name and sorted attributes, or text.
fn outline(dom: &Dom) -> Vec<String> {
    dom.document().subtree().map(line).collect()
}

fn line(node: NodeRef<'_>) -> String {
    let depth = node.ancestors().count();
    let mut attributes: Vec<_> = node.attributes().collect();
    attributes.sort_unstable();
    format!("{depth} {:?} {attributes:?} {:?}", node.name(), node.text())
}
