//! Statements, as text.

use crate::table::{ColumnSpec, Filled, IndexSpec, Reference, TableSpec};

/// The table that rows are sent to before they are compared.
pub(crate) const INCOMING: &str = "pg_temp.hublake_incoming";

/// A name as SQL writes it.
pub(crate) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text as SQL writes it.
pub(crate) fn literal(text: &str) -> String {
    // Both forms of strings read this the same way, whatever standard_conforming_strings says.
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The table itself: columns and checks. Key and indexes come when the rows are in, which is faster.
pub(crate) fn create_table(schema: &str, table: &TableSpec) -> String {
    let mut parts: Vec<String> = table.columns.iter().map(column).collect();
    for (check, condition) in &table.checks {
        parts.push(format!("CONSTRAINT {} CHECK ({condition})", name(check)));
    }
    let place = place(schema, &table.name);
    let mut text = format!("CREATE TABLE {place} (\n  {}\n);", parts.join(",\n  "));
    text.push_str(&format!("\nCOMMENT ON TABLE {place} IS {};", literal(&table.comment)));
    for column in table.columns.iter().filter(|column| !column.comment.is_empty()) {
        text.push_str(&format!("\nCOMMENT ON COLUMN {place}.{} IS {};", name(&column.name), literal(&column.comment)));
    }
    text
}

pub(crate) fn add_key(schema: &str, table: &TableSpec) -> String {
    format!("ALTER TABLE {} ADD PRIMARY KEY ({})", place(schema, &table.name), names(&table.key))
}

pub(crate) fn create_index(schema: &str, table: &str, index: &IndexSpec) -> String {
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let only = index.only_where.as_ref().map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
    format!("CREATE {unique}INDEX {} ON {} {}{only}", name(&index.name), place(schema, table), index.on)
}

pub(crate) fn add_reference(schema: &str, table: &str, reference: &Reference) -> String {
    format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) DEFERRABLE INITIALLY DEFERRED",
        place(schema, table),
        name(&reference.name(table)),
        name(&reference.column),
        place(schema, &reference.table),
        name(&reference.key)
    )
}

/// The columns of what is sent, without any of the table's conditions.
pub(crate) fn create_incoming(table: &TableSpec) -> String {
    let columns: Vec<String> =
        table.sent().map(|column| format!("{} {}", name(&column.name), column.column_type.sql())).collect();
    format!("CREATE TEMPORARY TABLE hublake_incoming ({}) ON COMMIT DROP", columns.join(", "))
}

pub(crate) fn copy(target: &str, table: &TableSpec) -> String {
    format!("COPY {target} ({}) FROM STDIN (FORMAT binary)", sent(table))
}

/// Takes out the rows whose key is not among what came.
pub(crate) fn delete_gone(schema: &str, table: &TableSpec) -> String {
    format!(
        "DELETE FROM {} AS standing WHERE NOT EXISTS (SELECT FROM {INCOMING} AS incoming WHERE {})",
        place(schema, &table.name),
        same_key(table)
    )
}

/// Changes the rows that differ from what came; none where all columns are the key.
///
/// Where a unique index holds only rows with a flag, the rows that lose the flag come first, so that two rows can
/// change places.
pub(crate) fn updates(schema: &str, table: &TableSpec) -> Vec<String> {
    let others: Vec<String> =
        table.sent().filter(|column| !table.key.contains(&column.name)).map(|column| name(&column.name)).collect();
    if others.is_empty() {
        return Vec::new();
    }
    let assigned: Vec<String> = others.iter().map(|column| format!("{column} = incoming.{column}")).collect();
    let of = |side: &str| others.iter().map(|column| format!("{side}.{column}")).collect::<Vec<_>>().join(", ");
    let update = format!(
        "UPDATE {} AS standing SET {} FROM {INCOMING} AS incoming WHERE {} AND ROW({}) IS DISTINCT FROM ROW({})",
        place(schema, &table.name),
        assigned.join(", "),
        same_key(table),
        of("standing"),
        of("incoming")
    );
    let flags = table.indexes.iter().filter(|index| index.is_unique).filter_map(|index| index.only_where.as_ref());
    let mut statements: Vec<String> =
        flags.map(|flag| format!("{update} AND incoming.{} IS NOT TRUE", name(flag))).collect();
    statements.push(update);
    statements
}

/// Adds the rows whose key is new.
pub(crate) fn insert_new(schema: &str, table: &TableSpec) -> String {
    let columns = sent(table);
    format!(
        "INSERT INTO {place} ({columns}) SELECT {columns} FROM {INCOMING} AS incoming
         WHERE NOT EXISTS (SELECT FROM {place} AS standing WHERE {})",
        same_key(table),
        place = place(schema, &table.name)
    )
}

/// A relation's name with its schema.
pub(crate) fn place(schema: &str, relation: &str) -> String {
    format!("{}.{}", name(schema), name(relation))
}

pub(crate) fn names(columns: &[String]) -> String {
    columns.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ")
}

fn sent(table: &TableSpec) -> String {
    table.sent().map(|column| name(&column.name)).collect::<Vec<_>>().join(", ")
}

fn same_key(table: &TableSpec) -> String {
    let equal = table.key.iter().map(|column| format!("standing.{0} = incoming.{0}", name(column)));
    equal.collect::<Vec<_>>().join(" AND ")
}

fn column(column: &ColumnSpec) -> String {
    let mut text = format!("{} {}", name(&column.name), column.column_type.sql());
    match &column.filled {
        Filled::Rows | Filled::Exact { .. } => {}
        Filled::Default(expression) => text.push_str(&format!(" DEFAULT {expression}")),
        Filled::Generated(expression) => text.push_str(&format!(" GENERATED ALWAYS AS ({expression}) STORED")),
    }
    if column.is_required {
        text.push_str(" NOT NULL");
    }
    text
}
