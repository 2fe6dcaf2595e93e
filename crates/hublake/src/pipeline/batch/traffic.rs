//! From the raw rows of a batch to typed ones, for traffic; and which months they touch.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::{Datelike, Days, NaiveDate};
use datafusion::prelude::SessionContext;
use hublake_collect::decode::{self, TrafficRows};
use hublake_collect::tables;
use hublake_lake::Months;

use super::decoding::{Decode, decode_into};
use super::{RawTables, register};
use crate::home::Home;

/// Rows of a raw table that are decoded at once.
const RAW_ROWS: usize = 2048;

/// Registers what the members' answers tell; tells how many could not be decoded, by repository.
pub(super) async fn decode(
    home: &Home,
    context: &SessionContext,
    raw: &RawTables,
    condition: &str,
) -> Result<BTreeMap<i64, usize>> {
    let sources: [(&str, Decode<TrafficRows>); 7] = [
        (tables::RAW_TRAFFIC_VIEWS, decode::answers),
        (tables::RAW_TRAFFIC_CLONES, decode::answers),
        (tables::RAW_TRAFFIC_REFERRERS, decode::answers),
        (tables::RAW_TRAFFIC_PATHS, decode::answers),
        (tables::RAW_REPOSITORY_STATS, decode::answers),
        (tables::RAW_STAR_HISTORY, decode::answers),
        (tables::RAW_TRAFFIC_IMPORTS, decode::imports),
    ];
    let mut rows = TrafficRows::default();
    let rejected = decode_into(&mut rows, &sources, home, raw, condition, RAW_ROWS).await?;
    for (name, rows) in rows.finish()? {
        register(context, name, vec![rows])?;
    }
    Ok(rejected)
}

/// Days that are told of one repository at once: of an answer all fifteen, of a file from its first to its last.
const TOLD: &str = "
    SELECT repo_id, min(first) AS first, max(last) AS last FROM (
        SELECT repo_id, starts_on AS first,
            CASE WHEN per = 'week' THEN starts_on + INTERVAL '6 days' ELSE starts_on END AS last
        FROM decoded_traffic_counts
        UNION ALL
        SELECT repo_id, CAST(answered_at AS DATE) - INTERVAL '14 days' AS first, CAST(answered_at AS DATE) AS last
        FROM decoded_traffic_answers WHERE stream NOT IN ('repository_stats', 'star_history')
    ) GROUP BY repo_id";

/// The months whose rows change: those of all days that are told, of the gap to what was known before, and of all days
/// of their weeks; and those of the days of single figures and lists.
pub(super) async fn touched_months(context: &SessionContext) -> Result<Months> {
    let query = format!(
        "SELECT told.repo_id, CAST(told.first AS DATE), CAST(told.last AS DATE), known.first_day, known.last_day
         FROM ({TOLD}) told LEFT JOIN previous.stg_traffic_repositories known ON known.repo_id = told.repo_id"
    );
    let mut days: Vec<NaiveDate> = Vec::new();
    for rows in context.sql(&query).await?.collect().await? {
        let ids = rows.column(0).as_primitive::<Int64Type>();
        let day = |column: usize, row: usize| {
            let values = rows.column(column).as_primitive_opt::<Date32Type>()?;
            values.is_valid(row).then(|| values.value_as_date(row)).flatten()
        };
        for row in 0..rows.num_rows() {
            let (first, last) = day(1, row).zip(day(2, row)).with_context(|| format!("days of {}", ids.value(row)))?;
            let first = day(4, row).map_or(first, |known| first.min(known));
            let last = day(3, row).map_or(last, |known| last.max(known));
            days.extend(months_between(monday(first), monday(last) + Days::new(6)));
        }
    }
    let single = "SELECT DISTINCT day FROM decoded_repository_stats
        UNION SELECT DISTINCT CAST(taken_at AS DATE) FROM decoded_traffic_popular";
    for rows in context.sql(single).await?.collect().await? {
        let values = rows.column(0).as_primitive::<Date32Type>();
        days.extend((0..rows.num_rows()).filter_map(|row| values.value_as_date(row)));
    }
    Ok(Months::of(days))
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

/// A day of each month from that of `first` to that of `last`.
fn months_between(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let first = first.with_day(1).unwrap_or(first);
    std::iter::successors(Some(first), |day| day.checked_add_months(chrono::Months::new(1)))
        .take_while(move |day| *day <= last)
}
