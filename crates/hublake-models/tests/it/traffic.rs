//! Random visitors, asked for on random days and published in random batches: the tables hold against the truth.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use hublake_models::{Project, Scope, Severity, audit, build};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tables::{batch, register, register_all_empty, rows, schema_of, session};

/// Days of visits; the first answer may come a window later.
const DAYS: i64 = 100;
const STREAMS: [(&str, &str, &str); 4] = [
    ("traffic_views", "views", "day"),
    ("traffic_clones", "clones", "day"),
    ("traffic_views_weekly", "views", "week"),
    ("traffic_clones_weekly", "clones", "week"),
];

type Tables = BTreeMap<String, Vec<Value>>;

/// A visit of an hour since the start by one of a few visitors.
#[derive(Clone, Copy, Debug)]
struct Visit {
    hour: i64,
    visitor: u8,
}

/// The questions of a day, and whether a publication follows.
#[derive(Clone, Copy, Debug)]
struct Asking {
    hour: i64,
    is_weekly: bool,
    is_published: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn traffic_holds_against_the_truth_however_it_is_divided_into_batches(
        visits in proptest::collection::vec((0..DAYS * 24, 0_u8..6), 0..120),
        days in proptest::collection::btree_map(15..DAYS, (0_i64..24, any::<bool>(), any::<bool>()), 1..9),
    ) {
        let visits = visits.into_iter().map(|(hour, visitor)| Visit { hour, visitor }).collect::<Vec<_>>();
        let askings = days.into_iter().map(|(day, (hour, is_weekly, is_published))| {
            Asking { hour: day * 24 + hour, is_weekly, is_published }
        }).collect::<Vec<_>>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let batches = askings.chunk_by(|asking, _| !asking.is_published).collect::<Vec<_>>();
            let tables = published(&visits, &batches).await;
            assert_eq!(tables, published(&visits, &[&askings]).await);
            check_days(&visits, &askings, &tables["mart_traffic_daily"]);
            check_windows(&visits, &tables["mart_traffic_weekly"], "week_start", |day| day + Duration::days(7));
            check_windows(&visits, &tables["mart_traffic_monthly"], "month_start", next_month);
        });
    }
}

/// The stored tables after batches one after the other, each with the rows of the months that it touches.
async fn published(visits: &[Visit], batches: &[&[Asking]]) -> Tables {
    let project = Project::embedded().unwrap();
    let mut tables = project.stored().map(|model| (model.name.clone(), Vec::new())).collect::<Tables>();
    let mut bodies = BTreeMap::new();
    for askings in batches {
        let (answers, counts) = answers(visits, askings, &mut bodies);
        let touched = touched_months(askings, &tables["stg_traffic_repositories"]);
        run(
            &project,
            &mut tables,
            &touched,
            &[("decoded_traffic_answers", answers), ("decoded_traffic_counts", counts)],
        )
        .await;
    }
    tables
}

async fn run(project: &Project, tables: &mut Tables, touched: &BTreeSet<NaiveDate>, decoded: &[(&str, Vec<Value>)]) {
    let context = session("Asia/Kathmandu", 2);
    register_all_empty(&context, project);
    let repository = json!({"repo_id": 7, "repo_full_name": "octo/new", "repo_owner": "octo", "repo_name": "new"});
    let is_read = |month: NaiveDate| [-1, 0, 1].iter().any(|by| touched.contains(&moved(month, *by)));
    let mut given = decoded.to_vec();
    given.push(("repositories", vec![repository]));
    for (name, rows) in given {
        let schema = schema_of(project, name);
        register(&context, name, schema.clone(), vec![batch(&schema, &rows)]);
    }
    for model in project.stored() {
        let kept = tables[&model.name].iter();
        let kept = kept.filter(|row| model.by_month.as_ref().is_none_or(|column| is_read(month_of(row, column))));
        let schema = model.schema();
        let kept = batch(&schema, &kept.cloned().collect::<Vec<_>>());
        register(&context, &format!("previous.{}", model.name), schema, vec![kept]);
    }
    let run_at = start() + Duration::days(DAYS);
    let built = build(&context, project, "traffic", run_at).await.unwrap();
    let found = audit(&context, project, "traffic", Scope::Repository, run_at).await.unwrap();
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    for (name, batches) in built {
        let stored = tables.get_mut(&name).unwrap();
        let fresh = rows(&batches);
        let Some(column) = &project.model(&name).unwrap().by_month else {
            *stored = fresh;
            continue;
        };
        let is_touched = |row: &Value| touched.contains(&month_of(row, column));
        let (written, neighbours): (Vec<_>, Vec<_>) = fresh.into_iter().partition(is_touched);
        let read = stored.iter().filter(|row| !is_touched(row) && is_read(month_of(row, column)));
        assert_eq!(neighbours, read.cloned().collect::<Vec<_>>(), "{name} changes months that it may only read");
        stored.retain(|row| !is_touched(row));
        stored.extend(written);
        stored.sort_by_key(|row| {
            project.model(&name).unwrap().grain.iter().map(|key| row[key].to_string()).collect::<Vec<_>>()
        });
    }
}

/// What GitHub answers, as decoded rows; a body that is the one before is not sent again.
fn answers(
    visits: &[Visit],
    askings: &[Asking],
    bodies: &mut BTreeMap<&'static str, Vec<Value>>,
) -> (Vec<Value>, Vec<Value>) {
    let (mut answers, mut counts) = (Vec::new(), Vec::new());
    for asking in askings {
        for (stream, measure, per) in STREAMS.into_iter().filter(|(.., per)| *per == "day" || asking.is_weekly) {
            let seen = visits
                .iter()
                .filter(|visit| measure == "views" && visit.hour < asking.hour && visit.hour >= asking.hour - 14 * 24);
            let seen = seen.copied().collect::<Vec<_>>();
            let mut parts: BTreeMap<NaiveDate, Vec<Visit>> = BTreeMap::new();
            for visit in &seen {
                let day = day_of(visit.hour);
                parts.entry(if per == "day" { day } else { monday(day) }).or_default().push(*visit);
            }
            let listed = parts.iter().map(|(day, part)| json!([day, part.len(), visitors(part)])).collect::<Vec<_>>();
            let answered_at = start() + Duration::hours(asking.hour);
            let is_same = bodies.insert(stream, listed.clone()).is_some_and(|before| before == listed);
            answers.push(json!({
                "repo_id": 7, "stream": stream, "status": if is_same { "not_modified" } else { "answer" },
                "answered_at": answered_at, "count": (!is_same).then_some(seen.len()),
                "uniques": (!is_same).then(|| visitors(&seen)), "source_run_seq": asking.hour,
            }));
            let today = day_of(asking.hour);
            for (first, part) in parts.iter().filter(|_| !is_same) {
                let last = *first + Duration::days(if per == "day" { 0 } else { 6 });
                let is_whole = *first >= today - Duration::days(13) && last < today;
                counts.push(json!({
                    "repo_id": 7, "measure": measure, "per": per, "starts_on": first, "count": part.len(),
                    "uniques": visitors(part), "is_whole": is_whole, "seen_at": answered_at, "source": "github",
                    "source_run_seq": asking.hour,
                }));
            }
        }
    }
    (answers, counts)
}

/// The months of the days that answers cover, of the gap before them, and of the weeks that these lie in.
fn touched_months(askings: &[Asking], known: &[Value]) -> BTreeSet<NaiveDate> {
    let mut first = day_of(askings[0].hour) - Duration::days(14);
    if let Some(last_known) = known.first() {
        first = first.min(date(&last_known["last_day"]));
    }
    let last = day_of(askings[askings.len() - 1].hour);
    let days = first.iter_days().take_while(|day| *day <= last);
    days.flat_map(|day| [monday(day), day, monday(day) + Duration::days(6)]).map(month).collect()
}

/// A day that an answer holds whole is what it was, one at an edge at most that, and no other is known.
fn check_days(visits: &[Visit], askings: &[Asking], found: &[Value]) {
    let ages = |day: NaiveDate| askings.iter().map(move |asking| (day_of(asking.hour) - day).num_days());
    let days = found.iter().map(|row| date(&row["calendar_date"])).collect::<Vec<_>>();
    let first = day_of(askings[0].hour) - Duration::days(14);
    assert_eq!(days, first.iter_days().take(days.len()).collect::<Vec<_>>());
    assert_eq!(days.last(), Some(&day_of(askings[askings.len() - 1].hour)));
    for (row, day) in found.iter().zip(days) {
        let truth = between(visits, day, day + Duration::days(1));
        let (views, uniques) = (row["views"].as_u64(), row["view_uniques"].as_u64());
        if ages(day).any(|age| (1..=13).contains(&age)) {
            assert_eq!((&row["status"], &row["clones"]), (&json!("collected"), &json!(0)));
            assert_eq!((views, uniques), (Some(truth.len() as u64), Some(visitors(&truth))), "{row}");
        } else if ages(day).any(|age| age == 0 || age == 14) {
            assert_eq!(row["status"], "partial");
            assert!(views.is_none_or(|views| views > 0 && views <= truth.len() as u64), "{row}");
        } else {
            assert_eq!((&row["status"], views, uniques), (&json!("not collected"), None, None));
        }
    }
}

/// Weeks or months have no fewer visitors than the lower bound, no more than the upper, and their views if complete.
fn check_windows(visits: &[Visit], found: &[Value], column: &str, end: impl Fn(NaiveDate) -> NaiveDate) {
    for row in found {
        let first = date(&row[column]);
        let truth = between(visits, first, end(first));
        let is_above = |bound: &Value, value: u64| bound.as_u64().is_none_or(|bound| bound >= value);
        assert!(row["view_uniques_lower"].as_u64().is_none_or(|lower| lower <= visitors(&truth)), "{row}");
        assert!(is_above(&row["view_uniques_upper"], visitors(&truth)), "{row}");
        assert!(row["views"].as_u64().is_none_or(|views| views <= truth.len() as u64), "{row}");
        if row["is_complete"] == true {
            assert_eq!(row["views"].as_u64(), Some(truth.len() as u64), "{row}");
            assert!(row["view_uniques_upper"].is_u64(), "{row}");
        }
    }
}

fn between(visits: &[Visit], first: NaiveDate, end: NaiveDate) -> Vec<Visit> {
    visits.iter().filter(|visit| (first..end).contains(&day_of(visit.hour))).copied().collect()
}

fn visitors(visits: &[Visit]) -> u64 {
    visits.iter().map(|visit| visit.visitor).collect::<BTreeSet<_>>().len() as u64
}

fn start() -> DateTime<Utc> {
    "2024-10-20T00:00:00Z".parse().unwrap()
}

fn day_of(hour: i64) -> NaiveDate {
    (start() + Duration::hours(hour)).date_naive()
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Duration::days(day.weekday().num_days_from_monday().into())
}

fn month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap()
}

fn next_month(month: NaiveDate) -> NaiveDate {
    moved(month, 1)
}

fn moved(month: NaiveDate, by: i32) -> NaiveDate {
    let months = month.year() * 12 + month.month0().cast_signed() + by;
    NaiveDate::from_ymd_opt(months.div_euclid(12), months.rem_euclid(12).cast_unsigned() + 1, 1).unwrap()
}

fn month_of(row: &Value, column: &str) -> NaiveDate {
    month(date(&row[column]))
}

fn date(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}
