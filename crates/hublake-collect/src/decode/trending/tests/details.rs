use rstest::rstest;

use super::*;
use crate::events::Api;

const SOURCE: &str = "decoded_repo_details";

fn metric(metric: &'static str, api: Api, outcome: &'static str, payload: Option<&str>) -> RawElement {
    element(7, RawElementKind::Metric { metric, api, window_start: window_start(), outcome }, payload)
}

/// Six commits in the window by three people and a bot, and one from before it.
const GRAPHQL: &str = r#"{"databaseId":7,"defaultBranchRef":{"target":{"history":{
    "pageInfo":{"hasNextPage":false,"endCursor":"x"},"nodes":[
    {"oid":"a1","committedDate":"2026-11-01T11:00:00Z","author":{"name":"Ada","email":"ada@x.org","user":{"databaseId":5,"login":"ada"}}},
    {"oid":"a2","committedDate":"2026-10-31T11:00:00Z","author":{"name":"Ada","email":"5+ada@users.noreply.github.com","user":null}},
    {"oid":"a3","committedDate":"2026-10-30T11:00:00Z","author":{"name":"Bob","email":"Bob@Y.org","user":null}},
    {"oid":"a4","committedDate":"2026-10-29T11:00:00Z","author":{"name":"Bob","email":"bob@y.org","user":null}},
    {"oid":"a5","committedDate":"2026-10-28T11:00:00Z","author":{"name":"Eve","email":null,"user":null}},
    {"oid":"a6","committedDate":"2026-10-25T12:00:00Z","author":{"name":"dependabot[bot]","email":"49699333+dependabot[bot]@users.noreply.github.com","user":null}},
    {"oid":"a7","committedDate":"2026-10-25T11:59:59Z","author":{"name":"Old","email":"old@z.org","user":null}}]}}}}"#;

/// The same as REST tells it, over two pages of which the second has a commit once more.
const REST: [&str; 2] = [
    r#"[
    {"sha":"a1","commit":{"author":{"name":"Ada","email":"ada@x.org","date":"2020-01-01T00:00:00Z"},"committer":{"name":"GitHub","email":"noreply@github.com","date":"2026-11-01T11:00:00Z"}},"author":{"id":5,"login":"ada","type":"User"}},
    {"sha":"a2","commit":{"author":{"name":"Ada","email":"5+ada@users.noreply.github.com","date":"2026-10-31T11:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-31T11:00:00Z"}},"author":null},
    {"sha":"a3","commit":{"author":{"name":"Bob","email":"Bob@Y.org","date":"2026-10-30T11:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-30T11:00:00Z"}},"author":null},
    {"sha":"a4","commit":{"author":{"name":"Bob","email":"bob@y.org","date":"2026-10-29T11:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-29T11:00:00Z"}},"author":{}}]"#,
    r#"[
    {"sha":"a4","commit":{"author":{"name":"Bob","email":"bob@y.org","date":"2026-10-29T11:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-29T11:00:00Z"}},"author":{}},
    {"sha":"a5","commit":{"author":{"name":"Eve","email":"","date":"2026-10-28T11:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-28T11:00:00Z"}},"author":null},
    {"sha":"a6","commit":{"author":{"name":"dependabot[bot]","email":"49699333+dependabot[bot]@users.noreply.github.com","date":"2026-10-25T12:00:00Z"},"committer":{"name":"x","email":"x","date":"2026-10-25T12:00:00Z"}},"author":{"id":49699333,"login":"dependabot[bot]","type":"Bot"}}]"#,
];

#[test]
fn both_apis_give_the_same_commits_and_contributors() {
    let graphql = told(vec![metric("commits", Api::Graphql, "answer", Some(GRAPHQL))]);
    let rest = told(vec![
        metric("commits", Api::Rest, "more", Some(REST[0])),
        metric("commits", Api::Rest, "answer", Some(REST[1])),
    ]);
    for told in [graphql, rest] {
        assert_eq!(told.rejected, Vec::<String>::new());
        assert_eq!(told.numbers(SOURCE, "commits_last_7_days"), [Some(6)]);
        assert_eq!(told.numbers(SOURCE, "active_contributors"), [Some(3)], "Ada, Bob and Eve");
        assert_eq!(told.numbers(SOURCE, "active_bots"), [Some(1)]);
        assert_eq!(told.numbers(SOURCE, "issues_closed_last_7_days"), [None], "nobody asked");
        assert_eq!(told.times(SOURCE, "window_start")[0].as_deref(), Some("2026-10-25T12:00:00+00:00"));
    }
}

#[test]
fn issues_count_by_when_they_were_closed_and_without_pull_requests() {
    let graphql = r#"{"databaseId":7,"issues":{"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[
        {"number":1,"closedAt":"2026-10-31T00:00:00Z"},{"number":2,"closedAt":"2026-09-01T00:00:00Z"},
        {"number":3,"closedAt":"2026-10-25T12:00:00Z"},null]}}"#;
    let rest = r#"[{"number":1,"closed_at":"2026-10-31T00:00:00Z"},{"number":2,"closed_at":"2026-09-01T00:00:00Z"},
        {"number":3,"closed_at":"2026-10-25T12:00:00Z"},
        {"number":4,"closed_at":"2026-10-31T00:00:00Z","pull_request":{"url":"x"}}]"#;
    for (api, payload) in [(Api::Graphql, graphql), (Api::Rest, rest)] {
        let told = told(vec![metric("issues", api, "answer", Some(payload))]);
        assert_eq!(told.numbers(SOURCE, "issues_closed_last_7_days"), [Some(2)], "{api}");
    }
}

#[rstest]
#[case::nothing_pushed("commits", "no_push")]
#[case::empty("commits", "empty")]
#[case::no_issues("issues", "disabled")]
fn what_cannot_be_there_is_none(#[case] kind: &'static str, #[case] outcome: &'static str) {
    let told = told(vec![metric(kind, Api::Rest, outcome, None)]);
    let count = match kind {
        "commits" => told.numbers(SOURCE, "commits_last_7_days"),
        _ => told.numbers(SOURCE, "issues_closed_last_7_days"),
    };
    assert_eq!(count, [Some(0)]);
}

#[test]
fn an_empty_repository_has_no_commits() {
    let payload = r#"{"databaseId":7,"defaultBranchRef":null}"#;
    let told = told(vec![metric("commits", Api::Graphql, "answer", Some(payload))]);
    assert_eq!(told.numbers(SOURCE, "commits_last_7_days"), [Some(0)]);
}

#[test]
fn without_the_last_page_nothing_is_counted() {
    let first = told(vec![metric("commits", Api::Rest, "more", Some(REST[0]))]);
    assert_eq!(first.numbers(SOURCE, "commits_last_7_days"), [None]);
    assert_eq!(first.numbers(SOURCE, "active_contributors"), [None]);
}

#[test]
fn a_page_that_cannot_be_read_makes_the_number_unknown() {
    let told = told(vec![
        metric("commits", Api::Rest, "more", Some(r#"[{"sha":1}]"#)),
        metric("commits", Api::Rest, "answer", Some(REST[1])),
    ]);
    assert_eq!(told.rejected.len(), 1);
    assert_eq!(told.numbers(SOURCE, "commits_last_7_days"), [None]);
}
