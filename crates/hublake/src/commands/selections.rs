//! `hublake add --user`, `--org` and rules: what brings repositories in without naming them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use chrono::Utc;
use hublake_github::{Account, Client, ListOutcome, RepoName, TokenKind, ViewerOutcome};
use hublake_store::Selection;

use super::repositories::{stored, who};
use crate::cli::{AddArgs, RemoveArgs};
use crate::home::Home;
use crate::selection::{Candidate, Rule, takes};

/// Adds accounts and rules, and brings in what they select now.
pub async fn add(home: &Home, args: &AddArgs, rules: &[String]) -> Result<()> {
    for rule in rules {
        rule.parse::<Rule>()?;
    }
    for (option, logins) in [("--user", &args.users), ("--org", &args.organisations)] {
        // An account's login has the form of a repository's owner.
        if let Some(login) = logins.iter().find(|login| RepoName::new(login, "any").is_err()) {
            bail!("{option} {login}: that is no login\nhint: give an account's name, for example {option} rust-lang");
        }
    }
    let mut all = home.store.selections().await?;
    let new = selections(&args.users, &args.organisations, rules);
    all.extend(new.iter().filter(|one| !all.contains(one)).cloned().collect::<Vec<_>>());
    // What cannot be listed is not kept.
    let selected = look(home, &all).await?;
    for selection in new {
        home.store.add_selection(&selection).await?;
        home.store.journal("add selection", &words(&selection), &who()).await?;
    }
    settle(home, &selected).await?;
    let known: BTreeSet<i64> = home.store.repositories().await?.iter().map(|one| one.repo_id).collect();
    let left: Vec<_> = selected.readable.iter().filter(|one| !known.contains(&one.repo_id)).collect();
    if let Some(one) = left.first() {
        let name = &one.full_name;
        tell!(
            "{} more, such as {name}, are left out: the token may not push to them\nhint: add them by name: hublake add {name}",
            left.len()
        );
    }
    Ok(())
}

/// Forgets accounts and rules; what only they brought in is no longer collected.
pub async fn remove(home: &Home, args: &RemoveArgs, rules: &[String]) -> Result<()> {
    for selection in selections(&args.users, &args.organisations, rules) {
        if !home.store.remove_selection(&selection).await? {
            bail!("{} is not there\nhint: hublake list shows what is", words(&selection));
        }
        home.store.journal("remove selection", &words(&selection), &who()).await?;
    }
    refresh(home).await
}

fn selections(users: &[String], organisations: &[String], rules: &[String]) -> Vec<Selection> {
    let users = users.iter().cloned().map(Selection::User);
    let organisations = organisations.iter().cloned().map(Selection::Organisation);
    users.chain(organisations).chain(rules.iter().cloned().map(Selection::Rule)).collect()
}

/// A selection as it is written on the command line.
pub fn words(selection: &Selection) -> String {
    match selection {
        Selection::User(login) => format!("--user {login}"),
        Selection::Organisation(login) => format!("--org {login}"),
        Selection::Rule(text) => text.clone(),
    }
}

/// Brings in what the selections take now, and lets go what only they had brought and take no more.
pub async fn refresh(home: &Home) -> Result<()> {
    let selections = home.store.selections().await?;
    settle(home, &look(home, &selections).await?).await
}

/// What selections take.
#[derive(Default)]
struct Selected {
    /// Those that the token may push to.
    writable: Vec<hublake_github::Repository>,
    /// The others.
    readable: Vec<hublake_github::Repository>,
}

/// Asks GitHub what the selections take; nothing without a selection.
async fn look(home: &Home, selections: &[Selection]) -> Result<Selected> {
    if selections.is_empty() {
        return Ok(Selected::default());
    }
    let rules: Vec<Rule> = selections
        .iter()
        .filter_map(|one| if let Selection::Rule(text) = one { Some(text.parse()) } else { None })
        .collect::<Result<_>>()?;
    let client = home.client().await?;
    if !client.is_authorised() {
        bail!("what accounts and rules select is told by a token alone\nhint: hublake auth, or set GITHUB_TOKEN");
    }
    let mut taken = BTreeMap::new();
    for account in accounts(&client, selections, &rules).await? {
        let repositories = match client.repositories(&account).await? {
            ListOutcome::Found { repositories, .. } => repositories,
            ListOutcome::Unavailable(outcome) => bail!(outcome.problem(&subject(&account)).unwrap_or_default()),
        };
        let is_taken = |one: &hublake_github::Repository| {
            let (is_fork, is_archived) = (one.fork, one.archived);
            let is_of_account = is_named(selections, one.name.owner());
            takes(&rules, Candidate { name: &one.name, is_fork, is_archived, is_of_account })
        };
        taken.extend(repositories.into_iter().filter(is_taken).map(|one| (one.repo_id, one)));
    }
    // What an App may do is told by the App, not by each repository.
    let is_installed = matches!(client.token_kind(), TokenKind::App | TokenKind::Installation);
    let (writable, readable) = taken
        .into_values()
        .partition(|one| is_installed || one.permissions.is_some_and(|permissions| permissions.push));
    Ok(Selected { writable, readable })
}

async fn settle(home: &Home, selected: &Selected) -> Result<()> {
    let collected = home.store.repositories().await?;
    let known: BTreeMap<i64, String> = collected.iter().map(|one| (one.repo_id, one.full_name())).collect();
    for one in selected.writable.iter().chain(&selected.readable) {
        if known.get(&one.repo_id).is_some_and(|name| *name != one.full_name) {
            home.store.rename_repository(one.repo_id, one.name.owner(), one.name.name()).await?;
        }
    }
    for new in selected.writable.iter().filter(|one| !known.contains_key(&one.repo_id)) {
        home.store.add_repository(&stored(new, true)).await?;
        home.store.journal("add repository", &new.full_name, "a selection").await?;
        tell!("added {} (id {})", new.full_name, new.repo_id);
    }
    // One that may no longer be pushed to stays: its issues can still be read.
    let taken: BTreeSet<i64> = selected.writable.iter().chain(&selected.readable).map(|one| one.repo_id).collect();
    for gone in collected.iter().filter(|one| one.is_selected && !taken.contains(&one.repo_id)) {
        home.store.remove_repository(gone.repo_id, Utc::now()).await?;
        home.store.journal("remove repository", &gone.full_name(), "a selection").await?;
        tell!("{} is selected no more: its history stays", gone.full_name());
    }
    Ok(())
}

/// Whether an owner is a selected account.
fn is_named(selections: &[Selection], owner: &str) -> bool {
    selections.iter().any(|one| match one {
        Selection::User(login) | Selection::Organisation(login) => login.eq_ignore_ascii_case(owner),
        Selection::Rule(_) => false,
    })
}

/// The lists that the selections ask for. A user is the token's own, or somebody else, whose public ones are seen.
async fn accounts(client: &Client, selections: &[Selection], rules: &[Rule]) -> Result<Vec<Account>> {
    let viewer = match selections.iter().any(|one| matches!(one, Selection::User(_))) {
        true => match client.viewer().await? {
            ViewerOutcome::Known(viewer) => viewer.login,
            ViewerOutcome::Unavailable(_) => None,
        },
        false => None,
    };
    let is_own = |login: &str| viewer.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(login));
    let mut accounts = Vec::new();
    for selection in selections {
        let account = match selection {
            Selection::User(login) if is_own(login) => Account::Own,
            Selection::User(login) => Account::User(login.clone()),
            Selection::Organisation(login) => Account::Organisation(login.clone()),
            Selection::Rule(_) => continue,
        };
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    let needs_own = rules.iter().filter_map(Rule::owner_taken).any(|owner| !is_named(selections, owner));
    if (needs_own || (accounts.is_empty() && !rules.is_empty())) && !accounts.contains(&Account::Own) {
        accounts.push(Account::Own);
    }
    Ok(accounts)
}

fn subject(account: &Account) -> String {
    match account {
        Account::Own => "the token's repositories".to_owned(),
        Account::User(login) => format!("the repositories of user {login}"),
        Account::Organisation(login) => format!("the repositories of organisation {login}"),
    }
}
