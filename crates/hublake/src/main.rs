//! The program: command line, configuration, wiring.

#[macro_use]
mod output;

mod catalogue;
mod clean;
mod cli;
mod commands;
#[cfg(test)]
mod docs;
mod home;
mod memory;
mod pipeline;
mod progress;
mod report;
mod selection;
mod settings;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;

fn main() -> ExitCode {
    memory::keep_few_arenas();
    let matches = Cli::command().after_long_help(settings::help()).get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    if let Err(error) = cli::check(&cli.command) {
        error.exit();
    }
    log_to_stderr(cli.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::from(error).context("no threads can be started")),
    };
    match runtime.block_on(commands::dispatch(cli.command)) {
        Ok(_) if output::is_lost() => ExitCode::from(1),
        Ok(ended) => ended.into(),
        Err(error) => failed(&error),
    }
}

/// Says what failed, why, and what to do; never twice the same words.
fn failed(error: &anyhow::Error) -> ExitCode {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            // A hint stays at the end.
            match text.split_once("\nhint: ") {
                Some((said, hint)) => text = format!("{said}: {cause}\nhint: {hint}"),
                None => text = format!("{text}: {cause}"),
            }
        }
    }
    tell!("error: {text}");
    ExitCode::from(1)
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => "warn,deltalake_core=error,buoyant_kernel=error",
        1 => "info,deltalake_core=warn,buoyant_kernel=warn",
        _ => "debug,deltalake_core=info,buoyant_kernel=info,datafusion=info,sqlparser=info,hyper=info,h2=info",
    };
    let filter = EnvFilter::try_from_env("HUBLAKE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
