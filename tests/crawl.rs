//! Runs over archives and tables as a user runs them: the same rows whatever the pages come in, the same bytes however often a run is killed.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

fn html(number: usize) -> String {
    format!(
        "<html lang=en><title>Kettle {number}</title><meta name=author content='Ada Smith, Bo Wright'><link rel=canonical href={}><nav><a href=/>Home</a> <a href=/all>All kettles</a></nav><h1>Kettle {number}</h1>\
         <p>This is page {number} of the catalogue of kettles. A kettle is a vessel for boiling water, and number {number} whistles when it is \
         done, which can be heard in the garden and in most of the rooms upstairs.</p><p>Every kettle of ours is tested twice before it leaves \
         the workshop, once with cold water and once with hot, and the tester signs a card.</p>",
        url(number)
    )
}

fn url(number: usize) -> String {
    format!("https://kettles.example/{number}")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A record of a WARC; `head` are further lines.
fn record(kind: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{head}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body, b"\r\n\r\n"].concat()
}

fn response(number: usize) -> Vec<u8> {
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", html(number));
    record("response", &format!("WARC-Target-URI: {}\r\n", url(number)), http.as_bytes())
}

/// Pages as a WARC, packed by record.
fn warc(pages: std::ops::Range<usize>) -> Vec<u8> {
    pages.flat_map(|number| gzip(&response(number))).collect()
}

/// As [`warc`], but each page has a paragraph of its own: pages that differ by numbers alone are counted once.
fn catalogue(pages: std::ops::Range<usize>) -> Vec<u8> {
    let name = |number: usize| {
        [number / 26, number % 26].map(|letter| char::from(b'a' + u8::try_from(letter).unwrap())).iter().collect::<String>()
    };
    let page =
        |number: usize| format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}<p>This one is the {}.", html(number), name(number));
    let packed = |number: usize| gzip(&record("response", &format!("WARC-Target-URI: {}\r\n", url(number)), page(number).as_bytes()));
    pages.flat_map(packed).collect()
}

fn lines(pages: usize) -> String {
    (0..pages).fold(String::new(), |mut all, number| {
        writeln!(all, "{}", serde_json::json!({"url": url(number), "html": html(number)})).unwrap();
        all
    })
}

fn table(pages: usize) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "url", "html"]).unwrap();
    for number in 0..pages {
        writer.write_record([number.to_string(), url(number), html(number)]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn parquet(path: &Path, pages: usize) {
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    let column = |text: fn(usize) -> String| std::sync::Arc::new(StringArray::from_iter_values((0..pages).map(text))) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("html", column(html)), ("url", column(url))]).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn pagesieve(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pagesieve"));
    command.current_dir(folder.path()).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a run writes and says, and its exit code.
fn run(folder: &TempDir, args: &[&str]) -> (String, String, Option<i32>) {
    let done = pagesieve(folder, args).output().unwrap();
    (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap(), done.status.code())
}

/// The rows of a Parquet file: each column as in JSON Lines, with dots for nesting.
fn table_of(path: &Path) -> Vec<BTreeMap<String, Value>> {
    use arrow_array::{Array as _, Float64Array, Int64Array, ListArray, StringArray};
    let file = std::fs::File::open(path).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let texts = |list: &dyn arrow_array::Array| -> Value {
        let list = list.as_any().downcast_ref::<StringArray>().unwrap();
        list.iter().collect::<Vec<_>>().into()
    };
    let mut rows = Vec::new();
    for batch in reader.map(Result::unwrap) {
        for row in 0..batch.num_rows() {
            let value = |column: &arrow_array::ArrayRef| -> Value {
                let any = column.as_any();
                if column.is_null(row) {
                    Value::Null
                } else if let Some(column) = any.downcast_ref::<StringArray>() {
                    column.value(row).into()
                } else if let Some(column) = any.downcast_ref::<Int64Array>() {
                    column.value(row).into()
                } else if let Some(column) = any.downcast_ref::<Float64Array>() {
                    column.value(row).into()
                } else {
                    texts(&*any.downcast_ref::<ListArray>().unwrap().value(row))
                }
            };
            let names = batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
            rows.push(names.into_iter().zip(batch.columns().iter().map(value)).collect());
        }
    }
    rows
}

/// A row of JSON Lines as [`table_of`] has it.
fn flattened(row: &Value) -> BTreeMap<String, Value> {
    let mut flat = BTreeMap::new();
    for (name, value) in row.as_object().unwrap() {
        match (name.as_str(), value) {
            ("blocks", Value::Object(counts)) => {
                flat.extend(counts.iter().map(|(label, count)| (format!("blocks.{label}"), count.clone())));
            }
            ("metadata", Value::Object(facts)) => {
                for (fact, value) in facts {
                    let of = |key: &str| match value {
                        Value::Array(list) => list.iter().map(|one| one[key].clone()).collect::<Vec<_>>().into(),
                        one => one.get(key).cloned().unwrap_or(Value::Null),
                    };
                    flat.insert(format!("metadata.{fact}"), of("value"));
                    flat.insert(format!("metadata.{fact}.from"), of("from"));
                }
            }
            _ => {
                flat.insert(name.clone(), value.clone());
            }
        }
    }
    flat
}

/// The cells of a CSV file by column, as its text has them.
fn cells_of(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names = reader.headers().unwrap().clone();
    let row =
        |row: Result<csv::StringRecord, csv::Error>| names.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect();
    reader.records().map(row).collect()
}

/// A value of a row as a cell of CSV.
fn cell_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(cell_of).collect::<Vec<_>>().join("; "),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

/// The rows of a run that must read everything, without where they were read.
fn rows(folder: &TempDir, args: &[&str]) -> Vec<Value> {
    let (out, said, code) = run(folder, args);
    assert_eq!(code, Some(0), "{args:?}: {said}");
    let row = |line: &str| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().remove("path").unwrap();
        row
    };
    out.lines().map(row).collect()
}

#[test]
fn the_same_pages_give_the_same_rows_whatever_they_come_in() {
    const PAGES: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    std::fs::create_dir(folder.path().join("pages")).unwrap();
    for number in 0..PAGES {
        // A file has no address beside it: the page names it, here and below.
        write(&format!("pages/{number:02}.html"), html(number).as_bytes());
    }
    write("a.warc.gz", &warc(0..PAGES));
    write("a.warc", &(0..PAGES).flat_map(response).collect::<Vec<_>>());
    write("a.warc.zst", &(0..PAGES).flat_map(|number| zstd::encode_all(&response(number)[..], 1).unwrap()).collect::<Vec<_>>());
    write("no-name", &warc(0..PAGES));
    write("a.jsonl", lines(PAGES).as_bytes());
    write("a.jsonl.gz", &gzip(lines(PAGES).as_bytes()));
    write("a.csv", &table(PAGES));
    write("list.txt", b"a.warc.gz\n");
    parquet(&folder.path().join("a.parquet"), PAGES);
    for command in [&["extract", "--format=jsonl"][..], &["classify"]] {
        let of = |input: &str| rows(&folder, &[command, &[input][..]].concat());
        let expected = of("a.warc.gz");
        for input in ["a.warc", "a.warc.zst", "no-name", "a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet", "--files-from=list.txt"] {
            assert!(of(input) == expected, "{command:?} {input}");
        }
        let without_url = |mut rows: Vec<Value>| {
            for row in &mut rows {
                row.as_object_mut().unwrap().remove("url");
            }
            rows
        };
        assert!(without_url(of("pages")) == without_url(expected), "{command:?} files");
    }
    let places = |input: &str| {
        let (out, ..) = run(&folder, &["extract", "--format=jsonl", input]);
        let path = |line: &str| serde_json::from_str::<Value>(line).unwrap()["path"].as_str().unwrap().to_owned();
        out.lines().map(path).take(2).collect::<Vec<_>>()
    };
    let second = gzip(&response(0)).len();
    assert_eq!(places("a.warc.gz"), ["a.warc.gz#0".to_owned(), format!("a.warc.gz#{second}")]);
    assert_eq!(places("a.jsonl"), ["a.jsonl#1", "a.jsonl#2"]);
    assert_eq!(places("a.parquet"), ["a.parquet#1", "a.parquet#2"]);
}

#[test]
fn every_sink_has_the_same_rows_whatever_they_were_read_from() {
    const PAGES: usize = 5;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a.warc.gz", &warc(0..PAGES));
    write("a.jsonl", lines(PAGES).as_bytes());
    write("a.csv", &table(PAGES));
    parquet(&folder.path().join("a.parquet"), PAGES);
    let (lines, ..) = run(&folder, &["extract", "a.warc.gz", "--format=jsonl"]);
    let expected: Vec<_> = lines.lines().map(|line| flattened(&serde_json::from_str(line).unwrap())).collect();
    assert_eq!(expected.len(), PAGES);
    assert_eq!(expected[0]["metadata.authors"], serde_json::json!(["Ada Smith", "Bo Wright"]));
    let without_path = |mut row: BTreeMap<String, Value>| {
        row.remove("path");
        row
    };
    for (number, input) in ["a.warc.gz", "a.jsonl", "a.csv", "a.parquet"].into_iter().enumerate() {
        for extension in ["parquet", "csv"] {
            let out = format!("out-{number}.{extension}");
            let (_, said, code) = run(&folder, &["extract", input, "-o", &out]);
            assert_eq!(code, Some(0), "{said}");
        }
        let found = table_of(&folder.path().join(format!("out-{number}.parquet")));
        assert_eq!(found.len(), PAGES, "{input}");
        for (found, expected) in found.into_iter().zip(&expected) {
            assert_eq!(without_path(found), without_path(expected.clone()), "{input}");
        }
        let found = cells_of(&folder.path().join(format!("out-{number}.csv")));
        assert_eq!(found.len(), PAGES, "{input}");
        for (mut found, expected) in found.into_iter().zip(&expected) {
            let mut expected: BTreeMap<_, _> = expected.iter().map(|(name, value)| (name.clone(), cell_of(value))).collect();
            found.remove("path");
            expected.remove("path");
            assert_eq!(found, expected, "{input}");
        }
    }
}

/// The commands that `docs/crawls.md` shows, but for those that need a corpus.
fn documented(text: &str) -> Vec<String> {
    let shell = text.split("```sh").skip(1).map(|block| block.split("```").next().unwrap());
    shell.flat_map(str::lines).filter(|line| line.starts_with("pagesieve ") && !line.contains("CORPUS")).map(str::to_owned).collect()
}

#[test]
fn the_examples_of_the_documentation_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/crawls.md")).unwrap();
    let commands = documented(&text);
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    std::fs::create_dir_all(folder.path().join("tests/crawl")).unwrap();
    std::fs::copy(root.join("tests/crawl/kettles.warc.gz"), folder.path().join("tests/crawl/kettles.warc.gz")).unwrap();
    write("crawl.warc.gz", &warc(0..3));
    write("warcs.txt", b"crawl.warc.gz\ntests/crawl/kettles.warc.gz\n");
    // The columns have the names that the example gives them.
    let batch = {
        use arrow_array::{ArrayRef, RecordBatch, StringArray};
        let column = |text: fn(usize) -> String| std::sync::Arc::new(StringArray::from_iter_values((0..3).map(text))) as ArrayRef;
        RecordBatch::try_from_iter([("content", column(html)), ("address", column(url))]).unwrap()
    };
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(std::fs::File::create(folder.path().join("pages.parquet")).unwrap(), batch.schema(), None)
            .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(commands.len() >= 5, "{commands:?}");
    let mut of_kettles = None;
    for command in &commands {
        let args: Vec<&str> = command.split_whitespace().skip(1).take_while(|arg| *arg != "#").collect();
        let (out, said, code) = run(&folder, &args);
        assert_eq!(code, Some(0), "{command}: {said}");
        assert!(said.starts_with("complete: "), "{command}: {said}");
        if command.contains("kettles") {
            of_kettles = Some((out, said));
        }
    }
    let (out, said) = of_kettles.unwrap();
    let urls: Vec<Value> = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["url"].clone()).collect();
    assert_eq!(urls, ["https://kettles.example/copper", "https://kettles.example/iron"]);
    assert!(said.starts_with("complete: 3 records read, 2 pages written"));
    assert!(folder.path().join("clean/_SUCCESS.json").exists() && folder.path().join("blocks.parquet").exists());
}

#[test]
fn texts_of_a_wet_file_are_labelled_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Home\nThe ferry was late again on Tuesday, and the harbour office gave no reason for it.\nSubscribe";
    let wet = record("conversion", "WARC-Target-URI: https://a.example/\r\nContent-Type: text/plain\r\n", text.as_bytes());
    std::fs::write(folder.path().join("a.warc.wet.gz"), gzip(&wet)).unwrap();
    let found = rows(&folder, &["classify", "a.warc.wet.gz"]);
    assert_eq!(found.iter().map(|row| row["text"].as_str().unwrap()).collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
    assert!(found.iter().all(|row| row["tag"] == ""));
}

#[test]
fn every_record_read_is_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let http = |head: &str, body: &[u8]| record("response", "", &[format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat());
    let mut damaged = gzip(&response(3));
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8].fill(0xff);
    let members = [
        gzip(&record("warcinfo", "", b"a: b")),
        gzip(&response(1)),
        gzip(&http("302 Found", b"")),
        gzip(&http("500 Oops", b"")),
        gzip(&http("200 OK\r\nContent-Type: image/png", b"\x89PNG")),
        damaged,
        gzip(&record("revisit", "", b"")),
        gzip(&http("200 OK\r\nContent-Type: text/html", b"<p>short page, few words")),
        gzip(&response(2)),
    ];
    std::fs::write(folder.path().join("a.warc.gz"), members.concat()).unwrap();
    let args = ["extract", "a.warc.gz", "--format=jsonl", "--min-words=20", "--summary=s.json"];
    let (out, said, code) = run(&folder, &args);
    assert_eq!((out.lines().count(), code), (2, Some(2)), "{said}");
    let at: usize = members[..5].iter().map(Vec::len).sum();
    assert!(said.contains(&format!("error: a.warc.gz: byte {at}: ")), "{said}");
    assert!(said.contains("complete: 9 records read, 2 pages written"), "{said}");
    let summary: Value = serde_json::from_slice(&std::fs::read(folder.path().join("s.json")).unwrap()).unwrap();
    let counts = &summary["counts"];
    assert_eq!((&counts["records"], &counts["pages"], &counts["broken"]), (&9.into(), &2.into(), &1.into()));
    assert_eq!(counts["skipped"], serde_json::json!({"no-page": 1, "redirect": 1, "http-error": 1, "not-html": 1, "revisit": 1}));
    assert_eq!(counts["dropped"], serde_json::json!({"words": 1}));
}

#[test]
fn filters_leave_out_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let german = "<p>Der Wasserkessel pfeift, wenn das Wasser kocht, und man hört ihn im Garten und in den meisten Zimmern oben. Er wird \
        zweimal geprüft, bevor er die Werkstatt verlässt, einmal mit kaltem und einmal mit heißem Wasser.</p>";
    let long = format!("{}{}", html(1), "<p>And one more paragraph of this page, which goes on and on about kettles.".repeat(200));
    for (name, text) in [("a.html", html(1)), ("b.html", german.to_owned()), ("c.html", String::new()), ("d.html", long)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let of = |args: &[&str]| {
        let found = rows(
            &folder,
            &[&["extract", ".", "--format=jsonl", "--keep=content,navigation,caption,subscription-prompt"][..], args].concat(),
        );
        found
            .iter()
            .map(|row| format!("{} {}", row["language"].as_str().unwrap_or("-"), row["status"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&[]), ["eng ok", "deu ok", "- empty", "eng ok"]);
    assert_eq!(of(&["--lang=de"]), ["deu ok"]);
    assert_eq!(of(&["--lang=eng,deu", "--max-bytes=2000", "--drop-status=bytes"]), ["eng ok", "deu ok"]);
    assert_eq!(of(&["--max-bytes=2000"])[3], "eng bytes");
    assert_eq!(of(&["--max-nodes=100"])[3], "eng nodes");
    assert_eq!(of(&["--max-seconds=0.000000001"])[0], "- time");
    assert_eq!(run(&folder, &["extract", ".", "--lang=xx"]).2, Some(2));
}

#[test]
fn pages_are_left_out_by_their_access_in_every_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for name in ["open", "wall"] {
        std::fs::copy(root.join(format!("tests/access/{name}.html")), folder.path().join(format!("{name}.html"))).unwrap();
    }
    let verdicts = rows(&folder, &["access", "open.html", "wall.html"]);
    let verdict = |page: usize| verdicts[page]["access"].as_str().unwrap();
    assert_ne!(verdict(0), verdict(1));
    for command in
        [&["extract", "--format=jsonl"][..], &["extract", "--format=text"], &["extract", "--format=csv"], &["classify"], &["access"]]
    {
        let drop = |verdicts: &str| {
            let drop = format!("--drop-access={verdicts}");
            let (_, said, code) = run(&folder, &[command, &["open.html", "wall.html", "--summary=s.json", &drop]].concat());
            assert_eq!(code, Some(0), "{said}");
            let summary: Value = serde_json::from_slice(&std::fs::read(folder.path().join("s.json")).unwrap()).unwrap();
            (summary["counts"]["pages"].clone(), summary["counts"]["dropped"].clone())
        };
        assert_eq!(drop(verdict(1)), (1.into(), serde_json::json!({"access": 1})), "{command:?}");
        assert_eq!(drop(&format!("{},{}", verdict(0), verdict(1))), (0.into(), serde_json::json!({"access": 2})), "{command:?}");
    }
    let left = rows(&folder, &["extract", ".", "--format=jsonl", &format!("--drop-access={}", verdict(1))]);
    assert_eq!(left.iter().map(|row| row["access"].as_str().unwrap()).collect::<Vec<_>>(), [verdict(0)]);
    let (_, said, code) = run(&folder, &["extract", ".", "--drop-access=walled"]);
    assert!(code == Some(2) && said.contains("subscription"), "{said}");
}

#[test]
fn a_folder_without_pages_is_told_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.md"), "x").unwrap();
    let (_, said, code) = run(&folder, &["extract", "."]);
    assert!(code == Some(2) && [".html", ".warc", ".wet", ".jsonl", ".csv", ".parquet"].iter().all(|name| said.contains(name)), "{said}");
}

#[test]
fn paragraphs_that_came_before_are_taken_off() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), warc(0..3)).unwrap();
    let keep = "--keep=content,navigation,caption,subscription-prompt";
    let texts = |args: &[&str]| {
        let found = rows(&folder, &[&["extract", "a.warc.gz", "--format=jsonl", keep][..], args].concat());
        found.iter().map(|row| row["text"].as_str().unwrap().matches("tested twice").count()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[]), [1, 1, 1]);
    assert_eq!(texts(&["--dedup"]), [1, 0, 0]);
    assert_eq!(run(&folder, &["extract", "a.warc.gz", "--dedup", "--format=html"]).2, Some(2));
}

#[test]
fn what_recurs_on_a_site_is_evidence_whatever_the_threads_and_interruptions() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), catalogue(0..40)).unwrap();
    let base = ["classify", "a.warc.gz"];
    let probabilities = |args: &[&str]| {
        let found = rows(&folder, &[&base[..], args].concat());
        let of = |text: &str| {
            let row = found.iter().find(|row| row["text"].as_str().unwrap().contains(text)).unwrap();
            row["probabilities"]["navigation"].as_f64().unwrap() / row["probabilities"]["content"].as_f64().unwrap().max(1e-9)
        };
        [of("tested twice"), of("page 0 of the catalogue"), of("Kettle 0")]
    };
    let (without, with) = (probabilities(&[]), probabilities(&["--site-memory"]));
    // The odds of navigation against content grow; numbers make no difference, so that the others recur as well.
    assert!(with.iter().zip(without).all(|(with, without)| *with >= without), "{with:?} {without:?}");
    assert!(with.iter().zip(without).any(|(with, without)| *with > without), "{with:?} {without:?}");
    // One page of a site has nothing to go by.
    std::fs::write(folder.path().join("one.warc.gz"), catalogue(0..1)).unwrap();
    assert_eq!(rows(&folder, &["classify", "one.warc.gz", "--site-memory=1MB"]), rows(&folder, &["classify", "one.warc.gz"]));
    let (one, ..) = run(&folder, &[&base[..], &["--site-memory=1MB", "--threads=1"]].concat());
    assert_eq!(run(&folder, &[&base[..], &["--site-memory=1MB", "--threads=7"]].concat()).0, one);

    let args = [&base[..], &["--site-memory=1MB", "--checkpoint=5", "--output=out.jsonl", "--resume"]].concat();
    for round in 0..8 {
        let mut child = pagesieve(&folder, &args).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random(round) % 400));
        kill(&mut child);
    }
    assert_eq!(run(&folder, &args).2, Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap(), one);
    assert!(!folder.path().join("out.jsonl.sites").exists());

    let (_, said, code) = run(&folder, &["extract", "a.warc.gz", "--dedup", "--dedup-memory=9000000000GB"]);
    assert!(code == Some(2) && said.contains("expected no more than this machine has"), "{said}");
    let (_, said, code) = run(&folder, &["extract", "-", "--input-format=warc", "--site-memory"]);
    assert!(code == Some(2) && said.contains("standard input: expected a file, since it is read twice"), "{said}");
}

/// All files in a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
}

#[test]
fn shards_hold_the_rows_of_one_file_and_a_manifest_says_what_is_in_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), warc(0..30)).unwrap();
    let (whole, ..) = run(&folder, &["extract", "a.warc.gz", "--format=jsonl"]);
    let (_, said, code) = run(&folder, &["extract", "a.warc.gz", "--shard-size=4KB", "--compress=zst", "-o", "out"]);
    assert_eq!(code, Some(0), "{said}");
    let mut found = files(&folder.path().join("out"));
    let manifest: Value = serde_json::from_slice(&found.remove("_SUCCESS.json").unwrap()).unwrap();
    let parts = manifest["parts"].as_array().unwrap();
    assert!(parts.len() > 2 && found.len() == parts.len(), "{found:?}");
    assert_eq!(parts.iter().map(|part| part["pages"].as_u64().unwrap()).sum::<u64>(), 30);
    let joined: Vec<u8> = found.values().flat_map(|bytes| zstd::decode_all(&bytes[..]).unwrap()).collect();
    assert_eq!(String::from_utf8(joined).unwrap(), whole);
    assert!(found.keys().next().is_some_and(|name| name == "part-00000.jsonl.zst"));
    // What is there is not written over; what is complete is not done again.
    assert_eq!(run(&folder, &["extract", "a.warc.gz", "-o", "out"]).2, Some(2));
    let (_, said, code) = run(&folder, &["extract", "a.warc.gz", "--shard-size=4KB", "-o", "out", "--resume"]);
    assert!(code == Some(0) && said.contains("complete already"), "{said}");
}

#[test]
fn formats_follow_the_name_of_the_output() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), warc(0..4)).unwrap();
    for (command, name) in [
        ("extract", "o.jsonl"),
        ("extract", "o.jsonl.gz"),
        ("extract", "o.csv"),
        ("extract", "o.parquet"),
        ("extract", "o.md"),
        ("extract", "o.txt"),
        ("classify", "b.jsonl.zst"),
        ("classify", "b.csv"),
        ("classify", "b.parquet"),
    ] {
        let (_, said, code) = run(&folder, &[command, "a.warc.gz", "-o", name]);
        assert_eq!(code, Some(0), "{name}: {said}");
    }
    let names: Vec<String> = files(folder.path()).into_keys().collect();
    assert_eq!(names, ["a.warc.gz", "b.csv", "b.jsonl.zst", "b.parquet", "o.csv", "o.jsonl", "o.jsonl.gz", "o.md", "o.parquet", "o.txt"]);
    let mut unpacked = String::new();
    let packed = files(folder.path()).remove("o.jsonl.gz").unwrap();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, std::fs::read_to_string(folder.path().join("o.jsonl")).unwrap());
    let schema = |name: &str| {
        let file = std::fs::File::open(folder.path().join(name)).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let null = |field: &arrow_schema::Field| if field.is_nullable() { ", null" } else { "" };
        let rows: Vec<String> =
            reader.schema().fields().iter().map(|field| format!("{}: {}{}", field.name(), field.data_type(), null(field))).collect();
        // The four pages are alike: each has as many rows.
        let count = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>();
        assert!(count > 0 && count.is_multiple_of(4), "{name}: {count}");
        rows
    };
    // The documentation has both schemas, word for word.
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/crawls.md")).unwrap();
    for (name, title) in [("o.parquet", "A page a row:"), ("b.parquet", "A block a row:")] {
        let written = docs.split_once(title).unwrap().1.split("```").nth(1).unwrap().trim_start_matches("text");
        assert_eq!(written.trim(), schema(name).join("\n"), "{name}");
    }
    // Without the facts the columns are there, and empty.
    let (_, said, code) = run(&folder, &["extract", "a.warc.gz", "--no-facts", "-o", "n.parquet"]);
    assert_eq!(code, Some(0), "{said}");
    for (row, whole) in table_of(&folder.path().join("n.parquet")).into_iter().zip(table_of(&folder.path().join("o.parquet"))) {
        for (name, value) in row {
            let fact =
                ["access", "completeness", "gated", "disagreements", "page_kind", "metadata."].iter().any(|fact| name.starts_with(fact));
            assert_eq!(value, if fact { Value::Null } else { whole[&name].clone() }, "{name}");
        }
    }
    let (lines, ..) = run(&folder, &["extract", "a.warc.gz", "--no-facts", "--format=jsonl"]);
    assert!(lines.lines().count() == 4 && !lines.contains("\"access\""));
    let (text, ..) = run(&folder, &["extract", "a.warc.gz", "--no-facts", "--format=markdown"]);
    assert!(!text.contains("author"), "{text}");
    // What one run has written, another reads: the text column of JSON Lines is plain text.
    assert_eq!(rows(&folder, &["extract", "o.jsonl", "--format=jsonl"]).len(), 4);
    assert_eq!(rows(&folder, &["extract", "o.parquet", "--format=jsonl"]).len(), 4);
}

/// All files in a folder and in those within it, by name.
fn all_files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            all.extend(files(&entry.path()).into_iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
        } else {
            all.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// A number from a seed (`SplitMix64`), so that kills come at other times in each run and at the same in each test.
fn random(seed: u64) -> u64 {
    let value = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^ (value >> 27)
}

fn kill(child: &mut Child) {
    // SIGKILL: the program cannot tidy up.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_same_bytes() {
    const KILLS: u64 = 50;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), warc(0..60)).unwrap();
    std::fs::write(folder.path().join("b.jsonl"), lines(40)).unwrap();
    std::fs::write(folder.path().join("c.warc.gz"), [&warc(60..90)[..], b"\x1f\x8b\x08\0 damaged", &warc(90..120)].concat()).unwrap();
    let base = ["extract", "a.warc.gz", "b.jsonl", "c.warc.gz", "--checkpoint=7", "--dedup=near", "--dedup-memory=64KiB", "--resume"];
    let keep = "--keep=content,navigation,caption,subscription-prompt";
    let outputs: [&[&str]; 3] = [
        &["-o", "x/one.jsonl.gz"],
        &["-o", "x/many", "--shard-size=3KB", "--format=jsonl"],
        &["-o", "x/table", "--shard-size=20KB", "--format=parquet"],
    ];
    let mut killed = 0;
    for (number, output) in (0..).zip(outputs) {
        let args = |root: &str| {
            let output: Vec<String> = output.iter().map(|arg| arg.replace("x/", &format!("{root}/"))).collect();
            base.iter().map(|arg| (*arg).to_owned()).chain([keep.to_owned()]).chain(output).collect::<Vec<_>>()
        };
        let (still, shaken) = (format!("still{number}"), format!("shaken{number}"));
        for root in [&still, &shaken] {
            std::fs::create_dir_all(folder.path().join(root)).unwrap();
        }
        let command = |root: &str| {
            let args = args(root);
            pagesieve(&folder, &args.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let begun = std::time::Instant::now();
        assert_eq!(command(&still).output().unwrap().status.code(), Some(2), "one damaged record is named");
        let mut whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
        let share = [KILLS / 2, KILLS / 4, KILLS - KILLS / 2 - KILLS / 4][number];
        let (mut interrupted, mut round) = (0, 0);
        while interrupted < share {
            assert!(round < 100 * KILLS, "only {interrupted} of {round} runs could be killed before their end");
            let mut child = command(&shaken).spawn().unwrap();
            let waited = random(round + 1000 * number as u64) % whole.max(1000);
            std::thread::sleep(Duration::from_micros(waited));
            round += 1;
            if child.try_wait().unwrap().is_some() {
                // It came to its end: the next begins anew, and has less time.
                whole -= whole / 8;
                std::fs::remove_dir_all(folder.path().join(&shaken)).unwrap();
                std::fs::create_dir_all(folder.path().join(&shaken)).unwrap();
                continue;
            }
            kill(&mut child);
            interrupted += 1;
            let bytes: usize = all_files(&folder.path().join(&shaken)).values().map(Vec::len).sum();
            eprintln!("kill {interrupted} of {share} of {}: {} ms after its start, with {bytes} bytes written", output[1], waited / 1000);
        }
        killed += interrupted;
        let end = command(&shaken).output().unwrap();
        assert!(end.status.code().is_some_and(|code| code == 2 || code == 0), "{}", String::from_utf8_lossy(&end.stderr));
        let (still, shaken) = (all_files(&folder.path().join(&still)), all_files(&folder.path().join(&shaken)));
        assert_eq!(still.keys().collect::<Vec<_>>(), shaken.keys().collect::<Vec<_>>());
        for (name, bytes) in &still {
            assert!(shaken[name] == *bytes, "{name} differs");
        }
    }
    assert_eq!(killed, KILLS);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_that_can_be_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.warc.gz"), warc(0..400)).unwrap();
    let args = ["extract", "a.warc.gz", "--checkpoint=10", "--threads=1", "-o", "out.jsonl"];
    let child = pagesieve(&folder, &args).spawn().unwrap();
    let checkpoint = folder.path().join("out.jsonl.checkpoint");
    while !checkpoint.exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!((done.status.code(), said.contains("--resume goes on")), (Some(130), true), "{said}");
    assert!(!folder.path().join("out.jsonl").exists());
    // Without --resume nothing is thrown away; with other options nothing is mixed.
    assert_eq!(run(&folder, &args).2, Some(2));
    let (_, said, code) = run(&folder, &[&args[..], &["--resume", "--min-words=3"]].concat());
    assert!(code == Some(2) && said.contains("other inputs, options or another model"), "{said}");
    assert_eq!(run(&folder, &[&args[..], &["--resume"]].concat()).2, Some(0));
    let (whole, ..) = run(&folder, &["extract", "a.warc.gz", "--format=jsonl"]);
    assert_eq!(std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap(), whole);
    assert_eq!(files(folder.path()).into_keys().collect::<Vec<_>>(), ["a.warc.gz", "out.jsonl"]);
}
