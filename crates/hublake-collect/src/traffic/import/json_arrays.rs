//! JSON arrays of `repo`, `uniques`, `count` and `timestamp`, as the notebooks of the traffic post keep them.
//!
//! A collector that appends an array to the file at each run leaves arrays joined by `][`; each is read in turn. The
//! repositories have no owner. Days and weeks look the same: where all dates are Mondays they are taken as weeks,
//! because a day mistaken for a week is a count too low, which more data mends, and the other way it is not.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::bounded::{Bounded, Grammar, TooLong};
use super::table::{MOST_ROWS, quoted};
use super::{EDGES_NOTE, Format, Imported, Options, Period, counts_of, dates, mark_edge_days, mark_edge_weeks};
use super::{measure_of, names};
use crate::traffic::{Counts, Day, Week};
use crate::{Error, Result};

pub(super) fn read(path: &Path, options: &Options) -> Result<Imported> {
    let measure = measure_of(path, options)?;
    let rows = read_rows(path, options)?;
    let mut imported = Imported::new(Format::JsonArrays);
    let counts = |row: &Row| -> Counts { counts_of(measure, Some(row.count), Some(row.uniques)) };
    let all_mondays = !rows.is_empty() && rows.iter().all(|row| row.date.weekday() == Weekday::Mon);
    if options.period.unwrap_or(if all_mondays { Period::Week } else { Period::Day }) == Period::Week {
        let week = |row: Row| Week { counts: counts(&row), repository: row.repo, monday: row.date, is_partial: false };
        imported.weeks = rows.into_iter().map(week).collect();
        mark_edge_weeks(&mut imported.weeks);
        if options.period.is_none() {
            imported.notes.push("all dates are Mondays: the rows count weeks".into());
        }
    } else {
        let day = |row: Row| Day { counts: counts(&row), repository: row.repo, day: row.date, is_partial: false };
        imported.days = rows.into_iter().map(day).collect();
        mark_edge_days(&mut imported.days);
    }
    imported.notes.push(EDGES_NOTE.into());
    Ok(imported)
}

/// A row that has been looked at.
struct Row {
    repo: Arc<str>,
    count: u32,
    uniques: u32,
    date: NaiveDate,
}

fn read_rows(path: &Path, options: &Options) -> Result<Vec<Row>> {
    let file = File::open(path).map_err(|source| Error::ImportRead { path: path.into(), source })?;
    let reader = BufReader::new(Bounded::new(file, Grammar::Json));
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut rows = Rows { options, names: BTreeSet::new(), rows: Vec::new() };
    loop {
        rows.deserialize(&mut deserializer).map_err(|error| unreadable(path, error))?;
        match deserializer.end() {
            Ok(()) => return Ok(rows.rows),
            Err(error) if error.is_io() => return Err(unreadable(path, error)),
            Err(_) => {}
        }
    }
}

/// Collects the rows of one array after the other.
struct Rows<'a> {
    options: &'a Options,
    names: BTreeSet<Arc<str>>,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn add(&mut self, element: Element) -> Result<(), String> {
        if self.rows.len() as u64 >= MOST_ROWS {
            return Err(format!("more than {MOST_ROWS} rows\nhint: split the file"));
        }
        let repo = match self.names.get(element.repo.as_str()) {
            Some(known) => known.clone(),
            None => Arc::from(element.repo),
        };
        self.names.insert(repo.clone());
        self.rows.push(Row { repo, count: element.count, uniques: element.uniques, date: element.date });
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Rows<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array of repo, uniques, count and timestamp")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<(), A::Error> {
        while let Some(element) = elements.next_element_seed(ElementOf(self.options))? {
            self.add(element).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// One object of an array, its values looked at where they stand, so that a fault has the right line.
struct Element {
    repo: String,
    uniques: u32,
    count: u32,
    date: NaiveDate,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Repo,
    Uniques,
    Count,
    Timestamp,
}

/// Reads an [`Element`] as the options allow it.
struct ElementOf<'a>(&'a Options);

impl<'de> DeserializeSeed<'de> for ElementOf<'_> {
    type Value = Element;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Element, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ElementOf<'_> {
    type Value = Element;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object of repo, uniques, count and timestamp")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Element, A::Error> {
        let (mut repo, mut uniques, mut count, mut date) = (None, None, None, None);
        while let Some(key) = map.next_key()? {
            let is_first = match key {
                Key::Repo => repo.replace(repository(map.next_value()?).map_err(A::Error::custom)?).is_none(),
                Key::Timestamp => date.replace(self.date(map.next_value()?).map_err(A::Error::custom)?).is_none(),
                Key::Uniques => uniques.replace(map.next_value()?).is_none(),
                Key::Count => count.replace(map.next_value()?).is_none(),
            };
            if !is_first {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        let missing = A::Error::missing_field;
        let element = Element {
            repo: repo.ok_or_else(|| missing("repo"))?,
            uniques: uniques.ok_or_else(|| missing("uniques"))?,
            count: count.ok_or_else(|| missing("count"))?,
            date: date.ok_or_else(|| missing("timestamp"))?,
        };
        if element.uniques > element.count {
            return Err(A::Error::custom("uniques: more visitors than visits"));
        }
        Ok(element)
    }
}

impl ElementOf<'_> {
    fn date(&self, text: String) -> Result<NaiveDate, String> {
        let date = dates::day(&text, self.0.today).map_err(|problem| format!("timestamp: {problem}"))?;
        if self.0.period == Some(Period::Week) && date.weekday() != Weekday::Mon {
            return Err(format!("timestamp: {} is no Monday", quoted(&text)));
        }
        Ok(date)
    }
}

fn repository(text: String) -> Result<String, String> {
    if names::is_repository(&text) {
        Ok(text)
    } else {
        Err(format!("repo: {} is no name of a repository", quoted(&text)))
    }
}

fn unreadable(path: &Path, error: serde_json::Error) -> Error {
    let (line, column) = (error.line() as u64, error.column().to_string());
    if error.is_io() {
        let source = io::Error::from(error);
        return match TooLong::of(&source) {
            Some(long) => {
                let column = "within a token".into();
                Error::ImportField { path: path.into(), line: long.line, column, problem: long.to_string() }
            }
            None => Error::ImportRead { path: path.into(), source },
        };
    }
    let text = error.to_string();
    // The position is told by the fields.
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem).to_owned();
    Error::ImportField { path: path.into(), line, column, problem }
}
