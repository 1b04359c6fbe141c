//! `extract` and `classify` as runs: from flags to inputs, a labeller, a sink; and what is said at the end.

use std::io::{BufRead as _, BufReader, IsTerminal as _, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pagesieve::crawl::{
    Columns, Content, Filters, Input, InputFormat as Format, Labeller, ReadOptions, RowFormat, RunOptions, Sameness, Summary, fingerprint,
    inputs, run,
};
use pagesieve::dom::DomLimits;
use pagesieve::page::PageLimits;
use pagesieve::source::{Kind, STDIN};
use pagesieve::{Error, Export, ExportOptions, Model, PageModel, PageOptions};

use super::args::{DedupArgs, DedupKind, FilterArgs, InputFormat, JudgingArgs, LabellingArgs, PagesArgs, ReadArgs, SiteArgs, WriteArgs};
use super::console::Console;
use super::failure::Failure;
use super::pages::{Outcome, decision_of, model_of, page_model_of};
use super::progress::Progress;
use super::results::Target;

/// The flags of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunArgs<'a> {
    pub(crate) pages: &'a PagesArgs,
    pub(crate) labelling: &'a LabellingArgs,
    pub(crate) judging: &'a JudgingArgs,
    pub(crate) site: Option<&'a SiteArgs>,
    pub(crate) read: &'a ReadArgs,
    pub(crate) filter: &'a FilterArgs,
    pub(crate) dedup: Option<&'a DedupArgs>,
    pub(crate) write: &'a WriteArgs,
}

/// What a run makes of pages.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) export: ExportOptions,
    pub(crate) content: Content,
    pub(crate) format: RowFormat,
    /// The extension of files in a folder.
    pub(crate) extension: &'static str,
}

/// What an export makes of pages, and the format that its rows stand in.
pub(crate) fn exported(export: Box<dyn Export>) -> (Content, RowFormat) {
    let format = RowFormat::Export { head: export.head(), between: export.between() };
    (Content::Export(export), format)
}

impl RunArgs<'_> {
    /// Runs; says what could not be read and, over archives, what was counted.
    pub(crate) fn run(&self, target: &Target, made: Made, console: &Console) -> Result<Outcome, Failure> {
        let inputs = self.inputs()?;
        let model = model_of(self.labelling)?;
        let options = self.options();
        let judge = self.judge()?;
        let fingerprint = if target.lasts() { self.fingerprint(&inputs, &model, &(&made, &judge)) } else { String::new() };
        let Some(mut sink) = target.sink(self.write, made.format, made.extension, fingerprint)? else {
            console.step("the run is complete already");
            return Ok(Outcome::Complete);
        };
        let stop = Arc::new(AtomicBool::new(false));
        if target.lasts() {
            listen(&stop).map_err(Failure::Signals)?;
        }
        let labeller = Labeller {
            model: &model,
            decision: decision_of(self.labelling),
            export: made.export,
            content: made.content,
            language: true,
            judge,
            limits: self.limits(),
            max_time: Duration::from_secs_f64(self.read.max_seconds),
        };
        let archives = inputs.iter().flatten().any(|input| !matches!(input.format, Format::Page(_)));
        let progress = Progress::new(console, &inputs);
        let summary = run(inputs, &labeller, &options, &mut *sink, (&progress, &stop));
        progress.finish();
        let told = archives || matches!(target, Target::Folder(_)) || self.write.summary.is_some();
        self.conclude(&summary?, told, console)
    }

    fn conclude(&self, summary: &Summary, told: bool, console: &Console) -> Result<Outcome, Failure> {
        if told {
            console.text(&summary.to_text());
        }
        if let Some(path) = &self.write.summary {
            std::fs::write(path, summary.to_json()).map_err(|source| Error::write(path, source))?;
        }
        if !summary.complete {
            console.warning(&format!("stopped after {} records; --resume goes on from the last checkpoint", summary.counts.records));
            return Ok(Outcome::Interrupted);
        }
        Ok(if summary.counts.broken > 0 { Outcome::SomeUnread } else { Outcome::Complete })
    }

    fn inputs(&self) -> Result<Vec<Result<Input, Error>>, Failure> {
        let mut named = self.pages.inputs.clone();
        if let Some(list) = &self.read.files_from {
            named.extend(listed(list)?);
            if named.is_empty() {
                return Err(Failure::Usage(format!("--files-from {}: the list names no files", list.display())));
            }
        } else if named.is_empty() {
            if std::io::stdin().is_terminal() {
                return Err(Failure::Usage("no INPUT: name files or folders, or pipe a page in".to_owned()));
            }
            named.push(PathBuf::from(STDIN));
        }
        let inputs = inputs(&named, self.pages.input_format.map(format_of));
        if self.pages.url.is_some() && inputs.len() != 1 {
            return Err(Failure::Usage(format!("--url is one page's address, but the inputs are {} pages", inputs.len())));
        }
        Ok(inputs)
    }

    fn options(&self) -> RunOptions {
        let mut options = RunOptions::default();
        if let Some(threads) = self.pages.threads {
            options.threads = threads.get();
        }
        let read = self.read;
        options.read = ReadOptions {
            columns: Columns { html: read.html_column.clone(), text: read.text_column.clone(), url: read.url_column.clone() },
            max_bytes: PageOptions::default().limits(self.limits()).max_bytes(),
            url: self.pages.url.clone(),
        };
        let filter = self.filter;
        options.filters = Filters {
            languages: filter.lang.clone(),
            min_words: filter.min_words,
            drop_status: filter.drop_status.clone(),
            drop_access: filter.drop_access.clone(),
        };
        options.dedup = self.dedup.and_then(|args| {
            let sameness = match args.dedup? {
                DedupKind::Exact => Sameness::Exact,
                DedupKind::Near => Sameness::Near,
            };
            Some((sameness, usize::try_from(args.dedup_memory).unwrap_or(usize::MAX)))
        });
        options.site_memory = self.site.and_then(|site| site.site_memory).map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        options.checkpoint_records = self.write.checkpoint;
        options
    }

    /// What judges pages, if some are to be left out by it.
    fn judge(&self) -> Result<Option<Arc<PageModel>>, Failure> {
        if self.filter.drop_access.is_empty() {
            return Ok(None);
        }
        Ok(Some(Arc::new(page_model_of(self.judging)?)))
    }

    fn limits(&self) -> PageLimits {
        let mut dom = DomLimits::default();
        if let Some(nodes) = self.read.max_nodes {
            dom = dom.max_nodes(nodes);
        }
        if let Some(depth) = self.read.max_depth {
            dom = dom.max_depth(depth);
        }
        let limits = PageLimits::default().dom(dom);
        self.read.max_bytes.map_or(limits, |bytes| limits.max_bytes(usize::try_from(bytes).unwrap_or(usize::MAX)))
    }

    /// All that decides the results, but not the number of threads.
    fn fingerprint(&self, inputs: &[Result<Input, Error>], model: &Model, made: &impl std::fmt::Debug) -> String {
        let options = RunOptions { threads: 0, ..self.options() };
        let settings = format!(
            "{options:?} {:?} {:?} {:?} {:?} {:?}",
            self.labelling.thresholds,
            self.limits(),
            self.read.max_seconds,
            made,
            self.write.shard_size
        );
        fingerprint(inputs, model, &format!("{settings} {:?}", self.write.compress))
    }
}

/// Sets the flag at Ctrl-C, and at a request to end. The second one ends the program at once.
fn listen(stop: &Arc<AtomicBool>) -> std::io::Result<()> {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, super::INTERRUPTED.into(), stop.clone())?;
        signal_hook::flag::register(signal, stop.clone())?;
    }
    Ok(())
}

/// The inputs that a file lists, one a line; empty lines are none.
fn listed(path: &PathBuf) -> Result<Vec<PathBuf>, Error> {
    let reader: Box<dyn Read> = if path.as_os_str() == STDIN {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(|source| Error::read(path, source))?)
    };
    let mut all = Vec::new();
    for line in BufReader::new(reader).lines() {
        let line = line.map_err(|source| Error::read(path, source))?;
        if !line.trim().is_empty() {
            all.push(PathBuf::from(line.trim_end_matches('\r')));
        }
    }
    Ok(all)
}

fn format_of(format: InputFormat) -> Format {
    match format {
        InputFormat::Html => Format::Page(Some(Kind::Html)),
        InputFormat::Text => Format::Page(Some(Kind::Text)),
        InputFormat::Warc => Format::Warc,
        InputFormat::Jsonl => Format::Jsonl,
        InputFormat::Csv => Format::Csv,
        InputFormat::Parquet => Format::Parquet,
    }
}
