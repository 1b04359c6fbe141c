//! `pagesieve evaluate`.

use pagesieve::evaluate::{Gates, Report, evaluate_ceiling, evaluate_model, evaluate_predictions, evaluate_site_memory};
use pagesieve::page_model::BlockLabels;
use pagesieve::train::{Input, cross_validate};
use pagesieve::{Corpus, Error, Recipe};

use super::args::{EvaluateArgs, GateArgs, ReportFormat};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, corpus_of, decision_of, model_of};

pub(crate) fn run(args: &EvaluateArgs, console: &Console) -> Result<Outcome, Failure> {
    if args.format == ReportFormat::Csv {
        // Said before work of minutes.
        for (asked, flag) in [(args.cross.site_memory, "--site-memory"), (args.ceiling.is_some(), "--ceiling")] {
            if asked {
                return Err(Failure::Usage(format!("{flag} writes text or json")));
            }
        }
    }
    let corpus = corpus_of(&args.corpus)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let (bytes, misses) = pool.install(|| scored(args, &corpus, console))?;
    Output::whole(&args.output.output, &bytes)?;
    for miss in &misses {
        console.gate(miss);
    }
    Ok(if misses.is_empty() { Outcome::Complete } else { Outcome::GateFailed })
}

/// The report as it is written, and the gates that are missed.
fn scored(args: &EvaluateArgs, corpus: &Corpus, console: &Console) -> Result<(Vec<u8>, Vec<String>), Failure> {
    let (mut bytes, mut misses) = (Vec::new(), Vec::new());
    let written = if args.cross.site_memory {
        let report = evaluate_site_memory(corpus, &recipe(args)?, &decision_of(&args.labelling), &|step| console.step(step))?;
        if args.format == ReportFormat::Json { report.write_json(&mut bytes) } else { report.write_text(&mut bytes) }
    } else if let Some(labels) = &args.ceiling {
        let report = evaluate_ceiling(corpus, &BlockLabels::read(labels)?)?;
        if args.format == ReportFormat::Json { report.write_json(&mut bytes) } else { report.write_markdown(&mut bytes) }
    } else {
        let report = report(args, corpus, console)?;
        misses = report.gate(&gates(&args.gates));
        match args.format {
            ReportFormat::Text => report.write_text(&mut bytes),
            ReportFormat::Json => report.write_json(&mut bytes),
            ReportFormat::Csv => report.write_csv(&mut bytes),
        }
    };
    written.map_err(|source| Error::write(&args.output.output, source))?;
    Ok((bytes, misses))
}

fn report(args: &EvaluateArgs, corpus: &Corpus, console: &Console) -> Result<Report, Failure> {
    let decision = decision_of(&args.labelling);
    let step = |step: &str| console.step(step);
    if args.cross_validate {
        let recipe = recipe(args)?;
        let input = if args.cross.text_only { Input::Text } else { Input::Html };
        let predictions = cross_validate(corpus, &recipe, input, &step)?;
        if let Some(path) = &args.cross.write_labels {
            Output::whole(path, BlockLabels::of_predictions(corpus, &predictions).to_csv().as_bytes())?;
        }
        step("scoring");
        return Ok(evaluate_predictions(corpus, predictions, &decision)?);
    }
    Ok(evaluate_model(corpus, &model_of(&args.labelling)?, &decision, &step)?)
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
