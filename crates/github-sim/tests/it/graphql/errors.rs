use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{get, plain, query, send_body, serve};

#[rstest]
#[case::not_graphql("query {", "Parse error")]
#[case::empty("", "A query attribute must be")]
#[case::unknown_field(
    "{ repository(owner: \"a\", name: \"b\") { colour } }",
    "Field 'colour' doesn't exist on type 'Repository'"
)]
#[case::unknown_argument("{ viewer(x: 1) { login } }", "Field 'viewer' doesn't accept argument 'x'")]
#[case::missing_argument("{ repository(name: \"b\") { id } }", "missing required arguments: owner")]
#[case::wrong_literal("{ node(id: true) { id } }", "Argument 'id' on Field 'node' has an invalid value (true)")]
#[case::wrong_enum(
    "{ repository(owner: \"a\", name: \"b\") { issues(states: \"OPEN\") { totalCount } } }",
    "Expected type '[IssueState!]'"
)]
#[case::no_selections("{ viewer }", "Field must have selections")]
#[case::selections_on_a_scalar("{ viewer { login { x } } }", "Selections can't be made on scalars")]
#[case::unknown_type("{ viewer { ... on Martian { id } } }", "No such type Martian")]
#[case::impossible_type("{ viewer { ... on Issue { id } } }", "Fragment on Issue can't be spread inside User")]
#[case::unknown_fragment("{ viewer { ...Nothing } }", "Fragment Nothing was used, but not defined")]
#[case::unused_fragment("{ viewer { login } } fragment F on User { login }", "Fragment F was defined, but not used")]
#[case::endless_fragment("{ viewer { ...F } } fragment F on User { ...F }", "infinite loop")]
#[case::undeclared_variable("{ node(id: $id) { id } }", "Variable $id is used but not declared")]
#[case::unused_variable(
    "query($x: Int) { viewer { login } }",
    "Variable $x is declared by anonymous query but not used"
)]
#[case::narrow_variable("query($id: ID = null) { node(id: $id) { id } }", "mismatch on variable $id")]
#[case::other_variable("query($id: Int!) { node(id: $id) { id } }", "mismatch on variable $id")]
#[case::missing_variable(
    "query($id: ID!) { node(id: $id) { id } }",
    "Variable $id of type ID! was provided invalid value"
)]
#[case::unknown_directive("{ viewer { login @upper } }", "Directive @upper is not defined")]
#[case::mutation("mutation { viewer { login } }", "answers queries")]
#[tokio::test]
async fn an_unsound_query_is_a_success_with_errors_and_no_data(#[case] text: &str, #[case] message: &str) {
    let sim = serve(plain(1)).await;
    let reply = query(&sim, text, json!({})).await;
    let json = reply.json();
    let got = json["errors"][0]["message"].as_str().unwrap();
    assert!(got.contains(message), "{json}");
    assert_eq!((reply.status, json.get("data")), (200, None));
    assert_eq!(reply.number("x-ratelimit-used"), 1);
}

#[rstest]
#[case::no_bounds("issues { nodes { id } }", "MISSING_PAGINATION_BOUNDARIES")]
#[case::too_many("issues(first: 101) { nodes { id } }", "EXCESSIVE_PAGINATION")]
#[case::negative("issues(last: -1) { nodes { id } }", "EXCESSIVE_PAGINATION")]
#[case::both_ends("issues(first: 1, last: 1) { nodes { id } }", "EXCESSIVE_PAGINATION")]
#[case::bad_cursor("issues(first: 1, after: \"nonsense\") { nodes { id } }", "INVALID_CURSOR_ARGUMENTS")]
#[tokio::test]
async fn wrong_pages_have_github_s_types_and_void_the_repository(#[case] field: &str, #[case] kind: &str) {
    let sim = serve(plain(1)).await;
    let text = format!("{{ repository(owner: \"a\", name: \"b\") {{ name {field} }} }}");
    let json = query(&sim, &text, json!({})).await.json();
    let error = &json["errors"][0];
    assert_eq!((&error["type"], &error["path"]), (&json!(kind), &json!(["repository", "issues"])));
    assert_eq!(error["locations"], json!([{"line": 1, "column": 44}]));
    assert_eq!(json["data"], json!({"repository": null}));
}

#[tokio::test]
async fn what_is_not_there_is_null_with_its_path() {
    let sim = serve(plain(1)).await;
    let id = get(&sim, "repos/a/b/issues/1").await.json()["node_id"].clone();
    let text = r#"query($ids: [ID!]!) {
        gone: repository(owner: "a", name: "c") { id }
        repository(owner: "a", name: "b") { issue(number: 9) { id } pullRequest(number: 1) { id } }
        nodes(ids: $ids) { id }
    }"#;
    let json = query(&sim, text, json!({"ids": [id, "I_kw0"]})).await.json();
    let expected = json!({
        "gone": null, "repository": {"issue": null, "pullRequest": null}, "nodes": [{"id": id}, null],
    });
    assert_eq!(json["data"], expected);
    let errors: Vec<(&Value, &Value)> =
        json["errors"].as_array().unwrap().iter().map(|error| (&error["type"], &error["path"])).collect();
    let not_found = json!("NOT_FOUND");
    let paths =
        [json!(["gone"]), json!(["repository", "issue"]), json!(["repository", "pullRequest"]), json!(["nodes", 1])];
    assert_eq!(errors, paths.iter().map(|path| (&not_found, path)).collect::<Vec<_>>());
    let message = json["errors"][0]["message"].as_str().unwrap();
    assert_eq!(message, "Could not resolve to a Repository with the name 'a/c'.");
}

#[tokio::test]
async fn a_query_for_too_many_nodes_is_refused_before_it_is_run() {
    let sim = serve(plain(1)).await;
    let page = "issues(first: 100) { nodes { timelineItems(first: 100) { nodes { __typename } } } }";
    let aliases: Vec<String> = (0..50).map(|number| format!("a{number}: {page}")).collect();
    let text = format!("{{ repository(owner: \"a\", name: \"b\") {{ {} }} }}", aliases.join(" "));
    let json = query(&sim, &text, json!({})).await.json();
    assert_eq!(json["errors"][0]["type"], "MAX_NODE_LIMIT_EXCEEDED");
    assert!(json["errors"][0]["message"].as_str().unwrap().contains("505,000"), "{json}");
    assert!(json.get("data").is_none());
}

#[rstest]
#[case::nobody("", 401, "This endpoint requires you to be authenticated.")]
#[case::stranger("Bearer nonsense", 401, "Bad credentials")]
#[case::app("Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln", 401, "This endpoint requires you to be authenticated.")]
#[tokio::test]
async fn a_query_without_a_token_is_unauthorised(#[case] token: &str, #[case] status: u16, #[case] message: &str) {
    let sim = serve(plain(1)).await;
    let body = json!({"query": "{ viewer { login } }"}).to_string();
    let reply = send_body(&sim, Method::POST, "graphql", &[("authorization", token)], body).await.unwrap();
    assert_eq!((reply.status, &reply.json()["message"]), (status, &json!(message)));
}

#[tokio::test]
async fn what_is_no_json_is_a_bad_request() {
    let sim = serve(plain(1)).await;
    for body in ["{\"query\": ", "[]", ""] {
        let reply = send_body(&sim, Method::POST, "graphql", &[], body.to_owned()).await.unwrap();
        assert_eq!((reply.status, &reply.json()["message"]), (400, &json!("Problems parsing JSON")), "{body}");
    }
    let reply = send_body(&sim, Method::POST, "graphql", &[], "{\"query\": 1}".to_owned()).await.unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.json()["errors"][0]["message"].as_str().unwrap().contains("must be a string"));
}

#[tokio::test]
async fn only_posts_to_graphql_s_own_address_are_queries() {
    let sim = serve(plain(1)).await;
    let body = json!({"query": "{ viewer { login } }"}).to_string();
    for (target, status) in [("graphql", 200), ("api/graphql", 200), ("api/v3/graphql", 404), ("graphql/x", 404)] {
        let reply = send_body(&sim, Method::POST, target, &[], body.clone()).await.unwrap();
        assert_eq!(reply.status, status, "{target}");
    }
    assert_eq!(get(&sim, "graphql").await.status, 404);
}
