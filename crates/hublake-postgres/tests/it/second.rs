use hublake_postgres::{ColumnType, Error, TableSpec};
use rstest::rstest;

use crate::given::{Given, counts};
use crate::server::Database;

fn versions() -> TableSpec {
    TableSpec::new("versions", "A version of a thing")
        .required("version", ColumnType::BigInt, "")
        .required("thing", ColumnType::BigInt, "")
        .column("words", ColumnType::Text, "")
        .required("is_current", ColumnType::Boolean, "")
        .key(&["version"])
        .unique("current", "(thing)")
        .only_where("is_current")
}

fn measures() -> TableSpec {
    TableSpec::new("measures", "What was measured of a version")
        .required("id", ColumnType::BigInt, "")
        .required("version", ColumnType::BigInt, "")
        .column("score", ColumnType::Double, "")
        .key(&["id"])
        .reference("version", "versions", "version")
}

/// The transaction that wrote each row: it changes with every write of the row.
async fn writers(database: &Database, table: &str, key: &str) -> Vec<String> {
    database.texts(&format!("SELECT {key} || ' ' || xmin FROM {table} ORDER BY {key}")).await
}

#[tokio::test]
async fn a_second_publication_touches_only_the_rows_that_differ() {
    let database = Database::new().await;
    let mut given = Given::default()
        .table(
            &versions(),
            r#"{"version":1,"thing":1,"words":"a","is_current":true}
               {"version":2,"thing":2,"words":null,"is_current":true}
               {"version":3,"thing":3,"words":"c","is_current":true}
               {"version":4,"thing":4,"words":"d","is_current":true}"#,
        )
        .table(&measures(), r#"{"id":1,"version":1,"score":0.25}"#);
    let first = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&first, "versions"), Some((4, 0, 0, 0)));
    let before = writers(&database, "versions", "version").await;

    given.set(
        &versions(),
        r#"{"version":5,"thing":5,"words":"e","is_current":true}
           {"version":4,"thing":4,"words":"d","is_current":true}
           {"version":2,"thing":2,"words":"b","is_current":true}
           {"version":1,"thing":1,"words":"a","is_current":true}"#,
    );
    let second = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&second, "versions"), Some((1, 1, 1, 2)));
    assert_eq!(counts(&second, "measures"), None, "its source is the same");
    let after = writers(&database, "versions", "version").await;
    let kept: Vec<&String> = after.iter().filter(|row| before.contains(row)).collect();
    assert_eq!(kept, [&before[0], &before[3]], "rows 1 and 4 were not written");
    let words = database.texts("SELECT concat_ws(' ', version, words) FROM versions ORDER BY version").await;
    assert_eq!(words, ["1 a", "2 b", "4 d", "5 e"]);
}

#[tokio::test]
async fn what_has_not_changed_at_its_source_is_not_read() {
    let database = Database::new().await;
    let mut given = Given::default().table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#);
    given.publish(&database).await.expect("it is published");
    assert_eq!(given.asked().len(), 1);
    let before = writers(&database, "versions", "version").await;
    given.publish(&database).await.expect("it is published");
    assert!(given.asked().is_empty());

    // Comparing all of it writes nothing either, unless somebody took a row out.
    given.is_full = true;
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "versions"), Some((0, 0, 0, 1)));
    assert_eq!(writers(&database, "versions", "version").await, before);
    database.execute("DELETE FROM versions").await;
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "versions"), Some((1, 0, 0, 0)));
}

#[tokio::test]
async fn versions_of_a_thing_can_change_places() {
    let database = Database::new().await;
    let both = |first: bool| {
        format!(
            "{{\"version\":1,\"thing\":1,\"is_current\":{first}}}\n{{\"version\":2,\"thing\":1,\"is_current\":{}}}",
            !first
        )
    };
    let mut given = Given::default().table(&versions(), &both(true));
    given.publish(&database).await.expect("it is published");
    for first in [false, true, false] {
        given.set(&versions(), &both(first));
        let published = given.publish(&database).await.expect("it is published");
        assert_eq!(counts(&published, "versions"), Some((0, 2, 0, 0)));
    }
}

#[tokio::test]
async fn a_version_and_what_refers_to_it_go_and_come_together() {
    let database = Database::new().await;
    let mut given = Given::default()
        .table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#)
        .table(&measures(), r#"{"id":1,"version":1}"#);
    given.publish(&database).await.expect("it is published");
    given.set(&versions(), r#"{"version":2,"thing":1,"is_current":true}"#);
    given.set(&measures(), r#"{"id":1,"version":2}"#);
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "versions"), Some((1, 0, 1, 0)));
    assert_eq!(counts(&published, "measures"), Some((0, 1, 0, 0)));
}

#[tokio::test]
async fn a_fact_of_no_version_is_refused_and_nothing_changes() {
    let database = Database::new().await;
    let mut given = Given::default()
        .table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#)
        .table(&measures(), r#"{"id":1,"version":1}"#);
    given.publish(&database).await.expect("it is published");
    given.set(&versions(), r#"{"version":1,"thing":1,"words":"new","is_current":true}"#);
    given.set(&measures(), r#"{"id":1,"version":7}"#);
    let error = given.publish(&database).await.expect_err("there is no version 7");
    assert!(matches!(error, Error::Statement { .. }), "{error}");
    assert!(error.to_string().contains("measures"), "{error}");
    assert_eq!(database.text("SELECT words FROM versions").await, "NULL");
}

#[tokio::test]
async fn many_rows_for_a_table_that_stood_empty_are_not_each_compared_with_all_of_it() {
    let database = Database::new().await;
    let mut given =
        Given::default().table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#).table(&measures(), "");
    given.publish(&database).await.expect("it is published");

    let many: Vec<String> = (1..=5000).map(|id| format!("{{\"id\":{id},\"version\":1,\"score\":0.5}}")).collect();
    given.set(&measures(), &many.join("\n"));
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "measures"), Some((5000, 0, 0, 0)));
    // PostgreSQL gives numbers of scans and of rows together, some time after the transaction.
    let scans = loop {
        let scans = database
            .texts("SELECT seq_scan::text FROM pg_stat_user_tables WHERE relname = 'measures' AND n_tup_ins >= 5000");
        if let Some(scans) = scans.await.pop() {
            break scans.parse::<u64>().expect("a number");
        }
    };
    assert!(scans < 20, "the table was read {scans} times");

    // The next publication compares as ever.
    given.set(&measures(), &many[..4999].join("\n").replacen("0.5", "0.75", 1));
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "measures"), Some((0, 1, 1, 4998)));
}

#[rstest]
#[case::of_no_version(r#"{"id":1,"version":1} {"id":2,"version":7}"#, "(version)=(7)")]
#[case::that_comes_twice(r#"{"id":1,"version":1} {"id":1,"version":1}"#, "(id)=(1)")]
#[case::without_what_is_required(r#"{"id":1,"version":1} {"id":2}"#, "version")]
#[tokio::test]
async fn a_fact_is_refused_where_none_stood_and_nothing_changes(#[case] facts: &str, #[case] named: &str) {
    let database = Database::new().await;
    let mut given =
        Given::default().table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#).table(&measures(), "");
    given.publish(&database).await.expect("it is published");
    given.set(&versions(), r#"{"version":1,"thing":1,"words":"new","is_current":true}"#);
    given.set(&measures(), facts);
    let error = given.publish(&database).await.expect_err("a condition does not hold");
    assert!(matches!(error, Error::Statement { .. }), "{error}");
    assert!(error.to_string().contains("measures") && error.to_string().contains(named), "{error}");
    assert_eq!(database.text("SELECT words FROM versions").await, "NULL");
    assert_eq!(database.text("SELECT count(*)::text FROM measures").await, "0");

    given.set(&measures(), r#"{"id":1,"version":1}"#);
    given.publish(&database).await.expect("it is published");
    assert_eq!(database.text("SELECT version::text FROM measures").await, "1");
}

#[tokio::test]
async fn a_row_that_comes_twice_is_refused() {
    let database = Database::new().await;
    let mut given = Given::default().table(&versions(), r#"{"version":1,"thing":1,"is_current":true}"#);
    given.publish(&database).await.expect("it is published");
    given.set(
        &versions(),
        r#"{"version":1,"thing":1,"words":"a","is_current":true}
           {"version":1,"thing":1,"words":"b","is_current":true}"#,
    );
    let error = given.publish(&database).await.expect_err("which is it");
    assert!(error.to_string().contains("versions") && error.to_string().contains("(1)"), "{error}");
}

#[tokio::test]
async fn a_table_that_only_grows_is_asked_for_what_is_newer() {
    let database = Database::new().await;
    let answers = TableSpec::new("answers", "")
        .required("id", ColumnType::BigInt, "")
        .required("run", ColumnType::BigInt, "")
        .column("document", ColumnType::Jsonb, "")
        .key(&["id"])
        .append("run");
    let mut given = Given::default().table(&answers, r#"{"id":1,"run":3,"document":"1"}"#);
    given.publish(&database).await.expect("it is published");
    assert_eq!(given.asked(), [("answers".to_owned(), None)]);
    let before = writers(&database, "answers", "id").await;

    given.set(&answers, r#"{"id":2,"run":5,"document":"2"}"#);
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(given.asked(), [("answers".to_owned(), Some(3))]);
    assert_eq!(counts(&published, "answers"), Some((1, 0, 0, 1)));
    let after = writers(&database, "answers", "id").await;
    assert_eq!((after.len(), &after[0]), (2, &before[0]));
}
