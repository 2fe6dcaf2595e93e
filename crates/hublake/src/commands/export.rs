//! `hublake export`.

mod traffic_stats;

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use arrow::array::{AsArray, RecordBatch};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::SessionContext;
use hublake_models::Project;

use super::Ended;
use crate::catalogue;
use crate::cli::ExportArgs;
use crate::home::Home;

/// Writes a table as Parquet, one file for each repository, in the folders that GitPulse's views read:
/// `TABLE/repo_owner=OWNER/repo_name=NAME/data.parquet`. The files hold neither of the two columns.
pub async fn export(home: &Home, args: ExportArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    let context = catalogue::reader(home, &project, None, home.settings.present()).await?;
    if args.table == traffic_stats::NAME {
        return traffic_stats::export(&context, &args.to).await;
    }
    let table = context.table(args.table.as_str()).await.map_err(|_| {
        anyhow::anyhow!("there is no table {}\nhint: hublake query \"SHOW TABLES\" lists them", args.table)
    })?;
    for column in ["repo_owner", "repo_name"] {
        if table.schema().field_with_unqualified_name(column).is_err() {
            bail!(
                "table {} has no column {column}, so it cannot be divided by repository\nhint: hublake query \"SELECT * FROM {}\" --format parquet > FILE",
                args.table,
                args.table
            );
        }
    }
    let folder = args.to.join(&args.table);
    let names = names(&context, &args.table).await?;
    for (owner, name) in &names {
        let place = folder.join(format!("repo_owner={owner}")).join(format!("repo_name={name}"));
        export_one(&context, &args.table, (owner, name), &place).await?;
    }
    say!("{} repositories of {} are in {}", names.len(), args.table, folder.display());
    Ok(Ended::Done)
}

async fn names(context: &SessionContext, table: &str) -> Result<Vec<(String, String)>> {
    let query = format!("SELECT DISTINCT repo_owner, repo_name FROM \"{table}\" ORDER BY 1, 2");
    let mut names = Vec::new();
    for batch in context.sql(&query).await?.collect().await? {
        let (owners, repositories) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
        for (owner, name) in owners.iter().flatten().zip(repositories.iter().flatten()) {
            names.push((owner.to_owned(), name.to_owned()));
        }
    }
    Ok(names)
}

/// Writes beside the place and moves the file there, so that a reader never sees half of it.
async fn export_one(context: &SessionContext, table: &str, (owner, name): (&str, &str), place: &Path) -> Result<()> {
    let text = |value: &str| value.replace('\'', "''");
    let query = format!(
        "SELECT * EXCEPT (repo_owner, repo_name) FROM \"{table}\" WHERE repo_owner = '{}' AND repo_name = '{}'",
        text(owner),
        text(name)
    );
    let rows = context.sql(&query).await?;
    let schema = std::sync::Arc::new(rows.schema().as_arrow().clone());
    let batches: Vec<RecordBatch> = rows.collect().await?;
    let shown = place.display().to_string();
    let failed = || format!("{shown}: cannot be written");
    std::fs::create_dir_all(place).with_context(failed)?;
    let partial = place.join("data.parquet.partial");
    let mut writer = ArrowWriter::try_new(File::create(&partial).with_context(failed)?, schema, None)?;
    for batch in &batches {
        writer.write(batch).with_context(failed)?;
    }
    writer.close().with_context(failed)?;
    std::fs::rename(&partial, place.join("data.parquet")).with_context(failed)
}
