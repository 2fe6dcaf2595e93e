//! From the raw rows of trending runs to typed ones; and which days they touch.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::AsArray;
use arrow::datatypes::Date32Type;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use hublake_collect::decode::trending::{TABLES, TrendingRows};

use super::decoding::decode_into;
use super::rules::register_rules;
use super::{RawTables, register};
use crate::home::Home;

/// Rows of a raw table that are decoded at once: details are some ten kilobytes each.
const RAW_ROWS: usize = 512;

/// Registers what the runs found, and what the settings say of it; tells how many elements could not be decoded, by
/// repository.
pub(super) async fn decode(
    home: &Home,
    context: &SessionContext,
    raw: &RawTables,
    condition: &str,
) -> Result<BTreeMap<i64, usize>> {
    register_rules(context, &home.settings.trending)?;
    let mut rows = TrendingRows::new(&home.settings.trending.excluded_owners);
    let rejected = decode_into(&mut rows, &TABLES, home, raw, condition, RAW_ROWS).await?;
    for (name, rows) in rows.finish()? {
        register(context, name, vec![rows])?;
    }
    Ok(rejected)
}

/// The days of the runs: all that a run brings is of the day on which it began.
pub(super) async fn touched_days(context: &SessionContext) -> Result<BTreeSet<NaiveDate>> {
    let mut days = BTreeSet::new();
    let query = "SELECT DISTINCT CAST(started_at AS DATE) FROM completed_runs";
    for rows in context.sql(query).await?.collect().await? {
        let values = rows.column(0).as_primitive::<Date32Type>();
        days.extend((0..rows.num_rows()).filter_map(|row| values.value_as_date(row)));
    }
    Ok(days)
}
