//! `pagesieve explain`.

use pagesieve::source::Source;
use pagesieve::words::collapse_white_space;
use pagesieve::{ExplainedPage, Explanation, Label, LabelledBlock, PageOptions};
use serde::Serialize;

use super::args::{ExplainArgs, ExplainFormat};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, decision_of, kind_of, model_of, warn_of_cuts};

/// Characters of a block's text that are shown.
const SHOWN: usize = 100;

/// A block's line of JSON.
#[derive(Serialize)]
struct Record<'a> {
    path: &'a str,
    #[serde(flatten)]
    explanation: &'a Explanation,
    text: &'a str,
    tag: &'a str,
    xpath: String,
}

pub(crate) fn run(args: &ExplainArgs, console: &Console) -> Result<Outcome, Failure> {
    let model = model_of(&args.labelling)?;
    let mut options = PageOptions::default();
    if let Some(url) = &args.url {
        options = options.url(url);
    }
    let page = Source::new(&args.page).read(args.input_format.map(kind_of).transpose()?, &options)?;
    warn_of_cuts(console, &args.page, page.cuts());
    let explained = model.explain(page, &decision_of(&args.labelling));
    let blocks = explained.labelled().len();
    if let Some(index) = args.block.filter(|index| *index >= blocks) {
        return Err(Failure::Usage(format!("--block is {index}, but the page has {blocks} blocks, counted from 0")));
    }
    let mut output = Output::create(&args.output.output)?;
    for block in explained.labelled().iter().filter(|block| args.block.is_none_or(|index| index == block.index)) {
        if let Some(written) = written(&explained, &block, args) {
            output.write(written.as_bytes())?;
        }
    }
    output.finish()?;
    Ok(Outcome::Complete)
}

fn written(explained: &ExplainedPage<'_>, block: &LabelledBlock<'_>, args: &ExplainArgs) -> Option<String> {
    let explanation = explained.block(block.index, args.top)?;
    match args.format {
        ExplainFormat::Text => Some(text(&explanation, block)),
        ExplainFormat::Jsonl => {
            let path = &args.page.to_string_lossy();
            let record = Record { path, explanation: &explanation, text: block.text(), tag: block.tag(), xpath: block.xpath() };
            Some(serde_json::to_string(&record).ok()? + "\n")
        }
    }
}

/// A block's head line, its text, the sentence, and a line a term.
fn text(explanation: &Explanation, block: &LabelledBlock<'_>) -> String {
    let Explanation { label, runner_up, .. } = explanation;
    let said = |label: Label| format!("{label} {:.1}%", explanation.probabilities[label.index()] * 100.0);
    let mut lines = vec![
        format!("{:<5} {}, then {}  {}", format!("[{}]", explanation.index), said(*label), said(*runner_up), block.xpath())
            .trim_end()
            .to_owned(),
        format!("      \"{}\"", shortened(block.text())),
        format!("      {}", explanation.verdict()),
    ];
    if explanation.by_threshold {
        lines.push("      by --threshold; the model itself chose another label".to_owned());
    }
    let features = explanation.features.iter().map(|term| (term.contribution, format!("{}  ({})", term.words, term.name)));
    let rest = [
        (explanation.other_features, "all other features"),
        (explanation.start, "where the average block stands"),
        (explanation.scale, "calibration: how sure the scores may be"),
        (explanation.offset, "calibration: how frequent the labels are"),
    ];
    for (value, words) in features.chain(rest.map(|(value, words)| (value, words.to_owned()))) {
        lines.push(format!("      {value:+8.3}  {words}"));
    }
    lines.push(format!("      {:+8.3}  in sum: log-odds of {label} against {runner_up}", explanation.log_odds));
    if explanation.decision != 0.0 {
        lines.push(format!("      {:+8.3}  added for the choice of the label", explanation.decision));
    }
    lines.join("\n") + "\n\n"
}

fn shortened(text: &str) -> String {
    let line = collapse_white_space(text);
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
