//! What commands about traffic take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::AnswerFormat;

/// See [`super::Command::Traffic`].
#[derive(Debug, Args)]
pub struct TrafficArgs {
    /// OWNER/NAME
    #[arg(value_name = "OWNER/NAME")]
    pub repository: String,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}

/// See [`super::Command::Import`].
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Traffic from files of github-repo-stats, ghstats, traffic-stats, JSON arrays or plain CSV
    #[command(
        after_help = "Examples:\n  hublake import traffic --repo ann/tool views_clones_aggregate.csv\n  hublake import traffic ghstats.db\n  hublake import traffic repostats.csv\n\nA file is known by its name and header. Where it does not say whose traffic it holds, --repo does.\nValues are merged as collected ones are: the greatest that was ever seen of a day stands. Importing\na file twice changes nothing."
    )]
    Traffic(ImportArgs),
}

/// See [`ImportCommand::Traffic`].
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The repository, where a file does not say it
    #[arg(long = "repo", value_name = "OWNER/NAME")]
    pub repository: Option<String>,
    /// The owner, where a file has names of repositories alone
    #[arg(long, value_name = "LOGIN")]
    pub owner: Option<String>,
}
