mod flow;
mod partial;
mod private;
mod render;
mod searches;
mod server;

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use hublake_lake::Lake;
use hublake_store::Store;

use self::server::Server;
use super::*;
use crate::events::Api;

pub(super) fn options() -> Options {
    let language = |name: &str, needs_next| Language {
        name: name.to_owned(),
        query: format!("language:{name}"),
        limit: 50,
        needs_next,
    };
    Options {
        languages: vec![language("Python", false), language("TypeScript", true), language("Go", false)],
        render: Some(RenderOptions {
            limit: 50,
            code_hits: 100,
            topics: vec!["render-blueprints".to_owned(), "render-blueprint".to_owned()],
        }),
        pushed_within_days: 30,
        created_within_days: 180,
        excluded_owners: Vec::new(),
        batch: 10,
        concurrency: 20,
        api: Api::Graphql,
        run_at: "2026-11-01T12:00:00Z".parse().unwrap(),
        is_present_fixed: true,
    }
}

/// What is published, as a test has it.
#[derive(Default)]
struct Publication(HashMap<i64, Known>);

impl Published for Publication {
    fn known(&self, repo_ids: Vec<i64>) -> BoxFuture<'_, Result<HashMap<i64, Known>>> {
        let known = repo_ids.into_iter().filter_map(|id| Some((id, self.0.get(&id)?.clone()))).collect();
        Box::pin(std::future::ready(Ok(known)))
    }
}

/// A run's lake with what it brought.
struct Ran {
    collection: Collection,
    folder: tempfile::TempDir,
}

impl Ran {
    /// Texts and numbers of columns of a raw table, a row a line, sorted.
    async fn rows(&self, table: &str, columns: &str) -> Vec<String> {
        use arrow::util::display::array_value_to_string;
        let lake = Lake::open(self.folder.path().join("lake").to_str().unwrap()).await.unwrap();
        let context = hublake_lake::session(&hublake_lake::SessionOptions::default()).unwrap();
        let snapshot = lake.snapshot(table, None).await.unwrap().unwrap();
        context.register_table("raw", snapshot.provider()).unwrap();
        let query = format!("SELECT {columns} FROM raw");
        let batches = context.sql(&query).await.unwrap().collect().await.unwrap();
        let mut rows = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let values = batch.columns().iter().map(|column| array_value_to_string(column, row).unwrap());
                rows.push(values.collect::<Vec<_>>().join(" "));
            }
        }
        rows.sort();
        rows
    }
}

async fn run(server: &Server, options: &Options, known: HashMap<i64, Known>) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake").to_str().unwrap()).await.unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let writer = RawWriter::start(lake, store);
    let stamp = RunStamp { run_id: "run-00000001".into(), run_seq: 1 };
    let progress: Progress = Arc::new(|_| {});
    let published = Publication(known);
    let run = Run { client: &server.client, writer: &writer, stamp: &stamp, options, published: &published, progress };
    let collection = collect(&run).await.unwrap();
    writer.finish().await.unwrap();
    Ran { collection, folder }
}
