//! The figures of up to a hundred repositories in one query: stars, forks, watchers, size, what is open.
//!
//! REST gives them in lists of an account's repositories, without watchers; GraphQL gives all of them, for any
//! repository, under names that cannot be mistaken: what REST calls `watchers_count` are stars.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hublake_github::{
    GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, Outcome, Spent, TokenKind,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Run, Target};
use crate::traffic::payload;

/// Repositories of a query.
pub(super) const REPOSITORIES: usize = 100;
const FIELDS: &str = "databaseId nameWithOwner createdAt stargazerCount forkCount diskUsage watchers{totalCount} \
                      issues(states:OPEN){totalCount} pullRequests(states:OPEN){totalCount}";

/// A repository's figures.
pub(super) struct Stats {
    /// `owner/name` as it is now.
    pub(super) full_name: String,
    pub(super) stars: i64,
    pub(super) created_at: DateTime<Utc>,
    /// As it came.
    pub(super) payload: Bytes,
    pub(super) fetched_at: DateTime<Utc>,
    /// What the query took; told with the first of its repositories.
    pub(super) spent: Spent,
}

/// What could be had.
pub(super) struct AllStats {
    /// By repository.
    pub(super) found: HashMap<i64, Stats>,
    /// Why the others have none.
    pub(super) failure: Option<String>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Data(BTreeMap<String, Option<Box<RawValue>>>);

impl GraphqlData for Data {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        serde_json::from_str(self.0.get("rateLimit")?.as_ref()?.get()).ok()
    }
}

/// Asks for the figures of all targets.
pub(super) async fn of(run: &Run<'_>, targets: &[Target]) -> AllStats {
    let mut all = AllStats { found: HashMap::with_capacity(targets.len()), failure: None };
    if !run.client.is_authorised() {
        return all;
    }
    let mut waiting = queries(run, targets);
    while let Some(targets) = waiting.pop() {
        match run.client.graphql(request(&targets), |body| serde_json::from_slice::<GraphqlBody<Data>>(body)).await {
            Ok(GraphqlOutcome::Answer(answer)) => {
                let mut spent = answer.spent;
                for (place, target) in targets.iter().enumerate() {
                    let Some(Some(raw)) = answer.data.0.get(&format!("r{place}")) else { continue };
                    if let Some(stats) = stats(target, raw, answer.fetched_at) {
                        all.found.insert(target.repo_id, Stats { spent: std::mem::take(&mut spent), ..stats });
                    }
                }
            }
            Ok(GraphqlOutcome::Unavailable(Outcome::TooSlow { .. })) if targets.len() > 1 => {
                let (left, right) = targets.split_at(targets.len() / 2);
                waiting.extend([left.to_vec(), right.to_vec()]);
            }
            Ok(GraphqlOutcome::Unavailable(outcome)) => all.failure = outcome.problem("stars, forks and watchers"),
            Err(error) => all.failure = Some(format!("stars, forks and watchers: {error}")),
        }
        if all.failure.is_some() {
            break;
        }
    }
    all
}

/// A query must not span the installations of an App, of which each account has its own.
fn queries<'a>(run: &Run<'_>, targets: &'a [Target]) -> Vec<Vec<&'a Target>> {
    let is_app = run.client.token_kind() == TokenKind::App;
    let owner = |target: &Target| is_app.then(|| owner_of(target).to_ascii_lowercase());
    let mut sorted: Vec<&Target> = targets.iter().collect();
    sorted.sort_by_key(|target| owner(target));
    let of_owners = sorted.chunk_by(|left, right| owner(left) == owner(right));
    of_owners.flat_map(|targets| targets.chunks(REPOSITORIES).map(<[_]>::to_vec)).collect()
}

fn request(targets: &[&Target]) -> GraphqlRequest {
    let (mut parameters, mut fields) = (String::new(), String::new());
    let mut variables = serde_json::Map::new();
    for (place, target) in targets.iter().enumerate() {
        let (owner, name) = target.full_name.split_once('/').unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = write!(parameters, "$o{place}:String!,$n{place}:String!,");
        let _ = write!(fields, " r{place}:repository(owner:$o{place},name:$n{place}){{...figures}}");
        variables.insert(format!("o{place}"), owner.into());
        variables.insert(format!("n{place}"), name.into());
    }
    let query = format!(
        "query({parameters}){{rateLimit{{cost limit remaining used resetAt}}{fields}}} \
         fragment figures on Repository{{{FIELDS}}}"
    );
    let owner = targets.first().map(|target| owner_of(target)).unwrap_or_default();
    GraphqlRequest::new(query).with_variables(variables.into()).for_owner(owner)
}

fn owner_of(target: &Target) -> &str {
    target.full_name.split('/').next().unwrap_or_default()
}

/// None where the name means another repository by now, or the figures are not to be read.
fn stats(target: &Target, raw: &RawValue, fetched_at: DateTime<Utc>) -> Option<Stats> {
    let read: payload::Stats = match serde_json::from_str(raw.get()) {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(repo_id = target.repo_id, %error, "the figures of a repository cannot be read");
            return None;
        }
    };
    // GraphQL's numbers have 32 bits: a greater id is null there.
    let is_beyond = read.database_id.is_none() && i32::try_from(target.repo_id).is_err();
    (is_beyond || read.database_id == Some(target.repo_id)).then(|| Stats {
        full_name: read.name_with_owner,
        stars: read.stargazer_count,
        created_at: read.created_at,
        payload: Bytes::copy_from_slice(raw.get().as_bytes()),
        fetched_at,
        spent: Spent::default(),
    })
}
