//! `hublake list`.

use std::collections::HashMap;

use anyhow::Result;
use hublake_collect::{issues, traffic};
use hublake_store::Cursor;
use serde::Serialize;

use super::Ended;
use crate::home::Home;
use crate::output::{Format, new_table};

#[derive(Serialize)]
struct Row {
    repo_id: i64,
    repository: String,
    is_private: bool,
    is_archived: bool,
    newest_issue_update: Option<chrono::DateTime<chrono::Utc>>,
    state: &'static str,
    traffic_state: &'static str,
}

/// The collected repositories and how fresh they are.
pub async fn list(home: &Home, format: Format) -> Result<Ended> {
    let mut issues = cursors(home, issues::STREAM).await?;
    let traffic = cursors(home, traffic::STREAM).await?;
    let rows: Vec<Row> = home
        .store
        .repositories()
        .await?
        .into_iter()
        .map(|repository| {
            let cursor = issues.remove(&repository.repo_id);
            Row {
                repo_id: repository.repo_id,
                repository: repository.full_name(),
                is_private: repository.is_private,
                is_archived: repository.is_archived,
                state: state(cursor.as_ref()),
                traffic_state: state(traffic.get(&repository.repo_id)),
                newest_issue_update: cursor.and_then(|cursor| cursor.watermark_updated_at),
            }
        })
        .collect();
    if format == Format::Table {
        let mut table = new_table();
        table.set_header(["repository", "id", "newest update", "issues", "traffic"]);
        for row in &rows {
            let newest = row.newest_issue_update.map(|at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
            let (id, newest) = (row.repo_id.to_string(), newest.unwrap_or_default());
            table.add_row([&row.repository, &id, &newest, row.state, row.traffic_state]);
        }
        say!("{table}");
        let selections = home.store.selections().await?;
        if !selections.is_empty() {
            let words: Vec<_> = selections.iter().map(super::selections::words).collect();
            say!("selected by: {}", words.join(" "));
        }
        if rows.is_empty() {
            say!("no repository is collected yet; hublake add OWNER/NAME adds one");
        }
        return Ok(Ended::Done);
    }
    super::runs::write_rows(&rows, format)
}

async fn cursors(home: &Home, stream: &str) -> Result<HashMap<i64, Cursor>> {
    Ok(home.store.cursors(stream).await?.into_iter().map(|cursor| (cursor.repo_id, cursor)).collect())
}

fn state(cursor: Option<&Cursor>) -> &'static str {
    match cursor {
        None => "not collected yet",
        Some(cursor) if cursor.published_run_seq.is_none() => "being collected",
        Some(_) => "published",
    }
}
