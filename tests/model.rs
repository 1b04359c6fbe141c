//! Models: the same bytes from the same corpus, files that come back as they were, errors for damaged ones, terms that add up, and what
//! holds for any page.
#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod tiny;

use pagesieve::{Blocks, Decision, Error, Label, Model, Page, PageOptions};
use proptest::prelude::*;

/// Where the version, the checksum and the body of a model file begin.
const VERSION_AT: usize = 16;
const SUM_AT: usize = 20;
const BODY_AT: usize = 28;

fn sample(name: &str) -> Page {
    let path = tiny::pages().join(name);
    let bytes = std::fs::read(&path).unwrap();
    if path.extension().is_some_and(|extension| extension == "txt") {
        Page::from_text_bytes(&bytes, &PageOptions::default())
    } else {
        Page::from_html_bytes(&bytes, &PageOptions::default())
    }
}

/// Every sample page, the one of plain text too.
fn samples() -> Vec<Page> {
    tiny::names("html").iter().chain(&tiny::names("txt")).map(|name| sample(name)).collect()
}

fn load(bytes: &[u8]) -> Result<Model, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.model");
    std::fs::write(&path, bytes).unwrap();
    Model::load(&path)
}

/// What is said of a file that is no model.
fn problem(bytes: &[u8]) -> String {
    match load(bytes) {
        Err(Error::Model { origin, problem }) => {
            assert!(origin.ends_with("a.model"), "{origin}");
            problem
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a damaged file was taken for a model"),
    }
}

#[test]
fn training_twice_gives_the_same_bytes_on_any_number_of_threads() {
    let first = tiny::model().to_bytes().unwrap();
    assert!(first == tiny::train(2).to_bytes().unwrap(), "two threads, twice");
    assert!(first == tiny::train(1).to_bytes().unwrap(), "one thread and two");
}

#[test]
fn a_model_comes_back_from_its_file_as_it_was() {
    let bytes = tiny::model().to_bytes().unwrap();
    let loaded = load(&bytes).unwrap();
    assert_eq!(loaded.info(), tiny::model().info());
    assert!(loaded.to_bytes().unwrap() == bytes);
    for page in samples() {
        let before = tiny::model().classify(page.clone(), &Decision::default());
        let after = loaded.classify(page, &Decision::default());
        assert_eq!(before.labels(), after.labels());
        let bits = |page: &pagesieve::LabelledPage| page.iter().map(|block| block.probabilities.map(f32::to_bits)).collect::<Vec<_>>();
        assert_eq!(bits(&before), bits(&after));
    }
}

#[test]
fn the_tiny_model_has_learnt_its_own_pages() {
    let page = sample("asia-summit.html");
    let labelled = tiny::model().classify(page, &Decision::default());
    let gold = pagesieve::corpus::hand_labels(labelled.page(), labelled.blocks(), &tiny::pages().join("asia-summit.html")).unwrap();
    let hits = labelled.labels().iter().zip(&gold).filter(|(said, gold)| Some(**said) == **gold).count();
    assert!(hits * 10 >= gold.len() * 8, "{hits} of {}", gold.len());
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    assert!(problem(b"").contains("is no pagesieve model"));
    assert!(problem(b"<!doctype html>").contains("is no pagesieve model"));
    let mut bytes = tiny::model().to_bytes().unwrap();
    bytes[0] ^= 1;
    assert!(problem(&bytes).contains("train one with `pagesieve train`"));
    assert!(matches!(Model::load("no/such.model"), Err(Error::Read { .. })));
}

#[test]
fn a_file_that_breaks_off_is_refused() {
    let bytes = tiny::model().to_bytes().unwrap();
    let ends = (0..64).chain((64..bytes.len()).step_by(bytes.len() / 50)).chain([bytes.len() - 1]);
    for end in ends {
        let problem = problem(&bytes[..end]);
        assert!(["cut short", "damaged", "no pagesieve model"].iter().any(|said| problem.contains(said)), "{end}: {problem}");
    }
    let problem = problem(&bytes[..BODY_AT - 1]);
    assert!(problem.contains("cut short"), "{problem}");
}

#[test]
fn another_format_is_named_with_its_number() {
    let mut bytes = tiny::model().to_bytes().unwrap();
    bytes[VERSION_AT] = 200;
    let problem = problem(&bytes);
    assert!(problem.contains("format 200") && problem.contains("train it anew"), "{problem}");
}

#[test]
fn a_flipped_byte_is_found() {
    let bytes = tiny::model().to_bytes().unwrap();
    // Beyond the two hashes of the schemas, which have an error of their own.
    let places = (SUM_AT..BODY_AT).chain((BODY_AT + 20..bytes.len()).step_by(bytes.len() / 100));
    for place in places {
        let mut bytes = bytes.clone();
        bytes[place] ^= 0x10;
        let problem = problem(&bytes);
        assert!(problem.contains("is damaged"), "{place}: {problem}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(problem(&longer).contains("is damaged"));
}

#[test]
fn a_model_of_other_features_is_refused() {
    let mut bytes = tiny::model().to_bytes().unwrap();
    bytes[BODY_AT] ^= 1;
    let problem = problem(&bytes);
    assert!(problem.contains("trained with other features") && problem.contains("block stage"), "{problem}");
}

/// Logarithm of the odds that `probabilities` give one label against another.
fn log_odds(probabilities: [f32; Label::COUNT], label: Label, other: Label) -> f32 {
    (probabilities[label.index()] / probabilities[other.index()]).ln()
}

#[test]
fn the_terms_of_an_explanation_add_up_to_the_log_odds() {
    let (mut scaled, mut shifted) = (false, false);
    for page in samples() {
        let labelled = tiny::model().classify(page.clone(), &Decision::default());
        let explained = tiny::model().explain(page, &Decision::default());
        assert_eq!(explained.labelled().labels(), labelled.labels());
        assert_eq!(explained.iter(0).count(), labelled.len());
        for (block, explanation) in labelled.iter().zip(explained.iter(usize::MAX)) {
            assert_eq!((explanation.index, explanation.label), (block.index, block.label));
            assert_ne!(explanation.runner_up, block.label);
            let named: f32 = explanation.features.iter().map(|term| term.contribution).sum();
            let raw = named + explanation.other_features + explanation.start;
            let sum = raw + explanation.scale + explanation.offset;
            (scaled, shifted) = (scaled || explanation.scale != 0.0, shifted || explanation.offset != 0.0);
            let expected = log_odds(block.probabilities, block.label, explanation.runner_up);
            assert!((sum - expected).abs() < 1e-3, "{sum} for {expected}");
            assert!((explanation.log_odds - expected).abs() < 1e-3);
            assert!(explanation.log_odds + explanation.decision > -1e-3, "the label is the strongest one");
            assert!(explanation.words.starts_with(block.label.as_str()), "{}", explanation.words);
        }
    }
    assert!(scaled && shifted, "the tiny model is calibrated");
}

#[test]
fn an_explanation_names_as_many_features_as_asked_for_strongest_first() {
    let explained = tiny::model().explain(sample("asia-summit.html"), &Decision::default());
    let (few, all) = (explained.block(0, 3).unwrap(), explained.block(0, usize::MAX).unwrap());
    assert!(few.features.len() == 3 && few.features[..] == all.features[..3]);
    assert!(all.features.is_sorted_by(|a, b| a.contribution.abs() >= b.contribution.abs()));
    assert!((few.log_odds - all.log_odds).abs() < 1e-6);
    assert!(explained.block(explained.labelled().len(), 3).is_none());
}

#[test]
fn a_label_by_threshold_is_said_to_be_one() {
    let decision = Decision::default().threshold(Label::Navigation, 0.0);
    let explained = tiny::model().explain(sample("asia-summit.html"), &decision);
    let plain = tiny::model().classify(sample("asia-summit.html"), &Decision::default());
    for (explanation, label) in explained.iter(1).zip(plain.labels()) {
        assert_eq!(explanation.label, Label::Navigation);
        assert_eq!(explanation.by_threshold, *label != Label::Navigation);
    }
}

/// What must hold for any page.
fn check(page: Page) -> Result<(), TestCaseError> {
    let blocks = page.dom().map_or_else(|| Blocks::of_text(page.plain_text().unwrap()), Blocks::of_dom);
    let matrix = tiny::model().features(&page, &blocks);
    prop_assert_eq!(matrix.rows.dim(), (blocks.len(), matrix.schema.len()));
    for row in matrix.rows.rows() {
        for (feature, value) in matrix.schema.features().iter().zip(row) {
            let (least, most) = feature.unit.range();
            prop_assert!((least..=most).contains(value), "{} is {}: expected {}", feature.full_name(), value, feature.unit.describe());
        }
    }
    let labelled = tiny::model().classify(page, &Decision::default());
    prop_assert_eq!(labelled.len(), blocks.len());
    for block in labelled.iter() {
        let sum: f32 = block.probabilities.iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-5, "{:?}", block.probabilities);
        prop_assert!(block.probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
    }
    Ok(())
}

const TAGS: &[&str] = &[
    "div",
    "p",
    "a",
    "span",
    "li",
    "ul",
    "table",
    "tr",
    "td",
    "h1",
    "h2",
    "figure",
    "figcaption",
    "img",
    "br",
    "nav",
    "article",
    "form",
    "input",
    "button",
    "svg",
    "title",
    "script",
    "template",
    "pre",
    "video",
    "b",
    "select",
    "x-y",
];

const ATTRIBUTES: &[&str] = &[
    "",
    " class='article-body paywall'",
    " id=main",
    " href='/a?b=c'",
    " href='https://other.example/'",
    " hidden",
    " style='display:none'",
    " alt='Photo: A. Nyong'",
    " role=navigation",
    " width=9999999999999999999",
    " datetime='-1'",
];

const TEXTS: &[&str] = &[
    "Subscribe to read on.",
    "Photo: Reuters / Jane Doe",
    "1.234.567,89 %",
    "구독하고 계속 읽으세요",
    "これは記事の本文です。",
    "\u{200b}\u{ad}",
    "{{ count }} free articles left",
    "&nbsp;&copy; 2024&#0;",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "? ! . , ; : | » —",
    "\u{1f600}",
];

/// Tags in any order, closed or not, with attributes that features read, and text of several scripts.
fn soup() -> impl Strategy<Value = String> {
    let any_of = |list: &'static [&'static str]| prop::sample::select(list);
    let piece = prop_oneof![
        3 => (any_of(TAGS), any_of(ATTRIBUTES)).prop_map(|(tag, attribute)| format!("<{tag}{attribute}>")),
        2 => any_of(TAGS).prop_map(|tag| format!("</{tag}>")),
        3 => any_of(TEXTS).prop_map(str::to_owned),
        1 => "\\PC{0,20}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn features_keep_their_ranges_and_probabilities_sum_to_one_for_any_page(html in soup()) {
        check(Page::from_html(html, &PageOptions::default().url("https://news.example/a")))?;
    }

    #[test]
    fn features_keep_their_ranges_and_probabilities_sum_to_one_for_any_text(lines in prop::collection::vec("\\PC{0,80}", 0..30)) {
        check(Page::from_text(lines.join("\n"), &PageOptions::default()))?;
    }
}

#[test]
fn features_keep_their_ranges_on_the_sample_pages() {
    for page in samples() {
        check(page).unwrap();
    }
}
