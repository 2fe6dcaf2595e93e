//! What is wrong in a file, and that it is told with its place.

use rstest::rstest;

use super::*;

#[test]
fn an_unknown_type_is_a_warning_and_a_row() {
    let blueprint = parse("services:\n  - name: a\n    type: lambda\n  - {type: web, name: b, runtime: node}\n");
    let expected = ["3:11 unknown service type \"lambda\"; known are web, pserv, worker, cron, keyvalue, workflow"];
    assert_eq!(told(&blueprint.warnings), expected);
    let service = &blueprint.services[0];
    assert_eq!((service.kind, service.written_type.as_deref()), (None, Some("lambda")));
    assert_eq!(service.problem.as_deref(), Some("unknown service type \"lambda\""));
    assert_eq!(blueprint.service_count(), 2);
    assert_eq!(blueprint.types(), [ServiceKind::Web]);
    assert!(!blueprint.is_broken());
}

#[test]
fn a_name_that_is_there_twice_is_an_error_of_its_row() {
    let blueprint = parse(
        "services:
  - {type: web, name: api, runtime: node}
  - {type: worker, name: api, runtime: node}
databases:
  - name: api
ungrouped:
  services:
    - {type: web, name: other, runtime: go}
  databases:
    - name: api
",
    );
    let expected =
        ["3:26 another service has the name \"api\" already", "10:13 another database has the name \"api\" already"];
    assert_eq!(told(&blueprint.errors), expected);
    assert_eq!(blueprint.services[0].problem, None);
    assert_eq!(blueprint.services[1].problem.as_deref(), Some("another service has the name \"api\" already"));
    // A database may be called as a service is.
    assert_eq!(blueprint.databases[0].problem, None);
    assert!(blueprint.databases[1].problem.is_some());
    assert_eq!((blueprint.service_count(), blueprint.is_broken()), (5, false));
}

#[rstest]
#[case::cron_without_schedule("- {type: cron, name: a, runtime: go}", "2:3 the cron job has no schedule")]
#[case::no_name("- {type: web, runtime: go}", "2:3 the service has no name")]
#[case::no_type("- {name: a, runtime: go}", "2:3 the service has no type")]
#[case::a_key_twice(
    "- {type: web, type: worker, name: a, runtime: go}",
    "2:15 the key \"type\" is there twice; the last one is taken"
)]
fn an_entry_that_would_be_refused_is_an_error(#[case] service: &str, #[case] expected: &str) {
    let blueprint = parse(&format!("services:\n{service}\n"));
    assert_eq!(told(&blueprint.errors), [expected]);
    assert_eq!((blueprint.service_count(), blueprint.is_broken()), (1, false));
}

#[rstest]
#[case::unknown_key("colour: red", "5:5 unknown key \"colour\" of a service")]
#[case::unknown_runtime(
    "env: cobol",
    "5:10 env is \"cobol\"; known are node, python, elixir, go, ruby, rust, docker, image, static"
)]
#[case::both_runtimes("env: go", "5:10 env is \"go\" and runtime is \"node\"; runtime is taken")]
#[case::no_flag("autoDeploy: sometimes", "5:17 autoDeploy is \"sometimes\"; true or false is expected")]
#[case::unknown_trigger(
    "autoDeployTrigger: moon",
    "5:24 autoDeployTrigger is \"moon\"; known are commit, checksPass, off"
)]
#[case::of_a_variable("envVars: [{key: A, valeu: 1}]", "5:24 unknown key \"valeu\" of a variable")]
#[case::of_an_image("image: {url: a, tag: b}", "5:21 unknown key \"tag\" of an image")]
#[case::another_shape("envVars: {A: 1}", "5:14 envVars is a mapping where a list is expected")]
#[case::a_list_for_a_value("plan: [free]", "5:11 plan is a list where a single value is expected")]
#[case::a_key_that_is_no_word("? [a]\n    : b", "5:7 a key of a service is no word")]
#[case::outside(
    "dockerfilePath: ../../Dockerfile",
    "5:21 dockerfilePath \"../../Dockerfile\" is outside of the repository"
)]
#[case::no_file("dockerfilePath: ./", "5:21 dockerfilePath \"./\" names no file")]
fn what_is_odd_in_a_service_is_a_warning(#[case] line: &str, #[case] expected: &str) {
    let blueprint = parse(&format!("services:\n  - type: web\n    name: a\n    runtime: node\n    {line}\n"));
    let warnings: Vec<_> = told(&blueprint.warnings);
    assert!(warnings.contains(&expected.to_owned()), "{warnings:?}");
    assert_eq!((services(&blueprint), blueprint.is_broken()), (vec!["root a web".to_owned()], false));
}

#[rstest]
#[case::no_runtime("{type: web, name: a}", "2:5 the service has no runtime")]
#[case::key_value_with_one("{type: keyvalue, name: a, runtime: node}", "2:5 a Key Value instance has no runtime")]
#[case::a_static_worker(
    "{type: worker, name: a, runtime: static}",
    "2:5 only a web service can have the runtime static"
)]
fn a_runtime_that_does_not_fit_is_a_warning(#[case] service: &str, #[case] expected: &str) {
    assert_eq!(told(&parse(&format!("services:\n  - {service}\n")).warnings), [expected]);
}

#[rstest]
#[case::root("colour: red", "1:1 unknown key \"colour\" of the blueprint")]
#[case::previews("previews: {generation: weekly}", "1:24 generation is \"weekly\"; known are off, manual, automatic")]
#[case::days("previews: {expireAfterDays: 0}", "1:29 expireAfterDays is \"0\"; a number of days is expected")]
#[case::database("databases: [{name: a, size: 3}]", "1:23 unknown key \"size\" of a database")]
#[case::group("envVarGroups: [{name: a, vars: []}]", "1:26 unknown key \"vars\" of a group of variables")]
#[case::second_document("services: []\n---\nservices: []\n", "2:1 only the first document of the file is read")]
fn what_is_odd_around_services_is_a_warning(#[case] text: &str, #[case] expected: &str) {
    let blueprint = parse(text);
    assert_eq!(told(&blueprint.warnings), [expected]);
    assert!(!blueprint.is_broken());
}

#[rstest]
#[case::a_bracket_without_end("services: [\n", 1, 11)]
#[case::a_tab_as_indent("services:\n  - type: web\n\tname: a\n", 3, 1)]
#[case::a_tab_before_a_dash("services:\n\t- type: web\n", 2, 2)]
#[case::too_little_indent("services:\n  - type: web\n   name: a\n", 3, 4)]
#[case::two_colons("services:\n  - type: web: api\n", 2, 14)]
#[case::an_alias_of_nothing("services: *nothing\n", 1, 11)]
#[case::an_alias_in_itself("services: &all\n  - *all\n", 2, 5)]
#[case::a_list("- type: web\n", 1, 1)]
#[case::a_text("hello\n", 1, 1)]
#[case::services_as_mapping("services:\n  web: {}\n", 2, 3)]
#[case::a_service_as_text("services:\n  - web\n", 2, 5)]
#[case::an_empty_service("services:\n  - type: web\n    name: a\n    runtime: go\n  -\n", 5, 4)]
#[case::ungrouped_as_list("ungrouped:\n  - type: web\n", 2, 3)]
#[case::projects_as_mapping("projects:\n  name: shop\n", 2, 3)]
#[case::a_merge_of_a_text("services:\n  - <<: web\n", 2, 9)]
fn a_broken_file_is_an_error_with_its_place(#[case] text: &str, #[case] line: u64, #[case] column: u64) {
    let blueprint = parse(text);
    let error = blueprint.error.clone().unwrap();
    assert_eq!((error.line, error.column), (line, column), "{}", error.message);
    assert_eq!(complexity(&blueprint, Dockerfiles::default()), None);
    assert_eq!(quality(&blueprint, None), None);
}

#[test]
fn bytes_that_are_no_text_are_an_error_with_their_place() {
    let blueprint = parse_bytes(b"services: # caf\xc3\xa9\n# \xc3\xa9\xff\n");
    let error = blueprint.error.unwrap();
    assert_eq!((error.message.as_str(), error.line, error.column), ("the file is not UTF-8", 2, 4));
    assert_eq!(parse_bytes("services: []".as_bytes()).error, None);
}

#[test]
fn a_text_of_the_file_cannot_move_the_cursor() {
    let blueprint = parse("\"a\\e[2J\\n\": 1\n");
    assert_eq!(told(&blueprint.warnings), ["1:1 unknown key \"a\\u{1b}[2J\\n\" of the blueprint"]);
}
