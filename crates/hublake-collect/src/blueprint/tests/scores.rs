//! Scores worked out by hand.

use super::readme::Mentions;
use super::*;

fn of_count(count: usize) -> Blueprint {
    let service = |number: usize| format!("  - {{type: web, name: a{number}, runtime: go}}\n");
    sound(&format!("services:\n{}", (0..count).map(service).collect::<String>()))
}

#[test]
fn complexity_counts_instances_kinds_and_dockerfiles() {
    let nothing = Dockerfiles::default();
    let both = Dockerfiles { uses_render_env: true, uses_render_domain: true };
    // One each up to five; one kind.
    let counted: Vec<_> = [0, 1, 2, 5, 6, 40].map(|count| complexity(&of_count(count), nothing).unwrap()).to_vec();
    assert_eq!(counted, [0, 2, 3, 6, 6, 6]);
    assert_eq!(complexity(&of_count(2), both), Some(5));
    // Four kinds count as three: 5 + 3 + 1 + 1.
    let text = "services:
  - {type: web, name: a, runtime: go}
  - {type: web, name: b, runtime: static}
  - {type: keyvalue, name: c}
  - {type: redis, name: d}
  - {type: worker, name: e, runtime: go}
databases: [{name: f}]
";
    assert_eq!(complexity(&sound(text), nothing), Some(8));
    assert_eq!(complexity(&sound(text), both), Some(10));
}

#[test]
fn databases_count_as_instances_and_are_no_kind() {
    let blueprint = sound("databases: [{name: a}, {name: b}]\nservices: [{type: keyvalue, name: c}]\n");
    // Three instances, one kind of service.
    assert_eq!(complexity(&blueprint, Dockerfiles::default()), Some(4));
    let types: Vec<_> = blueprint.types().into_iter().map(ServiceKind::as_str).collect();
    assert_eq!(types, ["redis", "postgres", "postgres"]);
}

#[test]
fn a_static_site_is_another_kind_than_a_web_service_and_redis_the_same_as_key_value() {
    let pair = |first: &str, second: &str| {
        let blueprint = sound(&format!("services:\n  - {{name: a, {first}}}\n  - {{name: b, {second}}}\n"));
        complexity(&blueprint, Dockerfiles::default()).unwrap()
    };
    assert_eq!(pair("type: web, runtime: go", "type: web, env: static"), 4);
    assert_eq!(pair("type: redis", "type: keyvalue"), 3);
}

#[test]
fn an_entry_with_a_problem_counts_and_an_unknown_type_is_no_kind() {
    let blueprint = parse("services: [{type: lambda, name: a}, {type: web, name: a, runtime: go}]\n");
    assert_eq!(complexity(&blueprint, Dockerfiles::default()), Some(3));
}

#[test]
fn quality_counts_services_without_databases() {
    let of = |text: &str| {
        let blueprint = sound(text);
        quality(&blueprint, complexity(&blueprint, Dockerfiles::default()))
    };
    assert_eq!(of(""), Some(3));
    assert_eq!(of("databases: [{name: a}, {name: b}]"), Some(3));
    assert_eq!(of("services: [{type: web, name: a, runtime: go}]"), Some(4));
    // 3 + 2 services + 2 for two kinds; complexity 4 gives nothing.
    assert_eq!(of("services: [{type: web, name: a, runtime: go}, {type: redis, name: b}]"), Some(7));
    // With a database the complexity is 5: 2 more.
    assert_eq!(
        of("services: [{type: web, name: a, runtime: go}, {type: redis, name: b}]\ndatabases: [{name: c}]"),
        Some(9)
    );
    let blueprint = of_count(9);
    // 3 + 3 + 0 + 2: one kind only.
    assert_eq!(quality(&blueprint, complexity(&blueprint, Dockerfiles::default())), Some(8));
}

#[test]
fn documentation_counts_a_readme_only_where_there_is_one() {
    let silent = Mentions::default();
    let mention = Mentions { mentions_render: true, ..Mentions::default() };
    let button = Mentions { mentions_render: true, has_blueprint_button: true, deploy_button_url: None };
    let scores = [
        documentation(false, None),
        documentation(true, None),
        documentation(false, Some(&silent)),
        documentation(true, Some(&silent)),
        documentation(true, Some(&mention)),
        documentation(true, Some(&button)),
    ];
    assert_eq!(scores, [0, 2, 3, 5, 7, 10]);
}
