//! The SQL models of `models/`: read, checked, planned, run, audited.
//!
//! A [`Project`] holds models and audits in dependency order. One file makes one table or view:
//!
//! ```sql
//! -- One row per issue, as last seen.
//! /*
//! kind = "merge"
//! pipeline = "issues"
//! grain = ["repo_id", "issue_id"]
//! key = ["repo_id", "issue_id"]
//! changes = "stg_issue_changes"
//! */
//! SELECT
//!   CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's number of the repository
//!   CAST(issue_id AS BIGINT) AS issue_id -- GitHub's number of the issue
//! FROM stg_issue_changes
//! ```
//!
//! `models/README.md` describes the form. A pipeline's [`plan`] is a list of steps as data; [`build`] and
//! [`audit`] execute that list over a batch session, which holds the rows of some repositories:
//!
//! - the sources of `models/sources.toml` in the default schema,
//! - schema `previous`: each stored table's rows of these repositories before the run,
//! - the aggregates `percentile_exact` and `cheapest_cover`, the functions `json_text` and `stable_number`, and the
//!   window functions `lag_within`, `lead_within` and `sum_within`.
//!
//! Readers get their views by [`register_views`].
//!
//! Queries are planned with the session's settings for types and time zone pinned (UTC, plain strings), so
//! a model's result does not depend on the session it runs in. Every column is nullable: what must not be
//! null is an audit, because a constraint would stop a whole batch where an audit stops one repository.

mod audit;
mod build;
mod error;
mod markdown;
mod model;
mod plan;
mod project;
mod session;
mod source;
mod sql_file;
mod statement;
mod types;
mod views;

pub use audit::{Violation, audit};
pub use build::{build, build_model};
pub use error::Error;
pub use markdown::markdown;
pub use model::{Audit, Column, Kind, Layer, Model, Scope, Severity};
pub use plan::{Action, Step, plan};
pub use project::Project;
pub use source::Source;
pub use views::register_views;
