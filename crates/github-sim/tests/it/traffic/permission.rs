use github_sim::{PrivateAccess, PushAccess, Sim, SimOptions, Token, World};
use serde_json::json;

use crate::client::{TOKEN, get, get_with, plain, post, serve};

const PATHS: [&str; 4] = ["traffic/views", "traffic/clones", "traffic/popular/referrers", "traffic/popular/paths"];
const NEEDS_PUSH: &str = "Must have push access to repository";
const NOT_FOR_TOKEN: &str = "Resource not accessible by personal access token";
const NOT_FOR_INTEGRATION: &str = "Resource not accessible by integration";

async fn with_tokens(world: World) -> Sim {
    let reader = |text: &str| Token { push_access: PushAccess::None, ..Token::new(text) };
    let tokens = vec![
        Token::new("ghp_writer"),
        reader("ghp_reader"),
        reader("gho_reader"),
        Token { push_access: PushAccess::Only(vec!["A/B".to_owned()]), ..Token::new("ghp_one") },
        Token::new("github_pat_administrator"),
        Token { reads_administration: false, ..Token::new("github_pat_plain") },
        Token { reads_administration: false, ..Token::new("ghs_app") },
        Token { private_access: PrivateAccess::None, ..Token::new("ghp_stranger") },
    ];
    Sim::start(world, SimOptions { tokens, ..SimOptions::default() }).await.unwrap()
}

async fn answer(sim: &Sim, token: &str, target: &str) -> (u16, Option<String>) {
    let header = if token.is_empty() { String::new() } else { format!("Bearer {token}") };
    let reply = get_with(sim, target, &[("authorization", &header)]).await;
    let message = reply.json().get("message").and_then(|message| message.as_str().map(str::to_owned));
    (reply.status, message)
}

#[tokio::test]
async fn who_may_not_push_is_told_so_in_the_words_for_the_token() {
    let sim = with_tokens(plain(0)).await;
    for path in PATHS {
        for (token, refusal) in [
            ("ghp_writer", None),
            ("ghp_one", None),
            ("github_pat_administrator", None),
            (TOKEN, None),
            ("ghp_reader", Some(NEEDS_PUSH)),
            ("gho_reader", Some(NEEDS_PUSH)),
            ("", Some(NEEDS_PUSH)),
            ("github_pat_plain", Some(NOT_FOR_TOKEN)),
            ("ghs_app", Some(NOT_FOR_INTEGRATION)),
            ("ghs_of_an_action", Some(NOT_FOR_INTEGRATION)),
        ] {
            let expected = (if refusal.is_some() { 403 } else { 200 }, refusal.map(str::to_owned));
            assert_eq!(answer(&sim, token, &format!("repos/a/b/{path}")).await, expected, "{token:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_repository_that_nobody_may_push_to_refuses_every_kind_of_token() {
    let mut world = plain(0);
    world.add_repository("a/open").unwrap();
    world.set_push("a/b", false).unwrap();
    let sim = with_tokens(world).await;
    for (token, refusal) in
        [("ghp_writer", NEEDS_PUSH), ("github_pat_administrator", NOT_FOR_TOKEN), ("ghs_app", NOT_FOR_INTEGRATION)]
    {
        let refused = answer(&sim, token, "repos/a/b/traffic/views").await;
        assert_eq!(refused, (403, Some(refusal.to_owned())), "{token}");
    }
    assert_eq!(answer(&sim, "ghp_writer", "repos/a/open/traffic/views").await.0, 200);
    let list = get(&sim, "user/repos").await.json();
    let pushes: Vec<_> = list.as_array().unwrap().iter().map(|of| (&of["name"], &of["permissions"]["push"])).collect();
    assert_eq!(pushes, [(&json!("b"), &json!(false)), (&json!("open"), &json!(true))]);
    assert_eq!(get(&sim, "repos/a/b").await.json()["permissions"]["push"], json!(false));
}

#[tokio::test]
async fn a_fine_grained_token_that_may_push_can_lack_the_permission() {
    let sim = with_tokens(plain(0)).await;
    let header = [("authorization", "Bearer github_pat_plain")];
    assert_eq!(get_with(&sim, "repos/a/b", &header).await.json()["permissions"]["push"], json!(true));
    assert_eq!(get_with(&sim, "repos/a/b/traffic/clones", &header).await.status, 403);
}

#[tokio::test]
async fn what_a_token_may_not_see_is_not_found() {
    let sim = with_tokens(plain(0)).await;
    sim.world_mut().set_private("a/b", true).unwrap();
    for path in PATHS.into_iter().chain(["stargazers/count", "stargazers/history"]) {
        for (token, status) in [("ghp_writer", 200), ("ghp_stranger", 404), ("", 404)] {
            assert_eq!(answer(&sim, token, &format!("repos/a/b/{path}")).await.0, status, "{token:?} {path}");
        }
    }
    assert_eq!(answer(&sim, "ghp_writer", "repos/no/such/traffic/views").await.0, 404);
}

#[tokio::test]
async fn an_installation_reads_traffic_until_the_repository_is_closed_to_it() {
    let jwt = ("authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln");
    let sim = serve(plain(0)).await;
    let installation = get_with(&sim, "repos/a/b/installation", &[jwt]).await.json();
    let created = post(&sim, &format!("app/installations/{}/access_tokens", installation["id"]), &[jwt]).await.json();
    let token = created["token"].as_str().unwrap().to_owned();
    assert_eq!(answer(&sim, &token, "repos/a/b/traffic/views").await.0, 200);
    sim.world_mut().set_push("a/b", false).unwrap();
    let refused = (403, Some(NOT_FOR_INTEGRATION.to_owned()));
    assert_eq!(answer(&sim, &token, "repos/a/b/traffic/views").await, refused);
}
