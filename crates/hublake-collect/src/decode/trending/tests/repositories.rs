use super::*;

const REST: &str = r#"{"id":7,"node_id":"R_7","name":"tool-7","full_name":"acme/tool-7","owner":{"login":"acme","id":1},
    "html_url":"https://github.com/acme/tool-7","language":"Go","description":"says \"nameWithOwner\": no",
    "stargazers_count":120,"watchers_count":120,"forks_count":9,"open_issues_count":4,
    "created_at":"2026-10-01T00:00:00Z","updated_at":"2026-11-01T01:00:00Z","pushed_at":"2026-10-31T23:00:00Z",
    "topics":["render-blueprints","cli"],"archived":false,"score":1.0}"#;
const GRAPHQL: &str = r#"{"id":"R_7","databaseId":7,"nameWithOwner":"acme/tool-7","url":"https://github.com/acme/tool-7",
    "description":null,"stargazerCount":120,"forkCount":9,"createdAt":"2026-10-01T00:00:00Z",
    "updatedAt":"2026-11-01T01:00:00Z","pushedAt":null,"isArchived":true,"primaryLanguage":null,
    "owner":{"login":"acme"},"repositoryTopics":{"nodes":[{"topic":{"name":"cli"}},null]},
    "issues":{"totalCount":3},"pullRequests":{"totalCount":1}}"#;
const SOURCE: &str = "decoded_repositories";

fn found(branch: &str, found_by: &'static str, is_taken: bool, payload: &str) -> RawElement {
    element(7, RawElementKind::Repository { branch: branch.to_owned(), found_by, is_taken }, Some(payload))
}

#[test]
fn both_forms_are_read() {
    let told = told(vec![found("Go", "search", true, REST), found("", "detail", true, GRAPHQL)]);
    assert_eq!(told.rejected, Vec::<String>::new());
    assert_eq!(told.texts(SOURCE, "language"), [Some("Go".to_owned()), None]);
    assert_eq!(told.numbers(SOURCE, "open_issues"), [Some(4), Some(4)], "issues and pull requests together");
    assert_eq!(told.numbers(SOURCE, "stars"), [Some(120), Some(120)]);
    assert_eq!(told.lists(SOURCE, "topics"), [vec!["render-blueprints", "cli"], vec!["cli"]]);
    assert_eq!(told.flags(SOURCE, "is_archived"), [Some(false), Some(true)]);
    assert_eq!(told.times(SOURCE, "pushed_at"), [Some("2026-10-31T23:00:00+00:00".to_owned()), None]);
    assert_eq!(told.texts(SOURCE, "repo_name"), some::<_, String>(["tool-7", "tool-7"]));
    assert_eq!(told.texts(SOURCE, "found_by"), some::<_, String>(["search", "detail"]));
    assert_eq!(told.texts(SOURCE, "branch"), some::<_, String>(["Go", ""]));
}

#[test]
fn a_hit_of_code_search_is_told_by_its_node() {
    let hit = r#"{"path":"render.yaml","repository":{"id":7,"node_id":"R_7","full_name":"acme/tool-7"}}"#;
    let told = told(vec![found("render", "code", true, hit), found("render", "node", true, GRAPHQL)]);
    assert_eq!(told.texts(SOURCE, "found_by"), some::<_, String>(["code"]));
}

#[test]
fn what_is_not_taken_is_no_sighting() {
    let told = told(vec![found("render", "topic", false, REST), found("Go", "search", false, REST)]);
    assert_eq!(told.source(SOURCE).num_rows(), 0);
}

#[test]
fn a_branch_that_failed_is_not_used_and_the_others_are() {
    let elements = vec![found("render", "topic", true, REST), found("Go", "search", true, REST)];
    let tasks = vec![
        task("render", "discover", Spent::default(), Some("GitHub does not accept the token")),
        task("Go", "discover", Spent::default(), None),
        task("Go", "details", Spent::default(), Some("too slow")),
    ];
    let told = told_by(elements, tasks, TrendingRows::default());
    assert_eq!(told.texts(SOURCE, "branch"), some::<_, String>(["Go"]));
}

#[test]
fn excluded_owners_are_matched_whole_and_in_any_case() {
    let of = |owners: &[&str]| {
        let owners: Vec<String> = owners.iter().map(|owner| (*owner).to_owned()).collect();
        let elements = vec![found("Go", "search", true, REST)];
        told_by(elements, Vec::new(), TrendingRows::new(&owners)).source(SOURCE).num_rows()
    };
    assert_eq!(of(&["Acme"]), 0);
    assert_eq!(of(&["acm", "acme-labs"]), 1, "beginnings are no owners");
}

#[test]
fn what_cannot_be_read_is_rejected_with_the_reason() {
    let told = told(vec![
        found("Go", "search", true, r#"{"id":7}"#),
        found("Go", "search", true, &REST.replace(r#""id":7,"#, r#""id":8,"#)),
        found("Go", "search", true, REST),
    ]);
    assert_eq!(told.rejected.len(), 2);
    assert!(told.rejected[0].contains("missing field"), "{:?}", told.rejected);
    assert!(told.rejected[1].contains("repository 8 and not 7"), "{:?}", told.rejected);
    assert_eq!(told.source(SOURCE).num_rows(), 1);
}
