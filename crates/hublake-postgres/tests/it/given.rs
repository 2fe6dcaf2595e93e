//! Rows that tests give.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use futures::StreamExt;
use futures::future::BoxFuture;
use hublake_postgres::{
    BoxError, ColumnType, Error, Filled, Outcome, Plan, Planned, Published, Rows, Server, Source, TableSpec, publish,
};
use secrecy::SecretString;

use crate::server::Database;

type Hook = Box<dyn Fn(String) -> BoxFuture<'static, ()> + Send + Sync>;

/// Tables with rows, and what is asked of them.
#[derive(Default)]
pub struct Given {
    /// The tables in the order of the plan, with the word that stands for where their rows come from.
    pub tables: Vec<(TableSpec, String)>,
    rows: BTreeMap<String, Vec<RecordBatch>>,
    asked: Mutex<Vec<(String, Option<i64>)>>,
    hook: Option<Hook>,
    /// Whether all is compared.
    pub is_full: bool,
    /// Whether what is in the way is replaced.
    pub replaces: bool,
}

impl Given {
    /// Adds a table with rows as lines of JSON; columns that are left out are null.
    pub fn table(mut self, table: &TableSpec, lines: &str) -> Self {
        self.set(table, lines);
        self
    }

    /// Gives a table other rows, under a new source.
    pub fn set(&mut self, table: &TableSpec, lines: &str) {
        let batches = batches(table, lines);
        self.set_batches(table, batches);
    }

    /// As [`Given::set`].
    pub fn set_batches(&mut self, table: &TableSpec, batches: Vec<RecordBatch>) {
        let source = format!("{:?}", batches.iter().map(|batch| format!("{batch:?}")).collect::<Vec<_>>());
        match self.tables.iter_mut().find(|(known, _)| known.name == table.name) {
            Some(known) => *known = (table.clone(), source),
            None => self.tables.push((table.clone(), source)),
        }
        self.rows.insert(table.name.clone(), batches);
    }

    /// What happens when a table is asked for, before it answers.
    pub fn when_asked(mut self, hook: impl Fn(String) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        self.hook = Some(Box::new(hook));
        self
    }

    /// The tables that were asked for since the last call, and after what.
    pub fn asked(&self) -> Vec<(String, Option<i64>)> {
        std::mem::take(&mut self.asked.lock().expect("no test thread has panicked"))
    }

    /// The plan of these tables, without views.
    pub fn plan(&self, database: &Database) -> Plan {
        let tables = self.tables.iter().map(|(table, source)| Planned { table: table.clone(), source: source.clone() });
        Plan {
            tables: tables.collect(),
            views: Vec::new(),
            reader: format!("reader_{}", database.name),
            is_full: self.is_full,
            replaces: self.replaces,
        }
    }

    /// Publishes the tables.
    pub async fn publish(&self, database: &Database) -> Result<Published, Error> {
        publish(&server(&database.url), &self.plan(database), self).await
    }
}

impl Source for Given {
    async fn rows(&self, table: &str, after: Option<i64>) -> Result<Rows, BoxError> {
        self.asked.lock().expect("no test thread has panicked").push((table.to_owned(), after));
        if let Some(hook) = &self.hook {
            hook(table.to_owned()).await;
        }
        let batches = self.rows.get(table).cloned().unwrap_or_default();
        Ok(futures::stream::iter(batches.into_iter().map(Ok)).boxed())
    }
}

/// The server of an address.
pub fn server(url: &str) -> Server {
    Server::parse(&SecretString::from(url.to_owned())).expect("a server's address")
}

/// Inserted, updated, deleted and unchanged rows of a table; `None` where it was not read.
pub fn counts(published: &Published, table: &str) -> Option<(u64, u64, u64, u64)> {
    let report = published.tables.iter().find(|report| report.name == table).expect("the table was published");
    match report.outcome {
        Outcome::Written { inserted, updated, deleted, unchanged, .. } => Some((inserted, updated, deleted, unchanged)),
        _ => None,
    }
}

fn batches(table: &TableSpec, lines: &str) -> Vec<RecordBatch> {
    let sent = table.columns.iter().filter(|column| column.filled == Filled::Rows);
    let fields: Vec<Field> = sent.map(|column| Field::new(&column.name, data_type(column.column_type), true)).collect();
    let reader = arrow::json::ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_strict_mode(true)
        .build(Cursor::new(lines.as_bytes().to_vec()))
        .expect("a reader of JSON");
    reader.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{}: {error}", table.name))
}

fn data_type(column_type: ColumnType) -> DataType {
    let list = |element| DataType::List(Arc::new(Field::new_list_field(element, true)));
    match column_type {
        ColumnType::BigInt | ColumnType::Integer => DataType::Int64,
        ColumnType::Double => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text | ColumnType::Jsonb => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::TextArray => list(DataType::Utf8),
        ColumnType::BigIntArray => list(DataType::Int64),
    }
}
