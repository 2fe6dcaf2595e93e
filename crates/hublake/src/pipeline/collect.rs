//! The step `collect`.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::AsArray;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hublake_collect::issues::{self, Collected, CollectedResult, Known, Options, Target};
use hublake_collect::{Event, Progress, RawWriter};
use hublake_github::{Client, WaitReason};
use hublake_lake::{Lake, SessionOptions, Snapshot, session};
use hublake_store::{Run, Store};
use tokio::sync::OnceCell;

use super::{ISSUES, RunOptions, stamp};
use crate::home::Home;

/// Collects the changed issues of each repository into the raw tables.
pub async fn collect(home: &Home, run: &Run, options: &RunOptions, progress: Progress) -> Result<Vec<Collected>> {
    let client = home.client().await?;
    let mut cursors: HashMap<i64, _> =
        home.store.cursors(issues::STREAM).await?.into_iter().map(|cursor| (cursor.repo_id, cursor)).collect();
    // By id, so that the groups of the raw tables hold neighbouring repositories.
    let mut repositories = options.repositories.clone();
    repositories.sort_by_key(|repository| repository.repo_id);
    let targets = repositories
        .iter()
        .map(|repository| Target {
            repo_id: repository.repo_id,
            full_name: repository.full_name(),
            cursor: cursors.remove(&repository.repo_id),
        })
        .collect();
    let writer = RawWriter::start(home.lake.clone(), home.store.clone());
    let stamp = stamp(run);
    let collecting = issues::Run {
        client: &client,
        writer: &writer,
        stamp: &stamp,
        options: &Options {
            full: options.full,
            since: options.since,
            overlap: options.overlap,
            concurrency: home.settings.concurrency,
            run_at: run.run_at,
            is_present_fixed: home.settings.now.is_some(),
        },
        known: known(home.lake.clone(), home.store.clone()),
        progress: progress.clone(),
    };
    let waits = tokio::spawn(tell_of_waits(client.clone(), progress));
    let collected = issues::collect(&collecting, targets).await;
    waits.abort();
    // Where collecting failed because the writer did, the writer's own error says why.
    writer.finish().await?;
    let collected = collected?;
    for one in &collected {
        if let CollectedResult::Changed { renamed_to: Some(name), .. } = &one.result
            && let Some((owner, name)) = name.split_once('/')
        {
            home.store.rename_repository(one.repo_id, owner, name).await?;
            home.store.journal("rename repository", &format!("{} -> {owner}/{name}", one.full_name), "hublake").await?;
        }
    }
    Ok(collected)
}

/// Tells of waits for limits as they begin; the pace of our own is no news.
async fn tell_of_waits(client: Client, progress: Progress) {
    let mut waits = client.waiting();
    while waits.changed().await.is_ok() {
        let wait = waits.borrow_and_update().clone();
        let Some(wait) = wait else { continue };
        let reason = match wait.reason {
            WaitReason::Primary => format!("the {} limit is used up", wait.resource),
            WaitReason::Secondary => "GitHub asks to slow down".to_owned(),
            _ => continue,
        };
        progress(Event::Waiting { reason, until: wait.until });
    }
}

/// Looks up what is published, at the version that readers see.
fn known(lake: Lake, store: Store) -> Known {
    let snapshot: Arc<OnceCell<Option<Snapshot>>> = Arc::default();
    Arc::new(move |repo_id, since| {
        let (lake, store, snapshot) = (lake.clone(), store.clone(), Arc::clone(&snapshot));
        Box::pin(async move {
            let published = snapshot.get_or_try_init(|| published_issues(&lake, &store)).await?;
            match published {
                Some(snapshot) => update_times(snapshot, repo_id, since).await,
                None => Ok(HashMap::new()),
            }
        }) as BoxFuture<'static, _>
    })
}

async fn published_issues(lake: &Lake, store: &Store) -> hublake_collect::Result<Option<Snapshot>> {
    let Some(publication) = store.latest_publication(ISSUES.name).await? else { return Ok(None) };
    let Some(version) = publication.tables.get("stg_issue_current") else { return Ok(None) };
    Ok(lake.snapshot("stg_issue_current", Some(*version)).await?)
}

async fn update_times(
    snapshot: &Snapshot,
    repo_id: i64,
    since: DateTime<Utc>,
) -> hublake_collect::Result<HashMap<i64, DateTime<Utc>>> {
    let query = |error| hublake_collect::Error::Lake(hublake_lake::Error::Query(error));
    let context = session(&SessionOptions::default()).map_err(query)?;
    context.register_table("issues", snapshot.provider()).map_err(query)?;
    let text = format!(
        "SELECT issue_id, updated_at FROM issues WHERE repo_id = {repo_id} AND updated_at >= TIMESTAMP '{}'",
        since.format("%Y-%m-%dT%H:%M:%S%.6fZ")
    );
    let mut known = HashMap::new();
    for batch in context.sql(&text).await.map_err(query)?.collect().await.map_err(query)? {
        let ids = batch.column(0).as_primitive::<Int64Type>();
        let times = batch.column(1).as_primitive::<TimestampMicrosecondType>();
        for (id, time) in ids.iter().zip(times) {
            if let (Some(id), Some(time)) = (id, time.and_then(DateTime::from_timestamp_micros)) {
                known.insert(id, time);
            }
        }
    }
    Ok(known)
}
