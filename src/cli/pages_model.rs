//! `pagesieve train-pages` and `pagesieve evaluate-pages`.

use std::path::Path;

use pagesieve::page_model::{BlockLabels, PageCorpus, PageReport, Readings, cross_validate_pages, train_pages};
use pagesieve::{Corpus, Error, Recipe};

use super::args_pages::{EvaluatePagesArgs, PageCorpusArgs, PageReportFormat, TrainPagesArgs};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::Outcome;

pub(crate) fn train(args: &TrainPagesArgs, console: &Console) -> Result<Outcome, Failure> {
    let (corpus, model) = within_pool(&args.corpus, || {
        let corpus = read(&args.corpus, &Readings::default(), console)?;
        let model = train_pages(&corpus)?;
        Ok((corpus, model))
    })?;
    if let Some(path) = &args.rows {
        write(path, corpus.to_csv().as_bytes())?;
    }
    let bytes = model.to_bytes()?;
    // Under another name first: whoever reads the file never sees half a model.
    let unfinished = args.out.with_extension("unfinished");
    write(&unfinished, &bytes)?;
    std::fs::rename(&unfinished, &args.out).map_err(|source| Error::write(&args.out, source))?;
    console.step(&format!("{}: {} bytes", args.out.display(), bytes.len()));
    Ok(Outcome::Complete)
}

pub(crate) fn evaluate(args: &EvaluatePagesArgs, console: &Console) -> Result<Outcome, Failure> {
    let mut readings = Readings::default();
    if let Some(path) = &args.titles {
        readings = readings.titles(path)?;
    }
    if let Some(path) = &args.metadata {
        readings = readings.metadata(path)?;
    }
    if let Some(path) = &args.prompt_kinds {
        readings = readings.prompt_kinds(path)?;
    }
    let report = within_pool(&args.corpus, || Ok(cross_validate_pages(&read(&args.corpus, &readings, console)?)?))?;
    let bytes = match args.format {
        PageReportFormat::Text => report.to_text(),
        PageReportFormat::Json => report.to_json(),
        PageReportFormat::Markdown => report.to_markdown(),
        PageReportFormat::Csv => report.ablation_csv(),
    };
    Output::whole(&args.output.output, bytes.as_bytes())?;
    Ok(gate(&report, args.min_gated_f1, console))
}

fn gate(report: &PageReport, least: Option<f64>, console: &Console) -> Outcome {
    match least.filter(|least| report.gated.f1 < *least) {
        Some(least) => {
            console.gate(&format!("gated F1 is {:.4}, below {least}", report.gated.f1));
            Outcome::GateFailed
        }
        None => Outcome::Complete,
    }
}

fn within_pool<T: Send>(args: &PageCorpusArgs, work: impl FnOnce() -> Result<T, Failure> + Send) -> Result<T, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    pool.install(work)
}

fn read(args: &PageCorpusArgs, readings: &Readings, console: &Console) -> Result<PageCorpus, Failure> {
    let corpus = Corpus::open(&args.corpus)?;
    let labels = if let Some(path) = &args.labels {
        BlockLabels::read(path)?
    } else {
        let recipe = args.recipe.as_ref().map_or_else(|| Ok(Recipe::default()), |path| Recipe::read(path))?;
        BlockLabels::cross_validated(&corpus, &recipe, &|step| console.step(step))?
    };
    if let Some(path) = &args.write_labels {
        write(path, labels.to_csv().as_bytes())?;
    }
    console.step("reading pages");
    Ok(PageCorpus::read(&args.corpus, &corpus, &labels, readings)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(path, bytes).map_err(|source| Error::write(path, source))
}
