//! `pagesieve train`.

use std::time::Instant;

use pagesieve::{Error, Recipe};
use serde::Serialize;

use super::args::TrainArgs;
use super::console::Console;
use super::failure::Failure;
use super::pages::{Outcome, corpus_of};

/// What training took.
#[derive(Serialize)]
struct Cost {
    seconds: u64,
    threads: usize,
    /// The most memory the process has held, in bytes; null where the system does not say.
    peak_bytes: Option<u64>,
}

pub(crate) fn run(args: &TrainArgs, console: &Console) -> Result<Outcome, Failure> {
    let recipe = args.recipe.as_ref().map_or_else(|| Ok(Recipe::default()), |path| Recipe::read(path))?;
    let corpus = corpus_of(&args.corpus)?;
    let started = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.map_or(0, usize::from)).build()?;
    let model = pool.install(|| pagesieve::train::train(&corpus, &recipe, &|step| console.step(step)))?;
    let bytes = model.to_bytes()?;
    if let Some(path) = &args.cost {
        let cost = Cost { seconds: started.elapsed().as_secs(), threads: pool.current_num_threads(), peak_bytes: peak_bytes() };
        let written = serde_json::to_vec_pretty(&cost).map_err(std::io::Error::from).and_then(|json| std::fs::write(path, json));
        written.map_err(|source| Error::write(path, source))?;
    }
    // Under another name first: whoever reads the file never sees half a model.
    let unfinished = args.out.with_extension("unfinished");
    std::fs::write(&unfinished, &bytes).map_err(|source| Error::write(&unfinished, source))?;
    std::fs::rename(&unfinished, &args.out).map_err(|source| Error::write(&args.out, source))?;
    console.step(&format!("{}: {} bytes", args.out.display(), bytes.len()));
    Ok(Outcome::Complete)
}

/// Linux says it in `/proc` (proc(5), `VmHWM`: the peak of resident memory in KiB).
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
