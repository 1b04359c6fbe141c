//! The command line of what is said of pages as a whole: access, and the page model.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::args::{FilterArgs, LabellingArgs, OutputArgs, PagesArgs, ReadArgs, WriteArgs};

/// Say what a reader without an account may read of pages, and why.
///
/// Writes a page a line (JSON): path, url, access (free, metered, registration, subscription, consent-or-pay or none), completeness (complete,
/// teaser or empty), probabilities, `page_kind`, disagreements between markup and text, and the evidence for and against. Judges the HTML as it
/// was served, without cookies or scripts.
#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    #[command(flatten)]
    pub(crate) pages: PagesArgs,
    #[command(flatten)]
    pub(crate) labelling: LabellingArgs,
    #[command(flatten)]
    pub(crate) judging: JudgingArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// How pages are judged as a whole.
#[derive(Debug, Args)]
pub(crate) struct JudgingArgs {
    /// Judge access and kind of pages by this page model file instead of the bundled one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Labels")]
    pub(crate) page_model: Option<PathBuf>,
}

/// Train the model of access, completeness and kind of pages.
///
/// Learns from the corpus' access.csv (id, access, completeness) and the `page_type` of its pages.csv. The labels of blocks that it learns from are
/// those of block models that never saw the page's site: from --labels, or else predicted anew by cross-validation, which takes as long as
/// evaluate --cross-validate.
#[derive(Debug, Args)]
pub(crate) struct TrainPagesArgs {
    #[command(flatten)]
    pub(crate) corpus: PageCorpusArgs,
    /// Write the page model to this file.
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    /// Write the rows it learns from into this file (CSV): a row a page, a column a feature.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) rows: Option<PathBuf>,
}

/// Score the model of access, completeness and kind of pages by cross-validation.
///
/// Every page is judged by a model trained on the folds of other sites. Prints gated against open with an interval (bootstrap over sites), the
/// confusion of access, completeness and kinds, what markup alone comes to, each kind of evidence left out and by itself, how many pages whose
/// markup is wrong are flagged, and how far the sources of titles agree; with readings also how often authors, dates and kinds of prompts are right.
#[derive(Debug, Args)]
pub(crate) struct EvaluatePagesArgs {
    #[command(flatten)]
    pub(crate) corpus: PageCorpusArgs,
    /// Score titles on which the page's sources do not agree beside the readings in this file (CSV): id, `title_hash`.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Readings")]
    pub(crate) titles: Option<PathBuf>,
    /// Score authors and dates beside the readings in this file (CSV): id, authors, published, modified.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Readings")]
    pub(crate) metadata: Option<PathBuf>,
    /// Score the kinds of prompts beside the readings in this file (CSV): page, block, `text_hash`, draw, kind.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Readings")]
    pub(crate) prompt_kinds: Option<PathBuf>,
    /// Write in this format.
    #[arg(long, value_enum, default_value_t = PageReportFormat::Text, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: PageReportFormat,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Fail (exit code 1) below this F1 of gated against open.
    #[arg(long, value_name = "F1", help_heading = "Gates")]
    pub(crate) min_gated_f1: Option<f64>,
}

/// The corpus that a page model learns from, and the labels of its blocks.
#[derive(Debug, Args)]
pub(crate) struct PageCorpusArgs {
    /// Learn from this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) corpus: PathBuf,
    /// Take the labels of blocks from this file, which --write-labels has written.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) labels: Option<PathBuf>,
    /// Predict the labels of blocks by this recipe (TOML) instead of the default one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "labels")]
    pub(crate) recipe: Option<PathBuf>,
    /// Write the predicted labels of blocks into this file (CSV).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "labels")]
    pub(crate) write_labels: Option<PathBuf>,
    /// Use this many threads; otherwise one a core.
    #[arg(long, value_name = "N", help_heading = "General")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageReportFormat {
    /// Tables to read.
    Text,
    /// JSON.
    Json,
    /// Markdown: the card of the page model.
    Markdown,
    /// The ablation as CSV: a row a set-up.
    Csv,
}
