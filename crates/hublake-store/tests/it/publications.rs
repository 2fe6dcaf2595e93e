//! Publications: one step, as of an instant, kept for clean-up.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hublake_store::{Cursor, Error, NewPublication, Store};

use crate::{at, attempt, cursor, open, tamper};

fn new(run_seq: i64, published_at: DateTime<Utc>) -> NewPublication {
    NewPublication {
        pipeline: "issues".to_owned(),
        run_seq,
        published_at,
        run_at: at(1_000),
        tables: BTreeMap::from([("stg_issue_current".to_owned(), run_seq), ("raw_runs".to_owned(), 1)]),
        cursors: Vec::new(),
    }
}

fn moved(repo_id: i64, run_seq: i64) -> Cursor {
    Cursor {
        watermark_updated_at: Some(at(-5)),
        probe_url: Some("u".to_owned()),
        probe_etag: Some("e".to_owned()),
        published_run_seq: Some(run_seq),
        last_repair_at: Some(at(-60)),
        ..cursor("issues", repo_id)
    }
}

async fn as_of(store: &Store, seconds: i64) -> Option<i64> {
    store.publication_as_of("issues", at(seconds)).await.unwrap().map(|one| one.run_seq)
}

#[tokio::test]
async fn a_publication_moves_its_cursors_and_ends_their_attempts() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    assert_eq!(store.latest_publication("issues").await.unwrap(), None);
    store.save_attempt("issues", 1, &attempt(1)).await.unwrap();
    store.save_attempt("issues", 2, &attempt(1)).await.unwrap();
    let published = store.publish(NewPublication { cursors: vec![moved(1, 1)], ..new(1, at(0)) }).await.unwrap();
    assert_eq!((published.run_at, published.published_at), (at(1_000), at(0)));
    assert_eq!(store.latest_publication("issues").await.unwrap(), Some(published));
    assert_eq!(store.cursor("issues", 1).await.unwrap(), Some(moved(1, 1)));
    assert_eq!(store.cursor("issues", 2).await.unwrap().unwrap().attempt, Some(attempt(1)), "it was not published");
    assert_eq!(store.latest_publication("traffic").await.unwrap(), None);
}

#[tokio::test]
async fn a_publication_that_fails_moves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.save_attempt("issues", 1, &attempt(1)).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON cursors WHEN NEW.repo_id = 2
        BEGIN SELECT RAISE(ABORT, 'no'); END";
    tamper(home.path(), refuse).await;
    let cursors = vec![moved(1, 1), moved(2, 1)];
    assert!(store.publish(NewPublication { cursors, ..new(1, at(0)) }).await.is_err());
    assert_eq!(store.latest_publication("issues").await.unwrap(), None);
    let untouched = Cursor { attempt: Some(attempt(1)), ..cursor("issues", 1) };
    assert_eq!(store.cursor("issues", 1).await.unwrap(), Some(untouched));
}

#[tokio::test]
async fn a_transaction_cut_short_moves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let cursors = (1..200).map(|repo_id| moved(repo_id, 1)).collect();
    let mut publishing = Box::pin(store.publish(NewPublication { cursors, ..new(1, at(0)) }));
    // Some steps into the transaction the caller goes away, as when its process is killed.
    for _ in 0..50 {
        tokio::select! {
            biased;
            _ = &mut publishing => panic!("it was to be cut short"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(publishing);
    assert_eq!(store.latest_publication("issues").await.unwrap(), None);
    assert_eq!(store.cursors("issues").await.unwrap(), []);
}

#[tokio::test]
async fn as_of_finds_what_was_current_then() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.publish(new(1, at(0))).await.unwrap();
    store.publish(new(2, at(100))).await.unwrap();
    store.publish(new(3, at(100))).await.unwrap();
    for (seconds, expected) in [(-1, None), (0, Some(1)), (99, Some(1)), (100, Some(3))] {
        assert_eq!(as_of(&store, seconds).await, expected, "{seconds}");
    }
}

#[tokio::test]
async fn a_clock_set_back_does_not_turn_publications_around() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.publish(new(1, at(0))).await.unwrap();
    let second = store.publish(new(2, at(-3_600))).await.unwrap();
    assert_eq!(second.published_at, at(0));
    assert_eq!(store.latest_publication("issues").await.unwrap(), Some(second.clone()));
    assert_eq!(store.publications(None).await.unwrap(), [second]);
    assert_eq!(as_of(&store, 1).await, Some(2));
    assert_eq!(as_of(&store, -10).await, None);
}

#[tokio::test]
async fn each_pipeline_has_its_newest_publication() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.publish(new(1, at(0))).await.unwrap();
    store.publish(NewPublication { pipeline: "traffic".to_owned(), ..new(2, at(50)) }).await.unwrap();
    store.publish(new(3, at(100))).await.unwrap();
    let runs =
        |publications: Vec<hublake_store::Publication>| publications.iter().map(|one| one.run_seq).collect::<Vec<_>>();
    assert_eq!(runs(store.publications(None).await.unwrap()), [3, 2]);
    assert_eq!(runs(store.publications(Some(at(60))).await.unwrap()), [1, 2]);
    assert!(store.publications(Some(at(-1))).await.unwrap().is_empty());
}

#[tokio::test]
async fn publications_since_include_the_one_that_was_current_at_the_instant() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    for run_seq in 1..=4 {
        store.publish(new(run_seq, at(100 * (run_seq - 1)))).await.unwrap();
    }
    store.publish(NewPublication { pipeline: "traffic".to_owned(), ..new(5, at(400)) }).await.unwrap();
    for (seconds, expected) in [(-10, vec![1, 2, 3, 4, 5]), (150, vec![2, 3, 4, 5]), (9_999, vec![4, 5])] {
        let publications = store.publications_since(at(seconds)).await.unwrap();
        assert_eq!(publications.iter().map(|one| one.run_seq).collect::<Vec<_>>(), expected, "{seconds}");
    }
}

#[tokio::test]
async fn an_unreadable_publication_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.publish(new(1, at(0))).await.unwrap();
    tamper(home.path(), "UPDATE publications SET tables = '{'").await;
    let error = store.latest_publication("issues").await.unwrap_err();
    assert!(matches!(&error, Error::BadValue { what, .. } if what == "publication 1"), "{error}");
}
