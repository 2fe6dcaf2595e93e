//! The rules of the backlog, judged by small cases made by hand.

use serde_json::json;

use super::*;

fn life(state: &str, created_at: &str, updated_at: &str, events: &[(&str, &str)]) -> Life {
    let events: Vec<Value> =
        events.iter().map(|(at, kind)| json!({"created_at": format!("2024-{at}Z"), "event": kind})).collect();
    let object = json!({
        "number": 1, "state": state, "created_at": format!("2024-{created_at}Z"),
        "updated_at": format!("2024-{updated_at}Z"),
    });
    Life::from_rest(&object, &json!(events), false)
}

/// Stretches as `open 01-01 00:00:00 .. 01-02 00:00:00 events`.
fn told(life: &Life) -> Vec<String> {
    let text = |at: DateTime<Utc>| at.format("%m-%d %H:%M:%S%.f").to_string();
    let line = |stretch: &Stretch| {
        format!(
            "{} {} .. {} {}{}",
            if stretch.is_open { "open" } else { "closed" },
            text(stretch.from),
            stretch.until.map(text).unwrap_or_default(),
            if stretch.is_told { "events" } else { "snapshot" },
            if stretch.is_left { " left" } else { "" }
        )
    };
    life.stretches().iter().map(line).collect()
}

#[test]
fn closing_and_reopening_are_stretches_of_their_own() {
    let events = [("01-02T00:00:00", "closed"), ("01-04T00:00:00", "reopened"), ("01-04T00:00:00", "labeled")];
    let found = told(&life("open", "01-01T00:00:00", "01-04T00:00:00", &events));
    let expected = [
        "open 01-01 00:00:00 .. 01-02 00:00:00 events",
        "closed 01-02 00:00:00 .. 01-04 00:00:00 events",
        "open 01-04 00:00:00 ..  events",
    ];
    assert_eq!(found, expected);
}

#[test]
fn of_one_second_the_net_effect_counts_and_repeats_are_nothing() {
    let events = [
        ("01-02T00:00:00", "closed"),
        ("01-02T00:00:00", "reopened"),
        ("01-03T00:00:00", "merged"),
        ("01-03T00:00:00", "closed"),
        ("01-04T00:00:00", "closed"),
    ];
    let found = told(&life("closed", "01-01T00:00:00", "01-04T00:00:00", &events));
    assert_eq!(found, ["open 01-01 00:00:00 .. 01-03 00:00:00 events", "closed 01-03 00:00:00 ..  events"]);
}

#[test]
fn a_state_without_event_is_of_the_snapshot_at_both_sides_of_its_turn() {
    let mut closed = life("closed", "01-01T00:00:00", "01-05T00:00:00", &[]);
    assert_eq!(told(&closed), ["open 01-01 00:00:00 .. 01-05 00:00:00 snapshot", "closed 01-05 00:00:00 ..  snapshot"]);
    closed.closed_at = Some(instant("2024-01-03T00:00:00Z"));
    assert_eq!(told(&closed)[1], "closed 01-03 00:00:00 ..  snapshot");
    // Never before what is known.
    closed.closed_at = Some(instant("2023-12-31T00:00:00Z"));
    assert_eq!(told(&closed)[1], "closed 01-01 00:00:00.000001 ..  snapshot");
}

#[test]
fn closed_before_it_was_created_is_open_for_an_instant() {
    let found = told(&life("closed", "01-01T01:00:00", "01-05T00:00:00", &[("01-01T00:30:00", "closed")]));
    let expected = ["open 01-01 01:00:00 .. 01-01 01:00:00.000001 events", "closed 01-01 01:00:00.000001 ..  events"];
    assert_eq!(found, expected);
}

#[test]
fn one_that_came_enters_when_it_came_as_it_was_then() {
    let events = [("01-02T00:00:00", "closed"), ("01-05T00:00:00", "transferred"), ("01-07T00:00:00", "reopened")];
    let came = life("open", "01-01T00:00:00", "01-07T00:00:00", &events);
    assert_eq!(told(&came), ["closed 01-05 00:00:00 .. 01-07 00:00:00 events", "open 01-07 00:00:00 ..  events"]);
    let history = History { columns: RepositoryColumns::new(1, "o/r"), lives: vec![came] };
    let rows = backlog(&history, false, None);
    let found: Vec<_> = rows.iter().map(|row| (row.opened_count, row.reopened_count, row.open_at_end)).collect();
    assert_eq!(found, [(0, 0, 0), (0, 0, 0), (0, 1, 1)]);
}

#[test]
fn one_that_left_counts_as_left_if_it_was_open() {
    let mut open = life("open", "01-01T00:00:00", "01-01T00:00:00", &[]);
    open.left_at = Some(instant("2024-01-03T12:00:00Z"));
    assert_eq!(told(&open), ["open 01-01 00:00:00 .. 01-03 12:00:00 events left"]);
    let mut closed = life("closed", "01-01T00:00:00", "01-02T00:00:00", &[("01-02T00:00:00", "closed")]);
    closed.left_at = open.left_at;
    let history = History { columns: RepositoryColumns::new(1, "o/r"), lives: vec![open, closed] };
    let rows = backlog(&history, false, Some("2024-01-04".parse().unwrap()));
    let found: Vec<_> = rows.iter().map(|row| (row.closed_count, row.left_count, row.open_at_end)).collect();
    assert_eq!(found, [(0, 0, 2), (1, 0, 1), (0, 1, 0), (0, 0, 0)]);
    assert_eq!((rows[1].event_share, rows[3].event_share), (Some(1.0), None));
    assert_eq!((rows[3].rolling_7d_opened, rows[3].rolling_7d_closed, rows[3].rolling_7d_net_change), (2, 2, 0));
}
