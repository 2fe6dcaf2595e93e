//! Files written by hand, one of each kind and broken in each way, and the recorded folder.

mod csv_files;
mod ghstats;
mod json_files;
mod recorded;

use std::path::PathBuf;

use super::*;
use crate::traffic::SnapshotKind;

/// The day that these tests take as today.
fn options() -> Options {
    Options { today: date("2026-11-22"), ..Options::default() }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A folder with one file in it.
struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Fixture {
    /// `name` may have folders.
    fn new(name: &str, text: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        Self { _folder: folder, path }
    }

    /// Another file in the same folder or below it.
    fn beside(self, name: &str, text: &str) -> Self {
        let path = self.path.with_file_name(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn read(&self) -> Result<Imported> {
        read_with(&self.path, &options())
    }

    fn of_repository(&self) -> Result<Imported> {
        read_with(&self.path, &Options { repository: Some("octo/hello".into()), ..options() })
    }
}

/// Days as text: repository, day, views/uniques clones/uniques, and whether they are partial.
fn told(days: &[Day]) -> Vec<String> {
    let value = |value: Option<u32>| value.map_or("?".into(), |value| value.to_string());
    let line = |day: &Day| {
        let Counts { views, view_uniques, clones, clone_uniques } = day.counts;
        format!(
            "{} {} {}/{} {}/{}{}",
            day.repository,
            day.day,
            value(views),
            value(view_uniques),
            value(clones),
            value(clone_uniques),
            if day.is_partial { " partial" } else { "" }
        )
    };
    days.iter().map(line).collect()
}

/// Line, column and problem of a refusal that names a place.
fn refusal(result: Result<Imported>) -> (u64, String, String) {
    match result {
        Err(Error::ImportField { line, column, problem, path }) => {
            assert!(path.is_file());
            (line, column, problem)
        }
        other => panic!("expected a refusal that names a place, got {other:?}"),
    }
}
