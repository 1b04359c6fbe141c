//! `pagesieve extract`.

use std::sync::Arc;

use pagesieve::ExportOptions;
use pagesieve::PageModel;
use pagesieve::crawl::{Content, RowFormat};
use pagesieve::export::PageFormat;

use super::args::{ExtractArgs, ExtractFormat, JudgingArgs};
use super::console::Console;
use super::crawl::{Made, RunArgs, exported};
use super::failure::Failure;
use super::pages::{Outcome, page_model_of};
use super::results::Target;

pub(crate) fn run(args: &ExtractArgs, console: &Console) -> Result<Outcome, Failure> {
    let target = Target::of(&args.write);
    let format = args.format.unwrap_or_else(|| default_format(&target));
    if args.dedup.dedup.is_some() && matches!(format, ExtractFormat::Markdown | ExtractFormat::Html) {
        return Err(Failure::Usage("--dedup works on plain text: write text, jsonl, csv or parquet".to_owned()));
    }
    let mut export = ExportOptions::default().keep(args.keep.iter().copied()).headline(args.headline);
    let rows = matches!(format, ExtractFormat::Jsonl | ExtractFormat::Csv | ExtractFormat::Parquet);
    if rows
        && !args.no_facts
        && let Some(model) = page_model(&args.judging)?
    {
        export = export.facts(Arc::new(model));
    }
    let exporter = |format: PageFormat| exported(format.exporter(export.clone().front_matter(!args.no_facts)));
    let (extension, (content, format)) = match format {
        ExtractFormat::Text => ("txt", (Content::Pages, RowFormat::Text)),
        ExtractFormat::Markdown => ("md", exporter(PageFormat::Markdown)),
        ExtractFormat::Html => ("html", exporter(PageFormat::Html)),
        ExtractFormat::Jsonl => ("jsonl", (Content::Pages, RowFormat::Jsonl)),
        ExtractFormat::Csv => ("csv", (Content::Pages, RowFormat::Csv)),
        ExtractFormat::Parquet => ("parquet", (Content::Pages, RowFormat::PageParquet)),
    };
    let run = RunArgs {
        pages: &args.pages,
        labelling: &args.labelling,
        judging: &args.judging,
        site: Some(&args.site),
        read: &args.read,
        filter: &args.filter,
        dedup: Some(&args.dedup),
        write: &args.write,
    };
    run.run(&target, Made { export, content, format, extension }, console)
}

/// The page model that is named, or the bundled one; `None` in a build without that: its rows have no verdict.
fn page_model(args: &JudgingArgs) -> Result<Option<PageModel>, Failure> {
    if args.page_model.is_none() && cfg!(not(feature = "bundled-model")) {
        return Ok(None);
    }
    page_model_of(args).map(Some)
}

/// What the output's name says.
fn default_format(target: &Target) -> ExtractFormat {
    if let Target::Folder(_) = target {
        return ExtractFormat::Jsonl;
    }
    match target.extension().as_deref() {
        Some("jsonl" | "ndjson") => ExtractFormat::Jsonl,
        Some("csv") => ExtractFormat::Csv,
        Some("parquet") => ExtractFormat::Parquet,
        Some("md" | "markdown") => ExtractFormat::Markdown,
        Some("html" | "htm") => ExtractFormat::Html,
        _ => ExtractFormat::Text,
    }
}
