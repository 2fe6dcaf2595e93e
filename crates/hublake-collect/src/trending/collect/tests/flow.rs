use serde_json::{Value, json};

use super::server::{Asked, Server, rate};
use super::*;

/// Repositories 1 and 2 are of both lists, 3 is of the second alone; 2 was pushed to, and 3 is gone when it is asked
/// about.
pub(super) fn item(id: i64) -> Value {
    let pushed_at = if id == 2 { "2026-10-31T00:00:00Z" } else { "2026-10-05T00:00:00Z" };
    json!({
        "id": id, "node_id": format!("R_{id}"), "name": format!("t{id}"), "full_name": format!("acme/t{id}"),
        "owner": {"login": "acme"}, "html_url": format!("https://github.com/acme/t{id}"), "language": "TypeScript",
        "description": null, "stargazers_count": 100 - id, "forks_count": 0, "open_issues_count": 0,
        "created_at": "2026-10-01T00:00:00Z", "updated_at": "2026-10-01T00:00:00Z", "pushed_at": pushed_at,
        "topics": [], "archived": false,
    })
}

fn figures(id: i64) -> Value {
    json!({
        "id": format!("R_{id}"), "databaseId": id, "nameWithOwner": format!("acme/t{id}"),
        "url": format!("https://github.com/acme/t{id}"), "description": null, "stargazerCount": 100 - id,
        "forkCount": 0, "createdAt": "2026-10-01T00:00:00Z", "updatedAt": "2026-10-01T00:00:00Z",
        "pushedAt": item(id)["pushed_at"], "isArchived": false, "primaryLanguage": {"name": "TypeScript"},
        "owner": {"login": "acme"}, "repositoryTopics": {"nodes": []}, "issues": {"totalCount": 0},
        "pullRequests": {"totalCount": 0},
    })
}

const YAML: &str = "services:\n- {type: web, name: a, runtime: docker, dockerfilePath: web/Dockerfile}\n";

/// Files of repository 1: git's hash and text by path.
const FILES: [(&str, &str, &str); 4] = [
    ("README.md", "r1", "# one"),
    ("package.json", "p1", r#"{"dependencies":{"next":"16.0.0"}}"#),
    ("render.yaml", "y1", YAML),
    ("web/Dockerfile", "d1", "FROM scratch"),
];

fn alias(asked: &Asked, alias: &str, id: i64) -> Value {
    let entries = FILES
        .iter()
        .filter(|(path, ..)| !path.contains('/'))
        .map(|(path, sha, text)| json!({"name": path, "type": "blob", "oid": sha, "object": {"byteSize": text.len()}}));
    let page = json!({"hasNextPage": false, "endCursor": null});
    match alias.chars().next().unwrap() {
        _ if id == 3 => Value::Null,
        'r' => figures(id),
        't' if id == 1 => json!({"databaseId": id, "object": {"entries": entries.collect::<Vec<_>>()}}),
        't' => json!({"databaseId": id, "object": {"entries": []}}),
        'c' => json!({"databaseId": id, "defaultBranchRef": {"target": {"history": {"pageInfo": page, "nodes": []}}}}),
        'i' => json!({"databaseId": id, "issues": {"pageInfo": page, "nodes": []}}),
        'd' => json!({"databaseId": id, "object": {"oid": "d1", "byteSize": 12}}),
        _ => {
            let wanted = asked.body["variables"][alias.replace('f', "x")].as_str().unwrap();
            let file =
                FILES.iter().find(|(path, sha, _)| *sha == wanted || wanted.strip_prefix("HEAD:") == Some(*path));
            let object = file.map(|(_, sha, text)| {
                json!({"oid": sha, "byteSize": text.len(), "isBinary": false, "isTruncated": false, "text": text})
            });
            json!({"databaseId": id, "object": object})
        }
    }
}

pub(super) fn answer(asked: &Asked) -> (u16, Value) {
    if asked.path == "/search/repositories" {
        let ids = if asked.parameter("q").starts_with("language:First") { 1..=2 } else { 1..=3 };
        let items: Vec<_> = ids.map(item).collect();
        return (200, json!({"total_count": items.len(), "incomplete_results": false, "items": items}));
    }
    if asked.path.ends_with("/stargazers/history") {
        return (200, json!([]));
    }
    if asked.path != "/graphql" {
        return (404, json!({"message": "Not Found"}));
    }
    let mut data = serde_json::Map::from_iter([("rateLimit".to_owned(), rate())]);
    let mut errors = Vec::new();
    for (name, full_name) in asked.aliases() {
        let id = full_name.rsplit('t').next().unwrap().parse().unwrap();
        let value = alias(asked, &name, id);
        if value.is_null() {
            errors.push(json!({"type": "NOT_FOUND", "path": [name], "message": "Could not resolve"}));
        }
        data.insert(name, value);
    }
    (200, if errors.is_empty() { json!({"data": data}) } else { json!({"data": data, "errors": errors}) })
}

pub(super) fn two_lists() -> Options {
    let language = |name: &str, needs_next| Language {
        name: name.to_owned(),
        query: format!("language:{name}"),
        limit: 3,
        needs_next,
    };
    Options { languages: vec![language("First", false), language("Second", true)], render: None, ..options() }
}

/// The aliases that were asked for under a letter, with their repositories.
pub(super) fn asked_for(server: &Server, letter: char) -> Vec<String> {
    let queries = server.asked();
    let all = queries.iter().flat_map(Asked::aliases).filter(|(alias, _)| alias.starts_with(letter));
    let mut names: Vec<String> = all.map(|(_, name)| name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_two_branches_find_is_asked_about_once() {
    let server = Server::start(answer).await;
    let ran = run(&server, &two_lists(), HashMap::new()).await;
    assert_eq!(asked_for(&server, 'r'), ["acme/t1", "acme/t2", "acme/t3"]);
    assert_eq!(asked_for(&server, 'c'), ["acme/t2"], "nothing was pushed to the others in the window");
    for id in 1..=3 {
        assert_eq!(server.count(&format!("/repositories/{id}/stargazers/history")), 1);
    }
    let found = ran.rows("raw_github_repos", "source_language, found_by, repo_id").await;
    let expected = [
        " detail 1",
        " detail 2",
        "First search 1",
        "First search 2",
        "Second search 1",
        "Second search 2",
        "Second search 3",
    ];
    assert_eq!(found, expected);
    let metrics = ran.rows("raw_repo_metrics", "metric_type, repo_id, outcome").await;
    assert_eq!(metrics, ["commits 1 no_push", "commits 2 answer", "issues 1 answer", "issues 2 answer"]);
    assert!(ran.collection.is_complete);
    assert_eq!(
        ran.rows("raw_runs", "pipeline, stream, repo_id, requests").await,
        [format!("trending trending 0 {}", server.asked().len())]
    );
}

#[tokio::test]
async fn what_is_gone_since_it_was_found_is_told_and_its_sighting_stays() {
    let server = Server::start(answer).await;
    let ran = run(&server, &two_lists(), HashMap::new()).await;
    let problems = ran.collection.problems();
    assert!(
        problems.iter().any(|problem| problem.starts_with("acme/t3: it is gone since it was found")),
        "{problems:?}"
    );
    let failed = ran.rows("raw_run_tasks", "branch, task, status, failed").await;
    assert_eq!(failed.iter().filter(|task| task.contains("failed 1")).count(), 1, "{failed:?}");
}

#[tokio::test]
async fn a_package_json_is_read_where_the_other_branch_found_the_repository_first() {
    let server = Server::start(answer).await;
    let ran = run(&server, &two_lists(), HashMap::new()).await;
    let files = ran.rows("raw_github_files", "role, path, blob_sha, outcome, repo_id").await;
    let expected = [
        "dockerfile web/Dockerfile d1 answer 1",
        "package_json package.json p1 answer 1",
        "readme README.md r1 answer 1",
        "render_yaml render.yaml y1 answer 1",
    ];
    assert_eq!(files, expected);
}

fn file(role: &str, path: &str, blob_sha: &str) -> KnownFile {
    KnownFile { role: role.to_owned(), path: path.to_owned(), blob_sha: blob_sha.to_owned() }
}

pub(super) fn known(dockerfile_sha: &str, digest: &str) -> HashMap<i64, Known> {
    let files = vec![
        file("readme", "README.md", "r1"),
        file("package_json", "package.json", "p1"),
        file("render_yaml", "render.yaml", "y1"),
        file("dockerfile", "web/Dockerfile", dockerfile_sha),
    ];
    HashMap::from([(
        1,
        Known {
            files,
            files_digest: Some(digest.to_owned()),
            named_dockerfiles: Some(vec!["web/Dockerfile".to_owned()]),
            has_velocity: true,
        },
    )])
}

/// printf 'dockerfile\0web/Dockerfile\0d1\nrender_yaml\0render.yaml\0y1\n' | sha256sum
pub(super) const DIGEST: &str = "79cbfd2cf67e763ccaa7792fd632c790681c906d4d51204bea1e54b1cac8a083";

#[tokio::test]
async fn what_is_published_is_not_asked_for_again() {
    let server = Server::start(answer).await;
    let ran = run(&server, &two_lists(), known("d1", DIGEST)).await;
    assert_eq!(asked_for(&server, 'f'), Vec::<String>::new());
    assert_eq!(asked_for(&server, 'd'), ["acme/t1"]);
    assert_eq!(server.count("/repositories/1/stargazers/history"), 0, "a snapshot tells how stars grow");
    let listed = ran.rows("raw_repo_listings", "role, path, repo_id").await;
    assert_eq!(listed, ["dockerfile web/Dockerfile 1", "root  1", "root  2"]);
}

#[tokio::test]
async fn where_a_dockerfile_is_new_the_whole_blueprint_is_read() {
    let server = Server::start(answer).await;
    let ran = run(&server, &two_lists(), known("d0", "another")).await;
    let files = ran.rows("raw_github_files", "role, blob_sha").await;
    assert_eq!(files, ["dockerfile d1", "render_yaml y1"]);
}

/// Repository 1, when its `render.yaml` was read and the Dockerfile that it names was not there.
fn known_without_dockerfile() -> HashMap<i64, Known> {
    // printf 'render_yaml\0render.yaml\0y1\n' | sha256sum
    let mut known = known("d1", "c7636125e364bebd4907a9acb2d6979eea43b11510fe96f97f89ca1ef6a85345");
    known.get_mut(&1).unwrap().files.retain(|file| file.role != "dockerfile");
    known
}

#[tokio::test]
async fn a_dockerfile_that_was_not_there_is_looked_for_with_the_details_and_read_once_it_is() {
    for is_there in [false, true] {
        let server = Server::start(move |asked| {
            let (status, mut body) = answer(asked);
            if !is_there && body["data"]["d0_0"].is_object() {
                body["data"]["d0_0"]["object"] = Value::Null;
            }
            (status, body)
        })
        .await;
        let ran = run(&server, &two_lists(), known_without_dockerfile()).await;
        assert_eq!(asked_for(&server, 'd'), ["acme/t1"]);
        let files = ran.rows("raw_github_files", "role, blob_sha").await;
        let expected: &[&str] = if is_there { &["dockerfile d1", "render_yaml y1"] } else { &[] };
        assert_eq!(files, expected, "{is_there}");
    }
}

#[tokio::test]
async fn a_render_yaml_of_which_is_not_known_what_it_names_is_read_again() {
    let server = Server::start(answer).await;
    let mut known = known("d1", DIGEST);
    known.get_mut(&1).unwrap().named_dockerfiles = None;
    let ran = run(&server, &two_lists(), known).await;
    let files = ran.rows("raw_github_files", "role, blob_sha").await;
    assert_eq!(files, ["dockerfile d1", "render_yaml y1"]);
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_divided() {
    let server = Server::start(|asked| {
        let histories = asked.aliases().iter().filter(|(alias, _)| alias.starts_with('r')).count();
        if histories > 1 {
            return (
                200,
                json!({"data": null, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}]}),
            );
        }
        answer(asked)
    })
    .await;
    let ran = run(&server, &two_lists(), HashMap::new()).await;
    let details = ran.rows("raw_github_repos", "found_by, repo_id").await;
    assert!(details.contains(&"detail 1".to_owned()) && details.contains(&"detail 2".to_owned()), "{details:?}");
    assert!(ran.rows("raw_run_tasks", "task, retried").await.iter().any(|task| task == "details 1"));
}

#[tokio::test]
async fn a_branch_that_fails_does_not_stop_the_others() {
    let server = Server::start(|asked| match asked.parameter("q").starts_with("language:First") {
        true => (401, json!({"message": "Bad credentials"})),
        false => answer(asked),
    })
    .await;
    let ran = run(&server, &two_lists(), HashMap::new()).await;
    let failure = ran.collection.branches[0].failure.clone().unwrap();
    assert!(failure.contains("does not accept the token") && failure.contains("\nhint: "), "{failure}");
    assert_eq!((ran.collection.is_complete, ran.collection.branches[1].found), (true, 3));
}
