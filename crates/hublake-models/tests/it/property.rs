//! Random issues: the marts equal a plain computation.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use datafusion::prelude::SessionContext;
use hublake_models::{Project, Scope, Severity, audit, build, register_views};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tables::{batch, register, register_all_empty, schema_of, session};

const DAY_US: i64 = 86_400_000_000;
const REPOSITORIES: [i64; 3] = [3, 5, 8];

#[derive(Clone, Debug)]
struct Issue {
    repo_id: i64,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
    closed: Option<DateTime<Utc>>,
    is_closed: bool,
    is_pull_request: bool,
}

type Rows = Vec<Vec<Option<f64>>>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_marts_equal_a_plain_computation(
        issues in proptest::collection::vec(issue(), 0..60),
        days_later in 0_i64..120,
        partitions in 1_usize..4,
    ) {
        let run_at = start() + Duration::days(days_later) + Duration::hours(13);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let context = built(&issues, run_at, partitions).await;
            let counted = issues.into_iter().filter(|issue| !issue.is_pull_request).collect::<Vec<_>>();
            let flow = daily_flow(&counted, None);
            check(&context, "SELECT repo_id, CAST(calendar_date AS INT), opened_count, closed_count, net_change,
                cumulative_net_change, rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change
                FROM stored.mart_issue_daily_flow ORDER BY 1, 2", flow).await;
            check(&context, "SELECT repo_id, CAST(calendar_date AS INT), opened_count, closed_count, net_change,
                cumulative_net_change, rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change
                FROM mart_issue_daily_flow ORDER BY 1, 2", daily_flow(&counted, Some(day_of(run_at)))).await;
            check(&context, "SELECT repo_id, CAST(year_month AS INT), closed_issue_count, median_closure_age_days,
                p90_closure_age_days, share_closed_within_7d, share_closed_after_90d
                FROM mart_issue_closure_age_monthly ORDER BY 1, 2", monthly(&counted)).await;
            check(&context, "SELECT repo_id, CASE event_type WHEN 'closed' THEN 0 ELSE 1 END, weekday_num, issue_count
                FROM mart_issue_weekday_rhythm ORDER BY 1, 2, 3", weekdays(&counted)).await;
            check(&context, "SELECT repo_id, open_count, median_age_days, p90_age_days, oldest_age_days,
                untouched_30d_count, untouched_90d_count FROM mart_issue_open_age ORDER BY 1", open_ages(&counted, run_at)).await;
        });
    }
}

/// An issue of about 100 days, closed up to an hour before it was opened or up to 100 days after.
fn issue() -> impl Strategy<Value = Issue> {
    let minute = 60 * 1_000_000_i64;
    let created = 0..100 * DAY_US;
    let age = prop_oneof![-60 * minute..0, 0..100 * DAY_US, Just(7 * DAY_US), Just(90 * DAY_US)];
    let flags = (0_u32..10, proptest::bool::weighted(0.1));
    (0..REPOSITORIES.len() - 1, created, age, 0..40 * DAY_US, flags).prop_map(
        |(repository, created, age, idle, flags)| {
            let (kind, is_pull_request) = flags;
            let created = start() + Duration::microseconds(created);
            let closed = (kind < 5).then(|| created + Duration::microseconds(age));
            let updated = closed.map_or(created, |closed| closed.max(created)) + Duration::microseconds(idle);
            Issue { repo_id: REPOSITORIES[repository], created, updated, closed, is_closed: kind < 6, is_pull_request }
        },
    )
}

fn start() -> DateTime<Utc> {
    "2023-12-20T00:00:00Z".parse().unwrap()
}

/// A session in which the models ran, all audits were silent and readers' views stand.
async fn built(issues: &[Issue], run_at: DateTime<Utc>, partitions: usize) -> SessionContext {
    let project = Project::embedded().unwrap();
    let context = session("Asia/Kathmandu", partitions);
    register_all_empty(&context, &project);
    let repositories = REPOSITORIES.map(|id| json!({"repo_id": id, "repo_full_name": format!("octo/{id}"), "repo_owner": "octo", "repo_name": id.to_string()}));
    let decoded = issues.iter().enumerate().map(|(index, issue)| decoded(index, issue)).collect::<Vec<_>>();
    for (table, rows) in [("repositories", repositories.as_slice()), ("decoded_issues", &decoded)] {
        let schema = schema_of(&project, table);
        register(&context, table, schema.clone(), vec![batch(&schema, rows)]);
    }
    build(&context, &project, "issues", run_at).await.unwrap();
    let found = audit(&context, &project, "issues", Scope::Repository, run_at).await.unwrap();
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    register_views(&context, &project, &["issues".to_owned()], run_at).await.unwrap();
    context
}

fn decoded(index: usize, issue: &Issue) -> Value {
    json!({
        "repo_id": issue.repo_id, "issue_id": index, "issue_number": index, "is_pull_request": issue.is_pull_request,
        "state": if issue.is_closed { "closed" } else { "open" }, "comment_count": 0, "created_at": issue.created,
        "updated_at": issue.updated, "closed_at": issue.closed, "labels": [], "assignees": [],
    })
}

async fn check(context: &SessionContext, sql: &str, expected: Rows) {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let found = numbers(&batches);
    let near = |a: &Option<f64>, b: &Option<f64>| a == b || a.zip(*b).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
    let is_same = found.len() == expected.len()
        && found.iter().zip(&expected).all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b)));
    assert!(is_same, "{sql}\nexpected {expected:?}\nfound    {found:?}");
}

fn numbers(batches: &[RecordBatch]) -> Rows {
    let mut rows = Vec::new();
    for batch in batches {
        let columns =
            batch.columns().iter().map(|column| cast(column, &DataType::Float64).unwrap()).collect::<Vec<_>>();
        for row in 0..batch.num_rows() {
            let value = |column: &arrow::array::ArrayRef| {
                column.is_valid(row).then(|| column.as_primitive::<Float64Type>().value(row))
            };
            rows.push(columns.iter().map(value).collect());
        }
    }
    rows
}

fn day_of(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_micros().div_euclid(DAY_US)
}

fn age_days(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to.timestamp_micros() - from.timestamp_micros()).max(0) as f64 / DAY_US as f64
}

/// (repository, day) of each opening, then of each closing that GitHub gives a time for.
fn events(issues: &[Issue]) -> [Vec<(i64, i64)>; 2] {
    let opened = issues.iter().map(|issue| (issue.repo_id, day_of(issue.created))).collect();
    let closed = issues.iter().filter_map(|issue| issue.closed.map(|closed| (issue.repo_id, day_of(closed)))).collect();
    [opened, closed]
}

fn daily_flow(issues: &[Issue], until: Option<i64>) -> Rows {
    let [opened, closed] = events(issues);
    let mut rows = Vec::new();
    for repo_id in REPOSITORIES {
        let days = opened
            .iter()
            .chain(&closed)
            .filter(|event| event.0 == repo_id)
            .map(|event| event.1)
            .collect::<BTreeSet<_>>();
        let (Some(&first), Some(&last)) = (days.first(), days.last()) else { continue };
        let between = |events: &[(i64, i64)], from: i64, to: i64| {
            events.iter().filter(|event| event.0 == repo_id && (from..=to).contains(&event.1)).count() as f64
        };
        for day in first..=until.map_or(last, |until| until.max(last)) {
            let (o, c) = (between(&opened, day, day), between(&closed, day, day));
            let level = between(&opened, first, day) - between(&closed, first, day);
            let (o7, c7) = (between(&opened, day - 6, day), between(&closed, day - 6, day));
            let row = [repo_id as f64, day as f64, o, c, o - c, level, o7, c7, o7 - c7];
            rows.push(row.map(Some).to_vec());
        }
    }
    rows
}

fn monthly(issues: &[Issue]) -> Rows {
    let mut ages: BTreeMap<(i64, i64), Vec<f64>> = BTreeMap::new();
    for issue in issues {
        let Some(closed) = issue.closed else { continue };
        let month = NaiveDate::from_ymd_opt(closed.year(), closed.month(), 1).unwrap();
        let month = day_of(month.and_hms_opt(0, 0, 0).unwrap().and_utc());
        ages.entry((issue.repo_id, month)).or_default().push(age_days(issue.created, closed));
    }
    let row = |((repo_id, month), ages): ((i64, i64), Vec<f64>)| {
        let share =
            |is_in: fn(f64) -> bool| Some(ages.iter().filter(|age| is_in(**age)).count() as f64 / ages.len() as f64);
        let (within, after) = (share(|age| age <= 7.0), share(|age| age > 90.0));
        let head = [repo_id as f64, month as f64, ages.len() as f64].map(Some);
        [head.to_vec(), vec![percentile(&ages, 0.5), percentile(&ages, 0.9), within, after]].concat()
    };
    ages.into_iter().map(row).collect()
}

fn weekdays(issues: &[Issue]) -> Rows {
    let [opened, closed] = events(issues);
    let mut rows = Vec::new();
    for repo_id in REPOSITORIES {
        for (event_type, events) in [&closed, &opened].into_iter().enumerate() {
            for weekday in 0..7 {
                // Day 0 was a Thursday.
                let is_counted = |event: &&(i64, i64)| event.0 == repo_id && (event.1 + 3).rem_euclid(7) == weekday;
                let count = events.iter().filter(is_counted).count();
                rows.push([repo_id as f64, event_type as f64, weekday as f64, count as f64].map(Some).to_vec());
            }
        }
    }
    rows
}

fn open_ages(issues: &[Issue], run_at: DateTime<Utc>) -> Rows {
    let mut rows = Vec::new();
    for repo_id in REPOSITORIES.into_iter().filter(|id| issues.iter().any(|issue| issue.repo_id == *id)) {
        let open = issues.iter().filter(|issue| issue.repo_id == repo_id && !issue.is_closed).collect::<Vec<_>>();
        let ages = open.iter().map(|issue| age_days(issue.created, run_at)).collect::<Vec<_>>();
        let oldest = ages.iter().copied().max_by(f64::total_cmp);
        let untouched =
            |days: i64| Some(open.iter().filter(|issue| issue.updated < run_at - Duration::days(days)).count() as f64);
        let count = Some(open.len() as f64);
        let (median, p90) = (percentile(&ages, 0.5), percentile(&ages, 0.9));
        rows.push(vec![Some(repo_id as f64), count, median, p90, oldest, untouched(30), untouched(90)]);
    }
    rows
}

fn percentile(values: &[f64], fraction: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = fraction * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    Some(below + (above - below) * position.fract())
}
