//! `hublake runs`.

use anyhow::{Result, bail};
use serde::Serialize;

use super::Ended;
use crate::home::Home;
use crate::output::{Format, new_table, print_json};

const NEWEST: u32 = 20;

#[derive(Serialize)]
struct Row {
    run_id: String,
    pipeline: String,
    state: &'static str,
    started_at: chrono::DateTime<chrono::Utc>,
    duration_ms: Option<i64>,
    requests: i64,
    not_modified: i64,
    quota: i64,
    message: String,
}

/// The newest runs.
pub async fn runs(home: &Home, format: Format) -> Result<Ended> {
    let rows: Vec<Row> = home
        .store
        .runs(NEWEST)
        .await?
        .into_iter()
        .map(|run| Row {
            run_id: format!("run-{:08}", run.run_seq),
            pipeline: run.pipeline,
            state: run.state.as_str(),
            started_at: run.started_at,
            duration_ms: run.finished_at.map(|end| (end - run.started_at).num_milliseconds()),
            requests: run.requests,
            not_modified: run.not_modified,
            quota: run.quota,
            message: run.message,
        })
        .collect();
    if format != Format::Table {
        return write_rows(&rows, format);
    }
    let mut table = new_table();
    table.set_header(["run", "pipeline", "state", "started", "took", "requests", "304", "quota", "message"]);
    for row in &rows {
        table.add_row([
            row.run_id.clone(),
            row.pipeline.clone(),
            row.state.to_owned(),
            row.started_at.format("%Y-%m-%d %H:%M:%SZ").to_string(),
            row.duration_ms.map(|ms| format!("{:.1} s", ms as f64 / 1000.0)).unwrap_or_default(),
            row.requests.to_string(),
            row.not_modified.to_string(),
            row.quota.to_string(),
            row.message.lines().next().unwrap_or_default().to_owned(),
        ]);
    }
    say!("{table}");
    Ok(Ended::Done)
}

/// Writes rows that are no table of the lake.
pub fn write_rows<T: Serialize>(rows: &[T], format: Format) -> Result<Ended> {
    if format != Format::Json {
        bail!("this list is written as table or json");
    }
    print_json(&rows)?;
    Ok(Ended::Done)
}
