//! Files that are too much, and files that are anything.

use proptest::prelude::*;

use super::readme::Mentions;
use super::*;

#[test]
fn a_file_over_the_limit_is_an_error_and_one_at_it_is_read() {
    let text = format!("services: [{{type: web, name: a, runtime: go}}]\n#{}", "x".repeat(MOST_BYTES));
    let at_limit = &text[..MOST_BYTES];
    assert_eq!(sound(at_limit).service_count(), 1);
    let error = parse(&text[..=MOST_BYTES]).error.unwrap();
    assert_eq!(error.message, "the file is larger than 1048576 bytes");
    assert_eq!(parse_bytes(text.as_bytes()).error.map(|error| error.line), Some(1));
}

#[test]
fn a_large_file_of_services_is_read_whole() {
    let service = |number: usize| format!("  - {{type: web, name: service-{number}, runtime: node, plan: free}}\n");
    let text = format!("services:\n{}", (0..9_000).map(service).collect::<String>());
    assert_eq!(sound(&text).service_count(), 9_000);
}

#[test]
fn too_many_entries_are_an_error() {
    let text = format!("databases:\n{}", "- {name: a}\n".repeat(10_001));
    let blueprint = parse(&text);
    let error = blueprint.error.unwrap();
    assert_eq!((error.line, error.column), (10_002, 3));
    assert_eq!(error.message, "the file has more than 10000 services, databases and groups");
    assert_eq!(blueprint.errors.len(), 1_000);
}

#[test]
fn too_many_warnings_are_counted_and_not_kept() {
    let text: String = (0..5_000).map(|number| format!("key-{number}: 1\n")).collect();
    let blueprint = parse(&text);
    assert_eq!((blueprint.warnings.len(), blueprint.warning_count), (1_000, 5_000));
}

/// Nine lists of nine, each of the one before: 9^9 values once they are written out.
fn bomb(key: &str) -> String {
    let mut text = String::from("a0: &a0 [{name: x, type: web, runtime: go}]\n");
    for level in 1..=9 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    text + key + ": *a9\n"
}

#[test]
fn a_bomb_of_aliases_ends_in_an_error() {
    let blueprint = parse(&bomb("services"));
    // A list where a service is expected.
    assert!(blueprint.is_broken());
    assert_eq!(blueprint.service_count(), 0);
    // Where it does not matter, nothing follows it.
    assert!(!parse(&bomb("other")).is_broken());
}

#[test]
fn a_bomb_of_merged_mappings_ends_in_an_error() {
    let mut text = String::from("a0: &a0 {plan: free}\n");
    for level in 1..=12 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} {{<<: [{items}]}}\n"));
    }
    let blueprint = parse(&(text + "services: [{<<: *a12, name: x}]\n"));
    let error = blueprint.error.unwrap();
    assert_eq!(error.message, "the file has too many values once its aliases are followed");
}

#[test]
fn mappings_merged_into_one_another_without_end_are_an_error() {
    let mut text = String::from("a0: &a0 {plan: free}\n");
    for level in 1..=5_000 {
        text.push_str(&format!("a{level}: &a{level} {{<<: *a{}}}\n", level - 1));
    }
    let error = parse(&(text + "services: [*a5000]\n")).error.unwrap();
    assert_eq!(error.message, "more than 16 mappings are merged into one another");
}

#[test]
fn services_multiplied_by_aliases_are_bounded() {
    let variables = "{key: A, value: 1}, ".repeat(2_000);
    let mut text = format!("x: &x {{type: web, name: a, runtime: go, envVars: [{variables}]}}\nservices:\n");
    text.push_str(&"- *x\n".repeat(9_000));
    let error = parse(&text).error.unwrap();
    assert_eq!(error.message, "the file has too many values once its aliases are followed");
}

#[test]
fn deep_nesting_and_many_values_are_errors() {
    for text in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000)] {
        assert!(parse(&text).is_broken());
    }
    let deep: String = (0..700).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(parse(&deep).is_broken());
    let error = parse(&format!("[{}]", "a,".repeat(400_000))).error.unwrap();
    assert_eq!(error.message, "the file has more than 300000 values");
}

/// Texts of the pieces that Blueprints are made of, so that more of them are nearly right.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "services",
            "databases",
            "projects",
            "environments",
            "ungrouped",
            "previews",
            "envVarGroups",
            "type",
            "name",
            "runtime",
            "web",
            "cron",
            "static",
            "<<",
            "*a",
            "&a ",
            "&b ",
            "*b",
            "null",
            "~",
            "!!str ",
            "'",
            "\"",
            "|\n",
            ">-\n",
            "---\n",
            "...\n",
            "%YAML 1.2\n",
            "# c\n",
            "dockerfilePath",
            "../x",
            "true",
            "0",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ", ", " ", "\t", "? ", ":"])
            .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_gives_a_blueprint(text in pieces()) {
        let blueprint = parse(&text);
        let score = complexity(&blueprint, scan_dockerfile(&text));
        prop_assert_eq!(score.is_none(), blueprint.is_broken());
        prop_assert!(score.is_none_or(|score| score <= 10));
        prop_assert!(quality(&blueprint, score).is_none_or(|score| score <= 10));
        let lines = text.split(['\n', '\r']).count() as u64;
        for problem in blueprint.warnings.iter().chain(&blueprint.errors).chain(&blueprint.error) {
            prop_assert!((1..=lines + 1).contains(&problem.line) && problem.column >= 1, "{:?}", problem);
        }
    }

    #[test]
    fn any_bytes_give_a_blueprint(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse_bytes(&bytes);
    }

    #[test]
    fn any_readme_gives_mentions(text in "\\PC{0,40}(https?://)?(www\\.)?[Rr]ender\\.com/deploy\\PC{0,40}") {
        let mentions = Mentions::find(&text, "https://github.com/a/b");
        prop_assert_eq!(mentions.has_blueprint_button, mentions.deploy_button_url.is_some());
        prop_assert!(mentions.mentions_render || !mentions.has_blueprint_button);
    }
}
