//! The default branch with its commits, folders and files.

use std::rc::Rc;

use serde_json::{Value, json};

use super::page::{Bounds, Page, PageKind};
use super::person::Person;
use super::{Answer, Arguments, Context, Object, Resolved};
use crate::graphql::QueryError;
use crate::serve::{commits, contents};
use crate::world::Repository;
use crate::world::git::{Author, Commit, Entry, Oid, is_binary};
use crate::world::shape::seconds;

/// `Blob.text` ends here, as github.com's does; larger blobs are not looked at for being binary either.
const LONGEST_TEXT: usize = 512_000;
/// What GitHub says where it fails at a part of a query.
const WITHHELD: &str = "Something went wrong while executing your query.";
/// Digits of an abbreviated id.
const SHORT: usize = 7;

/// Something of Git in a repository.
#[derive(Clone)]
pub(crate) enum GitView<'w> {
    /// The default branch.
    Branch(&'w Repository),
    Commit(&'w Repository, &'w Commit),
    /// Who wrote a commit.
    Actor(&'w Commit),
    /// A folder by its path.
    Tree(&'w Repository, Rc<str>),
    Entry(&'w Repository, Rc<Entry>),
    Blob(&'w Repository, Oid),
}

/// `Repository.object`: what an id or an expression such as `HEAD:folder/file` names, if it is there
pub(crate) fn find<'w>(found: &'w Repository, arguments: &Arguments<'_>) -> Answer<'w> {
    let view = match (arguments.text("oid"), arguments.text("expression")) {
        (Some(oid), _) => Oid::parse(oid).and_then(|oid| by_oid(found, oid)),
        (None, Some(expression)) => by_expression(found, expression),
        (None, None) => None,
    };
    match view {
        Some(GitView::Blob(_, oid)) if found.branch.withholds(oid) => Err(QueryError::new(WITHHELD)),
        Some(view) => Ok(Resolved::Object(Object::Git(view))),
        None => Ok(Resolved::Null),
    }
}

/// `Repository.defaultBranchRef`, which an empty repository lacks
pub(crate) fn default_branch(found: &Repository) -> Resolved<'_> {
    match found.branch.is_empty() {
        true => Resolved::Null,
        false => Resolved::Object(Object::Git(GitView::Branch(found))),
    }
}

fn by_oid(found: &Repository, oid: Oid) -> Option<GitView<'_>> {
    if found.branch.blob(oid).is_some() {
        return Some(GitView::Blob(found, oid));
    }
    let commit = found.branch.commits().iter().find(|commit| commit.oid == oid);
    let tree = || found.branch.folder_of_tree(oid).filter(|_| !found.branch.is_empty());
    match commit {
        Some(commit) => Some(GitView::Commit(found, commit)),
        None => tree().map(|path| GitView::Tree(found, path.into())),
    }
}

fn by_expression<'w>(found: &'w Repository, expression: &str) -> Option<GitView<'w>> {
    let head = found.branch.head()?;
    let Some((commit, path)) = expression.split_once(':') else {
        return match found.branch.is_head(expression) {
            true => Some(GitView::Commit(found, head)),
            false => by_oid(found, Oid::parse(expression)?),
        };
    };
    if !found.branch.is_head(commit) {
        return None;
    }
    let path = path.trim_end_matches('/');
    match found.branch.file(path) {
        Some(oid) => Some(GitView::Blob(found, oid)),
        None => found.branch.folder(path).map(|_| GitView::Tree(found, path.into())),
    }
}

impl<'w> GitView<'w> {
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Branch(_) => "Ref",
            Self::Commit(..) => "Commit",
            Self::Actor(_) => "GitActor",
            Self::Tree(..) => "Tree",
            Self::Entry(..) => "TreeEntry",
            Self::Blob(..) => "Blob",
        }
    }

    pub(crate) fn field(&self, context: &Context<'w>, field: &str, arguments: &Arguments<'_>) -> Answer<'w> {
        match self {
            Self::Branch(found) => Ok(branch(found, field)),
            Self::Commit(found, commit) if field == "history" => history(context, found, commit, arguments),
            Self::Commit(found, commit) => Ok(commit_field(found, commit, field)),
            Self::Actor(commit) => Ok(actor(context, commit, field)),
            Self::Tree(found, path) => Ok(tree(found, path, field)),
            Self::Entry(found, entry) => Ok(tree_entry(found, entry, field)),
            Self::Blob(found, oid) => Ok(Resolved::Leaf(blob(found, *oid, field))),
        }
    }
}

fn branch<'w>(found: &'w Repository, field: &str) -> Resolved<'w> {
    let name = found.branch.name();
    match (field, found.branch.head()) {
        ("target", Some(head)) => Resolved::Object(Object::Git(GitView::Commit(found, head))),
        ("id", _) => Resolved::Leaf(json!(format!("REF_kwDO{}_{name}", found.id))),
        ("name", _) => Resolved::Leaf(json!(name)),
        ("prefix", _) => Resolved::Leaf(json!("refs/heads/")),
        _ => Resolved::Null,
    }
}

fn commit_field<'w>(found: &'w Repository, commit: &'w Commit, field: &str) -> Resolved<'w> {
    Resolved::Leaf(match field {
        "author" | "committer" => return Resolved::Object(Object::Git(GitView::Actor(commit))),
        "tree" => return Resolved::Object(Object::Git(GitView::Tree(found, "".into()))),
        "id" => json!(commits::node_id(found, commit.oid)),
        "oid" => json!(commit.oid.to_string()),
        "abbreviatedOid" => json!(commit.oid.to_string().get(..SHORT)),
        "committedDate" | "authoredDate" => json!(commit.time()),
        "message" => json!(commit.message),
        "messageHeadline" => json!(commit.message.lines().next().unwrap_or_default()),
        _ => Value::Null,
    })
}

/// `Commit.history`: the commit and those before it
fn history<'w>(
    context: &Context<'w>,
    found: &'w Repository,
    commit: &'w Commit,
    arguments: &Arguments<'_>,
) -> Answer<'w> {
    let bounds = Bounds::read(PageKind::History, arguments)?;
    context.histories.borrow_mut().insert(found.id);
    let bound = |name: &str| arguments.text(name).and_then(seconds);
    let commits = commits::history(context.world, found, bound("since"), bound("until"));
    let is_before = |other: &&'w Commit| other.at <= commit.at;
    let objects = commits.into_iter().filter(is_before).map(|other| Object::Git(GitView::Commit(found, other)));
    let page = Page::cut(PageKind::History, bounds, arguments, (0..).zip(objects).collect())?;
    context.serve(page.items.len());
    Ok(Resolved::Object(Object::Page(Rc::new(page))))
}

/// Who wrote a commit. `user` is a person: that of an App is null.
fn actor<'w>(context: &Context<'w>, commit: &'w Commit, field: &str) -> Resolved<'w> {
    let Author { name, email, user } = &commit.author;
    match field {
        "user" => match context.person(*user).filter(|person: &Rc<Person>| person.type_name == "User") {
            Some(person) => Resolved::Object(Object::Person(person)),
            None => Resolved::Null,
        },
        "name" => Resolved::Leaf(json!(name)),
        "email" => Resolved::Leaf(json!(email)),
        "date" => Resolved::Leaf(json!(commit.time())),
        _ => Resolved::Null,
    }
}

fn tree<'w>(found: &'w Repository, path: &str, field: &str) -> Resolved<'w> {
    let oid = || found.branch.tree(path).unwrap_or(Oid::of("tree", b"")).to_string();
    Resolved::Leaf(match field {
        "entries" => {
            let entries = found.branch.folder(path).unwrap_or_default().into_iter();
            let view = |entry| Ok(Object::Git(GitView::Entry(found, Rc::new(entry))));
            return Resolved::Objects(entries.map(view).collect());
        }
        "id" => json!(format!("T_kwDO{}_{}", found.id, oid())),
        "oid" => json!(oid()),
        "abbreviatedOid" => json!(oid().get(..SHORT)),
        _ => Value::Null,
    })
}

fn tree_entry<'w>(found: &'w Repository, entry: &Entry, field: &str) -> Resolved<'w> {
    Resolved::Leaf(match field {
        "object" if entry.is_folder => {
            return Resolved::Object(Object::Git(GitView::Tree(found, entry.path.as_str().into())));
        }
        "object" => return Resolved::Object(Object::Git(GitView::Blob(found, entry.oid))),
        "name" => json!(entry.name),
        "path" => json!(entry.path),
        "oid" => json!(entry.oid.to_string()),
        "type" => json!(if entry.is_folder { "tree" } else { "blob" }),
        "mode" => json!(if entry.is_folder { 0o40_000 } else { 0o100_644 }),
        "size" => json!(found.branch.blob(entry.oid).map_or(0, |bytes| bytes.len())),
        "extension" => json!(entry.name.rsplit_once('.').map_or(String::new(), |(_, end)| format!(".{end}"))),
        _ => Value::Null,
    })
}

/// Bytes that are no UTF-8 come as replacement characters, unless there is a NUL among them.
fn blob(found: &Repository, oid: Oid, field: &str) -> Value {
    let bytes = found.branch.blob(oid).map(AsRef::as_ref).unwrap_or_default();
    let is_truncated = bytes.len() > LONGEST_TEXT;
    match field {
        "id" => json!(contents::blob_node_id(found, oid)),
        "oid" => json!(oid.to_string()),
        "abbreviatedOid" => json!(oid.to_string().get(..SHORT)),
        "byteSize" => json!(bytes.len()),
        "isBinary" if is_truncated => Value::Null,
        "isBinary" => json!(is_binary(bytes)),
        "isTruncated" => json!(is_truncated),
        "text" if is_binary(bytes) => Value::Null,
        "text" => json!(String::from_utf8_lossy(bytes.get(..LONGEST_TEXT).unwrap_or(bytes))),
        _ => Value::Null,
    }
}
