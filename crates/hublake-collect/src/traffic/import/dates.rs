//! Days and instants as collectors write them.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

use super::table::quoted;

/// GitHub was founded in 2008: nothing was counted before.
const FIRST_YEAR: i32 = 2008;

/// An instant: a date, alone (its midnight, UTC) or with a time; without a zone the time is UTC.
///
/// What is before GitHub or after `today` by more than a day is refused: one wrong year would be thousands of days.
pub(super) fn instant(text: &str, today: NaiveDate) -> Result<DateTime<Utc>, String> {
    let Some(at) = parse(text) else {
        return Err(format!("{} is no date", quoted(text)));
    };
    within(at, text, today)
}

/// The instant, if it is neither before GitHub nor after `today` by more than a day.
pub(super) fn within(at: DateTime<Utc>, text: &str, today: NaiveDate) -> Result<DateTime<Utc>, String> {
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default();
    let last = today.checked_add_days(Days::new(1)).unwrap_or(today);
    if at.date_naive() < first {
        return Err(format!("{} is before GitHub was there", quoted(text)));
    }
    if at.date_naive() > last {
        return Err(format!("{} has not been yet", quoted(text)));
    }
    Ok(at)
}

/// A day: a date, alone or with the midnight (UTC) that it begins with.
pub(super) fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let at = instant(text, today)?;
    if at.time() != NaiveTime::MIN {
        return Err(format!("{} is no day: it does not begin at midnight, UTC", quoted(text)));
    }
    Ok(at.date_naive())
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    if text.len() == 10 {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        return Some(Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    for pattern in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
        if let Ok(at) = DateTime::parse_from_str(text, pattern) {
            return Some(at.to_utc());
        }
    }
    let patterns = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    patterns.iter().find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok()).map(|at| at.and_utc())
}
