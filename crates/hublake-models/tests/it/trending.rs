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
    is_renamed: bool,
    description: Option<u8>,
    readme: Option<u8>,
    language: Option<&'static str>,
    /// Its category where it is one of Render.
    category: Option<&'static str>,
}

impl Seen {
    /// What makes a new version where it differs.
    fn tracked(self) -> Self {
        Self { stars: 0, ..self }
    }

    fn shown_language(self) -> &'static str {
        if self.category.is_some() { "render" } else { self.language.unwrap_or("unknown") }
    }

    fn full_name(self, repository: u8) -> String {
        format!("octo/r{repository}{}", if self.is_renamed { "-renamed" } else { "" })
    }
}

/// A run, the minutes since the start at which it began and after which it saw something, and whether a publication
/// follows.
#[derive(Clone, Debug)]
struct Run {
    began: i64,
    took: i64,
    seen: BTreeMap<u8, Seen>,
    is_published: bool,
}

impl Run {
    fn day(&self) -> NaiveDate {
        instant(self.began).date_naive()
    }

    fn seen_at(&self) -> DateTime<Utc> {
        instant(self.began + self.took)
    }
}

/// Few values, so that what was comes back.
fn seen() -> impl Strategy<Value = Seen> {
    let tracked = (
        any::<bool>(),
        proptest::option::of(0_u8..2),
        proptest::option::of(0_u8..2),
        proptest::option::of(prop_oneof![Just("Python"), Just("Go")]),
        proptest::option::of(prop_oneof![Just("community"), Just("blueprint")]),
    );
    (0_i64..5, tracked).prop_map(|(stars, (is_renamed, description, readme, language, category))| Seen {
        stars: stars * 10,
        is_renamed,
        description,
        readme,
        language,
        category,
    })
}

/// Runs of different hours that end within the hour, some of them on the next day; one after the other by the clock.
fn runs() -> impl Strategy<Value = Vec<Run>> {
    let run = (proptest::collection::btree_map(0..REPOSITORIES, seen(), 1..5), 0_i64..60, any::<bool>());
    proptest::collection::btree_map(0..DAYS * 24, run, 1..10).prop_map(|runs| {
        let run = |(hour, (seen, took, is_published))| Run { began: hour * 60 + 10, took, seen, is_published };
        runs.into_iter().map(run).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn trending_holds_against_the_truth_however_it_is_divided_into_batches(runs in runs()) {
        check(&runs, true);
    }

    #[test]
    fn trending_holds_against_the_truth_though_the_clock_goes_back(runs in runs().prop_shuffle()) {
        check(&runs, false);
    }
}

/// What the stars gained are told from is there only as long as the clock goes on.
const OF_VELOCITY: [&str; 4] = ["star_velocity", "star_velocity_from", "stars_gained", "stars_gained_in_days"];

fn check(runs: &[Run], is_orderly: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let batches = runs.chunk_by(|run, _| !run.is_published).collect::<Vec<_>>();
        let mut tables = published(&batches).await;
        let mut at_once = published(&[runs]).await;
        // The text of a README is stored again on another day.
        at_once.insert("stg_readmes".to_owned(), tables["stg_readmes"].clone());
        if !is_orderly {
            for row in
                [&mut tables, &mut at_once].into_iter().flat_map(|all| all.get_mut("fact_repo_snapshots").unwrap())
            {
                row.as_object_mut().unwrap().retain(|name, _| !OF_VELOCITY.contains(&name.as_str()));
            }
        }
        assert_eq!(tables, at_once);
        check_versions(runs, &tables["dim_repositories"], is_orderly);
        check_snapshots(runs, &tables, is_orderly);
    });
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
        let touched = runs.iter().map(Run::day).collect();
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
    let mut completed = Vec::new();
    for (run_seq, run) in (run_seq_before + 1..).zip(runs) {
        let seen_at = run.seen_at();
        completed.push(json!({"run_seq": run_seq, "started_at": instant(run.began)}));
        for (repository, seen) in &run.seen {
            let mut row = names(*repository);
            let topics = if seen.category == Some("blueprint") { vec!["render-blueprint"] } else { Vec::new() };
            let told = json!({
                "repo_full_name": seen.full_name(*repository),
                "repo_url": format!("https://github.com/octo/r{repository}"), "language": seen.language,
                "description": seen.description.map(|number| format!("text {number}")), "stars": seen.stars, "forks": 0,
                "created_at": created_at(*repository), "updated_at": seen_at, "topics": topics,
                "branch": if seen.category.is_some() { "render" } else { "Python" },
                "found_by": if seen.category.is_some() { "code" } else { "search" }, "seen_at": seen_at,
                "source_run_seq": run_seq,
            });
            row.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
            repositories.push(row);
            let id = id(*repository);
            details.push(json!({"repo_id": id, "seen_at": seen_at, "is_listed": true, "source_run_seq": run_seq}));
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
        ("completed_runs", completed),
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
fn check_versions(runs: &[Run], found: &[Value], is_orderly: bool) {
    for repository in 0..REPOSITORIES {
        let sightings = sightings(runs, repository);
        let versions = found.iter().filter(|row| row["repo_id"] == id(repository)).collect::<Vec<_>>();
        let spans = versions.iter().map(|row| (time(&row["valid_from"]), row["valid_to"].as_str().map(parsed)));
        let spans = spans.map(|(from, to)| (from.unwrap(), to)).collect::<Vec<_>>();
        for pair in spans.windows(2) {
            assert_eq!(pair[0].1, Some(pair[1].0), "{versions:?}");
        }
        let current = versions.iter().filter(|row| row["is_current"] == true).count();
        assert_eq!(current, usize::from(!sightings.is_empty()));
        assert!(spans.last().is_none_or(|span| span.1.is_none()));
        let stays = sightings.chunk_by(|a, b| a.2.tracked() == b.2.tracked()).collect::<Vec<_>>();
        assert_eq!(versions.len(), stays.len(), "{versions:?}");
        let mut earliest = DateTime::<Utc>::MIN_UTC;
        for ((stay, span), row) in stays.iter().zip(&spans).zip(&versions) {
            let (run_seq, at, seen) = stay[0];
            assert_eq!(span.0, at.max(earliest), "{versions:?}");
            earliest = span.0 + Duration::microseconds(1);
            assert_eq!(row["source_run_seq"], run_seq);
            assert_eq!(row["repo_full_name"], seen.full_name(repository));
            assert_eq!(row["description"], json!(seen.description.map(|number| format!("text {number}"))));
            assert_eq!(row["readme_sha256"], json!(seen.readme.map(|number| format!("hash {number}"))));
            assert_eq!(row["language"], json!(seen.language));
            assert_eq!(row["shown_language"], seen.shown_language());
            assert_eq!(row["render_category"], json!(seen.category));
            assert_eq!(row["is_render"], seen.category.is_some());
            let holds = |at: DateTime<Utc>| span.0 <= at && span.1.is_none_or(|to| at < to);
            assert!(!is_orderly || stay.iter().all(|(_, at, _)| holds(*at)), "{versions:?}");
        }
    }
}

/// The runs that saw a repository: their numbers, when they saw it, and what.
fn sightings(runs: &[Run], repository: u8) -> Vec<(i64, DateTime<Utc>, Seen)> {
    let numbered = (1..).zip(runs);
    numbered.filter_map(|(run_seq, run)| Some((run_seq, run.seen_at(), *run.seen.get(&repository)?))).collect()
}

/// The newest run's sightings of each day, with the numbers of the runs.
type Days = BTreeMap<NaiveDate, BTreeMap<u8, (i64, DateTime<Utc>, Seen)>>;

/// Snapshots are there on exactly the days of the runs, with the versions, scores and ranks that plain loops give.
fn check_snapshots(runs: &[Run], tables: &Tables, is_orderly: bool) {
    let mut days = Days::new();
    for (run_seq, run) in (1..).zip(runs) {
        let of_day = days.entry(run.day()).or_default();
        of_day.extend(run.seen.iter().map(|(repository, seen)| (*repository, (run_seq, run.seen_at(), *seen))));
    }
    let found = &tables["fact_repo_snapshots"];
    let snapshots = found.iter().map(|row| ((date(&row["snapshot_date"]), row["repo_id"].as_i64().unwrap()), row));
    let snapshots = snapshots.collect::<BTreeMap<_, _>>();
    assert_eq!(snapshots.len(), found.len());
    assert_eq!(snapshots.len(), days.values().map(BTreeMap::len).sum::<usize>());
    for (day, repositories) in &days {
        let most = |is_render: bool| {
            let of_kind = repositories.values().filter(|(_, _, seen)| seen.category.is_some() == is_render);
            of_kind.map(|(_, _, seen)| seen.stars).max()
        };
        let mut scores = Vec::new();
        for (repository, (run_seq, at, seen)) in repositories {
            let most = most(seen.category.is_some()).unwrap();
            let normalised = if most == 0 { 0.0 } else { seen.stars as f64 / most as f64 };
            let age = (*at - created_at(*repository)).num_days();
            let recency = STEPS.iter().find(|(up_to, _)| age <= *up_to).map_or(0.0, |(_, score)| *score);
            scores.push((*repository, 0.5 * normalised + 0.5 * recency, *seen));
            let row = snapshots[&(*day, id(*repository))];
            assert_eq!((row["source_run_seq"].as_i64(), time(&row["seen_at"])), (Some(*run_seq), Some(*at)));
            let before = sightings(runs, *repository).into_iter().filter(|sighting| sighting.0 <= *run_seq);
            let stays = before.collect::<Vec<_>>().chunk_by(|a, b| a.2.tracked() == b.2.tracked()).count();
            assert_eq!(row["repo_key"], json!(id(*repository) * 1_000_000 + i64::try_from(stays).unwrap()));
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
            let in_language = better.filter(|other| other.2.shown_language() == seen.shown_language()).count();
            assert_eq!(row["rank_in_language"], json!(in_language + 1), "{row}");
            if is_orderly {
                let (found, wanted) = (row["star_velocity"].as_f64(), velocity(&days, *day, *repository));
                assert_eq!(found.is_some(), wanted.is_some(), "{row}");
                assert!(found.zip(wanted).is_none_or(|(found, wanted)| (found - wanted).abs() < 1e-9), "{row}");
            }
        }
    }
}

/// From the oldest of the seven days before on which the repository was seen, half a day or more earlier.
fn velocity(days: &Days, day: NaiveDate, repository: u8) -> Option<f64> {
    let (_, at, seen) = days[&day][&repository];
    let before = (1..=7).rev().filter_map(|back| days.get(&(day - Duration::days(back)))?.get(&repository));
    let (_, first_at, first) = before.into_iter().find(|first| first.1 <= at - Duration::hours(12))?;
    let between = (at - *first_at).num_microseconds().unwrap() as f64 / 86_400e6;
    Some((seen.stars - first.stars) as f64 / between)
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
