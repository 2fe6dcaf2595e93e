//! Holding what is published against the simulator's truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, Utc};
use github_sim::{Departure, DepartureReason, EventKind, IssueTruth, World};

use super::corner::Corner;
use super::published::{Issue, Repository, Tables};
use super::truth::{self, Interval, micros};

/// The truth, and what is to be known of the runs to judge by it.
pub struct Expectation<'a> {
    /// The simulated GitHub.
    pub world: &'a World,
    /// Repositories that were to be collected, deleted ones too.
    pub added: &'a BTreeSet<u64>,
    /// When each run called the present, and when the world stood at its end.
    pub runs: &'a [(DateTime<Utc>, DateTime<Utc>)],
    /// Issues as a run saw them during which nothing changed.
    pub seen: &'a BTreeMap<(u64, u32), IssueTruth>,
    /// The day to which the daily tables reach.
    pub last_day: NaiveDate,
}

impl Expectation<'_> {
    /// What is wrong, in words.
    pub fn judge(&self, tables: &Tables) -> Vec<String> {
        let nothing = Repository::default();
        let mut problems = Vec::new();
        for id in self.added {
            let found = tables.repositories.get(id).unwrap_or(&nothing);
            let mut judge = Judge { expectation: self, id: *id, found, problems: Vec::new() };
            match self.world.repository(*id) {
                Some(repository) => judge.repository(&repository.full_name()),
                None => judge.deleted_repository(),
            }
            problems.extend(judge.problems);
        }
        problems
    }
}

/// Judging one repository.
struct Judge<'a> {
    expectation: &'a Expectation<'a>,
    id: u64,
    found: &'a Repository,
    problems: Vec<String>,
}

impl Judge<'_> {
    fn repository(&mut self, full_name: &str) {
        let world = self.expectation.world;
        let issues: BTreeMap<u32, IssueTruth> =
            world.issues(self.id).into_iter().map(|issue| (issue.number, issue)).collect();
        self.issues(&issues, full_name);
        let gone = world.departures(self.id).into_iter().map(|departure| (departure.number, departure)).collect();
        self.departures(&gone);
        let mut intervals: BTreeMap<u32, Vec<Interval>> = BTreeMap::new();
        for (number, issue) in &issues {
            let expected = truth::intervals(issue, None);
            self.same(&format!("#{number} intervals"), self.found.states.get(number).unwrap_or(&vec![]), &expected);
            intervals.insert(*number, expected);
        }
        for (number, departure) in &gone {
            intervals.extend(self.intervals_of_departed(departure).map(|of_issue| (*number, of_issue)));
        }
        self.backlogs(&issues, &intervals);
        // The name of a repository without issues is not told by any answer.
        if !issues.is_empty() {
            self.same("names that are current", &self.found.names, &vec![full_name.to_owned()]);
        }
    }

    /// What was published of it stays.
    fn deleted_repository(&mut self) {
        let numbers = self.expectation.seen.keys().filter(|(id, _)| *id == self.id).map(|(_, number)| *number);
        let lost: Vec<u32> = numbers.filter(|number| !self.found.issues.contains_key(number)).collect();
        self.same("issues that a deleted repository lost", &lost, &vec![]);
    }

    fn issues(&mut self, issues: &BTreeMap<u32, IssueTruth>, full_name: &str) {
        let found = self.found;
        let present = found.issues.iter().filter(|(number, _)| !found.departures.contains_key(number));
        let present: BTreeMap<u32, Issue> = present.map(|(number, issue)| (*number, issue.clone())).collect();
        let row = |issue: &IssueTruth| Issue {
            state: issue.state.as_str().to_owned(),
            updated_at: micros(issue.updated_at),
            is_pull_request: issue.is_pull_request,
            has_closed_at: issue.closed_at.is_some(),
            repo_full_name: full_name.to_owned(),
        };
        let expected: BTreeMap<u32, Issue> = issues.iter().map(|(number, issue)| (*number, row(issue))).collect();
        self.same_rows("issues", &present, &expected);
        for (number, issue) in issues {
            let labels: BTreeSet<String> = issue.labels.iter().cloned().collect();
            self.same(&format!("#{number} labels"), found.labels.get(number).unwrap_or(&BTreeSet::new()), &labels);
            let worn = found.worn.get(number).unwrap_or(&BTreeSet::new()).clone();
            self.same(&format!("#{number} labels whose interval has no end"), &worn, &labels);
            let events = truth::events(issue);
            self.same(&format!("#{number} events"), found.events.get(number).unwrap_or(&vec![]), &events);
        }
    }

    fn departures(&mut self, gone: &BTreeMap<u32, Departure>) {
        let known: BTreeSet<u32> =
            self.found.issues.keys().filter(|number| gone.contains_key(number)).copied().collect();
        let told: BTreeSet<u32> = self.found.departures.keys().copied().collect();
        let not_told: BTreeSet<u32> = known.difference(&told).copied().collect();
        self.same("issues that left and are not told of", &not_told, &BTreeSet::new());
        for (number, (left_at, reason)) in &self.found.departures {
            let Some(departure) = gone.get(number) else {
                self.problems.push(self.words(&format!("#{number} did not leave, but {reason} at {left_at}")));
                continue;
            };
            // It is found gone by a run that ends after it left.
            let is_time = |(run_at, ended_at): &&(DateTime<Utc>, DateTime<Utc>)| {
                micros(*run_at) == *left_at && departure.at <= *ended_at
            };
            if !self.expectation.runs.iter().any(|run| is_time(&run)) {
                self.problems.push(self.words(&format!("#{number} left at {}, not at {left_at}", departure.at)));
            }
            if !self.is_reason(departure.reason, reason) {
                self.problems.push(self.words(&format!("#{number} left by {reason}: {:?}", departure.reason)));
            }
        }
    }

    fn is_reason(&self, reason: DepartureReason, word: &str) -> bool {
        match reason {
            // What became a discussion answers as if it had been deleted.
            DepartureReason::Deleted | DepartureReason::ConvertedToDiscussion => word == "deleted",
            DepartureReason::Transferred { repository_id, number } => {
                let there = self.expectation.world.repository(repository_id).and_then(|one| one.issue(number));
                word == "transferred" || (there.is_none() && word == "deleted")
            }
            _ => false,
        }
    }

    /// The intervals that a departed issue is to have: by the truth, where a run saw it as it was when it left,
    /// else its published ones, if they are sound. None where it was never seen.
    fn intervals_of_departed(&mut self, departure: &Departure) -> Option<Vec<Interval>> {
        let number = departure.number;
        let (left_at, _) = self.found.departures.get(&number)?;
        self.found.issues.get(&number)?;
        let found = self.found.states.get(&number).cloned().unwrap_or_default();
        let last = departure.issue.as_ref()?;
        let events = last.events.iter().filter(|event| event.kind != EventKind::ConvertedToDiscussion).count();
        let seen = self.expectation.seen.get(&(self.id, number));
        let as_left = seen.filter(|seen| seen.updated_at == last.updated_at && seen.events.len() == events);
        if let Some(seen) = as_left {
            let expected = truth::intervals(seen, Some(*left_at));
            self.same(&format!("#{number} (gone) intervals"), &found, &expected);
            return Some(expected);
        }
        let has_gaps = found.windows(2).any(|pair| pair[0].1 != Some(pair[1].0) || pair[0].2 == pair[1].2);
        let ends = found.last().and_then(|last| last.1);
        if has_gaps || found.is_empty() || ends.is_none_or(|ends| ends < *left_at) {
            self.problems.push(self.words(&format!("#{number} (gone) intervals: {found:?}, left at {left_at}")));
        }
        Some(found)
    }

    fn backlogs(&mut self, issues: &BTreeMap<u32, IssueTruth>, intervals: &BTreeMap<u32, Vec<Interval>>) {
        let last_day = self.expectation.last_day.to_epoch_days().into();
        let is_pull_request = |number: &u32| issues.get(number).is_some_and(|issue| issue.is_pull_request);
        let of_kind = |wanted: bool| {
            let chosen = intervals.iter().filter(move |(number, _)| is_pull_request(number) == wanted);
            chosen.map(|(_, intervals)| intervals.as_slice())
        };
        self.same_rows("mart_issue_backlog_daily", &self.found.days, &truth::days(of_kind(false), last_day));
        let mut expected = truth::days(of_kind(true), last_day);
        expected.values_mut().for_each(|counts| counts.push(0));
        for issue in issues.values() {
            if let Some(merged) = issue.events.iter().find(|event| event.kind == EventKind::Merged) {
                expected.entry(merged.at.date_naive().to_epoch_days().into()).or_insert_with(|| vec![0; 6])[5] += 1;
            }
        }
        self.same_rows("mart_pull_request_backlog_daily", &self.found.pull_request_days, &expected);
        self.flow(issues);
    }

    /// The daily flow counts every issue that was ever collected, as it was last seen.
    fn flow(&mut self, issues: &BTreeMap<u32, IssueTruth>) {
        let present = issues.values().filter(|issue| !issue.is_pull_request);
        let present = present.map(|issue| issue.closed_at.is_some());
        let gone = self.found.issues.iter().filter(|(number, _)| !issues.contains_key(number));
        let is_closed: Vec<bool> = present.chain(gone.map(|(_, issue)| issue.has_closed_at)).collect();
        if !is_closed.is_empty() {
            let expected =
                vec![is_closed.len() as i64, is_closed.iter().filter(|is_closed| **is_closed).count() as i64];
            self.same("totals of mart_issue_daily_flow", &self.found.flow, &expected);
        }
    }

    fn same<T: PartialEq + Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.problems.push(self.words(&format!("{what}: {found:?}, expected {expected:?}")));
        }
    }

    fn same_rows<K: Ord + Clone + Debug, V: PartialEq + Debug>(
        &mut self,
        what: &str,
        found: &BTreeMap<K, V>,
        expected: &BTreeMap<K, V>,
    ) {
        let keys: BTreeSet<&K> = found.keys().chain(expected.keys()).collect();
        let differing = keys.into_iter().filter(|key| found.get(key) != expected.get(key));
        let rows: Vec<String> = differing
            .map(|key| format!("\n    {key:?}: {:?}, expected {:?}", found.get(key), expected.get(key)))
            .collect();
        if !rows.is_empty() {
            let shown = rows.iter().take(5).cloned().collect::<String>();
            self.problems.push(self.words(&format!("{what}: {} rows differ{shown}", rows.len())));
        }
    }

    fn words(&self, problem: &str) -> String {
        format!("seed {}: repository {}: {problem}", Corner::seed_of(self.id), self.id)
    }
}
