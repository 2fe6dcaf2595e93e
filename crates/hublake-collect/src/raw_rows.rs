//! Laying out pages and runs as rows of the raw tables.

pub(crate) mod trending;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder};
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, NaiveDate, Utc};
use hublake_lake::PartitionedRows;
use sha2::{Digest, Sha256};

use crate::events::EventElement;
use crate::raw_writer::{Content, RawPage, RawRun};
use crate::tables;
use crate::{Error, Result};

/// The elements of `pages` as rows of `raw_github_issues`.
pub(crate) fn issues(pages: &[RawPage]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_ISSUES, pages, |page| page.fetched_at, issue_rows)
}

/// The events of `pages` as rows of `raw_github_issue_events`.
pub(crate) fn events(pages: &[RawPage]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_EVENTS, pages, |page| page.fetched_at, event_rows)
}

/// The issues that `pages` tell are gone as rows of `raw_github_issue_departures`.
pub(crate) fn departures(pages: &[RawPage]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_DEPARTURES, pages, |page| page.fetched_at, departure_rows)
}

/// Those of `pages` that `table` keeps whole, as its rows.
pub(crate) fn answers(table: &'static str, pages: &[RawPage]) -> Result<Vec<PartitionedRows>> {
    by_day(table, pages, |page| page.fetched_at, |pages| answer_rows(table, pages))
}

/// `pages` as rows of `raw_pages`.
pub(crate) fn pages(pages: &[RawPage]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_PAGES, pages, |page| page.fetched_at, page_rows)
}

/// `runs` as rows of `raw_runs`.
pub(crate) fn runs(runs: &[RawRun]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_RUNS, runs, |run| run.finished_at, run_rows)
}

/// The hash of some bytes, as 64 hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn by_day<T>(
    table: &'static str,
    items: &[T],
    at: impl Fn(&T) -> DateTime<Utc>,
    layout: impl Fn(&[&T]) -> Result<RecordBatch, arrow::error::ArrowError>,
) -> Result<Vec<PartitionedRows>> {
    let mut days: BTreeMap<NaiveDate, Vec<&T>> = BTreeMap::new();
    for item in items {
        days.entry(at(item).date_naive()).or_default().push(item);
    }
    days.into_iter()
        .map(|(day, items)| {
            let rows = layout(&items).map_err(|source| Error::Arrow { table, source })?;
            Ok(PartitionedRows { partition: Some(day.to_string()), rows })
        })
        .filter(|part| part.as_ref().map_or(true, |part| part.rows.num_rows() > 0))
        .collect()
}

fn issue_rows(pages: &[&RawPage]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let count: usize = pages.iter().map(|page| page.content.len()).sum();
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    let mut run_id = StringBuilder::new();
    let mut run_seq = Int64Builder::with_capacity(count);
    let mut repo_id = Int64Builder::with_capacity(count);
    let mut repo_full_name = StringBuilder::new();
    let mut page_number = Int64Builder::with_capacity(count);
    let mut item_index = Int64Builder::with_capacity(count);
    let mut fetched_at = instants(count);
    let mut issue_id = Int64Builder::with_capacity(count);
    let mut issue_number = Int64Builder::with_capacity(count);
    let mut updated_at = instants(count);
    let mut payload = StringBuilder::with_capacity(count, bytes);
    let mut hash = StringBuilder::with_capacity(count, count * 64);
    for page in pages {
        let Content::Issues(elements) = &page.content else { continue };
        let body = text_of(page)?;
        for (index, element) in elements.iter().enumerate() {
            let text = &body[element.start..element.end];
            run_id.append_value(&page.stamp.run_id);
            run_seq.append_value(page.stamp.run_seq);
            repo_id.append_value(page.repo_id);
            repo_full_name.append_value(&page.repo_full_name);
            page_number.append_value(page.page_number);
            item_index.append_value(i64::try_from(index).unwrap_or(i64::MAX));
            fetched_at.append_value(page.fetched_at.timestamp_micros());
            issue_id.append_option(element.id);
            issue_number.append_option(element.number);
            updated_at.append_option(element.updated_at.map(|at| at.timestamp_micros()));
            payload.append_value(text);
            hash.append_value(sha256_hex(text.as_bytes()));
        }
    }
    batch(
        tables::file_schema(&tables::raw_issues()),
        vec![
            Arc::new(run_id.finish()),
            Arc::new(run_seq.finish()),
            Arc::new(repo_id.finish()),
            Arc::new(repo_full_name.finish()),
            Arc::new(page_number.finish()),
            Arc::new(item_index.finish()),
            Arc::new(fetched_at.finish()),
            Arc::new(issue_id.finish()),
            Arc::new(issue_number.finish()),
            Arc::new(updated_at.finish()),
            Arc::new(payload.finish()),
            Arc::new(hash.finish()),
        ],
    )
}

fn event_rows(pages: &[&RawPage]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut rows = Vec::new();
    for page in pages {
        let Content::Events { api, elements } = &page.content else { continue };
        let body = text_of(page)?;
        rows.extend(elements.iter().enumerate().map(|(index, element)| (page, *api, body, index, element)));
    }
    let rows: Vec<_> = rows.iter().collect();
    let payload = |body: &str, element: &EventElement| body[element.start..element.end].to_owned();
    batch(
        tables::file_schema(&tables::raw_events()),
        vec![
            strings(&rows, |(page, ..)| Some(page.stamp.run_id.to_string())),
            numbers(&rows, |(page, ..)| Some(page.stamp.run_seq)),
            numbers(&rows, |(page, ..)| Some(page.repo_id)),
            strings(&rows, |(page, ..)| Some(page.repo_full_name.clone())),
            numbers(&rows, |(page, ..)| Some(page.page_number)),
            numbers(&rows, |(.., index, _)| i64::try_from(*index).ok()),
            times(&rows, |(page, ..)| Some(page.fetched_at)),
            numbers(&rows, |(.., element)| element.number),
            strings(&rows, |(.., element)| element.node_id.clone()),
            strings(&rows, |(.., element)| element.kind.clone()),
            times(&rows, |(.., element)| element.created_at),
            strings(&rows, |(_, api, ..)| Some(api.as_str().to_owned())),
            strings(&rows, |(_, _, body, _, element)| Some(payload(body, element))),
            strings(&rows, |(_, _, body, _, element)| Some(sha256_hex(payload(body, element).as_bytes()))),
        ],
    )
}

fn departure_rows(pages: &[&RawPage]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut rows = Vec::new();
    for page in pages {
        let Content::Departure(departure) = &page.content else { continue };
        rows.push((page, departure, text_of(page)?));
    }
    let rows: Vec<_> = rows.iter().collect();
    batch(
        tables::file_schema(&tables::raw_departures()),
        vec![
            strings(&rows, |(page, ..)| Some(page.stamp.run_id.to_string())),
            numbers(&rows, |(page, ..)| Some(page.stamp.run_seq)),
            numbers(&rows, |(page, ..)| Some(page.repo_id)),
            strings(&rows, |(page, ..)| Some(page.repo_full_name.clone())),
            times(&rows, |(page, ..)| Some(page.fetched_at)),
            numbers(&rows, |(_, departure, _)| Some(departure.number)),
            strings(&rows, |(_, departure, _)| Some(departure.reason.to_owned())),
            strings(&rows, |(_, departure, _)| departure.moved_to.clone()),
            strings(&rows, |(page, ..)| Some(page.url.clone())),
            strings(&rows, |(.., body)| Some((*body).to_owned())),
            strings(&rows, |(.., body)| Some(sha256_hex(body.as_bytes()))),
        ],
    )
}

fn answer_rows(table: &str, pages: &[&RawPage]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut rows = Vec::new();
    for page in pages {
        if let Content::Answer(answer) = &page.content
            && answer.table == table
        {
            let body = text_of(page)?;
            rows.push((page, answer, (!body.is_empty()).then_some(body)));
        }
    }
    let rows: Vec<_> = rows.iter().collect();
    batch(
        tables::file_schema(&tables::raw_answers(table)),
        vec![
            strings(&rows, |(page, ..)| Some(page.stamp.run_id.to_string())),
            numbers(&rows, |(page, ..)| Some(page.stamp.run_seq)),
            numbers(&rows, |(page, ..)| Some(page.repo_id)),
            strings(&rows, |(page, ..)| Some(page.repo_full_name.clone())),
            strings(&rows, |(page, ..)| Some(page.stream.to_owned())),
            numbers(&rows, |(page, ..)| Some(page.page_number)),
            numbers(&rows, |_| Some(0)),
            times(&rows, |(page, ..)| Some(page.fetched_at)),
            strings(&rows, |(_, answer, _)| Some(answer.outcome.to_owned())),
            strings(&rows, |(_, answer, _)| answer.missing_permission.clone()),
            strings(&rows, |(page, ..)| page.etag.clone()),
            numbers(&rows, |(_, answer, _)| answer.count),
            numbers(&rows, |(_, answer, _)| answer.uniques),
            strings(&rows, |(.., body)| body.map(str::to_owned)),
            strings(&rows, |(.., body)| body.map(|body| sha256_hex(body.as_bytes()))),
        ],
    )
}

fn text_of(page: &RawPage) -> Result<&str, arrow::error::ArrowError> {
    std::str::from_utf8(&page.body).map_err(|error| arrow::error::ArrowError::InvalidArgumentError(error.to_string()))
}

fn page_rows(pages: &[&RawPage]) -> Result<RecordBatch, arrow::error::ArrowError> {
    // What is kept though no answer came is no page.
    let answered: Vec<&RawPage> = pages.iter().copied().filter(|page| page.status > 0).collect();
    let pages = answered.as_slice();
    let rate = |page: &&RawPage| page.rate.clone();
    batch(
        tables::file_schema(&tables::raw_pages()),
        vec![
            strings(pages, |page| Some(page.stamp.run_id.to_string())),
            numbers(pages, |page| Some(page.stamp.run_seq)),
            numbers(pages, |page| Some(page.repo_id)),
            strings(pages, |page| Some(page.repo_full_name.clone())),
            strings(pages, |page| Some(page.stream.to_owned())),
            numbers(pages, |page| Some(page.page_number)),
            strings(pages, |page| Some(page.url.clone())),
            numbers(pages, |page| Some(i64::from(page.status))),
            strings(pages, |page| page.etag.clone()),
            times(pages, |page| Some(page.fetched_at)),
            numbers(pages, |page| i64::try_from(page.body.len()).ok()),
            strings(pages, |page| Some(sha256_hex(&page.body))),
            numbers(pages, |page| i64::try_from(page.content.len()).ok()),
            strings(pages, |page| rate(page).map(|rate| rate.resource.as_str().to_owned())),
            numbers(pages, |page| rate(page).map(|rate| i64::from(rate.limit))),
            numbers(pages, |page| rate(page).map(|rate| i64::from(rate.remaining))),
            times(pages, |page| rate(page).map(|rate| rate.reset_at)),
        ],
    )
}

fn run_rows(runs: &[&RawRun]) -> Result<RecordBatch, arrow::error::ArrowError> {
    batch(
        tables::file_schema(&tables::raw_runs()),
        vec![
            strings(runs, |run| Some(run.stamp.run_id.to_string())),
            numbers(runs, |run| Some(run.stamp.run_seq)),
            strings(runs, |run| Some(run.pipeline.to_owned())),
            strings(runs, |run| Some(run.stream.to_owned())),
            numbers(runs, |run| Some(run.repo_id)),
            strings(runs, |run| Some(run.repo_full_name.clone())),
            strings(runs, |run| run.repo_full_name.split('/').next().map(str::to_owned)),
            strings(runs, |run| run.repo_full_name.split('/').next_back().map(str::to_owned)),
            strings(runs, |_| Some("success".to_owned())),
            strings(runs, |run| Some(run.mode.to_owned())),
            times(runs, |run| Some(run.started_at)),
            times(runs, |run| Some(run.finished_at)),
            times(runs, |run| run.since),
            numbers(runs, |run| Some(run.pages_fetched)),
            numbers(runs, |run| Some(run.records_fetched)),
            times(runs, |run| run.max_updated_at),
            strings(runs, |run| Some(run.final_url.clone())),
            numbers(runs, |run| Some(i64::from(run.spent.requests))),
            numbers(runs, |run| Some(i64::from(run.spent.not_modified))),
            numbers(runs, |run| Some(i64::from(run.spent.quota) + i64::from(run.spent.graphql_points))),
        ],
    )
}

fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, arrow::error::ArrowError> {
    RecordBatch::try_new(schema, columns)
}

fn strings<T>(items: &[&T], value: impl Fn(&&T) -> Option<String>) -> ArrayRef {
    Arc::new(arrow::array::StringArray::from_iter(items.iter().map(value)))
}

fn numbers<T>(items: &[&T], value: impl Fn(&&T) -> Option<i64>) -> ArrayRef {
    Arc::new(arrow::array::Int64Array::from_iter(items.iter().map(value)))
}

fn times<T>(items: &[&T], value: impl Fn(&&T) -> Option<DateTime<Utc>>) -> ArrayRef {
    let micros = items.iter().map(|item| value(item).map(|at| at.timestamp_micros()));
    Arc::new(arrow::array::TimestampMicrosecondArray::from_iter(micros).with_timezone("UTC"))
}

pub(crate) fn instants(capacity: usize) -> TimestampMicrosecondBuilder {
    TimestampMicrosecondBuilder::with_capacity(capacity).with_timezone("UTC")
}
