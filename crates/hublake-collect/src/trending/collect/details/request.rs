//! The query for details.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use hublake_github::GraphqlRequest;
use serde_json::{Map, Value};

use super::Wanted;
use crate::events::instant;

/// What a repository tells of itself.
pub(in crate::trending::collect) const FIGURES: &str = "fragment figures on Repository{id databaseId nameWithOwner url \
    description stargazerCount forkCount createdAt updatedAt pushedAt isArchived isPrivate primaryLanguage{name} \
    owner{login} repositoryTopics(first:20){nodes{topic{name}}} issues(states:OPEN){totalCount} \
    pullRequests(states:OPEN){totalCount}}";
const ROOT: &str = "fragment root on Repository{databaseId object(expression:\"HEAD:\"){... on Tree{entries{name type \
    oid object{... on Blob{byteSize}}}}}}";
const COMMITS: &str = "fragment commits on Repository{databaseId isPrivate defaultBranchRef{target{... on \
    Commit{history(since:$since,first:$first,after:$after){pageInfo{hasNextPage endCursor} nodes{oid committedDate \
    author{name email user{databaseId login}}}}}}}}";
const ISSUES: &str = "fragment closed on Repository{databaseId isPrivate \
    issues(states:CLOSED,filterBy:{since:$closed},first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC})\
    {pageInfo{hasNextPage endCursor} nodes{number closedAt}}}";
const RATE: &str = "rateLimit{cost limit remaining used resetAt}";

/// Elements of a page at most, and the fewest that are worth a query.
const MOST_ELEMENTS: usize = 100;
const FEWEST_ELEMENTS: usize = 10;

/// What is asked of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trending::collect) enum Metric {
    Commits,
    Issues,
}

impl Metric {
    /// As in the tables.
    pub(in crate::trending::collect) fn as_str(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::Issues => "issues",
        }
    }

    /// The alias of a query before the repository's place.
    pub(super) fn alias(self) -> char {
        match self {
            Self::Commits => 'c',
            Self::Issues => 'i',
        }
    }

    fn fragment(self) -> (&'static str, &'static str) {
        match self {
            Self::Commits => ("commits", COMMITS),
            Self::Issues => ("closed", ISSUES),
        }
    }

    fn since(self) -> (&'static str, &'static str) {
        match self {
            Self::Commits => ("since", "GitTimestamp"),
            Self::Issues => ("closed", "DateTime"),
        }
    }
}

/// A query about some repositories, whole or in part.
#[derive(Clone)]
pub(super) struct Job<'a> {
    pub(super) wanted: Vec<&'a Wanted>,
    /// Whether it asks for figures, root folder and known files.
    pub(super) figures: bool,
    commits: bool,
    issues: bool,
    first: usize,
    window_start: DateTime<Utc>,
}

impl<'a> Job<'a> {
    pub(super) fn of(chunk: &'a [Wanted], window_start: DateTime<Utc>) -> Self {
        let wanted = chunk.iter().collect();
        Self { wanted, figures: true, commits: true, issues: true, first: MOST_ELEMENTS, window_start }
    }

    /// Whether it asks for something of a repository.
    pub(super) fn asks(&self, metric: Metric, wanted: &Wanted) -> bool {
        match metric {
            Metric::Commits => self.commits && wanted.was_pushed(self.window_start),
            Metric::Issues => self.issues,
        }
    }

    /// The same in smaller parts: fewer repositories, then fewer things, then fewer elements; none where it is as small
    /// as can be.
    pub(super) fn divide(&self) -> Option<Vec<Self>> {
        if self.wanted.len() > 1 {
            let (left, right) = self.wanted.split_at(self.wanted.len() / 2);
            return Some(vec![
                Self { wanted: left.to_vec(), ..self.clone() },
                Self { wanted: right.to_vec(), ..self.clone() },
            ]);
        }
        let nothing = Self { figures: false, commits: false, issues: false, ..self.clone() };
        let parts = [
            self.figures.then(|| Self { figures: true, ..nothing.clone() }),
            self.commits.then(|| Self { commits: true, ..nothing.clone() }),
            self.issues.then(|| Self { issues: true, ..nothing.clone() }),
        ];
        let parts: Vec<Self> = parts.into_iter().flatten().filter(Self::asks_anything).collect();
        if parts.len() > 1 {
            return Some(parts);
        }
        let is_divisible = !self.figures && self.first > FEWEST_ELEMENTS;
        is_divisible.then(|| vec![Self { first: self.first / 2, ..self.clone() }])
    }

    fn asks_anything(&self) -> bool {
        let asks = |metric| self.wanted.iter().any(|wanted| self.asks(metric, wanted));
        self.figures || asks(Metric::Commits) || asks(Metric::Issues)
    }

    pub(super) fn request(&self, window_start: DateTime<Utc>) -> GraphqlRequest {
        let mut text = Text::default();
        for (place, wanted) in self.wanted.iter().enumerate() {
            let repository = text.repository(place, &wanted.found.full_name);
            if self.figures {
                text.field(format!("r{place}:{repository}{{...figures}} t{place}:{repository}{{...root}}"));
                for (number, path) in wanted.deeper_dockerfiles().enumerate() {
                    let variable = format!("d{place}_{number}");
                    text.variable(&variable, "String!", format!("HEAD:{path}").into());
                    text.field(format!(
                        "{variable}:{repository}{{databaseId object(expression:${variable}){{... on Blob{{oid byteSize}}}}}}"
                    ));
                }
            }
            for metric in [Metric::Commits, Metric::Issues].into_iter().filter(|metric| self.asks(*metric, wanted)) {
                text.metric(metric, place, &repository, window_start, self.first, None);
            }
        }
        if self.figures {
            text.fragments.extend([FIGURES, ROOT]);
        }
        text.request(self.wanted.first().map(|wanted| wanted.found.owner()))
    }
}

/// The query for a further page of one repository.
pub(super) fn tail_request(
    metric: Metric,
    full_name: &str,
    window_start: DateTime<Utc>,
    (first, after): (usize, Option<&str>),
) -> GraphqlRequest {
    let mut text = Text::default();
    let repository = text.repository(0, full_name);
    text.metric(metric, 0, &repository, window_start, first, after);
    text.request(full_name.split('/').next())
}

/// A query that is being written.
#[derive(Default)]
struct Text {
    parameters: String,
    fields: String,
    variables: Map<String, Value>,
    fragments: Vec<&'static str>,
}

impl Text {
    fn variable(&mut self, name: &str, kind: &str, value: Value) {
        if self.variables.insert(name.to_owned(), value).is_none() {
            // Writing to a string cannot fail.
            let _ = write!(self.parameters, "${name}:{kind},");
        }
    }

    fn field(&mut self, field: String) {
        self.fields.push(' ');
        self.fields.push_str(&field);
    }

    /// A repository by its name, which GitHub follows through renames.
    fn repository(&mut self, place: usize, full_name: &str) -> String {
        let (owner, name) = full_name.split_once('/').unwrap_or_default();
        self.variable(&format!("o{place}"), "String!", owner.into());
        self.variable(&format!("n{place}"), "String!", name.into());
        format!("repository(owner:$o{place},name:$n{place})")
    }

    fn metric(
        &mut self,
        metric: Metric,
        place: usize,
        repository: &str,
        window_start: DateTime<Utc>,
        first: usize,
        after: Option<&str>,
    ) {
        let ((fragment, text), (since, kind)) = (metric.fragment(), metric.since());
        self.variable(since, &format!("{kind}!"), instant(window_start).into());
        self.variable("first", "Int!", first.into());
        self.variable("after", "String", after.into());
        self.field(format!("{}{place}:{repository}{{...{fragment}}}", metric.alias()));
        if !self.fragments.contains(&text) {
            self.fragments.push(text);
        }
    }

    fn request(self, owner: Option<&str>) -> GraphqlRequest {
        let Self { parameters, fields, variables, fragments } = self;
        let query = format!("query({parameters}){{{RATE}{fields}}} {}", fragments.join(" "));
        GraphqlRequest::new(query).with_variables(variables.into()).for_owner(owner.unwrap_or_default())
    }
}
