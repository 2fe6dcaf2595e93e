//! `hublake add OWNER/NAME`, and finding repositories by name.

use anyhow::{Context, Result, bail};
use chrono::Utc;
use hublake_github::{RepoName, RepositoryOutcome};
use hublake_store::Repository;

use super::{Ended, selections};
use crate::cli::AddArgs;
use crate::home::Home;
use crate::selection::Rule;

/// Adds repositories after asking GitHub for each, and what selects others.
pub async fn add(home: &Home, args: &AddArgs) -> Result<Ended> {
    let (rules, names): (Vec<_>, Vec<_>) = args.names.iter().cloned().partition(|text| Rule::has_form_of(text));
    if !(rules.is_empty() && args.users.is_empty() && args.organisations.is_empty()) {
        selections::add(home, args, &rules).await?;
    }
    let mut failed = 0;
    for name in &names {
        match add_one(home, name).await {
            Ok((_, line)) => say!("{line}"),
            Err(error) => {
                tell!("error: {error:#}");
                failed += 1;
            }
        }
    }
    if failed < names.len() || names.is_empty() {
        say!("next: hublake run issues, hublake run traffic");
    }
    Ok(match failed {
        0 => Ended::Done,
        all if all == args.names.len() => Ended::Failed,
        _ => Ended::Partly,
    })
}

/// Adds one repository; gives it as it is now, and a line about it.
async fn add_one(home: &Home, name: &str) -> Result<(Repository, String)> {
    let name: RepoName = name.parse()?;
    let found = match home.client().await?.repository(&name).await? {
        RepositoryOutcome::Found { repository, .. } => repository,
        RepositoryOutcome::Unavailable(outcome) => bail!(outcome.problem(&name.to_string()).unwrap_or_default()),
    };
    let repository = stored(&found, false);
    home.store.add_repository(&repository).await?;
    home.store.journal("add repository", &repository.full_name(), &who()).await?;
    let mut line = format!("added {} (id {})", repository.full_name(), repository.repo_id);
    if !repository.full_name().eq_ignore_ascii_case(&name.to_string()) {
        line.push_str(&format!("; {name} is its former name"));
    }
    if !found.has_issues {
        line.push_str("; its issues are disabled, so there is nothing to collect");
    }
    Ok((repository, line))
}

/// A repository as the control store keeps it.
pub fn stored(found: &hublake_github::Repository, is_selected: bool) -> Repository {
    Repository {
        repo_id: found.repo_id,
        owner: found.name.owner().to_owned(),
        name: found.name.name().to_owned(),
        is_private: found.private,
        is_archived: found.archived,
        is_selected,
        added_at: Utc::now(),
        removed_at: None,
    }
}

/// The collected repositories of these names, all of them if none is given. Where `may_add`, one that is not
/// collected yet is added, and what the selections bring in now.
pub async fn select(home: &Home, names: &[String], may_add: bool) -> Result<Vec<Repository>> {
    if names.is_empty() {
        if may_add {
            // What is known is collected all the same.
            if let Err(error) = selections::refresh(home).await {
                tell!("warning: new repositories were not looked for: {error:#}");
            }
        }
        let all = home.store.repositories().await?;
        if all.is_empty() {
            bail!("no repository is collected yet\nhint: hublake add OWNER/NAME");
        }
        return Ok(all);
    }
    let mut selected = Vec::new();
    for text in names {
        let name: RepoName = text.parse()?;
        let mut found = home.store.repository_by_name(name.owner(), name.name()).await?;
        if found.is_none() && may_add {
            // By its id, because it may have another name now.
            let (added, line) = add_one(home, text).await?;
            tell!("{line}");
            found = home.store.repositories().await?.into_iter().find(|one| one.repo_id == added.repo_id);
        }
        let found = found.with_context(|| {
            format!("{name} is not collected\nhint: hublake list shows what is, hublake add {name} adds it")
        })?;
        if !selected.contains(&found) {
            selected.push(found);
        }
    }
    Ok(selected)
}

/// Who runs the program, for the journal.
pub fn who() -> String {
    std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned())
}
