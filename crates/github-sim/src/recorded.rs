//! Loads recorded GitHub data: the real histories of three repositories.

mod conversion;
mod traffic;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use crate::Error;
use crate::payload::Payload;
use crate::world::World;
use crate::world::event::{Detail, Event, EventKind, NOBODY};
use crate::world::issue::{Issue, IssueState, instant};
use crate::world::stars::Stars;
use crate::world::{labels, shape};

/// Name, GitHub's numeric id, when it was created (seconds since 1970), file.
const WITH_TIMELINE: [(&str, u64, i64, &str); 2] = [
    ("bitcoin-core/gui", 272_700_405, 1_590_596_000, "bitcoin-core-gui.issues_with_timeline.ndjson.gz"),
    ("bitcoin/bips", 14_531_737, 1_384_895_000, "bitcoin-bips.issues_with_timeline.ndjson.gz"),
];
const PLAIN: (&str, u64, i64, &str) = ("rust-lang/rust", 724_712, 1_276_714_000, "rust-lang_rust.main.ndjson.gz");

impl World {
    /// Loads rust-lang/rust, bitcoin-core/gui and bitcoin/bips from the folder of recorded data (the one that
    /// holds `issues/`). The clock is set one second after the newest update.
    ///
    /// Items of other repositories in the file of rust-lang/rust are left out. The bitcoin files lack what another
    /// client dropped; every key of GitHub's answer is put back. rust-lang/rust has no recorded events: closed
    /// issues get the one `closed` event that their `closed_at` and `closed_by` tell of.
    ///
    /// # Errors
    /// When a file is missing or a line is not what its file promises.
    pub fn load_recorded(&mut self, data_dir: &Path) -> Result<(), Error> {
        self.load_recorded_only(data_dir, &[])
    }

    /// Loads only the recorded repositories of these full names; none named means all.
    ///
    /// # Errors
    /// As [`World::load_recorded`].
    pub fn load_recorded_only(&mut self, data_dir: &Path, names: &[&str]) -> Result<(), Error> {
        let is_wanted = |name: &str| names.is_empty() || names.contains(&name);
        let folder = data_dir.join("issues");
        for (name, id, created_at, file) in WITH_TIMELINE {
            if is_wanted(name) {
                self.load(name, id, created_at, &folder.join(file), Self::read_timeline_line)?;
            }
        }
        let (name, id, created_at, file) = PLAIN;
        if is_wanted(name) {
            self.load(name, id, created_at, &folder.join(file), Self::read_plain_line)?;
        }
        self.set_clock_after_newest();
        Ok(())
    }

    fn load(
        &mut self,
        name: &str,
        id: u64,
        created_at: i64,
        path: &Path,
        read_line: fn(&mut Self, &str, &str) -> Result<Option<Issue>, Error>,
    ) -> Result<(), Error> {
        self.add_repository_with_id(name, id)?;
        let mut issues = BTreeMap::new();
        for_each_line(path, |line| {
            if let Some(issue) = read_line(self, name, line)? {
                issues.insert(issue.number, issue);
            }
            Ok(())
        })?;
        let repository = self.get_mut(id)?;
        for issue in issues.values() {
            labels::note_labels(repository, issue);
        }
        repository.created_at = created_at;
        repository.changed_at = created_at;
        repository.fill(issues);
        repository.stars = Stars::made_up(id, created_at, repository.changed_at);
        self.note_nodes(id);
        Ok(())
    }

    fn read_plain_line(&mut self, name: &str, line: &str) -> Result<Option<Issue>, Error> {
        let bad = |source: serde_json::Error| Error::BadIssue { reason: source.to_string() };
        let mut payload = Payload::parse(line.as_bytes()).map_err(bad)?;
        let home = payload.value("repository_url");
        let is_own = home.as_ref().and_then(Value::as_str).is_some_and(|url| url.ends_with(&format!("/{name}")));
        if !is_own {
            return Ok(None);
        }
        // The recording client's own note, not GitHub's.
        payload.remove("_meta");
        let closed_by = payload.value("closed_by");
        let user = payload.value("user");
        for person in [&user, &closed_by].into_iter().flatten() {
            if let Value::Object(person) = person {
                self.users.intern(person);
            }
        }
        let actor = match &closed_by {
            Some(Value::Object(person)) => self.users.intern(person),
            _ => NOBODY,
        };
        let mut issue = shape::read(payload.to_bytes())?;
        if let (IssueState::Closed, Some(at)) = (issue.state, issue.closed_at) {
            let id = self.next_event_id();
            issue.events = vec![Event { id, at, detail: Detail::Nothing, actor, kind: EventKind::Closed }];
        }
        Ok(Some(issue))
    }

    fn read_timeline_line(&mut self, name: &str, line: &str) -> Result<Option<Issue>, Error> {
        let document: Value =
            line.parse().map_err(|source: serde_json::Error| Error::BadIssue { reason: source.to_string() })?;
        conversion::issue_with_timeline(name, document, &mut self.users).map(Some)
    }

    fn set_clock_after_newest(&mut self) {
        let newest = self.repositories().map(|repository| repository.changed_at).max();
        if let Some(newest) = newest {
            self.set_now(instant(newest) + TimeDelta::seconds(1));
        }
    }
}

fn for_each_line(path: &Path, mut visit: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let unreadable = |source| Error::ReadRecorded { path: PathBuf::from(path), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut reader = BufReader::with_capacity(1 << 18, MultiGzDecoder::new(BufReader::new(file)));
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        if reader.read_line(&mut line).map_err(unreadable)? == 0 {
            break;
        }
        visit(line.trim_end()).map_err(|error| Error::BadRecorded {
            path: PathBuf::from(path),
            line: number,
            reason: error.to_string(),
        })?;
    }
    Ok(())
}
