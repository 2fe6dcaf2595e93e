//! Imported values beside those that GitHub gave.

use chrono::TimeDelta;
use github_sim::{DailyTraffic, Regulars, World};
use rstest::rstest;
use serde_json::{Value, json};

use super::desk::{Desk, date, days};
use crate::scene::{REPOSITORY, REPOSITORY_ID, beginning};

/// Views and clones of every day: 20 by 6, and 8 by 4.
fn world() -> World {
    let mut world = World::new(beginning() - TimeDelta::days(60));
    world.add_repository_with_id(REPOSITORY, REPOSITORY_ID).expect("a new repository");
    let days: Vec<DailyTraffic> = (0..60)
        .map(|back| DailyTraffic {
            day: beginning().date_naive() - TimeDelta::days(back),
            views: 20,
            view_uniques: 6,
            clones: 8,
            clone_uniques: 4,
        })
        .collect();
    world.set_daily_traffic(REPOSITORY, &days, Regulars::Half).expect("it is there");
    world.set_now(beginning());
    world
}

/// A day with less than GitHub tells, one with more views and fewer clones, one with the same, one before all that.
const FILE: &str = "date,repo,views,view_uniques,clones,clone_uniques\n\
    2026-08-10,acme/rocket,3,2,1,1\n\
    2026-08-25,acme/rocket,19,5,7,3\n\
    2026-08-26,acme/rocket,21,5,7,4\n\
    2026-08-27,acme/rocket,20,6,8,4\n";

#[rstest]
#[case::collected_first(true)]
#[case::imported_first(false)]
#[tokio::test(flavor = "multi_thread")]
async fn the_greater_value_stands_with_its_source_and_the_gap_is_not_collected(#[case] is_collected_first: bool) {
    let mut desk = Desk::of(world()).await;
    let file = desk.file("old.csv", FILE);
    if is_collected_first {
        desk.hublake().succeed(&["run", "traffic"]);
        desk.scene.pass(TimeDelta::minutes(5));
        desk.import_well(&[&file]);
    } else {
        desk.import_well(&[&file]);
        desk.scene.pass(TimeDelta::minutes(5));
        desk.hublake().succeed(&["run", "traffic"]);
    }

    let found = days(desk.hublake(), REPOSITORY);
    let expected: Vec<String> = date("2026-08-10")
        .iter_days()
        .take(23)
        .map(|day| match day.to_string().as_str() {
            "2026-08-10" => format!("{day} 3/2 1/1 collected"),
            "2026-08-26" => format!("{day} 21/6 8/4 collected"),
            text if text < "2026-08-18" => format!("{day} ?/? ?/? not collected"),
            "2026-08-18" | "2026-09-01" => format!("{day} partial"),
            _ => format!("{day} 20/6 8/4 collected"),
        })
        .collect();
    // How much of the two days at the edges was seen follows from the time of day.
    let without_counts = |line: &String| match line.ends_with("partial") {
        true => format!("{} partial", &line[..10]),
        false => line.clone(),
    };
    assert_eq!(found.iter().map(without_counts).collect::<Vec<_>>(), expected);

    let sql = "SELECT day, views_source AS views, clones_source AS clones FROM stg_traffic_daily
        WHERE day IN ('2026-08-10', '2026-08-25', '2026-08-26', '2026-08-27', '2026-08-28') ORDER BY 1";
    let row = |day: &str, views: &str, clones: &str| json!({"day": day, "views": views, "clones": clones});
    let first = if is_collected_first { "github" } else { "csv" };
    // Fewer cloners of the same clones, or the same of both, are no greater value: who told it first stays named.
    let expected: [Value; 5] = [
        row("2026-08-10", "csv", "csv"),
        row("2026-08-25", "github", "github"),
        row("2026-08-26", "csv", "github"),
        row("2026-08-27", first, first),
        row("2026-08-28", "github", "github"),
    ];
    assert_eq!(desk.hublake().query(sql), expected);
    assert_eq!(
        desk.hublake().query("SELECT status FROM stg_traffic_coverage WHERE day = '2026-08-12'"),
        [json!({"status": "not collected"})]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_asks_github_for_nothing_and_is_no_success_of_githubs() {
    let mut desk = Desk::of(world()).await;
    desk.hublake().succeed(&["run", "traffic"]);
    desk.scene.pass(TimeDelta::minutes(5));
    desk.scene.github.wait_until_answered();
    desk.scene.github.sim().reset_stats();
    desk.import_well(&[&desk.file("old.csv", FILE)]);
    desk.scene.github.wait_until_answered();
    assert_eq!(desk.scene.github.sim().requests().len(), 0);

    let before = days(desk.hublake(), REPOSITORY);
    desk.hublake().succeed(&["run", "traffic"]);
    // Five minutes have passed: only what is still growing may be more.
    let after = days(desk.hublake(), REPOSITORY);
    assert_eq!((before.len(), &before[..22]), (after.len(), &after[..22]));
    let sql = "SELECT safe_until FROM stg_traffic_repositories";
    assert_eq!(desk.hublake().query(sql), [json!({"safe_until": "2026-09-14"})], "an import is no success of GitHub's");
}
