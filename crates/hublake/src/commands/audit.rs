//! `hublake audit`.

use anyhow::{Result, bail};
use hublake_models::Project;
use serde::Serialize;

use super::{Ended, repositories};
use crate::cli::{AcceptArgs, AuditCommand};
use crate::home::Home;
use crate::output::{Format, new_table};

#[derive(Serialize)]
struct Row {
    audit: String,
    severity: String,
    scope: String,
    description: String,
    accepted: Vec<Accepted>,
}

#[derive(Serialize)]
struct Accepted {
    exception_id: i64,
    repo_id: i64,
    repository: String,
    why: String,
    accepted_by: String,
    accepted_at: chrono::DateTime<chrono::Utc>,
}

/// Lists audits, accepts what one finds in a repository, or takes that back.
pub async fn audit(home: &Home, command: AuditCommand) -> Result<Ended> {
    match command {
        AuditCommand::List(args) => list(home, args.format).await,
        AuditCommand::Accept(args) => accept(home, args).await,
        AuditCommand::Revoke { exception_id } => {
            if !home.store.revoke_exception(exception_id).await? {
                bail!("exception {exception_id} is not in force\nhint: hublake audit list shows those that are");
            }
            home.store.journal("revoke exception", &exception_id.to_string(), &repositories::who()).await?;
            say!("exception {exception_id} is ended");
            Ok(Ended::Done)
        }
    }
}

async fn accept(home: &Home, args: AcceptArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    if !project.audits().iter().any(|audit| audit.name == args.rule) {
        bail!("there is no audit {}\nhint: hublake audit list shows them", args.rule);
    }
    if args.why.trim().is_empty() {
        bail!("--why is empty\nhint: the reason is shown with the figures it touches");
    }
    let repository = repositories::select(home, std::slice::from_ref(&args.repository), false).await?.remove(0);
    let number =
        home.store.accept_exception(&args.rule, repository.repo_id, args.why.trim(), &repositories::who()).await?;
    home.store
        .journal("accept exception", &format!("{} for {}", args.rule, repository.full_name()), &repositories::who())
        .await?;
    say!("exception {number}: {} is accepted for {}\nnext: hublake run issues", args.rule, repository.full_name());
    Ok(Ended::Done)
}

async fn list(home: &Home, format: Format) -> Result<Ended> {
    let project = Project::embedded()?;
    let exceptions = home.store.exceptions().await?;
    let names = home.store.all_repositories().await?;
    let name_of = |repo_id: i64| {
        names.iter().find(|one| one.repo_id == repo_id).map_or_else(|| repo_id.to_string(), |one| one.full_name())
    };
    let rows: Vec<Row> = project
        .audits()
        .iter()
        .map(|audit| Row {
            audit: audit.name.clone(),
            severity: audit.severity.to_string(),
            scope: audit.scope.to_string(),
            description: audit.description.clone(),
            accepted: exceptions
                .iter()
                .filter(|one| one.rule == audit.name)
                .map(|one| Accepted {
                    exception_id: one.exception_id,
                    repo_id: one.repo_id,
                    repository: name_of(one.repo_id),
                    why: one.why.clone(),
                    accepted_by: one.accepted_by.clone(),
                    accepted_at: one.accepted_at,
                })
                .collect(),
        })
        .collect();
    if format != Format::Table {
        return super::runs::write_rows(&rows, format);
    }
    let mut table = new_table();
    table.set_header(["audit", "severity", "what it looks for", "accepted"]);
    for row in &rows {
        let accepted: Vec<_> = row
            .accepted
            .iter()
            .map(|one| format!("{}: {} ({}, by {})", one.exception_id, one.repository, one.why, one.accepted_by))
            .collect();
        table.add_row([&row.audit, &row.severity, &row.description, &accepted.join("\n")]);
    }
    say!("{table}");
    Ok(Ended::Done)
}
