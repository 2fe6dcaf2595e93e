//! A CSV file whose columns are found by their names.

use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use csv::StringRecord;

use crate::Error;

/// A file that was read.
#[derive(Debug)]
pub(super) struct Sheet {
    path: PathBuf,
    columns: StringRecord,
    records: Vec<StringRecord>,
}

/// A line of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    record: &'a StringRecord,
}

impl Sheet {
    /// # Errors
    /// When it cannot be read, or a line has more or fewer fields than the header.
    pub(super) fn read(path: &Path, content: impl Read) -> Result<Self, Error> {
        let bad = |source: csv::Error| Error::BadRecorded {
            path: path.to_owned(),
            line: source.position().map_or(1, line),
            reason: source.to_string(),
        };
        let mut reader = csv::Reader::from_reader(content);
        let columns = reader.headers().map_err(bad)?.clone();
        let records = reader.records().collect::<Result<_, _>>().map_err(bad)?;
        Ok(Self { path: path.to_owned(), columns, records })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.records.iter().map(|record| Row { sheet: self, record })
    }
}

impl<'a> Row<'a> {
    /// The text of the first of these columns that is there.
    pub(super) fn text(self, names: &[&str]) -> Result<&'a str, Error> {
        let place = names.iter().find_map(|name| self.sheet.columns.iter().position(|column| column == *name));
        let text = place.and_then(|place| self.record.get(place));
        text.ok_or_else(|| self.bad(format!("there is no column {}", names.join(" or "))))
    }

    pub(super) fn number(self, names: &[&str]) -> Result<u32, Error> {
        let text = self.text(names)?;
        text.parse().map_err(|_| self.bad(format!("`{text}` is not a count")))
    }

    /// The date with which the text begins; times after it are midnight in all recordings.
    pub(super) fn date(self, names: &[&str]) -> Result<NaiveDate, Error> {
        let text = self.text(names)?;
        let date = text.get(..10).and_then(|date| date.parse().ok());
        date.ok_or_else(|| self.bad(format!("`{text}` does not begin with a date")))
    }

    fn bad(self, reason: String) -> Error {
        let line = self.record.position().map_or(1, line);
        Error::BadRecorded { path: self.sheet.path.clone(), line, reason }
    }
}

fn line(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}
