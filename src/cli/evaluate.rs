//! `pagesieve evaluate`.

use pagesieve::evaluate::{Gates, Report, evaluate_ceiling, evaluate_model, evaluate_predictions, evaluate_site_memory};
use pagesieve::page_model::BlockLabels;
use pagesieve::train::{Input, cross_validate};
use pagesieve::{Corpus, Error, Recipe};

use super::args::{EvaluateArgs, GateArgs, ReportFormat};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, decision_of, model_of};

pub(crate) fn run(args: &EvaluateArgs, console: &Console) -> Result<Outcome, Failure> {
    let corpus = Corpus::open(&args.corpus)?;
    if args.cross.site_memory {
        return site_memory(args, &corpus, console);
    }
    if let Some(labels) = &args.ceiling {
        return ceiling(args, &corpus, &BlockLabels::read(labels)?);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let report = pool.install(|| report(args, &corpus, console))?;
    let mut bytes = Vec::new();
    let written = match args.format {
        ReportFormat::Text => report.write_text(&mut bytes),
        ReportFormat::Json => report.write_json(&mut bytes),
        ReportFormat::Csv => report.write_csv(&mut bytes),
    };
    written.map_err(|source| Error::write(&args.output.output, source))?;
    let mut output = Output::create(&args.output.output)?;
    output.write(&bytes)?;
    output.finish()?;
    let misses = report.gate(&gates(&args.gates));
    for miss in &misses {
        console.gate(miss);
    }
    Ok(if misses.is_empty() { Outcome::Complete } else { Outcome::GateFailed })
}

fn report(args: &EvaluateArgs, corpus: &Corpus, console: &Console) -> Result<Report, Failure> {
    let decision = decision_of(&args.labelling);
    let step = |step: &str| console.step(step);
    if args.cross_validate {
        let recipe = recipe(args)?;
        let input = if args.cross.text_only { Input::Text } else { Input::Html };
        let predictions = cross_validate(corpus, &recipe, input, &step)?;
        if let Some(path) = &args.cross.write_labels {
            let labels = BlockLabels::of_predictions(corpus, &predictions).to_csv();
            std::fs::write(path, labels).map_err(|source| Error::write(path, source))?;
        }
        step("scoring");
        return Ok(evaluate_predictions(corpus, predictions, &decision)?);
    }
    Ok(evaluate_model(corpus, &model_of(&args.labelling)?, &decision, &step)?)
}

fn site_memory(args: &EvaluateArgs, corpus: &Corpus, console: &Console) -> Result<Outcome, Failure> {
    let recipe = recipe(args)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let decision = decision_of(&args.labelling);
    let report = pool.install(|| evaluate_site_memory(corpus, &recipe, &decision, &|step| console.step(step)))?;
    let mut bytes = Vec::new();
    let written = match args.format {
        ReportFormat::Text => report.write_text(&mut bytes),
        ReportFormat::Json => report.write_json(&mut bytes),
        ReportFormat::Csv => return Err(Failure::Usage("--site-memory writes text or json".to_owned())),
    };
    written.map_err(|source| Error::write(&args.output.output, source))?;
    let mut output = Output::create(&args.output.output)?;
    output.write(&bytes)?;
    output.finish()?;
    Ok(Outcome::Complete)
}

fn ceiling(args: &EvaluateArgs, corpus: &Corpus, labels: &BlockLabels) -> Result<Outcome, Failure> {
    let report = evaluate_ceiling(corpus, labels)?;
    let text = match args.format {
        ReportFormat::Text => report.to_markdown(),
        ReportFormat::Json => report.to_json().map_err(|error| Error::write(&args.output.output, error.into()))?,
        ReportFormat::Csv => return Err(Failure::Usage("--ceiling writes text or json".to_owned())),
    };
    let mut output = Output::create(&args.output.output)?;
    output.write(text.as_bytes())?;
    output.finish()?;
    Ok(Outcome::Complete)
}

fn recipe(args: &EvaluateArgs) -> Result<Recipe, Error> {
    args.cross.recipe.as_ref().map_or_else(|| Ok(Recipe::default()), |path| Recipe::read(path))
}

fn gates(args: &GateArgs) -> Gates {
    Gates {
        min_macro_f1: args.min_macro_f1,
        min_word_f1: args.min_word_f1,
        min_segment_f1: args.min_segment_f1,
        max_calibration_error: args.max_calibration_error,
    }
}
