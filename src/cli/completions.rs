//! `pagesieve completions`.

use clap::CommandFactory as _;

use super::args::{CommandLine, CompletionsArgs};
use super::failure::Failure;
use super::output::Output;
use super::pages::Outcome;

pub(crate) fn run(args: &CompletionsArgs) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut CommandLine::command(), "pagesieve", &mut script);
    let mut output = Output::stdout()?;
    output.write(&script)?;
    output.finish()?;
    Ok(Outcome::Complete)
}
