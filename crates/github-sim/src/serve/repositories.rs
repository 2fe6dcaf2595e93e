//! Repositories: finding the one a path means.

use serde_json::json;

use super::answer::Answer;
use super::request::{Call, Question};
use super::route::{Part, Target};
use super::{apps, commits, contents, events, issues, stargazers, traffic};
use crate::render::repository::repository_json;
use crate::world::{Access, Repository, World};

/// Answers every path under `/repos/{owner}/{repo}` and `/repositories/{id}`.
pub(crate) fn answer(world: &World, target: &Target, part: Part, call: Call<'_>) -> Answer {
    let found = match target {
        Target::Id(id) => world.repositories.get(id),
        Target::Name(name) => match world.resolve(name) {
            Some((id, true)) => world.repositories.get(&id),
            Some((id, false)) => {
                let is_seen = world.repositories.get(&id).is_some_and(|repository| call.caller.sees(repository));
                return if is_seen { moved(id, call.question) } else { Answer::not_found() };
            }
            None => None,
        },
    };
    let Some(repository) = found.filter(|repository| call.caller.sees(repository)) else {
        return Answer::not_found();
    };
    match repository.access {
        Access::Blocked => return blocked(world),
        Access::IssuesDisabled if part.is_of_issues() => {
            return Answer::error(410, "Issues are disabled for this repo");
        }
        _ => {}
    }
    match part {
        Part::Itself => single(world, repository, call),
        Part::Installation => apps::of_repository(world, repository, call),
        Part::Issues => issues::list(world, repository, call),
        Part::Issue(number) => issues::single(world, repository, number, call),
        Part::IssueEvents(number) => events::of_issue(world, repository, number, call, false),
        Part::IssueTimeline(number) => events::of_issue(world, repository, number, call, true),
        Part::Events => events::of_repository(world, repository, call),
        Part::Labels => events::labels(repository, call),
        Part::Traffic(kind) => traffic::counts(world, repository, kind, call),
        Part::Popular(kind) => traffic::popular(world, repository, kind, call),
        Part::StarCount => stargazers::count(world, repository, call),
        Part::StarHistory => stargazers::history(world, repository, call),
        Part::Contents => contents::contents(repository, call),
        Part::Readme => contents::readme(repository, call),
        Part::Blob => contents::blob(repository, call),
        Part::Commits => commits::list(world, repository, call),
        Part::Topics => Answer::json(call.question, json!({"names": repository.topics()}).to_string()),
        Part::Unknown => Answer::not_found(),
    }
}

fn single(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let can_push = call.caller.pushes_to(repository);
    Answer::json(call.question, repository_json(world, repository, true, can_push))
}

fn moved(id: u64, question: &Question) -> Answer {
    // /repos/OWNER/NAME/rest becomes /repositories/ID/rest.
    let rest: String = question.path.splitn(5, '/').nth(4).map(|rest| format!("/{rest}")).unwrap_or_default();
    let query = if question.raw_query.is_empty() { String::new() } else { format!("?{}", question.raw_query) };
    Answer::moved(format!("{}/repositories/{id}{rest}{query}", question.base))
}

fn blocked(world: &World) -> Answer {
    let body = json!({
        "message": "Repository access blocked",
        "block": {
            "reason": "dmca", "created_at": crate::render::time_text(world.now().timestamp()),
            "html_url": "https://github.com/github/dmca",
        },
    });
    Answer::of_value(451, &body)
}
