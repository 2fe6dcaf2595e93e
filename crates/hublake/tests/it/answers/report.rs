//! The answer: its figures, and the issues behind them.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::github::GitHub;
use crate::program::Hublake;
use crate::scene::{Scene, beginning, name, text, world};
use crate::truth::Truth;
use crate::truth::backlog::{BacklogDay, History, backlog};

/// The program's keys and those of the independent figures.
const SAME: [(&str, &str); 9] = [
    ("repo_id", "repo_id"),
    ("repository", "repo_full_name"),
    ("window_days", "window_days"),
    ("window_from", "first_day"),
    ("window_to", "last_day"),
    ("open_now", "open_now"),
    ("median_closure_age_days", "median_closure_age_days"),
    ("p90_closure_age_days", "p90_closure_age_days"),
    ("share_closed_within_7d", "share_closed_within_7d"),
];

/// How many swing days an answer shows in each direction.
const SWINGS: usize = 5;

fn report(hublake: &Hublake, options: &[&str]) -> Vec<Value> {
    let stdout = hublake.succeed(&[&["report", "issues", "--format", "json"], options].concat());
    serde_json::from_str(&stdout).expect("an array")
}

fn close(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() <= 1e-9 * left.abs().max(right.abs()),
        _ => left == right,
    }
}

/// The program shows the biggest days, at a tie the later ones; which of several equal days is a matter of taste.
fn assert_same_swings(shown: &Value, expected: &Value) {
    let net = |days: &Value, key: &str| -> Vec<i64> {
        days.as_array().into_iter().flatten().take(SWINGS).filter_map(|day| day[key].as_i64()).collect()
    };
    assert_eq!(net(shown, "net"), net(expected, "net_change"));
    for day in shown.as_array().expect("days") {
        let is_one = |one: &Value| one["calendar_date"] == day["date"] && one["net_change"] == day["net"];
        assert!(expected.as_array().expect("days").iter().any(is_one), "{day} is none of {expected}");
        let number = |key: &str| day[key].as_i64().expect("a number");
        assert_eq!(number("opened") + number("reopened") - number("closed") - number("left"), number("net"));
    }
}

/// What came and went in a window is what happened to the issues on its days.
fn assert_flow(shown: &Value, flow: &[BacklogDay]) {
    let total = |count: fn(&BacklogDay) -> i64| Some(flow.iter().map(count).sum::<i64>());
    assert_eq!(shown["opened"].as_i64(), total(|day| day.opened_count));
    assert_eq!(shown["reopened"].as_i64(), total(|day| day.reopened_count));
    assert_eq!(shown["closed"].as_i64(), total(|day| day.closed_count));
    assert_eq!(shown["left"].as_i64(), total(|day| day.left_count));
    let net = total(|day| day.net_change);
    assert_eq!(shown["net"].as_i64(), net);
    let verdict = match net {
        Some(net) if net > 10 => "Worsening",
        Some(net) if net < -10 => "Improving",
        _ => "Flat",
    };
    assert_eq!(shown["verdict"], verdict);
    let open: Vec<Value> = flow.iter().map(|day| json!({"date": day.calendar_date, "open": day.open_at_end})).collect();
    assert_eq!(shown["backlog"], json!(open));
    let swings = |sign: i64| {
        let mut days: Vec<_> = flow.iter().filter(|day| day.net_change * sign > 0).collect();
        days.sort_by_key(|day| -sign * day.net_change);
        json!(days)
    };
    assert_same_swings(&shown["swings_up"], &swings(1));
    assert_same_swings(&shown["swings_down"], &swings(-1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_every_window_are_those_of_the_issues_and_the_issues_behind_them_are_listed() {
    let github = GitHub::generated(2, 300, 11, beginning()).await;
    let hublake = Hublake::new(&github.url(), beginning());
    let truth = github.truth();
    let histories = github.histories();
    let names: Vec<&str> = truth.repositories.iter().map(|one| one.columns.repo_full_name.as_str()).collect();
    hublake.succeed(&[&["add"], names.as_slice()].concat());
    hublake.succeed(&["run", "issues"]);
    let windows = [
        ("7d", 7, None),
        ("180d", 180, None),
        ("5000d", 5_000, None),
        ("90d", 90, NaiveDate::from_ymd_opt(2025, 6, 30)),
        // Before there was anything.
        ("30d", 30, NaiveDate::from_ymd_opt(2001, 1, 31)),
    ];
    for (window, days, until) in windows {
        assert_figures(&hublake, &truth, &histories, window, days, until);
    }
}

fn assert_figures(
    hublake: &Hublake,
    truth: &Truth,
    histories: &[History],
    window: &str,
    days: u32,
    until: Option<NaiveDate>,
) {
    let until_text = until.map(|day| day.to_string());
    let mut options = vec!["--window", window];
    options.extend(until_text.iter().flat_map(|day| ["--until", day]));
    let expected = truth.report(days, until.unwrap_or(beginning().date_naive()));
    let shown = report(hublake, &options);
    assert_eq!(shown.len(), expected.len());
    for (shown, expected) in shown.iter().zip(&expected) {
        let expected = serde_json::to_value(expected).expect("JSON");
        for (ours, theirs) in SAME {
            assert!(close(&shown[ours], &expected[theirs]), "{ours}: {} is not {}", shown[ours], expected[theirs]);
        }
        assert!(close(&shown["share_closed_after_90d"], &expected["share_closed_after_90d"]));
        let last_day = until.unwrap_or(beginning().date_naive());
        let history = histories.iter().find(|one| shown["repository"] == one.columns.repo_full_name.as_str());
        let mut flow = backlog(history.expect("a history"), false, Some(last_day));
        flow.retain(|day| day.calendar_date <= last_day && last_day - day.calendar_date < TimeDelta::days(days.into()));
        assert_flow(shown, &flow);
        let sum =
            |key: &str| shown["weekdays"].as_array().into_iter().flatten().filter_map(|day| day[key].as_i64()).sum();
        assert_eq!((shown["opened"].as_i64(), shown["closed"].as_i64()), (Some(sum("opened")), Some(sum("closed"))));
        let last = shown["backlog"].as_array().and_then(|days| days.last());
        if until.is_none() {
            assert_eq!(last.map(|day| &day["open"]), Some(&shown["open_now"]));
            assert_eq!(last.map(|day| &day["date"]), Some(&shown["window_to"]));
        }
    }
    for (list, figure) in [("opened", "opened"), ("closed", "closed"), ("oldest", "open_now")] {
        let listed = report(hublake, &[&["--list", list, "--limit", "100000"], options.as_slice()].concat());
        for shown in &shown {
            let here = listed.iter().filter(|issue| issue["repo_full_name"] == shown["repository"]).count();
            assert_eq!(Some(here as i64), shown[figure].as_i64(), "{list} of {}", shown["repository"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_in_order_and_end_at_their_limit() {
    let scene = Scene::published(&[40, 10]).await;
    let numbers = |options: &[&str]| -> Vec<i64> {
        report(&scene.hublake, options).iter().filter_map(|issue| issue["issue_number"].as_i64()).collect()
    };
    let one = ["--repo", "acme/rocket", "--limit", "3", "--list"];
    assert_eq!(numbers(&[&one[..], &["opened"]].concat()), [39, 38, 37]);
    assert_eq!(numbers(&[&one[..], &["closed"]].concat()), [39, 36, 33]);
    assert_eq!(numbers(&[&one[..], &["oldest"]].concat()), [1, 2, 4]);
    assert_eq!(report(&scene.hublake, &["--list", "opened"]).len(), 20);
}

/// Adds repositories that opened and closed so many issues within the window.
async fn scene_of(flows: &[(u32, u32)]) -> Scene {
    let mut world = world(&vec![0; flows.len()]);
    let (long_ago, lately) = (beginning() - TimeDelta::days(900), beginning() - TimeDelta::days(20));
    for (place, (opened, closed)) in flows.iter().enumerate() {
        for _ in 0..*opened {
            let issue = json!({"created_at": text(lately), "updated_at": text(lately)});
            world.upsert_issue(&name(place), issue).expect("an issue object");
        }
        for _ in 0..*closed {
            let issue = json!({
                "created_at": text(long_ago), "updated_at": text(lately), "closed_at": text(lately), "state": "closed",
            });
            world.upsert_issue(&name(place), issue).expect("an issue object");
        }
    }
    let scene = Scene::of(world, github_sim::SimOptions::default()).await;
    scene.add_all();
    scene.run_well(&[]);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verdict_turns_at_ten_and_not_before() {
    let scene = scene_of(&[(10, 0), (11, 0), (0, 10), (0, 11), (15, 15)]).await;
    let verdicts: Vec<Value> = report(&scene.hublake, &[]).iter().map(|one| one["verdict"].clone()).collect();
    assert_eq!(verdicts, ["Flat", "Worsening", "Flat", "Improving", "Flat"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_repositories_stand_side_by_side() {
    let scene = scene_of(&[(14, 3), (0, 12), (0, 0)]).await;
    insta::assert_snapshot!(scene.hublake.succeed(&["report", "issues", "--window", "30d"]));
}
