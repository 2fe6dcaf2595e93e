//! Random sightings of repositories over days and batches: versions, snapshots and ranks hold against plain Rust.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use hublake_models::{Model, Project, Scope, Severity, audit, build};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tables::{batch, register, register_all_empty, rows, schema_of, session};

/// Days of sightings: over the turn of a month, and more than the seven days of a velocity.
const DAYS: i64 = 20;
const REPOSITORIES: u8 = 5;

type Tables = BTreeMap<String, Vec<Value>>;

/// What a run saw of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    stars: i64,
    description: Option<u8>,
    readme: Option<u8>,
    is_render: bool,
}

impl Seen {
    /// What makes a new version where it differs.
    fn tracked(self) -> (Option<u8>, Option<u8>, bool) {
        (self.description, self.readme, self.is_render)
    }
}

/// A run, the minutes since the start at which it saw something, and whether a publication follows.
#[derive(Clone, Debug)]
struct Run {
    minute: i64,
    seen: BTreeMap<u8, Seen>,
    is_published: bool,
}

fn seen() -> impl Strategy<Value = Seen> {
    (0_i64..5, proptest::option::of(0_u8..2), proptest::option::of(0_u8..2), any::<bool>())
        .prop_map(|(stars, description, readme, is_render)| Seen { stars: stars * 10, description, readme, is_render })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn trending_holds_against_the_truth_however_it_is_divided_into_batches(
        runs in proptest::collection::btree_map(
            0..DAYS * 24,
            (proptest::collection::btree_map(0..REPOSITORIES, seen(), 1..5), any::<bool>()),
            1..10,
        ),
    ) {
        let runs = runs.into_iter().map(|(hour, (seen, is_published))| {
            Run { minute: hour * 60, seen, is_published }
        }).collect::<Vec<_>>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let batches = runs.chunk_by(|run, _| !run.is_published).collect::<Vec<_>>();
            let tables = published(&batches).await;
            let mut at_once = published(&[&runs]).await;
            // The text of a README is stored again on another day.
            at_once.insert("stg_readmes".to_owned(), tables["stg_readmes"].clone());
            assert_eq!(tables, at_once);
            check_versions(&runs, &tables["dim_repositories"]);
            check_snapshots(&runs, &tables["fact_repo_snapshots"]);
        });
    }
}

/// The stored tables after batches one after the other, each with the days that it touches and those it reads.
async fn published(batches: &[&[Run]]) -> Tables {
    let project = Project::embedded().unwrap();
    let stored = project.stored().filter(|model| model.pipeline == "trending");
    let mut tables = stored.map(|model| (model.name.clone(), Vec::new())).collect::<Tables>();
    let mut known = BTreeSet::new();
    let mut run_seq = 0;
    for runs in batches {
        let decoded = decoded(runs, run_seq);
        run_seq += i64::try_from(runs.len()).unwrap();
        known.extend(runs.iter().flat_map(|run| run.seen.keys().copied()));
        let touched = runs.iter().map(|run| instant(run.minute).date_naive()).collect();
        publish(&project, &mut tables, &known, &touched, decoded).await;
    }
    tables
}

async fn publish(
    project: &Project,
    tables: &mut Tables,
    known: &BTreeSet<u8>,
    touched: &BTreeSet<NaiveDate>,
    mut given: Vec<(&'static str, Vec<Value>)>,
) {
    let context = session("Asia/Kathmandu", 2);
    register_all_empty(&context, project);
    given.push(("repositories", known.iter().map(|repository| names(*repository)).collect()));
    for (name, rows) in given {
        let schema = schema_of(project, name);
        register(&context, name, schema.clone(), vec![batch(&schema, &rows)]);
    }
    for (name, rows) in tables.iter() {
        let model = project.model(name).unwrap();
        let read = rows.iter().filter(|row| is_read(model, row, touched)).cloned().collect::<Vec<_>>();
        let schema = model.schema();
        let read = batch(&schema, &read);
        register(&context, &format!("previous.{name}"), schema, vec![read]);
    }
    let run_at = instant(DAYS * 24 * 60);
    let built = build(&context, project, "trending", run_at).await.unwrap();
    let found = audit(&context, project, "trending", Scope::Repository, run_at).await.unwrap();
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    for (name, batches) in built {
        let model = project.model(&name).unwrap();
        let stored = tables.get_mut(&name).unwrap();
        let (written, before): (Vec<_>, Vec<_>) =
            rows(&batches).into_iter().partition(|row| is_touched(model, row, touched));
        let read = stored.iter().filter(|row| is_read(model, row, touched) && !is_touched(model, row, touched));
        assert_eq!(before, read.cloned().collect::<Vec<_>>(), "{name} changes days that it may only read");
        stored.retain(|row| !is_touched(model, row, touched));
        stored.extend(written);
        let key = |row: &Value| model.grain.iter().map(|column| sort_key(&row[column])).collect::<Vec<_>>();
        stored.sort_by_key(key);
    }
}

fn sort_key(value: &Value) -> (i64, String) {
    (value.as_i64().unwrap_or_default(), value.to_string())
}

/// Whether a run replaces the row: every row of a table stored by repository, of others those of the touched days.
fn is_touched(model: &Model, row: &Value, touched: &BTreeSet<NaiveDate>) -> bool {
    model.by_month.as_ref().is_none_or(|column| touched.contains(&date(&row[column])))
}

/// Whether a run has the row in `previous`.
fn is_read(model: &Model, row: &Value, touched: &BTreeSet<NaiveDate>) -> bool {
    let Some(column) = &model.by_month else { return true };
    let day = date(&row[column]);
    (0..=model.previous_days.unwrap().into()).any(|days| touched.contains(&(day + Duration::days(days))))
}

/// What the runs bring, as decoded rows.
fn decoded(runs: &[Run], run_seq_before: i64) -> Vec<(&'static str, Vec<Value>)> {
    let (mut repositories, mut details, mut files, mut readmes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (run_seq, run) in (run_seq_before + 1..).zip(runs) {
        let seen_at = instant(run.minute);
        for (repository, seen) in &run.seen {
            let mut row = names(*repository);
            let told = json!({
                "repo_url": format!("https://github.com/octo/r{repository}"), "language": "Python",
                "description": seen.description.map(|number| format!("text {number}")), "stars": seen.stars, "forks": 0,
                "created_at": created_at(*repository), "updated_at": seen_at, "topics": [],
                "branch": if seen.is_render { "render" } else { "Python" },
                "found_by": if seen.is_render { "code" } else { "search" }, "seen_at": seen_at,
                "source_run_seq": run_seq,
            });
            row.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
            repositories.push(row);
            let id = id(*repository);
            details.push(json!({"repo_id": id, "seen_at": seen_at, "source_run_seq": run_seq}));
            if let Some(readme) = seen.readme {
                let blob = format!("blob {readme}");
                files.push(json!({
                    "repo_id": id, "seen_at": seen_at, "role": "readme", "path": "README.md", "blob_sha": blob,
                    "source_run_seq": run_seq,
                }));
                readmes.push(json!({
                    "repo_id": id, "seen_at": seen_at, "path": "README.md", "blob_sha": blob,
                    "readme_sha256": format!("hash {readme}"), "readme_content": "hello", "mentions_render": false,
                    "has_blueprint_button": false, "source_run_seq": run_seq,
                }));
            }
        }
    }
    let rules = json!({"momentum_name": "promised", "star_weight": 0.5, "recency_weight": 0.5, "recency_after": 0.0});
    let steps = STEPS.map(|(up_to_days, score)| json!({"up_to_days": up_to_days, "score": score}));
    vec![
        ("decoded_repositories", repositories),
        ("decoded_repo_details", details),
        ("decoded_repo_files", files),
        ("decoded_readmes", readmes),
        ("trending_rules", vec![rules]),
        ("trending_recency_steps", steps.to_vec()),
    ]
}

const STEPS: [(i64, f64); 3] = [(30, 1.0), (60, 0.75), (90, 0.5)];

/// One version holds at every sighting and says what was seen; versions neither overlap nor leave gaps.
fn check_versions(runs: &[Run], found: &[Value]) {
    for repository in 0..REPOSITORIES {
        let sightings = runs.iter().filter_map(|run| Some((instant(run.minute), *run.seen.get(&repository)?)));
        let sightings = sightings.collect::<Vec<_>>();
        let versions = found.iter().filter(|row| row["repo_id"] == id(repository)).collect::<Vec<_>>();
        let spans = versions.iter().map(|row| (time(&row["valid_from"]), row["valid_to"].as_str().map(parsed)));
        let spans = spans.map(|(from, to)| (from.unwrap(), to)).collect::<Vec<_>>();
        for pair in spans.windows(2) {
            assert_eq!(pair[0].1, Some(pair[1].0), "{versions:?}");
        }
        assert_eq!(spans.first().map(|span| span.0), sightings.first().map(|sighting| sighting.0));
        let current = versions.iter().filter(|row| row["is_current"] == true).count();
        assert_eq!(current, usize::from(!sightings.is_empty()));
        assert!(spans.last().is_none_or(|span| span.1.is_none()));
        let stays = sightings.chunk_by(|a, b| a.1.tracked() == b.1.tracked()).count();
        assert_eq!(versions.len(), stays, "{versions:?}");
        for (at, seen) in &sightings {
            let holds =
                |span: &(DateTime<Utc>, Option<DateTime<Utc>>)| span.0 <= *at && span.1.is_none_or(|to| *at < to);
            let held = spans.iter().zip(&versions).filter(|(span, _)| holds(span)).collect::<Vec<_>>();
            assert_eq!(held.len(), 1, "{at} {versions:?}");
            let row = held[0].1;
            assert_eq!(row["description"], json!(seen.description.map(|number| format!("text {number}"))));
            assert_eq!(row["readme_sha256"], json!(seen.readme.map(|number| format!("hash {number}"))));
            assert_eq!(row["is_render"], seen.is_render);
        }
    }
}

/// Snapshots are there on exactly the days of sightings, with the scores and ranks that a plain sort gives.
fn check_snapshots(runs: &[Run], found: &[Value]) {
    let mut days: BTreeMap<NaiveDate, BTreeMap<u8, (DateTime<Utc>, Seen)>> = BTreeMap::new();
    for run in runs {
        let at = instant(run.minute);
        let of_day = days.entry(at.date_naive()).or_default();
        of_day.extend(run.seen.iter().map(|(repository, seen)| (*repository, (at, *seen))));
    }
    let snapshots = found.iter().map(|row| ((date(&row["snapshot_date"]), row["repo_id"].as_i64().unwrap()), row));
    let snapshots = snapshots.collect::<BTreeMap<_, _>>();
    assert_eq!(snapshots.len(), found.len());
    assert_eq!(snapshots.len(), days.values().map(BTreeMap::len).sum::<usize>());
    for (day, repositories) in &days {
        let most = |is_render: bool| {
            repositories.values().filter(|(_, seen)| seen.is_render == is_render).map(|(_, seen)| seen.stars).max()
        };
        let mut scores = Vec::new();
        for (repository, (at, seen)) in repositories {
            let most = most(seen.is_render).unwrap();
            let normalised = if most == 0 { 0.0 } else { seen.stars as f64 / most as f64 };
            let age = (*at - created_at(*repository)).num_days();
            let recency = STEPS.iter().find(|(up_to, _)| age <= *up_to).map_or(0.0, |(_, score)| *score);
            scores.push((*repository, 0.5 * normalised + 0.5 * recency, *seen));
        }
        for (repository, momentum, seen) in &scores {
            let row = snapshots[&(*day, id(*repository))];
            assert!((row["momentum_score"].as_f64().unwrap() - momentum).abs() < 1e-12, "{row}");
            assert_eq!(row["stars"], seen.stars);
            let is_better = |other: &&(u8, f64, Seen)| {
                (other.1, other.2.stars).partial_cmp(&(*momentum, seen.stars)) == Some(std::cmp::Ordering::Greater)
            };
            let better = scores.iter().filter(is_better);
            assert_eq!(row["rank_overall"], json!(better.clone().count() + 1), "{row}");
            let in_language = better.filter(|other| other.2.is_render == seen.is_render).count();
            assert_eq!(row["rank_in_language"], json!(in_language + 1), "{row}");
            assert_eq!(row["star_velocity"].as_f64(), velocity(&days, *day, *repository), "{row}");
        }
    }
}

/// From the oldest day of the seven before on which the repository was seen.
fn velocity(
    days: &BTreeMap<NaiveDate, BTreeMap<u8, (DateTime<Utc>, Seen)>>,
    day: NaiveDate,
    repository: u8,
) -> Option<f64> {
    let mut before = (1..=7).rev().map(|back| day - Duration::days(back));
    let first = before.find(|before| days.get(before).is_some_and(|seen| seen.contains_key(&repository)))?;
    let gained = days[&day][&repository].1.stars - days[&first][&repository].1.stars;
    Some(gained as f64 / (day - first).num_days() as f64)
}

fn names(repository: u8) -> Value {
    json!({
        "repo_id": id(repository), "repo_full_name": format!("octo/r{repository}"), "repo_owner": "octo",
        "repo_name": format!("r{repository}"),
    })
}

fn id(repository: u8) -> i64 {
    100 + i64::from(repository)
}

fn created_at(repository: u8) -> DateTime<Utc> {
    instant(0) - Duration::days(i64::from(repository) * 22)
}

fn instant(minute: i64) -> DateTime<Utc> {
    parsed("2026-02-18T00:00:00Z") + Duration::minutes(minute)
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().map(parsed)
}

fn parsed(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}
