//! One issue or pull request as GitHub describes it.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

/// The facts of one issue object that reach a table; keys that are absent are null.
#[derive(Clone, Debug)]
pub struct Issue {
    pub id: i64,
    pub node_id: String,
    pub number: i64,
    pub title: String,
    pub state: String,
    pub state_reason: Option<String>,
    pub is_locked: bool,
    pub active_lock_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub html_url: String,
    pub author_association: Option<String>,
    pub comment_count: i64,
    pub is_pull_request: bool,
    pub author_login: Option<String>,
    pub author_id: Option<i64>,
    pub author_type: Option<String>,
    pub milestone_title: Option<String>,
    pub closed_by_login: Option<String>,
    pub labels: Vec<Label>,
    pub assignees: Vec<Assignee>,
}

/// A label on an issue.
#[derive(Clone, Debug)]
pub struct Label {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub color: String,
    pub is_default: bool,
}

/// A person an issue is assigned to.
#[derive(Clone, Debug)]
pub struct Assignee {
    pub login: String,
    pub id: Option<i64>,
    pub kind: Option<String>,
}

impl Issue {
    /// Reads an element of GitHub's issue list; a pull request there is an object with the key `pull_request`.
    pub fn from_rest(object: &Value) -> Self {
        let text = |key: &str| object[key].as_str().map(str::to_owned);
        let needed = |key: &str| text(key).unwrap_or_else(|| panic!("an issue has no text {key}: {object}"));
        let login = |key: &str| object[key]["login"].as_str().map(str::to_owned);
        Self {
            id: whole(object, "id"),
            node_id: needed("node_id"),
            number: whole(object, "number"),
            title: needed("title"),
            state: needed("state"),
            state_reason: text("state_reason"),
            is_locked: object["locked"].as_bool().unwrap_or(false),
            active_lock_reason: text("active_lock_reason"),
            created_at: instant(&needed("created_at")),
            updated_at: instant(&needed("updated_at")),
            closed_at: text("closed_at").as_deref().map(instant),
            html_url: needed("html_url"),
            author_association: text("author_association"),
            comment_count: whole(object, "comments"),
            is_pull_request: !object["pull_request"].is_null(),
            author_login: login("user"),
            author_id: object["user"]["id"].as_i64(),
            author_type: object["user"]["type"].as_str().map(str::to_owned),
            milestone_title: object["milestone"]["title"].as_str().map(str::to_owned),
            closed_by_login: login("closed_by"),
            labels: labels(object),
            assignees: assignees(object),
        }
    }

    /// Reads an answer of GitHub's pull request endpoint, which lacks the keys `pull_request` and `closed_by`.
    ///
    /// Whoever merged a pull request closed it; who closed it without merging is not told.
    pub fn from_pull(object: &Value) -> Self {
        Self {
            is_pull_request: true,
            closed_by_login: object["merged_by"]["login"].as_str().map(str::to_owned),
            ..Self::from_rest(object)
        }
    }

    /// Whether it is closed now.
    pub fn is_closed(&self) -> bool {
        self.state == "closed"
    }

    /// The UTC day it was opened.
    pub fn opened_on(&self) -> NaiveDate {
        self.created_at.date_naive()
    }

    /// The UTC day it was closed, where it is closed and GitHub says when.
    ///
    /// A few old issues are closed without `closed_at`: they have no closing day and no age.
    pub fn known_closed_on(&self) -> Option<NaiveDate> {
        self.known_closed_at().map(|at| at.date_naive())
    }

    /// The days from opening to closing, never below zero, where GitHub says when it was closed.
    pub fn closure_age_days(&self) -> Option<f64> {
        self.known_closed_at().map(|closed_at| days_between(self.created_at, closed_at).max(0.0))
    }

    /// The names of its labels in alphabetical order (of their bytes).
    pub fn label_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.labels.iter().map(|label| label.name.clone()).collect();
        names.sort();
        names
    }

    fn known_closed_at(&self) -> Option<DateTime<Utc>> {
        if self.is_closed() { self.closed_at } else { None }
    }
}

/// The days from one instant to another, as a fraction exact to the microsecond.
pub fn days_between(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    let microseconds = to.timestamp_micros() - from.timestamp_micros();
    microseconds as f64 / 86_400_000_000.0
}

/// An instant from its RFC 3339 text.
pub fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap_or_else(|error| panic!("{text} is no instant: {error}")).to_utc()
}

fn whole(object: &Value, key: &str) -> i64 {
    object[key].as_i64().unwrap_or_else(|| panic!("an issue has no number {key}: {object}"))
}

fn labels(object: &Value) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for label in object["labels"].as_array().into_iter().flatten() {
        let Some(id) = label["id"].as_i64() else {
            continue;
        };
        if labels.iter().any(|known| known.id == id) {
            continue;
        }
        labels.push(Label {
            id,
            name: label["name"].as_str().unwrap_or_default().to_owned(),
            description: label["description"].as_str().map(str::to_owned),
            color: label["color"].as_str().unwrap_or_default().to_owned(),
            is_default: label["default"].as_bool().unwrap_or(false),
        });
    }
    labels
}

fn assignees(object: &Value) -> Vec<Assignee> {
    let mut assignees: Vec<Assignee> = Vec::new();
    for person in object["assignees"].as_array().into_iter().flatten() {
        let Some(login) = person["login"].as_str() else {
            continue;
        };
        if assignees.iter().any(|known| known.login == login) {
            continue;
        }
        assignees.push(Assignee {
            login: login.to_owned(),
            id: person["id"].as_i64(),
            kind: person["type"].as_str().map(str::to_owned),
        });
    }
    assignees
}
