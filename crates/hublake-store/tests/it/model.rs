//! A random sequence of acts leaves the store as it leaves a plain model in memory.

use std::collections::BTreeMap;
use std::path::Path;

use hublake_store::{Attempt, Cursor, NewPublication, Publication, Store};
use proptest::prelude::*;

use crate::{at, attempt, cursor, open};

const STREAMS: [&str; 2] = ["issues", "events"];
const REPOSITORIES: std::ops::Range<i64> = 1..4;

#[derive(Debug, Clone)]
enum Act {
    Save { stream: usize, repo_id: i64, complete: bool, committed: Option<i64> },
    Clear { stream: usize, repo_id: i64 },
    Publish { stream: usize, repositories: Vec<i64>, watermark: Option<i64>, published_at: i64 },
    Reopen,
}

/// What the store should hold.
#[derive(Default)]
struct Model {
    published: BTreeMap<(&'static str, i64), Cursor>,
    attempts: BTreeMap<(&'static str, i64), Attempt>,
    publications: Vec<Publication>,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let stream = 0..STREAMS.len();
    let instant = proptest::option::of(0..1_000_i64);
    let save = (stream.clone(), REPOSITORIES, any::<bool>(), instant.clone())
        .prop_map(|(stream, repo_id, complete, committed)| Act::Save { stream, repo_id, complete, committed });
    let clear = (stream.clone(), REPOSITORIES).prop_map(|(stream, repo_id)| Act::Clear { stream, repo_id });
    let repositories = proptest::collection::btree_set(REPOSITORIES, 0..3);
    let publish =
        (stream, repositories, instant, 0..1_000_i64).prop_map(|(stream, repositories, watermark, published_at)| {
            let repositories = repositories.into_iter().collect();
            Act::Publish { stream, repositories, watermark, published_at }
        });
    let act = prop_oneof![4 => save, 1 => clear, 3 => publish, 1 => Just(Act::Reopen)];
    proptest::collection::vec(act, 1..25)
}

impl Model {
    fn cursor(&self, stream: &'static str, repo_id: i64) -> Option<Cursor> {
        let key = (stream, repo_id);
        let (published, attempt) = (self.published.get(&key), self.attempts.get(&key));
        if published.is_none() && attempt.is_none() {
            return None;
        }
        let published = published.cloned().unwrap_or_else(|| cursor(stream, repo_id));
        Some(Cursor { attempt: attempt.cloned(), ..published })
    }

    fn publish(&mut self, new: &NewPublication, stream: &'static str) -> Publication {
        for cursor in &new.cursors {
            self.published.insert((stream, cursor.repo_id), cursor.clone());
            self.attempts.remove(&(stream, cursor.repo_id));
        }
        let last = self.publications.last();
        let publication = Publication {
            publication_id: last.map_or(1, |last| last.publication_id + 1),
            pipeline: new.pipeline.clone(),
            run_seq: new.run_seq,
            published_at: last.map_or(new.published_at, |last| last.published_at.max(new.published_at)),
            run_at: new.run_at,
            tables: new.tables.clone(),
        };
        self.publications.push(publication.clone());
        publication
    }
}

async fn play(home: &Path, acts: Vec<Act>) {
    let mut store = open(home).await;
    let mut model = Model::default();
    for (step, act) in acts.into_iter().enumerate() {
        let run_seq = i64::try_from(step).unwrap();
        match act {
            Act::Reopen => store = open(home).await,
            Act::Clear { stream, repo_id } => {
                store.clear_attempt(STREAMS[stream], repo_id).await.unwrap();
                model.attempts.remove(&(STREAMS[stream], repo_id));
            }
            Act::Save { stream, repo_id, complete, committed } => {
                let saved = Attempt { complete, committed_updated_at: committed.map(at), ..attempt(run_seq) };
                store.save_attempt(STREAMS[stream], repo_id, &saved).await.unwrap();
                model.attempts.insert((STREAMS[stream], repo_id), saved);
            }
            Act::Publish { stream, repositories, watermark, published_at } => {
                let moved = |repo_id: &i64| Cursor {
                    watermark_updated_at: watermark.map(at),
                    published_run_seq: Some(run_seq),
                    ..cursor(STREAMS[stream], *repo_id)
                };
                let new = NewPublication {
                    pipeline: "issues".to_owned(),
                    run_seq,
                    published_at: at(published_at),
                    run_at: at(run_seq),
                    tables: BTreeMap::from([("t".to_owned(), run_seq)]),
                    cursors: repositories.iter().map(moved).collect(),
                };
                let expected = model.publish(&new, STREAMS[stream]);
                assert_eq!(store.publish(new).await.unwrap(), expected);
            }
        }
        compare(&store, &model).await;
    }
}

async fn compare(store: &Store, model: &Model) {
    for stream in STREAMS {
        let expected: Vec<Cursor> = REPOSITORIES.filter_map(|repo_id| model.cursor(stream, repo_id)).collect();
        assert_eq!(store.cursors(stream).await.unwrap(), expected);
        for repo_id in REPOSITORIES {
            assert_eq!(store.cursor(stream, repo_id).await.unwrap(), model.cursor(stream, repo_id));
        }
    }
    let latest = store.latest_publication("issues").await.unwrap();
    assert_eq!(latest, model.publications.last().cloned());
    assert_eq!(store.publications(None).await.unwrap(), Vec::from_iter(latest));
    for seconds in [0, 250, 500, 999] {
        let current = model.publications.iter().rev().find(|one| one.published_at <= at(seconds));
        assert_eq!(store.publication_as_of("issues", at(seconds)).await.unwrap().as_ref(), current);
        let newest_before = current.map_or(0, |one| one.publication_id);
        let kept: Vec<_> = model
            .publications
            .iter()
            .filter(|one| one.publication_id >= newest_before || one.published_at >= at(seconds))
            .cloned()
            .collect();
        assert_eq!(store.publications_since(at(seconds)).await.unwrap(), kept);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_equals_the_model(acts in acts()) {
        let home = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(home.path(), acts));
    }
}
