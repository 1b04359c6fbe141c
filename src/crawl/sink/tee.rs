//! A file that is counted and hashed while it is written.
//!
//! Takes bytes, writes them to a file. Knows nothing of what they are.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::digest::hexadecimal;

/// The file.
pub(super) struct Tee {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Tee {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(256 << 10, File::create(path)?), hash: Sha256::new(), bytes: 0 })
    }

    /// Goes on with a file after its first `bytes` bytes, which must have this hash; the others are cut off. `None` if they have another.
    pub(super) fn reopen(path: &Path, bytes: u64, sha256: &str) -> io::Result<Option<Self>> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 20];
        let mut start = (&mut file).take(bytes);
        let mut read = 0;
        loop {
            let count = start.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            read += count as u64;
        }
        if read != bytes || hexadecimal(&hash.clone().finalize()) != sha256 {
            return Ok(None);
        }
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes))?;
        Ok(Some(Self { file: BufWriter::with_capacity(256 << 10, file), hash, bytes }))
    }

    /// Makes what was written last.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn sha256(&self) -> String {
        hexadecimal(&self.hash.clone().finalize())
    }
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
