//! Repository objects.

use std::fmt::Write as _;

use serde_json::Value;

use super::{API, SITE, time_text};
use crate::render::user::Users;
use crate::world::World;
use crate::world::figures::Figures;
use crate::world::repository::{Access, Repository};

const TEMPLATES: [(&str, &str); 36] = [
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
];

/// A repository as its own path answers (`is_full`) or as lists hold it. `can_push` is null without a token.
pub(crate) fn repository_json(world: &World, repository: &Repository, is_full: bool, can_push: Option<bool>) -> String {
    let users = &world.users;
    let figures = repository.figures(world.now().timestamp());
    let mut text = String::with_capacity(7000);
    // Writing to a String cannot fail.
    let _ = write_identity(&mut text, repository, users);
    let _ = write_times(&mut text, repository);
    let _ = write_numbers(&mut text, repository, &figures);
    if let Some(can_push) = can_push {
        let _ = write!(
            text,
            ",\"permissions\":{{\"admin\":false,\"maintain\":false,\"push\":{can_push},\"triage\":{can_push},\"pull\":true}}"
        );
    }
    if is_full {
        let Figures { forks, subscribers, .. } = figures;
        let _ =
            write!(text, ",\"temp_clone_token\":\"\",\"network_count\":{forks},\"subscribers_count\":{subscribers}");
        if users.kind(&repository.owner) == "Organization" {
            let owner = users.find(&repository.owner).unwrap_or("null");
            let _ = write!(text, ",\"organization\":{owner}");
        }
    }
    text.push('}');
    text
}

/// A repository as it stands in the hits of a code search.
pub(crate) fn minimal_json(repository: &Repository, users: &Users) -> String {
    let mut text = String::with_capacity(5000);
    // Writing to a String cannot fail.
    let _ = write_identity(&mut text, repository, users);
    text.push('}');
    text
}

/// GraphQL's id of a repository.
pub(crate) fn node_id(repository: &Repository) -> String {
    format!("R_kgDO{}", repository.id)
}

fn write_identity(text: &mut String, repository: &Repository, users: &Users) -> std::fmt::Result {
    let (id, owner, name) = (repository.id, &repository.owner, &repository.name);
    let owner_json = users.find(owner).unwrap_or("null");
    let (visibility, node_id) = (repository.is_private, node_id(repository));
    let is_fork = repository.is_fork;
    write!(
        text,
        "{{\"id\":{id},\"node_id\":\"{node_id}\",\"name\":\"{name}\",\"full_name\":\"{owner}/{name}\",\
         \"private\":{visibility},\"owner\":{owner_json},\"html_url\":\"{SITE}/{owner}/{name}\",\
         \"description\":{description},\"fork\":{is_fork},\"url\":\"{API}/repos/{owner}/{name}\"",
        description = Value::from(repository.description().as_deref()),
    )?;
    for (key, end) in TEMPLATES {
        write!(text, ",\"{key}\":\"{API}/repos/{owner}/{name}{end}\"")?;
    }
    Ok(())
}

fn write_times(text: &mut String, repository: &Repository) -> std::fmt::Result {
    let (owner, name) = (&repository.owner, &repository.name);
    write!(
        text,
        ",\"created_at\":\"{}\",\"updated_at\":\"{}\",\"pushed_at\":{pushed_at},\
         \"git_url\":\"git://github.com/{owner}/{name}.git\",\"ssh_url\":\"git@github.com:{owner}/{name}.git\",\
         \"clone_url\":\"{SITE}/{owner}/{name}.git\",\"svn_url\":\"{SITE}/{owner}/{name}\",\"homepage\":null",
        time_text(repository.created_at),
        time_text(repository.updated_at()),
        pushed_at = Value::from(repository.pushed_at().map(time_text)),
    )
}

fn write_numbers(text: &mut String, repository: &Repository, figures: &Figures) -> std::fmt::Result {
    let Figures { stars, forks, size, .. } = figures;
    let is_archived = repository.is_archived;
    let open = repository.open_issue_count();
    let has_issues = repository.access != Access::IssuesDisabled;
    let visibility = if repository.is_private { "private" } else { "public" };
    write!(
        text,
        ",\"size\":{size},\"stargazers_count\":{stars},\"watchers_count\":{stars},\"language\":{language},\
         \"has_issues\":{has_issues},\"has_projects\":true,\"has_downloads\":true,\"has_wiki\":true,\
         \"has_pages\":false,\"has_discussions\":false,\"forks_count\":{forks},\"mirror_url\":null,\
         \"archived\":{is_archived},\"disabled\":false,\"open_issues_count\":{open},\"license\":null,\
         \"allow_forking\":true,\"is_template\":false,\"web_commit_signoff_required\":false,\"topics\":{topics},\
         \"visibility\":\"{visibility}\",\"forks\":{forks},\"open_issues\":{open},\"watchers\":{stars},\
         \"default_branch\":{branch}",
        language = Value::from(repository.language()),
        topics = Value::from(repository.topics()),
        branch = Value::from(repository.branch.name()),
    )
}
