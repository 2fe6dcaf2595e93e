//! What stands already, judged before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;

use super::{Plan, declared, names};
use crate::error::failed;
use crate::ledger::{Entry, Ledger};
use crate::shape::{self, Relation};
use crate::table::TableSpec;
use crate::{Error, Result, sql};

/// What has to become of each table of a plan.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Not there, or to be made anew.
    made_anew: BTreeSet<String>,
    /// There as they should be, but the ledger does not know them.
    adopted: BTreeSet<String>,
    /// Indexes and constraints by table, of those that stay.
    parts: BTreeMap<String, Vec<String>>,
}

impl Standing {
    /// Judges what is there.
    ///
    /// Errors: [`Error::Changed`], [`Error::Foreign`].
    pub(super) fn judge(
        schema: &str,
        plan: &Plan,
        ledger: &Ledger,
        relations: &BTreeMap<String, Relation>,
    ) -> Result<Self> {
        let mut standing = Self::default();
        for table in plan.tables.iter().map(|planned| &planned.table) {
            let Some(relation) = relations.get(&table.name) else {
                standing.made_anew.insert(table.name.clone());
                continue;
            };
            let verdict = match ledger.get(&table.name) {
                Some(entry) => unchanged(schema, table, entry, relation).map(|()| entry.declared == declared(table)),
                None if is_as_declared(table, relation) => {
                    standing.adopted.insert(table.name.clone());
                    Ok(true)
                }
                None => Err(Error::Foreign { name: format!("table {}", table.name) }),
            };
            let stays = match verdict {
                Ok(stays) => stays,
                Err(_) if plan.replaces => false,
                Err(error) => return Err(error),
            };
            if stays {
                standing.parts.insert(table.name.clone(), relation.parts.clone());
            } else {
                standing.made_anew.insert(table.name.clone());
            }
        }
        for view in &plan.views {
            if let Some(relation) = relations.get(&view.name)
                && !ledger.contains_key(&view.name)
                && !plan.replaces
                && !standing.adopts_all(plan, relation)
            {
                return Err(Error::Foreign { name: format!("view {}", view.name) });
            }
        }
        standing.spread(plan, relations);
        Ok(standing)
    }

    /// Whether the table is to be made.
    pub(super) fn is_new(&self, table: &str) -> bool {
        self.made_anew.contains(table)
    }

    /// Whether the table is as it should be and nothing is known of its rows.
    pub(super) fn is_adopted(&self, table: &str) -> bool {
        self.adopted.contains(table)
    }

    /// Whether a table that stays has an index or constraint.
    pub(super) fn has_part(&self, table: &str, part: &str) -> bool {
        self.parts.get(table).is_some_and(|parts| parts.iter().any(|name| name == part))
    }

    /// Where a whole set of tables is adopted, its views are ours too.
    fn adopts_all(&self, plan: &Plan, relation: &Relation) -> bool {
        relation.is_view() && plan.tables.iter().all(|planned| self.adopted.contains(&planned.table.name))
    }

    /// What refers to a table that is made anew, or is referred to by it, is made anew too, so that no foreign key
    /// holds on to a dropped table. All rows come from the lake again.
    fn spread(&mut self, plan: &Plan, relations: &BTreeMap<String, Relation>) {
        let replaced = |standing: &Self, name: &str| standing.is_new(name) && relations.contains_key(name);
        loop {
            let before = self.made_anew.len();
            for table in plan.tables.iter().map(|planned| &planned.table) {
                for reference in &table.references {
                    if replaced(self, &table.name) || replaced(self, &reference.table) {
                        self.made_anew.insert(table.name.clone());
                        self.made_anew.insert(reference.table.clone());
                    }
                }
            }
            if self.made_anew.len() == before {
                break;
            }
        }
        self.parts.retain(|table, _| !self.made_anew.contains(table));
        self.adopted.retain(|table| !self.made_anew.contains(table));
    }

    /// Drops what is to be made anew, and adds indexes that somebody dropped.
    ///
    /// Errors: [`Error::Dependents`] where a user's view reads it.
    pub(super) async fn clear(
        &self,
        connection: &mut PgConnection,
        schema: &str,
        plan: &Plan,
        relations: &BTreeMap<String, Relation>,
    ) -> Result<()> {
        let dropped: Vec<String> =
            self.made_anew.iter().filter(|name| relations.contains_key(*name)).cloned().collect();
        let views: Vec<&String> = plan.views.iter().map(|view| &view.name).collect();
        let mut gone = dropped.clone();
        if !dropped.is_empty() {
            gone.extend(views.iter().filter(|name| relations.contains_key(**name)).map(|name| (*name).clone()));
        }
        // A relation of a view's name that is no view can only be in the way.
        gone.extend(
            views
                .iter()
                .filter(|name| relations.get(**name).is_some_and(|found| !found.is_view()))
                .map(|name| (*name).clone()),
        );
        gone.sort_unstable();
        gone.dedup();
        refuse_dependents(connection, schema, &gone, &names(plan)).await?;
        // Views first, then tables, those that refer to others first.
        let rank = |name: &String| {
            let place = plan.tables.iter().position(|planned| planned.table.name == *name);
            place.map_or(0, |place| 1 + plan.tables.len() - place)
        };
        gone.sort_by_key(rank);
        for name in gone {
            let statement = drop_statement(schema, &name, relations.get(&name));
            sqlx::raw_sql(&statement).execute(&mut *connection).await.map_err(failed(format!("dropping {name}")))?;
        }
        for table in plan.tables.iter().map(|planned| &planned.table).filter(|table| !self.is_new(&table.name)) {
            for index in table.indexes.iter().filter(|index| !self.has_part(&table.name, &index.name)) {
                let statement = sql::create_index(schema, &table.name, index);
                let what = format!("indexing {}", table.name);
                sqlx::raw_sql(&statement).execute(&mut *connection).await.map_err(failed(what))?;
            }
        }
        Ok(())
    }
}

fn drop_statement(schema: &str, name: &str, relation: Option<&Relation>) -> String {
    let kind = match relation.map(|relation| relation.kind.as_str()) {
        Some("v") => "VIEW",
        Some("m") => "MATERIALIZED VIEW",
        Some("f") => "FOREIGN TABLE",
        _ => "TABLE",
    };
    // Views of users have been looked for; what goes with the rest are views of ours and foreign keys between ours.
    format!("DROP {kind} IF EXISTS {} CASCADE", sql::place(schema, name))
}

/// Refuses to drop what views of users read.
pub(super) async fn refuse_dependents(
    connection: &mut PgConnection,
    schema: &str,
    gone: &[String],
    ours: &[String],
) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let found = shape::dependents(connection, schema, gone, ours).await?;
    let Some((table, _)) = found.first() else { return Ok(()) };
    let readers: Vec<&str> =
        found.iter().filter(|(read, _)| read == table).map(|(_, reader)| reader.as_str()).collect();
    let (verb, pronoun) = if readers.len() == 1 { ("reads", "it") } else { ("read", "them") };
    Err(Error::Dependents { table: table.clone(), dependents: readers.join(", "), verb, pronoun })
}

/// The columns that a table was declared with, as the catalogue has them now.
pub(super) fn declared_columns(table: &TableSpec, relation: &Relation) -> String {
    let ours = Relation {
        columns: relation
            .columns
            .iter()
            .filter(|found| table.columns.iter().any(|column| column.name == found.name))
            .cloned()
            .collect(),
        ..Relation::default()
    };
    ours.columns_as_text()
}

fn is_as_declared(table: &TableSpec, relation: &Relation) -> bool {
    let wanted = table.columns.iter().map(|column| (column.name.as_str(), column.column_type.sql()));
    let found = relation.columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str()));
    relation.is_table() && wanted.eq(found) && relation.key == table.key
}

/// Whether a table is as it was left at the last publication; columns that users added are welcome where inserts
/// need not know them.
fn unchanged(schema: &str, table: &TableSpec, entry: &Entry, relation: &Relation) -> Result<()> {
    let place = sql::place(schema, &table.name);
    let changed = |change: String, undo: String| Err(Error::Changed { table: table.name.clone(), change, undo });
    if !relation.is_table() {
        return changed("it is no table any more".to_owned(), "drop what has its name".to_owned());
    }
    let left: Vec<(&str, &str)> = entry.shape.lines().filter_map(|line| line.split_once(' ')).collect();
    for (name, data_type) in &left {
        let column = sql::name(name);
        match relation.columns.iter().find(|found| found.name == *name) {
            None => {
                let undo = format!("if it was renamed, ALTER TABLE {place} RENAME COLUMN ... TO {column}");
                return changed(format!("column {name} is not there any more"), undo);
            }
            Some(found) if found.data_type != *data_type => {
                let undo = format!("ALTER TABLE {place} ALTER COLUMN {column} TYPE {data_type}");
                let change = format!("column {name} has the type {} in place of {data_type}", found.data_type);
                return changed(change, undo);
            }
            Some(_) => {}
        }
    }
    let is_left = |name: &str| left.iter().any(|(known, _)| *known == name);
    if let Some(added) = relation.columns.iter().find(|found| found.must_be_given && !is_left(&found.name)) {
        let column = sql::name(&added.name);
        let undo = format!("ALTER TABLE {place} ALTER COLUMN {column} DROP NOT NULL");
        return changed(format!("column {} was added and must not be null", added.name), undo);
    }
    if entry.declared == declared(table) && relation.key != table.key {
        let undo = format!("ALTER TABLE {place} ADD PRIMARY KEY ({})", sql::names(&table.key));
        return changed(format!("its primary key is not {} any more", table.key.join(", ")), undo);
    }
    Ok(())
}
