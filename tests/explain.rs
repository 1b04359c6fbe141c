//! The command `pagesieve explain`: what it writes, and that its terms add up.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod tiny;

use std::process::{Command, Output};

use serde_json::Value;

/// Runs `pagesieve explain` on a sample page with the tiny model.
fn explain(flags: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("tiny.model");
    std::fs::write(&model, tiny::model().to_bytes().unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pagesieve"));
    command.arg("explain").arg(tiny::pages().join("asia-summit.html")).arg("--model").arg(&model).args(flags);
    command.output().unwrap()
}

fn stdout(flags: &[&str]) -> String {
    let output = explain(flags);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_block_has_its_terms_and_they_add_up() {
    let lines = stdout(&["--format", "jsonl", "--top", "4"]);
    let records: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.len() > 20);
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record["index"], index);
        let number = |name: &str| record[name].as_f64().unwrap();
        let features = record["features"].as_array().unwrap();
        assert!(features.len() <= 4);
        let named: f64 = features.iter().map(|term| term["contribution"].as_f64().unwrap()).sum();
        let sum = named + ["other_features", "start", "scale", "offset"].map(number).iter().sum::<f64>();
        assert!((sum - number("log_odds")).abs() < 1e-3, "{record}");
        assert!(record["words"].as_str().unwrap().starts_with(record["label"].as_str().unwrap()));
    }
}

#[test]
fn one_block_is_explained_in_text() {
    let text = stdout(&["--block", "3", "--top", "2"]);
    assert!(text.starts_with("[3]   "), "{text}");
    assert_eq!(text.matches("in sum: log-odds of ").count(), 1, "{text}");
    assert_eq!(text.lines().filter(|line| line.ends_with(')')).count(), 2, "{text}");
}

#[test]
fn a_block_that_is_not_there_is_wrong_usage() {
    let output = explain(&["--block", "9999"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("--block is 9999, but the page has "), "{error}");
}
