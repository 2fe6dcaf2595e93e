//! Cursors and attempts: absent, unreadable, surviving.

use hublake_store::{Attempt, Cursor, Error};
use rstest::rstest;

use crate::{at, attempt, cursor, open, tamper};

#[tokio::test]
async fn nothing_collected_is_no_cursor() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    assert_eq!(store.cursor("issues", 1).await.unwrap(), None);
    assert_eq!(store.cursors("issues").await.unwrap(), []);
}

#[tokio::test]
async fn an_attempt_is_there_after_the_process_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let killed = open(home.path()).await;
    killed.save_attempt("issues", 1, &attempt(4)).await.unwrap();
    drop(killed);
    let store = open(home.path()).await;
    let expected = Cursor { attempt: Some(attempt(4)), ..cursor("issues", 1) };
    assert_eq!(store.cursor("issues", 1).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.cursors("issues").await.unwrap(), [expected]);
    assert_eq!(store.cursors("events").await.unwrap(), []);
    assert_eq!(store.cursor("issues", 2).await.unwrap(), None);
}

#[tokio::test]
async fn an_attempt_is_replaced_and_cleared() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.save_attempt("issues", 1, &attempt(4)).await.unwrap();
    let finished = Attempt { complete: true, committed_updated_at: Some(at(7)), ..attempt(5) };
    store.save_attempt("issues", 1, &finished).await.unwrap();
    assert_eq!(store.cursor("issues", 1).await.unwrap().unwrap().attempt, Some(finished));
    store.clear_attempt("issues", 1).await.unwrap();
    store.clear_attempt("issues", 1).await.unwrap();
    assert_eq!(store.cursor("issues", 1).await.unwrap(), None);
}

#[rstest]
#[case::text("UPDATE attempts SET committed_updated_at = 'yesterday'")]
#[case::bytes("UPDATE attempts SET committed_updated_at = x'00ff'")]
#[case::no_instant("UPDATE attempts SET committed_updated_at = 9223372036854775807")]
#[case::number("UPDATE attempts SET first_run_seq = 'x'")]
#[case::flag("UPDATE attempts SET is_complete = 'x'")]
#[tokio::test]
async fn an_unreadable_cursor_is_an_error_and_never_none(#[case] sql: &str) {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.save_attempt("issues", 1, &attempt(4)).await.unwrap();
    tamper(home.path(), sql).await;
    for outcome in [store.cursor("issues", 1).await.map(drop), store.cursors("issues").await.map(drop)] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::BadValue { .. }), "{error}");
        assert!(error.to_string().contains("\nhint: "), "{error}");
    }
}
