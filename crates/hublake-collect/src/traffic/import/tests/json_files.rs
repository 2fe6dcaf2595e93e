//! JSON arrays, one or many.

use rstest::rstest;

use super::*;

fn row(repo: &str, uniques: u32, count: u32, timestamp: &str) -> String {
    format!(r#"{{"repo": "{repo}", "uniques": {uniques}, "count": {count}, "timestamp": "{timestamp}"}}"#)
}

#[test]
fn arrays_joined_without_a_comma_are_read_one_after_the_other() {
    let text = format!(
        "[\n{},\n{}\n][\n{}\n]\n",
        row("hello", 2, 24, "2023-03-13"),
        row("world", 1, 1, "2023-03-20"),
        row("hello", 5, 20, "2023-03-13")
    );
    let imported = Fixture::new("views.json", text).read().unwrap();
    assert_eq!(imported.format, Format::JsonArrays);
    assert_eq!(imported.days, []);
    let weeks: Vec<_> = imported
        .weeks
        .iter()
        .map(|week| (&*week.repository, week.monday, week.counts.views, week.counts.clones))
        .collect();
    let monday = date("2023-03-13");
    let expected = [
        ("hello", monday, Some(24), None),
        ("world", date("2023-03-20"), Some(1), None),
        ("hello", monday, Some(20), None),
    ];
    assert_eq!(weeks, expected);
    assert!(imported.notes[0].contains("Mondays"), "{:?}", imported.notes);
}

#[test]
fn dates_other_than_mondays_are_days() {
    let text = format!(
        "[{},{},{}]",
        row("hello", 2, 24, "2022-11-21T00:00:00.000Z"),
        row("hello", 1, 1, "2022-11-22 00:00:00"),
        row("hello", 1, 3, "2022-11-23T00:00:00.000+0000")
    );
    let imported = Fixture::new("clones_golden.json", text).read().unwrap();
    assert_eq!(
        told(&imported.days),
        ["hello 2022-11-21 ?/? 24/2 partial", "hello 2022-11-22 ?/? 1/1", "hello 2022-11-23 ?/? 3/1 partial"]
    );
}

#[test]
fn what_the_rows_count_can_be_said() {
    let fixture = Fixture::new("traffic.json", format!("[{}]", row("hello", 2, 24, "2022-11-21")));
    assert!(matches!(fixture.read(), Err(Error::ImportUnsaid { what: "whether it counts views or clones", .. })));
    let given = Options { measure: Some(Measure::Views), period: Some(Period::Day), ..options() };
    assert_eq!(told(&read_with(&fixture.path, &given).unwrap().days), ["hello 2022-11-21 24/2 ?/? partial"]);
}

#[test]
fn an_empty_array_holds_nothing() {
    let imported = Fixture::new("views.json", "[]\n[]").read().unwrap();
    assert!(imported.days.is_empty() && imported.weeks.is_empty());
}

#[test]
fn a_week_that_is_not_over_is_partial() {
    let text = format!("[{},{}]", row("hello", 2, 24, "2026-11-16"), row("old", 1, 1, "2024-01-01"));
    let imported = Fixture::new("views.json", text).read().unwrap();
    assert!(imported.weeks[0].is_partial);
}

#[rstest]
#[case::unknown_key(r#"[{"repo":"a","uniques":1,"count":1,"bots":1}]"#, 1, "unknown field `bots`")]
#[case::missing_key("[\n{\"repo\":\"a\",\"uniques\":1,\"count\":1}]", 2, "missing field `timestamp`")]
#[case::negative(r#"[{"repo":"a","uniques":-1,"count":1,"timestamp":"2024-03-01"}]"#, 1, "-1")]
#[case::no_array(r#"{"count":1}"#, 1, "expected an array")]
#[case::twice(r#"[{"repo":"a","repo":"b","uniques":1,"count":1,"timestamp":"2024-03-01"}]"#, 1, "twice")]
#[case::not_closed("[{\"repo\":\"a\"", 1, "EOF")]
#[case::text_after("[]\nend", 2, "expected")]
fn a_fault_names_line_and_column(#[case] text: &str, #[case] line: u64, #[case] problem: &str) {
    let found = refusal(Fixture::new("views.json", text).read());
    assert_eq!(found.0, line, "{}", found.2);
    assert!(found.2.contains(problem), "{}", found.2);
    assert!(!found.2.contains(" at line "), "{}", found.2);
    assert!(found.1.parse::<u64>().is_ok(), "{}", found.1);
}

#[rstest]
#[case::no_date("hello", 1, 1, "yesterday", "timestamp: \"yesterday\" is no date")]
#[case::to_come("hello", 1, 1, "2031-01-01", "has not been yet")]
#[case::noon("hello", 1, 1, "2024-03-01T12:00:00Z", "is no day")]
#[case::name("a b", 1, 1, "2024-03-01", "is no name of a repository")]
#[case::more_visitors("hello", 2, 1, "2024-03-01", "more visitors than visits")]
fn a_value_that_cannot_be_is_refused(
    #[case] repo: &str,
    #[case] uniques: u32,
    #[case] count: u32,
    #[case] timestamp: &str,
    #[case] problem: &str,
) {
    let text = format!("[\n{},\n{}\n]", row("hello", 1, 1, "2024-03-01"), row(repo, uniques, count, timestamp));
    let found = refusal(Fixture::new("views.json", text).read());
    assert_eq!(found.0, 3, "{}", found.2);
    assert!(found.2.contains(problem), "{}", found.2);
}

#[test]
fn a_week_begins_on_a_monday() {
    let fixture = Fixture::new("views.json", format!("[\n{}\n]", row("hello", 1, 1, "2024-03-01")));
    let found = refusal(read_with(&fixture.path, &Options { period: Some(Period::Week), ..options() }));
    assert_eq!(found.0, 2);
    assert!(found.2.contains("is no Monday"), "{}", found.2);
}

#[test]
fn a_text_without_end_is_refused() {
    let text = format!("[{{\"repo\": \"{}", ",a".repeat(200_000));
    let found = refusal(Fixture::new("views.json", text).read());
    assert!(found.2.contains("longer than"), "{}", found.2);
}
