//! What a run will take, held against what there is: limits and time.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use hublake_collect::events::Api;
use hublake_collect::issues::estimate::{Estimate, Estimates, Measured, Outlook};
use hublake_github::{Client, Outcome, RateLimit, Resource, Spent, ViewerOutcome};
use serde::Serialize;

use crate::settings::Settings;

/// Length of the windows of GitHub's primary limits.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// What a run will take.
#[derive(Serialize)]
pub struct Forecast {
    /// How events are asked for.
    pub api: &'static str,
    /// By numeric id.
    pub repositories: Vec<Row>,
    /// Of all repositories.
    pub total: Asks,
    /// The limits that the run draws on.
    pub limits: Vec<Budget>,
    /// Whether the run needs not wait for any limit.
    pub suffices: bool,
    /// How long collecting takes, waits for limits included.
    pub expected_seconds: f64,
    /// How long one answer takes, by what was measured.
    pub answer_seconds: f64,
    /// Repositories collected side by side.
    pub concurrency: usize,
    /// Requests a minute at most; 0 for any number.
    pub points_per_minute: u32,
    /// What it took to tell all this.
    pub planning: Asks,
}

/// Requests, and what they take of each limit.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Asks {
    /// Of both kinds.
    pub requests: u64,
    /// Answers 304 among them.
    pub not_modified: u64,
    /// Requests that count against REST's limit.
    pub core: u64,
    /// Points of GraphQL's limit.
    pub graphql: u64,
}

/// What a run will ask for one repository.
#[derive(Serialize)]
pub struct Row {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// A word for what the run will find.
    pub outlook: &'static str,
    /// Issues and pull requests that are collected; none where it cannot be told.
    pub items: Option<i64>,
    /// Whether the figures are extrapolated and not counted.
    pub is_approximate: bool,
    /// What it takes.
    #[serde(flatten)]
    pub asks: Asks,
    /// Why it cannot be told, or why GitHub refuses, and what to do.
    pub message: Option<String>,
    /// The same as a person reads it.
    #[serde(skip)]
    pub words: String,
}

/// A limit, and what the run needs of it.
#[derive(Serialize)]
pub struct Budget {
    /// `core` or `graphql`.
    pub resource: &'static str,
    /// What the run needs.
    pub needed: u64,
    /// What it may use in this window: what is left, without the floor. None where GitHub tells no limit.
    pub available: Option<u64>,
    /// Left untouched for other programs.
    pub floor: Option<u64>,
    /// Of a whole window.
    pub limit: Option<u64>,
    /// When the window ends.
    pub reset_at: Option<DateTime<Utc>>,
    /// Whether the run needs not wait.
    pub suffices: bool,
    /// Until when the run waits, the last time; none where it need not, or would not wait that long.
    pub waits_until: Option<DateTime<Utc>>,
}

/// The limits as GitHub told them before anything was asked.
pub struct Limits {
    told: BTreeMap<Resource, RateLimit>,
    answer_time: Duration,
}

impl Limits {
    /// Asks for them; free. A server without limits tells none, but neither does one that refuses the token.
    pub async fn read(client: &Client) -> Result<Self> {
        let sent_at = Instant::now();
        let told = client.rate_limits().await?;
        let answer_time = sent_at.elapsed();
        if told.is_none()
            && let ViewerOutcome::Unavailable(refusal @ Outcome::Unauthorized { .. }) = client.viewer().await?
        {
            bail!(refusal.problem("the token").unwrap_or_default());
        }
        Ok(Self { told: told.unwrap_or_default(), answer_time })
    }

    /// A limit held against what is needed of it.
    pub fn budget(&self, settings: &Settings, client: &Client, resource: Resource, needed: u64) -> Budget {
        let name = if resource == Resource::Graphql { "graphql" } else { "core" };
        let known = newest(self.told.get(&resource), client.remaining(&resource));
        budget(settings, name, needed, known.as_ref(), settings.present())
    }

    /// How long the limits took to come, for want of another measure of an answer's time.
    pub fn answer_seconds(&self) -> f64 {
        self.answer_time.as_secs_f64()
    }
}

impl Forecast {
    /// Adds up what each repository takes and holds it against what is left.
    pub fn of(settings: &Settings, client: &Client, api: Api, limits: &Limits, estimates: &Estimates) -> Self {
        let repositories: Vec<Row> = estimates.repositories.iter().map(row).collect();
        let mut total = Asks::default();
        for row in &repositories {
            total += row.asks;
        }
        let now = settings.present();
        let mut budgets = Vec::new();
        budgets.push(limits.budget(settings, client, Resource::Core, total.core));
        if api == Api::Graphql {
            budgets.push(limits.budget(settings, client, Resource::Graphql, total.graphql));
        }
        let pace = Pace::of(&estimates.measured, limits.answer_time);
        let waits = budgets.iter().filter_map(|budget| budget.waits_until).max();
        let waiting = waits.map_or(0.0, |until| (until - now).as_seconds_f64().max(0.0));
        let all_seconds: f64 = estimates.repositories.iter().map(|one| pace.seconds(one.total())).sum();
        Self {
            api: api.as_str(),
            suffices: budgets.iter().all(|budget| budget.suffices),
            limits: budgets,
            expected_seconds: waiting + answering_seconds(settings, &estimates.repositories, &pace),
            answer_seconds: all_seconds / total.requests.max(1) as f64,
            concurrency: settings.concurrency,
            points_per_minute: settings.points_per_minute,
            planning: asks(client.spent()),
            repositories,
            total,
        }
    }

    /// What GitHub refuses, in words.
    pub fn refusals(&self) -> impl Iterator<Item = &str> {
        self.repositories.iter().filter(|row| row.outlook == "refused").filter_map(|row| row.message.as_deref())
    }
}

fn row(estimate: &Estimate) -> Row {
    let (outlook, items, message) = match &estimate.outlook {
        Outlook::Unchanged => ("unchanged", Some(0), None),
        Outlook::EventsMissing { items } => ("events_missing", Some(*items), None),
        Outlook::Changed { items } => ("changed", Some(*items), None),
        Outlook::Whole { items, is_again: false } => ("first_load", Some(*items), None),
        Outlook::Whole { items, is_again: true } => ("full_load", Some(*items), None),
        Outlook::Resumed { items } => ("resumed", Some(*items), None),
        Outlook::Unknown { until } => {
            let until = until.format("%Y-%m-%d %H:%M:%S UTC");
            ("unknown", None, Some(format!("a limit is used up until {until}\nhint: plan again after that")))
        }
        Outlook::Refused { message } => ("refused", None, Some(message.clone())),
    };
    Row {
        repo_id: estimate.repo_id,
        repository: estimate.full_name.clone(),
        outlook,
        items,
        is_approximate: estimate.is_approximate,
        asks: asks(estimate.total()),
        message,
        words: estimate.outlook.to_string(),
    }
}

fn asks(spent: Spent) -> Asks {
    Asks {
        requests: spent.requests.into(),
        not_modified: spent.not_modified.into(),
        core: spent.quota.into(),
        graphql: spent.graphql_points.into(),
    }
}

impl AddAssign for Asks {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.not_modified += other.not_modified;
        self.core += other.core;
        self.graphql += other.graphql;
    }
}

/// What was told at first, less what planning took since.
fn newest(told: Option<&RateLimit>, seen: Option<RateLimit>) -> Option<RateLimit> {
    match (told, seen) {
        (Some(told), Some(seen)) if seen.reset_at <= told.reset_at + TimeDelta::minutes(1) => {
            Some(RateLimit { remaining: told.remaining.min(seen.remaining), ..told.clone() })
        }
        (told, seen) => seen.or(told.cloned()),
    }
}

fn budget(
    settings: &Settings,
    resource: &'static str,
    needed: u64,
    known: Option<&RateLimit>,
    now: DateTime<Utc>,
) -> Budget {
    let Some(known) = known else {
        let (available, floor, limit, reset_at, waits_until) = (None, None, None, None, None);
        return Budget { resource, needed, available, floor, limit, reset_at, suffices: true, waits_until };
    };
    let limit = u64::from(known.limit);
    let floor = (f64::from(known.limit) * settings.quota_floor) as u64;
    let window = limit.saturating_sub(floor).max(1);
    let is_over = known.reset_at <= now;
    let available = if is_over { window } else { u64::from(known.remaining).saturating_sub(floor) };
    let reset_at = if is_over { now + WINDOW } else { known.reset_at };
    let windows = needed.saturating_sub(available).div_ceil(window);
    let waits =
        windows > 0 && (reset_at - now).num_seconds() <= settings.max_wait_seconds.try_into().unwrap_or(i64::MAX);
    let further = i32::try_from(windows.saturating_sub(1)).unwrap_or(i32::MAX);
    Budget {
        resource,
        needed,
        available: Some(available),
        floor: Some(floor),
        limit: Some(limit),
        reset_at: Some(reset_at),
        suffices: windows == 0,
        waits_until: waits.then(|| reset_at + WINDOW * further),
    }
}

/// How long one answer takes, in seconds.
struct Pace {
    unmodified: f64,
    page: f64,
    query: f64,
}

impl Pace {
    /// By what was measured; where nothing of a kind was, by what is nearest to it.
    fn of(measured: &Measured, otherwise: Duration) -> Self {
        let unmodified = mean(&measured.unmodified).unwrap_or(otherwise);
        let page = mean(&measured.pages).unwrap_or(unmodified);
        let query = mean(&measured.queries).or(mean(&measured.counts)).unwrap_or(page);
        Self { unmodified: unmodified.as_secs_f64(), page: page.as_secs_f64(), query: query.as_secs_f64() }
    }

    fn seconds(&self, spent: Spent) -> f64 {
        let queries = f64::from(spent.graphql_requests);
        let unmodified = f64::from(spent.not_modified);
        let pages = f64::from(spent.requests) - queries - unmodified;
        unmodified * self.unmodified + pages * self.page + queries * self.query
    }
}

/// How long the answers take: within a repository one after the other, repositories side by side, and no minute
/// sees more requests, or more seconds of answering, than GitHub allows.
fn answering_seconds(settings: &Settings, estimates: &[Estimate], pace: &Pace) -> f64 {
    let (mut all, mut longest, mut querying, mut requests) = (0.0, 0.0_f64, 0.0, 0.0);
    for spent in estimates.iter().map(Estimate::total) {
        let seconds = pace.seconds(spent);
        all += seconds;
        longest = longest.max(seconds);
        querying += f64::from(spent.graphql_requests) * pace.query;
        requests += f64::from(spent.requests);
    }
    let client = hublake_github::Config::default();
    let at_once = settings.concurrency.clamp(1, client.max_concurrent_requests);
    let side_by_side = longest.max(all / at_once as f64);
    if settings.points_per_minute == 0 {
        return side_by_side;
    }
    let answer_seconds = f64::from(client.answer_seconds_per_minute);
    // A minute's share is spent at once; only then the pace begins.
    let minutes = [
        requests / f64::from(settings.points_per_minute),
        all / answer_seconds,
        querying / (answer_seconds * 2.0 / 3.0),
    ];
    minutes.into_iter().map(|minutes| minutes.floor() * 60.0).fold(side_by_side, f64::max)
}

fn mean(times: &[Duration]) -> Option<Duration> {
    let count = u32::try_from(times.len()).ok().filter(|count| *count > 0)?;
    Some(times.iter().sum::<Duration>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::TrendingSettings;

    fn settings() -> Settings {
        Settings {
            home: "home".into(),
            lake_url: "lake".to_owned(),
            api_url: "https://api.github.com/".parse().unwrap(),
            token: None,
            secret_key: None,
            now: None,
            memory_bytes: 0,
            concurrency: 8,
            quota_floor: 0.1,
            points_per_minute: 900,
            max_wait_seconds: 3900,
            trending: TrendingSettings::default(),
        }
    }

    fn budget_of(needed: u64, remaining: u32, max_wait_seconds: u64) -> Budget {
        let now = DateTime::UNIX_EPOCH;
        let reset_at = now + TimeDelta::minutes(50);
        let known = RateLimit { resource: Resource::Core, limit: 1_000, remaining, used: 1_000 - remaining, reset_at };
        budget(&Settings { max_wait_seconds, ..settings() }, "core", needed, Some(&known), now)
    }

    #[test]
    fn what_is_left_above_the_floor_suffices_to_the_last_request() {
        let budget = budget_of(400, 500, 3900);
        assert_eq!((budget.available, budget.suffices, budget.waits_until), (Some(400), true, None));
    }

    #[test]
    fn a_run_waits_for_as_many_windows_as_it_needs() {
        let waits = |needed| budget_of(needed, 500, 3900).waits_until.map(|until| until.timestamp() / 60);
        assert_eq!([waits(401), waits(1_300), waits(1_301)], [Some(50), Some(50), Some(110)]);
    }

    #[test]
    fn a_run_with_little_patience_does_not_wait() {
        let budget = budget_of(401, 500, 60);
        assert_eq!((budget.suffices, budget.waits_until), (false, None));
    }

    #[test]
    fn a_limit_that_is_not_told_suffices() {
        let budget = budget(&settings(), "core", 1_000_000, None, DateTime::UNIX_EPOCH);
        assert!(budget.suffices && budget.available.is_none());
    }
}
