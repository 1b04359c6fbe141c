//! The commands, run as a user runs them: what they write, what they say, and their exit codes.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]
#![expect(clippy::needless_raw_string_hashes, reason = "snapbox writes its inline snapshots so")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command as Process, Stdio};

use serde_json::Value;
use snapbox::cmd::{Command, OutputAssert};
use snapbox::str;
use tempfile::TempDir;

const PAGE: &str = "<title>On kettles</title><nav><a href=/>Home</a></nav><h1>On kettles</h1>\
    <p>A kettle is a vessel for boiling water, and this sentence is long enough to be a paragraph of an article.</p>";

fn pagesieve(folder: &TempDir) -> Command {
    Command::new(env!("CARGO_BIN_EXE_pagesieve")).current_dir(folder.path()).env_remove("NO_COLOR")
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn lines(assert: &OutputAssert) -> Vec<Value> {
    let text = std::str::from_utf8(&assert.get_output().stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn paths(assert: &OutputAssert) -> Vec<String> {
    lines(assert).iter().map(|line| line["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn classify_writes_a_block_a_line() {
    let folder = folder(&[("a.html", PAGE.as_bytes())]);
    let done = pagesieve(&folder).args(["classify", "a.html"]).assert().success().stderr_eq("");
    let lines = lines(&done);
    assert_eq!(lines.len(), 3);
    let keys: Vec<&String> = lines[1].as_object().unwrap().keys().collect();
    let mut expected = vec!["path", "index", "label", "probabilities", "text", "tag", "xpath", "hidden", "prompt_kind"];
    expected.sort_unstable();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    assert_eq!((&lines[1]["xpath"], &lines[1]["tag"]), (&Value::from("/html/body/h1"), &Value::from("h1")));
    for line in lines {
        let sum: f64 = line["probabilities"].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{line}");
    }
}

#[test]
fn classify_writes_csv_with_one_header_for_all_pages() {
    let folder = folder(&[("a.html", PAGE.as_bytes()), ("b.html", PAGE.as_bytes())]);
    let done = pagesieve(&folder).args(["classify", "--format", "csv", "."]).assert().success();
    let mut reader = csv::Reader::from_reader(&done.get_output().stdout[..]);
    assert_eq!(reader.headers().unwrap().iter().take(4).collect::<Vec<_>>(), ["path", "index", "label", "probabilities.content"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| row.len() == 12));
}

#[test]
fn extract_reads_what_is_piped_in() {
    let folder = folder(&[]);
    let keep = "--keep=content,caption,navigation,subscription-prompt";
    pagesieve(&folder).args(["extract", keep, "--headline"]).stdin(PAGE).assert().success().stdout_eq(str![[r#"
Home

On kettles

A kettle is a vessel for boiling water, and this sentence is long enough to be a paragraph of an article.

"#]]);
    let done = pagesieve(&folder).args(["extract", "-", keep, "--format=jsonl", "--url=https://a.example/k"]).stdin(PAGE);
    let line = &lines(&done.assert().success())[0];
    assert_eq!((&line["title"], &line["url"]), (&Value::from("On kettles"), &Value::from("https://a.example/k")));
    assert!(line["text"].as_str().unwrap().starts_with("Home\n\nA kettle"));
}

#[test]
fn lines_of_text_are_blocks() {
    let folder = folder(&[("a.txt", b"One\n\ntwo <b>\n")]);
    let texts = |done: &OutputAssert| lines(done).iter().map(|line| line["text"].clone()).collect::<Vec<_>>();
    let done = pagesieve(&folder).args(["classify", "a.txt"]).assert().success();
    assert_eq!(texts(&done), ["One", "two <b>"]);
    let done = pagesieve(&folder).args(["classify", "--input-format=html", "a.txt"]).assert().success();
    assert_eq!(texts(&done), ["One two"]);
}

#[test]
fn inputs_that_cannot_be_read_are_named_and_the_others_done() {
    let packed = gzip(&PAGE.as_bytes().repeat(50));
    let files: [(&str, &[u8]); 4] = [
        ("good.html", PAGE.as_bytes()),
        ("image.html", b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("cut.html.gz", &packed[..packed.len() - 9]),
        ("empty.html", b""),
    ];
    let folder = folder(&files);
    let done = pagesieve(&folder).args(["extract", "--format=jsonl", "none.html", "."]).assert().code(2).stderr_eq(str![[r#"
error: cannot read none.html: No such file or directory (os error 2)
error: cannot read [..]cut.html.gz: [..]
error: [..]image.html is a PNG image: expected HTML or plain text

"#]]);
    assert_eq!(paths(&done), ["./empty.html", "./good.html"]);
}

#[test]
fn an_empty_page_has_no_blocks() {
    let folder = folder(&[("empty.html", b"")]);
    pagesieve(&folder).args(["classify", "empty.html"]).assert().success().stdout_eq("").stderr_eq("");
    pagesieve(&folder).args(["extract", "empty.html"]).assert().success().stdout_eq("").stderr_eq("");
}

#[test]
fn folders_patterns_and_packed_files_are_read_in_order() {
    let packed = gzip(PAGE.as_bytes());
    let zstd = zstd::encode_all(PAGE.as_bytes(), 1).unwrap();
    let files: [(&str, &[u8]); 4] = [("b/x.html.gz", &packed), ("b/y.htm.zst", &zstd), ("a.html", PAGE.as_bytes()), ("b/skip.css", b"p{}")];
    let folder = folder(&files);
    let run =
        |inputs: &[&str]| paths(&pagesieve(&folder).args(["extract", "--format=jsonl", "--threads=3"]).args(inputs).assert().success());
    assert_eq!(run(&["b", "a.html"]), ["b/x.html.gz", "b/y.htm.zst", "a.html"]);
    assert_eq!(run(&["**/*.{html,gz}"]), ["a.html", "b/x.html.gz"]);
    pagesieve(&folder).args(["extract", "*.pdf"]).assert().code(2).stderr_eq(str![[r#"
error: *.pdf: no pages found: expected pages (.html, .htm, .xhtml, .txt) or archives (.warc, .wet), also with .gz or .zst after it; tables (.jsonl, .ndjson, .csv, .parquet) are read when they are named by themselves or by a pattern

"#]]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let pages: Vec<(String, Vec<u8>)> = (0..70).map(|n| (format!("{n:02}.html"), format!("{PAGE}<p>{n}").into_bytes())).collect();
    let files: Vec<(&str, &[u8])> = pages.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let run = |threads| pagesieve(&folder).args(["classify", ".", "--threads", threads]).assert().success().get_output().stdout.clone();
    assert_eq!(run("1"), run("4"));
}

#[test]
fn output_goes_to_a_file() {
    let folder = folder(&[("a.html", PAGE.as_bytes())]);
    pagesieve(&folder).args(["extract", "a.html", "--format=html", "-o", "clean.html"]).assert().success().stdout_eq("");
    assert!(std::fs::read_to_string(folder.path().join("clean.html")).unwrap().starts_with("<!DOCTYPE html>"));
    pagesieve(&folder).args(["extract", "a.html", "-o", "no/such/folder"]).assert().code(2).stderr_eq(str![[r#"
error: cannot write no/such/folder: No such file or directory (os error 2)

"#]]);
}

#[test]
fn thresholds_are_probabilities_of_labels() {
    let folder = folder(&[("a.html", PAGE.as_bytes())]);
    pagesieve(&folder).args(["classify", "a.html", "--threshold=caption=0.5", "--threshold=content=0.4"]).assert().success();
    for wrong in ["caption", "caption=2", "advert=0.5"] {
        pagesieve(&folder).args(["classify", "a.html", "--threshold", wrong]).assert().code(2).stdout_eq("");
    }
}

#[test]
fn flags_that_do_not_go_together_are_usage_errors() {
    let folder = folder(&[("a.html", PAGE.as_bytes()), ("b.html", PAGE.as_bytes())]);
    pagesieve(&folder).args(["extract", ".", "--url=https://a.example/"]).assert().code(2).stdout_eq("").stderr_eq(str![[r#"
error: --url is one page's address, but the inputs are 2 pages; see --help

"#]]);
    pagesieve(&folder).args(["extract", "a.html", "--keep=advert"]).assert().code(2).stdout_eq("");
    pagesieve(&folder).args(["extract", "a.html", "--threads=0"]).assert().code(2);
    pagesieve(&folder).args(["extract", "a.html", "--model=none.model"]).assert().code(2).stdout_eq("");
    pagesieve(&folder).assert().code(2);
    pagesieve(&folder).arg("fry").assert().code(2);
}

#[test]
fn color_is_for_those_who_ask() {
    let folder = folder(&[]);
    pagesieve(&folder).args(["extract", "none.html"]).assert().code(2).stderr_eq("error: cannot read none.html: [..]\n");
    let colored = pagesieve(&folder).args(["--color=always", "extract", "none.html"]).assert().code(2);
    assert!(colored.get_output().stderr.starts_with(b"\x1b["));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let pages: Vec<(String, Vec<u8>)> = (0..60).map(|n| (format!("{n:02}.html"), PAGE.repeat(100).into_bytes())).collect();
    let files: Vec<(&str, &[u8])> = pages.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let mut child = Process::new(env!("CARGO_BIN_EXE_pagesieve"))
        .args([Path::new("classify"), folder.path()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(line.starts_with("{\"path\":"));
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn help_completions_and_man_page_come_from_one_definition() {
    let folder = folder(&[]);
    let said = |args: &[&str]| String::from_utf8(pagesieve(&folder).args(args).assert().success().get_output().stdout.clone()).unwrap();
    for command in ["extract", "classify"] {
        assert!(said(&["--help"]).contains(command));
        let help = said(&[command, "--help"]);
        for heading in ["Arguments:", "Input:", "Labels:", "Output:", "General:"] {
            assert!(help.contains(heading), "{command}: {heading}");
        }
        assert!(said(&["man", command]).contains("\\-\\-threshold"));
    }
    assert!(said(&["man"]).contains("pagesieve"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(said(&["completions", shell]).contains("headline"));
    }
    pagesieve(&folder).args(["man", "fry"]).assert().code(2);
}

const WALL: &str = "<title>Salt in the harbour</title><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\
    \"headline\":\"Salt in the harbour\",\"isAccessibleForFree\":false,\"datePublished\":\"2030-03-14T08:00:00+01:00\"}</script>\
    <meta property='article:content_tier' content='locked'><nav><a href=/>Home</a></nav><h1>Salt in the harbour</h1>\
    <p>The harbour of Wendhausen has been silting up for years, and nobody has found the money to dredge it.</p>\
    <div class=paywall><h3>This article is for subscribers only</h3><p>Subscribe to continue reading.</p>\
    <p>Already a subscriber? <a href=/login>Log in</a></p></div>";

#[test]
fn access_says_what_can_be_read_and_why() {
    let folder = folder(&[("free.html", PAGE.as_bytes()), ("wall.html", WALL.as_bytes())]);
    let done = pagesieve(&folder).args(["access", "."]).assert().success().stderr_eq("");
    let lines = lines(&done);
    let [free, wall] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&free["path"], &free["completeness"]), (&Value::from("./free.html"), &Value::from("complete")));
    assert!(["free", "none"].contains(&free["access"].as_str().unwrap()), "{free}");
    assert_eq!(wall["access"], "subscription", "{wall}");
    let evidence = wall["evidence"].as_array().unwrap();
    let has = |name: &str, says: &str| evidence.iter().any(|piece| piece["name"] == name && piece["says"] == says);
    assert!(has("article:content_tier", "gated") && has("json-ld isAccessibleForFree", "gated"), "{wall}");
    for line in [free, wall] {
        for name in ["access", "completeness"] {
            let sum: f64 = line["probabilities"][name].as_object().unwrap().values().map(|p| p.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{line}");
        }
    }
}

#[test]
fn extract_says_access_kind_and_metadata_with_their_sources() {
    let folder = folder(&[("wall.html", WALL.as_bytes())]);
    let done = pagesieve(&folder).args(["extract", "--format", "jsonl", "wall.html"]).assert().success();
    let row = lines(&done).remove(0);
    assert_eq!((&row["title"], &row["access"]), (&Value::from("Salt in the harbour"), &Value::from("subscription")));
    assert!(row["page_kind"].is_string() && row["gated_probability"].as_f64().unwrap() > 0.5, "{row}");
    assert_eq!(row["metadata"]["published"], serde_json::json!({"value": "2030-03-14T08:00:00+01:00", "from": "json-ld"}));
    let done = pagesieve(&folder).args(["extract", "--format", "markdown", "wall.html"]).assert().success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(text.starts_with("---\ntitle: \"Salt in the harbour\" # "), "{text}");
    assert!(text.contains("\npublished: \"2030-03-14T08:00:00+01:00\" # json-ld\n"), "{text}");
}

#[test]
fn a_page_model_that_is_none_is_refused() {
    let folder = folder(&[("a.html", PAGE.as_bytes()), ("no.model", b"no model")]);
    pagesieve(&folder).args(["access", "--page-model", "no.model", "a.html"]).assert().code(2).stderr_eq(str![[r#"
error: no.model: is no page model: expected a file that begins with "pagesieve page model"; make one with `pagesieve train-pages`

"#]]);
}
