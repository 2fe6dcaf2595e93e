//! What comes in part: a part that could not be had is not taken for one that is not there.

use rstest::rstest;
use serde_json::{Value, json};

use super::flow::{DIGEST, answer, asked_for, item, known, two_lists};
use super::server::{Asked, Server};
use super::*;

/// Takes what is below a path of an answer away, with an error.
fn without(body: &mut Value, path: &[&str]) {
    let pointer = path.iter().map(|step| format!("/{step}")).collect::<String>();
    if let Some(part) = body.pointer_mut(&format!("/data{pointer}")).filter(|part| !part.is_null()) {
        *part = Value::Null;
        body["errors"] = json!([{"path": path, "message": "Something went wrong"}]);
    }
}

/// A GitHub that fails at a part of each answer.
async fn failing_at(path: &'static [&'static str]) -> Server {
    Server::start(move |asked| {
        let (status, mut body) = answer(asked);
        without(&mut body, path);
        (status, body)
    })
    .await
}

fn only_first() -> Options {
    let mut options = two_lists();
    options.languages.truncate(1);
    options
}

#[rstest]
#[case::a_named_dockerfile(&["d0_0"])]
#[case::what_lies_at_its_path(&["d0_0", "object"])]
#[case::the_root_folder(&["t0"])]
#[case::what_lies_in_it(&["t0", "object"])]
#[tokio::test]
async fn where_a_part_of_the_files_could_not_be_had_nothing_of_them_is_kept(#[case] path: &'static [&'static str]) {
    let server = failing_at(path).await;
    let ran = run(&server, &only_first(), known("d1", DIGEST)).await;
    assert_eq!(ran.rows("raw_repo_listings", "role, repo_id").await, ["root 2"]);
    assert_eq!(asked_for(&server, 'f'), Vec::<String>::new());
    let metrics = ran.rows("raw_repo_metrics", "metric_type, repo_id, outcome").await;
    assert_eq!(metrics, ["commits 1 no_push", "commits 2 answer", "issues 1 answer", "issues 2 answer"]);
    let problems = ran.collection.problems();
    let is_told = |problem: &String| problem.starts_with("acme/t1: ") && problem.contains("Something went wrong");
    assert!(problems.len() == 1 && problems.iter().all(is_told), "{problems:?}");
}

#[rstest]
#[case::commits(&["c1", "defaultBranchRef"], "commits 2")]
#[case::issues(&["i1", "issues"], "issues 2")]
#[tokio::test]
async fn where_a_count_could_not_be_had_it_is_not_none(#[case] path: &'static [&'static str], #[case] lost: &str) {
    let server = failing_at(path).await;
    let ran = run(&server, &only_first(), HashMap::new()).await;
    let metrics = ran.rows("raw_repo_metrics", "metric_type, repo_id").await;
    let mut expected = vec!["commits 1", "commits 2", "issues 1", "issues 2"];
    expected.retain(|metric| *metric != lost);
    assert_eq!(metrics, expected);
    assert_eq!(ran.rows("raw_repo_listings", "role, repo_id").await, ["root 1", "root 2"]);
    assert_eq!(ran.collection.problems().len(), 1);
}

#[tokio::test]
async fn where_the_part_of_a_divided_query_with_the_files_fails_the_counts_are_kept() {
    let server = Server::start(|asked| match asked.aliases().iter().any(|(alias, _)| alias.starts_with('r')) {
        true => (502, json!({"message": "Server Error"})),
        false => answer(asked),
    })
    .await;
    let ran = run(&server, &only_first(), HashMap::new()).await;
    assert_eq!(ran.rows("raw_repo_listings", "role, repo_id").await, Vec::<String>::new());
    assert_eq!(ran.rows("raw_repo_metrics", "metric_type, repo_id").await, ["commits 2", "issues 1", "issues 2"]);
}

/// Repository 1 by REST, with a render.yaml and the folder of its Dockerfile; 2 is empty.
fn by_rest(asked: &Asked, of_folder: (u16, Value)) -> (u16, Value) {
    let entry = |name: &str, kind: &str, sha: &str| json!({"name": name, "type": kind, "sha": sha, "size": 9});
    match asked.path.as_str() {
        "/repositories/1" => (200, item(1)),
        "/repositories/2" => (200, item(2)),
        "/repositories/1/contents" | "/repositories/1/contents/" => {
            (200, json!([entry("render.yaml", "file", "y1"), entry("web", "dir", "w1")]))
        }
        "/repositories/1/contents/web" => of_folder,
        path if path.ends_with("/commits") || path.ends_with("/issues") => (200, json!([])),
        _ => answer(asked),
    }
}

#[rstest]
#[case::is_gone(404, "raw_github_files", &[])]
#[case::could_not_be_had(422, "raw_github_files", &["dockerfile web/Dockerfile failed 1"])]
#[tokio::test]
async fn a_folder_that_could_not_be_had_by_rest_is_not_taken_for_gone(
    #[case] status: u16,
    #[case] table: &str,
    #[case] expected: &[&str],
) {
    let folder = move |asked: &Asked| by_rest(asked, (status, json!({"message": "No"})));
    let server = Server::start(folder).await;
    // printf 'render_yaml\0render.yaml\0y1\n' | sha256sum
    let digest = "c7636125e364bebd4907a9acb2d6979eea43b11510fe96f97f89ca1ef6a85345";
    let ran = run(&server, &Options { api: Api::Rest, ..only_first() }, known("d1", digest)).await;
    assert_eq!(ran.rows(table, "role, path, outcome, repo_id").await, expected);
    assert_eq!(ran.collection.problems().len(), expected.len(), "{:?}", ran.collection.problems());
    let listed = ran.rows("raw_repo_listings", "role, repo_id, payload").await;
    assert_eq!(listed.last().map(String::as_str), Some("root 2 []"), "an empty repository is one without files");
}
