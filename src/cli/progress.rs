//! What a run says while it goes on: what it could not read, what it cut, and how far it is.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use pagesieve::crawl::{Input, Observer, PageRow, RunProgress};
use pagesieve::{Error, Result};

use super::console::Console;
use super::pages::warn_of_cut;

/// Without a terminal, a line is written each time so long has passed.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// The bar is drawn no more often.
const BAR_EVERY: Duration = Duration::from_millis(200);

/// Tells a console.
pub(crate) struct Progress<'a> {
    console: &'a Console,
    bar: ProgressBar,
    /// Bytes of the inputs before each.
    before: Vec<u64>,
    total: u64,
    begun: Cell<Instant>,
    /// Whether the inputs are being counted, not labelled yet.
    counting: Cell<bool>,
    /// When something was last shown; records done, and bytes read, when the run was begun or gone on with.
    shown: Cell<Instant>,
    first: RefCell<Option<(u64, u64)>>,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(console: &'a Console, inputs: &[Result<Input>]) -> Self {
        let mut total = 0;
        let size = |input: &Result<Input>| {
            let path = &input.as_ref().ok()?.path;
            Some(std::fs::metadata(path).ok()?.len())
        };
        let before = inputs
            .iter()
            .map(|input| {
                let before = total;
                total += size(input).unwrap_or(0);
                before
            })
            .collect();
        let now = Instant::now();
        let bar = console.progress(total);
        Self {
            console,
            bar,
            before,
            total,
            begun: Cell::new(now),
            counting: Cell::new(false),
            shown: Cell::new(now),
            first: RefCell::new(None),
        }
    }

    /// Clears the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress<'_> {
    fn show(&self, progress: RunProgress, what: &str) {
        let done = self.before.get(progress.input).copied().unwrap_or(0) + progress.bytes;
        let (first, first_bytes) = *self.first.borrow_mut().get_or_insert((progress.records.saturating_sub(1), done));
        let every = if self.console.shows_bars() { BAR_EVERY } else { LINE_EVERY };
        if self.shown.get().elapsed() < every {
            return;
        }
        self.shown.set(Instant::now());
        let seconds = self.begun.get().elapsed().as_secs_f64();
        let rate = (progress.records - first) as f64 / seconds;
        if self.console.shows_bars() {
            self.bar.set_position(done);
            self.bar.set_message(format!("{} {what}, {rate:.0} records/s", progress.records));
        } else {
            let speed = done.saturating_sub(first_bytes) as f64 / seconds;
            self.console.step(&format!("{} {what}, {rate:.0} records/s, {}", progress.records, read(done, self.total, speed)));
        }
    }
}

/// How much of the inputs is read, how fast, and how long the rest takes at that speed (bytes a second).
fn read(done: u64, total: u64, speed: f64) -> String {
    let share = if total > 0 { format!(" ({:.0} %)", 100.0 * done as f64 / total as f64) } else { String::new() };
    let mut text = format!("{:.0} MB read{share}, {:.1} MB/s", done as f64 / 1e6, speed / 1e6);
    let left = total.saturating_sub(done) as f64 / speed;
    if left.is_finite() && total > done {
        let minutes = (left / 60.0).ceil();
        let (hours, minutes) = ((minutes / 60.0).floor(), minutes % 60.0);
        // Writing to a string cannot fail.
        if hours > 0.0 {
            let _ = write!(text, ", {hours:.0} h");
        }
        let _ = write!(text, "{} {minutes:.0} min left", if hours > 0.0 { "" } else { "," });
    }
    text
}

impl Observer for Progress<'_> {
    fn page(&self, row: &PageRow) {
        for cut in &row.record.cuts {
            self.bar.suspend(|| warn_of_cut(self.console, &row.record.path, cut));
        }
    }

    fn broken(&self, error: &Error) {
        self.bar.suspend(|| self.console.error(error));
    }

    fn counted(&self, progress: RunProgress) {
        self.counting.set(true);
        self.show(progress, "records counted");
    }

    fn progress(&self, progress: RunProgress) {
        if self.counting.replace(false) {
            self.first.replace(None);
            self.begun.set(Instant::now());
        }
        self.show(progress, "records");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long() {
        assert_eq!(read(250_000_000, 1_000_000_000, 2_500_000.0), "250 MB read (25 %), 2.5 MB/s, 5 min left");
        assert_eq!(read(1_000_000_000, 40_000_000_000, 5_000_000.0), "1000 MB read (2 %), 5.0 MB/s, 2 h 10 min left");
        // What has no size, such as standard input, has no end in sight either.
        assert_eq!(read(9_000_000, 0, 3_000_000.0), "9 MB read, 3.0 MB/s");
        assert_eq!(read(0, 1_000_000, 0.0), "0 MB read (0 %), 0.0 MB/s");
    }
}
