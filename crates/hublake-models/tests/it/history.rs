//! Random events: backlogs equal those of a plain walk through each issue's life, in one run or in two.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use hublake_models::{Project, Scope, Severity, audit, build, register_views};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tables::{batch, query, register, register_all_empty, schema_of, session};

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// 2024-01-01, a count of days.
const FIRST_DAY: i64 = 19_723;
const LABELS: [(&str, &str); 4] =
    [("bug", "bug"), ("docs", "docs"), ("Kind/Documentation", "docs"), ("good first issue", "other")];
const GROUPS: [&str; 3] = ["bug", "docs", "other"];

/// An issue as GitHub would tell of it; times are microseconds.
#[derive(Clone, Debug)]
struct Item {
    is_pull_request: bool,
    created: i64,
    updated: i64,
    closed: Option<i64>,
    is_open: bool,
    left: Option<i64>,
    labels: [bool; LABELS.len()],
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct Event {
    at: i64,
    kind: &'static str,
    label: Option<usize>,
}

/// A state from an instant on.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: i64,
    is_open: bool,
    is_seen: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_backlogs_equal_a_walk_through_each_issues_life(
        items in proptest::collection::vec(item(), 1..40),
        first_run in 0_usize..40,
        partitions in 1_usize..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let context = built_in_two_runs(&items, first_run, partitions).await;
            for (is_pull_request, mart) in
                [(false, "mart_issue_backlog_daily"), (true, "mart_pull_request_backlog_daily")]
            {
                let sql = format!("SELECT CAST(calendar_date AS INT) AS day, opened_count, reopened_count, closed_count,
                    left_count, open_at_end, CAST(round(event_share * 1000) AS BIGINT) AS share FROM {mart} ORDER BY 1");
                let counted = items.iter().filter(|item| item.is_pull_request == is_pull_request).collect::<Vec<_>>();
                assert_eq!(query(&context, &sql).await, backlog(&counted), "{mart}");
            }
            let sql = "SELECT CAST(calendar_date AS INT) AS day, label_group, open_at_end
                FROM mart_issue_backlog_by_label_daily WHERE open_at_end > 0 ORDER BY 1, 2";
            assert_eq!(query(&context, sql).await, label_backlog(&items));
        });
    }
}

fn item() -> impl Strategy<Value = Item> {
    // Few instants, so that many things happen in one second, at the opening or before it.
    let at = |range: std::ops::Range<i64>| range.prop_map(|step| FIRST_DAY * DAY_US + step * 6 * HOUR_US);
    let kinds = prop_oneof![
        4 => Just("closed"), 3 => Just("reopened"), 1 => Just("merged"), 4 => Just("labeled"), 3 => Just("unlabeled"),
        1 => Just("transferred"), 1 => Just("assigned")
    ];
    let event = (at(0..60), kinds, 0..LABELS.len()).prop_map(|(at, kind, label)| Event {
        at,
        kind,
        label: kind.ends_with("labeled").then_some(label),
    });
    let seen = (
        proptest::bool::ANY,
        proptest::option::weighted(0.7, at(8..60)),
        proptest::array::uniform4(proptest::bool::ANY),
    );
    let stay = (at(4..30), proptest::option::weighted(0.2, at(20..70)), proptest::bool::weighted(0.3));
    (stay, seen, proptest::collection::vec(event, 0..12)).prop_map(|(stay, seen, events)| {
        let (created, left, is_pull_request) = stay;
        let (is_open, closed, labels) = seen;
        let closed = closed.filter(|closed| !is_open && *closed >= created);
        // GitHub transfers issues only.
        let mut events = events;
        events.retain(|event| !(is_pull_request && event.kind == "transferred"));
        let updated = events.iter().map(|event| event.at).chain(closed).fold(created, i64::max);
        Item { is_pull_request, created, updated, closed, is_open, left, labels, events }
    })
}

/// The issues up to `first_run` are published when the others come; then one of the first comes again.
async fn built_in_two_runs(items: &[Item], first_run: usize, partitions: usize) -> SessionContext {
    let project = Project::embedded().unwrap();
    let run_at = instant((FIRST_DAY + 30) * DAY_US);
    let first_run = first_run.min(items.len());
    let mut published: BTreeMap<String, Vec<RecordBatch>> = BTreeMap::new();
    let mut context = None;
    for numbers in [(0..first_run).collect::<Vec<_>>(), (first_run.saturating_sub(1)..items.len()).collect()] {
        let session = session("Asia/Kathmandu", partitions);
        register_all_empty(&session, &project);
        for (name, rows) in std::mem::take(&mut published) {
            register(&session, &format!("previous.{name}"), schema_of(&project, &name), rows);
        }
        for (table, rows) in sources(items, &numbers) {
            let schema = schema_of(&project, table);
            register(&session, table, schema.clone(), vec![batch(&schema, &rows)]);
        }
        published = build(&session, &project, "issues", run_at).await.unwrap();
        context = Some(session);
    }
    let context = context.unwrap();
    let found = audit(&context, &project, "issues", Scope::Repository, run_at).await.unwrap();
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    register_views(&context, &project, &["issues".to_owned()], run_at).await.unwrap();
    context
}

fn sources(items: &[Item], numbers: &[usize]) -> [(&'static str, Vec<Value>); 4] {
    let (mut issues, mut events, mut departures) = (Vec::new(), Vec::new(), Vec::new());
    for &number in numbers {
        let item = &items[number];
        let labels = LABELS.iter().zip(item.labels).enumerate().filter(|(_, (_, is_on))| *is_on);
        let labels = labels.map(|(id, ((name, _), _))| json!({"label_id": id, "label_name": name})).collect::<Vec<_>>();
        issues.push(json!({
            "repo_id": 7, "issue_id": number, "issue_number": number, "is_pull_request": item.is_pull_request,
            "state": if item.is_open { "open" } else { "closed" }, "comment_count": 0, "labels": labels,
            "created_at": instant(item.created), "updated_at": instant(item.updated),
            "closed_at": item.closed.map(instant), "assignees": [], "source_recorded_at": instant(item.created),
        }));
        for (place, event) in item.events.iter().enumerate() {
            events.push(json!({
                "repo_id": 7, "event_node_id": format!("{number}/{place}"), "issue_number": number,
                "event_type": event.kind, "created_at": instant(event.at),
                "label_name": event.label.map(|label| LABELS[label].0),
            }));
        }
        // Found gone after it was collected.
        if let Some(left) = item.left.filter(|left| *left >= item.created) {
            departures
                .push(json!({"repo_id": 7, "issue_number": number, "left_at": instant(left), "reason": "deleted"}));
        }
    }
    let repositories = vec![json!({"repo_id": 7, "repo_full_name": "o/r", "repo_owner": "o", "repo_name": "r"})];
    [
        ("repositories", repositories),
        ("decoded_issues", issues),
        ("decoded_issue_events", events),
        ("decoded_issue_departures", departures),
    ]
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap()
}

impl Item {
    fn arrived(&self) -> Option<i64> {
        self.events.iter().filter(|event| event.kind == "transferred").map(|event| event.at).max()
    }

    fn entered(&self) -> i64 {
        self.arrived().map_or(self.created, |arrived| arrived.max(self.created))
    }

    fn gone(&self) -> i64 {
        let left = self.left.filter(|left| *left >= self.created);
        left.map_or(i64::MAX, |left| left.max(self.entered() + 1))
    }

    /// The instants at which something decided, each with whether more spoke for than against.
    fn decided(&self, weigh: impl Fn(&[&Event]) -> i64) -> Vec<(i64, bool)> {
        let instants = self.events.iter().map(|event| event.at).collect::<BTreeSet<_>>();
        let weight = |at: i64| weigh(&self.events.iter().filter(|event| event.at == at).collect::<Vec<_>>());
        instants.into_iter().map(|at| (at, weight(at))).filter(|(_, w)| *w != 0).map(|(at, w)| (at, w > 0)).collect()
    }

    fn steps(&self) -> Vec<Step> {
        let count = |events: &[&Event], kind: &str| events.iter().filter(|event| event.kind == kind).count() as i64;
        let turns = self
            .decided(|events| count(events, "reopened") - count(events, "closed").max(count(events, "merged").min(1)));
        let entered = self.entered();
        let mut before = turns.iter().rev().find(|turn| turn.0 <= entered).map(|turn| turn.1);
        let begins_open = if self.arrived().is_some() { before.take().unwrap_or(true) } else { true };
        let mut steps = vec![Step { at: entered, is_open: begins_open, is_seen: false }];
        let early = before.map(|is_open| (entered + 1, is_open));
        for (at, is_open) in early.into_iter().chain(turns.iter().copied().filter(|turn| turn.0 > entered)) {
            if steps.last().unwrap().is_open != is_open {
                steps.push(Step { at, is_open, is_seen: false });
            }
        }
        if steps.last().unwrap().is_open != self.is_open {
            let seen = if self.is_open { self.updated } else { self.closed.unwrap_or(self.updated) };
            let last = turns.last().map_or(entered, |turn| turn.0.max(entered)).max(steps.last().unwrap().at);
            steps.push(Step { at: seen.max(last + 1), is_open: self.is_open, is_seen: true });
        }
        steps.retain(|step| step.at < self.gone());
        steps
    }

    /// The state at an instant and whether events alone tell of it.
    fn state(&self, at: i64) -> Option<(bool, bool)> {
        let steps = self.steps();
        let place = steps.iter().rposition(|step| step.at <= at).filter(|_| at < self.gone())?;
        let is_seen = steps[place].is_seen || steps.get(place + 1).is_some_and(|next| next.is_seen);
        Some((steps[place].is_open, !is_seen))
    }

    fn has_label(&self, label: usize, at: i64) -> bool {
        let entered = self.entered();
        let turns = self.decided(|events| {
            let weight = |event: &&&Event| if event.kind == "labeled" { 1 } else { -1 };
            events.iter().filter(|event| event.label == Some(label)).map(|event| weight(&event)).sum()
        });
        let Some(&(last_at, is_last_on)) = turns.last() else { return self.labels[label] };
        let seen_at = self.updated.max(last_at.max(entered) + 1);
        if is_last_on != self.labels[label] && at >= seen_at {
            return self.labels[label];
        }
        match turns.iter().rev().find(|turn| turn.0 <= at) {
            Some(turn) => turn.1,
            None => !turns[0].1 && turns[0].0 > entered,
        }
    }

    fn group(&self, at: i64) -> &'static str {
        let has = |group: &str| (0..LABELS.len()).any(|label| LABELS[label].1 == group && self.has_label(label, at));
        GROUPS.into_iter().find(|group| has(group)).unwrap_or("other")
    }
}

/// From the first day to that of reading, or of the last event if that is later.
fn days(items: &[&Item]) -> std::ops::Range<i64> {
    let first = items.iter().map(|item| item.entered()).min().unwrap_or(0).div_euclid(DAY_US);
    let ends = items.iter().filter(|item| item.gone() < i64::MAX).map(|item| item.gone());
    let last = items.iter().flat_map(|item| item.steps()).map(|step| step.at).chain(ends).max();
    first..last.map_or(first, |last| last.div_euclid(DAY_US).max(FIRST_DAY + 30) + 1)
}

fn backlog(items: &[&Item]) -> Vec<Value> {
    let mut rows = Vec::new();
    for day in days(items) {
        let is_on = |at: i64| at.div_euclid(DAY_US) == day;
        let (mut opened, mut reopened, mut closed, mut gone) = (0, 0, 0, 0);
        for item in items {
            for (place, step) in item.steps().iter().enumerate().filter(|(_, step)| is_on(step.at)) {
                match (step.is_open, place) {
                    (true, 0) => opened += 1,
                    (true, _) => reopened += 1,
                    (false, 0) => {}
                    (false, _) => closed += 1,
                }
            }
            let was_open = item.steps().last().is_some_and(|step| step.is_open);
            gone += i64::from(item.gone() < i64::MAX && is_on(item.gone()) && was_open);
        }
        let states = items.iter().filter_map(|item| item.state((day + 1) * DAY_US - 1)).collect::<Vec<_>>();
        let open = states.iter().filter(|state| state.0).count();
        let told = states.iter().filter(|state| state.1).count();
        let share = (!states.is_empty()).then(|| (told as f64 / states.len() as f64 * 1000.0).round() as i64);
        rows.push(json!({
            "day": day, "opened_count": opened, "reopened_count": reopened, "closed_count": closed,
            "left_count": gone, "open_at_end": open, "share": share,
        }));
    }
    rows
}

fn label_backlog(items: &[Item]) -> Vec<Value> {
    let items = items.iter().filter(|item| !item.is_pull_request).collect::<Vec<_>>();
    let mut rows = Vec::new();
    for day in days(&items) {
        let end = (day + 1) * DAY_US - 1;
        let open = items.iter().filter(|item| item.state(end).is_some_and(|state| state.0)).collect::<Vec<_>>();
        for group in GROUPS {
            let count = open.iter().filter(|item| item.group(end) == group).count();
            if count > 0 {
                rows.push(json!({"day": day, "label_group": group, "open_at_end": count}));
            }
        }
    }
    rows
}
