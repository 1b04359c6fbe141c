//! Runs pagesieve and its peers over the same pages in turn, and writes what they take: CSV, a plot and the tables of the READMEs.
//!
//! Takes a folder of pages (`.html`, `.htm`, `.html.gz`). All pages are unpacked into memory first; then each peer goes through all of them
//! on one thread, one peer after the other, several times over. What is counted is the processor time of that thread, so that other work on
//! the machine disturbs little.

mod error;
mod measure;
mod pages;
mod peers;
mod plot;
mod python;
mod record;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Failure;

#[derive(Debug, Parser)]
#[command(version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure the peers over a folder of pages and write `speed.csv`, `speed-stages.csv` and `speed.svg`
    Run(RunArgs),
    /// Put the tables made from the CSV files between their marks in Markdown files
    Table {
        /// The folder of the CSV files
        #[arg(long, default_value = "notebooks-data")]
        data: PathBuf,
        /// The Markdown files: a table goes between `<!-- table NAME -->` and `<!-- end of table -->`
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The folder of pages
    folder: PathBuf,
    /// How many pages to take, evenly spaced over the folder in the order of their paths; 0 for all
    #[arg(long, default_value_t = 300)]
    pages: usize,
    /// How often each peer goes through the pages
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Leave peers out by a part of their names, such as `trafilatura`
    #[arg(long, value_name = "PART")]
    without: Vec<String>,
    /// The Python that has the Python peers' packages
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Where the CSV files go
    #[arg(long, default_value = "notebooks-data")]
    out: PathBuf,
    /// Where the plot goes
    #[arg(long, default_value = "docs/speed.svg")]
    plot: PathBuf,
}

fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Run(args) => run(&args),
        Command::Table { data, files } => files.iter().try_for_each(|file| table::write(&data, file)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &RunArgs) -> Result<(), Failure> {
    let pages = pages::load(&args.folder, args.pages)?;
    eprintln!("{} pages, {:.1} MB", pages.len(), pages::megabytes(&pages));
    let wanted = |name: &str| !args.without.iter().any(|part| name.contains(part.as_str()));
    let mut all = peers::stages()?;
    let stages = all.len();
    all.extend(peers::peers(&args.python, &pages, wanted)?);
    let times = measure::alternate(&mut all, &pages, args.runs)?;
    let records: Vec<_> = all.iter().zip(&times).map(|(peer, times)| record::Record::new(peer.as_ref(), &pages, times)).collect();
    let (stages, peers) = records.split_at(stages);
    record::write(&args.out.join("speed-stages.csv"), stages)?;
    let peers = record::with_ratios(peers);
    record::write(&args.out.join("speed.csv"), &peers)?;
    plot::draw(&args.plot, &peers)
}
