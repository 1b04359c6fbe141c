//! What was measured, as rows of a CSV file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::pages::{Page, megabytes};
use crate::peers::{Pass, Peer};

/// The peer that the others are compared with.
pub(crate) const REFERENCE: &str = "resiliparse";

/// One peer over all pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) language: String,
    pub(crate) pages: usize,
    /// 10⁶ bytes.
    pub(crate) megabytes: f64,
    pub(crate) runs: usize,
    /// Median processor time for all pages, and the least and greatest.
    pub(crate) seconds: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    /// What came out in one pass: bytes or characters of text, or for a part of the work nodes, blocks or features.
    pub(crate) output: u64,
    /// Pages that the peer gave up on.
    pub(crate) failed: u64,
    /// Milliseconds a page.
    pub(crate) milliseconds: f64,
    /// How many times the reference's pages a second; empty when the reference was left out.
    pub(crate) speed: Option<f64>,
}

impl Record {
    pub(crate) fn new(peer: &dyn Peer, pages: &[Page], passes: &[Pass]) -> Self {
        let mut times: Vec<f64> = passes.iter().map(|pass| pass.seconds).collect();
        times.sort_unstable_by(f64::total_cmp);
        let seconds = median(&times);
        Self {
            name: peer.name().to_owned(),
            version: peer.version().to_owned(),
            language: peer.language().to_owned(),
            pages: pages.len(),
            megabytes: round(megabytes(pages)),
            runs: times.len(),
            seconds: round(seconds),
            least: round(times.first().copied().unwrap_or(f64::NAN)),
            most: round(times.last().copied().unwrap_or(f64::NAN)),
            output: passes.first().map_or(0, |pass| pass.output),
            failed: passes.first().map_or(0, |pass| pass.failed),
            milliseconds: round(seconds * 1000.0 / pages.len() as f64),
            speed: None,
        }
    }
}

/// The middle of sorted numbers, or the mean of the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    match sorted {
        [] => f64::NAN,
        _ => (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0,
    }
}

fn round(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// The records, fastest first, with their speed beside the reference's.
pub(crate) fn with_ratios(records: &[Record]) -> Vec<Record> {
    let reference = records.iter().find(|record| record.name == REFERENCE).map(|record| record.seconds);
    let mut records = records.to_vec();
    for record in &mut records {
        record.speed = reference.map(|reference| round(reference / record.seconds));
    }
    records.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    records
}

pub(crate) fn write(path: &Path, records: &[Record]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_path(path).map_err(Failure::csv(path))?;
    records.iter().try_for_each(|record| writer.serialize(record)).map_err(Failure::csv(path))?;
    writer.flush().map_err(Failure::file(path))
}
