//! `pagesieve labels`.

use std::collections::BTreeMap;

use pagesieve::corpus::open::{OpenLabels, read_repositories};

use super::args::{LabelsApplyArgs, LabelsArgs, LabelsCommand, LabelsExportArgs};
use super::console::Console;
use super::failure::Failure;
use super::pages::{Outcome, corpus_of};

/// Missing pages that are named one by one.
const NAMED: usize = 5;

pub(crate) fn run(args: &LabelsArgs, console: &Console) -> Result<Outcome, Failure> {
    match &args.command {
        LabelsCommand::Export(args) => export(args, console),
        LabelsCommand::Apply(args) => apply(args, console),
    }
}

fn export(args: &LabelsExportArgs, console: &Console) -> Result<Outcome, Failure> {
    let repositories = args.sources.as_ref().map_or_else(|| Ok(BTreeMap::new()), |path| read_repositories(path))?;
    let labels = OpenLabels::gather(&corpus_of(&args.corpus)?, &repositories)?;
    labels.write(&args.out)?;
    let blocks: usize = labels.pages().iter().map(|page| page.labels.len()).sum();
    console.step(&format!("{} pages, {blocks} labels", labels.pages().len()));
    Ok(Outcome::Complete)
}

fn apply(args: &LabelsApplyArgs, console: &Console) -> Result<Outcome, Failure> {
    let labels = OpenLabels::read(&args.labels)?;
    let done = labels.rebuild(&args.pages, &args.out)?;
    console.step(&format!("{} pages, {} labels", done.pages, done.labels));
    if done.other_versions > 0 {
        console.warning(&format!("{} pages are other versions than those that were labelled", done.other_versions));
    }
    if done.lost > 0 {
        console.warning(&format!("{} labels found no block", done.lost));
    }
    if done.missing.is_empty() {
        return Ok(Outcome::Complete);
    }
    let more = if done.missing.len() > NAMED { ", ..." } else { "" };
    let named = done.missing.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    console.warning(&format!("no public file found for {} pages: {named}{more}", done.missing.len()));
    Ok(Outcome::SomeUnread)
}
