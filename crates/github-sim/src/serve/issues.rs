//! Lists of issues, and single ones.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::answer::Answer;
use super::filter::Filter;
use super::request::{Call, Question};
use crate::cursor::{Cursor, Sort};
use crate::world::issue::{Issue, IssueState};
use crate::world::order::{Direction, Entry};
use crate::world::{DepartureReason, Repository, World, shape};

/// From this many items on GitHub refuses page numbers.
const DEEPEST_BY_NUMBER: usize = 10_000;

const TOO_DEEP: &str = "Pagination with the page parameter is not supported for large datasets, \
                        please use cursor based pagination (after/before)";

/// The parameters of a list of issues.
struct Listing {
    state: Option<IssueState>,
    sort: Sort,
    direction: Direction,
    /// Seconds since 1970.
    since: Option<i64>,
    filter: Filter,
    after: Option<Cursor>,
    before: Option<Cursor>,
}

/// `GET .../issues`
pub(crate) fn list(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let question = call.question;
    let listing = match Listing::read(question) {
        Ok(listing) => listing,
        Err(field) => return Answer::invalid(field),
    };
    let (page, per_page) = (question.page(), question.per_page());
    let has_cursor = listing.after.is_some() || listing.before.is_some();
    if !has_cursor && page.saturating_mul(per_page) >= DEEPEST_BY_NUMBER {
        return Answer::error(422, TOO_DEEP);
    }
    let skipped = if has_cursor { 0 } else { (page - 1) * per_page };
    let (entries, has_more) = listing.page(world, repository, skipped, per_page);
    let items: Vec<&Issue> = entries.iter().filter_map(|entry| repository.issues.get(&entry.2)).collect();
    let version = version(repository, &items, has_more);
    let link = listing.link(repository, question, &entries, has_more);
    let body = || {
        let mut bytes = Vec::with_capacity(items.len() * 4_600 + 2);
        bytes.push(b'[');
        for (position, issue) in items.iter().enumerate() {
            if position > 0 {
                bytes.push(b',');
            }
            repository.write_issue(issue, &world.users, &mut bytes);
        }
        bytes.push(b']');
        bytes
    };
    Answer::versioned(question, version, body).with_link(link)
}

/// `GET .../issues/{number}`
pub(crate) fn single(world: &World, repository: &Repository, number: u32, call: Call<'_>) -> Answer {
    let Some(issue) = repository.issues.get(&number) else {
        return absent(repository, number, call, "");
    };
    Answer::versioned(call.question, version(repository, &[issue], false), || {
        let mut bytes = Vec::new();
        repository.write_issue(issue, &world.users, &mut bytes);
        bytes
    })
}

/// The answer for a number without an issue: 410 deleted or a discussion, 301 transferred, else 404.
pub(crate) fn absent(repository: &Repository, number: u32, call: Call<'_>, end: &str) -> Answer {
    match repository.gone.get(&number).map(|gone| gone.reason) {
        Some(DepartureReason::Deleted) => Answer::error(410, "This issue was deleted"),
        Some(DepartureReason::ConvertedToDiscussion) => Answer::error(410, "This issue was converted to a discussion"),
        Some(DepartureReason::Transferred { repository_id, number }) => {
            Answer::moved(format!("{}/repositories/{repository_id}/issues/{number}{end}", call.question.base))
        }
        None => Answer::not_found(),
    }
}

/// Changes exactly when the bytes of these issues do, without writing them.
pub(crate) fn version(repository: &Repository, items: &[&Issue], has_more: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    (repository.owner.as_str(), repository.name.as_str(), has_more).hash(&mut hasher);
    for issue in items {
        (issue.id, issue.revision).hash(&mut hasher);
    }
    hasher.finish()
}

impl Listing {
    fn read(question: &Question) -> Result<Self, &'static str> {
        let state = match question.parameter("state") {
            None | Some("open") => Some(IssueState::Open),
            Some("closed") => Some(IssueState::Closed),
            Some("all") => None,
            Some(_) => return Err("state"),
        };
        let sort = match question.parameter("sort") {
            None | Some("created") => Sort::Created,
            Some("updated") => Sort::Updated,
            Some("comments") => Sort::Comments,
            Some(_) => return Err("sort"),
        };
        let direction = match question.parameter("direction") {
            None | Some("desc") => Direction::Descending,
            Some("asc") => Direction::Ascending,
            Some(_) => return Err("direction"),
        };
        let since = match question.parameter("since") {
            None => None,
            Some(text) => Some(shape::seconds(text).ok_or("since")?),
        };
        let cursor = |name: &'static str| match question.parameter(name) {
            None => Ok(None),
            Some(text) => Cursor::decode(text).filter(|cursor| cursor.sort == sort).map(Some).ok_or(name),
        };
        Ok(Self {
            state,
            sort,
            direction,
            since,
            filter: Filter::read(question)?,
            after: cursor("after")?,
            before: cursor("before")?,
        })
    }

    /// The entries of a page, and whether more follow.
    fn page(&self, world: &World, repository: &Repository, skipped: usize, per_page: usize) -> (Vec<Entry>, bool) {
        if let (Some(before), None) = (self.before, self.after) {
            // Backwards from the cursor, then turned round: the page that ends just before it.
            let walk = self.walk(world, repository, self.direction.reversed(), Some(before));
            let mut entries: Vec<Entry> = walk.take(per_page).collect();
            entries.reverse();
            return (entries, true);
        }
        let walk = self.walk(world, repository, self.direction, self.after);
        let mut entries: Vec<Entry> = walk.skip(skipped).take(per_page + 1).collect();
        let has_more = entries.len() > per_page;
        entries.truncate(per_page);
        (entries, has_more)
    }

    fn walk<'a>(
        &'a self,
        world: &'a World,
        repository: &'a Repository,
        direction: Direction,
        cursor: Option<Cursor>,
    ) -> impl Iterator<Item = Entry> + 'a {
        let mut place = cursor.map(|cursor| (cursor.key, cursor.id));
        // Ascending by update, `since` is a place in the index and nothing has to be skipped.
        if let (Some(since), Sort::Updated, Direction::Ascending) = (self.since, self.sort, direction) {
            place = place.max(Some((since - 1, u64::MAX)));
        }
        let is_descending_by_update = self.sort == Sort::Updated && direction == Direction::Descending;
        let since = self.since;
        let entries = repository.orders.walk(self.sort, direction, self.state, place);
        entries
            .take_while(move |entry| !is_descending_by_update || since.is_none_or(|since| entry.0 >= since))
            .filter(move |entry| self.admits(world, repository, entry))
    }

    fn admits(&self, world: &World, repository: &Repository, entry: &Entry) -> bool {
        if self.filter.is_empty() && (self.since.is_none() || self.sort == Sort::Updated) {
            return true;
        }
        let Some(issue) = repository.issues.get(&entry.2) else {
            return false;
        };
        self.since.is_none_or(|since| issue.updated_at >= since) && self.filter.admits(world, repository, issue)
    }

    fn link(&self, repository: &Repository, question: &Question, entries: &[Entry], has_more: bool) -> Option<String> {
        let page = question.page();
        let address = |name: &str, entry: &Entry, number: usize| {
            let cursor = Cursor { sort: self.sort, key: entry.0, id: entry.1 }.encode();
            let number = number.to_string();
            let query = question.query_with(&["after", "before", "page"], &[(name, &cursor), ("page", &number)]);
            format!("<{}/repositories/{}/issues?{query}>", question.base, repository.id)
        };
        let mut links = Vec::new();
        if let (Some(last), true) = (entries.last(), has_more) {
            links.push(format!("{}; rel=\"next\"", address("after", last, page + 1)));
        }
        if let (Some(first), true) = (entries.first(), page > 1) {
            links.push(format!("{}; rel=\"prev\"", address("before", first, page - 1)));
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}
