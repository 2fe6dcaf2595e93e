//! `hublake doctor`.

use anyhow::Result;
use hublake_github::{RepositoryOutcome, ViewerOutcome};
use hublake_lake::Lake;

use super::{Ended, auth};
use crate::home::Home;
use crate::output::new_table;

/// Looks at token, limits, repositories, lake and store, and says what is not as it should be.
pub async fn doctor(home: &Home) -> Result<Ended> {
    let mut problems = Vec::new();
    say!("home {}", home.settings.home.display());
    look_at_lake(&home.lake).await?;
    say!("github {}", home.settings.api_url);
    let client = home.client().await?;
    match client.viewer().await {
        Ok(ViewerOutcome::Known(viewer)) => say!(
            "token {} of {}{}",
            viewer.kind.as_str(),
            viewer.login.as_deref().unwrap_or("nobody"),
            viewer.expires_at.map(|at| format!(", expires {}", at.format("%Y-%m-%d"))).unwrap_or_default()
        ),
        Ok(ViewerOutcome::Unavailable(outcome)) => problems.push(outcome.problem("the token").unwrap_or_default()),
        Err(error) => problems.push(format!("GitHub cannot be reached: {error}")),
    }
    if problems.is_empty() {
        auth::print_limits(&client).await?;
        let mut table = new_table();
        table.set_header(["repository", "the token sees it", "issues", "rights"]);
        for repository in home.store.repositories().await? {
            let name = repository.full_name();
            match client.repository_by_id(repository.repo_id).await? {
                RepositoryOutcome::Found { repository, .. } => {
                    let rights = repository.permissions.map_or("not told", |rights| match () {
                        () if rights.admin => "admin",
                        () if rights.push => "push",
                        () => "read",
                    });
                    let issues = if repository.has_issues { "enabled" } else { "disabled" };
                    table.add_row([name.as_str(), "yes", issues, rights]);
                }
                RepositoryOutcome::Unavailable(outcome) => {
                    table.add_row([name.as_str(), "no", "", ""]);
                    problems.push(outcome.problem(&name).unwrap_or_default());
                }
            }
        }
        say!("{table}");
    }
    for problem in &problems {
        say!("problem: {problem}");
    }
    if problems.is_empty() {
        say!("all is well");
        return Ok(Ended::Done);
    }
    Ok(Ended::Failed)
}

async fn look_at_lake(lake: &Lake) -> Result<()> {
    let mut table = new_table();
    table.set_header(["table", "version", "files", "rows", "MB"]);
    for name in lake.table_names().await? {
        if let Some(snapshot) = lake.snapshot(&name, None).await? {
            let bytes: u64 = snapshot.files.iter().map(|file| file.size).sum();
            table.add_row([
                name,
                snapshot.version.to_string(),
                snapshot.files.len().to_string(),
                snapshot.rows().to_string(),
                format!("{:.1}", bytes as f64 / 1e6),
            ]);
        }
    }
    say!("lake {}\n{table}", lake.root());
    Ok(())
}
