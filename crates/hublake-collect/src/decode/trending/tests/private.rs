//! Private repositories, whose rows are in the raw tables of whoever collected them before they were left out.

use super::*;

const HIT: &str = r#"{"path":"render.yaml","repository":{"id":7,"node_id":"R_7","full_name":"acme/tool-7",
    "private":VALUE}}"#;
const REST: &str = r#"{"id":7,"node_id":"R_7","name":"tool-7","full_name":"acme/tool-7","private":VALUE,
    "owner":{"login":"acme","id":1},"html_url":"https://github.com/acme/tool-7","language":"Go","description":null,
    "stargazers_count":120,"forks_count":9,"open_issues_count":4,"created_at":"2026-10-01T00:00:00Z",
    "updated_at":"2026-11-01T01:00:00Z","pushed_at":"2026-10-31T23:00:00Z","topics":[],"archived":false}"#;
const GRAPHQL: &str = r#"{"id":"R_7","databaseId":7,"nameWithOwner":"acme/tool-7","isPrivate":VALUE,
    "url":"https://github.com/acme/tool-7","description":null,"stargazerCount":120,"forkCount":9,
    "createdAt":"2026-10-01T00:00:00Z","updatedAt":"2026-11-01T01:00:00Z","pushedAt":null,"isArchived":true,
    "primaryLanguage":null,"owner":{"login":"acme"},"repositoryTopics":{"nodes":[]},"issues":{"totalCount":3},
    "pullRequests":{"totalCount":1}}"#;

fn found(branch: &str, found_by: &'static str, payload: &str) -> RawElement {
    element(7, RawElementKind::Repository { branch: branch.to_owned(), found_by, is_taken: true }, Some(payload))
}

/// What repository 7 told of itself in those ways, all of its files and activity, and 8, which is public.
fn all(ways: Vec<RawElement>) -> Told {
    let rest_of_eight = REST.replace("VALUE", "false").replace('7', "8");
    let listing = |id| {
        let entries =
            r#"[{"name":"README.md","type":"file","sha":"r1"},{"name":"render.yaml","type":"file","sha":"y1"}]"#;
        element(id, RawElementKind::Listing { role: "root", path: String::new() }, Some(entries))
    };
    let file = |id, role, path: &str, blob_sha: &str, text| {
        let (path, blob_sha) = (path.to_owned(), blob_sha.to_owned());
        let kind = RawElementKind::File { role, path, blob_sha, byte_size: Some(9), outcome: "answer", problem: None };
        element(id, kind, Some(text))
    };
    let metric = |id| {
        let api = crate::events::Api::Rest;
        let kind = RawElementKind::Metric { metric: "issues", api, window_start: window_start(), outcome: "answer" };
        element(id, kind, Some("[]"))
    };
    let yaml = "services:\n- {type: web, name: site, runtime: node}\n";
    let mut elements = ways;
    elements.push(element(
        8,
        RawElementKind::Repository { branch: "Go".to_owned(), found_by: "search", is_taken: true },
        Some(&rest_of_eight),
    ));
    for id in [7, 8] {
        elements.extend([
            listing(id),
            metric(id),
            file(id, "readme", "README.md", "r1", "# Secret"),
            file(id, "render_yaml", "render.yaml", "y1", yaml),
        ]);
    }
    told(elements)
}

const SOURCES: [&str; 6] = [
    "decoded_repositories",
    "decoded_repo_details",
    "decoded_repo_files",
    "decoded_readmes",
    "decoded_render_blueprints",
    "decoded_render_services",
];

fn assert_left_out(told: &Told) {
    assert_eq!(told.rejected, Vec::<String>::new());
    for source in SOURCES {
        let ids = told.numbers(source, "repo_id");
        assert!(!ids.is_empty() && ids.iter().all(|id| *id == Some(8)), "{source}: {ids:?}");
    }
}

#[test]
fn whatever_way_a_private_repository_came_nothing_of_it_is_told() {
    let private = |text: &str| text.replace("VALUE", "true");
    let public = |text: &str| text.replace("VALUE", "false");
    for ways in [
        vec![found("Go", "search", &private(REST))],
        vec![found("render", "topic", &private(REST))],
        vec![found("render", "code", &private(HIT)), found("render", "node", &public(GRAPHQL))],
        vec![found("render", "code", &public(HIT)), found("render", "node", &private(GRAPHQL))],
        vec![found("render", "code", &public(HIT)), found("render", "node", &private(REST))],
    ] {
        assert_left_out(&all(ways));
    }
}

#[test]
fn what_went_private_between_search_and_details_is_no_sighting_either() {
    let public = REST.replace("VALUE", "false");
    let details = [GRAPHQL, REST].map(|text| text.replace("VALUE", "true"));
    for detail in details.iter().map(String::as_str).chain([r#"{"isPrivate":true}"#, r#"{"private":true}"#]) {
        assert_left_out(&all(vec![found("Go", "search", &public), found("", "detail", detail)]));
        assert_left_out(&all(vec![found("", "detail", detail), found("Go", "search", &public)]));
    }
}

#[test]
fn what_is_public_is_told() {
    let public = [REST, GRAPHQL].map(|text| text.replace("VALUE", "false"));
    let told = all(vec![found("Go", "search", &public[0]), found("", "detail", &public[1])]);
    for source in SOURCES {
        assert!(told.numbers(source, "repo_id").contains(&Some(7)), "{source}");
    }
}
