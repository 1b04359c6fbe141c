//! How often titles, authors, dates and kinds of prompts are right.
//!
//! Takes checked pages, gives [`CheckReport`] and its tables. Intervals are those of `report`: a bootstrap over sites.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::check::{FIELDS, Outcome, PromptCheck, TitleCheck};
use super::render::markdown_counts;
use super::report::{Interval, Judged, bootstrap};
use crate::metrics::ratio;
use crate::prompt_kind::PromptKind;

/// How far the independent sources of titles agree: the headline on the page, Open Graph, JSON-LD's headline, `<title>`, each without the site's
/// name. Texts are compared by letters and digits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TitleAgreement {
    /// The collection of pages.
    pub source: String,
    /// Pages with at least two sources.
    pub pages: usize,
    /// Of these, pages whose title at least two sources say.
    pub agreed: usize,
    /// Pages on which at least two sources say another one, and more than say the given one.
    pub outvoted: usize,
    /// Pages on which no two sources agree.
    pub open: usize,
    /// `agreed` as a share of `pages`.
    pub share: f64,
    /// Its interval.
    pub share_interval: Interval,
    /// The pages that are not `agreed`, by id.
    pub others: Vec<String>,
    /// Pages that are not `agreed` and whose title was read.
    pub read: usize,
    /// Of these, pages whose title is as read.
    pub as_read: usize,
    /// `agreed` and `as_read` as a share of `pages`; `None` unless every page that is not `agreed` was read.
    pub exact: Option<f64>,
    /// Its interval.
    pub exact_interval: Option<Interval>,
    /// `agreed` as a share of the pages on which at least two sources agree on something.
    pub share_of_decided: f64,
}

/// How often a fact is right on pages that were read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactScore {
    /// The fact.
    pub name: &'static str,
    /// Pages it was read on.
    pub pages: usize,
    /// Pages that give it, and it is said.
    pub right: usize,
    /// Pages that do not give it, or need not be said to, and nothing else is said.
    pub silent: usize,
    /// Pages that give it, and something else is said.
    pub wrong: usize,
    /// Pages that give it, and nothing is said.
    pub missing: usize,
    /// Pages that do not give it, and something is said.
    pub invented: usize,
    /// `right` and `silent` as a share of `pages`.
    pub accuracy: f64,
    /// Its interval.
    pub accuracy_interval: Interval,
    /// The pages that are not right, by id.
    pub errors: Vec<String>,
}

/// How often the kind of a prompt is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PromptKindScore {
    /// Blocks that were read and are on their pages.
    pub blocks: usize,
    /// Blocks that were read and are on their pages no more.
    pub gone: usize,
    /// The names of rows and columns.
    pub names: Vec<&'static str>,
    /// Read by row, said by column.
    pub rows: Vec<Vec<usize>>,
    /// The share that is right.
    pub accuracy: f64,
    /// Its interval.
    pub accuracy_interval: Interval,
    /// The blocks that are not right: page, block, what was read and what was said.
    pub errors: Vec<String>,
    /// Right and all, by how the blocks were drawn.
    pub by_draw: BTreeMap<String, (usize, usize)>,
}

/// What was checked by reading and by agreement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckReport {
    /// Titles by collection.
    pub titles: Vec<TitleAgreement>,
    /// Authors and dates; empty without readings.
    pub facts: Vec<FactScore>,
    /// Kinds of prompts; `None` without readings.
    pub prompt_kinds: Option<PromptKindScore>,
}

impl CheckReport {
    pub(super) fn new(all: &[Judged]) -> Self {
        let pages: Vec<&Judged> = all.iter().collect();
        let mut sources: Vec<&str> = pages.iter().map(|page| page.check.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let facts = (0..FIELDS.len()).map(|field| fact_score(&pages, field)).filter(|score| score.pages > 0);
        Self {
            titles: sources.into_iter().map(|source| title_agreement(&pages, source)).filter(|titles| titles.pages > 0).collect(),
            facts: facts.collect(),
            prompt_kinds: prompt_kind_score(&pages),
        }
    }

    /// The tables in Markdown; empty headings are left out.
    pub(super) fn markdown(&self, text: &mut String) {
        if !self.titles.is_empty() {
            self.markdown_titles(text);
        }
        if !self.facts.is_empty() {
            self.markdown_facts(text);
        }
        if let Some(kinds) = &self.prompt_kinds {
            kinds.markdown(text);
        }
    }

    fn markdown_titles(&self, text: &mut String) {
        text.push_str(
            "\n## Titles\n\nHow often the title that is given is what at least two of four sources say, of pages with at least two: the page's own \
             headline, Open Graph, JSON-LD and `<title>`, each without the site's name, by letters and digits. Exact: what two agree on, or, where they do not \
             agree on the title given, what was read off the page (`training/titles.csv`).\n\n\
             | collection | pages | agreed | share | 95% | outvoted | no two agree | share where two agree | read | as read | exact | 95% |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for titles in &self.titles {
            let Interval { from, to } = titles.share_interval;
            let exact = titles.exact.map_or_else(|| "-".to_owned(), |exact| format!("{exact:.3}"));
            let interval = titles.exact_interval.map_or_else(|| "-".to_owned(), |Interval { from, to }| format!("{from:.3} to {to:.3}"));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.3} | {from:.3} to {to:.3} | {} | {} | {:.3} | {} | {} | {exact} | {interval} |",
                titles.source,
                titles.pages,
                titles.agreed,
                titles.share,
                titles.outvoted,
                titles.open,
                titles.share_of_decided,
                titles.read,
                titles.as_read
            );
        }
    }

    fn markdown_facts(&self, text: &mut String) {
        text.push_str(
            "\n## Authors and dates\n\nBeside what was read off the pages of `training/metadata.csv`: the exact set of authors, the exact day.\n\n\
             | fact | pages | right | rightly silent | wrong | missing | invented | accuracy | 95% |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        );
        for fact in &self.facts {
            let Interval { from, to } = fact.accuracy_interval;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {:.3} | {from:.3} to {to:.3} |",
                fact.name, fact.pages, fact.right, fact.silent, fact.wrong, fact.missing, fact.invented, fact.accuracy
            );
        }
    }

    /// The same in lines to read.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for titles in &self.titles {
            let _ = writeln!(
                text,
                "titles of {:12} {:5} pages  agreed {:.3}  outvoted {}  no two agree {}{}",
                titles.source,
                titles.pages,
                titles.share,
                titles.outvoted,
                titles.open,
                titles.exact.map_or_else(String::new, |exact| format!("  exact {exact:.3}"))
            );
        }
        for fact in &self.facts {
            let _ = writeln!(
                text,
                "{:12} {:5} pages  accuracy {:.3}  wrong {}  missing {}  invented {}",
                fact.name, fact.pages, fact.accuracy, fact.wrong, fact.missing, fact.invented
            );
        }
        if let Some(kinds) = &self.prompt_kinds {
            let _ = writeln!(text, "kinds of {} prompts: accuracy {:.3}; {} blocks are gone", kinds.blocks, kinds.accuracy, kinds.gone);
        }
        text
    }
}

impl PromptKindScore {
    fn markdown(&self, text: &mut String) {
        let Interval { from, to } = self.accuracy_interval;
        let _ = writeln!(
            text,
            "\n## Kinds of prompts\n\nBeside what was read off the {} blocks of `training/prompt-kinds.csv` that are on their pages ({} are not), \
             with labels by hand: accuracy {:.3} ({from:.3} to {to:.3}). Rows read, columns said.\n",
            self.blocks, self.gone, self.accuracy
        );
        markdown_counts(text, &self.names, &self.rows);
        let draws: Vec<String> =
            self.by_draw.iter().map(|(draw, (right, all))| format!("{right} of {all} drawn from {draw} pages")).collect();
        let _ = writeln!(text, "\nRight: {}.", draws.join(", "));
    }
}

fn title_agreement(all: &[&Judged], source: &str) -> TitleAgreement {
    let has_two = |page: &&&Judged| page.check.source == source && page.check.title.is_some_and(|title| title.sources >= 2);
    let pages: Vec<&Judged> = all.iter().filter(has_two).copied().collect();
    let count =
        |pages: &[&Judged], which: &dyn Fn(TitleCheck) -> bool| pages.iter().filter(|page| page.check.title.is_some_and(which)).count();
    let is_agreed = |title: TitleCheck| title.agreeing >= 2;
    let agreed = count(&pages, &is_agreed);
    let is_read = |title: TitleCheck| !is_agreed(title) && title.as_read.is_some();
    let is_as_read = |title: TitleCheck| !is_agreed(title) && title.as_read == Some(true);
    let (read, as_read) = (count(&pages, &is_read), count(&pages, &is_as_read));
    let exact = |draw: &[&Judged]| ratio(count(draw, &|title| is_agreed(title) || is_as_read(title)), draw.len());
    let all_read = read > 0 && agreed + read == pages.len();
    let open = count(&pages, &|title| title.agreeing < 2 && title.against < 2);
    TitleAgreement {
        source: source.to_owned(),
        pages: pages.len(),
        agreed,
        outvoted: count(&pages, &|title| title.against >= 2 && title.against > title.agreeing),
        open,
        share: ratio(agreed, pages.len()),
        others: pages.iter().filter(|page| !page.check.title.is_some_and(is_agreed)).map(|page| page.id.clone()).collect(),
        share_interval: bootstrap(&pages, &|draw| ratio(count(draw, &is_agreed), draw.len())),
        share_of_decided: ratio(agreed, pages.len() - open),
        read,
        as_read,
        exact: all_read.then(|| exact(&pages)),
        exact_interval: all_read.then(|| bootstrap(&pages, &exact)),
    }
}

fn fact_score(all: &[&Judged], field: usize) -> FactScore {
    let pages: Vec<&Judged> = all.iter().filter(|page| page.check.facts[field].is_some()).copied().collect();
    let is = |page: &Judged, outcome: Outcome| page.check.facts[field] == Some(outcome);
    let count = |outcome: Outcome| pages.iter().filter(|page| is(page, outcome)).count();
    let is_right = |page: &Judged| is(page, Outcome::Right) || is(page, Outcome::Silent);
    let accuracy = |draw: &[&Judged]| ratio(draw.iter().filter(|page| is_right(page)).count(), draw.len());
    FactScore {
        name: FIELDS[field],
        pages: pages.len(),
        right: count(Outcome::Right),
        silent: count(Outcome::Silent),
        wrong: count(Outcome::Wrong),
        missing: count(Outcome::Missing),
        invented: count(Outcome::Invented),
        accuracy: accuracy(&pages),
        accuracy_interval: bootstrap(&pages, &accuracy),
        errors: pages.iter().filter(|page| !is_right(page)).map(|page| page.id.clone()).collect(),
    }
}

fn prompt_kind_score(all: &[&Judged]) -> Option<PromptKindScore> {
    let pages: Vec<&Judged> = all.iter().filter(|page| !page.check.prompts.is_empty()).copied().collect();
    let checks = || pages.iter().flat_map(|page| &page.check.prompts);
    let (mut rows, mut by_draw) = (vec![vec![0; PromptKind::ALL.len()]; PromptKind::ALL.len()], BTreeMap::new());
    for check in checks() {
        let Some(said) = check.said else { continue };
        // Of several right kinds the one that is said, else the foremost.
        let read = if check.read.contains(&said) { said } else { *check.read.first()? };
        rows[read.index()][said.index()] += 1;
        let (right, all): &mut (usize, usize) = by_draw.entry(check.draw.clone()).or_default();
        *right += usize::from(read == said);
        *all += 1;
    }
    let is_right = |check: &&PromptCheck| check.said.is_some_and(|said| check.read.contains(&said));
    let accuracy = |draw: &[&Judged]| {
        let known = || draw.iter().flat_map(|page| &page.check.prompts).filter(|check| check.said.is_some());
        ratio(known().filter(is_right).count(), known().count())
    };
    let blocks = checks().filter(|check| check.said.is_some()).count();
    (!pages.is_empty()).then(|| PromptKindScore {
        blocks,
        gone: checks().count() - blocks,
        names: PromptKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        rows,
        accuracy: accuracy(&pages),
        accuracy_interval: bootstrap(&pages, &accuracy),
        errors: pages.iter().flat_map(|page| errors_of(page)).collect(),
        by_draw,
    })
}

fn errors_of(page: &Judged) -> Vec<String> {
    let wrong = |check: &PromptCheck| check.said.filter(|said| !check.read.contains(said));
    let told = |check: &PromptCheck, said: PromptKind| {
        let read: Vec<&str> = check.read.iter().map(|kind| kind.as_str()).collect();
        format!("{} {}: read {}, said {said}", page.id, check.block, read.join("/"))
    };
    page.check.prompts.iter().filter_map(|check| Some(told(check, wrong(check)?))).collect()
}
