//! Sums compared, and bounds of unique visitors.

use std::collections::HashMap;

use anyhow::Result;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;

use crate::report::traffic::days::{Measure, Sum, before};
use crate::report::traffic::select::each;

/// Whose unique visitors: of a repository's last so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct BoundsKey {
    pub(super) repo_id: i64,
    pub(super) measure: Measure,
    pub(super) days: i64,
}

/// What is known of unique visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) lower: Option<i64>,
    pub(super) upper: Option<i64>,
}

impl Bounds {
    /// Bounds as recorded; records that contradict each other leave the lower one.
    fn new(lower: Option<i64>, upper: Option<i64>) -> Self {
        match (lower, upper) {
            (Some(lower), Some(upper)) if upper < lower => Self { lower: Some(lower), upper: None },
            // Nothing recorded lies within the window, but something covers it.
            (None, Some(upper)) => Self { lower: Some(0), upper: Some(upper) },
            (lower, upper) => Self { lower, upper },
        }
    }

    /// The number, where both are the same.
    pub(super) fn exact(&self) -> Option<i64> {
        self.upper.filter(|upper| Some(*upper) == self.lower)
    }
}

/// Bounds over windows that end with yesterday.
pub(super) async fn bounds(
    context: &SessionContext,
    of_these: &str,
    today: NaiveDate,
    windows: &[i64],
) -> Result<HashMap<BoundsKey, Bounds>> {
    let yesterday = before(today, 1);
    let rows: Vec<_> = windows.iter().map(|days| format!("({days}, DATE '{}')", before(today, *days))).collect();
    let earliest = before(today, windows.iter().copied().max().unwrap_or_default());
    let query = format!(
        "WITH spans AS (
             SELECT CAST(column1 AS BIGINT) AS days, column2 AS first_date, DATE '{yesterday}' AS last_date
             FROM (VALUES {})
         ),
         pieces AS (
             SELECT repo_id, measure, first_day, last_day, whole_first, whole_last, at_least, at_most
             FROM traffic_pieces
             WHERE last_day >= DATE '{earliest}' AND first_day <= DATE '{yesterday}' AND {of_these}
         )
         SELECT repo_id, CAST(measure AS VARCHAR), days,
             max(CASE WHEN first_day >= first_date AND last_day <= last_date THEN at_least END),
             cheapest_cover(first_date, last_date, whole_first, whole_last, at_most)
         FROM pieces JOIN spans ON last_day >= first_date AND first_day <= last_date
         GROUP BY repo_id, measure, days",
        rows.join(", ")
    );
    let mut found = HashMap::new();
    each(context, &query, |repo_id, row| {
        let measure = if row.text(1) == Some("clones") { Measure::Clones } else { Measure::Views };
        if let Some(days) = row.number(2) {
            found.insert(BoundsKey { repo_id, measure, days }, Bounds::new(row.number(3), row.number(4)));
        }
    })
    .await?;
    Ok(found)
}

/// The difference in percent of the earlier sum; `None` where it cannot be told.
pub(super) fn change_percent(now: Sum, earlier: Sum) -> Option<f64> {
    let (count, before) = (now.count?, earlier.count?);
    match (now.is_complete && earlier.is_complete, before) {
        (false, _) => None,
        (true, 0) => (count == 0).then_some(0.0),
        (true, _) => Some((count - before) as f64 * 100.0 / before as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(count: Option<i64>, is_complete: bool) -> Sum {
        Sum { count, is_complete }
    }

    #[test]
    fn a_change_is_told_only_between_whole_sums() {
        assert_eq!(change_percent(sum(Some(150), true), sum(Some(100), true)), Some(50.0));
        assert_eq!(change_percent(sum(Some(0), true), sum(Some(4), true)), Some(-100.0));
        assert_eq!(change_percent(sum(Some(0), true), sum(Some(0), true)), Some(0.0));
        assert_eq!(change_percent(sum(Some(7), true), sum(Some(0), true)), None);
        assert_eq!(change_percent(sum(Some(150), false), sum(Some(100), true)), None);
        assert_eq!(change_percent(sum(Some(150), true), sum(Some(100), false)), None);
        assert_eq!(change_percent(sum(Some(150), true), sum(None, false)), None);
    }

    #[test]
    fn bounds_that_contradict_each_other_have_no_upper_one() {
        assert_eq!(Bounds::new(Some(5), Some(4)), Bounds { lower: Some(5), upper: None });
        assert_eq!(Bounds::new(None, Some(4)), Bounds { lower: Some(0), upper: Some(4) });
        assert_eq!(Bounds::new(Some(4), Some(4)).exact(), Some(4));
        assert_eq!(Bounds::new(Some(3), Some(4)).exact(), None);
        assert_eq!(Bounds::new(None, None), Bounds::default());
        assert_eq!(Bounds::default().exact(), None);
    }
}
