//! What tokens say: smoothed log-odds of each label given a token, learnt from labelled pages.
//!
//! Takes token lists with labels, gives [`EvidenceTable`]; takes a table and token lists, gives features. A token is counted once for a page
//! and label, so that one page's habits cannot drown the others'.

use rustc_hash::{FxHashMap, FxHashSet};

use super::schema::{FeatureDef, Unit};
use super::token::{FAMILIES, FAMILY_COUNT, TokenLists};
use crate::label::Label;

const K: usize = Label::COUNT;

/// Log-odds are kept as multiples of 1/16 nat: finer than their own error, and a byte each.
const STEPS_PER_NAT: f32 = 16.0;

/// The group's name in the schema.
pub(super) const GROUP: &str = "evidence";

/// Two features for each family and label: mean log-odds times `ln(1 + n)`, and the greatest.
pub(super) fn definitions() -> Vec<FeatureDef> {
    let mut definitions = Vec::new();
    for (family, doc) in FAMILIES {
        for (statistic, meaning) in
            [("mean", "mean log-odds of the block's tokens times ln(1 + their number)"), ("max", "greatest log-odds among them")]
        {
            for label in Label::ALL {
                definitions.push(FeatureDef {
                    group: GROUP,
                    name: format!("{family}_{statistic}_{label}").into(),
                    unit: Unit::LogOdds,
                    doc: format!("{meaning}, for {label}; tokens: {doc}").into(),
                });
            }
        }
    }
    definitions
}

/// How many columns [`EvidenceTable::fill`] writes.
pub(super) const COLUMNS: usize = FAMILY_COUNT * 2 * K;

/// How counts become log-odds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EvidenceParams {
    /// Pages that must have a token for it to be kept.
    pub(crate) min_pages: f32,
    /// Strength of the prior, in pages.
    pub(crate) smoothing: f32,
    /// Tokens whose log-odds all lie within this are dropped.
    pub(crate) min_log_odds: f32,
}

/// Counts of pages by token, fold and label.
#[derive(Debug, Default)]
pub(crate) struct EvidenceCounts {
    folds: usize,
    counts: FxHashMap<u32, Box<[[f32; K]]>>,
    totals: Vec<[[f32; K]; FAMILY_COUNT]>,
    family: FxHashMap<u32, u8>,
}

impl EvidenceCounts {
    pub(crate) fn new(folds: usize) -> Self {
        Self { folds, totals: vec![[[0.0; K]; FAMILY_COUNT]; folds], ..Self::default() }
    }

    /// Counts a page: `labels` gives each block's label and how far it is trusted (0 to 1), or `None`.
    pub(crate) fn add_page(&mut self, fold: usize, lists: &TokenLists, labels: &[Option<(Label, f32)>]) {
        let mut seen: FxHashSet<(u32, usize)> = FxHashSet::default();
        for (block, label) in labels.iter().enumerate() {
            let Some((label, weight)) = label else { continue };
            for family in 0..FAMILY_COUNT {
                for token in lists.of(block, family) {
                    let key = key(*token, family);
                    if seen.insert((key, label.index())) {
                        let entry = self.counts.entry(key).or_insert_with(|| vec![[0.0; K]; self.folds].into());
                        entry[fold][label.index()] += weight;
                        self.totals[fold][family][label.index()] += weight;
                        self.family.entry(key).or_insert_with(|| u8::try_from(family).unwrap_or(u8::MAX));
                    }
                }
            }
        }
    }

    /// The table of all folds that `used` names.
    pub(crate) fn table(&self, params: EvidenceParams, used: impl Fn(usize) -> bool) -> EvidenceTable {
        let folds: Vec<usize> = (0..self.folds).filter(|fold| used(*fold)).collect();
        let mut priors = [[0.0_f32; K]; FAMILY_COUNT];
        for fold in &folds {
            for (prior, total) in priors.iter_mut().zip(&self.totals[*fold]) {
                for (prior, total) in prior.iter_mut().zip(total) {
                    *prior += total;
                }
            }
        }
        for prior in &mut priors {
            let sum = prior.iter().sum::<f32>().max(1.0);
            for share in prior {
                *share = (*share / sum).clamp(1e-4, 1.0 - 1e-4);
            }
        }
        let mut entries: Vec<(u32, [i8; K])> = Vec::new();
        for (key, by_fold) in &self.counts {
            let mut counts = [0.0_f32; K];
            for fold in &folds {
                counts.iter_mut().zip(&by_fold[*fold]).for_each(|(count, more)| *count += more);
            }
            let prior = &priors[usize::from(self.family.get(key).copied().unwrap_or(0))];
            if let Some(odds) = log_odds(counts, prior, params) {
                entries.push((*key, odds));
            }
        }
        entries.sort_unstable();
        EvidenceTable::new(&entries)
    }
}

/// Log-odds of each label given a token, less the prior log-odds: `ln((c_k + s p_k) / (c - c_k + s (1 - p_k))) - ln(p_k / (1 - p_k))` with the
/// token's count `c_k` for the label, `c` over labels, the prior share `p_k` and smoothing `s`.
fn log_odds(counts: [f32; K], prior: &[f32; K], params: EvidenceParams) -> Option<[i8; K]> {
    let total: f32 = counts.iter().sum();
    if total < params.min_pages {
        return None;
    }
    let mut odds = [0_i8; K];
    let mut strongest = 0.0_f32;
    for (label, odds) in odds.iter_mut().enumerate() {
        let (count, share) = (counts[label], prior[label]);
        let raw =
            ((count + params.smoothing * share) / (total - count + params.smoothing * (1.0 - share))).ln() - (share / (1.0 - share)).ln();
        strongest = strongest.max(raw.abs());
        *odds = steps(raw);
    }
    (strongest >= params.min_log_odds).then_some(odds)
}

/// Log-odds in steps of 1/16 nat, at most 127 either way.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i8")]
fn steps(log_odds: f32) -> i8 {
    (log_odds * STEPS_PER_NAT).round().clamp(-127.0, 127.0) as i8
}

fn key(token: u32, family: usize) -> u32 {
    // 0 marks an empty place in the table.
    (token ^ (u32::try_from(family).unwrap_or(u32::MAX) + 1).wrapping_mul(0x9e37_79b9)).max(1)
}

/// Log-odds by token: open addressing over a power of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvidenceTable {
    places: Vec<(u32, [i8; K])>,
    mask: usize,
    entries: usize,
}

impl EvidenceTable {
    /// From entries with distinct keys.
    pub(crate) fn new(entries: &[(u32, [i8; K])]) -> Self {
        let size = (entries.len() * 3 / 2 + 1).next_power_of_two();
        let mut table = Self { places: vec![(0, [0; K]); size], mask: size - 1, entries: entries.len() };
        for entry in entries {
            let mut at = entry.0 as usize & table.mask;
            while table.places[at].0 != 0 {
                at = (at + 1) & table.mask;
            }
            table.places[at] = *entry;
        }
        table
    }

    /// The entries in ascending order of their keys, as a model file holds them.
    pub(crate) fn entries(&self) -> Vec<(u32, [i8; K])> {
        let mut entries: Vec<_> = self.places.iter().filter(|place| place.0 != 0).copied().collect();
        entries.sort_unstable();
        entries
    }

    /// How many tokens it knows.
    pub(crate) fn len(&self) -> usize {
        self.entries
    }

    fn get(&self, key: u32) -> Option<[i8; K]> {
        let mut at = key as usize & self.mask;
        loop {
            let place = &self.places[at];
            if place.0 == key {
                return Some(place.1);
            }
            if place.0 == 0 {
                return None;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Writes a block's [`COLUMNS`] evidence features.
    pub(crate) fn fill(&self, lists: &TokenLists, block: usize, out: &mut [f32]) {
        for (family, out) in out.chunks_exact_mut(2 * K).enumerate() {
            let (mut sum, mut most, mut count) = ([0_i32; K], [i8::MIN; K], 0_u32);
            for token in lists.of(block, family) {
                if let Some(odds) = self.get(key(*token, family)) {
                    count += 1;
                    for label in 0..K {
                        sum[label] += i32::from(odds[label]);
                        most[label] = most[label].max(odds[label]);
                    }
                }
            }
            if count == 0 {
                out.fill(0.0);
                continue;
            }
            let scale = (1.0 + count as f32).ln() / (count as f32 * STEPS_PER_NAT);
            for label in 0..K {
                out[label] = sum[label] as f32 * scale;
                out[K + label] = f32::from(most[label]) / STEPS_PER_NAT;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_speaks_for_the_label_it_stood_with() {
        let prior = [0.25; K];
        let params = EvidenceParams { min_pages: 2.0, smoothing: 4.0, min_log_odds: 0.1 };
        // ln((6 + 1) / (0 + 3)) - ln(1/3) = ln 7 = 1.946, in sixteenths of a nat 31.1.
        let odds = log_odds([6.0, 0.0, 0.0, 0.0], &prior, params).unwrap();
        assert_eq!(odds[0], 31);
        assert!(odds[1] < 0);
        assert_eq!(log_odds([1.0, 0.0, 0.0, 0.0], &prior, params), None);
    }

    #[test]
    fn a_table_gives_back_what_went_in() {
        let entries: Vec<_> = (1..500_u32).map(|n| (n.wrapping_mul(0x9e37_79b9).max(1), [i8::try_from(n % 100).unwrap(); K])).collect();
        let table = EvidenceTable::new(&entries);
        assert_eq!(table.len(), entries.len());
        assert!(entries.iter().all(|(key, odds)| table.get(*key) == Some(*odds)));
        assert_eq!(table.get(12345), None);
        assert_eq!(
            EvidenceTable::new(&table.entries()),
            EvidenceTable::new(&{
                let mut sorted = entries;
                sorted.sort_unstable();
                sorted
            })
        );
    }
}
