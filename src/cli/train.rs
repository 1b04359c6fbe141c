//! `pagesieve train`.

use pagesieve::{Corpus, Error, Recipe};

use super::args::TrainArgs;
use super::console::Console;
use super::failure::Failure;
use super::pages::Outcome;

pub(crate) fn run(args: &TrainArgs, console: &Console) -> Result<Outcome, Failure> {
    let recipe = args.recipe.as_ref().map_or_else(|| Ok(Recipe::default()), |path| Recipe::read(path))?;
    let corpus = Corpus::open(&args.corpus)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let model = pool.install(|| pagesieve::train::train(&corpus, &recipe, &|step| console.step(step)))?;
    let bytes = model.to_bytes()?;
    // Under another name first: whoever reads the file never sees half a model.
    let unfinished = args.out.with_extension("unfinished");
    std::fs::write(&unfinished, &bytes).map_err(|source| Error::write(&unfinished, source))?;
    std::fs::rename(&unfinished, &args.out).map_err(|source| Error::write(&args.out, source))?;
    console.step(&format!("{}: {} bytes", args.out.display(), bytes.len()));
    Ok(Outcome::Complete)
}
