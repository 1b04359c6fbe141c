//! The command line: its commands and flags, and nothing of what they do.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use pagesieve::Label;

pub(crate) use super::args_crawl::{Compress, DedupArgs, DedupKind, FilterArgs, ReadArgs, SiteArgs, WriteArgs};
pub(crate) use super::args_pages::{AccessArgs, EvaluatePagesArgs, JudgingArgs, TrainPagesArgs};

/// Label the text blocks of web pages: content, caption, navigation or subscription prompt.
///
/// pagesieve reads pages and says of every block of text what it is for. `extract` writes the text a reader came for; `classify` writes every
/// block with its label and probabilities.
#[derive(Debug, Parser)]
#[command(name = "pagesieve", version, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) console: ConsoleArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Extract(ExtractArgs),
    Classify(ClassifyArgs),
    Access(AccessArgs),
    Explain(ExplainArgs),
    Train(TrainArgs),
    Evaluate(EvaluateArgs),
    TrainPages(TrainPagesArgs),
    EvaluatePages(EvaluatePagesArgs),
    Ablate(AblateArgs),
    Features(FeaturesArgs),
    Card(CardArgs),
    Labels(LabelsArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Write the clean text of pages.
///
/// Keeps the blocks labelled content (or those of --keep) and writes them in document order.
#[derive(Debug, Args)]
pub(crate) struct ExtractArgs {
    #[command(flatten)]
    pub(crate) pages: PagesArgs,
    #[command(flatten)]
    pub(crate) labelling: LabellingArgs,
    #[command(flatten)]
    pub(crate) judging: JudgingArgs,
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) dedup: DedupArgs,
    /// Write in this format; otherwise the output's name says it; text on standard output, jsonl in a folder.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<ExtractFormat>,
    /// Keep the blocks with these labels.
    #[arg(long, value_delimiter = ',', default_value = Label::Content.as_str(), value_name = "LABEL,...", value_parser = label(), help_heading = "Output")]
    pub(crate) keep: Vec<Label>,
    /// Keep the page's own headline in the text.
    ///
    /// The headline is the heading that says the same as the page's title (Open Graph, JSON-LD or <title>). Without this flag it is left out;
    /// --format jsonl has the title in a field of its own.
    #[arg(long, help_heading = "Output")]
    pub(crate) headline: bool,
    /// Leave access, kind of page and metadata out of rows and front matter, which saves the time that they take.
    #[arg(long, help_heading = "Output")]
    pub(crate) no_facts: bool,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// Write every block of pages with its label and probabilities.
///
/// Writes one block a line: path, index, label, probabilities, text, tag, xpath, hidden.
#[derive(Debug, Args)]
pub(crate) struct ClassifyArgs {
    #[command(flatten)]
    pub(crate) pages: PagesArgs,
    #[command(flatten)]
    pub(crate) labelling: LabellingArgs,
    #[command(flatten)]
    pub(crate) judging: JudgingArgs,
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Write in this format; otherwise the output's name says it; else jsonl.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<ClassifyFormat>,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

/// Say why the blocks of a page got their labels.
///
/// For each block: its label and the runner-up, the features that spoke most for the one or the other, and what calibration did. The terms
/// add up to the log-odds of the label against the runner-up, exactly.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Read this file; - is standard input.
    #[arg(value_name = "PAGE", value_hint = ValueHint::FilePath)]
    pub(crate) page: PathBuf,
    /// Explain this block alone (counted from 0, as in the output of classify).
    #[arg(long, value_name = "N")]
    pub(crate) block: Option<usize>,
    /// Name this many features a block.
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) top: usize,
    /// Read the page as this; otherwise .txt is text and everything else HTML.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Input")]
    pub(crate) input_format: Option<InputFormat>,
    /// Take this as the page's address.
    #[arg(long, value_hint = ValueHint::Url, help_heading = "Input")]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) labelling: LabellingArgs,
    /// Write in this format.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: ExplainFormat,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Train a model on labelled pages.
///
/// The corpus is a folder of HTML in which elements carry data-sieve-label="content|caption|navigation|subscription-prompt"; a pages.csv in it
/// may name files, sites and folds. The same corpus and recipe give the same bytes.
#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// Train by this recipe (TOML) instead of the default one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) recipe: Option<PathBuf>,
    /// Write the model to this file.
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) out: PathBuf,
    /// Write what it took into this file: seconds, threads and, on Linux, the most memory in bytes (JSON).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cost: Option<PathBuf>,
    /// Use this many threads; otherwise one a core.
    #[arg(long, value_name = "N", help_heading = "General")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Score a model, or a recipe by cross-validation, on labelled pages.
///
/// Prints precision, recall, F1 and support a label, macro-F1, confusion, calibration, word F1 against gold text and must/must-not segments,
/// overall and by fold. With --cross-validate every page is labelled by a model trained on the folds of other sites.
#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// Train on the other folds for each fold, by --recipe or the default one.
    #[arg(long, conflicts_with = "model")]
    pub(crate) cross_validate: bool,
    #[command(flatten)]
    pub(crate) cross: CrossValidationArgs,
    /// Score instead the text by labels of a hand beside that by the labels of this file (--write-labels), on pages labelled in full that have gold
    /// text; as a Markdown table or JSON.
    #[arg(long, value_name = "LABELS", value_hint = ValueHint::FilePath, conflicts_with_all = ["model", "cross_validate"])]
    pub(crate) ceiling: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) labelling: LabellingArgs,
    /// Write in this format.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: ReportFormat,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
    /// Use this many threads; otherwise one a core.
    #[arg(long, value_name = "N", help_heading = "General")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// What a cross-validation trains and scores.
#[derive(Debug, Args)]
pub(crate) struct CrossValidationArgs {
    /// Train by this recipe (TOML); with --cross-validate.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cross_validate")]
    pub(crate) recipe: Option<PathBuf>,
    /// Read the pages as their text alone, a block a line; with --cross-validate.
    #[arg(long, requires = "cross_validate")]
    pub(crate) text_only: bool,
    /// Score instead what --site-memory of extract does to the pages of sites that have several here; with --cross-validate.
    #[arg(long, requires = "cross_validate", conflicts_with = "text_only")]
    pub(crate) site_memory: bool,
    /// Write the predicted labels of blocks into this file too (CSV), for --labels of evaluate-pages and train-pages; with --cross-validate.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cross_validate", conflicts_with_all = ["text_only", "site_memory"])]
    pub(crate) write_labels: Option<PathBuf>,
}

/// Least scores; a score that misses its gate makes the exit code 1.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// Fail below this macro-F1 over the four labels.
    #[arg(long, value_name = "F1", help_heading = "Gates")]
    pub(crate) min_macro_f1: Option<f64>,
    /// Fail below this mean word F1.
    #[arg(long, value_name = "F1", help_heading = "Gates")]
    pub(crate) min_word_f1: Option<f64>,
    /// Fail below this F1 over must and must-not segments.
    #[arg(long, value_name = "F1", help_heading = "Gates")]
    pub(crate) min_segment_f1: Option<f64>,
    /// Fail above this calibration error.
    #[arg(long, value_name = "ERROR", help_heading = "Gates")]
    pub(crate) max_calibration_error: Option<f64>,
}

/// Say what each feature group and stage is worth: train without it.
///
/// Writes a table (CSV): a row a set-up, with the scores of cross-validation on some of the folds and the difference to the whole recipe. The pages
/// are read once.
#[derive(Debug, Args)]
pub(crate) struct AblateArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// Train by this recipe (TOML) instead of the default one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) recipe: Option<PathBuf>,
    /// Score on these folds, each by a model trained on the others.
    #[arg(long, value_name = "FOLD,...", value_delimiter = ',', default_value = "0,1", value_parser = clap::value_parser!(u8).range(0..5))]
    pub(crate) folds: Vec<u8>,
    /// Draw by this seed instead of the recipe's: what seeds alone make of a set-up.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Score this set-up, named as in the table, beside the whole recipe; may be given several times. Otherwise all are scored.
    #[arg(long, value_name = "SET-UP")]
    pub(crate) only: Vec<String>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Use this many threads; otherwise one a core.
    #[arg(long, value_name = "N", help_heading = "General")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Write the features of every block of pages as CSV.
///
/// One row a block: path, index, label (of data-sieve-label, empty where there is none), then a column a feature.
#[derive(Debug, Args)]
pub(crate) struct FeaturesArgs {
    #[command(flatten)]
    pub(crate) pages: PagesArgs,
    /// Take what tokens say from this model file instead of the bundled one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Features")]
    pub(crate) model: Option<PathBuf>,
    /// Write the schema instead: name, unit and meaning of each feature.
    #[arg(long, help_heading = "Features")]
    pub(crate) schema: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Write a model's card in Markdown.
///
/// Every figure in it comes from the model file or from reports that `evaluate --cross-validate --format json` wrote.
#[derive(Debug, Args)]
pub(crate) struct CardArgs {
    /// Describe this model file.
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath)]
    pub(crate) model: PathBuf,
    /// Take the figures for pages from this report (JSON).
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub(crate) pages: PathBuf,
    /// Take the figures for plain text from this report (JSON).
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub(crate) plain_text: Option<PathBuf>,
    /// Set another recipe's report (JSON) beside it, under a name; repeatable.
    #[arg(long = "other", value_name = "NAME=REPORT", value_parser = named_file)]
    pub(crate) others: Vec<(String, PathBuf)>,
    /// Take the ablation from this table, which `ablate` has written.
    #[arg(long, value_name = "TABLE", value_hint = ValueHint::FilePath)]
    pub(crate) ablation: Option<PathBuf>,
    /// Take what training took from this file, which `train --cost` has written.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cost: Option<PathBuf>,
    /// Write the charts that the card links to into this folder: the card's own.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) charts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Write labels without their pages, or label public pages by them.
#[derive(Debug, Args)]
pub(crate) struct LabelsArgs {
    #[command(subcommand)]
    pub(crate) command: LabelsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LabelsCommand {
    Export(LabelsExportArgs),
    Apply(LabelsApplyArgs),
}

/// Write the labels of a corpus without anything of its pages' text.
///
/// Writes two tables into a folder: pages.csv with each page's public origin (repository, commit, path, SHA-256), and blocks.csv.gz with the
/// place, label and text hash of each labelled block.
#[derive(Debug, Args)]
pub(crate) struct LabelsExportArgs {
    #[command(flatten)]
    pub(crate) corpus: CorpusArgs,
    /// Take repository and commit of each source from this table (CSV: source, repository, commit).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) sources: Option<PathBuf>,
    /// Write the tables into this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

/// Label public pages: makes a corpus folder that can be trained on.
///
/// A page's file is known by its SHA-256, wherever it lies below the folder of pages; failing that, another version of it is taken from
/// REPOSITORY/PATH or PATH below that folder, and its blocks are found by their text.
#[derive(Debug, Args)]
pub(crate) struct LabelsApplyArgs {
    /// Take the labels from this folder, which `labels export` has written.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) labels: PathBuf,
    /// Look for the public files below this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) pages: PathBuf,
    /// Write the labelled pages into this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

/// Write a shell's completion script.
///
/// For example: pagesieve completions bash > ~/.local/share/bash-completion/completions/pagesieve
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Write a manual page.
///
/// For example: pagesieve man extract | man -l -
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command the page is about; without it, pagesieve as a whole.
    pub(crate) command: Option<String>,
}

/// Labelled pages.
#[derive(Debug, Args)]
pub(crate) struct CorpusArgs {
    /// Take the labelled pages of this folder.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) corpus: PathBuf,
    /// Take labels of blocks from this table too (CSV: page, block, label, `text_hash`), where the pages themselves have none.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) more_labels: Option<PathBuf>,
}

/// Where pages come from and how they are read.
#[derive(Debug, Args)]
pub(crate) struct PagesArgs {
    /// Read these files, folders or patterns; - is standard input.
    ///
    /// A folder stands for the .html, .htm, .xhtml and .txt files in it and below. Patterns have *, ?, [a-z], {a,b}, and ** for any folders.
    /// Files compressed with gzip or zstd are read through. Without INPUT, what is piped in is read. extract and classify also take archives
    /// (.warc, .wet, also in folders) and tables (.jsonl, .csv, .parquet), a page a record.
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Read every input as this; otherwise its name or first bytes say what it is, and it is HTML if they do not.
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Input")]
    pub(crate) input_format: Option<InputFormat>,
    /// Take this as the page's address; for a single page.
    #[arg(long, value_hint = ValueHint::Url, help_heading = "Input")]
    pub(crate) url: Option<String>,
    /// Use this many threads; otherwise one a core.
    #[arg(long, value_name = "N", help_heading = "General")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// How blocks get their labels.
#[derive(Debug, Args)]
pub(crate) struct LabellingArgs {
    /// Use this model file instead of the bundled one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Labels")]
    pub(crate) model: Option<PathBuf>,
    /// Give this label from this probability on (0 to 1), and never below it; repeatable.
    #[arg(long = "threshold", value_name = "LABEL=P", value_parser = threshold, help_heading = "Labels")]
    pub(crate) thresholds: Vec<(Label, f32)>,
    /// Where it is uncertain what is content, favour that only content is kept (precision) or that all of it is (recall).
    ///
    /// Gives content from the model's own threshold on, which was chosen on pages of sites unseen: the one with the greatest F0.5 or F2 of
    /// content's characters. The model card says what it comes to.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Labels")]
    pub(crate) favor: Option<FavorArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FavorArg {
    /// Rather lose text than keep clutter.
    Precision,
    /// Rather keep clutter than lose text.
    Recall,
}

/// Where results go.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Write to this file; - is standard output.
    #[arg(long, short, default_value = "-", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) output: PathBuf,
}

/// What is said on standard error, and how.
#[derive(Debug, Args)]
pub(crate) struct ConsoleArgs {
    /// Colour messages.
    ///
    /// With auto, if standard error is a terminal and the environment has no `NO_COLOR`.
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN", global = true, help_heading = "General")]
    pub(crate) color: Color,
    /// Show no progress and no warnings, only errors.
    #[arg(long, short, global = true, help_heading = "General")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExtractFormat {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A minimal HTML document a page.
    Html,
    /// JSON Lines, a page a line.
    Jsonl,
    /// CSV, a page a row.
    Csv,
    /// Parquet, a page a row.
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClassifyFormat {
    /// JSON Lines, a block a line.
    Jsonl,
    /// CSV, a block a row.
    Csv,
    /// Parquet, a block a row.
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// Text to read.
    Text,
    /// JSON Lines, a block a line.
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Tables.
    Text,
    /// JSON.
    Json,
    /// CSV in long form: a row a figure.
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// Web pages.
    Html,
    /// Text that is extracted already, a block a line.
    Text,
    /// A WARC or WET archive.
    Warc,
    /// JSON Lines, a page a line.
    Jsonl,
    /// CSV with a header, a page a row.
    Csv,
    /// Parquet, a page a row.
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Parses a label, and tells help and completions of the four.
fn label() -> impl TypedValueParser<Value = Label> {
    PossibleValuesParser::new(Label::ALL.map(Label::as_str)).try_map(|name| name.parse::<Label>())
}

fn named_file(written: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = written.split_once('=').ok_or("expected NAME=FILE, such as logistic=report.json")?;
    Ok((name.to_owned(), PathBuf::from(file)))
}

fn threshold(written: &str) -> Result<(Label, f32), String> {
    let (label, probability) = written.split_once('=').ok_or("expected LABEL=P, such as caption=0.7")?;
    let label = label.parse::<Label>().map_err(|error| error.to_string())?;
    match probability.parse::<f32>() {
        Ok(probability) if (0.0..=1.0).contains(&probability) => Ok((label, probability)),
        _ => Err(format!("expected a probability from 0 to 1, found {probability:?}")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_threshold_is_a_label_and_a_probability() {
        assert_eq!(threshold("subscription-prompt=0.5"), Ok((Label::SubscriptionPrompt, 0.5)));
        for wrong in ["caption", "advert=0.5", "caption=1.5", "caption=NaN", "caption="] {
            assert!(threshold(wrong).is_err(), "{wrong}");
        }
    }
}
