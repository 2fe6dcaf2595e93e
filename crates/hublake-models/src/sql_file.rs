//! The form of a file: description, header, query.

use serde::de::DeserializeOwned;

use crate::Error;
use crate::source::line_of;

/// A file of the project, split into its three parts.
pub(crate) struct SqlFile<'a> {
    /// Path below the models folder, such as `staging/stg_sync_state.sql`.
    pub(crate) path: &'a str,
    pub(crate) folder: &'a str,
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    header: &'a str,
    header_line: usize,
    pub(crate) query: &'a str,
    query_line: usize,
}

impl<'a> SqlFile<'a> {
    /// Splits the file's text.
    pub(crate) fn parse(path: &'a str, text: &'a str) -> Result<Self, Error> {
        let fault = |line: usize, reason: &str, hint: &str| file_error(path, line, reason, hint);
        let Some((folder, file_name)) = path.split_once('/') else {
            return Err(fault(1, "the file lies in no layer", "put it into staging, analytics, views or audits"));
        };
        let name = file_name.strip_suffix(".sql").unwrap_or(file_name);
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            return Err(fault(1, "the file's name is no table name", "use lower-case letters, digits and underscores"));
        }
        let first_line = text.lines().next().unwrap_or_default();
        let description = first_line.strip_prefix("-- ").map_or("", str::trim);
        if description.is_empty() {
            return Err(fault(1, "the description is missing", "begin the file with `-- What one row is.`"));
        }
        let rest = &text[first_line.len()..];
        let header_hint = "write /* and */ around the header on the lines after the description";
        let Some(after_open) = rest.trim_start().strip_prefix("/*") else {
            return Err(fault(2, "the header is missing", header_hint));
        };
        let Some((header, query)) = after_open.split_once("*/") else {
            return Err(fault(2, "the header does not end", header_hint));
        };
        let line_at = |part: &str| line_of(text, part.as_ptr() as usize - text.as_ptr() as usize);
        let header_line = line_at(header);
        let query_line = line_at(query);
        Ok(Self { path, folder, name, description, header, header_line, query, query_line })
    }

    /// The header as a value; unknown keys are errors.
    pub(crate) fn header<T: DeserializeOwned>(&self) -> Result<T, Error> {
        toml::from_str(self.header).map_err(|error| {
            let within = error.span().map_or(1, |span| line_of(self.header, span.start));
            let reason = error.message().replace('\n', " ");
            self.error(self.header_line + within - 1, &reason, "models/README.md lists the keys of a header")
        })
    }

    /// The query behind as many empty lines as make its line numbers those of the file.
    pub(crate) fn padded_query(&self) -> String {
        "\n".repeat(self.query_line - 1) + self.query
    }

    pub(crate) fn error(&self, line: usize, reason: &str, hint: &str) -> Error {
        file_error(self.path, line, reason, hint)
    }
}

pub(crate) fn file_error(path: &str, line: usize, reason: &str, hint: &str) -> Error {
    Error::File { path: path.to_owned(), line, reason: reason.to_owned(), hint: hint.to_owned() }
}
