//! What a run has counted.
//!
//! Takes what became of each record, gives counts that go into manifests and checkpoints, and a summary with times. Knows nothing of files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::Skip;
use super::row::PageOutput;
use crate::label::Label;

/// How many of the slowest pages are named.
const SLOWEST: usize = 10;

/// Counts of a run. Each record read is in exactly one of `pages`, `skipped`, `dropped` and `broken`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Pages written.
    pub pages: u64,
    /// Records that are no pages, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Pages that a filter left out, by filter.
    pub dropped: BTreeMap<String, u64>,
    /// Records that could not be read.
    pub broken: u64,
    /// Pages written, by status.
    pub status: BTreeMap<String, u64>,
    /// Blocks of the pages written, by label.
    pub blocks: BTreeMap<String, u64>,
    /// Words kept.
    pub words: u64,
    /// Paragraphs that were removed because they came before.
    pub duplicate_paragraphs: u64,
}

impl Counts {
    pub(super) fn skip(&mut self, reason: Skip) {
        self.records += 1;
        *self.skipped.entry(reason.as_str().to_owned()).or_default() += 1;
    }

    pub(super) fn drop(&mut self, filter: &str) {
        self.records += 1;
        *self.dropped.entry(filter.to_owned()).or_default() += 1;
    }

    pub(super) fn write(&mut self, output: &PageOutput) {
        self.records += 1;
        self.pages += 1;
        *self.status.entry(output.row.status.as_str().to_owned()).or_default() += 1;
        for label in Label::ALL {
            *self.blocks.entry(label.as_str().to_owned()).or_default() += output.row.record.blocks[label.index()] as u64;
        }
        self.words += output.row.record.words as u64;
    }

    pub(super) fn break_off(&mut self) {
        self.records += 1;
        self.broken += 1;
    }

    /// Whether every record is accounted for.
    pub fn add_up(&self) -> bool {
        let sum = |map: &BTreeMap<String, u64>| map.values().sum::<u64>();
        self.records == self.pages + sum(&self.skipped) + sum(&self.dropped) + self.broken && self.pages == sum(&self.status)
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub file: String,
    /// Pages in it.
    pub pages: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Its hash (SHA-256, hexadecimal).
    pub sha256: String,
}

/// A page and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlowPage {
    /// The page's `path`.
    pub path: String,
    /// Seconds.
    pub seconds: f64,
}

/// What a run did. Counts are over the whole run; times are since it was last begun or gone on with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Whether the run came to its end.
    pub complete: bool,
    /// What was counted.
    pub counts: Counts,
    /// What was written, in order; empty for a stream.
    pub parts: Vec<Part>,
    /// Seconds.
    pub seconds: f64,
    /// Pages worked on since the run was begun or gone on with.
    pub pages_worked: u64,
    /// Bytes of the inputs read in that time, as they lie in the files.
    pub bytes_read: u64,
    /// The pages that took longest.
    pub slowest: Vec<SlowPage>,
    /// With removal of duplicates: the probability that a paragraph's key was taken for seen that was not, at the end.
    pub false_positives: Option<f64>,
}

impl Summary {
    /// Pages a second.
    pub fn pages_per_second(&self) -> f64 {
        self.pages_worked as f64 / self.seconds.max(1e-9)
    }

    /// Megabytes of input a second.
    pub fn megabytes_per_second(&self) -> f64 {
        self.bytes_read as f64 / 1e6 / self.seconds.max(1e-9)
    }

    pub(super) fn slow(&mut self, path: &str, took: Duration) {
        let seconds = took.as_secs_f64();
        if self.slowest.len() == SLOWEST && self.slowest.last().is_some_and(|last| last.seconds >= seconds) {
            return;
        }
        let at = self.slowest.partition_point(|page| page.seconds >= seconds);
        self.slowest.insert(at, SlowPage { path: path.to_owned(), seconds });
        self.slowest.truncate(SLOWEST);
    }

    /// As JSON, ended by a line feed.
    pub fn to_json(&self) -> String {
        crate::export::line(self)
    }

    /// As text to read.
    pub fn to_text(&self) -> String {
        let counts = &self.counts;
        let mut text = String::new();
        let list = |map: &BTreeMap<String, u64>| {
            let entries: Vec<String> = map.iter().filter(|(_, count)| **count > 0).map(|(name, count)| format!("{name} {count}")).collect();
            if entries.is_empty() { "none".to_owned() } else { entries.join(", ") }
        };
        let total = |map: &BTreeMap<String, u64>| map.values().sum::<u64>();
        let state = if self.complete { "complete" } else { "stopped" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{state}: {} records read, {} pages written", counts.records, counts.pages);
        let _ = writeln!(text, "  skipped {}: {}", total(&counts.skipped), list(&counts.skipped));
        let _ = writeln!(text, "  dropped {}: {}", total(&counts.dropped), list(&counts.dropped));
        let _ = writeln!(text, "  broken {}", counts.broken);
        let _ = writeln!(text, "  status: {}", list(&counts.status));
        let _ = writeln!(text, "  blocks: {}", list(&counts.blocks));
        let _ = writeln!(text, "  words {}, duplicate paragraphs {}", counts.words, counts.duplicate_paragraphs);
        if let Some(rate) = self.false_positives {
            let _ = writeln!(text, "  share of keys taken for seen that were not: {rate:.2e}");
        }
        let (pages, megabytes) = (self.pages_per_second(), self.megabytes_per_second());
        let _ = writeln!(text, "  {:.1} s, {pages:.1} pages/s, {megabytes:.2} MB/s of input", self.seconds);
        for page in self.slowest.iter().take(3) {
            let _ = writeln!(text, "  slow: {:.3} s {}", page.seconds, page.path);
        }
        text
    }
}
