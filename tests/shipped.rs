//! The shipped model on the sample pages: a floor under its labels, so that a broken model or feature cannot ship unseen.
#![cfg(feature = "bundled-model")]

use std::path::Path;

use pagesieve::corpus::hand_labels;
use pagesieve::{Decision, Label, Model, Page, PageOptions};

/// Gold and predicted label of every block of a sample page.
fn labels(model: &Model, name: &str) -> Vec<(Label, Label)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name);
    let Ok(bytes) = std::fs::read(&path) else { return Vec::new() };
    let labelled = model.classify(Page::from_html_bytes(&bytes, &PageOptions::default()), &Decision::default());
    let gold = hand_labels(labelled.page(), labelled.blocks(), &path).unwrap_or_default();
    gold.into_iter().zip(labelled.labels()).filter_map(|(gold, said)| Some((gold?, *said))).collect()
}

#[test]
fn most_blocks_of_the_sample_pages_are_right() {
    let model = Model::bundled().unwrap();
    let pages = [
        "asia-summit.html",
        "charity-service.html",
        "docs-streams.html",
        "forum-thread.html",
        "listing-books.html",
        "long-read-gallery.html",
        "news-ko.html",
        "product-kettle.html",
        "recette-tarte.html",
        "regional-plus.html",
    ];
    let all: Vec<(Label, Label)> = pages.iter().flat_map(|page| labels(&model, page)).collect();
    let right = all.iter().filter(|(gold, said)| gold == said).count();
    assert!(all.len() > 700, "{}", all.len());
    assert!(right * 100 >= all.len() * 87, "{right} of {}", all.len());
}

#[test]
fn the_article_of_a_metered_page_comes_out_without_its_offers() {
    let model = Model::bundled().unwrap();
    let all = labels(&model, "asia-summit.html");
    let kept: Vec<_> = all.iter().filter(|(_, said)| *said == Label::Content).collect();
    assert!(kept.iter().all(|(gold, _)| *gold != Label::SubscriptionPrompt && *gold != Label::Caption), "{kept:?}");
    let article = all.iter().filter(|(gold, _)| *gold == Label::Content).count();
    let found = kept.iter().filter(|(gold, _)| *gold == Label::Content).count();
    assert!(found * 10 >= article * 9, "{found} of {article}");
}
