//! What is wrong in a file, and where.

use super::Blueprint;
use super::tree::Place;

/// Warnings and errors that are kept, at most: a file can be wrong at every line.
const MOST_KEPT: usize = 1_000;

/// Characters of a text from the file in a message, at most.
const MOST_QUOTED: usize = 60;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What is wrong, in lower case.
    pub message: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, in characters from 1.
    pub column: u64,
}

impl Problem {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), line: place.line, column: place.column }
    }
}

/// The problems of one file while it is read.
#[derive(Default)]
pub(super) struct Notes {
    warnings: Vec<Problem>,
    warning_count: u64,
    errors: Vec<Problem>,
    error: Option<Problem>,
}

impl Notes {
    /// Odd, but nothing is counted differently for it.
    pub(super) fn warn(&mut self, place: Place, message: impl Into<String>) {
        self.warning_count += 1;
        if self.warnings.len() < MOST_KEPT {
            self.warnings.push(Problem::new(place, message));
        }
    }

    /// One entry would be refused.
    pub(super) fn refuse(&mut self, place: Place, message: impl Into<String>) {
        if self.errors.len() < MOST_KEPT {
            self.errors.push(Problem::new(place, message));
        }
    }

    /// The file as a whole cannot be understood; what was found first is told.
    pub(super) fn give_up(&mut self, problem: Problem) {
        self.error.get_or_insert(problem);
    }

    /// Puts the problems into what was read, in the order of the file.
    pub(super) fn end_in(mut self, blueprint: &mut Blueprint) {
        let place = |problem: &Problem| (problem.line, problem.column);
        self.warnings.sort_by_key(place);
        self.errors.sort_by_key(place);
        blueprint.warnings = self.warnings;
        blueprint.warning_count = self.warning_count;
        blueprint.errors = self.errors;
        blueprint.error = self.error;
    }
}

/// A text from the file in quotes, cut where it is long, without what would move a cursor.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST_QUOTED).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}
