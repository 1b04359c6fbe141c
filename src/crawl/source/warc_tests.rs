//! Archives, whole and damaged: what each gives.

use std::io::Write as _;

use super::*;
use crate::packed::gzip;

const LIMIT: usize = 10_000;

fn record(kind: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{head}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body, b"\r\n\r\n"].concat()
}

fn page(number: usize) -> Vec<u8> {
    let html = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>page {number}");
    record("response", &format!("WARC-Target-URI: https://a.example/{number}\r\n"), html.as_bytes())
}

/// What an archive gives: the last word of a page, the reason of a record that is none, the place and problem of a broken one.
fn read(bytes: &[u8], as_stream: bool) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let raw = if as_stream { Raw::stream(Box::new(io::Cursor::new(bytes.to_vec()))) } else { Raw::open(file.path()).unwrap() };
    let mut source = WarcSource::new(Path::new("a.warc").into(), raw, LIMIT);
    let mut all = Vec::new();
    while let Some(item) = source.next() {
        assert!(all.len() < 100, "{all:?}");
        all.push(match item {
            Item::Page(Record { body: Body::HtmlBytes(bytes, _), .. }) => {
                String::from_utf8_lossy(bytes.rsplit(|byte| *byte == b' ').next().unwrap()).into_owned()
            }
            Item::Page(record) => format!("{:?}", record.body),
            Item::Skipped(reason) => reason.as_str().to_owned(),
            Item::Broken(error) => error.to_string().replace("a.warc: ", ""),
        });
    }
    assert!(source.next().is_none());
    assert!(source.position() <= bytes.len() as u64);
    all
}

/// The same archive plain, packed by record with both packings, and as one gzip member.
fn packings(records: &[Vec<u8>]) -> [Vec<u8>; 4] {
    let whole = records.concat();
    let zstd = |record: &Vec<u8>| zstd::encode_all(&record[..], 1).unwrap();
    [
        records.iter().map(|record| gzip(record)).collect::<Vec<_>>().concat(),
        records.iter().map(zstd).collect::<Vec<_>>().concat(),
        whole.clone(),
        gzip(&whole),
    ]
}

#[test]
fn records_are_told_apart_however_they_are_packed() {
    let http = |head: &str, body: &str| format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes();
    let records = [
        record("warcinfo", "", b"software: x"),
        page(1),
        record("request", "", b"GET / HTTP/1.1\r\n\r\n"),
        record("response", "", &http("301 Moved\r\nLocation: /", "")),
        record("response", "", &http("404 Not Found\r\nContent-Type: text/html", "<p>no")),
        record("response", "", &http("200 OK\r\nContent-Type: image/png", "\u{89}PNG")),
        record("response", "", &http("200 OK\r\nContent-Type: text/html", "%PDF-1.7")),
        record("response", "", &http("200 OK\r\nContent-Type: text/html", " \n")),
        record("response", "Content-Type: text/dns\r\n", b"a.example 300 IN A"),
        record("revisit", "", b""),
        record("resource", "Content-Type: text/html\r\n", b"<p>page 2"),
        record("conversion", "Content-Type: text/plain\r\n", b"One line"),
        record("metadata", "", b"x: y"),
        page(3),
    ];
    let expected = [
        "no-page",
        "1",
        "no-page",
        "redirect",
        "http-error",
        "not-html",
        "not-html",
        "empty",
        "no-page",
        "revisit",
        "2",
        "Text(\"One line\")",
        "no-page",
        "3",
    ];
    for bytes in packings(&records) {
        assert_eq!(read(&bytes, false), expected);
        assert_eq!(read(&bytes, true), expected);
    }
}

#[test]
fn a_damaged_member_costs_itself_alone() {
    let members: Vec<Vec<u8>> = (0..5).map(|number| gzip(&page(number))).collect();
    let whole = members.concat();
    let second = members[0].len();
    // A byte within the second member's packed data.
    let mut flipped = whole.clone();
    for byte in &mut flipped[second + 30..second + 40] {
        *byte ^= 0x55;
    }
    for as_stream in [false, true] {
        let found = read(&flipped, as_stream);
        assert_eq!((found.len(), found[0].as_str(), found[4].as_str()), (5, "0", "4"), "{found:?}");
        assert!(found[1].starts_with(&format!("byte {second}: ")), "{found:?}");
    }
    // The second member has lost its end: what follows looks like more of it.
    let cut = [&whole[..second + members[1].len() - 20], &whole[second + members[1].len()..]].concat();
    let found = read(&cut, false);
    assert_eq!([&found[0], &found[2], &found[3], &found[4]], ["0", "2", "3", "4"], "{found:?}");
    assert!(found[1].starts_with(&format!("byte {second}: ")), "{found:?}");
    // The checksum is wrong, the data right.
    let mut sum = whole;
    sum[second + members[1].len() - 6] ^= 1;
    let found = read(&sum, false);
    assert_eq!((found.len(), found[1].contains("damaged")), (5, true), "{found:?}");
}

#[test]
fn a_damaged_zstd_frame_costs_itself_alone() {
    let frames: Vec<Vec<u8>> = (0..4).map(|number| zstd::encode_all(&page(number)[..], 3).unwrap()).collect();
    let mut bytes = frames.concat();
    let second = frames[0].len();
    bytes[second + 6..second + 20].fill(0xff);
    let found = read(&bytes, false);
    assert_eq!((found.first().map(String::as_str), found.last().map(String::as_str)), (Some("0"), Some("3")), "{found:?}");
    assert!(found[1].starts_with(&format!("byte {second}: ")), "{found:?}");
}

#[test]
fn a_file_that_breaks_off_says_where() {
    let records: Vec<Vec<u8>> = (0..3).map(page).collect();
    let [gz, zst, plain, one] = packings(&records);
    let last = gz.len() - gzip(&records[2]).len();
    let found = read(&gz[..gz.len() - 12], false);
    assert_eq!(found[..2], ["0", "1"]);
    assert!(found[2].starts_with(&format!("byte {last}: the packed data breaks off")), "{found:?}");
    assert!(read(&zst[..zst.len() - 3], true)[2].contains("breaks off"));
    let found = read(&plain[..plain.len() - 12], false);
    assert!(
        found[2].starts_with(&format!("byte {}: Content-Length is", plain.len() / 3 * 2)) && found[2].contains("truncated"),
        "{found:?}"
    );
    assert_eq!(read(&one[..one.len() - 12], false).len(), 3);
}

#[test]
fn a_wrong_length_costs_itself_alone() {
    let with_length = |number: usize, change: i64| {
        let text = String::from_utf8(page(number)).unwrap();
        let length: i64 = text.split("Content-Length: ").nth(1).unwrap().split('\r').next().unwrap().parse().unwrap();
        text.replace(&format!("Content-Length: {length}"), &format!("Content-Length: {}", length + change)).into_bytes()
    };
    for change in [-5, 9, 1000, 1 << 40] {
        let records = [page(0), with_length(1, change), page(2), page(3)];
        let [gz, zst, plain, _] = packings(&records);
        for bytes in [gz, zst, plain] {
            let found = read(&bytes, false);
            assert_eq!([&found[0], &found[2], &found[3]], ["0", "2", "3"], "{change}: {found:?}");
            assert!(found[1].starts_with("byte ") && found.len() == 4, "{found:?}");
        }
    }
    // In one gzip member there is no way back: records that were swallowed are lost, those after them are not.
    let found = read(&gzip(&[page(0), with_length(1, -5), page(2), page(3)].concat()), false);
    assert_eq!((found.len(), found[3].as_str()), (4, "3"), "{found:?}");
}

#[test]
fn a_head_that_is_none_costs_itself_alone() {
    let no_length = b"WARC/1.0\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\n<p>x\r\n\r\n".to_vec();
    let no_type = b"WARC/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n".to_vec();
    let no_number = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\nabc\r\n\r\n".to_vec();
    let endless = [b"WARC/1.0\r\nX: ".to_vec(), vec![b'x'; 2 * MAX_HEAD], b"\r\n\r\n".to_vec()].concat();
    let garbage = b"this is no record at all\r\n".to_vec();
    for (broken, problem) in [
        (no_length, "no Content-Length"),
        (no_type, "no WARC-Type"),
        (no_number, "no number"),
        (endless, "longer than"),
        (garbage, "no record begins here"),
        (vec![b'\n'; 2 * MAX_HEAD], "empty lines"),
    ] {
        let [gz, zst, plain, one] = packings(&[page(0), broken, page(2)]);
        for bytes in [gz, zst, plain, one] {
            let found = read(&bytes, false);
            assert_eq!((found.len(), found[0].as_str(), found[2].as_str()), (3, "0", "2"), "{problem}: {found:?}");
            assert!(found[1].contains(problem), "{found:?}");
        }
    }
}

#[test]
fn bombs_and_giants_are_cut_and_the_rest_goes_on() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p> ";
    let giant = record("response", "", &[&head[..], &vec![b'a'; 40 << 20]].concat());
    let packed = gzip(&[b"<p> ".to_vec(), vec![b'b'; 40 << 20]].concat());
    let bomb = [&b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"[..], &packed].concat();
    let [gz, _, plain, _] = packings(&[page(0), giant, record("response", "", &bomb), page(3)]);
    for bytes in [gz, plain] {
        let found = read(&bytes, false);
        let lengths: Vec<usize> = found.iter().map(String::len).collect();
        assert_eq!(lengths, [1, LIMIT - 4, LIMIT - 4, 1]);
    }
    // More than is worth unpacking: a member that says so is left, however little of it there is.
    let endless = format!("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {}\r\n\r\n", MAX_RECORD + 1).into_bytes();
    let found = read(&[gzip(&page(0)), gzip(&endless), gzip(&page(2))].concat(), false);
    assert_eq!((found.len(), found[2].as_str(), found[1].contains("are not unpacked")), (3, "2", true), "{found:?}");
}

#[test]
fn a_dictionary_at_the_head_of_a_zstd_archive_is_used() {
    let pages: Vec<Vec<u8>> = (0..200).map(page).collect();
    let dictionary = zstd::dict::from_samples(&pages, 4096).unwrap();
    for dictionary_frame in [dictionary.clone(), zstd::encode_all(&dictionary[..], 3).unwrap()] {
        let mut bytes = vec![DICTIONARY_FRAME, 0x2a, 0x4d, 0x18];
        bytes.extend_from_slice(&u32::try_from(dictionary_frame.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&dictionary_frame);
        for page in &pages[..3] {
            let mut encoder = zstd::Encoder::with_dictionary(Vec::new(), 3, &dictionary).unwrap();
            encoder.write_all(page).unwrap();
            bytes.extend_from_slice(&encoder.finish().unwrap());
        }
        assert_eq!(read(&bytes, false), ["0", "1", "2"]);
    }
}

/// The first byte of the skippable frame that holds a dictionary.
const DICTIONARY_FRAME: u8 = 0x5d;

#[test]
fn nothing_and_noise_are_no_archives() {
    assert!(read(b"", false).is_empty());
    assert!(read(b"\r\n\r\n", false).is_empty());
    let noise: Vec<u8> = (0..50_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(read(&noise, false).len(), 1);
    assert_eq!(read(&[&[0x1f, 0x8b, 8, 0], &noise[..]].concat(), false).len(), 1);
}
