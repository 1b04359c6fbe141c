//! The command `pagesieve`: from the command line to an exit code.
//!
//! Takes arguments, runs one command. Knows nothing of how pages are read, labelled or written: the library does that.

mod ablate;
mod access;
mod args;
mod args_crawl;
mod args_pages;
mod card;
mod classify;
mod completions;
mod console;
mod crawl;
mod evaluate;
mod explain;
mod extract;
mod failure;
mod features;
mod labels;
mod man;
mod output;
mod pages;
mod pages_model;
mod progress;
mod results;
mod train;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Command, CommandLine};
use console::Console;
use pages::Outcome;

/// A score misses its gate.
const GATE_FAILED: u8 = 1;

/// Wrong usage, or something could not be read or written.
const TROUBLE: u8 = 2;

/// Ended by Ctrl-C (128 and the signal's number, as shells have it).
const INTERRUPTED: u8 = 130;

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // If even the message cannot be written, the exit code still says it.
            let _ = error.print();
            return if error.use_stderr() { TROUBLE.into() } else { ExitCode::SUCCESS };
        }
    };
    let console = Console::new(&line.console);
    let done = match &line.command {
        Command::Extract(args) => extract::run(args, &console),
        Command::Classify(args) => classify::run(args, &console),
        Command::Access(args) => access::run(args, &console),
        Command::Explain(args) => explain::run(args, &console),
        Command::Train(args) => train::run(args, &console),
        Command::Evaluate(args) => evaluate::run(args, &console),
        Command::TrainPages(args) => pages_model::train(args, &console),
        Command::EvaluatePages(args) => pages_model::evaluate(args, &console),
        Command::Ablate(args) => ablate::run(args, &console),
        Command::Features(args) => features::run(args, &console),
        Command::Card(args) => card::run(args),
        Command::Labels(args) => labels::run(args, &console),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    };
    match done {
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Ok(Outcome::GateFailed) => GATE_FAILED.into(),
        Ok(Outcome::SomeUnread) => TROUBLE.into(),
        Ok(Outcome::Interrupted) => INTERRUPTED.into(),
        // Whoever read our output has enough of it.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            console.error(&failure);
            TROUBLE.into()
        }
    }
}
