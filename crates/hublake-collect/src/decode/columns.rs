//! The columns of decoded issues.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Int64Builder, ListBuilder, RecordBatch, StringBuilder, StructBuilder,
    TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::issue::{Issue, Label, User};
use crate::raw_rows::instants;
use crate::tables::{instant, number, text};

/// Where a row comes from.
pub(super) struct Source<'a> {
    pub(super) repo_id: i64,
    pub(super) run_id: &'a str,
    pub(super) run_seq: i64,
    pub(super) recorded_at_us: i64,
    pub(super) page_number: i64,
    pub(super) item_index: i64,
    pub(super) payload_sha256: &'a str,
}

pub(super) fn schema() -> SchemaRef {
    let optional = |field: Field| field.with_nullable(true);
    let list = |name: &str, fields: Fields| {
        Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Struct(fields), true))), false)
    };
    Arc::new(Schema::new(vec![
        number("repo_id"),
        number("issue_id"),
        optional(text("issue_node_id")),
        number("issue_number"),
        text("title"),
        text("state"),
        optional(text("state_reason")),
        Field::new("is_locked", DataType::Boolean, false),
        optional(text("active_lock_reason")),
        instant("created_at"),
        instant("updated_at"),
        optional(instant("closed_at")),
        optional(instant("merged_at")),
        text("html_url"),
        text("api_url"),
        optional(text("comments_url")),
        optional(text("events_url")),
        optional(text("author_association")),
        number("comment_count"),
        Field::new("is_pull_request", DataType::Boolean, false),
        optional(text("author_login")),
        optional(number("author_id")),
        optional(text("author_type")),
        optional(text("milestone_title")),
        optional(text("closed_by_login")),
        optional(text("performed_via_github_app_name")),
        optional(text("pull_request_url")),
        optional(text("pull_request_html_url")),
        list("labels", label_fields()),
        list("assignees", assignee_fields()),
        text("source_run_id"),
        number("source_run_seq"),
        instant("source_recorded_at"),
        number("source_page_number"),
        number("source_item_index"),
        text("source_payload_sha256"),
    ]))
}

fn label_fields() -> Fields {
    Fields::from(vec![
        number("label_id").with_nullable(true),
        text("label_name").with_nullable(true),
        text("label_description").with_nullable(true),
        text("label_color").with_nullable(true),
        Field::new("label_is_default", DataType::Boolean, true),
    ])
}

fn assignee_fields() -> Fields {
    Fields::from(vec![
        text("assignee_login").with_nullable(true),
        number("assignee_id").with_nullable(true),
        text("assignee_type").with_nullable(true),
    ])
}

/// Builders, one a column, in the order of the schema.
pub(super) struct Columns {
    repo_id: Int64Builder,
    issue_id: Int64Builder,
    issue_node_id: StringBuilder,
    issue_number: Int64Builder,
    title: StringBuilder,
    state: StringBuilder,
    state_reason: StringBuilder,
    is_locked: BooleanBuilder,
    active_lock_reason: StringBuilder,
    created_at: TimestampMicrosecondBuilder,
    updated_at: TimestampMicrosecondBuilder,
    closed_at: TimestampMicrosecondBuilder,
    merged_at: TimestampMicrosecondBuilder,
    html_url: StringBuilder,
    api_url: StringBuilder,
    comments_url: StringBuilder,
    events_url: StringBuilder,
    author_association: StringBuilder,
    comment_count: Int64Builder,
    is_pull_request: BooleanBuilder,
    author_login: StringBuilder,
    author_id: Int64Builder,
    author_type: StringBuilder,
    milestone_title: StringBuilder,
    closed_by_login: StringBuilder,
    app_name: StringBuilder,
    pull_request_url: StringBuilder,
    pull_request_html_url: StringBuilder,
    labels: ListBuilder<StructBuilder>,
    assignees: ListBuilder<StructBuilder>,
    source_run_id: StringBuilder,
    source_run_seq: Int64Builder,
    source_recorded_at: TimestampMicrosecondBuilder,
    source_page_number: Int64Builder,
    source_item_index: Int64Builder,
    source_payload_sha256: StringBuilder,
}

impl Columns {
    pub(super) fn new(rows: usize) -> Self {
        let numbers = || Int64Builder::with_capacity(rows);
        let texts = || StringBuilder::with_capacity(rows, rows * 16);
        let flags = || BooleanBuilder::with_capacity(rows);
        Self {
            repo_id: numbers(),
            issue_id: numbers(),
            issue_node_id: texts(),
            issue_number: numbers(),
            title: texts(),
            state: texts(),
            state_reason: texts(),
            is_locked: flags(),
            active_lock_reason: texts(),
            created_at: instants(rows),
            updated_at: instants(rows),
            closed_at: instants(rows),
            merged_at: instants(rows),
            html_url: texts(),
            api_url: texts(),
            comments_url: texts(),
            events_url: texts(),
            author_association: texts(),
            comment_count: numbers(),
            is_pull_request: flags(),
            author_login: texts(),
            author_id: numbers(),
            author_type: texts(),
            milestone_title: texts(),
            closed_by_login: texts(),
            app_name: texts(),
            pull_request_url: texts(),
            pull_request_html_url: texts(),
            labels: ListBuilder::new(StructBuilder::from_fields(label_fields(), rows)),
            assignees: ListBuilder::new(StructBuilder::from_fields(assignee_fields(), rows)),
            source_run_id: texts(),
            source_run_seq: numbers(),
            source_recorded_at: instants(rows),
            source_page_number: numbers(),
            source_item_index: numbers(),
            source_payload_sha256: texts(),
        }
    }

    pub(super) fn push(&mut self, issue: &Issue<'_>, source: &Source<'_>) {
        self.repo_id.append_value(source.repo_id);
        self.issue_id.append_value(issue.id);
        self.issue_node_id.append_option(issue.node_id.as_deref());
        self.issue_number.append_value(issue.number);
        self.title.append_value(&issue.title);
        self.state.append_value(&issue.state);
        self.state_reason.append_option(issue.state_reason.as_deref());
        self.is_locked.append_value(issue.locked);
        self.active_lock_reason.append_option(issue.active_lock_reason.as_deref());
        self.created_at.append_value(issue.created_at.timestamp_micros());
        self.updated_at.append_value(issue.updated_at.timestamp_micros());
        self.closed_at.append_option(issue.closed_at.map(|at| at.timestamp_micros()));
        self.html_url.append_value(&issue.html_url);
        self.api_url.append_value(&issue.url);
        self.comments_url.append_option(issue.comments_url.as_deref());
        self.events_url.append_option(issue.events_url.as_deref());
        self.author_association.append_option(issue.author_association.as_deref());
        self.comment_count.append_value(issue.comments);
        self.push_people(issue);
        let request = issue.pull_request.as_ref();
        self.is_pull_request.append_value(request.is_some());
        self.pull_request_url.append_option(request.and_then(|request| request.url.as_deref()));
        let merged_at = request.and_then(|request| request.merged_at);
        self.merged_at.append_option(merged_at.map(|at| at.timestamp_micros()));
        self.pull_request_html_url.append_option(request.and_then(|request| request.html_url.as_deref()));
        push_labels(&mut self.labels, &issue.labels);
        push_assignees(&mut self.assignees, &issue.assignees);
        self.source_run_id.append_value(source.run_id);
        self.source_run_seq.append_value(source.run_seq);
        self.source_recorded_at.append_value(source.recorded_at_us);
        self.source_page_number.append_value(source.page_number);
        self.source_item_index.append_value(source.item_index);
        self.source_payload_sha256.append_value(source.payload_sha256);
    }

    fn push_people(&mut self, issue: &Issue<'_>) {
        let author = issue.user.as_ref();
        self.author_login.append_option(author.and_then(|user| user.login.as_deref()));
        self.author_id.append_option(author.and_then(|user| user.id));
        self.author_type.append_option(author.and_then(|user| user.kind.as_deref()));
        self.milestone_title.append_option(issue.milestone.as_ref().map(|milestone| &*milestone.title));
        self.closed_by_login.append_option(issue.closed_by.as_ref().and_then(|user| user.login.as_deref()));
        let app = issue.performed_via_github_app.as_ref();
        self.app_name.append_option(app.and_then(|app| app.name.as_deref()));
    }

    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.repo_id.finish()),
            Arc::new(self.issue_id.finish()),
            Arc::new(self.issue_node_id.finish()),
            Arc::new(self.issue_number.finish()),
            Arc::new(self.title.finish()),
            Arc::new(self.state.finish()),
            Arc::new(self.state_reason.finish()),
            Arc::new(self.is_locked.finish()),
            Arc::new(self.active_lock_reason.finish()),
            Arc::new(self.created_at.finish()),
            Arc::new(self.updated_at.finish()),
            Arc::new(self.closed_at.finish()),
            Arc::new(self.merged_at.finish()),
            Arc::new(self.html_url.finish()),
            Arc::new(self.api_url.finish()),
            Arc::new(self.comments_url.finish()),
            Arc::new(self.events_url.finish()),
            Arc::new(self.author_association.finish()),
            Arc::new(self.comment_count.finish()),
            Arc::new(self.is_pull_request.finish()),
            Arc::new(self.author_login.finish()),
            Arc::new(self.author_id.finish()),
            Arc::new(self.author_type.finish()),
            Arc::new(self.milestone_title.finish()),
            Arc::new(self.closed_by_login.finish()),
            Arc::new(self.app_name.finish()),
            Arc::new(self.pull_request_url.finish()),
            Arc::new(self.pull_request_html_url.finish()),
            Arc::new(self.labels.finish()),
            Arc::new(self.assignees.finish()),
            Arc::new(self.source_run_id.finish()),
            Arc::new(self.source_run_seq.finish()),
            Arc::new(self.source_recorded_at.finish()),
            Arc::new(self.source_page_number.finish()),
            Arc::new(self.source_item_index.finish()),
            Arc::new(self.source_payload_sha256.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}

fn push_labels(list: &mut ListBuilder<StructBuilder>, labels: &[Label<'_>]) {
    let rows = list.values();
    for label in labels {
        push_number(rows, 0, label.id);
        push_text(rows, 1, label.name.as_deref());
        push_text(rows, 2, label.description.as_deref());
        push_text(rows, 3, label.color.as_deref());
        if let Some(column) = rows.field_builder::<BooleanBuilder>(4) {
            column.append_option(label.is_default);
        }
        rows.append(true);
    }
    list.append(true);
}

fn push_assignees(list: &mut ListBuilder<StructBuilder>, assignees: &[User<'_>]) {
    let rows = list.values();
    for user in assignees {
        push_text(rows, 0, user.login.as_deref());
        push_number(rows, 1, user.id);
        push_text(rows, 2, user.kind.as_deref());
        rows.append(true);
    }
    list.append(true);
}

fn push_text(rows: &mut StructBuilder, column: usize, value: Option<&str>) {
    if let Some(column) = rows.field_builder::<StringBuilder>(column) {
        column.append_option(value);
    }
}

fn push_number(rows: &mut StructBuilder, column: usize, value: Option<i64>) {
    if let Some(column) = rows.field_builder::<Int64Builder>(column) {
        column.append_option(value);
    }
}
