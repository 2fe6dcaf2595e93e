//! Connections: a page of items with its cursors.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{Answer, Arguments, Object, Resolved};
use crate::graphql::LONGEST_PAGE;
use crate::graphql::error::QueryError;

/// A page of a connection.
pub(crate) struct Page<'w> {
    pub(crate) kind: PageKind,
    /// All items after filters, `None` where nobody asked.
    pub(crate) total: Option<usize>,
    /// Those of them that lie after (or before) the cursor.
    pub(crate) filtered: usize,
    pub(crate) items: Vec<Item<'w>>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// An object and the cursor of its place.
pub(crate) struct Item<'w> {
    pub(crate) object: Object<'w>,
    pub(crate) cursor: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageKind {
    Issues,
    PullRequests,
    Watchers,
    Labels,
    Topics,
    History,
    IssueTimeline,
    PullRequestTimeline,
}

/// How many items, from which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) count: usize,
    pub(crate) is_from_end: bool,
}

impl PageKind {
    pub(crate) fn connection(self) -> &'static str {
        match self {
            Self::Issues => "IssueConnection",
            Self::PullRequests => "PullRequestConnection",
            Self::Watchers => "UserConnection",
            Self::Labels => "LabelConnection",
            Self::Topics => "RepositoryTopicConnection",
            Self::History => "CommitHistoryConnection",
            Self::IssueTimeline => "IssueTimelineItemsConnection",
            Self::PullRequestTimeline => "PullRequestTimelineItemsConnection",
        }
    }

    pub(crate) fn edge(self) -> &'static str {
        match self {
            Self::Issues => "IssueEdge",
            Self::PullRequests => "PullRequestEdge",
            Self::Watchers => "UserEdge",
            Self::Labels => "LabelEdge",
            Self::Topics => "RepositoryTopicEdge",
            Self::History => "CommitEdge",
            Self::IssueTimeline => "IssueTimelineItemsEdge",
            Self::PullRequestTimeline => "PullRequestTimelineItemsEdge",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Issues => "issues",
            Self::PullRequests => "pullRequests",
            Self::Watchers => "watchers",
            Self::Labels => "labels",
            Self::Topics => "repositoryTopics",
            Self::History => "history",
            Self::IssueTimeline | Self::PullRequestTimeline => "timelineItems",
        }
    }
}

impl Bounds {
    /// Reads `first` and `last`; who only counts needs neither.
    pub(crate) fn read(kind: PageKind, arguments: &Arguments<'_>) -> Result<Self, QueryError> {
        let name = kind.field();
        let given = ["first", "last"].map(|side| (side, arguments.number(side)));
        let (side, count) = match given {
            [(_, Some(_)), (_, Some(_))] => {
                let message =
                    format!("Passing both `first` and `last` to paginate the `{name}` connection is not supported.");
                return Err(QueryError::of("EXCESSIVE_PAGINATION", message));
            }
            [(side, Some(count)), _] | [_, (side, Some(count))] => (side, count),
            _ if !["nodes", "edges", "pageInfo"].into_iter().any(|field| arguments.wants(field)) => ("first", 0),
            _ => {
                let message =
                    format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
                return Err(QueryError::of("MISSING_PAGINATION_BOUNDARIES", message));
            }
        };
        match u64::try_from(count) {
            Err(_) => {
                let message = format!("`{side}` on the `{name}` connection cannot be less than zero.");
                Err(QueryError::of("EXCESSIVE_PAGINATION", message))
            }
            Ok(count) if count > LONGEST_PAGE => {
                let message = format!(
                    "Requesting {count} records on the `{name}` connection exceeds the `{side}` limit of {LONGEST_PAGE} records."
                );
                Err(QueryError::of("EXCESSIVE_PAGINATION", message))
            }
            Ok(count) => Ok(Self { count: usize::try_from(count).unwrap_or(0), is_from_end: side == "last" }),
        }
    }
}

/// The place that a cursor argument names.
pub(crate) fn place<T>(
    arguments: &Arguments<'_>,
    name: &str,
    decode: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, QueryError> {
    let Some(text) = arguments.text(name) else {
        return Ok(None);
    };
    let message = || format!("`{text}` does not appear to be a valid cursor.");
    decode(text).map(Some).ok_or_else(|| QueryError::of("INVALID_CURSOR_ARGUMENTS", message()))
}

impl<'w> Page<'w> {
    /// A page of a list that is at hand as a whole, in which places are numbers.
    pub(crate) fn cut(
        kind: PageKind,
        bounds: Bounds,
        arguments: &Arguments<'_>,
        items: Vec<(u64, Object<'w>)>,
    ) -> Result<Self, QueryError> {
        use crate::cursor::{decode_position, encode_position};
        let after = place(arguments, "after", decode_position)?;
        let before = place(arguments, "before", decode_position)?;
        let total = items.len();
        let is_inside =
            |position: u64| after.is_none_or(|after| position > after) && before.is_none_or(|before| position < before);
        let mut inside: Vec<(u64, Object<'w>)> =
            items.into_iter().filter(|(position, _)| is_inside(*position)).collect();
        let filtered = inside.len();
        let left_out = filtered.saturating_sub(bounds.count);
        if bounds.is_from_end {
            inside.drain(..left_out);
        } else {
            inside.truncate(bounds.count);
        }
        Ok(Self {
            kind,
            total: Some(total),
            filtered,
            items: inside
                .into_iter()
                .map(|(position, object)| Item { object, cursor: encode_position(position) })
                .collect(),
            has_next: if bounds.is_from_end { before.is_some() } else { left_out > 0 },
            has_previous: if bounds.is_from_end { left_out > 0 } else { after.is_some() },
        })
    }

    /// A connection of which only the number of its items is told.
    pub(crate) fn counted(kind: PageKind, arguments: &Arguments<'_>, total: usize) -> Answer<'w> {
        Bounds::read(kind, arguments)?;
        let page =
            Self { kind, total: Some(total), filtered: 0, items: Vec::new(), has_next: false, has_previous: false };
        Ok(Resolved::Object(Object::Page(Rc::new(page))))
    }

    pub(crate) fn field(page: &Rc<Self>, field: &str) -> Resolved<'w> {
        match field {
            "nodes" => Resolved::Objects(page.items.iter().map(|item| Ok(item.object.clone())).collect()),
            "edges" => {
                let edge = |index| Ok(Object::Edge(Rc::clone(page), index));
                Resolved::Objects((0..page.items.len()).map(edge).collect())
            }
            "pageInfo" => Resolved::Object(Object::PageInfo(Rc::clone(page))),
            "totalCount" => Resolved::Leaf(json!(page.total)),
            "filteredCount" => Resolved::Leaf(json!(page.filtered)),
            "pageCount" => Resolved::Leaf(json!(page.items.len())),
            _ => Resolved::Null,
        }
    }

    pub(crate) fn edge(&self, index: usize, field: &str) -> Resolved<'w> {
        match (self.items.get(index), field) {
            (Some(item), "node") => Resolved::Object(item.object.clone()),
            (Some(item), "cursor") => Resolved::Leaf(json!(item.cursor)),
            _ => Resolved::Null,
        }
    }

    pub(crate) fn info(&self, field: &str) -> Resolved<'w> {
        let cursor = |item: Option<&Item<'_>>| item.map_or(Value::Null, |item| json!(item.cursor));
        Resolved::Leaf(match field {
            "hasNextPage" => json!(self.has_next),
            "hasPreviousPage" => json!(self.has_previous),
            "startCursor" => cursor(self.items.first()),
            "endCursor" => cursor(self.items.last()),
            _ => Value::Null,
        })
    }
}
