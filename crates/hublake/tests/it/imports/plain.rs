//! CSV files of days, lists and figures, as they lie in folders of recorded data, or some like them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, TimeDelta};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::desk::{Desk, date, days, folder, recorded, write};
use super::sheet::{self, Row};
use crate::truth::Expected;

const WITH_TIMES: &str = "NCAR/i-wrf";
const WITHOUT: &str = "databricks-solutions/consort";

/// The folder with `NCAR+i-wrf` and `databricks-solutions+consort`.
fn data() -> (TempDir, PathBuf) {
    let made = folder();
    let place = recorded().unwrap_or_else(|| {
        generate(made.path());
        made.path().to_owned()
    });
    (made, place)
}

/// Days that occur in three collections each, with other values.
fn generate(place: &Path) {
    let first = date("2026-03-20");
    for (measure, step) in [("views", 5), ("clones", 3)] {
        let mut with_times = format!("date,{measure}_total,{measure}_unique,collection_timestamp\n");
        let mut without = "date,count,uniques\n".to_owned();
        for (run, asked_on) in [14, 19, 24].into_iter().enumerate() {
            let asked_on = first + TimeDelta::days(asked_on);
            for back in (0..15).rev() {
                let day = asked_on - TimeDelta::days(back);
                let count = (back as usize * step + run * 11) % 29 + 3;
                with_times += &format!("{day},{count},{},{asked_on}T23:47:29.333337+00:00\n", count / 3);
                without += &format!("{day},{count},{}\n", count / 3);
            }
        }
        write(&place.join(format!("NCAR+i-wrf/traffic/{measure}.csv")), with_times);
        write(&place.join(format!("databricks-solutions+consort/traffic/{measure}.csv")), without);
    }
    let lists = "2026-04-01,a.example,7,1\n2026-04-01,Google,4,3\n2026-04-02,Google,5,3\n";
    write(&place.join("NCAR+i-wrf/traffic/referrers.csv"), format!("collection_date,referrer,count,uniques\n{lists}"));
    let other = place.join("databricks-solutions+consort/traffic");
    write(&other.join("referrers.csv"), format!("snapshot_date,referrer,count,uniques\n{lists}"));
    let paths = "snapshot_date,path,count,uniques,title\n\"2026-04-01\",\"/x\",9,2,\"A \"\"fine\"\", page\"\n";
    write(&other.join("paths.csv"), paths);
    let figures = "snapshot_date,stars,forks,watchers,subscribers,open_issues,size_kb\n2026-04-01,10,5,10,2,3,52398\n";
    write(&other.join("repo-stats.csv"), figures);
}

/// What the rows of a measure say of a day: count, unique visitors, and whether an answer held it whole.
#[derive(Clone, Copy, Default)]
struct Day {
    count: u64,
    uniques: u64,
    is_whole: bool,
}

fn greatest(rows: &[Row], measure: &str) -> BTreeMap<NaiveDate, Day> {
    let value = |row: &Row, long: String, short: &str| {
        sheet::count(row, &long).or_else(|| sheet::count(row, short)).expect("a count")
    };
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for row in rows {
        let date = sheet::date(row, "date");
        let day = days.entry(date).or_default();
        day.count = day.count.max(value(row, format!("{measure}_total"), "count"));
        day.uniques = day.uniques.max(value(row, format!("{measure}_unique"), "uniques"));
        let is_whole = |asked_on: NaiveDate| (1..=13).contains(&(asked_on - date).num_days());
        // Where nothing says when it was collected, a day counts as seen whole.
        day.is_whole |= !row.contains_key("collection_timestamp") || is_whole(sheet::date(row, "collection_timestamp"));
    }
    days
}

fn expected(place: &Path) -> Vec<Value> {
    let [views, clones] =
        ["views", "clones"].map(|measure| greatest(&sheet::read(&place.join(format!("{measure}.csv"))), measure));
    let all = || views.keys().chain(clones.keys());
    let (first, last) = (*all().min().expect("a day"), *all().max().expect("a day"));
    let status = |day: Option<&Day>| match day {
        Some(day) if day.is_whole => "collected",
        Some(_) => "partial",
        None => "not collected",
    };
    let row = |day: NaiveDate| {
        let (views, clones) = (views.get(&day), clones.get(&day));
        json!({
            "calendar_date": day, "views": views.map(|day| day.count), "view_uniques": views.map(|day| day.uniques),
            "clones": clones.map(|day| day.count), "clone_uniques": clones.map(|day| day.uniques),
            "views_status": status(views), "clones_status": status(clones),
        })
    };
    first.iter_days().take_while(|day| *day <= last).map(row).collect()
}

/// The rows of a list, each of a set with the places of its file.
fn lists(rows: &[Row], day: &str, name: &str) -> Vec<Value> {
    let mut places: BTreeMap<NaiveDate, u64> = BTreeMap::new();
    let told = |row: &Row| {
        let day = sheet::date(row, day);
        let place = places.entry(day).or_default();
        *place += 1;
        json!({"snapshot_date": day, "place": *place, name: row[name], "views_of_14_days": sheet::count(row, "count"),
            "uniques": sheet::count(row, "uniques"), "source": "csv"})
    };
    rows.iter().map(told).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_day_has_the_greatest_of_its_values() {
    let (_made, place) = data();
    let desk = Desk::new(&[WITH_TIMES, WITHOUT]).await;
    let folders = ["NCAR+i-wrf/traffic", "databricks-solutions+consort/traffic"].map(|name| place.join(name));
    let mut files = Vec::new();
    for folder in &folders {
        files.extend(["views.csv", "clones.csv"].map(|name| folder.join(name).display().to_string()));
    }
    desk.import_well(&files.iter().map(String::as_str).collect::<Vec<_>>());

    let tables: Vec<Expected> = folders
        .iter()
        .zip([WITH_TIMES, WITHOUT])
        .map(|(folder, name)| {
            let table = format!(
                "(SELECT * FROM stored.mart_traffic_daily WHERE repo_id IN
                    (SELECT repo_id FROM stg_traffic_repositories WHERE repo_full_name = '{name}'))"
            );
            Expected::of(&table, &["calendar_date"], &expected(folder))
        })
        .collect();
    desk.assert_tables(&tables);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_figures_stand_under_their_dates() {
    let (_made, place) = data();
    let desk = Desk::new(&[WITHOUT]).await;
    let place = place.join("databricks-solutions+consort/traffic");
    let files = ["referrers.csv", "paths.csv", "repo-stats.csv"].map(|name| place.join(name).display().to_string());
    let told = desk.import_well(&files.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.contains("watchers_count, its stars again: not imported"), "{told}");

    let rows = |name: &str| sheet::read(&place.join(name));
    let figures = |row: &Row| {
        json!({"calendar_date": sheet::date(row, "snapshot_date"), "stars": sheet::count(row, "stars"),
            "forks": sheet::count(row, "forks"), "watchers": sheet::count(row, "subscribers"),
            "open_issues_and_pulls_count": sheet::count(row, "open_issues"),
            "size_kb": sheet::count(row, "size_kb"), "source": "csv"})
    };
    let table = |name: &str| format!("(SELECT *, \"count\" AS views_of_14_days FROM {name})");
    let key = ["snapshot_date", "place"];
    desk.assert_tables(&[
        Expected::of(
            &table("mart_traffic_referrers"),
            &key,
            &lists(&rows("referrers.csv"), "snapshot_date", "referrer"),
        ),
        Expected::of(&table("mart_traffic_paths"), &key, &lists(&rows("paths.csv"), "snapshot_date", "path")),
        Expected::of(
            "mart_repository_stats_daily",
            &["calendar_date"],
            &rows("repo-stats.csv").iter().map(figures).collect::<Vec<_>>(),
        ),
    ]);
}

#[rstest]
#[case::first_the_greater(["73", "18"])]
#[case::first_the_smaller(["18", "73"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_73_that_is_18_at_an_edge_is_73(#[case] values: [&str; 2]) {
    let text = |clones: &str| format!("date,repo,clones,clone_uniques\n2020-12-07,acme/rocket,{clones},9\n");
    let desk = Desk::new(&["acme/rocket"]).await;
    let files = values.map(|clones| desk.file(&format!("seen-{clones}.csv"), text(clones)));
    // Once in one run, once in a run each.
    desk.import_well(&[&files[0], &files[1]]);
    let other = desk.another();
    for file in &files {
        super::desk::import_well(&other, &[file]);
    }
    for hublake in [desk.hublake(), &other] {
        assert_eq!(days(hublake, "acme/rocket"), ["2020-12-07 ?/? 73/9 partial"]);
        let sql = "SELECT clones, clone_uniques, clones_source, views_source FROM stg_traffic_daily";
        let row = json!({"clones": 73, "clone_uniques": 9, "clones_source": "csv", "views_source": null});
        assert_eq!(hublake.query(sql), [row]);
    }
}
