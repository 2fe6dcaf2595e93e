//! What commands about trending repositories take.

use clap::Args;

use super::AnswerFormat;

/// See [`super::Command::Trending`].
#[derive(Debug, Args)]
pub struct TrendingArgs {
    /// OWNER/NAME, as it is or was called
    #[arg(required = true, value_name = "OWNER/NAME")]
    pub repositories: Vec<String>,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}
