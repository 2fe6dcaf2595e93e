//! Which repositories are published together.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use chrono::DateTime;
use datafusion::prelude::SessionContext;
use hublake_collect::tables;
use hublake_store::{Cursor, Repository};

use super::Work;
use crate::pipeline::batch::{self, Member, Rows};

/// Work that is done at once, in published issues and collected elements; a larger repository is a batch of its own.
const BATCH_WEIGHT: i64 = 96 * 1024;
/// The days on which repositories were seen, of a pipeline that is published as a whole.
const SNAPSHOTS: &str = "fact_repo_snapshots";

/// The batches of a publication, in the order of their repositories.
pub(super) async fn batches(work: &Work<'_>, pending: &[(Cursor, Repository)]) -> Result<Vec<(Vec<Member>, Rows)>> {
    if work.pipeline.is_whole {
        let Some((cursor, _)) = pending.first() else { return Ok(Vec::new()) };
        return Ok(vec![whole(work, cursor).await?]);
    }
    let members = of_repositories(work, pending).await?;
    Ok(divide(members).into_iter().map(|members| (members, Rows::OfMembers)).collect())
}

/// The pending repositories with the runs to publish and how much work they are.
async fn of_repositories(work: &Work<'_>, pending: &[(Cursor, Repository)]) -> Result<Vec<Member>> {
    let context = work.session()?;
    context.register_table("runs", work.raw.of(tables::RAW_RUNS)?.provider())?;
    let weighed_by = work.pipeline.weighed_by;
    let weighed = work.stored.get(weighed_by).with_context(|| format!("there is no model {weighed_by}"))?;
    context.register_table("weighed", weighed.snapshot().provider())?;
    let published = counts(&context, "SELECT repo_id, CAST(COUNT(*) AS BIGINT) FROM weighed GROUP BY repo_id").await?;
    let mut members = Vec::with_capacity(pending.len());
    let collected = batch::collected_runs(&context, work.pipeline.name).await?;
    for (cursor, repository) in pending {
        let published_run_seq = cursor.published_run_seq.unwrap_or_default();
        let runs = collected.get(&cursor.repo_id).map(Vec::as_slice).unwrap_or_default();
        let runs = runs.iter().filter(|run| run.run_seq > published_run_seq);
        let Some(complete_run_seq) = runs.clone().map(|run| run.run_seq).max() else { continue };
        let known = published.get(&cursor.repo_id).copied().unwrap_or_default();
        members.push(Member {
            repository: repository.clone(),
            published_run_seq,
            complete_run_seq,
            reads_all: !work.is_as_published || cursor.attempt.as_ref().is_some_and(|attempt| attempt.is_repair),
            weight: work.pipeline.base_weight + known + runs.map(|run| run.records).sum::<i64>(),
        });
    }
    members.sort_by_key(|member| member.repository.repo_id);
    Ok(members)
}

/// Everything that the unpublished runs found, and what was seen before them on the same days: numbers of a day compare
/// all repositories of it. The name is that of the newest run, as stg_repo_figures chooses among its answers.
async fn whole(work: &Work<'_>, cursor: &Cursor) -> Result<(Vec<Member>, Rows)> {
    let context = work.session()?;
    context.register_table("runs", work.raw.of(tables::RAW_RUNS)?.provider())?;
    let published_run_seq = cursor.published_run_seq.unwrap_or_default();
    let collected = batch::collected_runs(&context, work.pipeline.name).await?;
    let runs = collected.get(&cursor.repo_id).map(Vec::as_slice).unwrap_or_default();
    let run_seqs: Vec<i64> = runs.iter().map(|run| run.run_seq).filter(|seq| *seq > published_run_seq).collect();
    let Some(complete_run_seq) = run_seqs.iter().copied().max() else {
        return Ok((Vec::new(), Rows::OfRuns { run_seqs, refused: BTreeSet::new() }));
    };
    context.register_table("found", work.raw.of(tables::RAW_REPOS)?.provider())?;
    for name in [work.pipeline.weighed_by, SNAPSHOTS] {
        let table = work.stored.get(name).with_context(|| format!("there is no model {name}"))?;
        context.register_table(name, table.snapshot().provider())?;
    }
    let listed = run_seqs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let query = format!(
        "WITH days AS (SELECT DISTINCT CAST(started_at AS DATE) AS day FROM runs WHERE run_seq IN ({listed})),
         before AS (SELECT DISTINCT repo_id FROM {SNAPSHOTS} WHERE snapshot_date IN (SELECT day FROM days))
         SELECT repo_id, last_value(repo_full_name ORDER BY run_seq, directness, seen_at) FROM (
             SELECT repo_id, repo_full_name, run_seq, fetched_at AS seen_at,
                 CASE found_by WHEN 'detail' THEN 2 WHEN 'node' THEN 1 ELSE 0 END AS directness
             FROM found WHERE run_seq IN ({listed}) AND repo_id <> 0
             UNION ALL
             SELECT known.repo_id, known.repo_full_name, 0, known.last_seen_at, 0
             FROM {} known JOIN before ON before.repo_id = known.repo_id
         ) GROUP BY repo_id ORDER BY repo_id",
        work.pipeline.weighed_by
    );
    let mut members = Vec::new();
    for rows in context.sql(&query).await?.collect().await? {
        let ids = rows.column(0).as_primitive::<Int64Type>();
        let names = rows.column(1).as_string::<i32>();
        for row in 0..rows.num_rows() {
            let (owner, name) = names.value(row).split_once('/').unwrap_or_default();
            members.push(Member {
                repository: found(ids.value(row), owner, name),
                published_run_seq,
                complete_run_seq,
                reads_all: true,
                weight: 1,
            });
        }
    }
    Ok((members, Rows::OfRuns { run_seqs, refused: BTreeSet::new() }))
}

/// A repository that nobody added.
fn found(repo_id: i64, owner: &str, name: &str) -> Repository {
    Repository {
        repo_id,
        owner: owner.to_owned(),
        name: name.to_owned(),
        is_private: false,
        is_archived: false,
        is_selected: false,
        added_at: DateTime::UNIX_EPOCH,
        removed_at: None,
    }
}

/// Neighbouring repositories up to the size of a batch.
fn divide(members: Vec<Member>) -> Vec<Vec<Member>> {
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut weight = 0;
    for member in members {
        if weight + member.weight > BATCH_WEIGHT && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            weight = 0;
        }
        weight += member.weight;
        batch.push(member);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

async fn counts(context: &SessionContext, query: &str) -> Result<HashMap<i64, i64>> {
    let mut counts = HashMap::new();
    for rows in context.sql(query).await?.collect().await? {
        let ids = rows.column(0).as_primitive::<Int64Type>();
        let numbers = rows.column(1).as_primitive::<Int64Type>();
        counts.extend(ids.iter().flatten().zip(numbers.iter().flatten()));
    }
    Ok(counts)
}
