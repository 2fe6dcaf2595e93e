//! What github-repo-stats kept: the recorded data of covid-19-germany-gae, or some like it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::desk::{Desk, date, folder, recorded, write};
use super::sheet::{self, Row};
use crate::scene::REPOSITORY_ID;
use crate::truth::Expected;

const NAME: &str = "jgehrcke/covid-19-germany-gae";
const REFERRERS: &str = "_top_referrers_snapshot.csv";
const PATHS: &str = "_top_paths_snapshot.csv";

/// What a collector kept of one repository.
struct Kept {
    _unpacked: TempDir,
    /// `owner/name/ghrs-data`.
    data: PathBuf,
}

impl Kept {
    fn new() -> Self {
        let unpacked = folder();
        let data = match recorded() {
            Some(recorded) => {
                let archive = recorded.join("ghrs-test.tar.gz");
                let status = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(unpacked.path()).status();
                assert!(status.expect("tar is there").success());
                unpacked.path().join("ghrs-test").join(NAME).join("ghrs-data")
            }
            None => {
                let data = unpacked.path().join(NAME).join("ghrs-data");
                generate(&data);
                data
            }
        };
        Self { _unpacked: unpacked, data }
    }

    fn sheet(&self, name: &str) -> Vec<Row> {
        sheet::read(&self.data.join(name))
    }

    fn path(&self, name: &str) -> String {
        self.data.join(name).display().to_string()
    }

    /// The snapshots whose names end so, by the time that their names begin with.
    fn snapshots(&self, ending: &str) -> BTreeMap<NaiveDateTime, PathBuf> {
        let entries = self.data.join("snapshots").read_dir().expect("a folder").filter_map(Result::ok);
        let of_name = |path: PathBuf| {
            let time = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((NaiveDateTime::parse_from_str(&time, "%Y-%m-%d_%H%M%S").expect("a time"), path))
        };
        entries.filter_map(|entry| of_name(entry.path())).collect()
    }
}

/// Two hundred days of which every ninth is absent, a snapshot every third day, two on some days.
fn generate(data: &Path) {
    let first = date("2024-01-10");
    let mut aggregate = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n".to_owned();
    let mut stars = "time_iso8601,stars_cumulative\n".to_owned();
    let mut forks = "time_iso8601,forks_cumulative\n".to_owned();
    for (place, day) in first.iter_days().take(200).enumerate() {
        if place % 9 != 5 {
            let (views, clones) = (place * 7 % 41 + 3, place * 5 % 13);
            let _ = writeln!(aggregate, "{day} 00:00:00+00:00,{clones},{},{views},{}", clones / 2, views / 3);
        }
        if place % 4 == 0 {
            let _ = writeln!(stars, "{day} 11:08:44+00:00,{}\n{day} 23:08:44+00:00,{}", place, place + 1);
        }
        if place % 10 == 0 {
            let _ = writeln!(forks, "{day} 00:00:00+00:00,{}", place / 10);
        }
        // The snapshots of the two weeks after the seventieth day are lost.
        let times: &[&str] = match place {
            71..86 => &[],
            _ if place % 21 == 3 => &["073306", "223212"],
            _ if place % 3 == 0 => &["230959"],
            _ => &[],
        };
        for time in times {
            let referrers = format!("referrer,views_total,views_unique\nGoogle,{},4\n\"a, b\",3,1\n", place + 10);
            write(&data.join(format!("snapshots/{day}_{time}{REFERRERS}")), referrers);
            let paths = format!("url_path,views_total,views_unique\n/{NAME},{},9\n/{NAME}/issues,2,2\n", place + 20);
            write(&data.join(format!("snapshots/{day}_{time}{PATHS}")), paths);
        }
    }
    write(&data.join("views_clones_aggregate.csv"), aggregate);
    write(&data.join("stargazers.csv"), stars);
    write(&data.join("forks.csv"), forks);
}

/// The rows of `mart_traffic_daily`: an answer holds the thirteen days before it whole.
fn expected_days(kept: &Kept) -> Vec<Value> {
    let rows = kept.sheet("views_clones_aggregate.csv");
    let counted: BTreeMap<NaiveDate, &Row> = rows.iter().map(|row| (sheet::date(row, "time_iso8601"), row)).collect();
    let (first, last) = (*counted.keys().next().expect("a day"), *counted.keys().next_back().expect("a day"));
    let asked: BTreeSet<NaiveDate> = kept.snapshots(PATHS).keys().map(NaiveDateTime::date).collect();
    let known_from = *asked.first().expect("a snapshot") - TimeDelta::days(13);
    let is_whole = |day: NaiveDate| {
        let is_seen = asked.range(day + TimeDelta::days(1)..=day + TimeDelta::days(13)).next().is_some();
        is_seen || (day < known_from && counted.contains_key(&day))
    };
    let row = |day: NaiveDate| {
        let status = match (counted.contains_key(&day), is_whole(day)) {
            (true, is_whole) if day == first || !is_whole => "partial",
            (_, true) => "collected",
            (_, false) => "not collected",
        };
        let count = |column: &str| match counted.get(&day) {
            Some(row) => json!(sheet::count(row, column).expect("a count")),
            None if status == "collected" => json!(0),
            None => Value::Null,
        };
        json!({
            "calendar_date": day, "views": count("views_total"), "view_uniques": count("views_unique"),
            "clones": count("clones_total"), "clone_uniques": count("clones_unique"), "status": status,
        })
    };
    first.iter_days().take_while(|day| *day <= last).map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_has_the_numbers_of_the_aggregate_and_absent_days_that_were_seen_have_0() {
    let kept = Kept::new();
    let desk = Desk::new(&[NAME]).await;
    let told = desk.import_well(&[&kept.path("views_clones_aggregate.csv")]);
    assert!(told.contains("views_clones_aggregate.csv"), "{told}");

    let days = expected_days(&kept);
    if recorded().is_some() {
        let count = |status: &str| days.iter().filter(|day| day["status"] == status).count();
        assert_eq!((days.len(), count("collected"), count("partial")), (1_424, 1_422, 2));
    }
    let last = days[days.len() - 1]["calendar_date"].clone();
    let table =
        format!("(SELECT * FROM mart_traffic_daily WHERE repo_full_name = '{NAME}' AND calendar_date <= {last})")
            .replace('"', "'");
    desk.assert_tables(&[Expected::of(&table, &["calendar_date"], &days)]);
    let sql = format!(
        "SELECT min(status) AS least, max(status) AS most, count(views) AS views, max(calendar_date) AS last
         FROM mart_traffic_daily WHERE calendar_date > {last}"
    );
    let later = json!({"least": "not collected", "most": "not collected", "views": 0, "last": "2026-09-01"});
    assert_eq!(desk.hublake().query(&sql.replace('"', "'")), [later]);
}

/// The rows of the newest list of each day.
fn expected_lists(snapshots: &BTreeMap<NaiveDateTime, PathBuf>, column: &str, is_of: &str) -> Vec<Value> {
    let mut newest: BTreeMap<NaiveDate, (NaiveDateTime, &PathBuf)> = BTreeMap::new();
    for (time, path) in snapshots {
        newest.insert(time.date(), (*time, path));
    }
    // An early version called its columns otherwise.
    let count = |row: &Row, name: &str, early: &str| sheet::count(row, name).or_else(|| sheet::count(row, early));
    let mut rows = Vec::new();
    for (day, (time, path)) in newest {
        for (place, row) in sheet::read(path).iter().enumerate() {
            rows.push(json!({
                "snapshot_date": day, "taken_at": format!("{}Z", time.format("%Y-%m-%dT%H:%M:%S")),
                "place": place + 1, is_of: row[column], "views_of_14_days": count(row, "views_total", "count_total"),
                "uniques": count(row, "views_unique", "count_unique"), "source": "github-repo-stats",
            }));
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_list_of_each_day_stands_under_its_date() {
    let kept = Kept::new();
    let desk = Desk::new(&[NAME]).await;
    let (referrers, paths) = (kept.snapshots(REFERRERS), kept.snapshots(PATHS));
    if recorded().is_some() {
        assert_eq!((referrers.len(), paths.len()), (1_852, 1_852));
    }
    let files: Vec<String> = referrers.values().chain(paths.values()).map(|path| path.display().to_string()).collect();
    let arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    let told = desk.import_well(&arguments);
    assert!(!told.contains("imported before"), "{told}");

    let table = |name: &str| format!("(SELECT *, \"count\" AS views_of_14_days FROM {name})");
    let key = ["snapshot_date", "place"];
    desk.assert_tables(&[
        Expected::of(&table("mart_traffic_referrers"), &key, &expected_lists(&referrers, "referrer", "referrer")),
        Expected::of(&table("mart_traffic_paths"), &key, &expected_lists(&paths, "url_path", "path")),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_the_same_bytes_are_lists_of_different_days_by_their_names() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let text = "url_path,views_total,views_unique\n/acme/rocket,7,3\n";
    let files: Vec<String> = ["2024-03-01_101112", "2024-03-02_101112", "2024-03-05_101112"]
        .map(|time| desk.file(&format!("acme/rocket/ghrs-data/snapshots/{time}{PATHS}"), text))
        .to_vec();
    desk.import_well(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let sql = "SELECT snapshot_date AS day FROM mart_traffic_paths ORDER BY 1";
    assert_eq!(
        desk.hublake().query(sql),
        [json!({"day": "2024-03-01"}), json!({"day": "2024-03-02"}), json!({"day": "2024-03-05"})]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_takes_the_place_of_an_earlier_one_of_the_day() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let header = "url_path,views_total,views_unique\n";
    let full = format!("{header}/acme/rocket,7,3\n");
    for (time, text) in [
        ("2024-03-01_101112", full.as_str()),
        ("2024-03-02_101112", &full),
        ("2024-03-02_201112", header),
        ("2024-03-03_101112", header),
        ("2024-03-03_201112", &full),
    ] {
        let file = desk.file(&format!("acme/rocket/ghrs-data/snapshots/{time}{PATHS}"), text);
        desk.import_well(&[&file]);
    }
    let sql = "SELECT snapshot_date AS day FROM mart_traffic_paths ORDER BY 1";
    assert_eq!(desk.hublake().query(sql), [json!({"day": "2024-03-01"}), json!({"day": "2024-03-03"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stars_and_forks_stand_at_the_days_that_their_files_have() {
    let kept = Kept::new();
    let desk = Desk::new(&[NAME]).await;
    desk.import_well(&[&kept.path("stargazers.csv"), &kept.path("forks.csv")]);

    let by_day = |file: &str, column: &str| -> BTreeMap<NaiveDate, u64> {
        let mut rows = kept.sheet(file);
        rows.sort_by(|left, right| left["time_iso8601"].cmp(&right["time_iso8601"]));
        rows.iter().map(|row| (sheet::date(row, "time_iso8601"), sheet::count(row, column).expect("a count"))).collect()
    };
    let (stars, forks) = (by_day("stargazers.csv", "stars_cumulative"), by_day("forks.csv", "forks_cumulative"));
    let days: BTreeSet<&NaiveDate> = stars.keys().chain(forks.keys()).collect();
    let rows: Vec<Value> = days
        .into_iter()
        .map(|day| {
            json!({
                "repo_id": REPOSITORY_ID, "repo_full_name": NAME, "calendar_date": day, "stars": stars.get(day),
                "forks": forks.get(day), "watchers": null, "size_kb": null, "source": "github-repo-stats",
                "stars_given": null,
            })
        })
        .collect();
    assert!(rows.len() > 50, "{}", rows.len());
    desk.assert_tables(&[Expected::of("mart_repository_stats_daily", &["calendar_date"], &rows)]);
}
