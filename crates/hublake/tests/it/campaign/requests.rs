//! What may be asked of GitHub: as little as can be, and nothing while a limit says to wait.

use github_sim::RequestRecord;

use super::voyage::Seen;

/// Times are whole milliseconds on both sides.
const ROUNDING_MS: u64 = 20;
/// Items or events of a page, and issues of a query.
const PAGE: usize = 100;

/// Refusals, in words, that the program could have known of: an answer of the same limit had come before. A limit that
/// an earlier run used up is told by the first refusal.
pub fn provoked(requests: &[RequestRecord]) -> Vec<String> {
    let could_know = |refused: &&RequestRecord| {
        requests.iter().any(|earlier| {
            earlier.refusal.is_none()
                && is_query(earlier) == is_query(refused)
                && earlier.answered_at_ms < refused.came_at_ms
        })
    };
    let refused = requests.iter().filter(|one| one.refusal.is_some()).filter(could_know);
    refused
        .map(|one| format!("GitHub refused request {} ({}) for a limit that was known", one.number, one.target))
        .collect()
}

/// Requests that came before a refusal allowed it, in words. So many others can have been under way when it came.
pub fn after_refusals(requests: &[RequestRecord], under_way: usize) -> Vec<String> {
    let mut problems = Vec::new();
    for refused in requests {
        // A refusal whose connection broke off was never read.
        let Some(refusal) = refused.refusal.filter(|_| refused.status != 0) else { continue };
        let allowed_at_ms = (refused.answered_at_ms + refusal.wait_ms).saturating_sub(ROUNDING_MS);
        let is_meant = |other: &&RequestRecord| refusal.is_secondary || is_query(other) == is_query(refused);
        let is_early = |other: &&RequestRecord| other.number > refused.number && other.came_at_ms < allowed_at_ms;
        let early = requests.iter().filter(is_meant).filter(is_early).skip(under_way);
        problems.extend(early.map(|other| {
            format!(
                "{} came {} ms after request {} ({} {}) was told to wait for {} ms",
                other.target,
                other.came_at_ms.saturating_sub(refused.answered_at_ms),
                refused.number,
                refused.status,
                refused.target,
                refusal.wait_ms
            )
        }));
    }
    problems
}

/// The fewest requests with which a run can do its work.
pub struct Minimum<'a> {
    /// What the run before had seen.
    pub before: &'a Seen,
    /// What is there now.
    pub after: &'a Seen,
    /// Whether events come by REST.
    pub is_rest: bool,
}

/// What is asked of a repository, or the least that has to be.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    /// Pages of the list of issues.
    lists: usize,
    /// Pages of the list of events, and queries.
    events: usize,
    /// Issues asked for by their numbers.
    singles: usize,
}

impl Minimum<'_> {
    /// Where more than 1.1 times the minimum was asked, in words.
    pub fn exceeded(&self, requests: &[RequestRecord]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut all = Asked::default();
        for id in self.after.keys() {
            let is_list = |one: &&RequestRecord| one.target.starts_with(&format!("/repositories/{id}/issues?"));
            let lists: Vec<u16> = requests.iter().filter(is_list).map(|one| one.status).collect();
            let least = match lists.as_slice() {
                [304] => Asked { lists: 1, ..Asked::default() },
                _ => self.of_repository(*id),
            };
            if is_exceeded(lists.len(), least.lists) {
                problems.push(format!("{id}: {} pages of its list, {} would do", lists.len(), least.lists));
            }
            all.lists += least.lists;
            all.events += least.events;
            all.singles += least.singles;
        }
        let least = all.lists + all.events + all.singles;
        if is_exceeded(requests.len(), least) {
            let words: Vec<String> = requests.iter().map(|one| format!("    {} {}", one.status, one.target)).collect();
            problems.push(format!("{} requests, {least} would do: {all:?}\n{}", requests.len(), words.join("\n")));
        }
        problems
    }

    fn of_repository(&self, id: u64) -> Asked {
        let after = &self.after[&id];
        let count = after.len();
        let Some(before) = self.before.get(&id) else {
            let lists = if count > PAGE { count.div_ceil(PAGE) + 1 } else { 1 };
            let events: usize = after.values().map(|issue| issue.events.len()).sum();
            let events = match self.is_rest {
                true if count == 0 => 0,
                true => events.div_ceil(PAGE).max(1),
                false => count.div_ceil(PAGE),
            };
            return Asked { lists, events, singles: 0 };
        };
        let is_changed = |number: &u32| before.get(number).is_none_or(|old| old.updated_at != after[number].updated_at);
        let changed = after.keys().filter(|number| is_changed(number)).count();
        let known_events = |number: &u32| before.get(number).map_or(0, |old| old.events.len());
        let new_events: usize = after.iter().map(|(number, new)| new.events.len() - known_events(number)).sum();
        let vanished = before.keys().filter(|number| !after.contains_key(number)).count();
        let lists = if count > PAGE && changed > 0 { changed.div_ceil(PAGE) + 1 } else { 1 };
        let events = match self.is_rest {
            true if changed == 0 => 0,
            true => new_events.div_ceil(PAGE) + 1,
            // One for the totals, which tell whether something vanished, and one for what it was; where that is
            // more than a query can ask, its place in the list is narrowed down first.
            false => {
                changed.div_ceil(PAGE) + 1 + usize::from(vanished > 0) * (1 + 2 * usize::from(before.len() > PAGE))
            }
        };
        Asked { lists, events, singles: if self.is_rest { 0 } else { vanished } }
    }
}

fn is_exceeded(asked: usize, least: usize) -> bool {
    10 * asked > 11 * least
}

fn is_query(request: &RequestRecord) -> bool {
    request.target.starts_with("/graphql")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, TimeDelta, Utc};
    use github_sim::{IssueState, IssueTruth, Refusal};

    use super::*;

    fn request(number: u64, target: &str, at_ms: u64, refusal: Option<Refusal>) -> RequestRecord {
        RequestRecord {
            number,
            method: "GET".to_owned(),
            target: target.to_owned(),
            status: if refusal.is_some() { 403 } else { 200 },
            charged: 1,
            operation: None,
            came_at_ms: at_ms,
            answered_at_ms: at_ms + 1,
            refusal,
        }
    }

    #[test]
    fn a_request_before_the_time_that_a_refusal_told_is_held_against_the_program() {
        let secondary = Refusal { wait_ms: 2_000, is_secondary: true };
        let refused = request(1, "/repositories/1/issues?page=2", 100, Some(secondary));
        let problems = |later: RequestRecord| after_refusals(&[refused.clone(), later], 0).len();
        assert_eq!(problems(request(2, "/repositories/2/issues", 1_500, None)), 1);
        assert_eq!(problems(request(2, "/graphql", 1_500, None)), 1, "all must wait for a secondary limit");
        assert_eq!(problems(request(2, "/graphql", 2_200, None)), 0);
        let two = [refused.clone(), request(2, "/graphql", 150, None), request(3, "/graphql", 160, None)];
        assert_eq!(after_refusals(&two, 1).len(), 1, "one was under way");
        let primary = Refusal { is_secondary: false, ..secondary };
        let refused = request(1, "/repositories/1/issues", 100, Some(primary));
        assert_eq!(after_refusals(&[refused.clone(), request(2, "/graphql", 1_500, None)], 0).len(), 0);
        assert_eq!(after_refusals(&[refused, request(2, "/repositories/2", 1_500, None)], 0).len(), 1);
    }

    #[test]
    fn a_refusal_after_an_answer_is_held_against_the_program_and_the_first_of_a_run_is_not() {
        let primary = Some(Refusal { wait_ms: 2_000, is_secondary: false });
        let answered = request(1, "/repositories/1/issues", 100, None);
        let refused = |number, target| request(number, target, 1_500, primary);
        assert_eq!(provoked(&[answered.clone(), refused(2, "/repositories/2/issues")]).len(), 1);
        assert_eq!(provoked(&[answered, refused(2, "/graphql")]).len(), 0, "another limit");
        assert_eq!(provoked(&[refused(1, "/repositories/1/issues")]).len(), 0);
    }

    #[test]
    fn an_unchanged_list_leaves_nothing_to_ask() {
        let seen = issues(40, 0);
        let minimum = Minimum { before: &seen, after: &seen, is_rest: false };
        let probe = RequestRecord { status: 304, ..request(1, "/repositories/7/issues?page=1", 0, None) };
        assert!(minimum.exceeded(std::slice::from_ref(&probe)).is_empty());
        assert_eq!(minimum.exceeded(&[probe, request(2, "/graphql", 0, None)]).len(), 1);
    }

    fn issues(count: u32, changed: u32) -> Seen {
        let at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().expect("an instant");
        let issue = |number: u32| IssueTruth {
            id: number.into(),
            number,
            state: IssueState::Open,
            created_at: at,
            closed_at: None,
            updated_at: at + TimeDelta::hours(i64::from(number <= changed)),
            labels: Vec::new(),
            is_pull_request: false,
            comments: 0,
            events: Vec::new(),
        };
        BTreeMap::from([(7, (1..=count).map(|number| (number, issue(number))).collect())])
    }

    #[rstest::rstest]
    #[case::a_page(40, None, 2)]
    #[case::three_pages(250, None, 4 + 3)]
    #[case::idle(250, Some(0), 1 + 1)]
    #[case::active(250, Some(3), 2 + 2)]
    fn one_request_more_than_the_minimum_is_too_many(
        #[case] count: u32,
        #[case] changed: Option<u32>,
        #[case] least: usize,
    ) {
        let before = if changed.is_some() { issues(count, 0) } else { Seen::new() };
        let after = issues(count, changed.unwrap_or_default());
        let minimum = Minimum { before: &before, after: &after, is_rest: false };
        let made = |count: usize| vec![request(1, "/graphql", 0, None); count];
        assert!(minimum.exceeded(&made(least)).is_empty());
        assert_eq!(minimum.exceeded(&made(least + 1)).len(), 1);
        let lists = vec![request(1, "/repositories/7/issues?page=1", 0, None); least];
        assert!(!minimum.exceeded(&lists).is_empty(), "lists are counted for themselves");
    }
}
