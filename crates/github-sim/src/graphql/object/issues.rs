//! Issues and pull requests of a repository: one by its number, or a page of them.

use std::rc::Rc;

use serde_json::Value;

use super::issue::IssueView;
use super::page::{Bounds, Item, Page, PageKind, place};
use super::{Answer, Arguments, Context, Object, Resolved};
use crate::cursor::{Cursor, Sort};
use crate::graphql::error::QueryError;
use crate::world::issue::{Issue, IssueState};
use crate::world::order::{Direction, Entry};
use crate::world::{Access, Repository, shape};

/// `issue`, `pullRequest` and `issueOrPullRequest`
pub(crate) fn single<'w>(found: &'w Repository, field: &str, arguments: &Arguments<'_>) -> Answer<'w> {
    let number = arguments.number("number").unwrap_or(0);
    let issue = u32::try_from(number).ok().and_then(|number| found.issues.get(&number));
    let is_wanted = |issue: &&Issue| match field {
        "issue" => !issue.is_pull_request,
        "pullRequest" => issue.is_pull_request,
        _ => true,
    };
    let is_open = |issue: &&Issue| issue.is_pull_request || found.access != Access::IssuesDisabled;
    match issue.filter(is_wanted).filter(is_open) {
        Some(issue) => Ok(Resolved::Object(Object::Issue(Rc::new(IssueView::new(found, issue))))),
        None => {
            let what = match field {
                "issue" => "an Issue",
                "pullRequest" => "a PullRequest",
                _ => "an issue or pull request",
            };
            Err(QueryError::not_found(format!("Could not resolve to {what} with the number of {number}.")))
        }
    }
}

/// `issues` and `pullRequests`
pub(crate) fn page<'w>(
    context: &Context<'w>,
    found: &'w Repository,
    is_pull_request: bool,
    arguments: &Arguments<'_>,
) -> Answer<'w> {
    let kind = if is_pull_request { PageKind::PullRequests } else { PageKind::Issues };
    let bounds = Bounds::read(kind, arguments)?;
    let listing = Listing::read(found, is_pull_request, arguments)?;
    let total = arguments.wants("totalCount").then(|| listing.count());
    let (entries, has_more) = listing.page(bounds);
    let items: Vec<Item<'w>> = entries.iter().filter_map(|entry| listing.item(entry)).collect();
    context.serve(items.len());
    let page = Page {
        kind,
        total,
        filtered: items.len(),
        items,
        has_next: if bounds.is_from_end { listing.before.is_some() } else { has_more },
        has_previous: if bounds.is_from_end { has_more } else { listing.after.is_some() },
    };
    Ok(Resolved::Object(Object::Page(Rc::new(page))))
}

struct Listing<'w> {
    found: &'w Repository,
    is_pull_request: bool,
    /// Words of `IssueState` or `PullRequestState`; `None` means all.
    states: Option<Vec<String>>,
    /// Seconds since 1970.
    since: Option<i64>,
    sort: Sort,
    direction: Direction,
    after: Option<Cursor>,
    before: Option<Cursor>,
}

impl<'w> Listing<'w> {
    fn read(found: &'w Repository, is_pull_request: bool, arguments: &Arguments<'_>) -> Result<Self, QueryError> {
        let order = arguments.values.get("orderBy");
        let word = |key: &str| order.and_then(|order| order.get(key)).and_then(Value::as_str);
        let sort = match word("field") {
            Some("UPDATED_AT") => Sort::Updated,
            Some("COMMENTS") => Sort::Comments,
            _ => Sort::Created,
        };
        let direction = if word("direction") == Some("DESC") { Direction::Descending } else { Direction::Ascending };
        let filter = arguments.values.get("filterBy");
        let since = filter.and_then(|filter| filter.get("since")).and_then(Value::as_str).and_then(shape::seconds);
        let in_filter = filter.and_then(|filter| filter.get("states")).and_then(Value::as_array);
        let states = arguments.values.get("states").and_then(Value::as_array).or(in_filter);
        let words = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let decode = |text: &str| Cursor::decode(text).filter(|cursor| cursor.sort == sort);
        Ok(Self {
            found,
            is_pull_request,
            states: states.map(words),
            since,
            sort,
            direction,
            after: place(arguments, "after", decode)?,
            before: place(arguments, "before", decode)?,
        })
    }

    fn count(&self) -> usize {
        let in_state = |state: IssueState| self.found.orders.count_of(state, self.is_pull_request);
        let is_disabled = self.found.access == Access::IssuesDisabled && !self.is_pull_request;
        match (&self.states, self.since) {
            _ if is_disabled => 0,
            (None, None) => in_state(IssueState::Open) + in_state(IssueState::Closed),
            (Some(states), None) if states.as_slice() == ["OPEN"] => in_state(IssueState::Open),
            (_, None) => self.found.issues.values().filter(|issue| self.admits(issue)).count(),
            (_, Some(since)) => {
                let walk = self.found.orders.walk(Sort::Updated, Direction::Descending, None, None);
                let recent = walk.take_while(|entry| entry.0 >= since);
                recent.filter(|entry| self.find(entry).is_some_and(|issue| self.admits(issue))).count()
            }
        }
    }

    /// The entries of a page in the list's order, and whether more follow in its direction.
    fn page(&self, bounds: Bounds) -> (Vec<Entry>, bool) {
        if bounds.count == 0 {
            return (Vec::new(), false);
        }
        let (direction, from, until) = if bounds.is_from_end {
            (self.direction.reversed(), self.before, self.after)
        } else {
            (self.direction, self.after, self.before)
        };
        let from = from.map(|cursor| (cursor.key, cursor.id));
        let until = until.map(|cursor| (cursor.key, cursor.id));
        let walk = self.found.orders.walk(self.sort, direction, self.single_state(), from);
        let is_by_update = self.sort == Sort::Updated && direction == Direction::Descending;
        let mut entries: Vec<Entry> = walk
            .take_while(|entry| !is_by_update || self.since.is_none_or(|since| entry.0 >= since))
            .take_while(|entry| until != Some((entry.0, entry.1)))
            .filter(|entry| self.find(entry).is_some_and(|issue| self.admits(issue)))
            .take(bounds.count + 1)
            .collect();
        let has_more = entries.len() > bounds.count;
        entries.truncate(bounds.count);
        if bounds.is_from_end {
            entries.reverse();
        }
        (entries, has_more)
    }

    /// The one state whose index holds everything that is wanted.
    fn single_state(&self) -> Option<IssueState> {
        match self.states.as_deref() {
            Some([state]) if state == "OPEN" => Some(IssueState::Open),
            Some([_]) => Some(IssueState::Closed),
            _ => None,
        }
    }

    fn find(&self, entry: &Entry) -> Option<&'w Issue> {
        self.found.issues.get(&entry.2)
    }

    fn admits(&self, issue: &'w Issue) -> bool {
        let is_served = issue.is_pull_request || self.found.access != Access::IssuesDisabled;
        issue.is_pull_request == self.is_pull_request
            && is_served
            && self.since.is_none_or(|since| issue.updated_at >= since)
            && self.states.as_ref().is_none_or(|states| {
                let state = IssueView::new(self.found, issue).state();
                states.iter().any(|wanted| *wanted == state)
            })
    }

    fn item(&self, entry: &Entry) -> Option<Item<'w>> {
        let issue = self.find(entry)?;
        let cursor = Cursor { sort: self.sort, key: entry.0, id: entry.1 }.encode();
        Some(Item { object: Object::Issue(Rc::new(IssueView::new(self.found, issue))), cursor })
    }
}
