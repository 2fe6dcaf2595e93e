//! Loads recorded traffic: what collectors of three repositories kept as CSV.

mod recording;
mod sheet;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::Error;
use crate::world::World;
use crate::world::traffic::{PopularKind, Regulars};
use recording::Recording;

/// Name, what its owner is, the archive.
const ARCHIVED: (&str, &str, &str) = ("jgehrcke/covid-19-germany-gae", "User", "ghrs-test.tar.gz");
/// Name, what its owner is, the folder.
const FOLDERS: [(&str, &str, &str); 2] = [
    ("NCAR/i-wrf", "Organization", "NCAR+i-wrf/traffic"),
    ("databricks-solutions/consort", "Organization", "databricks-solutions+consort/traffic"),
];
/// The files of a folder that are read.
const FILES: [&str; 5] = ["views.csv", "clones.csv", "referrers.csv", "paths.csv", "repo-stats.csv"];

impl World {
    /// Loads the traffic of jgehrcke/covid-19-germany-gae, NCAR/i-wrf and databricks-solutions/consort from the folder of
    /// recorded data (the one that holds `traffic/`). The clock stays where it is.
    ///
    /// Repositories that are not there are added, created on the first day of which something is known, with an id of
    /// this world. Days that a recording leaves out have no traffic. Who comes again is not recorded:
    /// [`Regulars::Half`] of each day. Referrers and paths are those of the recorded lists, from their instant (or the
    /// beginning of their date) on. Stars and forks are the recorded ones, none where there are none; no recording has
    /// stars that were taken back, and the one that has no days of stars counts all of them for its first date.
    ///
    /// # Errors
    /// When a file is missing or a line is not what its header promises.
    pub fn load_recorded_traffic(&mut self, data_dir: &Path) -> Result<(), Error> {
        self.load_recorded_traffic_only(data_dir, &[])
    }

    /// Loads only the recorded traffic of these full names; none named means all.
    ///
    /// # Errors
    /// As [`World::load_recorded_traffic`].
    pub fn load_recorded_traffic_only(&mut self, data_dir: &Path, names: &[&str]) -> Result<(), Error> {
        let is_wanted = |name: &str| names.is_empty() || names.contains(&name);
        let folder = data_dir.join("traffic");
        let (name, owner_kind, file) = ARCHIVED;
        if is_wanted(name) {
            self.put_recording(name, owner_kind, read_archive(&folder.join(file))?)?;
        }
        for (name, owner_kind, place) in FOLDERS {
            if is_wanted(name) {
                self.put_recording(name, owner_kind, read_folder(&folder.join(place))?)?;
            }
        }
        Ok(())
    }

    fn put_recording(&mut self, name: &str, owner_kind: &str, recording: Recording) -> Result<(), Error> {
        if self.repository(name).is_none() {
            let owner = name.split('/').next().unwrap_or(name);
            self.users.ensure(owner, owner_kind);
            let id = self.add_repository(name)?;
            let created_at = recording.first_instant().unwrap_or_else(|| self.now().timestamp());
            let repository = self.get_mut(id)?;
            (repository.created_at, repository.changed_at) = (created_at, created_at);
        }
        self.set_daily_traffic(name, &recording.daily(), Regulars::Half)?;
        self.set_stars(name, &recording.new_stars())?;
        self.set_forks(name, &recording.forks)?;
        self.set_subscribers(name, recording.subscribers)?;
        let lists = [(PopularKind::Referrers, recording.referrers), (PopularKind::Paths, recording.paths)];
        for (kind, lists) in lists {
            for (from, entries) in lists {
                self.set_popular(name, kind, from, entries)?;
            }
        }
        Ok(())
    }
}

fn read_archive(path: &Path) -> Result<Recording, Error> {
    let unreadable = |source| Error::ReadRecorded { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let mut recording = Recording::default();
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let inside = entry.path().map_err(unreadable)?.into_owned();
        if entry.header().entry_type().is_file() {
            recording.read(&path.join(inside), &mut entry)?;
        }
    }
    Ok(recording)
}

fn read_folder(folder: &Path) -> Result<Recording, Error> {
    let mut recording = Recording::default();
    for name in FILES {
        let path = folder.join(name);
        // Not every collector keeps paths and stars.
        if path.exists() || name == "views.csv" {
            let file = File::open(&path).map_err(|source| Error::ReadRecorded { path: path.clone(), source })?;
            recording.read(&path, &mut BufReader::new(file))?;
        }
    }
    Ok(recording)
}
