//! Finding the events in an answer without changing a byte of them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// One event, as a range of the answer's bytes, and what is needed of it to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventElement {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) number: Option<i64>,
    pub(crate) node_id: Option<String>,
    /// The kind as the API spells it: `LabeledEvent` or `labeled`.
    pub(crate) kind: Option<String>,
    pub(crate) created_at: Option<DateTime<Utc>>,
}

#[derive(Default, Deserialize)]
struct RestHead {
    node_id: Option<String>,
    event: Option<String>,
    created_at: Option<DateTime<Utc>>,
    issue: Option<Numbered>,
}

#[derive(Deserialize)]
struct Numbered {
    number: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GraphqlHead {
    id: Option<String>,
    #[serde(rename = "__typename")]
    kind: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

/// Divides a REST answer; `number` is the item's where the events themselves do not tell it.
pub(crate) fn divide_rest(body: &[u8], number: Option<i64>) -> Result<Vec<EventElement>, serde_json::Error> {
    let raw: Vec<&RawValue> = serde_json::from_slice(body)?;
    let elements = raw.into_iter().map(|value| {
        let (start, end) = place(body, value);
        let head: RestHead = serde_json::from_str(value.get()).unwrap_or_default();
        EventElement {
            start,
            end,
            number: head.issue.and_then(|issue| issue.number).or(number),
            node_id: head.node_id,
            kind: head.event,
            created_at: head.created_at,
        }
    });
    Ok(elements.collect())
}

/// An event in a GraphQL answer.
pub(super) fn of_graphql(body: &[u8], value: &RawValue, number: Option<i64>) -> EventElement {
    let (start, end) = place(body, value);
    let head: GraphqlHead = serde_json::from_str(value.get()).unwrap_or_default();
    EventElement { start, end, number, node_id: head.id, kind: head.kind, created_at: head.created_at }
}

fn place(body: &[u8], value: &RawValue) -> (usize, usize) {
    let start = value.get().as_ptr().addr() - body.as_ptr().addr();
    (start, start + value.get().len())
}
