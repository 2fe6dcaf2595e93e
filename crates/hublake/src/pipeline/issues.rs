//! The step `collect` of the pipeline `issues`.

mod known;

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use hublake_collect::events::{self, Api};
use hublake_collect::issues::estimate::{self, Estimates, Planning};
use hublake_collect::issues::{self, Options, Target};
use hublake_collect::{Collected, Progress, RawWriter};
use hublake_github::Client;
use hublake_store::Run;

use self::known::PublishedTables;
use super::{IssueOptions, journal_names, stamp, tell_of_waits};
use crate::home::Home;

/// Collects the changed issues of each repository into the raw tables.
pub async fn collect(home: &Home, run: &Run, options: &IssueOptions, progress: Progress) -> Result<Vec<Collected>> {
    let client = home.client().await?;
    let targets = targets(home, options).await?;
    let published = PublishedTables::new(home.lake.clone(), home.store.clone());
    let writer = RawWriter::start(home.lake.clone(), home.store.clone());
    let stamp = stamp(run);
    let collecting = issues::Run {
        client: &client,
        writer: &writer,
        stamp: &stamp,
        options: &how(home, &client, options, run.run_at),
        published: &published,
        progress: progress.clone(),
    };
    let waits = tokio::spawn(tell_of_waits(client.clone(), progress));
    let collected = issues::collect(&collecting, targets).await;
    waits.abort();
    // Where collecting failed because the writer did, the writer's own error says why.
    writer.finish().await?;
    let collected = collected?;
    for one in &collected {
        if one.is_swept {
            home.store.note_repair(events::STREAM, one.repo_id, run.run_at).await?;
        }
    }
    journal_names(home, &collected).await?;
    Ok(collected)
}

/// Tells what [`collect`] will ask GitHub; nothing is written.
pub async fn estimate(home: &Home, client: &Client, options: &IssueOptions, progress: Progress) -> Result<Estimates> {
    let planning = Planning {
        client,
        options: &how(home, client, options, home.settings.present()),
        published: &PublishedTables::new(home.lake.clone(), home.store.clone()),
        progress,
    };
    Ok(estimate::estimate(&planning, targets(home, options).await?).await?)
}

/// How events are asked for: GraphQL answers nobody without a token.
pub fn api(client: &Client, options: &IssueOptions) -> Api {
    options.api.unwrap_or(if client.is_authorised() { Api::Graphql } else { Api::Rest })
}

fn how(home: &Home, client: &Client, options: &IssueOptions, run_at: DateTime<Utc>) -> Options {
    Options {
        full: options.full,
        since: options.since,
        overlap: options.overlap,
        api: api(client, options),
        sweep: options.sweep,
        concurrency: home.settings.concurrency,
        run_at,
        is_present_fixed: home.settings.now.is_some(),
    }
}

/// The repositories with where collecting them stands.
async fn targets(home: &Home, options: &IssueOptions) -> Result<Vec<Target>> {
    let mut cursors: HashMap<i64, _> =
        home.store.cursors(issues::STREAM).await?.into_iter().map(|cursor| (cursor.repo_id, cursor)).collect();
    let mut events_cursors: HashMap<i64, _> =
        home.store.cursors(events::STREAM).await?.into_iter().map(|cursor| (cursor.repo_id, cursor)).collect();
    // By id, so that the groups of the raw tables hold neighbouring repositories.
    let mut repositories = options.repositories.clone();
    repositories.sort_by_key(|repository| repository.repo_id);
    Ok(repositories
        .iter()
        .map(|repository| Target {
            repo_id: repository.repo_id,
            full_name: repository.full_name(),
            cursor: cursors.remove(&repository.repo_id),
            events_cursor: events_cursors.remove(&repository.repo_id),
        })
        .collect())
}
