//! A GitHub with empty repositories, a program that collects them, and a folder of files to import.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use github_sim::{SimOptions, World};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ended, Hublake};
use crate::scene::{REPOSITORY_ID, Scene, beginning};
use crate::truth::{Expected, recorded_data};

/// What two ways to the same tables may have differently.
pub const OF_THE_RUN: &[&str] = &["record_loaded_at"];
/// [`OF_THE_RUN`] where the ways are of different times, too.
pub const OF_THE_TIME: &[&str] =
    &["record_loaded_at", "first_seen_at", "last_seen_at", "last_answered_at", "seen_at", "observation_count"];

/// See the module.
pub struct Desk {
    /// GitHub, the program and the time of day.
    pub scene: Scene,
    files: TempDir,
}

impl Desk {
    /// A desk whose repositories are these, numbered from [`REPOSITORY_ID`] on, and added.
    pub async fn new(names: &[&str]) -> Self {
        let mut world = World::new(beginning());
        for (place, name) in names.iter().enumerate() {
            world.add_repository_with_id(name, REPOSITORY_ID + place as u64).expect("a new repository");
        }
        Self::of(world).await
    }

    /// A desk with a world of the test's own.
    pub async fn of(world: World) -> Self {
        let scene = Scene::of(world, SimOptions::default()).await;
        scene.add_all();
        Self { scene, files: folder() }
    }

    /// The program.
    pub fn hublake(&self) -> &Hublake {
        &self.scene.hublake
    }

    /// Another program with an empty home that collects the same.
    pub fn another(&self) -> Hublake {
        let other = Hublake::new(&self.scene.github.url(), self.scene.now());
        let names: Vec<String> = self.scene.github.sim().world().repositories().map(|one| one.full_name()).collect();
        let mut arguments = vec!["add"];
        arguments.extend(names.iter().map(String::as_str));
        other.succeed(&arguments);
        other
    }

    /// Where a file lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Writes a file, `name` may have folders; gives where it lies.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        write(&path, text);
        path.display().to_string()
    }

    /// Imports files into the desk's own home.
    pub fn import(&self, arguments: &[&str]) -> Ended {
        import(self.hublake(), arguments)
    }

    /// [`Desk::import`], which must end well; what was told.
    pub fn import_well(&self, arguments: &[&str]) -> String {
        import_well(self.hublake(), arguments)
    }

    /// Fails unless the tables have these rows.
    pub fn assert_tables(&self, tables: &[Expected]) {
        assert_tables(self.hublake(), tables);
    }
}

/// A folder that goes when it is dropped.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes a file and the folders it lies in.
pub fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// `hublake import traffic ...`.
pub fn import(hublake: &Hublake, arguments: &[&str]) -> Ended {
    hublake.call(&[&["import", "traffic"], arguments].concat())
}

/// [`import`], which must end well; what was told.
pub fn import_well(hublake: &Hublake, arguments: &[&str]) -> String {
    let ended = import(hublake, arguments);
    assert_eq!((ended.code, ended.stderr.contains("error:")), (Some(0), false), "{ended:?}");
    ended.stdout
}

/// Fails unless the tables have these rows.
pub fn assert_tables(hublake: &Hublake, tables: &[Expected]) {
    let texts = hublake.differing_tables(tables);
    assert!(texts.is_empty(), "{}", texts.join(""));
}

/// Every day of a repository about which something is known, as `2024-03-01 views/uniques clones/uniques status`.
pub fn days(hublake: &Hublake, repository: &str) -> Vec<String> {
    let sql = format!(
        "SELECT * FROM stored.mart_traffic_daily WHERE repo_id IN
             (SELECT repo_id FROM stg_traffic_repositories WHERE repo_full_name = '{repository}')
         ORDER BY calendar_date"
    );
    let shown = |row: &Value, column: &str| match &row[column] {
        Value::Null => "?".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let told = |row: &Value| {
        format!(
            "{} {}/{} {}/{} {}",
            shown(row, "calendar_date"),
            shown(row, "views"),
            shown(row, "view_uniques"),
            shown(row, "clones"),
            shown(row, "clone_uniques"),
            shown(row, "status")
        )
    };
    hublake.query(&sql).iter().map(told).collect()
}

/// The folder `traffic` of the recorded data; none, and a word that it is so, where none is named.
pub fn recorded() -> Option<PathBuf> {
    let folder = recorded_data();
    if folder.is_none() {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: generated files are imported instead of recorded ones");
    }
    folder.map(|folder| folder.join("traffic"))
}

/// A date.
pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}
