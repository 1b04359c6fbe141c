//! The first reading of a run that uses site memory.
//!
//! Takes inputs, counts on how many pages of its host each block's text stands; gives the counts, or those that an interrupted run has kept.
//! Knows nothing of what they are used for. Records are counted in the order of the inputs, so that the counts are the same for any number of
//! threads. What cannot be read is left out here without a word: the second reading names it.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use super::labeller::Labeller;
use super::pipeline::{Outcome, Pipeline};
use super::record::RecordSource;
use super::run::{Nothing, Observer, RunOptions, RunProgress, bounds};
use super::sink::Sink;
use super::source::{Input, open};
use crate::site::{SiteCounts, SitePage};
use crate::source::STDIN;
use crate::{Error, Result};

/// Counts, or takes over what was counted; `None` if the run was stopped before the end. The counts take so many bytes.
pub(super) fn site_counts(
    inputs: &[Result<Input>],
    labeller: &Labeller<'_>,
    (options, bytes): (&RunOptions, usize),
    sink: &mut dyn Sink,
    (observer, stop): (&dyn Observer, &AtomicBool),
) -> Result<Option<SiteCounts>> {
    if let Some(counts) = sink.kept_counts()?.and_then(SiteCounts::from_bytes) {
        return Ok(Some(counts));
    }
    inputs.iter().flatten().try_for_each(readable_twice)?;
    let mut counts = SiteCounts::new(bytes);
    let pipeline = Pipeline::new(
        inputs.len(),
        (0, 0),
        bounds(options),
        |page: &Option<SitePage>| page.as_ref().map_or(0, |page| page.len() * size_of::<u64>()),
        stop,
    );
    let open = |index: usize| -> Result<Box<dyn RecordSource>> {
        inputs[index].as_ref().map_or_else(|_| Ok(Box::new(Nothing) as Box<dyn RecordSource>), |input| open(input, &options.read))
    };
    let mut records = 0;
    let complete = pipeline.run(
        open,
        |record| labeller.site_page(record),
        |_, outcome, (input, bytes)| {
            if let Outcome::Worked(Some(page), _) = outcome {
                counts.add(&page);
            }
            records += 1;
            observer.counted(RunProgress { records, input, bytes });
            Ok(ControlFlow::Continue(()))
        },
    )?;
    if !complete {
        return Ok(None);
    }
    sink.keep_counts(counts.as_bytes())?;
    Ok(Some(counts))
}

/// Refuses what is gone once it has been read: standard input and pipes. What is not there at all is named when it is read.
fn readable_twice(input: &Input) -> Result<()> {
    let stream = input.path.as_os_str() == STDIN || std::fs::metadata(&input.path).is_ok_and(|found| !found.is_file());
    if stream {
        let found = if input.path.as_os_str() == STDIN { "standard input".to_owned() } else { input.path.display().to_string() };
        return Err(Error::Setting { setting: "an input with site memory", found, expected: "a file, since it is read twice" });
    }
    Ok(())
}
