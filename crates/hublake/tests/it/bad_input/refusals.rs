//! What GitHub refuses.

use chrono::TimeDelta;
use github_sim::{SimOptions, Token};
use rstest::rstest;
use serde_json::Value;

use super::assert_says;
use crate::scene::{REPOSITORY, Scene, beginning, contents, world};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_repository_is_named_with_what_to_check() {
    let scene = Scene::new(&[1]).await;
    let words = ["error: acme/nope: not found, or this token may not see it", "\nhint: check the name"];
    assert_says(&scene.hublake.call(&["add", "acme/nope"]), 1, &words);
    assert_says(&scene.hublake.call(&["run", "issues", "--repo", "acme/nope"]), 1, &words);
    let ended = scene.hublake.call(&["report", "issues", "--repo", "acme/nope"]);
    assert_says(&ended, 1, &["acme/nope is not collected", "\nhint: "]);
    assert_eq!(scene.hublake.succeed(&["list", "--format", "json"]).trim(), "[]");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_repositories_to_add_the_one_that_is_there_is_added() {
    let scene = Scene::new(&[1]).await;
    let ended = scene.hublake.call(&["add", REPOSITORY, "acme/nope"]);
    assert_says(&ended, 3, &["acme/nope: not found"]);
    assert!(ended.stdout.contains("added acme/rocket (id 501)"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_became_private_keeps_what_was_published() {
    let scene = Scene::published(&[5]).await;
    let before = contents(&scene.hublake);
    scene.github.sim().world_mut().set_private(REPOSITORY, true).expect("it is there");
    let (ended, _) = scene.run(&[]);
    let words = ["acme/rocket: not found, or this token may not see it", "a private repository needs a token"];
    assert_says(&ended, 1, &words);
    assert_eq!(contents(&scene.hublake), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_told_with_the_place_to_make_a_new_one() {
    let token = Token { expires_at: Some(beginning() + TimeDelta::hours(1)), ..Token::new("ghp_short") };
    let options = SimOptions { tokens: vec![token], accept_unlisted_tokens: false, ..SimOptions::default() };
    let mut scene = Scene::of(world(&[5]), options).await;
    scene.hublake.set("GITHUB_TOKEN", "ghp_short");
    scene.add_all();
    scene.run_well(&[]);
    let before = contents(&scene.hublake);
    scene.pass(TimeDelta::hours(2));
    let (ended, requests) = scene.run(&[]);
    assert_says(&ended, 1, &["GitHub does not accept the token", "\nhint: it may have expired", "settings/tokens"]);
    assert_eq!(requests.len(), 1, "a refused token is not tried again");
    assert_eq!(contents(&scene.hublake), before);
    assert_says(&scene.hublake.call(&["add", "acme/other"]), 1, &["does not accept the token"]);
    let ended = scene.hublake.call(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stdout.contains("problem: the token"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_issues_are_told_with_the_way_out() {
    let scene = Scene::published(&[5]).await;
    scene.github.sim().world_mut().disable_issues(REPOSITORY).expect("it is there");
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 1, &["acme/rocket: its issues are disabled", "\nhint: hublake remove acme/rocket"]);
    let ended = scene.hublake.call(&["add", REPOSITORY]);
    assert!(ended.stdout.contains("its issues are disabled"), "{ended:?}");
}

#[rstest]
#[case::no_slash("not-a-repo", "the owner is missing")]
#[case::two_slashes("a/b/c", "more than one `/`")]
#[case::empty("", "the owner is missing")]
#[case::spaces("acme/rocket ship", "letters, digits")]
#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_name_is_refused_without_a_request(#[case] input: &str, #[case] reason: &str) {
    let scene = Scene::new(&[1]).await;
    for arguments in [vec!["add", input], vec!["run", "issues", "--repo", input], vec!["remove", "--yes", input]] {
        let ended = scene.hublake.call(&arguments);
        assert_says(&ended, 1, &["is not a repository name", reason, "\nhint: write OWNER/NAME"]);
    }
    assert_eq!(scene.github.sim().requests(), []);
}

#[rstest]
#[case::page("https://github.com/acme/rocket")]
#[case::page_of_issues("https://github.com/acme/rocket/issues?q=is%3Aopen")]
#[case::clone_address("git@github.com:acme/rocket.git")]
#[case::other_case("ACME/Rocket")]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_repository_is_a_name(#[case] input: &str) {
    let scene = Scene::new(&[1]).await;
    scene.hublake.succeed(&["add", input]);
    let listed: Value = serde_json::from_str(&scene.hublake.succeed(&["list", "--format", "json"])).expect("JSON");
    assert_eq!(listed[0]["repository"], "acme/rocket");
    scene.hublake.succeed(&["run", "issues", "--repo", input]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_github_that_is_not_there_is_told_once_for_each_repository() {
    let mut scene = Scene::published(&[1]).await;
    // Nobody listens on the discard port; a proxy's answer is no JSON.
    scene.hublake.set("GITHUB_API_URL", "ftp://127.0.0.1:9/");
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &["hint: "]);
    scene.hublake.set("GITHUB_API_URL", "http://example.org/");
    assert_says(&scene.hublake.call(&["run", "issues"]), 1, &["unencrypted", "hint: use https://"]);
    scene.hublake.set("GITHUB_API_URL", "not a url");
    assert_says(&scene.hublake.call(&["run", "issues"]), 1, &["GITHUB_API_URL", "not a URL", "hint: "]);
}
