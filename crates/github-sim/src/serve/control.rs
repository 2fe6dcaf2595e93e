//! `/_sim`: what an outside process reads and changes. These requests are not counted and not limited.

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};

use super::Shared;
use super::answer::Answer;
use super::request::Question;
use super::steps::{self, Step};
use crate::faults::Fault;
use crate::generate::{GenerateOptions, TrendingOptions};
use crate::world::{BurstOptions, Repository};

/// Answers `/_sim/...`; `body` is JSON or empty.
pub(crate) fn answer(shared: &Shared, question: &Question, body: &[u8]) -> Answer {
    let segments: Vec<&str> = question.segments.iter().map(String::as_str).collect();
    let is_post = question.method == Method::POST;
    match (segments.as_slice(), is_post) {
        (["_sim", "stats"], false) => {
            let stats = serde_json::to_value(&shared.counters().stats).unwrap_or_default();
            Answer::of_value(200, &stats)
        }
        (["_sim", "stats", "reset"], true) => {
            shared.counters().reset();
            Answer::of_value(200, &json!({"reset": true}))
        }
        (["_sim", "clock"], false) => clock(shared),
        (["_sim", "clock"], true) => set_clock(shared, question, body),
        (["_sim", "change"], true) if !body.is_empty() => take_steps(shared, body),
        (["_sim", "change"], true) => change(shared, question),
        (["_sim", "trending"], false) => trending(shared, question),
        (["_sim", "generate"], true) => generate(shared, question),
        (["_sim", "limits"], true) => set_limits(shared, question),
        (["_sim", "faults"], true) => set_faults(shared, body),
        _ => Answer::error(
            404,
            "Not Found: /_sim has stats, stats/reset, clock, change, generate, trending, limits and faults",
        ),
    }
}

fn clock(shared: &Shared) -> Answer {
    Answer::of_value(200, &json!({"now": shared.world().now().to_rfc3339()}))
}

/// `?set=2026-01-01T00:00:00Z` or `?advance_seconds=3600`, or the same keys as JSON.
fn set_clock(shared: &Shared, question: &Question, body: &[u8]) -> Answer {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let in_body = |key: &str| match json.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(number @ Value::Number(_)) => Some(number.to_string()),
        _ => None,
    };
    let given = |key: &str| question.parameter(key).map(str::to_owned).or_else(|| in_body(key));
    if let Some(text) = given("set") {
        let Ok(now) = DateTime::parse_from_rfc3339(&text) else {
            return Answer::error(400, "`set` is not an RFC 3339 instant");
        };
        shared.world_mut().set_now(now.with_timezone(&Utc));
        return clock(shared);
    }
    let seconds = given("advance_seconds").and_then(|text| text.parse::<i32>().ok());
    let Some(seconds) = seconds else {
        return Answer::error(400, "give `set` (RFC 3339) or `advance_seconds` (an integer)");
    };
    shared.world_mut().advance(TimeDelta::seconds(i64::from(seconds)));
    clock(shared)
}

/// A JSON array of changes, each an object; see [`Step`].
fn take_steps(shared: &Shared, body: &[u8]) -> Answer {
    let steps: Vec<Step> = match serde_json::from_slice(body) {
        Ok(steps) => steps,
        Err(error) => return Answer::error(400, &format!("the body is not a JSON array of changes: {error}")),
    };
    let count = steps.len();
    match steps::make(&mut shared.world_mut(), steps) {
        Ok(()) => Answer::of_value(200, &json!({"changed": count})),
        Err(error) => Answer::error(400, &error.to_string()),
    }
}

/// `?repository=OWNER/NAME&since=T&until=T`: the truth about a repository, and what is counted between two instants,
/// by default the seven days before now.
fn trending(shared: &Shared, question: &Question) -> Answer {
    let world = shared.world();
    let bound = |name: &str, default: DateTime<Utc>| match question.parameter(name) {
        Some(text) => DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).ok(),
        None => Some(default),
    };
    let (Some(until), Some(since)) = (bound("until", world.now()), bound("since", world.now() - TimeDelta::days(7)))
    else {
        return Answer::error(400, "`since` and `until` are RFC 3339 instants");
    };
    let Some(truth) = question.parameter("repository").and_then(|name| world.trending_truth(name)) else {
        return Answer::error(404, "give `repository`, the full name of one that is there");
    };
    let (people, bots) = truth.authors_between(since, until);
    let counts = json!({
        "commits": truth.commits_between(since, until), "closings": truth.closings_between(since, until),
        "people": people, "bots": bots,
    });
    let mut body = serde_json::to_value(&truth).unwrap_or_default();
    body["counts"] = counts;
    Answer::of_value(200, &body)
}

/// `?repos=N&issues=M&seed=S&events_per_issue=E`: adds generated repositories; those whose names exist stay as they are.
/// `?trending=N&seed=S`: adds trending repositories, N of each language and N of the Render ecosystem.
fn generate(shared: &Shared, question: &Question) -> Answer {
    let number = |key, default| number(question, key, default);
    let (Some(repos), Some(issues), Some(seed), Some(events)) =
        (number("repos", 1), number("issues", 100), number("seed", 1), number("events_per_issue", 0))
    else {
        return Answer::error(400, "`repos`, `issues`, `seed` and `events_per_issue` are numbers");
    };
    let (Ok(repos), Ok(events)) = (u32::try_from(repos), u32::try_from(events)) else {
        return Answer::error(400, "`repos` and `events_per_issue` are smaller numbers");
    };
    let trending = number("trending", 0).and_then(|count| u32::try_from(count).ok());
    let options = GenerateOptions { repos, issues, seed, ..GenerateOptions::default() };
    let mut world = shared.world_mut();
    match (events, trending) {
        (_, Some(count @ 1..)) => {
            let options = TrendingOptions { per_language: count, render: count, seed, ..TrendingOptions::default() };
            world.generate_trending(&options);
        }
        (0, _) => world.generate(&options),
        _ => world.generate_with_events(&options, events),
    }
    let repositories = world.repositories().count();
    let issues: usize = world.repositories().map(Repository::issue_count).sum();
    Answer::of_value(200, &json!({"repositories": repositories, "issues": issues}))
}

/// `?core=N&graphql=N&graphql_clock_nodes=N&repository_events=N`: what is not named stays; 0 stops the clock.
fn set_limits(shared: &Shared, question: &Question) -> Answer {
    let mut limiter = shared.limiter();
    let mut options = limiter.options().clone();
    let given = |key, old| number(question, key, old);
    let clock = options.graphql_clock_nodes.unwrap_or(0);
    let (Some(core), Some(graphql), Some(clock), Some(events)) = (
        given("core", options.core),
        given("graphql", options.graphql),
        given("graphql_clock_nodes", clock),
        given("repository_events", options.repository_events as u64),
    ) else {
        return Answer::error(400, "`core`, `graphql`, `graphql_clock_nodes` and `repository_events` are numbers");
    };
    (options.core, options.graphql) = (core, graphql);
    options.graphql_clock_nodes = Some(clock).filter(|nodes| *nodes > 0);
    options.repository_events = usize::try_from(events).unwrap_or(usize::MAX);
    limiter.set_options(options);
    Answer::of_value(
        200,
        &json!({"core": core, "graphql": graphql, "graphql_clock_nodes": clock, "repository_events": events}),
    )
}

/// A parameter that is a number, or its default; `None` if it is something else.
fn number(question: &Question, key: &str, default: u64) -> Option<u64> {
    match question.parameter(key) {
        None => Some(default),
        Some(text) => text.parse().ok(),
    }
}

/// `?issues=N&repos=M&seed=S`
fn change(shared: &Shared, question: &Question) -> Answer {
    let number = |key, default| number(question, key, default);
    let (Some(issues), Some(repos), Some(seed)) = (number("issues", 1), number("repos", 1), number("seed", 1)) else {
        return Answer::error(400, "`issues`, `repos` and `seed` are numbers");
    };
    let changed = shared.world_mut().change_issues(&BurstOptions { issues, repos, seed });
    let mut by_repository = serde_json::Map::new();
    for (name, number) in &changed {
        let numbers = by_repository.entry(name.clone()).or_insert_with(|| json!([]));
        if let Value::Array(numbers) = numbers {
            numbers.push(json!(number));
        }
    }
    Answer::of_value(200, &json!({"changed": changed.len(), "repositories": by_repository}))
}

/// A JSON array of faults as text.
fn set_faults(shared: &Shared, body: &[u8]) -> Answer {
    let Ok(texts) = serde_json::from_slice::<Vec<String>>(body) else {
        return Answer::error(400, "the body is not a JSON array of texts");
    };
    let faults: Result<Vec<Fault>, _> = texts.iter().map(|text| text.parse()).collect();
    match faults {
        Ok(faults) => {
            shared.faults().set(faults);
            Answer::of_value(200, &json!({"faults": texts.len()}))
        }
        Err(error) => Answer::error(400, &error.to_string()),
    }
}
