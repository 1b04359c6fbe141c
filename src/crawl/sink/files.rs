//! Rows to a file, or to a folder of files of about one size.
//!
//! Takes pages, writes them under temporary names and gives a file its name when it is whole. Notes at each checkpoint how far it has come, so that
//! a run that was killed goes on from there with the same bytes. Knows nothing of rows.
//!
//! Beside `clean.jsonl`, or as `_run` in a folder, lie while a run goes on: `.partial` (the file being written), `.checkpoint`, `.seen`
//! (keys of paragraphs) and `.sites` (counts of sites). A folder that is whole has a `_SUCCESS.json` with counts and hashes.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::checkpoint::{Checkpoint, OpenPart, RunState, sync_folder, with_suffix, write_parts, write_whole};
use super::encode::RowFormat;
use super::lines::LinesPart;
use super::tee::Tee;
use super::{Compression, Sink};
use crate::crawl::row::PageOutput;
use crate::crawl::summary::{Counts, Part};
use crate::{Error, Result};

/// The manifest of a folder that is whole. Readers of such folders leave out what begins with an underscore.
const MANIFEST: &str = "_SUCCESS.json";

/// How rows are written to files.
#[derive(Debug, Clone)]
pub struct FileOptions {
    /// The file or folder.
    pub path: PathBuf,
    /// For a folder: the extension of its files, such as `jsonl`, without that of the packing.
    pub folder: Option<String>,
    /// What rows are written as.
    pub format: RowFormat,
    /// How files are packed; Parquet packs by itself.
    pub compression: Compression,
    /// For a folder: a file is ended once its rows have so many bytes before compression.
    pub shard_bytes: Option<u64>,
    /// A hash of all that decides the results.
    pub fingerprint: String,
    /// Whether an interrupted run is gone on with.
    pub resume: bool,
}

/// One file being written.
pub(super) trait PartWriter: Send {
    /// Writes a page; says how many bytes its rows have before compression.
    fn write(&mut self, page: &PageOutput) -> io::Result<u64>;
    /// Makes what was written safe; says its bytes and hash, or `None` if this kind of file can only be written as a whole.
    fn sync(&mut self) -> io::Result<Option<(u64, String)>>;
    /// Ends the file; says its bytes and hash.
    fn finish(self: Box<Self>) -> io::Result<(u64, String)>;
}

/// Writes to files.
pub struct FileSink {
    options: FileOptions,
    base: PathBuf,
    state: Checkpoint,
    resumed: bool,
    part: Option<Box<dyn PartWriter>>,
    pages: u64,
    unpacked: u64,
    seen: Option<BufWriter<File>>,
}

impl std::fmt::Debug for FileSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileSink").field("options", &self.options).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What a manifest says: nothing that differs between two runs over the same.
#[derive(Serialize)]
struct Manifest<'a> {
    version: &'static str,
    fingerprint: &'a str,
    counts: &'a Counts,
    parts: &'a [Part],
}

impl FileSink {
    /// Begins, or goes on with what was interrupted. `None` if that has come to its end already.
    ///
    /// # Errors
    /// If files cannot be written, if there are results or an unfinished run in the way, or if the unfinished run was another.
    pub fn create(options: FileOptions) -> Result<Option<Self>> {
        let base = if options.folder.is_some() { options.path.join("_run") } else { options.path.clone() };
        if options.folder.is_some() {
            std::fs::create_dir_all(&options.path).map_err(|source| Error::write(&options.path, source))?;
        }
        let state = Checkpoint::new(options.fingerprint.clone());
        let (part, seen) = (None, None);
        let mut sink = Self { options, base, state, resumed: false, part, pages: 0, unpacked: 0, seen };
        if !sink.options.resume {
            sink.refuse_what_is_there()?;
        } else if let Some(state) = Checkpoint::read(&sink.checkpoint_path(), &sink.options.fingerprint)? {
            sink.go_on(state)?;
            return Ok(Some(sink));
        } else if sink.is_finished() {
            return Ok(None);
        }
        sink.remove_later_parts()?;
        if sink.options.folder.is_none() {
            // A file that cannot be written is known before the first page is read.
            sink.open_part()?;
        }
        Ok(Some(sink))
    }

    fn checkpoint_path(&self) -> PathBuf {
        with_suffix(&self.base, ".checkpoint")
    }

    fn partial_path(&self) -> PathBuf {
        with_suffix(&self.base, ".partial")
    }

    fn seen_path(&self) -> PathBuf {
        with_suffix(&self.base, ".seen")
    }

    fn sites_path(&self) -> PathBuf {
        with_suffix(&self.base, ".sites")
    }

    /// What the file of counts begins with: whose they are.
    fn sites_head(&self) -> String {
        format!("{}\n", self.options.fingerprint)
    }

    /// The name of a part, whole.
    fn part_name(&self, number: usize) -> String {
        match &self.options.folder {
            Some(extension) => format!("part-{number:05}.{extension}{}", self.options.compression.extension()),
            None => self.options.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    fn part_path(&self, number: usize) -> PathBuf {
        if self.options.folder.is_some() { self.options.path.join(self.part_name(number)) } else { self.options.path.clone() }
    }

    fn is_finished(&self) -> bool {
        if self.options.folder.is_some() { self.options.path.join(MANIFEST).exists() } else { self.options.path.exists() }
    }

    fn refuse_what_is_there(&self) -> Result<()> {
        let refused = |problem: &str| Err(Error::Output { path: self.options.path.clone(), problem: problem.to_owned() });
        if self.checkpoint_path().exists() {
            let problem = format!("an unfinished run lies here: resume it, or remove {}", self.checkpoint_path().display());
            return refused(&problem);
        }
        if self.options.folder.is_some() && (self.is_finished() || self.part_path(0).exists()) {
            return refused("holds results already: name another folder, or empty this one");
        }
        Ok(())
    }

    /// Brings the files to where the checkpoint says they were.
    fn go_on(&mut self, state: Checkpoint) -> Result<()> {
        let number = state.parts.len();
        let (partial, named) = (self.partial_path(), self.part_path(number));
        if let Some(open) = &state.open {
            let bytes_of = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
            // The part may have got its name, and the run been killed before it could note that.
            if !partial.exists() && bytes_of(&named) >= open.bytes {
                std::fs::rename(&named, &partial).map_err(|source| Error::write(&named, source))?;
            }
            let tee = Tee::reopen(&partial, open.bytes, &open.sha256).map_err(|source| Error::read(&partial, source))?;
            let Some(tee) = tee else {
                let problem =
                    format!("is not what the unfinished run wrote: remove it and {}, and begin anew", self.checkpoint_path().display());
                return Err(Error::Output { path: partial, problem });
            };
            let (format, compression) = (self.options.format.clone(), self.options.compression);
            self.part = Some(Box::new(LinesPart::reopened(tee, format, compression, open.pages)));
            (self.pages, self.unpacked) = (open.pages, open.unpacked);
        }
        self.state = state;
        self.resumed = true;
        self.remove_later_parts()
    }

    /// Removes parts that an interrupted run has written after its last checkpoint: they will be written again.
    fn remove_later_parts(&self) -> Result<()> {
        if self.options.folder.is_none() {
            return Ok(());
        }
        let mut number = self.state.parts.len();
        loop {
            let path = self.part_path(number);
            match std::fs::remove_file(&path) {
                Ok(()) => number += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(source) => return Err(Error::write(&path, source)),
            }
        }
    }

    fn written<T>(&self, result: io::Result<T>) -> Result<T> {
        result.map_err(|source| Error::write(&self.options.path, source))
    }

    fn open_part(&mut self) -> Result<()> {
        let tee = self.written(Tee::create(&self.partial_path()))?;
        let (format, compression) = (self.options.format.clone(), self.options.compression);
        let part: io::Result<Box<dyn PartWriter>> = match format {
            #[cfg(feature = "parquet")]
            RowFormat::PageParquet | RowFormat::BlockParquet => super::parquet::part(tee, &format),
            #[cfg(not(feature = "parquet"))]
            RowFormat::PageParquet | RowFormat::BlockParquet => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "Parquet is not part of this build: build with the feature parquet"))
            }
            _ => LinesPart::new(tee, format, compression).map(|part| Box::new(part) as Box<dyn PartWriter>),
        };
        self.part = Some(self.written(part)?);
        (self.pages, self.unpacked) = (0, 0);
        Ok(())
    }

    /// Ends the part that is being written and gives it its name.
    fn close_part(&mut self) -> Result<()> {
        let Some(part) = self.part.take() else { return Ok(()) };
        let (bytes, sha256) = self.written(part.finish())?;
        let number = self.state.parts.len();
        let path = self.part_path(number);
        self.written(std::fs::rename(self.partial_path(), &path))?;
        sync_folder(&path);
        self.state.parts.push(Part { file: self.part_name(number), pages: self.pages, bytes, sha256 });
        self.state.open = None;
        (self.pages, self.unpacked) = (0, 0);
        Ok(())
    }

    /// Adds keys to the journal. After an interruption the keys behind the checkpoint have been cut off.
    fn journal(&mut self, keys: &[u64]) -> io::Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        if self.seen.is_none() {
            let file = OpenOptions::new().create(true).write(true).truncate(self.state.keys == 0).open(self.seen_path())?;
            let mut file = file;
            file.set_len(self.state.keys * 8)?;
            io::Seek::seek(&mut file, io::SeekFrom::End(0))?;
            self.seen = Some(BufWriter::new(file));
        }
        if let Some(seen) = &mut self.seen {
            for key in keys {
                seen.write_all(&key.to_le_bytes())?;
            }
            seen.flush()?;
            seen.get_ref().sync_data()?;
            self.state.keys += keys.len() as u64;
        }
        Ok(())
    }
}

impl Sink for FileSink {
    fn resumed(&self) -> Option<RunState> {
        self.resumed.then(|| self.state.run.clone())
    }

    fn replay(&mut self, each: &mut dyn FnMut(u64)) -> Result<()> {
        if self.state.keys == 0 {
            return Ok(());
        }
        let path = self.seen_path();
        let read = || -> io::Result<()> {
            let mut reader = BufReader::new(File::open(&path)?);
            for _ in 0..self.state.keys {
                let mut key = [0; 8];
                reader.read_exact(&mut key)?;
                each(u64::from_le_bytes(key));
            }
            Ok(())
        };
        let mut read = read;
        read().map_err(|source| Error::read(&path, source))
    }

    fn kept_counts(&mut self) -> Result<Option<Vec<u8>>> {
        let path = self.sites_path();
        if !self.options.resume || !path.exists() {
            return Ok(None);
        }
        let expected = self.sites_head().into_bytes();
        let read = || -> io::Result<Option<Vec<u8>>> {
            let (mut file, mut head, mut counts) = (File::open(&path)?, Vec::new(), Vec::new());
            (&mut file).take(expected.len() as u64).read_to_end(&mut head)?;
            // Another run's counts are none of this one's: they are counted again.
            if head != expected {
                return Ok(None);
            }
            file.read_to_end(&mut counts)?;
            Ok(Some(counts))
        };
        read().map_err(|source| Error::read(&path, source))
    }

    fn keep_counts(&mut self, counts: &[u8]) -> Result<()> {
        write_parts(&self.sites_path(), &[self.sites_head().as_bytes(), counts])
    }

    fn write(&mut self, page: &PageOutput) -> Result<bool> {
        if self.part.is_none() {
            self.open_part()?;
        }
        let Some(part) = &mut self.part else { return Ok(false) };
        let bytes = part.write(page);
        self.unpacked += self.written(bytes)?;
        self.pages += 1;
        let full = self.options.folder.is_some() && self.options.shard_bytes.is_some_and(|most| self.unpacked >= most);
        if full {
            self.close_part()?;
        }
        Ok(full)
    }

    fn checkpoint(&mut self, state: &RunState, keys: &[u64]) -> Result<()> {
        let journaled = self.journal(keys);
        self.written(journaled)?;
        let open = match &mut self.part {
            None => None,
            Some(part) => match part.sync() {
                // A file that can only be written as a whole is begun anew: the last checkpoint before it stands.
                Ok(None) => return Ok(()),
                Ok(Some((bytes, sha256))) => Some(OpenPart { pages: self.pages, unpacked: self.unpacked, bytes, sha256 }),
                Err(source) => return Err(Error::write(&self.options.path, source)),
            },
        };
        self.state.open = open;
        self.state.run = state.clone();
        self.state.write(&self.checkpoint_path())
    }

    fn finish(&mut self, counts: &Counts) -> Result<Vec<Part>> {
        if self.part.is_none() && self.state.parts.is_empty() {
            self.open_part()?;
        }
        self.close_part()?;
        if self.options.folder.is_some() {
            let (fingerprint, parts) = (self.options.fingerprint.as_str(), self.state.parts.as_slice());
            let manifest = Manifest { version: env!("CARGO_PKG_VERSION"), fingerprint, counts, parts };
            write_whole(&self.options.path.join(MANIFEST), crate::export::line(&manifest).as_bytes())?;
        }
        self.seen = None;
        for path in [self.checkpoint_path(), self.seen_path(), self.sites_path()] {
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(Error::write(&path, source)),
                _ => {}
            }
        }
        Ok(self.state.parts.clone())
    }
}
