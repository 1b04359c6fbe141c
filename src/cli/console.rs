//! Messages and progress on standard error.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};

use clap::builder::styling::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use super::args::{Color, ConsoleArgs};

/// Says what there is to say to whoever runs the command.
#[derive(Debug)]
pub(crate) struct Console {
    color: bool,
    quiet: bool,
}

impl Console {
    pub(crate) fn new(args: &ConsoleArgs) -> Self {
        let wanted = || std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let color = match args.color {
            Color::Auto => wanted(),
            Color::Always => true,
            Color::Never => false,
        };
        Self { color, quiet: args.quiet }
    }

    /// An error and its causes, in one line.
    pub(crate) fn error(&self, error: &dyn Error) {
        let mut chain = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            chain.push_str(": ");
            chain.push_str(&inner.to_string());
            cause = inner.source();
        }
        self.say("error", AnsiColor::Red, &chain);
    }

    /// Something that was done otherwise than one would expect.
    pub(crate) fn warning(&self, message: &str) {
        if !self.quiet {
            self.say("warning", AnsiColor::Yellow, message);
        }
    }

    /// Names a score that misses its gate.
    pub(crate) fn gate(&self, miss: &str) {
        self.say("gate", AnsiColor::Red, miss);
    }

    /// Says how far long work has come.
    pub(crate) fn step(&self, message: &str) {
        if !self.quiet {
            self.say("step", AnsiColor::Green, message);
        }
    }

    fn say(&self, kind: &str, color: AnsiColor, message: &str) {
        let style = if self.color { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        // There is no one left to tell if standard error cannot be written.
        let _ = writeln!(std::io::stderr(), "{style}{kind}:{style:#} {message}");
    }

    /// Text of several lines, as it stands.
    pub(crate) fn text(&self, text: &str) {
        if !self.quiet {
            let _ = write!(std::io::stderr(), "{text}");
        }
    }

    /// A bar for work over `bytes` bytes of input; hidden unless standard error is a terminal.
    pub(crate) fn progress(&self, bytes: u64) -> ProgressBar {
        if !self.shows_bars() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{bar:30} {percent} %, {msg}, {bytes_per_sec}, {eta} left");
        ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }

    /// Whether bars can be seen.
    pub(crate) fn shows_bars(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }
}
