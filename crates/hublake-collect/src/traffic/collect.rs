//! Collecting traffic: four conditional requests for each repository and run, and now and then more.
//!
//! Every answer stands for itself: a 304 says that the answer before holds for today too, a refusal that the right is
//! missing. So all three are kept, and a repository's run is complete when its answers are in the lake, whichever of
//! them failed. Once a week the same window is asked for by week, whose unique visitors no sum of days tells; and where
//! the number of stars changed, the days on which they were given.

mod repository;
mod stars;
mod stats;

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use hublake_github::{Client, Resource};

use self::repository::collect_one;
use self::stats::{AllStats, Stats};
use super::Stream;
use crate::{Collected, Progress, RawWriter, Result, RunStamp};

/// Requests that every repository takes.
const REQUESTS: u32 = 4;
/// Requests for the weeks.
const WEEKLY_REQUESTS: u32 = 2;
/// The part of a minute's requests that the days of stars may take in one run: it is some 20 s longer then, and GitHub
/// forgets no star.
const STAR_SHARE: u32 = 3;
/// Weeks of stars that an answer has.
const STAR_WEEKS: i64 = 30;

/// How a run collects.
#[derive(Clone, Debug)]
pub struct Options {
    /// Repositories collected at once.
    pub concurrency: usize,
    /// The part of the hourly limit that is left to others, 0 to 1.
    pub quota_floor: f64,
    /// Requests a minute at most; 0 for any number.
    pub points_per_minute: u32,
    /// What the run calls the present; stamps what is fetched where `is_present_fixed`.
    pub run_at: DateTime<Utc>,
    /// Whether `run_at` stands for the time of every answer too (replays and tests).
    pub is_present_fixed: bool,
}

/// A repository to collect.
#[derive(Clone, Debug)]
pub struct Target {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as last known.
    pub full_name: String,
    /// What is published of its streams.
    pub states: HashMap<Stream, State>,
}

/// What is published of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// ETag of the answer that holds.
    pub etag: Option<String>,
    /// When the last answer or 304 came.
    pub last_success_at: Option<DateTime<Utc>>,
    /// The answer's own count; for the history of stars how many there were.
    pub count: Option<i64>,
}

/// What is published of stars.
pub trait Published: Send + Sync {
    /// The Sundays of the published weeks with the stars given in them that were there.
    fn star_weeks(&self, repo_id: i64) -> BoxFuture<'_, Result<HashMap<NaiveDate, i64>>>;
}

/// What all repositories of a run share.
pub struct Run<'a> {
    /// Asks GitHub.
    pub client: &'a Client,
    /// Takes answers.
    pub writer: &'a RawWriter,
    /// Marks what is written.
    pub stamp: &'a RunStamp,
    /// How to collect.
    pub options: &'a Options,
    /// Tells what is published.
    pub published: &'a dyn Published,
    /// Told of each step.
    pub progress: Progress,
}

/// A repository and what is asked for it beside the daily answers.
struct Job {
    target: Target,
    /// The name before the run.
    known_as: String,
    stats: Option<Stats>,
    /// Stars by the figures, 0 where there are none.
    stars: i64,
    asks_weeks: bool,
    asks_stars: bool,
}

/// Collects `targets` side by side; one that fails does not stop the others.
///
/// # Errors
/// What ends the whole run: the lake or the control store cannot be used.
pub async fn collect(run: &Run<'_>, targets: Vec<Target>) -> Result<Vec<Collected>> {
    let sender = run.writer.sender();
    let AllStats { found: stats, failure } = stats::of(run, &targets).await;
    let spare = spare_requests(run.client, run.options, targets.len()).await?;
    let jobs = jobs(targets, stats, run.options, spare);
    let mut collected: Vec<Collected> = futures::stream::iter(jobs)
        .map(|job| collect_one(run, sender.clone(), job, failure.as_deref()))
        .buffer_unordered(run.options.concurrency.max(1))
        .try_collect()
        .await?;
    collected.sort_by_key(|repository| repository.repo_id);
    Ok(collected)
}

/// What a run will ask for, as far as it is known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Requests for the daily answers.
    pub daily: u32,
    /// Of these, those that bring an ETag and are free where nothing changed.
    pub conditional: u32,
    /// Requests for weeks.
    pub weekly: u32,
    /// Requests for weeks that a later run will make, because this hour has none to spare.
    pub weekly_later: u32,
    /// Queries for figures.
    pub queries: u32,
}

/// Tells what [`collect`] will ask for; only the limits are asked for, which is free.
///
/// # Errors
/// The limits cannot be had.
pub async fn expect(client: &Client, options: &Options, targets: Vec<Target>) -> Result<Expected> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let repositories = count(targets.len());
    let has_etag =
        |target: &Target, stream: &Stream| target.states.get(stream).is_some_and(|state| state.etag.is_some());
    let daily = [Stream::Views, Stream::Clones, Stream::Referrers, Stream::Paths];
    let conditional = targets.iter().map(|target| daily.iter().filter(|stream| has_etag(target, stream)).count()).sum();
    let today = options.run_at.date_naive();
    let due = targets.iter().filter(|target| are_weeks_due(target, today)).count();
    let spare = spare_requests(client, options, targets.len()).await?;
    let asked = jobs(targets, HashMap::new(), options, spare).iter().filter(|job| job.asks_weeks).count();
    Ok(Expected {
        daily: repositories.saturating_mul(REQUESTS),
        conditional: count(conditional),
        weekly: count(asked).saturating_mul(WEEKLY_REQUESTS),
        weekly_later: count(due - asked).saturating_mul(WEEKLY_REQUESTS),
        queries: repositories.div_ceil(count(stats::REPOSITORIES)),
    })
}

/// Requests of this hour that the daily answers leave; `None` where the limit is not known.
async fn spare_requests(client: &Client, options: &Options, repositories: usize) -> Result<Option<u32>> {
    let limits = client.rate_limits().await?;
    let Some(core) = limits.and_then(|limits| limits.get(&Resource::Core).cloned()) else { return Ok(None) };
    let floor = (f64::from(core.limit) * options.quota_floor).ceil() as u32;
    let daily = u32::try_from(repositories).unwrap_or(u32::MAX).saturating_mul(REQUESTS);
    Ok(Some(core.remaining.saturating_sub(floor).saturating_sub(daily)))
}

/// Divides spare requests: weeks first, which GitHub forgets, then stars, which it does not.
///
/// A finished week is whole in the answers of the seven days after it, so what finds no spare request has until Sunday;
/// then the weeks are asked for whatever it takes.
fn jobs(targets: Vec<Target>, mut stats: HashMap<i64, Stats>, options: &Options, spare: Option<u32>) -> Vec<Job> {
    let today = options.run_at.date_naive();
    let mut spare = spare.unwrap_or(u32::MAX);
    let is_last_chance = today.weekday() == Weekday::Sun;
    let mut asks_weeks = |target: &Target| {
        let is_asked = are_weeks_due(target, today) && (is_last_chance || spare >= WEEKLY_REQUESTS);
        spare = if is_asked { spare.saturating_sub(WEEKLY_REQUESTS) } else { spare };
        is_asked
    };
    let weeks: Vec<bool> = targets.iter().map(&mut asks_weeks).collect();
    let mut spare = match options.points_per_minute {
        0 => spare,
        points => spare.min(points / STAR_SHARE),
    };
    let mut jobs = Vec::with_capacity(targets.len());
    for (target, asks_weeks) in targets.into_iter().zip(weeks) {
        let stats = stats.remove(&target.repo_id);
        let requests = stats.as_ref().and_then(|stats| star_requests(&target, stats, today));
        let asks_stars = requests.is_some_and(|requests| spare >= requests);
        spare = if asks_stars { spare.saturating_sub(requests.unwrap_or_default()) } else { spare };
        let known_as = target.full_name.clone();
        let stars = stats.as_ref().map(|stats| stats.stars).unwrap_or_default();
        jobs.push(Job { known_as, stars, asks_weeks, asks_stars, target, stats });
    }
    jobs
}

/// What the days of stars take: nothing where their number is the same, one answer where the days before are known,
/// else all since the repository was made.
fn star_requests(target: &Target, stats: &Stats, today: NaiveDate) -> Option<u32> {
    match target.states.get(&Stream::StarHistory).and_then(|state| state.count) {
        Some(known) if known == stats.stars => None,
        Some(_) => Some(1),
        None => {
            let weeks = (today - stats.created_at.date_naive()).num_weeks() + 2;
            u32::try_from(weeks.div_euclid(STAR_WEEKS) + 1).ok()
        }
    }
}

/// Whether the week before this one may not have been seen whole.
fn are_weeks_due(target: &Target, today: NaiveDate) -> bool {
    [Stream::ViewsWeekly, Stream::ClonesWeekly].iter().any(|stream| {
        let last = target.states.get(stream).and_then(|state| state.last_success_at);
        last.is_none_or(|at| at.date_naive().iso_week() != today.iso_week())
    })
}

#[cfg(test)]
mod tests;
