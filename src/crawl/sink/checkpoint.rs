//! What a run needs to be gone on with.
//!
//! Takes the state of a run and of its files, writes it to a file and reads it again. Knows nothing of rows.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::crawl::summary::{Counts, Part};
use crate::{Error, Result};

/// The version of the file's form.
const VERSION: u32 = 1;

/// How far a run has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunState {
    /// The number of the input, from 0.
    pub input: usize,
    /// Records of that input that are done.
    pub record: u64,
    /// What was counted up to here.
    pub counts: Counts,
}

/// How far its files have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) version: u32,
    /// A hash of all that decides the run's results; it can only be gone on with if that is the same.
    pub(super) fingerprint: String,
    pub(super) run: RunState,
    /// Parts that are whole.
    pub(super) parts: Vec<Part>,
    /// The part that is being written, up to here.
    pub(super) open: Option<OpenPart>,
    /// Keys in the journal of paragraphs.
    pub(super) keys: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenPart {
    pub(super) pages: u64,
    /// Bytes of its rows before compression.
    pub(super) unpacked: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Checkpoint {
    pub(super) fn new(fingerprint: String) -> Self {
        Self { version: VERSION, fingerprint, ..Self::default() }
    }

    /// Reads a checkpoint; `None` if there is no such file.
    pub(super) fn read(path: &Path, fingerprint: &str) -> Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::read(path, source)),
        };
        let refused = |problem: String| Error::Output { path: path.to_owned(), problem };
        let found: Self = serde_json::from_slice(&bytes)
            .map_err(|error| refused(format!("no checkpoint of this program ({error}): remove it and begin anew")))?;
        if found.version != VERSION {
            return Err(refused(format!("a checkpoint of version {}: expected {VERSION}; remove it and begin anew", found.version)));
        }
        if found.fingerprint != fingerprint {
            let problem = "was made with other inputs, options or another model: go on with the same, or remove it and begin anew";
            return Err(refused(problem.to_owned()));
        }
        Ok(Some(found))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        write_whole(path, crate::export::line(self).as_bytes())
    }
}

/// Writes a file so that after a loss of power it is there as a whole, or the one before it is.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    write_parts(path, &[bytes])
}

/// As [`write_whole`], of several parts.
pub(super) fn write_parts(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let temporary = with_suffix(path, ".new");
    let write = |mut file: File| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        file.sync_all()
    };
    let written = File::create(&temporary).and_then(write);
    written.and_then(|()| std::fs::rename(&temporary, path)).map_err(|source| Error::write(path, source))?;
    sync_folder(path);
    Ok(())
}

/// Makes a rename in a file's folder last. Not every system can; then there is nothing to do about it.
pub(super) fn sync_folder(file: &Path) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// The path with something put behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
