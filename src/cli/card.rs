//! `pagesieve card`.

use std::path::Path;

use pagesieve::model::CardSources;
use pagesieve::{Error, Model};
use serde_json::Value;

use super::args::CardArgs;
use super::failure::Failure;
use super::output::Output;
use super::pages::Outcome;

pub(crate) fn run(args: &CardArgs) -> Result<Outcome, Failure> {
    let model = Model::load(&args.model)?;
    let bytes = std::fs::metadata(&args.model).map_err(|source| Error::read(&args.model, source))?.len();
    let pages = report(&args.pages)?;
    let plain_text = args.plain_text.as_deref().map(report).transpose()?;
    let sources = CardSources { bytes: usize::try_from(bytes).unwrap_or(usize::MAX), pages: &pages, plain_text: plain_text.as_ref() };
    let mut output = Output::create(&args.output.output)?;
    output.write(model.card(&sources)?.as_bytes())?;
    output.finish()?;
    Ok(Outcome::Complete)
}

fn report(path: &Path) -> Result<Value, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::read(path, source))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Record {
        path: path.to_owned(),
        line: error.line() as u64,
        problem: format!("expected a report of `evaluate --format json`: {error}"),
    })
}
