//! Taking repositories out of staging and marts.

use anyhow::Result;
use hublake_models::Project;
use hublake_store::{LockOutcome, NewPublication, Publication, Repository};

use super::PIPELINES;
use super::publish::spec_of;
use crate::home::Home;

/// Takes the rows of repositories out of every stored table, publishes, and forgets where collecting stands.
///
/// Raw answers stay, and so do earlier publications for as long as they are kept.
pub async fn purge(home: &Home, repositories: &[Repository]) -> Result<()> {
    let mut locks = Vec::new();
    for pipeline in PIPELINES {
        let LockOutcome::Held(lock) = home.store.lock(pipeline.name, "hublake remove --purge")? else {
            anyhow::bail!("a run goes on\nhint: try again when it has ended; the repositories are no longer collected");
        };
        locks.push(lock);
    }
    let project = Project::embedded()?;
    let mut ids: Vec<i64> = repositories.iter().map(|repository| repository.repo_id).collect();
    ids.sort_unstable();
    for pipeline in PIPELINES {
        if let Some(published) = home.store.latest_publication(pipeline.name).await? {
            purge_tables(home, &project, published, &ids).await?;
        }
    }
    for repo_id in ids {
        home.store.purge_repository(repo_id).await?;
    }
    Ok(())
}

async fn purge_tables(home: &Home, project: &Project, published: Publication, ids: &[i64]) -> Result<()> {
    let mut tables = published.tables;
    for model in project.stored() {
        if !tables.contains_key(&model.name) {
            continue;
        }
        let mut table = home.lake.table(&spec_of(model)).await?;
        let taken = match model.by_month {
            None => table.take(ids, false).await?,
            Some(_) => {
                let months = table.months_of();
                table.take_months(ids, &months, false).await?
            }
        };
        table.put(taken, Vec::new()).await?;
        tables.insert(model.name.clone(), table.commit().await?);
    }
    home.store
        .publish(NewPublication {
            pipeline: published.pipeline,
            run_seq: published.run_seq,
            published_at: home.settings.present(),
            run_at: published.run_at,
            tables,
            cursors: Vec::new(),
        })
        .await?;
    Ok(())
}
