//! `pagesieve classify`.

use pagesieve::export::BlockFormat;

use super::args::{ClassifyArgs, ClassifyFormat};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, Pages};

pub(crate) fn run(args: &ClassifyArgs, console: &Console) -> Result<Outcome, Failure> {
    let format = match args.format {
        ClassifyFormat::Jsonl => BlockFormat::Jsonl,
        ClassifyFormat::Csv => BlockFormat::Csv,
    };
    let pages = Pages::new(&args.pages, &args.labelling, console)?;
    pages.export(&*format.exporter(), Output::create(&args.output.output)?)
}
