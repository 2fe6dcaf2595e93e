//! The recorded traffic of jgehrcke/covid-19-germany-gae, replayed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
use flate2::read::GzDecoder;
use github_sim::{SimOptions, World};
use serde_json::{Value, json};

use super::stage::{Stage, date};
use super::truth::days;
use crate::truth::recorded_data;

const NAME: &str = "jgehrcke/covid-19-germany-gae";
/// Set, every day is a run; unset, every twelfth, and each of the last fourteen.
const EVERY_DAY: &str = "HUBLAKE_REPLAY_EVERY_DAY";
/// A day is still seen whole, and no day is seen at the edges of answers alone.
const STEP: i64 = 12;
const DAILY: i64 = 14;

/// Views, unique visitors, clones and unique cloners of the recorded days.
fn recorded(folder: &Path) -> BTreeMap<NaiveDate, [u64; 4]> {
    let file = File::open(folder.join("traffic/ghrs-test.tar.gz")).expect("the archive is there");
    let mut archive = Vec::new();
    GzDecoder::new(file).read_to_end(&mut archive).expect("it can be unpacked");
    let sheet = member(&archive, "views_clones_aggregate.csv");
    let mut lines = sheet.lines();
    assert_eq!(lines.next(), Some("time_iso8601,clones_total,clones_unique,views_total,views_unique"));
    let row = |line: &str| {
        let mut cells = line.split(',');
        let day = date(&cells.next().expect("a time")[..10]);
        let counts: Vec<u64> = cells.map(|cell| cell.parse::<f64>().expect("a number") as u64).collect();
        (day, [counts[2], counts[3], counts[0], counts[1]])
    };
    lines.map(row).collect()
}

/// The text of the file of a tar archive whose name ends so.
fn member(archive: &[u8], ending: &str) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_matches(['\0', ' ']).to_owned();
    let mut place = 0;
    while place + 512 <= archive.len() {
        let header = &archive[place..place + 512];
        let size = usize::from_str_radix(&text(&header[124..136]), 8).unwrap_or_default();
        if text(&header[..100]).ends_with(ending) {
            return text(&archive[place + 512..place + 512 + size]);
        }
        place += 512 + size.div_ceil(512) * 512;
    }
    panic!("there is no {ending} in the archive");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_history_replayed_gives_its_days_and_the_absent_ones_as_collected_with_0() {
    let Some(folder) = recorded_data() else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: no recorded traffic is replayed");
        return;
    };
    let recorded = recorded(&folder);
    let (first, last) = (date("2020-12-01"), date("2024-10-24"));
    assert_eq!((recorded.len(), days(first, last).count()), (1_378, 1_424), "46 days are absent");

    let evening = |day: NaiveDate| Utc.from_utc_datetime(&day.and_hms_opt(23, 11, 0).expect("a time"));
    let mut world = World::new(evening(first));
    world.load_recorded_traffic_only(&folder, &[NAME]).expect("the recorded files are readable");
    let mut stage = Stage::of(world, SimOptions::default()).await;
    let every_day = std::env::var_os(EVERY_DAY).is_some();
    let mut day = if every_day { first } else { first + TimeDelta::days(STEP) };
    while day <= last + TimeDelta::days(1) {
        stage.run_at(evening(day));
        let is_near_the_end = day > last - TimeDelta::days(DAILY);
        day += TimeDelta::days(if every_day || is_near_the_end { 1 } else { STEP });
    }

    let sql = format!(
        "SELECT calendar_date, views, view_uniques, clones, clone_uniques, status FROM mart_traffic_daily
         WHERE repo_full_name = '{NAME}' AND calendar_date BETWEEN '{first}' AND '{last}' ORDER BY 1"
    );
    let expected: Vec<Value> = days(first, last)
        .map(|day| {
            let [views, view_uniques, clones, clone_uniques] = recorded.get(&day).copied().unwrap_or_default();
            json!({"calendar_date": day, "views": views, "view_uniques": view_uniques, "clones": clones,
                   "clone_uniques": clone_uniques, "status": "collected"})
        })
        .collect();
    crate::scene::assert_same(&stage.scene.hublake.query(&sql), &expected, "the replay");
    // Forks and watchers are those of the recording.
    stage.assert_true_but(&["mart_repository_stats_daily"]);
    let turn = "SELECT iso_year, iso_week, week_start FROM mart_traffic_weekly WHERE week_start = '2021-01-04'
        OR week_start = '2020-12-28' OR week_start = '2022-01-03' ORDER BY week_start";
    let week = |year: i64, week: i64, start: &str| json!({"iso_year": year, "iso_week": week, "week_start": start});
    let turns = [week(2020, 53, "2020-12-28"), week(2021, 1, "2021-01-04"), week(2022, 1, "2022-01-03")];
    assert_eq!(stage.scene.hublake.query(turn), turns);
}
