//! What is imported again, grown, or under another name.

use chrono::TimeDelta;
use serde_json::json;

use super::desk::{Desk, OF_THE_RUN, OF_THE_TIME, date, days};
use super::ghstats::small_database;
use crate::traffic::stored::stored;

/// Files of every kind, each with what only it has.
pub async fn one_of_each(desk: &Desk) -> Vec<String> {
    let ghrs = "acme/rocket/ghrs-data";
    let database = desk.path("ghstats.db");
    small_database(&database).await;
    let week =
        |repo: &str, count: u32, monday: &str| json!({"repo": repo, "uniques": 2, "count": count, "timestamp": monday});
    let array = |count: u32| json!([week("rocket", count, "2025-01-06"), week("quiet", 4, "2025-01-13")]);
    let repositories = "RID,ORGNAME,REPONAME\n1000,acme,rocket\n1001,acme,quiet\n";
    let traffic_stats = "RID,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES\n\
        1000,2025-03-01,5,2,0,0\n1001,2025-03-01,7,3,1,1\n1000,2025-03-02,6,2,4,3\n1000,2025-03-03,6,2,None,None\n";
    let aggregate = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n\
        2024-03-30 00:00:00+00:00,4,2,59,13\n2024-03-31 00:00:00+00:00,0,0,91,16\n2024-04-02 00:00:00+00:00,1,1,3,2\n";
    vec![
        desk.file(&format!("{ghrs}/views_clones_aggregate.csv"), aggregate),
        desk.file(
            &format!("{ghrs}/snapshots/2024-04-03_101112_top_paths_snapshot.csv"),
            "url_path,views_total,views_unique\n/acme/rocket,507,164\n",
        ),
        desk.file(&format!("{ghrs}/stargazers.csv"), "time_iso8601,stars_cumulative\n2024-03-30 23:08:44+00:00,2\n"),
        database.display().to_string(),
        desk.file("stats/repostats.csv", traffic_stats),
        desk.file("stats/repositories.csv", repositories),
        desk.file("views.json", format!("{}{}", array(24), array(20))),
        desk.file("plain.csv", "date,repo,views,view_uniques\n2025-05-01,acme/quiet,5,2\n2025-05-04,acme/quiet,1,1\n"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_everything_twice_changes_nothing() {
    let mut desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let files = one_of_each(&desk).await;
    let mut arguments = vec!["--owner", "acme"];
    arguments.extend(files.iter().map(String::as_str));
    let first = desk.import_well(&arguments);
    assert!(!first.contains("imported before"), "{first}");
    let before = stored(desk.hublake(), OF_THE_RUN);
    assert!(before.len() > 60, "{}", before.len());
    let raw = "SELECT count(*) AS count FROM raw_traffic_imports";
    let kept = desk.hublake().query(raw);

    desk.scene.pass(TimeDelta::days(1));
    let again = desk.import_well(&arguments);
    for file in files.iter().filter(|file| !file.ends_with("repositories.csv")) {
        assert!(again.contains(&format!("{file}: imported before, nothing new")), "{again}");
    }
    assert_eq!(stored(desk.hublake(), OF_THE_RUN), before);
    assert_eq!(desk.hublake().query(raw), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grown_file_adds_the_rest() {
    let mut desk = Desk::new(&["acme/rocket"]).await;
    let header = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n";
    let row = |place: i64| {
        let day = date("2024-05-20") + TimeDelta::days(place);
        format!("{day} 00:00:00+00:00,{},1,{},3\n", place + 1, place * 2 + 3)
    };
    let text = |count: i64| (0..count).map(row).fold(header.to_owned(), |text, row| text + &row);
    let name = "acme/rocket/ghrs-data/views_clones_aggregate.csv";
    desk.import_well(&[&desk.file(name, text(9))]);
    assert_eq!(days(desk.hublake(), "acme/rocket")[8], "2024-05-28 19/3 9/1 partial", "it may have been growing");

    desk.scene.pass(TimeDelta::days(1));
    let file = desk.file(name, text(31));
    let told = desk.import_well(&[&file]);
    assert!(!told.contains("imported before"), "{told}");
    let found = days(desk.hublake(), "acme/rocket");
    assert_eq!(found.len(), 31);
    assert_eq!(found[8], "2024-05-28 19/3 9/1 collected");
    assert_eq!(found[30], "2024-06-19 63/3 31/1 partial");

    // Nothing else than if it had been imported once.
    let other = desk.another();
    super::desk::import_well(&other, &[&file]);
    assert_eq!(stored(desk.hublake(), OF_THE_TIME), stored(&other, OF_THE_TIME));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_of_the_same_content_count_once() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let text = "date,repo,views\n2024-03-01,acme/rocket,5\n2024-03-02,acme/rocket,7\n";
    let (one, two, three) =
        (desk.file("one.csv", text), desk.file("two.csv", text), desk.file("below/three.csv", text));
    let told = desk.import_well(&[&one, &two]);
    assert!(told.contains(&format!("{two}: imported before")), "{told}");
    let before = stored(desk.hublake(), OF_THE_RUN);
    let told = desk.import_well(&[&three]);
    assert!(told.contains(&format!("{three}: imported before, nothing new")), "{told}");
    assert_eq!(stored(desk.hublake(), OF_THE_RUN), before);
    let sql = "SELECT file_name, count(*) AS kept FROM raw_traffic_imports GROUP BY 1";
    assert_eq!(desk.hublake().query(sql), [json!({"file_name": "one.csv", "kept": 2})]);
    let sql = "SELECT max(observation_count) AS seen FROM stg_traffic_daily";
    assert_eq!(desk.hublake().query(sql), [json!({"seen": 1})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn views_and_clones_that_happen_to_be_equal_are_both_taken() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let text = "date,count,uniques\n2024-03-01,5,2\n2024-03-02,1,1\n";
    let (views, clones) = (desk.file("views.csv", text), desk.file("clones.csv", text));
    let told = desk.import_well(&["--repo", "acme/rocket", &views, &clones]);
    assert!(!told.contains("imported before"), "{told}");
    let expected = ["2024-03-01 5/2 5/2 collected", "2024-03-02 1/1 1/1 collected"];
    assert_eq!(days(desk.hublake(), "acme/rocket"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_is_taken_for_each_repository_that_is_said_to_be_its_own() {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let file = desk.file("traffic.csv", "date,views\n2024-03-01,5\n");
    for repository in ["acme/rocket", "acme/quiet"] {
        desk.import_well(&["--repo", repository, &file]);
        assert_eq!(days(desk.hublake(), repository), ["2024-03-01 5/? ?/? partial"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregate_is_taken_again_when_snapshots_beside_it_tell_more() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let text = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n\
        2024-03-01 00:00:00+00:00,4,2,59,13\n2024-03-02 00:00:00+00:00,0,0,91,16\n2024-03-04 00:00:00+00:00,1,1,3,2\n";
    let file = desk.file("acme/rocket/ghrs-data/views_clones_aggregate.csv", text);
    desk.import_well(&[&file]);
    let found = days(desk.hublake(), "acme/rocket");
    assert_eq!(found[2..], ["2024-03-03 ?/? ?/? not collected", "2024-03-04 3/2 1/1 partial"]);

    let snapshot = "acme/rocket/ghrs-data/snapshots/2024-03-05_101112_top_paths_snapshot.csv";
    desk.file(snapshot, "url_path,views_total,views_unique\n/acme/rocket,9,3\n");
    let told = desk.import_well(&[&file]);
    assert!(!told.contains("imported before"), "{told}");
    let found = days(desk.hublake(), "acme/rocket");
    assert_eq!(found[2..], ["2024-03-03 0/0 0/0 collected", "2024-03-04 3/2 1/1 collected"]);
}
