//! From what is seen of a list to what lies below it.

use chrono::{DateTime, Utc};

use super::counts::count;
use crate::issues::pages::ReadPage;

/// Rows of a page, and items of a query.
pub(super) const PER_PAGE: i64 = 100;

/// Pages, or queries, that so many items take.
pub(super) fn pages_of(items: i64) -> i64 {
    items.max(0) / PER_PAGE + i64::from(items % PER_PAGE > 0)
}

/// How many rows of a page are not older than an instant.
pub(super) fn rows_since(instant: DateTime<Utc>, page: &ReadPage) -> i64 {
    count(page.elements.iter().filter(|element| element.updated_at >= Some(instant)).count())
}

/// `whole * part / of`, rounded; everything where there is nothing to divide by.
pub(super) fn share(whole: i64, part: i64, of: i64) -> i64 {
    if of <= 0 { whole } else { (whole.saturating_mul(part) + of / 2) / of }
}

/// How many there were since an instant, if they always came as often as the newest `told` of them did.
pub(super) fn by_time(
    told: i64,
    newest: Option<DateTime<Utc>>,
    oldest: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
) -> i64 {
    let (Some(newest), Some(oldest)) = (newest, oldest) else { return told };
    match (newest - oldest).num_seconds() {
        ..=0 => told,
        seconds => share(told, (newest - since).num_seconds(), seconds).max(told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_rounded_up() {
        assert_eq!([0, 1, 100, 101].map(pages_of), [0, 1, 1, 2]);
    }

    #[test]
    fn what_came_in_a_time_came_before_it_as_often() {
        let at = |minutes: i64| DateTime::from_timestamp(minutes * 60, 0);
        let since = at(0).unwrap();
        assert_eq!(by_time(100, at(30), at(20), since), 300);
        assert_eq!(by_time(100, at(30), at(30), since), 100, "all at once tells nothing");
        assert_eq!(by_time(100, None, None, since), 100);
    }

    #[test]
    fn a_share_of_nothing_is_everything() {
        assert_eq!((share(10, 1, 4), share(7, 3, 0)), (3, 7));
    }
}
