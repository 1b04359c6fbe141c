//! The unpacked bytes of an archive, member by member.
//!
//! Takes the bytes of a file, plain or packed as one or many gzip members or zstd frames; gives what they unpack to, says in which member
//! that lies, and finds the next member after a damaged one. Knows nothing of records.

use std::io::{self, BufRead as _, Read};

use flate2::bufread::GzDecoder;

use super::raw::Raw;

/// Unpacked bytes that are kept in memory.
const BUFFER: usize = 64 << 10;

/// RFC 1952: the two magic bytes and the only method there is.
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// RFC 8878, section 3.1.1: a frame.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// RFC 8878, section 3.1.2: the three bytes that skippable frames share after the first, which is 0x50 to 0x5f.
const SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// The first byte of the skippable frame that holds a dictionary ("Use of Zstandard in WARC", IIPC, section 4).
const DICTIONARY: u8 = 0x5d;

/// The largest dictionary that is taken: what zstd itself makes at most by default is 112 KB.
const MAX_DICTIONARY: u32 = 16 << 20;

/// The largest window a zstd frame may ask for, as a power of two: 128 MiB, zstd's own limit.
const WINDOW_LOG: u32 = 27;

enum Stream {
    /// Before a member.
    Between(Raw),
    Plain(Raw),
    Gzip(Box<GzDecoder<Raw>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Raw>>),
    /// Only while one of the others is being replaced.
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    Unknown,
    Plain,
    Gzip,
    Zstd,
}

/// A reader of unpacked bytes. [`Read`] goes over the bounds of members; the other functions stop there.
pub(super) struct Unpacked {
    stream: Stream,
    packing: Packing,
    dictionary: Vec<u8>,
    member: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl Unpacked {
    pub(super) fn new(raw: Raw) -> Self {
        Self {
            stream: Stream::Between(raw),
            packing: Packing::Unknown,
            dictionary: Vec::new(),
            member: 0,
            buffer: Vec::with_capacity(BUFFER),
            at: 0,
        }
    }

    /// Where in the file the next byte lies: its member's first byte, or its own place in a plain file.
    pub(super) fn place(&self) -> u64 {
        match &self.stream {
            Stream::Plain(raw) => raw.position() - (self.buffer.len() - self.at) as u64,
            _ => self.member,
        }
    }

    /// How many bytes of the file have been taken.
    pub(super) fn position(&self) -> u64 {
        match &self.stream {
            Stream::Between(raw) | Stream::Plain(raw) => raw.position(),
            Stream::Gzip(decoder) => decoder.get_ref().position(),
            Stream::Zstd(decoder) => decoder.get_ref().position(),
            Stream::Nothing => 0,
        }
    }

    /// Whether the file is packed.
    pub(super) fn is_packed(&self) -> bool {
        matches!(self.packing, Packing::Gzip | Packing::Zstd)
    }

    /// The bytes of this member that are unpacked and not yet taken; none at its end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            self.more()?;
        }
        Ok(&self.buffer[self.at..])
    }

    /// Takes bytes that [`Self::fill`] or [`Self::peek`] showed.
    pub(super) fn take(&mut self, amount: usize) {
        self.at += amount;
    }

    /// The next bytes of this member: at least `least` (of at most 64 KiB) unless it ends before.
    pub(super) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        while self.buffer.len() < least && self.more()? > 0 {}
        Ok(&self.buffer)
    }

    /// Unpacks more bytes behind those in the buffer; 0 at the member's end.
    fn more(&mut self) -> io::Result<usize> {
        let before = self.buffer.len();
        self.buffer.resize(before.max(BUFFER / 2) + BUFFER / 2, 0);
        let into = &mut self.buffer[before..];
        let count = match &mut self.stream {
            Stream::Between(_) | Stream::Nothing => Ok(0),
            Stream::Plain(raw) => raw.read(into),
            Stream::Gzip(decoder) => decoder.read(into),
            Stream::Zstd(decoder) => decoder.read(into),
        };
        self.buffer.truncate(before + *count.as_ref().unwrap_or(&0));
        count.map_err(explained)
    }

    /// Goes to the next member; `false` at the end of the file. To be called when [`Self::fill`] gives nothing.
    pub(super) fn next_member(&mut self) -> io::Result<bool> {
        let mut raw = match std::mem::replace(&mut self.stream, Stream::Nothing) {
            Stream::Between(raw) => raw,
            Stream::Plain(raw) => {
                self.stream = Stream::Plain(raw);
                return Ok(false);
            }
            Stream::Gzip(decoder) => decoder.into_inner(),
            Stream::Zstd(decoder) => decoder.finish(),
            Stream::Nothing => return Ok(false),
        };
        self.buffer.clear();
        self.at = 0;
        let found = self.begin(&mut raw);
        self.member = found.as_ref().map_or(raw.position(), |(at, _)| *at);
        self.stream = match found {
            Ok((_, Some(Packing::Gzip))) => Stream::Gzip(Box::new(GzDecoder::new(raw))),
            Ok((_, Some(Packing::Zstd))) => Stream::Zstd(Box::new(self.zstd(raw)?)),
            Ok((_, Some(_))) => Stream::Plain(raw),
            Ok((_, None)) => {
                self.stream = Stream::Between(raw);
                return Ok(false);
            }
            Err(error) => {
                self.stream = Stream::Between(raw);
                return Err(error);
            }
        };
        Ok(true)
    }

    /// What begins here and where; skips what holds no bytes of ours. `None` at the end of the file.
    fn begin(&mut self, raw: &mut Raw) -> io::Result<(u64, Option<Packing>)> {
        loop {
            let at = raw.position();
            let start = raw.fill_buf()?;
            let Some(first) = start.first().copied() else { return Ok((at, None)) };
            // Padding after a member, as tapes and block devices leave it.
            if first == 0 && self.is_packed() {
                raw.consume(1);
                continue;
            }
            let packing = match first {
                0x1f if start.len() < 2 || start[1] == GZIP[1] => Packing::Gzip,
                0x28 if start.len() < 4 || start.starts_with(&ZSTD) => Packing::Zstd,
                0x50..=0x5f if start.len() > 3 && start[1..4] == SKIPPABLE => {
                    self.skip_frame(raw)?;
                    continue;
                }
                _ if self.packing == Packing::Unknown => Packing::Plain,
                _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no packed member begins here")),
            };
            self.packing = packing;
            return Ok((at, Some(packing)));
        }
    }

    /// Skips a skippable frame, but keeps a dictionary.
    fn skip_frame(&mut self, raw: &mut Raw) -> io::Result<()> {
        let mut head = [0; 8];
        raw.read_exact(&mut head)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        if head[0] == DICTIONARY && length <= MAX_DICTIONARY {
            let mut bytes = Vec::new();
            raw.take(u64::from(length)).read_to_end(&mut bytes)?;
            if bytes.starts_with(&ZSTD) {
                let packed = std::mem::take(&mut bytes);
                zstd::stream::read::Decoder::with_buffer(&packed[..])?.take(u64::from(MAX_DICTIONARY)).read_to_end(&mut bytes)?;
            }
            self.dictionary = bytes;
        } else {
            io::copy(&mut raw.take(u64::from(length)), &mut io::sink())?;
        }
        self.packing = Packing::Zstd;
        Ok(())
    }

    fn zstd(&self, raw: Raw) -> io::Result<zstd::stream::read::Decoder<'static, Raw>> {
        let mut decoder = zstd::stream::read::Decoder::with_dictionary(raw, &self.dictionary)?.single_frame();
        decoder.window_log_max(WINDOW_LOG)?;
        Ok(decoder)
    }

    /// In a plain file: goes back to a place; a stream stays where it is.
    pub(super) fn back_to(&mut self, place: u64) -> io::Result<()> {
        if let Stream::Plain(raw) = &mut self.stream {
            let before = raw.position();
            raw.seek(place)?;
            if raw.position() != before || place == before {
                self.buffer.clear();
                self.at = 0;
            }
        }
        Ok(())
    }

    /// After damage in a packed file: goes to the next member behind `from` whose first unpacked bytes are `start`; a stream that cannot go
    /// back looks from where it is. `false` if there is none.
    pub(super) fn rescan(&mut self, from: u64, start: &[u8]) -> io::Result<bool> {
        let mut from = from;
        loop {
            let mut raw = match std::mem::replace(&mut self.stream, Stream::Nothing) {
                Stream::Between(raw) | Stream::Plain(raw) => raw,
                Stream::Gzip(decoder) => decoder.into_inner(),
                Stream::Zstd(decoder) => decoder.finish(),
                Stream::Nothing => return Ok(false),
            };
            raw.seek(from)?;
            let found = find_member(&mut raw, self.packing)?;
            self.stream = Stream::Between(raw);
            let Some(at) = found else { return Ok(false) };
            // Bytes that look like the start of a member may lie within one: only what unpacks to a record counts.
            if self.next_member().is_ok_and(|more| more) && self.peek(start.len()).is_ok_and(|bytes| bytes.starts_with(start)) {
                return Ok(true);
            }
            from = at + 1;
        }
    }
}

/// Goes to the next bytes that a member begins with; says where that is. In a stream, one that the buffer's end cuts in two is missed.
fn find_member(raw: &mut Raw, packing: Packing) -> io::Result<Option<u64>> {
    let magic: &[u8] = if packing == Packing::Zstd { &ZSTD } else { &GZIP };
    loop {
        let bytes = raw.fill_buf()?;
        if bytes.len() < magic.len() {
            return Ok(None);
        }
        if let Some(at) = memchr::memmem::find(bytes, magic) {
            raw.consume(at);
            return Ok(Some(raw.position()));
        }
        let (whole, looked) = (bytes.len(), bytes.len() + 1 - magic.len());
        let again = raw.position() + looked as u64;
        raw.consume(whole);
        raw.seek(again)?;
    }
}

impl Read for Unpacked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let bytes = self.fill()?;
            if !bytes.is_empty() {
                let count = bytes.len().min(into.len());
                into[..count].copy_from_slice(&bytes[..count]);
                self.take(count);
                return Ok(count);
            }
            if !self.next_member()? {
                return Ok(0);
            }
        }
    }
}

/// In plain words what is wrong with packed bytes.
fn explained(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(io::ErrorKind::UnexpectedEof, "the packed data breaks off: fetch the file again"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            io::Error::new(io::ErrorKind::InvalidData, format!("the packed data is damaged ({error})"))
        }
        _ => error,
    }
}
