//! Commits of generated repositories, and the people and Apps that make them.

use std::ops::Range;

use super::{Draft, People, at};
use crate::random::Random;
use crate::world::calendar::DAY;
use crate::world::git::{Author, Branch};
use crate::world::{NewCommit, World};

/// Apps with the ids of their users on github.com.
const BOTS: [(&str, u64); 3] = [("dependabot", 49_699_333), ("renovate", 29_139_614), ("github-actions", 41_898_282)];
const WEEK: i64 = 7 * DAY;
const MESSAGES: [&str; 6] = [
    "Fix the build",
    "Add a test",
    "Bump versions",
    "Describe the settings",
    "Say why\n\nIt was unclear.",
    "Größer 🎉",
];

/// The authors of a repository: the first one has an account and made the first commit. One account has two e-mails;
/// some people have no account, and one of those writes the address in different cases.
pub(super) fn people(world: &mut World, everybody: &People, random: &mut Random) -> Vec<Author> {
    let mut people = Vec::new();
    for _ in 0..1 + random.below(9) {
        let login = format!("sim-dev-{:04}", everybody.pick(random).saturating_sub(everybody.first));
        let commit = NewCommit::by(&login, at(0));
        people.push(world.author(&commit));
        if random.chance(0.3) {
            let email = format!("{login}@users.noreply.github.com");
            people.push(world.author(&NewCommit { name: "Known By Two".to_owned(), email, ..commit }));
        }
    }
    if random.chance(0.5) {
        let number = random.below(50);
        people.push(Author::unknown("Ada Example", &format!("Ada.{number}@Example.org")));
        people.push(Author::unknown("ada", &format!("ada.{number}@example.ORG")));
    }
    if random.chance(0.2) {
        let number = 90_000_000 + random.below(1_000);
        people.push(Author::unknown("Gone Dev", &format!("{number}+gone-dev@users.noreply.github.com")));
    }
    for (name, id) in BOTS {
        if random.chance(0.3) {
            people.push(world.author(&NewCommit::by_bot(name, id, at(0))));
        }
    }
    people
}

/// Writes commits between the creation and the last push. The newest one is the last push, but for a few repositories
/// where that was on another branch.
pub(super) fn write(
    branch: &mut Branch,
    people: &[Author],
    draft: &Draft,
    span: Range<i64>,
    now: i64,
    random: &mut Random,
) {
    let Some(first) = people.first() else { return };
    branch.begin(span.start, first.clone());
    let week = now - WEEK;
    let recent = match draft.place {
        place if place % 23 == 5 => 110 + random.below(120),
        place if place % 12 == 9 => 0,
        _ => 1 + random.log_normal(8.0, 0.9).min(80.0) as u64,
    };
    let mut commit = |from: i64, to: i64, random: &mut Random| {
        if from < to {
            let time = from + random.below((to - from).unsigned_abs()).cast_signed();
            let author = &people[random.index(people.len())];
            branch.commit(time, author.clone(), MESSAGES[random.index(MESSAGES.len())]);
        }
    };
    for _ in 0..recent {
        commit(span.start.max(week + 600), span.end, random);
    }
    for _ in 0..random.below(20) {
        commit(span.start, span.end.min(week), random);
    }
    let is_elsewhere = draft.place % 12 == 9;
    if !is_elsewhere {
        branch.commit(span.end, first.clone(), "Release");
    }
}
