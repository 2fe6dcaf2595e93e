//! A CSV file with a header, read row by row; every error says where.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use csv::{ReaderBuilder, StringRecord};

use super::bounded::{Bounded, Grammar, TooLong};
use super::dates;
use super::names;
use crate::{Error, Result};

/// Rows that a file may have: a thousand repositories for ten years, and a quarter more.
pub(super) const MOST_ROWS: u64 = 5_000_000;
/// Bytes that a referrer, a path or a title may have; GitHub's paths end at 4,096.
pub(super) const LONGEST_NAME: usize = 8_192;

/// The file, its header read.
pub(super) struct Table {
    path: PathBuf,
    reader: csv::Reader<Bounded<File>>,
    header: Vec<String>,
    /// The days that may be spoken of end here.
    today: NaiveDate,
    rows: u64,
}

impl Table {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path, today: NaiveDate) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::ImportRead { path: path.into(), source })?;
        let mut reader = ReaderBuilder::new().from_reader(Bounded::new(file, Grammar::Csv));
        let names = reader.headers().map_err(|error| unreadable(path, &error))?;
        let header = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
        Ok(Self { path: path.into(), reader, header, today, rows: 0 })
    }

    /// The names of the columns, in small letters.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a column of one of these names is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.header.iter().any(|name| names.contains(&name.as_str()))
    }

    /// What each column holds, by its name. A column that is not known, or that is there twice, is an error: a
    /// value would be lost without a word.
    pub(super) fn columns<C: Copy + PartialEq>(&self, known: &[(&str, C)]) -> Result<Vec<C>> {
        let mut columns = Vec::with_capacity(self.header.len());
        for (index, name) in self.header.iter().enumerate() {
            let Some((_, column)) = known.iter().find(|(known, _)| known == name) else {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                return Err(self.fail_header(index, format!("is not known; known are {}", names.join(", "))));
            };
            if columns.contains(column) {
                return Err(self.fail_header(index, "says what another column says".into()));
            }
            columns.push(*column);
        }
        Ok(columns)
    }

    /// The next row, `None` after the last.
    pub(super) fn next_row(&mut self, record: &mut StringRecord) -> Result<bool> {
        let more = self.reader.read_record(record).map_err(|error| unreadable(&self.path, &error))?;
        self.rows += u64::from(more);
        if self.rows > MOST_ROWS {
            let problem = format!("more than {MOST_ROWS} rows\nhint: split the file");
            return Err(self.row(record).fail(0, problem));
        }
        Ok(more)
    }

    /// A record as a row of this table.
    pub(super) fn row<'a>(&'a self, record: &'a StringRecord) -> Row<'a> {
        Row { table: self, record }
    }

    /// The error of a file that lacks a column.
    pub(super) fn fail_missing<C: PartialEq>(&self, known: &[(&str, C)], column: C) -> Error {
        let names: Vec<&str> = known.iter().filter(|(_, known)| *known == column).map(|(name, _)| *name).collect();
        let found = format!("the header has no column {}", names.join(" or "));
        Error::ImportUnknown { path: self.path.clone(), found }
    }

    /// A fault in the name of a column.
    pub(super) fn fail_header(&self, index: usize, problem: String) -> Error {
        Error::ImportField { path: self.path.clone(), line: 1, column: self.label(index), problem }
    }

    fn label(&self, index: usize) -> String {
        let name: String = self.header.get(index).map_or("", String::as_str).chars().take(80).collect();
        format!("{} ({name})", index + 1)
    }
}

/// A row of a [`Table`].
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    table: &'a Table,
    record: &'a StringRecord,
}

impl<'a> Row<'a> {
    /// A field without the blanks around it.
    pub(super) fn text(self, index: usize) -> &'a str {
        self.record.get(index).unwrap_or_default().trim()
    }

    /// A field of at most `longest` bytes.
    pub(super) fn bounded(self, index: usize, longest: usize) -> Result<&'a str> {
        let text = self.text(index);
        if text.len() > longest {
            return Err(self.fail(index, format!("longer than {longest} bytes")));
        }
        Ok(text)
    }

    /// A count; nothing at all (or the word `None`, as Python writes nothing) is unknown.
    pub(super) fn count(self, index: usize) -> Result<Option<u32>> {
        let text = self.text(index);
        if text.is_empty() || text == "None" {
            return Ok(None);
        }
        let count = text.parse().ok().filter(|_| !text.starts_with('+'));
        count.map(Some).ok_or_else(|| self.fail(index, format!("{} is no count", quoted(text))))
    }

    /// A count that must be there.
    pub(super) fn known_count(self, index: usize) -> Result<u32> {
        self.count(index)?.ok_or_else(|| self.fail(index, "a count is missing".into()))
    }

    /// A day.
    pub(super) fn day(self, index: usize) -> Result<NaiveDate> {
        dates::day(self.text(index), self.table.today).map_err(|problem| self.fail(index, problem))
    }

    /// An instant.
    pub(super) fn instant(self, index: usize) -> Result<DateTime<Utc>> {
        dates::instant(self.text(index), self.table.today).map_err(|problem| self.fail(index, problem))
    }

    /// The name of a repository, with its owner or without.
    pub(super) fn repository(self, index: usize) -> Result<Arc<str>> {
        let text = self.text(index);
        if names::is_repository(text) {
            return Ok(text.into());
        }
        Err(self.fail(index, format!("{} is no name of a repository", quoted(text))))
    }

    /// A fault in a field of this row.
    pub(super) fn fail(self, index: usize, problem: String) -> Error {
        let line = self.record.position().map_or(0, csv::Position::line);
        Error::ImportField { path: self.table.path.clone(), line, column: self.table.label(index), problem }
    }
}

/// The beginning of a text, in quotation marks, as it is shown in an error.
pub(super) fn quoted(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    let rest = if start.len() < text.len() { "..." } else { "" };
    format!("{start:?}{rest}")
}

fn unreadable(path: &Path, error: &csv::Error) -> Error {
    let line = error.position().map_or(0, csv::Position::line);
    let fail =
        |line: u64, column: String, problem: String| Error::ImportField { path: path.into(), line, column, problem };
    match error.kind() {
        csv::ErrorKind::Io(source) => match TooLong::of(source) {
            Some(long) => fail(long.line, long.field.to_string(), long.to_string()),
            None => {
                let source = std::io::Error::new(source.kind(), source.to_string());
                Error::ImportRead { path: path.into(), source }
            }
        },
        csv::ErrorKind::Utf8 { err, .. } => fail(line, (err.field() + 1).to_string(), "is not UTF-8".into()),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let column = expected_len.min(len) + 1;
            fail(line, column.to_string(), format!("the row has {len} fields, the header has {expected_len}"))
        }
        _ => fail(line, "1".into(), error.to_string()),
    }
}
