//! Databases as ghstats makes them, of each version.

use rstest::rstest;
use sqlx::Executor;

use super::*;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

const TABLES: &str = "
    CREATE TABLE repos (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT, archived BOOLEAN);
    CREATE TABLE repo_stats (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL,
        stars INTEGER NOT NULL DEFAULT 0, forks INTEGER NOT NULL DEFAULT 0, watchers INTEGER NOT NULL DEFAULT 0,
        issues INTEGER NOT NULL DEFAULT 0, clones_count INTEGER NOT NULL DEFAULT 0,
        clones_uniques INTEGER NOT NULL DEFAULT 0, views_count INTEGER NOT NULL DEFAULT 0,
        views_uniques INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (repo_id, date));
    CREATE TABLE repo_referrers (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL, referrer TEXT NOT NULL, count INTEGER NOT NULL,
        uniques INTEGER NOT NULL, count_delta INTEGER DEFAULT 0, uniques_delta INTEGER DEFAULT 0,
        PRIMARY KEY (repo_id, date, referrer));
    CREATE TABLE repo_popular_paths (
        repo_id INTEGER NOT NULL, date TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL, count INTEGER NOT NULL,
        uniques INTEGER NOT NULL, count_delta INTEGER DEFAULT 0, uniques_delta INTEGER DEFAULT 0,
        PRIMARY KEY (repo_id, date, path));
    INSERT INTO repos (id, name) VALUES (42, 'octo/hello'), (43, 'octo/quiet');
    PRAGMA user_version = 1;";

const VERSION_2: &str = "
    ALTER TABLE repos ADD COLUMN stars_synced BOOLEAN;
    ALTER TABLE repos ADD COLUMN fork BOOLEAN;
    ALTER TABLE repos ADD COLUMN hidden BOOLEAN;
    PRAGMA user_version = 2;";

const VERSION_3: &str = "ALTER TABLE repo_stats ADD COLUMN prs INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 3;";

fn database(statements: &[&str]) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ghstats.db");
    futures::executor::block_on(async {
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        for statements in statements {
            connection.execute(*statements).await.unwrap();
        }
        connection.close().await.unwrap();
    });
    Fixture { _folder: folder, path }
}

/// A row of repo_stats: day of March 2024, stars, watchers, views and their uniques.
fn stats(repo_id: i64, day: u32, [stars, watchers, views, uniques]: [u32; 4]) -> String {
    format!(
        "INSERT INTO repo_stats (repo_id, date, stars, watchers, views_count, views_uniques)
         VALUES ({repo_id}, '2024-03-{day:02}T00:00:00Z', {stars}, {watchers}, {views}, {uniques});"
    )
}

fn partial(imported: &Imported) -> Vec<u32> {
    use chrono::Datelike;
    imported.days.iter().filter(|day| day.is_partial).map(|day| day.day.day()).collect()
}

#[rstest]
#[case::one(&[])]
#[case::two(&[VERSION_2])]
#[case::three(&[VERSION_2, VERSION_3])]
fn a_zero_is_known_where_a_run_in_the_thirteen_days_after_is(#[case] later: &[&str]) {
    // Runs on the 15th and 16th: whole are the 2nd to the 15th; the 1st is cut short, the 16th still grows.
    let rows = [
        stats(42, 1, [7, 0, 4, 2]),
        stats(42, 2, [7, 0, 0, 0]),
        stats(42, 9, [0, 0, 8, 3]),
        stats(42, 15, [7, 7, 5, 2]),
        stats(42, 16, [8, 8, 0, 0]),
    ];
    let statements: Vec<&str> =
        [TABLES].into_iter().chain(later.iter().copied()).chain(rows.iter().map(String::as_str)).collect();
    let imported = database(&statements).read().unwrap();
    assert_eq!(imported.format, Format::Ghstats);
    assert_eq!(
        told(&imported.days),
        [
            "octo/hello 2024-03-01 4/2 0/0 partial",
            "octo/hello 2024-03-02 0/0 0/0",
            "octo/hello 2024-03-09 8/3 0/0",
            "octo/hello 2024-03-15 5/2 0/0",
            "octo/hello 2024-03-16 0/0 0/0 partial",
        ]
    );
    let quiet: Vec<NaiveDate> = imported.quiet_days.iter().map(|(_, day)| *day).collect();
    assert_eq!(quiet.len(), 14 - 3, "the 2nd to the 15th without the three that have rows");
    let stars: Vec<_> = imported.figures.iter().map(|figures| (figures.stars, figures.forks)).collect();
    assert_eq!(stars, [(Some(7), None), (Some(7), None), (Some(7), Some(0)), (Some(8), Some(0))]);
    assert_eq!(imported.github_ids.get("octo/hello"), Some(&42));
    assert!(imported.notes[1].contains("watchers"), "{:?}", imported.notes);
    assert!(imported.notes[1].contains("count_delta and uniques_delta"), "{:?}", imported.notes);
}

#[test]
fn without_a_known_run_zeros_are_partial_and_values_are_not() {
    let rows = [stats(43, 4, [0, 0, 5, 1]), stats(43, 5, [0, 0, 0, 0]), stats(43, 6, [0, 0, 6, 1])];
    let imported = database(&[TABLES, &rows.concat()]).read().unwrap();
    assert_eq!(partial(&imported), [5, 6]);
}

#[test]
fn a_day_of_the_star_history_says_nothing_of_traffic() {
    let star = "INSERT INTO repo_stats (repo_id, date, stars) VALUES (42, '2019-05-01T00:00:00Z', 3);";
    let imported = database(&[TABLES, star, &stats(42, 16, [8, 8, 5, 2])]).read().unwrap();
    assert_eq!(told(&imported.days), ["octo/hello 2024-03-16 5/2 0/0 partial"]);
    assert_eq!(imported.figures[0].stars, Some(3));
    assert!(imported.notes.iter().any(|note| note.contains("1 days are of the star history alone")));
}

#[test]
fn referrers_and_paths_are_dated_sets_and_show_runs() {
    let rows = "
        INSERT INTO repo_referrers VALUES (43, '2024-03-05T00:00:00Z', 'Google', 9, 4, 9, 4),
            (43, '2024-03-05T00:00:00Z', 'Bing', 2, 1, 2, 1), (43, '2024-03-06T00:00:00Z', 'Google', 8, 4, 0, 0);
        INSERT INTO repo_popular_paths VALUES (43, '2024-03-06T00:00:00Z', '/octo/quiet', 'Quiet', 7, 3, 7, 3);
        INSERT INTO repo_referrers VALUES (99, '2024-03-05T00:00:00Z', 'Google', 9, 4, 9, 4);";
    let imported = database(&[TABLES, rows, &stats(43, 5, [0, 0, 0, 0])]).read().unwrap();
    let sets: Vec<_> = imported.snapshots.iter().map(|set| (set.kind, set.taken_on, set.entries.len())).collect();
    let expected = [
        (SnapshotKind::Referrers, date("2024-03-05"), 2),
        (SnapshotKind::Referrers, date("2024-03-06"), 1),
        (SnapshotKind::Paths, date("2024-03-06"), 1),
    ];
    assert_eq!(sets, expected);
    assert_eq!(imported.snapshots[2].entries[0].title.as_deref(), Some("Quiet"));
    assert_eq!(told(&imported.days), ["octo/quiet 2024-03-05 0/0 0/0"], "the answer of the 6th proves it");
    assert!(
        imported.notes.iter().any(|note| note.contains("1 rows of repositories that the table repos does not have"))
    );
}

#[rstest]
#[case::column("ALTER TABLE repo_stats ADD COLUMN bots INTEGER", 0, "repo_stats.bots", "is not known")]
#[case::date("INSERT INTO repo_stats (repo_id, date) VALUES (42, 'soon')", 1, "repo_stats.date", "is no date")]
#[case::count(
    "INSERT INTO repo_stats (repo_id, date, views_count) VALUES (42, '2024-03-01', 'many')",
    1,
    "repo_stats.views_count",
    ""
)]
#[case::negative(
    "INSERT INTO repo_stats (repo_id, date, views_count) VALUES (42, '2024-03-01', -1)",
    1,
    "repo_stats.views_count",
    "-1"
)]
#[case::visitors(
    "INSERT INTO repo_stats (repo_id, date, views_uniques) VALUES (42, '2024-03-01', 1)",
    1,
    "repo_stats.views_uniques",
    "more"
)]
#[case::name("UPDATE repos SET name = '../x' WHERE id = 42", 42, "repos.name", "is no name of a repository")]
fn a_fault_names_table_row_and_column(
    #[case] statement: &str,
    #[case] line: u64,
    #[case] column: &str,
    #[case] problem: &str,
) {
    let found = refusal(database(&[TABLES, statement]).read());
    assert_eq!((found.0, &*found.1), (line, column), "{}", found.2);
    assert!(found.2.contains(problem), "{}", found.2);
}

#[rstest]
#[case::version("PRAGMA user_version = 4", "user_version 4")]
#[case::table("DROP TABLE repo_stats", "the tables repos and repo_stats")]
fn another_form_is_refused(#[case] statement: &str, #[case] found: &str) {
    let refused = database(&[TABLES, statement]).read().unwrap_err().to_string();
    assert!(refused.contains(found), "{refused}");
}

#[test]
fn a_database_still_being_written_is_refused() {
    let fixture = database(&[TABLES]);
    std::fs::write(fixture.path.with_file_name("ghstats.db-wal"), "changes").unwrap();
    let refused = fixture.read().unwrap_err().to_string();
    assert!(refused.contains("ghstats.db-wal still"), "{refused}");
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let fixture = Fixture::new("ghstats.db", b"SQLite format 3\0and nothing more");
    assert!(matches!(fixture.read(), Err(Error::ImportDatabase { .. })));
    assert_eq!(std::fs::read(&fixture.path).unwrap(), b"SQLite format 3\0and nothing more");
    assert_eq!(fixture.path.parent().unwrap().read_dir().unwrap().count(), 1);
}
