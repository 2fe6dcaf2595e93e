//! The versions of repositories: what held from when to when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Chronicle, Sighting};
use crate::truth::Expected;

/// A version of a repository.
pub struct Version<'s, 'a> {
    /// `repo_key`
    pub key: u64,
    /// When it was first seen so.
    pub from: DateTime<Utc>,
    /// When it was first seen otherwise.
    pub until: Option<DateTime<Utc>>,
    /// As it was last seen so.
    pub last: &'s Sighting<'a>,
    /// The README that held.
    pub readme_sha256: Option<&'s str>,
}

/// What makes a version.
fn tracked<'s>(sighting: &'s Sighting<'_>) -> impl PartialEq + use<'s> {
    let truth = &sighting.seen.truth;
    let readme = sighting.analysis.readme.as_ref().map(|readme| readme.sha256.as_str());
    (truth.full_name.as_str(), truth.description.as_deref(), truth.language.as_deref(), readme, sighting.category)
}

impl<'a> Chronicle<'a> {
    /// The versions of each repository, oldest first.
    pub fn versions(&self) -> BTreeMap<u64, Vec<Version<'_, 'a>>> {
        let mut all = BTreeMap::new();
        for (id, life) in self.lives() {
            let mut versions: Vec<Version<'_, 'a>> = Vec::new();
            for sighting in life {
                let readme_sha256 = sighting.analysis.readme.as_ref().map(|readme| readme.sha256.as_str());
                if let Some(current) = versions.last_mut() {
                    if tracked(current.last) == tracked(sighting) {
                        current.last = sighting;
                        continue;
                    }
                    current.until = Some(sighting.at);
                }
                let key = id * 1_000_000 + versions.len() as u64 + 1;
                versions.push(Version { key, from: sighting.at, until: None, last: sighting, readme_sha256 });
            }
            all.insert(id, versions);
        }
        all
    }

    /// The key of the version that held at an instant.
    pub fn key_at(&self, id: u64, at: DateTime<Utc>) -> u64 {
        let versions = self.versions();
        let held = |version: &&Version<'_, '_>| version.from <= at && version.until.is_none_or(|until| at < until);
        versions[&id].iter().find(held).expect("it was seen then").key
    }

    /// `dim_repositories`
    pub fn dim_repositories(&self) -> Expected {
        let mut rows: Vec<Value> = Vec::new();
        for (id, versions) in self.versions() {
            for Version { key, from, until, last, readme_sha256 } in versions {
                let truth = &last.seen.truth;
                let (owner, name) = last.names();
                rows.push(json!({
                    "repo_key": key, "repo_id": id, "repo_full_name": truth.full_name, "repo_owner": owner,
                    "repo_name": name, "repo_url": last.url(), "description": truth.description,
                    "readme_sha256": readme_sha256, "language": truth.language,
                    "shown_language": last.shown_language(), "is_render": last.is_render(),
                    "created_at": truth.created_at, "render_category": last.category,
                    "valid_from": from, "valid_to": until, "is_current": until.is_none(),
                }));
            }
        }
        Expected::of("stored.dim_repositories", &["repo_key"], &rows)
    }
}
