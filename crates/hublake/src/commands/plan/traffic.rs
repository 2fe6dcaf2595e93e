//! What a run of traffic will ask: told from what is published, without asking for any of it.

use anyhow::{Result, bail};
use comfy_table::CellAlignment;
use hublake_github::Resource;
use serde::Serialize;

use super::forecast::{Budget, Limits};
use super::terminal::{duration, limits, shortage};
use super::{open_home, select};
use crate::cli::PlanArgs;
use crate::output::new_table;
use crate::pipeline::traffic;
use crate::report::terminal::count;
use crate::settings::Settings;

/// What a run of traffic will take.
#[derive(Serialize)]
pub struct TrafficForecast {
    /// Repositories that are asked about.
    repositories: usize,
    /// Requests at most, but for those that follow a changed number of stars.
    requests: u32,
    /// Views, clones, referrers and paths.
    daily_requests: u32,
    /// Of these, those that are free where nothing changed.
    conditional_requests: u32,
    /// Weeks.
    weekly_requests: u32,
    /// Weeks that a later run asks for, because this hour has no requests to spare.
    weekly_requests_later: u32,
    /// Stars, forks, watchers, by GraphQL.
    queries: u32,
    /// The limits that the run draws on.
    limits: Vec<Budget>,
    /// How long collecting takes, without waits for limits.
    expected_seconds: f64,
    /// Requests a minute at most; 0 for any number.
    points_per_minute: u32,
}

/// Tells what a run would ask.
pub async fn forecast(settings: Settings, args: &PlanArgs) -> Result<TrafficForecast> {
    let (home, _passing) = open_home(settings, args).await?;
    let client = home.hasty_client().await?;
    if !client.is_authorised() {
        bail!(
            "GitHub tells traffic to those alone who may push to a repository\nhint: hublake auth, or set GITHUB_TOKEN"
        );
    }
    let known = Limits::read(&client).await?;
    let repositories = select(&home, &client, &args.repositories).await?;
    let expected = traffic::expect(&home, &client, &repositories).await?;
    let core = expected.daily + expected.weekly;
    let settings = &home.settings;
    let points = settings.points_per_minute;
    let requests = core + expected.queries;
    let side_by_side = settings.concurrency.min(repositories.len()).max(1) * 2;
    let answering = f64::from(requests) * known.answer_seconds() / side_by_side as f64;
    // The first minute's requests need not wait.
    let paced = if points == 0 { 0.0 } else { f64::from(requests.saturating_sub(points)) * 60.0 / f64::from(points) };
    Ok(TrafficForecast {
        repositories: repositories.len(),
        requests,
        daily_requests: expected.daily,
        conditional_requests: expected.conditional,
        weekly_requests: expected.weekly,
        weekly_requests_later: expected.weekly_later,
        queries: expected.queries,
        limits: vec![
            known.budget(settings, &client, Resource::Core, core.into()),
            known.budget(settings, &client, Resource::Graphql, expected.queries.into()),
        ],
        expected_seconds: answering.max(paced),
        points_per_minute: points,
    })
}

/// The forecast as a person reads it.
pub fn told(forecast: &TrafficForecast) -> String {
    let mut table = new_table();
    table.set_header(["a run asks for", "requests", ""]);
    let free = match forecast.conditional_requests {
        0 => String::new(),
        some => format!("{} of them free where nothing changed", count(some.into())),
    };
    let later = match forecast.weekly_requests_later {
        0 => String::new(),
        some => format!("{} more in a later run: this hour has none to spare", count(some.into())),
    };
    let row = |words: &str, requests: u32, note: &str| [words.to_owned(), count(requests.into()), note.to_owned()];
    table.add_row(row("views, clones, referrers, paths", forecast.daily_requests, &free));
    table.add_row(row("weeks, once in each", forecast.weekly_requests, &later));
    table.add_row(row("stars, forks, watchers", forecast.queries, "GraphQL, 100 repositories a query"));
    table.add_row(["days of stars".to_owned(), "–".to_owned(), "where their number changed".to_owned()]);
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut lines = vec![table.to_string(), String::new(), limits(&forecast.limits), String::new()];
    lines.extend(forecast.limits.iter().filter_map(shortage));
    let repositories = match forecast.repositories {
        1 => "one repository".to_owned(),
        many => format!("{many} repositories"),
    };
    let pace = match forecast.points_per_minute {
        0 => String::new(),
        points => format!(", at most {points} requests a minute"),
    };
    lines.push(format!("The traffic of {repositories} takes about {}{pace}.", duration(forecast.expected_seconds)));
    lines.join("\n")
}
