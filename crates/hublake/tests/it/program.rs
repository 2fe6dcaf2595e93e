//! The program as its users run it: the built binary, in a home of its own, with an environment of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use tempfile::TempDir;

use crate::truth::{Expected, differences};

/// An installed program with an empty home; the home goes when this is dropped.
pub struct Hublake {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// How one call of the program ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it answered.
    pub stdout: String,
    /// What it reported.
    pub stderr: String,
}

impl Hublake {
    /// A program that talks to the GitHub at `api_url` with a token, and for which it is now `now`.
    pub fn new(api_url: &str, now: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut hublake = Self { folder, variables: BTreeMap::new() };
        hublake.set("HUBLAKE_HOME", &hublake.home().display().to_string());
        hublake.set("HOME", &hublake.folder.path().display().to_string());
        hublake.set("GITHUB_API_URL", api_url);
        hublake.set("GITHUB_TOKEN", "ghp_test");
        hublake.set_now(now);
        hublake
    }

    /// The folder that holds lake and control store; the program creates it.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("hublake-data")
    }

    /// The folder the program is called in.
    pub fn working_folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sets an environment variable for all later calls.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Moves the instant that stands for the present.
    pub fn set_now(&mut self, now: DateTime<Utc>) {
        self.set("HUBLAKE_NOW", &now.to_rfc3339_opts(SecondsFormat::Secs, true));
    }

    /// A call that has not been started, for tests that need more than its end.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hublake"));
        command.args(arguments).env_clear().envs(&self.variables).current_dir(self.working_folder());
        // What the system itself needs to start a program, and where coverage runs write their counts.
        for name in ["PATH", "TMPDIR", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Calls the program and waits for its end.
    pub fn call(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().expect("the program starts");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("the answer is UTF-8"),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Calls the program, which must end well, and gives what it answered.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let ended = self.call(arguments);
        assert_eq!(ended.code, Some(0), "hublake {arguments:?} failed\n{}\n{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// The rows a query prints as JSON; the text of the failure where it prints none.
    pub fn try_query(&self, sql: &str) -> Result<Vec<Value>, String> {
        let ended = self.call(&["query", sql, "--format", "json"]);
        if ended.code != Some(0) {
            return Err(format!("{sql}\n    ended with {:?}: {}", ended.code, ended.stderr.trim()));
        }
        match serde_json::from_str(&ended.stdout) {
            Ok(Value::Array(rows)) => Ok(rows),
            Ok(other) => Err(format!("{sql}\n    printed no array: {other}")),
            Err(error) => Err(format!("{sql}\n    printed no JSON ({error}): {}", ended.stdout)),
        }
    }

    /// The rows of a query that must succeed.
    pub fn query(&self, sql: &str) -> Vec<Value> {
        self.try_query(sql).unwrap_or_else(|text| panic!("{text}"))
    }

    /// Holds published tables against what they must contain: a text per table that differs.
    pub fn differing_tables(&self, tables: &[Expected]) -> Vec<String> {
        let mut texts = Vec::new();
        for table in tables {
            match self.try_query(&table.query()) {
                Ok(rows) => texts.extend(differences(table, &rows)),
                Err(text) => texts.push(format!("{}: {text}\n", table.table)),
            }
        }
        texts
    }
}
