//! The step `import`: what other collectors kept of traffic goes into the raw tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use hublake_collect::traffic::Value;
use hublake_collect::traffic::import::keep::{self, Keeper, Kept, OfRepository, Origin, Ready};
use hublake_collect::traffic::import::{Imported, Options, read_with};
use hublake_collect::trending::collect::Collection;
use hublake_collect::{Collected, CollectedResult};
use hublake_store::{Repository, Run};

use super::stamp;
use crate::home::Home;

/// Files to import.
#[derive(Clone, Debug)]
pub struct Files {
    /// Where they lie.
    pub paths: Vec<PathBuf>,
    /// The repository (`owner/name`) of files that name none.
    pub repository: Option<String>,
    /// The owner of repositories that files name without one.
    pub owner: Option<String>,
}

/// What the first step of a run brought.
#[derive(Default)]
pub struct Brought {
    /// By repository.
    pub collected: Vec<Collected>,
    /// Imported files of which something was taken, now or before, or in which there was nothing.
    pub files: usize,
    /// What is to be known of each imported file, in words.
    pub told: Vec<String>,
    /// Files, and repositories in files, that were not taken, with why.
    pub refused: Vec<String>,
    /// What the branches of `trending` found.
    pub trending: Option<Collection>,
}

/// Reads one file after the other; one that cannot be read leaves nothing behind.
pub async fn import(home: &Home, run: &Run, files: &Files) -> Result<Brought> {
    let known = Known::of(home).await?;
    let stamp = stamp(run);
    let keeper = Keeper::open(&home.lake, &home.store, &stamp, run.run_at).await?;
    let mut import = Import { files, known, keeper, brought: Brought::default() };
    for path in &files.paths {
        match read(path, files, run.run_at).await {
            Ok((imported, sha256)) => import.keep(path, &imported, &sha256).await?,
            // Its message holds what caused it.
            Err(error) => import.brought.refused.push(error.to_string()),
        }
    }
    import.complete().await
}

async fn read(path: &Path, files: &Files, run_at: DateTime<Utc>) -> Result<(Imported, String)> {
    let options = Options { repository: files.repository.clone(), today: run_at.date_naive(), ..Options::default() };
    let path = path.to_owned();
    // The hash first: what is appended meanwhile makes it another file.
    let work = move || -> Result<_> {
        let sha256 = keep::file_sha256(&path)?;
        Ok((read_with(&path, &options)?, sha256))
    };
    tokio::task::spawn_blocking(work).await?
}

/// Files on their way into the raw tables.
struct Import<'a> {
    files: &'a Files,
    known: Known,
    keeper: Keeper<'a>,
    brought: Brought,
}

impl Import<'_> {
    async fn keep(&mut self, path: &Path, imported: &Imported, sha256: &str) -> Result<()> {
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let origin = Origin { file_name: &file_name, file_sha256: sha256, format: imported.format.name() };
        let mut by_repository: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (name, value) in Value::of(imported) {
            by_repository.entry(name).or_default().push(value);
        }
        let (mut values, mut repositories, mut repeated) = (0, 0, 0);
        let refused = self.brought.refused.len();
        for (name, told) in by_repository {
            let repository = match self.known.find(name, self.files, imported) {
                Ok(repository) => repository,
                Err(reason) => {
                    self.brought.refused.push(format!("{}: {reason}", path.display()));
                    continue;
                }
            };
            let (repo_id, full_name) = (repository.repo_id, repository.full_name());
            let count = i64::try_from(told.len()).unwrap_or(i64::MAX);
            let told = OfRepository { repo_id, full_name: &full_name, values: told };
            match self.keeper.keep(&origin, &told).await? {
                Kept::Known => repeated += 1,
                Kept::New | Kept::Unpublished => {
                    repositories += 1;
                    values += count;
                }
            }
        }
        if repositories + repeated == 0 && self.brought.refused.len() > refused {
            return Ok(());
        }
        self.brought.files += 1;
        let shown = path.display();
        self.brought.told.push(match (repositories, repeated) {
            (0, 0) => format!("{shown}: nothing to take"),
            (0, _) => format!("{shown}: imported before, nothing new"),
            (1, _) => format!("{shown}: {values} values of one repository ({})", origin.format),
            _ => format!("{shown}: {values} values of {repositories} repositories ({})", origin.format),
        });
        self.brought.told.extend(imported.notes.iter().map(|note| format!("{shown}: {note}")));
        Ok(())
    }

    async fn complete(mut self) -> Result<Brought> {
        self.brought.collected = self.keeper.complete().await?.into_iter().map(collected).collect();
        Ok(self.brought)
    }
}

fn collected(ready: Ready) -> Collected {
    let Ready { repo_id, full_name, values } = ready;
    let result = CollectedResult::Changed { pages: 0, rows: values, mode: "import", renamed_to: None };
    Collected { repo_id, full_name, spent: Vec::new(), is_swept: false, result }
}

/// The repositories that are collected, or were, by the names that files may call them.
struct Known {
    by_id: BTreeMap<i64, Repository>,
    by_name: BTreeMap<String, i64>,
}

impl Known {
    async fn of(home: &Home) -> Result<Self> {
        let mut known = Self { by_id: BTreeMap::new(), by_name: BTreeMap::new() };
        let all = home.store.all_repositories().await?;
        for repository in &all {
            for former in home.store.repository_names(repository.repo_id).await? {
                known.by_name.entry(former.full_name.to_lowercase()).or_insert(repository.repo_id);
            }
        }
        // A name belongs to who has it now.
        for repository in all {
            known.by_name.insert(repository.full_name().to_lowercase(), repository.repo_id);
            known.by_id.insert(repository.repo_id, repository);
        }
        Ok(known)
    }

    fn find(&self, name: &str, files: &Files, imported: &Imported) -> Result<&Repository> {
        let by_github = imported.github_ids.get(name).and_then(|id| self.by_id.get(id));
        if let Some(repository) = by_github {
            return Ok(repository);
        }
        let full_name = match (&files.owner, name.contains('/')) {
            (_, true) => name.to_owned(),
            (Some(owner), false) => format!("{owner}/{name}"),
            (None, false) => return self.find_short(name),
        };
        let id = self.by_name.get(&full_name.to_lowercase());
        id.and_then(|id| self.by_id.get(id)).with_context(|| {
            format!("{full_name} is not collected, so nothing of it was taken\nhint: hublake add {full_name}, then import again")
        })
    }

    fn find_short(&self, name: &str) -> Result<&Repository> {
        let mut found = self.by_id.values().filter(|repository| repository.name.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some(repository), None) => Ok(repository),
            (None, _) => anyhow::bail!(
                "{name} is not collected, so nothing of it was taken\nhint: hublake add OWNER/{name}, then import again"
            ),
            (Some(one), Some(other)) => anyhow::bail!(
                "{name} may be {} or {}, so nothing of it was taken\nhint: say the owner: --owner {}",
                one.full_name(),
                other.full_name(),
                one.owner
            ),
        }
    }
}
