//! What commands over pages share: how they end, and what their flags stand for.

use std::path::Path;

use pagesieve::page::PageCuts;
use pagesieve::source::Kind;
use pagesieve::{Corpus, Decision, Favor, Model, PageModel};

use super::args::{CorpusArgs, FavorArg, InputFormat, JudgingArgs, LabellingArgs};
use super::console::Console;
use super::failure::Failure;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every input was read.
    Complete,
    /// Some inputs could not be read; each was named.
    SomeUnread,
    /// A score misses its gate; each was named.
    GateFailed,
    /// Whoever runs the command has stopped it.
    Interrupted,
}

/// The model that is named, or the bundled one. It must know what is to be favoured.
pub(crate) fn model_of(args: &LabellingArgs) -> Result<Model, Failure> {
    let model = args.model.as_ref().map_or_else(Model::bundled, Model::load)?;
    if args.favor.is_some() && model.presets(false).is_none() {
        let problem = "--favor: the model has no thresholds of its own; train it anew, or use --threshold content=P";
        return Err(Failure::Usage(problem.to_owned()));
    }
    Ok(model)
}

/// The labelled pages that are named.
pub(crate) fn corpus_of(args: &CorpusArgs) -> Result<Corpus, Failure> {
    let corpus = Corpus::open(&args.corpus)?;
    Ok(match &args.more_labels {
        Some(path) => corpus.with_more_labels(path)?,
        None => corpus,
    })
}

/// The page model that is named, or the bundled one.
pub(crate) fn page_model_of(args: &JudgingArgs) -> Result<PageModel, Failure> {
    Ok(args.page_model.as_ref().map_or_else(PageModel::bundled, PageModel::load)?)
}

pub(crate) fn decision_of(args: &LabellingArgs) -> Decision {
    let decision = args.thresholds.iter().fold(Decision::default(), |all, (label, least)| all.threshold(*label, *least));
    match args.favor {
        None => decision,
        Some(FavorArg::Precision) => decision.favor(Favor::Precision),
        Some(FavorArg::Recall) => decision.favor(Favor::Recall),
    }
}

/// What a file is that is one page.
pub(crate) fn kind_of(format: InputFormat) -> Result<Kind, Failure> {
    match format {
        InputFormat::Html => Ok(Kind::Html),
        InputFormat::Text => Ok(Kind::Text),
        InputFormat::Warc | InputFormat::Jsonl | InputFormat::Csv | InputFormat::Parquet => {
            Err(Failure::Usage("this command reads files that are one page: html or text".to_owned()))
        }
    }
}

/// A cut by depth loses no text and is not worth a word.
pub(crate) fn warn_of_cuts(console: &Console, path: &Path, cuts: PageCuts) {
    let path = path.display().to_string();
    if cuts.bytes {
        warn_of_cut(console, &path, "bytes");
    }
    if cuts.dom.nodes {
        warn_of_cut(console, &path, "nodes");
    }
}

/// As [`warn_of_cuts`], by the cut's name in rows.
pub(crate) fn warn_of_cut(console: &Console, path: &str, cut: &str) {
    match cut {
        "bytes" => console.warning(&format!("{path}: too large; its end was not read")),
        "nodes" => console.warning(&format!("{path}: too many elements; its end was not read")),
        _ => {}
    }
}
