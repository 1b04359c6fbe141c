//! Writes pages to measure on into a folder: `cargo run --example bench-pages -- FOLDER`.

use std::path::PathBuf;
use std::process::ExitCode;

mod pages;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return fail("name the folder to write the pages into");
    };
    if let Err(error) = std::fs::create_dir_all(&folder) {
        return fail(&format!("{}: {error}", folder.display()));
    }
    for (number, page) in pages::pages().iter().enumerate() {
        let path = folder.join(format!("{number:02}.html"));
        if let Err(error) = std::fs::write(&path, page) {
            return fail(&format!("{}: {error}", path.display()));
        }
    }
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "a program")]
fn fail(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::FAILURE
}
