//! `pagesieve access`.

use std::sync::Arc;

use pagesieve::ExportOptions;
use pagesieve::export::verdicts;

use super::args::AccessArgs;
use super::console::Console;
use super::crawl::{Made, RunArgs, exported};
use super::failure::Failure;
use super::pages::{Outcome, page_model_of};
use super::results::Target;

pub(crate) fn run(args: &AccessArgs, console: &Console) -> Result<Outcome, Failure> {
    let target = Target::of(&args.write);
    let (content, format) = exported(verdicts(Arc::new(page_model_of(&args.judging)?)));
    let run = RunArgs {
        pages: &args.pages,
        labelling: &args.labelling,
        judging: &args.judging,
        read: &args.read,
        filter: &args.filter,
        site: None,
        dedup: None,
        write: &args.write,
    };
    let made = Made { export: ExportOptions::default(), content, format, extension: "jsonl" };
    run.run(&target, made, console)
}
