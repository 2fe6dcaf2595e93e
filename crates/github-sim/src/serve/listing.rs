//! Lists of repositories: whose, which, and in what order.

use std::cmp::Reverse;

use super::answer::{Answer, numbered_link, numbered_page};
use super::events::list;
use super::request::{Call, Question};
use crate::auth::{Caller, NOT_FOR_INTEGRATION};
use crate::render::repository::repository_json;
use crate::world::shape::seconds;
use crate::world::{Repository, World};

/// The keys that lists can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Created,
    Updated,
    FullName,
}

/// `GET /user/repos`: those a token sees, which in this world are those its owner works on
pub(crate) fn of_viewer(world: &World, call: Call<'_>) -> Answer {
    let token = match call.caller {
        Caller::Anonymous => return Answer::error(401, "Requires authentication"),
        Caller::App => return Answer::error(403, NOT_FOR_INTEGRATION),
        Caller::Token(token) if token.text.starts_with("ghs_") => return Answer::error(403, NOT_FOR_INTEGRATION),
        Caller::Token(token) => token,
    };
    let parameter = |name: &str| call.question.parameter(name);
    let (of_type, visibility, affiliation) = (parameter("type"), parameter("visibility"), parameter("affiliation"));
    if of_type.is_some() && (visibility.is_some() || affiliation.is_some()) {
        return Answer::error(422, "If you specify visibility or affiliation, you cannot specify type.");
    }
    let is_own = |repository: &Repository| repository.owner().eq_ignore_ascii_case(&token.login);
    let relation = |repository: &Repository| match world.users.kind(repository.owner()) {
        _ if is_own(repository) => "owner",
        "Organization" => "organization_member",
        _ => "collaborator",
    };
    let (mut relations, mut wanted) = (affiliation.unwrap_or(EVERYBODY), visibility.unwrap_or("all"));
    match of_type {
        None | Some("all") => {}
        Some("owner") => relations = "owner",
        Some("member") => relations = "collaborator,organization_member",
        Some(either @ ("public" | "private")) => wanted = either,
        Some(_) => return Answer::invalid("type"),
    }
    if !relations.split(',').all(|one| EVERYBODY.split(',').any(|known| known == one.trim())) {
        return Answer::invalid("affiliation");
    }
    if !["all", "public", "private"].contains(&wanted) {
        return Answer::invalid("visibility");
    }
    let is_wanted = |repository: &Repository| {
        !repository.is_foreign
            && (wanted == "all" || repository.is_private() == (wanted == "private"))
            && relations.split(',').any(|one| one.trim() == relation(repository))
    };
    listed(world, call, "/user/repos", Sort::FullName, is_wanted)
}

/// The ways in which somebody has to do with a repository.
const EVERYBODY: &str = "owner,collaborator,organization_member";

/// `GET /orgs/{org}/repos`
pub(crate) fn of_organization(world: &World, owner: &str, call: Call<'_>) -> Answer {
    if world.users.find(owner).is_none() || world.users.kind(owner) != "Organization" {
        return Answer::not_found();
    }
    let of_type: fn(&Repository) -> bool = match call.question.parameter("type") {
        None | Some("all" | "member") => |_| true,
        Some("public") => |repository| !repository.is_private(),
        Some("private") => Repository::is_private,
        Some("forks") => Repository::is_fork,
        Some("sources") => |repository| !repository.is_fork(),
        Some(_) => return Answer::invalid("type"),
    };
    let is_wanted = |repository: &Repository| repository.owner().eq_ignore_ascii_case(owner) && of_type(repository);
    listed(world, call, &format!("/orgs/{owner}/repos"), Sort::Created, is_wanted)
}

/// `GET /users/{username}/repos`: public ones, whoever asks
pub(crate) fn of_user(world: &World, owner: &str, call: Call<'_>) -> Answer {
    if world.users.find(owner).is_none() {
        return Answer::not_found();
    }
    let is_member = match call.question.parameter("type") {
        None | Some("all" | "owner") => false,
        Some("member") => true,
        Some(_) => return Answer::invalid("type"),
    };
    let is_wanted = |repository: &Repository| {
        // Nobody works on the repositories of other people.
        !is_member && repository.owner().eq_ignore_ascii_case(owner) && !repository.is_private()
    };
    listed(world, call, &format!("/users/{owner}/repos"), Sort::FullName, is_wanted)
}

/// `GET /installation/repositories`
pub(crate) fn of_installation(world: &World, owner: &str, call: Call<'_>) -> Answer {
    let is_own = |repository: &Repository| repository.owner().eq_ignore_ascii_case(owner);
    let count = world.repositories().filter(|repository| is_own(repository)).count();
    let (page, link) = page(world, call, "/installation/repositories", Sort::FullName, is_own);
    let mut body = format!("{{\"total_count\":{count},\"repository_selection\":\"all\",\"repositories\":").into_bytes();
    body.extend(written(world, call, page));
    body.push(b'}');
    Answer::json(call.question, body).with_link(link)
}

/// A numbered page of the repositories that a caller may see.
fn listed(
    world: &World,
    call: Call<'_>,
    path: &str,
    default_sort: Sort,
    is_wanted: impl Fn(&Repository) -> bool,
) -> Answer {
    let (page, link) = page(world, call, path, default_sort, is_wanted);
    Answer::json(call.question, written(world, call, page)).with_link(link)
}

fn written(world: &World, call: Call<'_>, page: Vec<&Repository>) -> Vec<u8> {
    list(page, |repository, bytes| {
        let can_push = call.caller.pushes_to(repository);
        bytes.extend_from_slice(repository_json(world, repository, false, can_push).as_bytes());
    })
}

fn page<'a>(
    world: &'a World,
    call: Call<'_>,
    path: &str,
    default_sort: Sort,
    is_wanted: impl Fn(&Repository) -> bool,
) -> (Vec<&'a Repository>, Option<String>) {
    let bound = |name: &str| call.question.parameter(name).and_then(seconds);
    let (since, before) = (bound("since"), bound("before"));
    let is_between = |repository: &Repository| {
        since.is_none_or(|since| repository.changed_at >= since)
            && before.is_none_or(|before| repository.changed_at < before)
    };
    let seen = world.repositories().filter(|repository| call.caller.sees(repository));
    let mut repositories: Vec<&Repository> =
        seen.filter(|repository| is_wanted(repository) && is_between(repository)).collect();
    sort(&mut repositories, call.question, default_sort);
    let link = numbered_link(call.question, path, repositories.len());
    (numbered_page(call.question, repositories), link)
}

/// Equal keys are sorted by name. Names go up unless another direction is asked for, times go down.
fn sort(repositories: &mut [&Repository], question: &Question, default: Sort) {
    let sort = match question.parameter("sort") {
        Some("created") => Sort::Created,
        Some("updated" | "pushed") => Sort::Updated,
        Some("full_name") => Sort::FullName,
        _ => default,
    };
    let is_ascending = match question.parameter("direction") {
        Some("asc") => true,
        Some("desc") => false,
        _ => sort == Sort::FullName,
    };
    repositories.sort_by_cached_key(|repository| repository.full_name().to_ascii_lowercase());
    match (sort, is_ascending) {
        (Sort::FullName, true) => {}
        (Sort::FullName, false) => repositories.reverse(),
        (Sort::Created, true) => repositories.sort_by_key(|repository| repository.created_at),
        (Sort::Created, false) => repositories.sort_by_key(|repository| Reverse(repository.created_at)),
        (Sort::Updated, true) => repositories.sort_by_key(|repository| repository.changed_at),
        (Sort::Updated, false) => repositories.sort_by_key(|repository| Reverse(repository.changed_at)),
    }
}
