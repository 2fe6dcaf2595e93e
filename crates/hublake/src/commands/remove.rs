//! `hublake remove`.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Result, bail};
use chrono::Utc;
use hublake_store::Selection;

use super::{Ended, repositories, selections};
use crate::clean::clean;
use crate::cli::RemoveArgs;
use crate::home::Home;
use crate::pipeline::purge;
use crate::selection::Rule;

/// Stops collecting repositories, after asking.
pub async fn remove(home: &Home, args: RemoveArgs) -> Result<Ended> {
    let (rules, names): (Vec<_>, Vec<_>) = args.names.iter().cloned().partition(|text| Rule::has_form_of(text));
    if !(rules.is_empty() && args.users.is_empty() && args.organisations.is_empty()) {
        selections::remove(home, &args, &rules).await?;
    }
    if names.is_empty() {
        return Ok(Ended::Done);
    }
    let selected = repositories::select(home, &names, false).await?;
    let names: Vec<_> = selected.iter().map(hublake_store::Repository::full_name).collect();
    let question = if args.purge {
        format!("stop collecting {} and take their rows out of staging and marts?", names.join(", "))
    } else {
        format!("stop collecting {}? Their history stays.", names.join(", "))
    };
    if !args.yes && !confirmed(&question)? {
        say!("nothing was changed");
        return Ok(Ended::Done);
    }
    for repository in &selected {
        home.store.remove_repository(repository.repo_id, Utc::now()).await?;
        home.store.journal("remove repository", &repository.full_name(), &repositories::who()).await?;
        if repository.is_selected {
            // Else the next run would bring it in again.
            home.store.add_selection(&Selection::Rule(format!("!{}", repository.full_name()))).await?;
        }
    }
    if args.purge {
        purge::purge(home, &selected).await?;
    }
    say!("removed {}", names.join(", "));
    Ok(Ended::Done)
}

fn confirmed(question: &str) -> Result<bool> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("{question}\nhint: this asks on a terminal; say --yes where there is none");
    }
    eprint!("{} [y/N] ", clean(question));
    std::io::stderr().flush()?;
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
