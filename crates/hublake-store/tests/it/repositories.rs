//! Repositories, exceptions and the journal.

use hublake_store::Repository;

use crate::{at, attempt, open};

fn repository(repo_id: i64, owner: &str, name: &str) -> Repository {
    Repository {
        repo_id,
        owner: owner.to_owned(),
        name: name.to_owned(),
        is_private: true,
        is_archived: false,
        is_selected: false,
        added_at: at(repo_id),
        removed_at: None,
    }
}

#[tokio::test]
async fn added_repositories_are_listed_and_found_by_name_in_any_case() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let (rust, bips) = (repository(2, "Rust-Lang", "Rust"), repository(1, "bitcoin", "bips"));
    store.add_repository(&rust).await.unwrap();
    store.add_repository(&bips).await.unwrap();
    assert_eq!(store.repositories().await.unwrap(), [bips, rust.clone()]);
    assert_eq!(store.repository_by_name("rust-lang", "RUST").await.unwrap(), Some(rust));
    assert_eq!(store.repository_by_name("rust-lang", "cargo").await.unwrap(), None);
}

#[tokio::test]
async fn renames_are_recorded_however_they_are_learnt() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.add_repository(&repository(1, "a", "n")).await.unwrap();
    store.add_repository(&repository(1, "b", "n")).await.unwrap();
    store.add_repository(&repository(1, "b", "n")).await.unwrap();
    store.rename_repository(1, "c", "n").await.unwrap();
    store.rename_repository(9, "x", "y").await.unwrap();
    assert_eq!(store.repositories().await.unwrap(), [repository(1, "c", "n")]);
    assert_eq!(store.repository_by_name("a", "n").await.unwrap(), None);
    let names = store.repository_names(1).await.unwrap();
    assert_eq!(names.iter().map(|one| one.full_name.as_str()).collect::<Vec<_>>(), ["a/n", "b/n", "c/n"]);
    assert_eq!(names[0].valid_to, Some(names[1].valid_from));
    assert_eq!(names[1].valid_to, Some(names[2].valid_from));
    assert_eq!(names[2].valid_to, None);
    assert_eq!(store.repository_names(9).await.unwrap(), []);
}

#[tokio::test]
async fn a_removed_repository_is_hidden_and_comes_back_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.add_repository(&repository(1, "o", "n")).await.unwrap();
    assert!(store.remove_repository(1, at(10)).await.unwrap());
    assert!(!store.remove_repository(1, at(20)).await.unwrap(), "it is removed already");
    assert_eq!(store.repositories().await.unwrap(), []);
    assert_eq!(store.repository_by_name("o", "n").await.unwrap(), None);
    assert_eq!(store.all_repositories().await.unwrap()[0].removed_at, Some(at(10)));
    store.add_repository(&Repository { added_at: at(99), ..repository(1, "o", "n") }).await.unwrap();
    assert_eq!(store.repositories().await.unwrap(), [repository(1, "o", "n")]);
}

#[tokio::test]
async fn a_name_taken_over_by_another_repository_means_the_newer_one() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.add_repository(&repository(3, "o", "n")).await.unwrap();
    store.add_repository(&repository(9, "o", "n")).await.unwrap();
    assert_eq!(store.repository_by_name("o", "n").await.unwrap().unwrap().repo_id, 9);
}

#[tokio::test]
async fn a_purge_forgets_one_repository_and_no_other() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    for repo_id in [1, 2] {
        store.add_repository(&repository(repo_id, "o", "n")).await.unwrap();
        store.save_attempt("issues", repo_id, &attempt(1)).await.unwrap();
        store.accept_exception("rule", repo_id, "why", "me").await.unwrap();
    }
    store.purge_repository(1).await.unwrap();
    assert_eq!(store.all_repositories().await.unwrap(), [repository(2, "o", "n")]);
    assert_eq!(store.repository_names(1).await.unwrap(), []);
    assert_eq!(store.cursor("issues", 1).await.unwrap(), None);
    assert!(store.cursor("issues", 2).await.unwrap().is_some());
    assert_eq!(store.exceptions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn exceptions_are_replaced_and_revoked() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let first = store.accept_exception("unique_ids", 1, "known", "ann").await.unwrap();
    let second = store.accept_exception("unique_ids", 1, "known better", "ben").await.unwrap();
    let other = store.accept_exception("unique_ids", 2, "known", "ann").await.unwrap();
    let held = store.exceptions().await.unwrap();
    assert_eq!(held.iter().map(|one| one.exception_id).collect::<Vec<_>>(), [second, other]);
    assert_eq!((held[0].why.as_str(), held[0].accepted_by.as_str()), ("known better", "ben"));
    assert!(!store.revoke_exception(first).await.unwrap(), "it was replaced");
    assert!(store.revoke_exception(second).await.unwrap());
    assert_eq!(store.exceptions().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_journal_lists_the_newest_acts_first() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.journal("add", "o/n", "ann").await.unwrap();
    store.journal("remove", "o/n", "ben").await.unwrap();
    let entries = store.journal_entries(10).await.unwrap();
    let acts: Vec<_> = entries.iter().map(|one| (one.act.as_str(), one.done_by.as_str())).collect();
    assert_eq!(acts, [("remove", "ben"), ("add", "ann")]);
    assert_eq!(store.journal_entries(1).await.unwrap(), entries[..1]);
}
