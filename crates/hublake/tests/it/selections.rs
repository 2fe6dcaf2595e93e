//! `hublake add --user`, `--org` and rules.

use github_sim::{SimOptions, Token, World};

use crate::github::GitHub;
use crate::program::Hublake;
use crate::scene::beginning;

/// `acme` is an organisation; the token is that of `sim-user`.
async fn github() -> GitHub {
    let mut world = World::new(beginning());
    for (id, name) in [
        (501, "acme/rocket"),
        (502, "acme/secret"),
        (503, "acme/fork"),
        (504, "acme/old"),
        (505, "acme/foreign"),
        (506, "sim-user/tool"),
        (507, "sim-user/diary"),
        (508, "bob/lib"),
        (509, "bob/foreign"),
    ] {
        world.add_repository_with_id(name, id).expect("a new repository");
    }
    world.set_private("acme/secret", true).expect("it is there");
    world.set_private("sim-user/diary", true).expect("it is there");
    world.set_fork("acme/fork", true).expect("it is there");
    world.set_archived("acme/old", true).expect("it is there");
    world.set_push("acme/foreign", false).expect("it is there");
    world.set_push("bob/foreign", false).expect("it is there");
    let options = SimOptions { tokens: vec![Token::new("ghp_test")], ..SimOptions::default() };
    GitHub::serving(world, options).await
}

fn listed(hublake: &Hublake) -> Vec<String> {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&hublake.succeed(&["list", "--format", "json"])).expect("JSON");
    let mut names: Vec<_> = rows.iter().filter_map(|row| row["repository"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_brings_in_what_the_token_may_push_to() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    let ended = hublake.call(&["add", "--org", "acme", "!fork", "!archived"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(listed(&hublake), ["acme/rocket", "acme/secret"]);
    assert!(
        ended.stderr.contains("1 more, such as acme/foreign, are left out: the token may not push to them"),
        "{ended:?}"
    );
    assert!(hublake.succeed(&["list"]).contains("selected by: --org acme !fork !archived"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_own_user_brings_in_private_ones_and_those_of_organisations() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "--user", "Sim-User"]);
    let all = ["acme/fork", "acme/old", "acme/rocket", "acme/secret", "bob/lib", "sim-user/diary", "sim-user/tool"];
    assert_eq!(listed(&hublake), all);

    let other = Hublake::new(&github.url(), beginning());
    other.succeed(&["add", "--user", "bob"]);
    assert_eq!(listed(&other), ["bob/lib"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_alone_choose_among_the_tokens_own() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "acme/*", "!acme/old", "!fork"]);
    assert_eq!(listed(&hublake), ["acme/rocket", "acme/secret"]);
    hublake.succeed(&["remove", "!fork"]);
    assert_eq!(listed(&hublake), ["acme/fork", "acme/rocket", "acme/secret"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_takes_an_owner_leaves_the_accounts_beside_it() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "--user", "bob"]);
    github.sim().reset_stats();
    hublake.succeed(&["add", "acme/*", "!fork"]);
    assert_eq!(listed(&hublake), ["acme/old", "acme/rocket", "acme/secret", "bob/lib"]);
    hublake.succeed(&["remove", "--user", "bob"]);
    github.sim().reset_stats();
    hublake.succeed(&["run", "issues"]);
    let asked: Vec<_> = github.sim().requests().into_iter().map(|one| one.target).collect();
    assert!(!asked.iter().any(|target| target == "/user"), "nobody asks whose the token is: {asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_run_brings_in_new_ones_and_lets_go_what_is_there_no_more() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "--user", "bob"]);
    hublake.succeed(&["run", "issues"]);
    {
        let mut world = github.sim().world_mut();
        world.add_repository_with_id("bob/new", 510).expect("a new repository");
        world.rename_repository("bob/lib", "bob/library").expect("it is there");
    }
    hublake.succeed(&["run", "issues"]);
    assert_eq!(listed(&hublake), ["bob/library", "bob/new"]);
    github.sim().world_mut().delete_repository("bob/library").expect("it is there");
    let ended = hublake.call(&["run", "issues"]);
    assert!(ended.stderr.contains("bob/library is selected no more: its history stays"), "{ended:?}");
    assert_eq!(listed(&hublake), ["bob/new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_removed_by_hand_does_not_come_back_and_one_added_by_name_stays() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "acme/rocket"]);
    hublake.succeed(&["add", "--user", "bob", "--user", "sim-user", "sim-user/*", "bob/*"]);
    hublake.succeed(&["remove", "sim-user/tool", "--yes"]);
    hublake.succeed(&["run", "issues"]);
    assert_eq!(listed(&hublake), ["acme/rocket", "bob/lib", "sim-user/diary"]);
    hublake.succeed(&["remove", "--user", "bob", "bob/*"]);
    assert_eq!(listed(&hublake), ["acme/rocket", "sim-user/diary"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_had_is_said_and_what_is_known_is_collected() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "--user", "bob"]);
    github.sim().set_faults(["/users/bob/repos always status:404".parse().expect("a fault")]);
    let ended = hublake.call(&["run", "issues"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("warning: new repositories were not looked for:"), "{ended:?}");
    assert_eq!(listed(&hublake), ["bob/lib"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_lost_right_nor_a_missing_token_lets_a_repository_go() {
    let github = github().await;
    let mut hublake = Hublake::new(&github.url(), beginning());
    hublake.succeed(&["add", "--user", "bob"]);
    github.sim().world_mut().set_push("bob/lib", false).expect("it is there");
    hublake.succeed(&["run", "issues"]);
    assert_eq!(listed(&hublake), ["bob/lib"]);
    hublake.set("GITHUB_TOKEN", "");
    let ended = hublake.call(&["run", "issues"]);
    assert!(ended.stderr.contains("what accounts and rules select is told by a token alone"), "{ended:?}");
    assert_eq!(listed(&hublake), ["bob/lib"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_rule_or_no_account_is_refused() {
    let github = github().await;
    let hublake = Hublake::new(&github.url(), beginning());
    for (arguments, reason) in [
        (["add", "acme/*/x"].as_slice(), "acme/*/x is no rule\nhint: rules are *, owner/*"),
        (&["add", "--user", "../orgs/acme"], "--user ../orgs/acme: that is no login"),
        (&["add", "--org", "nobody-of-this-name"], "the repositories of organisation nobody-of-this-name: not found"),
        (&["remove", "--org", "acme"], "--org acme is not there\nhint: hublake list shows what is"),
    ] {
        let ended = hublake.call(arguments);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{ended:?}");
    }
    assert!(!hublake.succeed(&["list"]).contains("selected by"), "nothing was kept");
}
