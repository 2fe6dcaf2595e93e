//! The cases of `models/tests/*.yaml`, run in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use hublake_models::{Project, audit, build, build_model};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::tables::{batch, register, register_all_empty, rows, schema_of, session};

/// Differences between floats up to this are not told apart.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Exactly one of these four says what runs.
    model: Option<String>,
    view: Option<String>,
    audit: Option<String>,
    pipeline: Option<String>,
    /// Values of columns that a table's rows do not name.
    #[serde(default)]
    fill: BTreeMap<String, Map<String, Value>>,
    /// Tables of every case that does not give its own.
    #[serde(default)]
    always: BTreeMap<String, Vec<Map<String, Value>>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    run_at: DateTime<Utc>,
    given: BTreeMap<String, Vec<Map<String, Value>>>,
    /// Rows in their order with the columns that matter; for a pipeline, by table.
    expect: Value,
}

#[tokio::test]
async fn every_case_gives_its_expected_rows() {
    let project = Project::embedded().unwrap();
    let mut failures = Vec::new();
    let mut names = BTreeSet::new();
    for (path, file) in files() {
        for case in &file.cases {
            assert!(names.insert(case.name.clone()), "two cases are named {}", case.name);
            if let Err(difference) = run(&project, &file, case).await {
                failures.push(format!("{path}: {}\n{difference}", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_model_view_and_audit_has_a_case() {
    let project = Project::embedded().unwrap();
    let files = files();
    let tested = |pick: fn(&File) -> &Option<String>| {
        files.iter().filter_map(move |file| pick(&file.1).as_deref()).collect::<BTreeSet<_>>()
    };
    let models = project.models().iter().map(|model| model.name.as_str()).collect();
    let views = project.reader_views().iter().map(|view| view.name.as_str()).collect();
    let audits = project.audits().iter().map(|audit| audit.name.as_str()).collect();
    assert_eq!(tested(|file| &file.model), models);
    assert_eq!(tested(|file| &file.view), views);
    assert_eq!(tested(|file| &file.audit), audits);
}

#[test]
fn every_audit_is_shown_firing_and_silent() {
    for (path, file) in files() {
        if file.audit.is_some() {
            let is_silent = |case: &Case| case.expect.as_array().is_some_and(Vec::is_empty);
            assert!(file.cases.iter().any(is_silent), "{path} has no case in which the audit is silent");
            assert!(!file.cases.iter().all(is_silent), "{path} has no case in which the audit fires");
        }
    }
}

async fn run(project: &Project, file: &File, case: &Case) -> Result<(), String> {
    let context = session("Pacific/Auckland", 2);
    register_all_empty(&context, project);
    for (name, table_rows) in file.always.iter().filter(|(name, _)| !case.given.contains_key(*name)).chain(&case.given)
    {
        let schema = schema_of(project, name);
        let filled = table_rows.iter().map(|row| filled(file, name, row)).collect::<Vec<_>>();
        register(&context, name, schema.clone(), vec![batch(&schema, &filled)]);
    }
    let failed = |error: hublake_models::Error| error.to_string();
    if let Some(pipeline) = &file.pipeline {
        let results = build(&context, project, pipeline, case.run_at).await.map_err(failed)?;
        for (table, expected) in case.expect.as_object().ok_or("expect is no map of tables")? {
            compare(&results[table], expected).map_err(|difference| format!("{table}: {difference}"))?;
        }
        return Ok(());
    }
    if let Some(name) = &file.audit {
        return compare_rows(&violations(project, name, &context, case.run_at).await.map_err(failed)?, &case.expect);
    }
    let model = match (&file.model, &file.view) {
        (Some(name), None) => project.model(name),
        (None, Some(name)) => project.reader_views().iter().find(|view| view.name == *name),
        _ => None,
    };
    let model = model.ok_or("the file names no model")?;
    compare(&build_model(&context, model, case.run_at).await.map_err(failed)?, &case.expect)
}

/// What the named audit finds, as rows.
async fn violations(
    project: &Project,
    name: &str,
    context: &datafusion::prelude::SessionContext,
    run_at: DateTime<Utc>,
) -> Result<Vec<Value>, hublake_models::Error> {
    let Some(audited) = project.audits().iter().find(|audit| audit.name == name) else { return Ok(Vec::new()) };
    let found = audit(context, &alone(name), &audited.pipeline, audited.scope, run_at).await?;
    let of_this = found.into_iter().filter(|violation| violation.audit == name);
    Ok(of_this.map(|found| json!({"repo_id": found.repo_id, "count": found.count, "sample": found.sample})).collect())
}

/// The project without the other audits, because running them all for each case takes long.
fn alone(name: &str) -> Project {
    let files = crate::tables::project_files();
    let is_kept = |path: &str| !path.starts_with("audits/") || path == format!("audits/{name}.sql");
    let kept = files.iter().filter(|(path, _)| is_kept(path));
    Project::parse(kept.map(|(path, text)| (path.as_str(), text.as_str()))).unwrap()
}

fn filled(file: &File, table: &str, row: &Map<String, Value>) -> Value {
    let bare = table.rsplit('.').next().unwrap_or(table);
    let mut filled = file.fill.get(table).or_else(|| file.fill.get(bare)).cloned().unwrap_or_default();
    filled.extend(row.clone());
    Value::Object(filled)
}

/// Compares the columns that the expected rows name.
fn compare(actual: &[RecordBatch], expected: &Value) -> Result<(), String> {
    compare_rows(&rows(actual), expected)
}

fn compare_rows(actual: &[Value], expected: &Value) -> Result<(), String> {
    let expected = expected.as_array().ok_or("expect is no list of rows")?;
    let columns = expected.iter().filter_map(Value::as_object).flat_map(Map::keys).collect::<BTreeSet<_>>();
    let mut shown = Vec::new();
    for row in actual {
        let row = row.as_object().ok_or("a row is no map")?;
        let named =
            row.iter().filter(|(name, _)| columns.contains(name)).map(|(name, value)| (name.clone(), value.clone()));
        shown.push(Value::Object(named.collect()));
    }
    let is_same = shown.len() == expected.len() && shown.iter().zip(expected).all(|(a, b)| is_equal(a, b));
    match is_same {
        true => Ok(()),
        false => Err(format!("expected {}\nfound    {}", json!(expected), json!(shown))),
    }
}

fn is_equal(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= TOLERANCE)
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| is_equal(value, other)))
        }
        _ => actual == expected,
    }
}

fn files() -> Vec<(String, File)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/tests");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let file: File = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let subjects = [&file.model, &file.view, &file.audit, &file.pipeline].into_iter().flatten().count();
        assert_eq!(subjects, 1, "{}: write one of model, view, audit, pipeline", path.display());
        files.push((path.file_name().unwrap().to_string_lossy().into_owned(), file));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}
