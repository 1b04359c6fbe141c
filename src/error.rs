//! What can go wrong, with the place and the remedy.
//!
//! Takes what the rest of the crate found, gives one [`Error`]. Parsing a page is not in it: pages cannot fail, they have limits and say
//! what was cut.

use std::path::{Path, PathBuf};

/// An error of this library. `Display` says what was expected and found; the cause is in `source`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file has more bytes than the limit.
    #[error("{} is larger than {limit} bytes; raise the limit to read it", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file holds something else than HTML or text.
    #[error("{} is {found}: expected HTML or plain text", path.display())]
    NotAPage {
        /// The file.
        path: PathBuf,
        /// What it holds instead, such as "a PNG image".
        found: &'static str,
    },
    /// A folder or a pattern names no page.
    #[error("{}: no pages found: expected {expected}", path.display())]
    NoPages {
        /// The folder or pattern.
        path: PathBuf,
        /// What is read, such as "files ending in .html".
        expected: &'static str,
    },
    /// A pattern for file names is malformed.
    #[error("{pattern:?} is no pattern: {problem}; quote the name if it is meant as it stands")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of a manifest, a CSV or a JSON Lines file is not as expected.
    #[error("{}: line {line}: {problem}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What was expected, what was found, and what to do.
        problem: String,
    },
    /// A place in an archive is damaged.
    #[error("{}: byte {offset}: {problem}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// The byte at which the damaged record, or the packed member it lies in, begins.
        offset: u64,
        /// What was expected, what was found.
        problem: String,
    },
    /// Results cannot be written, or a run not be gone on with, as things stand.
    #[error("{}: {problem}", path.display())]
    Output {
        /// The results' file or folder.
        path: PathBuf,
        /// What stands in the way, and what to do.
        problem: String,
    },
    /// An element's `data-sieve-label` is none of the labels.
    #[error("{}: {xpath}: unknown label {found:?}: expected content, caption, navigation, subscription-prompt or unlabelled", path.display())]
    UnknownLabel {
        /// The page.
        path: PathBuf,
        /// The element.
        xpath: String,
        /// The attribute's value.
        found: String,
    },
    /// A folder has nothing to train on or to score.
    #[error("{}: {problem}", path.display())]
    Corpus {
        /// The folder.
        path: PathBuf,
        /// What is missing and what to do.
        problem: String,
    },
    /// A model file cannot be used by this version.
    #[error("{origin}: {problem}")]
    Model {
        /// The file, or "the bundled model".
        origin: String,
        /// What was expected, what was found, and what to do.
        problem: String,
    },
    /// A training recipe is not as expected.
    #[error("{}: {problem}", path.display())]
    Recipe {
        /// The file.
        path: PathBuf,
        /// What was expected, what was found, and what to do.
        problem: String,
    },
    /// A setting is out of its range.
    #[error("{setting} is {found}: expected {expected}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// Its value.
        found: String,
        /// The range.
        expected: &'static str,
    },
}

impl Error {
    /// A model that ships with the library is not part of this build; `origin` is its name.
    #[cfg(not(feature = "bundled-model"))]
    pub(crate) fn not_bundled(origin: &str) -> Self {
        let problem = "is not part of this build: name a model file, or build with the feature bundled-model".to_owned();
        Self::Model { origin: origin.to_owned(), problem }
    }

    /// A reader's error with its path.
    pub fn read(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Read { path: path.as_ref().to_owned(), source }
    }

    /// A writer's error with its path.
    pub fn write(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Write { path: path.as_ref().to_owned(), source }
    }
}

/// The result of this library's fallible functions.
pub type Result<T> = std::result::Result<T, Error>;
