//! The pages that are generated from the program, and the tests that fail when they are stale.
//!
//! `HUBLAKE_BLESS=1 cargo test` writes them anew.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::settings::{SETTINGS, TRENDING_KEYS, TrendingKey};

const GENERATED: &str = "Generated from the program; do not edit.";

fn config_page() -> String {
    let mut text = format!(
        "# Settings\n\n{GENERATED} A variable of the environment (or of `.env`) wins over the key in\n`hublake.toml`, which is read from the current folder. An unknown key is an error.\n\n| variable | key | default | meaning |\n|---|---|---|---|\n"
    );
    for setting in SETTINGS {
        let key = setting.key.map(|key| format!("`{key}`")).unwrap_or_default();
        text.push_str(&format!("| `{}` | {key} | {} | {} |\n", setting.variable, setting.default, setting.meaning));
    }
    text.push_str(
        "\n## What is looked for as trending\n\nA table `[trending]` in `hublake.toml`:\n\n| key | default | meaning |\n|---|---|---|\n",
    );
    for TrendingKey { key, default, meaning } in TRENDING_KEYS {
        text.push_str(&format!("| `{key}` | `{default}` | {meaning} |\n"));
    }
    text
}

fn cli_page() -> String {
    let mut text = format!("# Command line\n\n{GENERATED}\n");
    let mut command = Cli::command();
    command.build();
    write_command(&mut text, &mut command, 2);
    text
}

fn write_command(text: &mut String, command: &mut clap::Command, level: usize) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let help = command.render_help().to_string();
    let help: Vec<_> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!("\n{} {name}\n\n```text\n{}\n```\n", "#".repeat(level), help.join("\n").trim_end()));
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        write_command(text, sub, level + 1);
    }
}

fn holds(page: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    if std::env::var_os("HUBLAKE_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/{page} is stale; HUBLAKE_BLESS=1 cargo test writes it anew");
}

#[test]
fn the_page_of_settings_is_current() {
    holds("CONFIG.md", &config_page());
}

#[test]
fn the_page_of_commands_is_current() {
    holds("CLI.md", &cli_page());
}
