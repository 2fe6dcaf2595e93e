//! Events as REST and GraphQL spell them, and the columns that both become.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Int64Type, Schema, SchemaRef, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Decoded, Rejected, column};
use crate::raw_rows::sha256_hex;
use crate::tables::{instant, number, text};
use crate::{Error, Result};

/// The kinds that are kept: the names of REST and of GraphQL.
const KINDS: [(&str, &str); 12] = [
    ("assigned", "AssignedEvent"),
    ("closed", "ClosedEvent"),
    ("converted_to_discussion", "ConvertedToDiscussionEvent"),
    ("demilestoned", "DemilestonedEvent"),
    ("labeled", "LabeledEvent"),
    ("merged", "MergedEvent"),
    ("milestoned", "MilestonedEvent"),
    ("renamed", "RenamedTitleEvent"),
    ("reopened", "ReopenedEvent"),
    ("transferred", "TransferredEvent"),
    ("unassigned", "UnassignedEvent"),
    ("unlabeled", "UnlabeledEvent"),
];

/// Whether events of a kind, as REST names it, become rows.
pub(crate) fn is_kept_event(kind: &str) -> bool {
    KINDS.iter().any(|(rest, _)| *rest == kind)
}

/// An event of either API: each has other names for the same.
#[derive(Deserialize)]
struct Spelled<'a> {
    #[serde(borrow, alias = "event", alias = "__typename")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    node_id: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Id<'a>,
    #[serde(alias = "createdAt")]
    created_at: Option<DateTime<Utc>>,
    actor: Option<Person<'a>>,
    assignee: Option<Person<'a>>,
    label: Option<Label<'a>>,
    milestone: Option<Milestone<'a>>,
    #[serde(rename = "milestoneTitle")]
    milestone_title: Option<Cow<'a, str>>,
    rename: Option<Rename<'a>>,
    #[serde(rename = "previousTitle")]
    previous_title: Option<Cow<'a, str>>,
    #[serde(rename = "currentTitle")]
    current_title: Option<Cow<'a, str>>,
    #[serde(alias = "stateReason")]
    state_reason: Option<Cow<'a, str>>,
}

/// An event of which only the kind is of interest.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, alias = "event", alias = "__typename")]
    kind: Cow<'a, str>,
}

impl Kind<'_> {
    fn is_kept(&self) -> bool {
        KINDS.iter().any(|(rest, graphql)| *rest == self.kind || *graphql == self.kind)
    }
}

/// A number by REST, the node id by GraphQL.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Id<'a> {
    Number(i64),
    Node(#[serde(borrow)] Cow<'a, str>),
    #[default]
    None,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(rename = "__typename")]
    kind: Option<Cow<'a, str>>,
    login: Option<Cow<'a, str>>,
    #[serde(alias = "databaseId")]
    id: Option<i64>,
}

impl Person<'_> {
    /// GraphQL leaves off the suffix that REST gives the names of bots.
    fn login(&self) -> Option<String> {
        let login = self.login.as_deref()?;
        let is_bare_bot = self.kind.as_deref() == Some("Bot") && !login.ends_with("[bot]");
        Some(if is_bare_bot { format!("{login}[bot]") } else { login.to_owned() })
    }
}

#[derive(Deserialize)]
struct Label<'a> {
    name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Milestone<'a> {
    title: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Rename<'a> {
    from: Option<Cow<'a, str>>,
    to: Option<Cow<'a, str>>,
}

/// One decoded event.
struct Row {
    raw: usize,
    issue_number: i64,
    node_id: String,
    event_id: Option<i64>,
    event_type: &'static str,
    created_at: DateTime<Utc>,
    actor_login: Option<String>,
    actor_id: Option<i64>,
    label_name: Option<String>,
    assignee_login: Option<String>,
    assignee_id: Option<i64>,
    milestone_title: Option<String>,
    renamed_from: Option<String>,
    renamed_to: Option<String>,
    state_reason: Option<String>,
}

/// The columns of decoded events.
pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        number("repo_id"),
        text("event_node_id"),
        number("event_id").with_nullable(true),
        number("issue_number"),
        text("event_type"),
        instant("created_at"),
        text("actor_login").with_nullable(true),
        number("actor_id").with_nullable(true),
        text("label_name").with_nullable(true),
        text("assignee_login").with_nullable(true),
        number("assignee_id").with_nullable(true),
        text("milestone_title").with_nullable(true),
        text("renamed_from").with_nullable(true),
        text("renamed_to").with_nullable(true),
        text("state_reason").with_nullable(true),
        text("source_run_id"),
        number("source_run_seq"),
        instant("source_recorded_at"),
        number("source_page_number"),
        number("source_item_index"),
        text("source_payload_sha256"),
    ]))
}

/// Decodes rows of `raw_github_issue_events`; kinds that are not kept are left out.
pub(super) fn decode(raw: &RecordBatch) -> Result<Decoded> {
    let payloads = column(raw, "payload")?.as_string::<i32>();
    let hashes = column(raw, "payload_sha256")?.as_string::<i32>();
    let numbers = column(raw, "issue_number")?.as_primitive::<Int64Type>();
    let mut rows = Vec::with_capacity(raw.num_rows());
    let mut rejected = Vec::new();
    for row in 0..raw.num_rows() {
        let payload = payloads.value(row);
        let number = numbers.is_valid(row).then(|| numbers.value(row));
        let decoded = match sha256_hex(payload.as_bytes()) == hashes.value(row) {
            true => decode_one(row, payload, number),
            false => Err("the stored payload does not match its hash: the file was damaged or changed".to_owned()),
        };
        match decoded {
            Ok(event) => rows.extend(event),
            Err(reason) => rejected.push(Rejected { row, reason }),
        }
    }
    let rows = columns(raw, &rows)?;
    Ok(Decoded { rows, rejected })
}

fn decode_one(raw: usize, payload: &str, number: Option<i64>) -> Result<Option<Row>, String> {
    let event: Spelled<'_> = match serde_json::from_str(payload) {
        Ok(event) => event,
        // Kinds that are not kept may use the same keys for other things.
        Err(_) if serde_json::from_str::<Kind<'_>>(payload).is_ok_and(|event| !event.is_kept()) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let kind = event.kind.as_ref();
    let Some((event_type, _)) = KINDS.iter().find(|(rest, graphql)| *rest == kind || *graphql == kind) else {
        return Ok(None);
    };
    let (node_id, event_id) = match (event.node_id, event.id) {
        (Some(node_id), Id::Number(id)) => (node_id, Some(id)),
        (Some(node_id), _) | (None, Id::Node(node_id)) => (node_id, None),
        (None, _) => return Err("it has no node id".to_owned()),
    };
    let owned = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    let (from, to) = event.rename.map(|rename| (rename.from, rename.to)).unwrap_or_default();
    Ok(Some(Row {
        raw,
        issue_number: number.ok_or("it does not tell its issue")?,
        node_id: node_id.into_owned(),
        event_id,
        event_type,
        created_at: event.created_at.ok_or("it has no time")?,
        actor_login: event.actor.as_ref().and_then(Person::login),
        actor_id: event.actor.and_then(|actor| actor.id),
        label_name: event.label.and_then(|label| owned(label.name)),
        assignee_login: event.assignee.as_ref().and_then(Person::login),
        assignee_id: event.assignee.and_then(|assignee| assignee.id),
        milestone_title: owned(event.milestone_title.or(event.milestone.and_then(|milestone| milestone.title))),
        renamed_from: owned(event.previous_title.or(from)),
        renamed_to: owned(event.current_title.or(to)),
        // Only a closing has a reason; REST and GraphQL differ in what they say of a reopening.
        state_reason: event.state_reason.filter(|_| *event_type == "closed").map(|reason| reason.to_lowercase()),
    }))
}

fn columns(raw: &RecordBatch, rows: &[Row]) -> Result<RecordBatch> {
    let texts = |value: &dyn Fn(&Row) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let numbers =
        |value: &dyn Fn(&Row) -> Option<i64>| -> ArrayRef { Arc::new(rows.iter().map(value).collect::<Int64Array>()) };
    let raw_number = |name: &str| -> Result<ArrayRef> {
        let values = column(raw, name)?.as_primitive::<Int64Type>();
        Ok(Arc::new(rows.iter().map(|row| Some(values.value(row.raw))).collect::<Int64Array>()))
    };
    let raw_text = |name: &str| -> Result<ArrayRef> {
        let values = column(raw, name)?.as_string::<i32>();
        Ok(Arc::new(rows.iter().map(|row| Some(values.value(row.raw))).collect::<StringArray>()))
    };
    let created = rows.iter().map(|row| Some(row.created_at.timestamp_micros()));
    let created: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(created).with_timezone("UTC"));
    let fetched = column(raw, "fetched_at")?.as_primitive::<TimestampMicrosecondType>();
    let recorded = rows.iter().map(|row| Some(fetched.value(row.raw)));
    let recorded: ArrayRef = Arc::new(TimestampMicrosecondArray::from_iter(recorded).with_timezone("UTC"));
    let columns = vec![
        raw_number("repo_id")?,
        texts(&|row| Some(&row.node_id)),
        numbers(&|row| row.event_id),
        numbers(&|row| Some(row.issue_number)),
        texts(&|row| Some(row.event_type)),
        created,
        texts(&|row| row.actor_login.as_deref()),
        numbers(&|row| row.actor_id),
        texts(&|row| row.label_name.as_deref()),
        texts(&|row| row.assignee_login.as_deref()),
        numbers(&|row| row.assignee_id),
        texts(&|row| row.milestone_title.as_deref()),
        texts(&|row| row.renamed_from.as_deref()),
        texts(&|row| row.renamed_to.as_deref()),
        texts(&|row| row.state_reason.as_deref()),
        raw_text("run_id")?,
        raw_number("run_seq")?,
        recorded,
        raw_number("page_number")?,
        raw_number("item_index")?,
        raw_text("payload_sha256")?,
    ];
    RecordBatch::try_new(schema(), columns).map_err(|source| Error::Arrow { table: "decoded_issue_events", source })
}

#[cfg(test)]
mod tests;
