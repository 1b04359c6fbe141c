//! The page model's report as JSON, tables to read, its card in Markdown, and the ablation as CSV.
//!
//! Takes a [`PageReport`], gives text. Every figure comes from the report.

use std::fmt::Write as _;

use crate::access::features::COLUMNS;

use super::report::{Confusion, Interval, PageReport, Score};

/// Pages listed in the card.
const LISTED: usize = 10;

impl PageReport {
    /// The report as JSON.
    pub fn to_json(&self) -> String {
        // Names, numbers and lists always serialise.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The report as tables to read.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{} pages with access, {} pages with a kind; each judged without its site\n\n", self.access_pages, self.kind_pages);
        for score in self.scores() {
            let Interval { from, to } = score.f1_interval;
            let line = format!(
                "{:72} P {:.3}  R {:.3}  F1 {:.3}  95% {from:.3} to {to:.3}\n",
                score.name, score.precision, score.recall, score.f1
            );
            text.push_str(&line);
        }
        for (name, confusion) in self.confusions() {
            let Interval { from, to } = confusion.accuracy_interval;
            let _ = writeln!(text, "\n{name}: accuracy {:.3}, 95% {from:.3} to {to:.3}; rows by hand, columns said", confusion.accuracy);
            for (name, row) in confusion.names.iter().zip(&confusion.rows) {
                let _ = write!(text, "{name:>16}");
                for count in row {
                    let _ = write!(text, "{count:6}");
                }
                text.push('\n');
            }
        }
        text.push('\n');
        text.push_str(&self.rest());
        text.push_str("\n\n");
        text.push_str(&self.checks.text());
        text
    }

    /// The ablation as CSV: gated against open for each set-up and baseline.
    pub fn ablation_csv(&self) -> String {
        let mut text = "set_up,found,false_alarms,missed,passed,precision,recall,f1,f1_from,f1_to\n".to_owned();
        for score in std::iter::once(&self.gated).chain(&self.baselines).chain(&self.ablation) {
            let counts = score.counts;
            let Interval { from, to } = score.f1_interval;
            let numbers = format!("{},{},{},{}", counts.found, counts.false_alarms, counts.missed, counts.passed);
            let line =
                format!("\"{}\",{numbers},{:.4},{:.4},{:.4},{from:.4},{to:.4}\n", score.name, score.precision, score.recall, score.f1);
            text.push_str(&line);
        }
        text
    }

    /// The card of the page model, in Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = "# Card of the page model\n\n".to_owned();
        text.push_str(
            "`models/pages.model` says of a page as a whole what a reader without an account may read of it (access), how much of its article the \
             HTML holds (completeness), and what kind of page it is: regularised logistic regressions over named evidence. This card is written by \
             `pagesieve evaluate-pages --format markdown`; every figure comes from cross-validation in five folds by site, with labels of blocks \
             by block models that never saw the page's site either.\n\n",
        );
        let _ = writeln!(
            text,
            "Learnt from {} pages with access and completeness by hand, and {} pages with a kind by the benchmark they come from. Intervals are \
             95%, by a bootstrap over sites.\n",
            self.access_pages, self.kind_pages
        );
        text.push_str("## Scores\n\n| | precision | recall | F1 | 95% of F1 | found | false alarms | missed |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for score in self.scores() {
            markdown_score(&mut text, score);
        }
        for (name, confusion) in self.confusions() {
            markdown_confusion(&mut text, name, confusion);
        }
        let _ = writeln!(text, "\n## Markup that is wrong, and kinds\n\n{}\n", self.rest());
        self.checks.markdown(&mut text);
        self.markdown_disagreements(&mut text);
        text.push_str("\n## What it sees of access\n\n| column | evidence | meaning |\n| --- | --- | --- |\n");
        for column in COLUMNS {
            let _ = writeln!(text, "| `{}` | {} | {} |", column.name, column.kind, column.doc);
        }
        text.push_str(LIMITS);
        text
    }

    fn markdown_disagreements(&self, text: &mut String) {
        text.push_str("\n## Pages where markup and verdict disagree\n\nBy id in the corpus, in its order.\n\n");
        text.push_str("| page | by hand | said | probability of gated | what disagrees |\n| --- | --- | --- | --- | --- |\n");
        for page in self.pages.iter().filter(|page| !page.disagreements.is_empty()).take(LISTED) {
            let (access, said) = (page.access, page.said_access);
            let _ =
                writeln!(text, "| {} | {access} | {said} | {:.2} | {} |", page.id, page.gated_probability, page.disagreements.join("; "));
        }
    }

    fn scores(&self) -> impl Iterator<Item = &Score> {
        std::iter::once(&self.gated).chain(&self.baselines).chain(&self.ablation).chain([&self.teasers])
    }

    fn confusions(&self) -> [(&'static str, &Confusion); 3] {
        [("access", &self.access), ("completeness", &self.completeness), ("kind", &self.kinds)]
    }

    fn rest(&self) -> String {
        let contradictions = &self.contradictions;
        format!(
            "Pages whose markup contradicts what they are: {}, of these flagged: {}; other pages flagged: {} (of {}). \
             Kinds: macro-F1 {:.3}, calibration error {:.3}.",
            contradictions.pages,
            contradictions.flagged,
            contradictions.flagged_others,
            contradictions.of,
            self.kind_macro_f1,
            self.kind_calibration_error
        )
    }
}

/// What the card says of what the figures do not tell.
const LIMITS: &str = "\n## Limits\n\nFew pages are gated and fewer are teasers, so the intervals are wide; and signs and phrases were chosen while \
    errors on these same pages were read, so that the figures for new sites are likely lower. The pages were saved as browsers or crawlers got \
    them: a wall that a script fetches later is seen only by its vendor's traces and by flags in the page's data. A verdict is about the page as \
    it was served, not about what a given reader may see. Faults that the readings of authors, dates and kinds of prompts showed were mended on the \
    same pages. Where no two sources of a title agree, they word it differently, and none is right by agreement.\n";

fn markdown_score(text: &mut String, score: &Score) {
    let (counts, interval) = (score.counts, score.f1_interval);
    let _ = writeln!(
        text,
        "| {} | {:.3} | {:.3} | {:.3} | {:.3} to {:.3} | {} | {} | {} |",
        score.name, score.precision, score.recall, score.f1, interval.from, interval.to, counts.found, counts.false_alarms, counts.missed
    );
}

fn markdown_confusion(text: &mut String, name: &str, confusion: &Confusion) {
    let Interval { from, to } = confusion.accuracy_interval;
    let _ = writeln!(
        text,
        "\n## Confusion: {name}\n\nAccuracy {:.3} ({from:.3} to {to:.3}). Rows by hand, columns said.\n",
        confusion.accuracy
    );
    markdown_counts(text, &confusion.names, &confusion.rows);
}

/// A square table of counts; its rows and columns have the same names.
pub(super) fn markdown_counts(text: &mut String, names: &[&str], rows: &[Vec<usize>]) {
    let _ = writeln!(text, "| | {} |\n|{}", names.join(" | "), " --- |".repeat(names.len() + 1));
    for (name, row) in names.iter().zip(rows) {
        let cells: Vec<String> = row.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    }
}
