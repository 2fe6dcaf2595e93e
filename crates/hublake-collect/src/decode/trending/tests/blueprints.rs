use super::files::{file, listing, without_text};
use super::*;

const SOURCE: &str = "decoded_render_blueprints";
const ROOT: &str = r#"[{"name":"render.yaml","path":"render.yaml","type":"file","sha":"y1","size":9}]"#;
const YAML: &str = "
services:
  - type: web
    name: site
    runtime: static
  - type: pserv
    name: api
    runtime: docker
    dockerfilePath: ./api/Dockerfile
  - type: keyvalue
    name: cache
databases:
  - name: store
    plan: free
";

#[test]
fn services_and_scores_are_told() {
    let told = told(vec![
        listing(ROOT),
        file("render_yaml", "render.yaml", "y1", YAML),
        file("dockerfile", "api/Dockerfile", "d1", "FROM x\nENV PORT=$RENDER_PORT"),
    ]);
    assert_eq!(told.numbers(SOURCE, "service_count"), [Some(4)]);
    assert_eq!(told.numbers(SOURCE, "database_count"), [Some(1)]);
    assert_eq!(told.lists(SOURCE, "service_types"), [["static", "private", "redis", "postgres"]]);
    assert_eq!(told.flags(SOURCE, "uses_render_env"), [Some(true)]);
    assert_eq!(told.flags(SOURCE, "uses_render_domain"), [Some(false)]);
    // 4 services, 3 kinds, and a variable of Render's.
    assert_eq!(told.numbers(SOURCE, "complexity"), [Some(8)]);
    // The file, 3 services, several kinds, complex.
    assert_eq!(told.numbers(SOURCE, "quality"), [Some(10)]);
    // printf 'dockerfile\0api/Dockerfile\0d1\nrender_yaml\0render.yaml\0y1\n' | sha256sum
    let digest = "4245d4d2faeb2286b017b3d3997377cf73eceabb9ad1d22cdca6adea75d500c7";
    assert_eq!(told.texts(SOURCE, "files_digest"), some::<_, String>([digest]));
    assert_eq!(told.lists(SOURCE, "dockerfile_paths"), [["api/Dockerfile"]]);
    let services = "decoded_render_services";
    assert_eq!(told.numbers(services, "position"), some::<_, i64>([1, 2, 3, 4]));
    assert_eq!(told.texts(services, "service_type"), some::<_, String>(["static", "private", "redis", "postgres"]));
    assert_eq!(told.texts(services, "service_name"), some::<_, String>(["site", "api", "cache", "store"]));
    assert_eq!(told.numbers(services, "line"), some::<_, i64>([3, 6, 10, 13]));
}

#[test]
fn a_dockerfile_that_is_named_and_not_there_is_told() {
    let told = told(vec![listing(ROOT), file("render_yaml", "render.yaml", "y1", YAML)]);
    assert_eq!(told.lists(SOURCE, "dockerfile_paths"), [["api/Dockerfile"]]);
    // 4 services and 3 kinds.
    assert_eq!(told.numbers(SOURCE, "complexity"), [Some(7)]);
}

#[test]
fn a_broken_file_has_its_error_and_no_numbers() {
    let told = told(vec![listing(ROOT), file("render_yaml", "render.yaml", "y1", "services:\n  - type: [web\n")]);
    assert!(told.texts(SOURCE, "error")[0].is_some());
    assert!(told.numbers(SOURCE, "error_line")[0].is_some());
    assert_eq!(told.numbers(SOURCE, "complexity"), [None]);
    assert_eq!(told.numbers(SOURCE, "service_count"), [None]);
    assert_eq!(told.source("decoded_render_services").num_rows(), 0);
}

#[test]
fn an_empty_file_is_not_a_broken_one() {
    let told = told(vec![listing(ROOT), file("render_yaml", "render.yaml", "y1", "")]);
    assert_eq!(told.texts(SOURCE, "error"), [None]);
    assert_eq!(told.numbers(SOURCE, "complexity"), [Some(0)]);
}

#[test]
fn a_file_that_is_too_large_is_an_error() {
    let told = told(vec![listing(ROOT), without_text("render_yaml", "render.yaml", "unread", "it is too large")]);
    assert_eq!(told.texts(SOURCE, "error"), some::<_, String>(["it is too large"]));
    assert_eq!(told.lists(SOURCE, "dockerfile_paths"), [Vec::<String>::new()]);
    assert_eq!(told.numbers(SOURCE, "complexity"), [None]);
}
