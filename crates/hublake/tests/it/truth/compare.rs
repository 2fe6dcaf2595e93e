//! Comparing what a query printed with what a table must contain.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::DateTime;
use serde::Serialize;
use serde_json::{Map, Value};

/// How many differing rows of a table are shown.
const SHOWN: usize = 5;

/// The rows one table must have, in the JSON form a query prints.
pub struct Expected {
    /// The table, with its schema where that is not the readers' own.
    pub table: String,
    /// The columns that identify a row.
    pub key: Vec<String>,
    /// The rows, in any order.
    pub rows: Vec<Map<String, Value>>,
}

impl Expected {
    /// The expectation that `table` has these rows.
    pub fn of<R: Serialize>(table: &str, key: &[&str], rows: &[R]) -> Self {
        let as_object = |row: &R| match serde_json::to_value(row) {
            Ok(Value::Object(object)) => object,
            other => panic!("a row of {table} is no object: {other:?}"),
        };
        Self {
            table: table.to_owned(),
            key: key.iter().map(|column| (*column).to_owned()).collect(),
            rows: rows.iter().map(as_object).collect(),
        }
    }

    /// A query for the judged columns of the table, ordered by its key; all columns where no row is expected.
    pub fn query(&self) -> String {
        let columns = match self.rows.first() {
            Some(row) => row.keys().cloned().collect::<Vec<_>>().join(", "),
            None => "*".to_owned(),
        };
        format!("SELECT {columns} FROM {} ORDER BY {}", self.table, self.key.join(", "))
    }
}

/// What `actual`, the printed array of rows, has differently from `expected`: nothing if they agree.
///
/// The order of rows does not count. Floating-point numbers may differ by a billionth part, whole numbers and texts
/// not at all; instants may be written with any number of digits, but must end in `Z`.
pub fn differences(expected: &Expected, actual: &[Value]) -> Option<String> {
    let mut problems = Vec::new();
    let mut found = BTreeMap::<String, &Value>::new();
    for row in actual {
        let key = key_of(&expected.key, row);
        if found.insert(key.clone(), row).is_some() {
            problems.push(format!("{key}: occurs more than once"));
        }
    }
    for row in &expected.rows {
        let row = Value::Object(row.clone());
        let key = key_of(&expected.key, &row);
        match found.remove(&key) {
            None => problems.push(format!("{key}: missing, expected {row}")),
            Some(printed) => problems.extend(differing_columns(&row, printed).map(|text| format!("{key}: {text}"))),
        }
    }
    for (key, row) in found {
        problems.push(format!("{key}: not expected, found {row}"));
    }
    if problems.is_empty() {
        return None;
    }
    let mut text = format!(
        "{}: {} differences, {} rows expected, {} found\n",
        expected.table,
        problems.len(),
        expected.rows.len(),
        actual.len()
    );
    for problem in problems.iter().take(SHOWN) {
        let _ = writeln!(text, "    {problem}");
    }
    Some(text)
}

fn key_of(columns: &[String], row: &Value) -> String {
    let parts: Vec<String> = columns.iter().map(|column| format!("{column}={}", row[column])).collect();
    parts.join(" ")
}

fn differing_columns(expected: &Value, actual: &Value) -> Option<String> {
    let mut parts = Vec::new();
    for (column, value) in expected.as_object()? {
        match actual.get(column) {
            None => parts.push(format!("{column} is not there")),
            Some(printed) if !same(value, printed) => parts.push(format!("{column} is {printed}, expected {value}")),
            Some(_) => {}
        }
    }
    if parts.is_empty() { None } else { Some(parts.join("; ")) }
}

fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left == right,
            (Some(_), None) => false,
            (None, _) => close(left.as_f64(), right.as_f64()),
        },
        (Value::String(left), Value::String(right)) => left == right || same_instant(left, right),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => expected == actual,
    }
}

fn close(left: Option<f64>, right: Option<f64>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs())
}

fn same_instant(left: &str, right: &str) -> bool {
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).ok().filter(|_| text.ends_with('Z'));
    instant(left).is_some_and(|left| instant(right) == Some(left))
}
