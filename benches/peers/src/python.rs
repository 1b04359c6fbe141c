//! A peer written in Python, in a process of its own.
//!
//! The process reads the same files into its memory, goes through them when it is told to, and answers with its own processor time: start and
//! reading do not count.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::error::Failure;
use crate::pages::Page;
use crate::peers::{Pass, Peer};

const PROGRAM: &str = include_str!("../python/peer.py");

pub(crate) struct PythonPeer {
    name: String,
    version: String,
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl PythonPeer {
    pub(crate) fn start(python: &Path, name: &str, pages: &[Page]) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::peer(name, format!("{} does not run: {error}", python.display()));
        let mut process = Command::new(python)
            .args(["-c", PROGRAM, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Failure::peer(name, "its process has no pipes"));
        };
        let mut peer = Self { name: name.to_owned(), version: String::new(), process, input, output: BufReader::new(output) };
        let paths: String = pages.iter().map(|page| format!("{}\n", page.path.display())).collect();
        peer.input.write_all(format!("{paths}\n").as_bytes()).map_err(failed)?;
        let ready = peer.answer()?;
        let (version, bytes) = ready.split_once(' ').unwrap_or((&ready, ""));
        let expected: usize = pages.iter().map(|page| page.bytes.len()).sum();
        if bytes != expected.to_string() {
            return Err(Failure::peer(name, format!("read {bytes} bytes of pages, not {expected}")));
        }
        peer.version = version.to_owned();
        Ok(peer)
    }

    /// The next line of the process.
    fn answer(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        if read.as_ref().is_ok_and(|read| *read > 0) {
            return Ok(line.trim_end().to_owned());
        }
        Err(Failure::peer(&self.name, "its process ended; install its package, name another --python, or leave it out by --without"))
    }
}

impl Peer for PythonPeer {
    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn language(&self) -> &'static str {
        if self.name == "resiliparse" { "C++, wheel for Python" } else { "Python" }
    }

    fn pass(&mut self, _: &[Page]) -> Result<Pass, Failure> {
        let lost = |error: std::io::Error| Failure::peer("Python", format!("its process does not listen: {error}"));
        self.input.write_all(b"pass\n").map_err(lost)?;
        let line = self.answer()?;
        let mut fields = line.split(' ');
        let seconds = fields.next().and_then(|field| field.parse().ok());
        let mut count = || fields.next().and_then(|field| field.parse().ok());
        match (seconds, count(), count()) {
            (Some(seconds), Some(output), Some(failed)) => Ok(Pass { seconds, output, failed }),
            _ => Err(Failure::peer(&self.name, format!("its process answered {line:?}"))),
        }
    }
}

impl Drop for PythonPeer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
