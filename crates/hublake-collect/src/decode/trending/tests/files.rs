use rstest::rstest;

use super::*;
use crate::events::Api;

const SOURCE: &str = "decoded_repo_files";

pub(super) fn listing(payload: &str) -> RawElement {
    element(7, RawElementKind::Listing { role: "root", path: String::new() }, Some(payload))
}

pub(super) fn file(role: &'static str, path: &str, sha: &str, text: &str) -> RawElement {
    let (path, blob_sha, byte_size) = (path.to_owned(), sha.to_owned(), i64::try_from(text.len()).ok());
    let kind = RawElementKind::File { role, path, blob_sha, byte_size, outcome: "answer", problem: None };
    element(7, kind, Some(text))
}

pub(super) fn without_text(role: &'static str, path: &str, outcome: &'static str, problem: &str) -> RawElement {
    let (path, blob_sha, problem) = (path.to_owned(), "b0".to_owned(), Some(problem.to_owned()));
    element(7, RawElementKind::File { role, path, blob_sha, byte_size: None, outcome, problem }, None)
}

fn named(path: &str, payload: &str) -> RawElement {
    element(7, RawElementKind::Listing { role: "dockerfile", path: path.to_owned() }, Some(payload))
}

const ROOT: &str = r#"{"databaseId":7,"object":{"entries":[
    {"name":"src","type":"tree","oid":"t1","object":{}},{"name":"Readme.md","type":"blob","oid":"r1","object":{"byteSize":9}},
    {"name":"render.yaml","type":"blob","oid":"y1","object":{"byteSize":9}},
    {"name":"Dockerfile","type":"blob","oid":"d1","object":{"byteSize":9}},
    {"name":"package.json","type":"blob","oid":"p1","object":{"byteSize":9}}]}}"#;

fn rows(told: &Told) -> Vec<String> {
    let (roles, paths, hashes) =
        (told.texts(SOURCE, "role"), told.texts(SOURCE, "path"), told.texts(SOURCE, "blob_sha"));
    let mut rows: Vec<String> = roles
        .into_iter()
        .zip(paths)
        .zip(hashes)
        .map(|((role, path), sha)| format!("{} {} {}", role.unwrap(), path.unwrap(), sha.unwrap()))
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_files_of_the_root_folder_are_told_whether_or_not_they_are_new() {
    let told =
        told(vec![listing(ROOT), file("package_json", "package.json", "p1", r#"{"dependencies":{"next":"^15"}}"#)]);
    assert_eq!(
        rows(&told),
        [
            "dockerfile Dockerfile d1",
            "package_json package.json p1",
            "readme Readme.md r1",
            "render_yaml render.yaml y1"
        ]
    );
    let majors: Vec<i64> = told.numbers(SOURCE, "next_major").into_iter().flatten().collect();
    assert_eq!(majors, [15]);
}

#[test]
fn known_dockerfiles_count_while_the_render_yaml_is_the_same() {
    let entry = r#"{"name":"Dockerfile","path":"api/Dockerfile","type":"file","sha":"d3","size":5}"#;
    let alias = r#"{"databaseId":7,"object":{"oid":"d2","byteSize":9}}"#;
    let known = [listing(ROOT), named("web/Dockerfile", alias), named("api/Dockerfile", entry)];
    let told_now = told(known.to_vec());
    assert!(rows(&told_now).contains(&"dockerfile web/Dockerfile d2".to_owned()));
    assert!(rows(&told_now).contains(&"dockerfile api/Dockerfile d3".to_owned()));
    // A new render.yaml names another one.
    let mut new = known.to_vec();
    new.extend([
        file("render_yaml", "render.yaml", "y1", "services: []"),
        file("dockerfile", "job/Dockerfile", "d4", "FROM x"),
    ]);
    let rows = rows(&told(new));
    assert!(!rows.iter().any(|row| row.contains("web/Dockerfile")), "{rows:?}");
    assert!(rows.contains(&"dockerfile job/Dockerfile d4".to_owned()), "{rows:?}");
}

fn is_listed(told: &Told) -> Vec<Option<bool>> {
    told.flags("decoded_repo_details", "is_listed")
}

fn no_push() -> RawElement {
    let kind = RawElementKind::Metric {
        metric: "commits",
        api: Api::Graphql,
        window_start: window_start(),
        outcome: "no_push",
    };
    element(7, kind, None)
}

#[rstest]
#[case::root(listing("{}"))]
#[case::root_without_files(listing("[]"))]
#[case::root_with_files(listing(ROOT))]
fn a_root_folder_that_came_is_listed_with_activity_or_without(#[case] root: RawElement) {
    for with_activity in [false, true] {
        let mut elements = vec![root.clone()];
        elements.extend(with_activity.then(no_push));
        let told = told(elements);
        assert_eq!(is_listed(&told), [Some(true)], "{with_activity}");
        assert_eq!(told.times("decoded_repo_details", "window_start")[0].is_some(), with_activity);
        assert_eq!(told.numbers("decoded_repo_details", "commits_last_7_days")[0].is_some(), with_activity);
    }
}

#[rstest]
#[case::no_root_folder(vec![])]
#[case::a_root_folder_that_cannot_be_read(vec![listing("[{}]")])]
#[case::a_named_dockerfile_that_cannot_be_read(vec![listing(ROOT), named("web/Dockerfile", "{}")])]
#[case::a_readme(vec![
    listing(ROOT),
    without_text("readme", "Readme.md", "failed", "a limit"),
    file("render_yaml", "render.yaml", "y1", "services: []"),
])]
#[case::a_named_dockerfile(vec![listing(ROOT), without_text("dockerfile", "web/Dockerfile", "failed", "a limit")])]
fn what_could_not_be_had_is_no_listing_so_that_what_was_known_holds(#[case] elements: Vec<RawElement>) {
    let told = told([vec![no_push()], elements].concat());
    assert_eq!(is_listed(&told), [Some(false)]);
    assert_eq!(told.numbers("decoded_repo_details", "commits_last_7_days"), [Some(0)]);
    for source in [SOURCE, "decoded_readmes", "decoded_render_blueprints"] {
        assert_eq!(told.source(source).num_rows(), 0, "{source}");
    }
}

#[test]
fn a_readme_is_hashed_whole_and_kept_in_part() {
    let text = format!("{}[deploy](https://render.com/deploy?repo=x)", "ü".repeat(6_000));
    let told = told(vec![listing(ROOT), file("readme", "Readme.md", "r1", &text)]);
    let content = told.texts("decoded_readmes", "readme_content").remove(0).unwrap();
    assert_eq!(content.chars().count(), 5_000);
    assert_eq!(told.texts("decoded_readmes", "readme_sha256"), [Some(sha256_hex(text.as_bytes()))]);
    assert_eq!(told.flags("decoded_readmes", "has_blueprint_button"), [Some(true)], "it lies past what is kept");
}

#[test]
fn an_empty_readme_is_a_text() {
    let told = told(vec![listing(ROOT), file("readme", "Readme.md", "r1", "")]);
    assert_eq!(told.texts("decoded_readmes", "readme_content"), some::<_, String>([""]));
    assert_eq!(told.texts("decoded_readmes", "problem"), [None]);
}

#[test]
fn a_readme_that_is_no_text_has_a_problem_and_no_content() {
    let told = told(vec![listing(ROOT), without_text("readme", "Readme.md", "unread", "it is no UTF-8 text")]);
    assert_eq!(told.texts("decoded_readmes", "problem"), some::<_, String>(["it is no UTF-8 text"]));
    assert_eq!(told.texts("decoded_readmes", "readme_content"), [None]);
    // printf b0 | sha256sum
    let hash = "c02c0b965e023abee808f2b548d8d5193a8b5229be6f3121a6f16e2d41a449b3";
    assert_eq!(told.texts("decoded_readmes", "readme_sha256"), some::<_, String>([hash]));
    assert_eq!(told.source(SOURCE).num_rows(), 4);
}
