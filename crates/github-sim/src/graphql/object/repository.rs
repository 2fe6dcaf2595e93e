//! A repository, with its language and topics.

use std::rc::Rc;

use serde_json::{Value, json};

use super::page::{Bounds, Page, PageKind};
use super::person::Person;
use super::{Answer, Arguments, Context, Object, Resolved, git, int, issues};
use crate::render::repository::node_id;
use crate::render::user::user_json;
use crate::render::{SITE, time_text};
use crate::world::shape::content_hash;
use crate::world::{Access, Repository};

/// A word that many repositories bear.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word<'w> {
    Language(&'w str),
    Topic(&'w str),
    /// That this repository has the topic.
    RepositoryTopic(&'w Repository, &'w str),
}

/// A field of a repository.
pub(crate) fn field<'w>(
    context: &Context<'w>,
    found: &'w Repository,
    field: &str,
    arguments: &Arguments<'_>,
) -> Answer<'w> {
    let leaf = match field {
        "issues" | "pullRequests" => return issues::page(context, found, field == "pullRequests", arguments),
        "issue" | "pullRequest" | "issueOrPullRequest" => return issues::single(found, field, arguments),
        "watchers" => {
            let total = context.figures(found).subscribers;
            return Page::counted(PageKind::Watchers, arguments, usize::try_from(total).unwrap_or(usize::MAX));
        }
        "owner" => return Ok(owner(context, found)),
        "primaryLanguage" => {
            let language = found.language().map(|name| Resolved::Object(Object::Word(Word::Language(name))));
            return Ok(language.unwrap_or(Resolved::Null));
        }
        "repositoryTopics" => return topics(context, found, arguments),
        "defaultBranchRef" => return Ok(git::default_branch(found)),
        "object" => return git::find(found, arguments),
        _ => plain(context, found, field),
    };
    Ok(Resolved::Leaf(leaf))
}

impl Word<'_> {
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Language(_) => "Language",
            Self::Topic(_) => "Topic",
            Self::RepositoryTopic(..) => "RepositoryTopic",
        }
    }
}

impl<'w> Word<'w> {
    pub(crate) fn field(self, field: &str) -> Resolved<'w> {
        let (prefix, name) = match self {
            Self::Language(name) => ("LA_lang", name),
            Self::Topic(name) => ("MDU6VG9waWM", name),
            Self::RepositoryTopic(_, name) if field == "topic" => {
                return Resolved::Object(Object::Word(Self::Topic(name)));
            }
            Self::RepositoryTopic(_, name) => ("RT_", name),
        };
        let hash = content_hash(name.to_lowercase().as_bytes());
        Resolved::Leaf(match (field, self) {
            ("id", Self::RepositoryTopic(found, _)) => json!(format!("{prefix}{}_{hash:x}", found.id)),
            ("id", _) => json!(format!("{prefix}{hash:x}")),
            ("name", _) => json!(name),
            ("url" | "resourcePath", _) => json!(format!("{SITE}/topics/{name}")),
            ("color", _) => json!(format!("#{:06x}", hash & 0x00ff_ffff)),
            _ => Value::Null,
        })
    }
}

fn plain(context: &Context<'_>, found: &Repository, field: &str) -> Value {
    match field {
        "id" => json!(node_id(found)),
        "databaseId" => int(found.id),
        "name" => json!(found.name),
        "nameWithOwner" => json!(found.full_name()),
        "description" => json!(found.description()),
        "url" => json!(format!("{SITE}/{}", found.full_name())),
        "createdAt" => json!(time_text(found.created_at)),
        "updatedAt" => json!(time_text(found.updated_at())),
        "pushedAt" => json!(found.pushed_at().map(time_text)),
        "isPrivate" => json!(found.is_private),
        "isArchived" => json!(found.is_archived),
        "isEmpty" => json!(found.branch.is_empty()),
        "isFork" => json!(found.is_fork),
        "hasIssuesEnabled" => json!(found.access != Access::IssuesDisabled),
        "forkCount" => json!(context.figures(found).forks),
        "stargazerCount" => json!(context.figures(found).stars),
        "diskUsage" => json!(context.figures(found).size),
        _ => Value::Null,
    }
}

fn owner<'w>(context: &Context<'w>, found: &Repository) -> Resolved<'w> {
    let known = context.world.users.find(&found.owner).map(str::to_owned);
    let user = known.unwrap_or_else(|| user_json(&found.owner, 0, context.world.users.kind(&found.owner)));
    let owner = user.parse().ok().as_ref().and_then(Person::read);
    let owner = owner.unwrap_or_else(|| Person::nobody(&found.owner));
    Resolved::Object(Object::Person(Rc::new(owner)))
}

fn topics<'w>(context: &Context<'w>, found: &'w Repository, arguments: &Arguments<'_>) -> Answer<'w> {
    let bounds = Bounds::read(PageKind::Topics, arguments)?;
    let objects = found.topics().iter().map(|name| Object::Word(Word::RepositoryTopic(found, name)));
    let page = Page::cut(PageKind::Topics, bounds, arguments, (0..).zip(objects).collect())?;
    context.serve(page.items.len());
    Ok(Resolved::Object(Object::Page(Rc::new(page))))
}
