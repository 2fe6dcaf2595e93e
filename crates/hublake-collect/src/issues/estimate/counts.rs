//! How many items there are, by GraphQL: of many repositories at once, or of one since an instant.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use hublake_github::{Client, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, TokenKind};
use serde::Deserialize;
use serde_json::json;

use super::Measured;
use super::extrapolate::{by_time, share};
use crate::Result;
use crate::events::{PageInfo, RepositoryTotals, Total, Totals, instant};
use crate::issues::repository::Repository;
use crate::issues::{Run, Target};
use crate::raw_writer::RawSender;

/// Repositories of one query.
const REPOSITORIES: usize = 20;
/// Pull requests that one query tells the update times of; GitHub gives no more.
const PULL_REQUESTS: usize = 100;
/// Queries in which pull requests are counted; beyond, their number is extrapolated.
const QUERIES: usize = 5;

const TOTALS: &str = include_str!("../../../graphql/estimate_totals.graphql");
const UPDATES: &str = include_str!("../../../graphql/estimate_updates.graphql");

/// How many items were updated since an instant, that instant included.
pub(super) struct Updates {
    pub(super) items: i64,
    /// Whether not all of them were counted.
    pub(super) is_extrapolated: bool,
}

/// Whether a repository is counted before it is looked at: everything of it will be read, and no probe can say
/// otherwise.
pub(super) fn is_counted(run: &Run<'_>, sender: &RawSender, target: &Target) -> bool {
    let repository = Repository::new(run, sender.clone(), target.clone());
    repository.interrupted_load().is_some()
        || (repository.is_first() && repository.known_etag(&repository.probe_url()).is_none())
}

/// How many items each of some repositories has; those that GitHub does not tell are left out.
pub(super) async fn totals(
    run: &Run<'_>,
    targets: impl Iterator<Item = &Target>,
) -> Result<(HashMap<i64, Totals>, Measured)> {
    let mut found = (HashMap::new(), Measured::default());
    // GraphQL answers nobody without a token.
    if !run.client.is_authorised() {
        return Ok(found);
    }
    let mut groups: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    // An App has another token, and another budget, for each owner.
    let is_by_owner = run.client.token_kind() == TokenKind::App;
    for target in targets {
        let owner = target.full_name.split('/').next().unwrap_or_default();
        groups.entry(if is_by_owner { owner } else { "" }).or_default().push(target);
    }
    let chunks: Vec<&[&Target]> = groups.values().flat_map(|group| group.chunks(REPOSITORIES)).collect();
    let mut answers = futures::stream::iter(chunks)
        .map(|chunk| totals_of(run.client, chunk))
        .buffer_unordered(run.options.concurrency.max(1));
    while let Some((totals, measured)) = answers.try_next().await? {
        found.0.extend(totals);
        found.1 += measured;
    }
    Ok(found)
}

async fn totals_of(client: &Client, targets: &[&Target]) -> Result<(HashMap<i64, Totals>, Measured)> {
    let mut variables = json!({});
    for place in 0..REPOSITORIES {
        let target = targets.get(place);
        let (owner, name) = target.and_then(|target| target.full_name.split_once('/')).unwrap_or_default();
        variables[format!("has{place}")] = json!(target.is_some());
        variables[format!("owner{place}")] = json!(owner);
        variables[format!("name{place}")] = json!(name);
    }
    let owner = targets.first().and_then(|target| target.full_name.split('/').next()).unwrap_or_default();
    let mut measured = Measured::default();
    let data: Option<TotalsData> = ask(client, TOTALS, variables, owner, &mut measured).await?;
    let repositories = data.map(|data| data.repositories).unwrap_or_default();
    let mut totals = HashMap::new();
    for (place, target) in targets.iter().enumerate() {
        let told = repositories.get(&format!("r{place}")).copied().flatten();
        totals.extend(told.and_then(|told| told.of(target.repo_id)).map(|told| (target.repo_id, told)));
    }
    Ok((totals, measured))
}

/// How many items of a repository were updated since `since`; none where GitHub does not tell. Issues are counted by
/// GitHub; pull requests it only lists.
pub(super) async fn updates(
    client: &Client,
    target: &Target,
    since: DateTime<Utc>,
    measured: &mut Measured,
) -> Result<Option<Updates>> {
    let mut pull_requests: Vec<DateTime<Utc>> = Vec::new();
    let mut after = None;
    for _ in 0..QUERIES {
        let Some(told) = updates_page(client, target, since, after, measured).await? else { return Ok(None) };
        let listed = told.pull_requests.nodes.into_iter().flatten().flatten().map(|one| one.updated_at);
        let before = pull_requests.len();
        pull_requests.extend(listed.filter(|at| *at >= since));
        let is_whole = pull_requests.len() < before + PULL_REQUESTS;
        after = told.pull_requests.page_info.end_cursor.filter(|_| told.pull_requests.page_info.has_next_page);
        if is_whole || after.is_none() {
            let items = told.issues.total_count + count(pull_requests.len());
            return Ok(Some(Updates { items, is_extrapolated: false }));
        }
    }
    let oldest = pull_requests.iter().min().copied().unwrap_or(since);
    let Some(all) = updates_page(client, target, since, None, measured).await? else { return Ok(None) };
    let Some(meanwhile) = updates_page(client, target, oldest, None, measured).await? else { return Ok(None) };
    let (issues, meanwhile) = (all.issues.total_count, meanwhile.issues.total_count);
    let listed = count(pull_requests.len());
    // As many pull requests for each issue as among those that were listed.
    let more = match meanwhile {
        0 => by_time(listed, pull_requests.iter().max().copied(), Some(oldest), since),
        meanwhile => share(issues, listed, meanwhile).max(listed),
    };
    Ok(Some(Updates { items: issues + more, is_extrapolated: true }))
}

async fn updates_page(
    client: &Client,
    target: &Target,
    since: DateTime<Utc>,
    after: Option<String>,
    measured: &mut Measured,
) -> Result<Option<RepositoryUpdates>> {
    if !client.is_authorised() {
        return Ok(None);
    }
    let (owner, name) = target.full_name.split_once('/').unwrap_or_default();
    let variables = json!({
        "owner": owner, "name": name, "since": instant(since), "first": PULL_REQUESTS, "after": after,
    });
    let data: Option<UpdatesData> = ask(client, UPDATES, variables, owner, measured).await?;
    Ok(data.and_then(|data| data.repository).filter(|told| told.database_id == Some(target.repo_id)))
}

/// None where GitHub refuses: what is counted here can be told in another way, if less exactly.
async fn ask<T>(
    client: &Client,
    query: &str,
    variables: serde_json::Value,
    owner: &str,
    measured: &mut Measured,
) -> Result<Option<T>>
where
    T: GraphqlData + for<'de> Deserialize<'de> + Send,
{
    let request = GraphqlRequest::new(query).with_variables(variables).for_owner(owner);
    let sent_at = Instant::now();
    let outcome = client.graphql(request, |body| serde_json::from_slice::<GraphqlBody<T>>(body)).await?;
    measured.spent += outcome.spent();
    Ok(match outcome {
        GraphqlOutcome::Answer(answer) => {
            measured.counts.push(sent_at.elapsed());
            Some(answer.data)
        }
        GraphqlOutcome::Unavailable(outcome) => {
            let problem = outcome.problem("counting items").unwrap_or_default();
            tracing::info!(problem, "GitHub does not count; the figures are less exact");
            None
        }
    })
}

/// A number of things in memory.
pub(super) fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TotalsData {
    rate_limit: Option<GraphqlRateLimit>,
    #[serde(flatten)]
    repositories: BTreeMap<String, Option<RepositoryTotals>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdatesData {
    rate_limit: Option<GraphqlRateLimit>,
    repository: Option<RepositoryUpdates>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryUpdates {
    database_id: Option<i64>,
    issues: Total,
    pull_requests: PullRequests,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PullRequests {
    page_info: PageInfo,
    nodes: Option<Vec<Option<PullRequest>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PullRequest {
    updated_at: DateTime<Utc>,
}

impl GraphqlData for TotalsData {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

impl GraphqlData for UpdatesData {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}
