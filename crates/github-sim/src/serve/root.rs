//! What the API's own address answers: templates of other addresses.

use super::answer::Answer;
use super::request::{Call, DEFAULT_VERSION};
use crate::render::{API, SITE};

/// Key and template under the API, in GitHub's order.
const TEMPLATES: [(&str, &str); 32] = [
    ("current_user_url", "/user"),
    ("authorizations_url", "/authorizations"),
    ("code_search_url", "/search/code?q={query}{&page,per_page,sort,order}"),
    ("commit_search_url", "/search/commits?q={query}{&page,per_page,sort,order}"),
    ("emails_url", "/user/emails"),
    ("emojis_url", "/emojis"),
    ("events_url", "/events"),
    ("feeds_url", "/feeds"),
    ("followers_url", "/user/followers"),
    ("following_url", "/user/following{/target}"),
    ("gists_url", "/gists{/gist_id}"),
    ("hub_url", "/hub"),
    ("issue_search_url", "/search/issues?q={query}{&page,per_page,sort,order}"),
    ("issues_url", "/issues"),
    ("keys_url", "/user/keys"),
    ("label_search_url", "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}"),
    ("notifications_url", "/notifications"),
    ("organization_url", "/orgs/{org}"),
    ("organization_repositories_url", "/orgs/{org}/repos{?type,page,per_page,sort}"),
    ("organization_teams_url", "/orgs/{org}/teams"),
    ("public_gists_url", "/gists/public"),
    ("rate_limit_url", "/rate_limit"),
    ("repository_url", "/repos/{owner}/{repo}"),
    ("repository_search_url", "/search/repositories?q={query}{&page,per_page,sort,order}"),
    ("current_user_repositories_url", "/user/repos{?type,page,per_page,sort}"),
    ("starred_url", "/user/starred{/owner}{/repo}"),
    ("starred_gists_url", "/gists/starred"),
    ("topic_search_url", "/search/topics?q={query}{&page,per_page}"),
    ("user_url", "/users/{user}"),
    ("user_organizations_url", "/user/orgs"),
    ("user_repositories_url", "/users/{user}/repos{?type,page,per_page,sort}"),
    ("user_search_url", "/search/users?q={query}{&page,per_page,sort,order}"),
];
/// Newer API versions do not name these any more.
const NAMED_BY_THE_FIRST_VERSION: [&str; 2] = ["authorizations_url", "hub_url"];

/// `GET /`
pub(crate) fn addresses(call: Call<'_>) -> Answer {
    let is_first = call.question.api_version() == DEFAULT_VERSION;
    let named = TEMPLATES.iter().filter(|(key, _)| is_first || !NAMED_BY_THE_FIRST_VERSION.contains(key));
    let mut body = format!(
        "{{\"current_user_authorizations_html_url\":\"{SITE}/settings/connections/applications{{/client_id}}\""
    );
    for (key, template) in named {
        body.push_str(&format!(",\"{key}\":\"{API}{template}\""));
    }
    body.push('}');
    Answer::json(call.question, body)
}
