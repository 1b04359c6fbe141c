//! The command `pagesieve`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
