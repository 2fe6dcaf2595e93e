//! GraphQL and REST lead to the same tables.

use chrono::TimeDelta;
use github_sim::{BurstOptions, GenerateOptions, LimitOptions, SimOptions, World};

use crate::github::GitHub;
use crate::program::Hublake;
use crate::scene::{assert_same, beginning, contents_without};
use crate::timeline;
use crate::truth::{backlog_tables, recorded_data};

/// What only one API tells, or what tells the request that brought a row.
const OF_THE_API: [&str; 2] = ["event_id", "source_"];

/// Recorded, generated and odd histories together.
fn world() -> World {
    let mut world = World::new(beginning());
    if let Some(folder) = recorded_data() {
        world.load_recorded_only(&folder, &["bitcoin-core/gui"]).expect("the recorded files are readable");
    } else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: both ways are compared on generated issues");
    }
    let oddities = timeline::folder(&timeline::oddities());
    world.load_recorded_only(oddities.path(), &[timeline::REPOSITORY]).expect("the records are sound");
    world.set_now(beginning());
    let options = GenerateOptions { repos: 2, issues: 400, seed: 11, ..GenerateOptions::default() };
    world.generate_with_events(&options, 5);
    world
}

/// A home of this GitHub that is told to use one of the two.
struct Way {
    api: &'static str,
    hublake: Hublake,
}

impl Way {
    fn new(github: &GitHub, api: &'static str) -> Self {
        let hublake = Hublake::new(&github.url(), beginning());
        let names: Vec<String> = github.sim().world().repositories().map(|one| one.full_name()).collect();
        let mut arguments = vec!["add"];
        arguments.extend(names.iter().map(String::as_str));
        hublake.succeed(&arguments);
        Self { api, hublake }
    }

    /// Runs, and gives the rows of every table.
    fn run(&self, options: &[&str]) -> Vec<String> {
        self.hublake.succeed(&[&["run", "issues", "--api", self.api], options].concat());
        contents_without(&self.hublake, &OF_THE_API)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ways_give_the_same_tables_first_after_changes_and_after_a_sweep() {
    let github = GitHub::serving(world(), SimOptions::default()).await;
    let (mut graphql, mut rest) = (Way::new(&github, "graphql"), Way::new(&github, "rest"));
    let first = graphql.run(&[]);
    assert!(first.iter().filter(|row| row.starts_with("stg_issue_events|")).count() > 1_000, "there are events");
    assert_same(&rest.run(&[]), &first, "the first load by REST");
    let expected = backlog_tables(&github.histories(), beginning());
    let generated = |row: &serde_json::Map<String, serde_json::Value>| {
        row["repo_full_name"].as_str().is_some_and(|name| name.starts_with("sim-org"))
    };
    assert!(expected.iter().all(|table| table.rows.iter().any(generated)), "the truth has rows");

    // Half of it changes: labels, states, titles.
    let later = beginning() + TimeDelta::hours(30);
    github.set_now(later);
    github.sim().world_mut().change_issues(&BurstOptions { issues: 200, repos: 4, seed: 3 });
    for way in [&mut graphql, &mut rest] {
        way.hublake.set_now(later);
    }
    let changed = graphql.run(&[]);
    assert!(changed.iter().filter(|row| !first.contains(row)).count() > 200, "much changed");
    assert_same(&rest.run(&[]), &changed, "the changes by REST");

    {
        let mut world = github.sim().world_mut();
        let numbers: Vec<u32> = world
            .issues("sim-org-00/repo-0000")
            .iter()
            .filter(|issue| !issue.is_pull_request)
            .map(|issue| issue.number)
            .collect();
        world.delete_issue("sim-org-00/repo-0000", numbers[3]).expect("it is there");
        world.transfer_issue("sim-org-00/repo-0000", numbers[40], "sim-org-00/repo-0001").expect("it is there");
    }
    let swept = graphql.run(&["--sweep"]);
    assert_eq!(swept.iter().filter(|row| row.starts_with("stg_issue_departures|")).count(), 3, "one is a discussion");
    assert_same(&rest.run(&["--sweep"]), &swept, "the sweep by REST");
}

#[tokio::test(flavor = "multi_thread")]
async fn past_the_end_of_the_list_of_events_rest_asks_for_each_issue_and_has_the_same() {
    let generated = || {
        let mut world = World::new(beginning());
        let options = GenerateOptions { repos: 1, issues: 150, seed: 4, ..GenerateOptions::default() };
        world.generate_with_events(&options, 6);
        world
    };
    let github = GitHub::serving(generated(), SimOptions::default()).await;
    let expected = Way::new(&github, "graphql").run(&[]);
    let limits = LimitOptions { repository_events: 300, ..LimitOptions::default() };
    github.sim().set_limits(limits);
    let rest = Way::new(&github, "rest");
    github.sim().reset_stats();
    assert_same(&rest.run(&[]), &expected, "the first load by REST");
    let requests = github.sim().requests();
    let single = requests.iter().filter(|one| one.target.split('?').next().is_some_and(is_of_one_issue)).count();
    assert!(single > 50, "only {single} requests were for the events of one issue");
}

/// `/repositories/{id}/issues/{n}/events`
fn is_of_one_issue(path: &str) -> bool {
    path.ends_with("/events") && !path.ends_with("/issues/events")
}
