//! The flags of runs over crawls: what is read of archives and tables, what is written, and where. Nothing of what they do.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};
use pagesieve::Access;
use pagesieve::crawl::{CHECKPOINT_RECORDS, Status, language_code};

/// What is read of archives and tables.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// Read also the files, folders and patterns that this file lists, one a line; - is standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input")]
    pub(crate) files_from: Option<PathBuf>,
    /// Take the HTML of JSON Lines, CSV and Parquet from this column.
    #[arg(long, value_name = "NAME", default_value = "html", help_heading = "Input")]
    pub(crate) html_column: String,
    /// Take plain text from this column where there is no HTML.
    #[arg(long, value_name = "NAME", default_value = "text", help_heading = "Input")]
    pub(crate) text_column: String,
    /// Take the address from this column.
    #[arg(long, value_name = "NAME", default_value = "url", help_heading = "Input")]
    pub(crate) url_column: String,
    /// Read at most so many bytes of a page (such as 8MB); the rest is cut.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Input")]
    pub(crate) max_bytes: Option<u64>,
    /// Read at most so many nodes of a page; the rest is cut.
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub(crate) max_nodes: Option<usize>,
    /// Read elements at most so deep; what lies deeper counts as text of the element at that depth.
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub(crate) max_depth: Option<usize>,
    /// Give up a page after so many seconds; its row then has no text.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, value_parser = seconds, help_heading = "Input")]
    pub(crate) max_seconds: f64,
}

/// Which pages are written.
#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Write only pages whose text is in these languages (ISO 639-1 or 639-3).
    #[arg(long, value_name = "CODE,...", value_delimiter = ',', value_parser = language, help_heading = "Filters")]
    pub(crate) lang: Vec<&'static str>,
    /// Write only pages with at least so many words kept.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Filters")]
    pub(crate) min_words: usize,
    /// Write no pages with these statuses.
    #[arg(long, value_name = "STATUS,...", value_delimiter = ',', value_parser = status(), help_heading = "Filters")]
    pub(crate) drop_status: Vec<Status>,
    /// Write no pages with these verdicts on access.
    #[arg(long, value_name = "VERDICT,...", value_delimiter = ',', value_parser = access(), help_heading = "Filters")]
    pub(crate) drop_access: Vec<Access>,
}

/// What is learnt from other pages of a run.
#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    /// Take text that recurs on pages of the same host for a sign of navigation and prompts; reads the inputs twice.
    ///
    /// The first reading counts, in so much memory (256MiB unless a SIZE such as 1GiB is given): ten bytes for each text of a site keep false hits at
    /// 1 in 100. Pages need an address, and inputs must be files.
    #[arg(long, value_name = "SIZE", value_parser = size, num_args = 0..=1, require_equals = true, default_missing_value = "256MiB", help_heading = "Labels")]
    pub(crate) site_memory: Option<u64>,
}

/// Which paragraphs are taken off.
#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// Take off paragraphs that came before in the run: the same words (exact) or about the same (near).
    ///
    /// What was seen lies in a filter of --dedup-memory; the summary says how often it takes a paragraph for seen that was not.
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "exact", help_heading = "Filters")]
    pub(crate) dedup: Option<DedupKind>,
    /// Use so much memory for --dedup: ten bits for each paragraph seen keep false hits at 1 in 100; near needs eleven times as much.
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size, help_heading = "Filters")]
    pub(crate) dedup_memory: u64,
}

/// Where results go and how runs go on.
#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    /// Write to this file or folder; - is standard output.
    ///
    /// A folder is one that exists, a name that ends in /, or any name with --shard-size. Files get their names when they are whole.
    #[arg(long, short, default_value = "-", value_name = "PATH", value_hint = ValueHint::AnyPath, help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// Pack results; otherwise .gz or .zst at the end of the output's name says so.
    #[arg(long, value_enum, value_name = "HOW", help_heading = "Output")]
    pub(crate) compress: Option<Compress>,
    /// Write a folder of files, each ended once its rows have this size (such as 256MB) before compression.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Output")]
    pub(crate) shard_size: Option<u64>,
    /// Go on with a run that was interrupted; if there is none, begin one; if it is complete, do nothing.
    #[arg(long, help_heading = "Output")]
    pub(crate) resume: bool,
    /// Note each time after so many records how far the run has come.
    #[arg(long, value_name = "RECORDS", default_value_t = CHECKPOINT_RECORDS, value_parser = clap::value_parser!(u64).range(1..), help_heading = "Output")]
    pub(crate) checkpoint: u64,
    /// Write what was counted and measured to this file (JSON).
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub(crate) summary: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DedupKind {
    /// The same words.
    Exact,
    /// About the same words.
    Near,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compress {
    /// gzip.
    Gz,
    /// zstd.
    Zst,
}

fn access() -> impl TypedValueParser<Value = Access> {
    PossibleValuesParser::new(Access::ALL.iter().map(|access| access.as_str()))
        .try_map(|name| Access::from_name(&name).ok_or("no such verdict"))
}

fn status() -> impl TypedValueParser<Value = Status> {
    PossibleValuesParser::new(Status::ALL.map(Status::as_str))
        .try_map(|name| Status::ALL.into_iter().find(|status| status.as_str() == name).ok_or("no such status"))
}

fn language(name: &str) -> Result<&'static str, String> {
    language_code(name).ok_or_else(|| format!("{name:?} is no language that is told apart: expected a code such as en or eng"))
}

fn seconds(written: &str) -> Result<f64, String> {
    match written.parse::<f64>() {
        // A duration holds no more; no page takes ten years.
        Ok(seconds) if seconds > 0.0 && seconds < 3e8 => Ok(seconds),
        _ => Err(format!("expected seconds, such as 2.5, found {written:?}")),
    }
}

/// A number of bytes: 4096, 64K, 10MB, 1GiB. K, M and G are powers of 1000 before B or alone, of 1024 before iB.
fn size(written: &str) -> Result<u64, String> {
    let refused = || format!("expected a size such as 512MB or 1GiB, found {written:?}");
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = written[..digits].parse().map_err(|_| refused())?;
    let unit = match written[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(refused()),
    };
    number.checked_mul(unit).filter(|size| *size > 0).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!((size("4096"), size("64K"), size("10MB"), size("1 GiB")), (Ok(4096), Ok(64_000), Ok(10_000_000), Ok(1 << 30)));
        for wrong in ["", "MB", "0", "5 XB", "-1", "99999999999GB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seconds_are_positive() {
        assert_eq!(seconds("2.5"), Ok(2.5));
        for wrong in ["0", "-1", "NaN", "inf", "1e12", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
