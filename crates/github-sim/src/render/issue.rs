//! The JSON of a generated issue.

use std::ops::Range;

use super::text::{Body, write_title};
use super::user::Users;
use super::{API, LABELS, MILESTONES, SITE, Sketch, write_label, write_number, write_time};
use crate::generate::is_not_planned;
use crate::random::Random;
use crate::world::event::{Event, EventKind, NOBODY};
use crate::world::issue::{Issue, IssueState};
use crate::world::repository::Repository;

const ASSOCIATIONS: [&str; 5] = ["NONE", "CONTRIBUTOR", "MEMBER", "COLLABORATOR", "OWNER"];

/// Appends a generated issue's JSON.
pub(crate) fn write_issue(repository: &Repository, issue: &Issue, sketch: &Sketch, users: &Users, bytes: &mut Vec<u8>) {
    bytes.reserve(4096 + sketch.body_bytes as usize);
    let mut writer = Writer { repository, issue, users, address: 0..0, bytes };
    writer.addresses();
    writer.text(",\"title\":\"");
    write_title(Random::for_item(sketch.seed, 1), sketch.is_hostile, writer.bytes);
    writer.text("\",\"user\":");
    writer.user(sketch.author);
    writer.labels(sketch.labels);
    writer.text(",\"state\":\"");
    writer.text(issue.state.as_str());
    writer.text("\",\"locked\":");
    writer.flag(sketch.is_locked);
    writer.assignee(sketch.assignee);
    writer.text(",\"milestone\":");
    writer.milestone(sketch.milestone, sketch.author);
    writer.text(",\"comments\":");
    writer.number(u64::from(issue.comments));
    writer.times();
    writer.text(",\"author_association\":\"");
    writer.text(ASSOCIATIONS.get(usize::from(sketch.association)).copied().unwrap_or("NONE"));
    writer.text("\",\"type\":null,\"active_lock_reason\":");
    writer.text(if sketch.is_locked { "\"resolved\"" } else { "null" });
    writer.pull_request(sketch);
    writer.text(",\"body\":");
    Body { bytes: sketch.body_bytes as usize, is_hostile: sketch.is_hostile }
        .write(Random::for_item(sketch.seed, 2), writer.bytes);
    writer.text(",\"closed_by\":");
    writer.user(sketch.closed_by);
    writer.reactions(sketch);
    writer.text(",\"timeline_url\":\"");
    writer.issue_address();
    writer.text("/timeline\",\"performed_via_github_app\":null,\"state_reason\":");
    writer.state_reason(sketch);
    writer.text("}");
}

struct Writer<'a> {
    repository: &'a Repository,
    issue: &'a Issue,
    users: &'a Users,
    /// Where the issue's address was written first; the others are copied from there.
    address: Range<usize>,
    bytes: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.text(if flag { "true" } else { "false" });
    }

    fn number(&mut self, number: u64) {
        write_number(number, self.bytes);
    }

    fn time(&mut self, seconds: Option<i64>) {
        match seconds {
            Some(seconds) => {
                self.text("\"");
                write_time(seconds, self.bytes);
                self.text("\"");
            }
            None => self.text("null"),
        }
    }

    fn repository_path(&mut self) {
        self.bytes.extend_from_slice(self.repository.owner.as_bytes());
        self.bytes.push(b'/');
        self.bytes.extend_from_slice(self.repository.name.as_bytes());
    }

    fn repository_address(&mut self) {
        self.text(API);
        self.text("/repos/");
        self.repository_path();
    }

    fn issue_address(&mut self) {
        if self.address.is_empty() {
            let start = self.bytes.len();
            self.repository_address();
            self.text("/issues/");
            self.number(u64::from(self.issue.number));
            self.address = start..self.bytes.len();
        } else {
            self.bytes.extend_from_within(self.address.clone());
        }
    }

    fn page_address(&mut self, kind: &str) {
        self.text(SITE);
        self.text("/");
        self.repository_path();
        self.text(kind);
        self.number(u64::from(self.issue.number));
    }

    fn addresses(&mut self) {
        self.text("{\"url\":\"");
        self.issue_address();
        self.text("\",\"repository_url\":\"");
        self.repository_address();
        for (key, end) in [("labels_url", "/labels{/name}"), ("comments_url", "/comments"), ("events_url", "/events")] {
            self.text("\",\"");
            self.text(key);
            self.text("\":\"");
            self.issue_address();
            self.text(end);
        }
        self.text("\",\"html_url\":\"");
        self.page_address(if self.issue.is_pull_request { "/pull/" } else { "/issues/" });
        self.text("\",\"id\":");
        self.number(self.issue.id);
        self.text(",\"node_id\":\"");
        let node_id = self.issue.node_id();
        self.text(&node_id);
        self.text("\",\"number\":");
        self.number(u64::from(self.issue.number));
    }

    fn user(&mut self, index: u32) {
        let json = self.users.json(index);
        self.bytes.extend_from_slice(json.as_bytes());
    }

    fn labels(&mut self, bits: u16) {
        self.text(",\"labels\":[");
        let mut is_first = true;
        for index in 0..LABELS.len() {
            if bits & (1 << index) == 0 {
                continue;
            }
            if !is_first {
                self.text(",");
            }
            is_first = false;
            write_label(self.repository, index, self.bytes);
        }
        self.text("]");
    }

    fn assignee(&mut self, index: u32) {
        self.text(",\"assignee\":");
        self.user(index);
        self.text(",\"assignees\":[");
        if index != NOBODY {
            self.user(index);
        }
        self.text("]");
    }

    fn milestone(&mut self, milestone: u8, creator: u32) {
        let Some(title) = usize::from(milestone).checked_sub(1).and_then(|index| MILESTONES.get(index)) else {
            return self.text("null");
        };
        self.text("{\"url\":\"");
        self.repository_address();
        self.text("/milestones/");
        self.number(u64::from(milestone));
        self.text("\",\"html_url\":\"");
        self.text(SITE);
        self.text("/");
        self.repository_path();
        self.text("/milestone/");
        self.number(u64::from(milestone));
        self.text("\",\"labels_url\":\"");
        self.repository_address();
        self.text("/milestones/");
        self.number(u64::from(milestone));
        self.text("/labels\",\"id\":");
        let id = self.repository.id * 10 + u64::from(milestone);
        self.number(id);
        self.text(",\"node_id\":\"MI_kw");
        self.number(id);
        self.text("\",\"number\":");
        self.number(u64::from(milestone));
        self.text(",\"title\":\"");
        self.text(title);
        self.text("\",\"description\":null,\"creator\":");
        self.user(creator);
        self.text(",\"open_issues\":4,\"closed_issues\":61,\"state\":\"open\",\"created_at\":");
        self.time(Some(self.repository.created_at));
        self.text(",\"updated_at\":");
        self.time(Some(self.repository.created_at));
        self.text(",\"due_on\":null,\"closed_at\":null}");
    }

    fn times(&mut self) {
        self.text(",\"created_at\":");
        self.time(Some(self.issue.created_at));
        self.text(",\"updated_at\":");
        self.time(Some(self.issue.updated_at));
        self.text(",\"closed_at\":");
        self.time(self.issue.closed_at);
    }

    fn pull_request(&mut self, sketch: &Sketch) {
        if !self.issue.is_pull_request {
            return self.text(
                ",\"sub_issues_summary\":{\"total\":0,\"completed\":0,\"percent_completed\":0},\
                 \"issue_dependencies_summary\":{\"blocked_by\":0,\"total_blocked_by\":0,\"blocking\":0,\"total_blocking\":0}",
            );
        }
        self.text(",\"draft\":");
        self.flag(sketch.is_draft);
        self.text(",\"pull_request\":{\"url\":\"");
        self.repository_address();
        self.text("/pulls/");
        self.number(u64::from(self.issue.number));
        for (key, end) in [("html_url", ""), ("diff_url", ".diff"), ("patch_url", ".patch")] {
            self.text("\",\"");
            self.text(key);
            self.text("\":\"");
            self.page_address("/pull/");
            self.text(end);
        }
        self.text("\",\"merged_at\":");
        self.time(sketch.merged_at);
        self.text("}");
    }

    fn reactions(&mut self, sketch: &Sketch) {
        self.text(",\"reactions\":{\"url\":\"");
        self.issue_address();
        let hearts = sketch.seed % 11 / 8;
        self.text("/reactions\",\"total_count\":");
        self.number(hearts);
        self.text(",\"+1\":0,\"-1\":0,\"laugh\":0,\"hooray\":0,\"confused\":0,\"heart\":");
        self.number(hearts);
        self.text(",\"rocket\":0,\"eyes\":0}");
    }

    fn state_reason(&mut self, sketch: &Sketch) {
        let reason = match (self.issue.is_pull_request, self.issue.state) {
            (true, _) => "null",
            (false, IssueState::Closed) if is_not_planned(sketch.seed) => "\"not_planned\"",
            (false, IssueState::Closed) => "\"completed\"",
            (false, IssueState::Open) if self.issue.events.iter().any(is_reopening) => "\"reopened\"",
            (false, IssueState::Open) => "null",
        };
        self.text(reason);
    }
}

fn is_reopening(event: &Event) -> bool {
    event.kind == EventKind::Reopened
}
