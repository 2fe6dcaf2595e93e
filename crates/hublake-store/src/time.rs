//! Times as the store keeps them: microseconds since 1970, UTC.

use chrono::{DateTime, Utc};

use crate::{Error, Result};

pub(crate) fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

pub(crate) fn instant(micros: i64, what: &str) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| Error::BadValue { what: what.to_owned(), reason: format!("{micros} is no instant") })
}

pub(crate) fn optional(micros: Option<i64>, what: &str) -> Result<Option<DateTime<Utc>>> {
    micros.map(|micros| instant(micros, what)).transpose()
}
