//! Taking repositories out of staging and marts.

use std::collections::BTreeMap;

use anyhow::Result;
use hublake_lake::TableSpec;
use hublake_models::Project;
use hublake_store::{LockOutcome, NewPublication, Repository};

use super::ISSUES;
use crate::home::Home;

/// Takes the rows of repositories out of every stored table, publishes, and forgets where collecting stands.
///
/// Raw answers stay, and so do earlier publications for as long as they are kept.
pub async fn purge(home: &Home, repositories: &[Repository]) -> Result<()> {
    let LockOutcome::Held(_lock) = home.store.lock("issues", "hublake remove --purge")? else {
        anyhow::bail!("a run goes on\nhint: try again when it has ended; the repositories are no longer collected");
    };
    let project = Project::embedded()?;
    let mut ids: Vec<i64> = repositories.iter().map(|repository| repository.repo_id).collect();
    ids.sort_unstable();
    let published = home.store.latest_publication(ISSUES.name).await?;
    let mut tables: BTreeMap<String, i64> =
        published.as_ref().map(|publication| publication.tables.clone()).unwrap_or_default();
    for model in project.stored() {
        if !tables.contains_key(&model.name) {
            continue;
        }
        let spec = TableSpec { name: model.name.clone(), schema: model.schema(), partitioned_by: None };
        let mut table = home.lake.table(&spec).await?;
        let taken = table.take(&ids, false).await?;
        table.put(taken, Vec::new()).await?;
        tables.insert(model.name.clone(), table.commit().await?);
    }
    if let Some(published) = published {
        home.store
            .publish(NewPublication {
                pipeline: ISSUES.name.to_owned(),
                run_seq: published.run_seq,
                published_at: home.settings.present(),
                run_at: published.run_at,
                tables,
                cursors: Vec::new(),
            })
            .await?;
    }
    for repo_id in ids {
        home.store.purge_repository(repo_id).await?;
    }
    Ok(())
}
