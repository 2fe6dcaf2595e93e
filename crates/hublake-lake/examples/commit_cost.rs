//! Prints what an append, a replacement and an opening cost while a table grows.
//!
//! `cargo run --release -p hublake-lake --example commit_cost -- [COMMITS [join]]`, 10,000 by default. With
//! `join`, small files are joined after every 100 appends, as a pipeline does at its end.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use hublake_lake::{Lake, PartitionedRows, Table, TableSpec};

/// Commits over which a cost is averaged: more than lie between two checkpoints.
const WINDOW: usize = 400;

fn spec(name: &str) -> TableSpec {
    let fields = vec![Field::new("repo_id", DataType::Int64, false), Field::new("payload", DataType::Utf8, true)];
    TableSpec { name: name.to_owned(), schema: Arc::new(Schema::new(fields)), partitioned_by: None, by_month: None }
}

fn rows(repo_id: i64, count: usize) -> Result<RecordBatch, arrow::error::ArrowError> {
    let payloads: StringArray = (0..count).map(|row| Some(format!("{{\"number\":{row}}}"))).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(vec![repo_id; count])), Arc::new(payloads)];
    RecordBatch::try_new(spec("").schema, columns)
}

async fn append(table: &mut Table, number: usize) -> Result<(), Box<dyn Error>> {
    let version = i64::try_from(number)?;
    let part = PartitionedRows { partition: None, rows: rows(version % 500, 20)? };
    table.append(vec![part], &[(format!("issues/{}", number % 500), version)]).await?;
    Ok(())
}

async fn replace(table: &mut Table, number: usize) -> Result<(), Box<dyn Error>> {
    let repo_id = i64::try_from(number)? % 500;
    let taken = table.take(&[repo_id], false).await?;
    table.put(taken, vec![rows(repo_id, 20)?]).await?;
    table.commit().await?;
    Ok(())
}

async fn opening_ms(lake: &Lake, name: &str) -> Result<(f64, f64), Box<dyn Error>> {
    let started = Instant::now();
    let mut table = lake.table(&spec(name)).await?;
    let for_reading = started.elapsed().as_secs_f64() * 1000.0;
    table.transaction_version("issues/1").await?;
    Ok((for_reading, started.elapsed().as_secs_f64() * 1000.0))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let commits: usize = arguments.next().map_or(Ok(10_000), |count| count.parse())?;
    let joins = arguments.next().as_deref() == Some("join");
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(&folder.path().to_string_lossy()).await?;
    let mut raw = lake.table(&spec("raw")).await?;
    let mut mart = lake.table(&spec("mart")).await?;
    let (mut appending, mut replacing) = (Vec::new(), Vec::new());
    println!("commits  append ms  replace ms  open raw ms  with transactions ms  open mart ms  raw files");
    for number in 1..=commits {
        let started = Instant::now();
        append(&mut raw, number).await?;
        if joins && number % 100 == 0 {
            raw.join_small_files().await?;
        }
        appending.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        replace(&mut mart, number).await?;
        replacing.push(started.elapsed().as_secs_f64() * 1000.0);
        let is_told = [10, 100, 1_000, 3_000, 10_000, 30_000].contains(&number) || number == commits;
        if is_told {
            let mean = |costs: &[f64]| {
                let last = &costs[costs.len().saturating_sub(WINDOW)..];
                last.iter().sum::<f64>() / last.len() as f64
            };
            let (raw_ms, known_ms) = opening_ms(&lake, "raw").await?;
            let (mart_ms, _) = opening_ms(&lake, "mart").await?;
            println!(
                "{number:>7}  {:>9.2}  {:>10.2}  {raw_ms:>11.1}  {known_ms:>20.1}  {mart_ms:>12.1}  {:>9}",
                mean(&appending),
                mean(&replacing),
                raw.snapshot().files.len(),
            );
        }
    }
    Ok(())
}
