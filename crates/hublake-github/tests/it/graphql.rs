//! Queries: what is sent, and what an answer becomes.

mod limits;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hublake_github::{
    Client, Config, Error, ForbiddenKind, GraphqlAnswer, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit,
    GraphqlRequest, ManualClock, Outcome, Resource, Spent,
};
use rstest::rstest;
use serde::Deserialize;

use crate::server::{Reply, Server};
use crate::{TOKEN, client, clock, config, start};

const RESET: i64 = 1_800_000_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    rate_limit: Option<GraphqlRateLimit>,
    nodes: Option<Vec<Option<u32>>>,
}

impl GraphqlData for Data {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

fn request() -> GraphqlRequest {
    GraphqlRequest::new("query($ids:[ID!]!){nodes(ids:$ids){id}}").with_variables(serde_json::json!({ "ids": ["I_1"] }))
}

async fn try_asking(client: &Client, request: GraphqlRequest) -> Result<GraphqlOutcome<Data>, Error> {
    client.graphql(request, |body| serde_json::from_slice(body)).await
}

async fn ask(client: &Client) -> GraphqlOutcome<Data> {
    try_asking(client, request()).await.unwrap()
}

fn answered(outcome: GraphqlOutcome<Data>) -> GraphqlAnswer<Data> {
    match outcome {
        GraphqlOutcome::Answer(answer) => *answer,
        GraphqlOutcome::Unavailable(outcome) => panic!("{outcome:?}"),
    }
}

fn unavailable(outcome: GraphqlOutcome<Data>) -> Outcome {
    match outcome {
        GraphqlOutcome::Answer(answer) => panic!("{answer:?}"),
        GraphqlOutcome::Unavailable(outcome) => outcome,
    }
}

/// Data with one node, 1.
fn whole() -> Reply {
    Reply::new(200, r#"{"data":{"nodes":[1]}}"#)
}

fn with_error(error: &str) -> Reply {
    Reply::new(200, format!(r#"{{"data":null,"errors":[{error}]}}"#))
}

fn points(requests: u32, points: u32) -> Spent {
    Spent { requests, graphql_requests: requests, graphql_points: points, ..Spent::default() }
}

/// A server that gives `failure` so often, then an answer.
async fn failing(clock: &Arc<ManualClock>, times: usize, failure: fn() -> Reply) -> Server {
    Server::start(clock, move |asked| if asked.index < times { failure() } else { whole() }).await
}

#[rstest]
#[case::public("", "/graphql")]
#[case::enterprise("api/v3", "/api/graphql")]
#[case::enterprise_with_slash("api/v3/", "/api/graphql")]
#[tokio::test]
async fn a_query_is_posted_with_token_variables_and_the_form_of_its_ids(#[case] root: &str, #[case] target: &str) {
    let clock = clock();
    let server = Server::start(&clock, |_| whole()).await;
    let api_url = server.url.join(root).unwrap();
    let client = Client::new(Config { api_url, ..config(&server, &clock) }).unwrap();
    let answer = answered(ask(&client).await);
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", target));
    assert_eq!((client.graphql_url().path(), answer.url.path()), (target, target));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("x-github-next-global-id"), Some("0"), "as REST spells node ids");
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&asked.body).unwrap(),
        serde_json::json!({ "query": "query($ids:[ID!]!){nodes(ids:$ids){id}}", "variables": { "ids": ["I_1"] } })
    );
}

#[tokio::test]
async fn an_answer_has_its_bytes_its_cost_and_its_bucket() {
    let clock = clock();
    let body = "{\"data\": { \"rateLimit\":{\"cost\":7,\"remaining\":1}, \"nodes\":[ 1,2 ]} }\n";
    let server = Server::start(&clock, move |_| Reply::new(200, body).rate("graphql", 5_000, 4_990, RESET)).await;
    let client = client(&server, &clock);
    let answer = answered(ask(&client).await);
    assert_eq!(answer.data.nodes, Some(vec![Some(1), Some(2)]));
    assert_eq!(&answer.body[..], body.as_bytes());
    assert_eq!((answer.status, answer.cost, answer.fetched_at), (200, Some(7), start()));
    assert_eq!(answer.spent, points(1, 7));
    assert!(answer.errors.is_empty());
    let rate = answer.rate.unwrap();
    assert_eq!((rate.resource.clone(), rate.remaining), (Resource::Graphql, 4_990));
    assert_eq!(client.remaining(&Resource::Graphql), Some(rate));
    assert_eq!(client.remaining(&Resource::Core), None);
    assert_eq!(client.spent(), points(1, 7));
}

#[tokio::test]
async fn a_partial_answer_lists_its_errors() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(
            200,
            r#"{"data":{"nodes":[1,null,null]},"errors":[
                {"type":"NOT_FOUND","path":["nodes",1],"message":"Could not resolve to a node"},
                {"type":"FORBIDDEN","path":["nodes",2],"message":"Resource not accessible by integration"}]}"#,
        )
    })
    .await;
    let answer = answered(ask(&client(&server, &clock)).await);
    assert_eq!(answer.data.nodes, Some(vec![Some(1), None, None]));
    let [missing, forbidden] = answer.errors.as_slice() else { panic!("{:?}", answer.errors) };
    assert_eq!((missing.is_not_found(), missing.index_in("nodes")), (true, Some(1)));
    assert_eq!(forbidden.forbidden(), Some(ForbiddenKind::IntegrationLacksPermission));
    assert_eq!((answer.spent.requests, server.asked().len()), (1, 1));
}

#[rstest]
#[case::bad_gateway(|| Reply::new(502, "<html>Bad Gateway</html>"))]
#[case::gateway_timeout(|| Reply::message(504, "We couldn't respond to your request in time."))]
#[case::told_with_200(|| with_error(r#"{"message":"Something went wrong. This may be the result of a timeout"}"#))]
#[tokio::test]
async fn a_timeout_is_repeated_once_and_then_told(#[case] failure: fn() -> Reply) {
    let clock = clock();
    let server = failing(&clock, 1, failure).await;
    assert_eq!(answered(ask(&client(&server, &clock)).await).spent.requests, 2);
    let server = failing(&clock, 9, failure).await;
    let outcome = unavailable(ask(&client(&server, &clock)).await);
    assert!(matches!(outcome, Outcome::TooSlow { .. }), "{outcome:?}");
    assert!(outcome.problem("o/n").unwrap().contains("\nhint: "), "{outcome:?}");
    assert_eq!((outcome.spent().requests, server.asked().len()), (2, 2));
}

#[tokio::test]
async fn a_query_of_too_many_resources_is_told_at_once() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(
            200,
            r#"{"data":{"nodes":null},"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","path":["nodes"],
                "message":"Resource limits for this query exceeded."}]}"#,
        )
    })
    .await;
    let outcome = unavailable(ask(&client(&server, &clock)).await);
    assert!(matches!(&outcome, Outcome::TooSlow { message, .. } if message.contains("limits")), "{outcome:?}");
    assert_eq!(server.asked().len(), 1);
}

#[rstest]
#[case::internal(|| Reply::message(500, "Server Error"))]
#[case::unavailable(|| Reply::message(503, "busy"))]
#[case::own_fault(|| with_error(r#"{"message":"Something went wrong while executing your query on 2026-11-01."}"#))]
#[case::connection_dropped(Reply::dropped)]
#[case::body_cut_off(|| whole().cut_off())]
#[case::json_cut_off(|| Reply::new(200, r#"{"data":{"nodes":[1"#))]
#[case::no_json(|| Reply::new(200, "<html>welcome to the hotel</html>"))]
#[case::another_json(|| Reply::new(200, "{}"))]
#[case::unreadable_data(|| Reply::new(200, r#"{"data":{"nodes":"none"}}"#))]
#[case::a_part_failed(|| Reply::new(200,
    r#"{"data":{"nodes":[null]},"errors":[{"message":"Something went wrong while executing your query."}]}"#))]
#[tokio::test]
async fn a_passing_failure_is_repeated(#[case] failure: fn() -> Reply) {
    let clock = clock();
    let server = failing(&clock, 2, failure).await;
    let answer = answered(ask(&client(&server, &clock)).await);
    assert_eq!((answer.data.nodes, answer.spent.requests), (Some(vec![Some(1)]), 3));
    assert!(answer.errors.is_empty());
    assert_eq!(clock.slept().len(), 2);
}

#[tokio::test]
async fn a_part_that_fails_each_time_is_left_to_the_caller() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(
            200,
            r#"{"data":{"nodes":[1,null]},"errors":[{"message":"Something went wrong","path":["nodes",1]}]}"#,
        )
    })
    .await;
    let client = Client::new(Config { max_retries: 2, ..config(&server, &clock) }).unwrap();
    let answer = answered(ask(&client).await);
    assert_eq!((answer.data.nodes, answer.errors[0].index_in("nodes")), (Some(vec![Some(1), None]), Some(1)));
    assert_eq!(server.asked().len(), 3);
}

#[rstest]
#[case::own_fault(|| with_error(r#"{"message":"Something went wrong while executing your query."}"#), "githubstatus")]
#[case::dropped(Reply::dropped, "no whole answer in 3 attempts")]
#[case::nonsense(|| Reply::new(200, "hello"), "cannot be read (3 attempts)")]
#[case::unavailable(|| Reply::message(503, "busy"), "answered 503")]
#[tokio::test]
async fn a_lasting_failure_is_an_error_that_says_what_it_was(#[case] failure: fn() -> Reply, #[case] words: &str) {
    let clock = clock();
    let server = failing(&clock, 9, failure).await;
    let client = Client::new(Config { max_retries: 2, ..config(&server, &clock) }).unwrap();
    let error = try_asking(&client, request()).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains(words) && message.contains("/graphql") && message.contains("\nhint: "), "{message}");
    assert_eq!((error.spent().graphql_requests, server.asked().len()), (3, 3));
}

#[rstest]
#[case::nodes(
    r#"{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"requesting up to 505,050 possible nodes"}"#,
    "fewer items"
)]
#[case::ids(r#"{"type":"ARGUMENT_LIMIT","message":"You may not provide more than 100 node ids"}"#, "fewer items")]
#[case::field(r#"{"message":"Field 'x' doesn't exist","extensions":{"code":"undefinedField"}}"#, "recent enough")]
#[tokio::test]
async fn a_query_that_github_refuses_is_an_error_at_once(#[case] error: &'static str, #[case] hint: &str) {
    let clock = clock();
    let server = Server::start(&clock, move |_| with_error(error)).await;
    let error = try_asking(&client(&server, &clock), request()).await.unwrap_err();
    assert!(matches!(error, Error::Query { attempts: 1, kind: Some(_), .. }), "{error:?}");
    assert!(error.to_string().contains(hint), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[rstest]
#[case::unauthorized(|| Reply::message(401, "Bad credentials"))]
#[case::forbidden(|| Reply::message(403, "Resource not accessible by personal access token"))]
#[case::forbidden_with_200(|| with_error(r#"{"type":"FORBIDDEN","message":"Resource not accessible by integration"}"#))]
#[case::scopes(|| with_error(r#"{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted"}"#))]
#[case::not_found(|| Reply::message(404, "Not Found"))]
#[tokio::test]
async fn a_refusal_is_a_value_and_is_not_repeated(#[case] refusal: fn() -> Reply) {
    let clock = clock();
    let server = failing(&clock, 9, refusal).await;
    let outcome = unavailable(ask(&client(&server, &clock)).await);
    let matches = matches!(
        (&outcome, server.asked().len()),
        (Outcome::Unauthorized { .. } | Outcome::Forbidden { .. } | Outcome::NotFound { .. }, 1)
    );
    assert!(matches, "{outcome:?}");
    assert!(outcome.problem("o/n").unwrap().contains("\nhint: "));
}

#[tokio::test]
async fn a_body_is_read_once_an_answer() {
    let clock = clock();
    let server = failing(&clock, 1, || Reply::new(200, "{}")).await;
    let readings = AtomicU32::new(0);
    let decode = |body: &[u8]| {
        readings.fetch_add(1, Ordering::Relaxed);
        serde_json::from_slice::<GraphqlBody<Data>>(body)
    };
    let outcome = client(&server, &clock).graphql(request(), decode).await.unwrap();
    assert_eq!(outcome.spent().requests, 2);
    assert_eq!(readings.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn another_host_never_sees_the_token() {
    let clock = clock();
    let foreign = Server::start(&clock, |_| whole()).await;
    let target = foreign.url.join("graphql").unwrap();
    let server = Server::start(&clock, move |_| Reply::new(307, "").with("location", &target)).await;
    let error = try_asking(&client(&server, &clock), request()).await.unwrap_err();
    assert!(matches!(error, Error::ForeignHost { .. }), "{error}");
    assert!(foreign.asked().is_empty());
}

#[rstest]
#[case::dropped(Reply::dropped)]
#[case::refused(|| with_error(r#"{"type":"ARGUMENT_LIMIT","message":"no"}"#))]
#[case::unauthorized(|| Reply::message(401, "Bad credentials"))]
#[case::answered(whole)]
#[tokio::test]
async fn the_token_is_in_no_text(#[case] reply: fn() -> Reply) {
    let clock = clock();
    let server = Server::start(&clock, move |_| reply()).await;
    let client = Client::new(Config { max_retries: 0, ..config(&server, &clock) }).unwrap();
    let text = match try_asking(&client, request()).await {
        Ok(outcome) => format!("{outcome:?} {client:?} {:?}", request()),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!text.contains(TOKEN) && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_silent_server_is_left_after_the_timeout() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::silent()).await;
    let request_timeout = Duration::from_millis(50);
    let client = Client::new(Config { max_retries: 1, request_timeout, ..config(&server, &clock) }).unwrap();
    let error = try_asking(&client, request()).await.unwrap_err();
    assert!(matches!(error, Error::Transport { attempts: 2, .. }), "{error}");
}
