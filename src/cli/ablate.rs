//! `pagesieve ablate`.

use pagesieve::evaluate::ablate;
use pagesieve::{Error, Recipe};

use super::args::AblateArgs;
use super::console::Console;
use super::failure::Failure;
use super::output::Output;
use super::pages::{Outcome, corpus_of};

pub(crate) fn run(args: &AblateArgs, console: &Console) -> Result<Outcome, Failure> {
    let mut recipe = args.recipe.as_ref().map_or_else(|| Ok(Recipe::default()), |path| Recipe::read(path))?;
    recipe.seed = args.seed.unwrap_or(recipe.seed);
    let corpus = corpus_of(&args.corpus)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let table = pool.install(|| ablate(&corpus, &recipe, &args.folds, &args.only, &|step| console.step(step)))?;
    let mut bytes = Vec::new();
    table.write_csv(&mut bytes).map_err(|source| Error::write(&args.output.output, source))?;
    Output::whole(&args.output.output, &bytes)?;
    Ok(Outcome::Complete)
}
