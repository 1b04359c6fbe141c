//! How good the page model is on sites it has not seen.
//!
//! Takes pages with what they are and what was said of them, gives [`PageReport`]: scores, confusion, intervals, ablation. Intervals are percentiles
//! of a bootstrap that draws sites, not pages (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13): pages of a site
//! err together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::check::PageCheck;
use super::check_report::CheckReport;
use crate::access::{Access, AccessVerdict, Completeness};
use crate::metrics::ratio;
use crate::page_kind::{PageKind, PageKindVerdict};

/// Draws of the bootstrap.
const DRAWS: usize = 2000;

/// A page with what it is and what was said of it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) id: String,
    pub(super) site: String,
    pub(super) gold: Option<(Access, Completeness)>,
    pub(super) gold_kind: Option<PageKind>,
    /// `isAccessibleForFree` alone.
    pub(super) flag: Option<bool>,
    /// What the markup as a whole says: free or not.
    pub(super) markup: Option<bool>,
    pub(super) disagreements: Vec<String>,
    pub(super) check: PageCheck,
    pub(super) said: AccessVerdict,
    pub(super) kind: PageKindVerdict,
}

/// Counts of a yes-or-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Rightly found.
    pub found: usize,
    /// Wrongly found.
    pub false_alarms: usize,
    /// Missed.
    pub missed: usize,
    /// Rightly passed over.
    pub passed: usize,
}

impl Counts {
    fn of(pairs: impl Iterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for (gold, said) in pairs {
            *match (gold, said) {
                (true, true) => &mut counts.found,
                (false, true) => &mut counts.false_alarms,
                (true, false) => &mut counts.missed,
                (false, false) => &mut counts.passed,
            } += 1;
        }
        counts
    }

    /// Of what was found, the share that is right; 0 if nothing was.
    pub fn precision(&self) -> f64 {
        ratio(self.found, self.found + self.false_alarms)
    }

    /// Of what is there, the share that was found; 0 if nothing is.
    pub fn recall(&self) -> f64 {
        ratio(self.found, self.found + self.missed)
    }

    /// The harmonic mean of both: 2 found / (2 found + false alarms + missed).
    pub fn f1(&self) -> f64 {
        ratio(2 * self.found, 2 * self.found + self.false_alarms + self.missed)
    }
}

/// A 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Its lower end.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
}

/// A named score of a yes-or-no question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// What was asked, or who answered.
    pub name: String,
    /// The counts behind the score.
    pub counts: Counts,
    /// See [`Counts::precision`].
    pub precision: f64,
    /// See [`Counts::recall`].
    pub recall: f64,
    /// See [`Counts::f1`].
    pub f1: f64,
    /// The interval of F1 by a bootstrap over sites.
    pub f1_interval: Interval,
}

/// Gold by row, said by column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confusion {
    /// The names of rows and columns.
    pub names: Vec<&'static str>,
    /// Counts.
    pub rows: Vec<Vec<usize>>,
    /// The share on the diagonal.
    pub accuracy: f64,
    /// The interval of the accuracy by a bootstrap over sites.
    pub accuracy_interval: Interval,
}

/// Of pages whose markup contradicts what they are, how many were flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Contradictions {
    /// Pages whose markup says free though they are gated, or the reverse.
    pub pages: usize,
    /// Of these, pages with evidence of the kind `disagreement`.
    pub flagged: usize,
    /// Other pages with such evidence.
    pub flagged_others: usize,
    /// All pages.
    pub of: usize,
}

/// A page of `access.csv` and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedPage {
    /// The page's id in the corpus.
    pub id: String,
    /// Its access by hand.
    pub access: Access,
    /// Its completeness by hand.
    pub completeness: Completeness,
    /// Its access by the model.
    pub said_access: Access,
    /// The probability that it is gated.
    pub gated_probability: f64,
    /// Its completeness by the model.
    pub said_completeness: Completeness,
    /// The probability that it is a teaser.
    pub teaser_probability: f64,
    /// What the markup says.
    pub markup_free: Option<bool>,
    /// Where markup and text do not agree.
    pub disagreements: Vec<String>,
}

/// The scores of cross-validation by site.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PageReport {
    /// Pages with a verdict by hand.
    pub access_pages: usize,
    /// Gated against open.
    pub gated: Score,
    /// The same by the markup alone.
    pub baselines: Vec<Score>,
    /// The same without a kind of evidence, and by it alone.
    pub ablation: Vec<Score>,
    /// Access by name.
    pub access: Confusion,
    /// Teasers against the rest.
    pub teasers: Score,
    /// Completeness by name.
    pub completeness: Confusion,
    /// Markup against what the page is.
    pub contradictions: Contradictions,
    /// Pages with a kind by hand.
    pub kind_pages: usize,
    /// Kind by name.
    pub kinds: Confusion,
    /// Mean over kinds of F1.
    pub kind_macro_f1: f64,
    /// Expected calibration error of the likeliest kind's probability, over ten bins of equal width.
    pub kind_calibration_error: f64,
    /// Titles, authors, dates and kinds of prompts.
    pub checks: CheckReport,
    /// Each page of `access.csv`.
    pub pages: Vec<JudgedPage>,
}

impl PageReport {
    pub(super) fn new(all: &[Judged], ablation: Vec<(String, Vec<Judged>)>) -> Self {
        let judged: Vec<&Judged> = all.iter().filter(|page| page.gold.is_some()).collect();
        let kinds: Vec<&Judged> = all.iter().filter(|page| page.gold_kind.is_some()).collect();
        let gated = |page: &Judged| page.said.access.is_gated();
        let baselines = vec![
            gate_score("isAccessibleForFree is false", &judged, &|page| page.flag == Some(false)),
            gate_score("isAccessibleForFree is false, or content_tier is not free", &judged, &|page| {
                page.flag == Some(false) || page.markup == Some(false)
            }),
            gate_score("content_tier is not free, else isAccessibleForFree is false", &judged, &|page| page.markup == Some(false)),
        ];
        let ablation = ablation.into_iter().map(|(name, pages)| {
            let pages: Vec<&Judged> = pages.iter().filter(|page| page.gold.is_some()).collect();
            gate_score(&name, &pages, &gated)
        });
        let kind_confusion = confusion(PageKind::ALL.len(), PageKind::ALL.iter().map(|kind| kind.as_str()).collect(), &kinds, &|page| {
            Some((page.gold_kind?.index(), page.kind.kind.index()))
        });
        Self {
            access_pages: judged.len(),
            gated: gate_score("gated", &judged, &gated),
            baselines,
            ablation: ablation.collect(),
            access: confusion(6, Access::ALL.iter().map(|access| access.as_str()).collect(), &judged, &|page| {
                Some((page.gold?.0.index(), page.said.access.index()))
            }),
            teasers: score("teaser", &judged, &|page| {
                (page.gold.is_some_and(|gold| gold.1 == Completeness::Teaser), page.said.completeness == Completeness::Teaser)
            }),
            completeness: confusion(3, Completeness::ALL.iter().map(|c| c.as_str()).collect(), &judged, &|page| {
                Some((page.gold?.1.index(), page.said.completeness.index()))
            }),
            contradictions: contradictions(&judged),
            kind_pages: kinds.len(),
            kind_macro_f1: macro_f1(&kind_confusion.rows),
            kind_calibration_error: calibration_error(&kinds),
            kinds: kind_confusion,
            checks: CheckReport::new(all),
            pages: judged.iter().filter_map(|page| judged_page(page)).collect(),
        }
    }
}

fn judged_page(page: &Judged) -> Option<JudgedPage> {
    let (access, completeness) = page.gold?;
    Some(JudgedPage {
        id: page.id.clone(),
        access,
        completeness,
        said_access: page.said.access,
        gated_probability: crate::label::rounded(page.said.gated_probability()),
        said_completeness: page.said.completeness,
        teaser_probability: crate::label::rounded(page.said.completeness_probabilities[Completeness::Teaser.index()]),
        markup_free: page.markup,
        disagreements: page.disagreements.clone(),
    })
}

fn gate_score(name: &str, pages: &[&Judged], said: &dyn Fn(&Judged) -> bool) -> Score {
    score(name, pages, &|page| (page.gold.is_some_and(|gold| gold.0.is_gated()), said(page)))
}

fn score(name: &str, pages: &[&Judged], pair: &dyn Fn(&Judged) -> (bool, bool)) -> Score {
    let counts = Counts::of(pages.iter().map(|page| pair(page)));
    let f1_interval = bootstrap(pages, &|draw| Counts::of(draw.iter().map(|page| pair(page))).f1());
    Score { name: name.to_owned(), counts, precision: counts.precision(), recall: counts.recall(), f1: counts.f1(), f1_interval }
}

fn confusion(size: usize, names: Vec<&'static str>, pages: &[&Judged], pair: &dyn Fn(&Judged) -> Option<(usize, usize)>) -> Confusion {
    let mut rows = vec![vec![0; size]; size];
    for (gold, said) in pages.iter().filter_map(|page| pair(page)) {
        rows[gold][said] += 1;
    }
    let accuracy = |draw: &[&Judged]| {
        let right = draw.iter().filter(|page| pair(page).is_some_and(|(gold, said)| gold == said)).count();
        ratio(right, draw.len())
    };
    Confusion { names, rows, accuracy: accuracy(pages), accuracy_interval: bootstrap(pages, &accuracy) }
}

fn contradictions(pages: &[&Judged]) -> Contradictions {
    let mut counts = Contradictions { pages: 0, flagged: 0, flagged_others: 0, of: pages.len() };
    for page in pages {
        let gated = page.gold.is_some_and(|gold| gold.0.is_gated());
        let contradicts = page.markup.is_some_and(|free| free == gated);
        let flagged = !page.disagreements.is_empty();
        counts.pages += usize::from(contradicts);
        counts.flagged += usize::from(contradicts && flagged);
        counts.flagged_others += usize::from(!contradicts && flagged);
    }
    counts
}

fn macro_f1(rows: &[Vec<usize>]) -> f64 {
    let f1 = |class: usize| {
        let found = rows[class][class];
        let gold: usize = rows[class].iter().sum();
        let said: usize = rows.iter().map(|row| row[class]).sum();
        Counts { found, false_alarms: said - found, missed: gold - found, passed: 0 }.f1()
    };
    (0..rows.len()).map(f1).sum::<f64>() / rows.len().max(1) as f64
}

fn calibration_error(pages: &[&Judged]) -> f64 {
    let mut bins = [(0.0_f64, 0.0_f64, 0_usize); 10];
    for page in pages {
        let probability = f64::from(page.kind.probability());
        let bin = (0..bins.len()).rev().find(|bin| probability * 10.0 >= *bin as f64).unwrap_or(0);
        bins[bin].0 += probability;
        bins[bin].1 += f64::from(u8::from(page.gold_kind == Some(page.kind.kind)));
        bins[bin].2 += 1;
    }
    bins.iter().map(|(said, right, _)| (said - right).abs()).sum::<f64>() / pages.len().max(1) as f64
}

/// The 2.5th and 97.5th percentile of a figure over draws of as many sites as there are, with replacement.
pub(super) fn bootstrap(pages: &[&Judged], figure: &dyn Fn(&[&Judged]) -> f64) -> Interval {
    let mut sites: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for page in pages {
        sites.entry(&page.site).or_default().push(page);
    }
    let sites: Vec<Vec<&Judged>> = sites.into_values().collect();
    if sites.is_empty() {
        return Interval { from: 0.0, to: 0.0 };
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut figures: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let draw: Vec<&Judged> = (0..sites.len()).flat_map(|_| sites[next(&mut state, sites.len())].iter().copied()).collect();
            figure(&draw)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    Interval { from: figures[DRAWS / 40], to: figures[DRAWS - 1 - DRAWS / 40] }
}

/// The next draw below `bound`, by xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
fn next(state: &mut u64, bound: usize) -> usize {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    let drawn = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
    usize::try_from(drawn).unwrap_or(0) % bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_as_worked_by_hand() {
        let counts = Counts { found: 6, false_alarms: 2, missed: 4, passed: 88 };
        assert!((counts.precision() - 0.75).abs() < 1e-9 && (counts.recall() - 0.6).abs() < 1e-9);
        assert!((counts.f1() - 12.0 / 18.0).abs() < 1e-9);
        assert!(Counts::default().f1().abs() < 1e-9);
        // Class 0: 3 of 4 found and 1 false alarm, F1 0.75; class 1: 1 of 2, F1 0.5.
        assert!((macro_f1(&[vec![3, 1], vec![1, 1]]) - 0.625).abs() < 1e-9);
    }
}
