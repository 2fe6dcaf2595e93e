//! What a list of issues leaves out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::request::Question;
use crate::render::user::Users;
use crate::world::changes::stored_value;
use crate::world::event::NOBODY;
use crate::world::issue::{Content, Issue};
use crate::world::{Repository, World};

/// GitHub's filters that the world has no answer to; ignoring them would give wrong lists.
const NOT_SIMULATED: [&str; 3] = ["mentioned", "type", "issue_field_values"];

/// The filters by content.
#[derive(Debug)]
pub(crate) struct Filter {
    labels: BTreeSet<String>,
    creator: Option<String>,
    assignee: Option<Wanted<String>>,
    milestone: Option<Wanted<u64>>,
}

/// `*`, `none`, or one of them.
#[derive(Debug)]
enum Wanted<T> {
    Any,
    Nothing,
    One(T),
}

impl Filter {
    /// Reads the parameters.
    ///
    /// # Errors
    /// The name of a parameter that is malformed or not simulated.
    pub(crate) fn read(question: &Question) -> Result<Self, &'static str> {
        if let Some(name) = NOT_SIMULATED.into_iter().find(|name| question.parameter(name).is_some()) {
            return Err(name);
        }
        let labels = question.parameter("labels").unwrap_or("").split(',').map(str::trim);
        let milestone = match question.parameter("milestone").map(Wanted::read) {
            Some(Wanted::One(text)) => Some(Wanted::One(text.parse().map_err(|_| "milestone")?)),
            Some(Wanted::Any) => Some(Wanted::Any),
            Some(Wanted::Nothing) => Some(Wanted::Nothing),
            None => None,
        };
        Ok(Self {
            labels: labels.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            creator: question.parameter("creator").map(str::to_owned),
            assignee: question.parameter("assignee").map(Wanted::read),
            milestone,
        })
    }

    /// Whether everything passes.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.creator.is_none() && self.assignee.is_none() && self.milestone.is_none()
    }

    pub(crate) fn admits(&self, world: &World, repository: &Repository, issue: &Issue) -> bool {
        let users = &world.users;
        (self.labels.is_empty() || repository.has_labels(issue, &self.labels))
            && self.creator.as_deref().is_none_or(|login| is_by(issue, login, users))
            && self.assignee.as_ref().is_none_or(|wanted| is_assigned(issue, wanted, users))
            && self.milestone.as_ref().is_none_or(|wanted| is_in_milestone(issue, wanted))
    }
}

impl Wanted<String> {
    fn read(text: &str) -> Self {
        match text {
            "*" => Self::Any,
            "none" => Self::Nothing,
            _ => Self::One(text.to_owned()),
        }
    }
}

fn is_by(issue: &Issue, login: &str, users: &Users) -> bool {
    match &issue.content {
        Content::Generated(sketch) => users.index(login) == Some(sketch.author),
        Content::Stored(_) => stored_value(issue, "user").is_some_and(|user| has_login(&user, login)),
    }
}

fn is_assigned(issue: &Issue, wanted: &Wanted<String>, users: &Users) -> bool {
    match &issue.content {
        Content::Generated(sketch) => match wanted {
            Wanted::Any => sketch.assignee != NOBODY,
            Wanted::Nothing => sketch.assignee == NOBODY,
            Wanted::One(login) => users.index(login) == Some(sketch.assignee),
        },
        Content::Stored(_) => {
            let stored = stored_value(issue, "assignees");
            let assignees = stored.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            match wanted {
                Wanted::Any => !assignees.is_empty(),
                Wanted::Nothing => assignees.is_empty(),
                Wanted::One(login) => assignees.iter().any(|user| has_login(user, login)),
            }
        }
    }
}

fn is_in_milestone(issue: &Issue, wanted: &Wanted<u64>) -> bool {
    let number = match &issue.content {
        Content::Generated(sketch) => Some(u64::from(sketch.milestone)).filter(|number| *number > 0),
        Content::Stored(_) => {
            let milestone = stored_value(issue, "milestone");
            milestone.as_ref().and_then(|milestone| milestone.get("number")).and_then(Value::as_u64)
        }
    };
    match wanted {
        Wanted::Any => number.is_some(),
        Wanted::Nothing => number.is_none(),
        Wanted::One(wanted) => number == Some(*wanted),
    }
}

// GitHub compares logins without case.
fn has_login(user: &Value, login: &str) -> bool {
    user.get("login").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(login))
}
