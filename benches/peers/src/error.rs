//! What can go wrong: files, peers.

use std::path::{Path, PathBuf};

/// An error that ends the run; its text names the place and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Failure {
    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}", path = path.display())]
    Csv { path: PathBuf, source: csv::Error },
    #[error("{path}: {problem}", path = path.display())]
    Content { path: PathBuf, problem: String },
    #[error("{name}: {problem}")]
    Peer { name: String, problem: String },
    #[error("the plot cannot be drawn: {0}")]
    Plot(String),
    #[error(transparent)]
    Pagesieve(#[from] pagesieve::Error),
}

impl Failure {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::File { path: path.to_owned(), source }
    }

    pub(crate) fn csv(path: &Path) -> impl FnOnce(csv::Error) -> Self + '_ {
        |source| Self::Csv { path: path.to_owned(), source }
    }

    pub(crate) fn peer(name: &str, problem: impl Into<String>) -> Self {
        Self::Peer { name: name.to_owned(), problem: problem.into() }
    }
}
