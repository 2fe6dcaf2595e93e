use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt;
use hublake_postgres::{ColumnType, Error, TableSpec};
use rstest::rstest;
use sqlx::{Connection, Executor};

use crate::given::Given;
use crate::server::Database;

fn table(name: &str) -> TableSpec {
    TableSpec::new(name, "").required("id", ColumnType::BigInt, "").column("words", ColumnType::Text, "").key(&["id"])
}

fn rows(words: &str) -> String {
    format!("{{\"id\":1,\"words\":\"{words}\"}}")
}

async fn state(database: &Database) -> String {
    database.text("SELECT (SELECT words FROM first) || ' ' || (SELECT words FROM last)").await
}

fn given(words: &str) -> Given {
    Given::default().table(&table("first"), &rows(words)).table(&table("last"), &rows(words))
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_old_state_and_the_next_publication_repairs() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");

    let url = database.url.clone();
    let is_cut = Arc::new(AtomicBool::new(false));
    let cut = Arc::clone(&is_cut);
    let interrupted = given("new").when_asked(move |name| {
        let (url, cut) = (url.clone(), Arc::clone(&cut));
        async move {
            if name == "last" && !cut.swap(true, Ordering::SeqCst) {
                let mut other = sqlx::PgConnection::connect(&url).await.expect("a second connection");
                let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'hublake' AND datname = current_database()";
                other.execute(end).await.expect("the publication is cut off");
            }
        }
        .boxed()
    });
    let error = interrupted.publish(&database).await.expect_err("the connection is gone");
    assert!(matches!(error, Error::Lost { .. }), "{error}");
    assert_eq!(state(&database).await, "old old");
    interrupted.publish(&database).await.expect("nothing is in the way");
    assert_eq!(state(&database).await, "new new");
}

#[tokio::test]
async fn a_server_that_dies_during_the_first_publication_leaves_nothing() {
    let database = Arc::new(Database::own().await);
    let is_dead = Arc::new(AtomicBool::new(false));
    let (dead, server) = (Arc::clone(&is_dead), Arc::clone(&database));
    let interrupted = given("new").when_asked(move |name| {
        if name == "last" && !dead.swap(true, Ordering::SeqCst) {
            server.server().kill();
        }
        async {}.boxed()
    });
    let error = interrupted.publish(&database).await.expect_err("the server is gone");
    assert!(matches!(error, Error::Lost { .. }), "{error}");
    assert!(error.to_string().contains("publish again"), "{error}");

    database.server().go();
    let relations = "SELECT count(*)::text FROM pg_class WHERE relname IN ('first', 'last', 'published')";
    assert_eq!(database.text(relations).await, "0");
    interrupted.publish(&database).await.expect("the server is back");
    assert_eq!(state(&database).await, "new new");
}

#[rstest]
#[case::rows(given("old"), "old old")]
#[case::empty_tables(Given::default().table(&table("first"), "").table(&table("last"), ""), "NULL")]
#[tokio::test]
async fn readers_see_the_old_state_until_the_end_and_do_not_wait(#[case] old: Given, #[case] expected: &str) {
    let database = Arc::new(Database::new().await);
    old.publish(&database).await.expect("it is published");
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (within, log) = (Arc::clone(&database), Arc::clone(&seen));
    let watched = given("new").when_asked(move |name| {
        let (within, log) = (Arc::clone(&within), Arc::clone(&log));
        async move {
            if name == "last" {
                let mut reader = within.connect().await;
                reader.execute("SET lock_timeout = '1s'").await.expect("a setting");
                let row: (Option<String>,) =
                    sqlx::query_as("SELECT (SELECT words FROM first) || ' ' || (SELECT words FROM last)")
                        .fetch_one(&mut reader)
                        .await
                        .expect("it need not wait");
                log.lock().expect("no test thread has panicked").push(row.0.unwrap_or("NULL".into()));
            }
        }
        .boxed()
    });
    watched.publish(&database).await.expect("it is published");
    assert_eq!(*seen.lock().expect("no test thread has panicked"), [expected]);
    assert_eq!(state(&database).await, "new new");
}

#[tokio::test]
async fn two_publications_at_once_take_turns() {
    let database = Database::new().await;
    let (one, two) = (given("one"), given("two"));
    let (first, second) = tokio::join!(one.publish(&database), two.publish(&database));
    first.expect("it is published");
    second.expect("it is published");
    let state = state(&database).await;
    assert!(["one one", "two two"].contains(&state.as_str()), "{state}");
}
