//! Which repositories a run finds, and what it learns of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::Value;

use super::{Activity, Analysis, Look, Seen, Sighting};
use crate::trending::rules::{Language, Rules};

/// Code search knows no larger files.
const SEARCHED_BYTES: usize = 384 * 1024;

/// The sightings of a run, by repository, those left out without a branch; these were Render repositories when they
/// were seen before, and these are what was known of files.
pub fn found<'a>(
    rules: &Rules,
    look: &'a Look,
    render: &BTreeSet<u64>,
    known: &BTreeMap<u64, &'a Seen>,
) -> BTreeMap<u64, Sighting<'a>> {
    let mut all: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for language in &rules.languages {
        for seen in of_language(rules, language, look) {
            all.entry(seen.truth.id).or_default().insert(language.name.to_owned());
        }
    }
    for seen in of_render(rules, look) {
        all.entry(seen.truth.id).or_default().insert("render".to_owned());
    }
    for names in all.values_mut() {
        names.retain(|name| !look.failed.contains(name));
    }
    let mut sightings = BTreeMap::new();
    for seen in &look.seen {
        let Some(found_by) = all.remove(&seen.truth.id).filter(|names| !names.is_empty()) else { continue };
        let listed = if seen.has_files { Some(seen) } else { known.get(&seen.truth.id).copied() };
        let mut branches = found_by.clone();
        for language in &rules.languages {
            let is_old = |minimum| listed.and_then(next_major).is_some_and(|major| major < minimum);
            if language.minimum_next_major.is_some_and(is_old) {
                branches.remove(language.name);
            }
        }
        let stays = || render.contains(&seen.truth.id) && may_be_render(seen);
        let category = (branches.contains("render") || stays()).then(|| category(rules, seen));
        let analysis = listed.map(Analysis::of).unwrap_or_default();
        let activity = seen.has_activity.then(|| activity(seen, look));
        let sighting = Sighting { at: look.at, seen, branches, found_by, category, listed, analysis, activity };
        sightings.insert(seen.truth.id, sighting);
    }
    sightings
}

fn of_language<'a>(rules: &Rules, language: &Language, look: &'a Look) -> Vec<&'a Seen> {
    let day = |days| (look.at - TimeDelta::days(days)).date_naive();
    let (pushed_since, created_since) = (day(30), day(180));
    let is_young = |seen: &&Seen| {
        let pushed_at = seen.truth.pushed_at;
        seen.truth.created_at.date_naive() >= created_since
            && pushed_at.is_some_and(|at| at.date_naive() >= pushed_since)
    };
    let of_language = |seen: &&Seen| seen.truth.language.as_deref() == Some(language.name);
    let all = look.seen.iter().filter(of_language).filter(is_young);
    most_starred(all.filter(|seen| !is_excluded(rules, seen)).collect(), rules.limit)
}

fn of_render<'a>(rules: &Rules, look: &'a Look) -> Vec<&'a Seen> {
    let has_file = |seen: &Seen| seen.files.get("render.yaml").is_some_and(|bytes| bytes.len() < SEARCHED_BYTES);
    let has_topic = |seen: &Seen| rules.topics.iter().any(|topic| seen.truth.topics.iter().any(|own| own == topic));
    let is_hit = |seen: &Seen| rules.code_hits > 0 && has_file(seen);
    let all = look.seen.iter().filter(|seen| is_hit(seen) || has_topic(seen));
    most_starred(all.filter(|seen| !is_excluded(rules, seen)).collect(), rules.render_limit)
}

fn most_starred(mut all: Vec<&Seen>, limit: usize) -> Vec<&Seen> {
    all.sort_by_key(|seen| std::cmp::Reverse(seen.truth.stars));
    if let (Some(last), Some(next)) = (limit.checked_sub(1).and_then(|last| all.get(last)), all.get(limit)) {
        assert_ne!(last.truth.stars, next.truth.stars, "nobody can tell which of two comes first");
    }
    all.truncate(limit);
    all
}

fn owner(seen: &Seen) -> String {
    seen.truth.full_name.split('/').next().unwrap_or_default().to_lowercase()
}

fn is_one_of(owner: &str, owners: &[&str]) -> bool {
    owners.iter().any(|one| one.to_lowercase() == owner)
}

fn is_excluded(rules: &Rules, seen: &Seen) -> bool {
    is_one_of(&owner(seen), &rules.excluded_owners)
}

fn has_topic(seen: &Seen) -> bool {
    seen.truth.topics.iter().any(|topic| topic == "render-blueprint" || topic == "render-blueprints")
}

/// Whether nothing speaks against it that a Render repository is one still.
fn may_be_render(seen: &Seen) -> bool {
    !seen.has_files || seen.files.contains_key("render.yaml") || has_topic(seen)
}

fn category(rules: &Rules, seen: &Seen) -> &'static str {
    let owner = owner(seen);
    if is_one_of(&owner, &rules.official_owners) {
        "official"
    } else if has_topic(seen) {
        "blueprint"
    } else if is_one_of(&owner, &rules.employee_owners) {
        "employee"
    } else {
        "community"
    }
}

/// The first number of the version of Next.js that package.json asks for.
pub fn next_major(seen: &Seen) -> Option<u64> {
    let package: Value = serde_json::from_slice(seen.files.get("package.json")?).ok()?;
    let asked = |section: &str| package[section]["next"].as_str();
    let range = asked("dependencies").or_else(|| asked("devDependencies"))?;
    let digits: String =
        range.chars().skip_while(|letter| !letter.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn activity(seen: &Seen, look: &Look) -> Activity {
    let from = look.at - TimeDelta::days(7);
    let (people, bots) = seen.truth.authors_between(from, look.at);
    Activity {
        commits: seen.truth.commits_between(from, look.at),
        closed: if seen.has_issues { seen.truth.closings_between(from, look.at) } else { 0 },
        people,
        bots,
    }
}
