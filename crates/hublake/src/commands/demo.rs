//! `hublake demo`: the main job on a simulated GitHub, with no token and no network.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use arrow::array::{Array, AsArray};
use arrow::datatypes::Date32Type;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use datafusion::prelude::SessionContext;
use github_sim::{GenerateOptions, LimitOptions, Sim, SimOptions, TrendingOptions};
use hublake_github::Spent;
use hublake_models::Project;
use hublake_store::Repository;

use super::Ended;
use crate::cli::{AddArgs, AnswerFormat, DemoArgs};
use crate::home::Home;
use crate::pipeline::publish::Published;
use crate::pipeline::{self, IssueOptions, Job};
use crate::progress;
use crate::report::trending::Asked;
use crate::report::{Window, figures, terminal};
use crate::settings::Settings;

const WINDOW_DAYS: u32 = 180;
/// The world of the demo is the same on every day.
const GENERATED: GenerateOptions = GenerateOptions { repos: 3, issues: 3000, seed: 2026, skew: 0.6, start: None };

/// Repositories of each list that the demo shows.
const DEMO_LIMIT: u32 = 5;

/// What searches find in the demo.
fn trending() -> TrendingOptions {
    TrendingOptions { per_language: 20, render: 20, seed: GENERATED.seed, ..TrendingOptions::default() }
}

/// Collects a simulated GitHub into a home of its own and prints the answers.
pub async fn demo(settings: Settings, args: DemoArgs) -> Result<Ended> {
    let now = demo_day()?;
    let mut world = super::sim::world(args.data.as_deref(), &GENERATED, None, args.data.is_none().then_some(now))?;
    let names: Vec<String> = world.repositories().map(github_sim::Repository::full_name).collect();
    let present = world.now();
    if args.data.is_none() {
        world.generate_trending(&trending());
    }
    let limits = LimitOptions { core: 1_000_000, ..LimitOptions::default() };
    let sim = Sim::start(world, SimOptions { limits, ..SimOptions::default() }).await?;

    let temporary = tempfile::tempdir().context("no temporary folder can be made")?;
    let folder: PathBuf = args.home.clone().unwrap_or_else(|| temporary.path().to_owned());
    let settings = Settings {
        lake_url: folder.join("lake").display().to_string(),
        home: folder.clone(),
        api_url: sim.url(),
        token: Some("ghp_demo".to_owned().into()),
        secret_key: None,
        now: Some(present),
        points_per_minute: 0,
        ..settings
    };
    let home = Home::open(settings).await?;
    say!(
        "A simulated GitHub is up. What follows is what a user would type and see.\n\n$ hublake add {}",
        names.join(" ")
    );
    super::repositories::add(&home, &AddArgs { names, ..AddArgs::default() }).await?;
    say!("\n$ hublake run issues");
    let project = Project::embedded()?;
    let selected = home.store.repositories().await?;
    let options = IssueOptions {
        repositories: selected.clone(),
        full: false,
        since: None,
        overlap: None,
        api: None,
        sweep: false,
    };
    let job = Job::Issues(options);
    let started = std::time::Instant::now();
    let outcome = pipeline::run(&home, &project, &job, progress::progress(selected.len())).await?;
    let seconds = started.elapsed().as_secs_f64();
    for one in &outcome.collected {
        if let Some(message) = outcome.failure(one) {
            bail!(message);
        }
    }
    print_answers(&home, &project, &selected, &outcome.published).await?;
    say!("collected, built, audited and published in {seconds:.1} s");

    say!("\n$ hublake run issues          (nothing changed)");
    let again = pipeline::run(&home, &project, &job, progress::silent()).await?;
    let of_issues = again.collected.iter().filter_map(|one| one.spent.first());
    let Spent { requests, not_modified: free, quota, .. } =
        of_issues.fold(Spent::default(), |all, (_, spent)| all + *spent);
    say!("{requests} requests, {free} not modified, {quota} of the quota");
    if args.data.is_none() {
        show_traffic(&sim, &home, &project, selected).await?;
        show_trending(&home, &project).await?;
    }
    if let Some(folder) = &args.home {
        say!("\nthe demo's home stays: HUBLAKE_HOME={} hublake query \"SHOW TABLES\"", folder.display());
    }
    sim.stop().await;
    Ok(Ended::Done)
}

/// Two runs twelve days apart: GitHub tells fourteen days, so together they know every day.
async fn show_traffic(sim: &Sim, home: &Home, project: &Project, selected: Vec<Repository>) -> Result<()> {
    let present = home.settings.present();
    let job = Job::Traffic(selected.clone());
    for (at, remark) in [(present - TimeDelta::days(12), "          (twelve days earlier)"), (present, "")] {
        say!("\n$ hublake run traffic{remark}");
        sim.world_mut().set_now(at);
        let home = Home { settings: Settings { now: Some(at), ..home.settings.clone() }, ..home.clone() };
        let outcome = pipeline::run(&home, project, &job, progress::silent()).await?;
        if let Some(message) = outcome.collected.iter().find_map(|one| outcome.failure(one)) {
            bail!(message);
        }
    }
    super::traffic::print(home, project, &selected, AnswerFormat::Table).await
}

/// What a run of `trending` finds in the world of the demo.
async fn show_trending(home: &Home, project: &Project) -> Result<()> {
    say!("\n$ hublake run trending");
    let started = std::time::Instant::now();
    let outcome = pipeline::run(home, project, &Job::Trending(None), progress::silent()).await?;
    let Some(found) = &outcome.trending else { bail!("a run of trending brought nothing") };
    if let Some(problem) = found.branches.iter().find_map(|branch| branch.failure.as_ref()) {
        bail!("{problem}");
    }
    let asked = Asked { limit: DEMO_LIMIT, language: None };
    super::trending::print(home, project, &asked, AnswerFormat::Table).await?;
    say!("{} in {:.1} s", found.spent(), started.elapsed().as_secs_f64());
    Ok(())
}

/// Each repository up to the day of its newest issue: recorded data ends on different days.
async fn print_answers(home: &Home, project: &Project, selected: &[Repository], published: &Published) -> Result<()> {
    let present = Window { days: WINDOW_DAYS, until: home.settings.present().date_naive() };
    let context = super::report::reader(home, project, present).await?;
    let mut all = Vec::new();
    for repository in selected {
        let until = newest_issue(&context, repository.repo_id).await?.unwrap_or(present.until);
        let window = Window { until, ..present };
        all.extend(figures(&context, std::slice::from_ref(repository), window).await?);
    }
    super::report::add_notes(home, &mut all, Some(published)).await?;
    say!("{}", terminal::answers(&all).trim_end_matches('\n'));
    Ok(())
}

async fn newest_issue(context: &SessionContext, repo_id: i64) -> Result<Option<NaiveDate>> {
    let query = format!("SELECT MAX(created_date) FROM mart_issue_lifecycle WHERE repo_id = {repo_id}");
    let rows = context.sql(&query).await?.collect().await?;
    let days = rows.first().and_then(|batch| batch.column(0).as_primitive_opt::<Date32Type>());
    Ok(days.filter(|days| days.is_valid(0)).and_then(|days| days.value_as_date(0)))
}

/// Noon of the first day of this month: recent, and the same all month.
fn demo_day() -> Result<DateTime<Utc>> {
    let today = Utc::now().date_naive();
    let first = today.with_day(1).context("a month without a first day")?;
    Ok(first.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(12))
}
