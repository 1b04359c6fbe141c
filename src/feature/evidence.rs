//! What tokens say: smoothed log-odds of each label given a token, learnt from labelled pages.
//!
//! Takes token lists with labels, gives [`EvidenceTable`]; takes a table and token lists, gives features. A token is counted once for a page
//! and label, so that one page's habits cannot drown the others'.

use std::sync::LazyLock;

use ndarray::ArrayViewMut2;
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

/// How many columns [`PageEvidence::fill`] writes.
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
                    let key = key(token, family);
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

/// A key, 0 in an empty place, and its log-odds.
type Place = (u32, [i8; K]);

/// Log-odds by token: open addressing over a power of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvidenceTable {
    places: Vec<Place>,
    mask: usize,
    entries: usize,
    /// A bit for the high bits of each key: small enough for the near caches, it answers for most of the tokens that are not known.
    filter: Vec<u64>,
    /// How far a key is shifted for its bit.
    shift: u32,
}

/// Bits of the filter for each entry: with eight, one in eight unknown keys meets a bit that is set.
const BITS_PER_ENTRY: usize = 8;

impl EvidenceTable {
    /// From entries with distinct keys.
    pub(crate) fn new(entries: &[(u32, [i8; K])]) -> Self {
        let size = (entries.len() * 3 / 2 + 1).next_power_of_two();
        let bits = (entries.len() * BITS_PER_ENTRY).next_power_of_two().clamp(64, 1 << 30);
        let (filter, shift) = (vec![0; bits / 64], u32::BITS - bits.trailing_zeros());
        let mut table = Self { places: vec![(0, [0; K]); size], mask: size - 1, entries: entries.len(), filter, shift };
        for entry in entries {
            let bit = entry.0 >> table.shift;
            table.filter[bit as usize / 64] |= 1 << (bit % 64);
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

    /// 0 for most keys that are not in the table, 1 for all that are.
    fn may_know(&self, key: u32) -> usize {
        let bit = key >> self.shift;
        (self.filter[bit as usize / 64] >> (bit % 64) & 1) as usize
    }

    /// The place where the search for a key begins.
    fn first_place(&self, key: u32) -> Place {
        self.places[key as usize & self.mask]
    }

    /// What is known of a key; `place` is the first that the search looks at.
    fn get(&self, key: u32, mut place: Place) -> Option<[i8; K]> {
        let mut at = key as usize & self.mask;
        loop {
            if place.0 == key {
                return Some(place.1);
            }
            if place.0 == 0 {
                return None;
            }
            at = (at + 1) & self.mask;
            place = self.places[at];
        }
    }

    /// The evidence of a page's blocks.
    pub(crate) fn of_page<'a>(&'a self, lists: &'a TokenLists) -> PageEvidence<'a> {
        let (mut parts, mut found, mut ends) = (Vec::with_capacity(lists.part_count()), Vec::new(), Vec::new());
        let mut done = 0;
        while done < lists.part_count() {
            found.clear();
            ends.clear();
            while done < lists.part_count() && found.len() < AT_ONCE {
                let (family, tokens) = lists.part(done);
                self.look_up(tokens, family, &mut found);
                ends.push(found.len());
                done += 1;
            }
            let mut from = 0;
            for end in &ends {
                parts.push(self.sum(&found[from..*end]));
                from = *end;
            }
        }
        let columns = parts.iter().map(Said::columns).collect();
        // A list of no parts has columns of zeros.
        let last = [(&[][..], [0.0; 2 * K]); FAMILY_COUNT];
        PageEvidence { table: self, lists, parts, columns, last, found, ends }
    }

    /// Adds the keys and first places of the tokens that may be known to `found`. Nothing here depends on what stands in a place: the table
    /// is larger than the near caches, and so the processor waits for many places at once instead of for one after the other.
    fn look_up(&self, tokens: &[u32], family: usize, found: &mut Vec<(u32, Place)>) {
        const SOME: usize = 64;
        for tokens in tokens.chunks(SOME) {
            // What is not known is written over by the next: no branch, which nobody could foretell.
            let (mut keys, mut count) = ([0; SOME], 0);
            for token in tokens {
                let key = key(*token, family);
                keys[count % SOME] = key;
                count += self.may_know(key);
            }
            found.extend(keys[..count.min(SOME)].iter().map(|key| (*key, self.first_place(*key))));
        }
    }

    fn sum(&self, found: &[(u32, Place)]) -> Said {
        let mut said = Said::NOTHING;
        for (key, place) in found {
            let odds = if place.0 == *key { Some(place.1) } else { self.get(*key, *place) };
            if let Some(odds) = odds {
                said.count += 1;
                let odds = odds.map(i32::from);
                said.sum = std::array::from_fn(|label| said.sum[label] + odds[label]);
                said.most = std::array::from_fn(|label| said.most[label].max(odds[label]));
            }
        }
        said
    }
}

/// Tokens looked up together.
const AT_ONCE: usize = 512;

/// What the known ones among some tokens say together.
#[derive(Debug, Clone, Copy)]
struct Said {
    sum: [i32; K],
    most: [i32; K],
    count: u32,
}

impl Said {
    const NOTHING: Self = Self { sum: [0; K], most: [i32::MIN; K], count: 0 };

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        for label in 0..K {
            self.sum[label] += other.sum[label];
            self.most[label] = self.most[label].max(other.most[label]);
        }
    }

    /// The columns of a family, 0 where nothing is known.
    fn columns(&self) -> [f32; 2 * K] {
        let mut out = [0.0; 2 * K];
        if self.count == 0 {
            return out;
        }
        let scale = SCALES.get(self.count as usize).copied().unwrap_or_else(|| scale(self.count));
        for label in 0..K {
            out[label] = self.sum[label] as f32 * scale;
            out[K + label] = self.most[label] as f32 / STEPS_PER_NAT;
        }
        out
    }
}

/// [`scale`] of the counts that nearly all are.
static SCALES: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|count| scale(u32::try_from(count).unwrap_or(u32::MAX))));

/// What turns a sum over so many tokens into their mean times `ln(1 + n)`, in nats.
fn scale(count: u32) -> f32 {
    (1.0 + count as f32).ln() / (count as f32 * STEPS_PER_NAT)
}

/// A table's evidence of one page: what blocks share is looked up once.
#[derive(Debug)]
pub(crate) struct PageEvidence<'a> {
    table: &'a EvidenceTable,
    lists: &'a TokenLists,
    parts: Vec<Said>,
    /// The columns of a list that is this part alone.
    columns: Vec<[f32; 2 * K]>,
    /// By family: the last list of several parts and nothing else, and its columns. Blocks side by side mostly stand in the same elements.
    last: [(&'a [u32], [f32; 2 * K]); FAMILY_COUNT],
    /// Memory that is used again from block to block: what was found, and where that of each list ends.
    found: Vec<(u32, Place)>,
    ends: Vec<usize>,
}

impl PageEvidence<'_> {
    /// Writes the [`COLUMNS`] evidence features of the blocks from `first` on, one row each.
    pub(super) fn fill(&mut self, first: usize, mut rows: ArrayViewMut2<'_, f32>) {
        let (mut rows, mut first) = (rows.rows_mut().into_iter(), first);
        while rows.len() > 0 {
            // All that is found of some blocks is on its way from memory before any of it is looked at.
            self.found.clear();
            self.ends.clear();
            for block in first..first + rows.len() {
                for family in 0..FAMILY_COUNT {
                    self.table.look_up(self.lists.own(block, family), family, &mut self.found);
                    self.ends.push(self.found.len());
                }
                if self.found.len() >= AT_ONCE {
                    break;
                }
            }
            let mut from = 0;
            for (ends, row) in self.ends.chunks_exact(FAMILY_COUNT).zip(&mut rows) {
                let out = row.into_slice().unwrap_or_default();
                for ((family, end), out) in ends.iter().enumerate().zip(out.chunks_exact_mut(2 * K)) {
                    let (found, parts) = (&self.found[from..*end], self.lists.parts_of(first, family));
                    from = *end;
                    let together = || {
                        let mut said = self.table.sum(found);
                        for part in parts {
                            said.add(&self.parts[*part as usize]);
                        }
                        said.columns()
                    };
                    // Most lists are one part that other blocks have too, or the same parts as the block before has.
                    let columns = match (found, parts) {
                        ([], [part]) => self.columns[*part as usize],
                        ([], _) if self.last[family].0 == parts => self.last[family].1,
                        ([], _) => {
                            self.last[family] = (parts, together());
                            self.last[family].1
                        }
                        _ => together(),
                    };
                    out.copy_from_slice(&columns);
                }
                first += 1;
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
        let get = |key| table.get(key, table.first_place(key));
        assert!(entries.iter().all(|(key, odds)| get(*key) == Some(*odds)));
        assert_eq!(get(12345), None);
        assert!(entries.iter().all(|(key, _)| table.may_know(*key) == 1));
        let unknown = (500..10_500_u32).map(|n| n.wrapping_mul(0x9e37_79b9));
        assert!(unknown.map(|key| table.may_know(key)).sum::<usize>() < 2_500);
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
