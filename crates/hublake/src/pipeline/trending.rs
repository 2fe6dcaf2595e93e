//! The step `collect` of the pipeline `trending`.

mod known;

use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use hublake_collect::events::Api;
use hublake_collect::trending::collect::{
    self, BranchCollected, Collection, Expected, Language, Options, RenderOptions,
};
use hublake_collect::{Progress, RawWriter};
use hublake_store::{Run, RunRepository};

use self::known::PublishedTrending;
use super::import::Brought;
use super::{stamp, tell_of_waits};
use crate::home::Home;

/// Requests of a kind that a branch has under way: GitHub allows a hundred in all, and details of ten repositories take
/// it seconds.
const AT_ONCE: usize = 20;

/// Finds what is trending and collects it into the raw tables.
pub async fn collect(home: &Home, run: &Run, api: Option<Api>, progress: Progress) -> Result<Brought> {
    let client = home.client().await?;
    if !client.is_authorised() {
        bail!(
            "GitHub searches files for those alone who have a token\nhint: hublake auth, or set GITHUB_TOKEN; it needs no scope"
        );
    }
    let published = PublishedTrending::open(home, run.run_at).await?;
    let writer = RawWriter::start(home.lake.clone(), home.store.clone());
    let collecting = collect::Run {
        client: &client,
        writer: &writer,
        stamp: &stamp(run),
        options: &options(home, run.run_at, api),
        published: &published,
        progress: progress.clone(),
    };
    let waits = tokio::spawn(tell_of_waits(client.clone(), progress));
    let collected = collect::collect(&collecting).await;
    waits.abort();
    // Where collecting failed because the writer did, the writer's own error says why.
    writer.finish().await?;
    Ok(Brought { trending: Some(collected?), ..Brought::default() })
}

/// Tells about what [`collect()`] will ask GitHub; nothing is asked.
pub fn expect(home: &Home, api: Option<Api>) -> Expected {
    collect::expect(&options(home, home.settings.present(), api))
}

/// How many lists a run makes.
pub fn branch_count(home: &Home) -> usize {
    home.settings.trending.languages.len() + 1
}

fn options(home: &Home, run_at: DateTime<Utc>, api: Option<Api>) -> Options {
    let settings = &home.settings.trending;
    let limit = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    Options {
        languages: settings
            .languages
            .iter()
            .map(|language| Language {
                name: language.name.clone(),
                query: language.query.clone(),
                limit: limit(language.limit.unwrap_or(settings.limit)),
                needs_next: language.minimum_next_major.is_some(),
            })
            .collect(),
        render: Some(RenderOptions {
            limit: limit(settings.render_limit),
            code_hits: limit(settings.code_hits),
            topics: settings.topics.clone(),
        }),
        pushed_within_days: settings.pushed_within_days,
        created_within_days: settings.created_within_days,
        excluded_owners: settings.excluded_owners.clone(),
        batch: settings.batch,
        concurrency: AT_ONCE,
        api: api.unwrap_or(Api::Graphql),
        run_at,
        is_present_fixed: home.settings.now.is_some(),
    }
}

/// What the run notes of each branch.
pub(super) fn summaries(collection: &Collection) -> Vec<RunRepository> {
    let of_branch = |branch: &BranchCollected| RunRepository {
        repo_id: 0,
        stream: branch.branch.clone(),
        state: if branch.failure.is_some() { "failed" } else { "changed" }.to_owned(),
        message: branch.failure.iter().chain(&branch.problems).cloned().collect::<Vec<_>>().join("\n"),
        requests: branch.tasks.iter().map(|task| task.requests).sum(),
        not_modified: 0,
        quota: branch.tasks.iter().map(|task| task.quota).sum(),
        row_count: i64::try_from(branch.found).unwrap_or(i64::MAX),
    };
    collection.branches.iter().map(of_branch).collect()
}
