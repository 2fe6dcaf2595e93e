//! Where visitors come from and what they look at.

use std::collections::BTreeMap;

use super::seeded::Seeded;
use super::{Seen, count, window};

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PopularKind {
    /// Sites that lead here.
    Referrers,
    /// Pages that are looked at.
    Paths,
}

/// An entry of a list: of a referrer, or of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Popular {
    /// The referrer, or the path.
    pub name: String,
    /// The page's title; `None` makes one from the path. Referrers have none.
    pub title: Option<String>,
    /// Views.
    pub count: u64,
    /// Distinct viewers.
    pub uniques: u64,
}

impl Popular {
    /// An entry without a title.
    pub fn new(name: impl Into<String>, count: u64, uniques: u64) -> Self {
        Self { name: name.into(), title: None, count, uniques }
    }
}

/// GitHub tells no more than these.
const LONGEST_LIST: usize = 10;
const REFERRERS: [&str; 14] = [
    "github.com",
    "Google",
    "news.ycombinator.com",
    "Bing",
    "DuckDuckGo",
    "reddit.com",
    "docs.rs",
    "crates.io",
    "t.co",
    "stackoverflow.com",
    "chatgpt.com",
    "linkedin.com",
    "lobste.rs",
    "mail.google.com",
];
/// Share of visitors whose browser does not say where they come from.
const SHARE_DIRECT: f64 = 0.3;
/// After the repository's own name.
const PATHS: [&str; 16] = [
    "",
    "/issues",
    "/pulls",
    "/releases",
    "/tree/main/src",
    "/blob/main/README.md",
    "/actions",
    "/blob/main/CHANGELOG.md",
    "/tree/main/docs",
    "/issues/1",
    "/commits/main",
    "/graphs/traffic",
    "/blob/main/Cargo.toml",
    "/discussions",
    "/security",
    "/wiki",
];

/// Lists as they were at some instants.
#[derive(Debug, Clone, Default)]
pub(super) struct Snapshots {
    lists: BTreeMap<i64, Vec<Popular>>,
}

impl Snapshots {
    pub(super) fn set(&mut self, at: i64, mut entries: Vec<Popular>) {
        rank(&mut entries);
        self.lists.insert(at, entries);
    }

    /// The newest list at an instant, empty when it is too old; `None` when there are no lists at all.
    pub(super) fn at(&self, at: i64) -> Option<Vec<Popular>> {
        if self.lists.is_empty() {
            return None;
        }
        let newest = self.lists.range(at - window::LENGTH + 1..=at).next_back();
        Some(newest.map(|(_, entries)| entries.clone()).unwrap_or_default())
    }
}

/// The list that visits add up to.
pub(super) fn ranked(kind: PopularKind, full_name: &str, seeded: &Seeded, seen: &[Seen]) -> Vec<Popular> {
    let mut by_name: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for visit in seen {
        let name = match kind {
            PopularKind::Referrers => referrer(seeded, visit.visitor).map(str::to_owned),
            PopularKind::Paths => Some(format!("/{full_name}{}", path(seeded, visit.draw))),
        };
        if let Some(name) = name {
            by_name.entry(name).or_default().push(*visit);
        }
    }
    let entry = |(name, seen): (String, Vec<Seen>)| {
        let of = count(&seen);
        Popular::new(name, of.count, of.uniques)
    };
    let mut entries: Vec<Popular> = by_name.into_iter().map(entry).collect();
    rank(&mut entries);
    entries
}

fn rank(entries: &mut Vec<Popular>) {
    entries.sort_by(|left, right| right.count.cmp(&left.count).then_with(|| left.name.cmp(&right.name)));
    entries.truncate(LONGEST_LIST);
}

/// A visitor always comes the same way.
fn referrer(seeded: &Seeded, visitor: u64) -> Option<&'static str> {
    let mut random = seeded.random_of(visitor);
    if random.chance(SHARE_DIRECT) {
        return None;
    }
    REFERRERS.get(early(random.unit(), REFERRERS.len())).copied()
}

fn path(seeded: &Seeded, draw: u64) -> &'static str {
    let place = early(seeded.random_of(draw).unit(), PATHS.len());
    PATHS.get(place).copied().unwrap_or_default()
}

/// A place in a list, the first ones most often.
fn early(unit: f64, length: usize) -> usize {
    (unit * unit * length as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::calendar::DAY;

    #[test]
    fn a_list_holds_ten_entries_by_count_and_then_by_name() {
        let mut snapshots = Snapshots::default();
        let entries = (0..12).map(|number| Popular::new(format!("r{number:02}"), number / 2, 1)).collect();
        snapshots.set(100, entries);
        let names: Vec<String> = snapshots.at(100).unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["r10", "r11", "r08", "r09", "r06", "r07", "r04", "r05", "r02", "r03"]);
    }

    #[test]
    fn the_newest_list_holds_until_it_is_fourteen_days_old() {
        let mut snapshots = Snapshots::default();
        assert_eq!(snapshots.at(0), None);
        snapshots.set(DAY, vec![Popular::new("old", 1, 1)]);
        snapshots.set(2 * DAY, vec![Popular::new("new", 1, 1)]);
        let first = |at: i64| snapshots.at(at).unwrap().first().map(|entry| entry.name.clone());
        assert_eq!(first(DAY - 1), None);
        assert_eq!(first(2 * DAY - 1).as_deref(), Some("old"));
        assert_eq!(first(16 * DAY - 1).as_deref(), Some("new"));
        assert_eq!(first(16 * DAY), None);
    }

    #[test]
    fn counts_of_paths_add_up_to_the_views() {
        let seeded = Seeded::new(5, 0, 40.0, 0.0);
        let mut seen = Vec::new();
        seeded.on(20_000, &mut |visit| seen.push(visit));
        let paths = ranked(PopularKind::Paths, "a/b", &seeded, &seen);
        assert!(paths.iter().all(|entry| entry.name.starts_with("/a/b")));
        let sum: u64 = paths.iter().map(|entry| entry.count).sum();
        assert!(sum <= seen.len() as u64 && paths.len() <= 10);
        let referrers = ranked(PopularKind::Referrers, "a/b", &seeded, &seen);
        let sum: u64 = referrers.iter().map(|entry| entry.uniques).sum();
        assert!(sum <= count(&seen).uniques, "a visitor comes one way only");
    }
}
