//! Locks: held, waited for, and released by the death of their process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use hublake_store::{Lock, LockOutcome, RunState, Store};

use crate::open;

const HOME: &str = "HUBLAKE_TEST_LOCK_HOME";

fn held(outcome: LockOutcome) -> Lock {
    match outcome {
        LockOutcome::Held(guard) => guard,
        LockOutcome::HeldBy(holder) => panic!("held by {holder:?}"),
    }
}

#[tokio::test]
async fn a_lock_is_held_once_and_says_by_whom() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let guard = held(store.lock("run issues", "hublake run issues").unwrap());
    match store.lock("run issues", "another").unwrap() {
        LockOutcome::HeldBy(holder) => {
            let holder = holder.unwrap();
            assert_eq!((holder.process_id, holder.what.as_str()), (std::process::id(), "hublake run issues"));
            assert!(holder.to_string().starts_with("hublake run issues (process "), "{holder}");
        }
        LockOutcome::Held(_) => panic!("held twice"),
    }
    let _other_name = held(store.lock("run/issues", "another").unwrap());
    drop(guard);
    held(store.lock("run issues", "another").unwrap());
}

#[tokio::test]
async fn a_waiter_hears_of_the_holder_and_gets_the_lock_after_it() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let guard = Mutex::new(Some(held(store.lock("issues", "the first").unwrap())));
    let told = Mutex::new(Vec::new());
    let waiting = store.lock_or_wait("issues", "the second", |holder| {
        told.lock().unwrap().push(holder.unwrap().what.clone());
        guard.lock().unwrap().take();
    });
    let _second = waiting.await.unwrap();
    assert_eq!(*told.lock().unwrap(), ["the first"]);
}

#[tokio::test]
async fn the_lock_of_a_killed_process_is_free() {
    if let Some(home) = std::env::var_os(HOME) {
        return hold_the_lock_until_killed(home.as_ref()).await;
    }
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let mut other = spawn_holder(home.path());
    match store.lock("issues", "this test").unwrap() {
        LockOutcome::HeldBy(holder) => {
            let holder = holder.unwrap();
            assert_eq!((holder.process_id, holder.what.as_str()), (other.id(), "the other process"));
        }
        LockOutcome::Held(_) => panic!("the other process does not hold it"),
    }
    assert_eq!(store.runs(1).await.unwrap()[0].state, RunState::Running);
    other.kill().unwrap();
    other.wait().unwrap();
    held(store.lock("issues", "this test").unwrap());
    assert_eq!(store.runs(1).await.unwrap()[0].state, RunState::Interrupted);
}

/// Runs this very test again, as a process that holds the lock until it is killed.
fn spawn_holder(home: &std::path::Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "locks::the_lock_of_a_killed_process_is_free", "--nocapture"])
        .env(HOME, home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("lock is held")), "the other process failed");
    child
}

async fn hold_the_lock_until_killed(home: &std::path::Path) {
    let store = Store::open(home).await.unwrap();
    let _guard = held(store.lock("issues", "the other process").unwrap());
    store.start_run("issues", chrono::Utc::now()).await.unwrap();
    println!("lock is held");
    // Nothing is ever written to this: the process waits here for its death.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
