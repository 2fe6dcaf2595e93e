//! GitHub Apps: signed statements, installations, tokens renewed in time and once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hublake_github::{
    Auth, Client, Clock as _, Config, Error, GraphqlBody, GraphqlData, GraphqlRequest, ManualClock, Outcome, Request,
    ViewerOutcome,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::SecretString;

use crate::server::{Asked, Reply, Server};
use crate::{clock, config, get, page, start};

/// Made for these tests; it opens nothing.
const PRIVATE_KEY: &str = include_str!("app_key.pem");
const PUBLIC_KEY: &str = include_str!("app_key.pub.pem");

fn app(server: &Server, clock: &Arc<ManualClock>, installation_id: Option<u64>) -> Client {
    let private_key_pem = SecretString::from(PRIVATE_KEY);
    let auth = Auth::App { app_id: 12, private_key_pem, installation_id };
    Client::new(Config { auth, ..config(server, clock) }).unwrap()
}

/// A server with the installations 34 (of `ann`) and 56 (of `Ben`), whose tokens last an hour.
async fn start_server(clock: &Arc<ManualClock>) -> Server {
    let own = Arc::clone(clock);
    Server::start(clock, move |asked| answer(asked, own.now())).await
}

fn answer(asked: &Asked, now: DateTime<Utc>) -> Reply {
    let expires_at = (now + TimeDelta::hours(1)).to_rfc3339();
    let token = |installation: &str| {
        Reply::new(201, format!("{{\"token\":\"ghs_{installation}_{}\",\"expires_at\":\"{expires_at}\"}}", asked.index))
    };
    match asked.target.split('?').next().unwrap() {
        "/repos/ann/n/installation" | "/repos/ann/m/installation" => Reply::new(200, "{\"id\":34}"),
        "/repos/Ben/n/installation" => Reply::new(200, "{\"id\":56}"),
        "/app/installations/34/access_tokens" => token("34"),
        "/app/installations/56/access_tokens" => token("56"),
        "/app/installations" => Reply::new(200, "[{\"id\":34},{\"id\":56}]"),
        "/app" => Reply::new(200, "{\"slug\":\"the-app\"}"),
        path if path.ends_with("/installation") => Reply::message(404, "Not Found"),
        _ => Reply::new(200, "[]").rate("core", 5_000, 4_000, now.timestamp() + 600),
    }
}

fn targets(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.target).collect()
}

#[tokio::test]
async fn the_installation_is_found_by_owner_and_its_token_is_used() {
    let clock = clock();
    let server = start_server(&clock).await;
    let client = app(&server, &clock, None);
    let first = page(get(&client, "repos/ann/n/issues").await);
    assert_eq!(first.spent.requests, 3, "finding it and its token are counted");
    get(&client, "repos/ANN/m/issues").await;
    assert_eq!(
        targets(&server),
        [
            "/repos/ann/n/installation",
            "/app/installations/34/access_tokens",
            "/repos/ann/n/issues",
            "/repos/ANN/m/issues"
        ]
    );
    let asked = server.asked();
    assert_eq!(asked[1].method, "POST");
    assert_eq!(asked[2].header("authorization"), Some("Bearer ghs_34_1"));
    assert_eq!(asked[3].header("authorization"), Some("Bearer ghs_34_1"));
    get(&client, "repos/Ben/n/issues").await;
    assert_eq!(server.asked().last().unwrap().header("authorization"), Some("Bearer ghs_56_5"));
}

#[tokio::test]
async fn the_app_proves_itself_by_a_short_signed_statement() {
    let clock = clock();
    let server = start_server(&clock).await;
    let ViewerOutcome::Known(viewer) = app(&server, &clock, None).viewer().await.unwrap() else { panic!("unknown") };
    assert_eq!(viewer.login.as_deref(), Some("the-app"));
    let asked = server.asked();
    let statement = asked[0].header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    let key = DecodingKey::from_rsa_pem(PUBLIC_KEY.as_bytes()).unwrap();
    let claims = jsonwebtoken::decode::<serde_json::Value>(statement, &key, &validation).unwrap().claims;
    let now = start().timestamp();
    assert_eq!(claims, serde_json::json!({ "iat": now - 60, "exp": now + 540, "iss": "12" }));
}

#[tokio::test]
async fn a_configured_installation_is_not_looked_for() {
    let clock = clock();
    let server = start_server(&clock).await;
    page(get(&app(&server, &clock, Some(56)), "repositories/7/issues").await);
    assert_eq!(targets(&server), ["/app/installations/56/access_tokens", "/repositories/7/issues"]);
}

#[tokio::test]
async fn many_requests_share_one_renewal() {
    let clock = clock();
    let server = start_server(&clock).await;
    let client = app(&server, &clock, Some(34));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        tasks.spawn(async move { page(get(&client, "x").await) });
    }
    tasks.join_all().await;
    let renewals = targets(&server).iter().filter(|target| target.ends_with("access_tokens")).count();
    assert_eq!((renewals, server.asked().len()), (1, 11));
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_it_ends() {
    let clock = clock();
    let server = start_server(&clock).await;
    let client = app(&server, &clock, Some(34));
    get(&client, "x").await;
    clock.advance(Duration::from_secs(54 * 60));
    get(&client, "x").await;
    clock.advance(Duration::from_secs(2 * 60));
    get(&client, "x").await;
    let tokens = "/app/installations/34/access_tokens";
    assert_eq!(targets(&server), [tokens, "/x", "/x", tokens, "/x"]);
}

#[tokio::test]
async fn a_token_refused_before_its_end_is_renewed_once() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/revoked-once" if asked.index == 1 => Reply::message(401, "Bad credentials"),
        "/revoked" => Reply::message(401, "Bad credentials"),
        _ => answer(asked, start()),
    })
    .await;
    let client = app(&server, &clock, Some(34));
    page(get(&client, "revoked-once").await);
    assert_eq!(server.asked().len(), 4);
    let outcome = get(&client, "revoked").await;
    assert!(matches!(outcome, Outcome::Unauthorized { .. }), "{outcome:?}");
    assert_eq!(server.asked().len(), 7);
}

#[tokio::test]
async fn a_numeric_url_uses_the_installation_of_the_owner_it_was_reached_from() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/repos/ann/n/issues" => Reply::new(200, "[]").with(
            "link",
            format!("<http://{}/repositories/7/issues?page=2>; rel=\"next\"", asked.header("host").unwrap()),
        ),
        _ => answer(asked, start()),
    })
    .await;
    let client = app(&server, &clock, None);
    let next = page(get(&client, "repos/ann/n/issues").await).next.unwrap();
    page(client.get(Request::new(next)).await.unwrap());
    assert_eq!(server.asked().last().unwrap().header("authorization"), Some("Bearer ghs_34_1"));
    let unknown = client.get(Request::new(client.url("repositories/8/issues", &[]))).await.unwrap_err();
    assert!(unknown.to_string().contains("several installations"), "{unknown}");
    let told = Request::new(client.url("repositories/8/issues", &[])).for_owner("ann");
    page(client.get(told).await.unwrap());
}

#[tokio::test]
async fn a_query_uses_the_installation_of_the_owner_it_names() {
    #[derive(Debug, serde::Deserialize)]
    struct Nothing {}
    impl GraphqlData for Nothing {}
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/users/Ben/installation" => Reply::new(200, "{\"id\":56}"),
        "/graphql" => Reply::new(200, "{\"data\":{}}").rate("graphql", 5_000, 4_999, start().timestamp() + 600),
        _ => answer(asked, start()),
    })
    .await;
    let client = app(&server, &clock, None);
    let read = |body: &[u8]| serde_json::from_slice::<GraphqlBody<Nothing>>(body);
    let request = GraphqlRequest::new("{rateLimit{cost}}");
    let spent = client.graphql(request.clone().for_owner("Ben"), read).await.unwrap().spent();
    assert_eq!((spent.requests, spent.graphql_requests, spent.graphql_points), (3, 1, 1));
    assert_eq!(server.asked().last().unwrap().header("authorization"), Some("Bearer ghs_56_1"));
    let unknown = client.graphql(request, read).await.unwrap_err();
    assert!(unknown.to_string().contains("several installations"), "{unknown}");
}

#[tokio::test]
async fn an_app_that_is_not_installed_is_an_error_with_a_hint() {
    let clock = clock();
    let server = start_server(&clock).await;
    let client = app(&server, &clock, None);
    let error = client.get(Request::new(client.url("repos/cy/n/issues", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::App { app_id: 12, .. }), "{error}");
    assert!(error.to_string().contains("not installed for cy") && error.to_string().contains("\nhint: "), "{error}");
}

#[tokio::test]
async fn a_refused_app_is_an_error_that_keeps_its_key() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::message(401, "A JSON web token could not be decoded")).await;
    let client = app(&server, &clock, Some(34));
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    let text = format!("{error} {error:?} {client:?}");
    assert!(text.contains("could not be decoded") && !text.contains("PRIVATE KEY"), "{text}");
}

#[test]
fn a_key_that_is_none_is_refused_at_the_start() {
    let auth = Auth::App { app_id: 12, private_key_pem: SecretString::from("no key"), installation_id: None };
    let error = Client::new(Config { auth, ..Config::default() }).unwrap_err();
    assert!(matches!(error, Error::App { .. }) && !error.to_string().contains("no key"), "{error}");
}
