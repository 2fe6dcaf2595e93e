//! What the program published, read with one query.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::Hublake;

/// One row a line: what it is of, the repository, and the columns. Texts come last, where a bar does no harm.
const QUERY: &str = "
SELECT concat_ws('|', 'issue', repo_id, issue_number, state, CAST(updated_at AS BIGINT), is_pull_request,
  closed_at IS NOT NULL, repo_full_name) AS line FROM stg_issue_current
UNION ALL
SELECT concat_ws('|', 'label', repo_id, issue_number, label_name) FROM stg_issue_labels
UNION ALL
SELECT concat_ws('|', 'event', repo_id, issue_number, CAST(created_at AS BIGINT), event_type, coalesce(label_name, ''))
FROM stg_issue_events
UNION ALL
SELECT concat_ws('|', 'departure', repo_id, issue_number, CAST(left_at AS BIGINT), reason) FROM stg_issue_departures
UNION ALL
SELECT concat_ws('|', 'state', repo_id, issue_number, CAST(valid_from AS BIGINT),
  coalesce(CAST(valid_to AS BIGINT), -1), state) FROM stg_issue_state_intervals
UNION ALL
SELECT concat_ws('|', 'worn', repo_id, issue_number, label_name) FROM stg_issue_label_intervals WHERE valid_to IS NULL
UNION ALL
SELECT concat_ws('|', 'day', repo_id, CAST(calendar_date AS INT), opened_count, reopened_count, closed_count,
  left_count, open_at_end) FROM mart_issue_backlog_daily
UNION ALL
SELECT concat_ws('|', 'pull request day', repo_id, CAST(calendar_date AS INT), opened_count, reopened_count,
  closed_count, left_count, open_at_end, merged_count) FROM mart_pull_request_backlog_daily
UNION ALL
SELECT concat_ws('|', 'flow', repo_id, sum(opened_count), sum(closed_count)) FROM mart_issue_daily_flow
GROUP BY repo_id
UNION ALL
SELECT concat_ws('|', 'name', repo_id, full_name) FROM stg_repository_names WHERE valid_to IS NULL";

/// What is published of one repository. Instants are microseconds since 1970, days are days since then.
#[derive(Debug, Default)]
pub struct Repository {
    /// `stg_issue_current`, by number.
    pub issues: BTreeMap<u32, Issue>,
    /// Labels of each issue.
    pub labels: BTreeMap<u32, BTreeSet<String>>,
    /// Labels of each issue whose interval has no end.
    pub worn: BTreeMap<u32, BTreeSet<String>>,
    /// Events of each issue: time, kind, label; ordered.
    pub events: BTreeMap<u32, Vec<(i64, String, String)>>,
    /// When issues left, and why.
    pub departures: BTreeMap<u32, (i64, String)>,
    /// State intervals of each issue, ordered by their beginning: from, to, whether it was open.
    pub states: BTreeMap<u32, Vec<(i64, Option<i64>, bool)>>,
    /// Counts of each day: opened, reopened, closed, left, open at its end.
    pub days: BTreeMap<i64, Vec<i64>>,
    /// The same of pull requests, and how many were merged.
    pub pull_request_days: BTreeMap<i64, Vec<i64>>,
    /// Totals of the daily flow: opened and closed.
    pub flow: Vec<i64>,
    /// Names whose interval has no end.
    pub names: Vec<String>,
}

/// A row of `stg_issue_current`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub state: String,
    pub updated_at: i64,
    pub is_pull_request: bool,
    pub has_closed_at: bool,
    pub repo_full_name: String,
}

/// What is published, by repository.
pub struct Tables {
    /// By numeric id.
    pub repositories: BTreeMap<u64, Repository>,
}

impl Tables {
    /// Reads what the program shows its readers.
    pub fn read(hublake: &Hublake) -> Self {
        let mut repositories: BTreeMap<u64, Repository> = BTreeMap::new();
        for row in hublake.query(QUERY) {
            let line = row["line"].as_str().expect("a line of text");
            let mut parts = line.splitn(3, '|');
            let (kind, id, rest) = (parts.next(), parts.next(), parts.next());
            let (Some(kind), Some(id), Some(rest)) = (kind, id, rest) else { panic!("{line}") };
            repositories.entry(id.parse().expect("an id")).or_default().take(kind, rest);
        }
        for repository in repositories.values_mut() {
            repository.events.values_mut().for_each(|events| events.sort());
            repository.states.values_mut().for_each(|states| states.sort());
        }
        Self { repositories }
    }
}

impl Repository {
    fn take(&mut self, kind: &str, rest: &str) {
        let numbers = || rest.split('|').map(|text| text.parse().expect("a number")).collect::<Vec<i64>>();
        let (first, after) = rest.split_once('|').unwrap_or((rest, ""));
        let number = || first.parse::<u32>().expect("an issue's number");
        match kind {
            "issue" => {
                let columns: Vec<&str> = after.splitn(5, '|').collect();
                let issue = Issue {
                    state: columns[0].to_owned(),
                    updated_at: columns[1].parse().expect("an instant"),
                    is_pull_request: columns[2] == "true",
                    has_closed_at: columns[3] == "true",
                    repo_full_name: columns[4].to_owned(),
                };
                assert!(self.issues.insert(number(), issue).is_none(), "{first} is there twice");
            }
            "label" => drop(self.labels.entry(number()).or_default().insert(after.to_owned())),
            "worn" => drop(self.worn.entry(number()).or_default().insert(after.to_owned())),
            "event" => {
                let columns: Vec<&str> = after.splitn(3, '|').collect();
                let event = (columns[0].parse().expect("an instant"), columns[1].to_owned(), columns[2].to_owned());
                self.events.entry(number()).or_default().push(event);
            }
            "departure" => {
                let (at, reason) = after.split_once('|').expect("a time and a reason");
                self.departures.insert(number(), (at.parse().expect("an instant"), reason.to_owned()));
            }
            "state" => {
                let columns: Vec<&str> = after.splitn(3, '|').collect();
                let to: i64 = columns[1].parse().expect("an instant");
                let interval = (columns[0].parse().expect("an instant"), (to >= 0).then_some(to), columns[2] == "open");
                self.states.entry(number()).or_default().push(interval);
            }
            "day" => drop(self.days.insert(numbers()[0], numbers()[1..].to_vec())),
            "pull request day" => drop(self.pull_request_days.insert(numbers()[0], numbers()[1..].to_vec())),
            "flow" => self.flow = numbers(),
            "name" => self.names.push(rest.to_owned()),
            _ => panic!("{kind} is no kind of row"),
        }
    }
}
