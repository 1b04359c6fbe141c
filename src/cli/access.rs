//! `pagesieve access`.

use std::sync::Arc;

use pagesieve::ExportOptions;
use pagesieve::crawl::{Content, RowFormat};
use pagesieve::export::verdicts;

use super::args::AccessArgs;
use super::console::Console;
use super::crawl::{Made, RunArgs};
use super::failure::Failure;
use super::pages::{Outcome, page_model_of};
use super::results::Target;

pub(crate) fn run(args: &AccessArgs, console: &Console) -> Result<Outcome, Failure> {
    let target = Target::of(&args.write);
    let export = verdicts(Arc::new(page_model_of(&args.judging)?));
    let format = RowFormat::Export { head: export.head(), between: export.between() };
    let run = RunArgs {
        pages: &args.pages,
        labelling: &args.labelling,
        read: &args.read,
        filter: &args.filter,
        site: None,
        dedup: None,
        write: &args.write,
    };
    let made = Made { export: ExportOptions::default(), content: Content::Export(export), format, extension: "jsonl" };
    run.run(&target, made, console)
}
