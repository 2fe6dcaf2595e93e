//! Prints what replacing two months costs in a table of ten years of days, stored by month; and what replacing one day
//! costs in a wide month of 100,000 repositories.
//!
//! `cargo run --release -p hublake-lake --example month_cost -- [REPOSITORIES [WIDE]]`, 1,000 by default: 3.65 million
//! rows; and 100,000 with 28 numbers, 3.1 million rows. 0 leaves either out.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::{Days, NaiveDate};
use hublake_lake::{Lake, Months, Table, TableSpec};

/// Repositories that are replaced at once.
const BATCH: usize = 250;
const DAYS: i32 = 3_650;
/// Rows of a batch, as queries give them.
const BATCH_ROWS: usize = 8 * 1024;
const NUMBERS: usize = 6;
const WIDE_NUMBERS: usize = 28;
/// 2010-01-01.
const FIRST_DAY: i32 = 14_610;

fn spec(name: &str, numbers: usize) -> TableSpec {
    let mut fields = vec![Field::new("repo_id", DataType::Int64, false), Field::new("day", DataType::Date32, false)];
    fields.extend((0..numbers).map(|number| Field::new(format!("number_{number}"), DataType::Int64, true)));
    let by_month = Some("day".to_owned());
    TableSpec { name: name.to_owned(), schema: Arc::new(Schema::new(fields)), partitioned_by: None, by_month }
}

/// Each day of some repositories, by repository and day.
fn rows(
    schema: &SchemaRef,
    repo_ids: &[i64],
    days: std::ops::Range<i32>,
    seed: i64,
) -> Result<Vec<RecordBatch>, Box<dyn Error>> {
    let all: Vec<(i64, i32)> = repo_ids.iter().flat_map(|id| days.clone().map(move |day| (*id, day))).collect();
    let mut batches = Vec::new();
    for some in all.chunks(BATCH_ROWS) {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(some.iter().map(|(id, _)| *id).collect::<Int64Array>()),
            Arc::new(some.iter().map(|(_, day)| Some(*day)).collect::<Date32Array>()),
        ];
        for number in 0..schema.fields().len() - 2 {
            let number = seed + i64::try_from(number)?;
            let value = |(id, day): &(i64, i32)| (id * 31 + i64::from(*day) * 17 + number).rem_euclid(1_000);
            columns.push(Arc::new(some.iter().map(value).collect::<Int64Array>()));
        }
        batches.push(RecordBatch::try_new(Arc::clone(schema), columns)?);
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
    let schema = Arc::clone(&table.snapshot().schema);
    let months = Months::of(days.clone().map(date));
    let mut costs = Costs { take_s: 0.0, put_s: 0.0, commit_s: 0.0 };
    for batch in repo_ids.chunks(BATCH) {
        let started = Instant::now();
        let mut taken = table.take_months(batch, &months, previous).await?;
        costs.take_s += started.elapsed().as_secs_f64();
        let mut new = rows(&schema, batch, days.clone(), i64::from(previous))?;
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

fn date(day: i32) -> NaiveDate {
    NaiveDate::default() + Days::new(u64::from(day.unsigned_abs()))
}

fn print(what: &str, costs: &Costs, table: &Table) {
    let (files, rows) = (table.snapshot().files.len(), table.snapshot().rows());
    let Costs { take_s, put_s, commit_s } = costs;
    println!("{what:<38} {take_s:>8.3} {put_s:>7.3} {commit_s:>9.3} {files:>6} {rows:>8}{}", peak());
}

/// The most memory that the process ever had, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map(|peak| format!("  peak {}", peak.trim())).unwrap_or_default()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let repositories: i64 = arguments.next().map_or(Ok(1_000), |count| count.parse())?;
    let wide: i64 = arguments.next().map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(&folder.path().to_string_lossy()).await?;
    println!("{:<38}   take s   put s  commit s  files     rows", "what");
    if repositories > 0 {
        ten_years(&lake, repositories).await?;
    }
    if wide > 0 {
        wide_month(&lake, wide).await?;
    }
    Ok(())
}

async fn ten_years(lake: &Lake, repositories: i64) -> Result<(), Box<dyn Error>> {
    let mut table = lake.table(&spec("days", NUMBERS)).await?;
    let all: Vec<i64> = (0..repositories).map(|place| place * 7).collect();
    let last = FIRST_DAY + DAYS;
    for (what, ids, days, previous) in [
        ("import of ten years", &all[..], FIRST_DAY..last, false),
        ("two months, all repositories", &all[..], last - 40..last, true),
        ("two months, one repository", &all[..1], last - 40..last, true),
        ("an old month, one repository", &all[..1], FIRST_DAY + 100..FIRST_DAY + 101, true),
    ] {
        print(what, &replace(&mut table, ids, days, previous).await?, &table);
    }
    let started = Instant::now();
    lake.table(&spec("days", NUMBERS)).await?;
    println!("opening: {:.3} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// A month of which one day is replaced, and the week before it read.
async fn wide_month(lake: &Lake, repositories: i64) -> Result<(), Box<dyn Error>> {
    let mut table = lake.table(&spec("wide", WIDE_NUMBERS)).await?;
    let schema = Arc::clone(&table.snapshot().schema);
    let all: Vec<i64> = (0..repositories).map(|place| place * 7).collect();
    let month = FIRST_DAY..FIRST_DAY + 31;
    print("a wide month", &replace(&mut table, &all, month.clone(), false).await?, &table);

    let today = month.end - 1;
    let started = Instant::now();
    let mut taken = table.take_days(&all, &[date(today)].into(), 7, true).await?;
    let take_s = started.elapsed().as_secs_f64();
    let read: usize = std::mem::take(&mut taken.previous).iter().map(RecordBatch::num_rows).sum();
    let new = rows(&schema, &all, today..month.end, 1)?;
    let started = Instant::now();
    table.put(taken, new).await?;
    let put_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    table.commit().await?;
    let commit_s = started.elapsed().as_secs_f64();
    print(&format!("its last day ({read} rows read)"), &Costs { take_s, put_s, commit_s }, &table);
    Ok(())
}
