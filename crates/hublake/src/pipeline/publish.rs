//! The step `publish`: write, audit, publish.
//!
//! Audits run per repository on the rows that are about to be written; a repository that fails one keeps its
//! published rows and the others go on. What readers see, and the cursors, move in one transaction at the end.

mod cursors;
mod members;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use datafusion::prelude::SessionContext;
use hublake_collect::tables;
use hublake_lake::{SessionOptions, Table, TableSpec, session};
use hublake_models::{Model, Project, Scope, Severity, Violation};
use hublake_store::{NewPublication, Run};

use self::cursors::{moved_cursor, pending};
use super::Pipeline;
use super::batch::{self, Batch, Member, RawTables, Rows};
use crate::home::Home;

/// What a run published.
#[derive(Default)]
pub struct Published {
    /// Repositories whose rows are new.
    pub repositories: Vec<i64>,
    /// Repositories whose rows did not pass, with what they failed.
    pub refused: BTreeMap<i64, String>,
    /// Findings that do not stop publication, and accepted ones.
    pub warnings: Vec<Violation>,
    /// Elements that could not be decoded, by repository.
    pub rejected: BTreeMap<i64, usize>,
}

/// Publishes everything that is completely collected and not yet published.
pub async fn publish(home: &Home, project: &Project, pipeline: &'static Pipeline, run: &Run) -> Result<Published> {
    let (pending, beside) = pending(home, pipeline).await?;
    if pending.is_empty() {
        return Ok(Published::default());
    }
    let mut work = Work::open(home, project, pipeline, run).await?;
    let mut published = Published::default();
    for (members, rows) in members::batches(&work, &pending).await? {
        work.batch(members, rows, &mut published).await?;
    }
    let versions = work.commit().await?;
    work.audit_tables(&versions, &mut published).await?;
    let mut moved: BTreeSet<i64> = published.repositories.iter().copied().collect();
    if pipeline.is_whole {
        moved.insert(0);
    }
    let cursors = pending.into_iter().map(|(cursor, _)| cursor).chain(beside);
    let cursors = cursors.filter(|cursor| moved.contains(&cursor.repo_id));
    let published_at = home.settings.present();
    home.store
        .publish(NewPublication {
            pipeline: pipeline.name.to_owned(),
            run_seq: run.run_seq,
            published_at,
            run_at: run.run_at,
            tables: versions,
            cursors: cursors.map(moved_cursor).collect(),
        })
        .await?;
    Ok(published)
}

struct Work<'a> {
    home: &'a Home,
    project: &'a Project,
    pipeline: &'static Pipeline,
    run: &'a Run,
    raw: RawTables,
    stored: BTreeMap<String, Table>,
    /// Whether the tables are what readers see. After a death between two commits they are not, and nothing may be
    /// concluded from one table on the others.
    is_as_published: bool,
    accepted: BTreeSet<(String, i64)>,
}

impl<'a> Work<'a> {
    async fn open(home: &'a Home, project: &'a Project, pipeline: &'static Pipeline, run: &'a Run) -> Result<Self> {
        let mut stored = BTreeMap::new();
        for model in project.stored().filter(|model| model.pipeline == pipeline.name) {
            stored.insert(model.name.clone(), home.lake.table(&spec_of(model)).await?);
        }
        let exceptions = home.store.exceptions().await?;
        let publication = home.store.latest_publication(pipeline.name).await?;
        let is_as_published = publication.is_some_and(|publication| {
            stored.iter().all(|(name, table)| publication.tables.get(name) == Some(&table.snapshot().version))
        });
        Ok(Self {
            home,
            project,
            pipeline,
            run,
            raw: RawTables::open(home, pipeline).await?,
            stored,
            is_as_published,
            accepted: exceptions.into_iter().map(|one| (one.rule, one.repo_id)).collect(),
        })
    }

    /// Builds, audits and writes one batch; repositories that fail an audit are left out and the rest is built again.
    async fn batch(&mut self, mut members: Vec<Member>, mut rows: Rows, published: &mut Published) -> Result<()> {
        while !members.is_empty() {
            let build = batch::Build {
                home: self.home,
                project: self.project,
                pipeline: self.pipeline,
                run: self.run,
                raw: &self.raw,
                members: &members,
                rows: &rows,
            };
            let batch = Batch::build(&build, &mut self.stored).await?;
            let started = std::time::Instant::now();
            let violations = self.audit(&batch.context, &members).await?;
            tracing::debug!(audited_ms = batch::millis_since(started), "batch audited");
            let (stopping, other): (Vec<_>, Vec<_>) = violations.into_iter().partition(|one| self.stops(one));
            let failed: BTreeSet<i64> = stopping.iter().filter_map(|one| one.repo_id).collect();
            if failed.is_empty() && !stopping.is_empty() {
                bail!(
                    "audit {} found {} rows of no repository, such as {}",
                    stopping[0].audit,
                    stopping[0].count,
                    stopping[0].sample
                );
            }
            for one in &stopping {
                let message = refusal(one, &members);
                published
                    .refused
                    .entry(one.repo_id.unwrap_or_default())
                    .and_modify(|text| {
                        text.push('\n');
                        text.push_str(&message);
                    })
                    .or_insert(message);
            }
            if failed.is_empty() {
                published.warnings.extend(other);
                for (repo_id, count) in &batch.rejected {
                    published.rejected.insert(*repo_id, *count);
                }
                published.repositories.extend(members.iter().map(|member| member.repository.repo_id));
                return batch.write(&mut self.stored).await;
            }
            match &mut rows {
                // What was published of it takes part in the numbers of the others.
                Rows::OfRuns { refused, .. } if !failed.is_subset(refused) => refused.extend(failed),
                _ => members.retain(|member| !failed.contains(&member.repository.repo_id)),
            }
        }
        Ok(())
    }

    async fn audit(&self, context: &SessionContext, members: &[Member]) -> Result<Vec<Violation>> {
        let found =
            hublake_models::audit(context, self.project, self.pipeline.name, Scope::Repository, self.run.run_at)
                .await?;
        // Repository 0 stands for all of a pipeline that is published as a whole.
        let is_member = |id: i64| {
            (self.pipeline.is_whole && id == 0) || members.iter().any(|member| member.repository.repo_id == id)
        };
        let here = |one: &Violation| one.repo_id.is_none_or(is_member);
        Ok(found.into_iter().filter(here).collect())
    }

    fn stops(&self, violation: &Violation) -> bool {
        let is_accepted =
            violation.repo_id.is_some_and(|repo_id| self.accepted.contains(&(violation.audit.clone(), repo_id)));
        violation.severity == Severity::Error && !is_accepted
    }

    /// One commit a table; gives the version of every table that readers will see.
    async fn commit(&mut self) -> Result<BTreeMap<String, i64>> {
        let mut versions = BTreeMap::new();
        for (name, table) in &mut self.stored {
            versions.insert(name.clone(), table.commit().await?);
        }
        for spec in tables::of_pipeline(self.pipeline.name) {
            let table = self.home.lake.table(&spec).await?;
            versions.insert(spec.name, table.snapshot().version);
        }
        Ok(versions)
    }

    async fn audit_tables(&self, versions: &BTreeMap<String, i64>, published: &mut Published) -> Result<()> {
        let context = self.session()?;
        for (name, table) in &self.stored {
            context.register_table(name.as_str(), table.snapshot().provider())?;
        }
        let found =
            hublake_models::audit(&context, self.project, self.pipeline.name, Scope::Table, self.run.run_at).await?;
        let (stopping, other): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| self.stops(one));
        // Of what is no longer collected only the history stays; nobody is to be warned of it.
        let collected: BTreeSet<i64> = self.home.store.repositories().await?.iter().map(|one| one.repo_id).collect();
        published.warnings.extend(other.into_iter().filter(|one| one.repo_id.is_none_or(|id| collected.contains(&id))));
        if let Some(one) = stopping.first() {
            let version = versions.values().max().copied().unwrap_or_default();
            bail!(
                "audit {} found {} rows in the whole tables, such as {}; nothing was published (newest version {version})\nhint: {}",
                one.audit,
                one.count,
                one.sample,
                self.pipeline.way_out
            );
        }
        Ok(())
    }

    fn session(&self) -> Result<SessionContext> {
        let options = SessionOptions { memory_limit_bytes: self.home.settings.memory_bytes, ..Default::default() };
        Ok(session(&options)?)
    }
}

fn refusal(violation: &Violation, members: &[Member]) -> String {
    let name = members
        .iter()
        .find(|member| Some(member.repository.repo_id) == violation.repo_id)
        .map(|member| member.repository.full_name())
        .unwrap_or_default();
    format!(
        "{name}: audit {} found {} rows, such as {}\nhint: it keeps what was published before; look into it, or accept it: hublake audit accept {} --repo {name} --why \"...\"",
        violation.audit, violation.count, violation.sample, violation.audit
    )
}

/// What a model's stored table is to look like.
pub fn spec_of(model: &Model) -> TableSpec {
    TableSpec {
        name: model.name.clone(),
        schema: model.schema(),
        partitioned_by: None,
        by_month: model.by_month.clone(),
    }
}
