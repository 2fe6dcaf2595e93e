//! `hublake publish`.

mod asked;
mod rows;

use anyhow::Result;
use comfy_table::CellAlignment;
use hublake_models::Project;
use hublake_postgres::{Outcome, Plan, Published, Server};
use hublake_store::Lock;
use serde_json::json;

use self::asked::Asked;
use self::rows::Lake;
use super::Ended;
use crate::cli::{AnswerFormat, PostgresArgs};
use crate::home::Home;
use crate::output;

/// Publishes to a PostgreSQL database.
pub async fn postgres(home: &Home, args: PostgresArgs) -> Result<Ended> {
    let server = Server::parse(&args.url)?;
    let project = Project::embedded()?;
    let lock = turn(home).await?;
    let lake = Lake::open(home, &project).await?;
    let asked = Asked::new(&project, &lake, &args.tables).await?;
    let plan = Plan {
        tables: asked.tables,
        views: asked.views,
        reader: args.reader.clone(),
        is_full: args.full,
        replaces: args.replace,
    };
    let published = hublake_postgres::publish(&server, &plan, &lake.source(asked.queries)).await?;
    drop(lock);
    match args.format {
        AnswerFormat::Table => print(&published, &server, &args.reader),
        AnswerFormat::Json => output::print_json(&as_json(&published))?,
    }
    for note in asked.notes.iter().chain(&published.notes) {
        tell!("note: {note}");
    }
    Ok(Ended::Done)
}

/// Two publications of one home take turns, so that an older state never follows a newer one.
async fn turn(home: &Home) -> Result<Lock> {
    let waiting = |_: Option<&hublake_store::Holder>| tell!("waiting: another publication is going on");
    Ok(home.store.lock_or_wait("postgres", "hublake publish postgres", waiting).await?)
}

fn print(published: &Published, server: &Server, reader: &str) {
    let mut table = output::new_table();
    table.set_header(["table", "rows", "inserted", "updated", "deleted", "unchanged"]);
    for column in 1..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for report in &published.tables {
        let rows = report.outcome.rows().to_string();
        let cells = match report.outcome {
            Outcome::Written { inserted, updated, deleted, unchanged, .. } => {
                [inserted, updated, deleted, unchanged].map(|count| count.to_string())
            }
            _ => ["0".to_owned(), "0".to_owned(), "0".to_owned(), rows.clone()],
        };
        let [inserted, updated, deleted, unchanged] = cells;
        table.add_row([report.name.clone(), rows, inserted, updated, deleted, unchanged]);
    }
    let changes: u64 = published.tables.iter().map(|report| report.outcome.changes()).sum();
    say!("{table}");
    say!(
        "{} and {} are in schema {} of {server}; {} written; {reader} may read",
        counted(published.tables.len() as u64, "table"),
        counted(published.view_count as u64, "view"),
        published.schema,
        counted(changes, "row")
    );
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn as_json(published: &Published) -> Vec<serde_json::Value> {
    published
        .tables
        .iter()
        .map(|report| match report.outcome {
            Outcome::Written { inserted, updated, deleted, unchanged, .. } => json!({
                "table": report.name, "rows": report.outcome.rows(), "was_read": true, "inserted": inserted,
                "updated": updated, "deleted": deleted, "unchanged": unchanged,
            }),
            _ => json!({
                "table": report.name, "rows": report.outcome.rows(), "was_read": false, "inserted": 0, "updated": 0,
                "deleted": 0, "unchanged": report.outcome.rows(),
            }),
        })
        .collect()
}
