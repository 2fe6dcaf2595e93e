//! From the raw rows of trending runs to typed ones; and which days they touch.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::AsArray;
use arrow::datatypes::Date32Type;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use hublake_collect::decode::trending::{TABLES, TrendingRows};
use hublake_lake::{SessionOptions, session};

use super::decoding::{keep_rejected, unreadable_raw};
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
    let mut rejected = BTreeMap::new();
    let mut rows = TrendingRows::new(&home.settings.trending.excluded_owners);
    for (table, decode) in TABLES {
        let memory_limit_bytes = home.settings.memory_bytes;
        let reading = session(&SessionOptions { memory_limit_bytes, batch_rows: RAW_ROWS, ..Default::default() })?;
        reading.register_table("raw", raw.of(table)?.provider())?;
        let query = format!("SELECT * FROM raw WHERE {condition}");
        let mut stream = reading.sql(&query).await?.execute_stream().await?;
        while let Some(batch) = stream.try_next().await.map_err(|error| unreadable_raw(table, error))? {
            let refused = decode(&batch, &mut rows)?;
            if !refused.is_empty() {
                keep_rejected(home, table, &batch, &refused, &mut rejected).await?;
            }
        }
    }
    for (name, rows) in rows.finish()? {
        register(context, name, vec![rows])?;
    }
    Ok(rejected)
}

/// The days on which something was seen.
pub(super) async fn touched_days(context: &SessionContext) -> Result<BTreeSet<NaiveDate>> {
    let mut days = BTreeSet::new();
    let query = "SELECT CAST(seen_at AS DATE) FROM decoded_repositories
        UNION SELECT CAST(seen_at AS DATE) FROM decoded_readmes";
    for rows in context.sql(query).await?.collect().await? {
        let values = rows.column(0).as_primitive::<Date32Type>();
        days.extend((0..rows.num_rows()).filter_map(|row| values.value_as_date(row)));
    }
    Ok(days)
}
