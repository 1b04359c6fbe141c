//! A run: inputs through the pipeline into a sink.
//!
//! Takes inputs, a labeller, filters and a sink; gives a summary in which every record read is accounted for. Tells an observer what happens.
//! Knows nothing of command lines.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::counting::site_counts;
use super::dedup::{Dedup, Sameness, keys_of};
use super::filter::Filters;
use super::labeller::Labeller;
use super::pipeline::{Bounds, Outcome, Pipeline};
use super::record::{Record, RecordSource};
use super::row::{PageOutput, PageRow};
use super::sink::{RunState, Sink};
use super::source::{Input, ReadOptions, open};
use super::summary::{Counts, Summary};
use crate::digest::sha256_of;
use crate::{Error, Model, Result};

/// Records between two checkpoints: some seconds of one thread's work.
pub const CHECKPOINT_RECORDS: u64 = 2048;

/// Memory for records that wait for a worker, and what each worker adds: some dozen usual pages a worker are enough that none waits, and readers
/// are always ahead, so that all of it is in use all the time.
const RECORD_BYTES: usize = 8 << 20;
const RECORD_BYTES_PER_WORKER: usize = 4 << 20;

/// Memory for results that wait for their turn.
const RESULT_BYTES: usize = 256 << 20;

/// How a run is done. Each setting states its default.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Threads that label; beside them one that reads for every eight, and one that writes. Default: one a core.
    pub threads: usize,
    /// How inputs are read. Default: [`ReadOptions::default`].
    pub read: ReadOptions,
    /// Which pages are written. Default: all.
    pub filters: Filters,
    /// Whether paragraphs that came before are taken off, what counts as the same, and in how many bytes of memory. Default: not.
    pub dedup: Option<(Sameness, usize)>,
    /// Whether texts that recur on a site are evidence, and in how many bytes they are counted: the inputs are then read twice, first to count.
    /// Default: not.
    pub site_memory: Option<usize>,
    /// A checkpoint is made each time so many records are done. Default: [`CHECKPOINT_RECORDS`].
    pub checkpoint_records: u64,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            read: ReadOptions::default(),
            filters: Filters::default(),
            dedup: None,
            site_memory: None,
            checkpoint_records: CHECKPOINT_RECORDS,
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunProgress {
    /// Records done.
    pub records: u64,
    /// The input whose records are being written, from 0.
    pub input: usize,
    /// Bytes read of that input.
    pub bytes: u64,
}

/// Is told what happens in a run, in the order of the inputs. All of it has defaults that do nothing.
pub trait Observer {
    /// A page was done, written or not.
    fn page(&self, row: &PageRow) {
        let _ = row;
    }

    /// Something could not be read.
    fn broken(&self, error: &Error) {
        let _ = error;
    }

    /// A record was done.
    fn progress(&self, progress: RunProgress) {
        let _ = progress;
    }

    /// A record was counted, before the first one is labelled: with [`RunOptions::site_memory`] alone.
    fn counted(&self, progress: RunProgress) {
        let _ = progress;
    }
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}

/// Runs over inputs. Ends early, in a state that can be gone on with, when `stop` is set.
///
/// The order of the output is that of the inputs, and its bytes are the same for any number of threads and however often the run was interrupted
/// and gone on with (but for pages that reach [`Labeller::max_time`]).
///
/// # Errors
/// If the sink cannot write, if there is not enough memory, if pages are to be left out by access and nothing judges it, or if an input that is
/// to be read twice cannot be. What cannot be read is told to the observer and counted.
pub fn run(
    inputs: Vec<Result<Input>>,
    labeller: &Labeller<'_>,
    options: &RunOptions,
    sink: &mut dyn Sink,
    watch: (&dyn Observer, &AtomicBool),
) -> Result<Summary> {
    let (observer, stop) = watch;
    let begun = Instant::now();
    check_memory(options)?;
    if !options.filters.drop_access.is_empty() && !labeller.judges() {
        let found = "no page model".to_owned();
        return Err(Error::Setting { setting: "pages to leave out by access", found, expected: "a page model that judges them" });
    }
    let sites = match options.site_memory {
        Some(bytes) => site_counts(&inputs, labeller, (options, bytes), &mut *sink, watch)?,
        None => None,
    };
    let mut writer = Writer::new(options, sink, observer)?;
    if options.site_memory.is_some() && sites.is_none() {
        return writer.finish(false, begun);
    }
    let bounds = bounds(options);
    let from = (writer.state.input, writer.state.record);
    let pipeline = Pipeline::new(inputs.len(), from, bounds, PageOutput::weight, stop);
    let inputs = Mutex::new(inputs.into_iter().map(Some).collect::<Vec<_>>());
    let open = |index: usize| -> Result<Box<dyn RecordSource>> {
        // Each input is opened once.
        let input = inputs.lock().unwrap_or_else(PoisonError::into_inner)[index].take();
        input.map_or_else(|| Ok(Box::new(Nothing) as Box<dyn RecordSource>), |input| open(&input?, &options.read))
    };
    let work = |record: Record| {
        let mut output = labeller.label_on_site(record, sites.as_ref())?;
        if let Some((sameness, _)) = options.dedup {
            output.keys = keys_of(&output.row.record.text, sameness);
        }
        Ok(output)
    };
    let complete = pipeline.run(open, work, |position, outcome, bytes| writer.take(position, outcome, bytes))?;
    writer.finish(complete, begun)
}

/// Refuses memory that the system does not give: to ask for it in earnest would end the program.
fn check_memory(options: &RunOptions) -> Result<()> {
    for (setting, bytes) in [("memory for paragraphs", options.dedup.map(|(_, bytes)| bytes)), ("memory for sites", options.site_memory)] {
        let bytes = bytes.unwrap_or(0);
        if Vec::<u8>::new().try_reserve_exact(bytes).is_err() {
            return Err(Error::Setting { setting, found: format!("{bytes} bytes"), expected: "no more than this machine has" });
        }
    }
    Ok(())
}

/// How much is in memory at a time.
pub(super) fn bounds(options: &RunOptions) -> Bounds {
    let threads = options.threads.max(1);
    Bounds { workers: threads, records: RECORD_BYTES + threads * RECORD_BYTES_PER_WORKER, results: RESULT_BYTES }
}

/// An input that was opened already, or that cannot be.
pub(super) struct Nothing;

impl RecordSource for Nothing {
    fn next(&mut self) -> Option<super::record::Item> {
        None
    }

    fn position(&self) -> u64 {
        0
    }
}

/// The last step: filters, counts, the sink, checkpoints.
struct Writer<'a> {
    options: &'a RunOptions,
    sink: &'a mut dyn Sink,
    observer: &'a dyn Observer,
    state: RunState,
    dedup: Option<Dedup>,
    summary: Summary,
    bytes: (usize, u64),
}

impl<'a> Writer<'a> {
    fn new(options: &'a RunOptions, sink: &'a mut dyn Sink, observer: &'a dyn Observer) -> Result<Self> {
        let state = sink.resumed().unwrap_or_default();
        let mut dedup = options.dedup.map(|(_, bytes)| Dedup::new(bytes));
        if let Some(dedup) = &mut dedup {
            sink.replay(&mut |key| dedup.replay(key))?;
        }
        let summary = Summary {
            complete: false,
            counts: Counts::default(),
            parts: Vec::new(),
            seconds: 0.0,
            pages_worked: 0,
            bytes_read: 0,
            slowest: Vec::new(),
            false_positives: None,
        };
        let bytes = (state.input, 0);
        Ok(Self { options, sink, observer, state, dedup, summary, bytes })
    }

    fn take(&mut self, position: (usize, u64), outcome: Outcome<PageOutput>, bytes: (usize, u64)) -> Result<ControlFlow<()>> {
        let mut full = false;
        match outcome {
            Outcome::Skipped(reason) => self.state.counts.skip(reason),
            Outcome::Broken(error) => {
                self.state.counts.break_off();
                self.observer.broken(&error);
            }
            Outcome::Worked(output, took) => {
                self.summary.pages_worked += 1;
                self.summary.slow(&output.row.record.path, took);
                full = self.page(output)?;
            }
        }
        self.progress(bytes);
        (self.state.input, self.state.record) = (position.0, position.1 + 1);
        if full || self.state.counts.records.is_multiple_of(self.options.checkpoint_records.max(1)) {
            let keys = self.dedup.as_mut().map(Dedup::fresh).unwrap_or_default();
            self.sink.checkpoint(&self.state, &keys)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn page(&mut self, mut output: PageOutput) -> Result<bool> {
        let keys = std::mem::take(&mut output.keys);
        let dedup = self.dedup.as_mut().map(|dedup| (dedup, keys.as_slice()));
        let verdict = self.options.filters.apply(&mut output, dedup);
        self.observer.page(&output.row);
        let counts = &mut self.state.counts;
        counts.duplicate_paragraphs += verdict.removed;
        if let Some(filter) = verdict.dropped {
            counts.drop(filter);
            return Ok(false);
        }
        counts.write(&output);
        self.sink.write(&output)
    }

    fn progress(&mut self, (input, bytes): (usize, u64)) {
        let before = if self.bytes.0 == input { self.bytes.1 } else { 0 };
        self.summary.bytes_read += bytes.saturating_sub(before);
        self.bytes = (input, bytes);
        self.observer.progress(RunProgress { records: self.state.counts.records, input, bytes });
    }

    fn finish(mut self, complete: bool, begun: Instant) -> Result<Summary> {
        if complete {
            self.summary.parts = self.sink.finish(&self.state.counts)?;
        }
        self.summary.complete = complete;
        self.summary.counts = self.state.counts;
        self.summary.seconds = begun.elapsed().as_secs_f64();
        self.summary.false_positives = self.dedup.as_ref().map(Dedup::false_positives);
        Ok(self.summary)
    }
}

/// A hash of all that decides a run's results: the inputs and their sizes, the model, and the settings as text. A run can only be gone on with if it
/// is the same.
pub fn fingerprint(inputs: &[Result<Input>], model: &Model, settings: &str) -> String {
    let mut all = format!("{} {settings}\n", env!("CARGO_PKG_VERSION")).into_bytes();
    for input in inputs {
        let described = match input {
            Ok(input) => {
                let size = std::fs::metadata(&input.path).map_or(0, |data| data.len());
                format!("{} {:?} {size}\n", input.path.display(), input.format)
            }
            Err(error) => format!("{error}\n"),
        };
        all.extend_from_slice(described.as_bytes());
    }
    // A model that does not fit a file cannot have come from one.
    all.extend_from_slice(&model.to_bytes().unwrap_or_default());
    sha256_of(&all)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::crawl::{Compression, Content, RowFormat, StreamSink};
    use crate::page::PageLimits;
    use crate::{Access, Decision, ExportOptions};

    #[test]
    fn pages_are_left_out_by_access_only_where_they_are_judged() {
        // A build without a model has nothing to label with.
        let Ok(model) = Model::bundled() else { return };
        let labeller = Labeller {
            model: &model,
            decision: Decision::default(),
            export: ExportOptions::default(),
            content: Content::Pages,
            language: false,
            judge: None,
            limits: PageLimits::default(),
            max_time: Duration::from_secs(60),
        };
        let filters = Filters { drop_access: vec![Access::Subscription], ..Filters::default() };
        let options = RunOptions { filters, ..RunOptions::default() };
        let mut sink = StreamSink::new(Vec::new(), "memory", RowFormat::Jsonl, Compression::None).unwrap();
        let error = run(Vec::new(), &labeller, &options, &mut sink, (&Unobserved, &AtomicBool::new(false))).unwrap_err();
        assert!(error.to_string().contains("expected a page model"), "{error}");
    }
}
