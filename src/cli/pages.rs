//! The way of pages through a command: read, labelled, exported, in the order of the inputs.
//!
//! Takes the flags for pages, an exporter and an output. Pages go through in groups, each group on all threads, so that memory stays bounded.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use pagesieve::page::PageCuts;
use pagesieve::source::{Kind, STDIN, Source, sources};
use pagesieve::{Decision, Error, Export, Favor, Model, PageOptions};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::args::{FavorArg, InputFormat, LabellingArgs, PagesArgs};
use super::console::Console;
use super::failure::Failure;
use super::output::Output;

/// How many pages a thread gets in a group: enough that one slow page does not keep the others waiting, few enough to keep in memory.
const PAGES_PER_THREAD: usize = 16;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Every input was read.
    Complete,
    /// Some inputs could not be read; each was named.
    SomeUnread,
    /// A score misses its gate; each was named.
    GateFailed,
}

/// Pages to go through, and what labels them.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    sources: Vec<Result<Source, Error>>,
    kind: Option<Kind>,
    options: PageOptions,
    pool: ThreadPool,
    model: Model,
    decision: Decision,
    console: &'a Console,
}

/// A page that went through.
struct Exported {
    path: PathBuf,
    text: String,
    cuts: PageCuts,
}

impl<'a> Pages<'a> {
    /// Finds the pages and loads the model.
    pub(crate) fn new(args: &PagesArgs, labelling: &LabellingArgs, console: &'a Console) -> Result<Self, Failure> {
        if args.inputs.is_empty() && std::io::stdin().is_terminal() {
            return Err(Failure::Usage("no INPUT: name files or folders, or pipe a page in".to_owned()));
        }
        let stdin = [PathBuf::from(STDIN)];
        let inputs = if args.inputs.is_empty() { &stdin[..] } else { &args.inputs };
        let sources = sources(inputs);
        let mut options = PageOptions::default();
        if let Some(url) = &args.url {
            if sources.len() != 1 {
                return Err(Failure::Usage(format!("--url is one page's address, but the inputs are {} pages", sources.len())));
            }
            options = options.url(url);
        }
        let threads = args.threads.map_or(0, usize::from);
        Ok(Self {
            sources,
            kind: args.input_format.map(kind_of),
            options,
            pool: rayon::ThreadPoolBuilder::new().num_threads(threads).build()?,
            model: model_of(labelling)?,
            decision: decision_of(labelling),
            console,
        })
    }

    /// Writes all pages; names those that cannot be read and goes on.
    pub(crate) fn export(self, export: &dyn Export, mut output: Output) -> Result<Outcome, Failure> {
        let Self { sources, kind, options, pool, model, decision, console } = self;
        let bar = console.progress(sources.len());
        let one = |source: Result<Source, Error>| -> Result<Exported, Error> {
            let source = source?;
            let page = source.read(kind, &options)?;
            let cuts = page.cuts();
            let labelled = model.classify(page, &decision);
            let text = export.page(&source.path().to_string_lossy(), &labelled);
            bar.inc(1);
            Ok(Exported { path: source.path().to_owned(), text, cuts })
        };
        output.write(export.head().as_bytes())?;
        let mut outcome = Outcome::Complete;
        let mut between = "";
        let mut sources = sources.into_iter();
        loop {
            let group: Vec<_> = sources.by_ref().take(PAGES_PER_THREAD * pool.current_num_threads()).collect();
            if group.is_empty() {
                break;
            }
            let exported: Vec<_> = pool.install(|| group.into_par_iter().map(one).collect());
            for page in exported {
                match page {
                    Ok(page) => {
                        bar.suspend(|| warn_of_cuts(console, &page.path, page.cuts));
                        output.write(between.as_bytes())?;
                        output.write(page.text.as_bytes())?;
                        between = export.between();
                    }
                    Err(error) => {
                        bar.suspend(|| console.error(&error));
                        outcome = Outcome::SomeUnread;
                    }
                }
            }
        }
        bar.finish_and_clear();
        output.finish()?;
        Ok(outcome)
    }
}

/// The model that is named, or the bundled one. It must know what is to be favoured.
pub(crate) fn model_of(args: &LabellingArgs) -> Result<Model, Failure> {
    let model = args.model.as_ref().map_or_else(Model::bundled, Model::load)?;
    if args.favor.is_some() && model.presets(false).is_none() {
        let problem = "--favor: the model has no thresholds of its own; train it anew, or use --threshold content=P";
        return Err(Failure::Usage(problem.to_owned()));
    }
    Ok(model)
}

pub(crate) fn decision_of(args: &LabellingArgs) -> Decision {
    let decision = args.thresholds.iter().fold(Decision::default(), |all, (label, least)| all.threshold(*label, *least));
    match args.favor {
        None => decision,
        Some(FavorArg::Precision) => decision.favor(Favor::Precision),
        Some(FavorArg::Recall) => decision.favor(Favor::Recall),
    }
}

pub(crate) fn kind_of(format: InputFormat) -> Kind {
    match format {
        InputFormat::Html => Kind::Html,
        InputFormat::Text => Kind::Text,
    }
}

/// A cut by depth loses no text and is not worth a word.
pub(crate) fn warn_of_cuts(console: &Console, path: &Path, cuts: PageCuts) {
    let path = path.display();
    if cuts.bytes {
        console.warning(&format!("{path}: too large; its end was not read"));
    }
    if cuts.dom.nodes {
        console.warning(&format!("{path}: too many elements; its end was not read"));
    }
}
