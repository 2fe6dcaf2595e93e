//! `GET /search/repositories`

use std::cmp::Reverse;

use super::query::{Query, Range};
use super::{invalid, read, results};
use crate::render::repository::repository_json;
use crate::serve::answer::Answer;
use crate::serve::request::{Call, Question};
use crate::world::{Repository, World};

const QUALIFIERS: [&str; 15] = [
    "archived", "created", "fork", "forks", "in", "is", "language", "org", "pushed", "repo", "size", "stars", "topic",
    "updated", "user",
];

/// What a search is sorted by; the best match is here what has most stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Stars,
    Forks,
    Updated,
}

/// `GET /search/repositories`: what the caller sees, forks only where they are asked for
pub(crate) fn search(world: &World, call: Call<'_>) -> Answer {
    let query = match read(call.question, &QUALIFIERS) {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    let ranges = match Ranges::read(&query) {
        Ok(ranges) => ranges,
        Err(name) => return invalid("invalid", Some(&format!("The value of {name} is no range."))),
    };
    let now = world.now().timestamp();
    let seen = world.repositories().filter(|repository| call.caller.sees(repository));
    let mut found: Vec<&Repository> =
        seen.filter(|repository| ranges.admit(repository, now) && admits(&query, repository)).collect();
    sort(&mut found, call.question, now);
    results(call, "/search/repositories", found, |repository| {
        let can_push = call.caller.pushes_to(repository);
        let mut item = repository_json(world, repository, false, can_push);
        item.pop();
        item.push_str(",\"score\":1.0}");
        item
    })
}

/// The ranges of numbers and times, by name.
struct Ranges(Vec<(&'static str, bool, Range)>);

impl Ranges {
    fn read(query: &Query) -> Result<Self, &'static str> {
        let mut ranges = Vec::new();
        let names = ["created", "pushed", "updated", "stars", "forks", "size"];
        for (name, is_excluded) in names.into_iter().flat_map(|name| [(name, false), (name, true)]) {
            for value in query.values(name, is_excluded) {
                let is_time = matches!(name, "created" | "pushed" | "updated");
                let range = if is_time { Range::of_times(value) } else { Range::of_numbers(value) };
                ranges.push((name, is_excluded, range.ok_or(name)?));
            }
        }
        Ok(Self(ranges))
    }

    fn admit(&self, repository: &Repository, now: i64) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let figures = repository.figures(now);
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.0.iter().all(|(name, is_excluded, range)| {
            let value = match *name {
                "created" => Some(repository.created_at),
                "pushed" => repository.pushed_at(),
                "updated" => Some(repository.updated_at()),
                "stars" => Some(number(figures.stars)),
                "forks" => Some(number(figures.forks)),
                _ => Some(number(figures.size)),
            };
            value.is_some_and(|value| range.contains(value)) != *is_excluded
        })
    }
}

fn admits(query: &Query, repository: &Repository) -> bool {
    let is = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
    let forks = query.values("fork", false).last().unwrap_or("false");
    let is_wanted_as_fork = match forks {
        "true" => true,
        "only" => repository.is_fork(),
        _ => !repository.is_fork(),
    };
    let owners: Vec<&str> = query.values("user", false).chain(query.values("org", false)).collect();
    let is_of = |value: &str| match value {
        "public" => !repository.is_private(),
        "private" => repository.is_private(),
        _ => false,
    };
    is_wanted_as_fork
        && (owners.is_empty() || owners.iter().any(|owner| is(owner, repository.owner())))
        && !query.values("user", true).chain(query.values("org", true)).any(|owner| is(owner, repository.owner()))
        && query.admits_one("repo", |name| is(name, &repository.full_name()))
        && query.admits_one("language", |name| repository.language().is_some_and(|own| is(own, name)))
        && query.admits_all("topic", |topic| repository.topics().iter().any(|own| is(own, topic)))
        && query.admits_all("archived", |value| is(value, "true") == repository.is_archived())
        && query.admits_all("is", is_of)
        && has_words(query, repository)
}

/// Words are looked for in name, description and topics, or where `in` says.
fn has_words(query: &Query, repository: &Repository) -> bool {
    if query.words.is_empty() {
        return true;
    }
    let places: Vec<&str> = query.values("in", false).flat_map(|value| value.split(',')).collect();
    let is_in = |place: &str| if places.is_empty() { place != "readme" } else { places.contains(&place) };
    let mut text = String::new();
    let mut add = |place: &str, part: &str| {
        if is_in(place) {
            text.push_str(&part.to_lowercase());
            text.push('\n');
        }
    };
    add("name", &repository.full_name());
    add("description", repository.description().as_deref().unwrap_or_default());
    add("topics", &repository.topics().join(" "));
    if is_in("readme")
        && let Some((_, bytes)) = crate::serve::contents::readme_file(repository)
    {
        add("readme", &String::from_utf8_lossy(bytes));
    }
    query.words.iter().all(|word| text.contains(&word.text) != word.is_excluded)
}

/// Equals are sorted by id.
fn sort(found: &mut [&Repository], question: &Question, now: i64) {
    let sort = match question.parameter("sort") {
        Some("forks") => Sort::Forks,
        Some("updated") => Sort::Updated,
        _ => Sort::Stars,
    };
    let key = |repository: &&Repository| match sort {
        Sort::Stars => repository.figures(now).stars,
        Sort::Forks => repository.figures(now).forks,
        Sort::Updated => repository.updated_at().unsigned_abs(),
    };
    // Without `sort`, `order` means nothing.
    if question.parameter("sort").is_some() && question.parameter("order") == Some("asc") {
        found.sort_by_cached_key(key);
    } else {
        found.sort_by_cached_key(|repository| Reverse(key(repository)));
    }
}
