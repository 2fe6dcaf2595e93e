//! What people do to issues and repositories.

use chrono::TimeDelta;
use github_sim::{Error, IssueState, IssueTruth, World};
use serde_json::json;

use super::{Corner, FIRST_ID, IDS};
use crate::scene::text;

const LABELS: [&str; 8] = ["bug", "feature request", "docs", "chore", "needs triage", "ci", "p1", "größer|teurer"];
const PEOPLE: [&str; 4] = ["ann", "bob", "cem", "dev"];
const MILESTONES: [&str; 2] = ["1.0", "2.0"];

/// Something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Open,
    /// An issue that is closed without an event, as GitHub has old ones.
    OpenClosed,
    Close,
    Reopen,
    Merge,
    Label,
    Unlabel,
    Assign,
    Unassign,
    Milestone,
    Demilestone,
    Retitle,
    Lock,
    Touch,
    /// Several changes of state at once or almost.
    Storm,
    /// Something more with the issue with which something happened last.
    Again,
    Delete,
    Transfer,
    Convert,
    Rename,
    /// Deletes the repository and makes another one of its name.
    Recreate,
}

/// How often people do what. Issues leave and repositories change more often than on GitHub.
pub(super) const DEEDS: [(u64, Deed); 20] = [
    (20, Deed::Open),
    (1, Deed::OpenClosed),
    (14, Deed::Close),
    (9, Deed::Reopen),
    (5, Deed::Merge),
    (10, Deed::Label),
    (5, Deed::Unlabel),
    (3, Deed::Assign),
    (2, Deed::Unassign),
    (2, Deed::Milestone),
    (2, Deed::Demilestone),
    (4, Deed::Retitle),
    (1, Deed::Lock),
    (2, Deed::Touch),
    (7, Deed::Storm),
    (8, Deed::Again),
    (3, Deed::Delete),
    (4, Deed::Transfer),
    (2, Deed::Convert),
    (2, Deed::Rename),
];

impl Corner {
    /// Does a deed where it can be done, else opens an issue; says what, in words.
    pub fn do_this(&mut self, world: &mut World, deed: Deed) -> String {
        let repositories = self.repositories(world);
        let Some(drawn) = self.random.pick(&repositories) else {
            return format!("seed {}: has no repository", self.seed);
        };
        let newest = |id: &u64| world.repository(*id)?.issues().map(|issue| issue.updated_at).max();
        let busiest = repositories.into_iter().max_by_key(newest).unwrap_or(drawn);
        let repository = if deed == Deed::Again { busiest } else { drawn };
        let at = text(world.now());
        let done = match deed {
            Deed::Open | Deed::OpenClosed => None,
            Deed::Rename => Some(Ok(self.rename(world, repository))),
            Deed::Recreate => Some(Ok(self.recreate(world, repository))),
            _ => self.choose(world, repository, deed).map(|issue| {
                self.change(world, repository, deed, &issue).map(|words| format!("#{} {words}", issue.number))
            }),
        };
        let words = match done {
            None if deed == Deed::OpenClosed => self.open_closed(world, repository),
            None => self.open(world, repository),
            Some(done) => done.unwrap_or_else(|error| panic!("seed {}: {deed:?}: {error}", self.seed)),
        };
        format!("{at} {repository} {words}")
    }

    /// Opens an issue, or now and then a pull request.
    pub(super) fn open(&mut self, world: &mut World, repository: u64) -> String {
        let mut issue = json!({
            "title": format!("thing {}", self.random.between(1, 999)),
            "user": {"login": self.random.pick(&PEOPLE), "id": 7, "type": "User"},
        });
        // A label that comes with the issue and has no event, as in old issues.
        if self.random.percent(20) {
            issue["labels"] = json!([{"id": 1, "name": LABELS[0], "color": "ededed", "default": true}]);
        }
        let is_pull_request = self.random.percent(30);
        if is_pull_request {
            issue["pull_request"] = json!({"url": "https://api.github.com/repos/a/b/pulls/1", "merged_at": null});
        }
        let number = world.upsert_issue(repository, created_now(world, issue)).expect("an issue object");
        format!("#{number} opened{}", if is_pull_request { " (pull request)" } else { "" })
    }

    /// Lets an issue have more events than a page holds.
    pub(super) fn quarrel(&mut self, world: &mut World, repository: u64) {
        let number = world.upsert_issue(repository, created_now(world, json!({"title": "a quarrel"})));
        let number = number.expect("an issue object");
        for _ in 0..self.random.between(51, 110) {
            world.label_issue(repository, number, LABELS[3]).expect("it is there");
            world.advance(TimeDelta::seconds(self.random.between(0, 2) as i64));
            world.unlabel_issue(repository, number, LABELS[3]).expect("it is there");
        }
    }

    fn open_closed(&mut self, world: &mut World, repository: u64) -> String {
        let mut issue = json!({"title": "an old one", "state": "closed"});
        if self.random.percent(70) {
            issue["closed_at"] = json!(text(world.now() - TimeDelta::minutes(self.random.between(0, 59) as i64)));
        }
        let number = world.upsert_issue(repository, created_now(world, issue)).expect("an issue object");
        format!("#{number} opened and closed without an event")
    }

    /// An issue to which the deed can be done.
    fn choose(&mut self, world: &World, repository: u64, deed: Deed) -> Option<IssueTruth> {
        let found = world.repository(repository)?;
        if deed == Deed::Again {
            return found.issues().max_by_key(|issue| issue.updated_at);
        }
        let numbers: Vec<u32> = found.numbers().collect();
        (0..8).find_map(|_| found.issue(self.random.pick(&numbers)?).filter(|issue| can(issue, deed)))
    }

    fn change(&mut self, world: &mut World, repository: u64, deed: Deed, issue: &IssueTruth) -> Result<String, Error> {
        let number = issue.number;
        let label = self.random.pick(&LABELS).expect("there are labels");
        let person = self.random.pick(&PEOPLE).expect("there are people");
        let milestone = self.random.pick(&MILESTONES).expect("there are milestones");
        match deed {
            Deed::Close if self.random.percent(25) => world.close_issue_as_not_planned(repository, number)?,
            Deed::Close => world.close_issue(repository, number)?,
            Deed::Reopen => world.reopen_issue(repository, number)?,
            Deed::Merge => world.merge_pull_request(repository, number)?,
            Deed::Label => world.label_issue(repository, number, label)?,
            Deed::Unlabel => {
                let worn = self.random.pick(&issue.labels).expect("it bears one");
                world.unlabel_issue(repository, number, &worn)?;
            }
            Deed::Assign => world.assign_issue(repository, number, person)?,
            Deed::Unassign => world.unassign_issue(repository, number, person)?,
            Deed::Milestone => world.milestone_issue(repository, number, milestone)?,
            Deed::Demilestone => world.demilestone_issue(repository, number, milestone)?,
            Deed::Retitle => {
                let title = format!("thing {}", self.random.between(1, 999));
                world.edit_issue(repository, number, &title)?;
            }
            Deed::Again if can(issue, Deed::Close) => world.close_issue(repository, number)?,
            Deed::Again if can(issue, Deed::Reopen) => world.reopen_issue(repository, number)?,
            Deed::Again => world.label_issue(repository, number, label)?,
            Deed::Lock => world.lock_issue(repository, number)?,
            Deed::Storm => return self.storm(world, repository, issue),
            Deed::Delete => world.delete_issue(repository, number)?,
            Deed::Convert => world.convert_to_discussion(repository, number)?,
            Deed::Transfer => {
                // Only onwards: whether an issue that comes back keeps its events nobody documents.
                let mut places = self.repositories(world);
                places.retain(|id| *id > repository);
                places.push(self.attic());
                let place = self.random.pick(&places).expect("the attic is there");
                let there = world.transfer_issue(repository, number, place)?;
                return Ok(format!("transferred to {place}#{there}"));
            }
            _ => world.touch_issue(repository, number)?,
        }
        Ok(format!("{deed:?}"))
    }

    /// Closes and opens an issue several times, some of them within a second.
    fn storm(&mut self, world: &mut World, repository: u64, issue: &IssueTruth) -> Result<String, Error> {
        let mut is_open = issue.state == IssueState::Open;
        let times = self.random.between(2, 7);
        for _ in 0..times {
            match is_open {
                true => world.close_issue(repository, issue.number)?,
                false => world.reopen_issue(repository, issue.number)?,
            }
            is_open = !is_open;
            if self.random.percent(40) {
                world.advance(TimeDelta::seconds(self.random.between(1, 3) as i64));
            }
        }
        Ok(format!("changed its state {times} times"))
    }

    fn rename(&mut self, world: &mut World, repository: u64) -> String {
        let old = world.repository(repository).expect("it is there").full_name();
        let owner = if self.random.percent(30) { "guild" } else { "team" };
        let new = format!("{owner}-{}/app-{}", self.seed, self.random.next() % 1_000_000);
        world.rename_repository(&old, &new).expect("the name is free");
        format!("{old} renamed to {new}")
    }

    fn recreate(&mut self, world: &mut World, repository: u64) -> String {
        let name = world.repository(repository).expect("it is there").full_name();
        world.delete_repository(repository).expect("it is there");
        let used = (repository - FIRST_ID) % IDS;
        let id = repository - used + (used / 10 + 1) * 10 + used % 10;
        world.add_repository_with_id(&name, id).expect("its name is free now");
        for _ in 0..self.random.between(0, 6) {
            self.open(world, id);
        }
        format!("{name} deleted and made again as {id}")
    }
}

fn created_now(world: &World, mut issue: serde_json::Value) -> serde_json::Value {
    issue["created_at"] = json!(text(world.now()));
    issue
}

/// Whether GitHub lets people do this to an issue or pull request.
fn can(issue: &IssueTruth, deed: Deed) -> bool {
    let is_open = issue.state == IssueState::Open;
    let is_merged = issue.events.iter().any(|event| event.kind == github_sim::EventKind::Merged);
    match deed {
        Deed::Close => is_open,
        Deed::Reopen => !is_open && !is_merged,
        Deed::Merge => is_open && issue.is_pull_request,
        Deed::Unlabel => !issue.labels.is_empty(),
        Deed::Storm => !is_merged,
        Deed::Delete | Deed::Transfer | Deed::Convert => !issue.is_pull_request,
        _ => true,
    }
}
