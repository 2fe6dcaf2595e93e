//! Which payloads are published already.

use std::collections::HashSet;

use anyhow::{Context, Result};
use arrow::array::{AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};

use super::Member;

/// The payloads behind the published issues: collected again, they bring nothing new. A repair decodes them all
/// the same, for columns that an older version of the program did not have.
#[derive(Default)]
pub(super) struct KnownPayloads {
    hashes: HashSet<(i64, i64, String)>,
}

impl KnownPayloads {
    /// One that was gone is decoded again: that it is there is news, be it as it was.
    pub(super) fn of(issues: &[RecordBatch], departures: &[RecordBatch], members: &[Member]) -> Result<Self> {
        let mut departed = HashSet::new();
        for rows in departures {
            let column = |name: &str| rows.column_by_name(name).with_context(|| format!("rows have no column {name}"));
            let repo_ids: &Int64Array = column("repo_id")?.as_primitive();
            let numbers: &Int64Array = column("issue_number")?.as_primitive();
            departed.extend(repo_ids.iter().flatten().zip(numbers.iter().flatten()));
        }
        let reread: HashSet<i64> =
            members.iter().filter(|member| member.reads_all).map(|member| member.repository.repo_id).collect();
        let mut hashes = HashSet::with_capacity(issues.iter().map(RecordBatch::num_rows).sum());
        for rows in issues {
            let (repo_ids, issue_ids, payloads) = payload_keys(rows, "source_payload_sha256")?;
            let numbers: &Int64Array =
                rows.column_by_name("issue_number").context("rows have no number")?.as_primitive();
            let keys = repo_ids.iter().zip(issue_ids).zip(payloads).zip(numbers);
            let keys = keys.filter_map(|(((repo_id, issue_id), hash), number)| {
                let repo_id = repo_id.filter(|id| !reread.contains(id))?;
                let is_there = number.is_none_or(|number| !departed.contains(&(repo_id, number)));
                is_there.then_some((repo_id, issue_id?, hash?.to_owned()))
            });
            hashes.extend(keys);
        }
        Ok(Self { hashes })
    }

    pub(super) fn leave_out(&self, raw: RecordBatch) -> Result<RecordBatch> {
        if self.hashes.is_empty() {
            return Ok(raw);
        }
        let (repo_ids, issue_ids, payloads) = payload_keys(&raw, "payload_sha256")?;
        let keys = repo_ids.iter().zip(issue_ids).zip(payloads);
        let is_new = keys.map(|((repo_id, issue_id), hash)| match (repo_id, issue_id, hash) {
            (Some(repo_id), Some(issue_id), Some(hash)) => !self.hashes.contains(&(repo_id, issue_id, hash.to_owned())),
            _ => true,
        });
        let is_new = BooleanArray::from_iter(is_new.map(Some));
        Ok(arrow::compute::filter_record_batch(&raw, &is_new)?)
    }
}

fn payload_keys<'a>(rows: &'a RecordBatch, hash: &str) -> Result<(&'a Int64Array, &'a Int64Array, &'a StringArray)> {
    let column = |name: &str| rows.column_by_name(name).with_context(|| format!("rows have no column {name}"));
    Ok((column("repo_id")?.as_primitive(), column("issue_id")?.as_primitive(), column(hash)?.as_string()))
}
