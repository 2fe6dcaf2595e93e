//! The step `collect` of the pipeline `traffic`.

mod known;

use anyhow::Result;
use chrono::{DateTime, Utc};
use hublake_collect::traffic::collect::{self, Expected, Options, Target};
use hublake_collect::{Collected, Progress, RawWriter};
use hublake_github::Client;
use hublake_store::{Repository, Run};

use self::known::PublishedTraffic;
use super::{journal_names, stamp, tell_of_waits};
use crate::home::Home;

/// Collects the traffic of each repository into the raw tables.
pub async fn collect(
    home: &Home,
    run: &Run,
    repositories: &[Repository],
    progress: Progress,
) -> Result<Vec<Collected>> {
    let client = home.client().await?;
    if !client.is_authorised() {
        anyhow::bail!(
            "GitHub tells traffic to those alone who may push to a repository\nhint: hublake auth, or set GITHUB_TOKEN"
        );
    }
    let published = PublishedTraffic::open(home).await?;
    let targets = targets(repositories, &published).await?;
    let writer = RawWriter::start(home.lake.clone(), home.store.clone());
    let stamp = stamp(run);
    let collecting = collect::Run {
        client: &client,
        writer: &writer,
        stamp: &stamp,
        options: &how(home, run.run_at),
        published: &published,
        progress: progress.clone(),
    };
    let waits = tokio::spawn(tell_of_waits(client.clone(), progress));
    let collected = collect::collect(&collecting, targets).await;
    waits.abort();
    // Where collecting failed because the writer did, the writer's own error says why.
    writer.finish().await?;
    let collected = collected?;
    journal_names(home, &collected).await?;
    Ok(collected)
}

/// Tells what [`collect()`] will ask GitHub; nothing is written.
pub async fn expect(home: &Home, client: &Client, repositories: &[Repository]) -> Result<Expected> {
    let targets = targets(repositories, &PublishedTraffic::open(home).await?).await?;
    Ok(collect::expect(client, &how(home, home.settings.present()), targets).await?)
}

fn how(home: &Home, run_at: DateTime<Utc>) -> Options {
    Options {
        concurrency: home.settings.concurrency,
        quota_floor: home.settings.quota_floor,
        points_per_minute: home.settings.points_per_minute,
        run_at,
        is_present_fixed: home.settings.now.is_some(),
    }
}

/// The repositories with what is published of them, by id, so that the groups of the raw tables hold neighbours.
async fn targets(repositories: &[Repository], published: &PublishedTraffic) -> Result<Vec<Target>> {
    let mut states = published.states().await?;
    let mut targets: Vec<Target> = repositories
        .iter()
        .map(|repository| Target {
            repo_id: repository.repo_id,
            full_name: repository.full_name(),
            states: states.remove(&repository.repo_id).unwrap_or_default(),
        })
        .collect();
    targets.sort_by_key(|target| target.repo_id);
    Ok(targets)
}
