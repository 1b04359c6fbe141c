//! `pagesieve classify`.

use pagesieve::ExportOptions;
use pagesieve::crawl::{Content, RowFormat};
use pagesieve::export::BlockFormat;

use super::args::{ClassifyArgs, ClassifyFormat};
use super::console::Console;
use super::crawl::{Made, RunArgs, exported};
use super::failure::Failure;
use super::pages::Outcome;
use super::results::Target;

pub(crate) fn run(args: &ClassifyArgs, console: &Console) -> Result<Outcome, Failure> {
    let target = Target::of(&args.write);
    let format = args.format.unwrap_or_else(|| match target.extension().as_deref() {
        Some("csv") => ClassifyFormat::Csv,
        Some("parquet") => ClassifyFormat::Parquet,
        _ => ClassifyFormat::Jsonl,
    });
    let exporter = |format: BlockFormat| exported(format.exporter());
    let (extension, (content, format)) = match format {
        ClassifyFormat::Jsonl => ("jsonl", exporter(BlockFormat::Jsonl)),
        ClassifyFormat::Csv => ("csv", exporter(BlockFormat::Csv)),
        ClassifyFormat::Parquet => ("parquet", (Content::Blocks, RowFormat::BlockParquet)),
    };
    let run = RunArgs {
        pages: &args.pages,
        labelling: &args.labelling,
        judging: &args.judging,
        site: Some(&args.site),
        read: &args.read,
        filter: &args.filter,
        dedup: None,
        write: &args.write,
    };
    run.run(&target, Made { export: ExportOptions::default(), content, format, extension }, console)
}
