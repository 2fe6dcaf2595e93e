//! Databases as ghstats makes them, of each version.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};

use super::desk::{Desk, date, days};

const VERSION_1: &str = "
    CREATE TABLE repos (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT, archived BOOLEAN);
    CREATE TABLE repo_stats (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL, stars INTEGER NOT NULL DEFAULT 0,
        forks INTEGER NOT NULL DEFAULT 0, watchers INTEGER NOT NULL DEFAULT 0, issues INTEGER NOT NULL DEFAULT 0,
        clones_count INTEGER NOT NULL DEFAULT 0, clones_uniques INTEGER NOT NULL DEFAULT 0,
        views_count INTEGER NOT NULL DEFAULT 0, views_uniques INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (repo_id, date));
    CREATE TABLE repo_referrers (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL, referrer TEXT NOT NULL, count INTEGER NOT NULL,
        uniques INTEGER NOT NULL, count_delta INTEGER DEFAULT 0, uniques_delta INTEGER DEFAULT 0,
        PRIMARY KEY (repo_id, date, referrer));
    CREATE TABLE repo_popular_paths (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL, count INTEGER NOT NULL,
        uniques INTEGER NOT NULL, count_delta INTEGER DEFAULT 0, uniques_delta INTEGER DEFAULT 0,
        PRIMARY KEY (repo_id, date, path));
    INSERT INTO repos (id, name) VALUES (501, 'acme/rocket'), (502, 'acme/quiet');
    PRAGMA user_version = 1;";
const VERSION_2: &str = "
    ALTER TABLE repos ADD COLUMN stars_synced BOOLEAN;
    ALTER TABLE repos ADD COLUMN fork BOOLEAN;
    ALTER TABLE repos ADD COLUMN hidden BOOLEAN;
    PRAGMA user_version = 2;";
const VERSION_3: &str = "ALTER TABLE repo_stats ADD COLUMN prs INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 3;";

/// Rows of a repository that was asked for on the 15th and 16th, and of one with a gap that nothing explains.
const ROWS: &str = "
    INSERT INTO repo_stats (repo_id, date, stars, watchers, forks, views_count, views_uniques, clones_count,
        clones_uniques) VALUES
        (501, '2024-03-01T00:00:00Z', 7, 0, 0, 4, 2, 0, 0),
        (501, '2024-03-02T00:00:00Z', 7, 0, 0, 0, 0, 0, 0),
        (501, '2024-03-09T00:00:00Z', 0, 0, 0, 8, 3, 2, 1),
        (501, '2024-03-15T00:00:00Z', 7, 7, 2, 5, 2, 0, 0),
        (501, '2024-03-16T00:00:00Z', 8, 8, 2, 0, 0, 0, 0),
        (502, '2024-03-04T00:00:00Z', 0, 0, 0, 5, 1, 0, 0),
        (502, '2024-03-05T00:00:00Z', 0, 0, 0, 0, 0, 0, 0),
        (502, '2024-03-07T00:00:00Z', 0, 0, 0, 6, 1, 0, 0);
    INSERT INTO repo_referrers VALUES
        (501, '2024-03-15T00:00:00Z', 'Google', 9, 4, 5, 3), (501, '2024-03-15T00:00:00Z', 'Bing', 12, 1, 2, 1);
    INSERT INTO repo_popular_paths VALUES (501, '2024-03-16T00:00:00Z', '/acme/rocket', 'Rocket', 7, 3, 1, 1);";

/// Makes a database of these statements.
pub async fn database(path: &Path, statements: &[&str]) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.expect("it can be made");
    for statements in statements {
        connection.execute(*statements).await.expect("they are sound");
    }
    connection.close().await.expect("it can be closed");
}

/// A small one of the newest version.
pub async fn small_database(path: &Path) {
    database(path, &[VERSION_1, VERSION_2, VERSION_3, ROWS]).await;
}

#[rstest]
#[case::one(&[VERSION_1])]
#[case::two(&[VERSION_1, VERSION_2])]
#[case::three(&[VERSION_1, VERSION_2, VERSION_3])]
#[tokio::test(flavor = "multi_thread")]
async fn zeros_are_partial_unless_an_answer_of_the_days_after_shows_them_and_invented_values_are_left_out(
    #[case] statements: &[&str],
) {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let path = desk.path("ghstats.db");
    database(&path, &[statements, &[ROWS]].concat()).await;
    let told = desk.import_well(&[&path.display().to_string()]);
    assert!(told.contains("not imported: watchers"), "{told}");
    assert!(told.contains("count_delta and uniques_delta"), "{told}");
    assert!(told.contains("days with only zeros count as partial"), "{told}");

    // The answers of the 15th and the 16th held the 2nd to the 15th whole; on the 16th the day was still growing.
    let expected: Vec<String> = (1..=16)
        .map(|day| match day {
            1 => "2024-03-01 4/2 0/0 partial".to_owned(),
            9 => "2024-03-09 8/3 2/1 collected".to_owned(),
            15 => "2024-03-15 5/2 0/0 collected".to_owned(),
            16 => "2024-03-16 0/0 0/0 partial".to_owned(),
            _ => format!("2024-03-{day:02} 0/0 0/0 collected"),
        })
        .collect();
    assert_eq!(days(desk.hublake(), "acme/rocket"), expected);
    // No answer is known: its zero is a lower bound, its newest day may have grown, the day without a row is unknown.
    assert_eq!(
        days(desk.hublake(), "acme/quiet"),
        [
            "2024-03-04 5/1 0/0 collected",
            "2024-03-05 0/0 0/0 partial",
            "2024-03-06 ?/? ?/? not collected",
            "2024-03-07 6/1 0/0 partial"
        ]
    );

    let figures = "SELECT calendar_date AS day, stars, forks, watchers, open_issues_and_pulls_count AS open, size_kb
        FROM mart_repository_stats_daily ORDER BY repo_id, calendar_date";
    let row = |day: &str, stars: u64, forks: Value| json!({"day": day, "stars": stars, "forks": forks, "watchers": null, "open": null, "size_kb": null});
    assert_eq!(
        desk.hublake().query(figures),
        [
            row("2024-03-01", 7, Value::Null),
            row("2024-03-02", 7, Value::Null),
            row("2024-03-15", 7, json!(2)),
            row("2024-03-16", 8, json!(2))
        ]
    );
    let referrers = "SELECT snapshot_date AS day, place, referrer, \"count\" AS total, uniques, source
        FROM mart_traffic_referrers ORDER BY place";
    let row = |place: u64, referrer: &str, total: u64, uniques: u64| {
        json!({"day": date("2024-03-15"), "place": place, "referrer": referrer, "total": total, "uniques": uniques,
            "source": "ghstats"})
    };
    assert_eq!(desk.hublake().query(referrers), [row(1, "Bing", 12, 1), row(2, "Google", 9, 4)]);
    let paths = "SELECT path, title, \"count\" AS total FROM mart_traffic_paths";
    assert_eq!(desk.hublake().query(paths), [json!({"path": "/acme/rocket", "title": "Rocket", "total": 7})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_known_by_githubs_number_whatever_the_database_calls_it() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let path = desk.path("ghstats.db");
    let renamed = "UPDATE repos SET name = 'old/name' WHERE id = 501; DELETE FROM repos WHERE id = 502;
        DELETE FROM repo_stats WHERE repo_id = 502;";
    database(&path, &[VERSION_1, ROWS, renamed]).await;
    desk.import_well(&[&path.display().to_string()]);
    assert_eq!(days(desk.hublake(), "acme/rocket").len(), 16);
}

#[rstest]
#[case::version("PRAGMA user_version = 4", "user_version 4")]
#[case::column("ALTER TABLE repo_stats ADD COLUMN bots INTEGER", "column repo_stats.bots: is not known")]
#[case::negative(
    "UPDATE repo_stats SET views_count = -1, views_uniques = 0 WHERE rowid = 3",
    "line 3, column repo_stats.views_count: -1 is no count"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_something_unknown_is_refused_whole(#[case] statement: &str, #[case] problem: &str) {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let path = desk.path("ghstats.db");
    database(&path, &[VERSION_1, ROWS, statement]).await;
    let before = std::fs::read(&path).expect("it is there");
    let ended = desk.import(&[&path.display().to_string()]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("ghstats.db") && ended.stderr.contains(problem), "{ended:?}");
    assert!(desk.hublake().try_query("SELECT * FROM stg_traffic_daily").is_err_and(|text| text.contains("nothing is")));
    assert_eq!(std::fs::read(&path).expect("it is there"), before, "it is left as it was");
}
