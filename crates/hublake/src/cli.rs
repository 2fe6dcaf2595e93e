//! The command line.

mod check;
mod inspect;
mod publish;
mod sim;
mod traffic;
mod trending;
mod values;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use hublake_collect::events::Api;

pub use self::check::check;
pub use self::inspect::{InspectCommand, InspectRenderYamlArgs};
pub use self::publish::{PostgresArgs, PublishCommand};
pub use self::sim::{DemoArgs, SimArgs};
pub use self::traffic::{ImportArgs, ImportCommand, TrafficArgs};
pub use self::trending::TrendingArgs;
use self::values::{days, instant};
use crate::output::Format;

/// Keeps GitHub history for good and answers questions about it.
#[derive(Debug, Parser)]
#[command(name = "hublake", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "`hublake --help` lists the settings.
Exit codes: 0 done, 1 failed (nothing published), 2 wrong usage, 3 some repositories failed and the rest are published.")]
pub struct Cli {
    /// More about what happens, on stderr (twice: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the home: control store and lake
    #[command(after_help = "Example:\n  HUBLAKE_HOME=/srv/hublake hublake init")]
    Init,
    /// Save the token that GitHub is asked with, after trying it
    #[command(
        after_help = "Examples:\n  hublake auth                      paste a token\n  hublake auth < token.txt\n  hublake auth --app-id 1234 --private-key app.pem\n  hublake auth --forget"
    )]
    Auth(AuthArgs),
    /// Collect repositories from now on
    #[command(
        after_help = "Examples:\n  hublake add rust-lang/rust bitcoin/bips\n  hublake add --user ann\n  hublake add --org acme '!fork' '!archived'\n  hublake add 'acme/*' '!acme/secret'\n\nAccounts and rules bring in what the token may push to; each run looks for new ones. Rules are\n*, owner/*, owner/name, !owner/*, !owner/name, !fork and !archived; a repository that is named\nis taken or left out as it is named."
    )]
    Add(AddArgs),
    /// Stop collecting repositories; their history stays
    #[command(
        after_help = "Examples:\n  hublake remove rust-lang/rust\n  hublake remove rust-lang/rust --yes --purge\n  hublake remove --org acme '!fork'"
    )]
    Remove(RemoveArgs),
    /// The repositories and how fresh they are
    #[command(after_help = "Example:\n  hublake list --format json")]
    List(FormatArgs),
    /// Collect, build, audit, publish, and answer
    #[command(
        after_help = "Examples:\n  hublake run issues\n  hublake run issues --repo rust-lang/rust --overlap 30d\n  hublake run issues --full\n  hublake run issues --sweep\n  hublake run issues --api rest\n  hublake run traffic\n  hublake run trending"
    )]
    Run(RunArgs),
    /// Answer again from what is published
    #[command(
        after_help = "Examples:\n  hublake report issues --window 90d\n  hublake report issues --repo rust-lang/rust --list oldest\n  hublake report traffic\n  hublake report trending --language go --limit 25"
    )]
    Report(ReportArgs),
    /// The whole history of one repository's traffic
    #[command(after_help = "Example:\n  hublake traffic rust-lang/rust")]
    Traffic(TrafficArgs),
    /// Why a repository is trending: every number of its score, what it declares for Render, its days
    #[command(after_help = "Example:\n  hublake trending render-examples/trender")]
    Trending(TrendingArgs),
    /// Bring in what other collectors kept
    #[command(subcommand)]
    Import(ImportCommand),
    /// Look at files, without GitHub
    #[command(subcommand)]
    Inspect(InspectCommand),
    /// What a run would do and ask GitHub for, how long that takes, and whether the quota suffices
    #[command(
        after_help = "Examples:\n  hublake plan issues\n  hublake plan issues --repo rust-lang/rust --full\n  hublake plan issues --sweep --format json\n  hublake plan issues --steps\n\nTo tell it, GitHub is asked for what a run asks first: free where nothing changed. Nothing is stored."
    )]
    Plan(PlanArgs),
    /// Run SQL over every table that is published
    #[command(
        after_help = "Examples:\n  hublake query \"SELECT repo_full_name, SUM(opened_count) FROM mart_issue_daily_flow GROUP BY 1\"\n  hublake query \"SHOW TABLES\"\n  hublake query \"SELECT COUNT(*) FROM stg_issue_current\" --as-of 2026-01-31T00:00:00Z --format json\n\nCharacters that a terminal obeys are left out of tables or shown as `?`, and are escapes in JSON.\nCSV in a file or a pipe has every text exactly as it is."
    )]
    Query(QueryArgs),
    /// Write a table as Parquet, a folder for each repository; or traffic as the CSV files of traffic-stats
    #[command(
        after_help = "Examples:\n  hublake export mart_issue_daily_flow --to out\n  hublake export traffic-stats --to out    repostats.csv and repositories.csv"
    )]
    Export(ExportArgs),
    /// Publish what is in the lake to another database
    #[command(subcommand)]
    Publish(PublishCommand),
    /// Look at token, limits, lake and store
    #[command(after_help = "Example:\n  hublake doctor")]
    Doctor,
    /// Accepted exceptions to audits
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The newest runs
    #[command(after_help = "Example:\n  hublake runs --format json")]
    Runs(FormatArgs),
    /// Show the main job on a simulated GitHub: no token, no network
    #[command(after_help = "Examples:\n  hublake demo\n  hublake demo --data ../shared/data")]
    Demo(DemoArgs),
    /// Serve a simulated GitHub
    #[command(
        after_help = "Examples:\n  hublake sim --repos 3 --issues 1000 --seed 7 --listen 127.0.0.1:9000\n  hublake sim --trending 50"
    )]
    Sim(SimArgs),
}

/// A pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PipelineName {
    /// Issues and the backlog.
    Issues,
    /// Views, clones, referrers, paths, stars.
    Traffic,
    /// What is trending in each language, and what runs on Render.
    Trending,
}

/// See [`Command::Auth`].
#[derive(Debug, Args)]
pub struct AuthArgs {
    /// Number of a GitHub App, in place of a token
    #[arg(long, requires = "private_key")]
    pub app_id: Option<u64>,
    /// File with the App's private key (PEM)
    #[arg(long, requires = "app_id")]
    pub private_key: Option<PathBuf>,
    /// The App's installation; found by owner if not given
    #[arg(long, requires = "app_id")]
    pub installation_id: Option<u64>,
    /// Forget what is saved
    #[arg(long, conflicts_with = "app_id")]
    pub forget: bool,
}

/// See [`Command::Add`].
#[derive(Debug, Default, Args)]
pub struct AddArgs {
    /// OWNER/NAME, the address of the repository's page, or a rule
    #[arg(required_unless_present_any = ["users", "organisations"], value_name = "OWNER/NAME")]
    pub names: Vec<String>,
    /// Repositories of this user; of the token's own also private ones and those of its organisations
    #[arg(long = "user", value_name = "LOGIN")]
    pub users: Vec<String>,
    /// Repositories of this organisation
    #[arg(long = "org", value_name = "LOGIN")]
    pub organisations: Vec<String>,
}

/// See [`Command::Remove`].
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// OWNER/NAME, or a rule
    #[arg(required_unless_present_any = ["users", "organisations"], value_name = "OWNER/NAME")]
    pub names: Vec<String>,
    /// Bring in this user's repositories no more
    #[arg(long = "user", value_name = "LOGIN")]
    pub users: Vec<String>,
    /// Bring in this organisation's repositories no more
    #[arg(long = "org", value_name = "LOGIN")]
    pub organisations: Vec<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Forget where collecting stands and take the rows out of staging and marts; raw answers stay
    #[arg(long)]
    pub purge: bool,
}

/// How to write.
#[derive(Debug, Args)]
pub struct FormatArgs {
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
}

/// See [`Command::Run`].
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The pipeline
    #[arg(value_enum)]
    pub pipeline: PipelineName,
    /// Only these repositories; one that is not collected yet is added
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    pub repositories: Vec<String>,
    /// Collect everything updated since then again
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub since: Option<DateTime<Utc>>,
    /// Collect again what was updated this long before the newest known update
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub overlap: Option<TimeDelta>,
    /// Collect everything again
    #[arg(long, conflicts_with_all = ["since", "overlap"])]
    pub full: bool,
    /// Look for vanished issues in the whole list of every repository, idle ones too
    #[arg(long)]
    pub sweep: bool,
    /// How to ask for events, and for details of what is trending; graphql needs a token and is used where there is one
    #[arg(long, value_name = "graphql|rest")]
    pub api: Option<Api>,
    /// Do not wait where another run goes on
    #[arg(long)]
    pub no_wait: bool,
    /// Days of the answer
    #[arg(long, value_name = "DAYS", default_value = "180d", value_parser = days)]
    pub window: TimeDelta,
    /// How to write the answer
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}

/// See [`Command::Report`].
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The pipeline
    #[arg(value_enum)]
    pub pipeline: PipelineName,
    /// Only these repositories
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    pub repositories: Vec<String>,
    /// Days of the answer
    #[arg(long, value_name = "DAYS", default_value = "180d", value_parser = days)]
    pub window: TimeDelta,
    /// Last day of the window [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<NaiveDate>,
    /// List the issues behind a figure
    #[arg(long, value_enum)]
    pub list: Option<IssueList>,
    /// Only this language of what is trending; `render` is one
    #[arg(long, value_name = "NAME")]
    pub language: Option<String>,
    /// Issues to list, or repositories of each language, at most [default: 20 issues, 10 repositories]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// For people.
    Table,
    /// One array of objects.
    Json,
}

/// The issues behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IssueList {
    /// Opened in the window, newest first.
    Opened,
    /// Closed in the window, newest first.
    Closed,
    /// Open now, oldest first.
    Oldest,
}

/// See [`Command::Plan`].
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The pipeline
    #[arg(value_enum)]
    pub pipeline: PipelineName,
    /// Only these repositories; one that is not collected yet is not added by this
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    pub repositories: Vec<String>,
    /// As for a run with this option
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub since: Option<DateTime<Utc>>,
    /// As for a run with this option
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub overlap: Option<TimeDelta>,
    /// As for a run with this option
    #[arg(long, conflicts_with_all = ["since", "overlap"])]
    pub full: bool,
    /// As for a run with this option
    #[arg(long)]
    pub sweep: bool,
    /// As for a run with this option
    #[arg(long, value_name = "graphql|rest")]
    pub api: Option<Api>,
    /// Only the steps, with every model and audit; GitHub is not asked
    #[arg(long, conflicts_with_all = ["repositories", "since", "overlap", "full", "sweep", "api"])]
    pub steps: bool,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}

/// See [`Command::Query`].
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// One SELECT, SHOW, DESCRIBE or EXPLAIN
    pub sql: String,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: Format,
    /// Read what was published then
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub as_of: Option<DateTime<Utc>>,
}

/// See [`Command::Export`].
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A table that has repo_owner and repo_name; or traffic-stats
    pub table: String,
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// See [`Command::Audit`].
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// The audits, and the exceptions in force
    #[command(after_help = "Example:\n  hublake audit list")]
    List(FormatArgs),
    /// Let a repository be published although an audit finds something; it is shown with its figures
    #[command(
        after_help = "Example:\n  hublake audit accept closed_long_before_created --repo apache/airflow --why \"known oddity\""
    )]
    Accept(AcceptArgs),
    /// End an exception
    #[command(after_help = "Example:\n  hublake audit revoke 3")]
    Revoke {
        /// Its number in `hublake audit list`
        exception_id: i64,
    },
}

/// See [`AuditCommand::Accept`].
#[derive(Debug, Args)]
pub struct AcceptArgs {
    /// The audit
    pub rule: String,
    /// The repository
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    pub repository: String,
    /// Why
    #[arg(long)]
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn days_and_instants_are_read() {
        assert_eq!(days("90d"), Ok(TimeDelta::days(90)));
        assert!(days("0d").is_err() && days("a while").is_err());
        assert_eq!(instant("2026-01-31").unwrap(), instant("2026-01-31T00:00:00Z").unwrap());
        assert!(instant("yesterday").is_err());
    }

    #[test]
    fn every_command_has_an_example() {
        fn check(command: &clap::Command) {
            for sub in command.get_subcommands() {
                if sub.has_subcommands() {
                    check(sub);
                } else {
                    let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                    assert!(help.contains("Example"), "{} has no example", sub.get_name());
                }
            }
        }
        check(&Cli::command());
    }
}
