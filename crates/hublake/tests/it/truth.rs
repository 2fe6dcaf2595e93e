//! What every table must contain, computed from GitHub's own issue objects with plain loops.
//!
//! Nothing here shares code with the product: no SQL, no model, no Arrow. A [`Truth`] is made from the recorded
//! files or from any list of raw REST issue objects, and each of its methods gives the expected rows of one table.
//! Dates are UTC days, ages are fractional days, percentiles interpolate between the two neighbouring values.

pub mod backlog;
mod compare;
mod issue;
mod marts;
mod recorded;
mod report;
mod rows;
mod staging;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};

pub use backlog::{History, Life, backlog_tables};
pub use compare::{Expected, differences};
pub use issue::Issue;
pub use recorded::{read_ndjson, recorded_data, recorded_histories};
pub use report::Verdict;
pub use rows::RepositoryColumns;

/// The repositories whose tables are judged.
pub struct Truth {
    /// One entry per repository, in any order.
    pub repositories: Vec<Repository>,
}

/// One repository and the current state of its issues and pull requests.
pub struct Repository {
    /// Identity and names, as the first four columns of every stored table.
    pub columns: RepositoryColumns,
    /// Every issue and pull request once.
    pub issues: Vec<Issue>,
}

impl Repository {
    /// A repository from raw REST issue objects, as `GET /repos/{owner}/{repo}/issues` lists them.
    ///
    /// Where an issue occurs twice the object with the later `updated_at` counts, at a tie the later in the list.
    pub fn from_rest<'a>(id: i64, full_name: &str, objects: impl IntoIterator<Item = &'a serde_json::Value>) -> Self {
        Self::new(id, full_name, objects.into_iter().map(Issue::from_rest))
    }

    /// A repository from issues that were read already.
    pub fn new(id: i64, full_name: &str, issues: impl IntoIterator<Item = Issue>) -> Self {
        let mut newest = std::collections::BTreeMap::<i64, Issue>::new();
        for issue in issues {
            match newest.get(&issue.number) {
                Some(known) if known.updated_at > issue.updated_at => {}
                _ => {
                    newest.insert(issue.number, issue);
                }
            }
        }
        Self { columns: RepositoryColumns::new(id, full_name), issues: newest.into_values().collect() }
    }

    /// The issues that are no pull requests: only these reach the marts.
    pub fn true_issues(&self) -> impl Iterator<Item = &Issue> {
        self.issues.iter().filter(|issue| !issue.is_pull_request)
    }
}

impl Truth {
    /// The expected rows of every table as a reader sees them at `now`.
    ///
    /// `mart_issue_daily_flow` runs to the day of `now`; its stored form is `stored.mart_issue_daily_flow`.
    pub fn tables(&self, now: DateTime<Utc>) -> Vec<Expected> {
        vec![
            Expected::of("stg_issue_current", &["repo_full_name", "issue_number"], &self.issue_current()),
            Expected::of("stg_issue_labels", &["repo_full_name", "issue_number", "label_id"], &self.issue_labels()),
            Expected::of(
                "stg_issue_assignees",
                &["repo_full_name", "issue_number", "assignee_login"],
                &self.issue_assignees(),
            ),
            Expected::of("stg_sync_state", &["repo_full_name"], &self.sync_state()),
            Expected::of("mart_issue_lifecycle", &["repo_full_name", "issue_number"], &self.issue_lifecycle()),
            Expected::of("stored.mart_issue_daily_flow", &["repo_full_name", "calendar_date"], &self.daily_flow(None)),
            Expected::of(
                "mart_issue_daily_flow",
                &["repo_full_name", "calendar_date"],
                &self.daily_flow(Some(now.date_naive())),
            ),
            Expected::of(
                "mart_issue_closure_age_monthly",
                &["repo_full_name", "year_month"],
                &self.closure_age_monthly(),
            ),
            Expected::of(
                "mart_issue_weekday_rhythm",
                &["repo_full_name", "event_type", "weekday_num"],
                &self.weekday_rhythm(),
            ),
            Expected::of("mart_issue_swing_days", &["repo_full_name", "calendar_date"], &self.swing_days()),
            Expected::of("mart_issue_open_age", &["repo_full_name"], &self.open_age(now)),
        ]
    }

    fn gather<R>(&self, rows: impl Fn(&Repository) -> Vec<R>) -> Vec<R> {
        self.repositories.iter().flat_map(rows).collect()
    }

    /// `stg_issue_current`, without the columns that tell where a row came from.
    pub fn issue_current(&self) -> Vec<rows::IssueCurrent> {
        self.gather(staging::issue_current)
    }

    /// `stg_issue_labels`, without `record_loaded_at`.
    pub fn issue_labels(&self) -> Vec<rows::IssueLabel> {
        self.gather(staging::issue_labels)
    }

    /// `stg_issue_assignees`, without `record_loaded_at`.
    pub fn issue_assignees(&self) -> Vec<rows::IssueAssignee> {
        self.gather(staging::issue_assignees)
    }

    /// `stg_sync_state`, without the columns that name a run.
    pub fn sync_state(&self) -> Vec<rows::SyncState> {
        self.gather(staging::sync_state)
    }

    /// `mart_issue_lifecycle`, without `loaded_at`.
    pub fn issue_lifecycle(&self) -> Vec<rows::IssueLifecycle> {
        self.gather(marts::issue_lifecycle)
    }

    /// `mart_issue_daily_flow`: as stored for `None`, else as read on that day.
    pub fn daily_flow(&self, read_on: Option<NaiveDate>) -> Vec<rows::DailyFlow> {
        self.gather(|repository| marts::daily_flow(repository, read_on))
    }

    /// `mart_issue_closure_age_monthly`.
    pub fn closure_age_monthly(&self) -> Vec<rows::ClosureAgeMonth> {
        self.gather(marts::closure_age_monthly)
    }

    /// `mart_issue_weekday_rhythm`: 14 rows for every repository.
    pub fn weekday_rhythm(&self) -> Vec<rows::WeekdayRhythm> {
        self.gather(marts::weekday_rhythm)
    }

    /// `mart_issue_swing_days`, over the stored days.
    pub fn swing_days(&self) -> Vec<rows::SwingDay> {
        self.gather(marts::swing_days)
    }

    /// `mart_issue_open_age` at an instant: one row per repository that has an issue that is no pull request.
    pub fn open_age(&self, now: DateTime<Utc>) -> Vec<rows::OpenAge> {
        self.gather(|repository| marts::open_age(repository, now).into_iter().collect())
    }

    /// The header figures of the report, one row per repository, for the `days` calendar days that end with
    /// `last_day` and include it: 180 days up to 2026-06-30 begin on 2026-01-02.
    pub fn report(&self, days: u32, last_day: NaiveDate) -> Vec<report::Report> {
        self.gather(|repository| vec![report::report(repository, days, last_day)])
    }
}
