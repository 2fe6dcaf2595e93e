//! `hublake sim`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use github_sim::{GenerateOptions, LimitClock, LimitOptions, SimOptions, TrendingOptions, World};

use super::Ended;
use crate::cli::SimArgs;

/// Serves a simulated GitHub until the process ends.
pub async fn sim(args: SimArgs) -> Result<Ended> {
    let generate = GenerateOptions {
        repos: u32::try_from(args.repos).context("--repos is too large")?,
        issues: args.issues as u64,
        seed: args.seed,
        ..GenerateOptions::default()
    };
    let mut world = world(args.data.as_deref(), &generate, args.events_per_issue, args.now)?;
    let names: Vec<_> = world.repositories().map(|one| (one.full_name(), one.issue_count())).collect();
    if args.trending > 0 {
        world.generate_trending(&TrendingOptions {
            per_language: args.trending,
            render: args.trending,
            seed: args.seed,
            ..TrendingOptions::default()
        });
    }
    let options = SimOptions {
        listen: args.listen,
        latency: Duration::from_millis(args.latency_ms),
        history_latency: Duration::from_millis(args.history_latency_ms),
        limits: LimitOptions {
            core: args.rate_limit,
            graphql: args.rate_limit,
            clock: LimitClock::System,
            graphql_clock_nodes: args.graphql_clock_nodes,
            ..LimitOptions::default()
        },
        faults: args.faults.iter().map(|text| text.parse()).collect::<Result<_, _>>()?,
        fault_seed: args.seed,
        ..SimOptions::default()
    };
    github_sim::serve_forever(world, options, |address| {
        say!("a simulated GitHub listens on http://{address}/");
        for (name, count) in names.iter().take(10) {
            say!("  {name}: {count} issues and pull requests");
        }
        if names.len() > 10 {
            say!("  and {} more", names.len() - 10);
        }
        if args.trending > 0 {
            say!("  {} repositories of each language, and as many on Render, for hublake run trending", args.trending);
        }
        say!(
            "try: GITHUB_API_URL=http://{address}/ GITHUB_TOKEN=ghp_any hublake run issues --repo {}",
            names.first().map_or("OWNER/NAME", |(name, _)| name)
        );
    })
    .await?;
    Ok(Ended::Done)
}

/// A world of recorded or generated data.
pub fn world(
    data: Option<&Path>,
    generate: &GenerateOptions,
    events_per_issue: Option<u32>,
    now: Option<DateTime<Utc>>,
) -> Result<World> {
    let mut world = World::new(now.unwrap_or_else(Utc::now));
    match data {
        Some(folder) => {
            world.load_recorded(folder).with_context(|| format!("{}: no recorded data", folder.display()))?
        }
        None => match events_per_issue {
            Some(events) => world.generate_with_events(generate, events),
            None => world.generate(generate),
        },
    }
    if let Some(now) = now {
        world.set_now(now);
    }
    Ok(world)
}
