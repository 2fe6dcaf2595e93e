use github_sim::{Fault, Sim};
use reqwest::Method;
use rstest::rstest;

use crate::client::{get, plain, send, serve};

fn strike(sim: &Sim, fault: &str) {
    sim.set_faults([fault.parse::<Fault>().unwrap()]);
}

#[rstest]
#[case("*/issues next:1 status:502", 502, "")]
#[case("/repos/a/b/* next:1 secondary", 403, "")]
#[case("* next:1 secondary:429:9", 429, "9")]
#[tokio::test]
async fn a_fault_strikes_the_next_request_and_no_more(
    #[case] fault: &str,
    #[case] status: u16,
    #[case] retry_after: &str,
) {
    let sim = serve(plain(1)).await;
    strike(&sim, fault);
    let reply = get(&sim, "repos/a/b/issues").await;
    assert_eq!((reply.status, reply.header("retry-after")), (status, retry_after));
    assert_eq!(get(&sim, "repos/a/b/issues").await.status, 200);
}

#[tokio::test]
async fn a_faulty_endpoint_leaves_the_others_alone() {
    let sim = serve(plain(1)).await;
    strike(&sim, "/repos/{owner}/{repo}/issues always status:500");
    assert_eq!(get(&sim, "repos/a/b/issues").await.status, 500);
    assert_eq!(get(&sim, "repos/a/b/issues/1").await.status, 200);
}

#[tokio::test]
async fn an_exhausted_primary_limit_can_be_claimed() {
    let sim = serve(plain(1)).await;
    strike(&sim, "* next:1 primary:429");
    let reply = get(&sim, "repos/a/b").await;
    assert_eq!((reply.status, reply.number("x-ratelimit-remaining")), (429, 0));
}

#[tokio::test]
async fn a_cut_body_ends_in_an_error() {
    let sim = serve(plain(20)).await;
    strike(&sim, "*/issues next:1 cut");
    let error = send(&sim, Method::GET, "repos/a/b/issues", &[]).await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(get(&sim, "repos/a/b/issues").await.numbers().len(), 20);
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let sim = serve(plain(1)).await;
    strike(&sim, "* kth:2 drop");
    assert_eq!(get(&sim, "repos/a/b").await.status, 200);
    let error = send(&sim, Method::GET, "repos/a/b", &[]).await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(get(&sim, "repos/a/b").await.status, 200);
    assert_eq!(sim.stats().statuses[&0], 1);
}

#[tokio::test]
async fn wrong_json_and_wrong_shapes_come_as_success() {
    let sim = serve(plain(1)).await;
    strike(&sim, "* next:1 wrong-json");
    let reply = get(&sim, "repos/a/b/issues").await;
    assert_eq!(reply.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
    strike(&sim, "* next:1 wrong-shape");
    let reply = get(&sim, "repos/a/b/issues").await;
    assert!(reply.status == 200 && reply.json().is_object());
}

#[tokio::test]
async fn faults_by_chance_follow_their_seed() {
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let sim = serve(plain(1)).await;
        strike(&sim, "* chance:0.5 status:503");
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(get(&sim, "repos/a/b").await.status);
        }
        assert!(statuses.contains(&200) && statuses.contains(&503));
        outcomes.push(statuses);
    }
    assert_eq!(outcomes[0], outcomes[1]);
}

#[tokio::test]
async fn an_issue_can_be_served_with_any_bytes() {
    let sim = serve(plain(2)).await;
    sim.world_mut().set_issue_payload("a/b", 1, r#"{"number":"one"}"#).unwrap();
    let list = get(&sim, "repos/a/b/issues").await.json();
    assert_eq!(list[1]["number"], "one");
    assert_eq!(sim.world().issues("a/b").len(), 2);
}
