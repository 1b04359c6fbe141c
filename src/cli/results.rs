//! Where the results of a run go: what the flags and the output's name stand for.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use pagesieve::Error;
use pagesieve::crawl::{Compression, FileOptions, FileSink, RowFormat, Sink, StreamSink};

use super::args::{Compress, WriteArgs};

/// The name of standard output.
const STDOUT: &str = "-";

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    /// A pipe or a device: what is there is written to as it stands.
    Stream(PathBuf),
    File(PathBuf),
    Folder(PathBuf),
}

impl Target {
    pub(crate) fn of(args: &WriteArgs) -> Self {
        let path = &args.output;
        if path.as_os_str() == STDOUT {
            return Self::Stdout;
        }
        let found = std::fs::metadata(path).ok();
        let ends_as_folder = path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]);
        if args.shard_size.is_some() || ends_as_folder || found.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Self::Folder(path.clone());
        }
        match found {
            Some(found) if !found.is_file() => Self::Stream(path.clone()),
            // A link stays one: the file it leads to is replaced.
            Some(_) => Self::File(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())),
            None => Self::File(path.clone()),
        }
    }

    /// The extension that says the format, in lower case and without that of a packing.
    pub(crate) fn extension(&self) -> Option<String> {
        let Self::File(path) = self else { return None };
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        name.rsplit_once('.').map(|(_, extension)| extension.to_owned())
    }

    fn compression(&self, args: &WriteArgs) -> Compression {
        let path = if let Self::File(path) | Self::Stream(path) = self { path.as_path() } else { Path::new("") };
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match args.compress {
            Some(Compress::Gz) => Compression::Gzip,
            Some(Compress::Zst) => Compression::Zstd,
            None => match extension.as_deref() {
                Some("gz") => Compression::Gzip,
                Some("zst") => Compression::Zstd,
                _ => Compression::None,
            },
        }
    }

    /// Whether an interrupted run can be gone on with.
    pub(crate) fn lasts(&self) -> bool {
        matches!(self, Self::File(_) | Self::Folder(_))
    }

    /// The sink; `None` if a run that is to be gone on with is complete. `extension` is that of files in a folder.
    pub(crate) fn sink(
        &self,
        args: &WriteArgs,
        format: RowFormat,
        extension: &str,
        fingerprint: String,
    ) -> Result<Option<Box<dyn Sink>>, Error> {
        let parquet = matches!(format, RowFormat::PageParquet | RowFormat::BlockParquet);
        let compression = if parquet { Compression::None } else { self.compression(args) };
        let (path, folder) = match self {
            Self::Stdout => {
                let out = BufWriter::new(std::io::stdout());
                return Ok(Some(Box::new(StreamSink::new(out, Path::new("standard output"), format, compression)?)));
            }
            Self::Stream(path) => {
                let file = OpenOptions::new().write(true).open(path).map_err(|source| Error::write(path, source))?;
                return Ok(Some(Box::new(StreamSink::new(BufWriter::new(file), path, format, compression)?)));
            }
            Self::File(path) => (path.clone(), None),
            Self::Folder(path) => (path.clone(), Some(extension.to_owned())),
        };
        let options = FileOptions { path, folder, format, compression, shard_bytes: args.shard_size, fingerprint, resume: args.resume };
        Ok(FileSink::create(options)?.map(|sink| Box::new(sink) as Box<dyn Sink>))
    }
}
