//! `pagesieve card`.

use std::path::Path;

use pagesieve::model::{CardSources, card_charts};
use pagesieve::{Error, Model};
use serde_json::Value;

use super::args::CardArgs;
use super::failure::Failure;
use super::output::Output;
use super::pages::Outcome;

pub(crate) fn run(args: &CardArgs) -> Result<Outcome, Failure> {
    let model = Model::load(&args.model)?;
    let bytes = std::fs::metadata(&args.model).map_err(|source| Error::read(&args.model, source))?.len();
    let pages = json(&args.pages)?;
    let plain_text = args.plain_text.as_deref().map(json).transpose()?;
    let others: Vec<(&str, Value)> =
        args.others.iter().map(|(name, path)| Ok((name.as_str(), json(path)?))).collect::<Result<_, Error>>()?;
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).map_err(|source| Error::read(path, source));
    let ablation = args.ablation.as_ref().map(read).transpose()?;
    let cost = args.cost.as_deref().map(json).transpose()?;
    let sources = CardSources {
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        pages: &pages,
        plain_text: plain_text.as_ref(),
        others: &others.iter().map(|(name, report)| (*name, report)).collect::<Vec<_>>(),
        ablation: ablation.as_deref(),
        cost: cost.as_ref(),
    };
    let card = model.card(&sources)?;
    for (name, svg) in
        args.charts.iter().flat_map(|folder| card_charts(&pages).into_iter().map(move |(name, svg)| (folder.join(name), svg)))
    {
        std::fs::write(&name, svg).map_err(|source| Error::write(&name, source))?;
    }
    Output::whole(&args.output.output, card.as_bytes())?;
    Ok(Outcome::Complete)
}

fn json(path: &Path) -> Result<Value, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::read(path, source))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Record {
        path: path.to_owned(),
        line: error.line() as u64,
        problem: format!("expected JSON of `evaluate --format json` or `train --cost`: {error}"),
    })
}
