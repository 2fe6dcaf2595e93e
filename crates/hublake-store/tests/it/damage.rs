//! Databases that must be refused, and left as they are.

use std::fs;
use std::path::Path;

use hublake_store::{Error, Store};
use rstest::rstest;

use crate::{at, open, tamper};

async fn refused(home: &Path) -> Error {
    Store::open(home).await.unwrap_err()
}

#[rstest]
#[case::empty(b"")]
#[case::text(b"this is not a database, although it is long enough to be looked at by someone who checks")]
#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_kept(#[case] content: &[u8]) {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("control.db");
    fs::write(&database, content).unwrap();
    let error = refused(home.path()).await;
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("control.db") && message.contains("\nhint: "), "{message}");
    assert_eq!(fs::read(&database).unwrap(), content);
}

#[tokio::test]
async fn a_damaged_database_is_an_error_and_not_an_empty_one() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    for index in 0..50 {
        store.journal("act", &format!("subject {index}"), "me").await.unwrap();
    }
    store.check().await.unwrap();
    store.close().await;
    let database = home.path().join("control.db");
    let mut bytes = fs::read(&database).unwrap();
    for byte in bytes.iter_mut().skip(4_096) {
        *byte = 0x5a;
    }
    fs::write(&database, &bytes).unwrap();
    let outcome = match Store::open(home.path()).await {
        Err(error) => Err(error),
        Ok(store) => store.journal_entries(10).await.map(drop),
    };
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_database_cut_short_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    open(home.path()).await.close().await;
    let database = home.path().join("control.db");
    let bytes = fs::read(&database).unwrap();
    fs::write(&database, &bytes[..bytes.len() / 2]).unwrap();
    let outcome = match Store::open(home.path()).await {
        Err(error) => Err(error),
        Ok(store) => store.check().await,
    };
    assert!(matches!(outcome, Err(Error::Unreadable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    open(home.path()).await.close().await;
    tamper(
        home.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'future', TRUE, x'00', 0)",
    )
    .await;
    let error = refused(home.path()).await;
    assert!(matches!(error, Error::Newer { found: 9999, .. }), "{error}");
    assert!(error.to_string().contains("written by a newer hublake"), "{error}");
}

#[tokio::test]
async fn a_kill_during_creation_leaves_nothing_in_the_way() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("control.db.new"), b"half").unwrap();
    let store = open(home.path()).await;
    assert_eq!(store.start_run("issues", at(0)).await.unwrap().run_seq, 1);
    assert!(!home.path().join("control.db.new").exists());
}

#[tokio::test]
async fn a_home_that_is_a_file_is_an_error_with_its_path() {
    let outer = tempfile::tempdir().unwrap();
    let home = outer.path().join("home");
    fs::write(&home, b"").unwrap();
    let message = refused(&home).await.to_string();
    assert!(message.contains("home") && message.contains("\nhint: "), "{message}");
}

#[tokio::test]
async fn two_that_create_the_same_store_at_once_share_it() {
    let home = tempfile::tempdir().unwrap();
    let opened = futures_of(home.path()).await;
    for (index, store) in opened.iter().enumerate() {
        assert_eq!(store.start_run("issues", at(0)).await.unwrap().run_seq, i64::try_from(index).unwrap() + 1);
    }
}

async fn futures_of(home: &Path) -> Vec<Store> {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let home = home.to_owned();
        tasks.spawn(async move { Store::open(&home).await.unwrap() });
    }
    tasks.join_all().await
}
