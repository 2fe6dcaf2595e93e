//! The views of a plan.

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::{Plan, declared};
use crate::error::failed;
use crate::ledger::{Entry, Ledger};
use crate::table::ViewSpec;
use crate::{Result, shape, sql};

/// Makes the views that are missing, were declared otherwise, or were changed by hand. One that is as it should be is
/// left alone, because making a view holds up its readers until the transaction ends.
pub(super) async fn make(connection: &mut PgConnection, schema: &str, plan: &Plan, ledger: &mut Ledger) -> Result<()> {
    let relations = shape::relations(connection, schema).await?;
    for view in &plan.views {
        let found = relations.get(&view.name);
        let entry = ledger.entry(view.name.clone()).or_default();
        let wanted = declared(view);
        if found.is_some_and(|found| entry.declared == wanted && entry.shape == found.definition) {
            continue;
        }
        make_one(connection, schema, view, found.is_some()).await?;
        *entry = Entry { name: view.name.clone(), declared: wanted, ..Entry::default() };
    }
    Ok(())
}

/// A view can be replaced in place where its columns stay; where they do not, it is dropped before.
async fn make_one(connection: &mut PgConnection, schema: &str, view: &ViewSpec, is_there: bool) -> Result<()> {
    let place = sql::place(schema, &view.name);
    let making = || failed(format!("making the view {}", view.name));
    let create = format!(
        "CREATE OR REPLACE VIEW {place} AS\n{};\nCOMMENT ON VIEW {place} IS {}",
        view.query.trim_end().trim_end_matches(';'),
        sql::literal(&view.comment)
    );
    let mut trial = connection.begin().await.map_err(making())?;
    match sqlx::raw_sql(&create).execute(&mut *trial).await {
        Ok(_) => return trial.commit().await.map_err(making()),
        Err(sqlx::Error::Database(_)) if is_there => trial.rollback().await.map_err(making())?,
        Err(error) => return Err(making()(error)),
    }
    let again = format!("DROP VIEW {place};\n{create}");
    sqlx::raw_sql(&again).execute(connection).await.map_err(making())?;
    Ok(())
}
