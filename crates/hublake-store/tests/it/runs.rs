//! Runs: sequence, end, interruption.

use hublake_store::{RunRepository, RunState};

use crate::{at, open, tamper};

fn record(repo_id: i64, state: &str) -> RunRepository {
    RunRepository {
        repo_id,
        stream: "issues".to_owned(),
        state: state.to_owned(),
        message: "words".to_owned(),
        requests: 5,
        not_modified: 2,
        quota: 3,
        row_count: 12,
    }
}

#[tokio::test]
async fn runs_are_numbered_and_end_with_what_they_did() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let first = store.start_run("issues", at(-100)).await.unwrap();
    assert_eq!((first.run_seq, first.run_id.as_str(), first.run_at), (1, "run-00000001", at(-100)));
    let records = [record(7, "changed"), record(8, "failed")];
    store.finish_run(1, RunState::Partial, "1 of 2 failed", &records).await.unwrap();
    assert_eq!(store.start_run("traffic", at(30)).await.unwrap().run_seq, 2);
    let runs = store.runs(10).await.unwrap();
    assert_eq!((runs[0].run_seq, runs[0].state, runs[0].finished_at), (2, RunState::Running, None));
    assert_eq!((runs[1].state, runs[1].message.as_str()), (RunState::Partial, "1 of 2 failed"));
    assert_eq!((runs[1].requests, runs[1].not_modified, runs[1].quota), (10, 4, 6));
    assert!(runs[1].finished_at >= Some(runs[1].started_at));
    assert_eq!(store.runs(1).await.unwrap(), runs[..1]);
    assert_eq!(store.run_repositories(1).await.unwrap(), records);
    assert_eq!(store.run_repositories(2).await.unwrap(), []);
}

#[tokio::test]
async fn a_run_whose_process_is_gone_is_shown_as_interrupted() {
    let home = tempfile::tempdir().unwrap();
    let dying = open(home.path()).await;
    let observer = open(home.path()).await;
    dying.start_run("issues", at(0)).await.unwrap();
    assert_eq!(observer.runs(1).await.unwrap()[0].state, RunState::Running);
    assert_eq!(dying.runs(1).await.unwrap()[0].state, RunState::Running);
    drop(dying);
    for _ in 0..2 {
        assert_eq!(observer.runs(1).await.unwrap()[0].state, RunState::Interrupted);
    }
    assert_eq!(observer.start_run("issues", at(0)).await.unwrap().run_seq, 2, "a number is never used twice");
    assert_eq!(observer.runs(1).await.unwrap()[0].state, RunState::Running);
}

#[tokio::test]
async fn an_unknown_state_is_an_error_that_names_the_run() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.start_run("issues", at(0)).await.unwrap();
    tamper(home.path(), "UPDATE runs SET state = 'merry'").await;
    let message = store.runs(1).await.unwrap_err().to_string();
    assert!(message.contains("run 1") && message.contains("merry") && message.contains("\nhint: "), "{message}");
}
