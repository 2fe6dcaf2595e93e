//! Values as people write them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// An instant, or the beginning of a day (UTC).
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| "not an instant; write 2026-01-31T12:00:00Z or 2026-01-31".to_owned())
}

/// A number of days, with or without a `d`.
pub(super) fn days(text: &str) -> Result<TimeDelta, String> {
    let digits = text.strip_suffix('d').unwrap_or(text);
    match digits.parse::<u16>() {
        Ok(days) if days > 0 => Ok(TimeDelta::days(i64::from(days))),
        _ => Err("not a number of days; write 90d".to_owned()),
    }
}
