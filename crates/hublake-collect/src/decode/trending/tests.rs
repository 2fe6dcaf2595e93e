mod blueprints;
mod details;
mod files;
mod private;
mod repositories;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, TimestampMicrosecondArray};
use chrono::{DateTime, Utc};
use hublake_github::Spent;

use super::*;
use crate::raw_rows::trending as raw;
use crate::raw_writer::{Content, RawPage};
use crate::trending::{RawElement, RawElementKind, RawTask};
use crate::{RunStamp, tables};

/// Noon of a Sunday.
fn noon() -> DateTime<Utc> {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

fn window_start() -> DateTime<Utc> {
    "2026-10-25T12:00:00Z".parse().unwrap()
}

fn stamp() -> RunStamp {
    RunStamp { run_id: "run-00000003".into(), run_seq: 3 }
}

fn element(repo_id: i64, kind: RawElementKind, payload: Option<&str>) -> RawElement {
    let repo_full_name = format!("acme/tool-{repo_id}");
    RawElement { repo_id, repo_full_name, kind, payload: payload.map(str::to_owned) }
}

/// What an answer of noon with these elements becomes, by way of the raw tables.
struct Told {
    sources: Vec<(&'static str, RecordBatch)>,
    rejected: Vec<String>,
}

fn told(elements: Vec<RawElement>) -> Told {
    told_by(elements, Vec::new(), TrendingRows::default())
}

fn told_by(elements: Vec<RawElement>, tasks: Vec<RawTask>, mut rows: TrendingRows) -> Told {
    let page = RawPage {
        stamp: stamp(),
        repo_id: 0,
        repo_full_name: String::new(),
        stream: "repo_details",
        page_number: 1,
        url: "https://api.github.com/graphql".to_owned(),
        status: 200,
        etag: None,
        fetched_at: noon(),
        body: bytes::Bytes::new(),
        content: Content::Elements(elements),
        rate: None,
        attempt: None,
    };
    let mut by_table = raw::elements(&[page]).unwrap();
    by_table.push((tables::RAW_RUN_TASKS, raw::tasks(&tasks).unwrap()));
    let mut rejected = Vec::new();
    for (table, decode) in TABLES {
        for (_, parts) in by_table.iter().filter(|(name, _)| *name == table) {
            for part in parts {
                rejected.extend(decode(&part.rows, &mut rows).unwrap().into_iter().map(|one| one.reason));
            }
        }
    }
    Told { sources: rows.finish().unwrap(), rejected }
}

impl Told {
    fn source(&self, name: &str) -> &RecordBatch {
        &self.sources.iter().find(|(source, _)| *source == name).unwrap().1
    }

    fn column(&self, source: &str, column: &str) -> ArrayRef {
        Arc::clone(self.source(source).column_by_name(column).unwrap())
    }

    fn texts(&self, source: &str, name: &str) -> Vec<Option<String>> {
        let column = self.column(source, name);
        column.as_string::<i32>().iter().map(|value| value.map(str::to_owned)).collect()
    }

    fn numbers(&self, source: &str, name: &str) -> Vec<Option<i64>> {
        let column = self.column(source, name);
        let values: &Int64Array = column.as_primitive();
        values.iter().collect()
    }

    fn flags(&self, source: &str, name: &str) -> Vec<Option<bool>> {
        let column = self.column(source, name);
        let values: &BooleanArray = column.as_boolean();
        values.iter().collect()
    }

    fn times(&self, source: &str, name: &str) -> Vec<Option<String>> {
        let column = self.column(source, name);
        let values: &TimestampMicrosecondArray = column.as_primitive();
        let text = |micros| DateTime::from_timestamp_micros(micros).unwrap().to_rfc3339();
        values.iter().map(|value| value.map(text)).collect()
    }

    fn lists(&self, source: &str, name: &str) -> Vec<Vec<String>> {
        let column = self.column(source, name);
        let text = |list: ArrayRef| list.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
        column.as_list::<i32>().iter().map(|list| list.map(text).unwrap_or_default()).collect()
    }
}

fn some<T: Into<U>, U>(values: impl IntoIterator<Item = T>) -> Vec<Option<U>> {
    values.into_iter().map(|value| Some(value.into())).collect()
}

fn task(branch: &str, name: &'static str, spent: Spent, message: Option<&str>) -> RawTask {
    RawTask {
        stamp: stamp(),
        branch: branch.to_owned(),
        task: name,
        status: if message.is_some() { "failed" } else { "success" },
        message: message.map(str::to_owned),
        repositories: 50,
        batches: 5,
        failed: i64::from(message.is_some()),
        retried: 0,
        requests: spent.requests.into(),
        quota: spent.quota.into(),
        started_at: window_start(),
        finished_at: noon(),
        is_incomplete: false,
    }
}

#[test]
fn tasks_are_told_as_they_were() {
    let spent = Spent { requests: 6, quota: 5, ..Spent::default() };
    let tasks = vec![task("Go", "discover", spent, None), task("render", "details", Spent::default(), Some("no"))];
    let told = told_by(Vec::new(), tasks, TrendingRows::default());
    let source = "run_tasks";
    assert_eq!(told.texts(source, "branch"), some::<_, String>(["Go", "render"]));
    assert_eq!(told.texts(source, "status"), some::<_, String>(["success", "failed"]));
    assert_eq!(told.texts(source, "message"), [None, Some("no".to_owned())]);
    assert_eq!(told.numbers(source, "requests"), [Some(6), Some(0)]);
    assert_eq!(told.flags(source, "is_incomplete"), [Some(false), Some(false)]);
    assert_eq!(told.times(source, "finished_at")[0].as_deref(), Some("2026-11-01T12:00:00+00:00"));
}

#[test]
fn a_payload_that_does_not_match_its_hash_is_rejected() {
    let kind = RawElementKind::Listing { role: "root", path: String::new() };
    let page = RawPage {
        stamp: stamp(),
        repo_id: 0,
        repo_full_name: String::new(),
        stream: "repo_details",
        page_number: 1,
        url: String::new(),
        status: 200,
        etag: None,
        fetched_at: noon(),
        body: bytes::Bytes::new(),
        content: Content::Elements(vec![element(1, kind, Some("[]"))]),
        rate: None,
        attempt: None,
    };
    let parts = raw::elements(&[page]).unwrap();
    let (_, listings_rows) = parts.into_iter().find(|(table, _)| *table == tables::RAW_REPO_LISTINGS).unwrap();
    let rows = &listings_rows[0].rows;
    let place = rows.schema().index_of("payload").unwrap();
    let mut columns = rows.columns().to_vec();
    columns[place] = Arc::new(StringArray::from(vec!["[ ]"]));
    let changed = RecordBatch::try_new(rows.schema(), columns).unwrap();
    let rejected = listings(&changed, &mut TrendingRows::default()).unwrap();
    assert!(rejected[0].reason.contains("does not match its hash"), "{rejected:?}");
}
