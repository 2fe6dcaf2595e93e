//! The control store as its users see it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod credentials;
mod cursors;
mod damage;
mod locks;
mod model;
mod publications;
mod repositories;
mod runs;
mod selections;

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use hublake_store::{Attempt, Cursor, Store};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

/// The instant so many seconds after the start of November 2026.
fn at(seconds: i64) -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
}

async fn open(home: &Path) -> Store {
    Store::open(home).await.unwrap()
}

/// Changes the database behind the store's back.
async fn tamper(home: &Path, sql: &str) {
    let options = SqliteConnectOptions::new().filename(home.join("control.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(changed.rows_affected() > 0 || !sql.starts_with("UPDATE"), "{sql} changed nothing");
    connection.close().await.unwrap();
}

/// A cursor of `issues` of which nothing is published.
fn cursor(stream: &str, repo_id: i64) -> Cursor {
    Cursor {
        stream: stream.to_owned(),
        repo_id,
        watermark_updated_at: None,
        probe_url: None,
        probe_etag: None,
        published_run_seq: None,
        last_repair_at: None,
        attempt: None,
    }
}

fn attempt(run_seq: i64) -> Attempt {
    Attempt {
        first_run_seq: run_seq,
        last_run_seq: run_seq + 1,
        started_at: at(0),
        mode: "incremental".to_owned(),
        committed_updated_at: Some(at(-10)),
        max_updated_at: Some(at(-5)),
        probe_url: Some("https://api.github.com/x".to_owned()),
        probe_etag: Some("W/\"abc\"".to_owned()),
        complete: false,
        is_repair: true,
    }
}
