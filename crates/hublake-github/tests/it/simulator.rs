//! The client against the simulator: lists, renames, ETags, faults and limits as GitHub has them.

use std::collections::BTreeSet;
use std::sync::Arc;

use github_sim::{GenerateOptions, Sim, SimOptions, World};
use hublake_github::{
    Account, Auth, Client, Config, ListOutcome, ManualClock, Outcome, RepoName, RepositoryOutcome, Request, Resource,
    ViewerOutcome,
};
use rstest::rstest;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{TOKEN, page, start};

#[derive(Deserialize)]
struct Issue {
    number: u32,
}

async fn simulated(issues: u64) -> (Sim, Client, String) {
    let mut world = World::new(start());
    world.generate(&GenerateOptions { repos: 1, issues, seed: 7, ..GenerateOptions::default() });
    let name = world.repositories().next().unwrap().full_name();
    let sim = Sim::start(world, SimOptions::default()).await.unwrap();
    let client = client_at(sim.url());
    (sim, client, name)
}

fn client_at(api_url: url::Url) -> Client {
    let auth = Auth::Token(SecretString::from(TOKEN));
    let clock = Arc::new(ManualClock::new(start()));
    Client::new(Config { api_url, auth, clock, ..Config::default() }).unwrap()
}

async fn numbers(client: &Client, name: &str) -> (BTreeSet<u32>, usize) {
    let query = [("state", "all"), ("per_page", "100")];
    let mut next = Some(client.url(&format!("repos/{name}/issues"), &query));
    let (mut found, mut pages) = (BTreeSet::new(), 0);
    while let Some(url) = next {
        let page = page(client.get(Request::new(url)).await.unwrap());
        found.extend(serde_json::from_slice::<Vec<Issue>>(&page.body).unwrap().into_iter().map(|one| one.number));
        pages += 1;
        next = page.next;
    }
    (found, pages)
}

#[rstest]
#[case::public("")]
#[case::enterprise("api/v3")]
#[tokio::test]
async fn a_whole_list_is_read_by_its_links(#[case] root: &str) {
    let (sim, _, name) = simulated(250).await;
    let client = client_at(sim.url().join(root).unwrap());
    let (found, pages) = numbers(&client, &name).await;
    let truth: BTreeSet<u32> = sim.world().issues(name.as_str()).iter().map(|one| one.number).collect();
    assert_eq!(found, truth);
    assert_eq!(pages, truth.len().div_ceil(100));
    assert_eq!(client.spent().requests as usize, pages);
    assert_eq!(client.spent().quota as usize, pages);
    sim.stop().await;
}

#[tokio::test]
async fn a_list_nobody_changed_costs_nothing_again() {
    let (sim, client, name) = simulated(50).await;
    let url = client.url(&format!("repos/{name}/issues"), &[("sort", "updated")]);
    let first = page(client.get(Request::new(url.clone())).await.unwrap());
    let before = client.remaining(&Resource::Core).unwrap().remaining;
    let again = client.get(Request::new(url).with_etag(first.etag)).await.unwrap();
    let Outcome::NotModified { rate, spent, .. } = again else { panic!("{again:?}") };
    assert_eq!((rate.unwrap().remaining, spent.quota), (before, 0));
    sim.stop().await;
}

#[tokio::test]
async fn a_renamed_repository_keeps_its_id() {
    let (sim, client, name) = simulated(5).await;
    sim.world_mut().rename_repository(&name, "someone/else").unwrap();
    let outcome = client.repository(&name.parse::<RepoName>().unwrap()).await.unwrap();
    let RepositoryOutcome::Found { repository, spent } = outcome else { panic!("{outcome:?}") };
    assert_eq!((repository.full_name.as_str(), spent.requests), ("someone/else", 2));
    let by_id = client.repository_by_id(repository.repo_id).await.unwrap();
    assert!(matches!(by_id, RepositoryOutcome::Found { repository: same, .. } if same == repository));
    sim.stop().await;
}

#[tokio::test]
async fn standing_is_told_as_values() {
    let (sim, client, name) = simulated(5).await;
    let issues = |client: &Client| Request::new(client.url(&format!("repos/{name}/issues"), &[]));
    sim.world_mut().disable_issues(name.as_str()).unwrap();
    assert!(matches!(client.get(issues(&client)).await.unwrap(), Outcome::Gone { .. }));
    sim.world_mut().block_repository(name.as_str()).unwrap();
    assert!(matches!(client.get(issues(&client)).await.unwrap(), Outcome::Blocked { .. }));
    sim.world_mut().delete_repository(name.as_str()).unwrap();
    assert!(matches!(client.get(issues(&client)).await.unwrap(), Outcome::NotFound { .. }));
    sim.stop().await;
}

#[rstest]
#[case::server_errors("* next:2 status:502")]
#[case::cut_off("* next:2 cut")]
#[case::dropped("* next:2 drop")]
#[case::no_json("* next:2 wrong-json")]
#[case::secondary("* next:1 secondary:429:60")]
#[case::secondary_without_time("* next:1 secondary:403")]
#[tokio::test]
async fn faults_that_pass_leave_the_list_whole(#[case] fault: &str) {
    let (sim, client, name) = simulated(250).await;
    sim.set_faults([fault.parse().unwrap()]);
    let (found, _) = numbers(&client, &name).await;
    assert_eq!(found.len(), sim.world().issues(name.as_str()).len());
    sim.stop().await;
}

#[tokio::test]
async fn the_primary_limit_is_told_with_its_end() {
    let (sim, _, name) = simulated(5).await;
    sim.set_limits(github_sim::LimitOptions { core: 20, ..github_sim::LimitOptions::default() });
    let auth = Auth::Token(SecretString::from(TOKEN));
    let max_wait = std::time::Duration::from_secs(60);
    let clock = Arc::new(ManualClock::new(start()));
    let client = Client::new(Config { api_url: sim.url(), auth, max_wait, clock, ..Config::default() }).unwrap();
    let mut pages = 0;
    let limited = loop {
        match client.get(Request::new(client.url(&format!("repos/{name}/issues"), &[]))).await.unwrap() {
            Outcome::Page(_) => pages += 1,
            other => break other,
        }
    };
    let Outcome::Limited { until, .. } = limited else { panic!("{limited:?}") };
    assert_eq!(pages, 18, "two of 20 are the floor");
    assert!(until > start(), "{until}");
    sim.stop().await;
}

#[tokio::test]
async fn the_viewer_is_known() {
    let (sim, client, _) = simulated(1).await;
    let outcome = client.viewer().await.unwrap();
    let ViewerOutcome::Known(viewer) = outcome else { panic!("{outcome:?}") };
    assert!(viewer.login.is_some());
    assert!(client.rate_limits().await.unwrap().unwrap()[&Resource::Core].limit > 0);
    sim.stop().await;
}

#[tokio::test]
async fn a_list_of_repositories_is_read_to_its_end_by_name() {
    let mut world = World::new(start());
    for id in 1..=230_u64 {
        world.add_repository_with_id(&format!("ann/repo-{:03}", 500 - id), id).unwrap();
    }
    world.add_repository_with_id("bob/other", 900).unwrap();
    let sim = Sim::start(world, SimOptions::default()).await.unwrap();
    let client = client_at(sim.url());
    let ListOutcome::Found { repositories, spent } =
        client.repositories(&Account::User("ann".to_owned())).await.unwrap()
    else {
        panic!("no list");
    };
    assert_eq!(spent.requests, 3);
    let ids: Vec<i64> = repositories.iter().map(|one| one.repo_id).collect();
    assert_eq!(ids, (1..=230).rev().collect::<Vec<_>>());
    let own = client.repositories(&Account::Own).await.unwrap();
    assert!(matches!(own, ListOutcome::Found { repositories, .. } if repositories.len() == 231));
    let nobody = client.repositories(&Account::Organisation("nobody-of-this-name".to_owned())).await.unwrap();
    assert!(matches!(nobody, ListOutcome::Unavailable(Outcome::NotFound { .. })));
}
