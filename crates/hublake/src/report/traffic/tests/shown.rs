//! What a person sees.

use hublake_store::Repository;

use super::tables::{Day, Tables, ago, present, repository};
use crate::report::grid::wide;
use crate::report::traffic::figures::{TrafficFigures, figures};
use crate::report::traffic::history::{self, history};
use crate::report::traffic::terminal::answers_in;

/// Views that go up and down by the day of the week.
fn views(repo_id: i64, days: i64) -> i64 {
    (repo_id * 7 + 3 * (days % 7) * (30 - days % 23)) / (1 + days / 20)
}

fn filled(tables: &mut Tables, repo_id: i64, known: i64) {
    tables.repository(repo_id, ago(known), ago(0));
    for days in 1..=known {
        tables.day(repo_id, ago(days), Day::collected(views(repo_id, days), days % 3));
    }
    tables.day(repo_id, ago(0), Day { views: Some(12), clones: None, status: "partial" });
    let (from, until) = (ago(known.min(30)).to_string(), ago(1).to_string());
    tables.piece(repo_id, "views", [&from, &until, &from, &until], 17, 231);
    tables.piece(repo_id, "clones", [&from, &until, &from, &until], 4, 4);
}

fn rich() -> Tables {
    let mut tables = Tables::default();
    filled(&mut tables, 1, 60);
    tables.without("mart_traffic_daily", "2026-11-02");
    tables.without("mart_traffic_daily", "2026-11-03");
    tables
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 1, 'Google', 1412, 310, 'github'")
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 2, 'github.com', 40, 12, 'github'")
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 3, 'news.example', 4, 3, 'github'")
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 4, 'fourth.example', 4, 3, 'github'")
        .row("mart_traffic_paths", "1, '2026-11-22', '2026-11-22T06:00:00', 1, '/acme/rocket', 'Rocket', 940, 200, 'github'")
        .row(
            "mart_traffic_paths",
            "1, '2026-11-22', '2026-11-22T06:00:00', 2, '/acme/rocket/blob/main/docs/a/very/long/path/to/a/page/README.md',
             'Docs', 90, 20, 'github'",
        )
        .row("stg_traffic_state", "1, 'traffic_views', '2026-11-22T06:00:00', 1493, 404")
        .row("stg_traffic_state", "1, 'traffic_clones', '2026-11-22T06:00:00', 13, 1")
        .row("mart_repository_stats_daily", "1, '2026-11-22', 1234, 56, 12, 1")
        .row("mart_repository_stats_daily", "1, '2026-10-22', 1222, 56, 13, 2")
        .row("mart_repository_stats_daily", "1, '2025-10-22', NULL, NULL, NULL, 812");
    tables
}

async fn found(tables: &Tables, repositories: &[Repository]) -> Vec<TrafficFigures> {
    figures(&tables.context().await, repositories, present()).await.unwrap()
}

fn assert_fits(text: &str, width: usize) {
    for line in text.lines() {
        assert!(wide(line) <= width, "{} columns: {line}", wide(line));
        assert_eq!(line, line.trim_end());
    }
}

#[tokio::test]
async fn one_repository_is_a_block_that_fits_into_80_columns() {
    let all = found(&rich(), &[repository(1, "rocket")]).await;
    let text = answers_in(&all, 80);
    assert_fits(&text, 80);
    insta::assert_snapshot!(text);
}

/// Twelve that are well, one of a few days, one overdue, one without the right, one of which nothing came.
fn many() -> (Tables, Vec<Repository>) {
    let mut tables = Tables::default();
    for repo_id in 1..=12 {
        filled(&mut tables, repo_id, 60);
    }
    filled(&mut tables, 13, 9);
    tables.repository(14, ago(60), ago(20));
    for days in 21..=60 {
        tables.day(14, ago(days), Day::collected(1, 0));
    }
    tables.row("stg_traffic_repositories", "15, NULL, NULL, NULL, NULL, 'push access to the repository'");
    for days in 0..=13 {
        tables.day(15, ago(days), Day::unknown("not permitted"));
    }
    tables.row("stg_traffic_repositories", "16, NULL, NULL, NULL, NULL, NULL");
    let mut names: Vec<_> = (1..=16).map(|repo_id| repository(repo_id, &format!("rocket-{repo_id}"))).collect();
    names[3].name = "a-repository-whose-name-is-rather-long".to_owned();
    (tables, names)
}

#[tokio::test]
async fn many_repositories_are_a_table_that_fits_into_80_columns() {
    let (tables, names) = many();
    let text = answers_in(&found(&tables, &names).await, 80);
    assert_fits(&text, 80);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_wider_terminal_shows_coverage_and_dates() {
    let (tables, names) = many();
    let all = found(&tables, &names).await;
    let text = answers_in(&all, 100);
    assert_fits(&text, 100);
    insta::assert_snapshot!(text);
    assert_fits(&answers_in(&all, 140), 140);
}

#[tokio::test]
async fn repositories_without_figures_say_why() {
    let (tables, names) = many();
    let text = answers_in(&found(&tables, &names[12..]).await, 80);
    assert_fits(&text, 80);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_history_tells_everything_from_the_beginning() {
    let mut tables = rich();
    for (place, month) in ["2026-05", "2026-06", "2026-07", "2026-09", "2026-10", "2026-11"].iter().enumerate() {
        let (views, is_complete) = (1000 * place + 13, place < 5);
        let days = if is_complete { 30 } else { 19 };
        let values = format!("1, '{month}-01', {days}, 30, {views}, {place}, {}, 4, 1, 1, {is_complete}", views / 2);
        tables.row("mart_traffic_monthly", &values);
    }
    let found = history(&tables.context().await, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    let text = history::terminal::told(&found);
    assert_fits(&text, 100);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn ten_years_are_drawn_by_quarter() {
    let mut tables = Tables::default();
    tables.repository(1, ago(3650), ago(0));
    for month in 0..120_u32 {
        let views = 100 + 7 * month + 300 * u32::from(month % 12 == 4);
        let values =
            format!("1, '{}-{:02}-01', 30, 30, {views}, 1, 1, 0, 0, 0, TRUE", 2017 + month / 12, 1 + month % 12);
        tables.row("mart_traffic_monthly", &values);
    }
    tables.without("mart_traffic_monthly", "2020-");
    let found = history(&tables.context().await, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    let text = history::terminal::told(&found);
    let picture: Vec<&str> = text.lines().skip_while(|line| !line.contains("views by")).take(7).collect();
    insta::assert_snapshot!(picture.join("\n"));
}

#[tokio::test]
async fn the_json_has_every_key_and_nulls() {
    let (tables, names) = many();
    let all = found(&tables, &names[14..15]).await;
    let mut shown = serde_json::to_value(all).unwrap();
    let days = shown[0]["days"].as_array_mut().unwrap();
    assert_eq!(days.len(), 30);
    days.truncate(1);
    insta::assert_json_snapshot!(shown);
}
