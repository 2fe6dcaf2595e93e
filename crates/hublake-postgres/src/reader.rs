//! The role that may read.

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::error::failed;
use crate::{Result, sql};

/// Lets a role read the relations, and makes the role if it is not there and that is permitted.
///
/// Gives a sentence where there is no such role after all.
pub(crate) async fn grant(
    connection: &mut PgConnection,
    schema: &str,
    role: &str,
    relations: &[String],
) -> Result<Option<String>> {
    if !exists(connection, role).await? {
        let reason = make(connection, role).await?;
        if !exists(connection, role).await? {
            return Ok(Some(format!(
                "nobody was given the right to read: there is no role {role}, and {}\nhint: let an administrator CREATE ROLE {} NOLOGIN, then publish again",
                reason.unwrap_or_else(|| "it could not be made".to_owned()),
                sql::name(role)
            )));
        }
    }
    let lacking: Vec<(String,)> = sqlx::query_as(
        "SELECT relname::text FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
         AND relname = ANY($2) AND NOT has_table_privilege($3, oid, 'SELECT') ORDER BY 1",
    )
    .bind(schema)
    .bind(relations)
    .bind(role)
    .fetch_all(&mut *connection)
    .await
    .map_err(failed("reading rights"))?;
    let (may_use,): (bool,) = sqlx::query_as("SELECT has_schema_privilege($1, $2, 'USAGE')")
        .bind(role)
        .bind(schema)
        .fetch_one(&mut *connection)
        .await
        .map_err(failed("reading rights"))?;
    let mut statements = Vec::new();
    if !may_use {
        statements.push(format!("GRANT USAGE ON SCHEMA {} TO {}", sql::name(schema), sql::name(role)));
    }
    for (relation,) in lacking {
        statements.push(format!("GRANT SELECT ON {} TO {}", sql::place(schema, &relation), sql::name(role)));
    }
    for statement in statements {
        let granted = sqlx::raw_sql(&statement).execute(&mut *connection).await;
        granted.map_err(failed(format!("granting the right to read to {role}")))?;
    }
    Ok(None)
}

async fn exists(connection: &mut PgConnection, role: &str) -> Result<bool> {
    let (is_there,): (bool,) = sqlx::query_as("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
        .bind(role)
        .fetch_one(connection)
        .await
        .map_err(failed("looking for the role that may read"))?;
    Ok(is_there)
}

/// Tries to make the role, and gives the server's reason where it may not be made. Roles belong to the whole server,
/// so another database's publication may be making it too.
async fn make(connection: &mut PgConnection, role: &str) -> Result<Option<String>> {
    let mut trial = connection.begin().await.map_err(failed("making the role that may read"))?;
    let statement = format!("CREATE ROLE {} NOLOGIN", sql::name(role));
    let made = sqlx::raw_sql(&statement).execute(&mut *trial).await;
    match made {
        Ok(_) => {
            trial.commit().await.map_err(failed("making the role that may read"))?;
            Ok(None)
        }
        Err(sqlx::Error::Database(refusal)) => {
            trial.rollback().await.map_err(failed("making the role that may read"))?;
            Ok(Some(refusal.message().to_owned()))
        }
        Err(error) => Err(failed("making the role that may read")(error)),
    }
}
