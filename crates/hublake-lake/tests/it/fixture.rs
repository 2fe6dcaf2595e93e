//! A lake in a temporary folder, rows for it and questions to it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use hublake_lake::{Lake, PartitionedRows, SessionOptions, Snapshot, Table, TableSpec, session};
use tempfile::TempDir;

pub struct Fixture {
    pub lake: Lake,
    pub folder: TempDir,
}

impl Fixture {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
        Self { lake, folder }
    }

    /// The lake as another process would see it.
    pub async fn reopened(&self) -> Lake {
        Lake::open(self.folder.path().to_str().unwrap()).await.unwrap()
    }

    pub async fn snapshot(&self, name: &str) -> Snapshot {
        self.lake.snapshot(name, None).await.unwrap().unwrap()
    }

    /// The Parquet files that lie in a table's folder, whether a version names them or not.
    pub fn parquet_files(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().join(name)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.ends_with("_delta_log") {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "parquet") {
                    found.push(path.to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        found
    }
}

pub fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// A raw table with the partition column at the given place.
pub fn raw_spec(partition_at: usize) -> TableSpec {
    let mut fields = raw_file_fields();
    fields.insert(partition_at, Field::new("fetched_on", DataType::Date32, false));
    TableSpec {
        name: "raw_things".to_owned(),
        schema: Arc::new(Schema::new(fields)),
        partitioned_by: Some("fetched_on".to_owned()),
        by_month: None,
    }
}

fn raw_file_fields() -> Vec<Field> {
    vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("run_seq", DataType::Int64, false),
        Field::new("fetched_at", instant(), false),
        Field::new("payload", DataType::Utf8, true),
    ]
}

/// 2026-11-20 00:00 UTC in microseconds.
pub const MIDNIGHT_US: i64 = 1_795_132_800_000_000;
pub const DAY_US: i64 = 86_400_000_000;

/// One row a number: the number is its run, its microsecond of the day and its payload.
pub fn raw_rows(day: i64, repo_id: i64, numbers: std::ops::Range<i64>) -> PartitionedRows {
    let count = numbers.clone().count();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![repo_id; count])),
        Arc::new(numbers.clone().collect::<Int64Array>()),
        Arc::new(
            numbers
                .clone()
                .map(|number| Some(MIDNIGHT_US + day * DAY_US + number))
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
        Arc::new(numbers.map(|number| Some(format!("payload {number}"))).collect::<StringArray>()),
    ];
    let rows = RecordBatch::try_new(Arc::new(Schema::new(raw_file_fields())), columns).unwrap();
    PartitionedRows { partition: Some(format!("2026-11-{:02}", 20 + day)), rows }
}

pub fn transaction(app_id: &str, version: i64) -> (String, i64) {
    (app_id.to_owned(), version)
}

/// A table of replaced rows: `repo_id` and a number.
pub fn mart_spec() -> TableSpec {
    TableSpec { name: "mart_things".to_owned(), schema: mart_schema(), partitioned_by: None, by_month: None }
}

pub fn mart_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("number", DataType::Int64, false),
    ]))
}

pub fn mart_rows(rows: impl IntoIterator<Item = (i64, i64)>) -> RecordBatch {
    let (ids, numbers): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(ids)), Arc::new(Int64Array::from(numbers))];
    RecordBatch::try_new(mart_schema(), columns).unwrap()
}

/// Replaces the rows of some repositories in one commit.
pub async fn replace(table: &mut Table, repo_ids: &[i64], rows: RecordBatch) -> i64 {
    let taken = table.take(repo_ids, false).await.unwrap();
    table.put(taken, vec![rows]).await.unwrap();
    table.commit().await.unwrap()
}

/// The answer to a query over table `t`, a line a row, columns divided by `|`.
pub async fn ask(snapshot: &Snapshot, sql: &str) -> Vec<String> {
    try_ask(snapshot, sql).await.unwrap()
}

pub async fn try_ask(snapshot: &Snapshot, sql: &str) -> datafusion::error::Result<Vec<String>> {
    let context = session(&SessionOptions::default())?;
    context.register_table("t", snapshot.provider())?;
    let batches = context.sql(sql).await?.collect().await?;
    let options = FormatOptions::default().with_null("null");
    let mut lines = Vec::new();
    for batch in &batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<_> = columns.iter().map(|column| column.value(row).to_string()).collect();
            lines.push(cells.join("|"));
        }
    }
    Ok(lines)
}
