//! An event is the same row, whichever API tells of it.

use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use serde_json::{Value, json};

use super::*;

const AT: &str = "2024-01-02T03:04:05Z";
const AT_US: i64 = 1_704_164_645_000_000;

/// A batch of `raw_github_issue_events`: payloads with the numbers of their issues.
fn raw(payloads: &[(String, Option<i64>)]) -> RecordBatch {
    let count = payloads.len();
    let numbers = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value; count])) };
    let texts = payloads.iter().map(|(text, _)| text.as_str());
    let hashes = payloads.iter().map(|(text, _)| sha256_hex(text.as_bytes()));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("run_id", Arc::new(StringArray::from(vec!["run-00000003"; count]))),
        ("run_seq", numbers(3)),
        ("repo_id", numbers(42)),
        ("page_number", numbers(2)),
        ("item_index", Arc::new(Int64Array::from_iter_values(0..count as i64))),
        ("fetched_at", Arc::new(TimestampMicrosecondArray::from(vec![1_000_000; count]).with_timezone("UTC"))),
        ("issue_number", Arc::new(payloads.iter().map(|(_, number)| *number).collect::<Int64Array>())),
        ("payload", Arc::new(StringArray::from_iter_values(texts))),
        ("payload_sha256", Arc::new(StringArray::from_iter_values(hashes))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn decoded(payloads: &[Value]) -> Decoded {
    let payloads: Vec<_> = payloads.iter().map(|payload| (payload.to_string(), Some(7))).collect();
    decode(&raw(&payloads)).unwrap()
}

/// A row as JSON, without what tells where it came from.
fn row(rows: &RecordBatch, row: usize) -> Value {
    let mut object = json!({});
    for (place, field) in rows.schema().fields().iter().enumerate() {
        let column = rows.column(place);
        if field.name().starts_with("source_") || column.is_null(row) {
            continue;
        }
        object[field.name()] = if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
            json!(numbers.value(row))
        } else if let Some(times) = column.as_primitive_opt::<TimestampMicrosecondType>() {
            json!(times.value(row))
        } else {
            json!(column.as_string::<i32>().value(row))
        };
    }
    object
}

fn merged(mut object: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// Each kind: name by REST, name by GraphQL, what each says of it, and the columns that it becomes.
fn kinds() -> Vec<(&'static str, &'static str, Value, Value, Value)> {
    let nothing = || json!({});
    let cy = json!({"assignee_login": "cy", "assignee_id": 9});
    let by_rest = json!({"assignee": {"login": "cy", "id": 9, "type": "User"}, "assigner": {"login": "x", "id": 1}});
    let by_graphql = json!({"assignee": {"__typename": "User", "login": "cy", "databaseId": 9}});
    let label = json!({"label": {"name": "good \"first\" issue", "color": "ededed"}});
    let bare_label = json!({"label": {"name": "good \"first\" issue"}});
    let label_column = json!({"label_name": "good \"first\" issue"});
    let milestone = json!({"milestone": {"title": "1.0"}});
    let milestone_title = json!({"milestoneTitle": "1.0"});
    let milestone_column = json!({"milestone_title": "1.0"});
    vec![
        ("assigned", "AssignedEvent", by_rest.clone(), by_graphql.clone(), cy.clone()),
        ("unassigned", "UnassignedEvent", by_rest, by_graphql, cy),
        (
            "closed",
            "ClosedEvent",
            json!({"state_reason": "not_planned", "commit_id": null}),
            json!({"stateReason": "NOT_PLANNED"}),
            json!({"state_reason": "not_planned"}),
        ),
        // REST and GraphQL differ in what they say of it.
        ("reopened", "ReopenedEvent", json!({"state_reason": null}), json!({"stateReason": "REOPENED"}), nothing()),
        ("merged", "MergedEvent", json!({"commit_id": "abc", "commit_url": "u"}), nothing(), nothing()),
        ("labeled", "LabeledEvent", label.clone(), bare_label.clone(), label_column.clone()),
        ("unlabeled", "UnlabeledEvent", label, bare_label, label_column),
        ("milestoned", "MilestonedEvent", milestone.clone(), milestone_title.clone(), milestone_column.clone()),
        ("demilestoned", "DemilestonedEvent", milestone, milestone_title, milestone_column),
        (
            "renamed",
            "RenamedTitleEvent",
            json!({"rename": {"from": "old", "to": "n\u{e9}w"}}),
            json!({"previousTitle": "old", "currentTitle": "n\u{e9}w"}),
            json!({"renamed_from": "old", "renamed_to": "n\u{e9}w"}),
        ),
        ("transferred", "TransferredEvent", nothing(), nothing(), nothing()),
        ("converted_to_discussion", "ConvertedToDiscussionEvent", nothing(), nothing(), nothing()),
    ]
}

fn by_rest(kind: &str, more: &Value) -> Value {
    let event = json!({
        "id": 31, "node_id": "E_1", "url": "u", "event": kind, "created_at": AT,
        "actor": {"login": "ann", "id": 8, "type": "User", "site_admin": false}, "performed_via_github_app": null,
    });
    merged(event, more)
}

fn by_graphql(kind: &str, more: &Value) -> Value {
    let actor = json!({"__typename": "User", "login": "ann", "databaseId": 8});
    merged(json!({"__typename": kind, "id": "E_1", "createdAt": AT, "actor": actor}), more)
}

#[test]
fn every_kind_is_the_same_row_by_rest_and_by_graphql_but_for_the_numeric_id() {
    let kinds = kinds();
    assert_eq!(kinds.len(), KINDS.len(), "every kind that is kept is here");
    for (rest, graphql, said_by_rest, said_by_graphql, columns) in kinds {
        let both = decoded(&[by_rest(rest, &said_by_rest), by_graphql(graphql, &said_by_graphql)]);
        assert_eq!((both.rows.num_rows(), both.rejected), (2, vec![]), "{rest}");
        let expected = merged(
            json!({
                "repo_id": 42, "event_node_id": "E_1", "issue_number": 7, "event_type": rest, "created_at": AT_US,
                "actor_login": "ann", "actor_id": 8,
            }),
            &columns,
        );
        assert_eq!(row(&both.rows, 0), merged(expected.clone(), &json!({"event_id": 31})), "{rest} by REST");
        assert_eq!(row(&both.rows, 1), expected, "{rest} by GraphQL");
    }
}

#[test]
fn a_row_says_where_it_came_from() {
    let rows = decoded(&[by_rest("subscribed", &json!({})), by_rest("closed", &json!({}))]).rows;
    assert_eq!(rows.num_rows(), 1);
    let number = |name: &str| rows.column_by_name(name).unwrap().as_primitive::<Int64Type>().value(0);
    assert_eq!((number("source_run_seq"), number("source_page_number"), number("source_item_index")), (3, 2, 1));
    let text = |name: &str| rows.column_by_name(name).unwrap().as_string::<i32>().value(0).to_owned();
    let payload = by_rest("closed", &json!({})).to_string();
    assert_eq!(text("source_payload_sha256"), sha256_hex(payload.as_bytes()));
    assert_eq!(text("source_run_id"), "run-00000003");
}

#[test]
fn bots_bear_the_name_that_rest_gives_them() {
    let rest = json!({"actor": {"login": "renovate[bot]", "id": 5, "type": "Bot"}});
    let graphql = json!({"actor": {"__typename": "Bot", "login": "renovate", "databaseId": 5}});
    let suffixed = json!({"actor": {"__typename": "Bot", "login": "renovate[bot]", "databaseId": 5}});
    // A person may be called as a bot is; an organisation and a mannequin are nobody special.
    let person = json!({"actor": {"__typename": "User", "login": "renovate", "databaseId": 6}});
    let mannequin = json!({"actor": {"__typename": "Mannequin", "login": "renovate", "databaseId": 7}});
    let events = [
        by_rest("closed", &rest),
        by_graphql("ClosedEvent", &graphql),
        by_graphql("ClosedEvent", &suffixed),
        by_graphql("ClosedEvent", &person),
        by_graphql("ClosedEvent", &mannequin),
    ];
    let rows = decoded(&events).rows;
    let found: Vec<_> = (0..5).map(|place| row(&rows, place)).collect();
    let actors: Vec<_> = found.iter().map(|row| (row["actor_login"].as_str(), row["actor_id"].as_i64())).collect();
    let bot = (Some("renovate[bot]"), Some(5));
    assert_eq!(actors, [bot, bot, bot, (Some("renovate"), Some(6)), (Some("renovate"), Some(7))]);

    let assignee = json!({"assignee": {"__typename": "Bot", "login": "copilot", "databaseId": 8}});
    let rows = decoded(&[by_graphql("AssignedEvent", &assignee)]).rows;
    assert_eq!(row(&rows, 0)["assignee_login"], "copilot[bot]");
}

#[test]
fn a_deleted_account_is_null_and_so_is_an_id_that_graphql_cannot_tell() {
    let ghost = json!({"actor": null, "assignee": null});
    let nameless = json!({"actor": {"__typename": "User", "login": "ann", "databaseId": null}});
    let events =
        [by_rest("assigned", &ghost), by_graphql("AssignedEvent", &ghost), by_graphql("ClosedEvent", &nameless)];
    let rows = decoded(&events).rows;
    for place in 0..2 {
        let row = row(&rows, place);
        for column in ["actor_login", "actor_id", "assignee_login", "assignee_id"] {
            assert_eq!(row[column], Value::Null, "{column}");
        }
    }
    assert_eq!((&row(&rows, 2)["actor_login"], &row(&rows, 2)["actor_id"]), (&json!("ann"), &Value::Null));
}

#[test]
fn kinds_that_are_not_kept_are_neither_rows_nor_rejected() {
    let mut events: Vec<Value> = ["subscribed", "mentioned", "locked", "issue_type_added", "a_kind_of_tomorrow", ""]
        .iter()
        .map(|kind| by_rest(kind, &json!({})))
        .collect();
    events.extend(["SubscribedEvent", "LockedEvent", "AKindOfTomorrow"].map(|kind| by_graphql(kind, &json!({}))));
    // Commits in a timeline have neither id nor time.
    events.push(json!({"event": "committed", "sha": "abc", "author": {"date": AT}}));
    let decoded = decoded(&events);
    assert_eq!((decoded.rows.num_rows(), decoded.rejected), (0, vec![]));
}

#[test]
fn what_is_broken_is_rejected_with_its_reason_and_the_others_go_on() {
    let without = |key: &str| {
        let mut event = by_rest("closed", &json!({}));
        event.as_object_mut().unwrap().remove(key);
        event.to_string()
    };
    let wrong = |more: Value| by_rest("closed", &more).to_string();
    let cases = [
        ("42".to_owned(), "invalid type"),
        ("{".to_owned(), "EOF"),
        (without("event"), "missing field"),
        (without("node_id"), "it has no node id"),
        (without("created_at"), "it has no time"),
        (wrong(json!({"created_at": null})), "it has no time"),
        (wrong(json!({"created_at": "yesterday"})), "invalid characters"),
        (wrong(json!({"event": 3})), "invalid type"),
        (wrong(json!({"actor": "ann"})), "invalid type"),
        (wrong(json!({"actor": {"login": 3, "id": 8}})), "invalid type"),
        (wrong(json!({"actor": {"login": "ann", "id": "8"}})), "invalid type"),
        (by_rest("labeled", &json!({"label": {"name": ["bug"]}})).to_string(), "invalid type"),
    ];
    let good = by_rest("closed", &json!({})).to_string();
    let mut payloads = vec![(good.clone(), Some(1))];
    for (text, _) in &cases {
        payloads.push((text.clone(), Some(1)));
        payloads.push((good.clone(), Some(1)));
    }
    // Its issue is told by the row, not by the event.
    payloads.push((good, None));
    let decoded = decode(&raw(&payloads)).unwrap();
    assert_eq!(decoded.rows.num_rows(), cases.len() + 1);
    let places: Vec<usize> = decoded.rejected.iter().map(|one| one.row).collect();
    let mut expected: Vec<usize> = (0..cases.len()).map(|case| 2 * case + 1).collect();
    expected.push(payloads.len() - 1);
    assert_eq!(places, expected, "{:#?}", decoded.rejected);
    for (rejected, (text, reason)) in decoded.rejected.iter().zip(&cases) {
        assert!(rejected.reason.contains(reason), "{text}: {}", rejected.reason);
    }
    assert_eq!(decoded.rejected.last().unwrap().reason, "it does not tell its issue");
}

#[test]
fn a_payload_that_was_changed_on_disk_is_rejected() {
    let batch = raw(&[(by_rest("closed", &json!({})).to_string(), Some(1))]);
    let mut columns = batch.columns().to_vec();
    let place = batch.schema().index_of("payload").unwrap();
    columns[place] = Arc::new(StringArray::from(vec![by_rest("reopened", &json!({})).to_string()]));
    let decoded = decode(&RecordBatch::try_new(batch.schema(), columns).unwrap()).unwrap();
    assert_eq!(decoded.rows.num_rows(), 0);
    assert!(decoded.rejected[0].reason.contains("does not match its hash"), "{:?}", decoded.rejected);
}

#[test]
fn an_event_that_is_not_kept_may_be_in_any_shape_of_its_own() {
    // `id`, `label` and the like belong to other things in kinds that are not kept.
    let odd = json!({"event": "deployed", "id": {"a": 1}, "label": "text", "actor": "text", "milestone": 3});
    let decoded = decoded(&[odd]);
    assert_eq!((decoded.rows.num_rows(), decoded.rejected), (0, vec![]));
}
