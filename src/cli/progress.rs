//! What a run says while it goes on: what it could not read, what it cut, and how far it is.

use std::cell::{Cell, RefCell};
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
    /// When something was last shown, and records done when the run was begun or gone on with.
    shown: Cell<Instant>,
    first: RefCell<Option<u64>>,
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
        let first = *self.first.borrow_mut().get_or_insert(progress.records.saturating_sub(1));
        let every = if self.console.shows_bars() { BAR_EVERY } else { LINE_EVERY };
        if self.shown.get().elapsed() < every {
            return;
        }
        self.shown.set(Instant::now());
        let seconds = self.begun.get().elapsed().as_secs_f64();
        let rate = (progress.records - first) as f64 / seconds;
        let done = self.before.get(progress.input).copied().unwrap_or(0) + progress.bytes;
        if self.console.shows_bars() {
            self.bar.set_position(done);
            self.bar.set_message(format!("{} {what}, {rate:.0} records/s", progress.records));
        } else {
            let percent = 100.0 * done as f64 / self.total.max(1) as f64;
            let megabytes = done as f64 / 1e6;
            self.console.step(&format!("{} {what}, {rate:.0} records/s, {megabytes:.0} MB read ({percent:.0} %)", progress.records));
        }
    }
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
