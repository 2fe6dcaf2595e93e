//! Queries over a table: filters, projections, counts and limits.

use hublake_lake::Snapshot;
use rstest::rstest;

use crate::fixture::{Fixture, ask, mart_rows, mart_spec, raw_rows, raw_spec, replace};

/// Three days, two repositories, three files of ten rows each day.
async fn filled(partition_at: usize) -> (Fixture, Snapshot) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(partition_at)).await.unwrap();
    for day in 0..3 {
        for part in 0..3 {
            let first = day * 1000 + part * 10;
            table.append(vec![raw_rows(day, part % 2, first..first + 10)], &[]).await.unwrap();
        }
    }
    let snapshot = fixture.snapshot("raw_things").await;
    (fixture, snapshot)
}

#[rstest]
#[case::everything("SELECT count(*) FROM t", "90")]
#[case::a_day(
    "SELECT count(*), min(run_seq), max(run_seq) FROM t WHERE fetched_on = DATE '2026-11-21'",
    "30|1000|1029"
)]
#[case::days_from("SELECT count(*) FROM t WHERE fetched_on >= DATE '2026-11-21'", "60")]
#[case::a_day_nobody_has("SELECT count(*) FROM t WHERE fetched_on = DATE '2020-01-01'", "0")]
#[case::days_in_a_list("SELECT count(*) FROM t WHERE fetched_on IN (DATE '2026-11-20', DATE '2026-11-22')", "60")]
#[case::a_day_as_text("SELECT count(*) FROM t WHERE CAST(fetched_on AS VARCHAR) = '2026-11-21'", "30")]
#[case::day_or_number("SELECT count(*) FROM t WHERE fetched_on = DATE '2026-11-21' OR run_seq = 5", "31")]
#[case::a_repository("SELECT count(*) FROM t WHERE repo_id = 1", "30")]
#[case::repositories_in_a_list("SELECT count(*) FROM t WHERE repo_id IN (1, 7, 9)", "30")]
#[case::no_repository("SELECT count(*) FROM t WHERE repo_id = 12", "0")]
#[case::runs_between("SELECT count(*) FROM t WHERE run_seq BETWEEN 5 AND 1004", "30")]
#[case::the_last_microsecond("SELECT count(*) FROM t WHERE fetched_at = TIMESTAMP '2026-11-22T00:00:00.002029Z'", "1")]
#[case::after_an_instant("SELECT count(*) FROM t WHERE fetched_at > TIMESTAMP '2026-11-22T00:00:00.002028Z'", "1")]
#[case::before_an_instant("SELECT count(*) FROM t WHERE fetched_at < TIMESTAMP '2026-11-20T00:00:00.000001Z'", "1")]
#[case::text("SELECT count(*) FROM t WHERE payload = 'payload 1005'", "1")]
#[case::text_and_day("SELECT run_seq, fetched_on FROM t WHERE payload = 'payload 1005'", "1005|2026-11-21")]
#[case::by_day(
    "SELECT string_agg(CAST(n AS VARCHAR), ',') FROM (SELECT count(*) n FROM t GROUP BY fetched_on)",
    "30,30,30"
)]
#[case::joined_with_itself(
    "SELECT count(*) FROM t JOIN t AS u ON t.run_seq = u.run_seq AND t.fetched_on = u.fetched_on",
    "90"
)]
#[tokio::test]
async fn a_question_is_answered_wherever_the_partition_column_stands(
    #[case] sql: &str,
    #[case] expected: &str,
    #[values(0, 2, 4)] partition_at: usize,
) {
    let (_fixture, snapshot) = filled(partition_at).await;

    assert_eq!(ask(&snapshot, sql).await, [expected]);
}

#[rstest]
#[case::first("SELECT fetched_on, repo_id, run_seq FROM t", "2026-11-22|0|2029")]
#[case::middle("SELECT repo_id, fetched_on, run_seq FROM t", "0|2026-11-22|2029")]
#[case::last("SELECT run_seq, payload, fetched_on FROM t", "2029|payload 2029|2026-11-22")]
#[case::alone("SELECT fetched_on FROM t", "2026-11-22")]
#[tokio::test]
async fn the_partition_column_can_be_projected_to_any_place(
    #[case] select: &str,
    #[case] expected: &str,
    #[values(0, 2, 4)] partition_at: usize,
) {
    let (_fixture, snapshot) = filled(partition_at).await;

    let answer = ask(&snapshot, &format!("{select} ORDER BY run_seq DESC LIMIT 1")).await;

    assert_eq!(answer, [expected]);
}

#[rstest]
#[tokio::test]
async fn all_columns_come_in_the_order_of_the_specification(#[values(0, 2, 4)] partition_at: usize) {
    let (_fixture, snapshot) = filled(partition_at).await;
    let mut expected = vec!["0", "7", "2026-11-20T00:00:00.000007Z", "payload 7"];
    expected.insert(partition_at, "2026-11-20");

    assert_eq!(snapshot.schema, raw_spec(partition_at).schema);
    assert_eq!(ask(&snapshot, "SELECT * FROM t WHERE run_seq = 7").await, [expected.join("|")]);
}

#[rstest]
#[case::without_a_filter("SELECT run_seq FROM t LIMIT 7", 7)]
#[case::with_a_filter("SELECT run_seq FROM t WHERE run_seq % 10 = 9 LIMIT 7", 7)]
#[case::more_than_there_are("SELECT run_seq FROM t WHERE run_seq % 10 = 9 LIMIT 70", 9)]
#[case::with_an_offset("SELECT run_seq FROM t LIMIT 7 OFFSET 88", 2)]
#[case::none("SELECT run_seq FROM t LIMIT 0", 0)]
#[case::on_a_day("SELECT run_seq FROM t WHERE fetched_on = DATE '2026-11-22' LIMIT 100", 30)]
#[tokio::test]
async fn a_limit_gives_so_many_rows(#[case] sql: &str, #[case] expected: usize) {
    let (_fixture, snapshot) = filled(4).await;

    assert_eq!(ask(&snapshot, sql).await.len(), expected);
}

#[rstest]
#[case::a_day("fetched_on = DATE '2026-11-21'", 3)]
#[case::a_day_nobody_has("fetched_on = DATE '2020-01-01'", 0)]
#[case::a_repository("repo_id = 1", 3)]
#[case::a_run("run_seq = 1015", 1)]
#[case::runs_from("run_seq >= 2000", 3)]
#[case::an_instant("fetched_at >= TIMESTAMP '2026-11-22T00:00:00.000000Z'", 3)]
#[case::repositories("repo_id IN (1, 7)", 3)]
#[case::anything("payload = 'x'", 9)]
#[tokio::test]
async fn files_that_cannot_match_are_not_opened(#[case] filter: &str, #[case] files: usize) {
    let (_fixture, snapshot) = filled(4).await;
    let plan = ask(&snapshot, &format!("EXPLAIN SELECT payload FROM t WHERE {filter}")).await.join("\n");

    assert_eq!(plan.matches(".parquet").count(), files, "{plan}");
}

#[tokio::test]
async fn a_count_of_all_rows_opens_no_file() {
    let (fixture, snapshot) = filled(4).await;
    for file in fixture.parquet_files("raw_things") {
        std::fs::remove_file(file).unwrap();
    }

    assert_eq!(ask(&snapshot, "SELECT count(*) FROM t").await, ["90"]);
}

#[rstest]
#[case::count("SELECT count(*) FROM t", &["0"])]
#[case::sum("SELECT sum(number) FROM t WHERE repo_id = 3", &["null"])]
#[case::rows("SELECT * FROM t ORDER BY number", &[])]
#[case::groups("SELECT repo_id, count(*) FROM t GROUP BY repo_id", &[])]
#[case::joined("SELECT count(*) FROM t JOIN t AS u ON t.repo_id = u.repo_id", &["0"])]
#[tokio::test]
async fn an_empty_table_answers(#[case] sql: &str, #[case] expected: &[&str]) {
    let fixture = Fixture::new().await;
    fixture.lake.table(&mart_spec()).await.unwrap();

    assert_eq!(ask(&fixture.snapshot("mart_things").await, sql).await, expected);
}

#[tokio::test]
async fn repository_ids_of_any_size_are_kept_exactly() {
    let fixture = Fixture::new().await;
    let ids = [i64::MIN, -1, 0, (1 << 53) + 1, i64::MAX - 1, i64::MAX];
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    for id in ids {
        replace(&mut table, &[id], mart_rows([(id, id)])).await;
    }
    let snapshot = fixture.snapshot("mart_things").await;

    for id in ids {
        assert_eq!(ask(&snapshot, &format!("SELECT number FROM t WHERE repo_id = {id}")).await, [id.to_string()]);
    }
}
