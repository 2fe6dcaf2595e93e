//! Laying out what is told of trending repositories.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use hublake_lake::PartitionedRows;

use super::{batch, by_day, numbers, sha256_hex, strings, times};
use crate::Result;
use crate::raw_writer::{Content, RawPage};
use crate::tables;
use crate::trending::{RawElement, RawElementKind, RawTask};

/// An element, the answer it came in, and its place there.
type Row<'a> = (&'a RawPage, usize, &'a RawElement);

/// The elements of `pages` by the tables that keep them.
pub(crate) fn elements(pages: &[RawPage]) -> Result<Vec<(&'static str, Vec<PartitionedRows>)>> {
    let of = |table: &'static str| -> Result<_> {
        Ok((table, by_day(table, pages, |page| page.fetched_at, |pages| rows_of(table, pages))?))
    };
    tables::OF_ELEMENTS.into_iter().map(of).collect()
}

/// `tasks` as rows of `raw_run_tasks`.
pub(crate) fn tasks(tasks: &[RawTask]) -> Result<Vec<PartitionedRows>> {
    by_day(tables::RAW_RUN_TASKS, tasks, |task| task.finished_at, task_rows)
}

fn rows_of(table: &str, pages: &[&RawPage]) -> Result<RecordBatch, ArrowError> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for page in pages {
        let Content::Elements(elements) = &page.content else { continue };
        let of_table = elements.iter().enumerate().filter(|(_, element)| element.kind.table() == table);
        rows.extend(of_table.map(|(index, element)| (*page, index, element)));
    }
    let rows: Vec<&Row<'_>> = rows.iter().collect();
    let mut columns = origin(&rows);
    columns.extend(own(table, &rows));
    columns.push(strings(&rows, |(.., element)| element.payload.clone()));
    columns.push(strings(&rows, |(.., element)| element.payload.as_ref().map(|text| sha256_hex(text.as_bytes()))));
    batch(tables::file_schema(&tables::spec_of(table)), columns)
}

fn origin(rows: &[&Row<'_>]) -> Vec<ArrayRef> {
    vec![
        strings(rows, |(page, ..)| Some(page.stamp.run_id.to_string())),
        numbers(rows, |(page, ..)| Some(page.stamp.run_seq)),
        numbers(rows, |(.., element)| Some(element.repo_id)),
        strings(rows, |(.., element)| Some(element.repo_full_name.clone())),
        numbers(rows, |(page, ..)| Some(page.page_number)),
        numbers(rows, |(_, index, _)| i64::try_from(*index).ok()),
        times(rows, |(page, ..)| Some(page.fetched_at)),
    ]
}

/// The columns that only `table` has.
fn own(table: &str, rows: &[&Row<'_>]) -> Vec<ArrayRef> {
    use RawElementKind::{File, Listing, Metric, Repository};
    macro_rules! column {
        ($lay_out:ident, $kind:ident { $field:ident } => $value:expr) => {
            $lay_out(rows, |(.., element)| match &element.kind {
                $kind { $field, .. } => $value,
                _ => None,
            })
        };
    }
    match table {
        tables::RAW_REPOS => vec![
            column!(strings, Repository { branch } => Some(branch.clone())),
            column!(strings, Repository { found_by } => Some((*found_by).to_owned())),
            column!(numbers, Repository { is_taken } => Some(i64::from(*is_taken))),
        ],
        tables::RAW_REPO_METRICS => vec![
            column!(strings, Metric { metric } => Some((*metric).to_owned())),
            column!(strings, Metric { api } => Some(api.as_str().to_owned())),
            column!(times, Metric { window_start } => Some(*window_start)),
            column!(strings, Metric { outcome } => Some((*outcome).to_owned())),
        ],
        tables::RAW_REPO_LISTINGS => vec![
            column!(strings, Listing { role } => Some((*role).to_owned())),
            column!(strings, Listing { path } => Some(path.clone())),
        ],
        _ => vec![
            column!(strings, File { role } => Some((*role).to_owned())),
            column!(strings, File { path } => Some(path.clone())),
            column!(strings, File { blob_sha } => Some(blob_sha.clone())),
            column!(numbers, File { byte_size } => *byte_size),
            column!(strings, File { outcome } => Some((*outcome).to_owned())),
            column!(strings, File { problem } => problem.clone()),
        ],
    }
}

fn task_rows(tasks: &[&RawTask]) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = vec![
        strings(tasks, |task| Some(task.stamp.run_id.to_string())),
        numbers(tasks, |task| Some(task.stamp.run_seq)),
        numbers(tasks, |_| Some(0)),
        strings(tasks, |_| Some(String::new())),
        times(tasks, |task| Some(task.finished_at)),
        strings(tasks, |task| Some(task.branch.clone())),
        strings(tasks, |task| Some(task.task.to_owned())),
        strings(tasks, |task| Some(task.status.to_owned())),
        strings(tasks, |task| task.message.clone()),
        numbers(tasks, |task| Some(task.repositories)),
        numbers(tasks, |task| Some(task.batches)),
        numbers(tasks, |task| Some(task.failed)),
        numbers(tasks, |task| Some(task.retried)),
        numbers(tasks, |task| Some(task.requests)),
        numbers(tasks, |task| Some(task.quota)),
        times(tasks, |task| Some(task.started_at)),
        times(tasks, |task| Some(task.finished_at)),
        numbers(tasks, |task| Some(i64::from(task.is_incomplete))),
    ];
    batch(tables::file_schema(&tables::raw_run_tasks()), columns)
}
