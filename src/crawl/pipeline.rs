//! Records through threads and out again in their order, within bounded memory.
//!
//! Takes numbered inputs, a function that opens one and one that works on a record; hands what came of each record to a last function, in the
//! order of the inputs and of the records in them. Knows nothing of pages.
//!
//! Readers read several inputs at a time, workers take the record that is first in order, and the calling thread writes. Two bounds keep memory
//! flat: on the records that wait or are worked on, and on the results that wait for their turn. The second stops readers of later inputs,
//! and that of the input whose turn it is only while one of its records is being worked on; so what is next in order always comes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::record::{Item, Record, RecordSource, Skip};
use crate::{Error, Result};

/// Records that one reader can unpack while others work on theirs: a reader is some ten times as fast as a worker.
const WORKERS_PER_READER: usize = 8;

/// How long a thread sleeps at most before it looks whether the run is to stop.
const NAP: Duration = Duration::from_millis(200);

/// Bounds of a pipeline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Threads that work on records.
    pub(super) workers: usize,
    /// Bytes of records that wait or are worked on; one record may be larger.
    pub(super) records: usize,
    /// Bytes of results that wait for their turn.
    pub(super) results: usize,
}

/// A record's place in the order: the input's number and its own in it.
pub(super) type Position = (usize, u64);

/// What came of a record.
#[derive(Debug)]
pub(super) enum Outcome<T> {
    /// It was worked on, so long.
    Worked(T, Duration),
    Skipped(Skip),
    Broken(Error),
}

/// Where the inputs are in the files, for progress: the input's number and bytes read of it.
pub(super) type Progress = (usize, u64);

struct State<T> {
    /// Records that wait for a worker, with the bytes of their file that were read up to them.
    queue: BTreeMap<Position, (Record, u64)>,
    /// What is in the queue or with a worker, by input.
    in_work: BTreeMap<usize, usize>,
    in_work_bytes: usize,
    results: BTreeMap<Position, (Outcome<T>, u64)>,
    results_bytes: usize,
    /// How many records the inputs that have ended had.
    ends: BTreeMap<usize, u64>,
    next_input: usize,
    turn: Position,
    stopped: bool,
}

/// What the pipeline works with.
pub(super) struct Pipeline<'a, T> {
    bounds: Bounds,
    inputs: usize,
    state: Mutex<State<T>>,
    /// What readers, workers and the writer wait for.
    room: Condvar,
    work: Condvar,
    result: Condvar,
    stop: &'a AtomicBool,
    weight: fn(&T) -> usize,
}

/// A result that says nothing takes about this much.
const RESULT: usize = 256;

impl<'a, T: Send> Pipeline<'a, T> {
    /// A pipeline over `inputs` inputs that begins at `from`. It ends early when `stop` is set.
    pub(super) fn new(inputs: usize, from: Position, bounds: Bounds, weight: fn(&T) -> usize, stop: &'a AtomicBool) -> Self {
        let state = State {
            queue: BTreeMap::new(),
            in_work: BTreeMap::new(),
            in_work_bytes: 0,
            results: BTreeMap::new(),
            results_bytes: 0,
            ends: BTreeMap::new(),
            next_input: from.0,
            turn: from,
            stopped: false,
        };
        Self { bounds, inputs, state: Mutex::new(state), room: Condvar::new(), work: Condvar::new(), result: Condvar::new(), stop, weight }
    }

    /// Runs to the end, to a break or to an error of `each`. `true` if every record was handed out.
    pub(super) fn run<'s>(
        &self,
        open: impl Fn(usize) -> Result<Box<dyn RecordSource + 's>> + Sync,
        work: impl Fn(Record) -> Result<T> + Sync,
        mut each: impl FnMut(Position, Outcome<T>, Progress) -> Result<ControlFlow<()>>,
    ) -> Result<bool> {
        let from = self.lock().turn;
        let readers = self.bounds.workers.div_ceil(WORKERS_PER_READER).max(1);
        std::thread::scope(|scope| {
            // Whatever ends the loop below, the others must not wait for it.
            let _stop = StopOnDrop(self);
            for _ in 0..readers {
                scope.spawn(|| self.read(from, &open));
            }
            for _ in 0..self.bounds.workers {
                scope.spawn(|| self.work(&work));
            }
            while let Some((position, outcome, bytes)) = self.next_result() {
                if each(position, outcome, (position.0, bytes))?.is_break() {
                    return Ok(false);
                }
            }
            Ok(!self.is_stopped())
        })
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Sleeps until something changes, for a short time at most.
    fn wait<'g>(condition: &Condvar, state: MutexGuard<'g, State<T>>) -> MutexGuard<'g, State<T>> {
        condition.wait_timeout(state, NAP).map_or_else(|error| error.into_inner().0, |(state, _)| state)
    }

    /// A reader: takes the next input, reads it to its end, and so on.
    fn read<'s>(&self, from: Position, open: &impl Fn(usize) -> Result<Box<dyn RecordSource + 's>>) {
        loop {
            let input = {
                let mut state = self.lock();
                if state.stopped || self.is_stopped() || state.next_input >= self.inputs {
                    return;
                }
                state.next_input += 1;
                state.next_input - 1
            };
            let skip = if input == from.0 { from.1 } else { 0 };
            let mut count = 0;
            match open(input) {
                Ok(mut source) => {
                    while let Some(item) = source.next() {
                        if count >= skip && !self.push((input, count), item, source.position()) {
                            return;
                        }
                        count += 1;
                    }
                }
                Err(error) => {
                    if count >= skip && !self.push((input, count), Item::Broken(error), 0) {
                        return;
                    }
                    count += 1;
                }
            }
            self.lock().ends.insert(input, count.max(skip));
            self.result.notify_one();
        }
    }

    /// Hands a record to the workers, or what is none to the results, when there is room; `false` if the run is to stop.
    fn push(&self, position: Position, item: Item, bytes: u64) -> bool {
        let mut state = self.lock();
        loop {
            if state.stopped || self.is_stopped() {
                return false;
            }
            if self.has_room(&state, position.0) {
                break;
            }
            state = Self::wait(&self.room, state);
        }
        let outcome = match item {
            Item::Page(record) => {
                state.in_work_bytes += record.body.weight();
                *state.in_work.entry(position.0).or_default() += 1;
                state.queue.insert(position, (record, bytes));
                self.work.notify_one();
                return true;
            }
            Item::Skipped(reason) => Outcome::Skipped(reason),
            Item::Broken(error) => Outcome::Broken(error),
        };
        state.results_bytes += RESULT;
        state.results.insert(position, (outcome, bytes));
        self.result.notify_one();
        true
    }

    fn has_room(&self, state: &State<T>, input: usize) -> bool {
        let working: usize = state.in_work.values().sum();
        if working > 0 && state.in_work_bytes >= self.bounds.records {
            return false;
        }
        let mine = state.in_work.get(&input).copied().unwrap_or(0);
        state.results_bytes < self.bounds.results || (state.turn.0 == input && mine == 0)
    }
    /// A worker: takes the first record in order, works on it, and so on.
    fn work(&self, work: &impl Fn(Record) -> Result<T>) {
        let mut state = self.lock();
        loop {
            if state.stopped || self.is_stopped() {
                return;
            }
            let Some((position, (record, bytes))) = state.queue.pop_first() else {
                if state.next_input >= self.inputs && (state.turn.0 >= self.inputs) {
                    return;
                }
                state = Self::wait(&self.work, state);
                continue;
            };
            drop(state);
            let (read, begun) = (record.body.weight(), Instant::now());
            let outcome = match work(record) {
                Ok(done) => Outcome::Worked(done, begun.elapsed()),
                Err(error) => Outcome::Broken(error),
            };
            let weight = self.weight_of(&outcome);
            state = self.lock();
            state.in_work_bytes -= read;
            if let Some(count) = state.in_work.get_mut(&position.0) {
                *count -= 1;
                if *count == 0 {
                    state.in_work.remove(&position.0);
                }
            }
            state.results_bytes += weight;
            state.results.insert(position, (outcome, bytes));
            self.room.notify_all();
            self.result.notify_one();
        }
    }

    fn weight_of(&self, outcome: &Outcome<T>) -> usize {
        match outcome {
            Outcome::Worked(done, _) => RESULT + (self.weight)(done),
            Outcome::Skipped(_) | Outcome::Broken(_) => RESULT,
        }
    }

    /// What came of the next record in order; `None` at the end, or if the run is to stop.
    fn next_result(&self) -> Option<(Position, Outcome<T>, u64)> {
        let mut state = self.lock();
        loop {
            if self.is_stopped() || state.turn.0 >= self.inputs {
                return None;
            }
            let turn = state.turn;
            if let Some((outcome, bytes)) = state.results.remove(&turn) {
                state.results_bytes -= self.weight_of(&outcome);
                state.turn.1 += 1;
                self.room.notify_all();
                return Some((turn, outcome, bytes));
            }
            if state.ends.get(&turn.0).is_some_and(|end| turn.1 >= *end) {
                state.ends.remove(&turn.0);
                state.turn = (turn.0 + 1, 0);
                self.room.notify_all();
                continue;
            }
            state = Self::wait(&self.result, state);
        }
    }
}

/// Tells all threads of a pipeline that it is over.
struct StopOnDrop<'p, 'a, T: Send>(&'p Pipeline<'a, T>);

impl<T: Send> Drop for StopOnDrop<'_, '_, T> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.room.notify_all();
        self.0.work.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::crawl::record::{Body, Place};

    struct Numbers {
        input: usize,
        next: u64,
        count: u64,
    }

    impl RecordSource for Numbers {
        fn next(&mut self) -> Option<Item> {
            self.next += 1;
            let place = Place { path: Path::new("n").into(), at: Some(self.next) };
            let body = Body::Text(format!("{} {}", self.input, self.next - 1));
            match self.next - 1 {
                next if next >= self.count => None,
                next if next % 7 == 3 => Some(Item::Skipped(Skip::Revisit)),
                _ => Some(Item::Page(Record { place, url: None, body, cut: false })),
            }
        }

        fn position(&self) -> u64 {
            self.next
        }
    }

    fn order(from: Position, bounds: Bounds, stop_after: usize) -> (Vec<String>, bool) {
        let stop = AtomicBool::new(false);
        let pipeline: Pipeline<'_, String> = Pipeline::new(6, from, bounds, String::len, &stop);
        let mut seen = Vec::new();
        let open = |input: usize| -> Result<Box<dyn RecordSource>> {
            if input == 2 {
                return Err(Error::NoPages { path: "two".into(), expected: "two" });
            }
            Ok(Box::new(Numbers { input, next: 0, count: 40 * (input as u64 % 4) }))
        };
        let work = |record: Record| {
            let Body::Text(text) = record.body else { unreachable!() };
            // The first record of each input takes long, so that the others must wait for it.
            std::thread::sleep(Duration::from_millis(if text.ends_with(" 0") { 20 } else { 0 }));
            Ok(text)
        };
        let all = pipeline
            .run(open, work, |position, outcome, _| {
                seen.push(match outcome {
                    Outcome::Worked(text, _) => text,
                    Outcome::Skipped(_) => format!("{} {} skipped", position.0, position.1),
                    Outcome::Broken(error) => error.to_string(),
                });
                Ok(if seen.len() == stop_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })
            .unwrap();
        (seen, all)
    }

    #[test]
    fn results_come_in_order_whatever_the_bounds() {
        let (one, all) = order((0, 0), Bounds { workers: 1, records: 1, results: 1 }, usize::MAX);
        assert_eq!((one.len(), all), (40 + 1 + 120 + 40, true));
        assert_eq!(one[..5], ["1 0", "1 1", "1 2", "1 3 skipped", "1 4"]);
        assert!(one[40].starts_with("two: no pages"));
        for (workers, records, results) in [(3, 10, 10), (20, 1 << 20, 300), (20, 1 << 20, 1 << 20)] {
            assert_eq!(order((0, 0), Bounds { workers, records, results }, usize::MAX), (one.clone(), true));
        }
    }

    #[test]
    fn a_run_ends_where_it_is_stopped_and_goes_on_from_there() {
        let bounds = Bounds { workers: 9, records: 100, results: 1000 };
        let (whole, _) = order((0, 0), bounds, usize::MAX);
        let (first, all) = order((0, 0), bounds, 60);
        assert_eq!((first.as_slice(), all), (&whole[..60], false));
        assert_eq!(order((3, 19), bounds, usize::MAX), (whole[60..].to_vec(), true));
        assert_eq!(order((6, 0), bounds, usize::MAX), (Vec::new(), true));
    }
}
