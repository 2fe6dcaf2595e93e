use github_sim::{PrivateAccess, Sim, SimOptions, Token};
use serde_json::json;

use crate::client::{TOKEN, get, get_with, plain, serve, time};

#[tokio::test]
async fn a_renamed_repository_answers_301_to_its_numeric_id() {
    let sim = serve(plain(2)).await;
    sim.world_mut().rename_repository("a/b", "c/d").unwrap();
    let id = sim.world().repository("c/d").unwrap().id();
    let moved = get(&sim, "repos/a/b/issues?state=all&per_page=5").await;
    assert_eq!(moved.status, 301);
    let location = format!("{}repositories/{id}/issues?state=all&per_page=5", sim.url());
    assert_eq!(moved.header("location"), location);
    let issues = get(&sim, &location).await.json();
    assert_eq!(issues[0]["html_url"], "https://github.com/c/d/issues/2");
    assert_eq!(issues[0]["repository_url"], "https://api.github.com/repos/c/d");
    assert_eq!(issues[0]["reactions"]["url"], "https://api.github.com/repos/c/d/issues/2/reactions");
    let repository = get(&sim, &format!("repositories/{id}")).await.json();
    assert_eq!(repository["full_name"], "c/d");
    assert_eq!(get(&sim, "repos/A/B").await.status, 301);
    assert_eq!(get(&sim, "repos/C/D").await.status, 200);
}

#[tokio::test]
async fn a_recreated_repository_has_another_id_and_no_issues() {
    let sim = serve(plain(2)).await;
    let old = get(&sim, "repos/a/b").await.json()["id"].clone();
    sim.world_mut().delete_repository("a/b").unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.status, 404);
    assert_eq!(get(&sim, &format!("repositories/{old}/issues")).await.status, 404);
    sim.world_mut().recreate_repository("a/b").unwrap();
    let new = get(&sim, "repos/a/b").await.json();
    assert_ne!(new["id"], old);
    assert_eq!(new["open_issues_count"], 0);
}

#[tokio::test]
async fn disabled_blocked_and_absent_repositories_say_so() {
    let sim = serve(plain(1)).await;
    sim.world_mut().disable_issues("a/b").unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.status, 410);
    assert_eq!(get(&sim, "repos/a/b").await.json()["has_issues"], json!(false));
    sim.world_mut().block_repository("a/b").unwrap();
    let blocked = get(&sim, "repos/a/b/issues").await;
    assert_eq!((blocked.status, &blocked.json()["message"]), (451, &json!("Repository access blocked")));
    sim.world_mut().open_repository("a/b").unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.status, 200);
    assert_eq!(get(&sim, "repos/no/such").await.status, 404);
}

#[tokio::test]
async fn deleted_and_transferred_issues_leave_the_list() {
    let sim = serve(plain(3)).await;
    let target = sim.world_mut().add_repository("a/other").unwrap();
    sim.world_mut().delete_issue("a/b", 1).unwrap();
    let number = sim.world_mut().transfer_issue("a/b", 2, "a/other").unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.numbers(), [3]);
    assert_eq!(get(&sim, "repos/a/b/issues/1").await.status, 410);
    let moved = get(&sim, "repos/a/b/issues/2").await;
    assert_eq!(moved.status, 301);
    assert_eq!(moved.header("location"), format!("{}repositories/{target}/issues/{number}", sim.url()));
    let there = get(&sim, moved.header("location")).await.json();
    assert_eq!(there["title"], "issue 2");
    assert_eq!(there["url"], "https://api.github.com/repos/a/other/issues/1");
}

#[tokio::test]
async fn bad_and_expired_tokens_answer_401() {
    let expiring = Token { expires_at: Some(time("2026-08-01T01:00:00Z")), ..Token::new("ghp_expiring") };
    let options = SimOptions { tokens: vec![expiring], ..SimOptions::default() };
    let sim = Sim::start(plain(1), options).await.unwrap();
    for wrong in ["Bearer nonsense", "Basic dXNlcjpwYXNz", "Bearer", "ghp_0123456789"] {
        let reply = get_with(&sim, "user", &[("authorization", wrong)]).await;
        assert_eq!((reply.status, &reply.json()["message"]), (401, &json!("Bad credentials")), "{wrong}");
    }
    let header = [("authorization", "token ghp_expiring")];
    assert_eq!(get_with(&sim, "repos/a/b", &header).await.status, 200);
    sim.world_mut().advance(chrono::TimeDelta::hours(1));
    assert_eq!(get_with(&sim, "repos/a/b", &header).await.status, 401);
}

#[tokio::test]
async fn private_repositories_are_404_for_who_may_not_see_them() {
    let only = |names: &[&str]| PrivateAccess::Only(names.iter().map(|name| (*name).to_owned()).collect());
    let tokens = vec![
        Token::new("ghp_all"),
        Token { private_access: only(&["a/b"]), ..Token::new("github_pat_one") },
        Token { private_access: only(&["x/y"]), ..Token::new("github_pat_other") },
    ];
    let options = SimOptions { tokens, ..SimOptions::default() };
    let sim = Sim::start(plain(1), options).await.unwrap();
    sim.world_mut().set_private("a/b", true).unwrap();
    for (token, status) in [("ghp_all", 200), ("github_pat_one", 200), ("github_pat_other", 404), (TOKEN, 404)] {
        let reply = get_with(&sim, "repos/a/b/issues", &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(reply.status, status, "{token}");
    }
}

#[tokio::test]
async fn the_viewer_shows_scopes_of_classic_tokens_only() {
    let sim = serve(plain(1)).await;
    assert_eq!(get(&sim, "user").await.header("x-oauth-scopes"), "repo, read:org");
    let fine = get_with(&sim, "user", &[("authorization", "Bearer github_pat_123")]).await;
    assert_eq!((fine.status, fine.header("x-oauth-scopes")), (200, ""));
    assert_eq!(get_with(&sim, "user", &[("authorization", "")]).await.status, 401);
}

#[tokio::test]
async fn requests_github_refuses_are_refused() {
    let sim = serve(plain(1)).await;
    assert_eq!(get_with(&sim, "repos/a/b", &[("user-agent", "")]).await.status, 403);
    assert_eq!(get_with(&sim, "repos/a/b", &[("x-github-api-version", "2020-01-01")]).await.status, 400);
    assert_eq!(get(&sim, &format!("repos/a/b/issues?labels={}", "x".repeat(9_000))).await.status, 414);
    for odd in ["repos", "repos/a", "repos/a/b/issues/x", "repos/a/b/issues/99999999999", "repositories/x", "%00/%ff"] {
        assert_eq!(get(&sim, odd).await.status, 404, "{odd}");
    }
}

#[tokio::test]
async fn enterprise_has_the_same_api_under_its_prefix() {
    let sim = serve(plain(3)).await;
    let page = get(&sim, "api/v3/repos/a/b/issues?per_page=2").await;
    assert_eq!(page.numbers(), [3, 2]);
    let next = page.link("next").unwrap();
    assert!(next.starts_with(&format!("{}api/v3/repositories/", sim.url())), "{next}");
    assert_eq!(get(&sim, &next).await.numbers(), [1]);
}

#[tokio::test]
async fn lists_of_repositories_are_paged_by_number() {
    let sim = serve(plain(0)).await;
    for number in 0..5 {
        sim.world_mut().add_repository(&format!("a/r{number}")).unwrap();
    }
    sim.world_mut().set_private("a/r4", true).unwrap();
    for list in ["orgs/a/repos", "users/a/repos", "user/repos"] {
        let first = get(&sim, &format!("{list}?per_page=3")).await;
        assert!(first.link("last").is_some(), "{list}");
        let second = get(&sim, &first.link("next").unwrap()).await;
        let names = |reply: &crate::client::Reply| -> Vec<String> {
            let list = reply.json();
            list.as_array().unwrap().iter().map(|repo| repo["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!([names(&first), names(&second)].concat(), ["b", "r0", "r1", "r2", "r3"], "{list}");
    }
    assert_eq!(get(&sim, "orgs/nobody/repos").await.status, 404);
}
