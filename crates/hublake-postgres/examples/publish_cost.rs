//! What publishing costs: a first publication of many daily rows, one after a day more, one without news, and one
//! with as many new rows again. With `empty` a publication without facts goes before, so that the first rows come to
//! a table that stands.
//!
//!   cargo run --release --example publish_cost -p hublake-postgres -- postgres://USER@HOST/DATABASE [ROWS] [empty]
//!
//! The tables of trending are made in schema public of the database, which should be empty.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::array::{TimestampMicrosecondArray, new_null_array};
use arrow::datatypes::DataType;
use futures::StreamExt;
use hublake_postgres::{BoxError, Plan, Planned, Rows, Server, Source, publish, trending};
use secrecy::SecretString;

/// Days of every repository.
const DAYS: i64 = 365;
const BATCH_ROWS: usize = 8192;
const FIRST_DAY: i64 = 20_000;

struct Made {
    repositories: i64,
    rows: i64,
}

impl Source for Made {
    async fn rows(&self, table: &str, _after: Option<i64>) -> Result<Rows, BoxError> {
        let (repositories, rows) = (self.repositories, self.rows);
        Ok(match table {
            "dim_languages" => once(languages()?),
            "dim_repositories" => in_batches(repositories, versions),
            "fact_repo_snapshots" => in_batches(rows, move |from, to| snapshots(from, to, repositories)),
            _ => futures::stream::empty().boxed(),
        })
    }
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("say which database: postgres://USER@HOST/DATABASE")?;
    let rows: i64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let server = Server::parse(&SecretString::from(address))?;
    let is_empty = arguments.next().is_some_and(|word| word == "empty");
    let repositories = rows / DAYS + 1;
    let publications = [
        ("no rows", 0),
        ("first", rows),
        ("a day more", rows + repositories),
        ("no news", rows + repositories),
        ("as many again", 2 * rows + repositories),
    ];
    for (what, rows) in publications.into_iter().skip(usize::from(!is_empty)) {
        let tables = trending::tables().into_iter().map(|table| Planned { table, source: rows.to_string() });
        let tables = tables.filter(|planned| !planned.table.name.starts_with("raw_")).collect();
        let plan =
            Plan { tables, views: Vec::new(), reader: "hublake_reader".to_owned(), is_full: false, replaces: false };
        let begun = Instant::now();
        let published = publish(&server, &plan, &Made { repositories, rows }).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let facts = published.tables.iter().find(|report| report.name == "fact_repo_snapshots");
        println!("{what}: {seconds:.1} s, {:?}", facts.map(|report| report.outcome));
    }
    Ok(())
}

fn once(batch: RecordBatch) -> Rows {
    futures::stream::iter([Ok(batch)]).boxed()
}

fn in_batches(rows: i64, make: impl Fn(i64, i64) -> Result<RecordBatch, BoxError> + Send + 'static) -> Rows {
    let starts = (0..rows).step_by(BATCH_ROWS);
    futures::stream::iter(starts.map(move |from| make(from, rows.min(from + BATCH_ROWS as i64)))).boxed()
}

fn languages() -> Result<RecordBatch, BoxError> {
    Ok(RecordBatch::try_from_iter([
        ("language_key", Arc::new(Int64Array::from(vec![1, 2, 3, 4])) as ArrayRef),
        ("language_name", Arc::new(StringArray::from(vec!["Python", "TypeScript", "Go", "render"]))),
        ("language_category", Arc::new(StringArray::from(vec!["general", "web", "systems", "platform"]))),
        ("ecosystem_size", Arc::new(StringArray::from(vec!["large", "large", "large", "medium"]))),
    ])?)
}

fn versions(from: i64, to: i64) -> Result<RecordBatch, BoxError> {
    let count = usize::try_from(to - from)?;
    let texts = |prefix: &str| Arc::new((from..to).map(|id| Some(format!("{prefix}{id}"))).collect::<StringArray>());
    let instants = || Arc::new(TimestampMicrosecondArray::from(vec![1_700_000_000_000_000; count])) as ArrayRef;
    let nothing = |data_type| new_null_array(&data_type, count);
    Ok(RecordBatch::try_from_iter([
        ("repo_key", Arc::new((from..to).collect::<Int64Array>()) as ArrayRef),
        ("repo_full_name", texts("owner/name-")),
        ("repo_url", texts("https://github.com/owner/name-")),
        ("description", texts("What the repository is for, in a sentence of some length: ")),
        ("readme_content", nothing(DataType::Utf8)),
        ("language", Arc::new(StringArray::from(vec!["Go"; count]))),
        ("created_at", instants()),
        ("render_category", nothing(DataType::Utf8)),
        ("valid_from", instants()),
        ("valid_to", nothing(DataType::Int64)),
        ("is_current", Arc::new(BooleanArray::from(vec![true; count]))),
        ("repo_id", Arc::new((from..to).collect::<Int64Array>())),
        ("repo_language", nothing(DataType::Utf8)),
        ("is_render", Arc::new(BooleanArray::from(vec![false; count]))),
        ("readme_sha256", nothing(DataType::Utf8)),
    ])?)
}

fn snapshots(from: i64, to: i64, repositories: i64) -> Result<RecordBatch, BoxError> {
    let numbers = |make: &dyn Fn(i64) -> i64| Arc::new((from..to).map(make).collect::<Int64Array>()) as ArrayRef;
    let scores = |make: &dyn Fn(i64) -> f64| Arc::new((from..to).map(make).collect::<Float64Array>()) as ArrayRef;
    let repository = |row: i64| row % repositories;
    let stars = |row: i64| (row * 7919) % 100_000;
    let days = (from..to).map(|row| i32::try_from(FIRST_DAY + row / repositories)).collect::<Result<Vec<_>, _>>()?;
    let seen: Vec<i64> = days.iter().map(|day| i64::from(*day) * 86_400_000_000).collect();
    let count = days.len();
    Ok(RecordBatch::try_from_iter([
        ("snapshot_id", numbers(&|row| row)),
        ("repo_key", numbers(&repository)),
        ("language_key", numbers(&|row| 1 + repository(row) % 4)),
        ("snapshot_date", Arc::new(Date32Array::from(days)) as ArrayRef),
        ("stars", numbers(&stars)),
        ("star_velocity", scores(&|row| (row % 1000) as f64 / 7.0)),
        ("activity_score", scores(&|row| (row % 333) as f64 * 0.3)),
        ("momentum_score", scores(&|row| stars(row) as f64 / 200_000.0)),
        ("rank_overall", numbers(&|row| 1 + repository(row))),
        ("rank_in_language", numbers(&|row| 1 + repository(row) / 4)),
        ("repo_id", numbers(&repository)),
        ("forks", numbers(&|row| stars(row) / 10)),
        ("commits_last_7_days", numbers(&|row| row % 50)),
        ("issues_closed_last_7_days", numbers(&|row| row % 20)),
        ("active_contributors", numbers(&|row| row % 9)),
        ("star_velocity_from", Arc::new(StringArray::from(vec!["snapshots"; count]))),
        ("stars_normalised", scores(&|row| stars(row) as f64 / 100_000.0)),
        ("recency_score", scores(&|_| 0.5)),
        ("age_days", numbers(&|row| row / repositories)),
        ("seen_at", Arc::new(TimestampMicrosecondArray::from(seen))),
        ("source_run_seq", numbers(&|row| 1 + row / repositories)),
    ])?)
}
