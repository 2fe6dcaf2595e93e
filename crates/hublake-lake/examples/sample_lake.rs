//! Writes a small lake and prints what an outside reader must find in it, as JSON.
//!
//! `cargo run -p hublake-lake --example sample_lake -- FOLDER > expected.json`

use std::error::Error;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use hublake_lake::{Lake, PartitionedRows, TableSpec};

const DAYS: [&str; 3] = ["2026-11-20", "2026-11-21", "2026-11-22"];

fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn raw_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("fetched_at", instant(), false),
        Field::new("payload", DataType::Utf8, true),
        Field::new("fetched_on", DataType::Date32, false),
    ]))
}

fn raw_rows(number: i64) -> Result<PartitionedRows, Box<dyn Error>> {
    // 2026-11-20 and the days after it, a microsecond a commit.
    let day = number % 3;
    let at = 1_795_132_800_000_000 + day * 86_400_000_000 + number;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![number % 7, number % 7])),
        Arc::new(TimestampMicrosecondArray::from(vec![at, at]).with_timezone("UTC")),
        Arc::new(StringArray::from(vec![Some(format!("{{\"n\":{number}}}")), None])),
    ];
    let schema = raw_schema().project(&[0, 1, 2])?;
    let rows = RecordBatch::try_new(Arc::new(schema), columns)?;
    Ok(PartitionedRows { partition: Some(DAYS[usize::try_from(day)?].to_owned()), rows })
}

fn mart_schema() -> SchemaRef {
    let label = Arc::new(Field::new("element", DataType::Utf8, true));
    Arc::new(Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("issue_id", DataType::Int64, false),
        Field::new("label_names", DataType::List(label), true),
    ]))
}

fn mart_rows(repo_ids: &[i64], count: i64) -> Result<RecordBatch, Box<dyn Error>> {
    let mut labels =
        ListBuilder::new(StringBuilder::new()).with_field(Arc::new(Field::new("element", DataType::Utf8, true)));
    let (mut ids, mut issues) = (Vec::new(), Vec::new());
    for repo_id in repo_ids {
        for issue in 0..count {
            ids.push(*repo_id);
            issues.push(repo_id * 1000 + issue);
            labels.values().append_value("bug");
            labels.append(true);
        }
    }
    let columns: Vec<ArrayRef> =
        vec![Arc::new(Int64Array::from(ids)), Arc::new(Int64Array::from(issues)), Arc::new(labels.finish())];
    Ok(RecordBatch::try_new(mart_schema(), columns)?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: sample_lake FOLDER")?;
    let lake = Lake::open(&folder).await?;

    let raw = TableSpec {
        name: "raw_sample".to_owned(),
        schema: raw_schema(),
        partitioned_by: Some("fetched_on".to_owned()),
        by_month: None,
    };
    let mut table = lake.table(&raw).await?;
    for number in 0..120 {
        table.append(vec![raw_rows(number)?], &[("sample".to_owned(), number)]).await?;
        if number == 110 {
            table.join_small_files().await?;
        }
    }

    let mart =
        TableSpec { name: "mart_sample".to_owned(), schema: mart_schema(), partitioned_by: None, by_month: None };
    let mut table = lake.table(&mart).await?;
    let all: Vec<i64> = (0..1000).collect();
    let taken = table.take(&all, false).await?;
    table.put(taken, vec![mart_rows(&all, 100)?]).await?;
    let before = table.commit().await?;
    for repo_id in 0..30 {
        let taken = table.take(&[repo_id], false).await?;
        table.put(taken, vec![mart_rows(&[repo_id], 1)?]).await?;
        table.commit().await?;
    }

    let first_load: i64 = all.iter().map(|repo_id| 100 * repo_id * 1000 + 4950).sum();
    let replaced: i64 = (0..30).map(|repo_id| 99 * repo_id * 1000 + 4950).sum();
    let expected = serde_json::json!({
        "raw_sample": {
            "rows": 240,
            "sum": (0..120).map(|number| 2 * (number % 7)).sum::<i64>(),
            "column": "repo_id",
            "days": DAYS.map(|day| (day, 80)),
            "last_fetched_at_us": 1_795_132_800_000_000_i64 + 2 * 86_400_000_000 + 119,
            "payloads": 120,
        },
        "mart_sample": {
            "rows": 100_000 - 30 * 99,
            "sum": first_load - replaced,
            "column": "issue_id",
            "labels": 100_000 - 30 * 99,
        },
        "mart_sample_before": {"version": before, "rows": 100_000, "sum": first_load, "column": "issue_id"},
    });
    println!("{expected}");
    Ok(())
}
