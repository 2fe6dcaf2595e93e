//! Days and weeks, UTC. A day is counted from 1970-01-01; instants are seconds since then.

use chrono::{NaiveDate, NaiveTime};

use crate::world::issue::instant;

/// The seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// The day of an instant.
pub(crate) fn day_of(seconds: i64) -> i64 {
    seconds.div_euclid(DAY)
}

/// The number of a date.
pub(crate) fn number_of(date: NaiveDate) -> i64 {
    day_of(date.and_time(NaiveTime::MIN).and_utc().timestamp())
}

/// The date of a day.
pub(crate) fn date_of(day: i64) -> NaiveDate {
    instant(day.saturating_mul(DAY)).date_naive()
}

/// The Monday of a day's week.
pub(crate) fn monday(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

/// The Sunday with which a day's week begins.
pub(crate) fn sunday(day: i64) -> i64 {
    day - (day + 4).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i64 {
        number_of(text.parse().unwrap())
    }

    #[test]
    fn weeks_begin_on_their_monday_and_their_sunday() {
        // 2024-12-30 is a Monday.
        assert_eq!(monday(day("2024-12-30")), day("2024-12-30"));
        assert_eq!(monday(day("2025-01-05")), day("2024-12-30"));
        assert_eq!(monday(day("2025-01-06")), day("2025-01-06"));
        assert_eq!(sunday(day("2025-01-04")), day("2024-12-29"));
        assert_eq!(sunday(day("2025-01-05")), day("2025-01-05"));
        assert_eq!(monday(day("1969-12-31")), day("1969-12-29"));
    }

    #[test]
    fn dates_and_days_are_the_same() {
        assert_eq!((day("1970-01-01"), day("1970-02-01")), (0, 31));
        assert_eq!(date_of(day("2024-02-29")).to_string(), "2024-02-29");
    }
}
