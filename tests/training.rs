//! The commands around training: evaluate, ablate, card, labels, presets, and the baseline.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod tiny;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A recipe that trains in a moment.
const RECIPE: &str = "[block]\ntrees = 6\ndepth = 3\nlearning_rate = 0.3\nrows_per_tree = 1.0\n\
                      [context]\ntrees = 6\ndepth = 3\nlearning_rate = 0.3\nrows_per_tree = 1.0\n";

fn pagesieve(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pagesieve")).current_dir(folder).args(arguments).output().unwrap()
}

fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let output = pagesieve(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The sample pages as a corpus, and beside it the same pages without their labels, as they would be published.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, public) = (folder.path().join("corpus"), folder.path().join("public/someone/pages/html"));
    std::fs::create_dir_all(&corpus).unwrap();
    std::fs::create_dir_all(&public).unwrap();
    let mut manifest = "id,file,kind,source,fold,origin,origin_sha256\n".to_owned();
    let mut gold = String::new();
    for (index, name) in tiny::names("html").iter().enumerate() {
        let html = std::fs::read_to_string(tiny::pages().join(name)).unwrap();
        std::fs::write(corpus.join(name), &html).unwrap();
        std::fs::write(public.join(name), without_labels(&html)).unwrap();
        writeln!(manifest, "{name},{name},full,ours,{},html/{name},0", index % 5).unwrap();
        writeln!(gold, "{}", serde_json::json!({"id": name, "main_content": "A text of some words.", "with": ["some words"]})).unwrap();
    }
    std::fs::write(corpus.join("pages.csv"), manifest).unwrap();
    std::fs::write(corpus.join("gold.jsonl"), gold).unwrap();
    std::fs::write(folder.path().join("sources.csv"), "source,repository,commit\nours,someone/pages,abc\n").unwrap();
    std::fs::write(folder.path().join("recipe.toml"), RECIPE).unwrap();
    folder
}

fn without_labels(html: &str) -> String {
    let mut parts = html.split(" data-sieve-label=\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |all, part| all + part.split_once('"').unwrap().1)
}

#[test]
fn labels_leave_the_corpus_and_come_back() {
    let folder = folder();
    let run = |arguments: &[&str]| stdout(folder.path(), arguments);
    run(&["labels", "export", "--corpus", "corpus", "--sources", "sources.csv", "--out", "labels"]);
    let pages = std::fs::read_to_string(folder.path().join("labels/pages.csv")).unwrap();
    assert!(pages.lines().nth(1).unwrap().contains(",someone/pages,abc,html/"), "{pages}");
    let applied = pagesieve(folder.path(), &["labels", "apply", "--labels", "labels", "--pages", "public", "--out", "again"]);
    let said = String::from_utf8(applied.stderr).unwrap();
    assert!(applied.status.success() && said.contains("other versions") && !said.contains("found no block"), "{said}");
    run(&["labels", "export", "--corpus", "again", "--sources", "sources.csv", "--out", "labels-again"]);
    let blocks = |folder_name: &str| std::fs::read(folder.path().join(folder_name).join("blocks.csv.gz")).unwrap();
    assert!(blocks("labels") == blocks("labels-again"));
    std::fs::remove_dir_all(folder.path().join("public/someone")).unwrap();
    let missing = pagesieve(folder.path(), &["labels", "apply", "--labels", "labels", "--pages", "public", "--out", "none"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn a_report_becomes_a_card_with_charts() {
    let folder = folder();
    let run = |arguments: &[&str]| stdout(folder.path(), arguments);
    let common = ["--corpus", "corpus", "--recipe", "recipe.toml"];
    run(&[&["evaluate", "--cross-validate", "--write-labels=labels.csv", "--format=json", "--output=report.json"], &common[..]].concat());
    let ceiling: Value = serde_json::from_str(&run(&["evaluate", "--corpus=corpus", "--ceiling=labels.csv", "--format=json"])).unwrap();
    assert_eq!((&ceiling["rows"][0]["page_type"], &ceiling["rows"][0]["pages"]), (&Value::from("all"), &Value::from(10)));
    assert!(ceiling["rows"][0]["by_hand"]["f1"].as_f64().unwrap() > 0.0, "{ceiling}");
    let unlabelled = pagesieve(folder.path(), &["evaluate", "--corpus=corpus", "--ceiling=sources.csv"]);
    assert_eq!(unlabelled.status.code(), Some(2));
    run(&[&["ablate", "--folds=0", "--output=ablation.csv"], &common[..]].concat());
    let told = run(&[&["ablate", "--folds=0", "--only=with the page's kind told"], &common[..]].concat());
    let set_ups: Vec<&str> = told.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(set_ups, ["whole", "without decision offsets", "with the page's kind told"]);
    let unknown = pagesieve(folder.path(), &[&["ablate", "--only=without sense"], &common[..]].concat());
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(unknown.status.code() == Some(2) && said.contains("without evidence"), "{said}");
    run(&[&["train", "--out=own.model", "--cost=cost.json"], &common[..]].concat());
    let sources = ["--pages=report.json", "--other", "again=report.json", "--ablation=ablation.csv", "--cost=cost.json", "--charts=."];
    let card = run(&[&["card", "--model=own.model"], &sources[..]].concat());
    for part in ["calibration.svg", "content-curve.svg", "| again |", "| without evidence |", "training took", "`--favor recall`"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(!card.contains("NaN"), "{card}");
    assert!(std::fs::read_to_string(folder.path().join("content-curve.svg")).unwrap().contains("<polyline"));
    let report: Value = serde_json::from_slice(&std::fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let recalls: Vec<f64> =
        report["content_curve"].as_array().unwrap().iter().map(|point| point["labelled"]["recall"].as_f64().unwrap()).collect();
    assert!(recalls.len() == 19 && recalls.windows(2).all(|pair| pair[0] >= pair[1]), "{recalls:?}");
    let table = std::fs::read_to_string(folder.path().join("ablation.csv")).unwrap();
    assert!(table.lines().nth(1).unwrap().starts_with("whole,2,"), "{table}");
}

#[test]
fn recall_keeps_no_less_than_precision() {
    let folder = folder();
    std::fs::write(folder.path().join("tiny.model"), tiny::model().to_bytes().unwrap()).unwrap();
    let kept = |favor: &str| stdout(folder.path(), &["extract", "--model=tiny.model", "--favor", favor, "corpus"]);
    assert!(kept("recall").len() >= kept("precision").len());
    assert_eq!(pagesieve(folder.path(), &["extract", "--favor=luck", "corpus"]).status.code(), Some(2));
}
