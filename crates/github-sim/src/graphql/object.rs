//! What fields of objects are, read from the world.

mod event;
mod git;
mod issue;
mod issues;
mod page;
mod person;
mod repository;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use self::event::EventView;
use self::git::GitView;
use self::issue::IssueView;
use self::page::Page;
use self::person::Person;
use self::repository::Word;
use super::LONGEST_PAGE;
use super::error::QueryError;
use crate::auth::Caller;
use crate::limits::Standing;
use crate::render::label::LabelFacts;
use crate::render::time_text;
use crate::render::user::user_json;
use crate::world::event::NOBODY;
use crate::world::figures::Figures;
use crate::world::{Access, Repository, World};

/// What a query is answered from.
pub(crate) struct Context<'w> {
    world: &'w World,
    caller: &'w Caller,
    rate: RateFacts,
    people: RefCell<HashMap<u32, Option<Rc<Person>>>>,
    served: Cell<u64>,
    /// The repositories whose commits were walked.
    histories: RefCell<BTreeSet<u64>>,
}

/// What `rateLimit` tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateFacts {
    pub(crate) standing: Standing,
    pub(crate) cost: u64,
    pub(crate) nodes: u64,
}

/// A field's arguments, and the fields that are asked of what it gives.
pub(crate) struct Arguments<'a> {
    pub(crate) values: Map<String, Value>,
    pub(crate) wanted: Vec<&'a str>,
}

#[derive(Clone)]
pub(crate) enum Object<'w> {
    Query,
    RateLimit,
    Person(Rc<Person>),
    Repository(&'w Repository),
    Issue(Rc<IssueView<'w>>),
    Event(Rc<EventView<'w>>),
    Label(Rc<LabelFacts>),
    /// By its address.
    Discussion(String),
    Git(GitView<'w>),
    Word(Word<'w>),
    Page(Rc<Page<'w>>),
    Edge(Rc<Page<'w>>, usize),
    PageInfo(Rc<Page<'w>>),
}

/// What a field gives.
pub(crate) enum Resolved<'w> {
    Null,
    Leaf(Value),
    Object(Object<'w>),
    Objects(Vec<Found<'w>>),
}

/// An item of a list, or why there is none.
pub(crate) type Found<'w> = Result<Object<'w>, QueryError>;

type Answer<'w> = Result<Resolved<'w>, QueryError>;

impl<'w> Context<'w> {
    pub(crate) fn new(world: &'w World, caller: &'w Caller, rate: RateFacts) -> Self {
        Self { world, caller, rate, people: RefCell::default(), served: Cell::new(0), histories: RefCell::default() }
    }

    /// How many items of connections and of `nodes` were served.
    pub(crate) fn served(&self) -> u64 {
        self.served.get()
    }

    /// How many repositories were asked for their commits.
    pub(crate) fn histories(&self) -> usize {
        self.histories.borrow().len()
    }

    fn serve(&self, count: usize) {
        self.served.set(self.served.get() + count as u64);
    }

    fn figures(&self, repository: &Repository) -> Figures {
        repository.figures(self.world.now().timestamp())
    }

    /// A user by index; each is read once for a query.
    fn person(&self, index: u32) -> Option<Rc<Person>> {
        if index == NOBODY {
            return None;
        }
        let read = || Person::read(&self.world.users.json(index).parse().ok()?).map(Rc::new);
        self.people.borrow_mut().entry(index).or_insert_with(read).clone()
    }
}

impl Arguments<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.values.get(name).and_then(Value::as_i64)
    }

    /// The words of a list, `None` where there is none.
    fn words(&self, name: &str) -> Option<Vec<&str>> {
        let list = self.values.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).collect())
    }

    fn wants(&self, field: &str) -> bool {
        self.wanted.contains(&field)
    }
}

impl<'w> Object<'w> {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Query => "Query",
            Self::RateLimit => "RateLimit",
            Self::Person(person) => person.type_name,
            Self::Repository(_) => "Repository",
            Self::Issue(issue) => issue.type_name(),
            Self::Event(event) => event.type_name(),
            Self::Label(_) => "Label",
            Self::Discussion(_) => "Discussion",
            Self::Git(view) => view.type_name(),
            Self::Word(word) => word.type_name(),
            Self::Page(page) => page.kind.connection(),
            Self::Edge(page, _) => page.kind.edge(),
            Self::PageInfo(_) => "PageInfo",
        }
    }

    /// A field of the object.
    ///
    /// # Errors
    /// What GitHub would say in `errors`; the field is null then.
    pub(crate) fn resolve(&self, context: &Context<'w>, field: &str, arguments: &Arguments<'_>) -> Answer<'w> {
        match self {
            Self::Query => query(context, field, arguments),
            Self::RateLimit => Ok(rate_limit(context.rate, field)),
            Self::Person(person) => Ok(person.field(field)),
            Self::Repository(found) => repository::field(context, found, field, arguments),
            Self::Issue(issue) => issue.field(context, field, arguments),
            Self::Event(event) => Ok(event.field(context, field)),
            Self::Label(label) => Ok(Resolved::Leaf(match field {
                "id" => json!(label.node_id),
                "name" => json!(label.name),
                "color" => json!(label.color),
                _ => Value::Null,
            })),
            Self::Discussion(address) => Ok(Resolved::Leaf(json!(address))),
            Self::Git(view) => view.field(context, field, arguments),
            Self::Word(word) => Ok(word.field(field)),
            Self::Page(page) => Ok(Page::field(page, field)),
            Self::Edge(page, index) => Ok(page.edge(*index, field)),
            Self::PageInfo(page) => Ok(page.info(field)),
        }
    }
}

fn query<'w>(context: &Context<'w>, field: &str, arguments: &Arguments<'_>) -> Answer<'w> {
    match field {
        "rateLimit" => Ok(Resolved::Object(Object::RateLimit)),
        "viewer" => Ok(Resolved::Object(Object::Person(Rc::new(viewer(context))))),
        "repository" => by_name(context, arguments).map(|found| Resolved::Object(Object::Repository(found))),
        "node" => by_node(context, arguments.text("id").unwrap_or_default()).map(Resolved::Object),
        "nodes" => {
            let ids = arguments.words("ids").unwrap_or_default();
            if ids.len() as u64 > LONGEST_PAGE {
                let message =
                    format!("You may not provide more than {LONGEST_PAGE} node ids; you provided {}.", ids.len());
                return Err(QueryError::of("ARGUMENT_LIMIT", message));
            }
            context.serve(ids.len());
            Ok(Resolved::Objects(ids.into_iter().map(|id| by_node(context, id)).collect()))
        }
        _ => Ok(Resolved::Null),
    }
}

fn viewer(context: &Context<'_>) -> Person {
    let login = context.caller.token().map_or("sim-user", |token| token.login.as_str());
    let made = || user_json(login, 49_000_000, "User");
    let user = context.world.users.find(login).map_or_else(made, str::to_owned);
    user.parse().ok().as_ref().and_then(Person::read).unwrap_or_else(|| Person::nobody(login))
}

// Former names lead to the repository, as REST's 301 does.
fn by_name<'w>(context: &Context<'w>, arguments: &Arguments<'_>) -> Result<&'w Repository, QueryError> {
    let (owner, name) = (arguments.text("owner").unwrap_or_default(), arguments.text("name").unwrap_or_default());
    let full_name = format!("{owner}/{name}");
    let follows = arguments.values.get("followRenames") != Some(&json!(false));
    let resolved = context.world.resolve(&full_name).filter(|(_, is_current)| *is_current || follows);
    let found = resolved.and_then(|(id, _)| context.world.repositories.get(&id));
    let found = found.filter(|found| context.caller.sees(found));
    let message = || format!("Could not resolve to a Repository with the name '{full_name}'.");
    open(found.ok_or_else(|| QueryError::not_found(message()))?)
}

fn by_node<'w>(context: &Context<'w>, id: &str) -> Found<'w> {
    let missing = || QueryError::not_found(format!("Could not resolve to a node with the global id of '{id}'."));
    if let Some(found) = context.world.repository_by_node(id).filter(|found| context.caller.sees(found)) {
        return open(found).map(Object::Repository);
    }
    let (found, issue) = context.world.issue_by_node(id).ok_or_else(missing)?;
    if !context.caller.sees(found) || (found.access == Access::IssuesDisabled && !issue.is_pull_request) {
        return Err(missing());
    }
    open(found).map(|found| Object::Issue(Rc::new(IssueView::new(found, issue))))
}

fn open(found: &Repository) -> Result<&Repository, QueryError> {
    match found.access {
        Access::Blocked => Err(QueryError::of("FORBIDDEN", "Repository access blocked")),
        _ => Ok(found),
    }
}

fn rate_limit<'w>(rate: RateFacts, field: &str) -> Resolved<'w> {
    let standing = rate.standing;
    Resolved::Leaf(match field {
        "cost" => json!(rate.cost),
        "nodeCount" => json!(rate.nodes),
        "limit" => json!(standing.limit),
        "remaining" => json!(standing.remaining()),
        "used" => json!(standing.used),
        "resetAt" => json!(time_text(standing.reset)),
        _ => Value::Null,
    })
}

/// GraphQL's `Int` has 32 bits; ids beyond them are null, and `fullDatabaseId` has them as text.
fn int(id: u64) -> Value {
    i32::try_from(id).map_or(Value::Null, Value::from)
}
