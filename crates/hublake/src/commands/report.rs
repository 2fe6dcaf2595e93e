//! `hublake report`.

use std::collections::HashMap;

use anyhow::Result;
use datafusion::prelude::SessionContext;
use hublake_models::{Project, Severity};
use hublake_store::Repository;

use super::{Ended, repositories};
use crate::catalogue;
use crate::cli::{AnswerFormat, IssueList, PipelineName, ReportArgs};
use crate::home::Home;
use crate::output::{self, Format};
use crate::pipeline::publish::Published;
use crate::report::trending::Asked;
use crate::report::{Figures, Window, figures, terminal};

/// Issues that are listed where nothing else is asked for.
const ISSUES: u32 = 20;
/// Repositories of each language that are listed where nothing else is asked for.
pub const REPOSITORIES: u32 = 10;

/// Answers from what is published.
pub async fn report(home: &Home, args: ReportArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    if args.pipeline == PipelineName::Trending {
        let asked = Asked { limit: args.limit.unwrap_or(REPOSITORIES), language: args.language };
        super::trending::print(home, &project, &asked, args.format).await?;
        return Ok(Ended::Done);
    }
    let selected = repositories::select(home, &args.repositories, false).await?;
    if args.pipeline == PipelineName::Traffic {
        super::traffic::print(home, &project, &selected, args.format).await?;
        return Ok(Ended::Done);
    }
    let window = Window {
        days: u32::try_from(args.window.num_days()).unwrap_or(u32::MAX),
        until: args.until.unwrap_or_else(|| home.settings.present().date_naive()),
    };
    match args.list {
        None => print(home, &project, &selected, window, args.format, None).await?,
        Some(list) => {
            let context = reader(home, &project, window).await?;
            let query = list_query(list, &selected, window, args.limit.unwrap_or(ISSUES));
            let rows = context.sql(&query).await?;
            let schema = rows.schema().as_arrow().clone();
            let format = match args.format {
                AnswerFormat::Table => Format::Table,
                AnswerFormat::Json => Format::Json,
            };
            output::print(&schema, &rows.collect().await?, format)?;
        }
    }
    Ok(Ended::Done)
}

/// Prints the answers for some repositories; `published` is what the run just before it found.
pub async fn print(
    home: &Home,
    project: &Project,
    selected: &[Repository],
    window: Window,
    format: AnswerFormat,
    published: Option<&Published>,
) -> Result<()> {
    let context = reader(home, project, window).await?;
    let selected = current(home, selected).await?;
    let mut all = figures(&context, &selected, window).await?;
    add_notes(home, &mut all, published).await?;
    for repository in &selected {
        if !all.iter().any(|one| one.repo_id == repository.repo_id) {
            tell!("{}: nothing is published yet\nhint: hublake run issues", repository.full_name());
        }
    }
    output::print_answer(&all, format, || terminal::answers(&all))
}

/// The same repositories under their current names: collecting may have found another.
pub(super) async fn current(home: &Home, selected: &[Repository]) -> Result<Vec<Repository>> {
    let known = home.store.all_repositories().await?;
    let by_id: HashMap<i64, Repository> = known.into_iter().map(|one| (one.repo_id, one)).collect();
    Ok(selected.iter().map(|one| by_id.get(&one.repo_id).unwrap_or(one).clone()).collect())
}

/// A session whose views run to the window's end.
pub async fn reader(home: &Home, project: &Project, window: Window) -> Result<SessionContext> {
    let end = window.until.and_time(chrono::NaiveTime::MIN).and_utc();
    catalogue::reader(home, project, None, end.max(home.settings.present())).await
}

/// Adds what to know beside the figures: accepted exceptions, warnings, what could not be decoded.
pub async fn add_notes(home: &Home, all: &mut [Figures], published: Option<&Published>) -> Result<()> {
    let accepted = home.store.exceptions().await?;
    for figures in all {
        let is_here = |repo_id: i64| repo_id == figures.repo_id;
        for exception in accepted.iter().filter(|one| is_here(one.repo_id)) {
            figures.notes.push(format!("{} is accepted: {}", exception.rule, exception.why));
        }
        let Some(published) = published else { continue };
        let warnings = published.warnings.iter().filter(|one| one.severity == Severity::Warning);
        for warning in warnings.filter(|one| one.repo_id.is_some_and(is_here)) {
            figures.notes.push(format!("{}: {} rows, such as {}", warning.audit, warning.count, warning.sample));
        }
        if let Some(count) = published.rejected.get(&figures.repo_id) {
            figures.notes.push(format!(
                "{count} elements could not be decoded; SELECT reason, payload FROM raw_rejected shows them"
            ));
        }
    }
    Ok(())
}

fn list_query(list: IssueList, selected: &[Repository], window: Window, limit: u32) -> String {
    let ids: Vec<_> = selected.iter().map(|repository| repository.repo_id.to_string()).collect();
    let within = format!(
        "CAST(part.valid_from AS DATE) BETWEEN DATE '{}' AND DATE '{}' AND NOT part.is_pull_request",
        window.from(),
        window.until
    );
    // One row for each opening and each closing, so that the list is as long as the figure is great.
    let parts = "stg_issue_state_intervals part JOIN mart_issue_lifecycle issue
         ON issue.repo_id = part.repo_id AND issue.issue_number = part.issue_number";
    let (source, closed_at, condition, order) = match list {
        IssueList::Opened => (
            parts,
            "issue.closed_at",
            format!("part.began_by IN ('opened', 'transferred') AND part.state = 'open' AND {within}"),
            "part.valid_from DESC, issue.repo_id, issue.issue_number DESC",
        ),
        IssueList::Closed => (
            parts,
            "part.valid_from AS closed_at",
            format!("part.began_by = 'closed' AND {within}"),
            "part.valid_from DESC, issue.repo_id, issue.issue_number DESC",
        ),
        IssueList::Oldest => (
            "mart_issue_lifecycle issue",
            "issue.closed_at",
            "issue.is_open".to_owned(),
            "issue.created_at, issue.repo_id, issue.issue_number",
        ),
    };
    format!(
        "SELECT issue.repo_full_name, issue.issue_number, issue.title, issue.author_login, issue.created_at, {closed_at},
             issue.updated_at, issue.html_url
         FROM {source} WHERE issue.repo_id IN ({}) AND {condition} ORDER BY {order} LIMIT {limit}",
        ids.join(", ")
    )
}
