//! `pagesieve man`.

use clap::CommandFactory as _;

use super::args::{CommandLine, ManArgs};
use super::failure::Failure;
use super::output::Output;
use super::pages::Outcome;

pub(crate) fn run(args: &ManArgs) -> Result<Outcome, Failure> {
    let mut all = CommandLine::command();
    all.build();
    let command = match &args.command {
        None => all,
        Some(name) => {
            let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
            let unknown = || Failure::Usage(format!("{name:?} is no command: expected one of {}", names.join(", ")));
            all.find_subcommand(name).ok_or_else(unknown)?.clone()
        }
    };
    let mut page = Vec::new();
    let mut output = Output::stdout()?;
    clap_mangen::Man::new(command).render(&mut page).map_err(|source| pagesieve::Error::write("standard output", source))?;
    output.write(&page)?;
    output.finish()?;
    Ok(Outcome::Complete)
}
