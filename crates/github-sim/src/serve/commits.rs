//! `GET .../commits`: the history of the default branch, newest first.

use serde_json::{Value, json};

use super::answer::{Answer, numbered_link, numbered_page};
use super::request::Call;
use crate::render::{API, SITE};
use crate::world::git::{Author, Commit, Oid};
use crate::world::shape::seconds;
use crate::world::{Repository, World};

/// `GET .../commits`
pub(crate) fn list(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let question = call.question;
    if repository.branch.is_empty() {
        return Answer::error(409, "Git Repository is empty.");
    }
    if let Some(name) = ["path", "author", "committer"].into_iter().find(|name| question.parameter(name).is_some()) {
        return Answer::error(422, &format!("The simulator has no answer to {name}"));
    }
    if question.parameter("sha").is_some_and(|sha| !repository.branch.is_head(sha)) {
        return Answer::not_found();
    }
    let bound = |name: &str| question.parameter(name).map(|text| seconds(text).ok_or(name.to_owned())).transpose();
    let (since, until) = match (bound("since"), bound("until")) {
        (Ok(since), Ok(until)) => (since, until),
        _ => return Answer::error(422, "Validation Failed: since and until are RFC 3339 instants"),
    };
    let all = history(world, repository, since, until);
    let link = numbered_link(question, &format!("/repositories/{}/commits", repository.id), all.len());
    let page = numbered_page(question, all);
    let list: Vec<Value> = page.into_iter().map(|commit| commit_json(world, repository, commit)).collect();
    Answer::json(question, Value::from(list).to_string()).with_link(link)
}

/// Commits from `since` to `until`, both included, newest first; none are to come.
pub(crate) fn history<'w>(
    world: &World,
    repository: &'w Repository,
    since: Option<i64>,
    until: Option<i64>,
) -> Vec<&'w Commit> {
    let now = world.now().timestamp();
    let to = until.map_or(now, |until| until.min(now));
    let from = since.unwrap_or(i64::MIN);
    repository.branch.commits().iter().rev().filter(|commit| (from..=to).contains(&commit.at)).collect()
}

/// GraphQL's id of a commit.
pub(crate) fn node_id(repository: &Repository, oid: Oid) -> String {
    format!("C_kwDO{}_{oid}", repository.id)
}

fn commit_json(world: &World, repository: &Repository, commit: &Commit) -> Value {
    let full_name = repository.full_name();
    let Commit { oid, author, message, .. } = commit;
    let person = json!({"name": author.name, "email": author.email, "date": commit.time()});
    let tree = repository.branch.tree("").unwrap_or(Oid::of("tree", b""));
    let account = account(world, author);
    let url = format!("{API}/repos/{full_name}/commits/{oid}");
    json!({
        "sha": oid.to_string(), "node_id": node_id(repository, *oid),
        "commit": {
            "author": person, "committer": person, "message": message,
            "tree": {"sha": tree.to_string(), "url": format!("{API}/repos/{full_name}/git/trees/{tree}")},
            "url": format!("{API}/repos/{full_name}/git/commits/{oid}"), "comment_count": 0,
            "verification": {
                "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
            },
        },
        "url": url, "html_url": format!("{SITE}/{full_name}/commit/{oid}"),
        "comments_url": format!("{url}/comments"), "author": account, "committer": account,
        "parents": parents(repository, commit),
    })
}

/// The account that a commit's e-mail belongs to, which can be an App's.
fn account(world: &World, author: &Author) -> Value {
    world.users.json(author.user).parse().unwrap_or_default()
}

fn parents(repository: &Repository, commit: &Commit) -> Value {
    let commits = repository.branch.commits();
    let place = commits.iter().position(|other| other.oid == commit.oid);
    let parent = place.and_then(|place| commits.get(place.checked_sub(1)?));
    let full_name = repository.full_name();
    let json = |parent: &Commit| {
        let oid = parent.oid;
        json!({
            "sha": oid.to_string(), "url": format!("{API}/repos/{full_name}/commits/{oid}"),
            "html_url": format!("{SITE}/{full_name}/commit/{oid}"),
        })
    };
    parent.map(json).into_iter().collect()
}
