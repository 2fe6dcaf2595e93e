//! A reader that refuses what is absurdly long before it fills the memory.

use std::fmt;
use std::io::{self, Read};

/// Bytes that a CSV record or a JSON token may have; the longest path that GitHub serves is 4,096.
pub(super) const LONGEST: usize = 64 * 1024;

/// What begins and ends a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// A part is a record: a line, or several where a quoted field has line breaks.
    Csv,
    /// A part is a token, or the space between two.
    Json,
}

/// Where in the text the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a quotation mark opens a quoted field.
    Start,
    Plain,
    Quoted,
    /// After a quotation mark in a quoted field: its end, or the first half of a doubled one.
    QuoteInQuoted,
    /// After a backslash in a JSON string.
    Escaped,
}

/// Reads on as long as every part is at most [`LONGEST`] bytes long.
pub(super) struct Bounded<R> {
    inner: R,
    grammar: Grammar,
    place: Place,
    part_bytes: usize,
    line: u64,
    field: u64,
}

/// A part was too long; this is inside the [`io::Error`] that the reader gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooLong {
    pub(super) line: u64,
    pub(super) field: u64,
}

impl fmt::Display for TooLong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "longer than {LONGEST} bytes")
    }
}

impl std::error::Error for TooLong {}

impl TooLong {
    /// The one that an error of the reader carries, if it is such an error.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().copied()
    }
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R, grammar: Grammar) -> Self {
        Self { inner, grammar, place: Place::Start, part_bytes: 0, line: 1, field: 1 }
    }

    /// Takes note of a byte; false when the part it belongs to has become too long.
    fn step(&mut self, byte: u8) -> bool {
        self.line += u64::from(byte == b'\n');
        self.part_bytes += 1;
        match self.grammar {
            Grammar::Csv => self.step_csv(byte),
            Grammar::Json => self.step_json(byte),
        }
        self.part_bytes <= LONGEST
    }

    fn step_csv(&mut self, byte: u8) {
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::QuoteInQuoted,
            (Place::Quoted, _) | (Place::Start | Place::QuoteInQuoted, b'"') => Place::Quoted,
            (_, b'\n' | b'\r') => {
                (self.part_bytes, self.field) = (0, 1);
                Place::Start
            }
            (_, b',') => {
                self.field += 1;
                Place::Start
            }
            _ => Place::Plain,
        };
    }

    fn step_json(&mut self, byte: u8) {
        self.place = match (self.place, byte) {
            (Place::Escaped, _) => Place::Quoted,
            (Place::Quoted, b'\\') => Place::Escaped,
            (Place::Quoted, b'"') => {
                self.part_bytes = 0;
                Place::Plain
            }
            (Place::Quoted, _) => Place::Quoted,
            (_, b'"') => Place::Quoted,
            (_, b',' | b':' | b'[' | b']' | b'{' | b'}') => {
                self.part_bytes = 0;
                Place::Plain
            }
            _ => Place::Plain,
        };
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        for byte in &buffer[..length] {
            if !self.step(*byte) {
                let (line, field) = (self.line, self.field);
                return Err(io::Error::new(io::ErrorKind::InvalidData, TooLong { line, field }));
            }
        }
        Ok(length)
    }
}
