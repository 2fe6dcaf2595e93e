//! Prints what replacing two months costs in a table of ten years of days, stored by month.
//!
//! `cargo run --release -p hublake-lake --example month_cost -- [REPOSITORIES]`, 1,000 by default: 3.65 million rows.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::{Days, NaiveDate};
use hublake_lake::{Lake, Months, Table, TableSpec};

/// Repositories that are replaced at once.
const BATCH: usize = 250;
const DAYS: i32 = 3_650;
/// Rows of a batch, as queries give them.
const BATCH_ROWS: usize = 8 * 1024;
const NUMBERS: usize = 6;

fn spec() -> TableSpec {
    let mut fields = vec![Field::new("repo_id", DataType::Int64, false), Field::new("day", DataType::Date32, false)];
    fields.extend((0..NUMBERS).map(|number| Field::new(format!("number_{number}"), DataType::Int64, true)));
    let by_month = Some("day".to_owned());
    TableSpec { name: "days".to_owned(), schema: Arc::new(Schema::new(fields)), partitioned_by: None, by_month }
}

/// Each day of some repositories, by repository and day.
fn rows(repo_ids: &[i64], days: std::ops::Range<i32>, seed: i64) -> Result<Vec<RecordBatch>, Box<dyn Error>> {
    let schema = spec().schema;
    let all: Vec<(i64, i32)> = repo_ids.iter().flat_map(|id| days.clone().map(move |day| (*id, day))).collect();
    let mut batches = Vec::new();
    for some in all.chunks(BATCH_ROWS) {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(some.iter().map(|(id, _)| *id).collect::<Int64Array>()),
            Arc::new(some.iter().map(|(_, day)| Some(*day)).collect::<Date32Array>()),
        ];
        for number in 0..NUMBERS {
            let number = seed + i64::try_from(number)?;
            let value = |(id, day): &(i64, i32)| (id * 31 + i64::from(*day) * 17 + number).rem_euclid(1_000);
            columns.push(Arc::new(some.iter().map(value).collect::<Int64Array>()));
        }
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    Ok(batches)
}

struct Costs {
    take_s: f64,
    put_s: f64,
    commit_s: f64,
}

/// Replaces days of repositories, a batch at a time, in one commit.
async fn replace(
    table: &mut Table,
    repo_ids: &[i64],
    days: std::ops::Range<i32>,
    previous: bool,
) -> Result<Costs, Box<dyn Error>> {
    let epoch = NaiveDate::default();
    let date = |day: i32| epoch + Days::new(u64::from(day.unsigned_abs()));
    let months = Months::of(days.clone().map(date));
    let mut costs = Costs { take_s: 0.0, put_s: 0.0, commit_s: 0.0 };
    for batch in repo_ids.chunks(BATCH) {
        let started = Instant::now();
        let mut taken = table.take_months(batch, &months, previous).await?;
        costs.take_s += started.elapsed().as_secs_f64();
        let mut new = rows(batch, days.clone(), i64::from(previous))?;
        if previous {
            // What a model gives back: the months that it was given and their neighbours, unchanged.
            new = std::mem::take(&mut taken.previous);
        }
        let started = Instant::now();
        table.put(taken, new).await?;
        costs.put_s += started.elapsed().as_secs_f64();
    }
    let started = Instant::now();
    table.commit().await?;
    costs.commit_s = started.elapsed().as_secs_f64();
    Ok(costs)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let repositories: i64 = std::env::args().nth(1).map_or(Ok(1_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(&folder.path().to_string_lossy()).await?;
    let mut table = lake.table(&spec()).await?;
    let all: Vec<i64> = (0..repositories).map(|place| place * 7).collect();
    // 2010-01-01 and ten years from there.
    let first = 14_610;
    println!("what                                take s   put s  commit s  files     rows");
    for (what, ids, days, previous) in [
        ("import of ten years", &all[..], first..first + DAYS, false),
        ("two months, all repositories", &all[..], first + DAYS - 40..first + DAYS, true),
        ("two months, one repository", &all[..1], first + DAYS - 40..first + DAYS, true),
        ("an old month, one repository", &all[..1], first + 100..first + 101, true),
    ] {
        let costs = replace(&mut table, ids, days, previous).await?;
        let (files, rows) = (table.snapshot().files.len(), table.snapshot().rows());
        let Costs { take_s, put_s, commit_s } = costs;
        println!("{what:<34} {take_s:>8.3} {put_s:>7.3} {commit_s:>9.3} {files:>6} {rows:>8}");
    }
    let started = Instant::now();
    lake.table(&spec()).await?;
    println!("opening: {:.3} s", started.elapsed().as_secs_f64());
    Ok(())
}
