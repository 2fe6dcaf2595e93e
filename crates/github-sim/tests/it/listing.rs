use chrono::TimeDelta;
use github_sim::{IssueState, PrivateAccess, Sim, SimOptions, Token, World};
use serde_json::{Value, json};

use crate::client::{all_pages, get, get_with, serve, time};

/// Five repositories that the owner of the token, `sim-user`, works on, created an hour apart in this order.
fn world() -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    for name in ["sim-user/own", "team/lib", "sim-user/secret", "sim-user-9/shared", "team/hidden"] {
        world.add_repository(name).unwrap();
        world.advance(TimeDelta::hours(1));
    }
    for name in ["sim-user/secret", "team/hidden"] {
        world.set_private(name, true).unwrap();
    }
    world.set_fork("team/lib", true).unwrap();
    // A change that makes the oldest the one that was updated last.
    world.upsert_issue("sim-user/own", json!({"title": "x"})).unwrap();
    world
}

async fn start() -> Sim {
    let tokens = vec![
        Token::new("ghp_own"),
        Token { private_access: PrivateAccess::Only(vec!["team/hidden".to_owned()]), ..Token::new("ghp_team") },
    ];
    Sim::start(world(), SimOptions { tokens, ..SimOptions::default() }).await.unwrap()
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|of| of["full_name"].as_str().unwrap().to_owned()).collect()
}

async fn listed(sim: &Sim, token: &str, target: &str) -> Vec<String> {
    let reply = get_with(sim, target, &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.json());
    names(&reply.json())
}

#[tokio::test]
async fn the_viewers_list_is_filtered_by_type_visibility_and_affiliation() {
    let sim = start().await;
    let (own, secret, shared) = ("sim-user/own", "sim-user/secret", "sim-user-9/shared");
    let (hidden, lib) = ("team/hidden", "team/lib");
    for (query, expected) in [
        ("", vec![shared, own, secret, hidden, lib]),
        ("?type=all", vec![shared, own, secret, hidden, lib]),
        ("?type=owner", vec![own, secret]),
        ("?type=member", vec![shared, hidden, lib]),
        ("?type=public", vec![shared, own, lib]),
        ("?type=private", vec![secret, hidden]),
        ("?visibility=private", vec![secret, hidden]),
        ("?visibility=public&affiliation=owner", vec![own]),
        ("?affiliation=collaborator", vec![shared]),
        ("?affiliation=owner,organization_member", vec![own, secret, hidden, lib]),
    ] {
        assert_eq!(listed(&sim, "ghp_own", &format!("user/repos{query}")).await, expected, "{query}");
    }
    assert_eq!(listed(&sim, "ghp_team", "user/repos?visibility=private").await, [hidden]);
}

#[tokio::test]
async fn impossible_filters_and_callers_are_refused() {
    let sim = start().await;
    for query in
        ["type=owner&visibility=all", "type=owner&affiliation=owner", "type=odd", "visibility=odd", "affiliation=odd"]
    {
        assert_eq!(get(&sim, &format!("user/repos?{query}")).await.status, 422, "{query}");
    }
    for (token, status) in [("", 401), ("Bearer ghs_of_an_action", 403)] {
        assert_eq!(get_with(&sim, "user/repos", &[("authorization", token)]).await.status, status, "{token}");
    }
    assert_eq!(get(&sim, "orgs/team/repos?type=odd").await.status, 422);
    assert_eq!(get(&sim, "orgs/sim-user/repos").await.status, 404, "not an organisation");
    assert_eq!(get(&sim, "users/nobody/repos").await.status, 404);
}

#[tokio::test]
async fn lists_are_sorted_as_asked() {
    let sim = start().await;
    let by_creation = ["sim-user/own", "team/lib", "sim-user/secret", "sim-user-9/shared", "team/hidden"];
    assert_eq!(listed(&sim, "ghp_own", "user/repos?sort=created&direction=asc").await, by_creation);
    let newest: Vec<&str> = by_creation.iter().rev().copied().collect();
    assert_eq!(listed(&sim, "ghp_own", "user/repos?sort=created").await, newest);
    let by_update = ["sim-user/own", "team/hidden", "sim-user-9/shared", "sim-user/secret", "team/lib"];
    assert_eq!(listed(&sim, "ghp_own", "user/repos?sort=updated").await, by_update);
    assert_eq!(
        listed(&sim, "ghp_own", "user/repos?sort=pushed&direction=asc&type=owner").await,
        ["sim-user/secret", "sim-user/own"]
    );
    let by_name = ["team/lib", "team/hidden", "sim-user/secret", "sim-user/own", "sim-user-9/shared"];
    assert_eq!(listed(&sim, "ghp_own", "user/repos?direction=desc").await, by_name);
    assert_eq!(
        listed(&sim, "ghp_own", "user/repos?since=2026-08-01T03:00:00Z&before=2026-08-01T05:00:00Z").await,
        ["sim-user-9/shared", "team/hidden"]
    );
    // An organisation's newest repositories come first, a user's go by name.
    assert_eq!(listed(&sim, "ghp_own", "orgs/team/repos").await, ["team/hidden", "team/lib"]);
    assert_eq!(listed(&sim, "ghp_own", "users/sim-user/repos?type=owner").await, ["sim-user/own"]);
}

#[tokio::test]
async fn an_organisations_list_shows_private_ones_to_who_may_see_them_and_a_users_never() {
    let sim = start().await;
    for (query, own, stranger) in [
        ("", vec!["team/hidden", "team/lib"], vec!["team/lib"]),
        ("?type=private", vec!["team/hidden"], vec![]),
        ("?type=public", vec!["team/lib"], vec!["team/lib"]),
        ("?type=forks", vec!["team/lib"], vec!["team/lib"]),
        ("?type=sources", vec!["team/hidden"], vec![]),
    ] {
        assert_eq!(listed(&sim, "ghp_own", &format!("orgs/team/repos{query}")).await, own, "{query}");
        assert_eq!(listed(&sim, "ghp_other", &format!("orgs/team/repos{query}")).await, stranger, "{query}");
    }
    assert_eq!(listed(&sim, "ghp_own", "users/team/repos").await, ["team/lib"]);
    assert_eq!(listed(&sim, "ghp_own", "users/sim-user/repos?type=member").await, Vec::<String>::new());
}

#[tokio::test]
async fn pages_keep_the_filter_and_say_what_an_entry_is() {
    let sim = start().await;
    sim.world_mut().set_archived("team/lib", true).unwrap();
    sim.world_mut().set_push("team/lib", false).unwrap();
    let pages = all_pages(&sim, "user/repos?visibility=public&per_page=2").await;
    let by_page: Vec<Vec<String>> = pages.iter().map(|page| names(&page.json())).collect();
    assert_eq!(by_page, [vec!["sim-user-9/shared", "sim-user/own"], vec!["team/lib"]]);
    let lib = pages[1].json()[0].clone();
    let expected = json!({"fork": true, "archived": true, "private": false, "visibility": "public"});
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&lib[key], value, "{key}");
    }
    assert_eq!(lib["permissions"]["push"], json!(false));
    assert_eq!(lib["owner"]["type"], "Organization");
    assert_eq!(pages[0].json()[0]["owner"]["type"], "User");
    let open = sim.world().issues("sim-user/own").iter().filter(|issue| issue.state == IssueState::Open).count();
    assert_eq!(pages[0].json()[1]["open_issues_count"], open);
}

#[tokio::test]
async fn a_list_is_304_until_a_flag_changes() {
    let sim = serve(world()).await;
    let etag = get(&sim, "orgs/team/repos").await.header("etag").to_owned();
    let probe = [("if-none-match", etag.as_str())];
    assert_eq!(get_with(&sim, "orgs/team/repos", &probe).await.status, 304);
    sim.world_mut().set_fork("team/lib", false).unwrap();
    assert_eq!(get_with(&sim, "orgs/team/repos", &probe).await.status, 200);
}
