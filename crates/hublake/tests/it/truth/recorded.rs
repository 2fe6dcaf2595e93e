//! The recorded repositories, read from the folder that `HUBLAKE_RECORDED_DATA` names.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use super::{History, Issue, Life, Repository, RepositoryColumns, Truth};

/// The folder of recorded data, if the environment names one.
///
/// Panics where the variable is set and the folder is not there: a test on recorded data must not pass unseen.
pub fn recorded_data() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("HUBLAKE_RECORDED_DATA")?);
    // Cargo runs tests in the folder of their package, people name the folder as seen from the workspace.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found = [folder.clone(), workspace.join(&folder)].into_iter().find(|path| path.is_dir());
    Some(found.unwrap_or_else(|| panic!("HUBLAKE_RECORDED_DATA names {}, which is no folder", folder.display())))
}

/// What `read` makes of each line of a gzip-compressed file of JSON lines.
///
/// A line is parsed and dropped before the next: the files are large. `str::parse` is code of serde_json itself,
/// which is optimised in every profile.
pub fn read_ndjson<T>(path: &Path, read: impl Fn(Value) -> T) -> Vec<T> {
    let file = File::open(path).unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
    let mut records = Vec::new();
    for (index, line) in BufReader::new(MultiGzDecoder::new(file)).lines().enumerate() {
        let place = || format!("{} line {}", path.display(), index + 1);
        let line = line.unwrap_or_else(|error| panic!("{}: {error}", place()));
        let value = line.parse().unwrap_or_else(|error: serde_json::Error| panic!("{}: {error}", place()));
        records.push(read(value));
    }
    records
}

/// What happened in the recorded repositories.
///
/// For rust-lang/rust no events are recorded: an issue that has a `closed_at` is served with one event of closing.
pub fn recorded_histories(folder: &Path) -> Vec<History> {
    vec![
        history_with_timeline(folder, "bitcoin-core-gui", 272_700_405, "bitcoin-core/gui"),
        history_with_timeline(folder, "bitcoin-bips", 14_531_737, "bitcoin/bips"),
        history_of_rust(folder),
    ]
}

impl Truth {
    /// The three recorded repositories: bitcoin-core/gui, bitcoin/bips and rust-lang/rust.
    pub fn recorded(folder: &Path) -> Self {
        Self {
            repositories: vec![
                with_timeline(folder, "bitcoin-core-gui", 272_700_405, "bitcoin-core/gui"),
                with_timeline(folder, "bitcoin-bips", 14_531_737, "bitcoin/bips"),
                rust(folder),
            ],
        }
    }
}

fn with_timeline(folder: &Path, file: &str, id: i64, full_name: &str) -> Repository {
    let path = folder.join(format!("issues/{file}.issues_with_timeline.ndjson.gz"));
    let issues = read_ndjson(&path, |record| match record["type"].as_str() {
        Some("issue") => Issue::from_rest(&record["issue"]),
        Some("pull") => Issue::from_pull(&record["pull"]),
        other => panic!("{} holds a record of type {other:?}", path.display()),
    });
    Repository::new(id, full_name, issues)
}

fn rust(folder: &Path) -> Repository {
    let path = folder.join("issues/rust-lang_rust.main.ndjson.gz");
    let issues = read_ndjson(&path, |object| {
        let is_own = object["repository_url"] == "https://api.github.com/repos/rust-lang/rust";
        is_own.then(|| Issue::from_rest(&object))
    });
    Repository::new(724_712, "rust-lang/rust", issues.into_iter().flatten())
}

fn history_with_timeline(folder: &Path, file: &str, id: i64, full_name: &str) -> History {
    let path = folder.join(format!("issues/{file}.issues_with_timeline.ndjson.gz"));
    let lives = read_ndjson(&path, |record| match record["type"].as_str() {
        Some("issue") => Life::from_rest(&record["issue"], &record["events"], false),
        Some("pull") => Life::from_rest(&record["pull"], &record["events"], true),
        other => panic!("{} holds a record of type {other:?}", path.display()),
    });
    History { columns: RepositoryColumns::new(id, full_name), lives }
}

fn history_of_rust(folder: &Path) -> History {
    let path = folder.join("issues/rust-lang_rust.main.ndjson.gz");
    let lives = read_ndjson(&path, |object| {
        let closing = json!([{"event": "closed", "created_at": object["closed_at"]}]);
        let is_own = object["repository_url"] == "https://api.github.com/repos/rust-lang/rust";
        is_own.then(|| Life::from_rest(&object, &closing, !object["pull_request"].is_null()))
    });
    History { columns: RepositoryColumns::new(724_712, "rust-lang/rust"), lives: lives.into_iter().flatten().collect() }
}
