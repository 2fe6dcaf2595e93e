//! Runs of pipelines.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros, optional};
use crate::{Error, Result, Store};

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Grows by one a run; orders runs.
    pub run_seq: i64,
    /// The same as tables hold it, `run-00000042`.
    pub run_id: String,
    /// What the run calls the present.
    pub run_at: DateTime<Utc>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It goes on.
    Running,
    /// Its process is gone without having ended it.
    Interrupted,
    /// Everything is published.
    Done,
    /// Some repositories failed, the others are published.
    Partial,
    /// Nothing was published.
    Failed,
}

/// A run as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// See [`Run::run_seq`].
    pub run_seq: i64,
    /// The pipeline.
    pub pipeline: String,
    /// What the run called the present.
    pub run_at: DateTime<Utc>,
    /// When it began, by the real clock.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The process that runs it.
    pub process_id: i64,
    /// How far it has come.
    pub state: RunState,
    /// A line about its end.
    pub message: String,
    /// Requests sent.
    pub requests: i64,
    /// Answers 304.
    pub not_modified: i64,
    /// Units of the primary limit.
    pub quota: i64,
}

/// What a run did for one stream of one repository.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RunRepository {
    /// Numeric id.
    pub repo_id: i64,
    /// The stream.
    pub stream: String,
    /// `unchanged`, `changed` or `failed`.
    pub state: String,
    /// What failed, or what came.
    pub message: String,
    /// Requests sent.
    pub requests: i64,
    /// Answers 304.
    pub not_modified: i64,
    /// Units of the primary limit.
    pub quota: i64,
    /// Rows collected.
    pub row_count: i64,
}

#[derive(FromRow)]
struct Row {
    run_seq: i64,
    pipeline: String,
    run_at: i64,
    started_at: i64,
    finished_at: Option<i64>,
    process_id: i64,
    presence: String,
    state: String,
    message: String,
    requests: i64,
    not_modified: i64,
    quota: i64,
}

impl RunState {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Done => "done",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

impl Store {
    /// Begins a run.
    pub async fn start_run(&self, pipeline: &str, run_at: DateTime<Utc>) -> Result<Run> {
        let run_seq: i64 = sqlx::query_scalar(
            "INSERT INTO runs (run_seq, pipeline, run_at, started_at, process_id, presence,
                 state)
             VALUES ((SELECT COALESCE(MAX(run_seq), 0) + 1 FROM runs), $1, $2, $3, $4, $5,
                 'running')
             RETURNING run_seq",
        )
        .bind(pipeline)
        .bind(micros(run_at))
        .bind(micros(Utc::now()))
        .bind(i64::from(std::process::id()))
        .bind(self.own_presence()?)
        .fetch_one(&self.pool)
        .await
        .map_err(statement("starting a run"))?;
        Ok(Run { run_seq, run_id: format!("run-{run_seq:08}"), run_at })
    }

    /// Ends a run, with what it did for each repository.
    pub async fn finish_run(
        &self,
        run_seq: i64,
        state: RunState,
        message: &str,
        repositories: &[RunRepository],
    ) -> Result<()> {
        let failed = || statement("finishing a run");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        for one in repositories {
            sqlx::query(
                "INSERT INTO run_repositories (run_seq, repo_id, stream, state, message, requests, not_modified,
                     quota, row_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(run_seq)
            .bind(one.repo_id)
            .bind(&one.stream)
            .bind(&one.state)
            .bind(&one.message)
            .bind(one.requests)
            .bind(one.not_modified)
            .bind(one.quota)
            .bind(one.row_count)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        let total = |value: fn(&RunRepository) -> i64| repositories.iter().map(value).sum::<i64>();
        sqlx::query(
            "UPDATE runs SET finished_at = $2, state = $3, message = $4, requests = $5, not_modified = $6, quota = $7
             WHERE run_seq = $1",
        )
        .bind(run_seq)
        .bind(micros(Utc::now()))
        .bind(state.as_str())
        .bind(message)
        .bind(total(|one| one.requests))
        .bind(total(|one| one.not_modified))
        .bind(total(|one| one.quota))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// The newest runs, newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunSummary>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM runs ORDER BY run_seq DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(statement("listing runs"))?;
        rows.into_iter().map(|row| row.into_summary(self)).collect()
    }

    /// What a run did for each repository.
    pub async fn run_repositories(&self, run_seq: i64) -> Result<Vec<RunRepository>> {
        sqlx::query_as(
            "SELECT repo_id, stream, state, message, requests, not_modified, quota, row_count
             FROM run_repositories WHERE run_seq = $1 ORDER BY repo_id, stream",
        )
        .bind(run_seq)
        .fetch_all(&self.pool)
        .await
        .map_err(statement("listing a run's repositories"))
    }
}

impl Row {
    fn into_summary(self, store: &Store) -> Result<RunSummary> {
        let what = format!("run {}", self.run_seq);
        let state = match self.state.as_str() {
            "running" if store.is_present(&self.presence)? => RunState::Running,
            "running" => RunState::Interrupted,
            "done" => RunState::Done,
            "partial" => RunState::Partial,
            "failed" => RunState::Failed,
            other => {
                return Err(Error::BadValue { what, reason: format!("{other:?} is no state of a run") });
            }
        };
        Ok(RunSummary {
            run_seq: self.run_seq,
            pipeline: self.pipeline,
            run_at: instant(self.run_at, &what)?,
            started_at: instant(self.started_at, &what)?,
            finished_at: optional(self.finished_at, &what)?,
            process_id: self.process_id,
            state,
            message: self.message,
            requests: self.requests,
            not_modified: self.not_modified,
            quota: self.quota,
        })
    }
}
