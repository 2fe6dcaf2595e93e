//! What publishing to other databases takes.

use clap::{Args, Subcommand};
use secrecy::SecretString;

use super::AnswerFormat;

/// See [`super::Command::Publish`].
#[derive(Debug, Subcommand)]
pub enum PublishCommand {
    /// The nine tables and six views of trending, and others on demand, in a PostgreSQL database
    #[command(
        after_help = "Examples:\n  hublake publish postgres --url postgres://keeper@db.example/lake?sslmode=require\n  hublake publish postgres --url postgres://keeper@localhost/lake --tables issues,traffic\n  hublake publish postgres --url postgres://keeper@localhost/lake --tables mart_issue_lifecycle\n\nAll of it becomes visible at once, and only rows that differ are written. The password may stand in\nthe address; other users of this machine cannot see it in PGPASSWORD or in ~/.pgpass."
    )]
    Postgres(PostgresArgs),
}

/// See [`PublishCommand::Postgres`].
#[derive(Debug, Args)]
pub struct PostgresArgs {
    /// The database: postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE
    #[arg(long, value_parser = secret)]
    pub url: SecretString,
    /// Tables and views to publish besides; issues and traffic stand for all of theirs
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub tables: Vec<String>,
    /// The role that may read; it is made if it is not there
    #[arg(long, value_name = "ROLE", default_value = "hublake_reader")]
    pub reader: String,
    /// Compare all rows, also of tables in which nothing is new
    #[arg(long)]
    pub full: bool,
    /// Drop what has a table's or view's name and was changed by hand or is not hublake's, and make it anew
    #[arg(long)]
    pub replace: bool,
    /// How to write what was done
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}

/// Never fails, so that no message repeats the address.
#[expect(clippy::unnecessary_wraps, reason = "the form of a parser of values")]
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text.to_owned()))
}
