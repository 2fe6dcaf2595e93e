//! What is sent, and what an answer becomes.

use chrono::TimeDelta;
use hublake_github::{
    Auth, Client, Config, Error, ForbiddenKind, Outcome, RepoName, RepositoryOutcome, Request, Resource, TokenKind,
    ViewerOutcome,
};
use rstest::rstest;
use secrecy::SecretString;
use url::Url;

use crate::server::{Reply, Server};
use crate::{TOKEN, client, clock, config, get, page, spent, start};

const REPOSITORY: &str = r#"{"id":7,"node_id":"R_7","full_name":"new/name","private":false,"archived":true,
    "has_issues":true,"fork":false,"default_branch":"main","created_at":"2020-01-01T00:00:00Z",
    "permissions":{"admin":false,"maintain":false,"push":true,"triage":true,"pull":true},"open_issues_count":12}"#;

#[tokio::test]
async fn a_request_names_version_agent_and_token() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::new(200, "[]")).await;
    get(&client(&server, &clock), "repos/o/n/issues").await;
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/repos/o/n/issues"));
    assert_eq!(asked.header("accept"), Some("application/vnd.github+json"));
    assert_eq!(asked.header("x-github-api-version"), Some("2022-11-28"));
    assert_eq!(asked.header("user-agent"), Some(concat!("hublake/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked.header("if-none-match"), None);
}

#[tokio::test]
async fn a_page_has_its_bytes_its_link_and_its_price() {
    let clock = clock();
    let body = "[ {\"id\": 1 } ]\n";
    let reset = (start() + TimeDelta::minutes(30)).timestamp();
    let server = Server::start(&clock, move |asked| {
        let host = asked.header("host").unwrap();
        Reply::new(200, body)
            .with("etag", "W/\"abc\"")
            .with("link", format!("<http://{host}/repositories/7/issues?after=X&page=2>; rel=\"next\""))
            .rate("core", 5_000, 4_999, reset)
    })
    .await;
    let client = client(&server, &clock);
    let page = page(get(&client, "repos/o/n/issues").await);
    assert_eq!(&page.body[..], body.as_bytes());
    assert_eq!((page.status, page.etag.as_deref()), (200, Some("W/\"abc\"")));
    assert_eq!(page.next.unwrap().query(), Some("after=X&page=2"));
    assert_eq!(page.url, page.final_url);
    assert_eq!(page.fetched_at, start());
    assert_eq!(page.spent, spent(1, 0, 1));
    let rate = page.rate.unwrap();
    assert_eq!((rate.resource.clone(), rate.remaining, rate.used), (Resource::Core, 4_999, 1));
    assert_eq!(client.remaining(&Resource::Core), Some(rate));
    assert_eq!(client.remaining(&Resource::Search), None);
    assert_eq!(client.spent(), spent(1, 0, 1));
}

#[rstest]
#[case::with_a_token(Auth::Token(SecretString::from(TOKEN)), 0)]
#[case::without_a_token(Auth::Anonymous, 1)]
#[tokio::test]
async fn a_304_is_free_when_authorised(#[case] auth: Auth, #[case] quota: u32) {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::new(304, "").rate("core", 60, 50, 1_800_000_000)).await;
    let client = Client::new(Config { auth, ..config(&server, &clock) }).unwrap();
    let request = Request::new(client.url("repos/o/n/issues", &[])).with_etag(Some("W/\"abc\"".to_owned()));
    match client.get(request).await.unwrap() {
        Outcome::NotModified { spent: cost, .. } => assert_eq!(cost, spent(1, 1, quota)),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.asked()[0].header("if-none-match"), Some("W/\"abc\""));
}

#[tokio::test]
async fn a_rename_is_followed_by_its_numeric_id() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/repos/old/name" => Reply::message(301, "Moved Permanently").with("location", "/repositories/7"),
        _ => Reply::new(200, REPOSITORY),
    })
    .await;
    let client = client(&server, &clock);
    let outcome = client.repository(&"old/name".parse::<RepoName>().unwrap()).await.unwrap();
    let RepositoryOutcome::Found { repository, spent: cost } = outcome else { panic!("{outcome:?}") };
    assert_eq!((repository.repo_id, repository.full_name.as_str()), (7, "new/name"));
    assert!(repository.archived && repository.has_issues && !repository.private && !repository.fork);
    assert!(repository.permissions.unwrap().push);
    assert_eq!(repository.open_issues_and_pulls_count, 12);
    assert_eq!(cost.requests, 2);
    let by_id = client.repository_by_id(7).await.unwrap();
    assert!(matches!(by_id, RepositoryOutcome::Found { .. }), "{by_id:?}");
}

#[tokio::test]
async fn a_redirected_page_keeps_both_urls_and_its_etag() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::new(301, "").with("location", "/repositories/7/issues"),
        _ => Reply::new(200, "[]"),
    })
    .await;
    let client = client(&server, &clock);
    let request = Request::new(client.url("repos/o/n/issues", &[])).with_etag(Some("\"e\"".to_owned()));
    let page = page(client.get(request).await.unwrap());
    assert_eq!((page.url.path(), page.final_url.path()), ("/repos/o/n/issues", "/repositories/7/issues"));
    assert_eq!(server.asked()[1].header("if-none-match"), Some("\"e\""));
}

#[tokio::test]
async fn redirects_end_after_three() {
    let clock = clock();
    let server =
        Server::start(&clock, |asked| Reply::new(302, "").with("location", format!("/hop/{}", asked.index))).await;
    let client = client(&server, &clock);
    let error = client.get(Request::new(client.url("repos/o/n", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::Redirect { .. }), "{error}");
    assert_eq!((server.asked().len(), error.spent().requests), (4, 4));
}

#[rstest]
#[case::redirect(301)]
#[case::temporary_redirect(307)]
#[case::next_link(200)]
#[tokio::test]
async fn another_host_never_sees_the_token(#[case] status: u16) {
    let clock = clock();
    let foreign = Server::start(&clock, |_| Reply::new(200, "[]")).await;
    let target = foreign.url.join("steal").unwrap();
    let link = format!("<{target}>; rel=\"next\"");
    let location = target.clone();
    let server =
        Server::start(&clock, move |_| Reply::new(status, "[]").with("location", &location).with("link", &link)).await;
    let client = client(&server, &clock);
    let error = client.get(Request::new(client.url("repos/o/n/issues", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::ForeignHost { .. }), "{error}");
    assert!(error.to_string().contains("\nhint: "), "{error}");
    let asked_directly = client.get(Request::new(target)).await.unwrap_err();
    assert!(matches!(asked_directly, Error::ForeignHost { .. }), "{asked_directly}");
    assert!(foreign.asked().is_empty());
}

#[tokio::test]
async fn links_by_the_public_name_are_refused_with_a_hint() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(200, "[]").with("link", "<https://api.github.com/repositories/7/issues?page=2>; rel=\"next\"")
    })
    .await;
    let client = client(&server, &clock);
    let error = client.get(Request::new(client.url("repos/o/n/issues", &[]))).await.unwrap_err().to_string();
    assert!(
        error.contains("https://api.github.com/") && error.contains(client.api_url().host_str().unwrap()),
        "{error}"
    );
}

#[rstest]
#[case::gone(410, "Issues are disabled for this repo")]
#[case::blocked(451, "Repository access blocked")]
#[case::unauthorized(401, "Bad credentials")]
#[case::not_found(404, "Not Found")]
#[case::empty(409, "Git Repository is empty.")]
#[case::too_deep(422, "pagination is limited for this resource")]
#[tokio::test]
async fn a_refusal_is_a_value_and_is_not_repeated(#[case] status: u16, #[case] message: &'static str) {
    let clock = clock();
    let server =
        Server::start(&clock, move |_| Reply::message(status, message).rate("core", 60, 50, 1_800_000_000)).await;
    let outcome = get(&client(&server, &clock), "repos/o/n").await;
    let matches = match (&outcome, status) {
        (Outcome::NotFound { .. }, 404) => true,
        (Outcome::Gone { message: words, .. }, 410)
        | (Outcome::Blocked { message: words, .. }, 451)
        | (Outcome::Unauthorized { message: words, .. }, 401)
        | (Outcome::Conflict { message: words, .. }, 409)
        | (Outcome::Unprocessable { message: words, .. }, 422) => words == message,
        _ => false,
    };
    assert!(matches, "{outcome:?}");
    assert_eq!(outcome.spent(), spent(1, 0, 1));
    let problem = outcome.problem("o/n").unwrap();
    assert!(problem.starts_with("o/n: ") && problem.contains("\nhint: "), "{problem}");
    assert_eq!(server.asked().len(), 1);
}

#[rstest]
#[case("Must have push access to repository", ForbiddenKind::NeedsPushAccess)]
#[case("Resource not accessible by personal access token", ForbiddenKind::TokenLacksPermission)]
#[case("Resource not accessible by integration", ForbiddenKind::IntegrationLacksPermission)]
#[tokio::test]
async fn a_missing_right_is_told_apart_from_a_limit(#[case] message: &'static str, #[case] expected: ForbiddenKind) {
    let clock = clock();
    let server = Server::start(&clock, move |_| Reply::message(403, message).rate("core", 60, 0, 1_800_000_000)).await;
    let outcome = get(&client(&server, &clock), "repos/o/n/traffic/views").await;
    assert!(matches!(&outcome, Outcome::Forbidden { kind, .. } if *kind == expected), "{outcome:?}");
    assert!(outcome.problem("o/n").unwrap().contains("\nhint: "));
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn an_unexpected_status_is_an_error() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::message(418, "teapot")).await;
    let client = client(&server, &clock);
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { status: 418, .. }), "{error}");
}

#[tokio::test]
async fn the_viewer_is_told_with_scopes_and_expiry() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(200, r#"{"login":"ann"}"#)
            .with("x-oauth-scopes", "repo, read:org")
            .with("github-authentication-token-expiration", "2026-12-01 10:00:00 UTC")
    })
    .await;
    let ViewerOutcome::Known(viewer) = client(&server, &clock).viewer().await.unwrap() else { panic!("unknown") };
    assert_eq!((viewer.login.as_deref(), viewer.kind), (Some("ann"), TokenKind::Classic));
    assert_eq!(viewer.scopes.unwrap(), ["repo", "read:org"]);
    assert_eq!(viewer.expires_at, Some("2026-12-01T10:00:00Z".parse().unwrap()));
    assert_eq!(server.asked()[0].target, "/user");
}

#[tokio::test]
async fn an_expired_token_is_an_unknown_viewer() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::message(401, "Bad credentials")).await;
    let outcome = client(&server, &clock).viewer().await.unwrap();
    let ViewerOutcome::Unavailable(outcome) = outcome else { panic!("known") };
    assert!(outcome.problem("the token").unwrap().contains("expired"), "{outcome:?}");
}

#[tokio::test]
async fn all_limits_are_read_for_free() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(
            200,
            r#"{"resources":{"core":{"limit":5000,"used":1,"remaining":4999,"reset":1800000000},
                "code_search":{"limit":10,"used":0,"remaining":10,"reset":1800000000}}}"#,
        )
        .rate("core", 5_000, 4_999, 1_800_000_000)
    })
    .await;
    let client = client(&server, &clock);
    let limits = client.rate_limits().await.unwrap().unwrap();
    assert_eq!(limits[&Resource::Core].remaining, 4_999);
    assert_eq!(limits[&Resource::CodeSearch].limit, 10);
    assert_eq!(client.spent(), spent(1, 0, 0));
}

#[rstest]
#[case::floor(|config: &mut Config| config.quota_floor_fraction = 1.0, "quota_floor_fraction")]
#[case::no_floor(|config: &mut Config| config.quota_floor_fraction = f64::NAN, "quota_floor_fraction")]
#[case::nobody(|config: &mut Config| config.max_concurrent_requests = 0, "max_concurrent_requests")]
#[case::address(|config: &mut Config| config.api_url = Url::parse("file:///x").unwrap(), "api_url")]
#[case::empty_token(|config: &mut Config| config.auth = Auth::Token(SecretString::from(" ")), "token")]
#[case::torn_token(|config: &mut Config| config.auth = Auth::Token(SecretString::from("ghp_a\nghp_b")), "token")]
fn a_bad_setting_is_named(#[case] spoil: fn(&mut Config), #[case] key: &str) {
    let mut config = Config::default();
    spoil(&mut config);
    let message = Client::new(config).unwrap_err().to_string();
    assert!(message.contains(&format!("`{key}`")) && message.contains("\nhint: "), "{message}");
    assert!(!message.contains("ghp_"), "{message}");
}

#[test]
fn a_token_does_not_travel_in_clear() {
    let api_url = Url::parse("http://github.corp.example/api/v3").unwrap();
    let auth = Auth::Token(SecretString::from(TOKEN));
    let unsafe_config = Config { api_url: api_url.clone(), auth: auth.clone(), ..Config::default() };
    let error = Client::new(unsafe_config.clone()).unwrap_err();
    assert!(matches!(error, Error::InsecureUrl { .. }), "{error}");
    assert!(error.to_string().contains("\nhint: "));
    Client::new(Config { allow_insecure_http: true, ..unsafe_config.clone() }).unwrap();
    Client::new(Config { auth: Auth::Anonymous, ..unsafe_config }).unwrap();
}

#[tokio::test]
async fn secrets_are_in_no_text() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::dropped()).await;
    let config = Config { max_retries: 0, ..config(&server, &clock) };
    assert!(!format!("{config:?}").contains(TOKEN));
    let client = Client::new(config).unwrap();
    assert!(!format!("{client:?}").contains(TOKEN));
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(TOKEN));
    let mut with_password = server.url.clone();
    with_password.set_username("me").unwrap();
    with_password.set_password(Some("hunter2")).unwrap();
    let error = client.get(Request::new(with_password)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}
