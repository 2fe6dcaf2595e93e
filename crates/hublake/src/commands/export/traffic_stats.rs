//! Traffic in the files that traffic-stats writes.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;

use crate::commands::Ended;

/// What the two files together are called on the command line.
pub const NAME: &str = "traffic-stats";

/// A RID is GitHub's number of the repository. What is not known is empty, not 0.
const REPOSITORIES: &str = "SELECT repo_id AS \"RID\", repo_owner AS \"ORGNAME\", repo_name AS \"REPONAME\"
    FROM stg_traffic_repositories WHERE first_day IS NOT NULL ORDER BY 1";
const DAYS: &str = "SELECT repo_id AS \"RID\", calendar_date AS \"TDATE\", views AS \"VIEWCOUNT\",
        view_uniques AS \"VUNIQUES\", clones AS \"CLONECOUNT\", clone_uniques AS \"CUNIQUES\"
    FROM mart_traffic_daily WHERE coalesce(views, view_uniques, clones, clone_uniques) IS NOT NULL ORDER BY 1, 2";

/// Writes `repositories.csv` and `repostats.csv` with the headers of traffic-stats.
pub async fn export(context: &SessionContext, folder: &Path) -> Result<Ended> {
    if context.table("mart_traffic_daily").await.is_err() {
        bail!("no traffic is published yet\nhint: hublake run traffic");
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    write(context, REPOSITORIES, &folder.join("repositories.csv")).await?;
    let days = write(context, DAYS, &folder.join("repostats.csv")).await?;
    say!("{days} days are in {}, beside repositories.csv", folder.join("repostats.csv").display());
    Ok(Ended::Done)
}

/// Writes beside the place and moves the file there, so that a reader never sees half of it; gives the rows.
async fn write(context: &SessionContext, query: &str, place: &Path) -> Result<usize> {
    let shown = place.display().to_string();
    let failed = || format!("{shown}: cannot be written");
    let partial = place.with_extension("csv.partial");
    let mut writer = arrow::csv::WriterBuilder::new().build(File::create(&partial).with_context(failed)?);
    let mut count = 0;
    let frame = context.sql(query).await?;
    // Without rows too the file has its header.
    writer.write(&RecordBatch::new_empty(Arc::new(frame.schema().as_arrow().clone()))).with_context(failed)?;
    for rows in frame.collect().await? {
        count += rows.num_rows();
        writer.write(&rows).with_context(failed)?;
    }
    drop(writer);
    std::fs::rename(&partial, place).with_context(failed)?;
    Ok(count)
}
