//! Which endpoint a path means.

use http::Method;

use super::request::Question;
use crate::limits::Bucket;
use crate::world::{PopularKind, TrafficKind};

/// An endpoint of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Root,
    RateLimit,
    Viewer,
    ViewerRepositories,
    User(String),
    OwnerRepositories { owner: String, is_organization: bool },
    App,
    Installations,
    Installation(u64),
    AccessTokens(u64),
    InstallationRepositories,
    Graphql,
    SearchRepositories,
    SearchCode,
    Repository { target: Target, part: Part },
    Unknown,
}

/// A repository as it is named in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Name(String),
    Id(u64),
}

/// What of a repository is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Itself,
    Installation,
    Issues,
    Issue(u32),
    IssueEvents(u32),
    IssueTimeline(u32),
    Events,
    Labels,
    Traffic(TrafficKind),
    Popular(PopularKind),
    StarCount,
    StarHistory,
    Contents,
    Readme,
    Blob,
    Commits,
    Topics,
    Unknown,
}

impl Route {
    pub(crate) fn find(question: &Question) -> Self {
        let segments: Vec<&str> = question.segments.iter().map(String::as_str).collect();
        // GitHub does not know a path with a slash at its end, but for the root of the contents.
        if segments.last().is_some_and(|last| *last != "contents") && question.path.ends_with('/') {
            return Self::Unknown;
        }
        let is_post = question.method == Method::POST;
        if let ["app", "installations", id, "access_tokens"] = segments.as_slice() {
            return match id.parse() {
                Ok(id) if is_post => Self::AccessTokens(id),
                _ => Self::Unknown,
            };
        }
        if is_post && question.is_graphql() {
            return Self::Graphql;
        }
        if !question.is_read() {
            return Self::Unknown;
        }
        match segments.as_slice() {
            [] => Self::Root,
            ["rate_limit"] => Self::RateLimit,
            ["user"] => Self::Viewer,
            ["user", "repos"] => Self::ViewerRepositories,
            ["users", login] => Self::User((*login).to_owned()),
            ["users", owner, "repos"] => Self::OwnerRepositories { owner: (*owner).to_owned(), is_organization: false },
            ["orgs", owner, "repos"] => Self::OwnerRepositories { owner: (*owner).to_owned(), is_organization: true },
            ["app"] => Self::App,
            ["app", "installations"] => Self::Installations,
            ["app", "installations", id] => id.parse().map_or(Self::Unknown, Self::Installation),
            ["search", "repositories"] => Self::SearchRepositories,
            ["search", "code"] => Self::SearchCode,
            ["installation", "repositories"] => Self::InstallationRepositories,
            ["repos", owner, name, rest @ ..] => {
                Self::Repository { target: Target::Name(format!("{owner}/{name}")), part: Part::find(rest) }
            }
            ["repositories", id, rest @ ..] => id
                .parse()
                .map_or(Self::Unknown, |id| Self::Repository { target: Target::Id(id), part: Part::find(rest) }),
            _ => Self::Unknown,
        }
    }

    /// Whose quota a request spends.
    pub(crate) fn bucket(&self) -> Bucket {
        match self {
            Self::Graphql => Bucket::Graphql,
            Self::SearchRepositories => Bucket::Search,
            Self::SearchCode => Bucket::CodeSearch,
            _ => Bucket::Core,
        }
    }

    /// The endpoint with its variables named, as it is counted and as faults name it.
    pub(crate) fn template(&self) -> &'static str {
        match self {
            Self::Root => "/",
            Self::RateLimit => "/rate_limit",
            Self::Viewer => "/user",
            Self::ViewerRepositories => "/user/repos",
            Self::User(_) => "/users/{username}",
            Self::OwnerRepositories { is_organization: false, .. } => "/users/{username}/repos",
            Self::OwnerRepositories { is_organization: true, .. } => "/orgs/{org}/repos",
            Self::App => "/app",
            Self::Installations => "/app/installations",
            Self::Installation(_) => "/app/installations/{installation_id}",
            Self::AccessTokens(_) => "/app/installations/{installation_id}/access_tokens",
            Self::InstallationRepositories => "/installation/repositories",
            Self::Graphql => "/graphql",
            Self::SearchRepositories => "/search/repositories",
            Self::SearchCode => "/search/code",
            Self::Repository { target: Target::Name(_), part } => part.templates().0,
            Self::Repository { target: Target::Id(_), part } => part.templates().1,
            Self::Unknown => "(unknown)",
        }
    }
}

impl Part {
    fn find(rest: &[&str]) -> Self {
        let number = |text: &str, part: fn(u32) -> Self| text.parse().map_or(Self::Unknown, part);
        match rest {
            [] => Self::Itself,
            ["installation"] => Self::Installation,
            ["issues"] => Self::Issues,
            ["issues", "events"] => Self::Events,
            ["issues", text] => number(text, Self::Issue),
            ["issues", text, "events"] => number(text, Self::IssueEvents),
            ["issues", text, "timeline"] => number(text, Self::IssueTimeline),
            ["labels"] => Self::Labels,
            ["traffic", "views"] => Self::Traffic(TrafficKind::Views),
            ["traffic", "clones"] => Self::Traffic(TrafficKind::Clones),
            ["traffic", "popular", "referrers"] => Self::Popular(PopularKind::Referrers),
            ["traffic", "popular", "paths"] => Self::Popular(PopularKind::Paths),
            ["stargazers", "count"] => Self::StarCount,
            ["stargazers", "history"] => Self::StarHistory,
            ["contents", ..] => Self::Contents,
            ["readme"] => Self::Readme,
            ["git", "blobs", _] => Self::Blob,
            ["commits"] => Self::Commits,
            ["topics"] => Self::Topics,
            _ => Self::Unknown,
        }
    }

    fn templates(self) -> (&'static str, &'static str) {
        match self {
            Self::Itself => ("/repos/{owner}/{repo}", "/repositories/{id}"),
            Self::Installation => ("/repos/{owner}/{repo}/installation", "/repositories/{id}/installation"),
            Self::Issues => ("/repos/{owner}/{repo}/issues", "/repositories/{id}/issues"),
            Self::Issue(_) => {
                ("/repos/{owner}/{repo}/issues/{issue_number}", "/repositories/{id}/issues/{issue_number}")
            }
            Self::IssueEvents(_) => (
                "/repos/{owner}/{repo}/issues/{issue_number}/events",
                "/repositories/{id}/issues/{issue_number}/events",
            ),
            Self::IssueTimeline(_) => (
                "/repos/{owner}/{repo}/issues/{issue_number}/timeline",
                "/repositories/{id}/issues/{issue_number}/timeline",
            ),
            Self::Events => ("/repos/{owner}/{repo}/issues/events", "/repositories/{id}/issues/events"),
            Self::Labels => ("/repos/{owner}/{repo}/labels", "/repositories/{id}/labels"),
            Self::Traffic(TrafficKind::Views) => {
                ("/repos/{owner}/{repo}/traffic/views", "/repositories/{id}/traffic/views")
            }
            Self::Traffic(TrafficKind::Clones) => {
                ("/repos/{owner}/{repo}/traffic/clones", "/repositories/{id}/traffic/clones")
            }
            Self::Popular(PopularKind::Referrers) => {
                ("/repos/{owner}/{repo}/traffic/popular/referrers", "/repositories/{id}/traffic/popular/referrers")
            }
            Self::Popular(PopularKind::Paths) => {
                ("/repos/{owner}/{repo}/traffic/popular/paths", "/repositories/{id}/traffic/popular/paths")
            }
            Self::StarCount => ("/repos/{owner}/{repo}/stargazers/count", "/repositories/{id}/stargazers/count"),
            Self::StarHistory => ("/repos/{owner}/{repo}/stargazers/history", "/repositories/{id}/stargazers/history"),
            Self::Contents => ("/repos/{owner}/{repo}/contents/{path}", "/repositories/{id}/contents/{path}"),
            Self::Readme => ("/repos/{owner}/{repo}/readme", "/repositories/{id}/readme"),
            Self::Blob => ("/repos/{owner}/{repo}/git/blobs/{file_sha}", "/repositories/{id}/git/blobs/{file_sha}"),
            Self::Commits => ("/repos/{owner}/{repo}/commits", "/repositories/{id}/commits"),
            Self::Topics => ("/repos/{owner}/{repo}/topics", "/repositories/{id}/topics"),
            Self::Unknown => ("/repos/{owner}/{repo}/(unknown)", "/repositories/{id}/(unknown)"),
        }
    }

    /// Whether it belongs to the issues, which a repository can turn off.
    pub(crate) fn is_of_issues(self) -> bool {
        matches!(self, Self::Issues | Self::Issue(_) | Self::IssueEvents(_) | Self::IssueTimeline(_) | Self::Events)
    }
}
