//! `pagesieve extract`.

use pagesieve::ExportOptions;
use pagesieve::export::PageFormat;

use super::args::{ExtractArgs, ExtractFormat};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, Pages};

pub(crate) fn run(args: &ExtractArgs, console: &Console) -> Result<Outcome, Failure> {
    let options = ExportOptions::default().keep(args.keep.iter().copied()).headline(args.headline);
    let format = match args.format {
        ExtractFormat::Text => PageFormat::Text,
        ExtractFormat::Markdown => PageFormat::Markdown,
        ExtractFormat::Html => PageFormat::Html,
        ExtractFormat::Jsonl => PageFormat::Jsonl,
    };
    let pages = Pages::new(&args.pages, &args.labelling, console)?;
    pages.export(&*format.exporter(options), Output::create(&args.output.output)?)
}
