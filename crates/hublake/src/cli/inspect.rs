//! What commands that look at files take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::AnswerFormat;

/// See [`super::Command::Inspect`].
#[derive(Debug, Subcommand)]
pub enum InspectCommand {
    /// Services and databases of Render Blueprints, their scores, and what is wrong in them
    #[command(
        after_help = "Examples:\n  hublake inspect render-yaml render.yaml\n  hublake inspect render-yaml */render.yaml --format json\n\nDockerfiles are not looked at; each of their two points would make the complexity greater by one.\nExit codes: 0 every file could be understood, 1 none, 3 some. A single service with an error, such\nas a name that is there twice, is shown and leaves the file understood."
    )]
    RenderYaml(InspectRenderYamlArgs),
}

/// See [`InspectCommand::RenderYaml`].
#[derive(Debug, Args)]
pub struct InspectRenderYamlArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to write
    #[arg(long, value_enum, default_value = "table")]
    pub format: AnswerFormat,
}
