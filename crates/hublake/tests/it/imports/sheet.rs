//! CSV files read without the product: rows by the names of their columns.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;

/// A row.
pub type Row = BTreeMap<String, String>;

/// The rows of a file.
pub fn read(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().map(cells);
    let header = lines.next().expect("a header");
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

/// The cells of a line; none has a line break.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cells.last_mut().expect("a cell").push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    cells
}

/// A count; nothing where the cell is empty or the column is not there.
pub fn count(row: &Row, column: &str) -> Option<u64> {
    row.get(column).filter(|cell| !cell.is_empty()).map(|cell| cell.parse().expect("a count"))
}

/// The date that a cell begins with.
pub fn date(row: &Row, column: &str) -> NaiveDate {
    row[column][..10].parse().expect("a date")
}
