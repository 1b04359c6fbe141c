//! Why a command stopped.

use std::io::ErrorKind;

/// What ends a command before its work is done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The flags do not go together.
    #[error("{0}; see --help")]
    Usage(String),
    /// The library's error.
    #[error(transparent)]
    Library(#[from] pagesieve::Error),
    /// The threads could not be started.
    #[error("cannot start the threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Ctrl-C could not be listened for.
    #[error("cannot listen for signals")]
    Signals(#[source] std::io::Error),
}

impl Failure {
    /// Whether the reader of our output has gone.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Library(pagesieve::Error::Write { source, .. }) if source.kind() == ErrorKind::BrokenPipe)
    }
}
