use hublake_postgres::{ColumnType, Error, TableSpec};
use rstest::rstest;

use crate::given::{Given, counts};
use crate::server::Database;

fn things() -> TableSpec {
    TableSpec::new("things", "")
        .required("id", ColumnType::BigInt, "")
        .column("words", ColumnType::Text, "")
        .column("score", ColumnType::Double, "")
        .key(&["id"])
        .index("words", "(words)")
}

fn parts() -> TableSpec {
    TableSpec::new("parts", "")
        .required("id", ColumnType::BigInt, "")
        .required("thing", ColumnType::BigInt, "")
        .key(&["id"])
        .reference("thing", "things", "id")
}

fn given(words: &str) -> Given {
    Given::default()
        .table(&things(), &format!("{{\"id\":1,\"words\":\"{words}\",\"score\":0.5}}"))
        .table(&parts(), r#"{"id":1,"thing":1}"#)
}

#[rstest]
#[case::renamed("ALTER TABLE things RENAME COLUMN words TO texts", "words")]
#[case::dropped("ALTER TABLE things DROP COLUMN score", "score")]
#[case::type_changed("ALTER TABLE things ALTER COLUMN score TYPE numeric(7,2)", "score")]
#[case::added_and_required(
    "ALTER TABLE things ADD COLUMN mine text NOT NULL DEFAULT 'x'; ALTER TABLE things ALTER COLUMN mine DROP DEFAULT",
    "mine"
)]
#[case::without_key("ALTER TABLE things DROP CONSTRAINT things_pkey CASCADE", "primary key")]
#[tokio::test]
async fn a_table_changed_by_hand_is_refused_with_its_name_and_made_anew_on_demand(
    #[case] change: &str,
    #[case] named: &str,
) {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute(change).await;

    let mut again = given("new");
    let error = again.publish(&database).await.expect_err("somebody changed it");
    assert!(matches!(&error, Error::Changed { table, .. } if table == "things"), "{error}");
    let text = error.to_string();
    assert!(text.contains(named) && text.contains("ALTER TABLE") && text.contains("--replace"), "{text}");
    assert!(again.asked().is_empty(), "nothing was read");

    again.replaces = true;
    again.publish(&database).await.expect("it is made anew");
    assert_eq!(database.text("SELECT concat_ws(' ', words, score) FROM things").await, "new 0.5");
    let keys = "SELECT count(*)::text FROM pg_constraint WHERE contype IN ('p', 'f') AND conrelid::regclass::text IN ('things', 'parts')";
    assert_eq!(database.text(keys).await, "3");
}

#[tokio::test]
async fn a_column_that_a_user_added_stays_with_its_values() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute("ALTER TABLE things ADD COLUMN mine text; UPDATE things SET mine = 'note'").await;
    let published = given("new").publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "things"), Some((0, 1, 0, 0)));
    assert_eq!(database.text("SELECT words || ' ' || mine FROM things").await, "new note");
}

#[tokio::test]
async fn an_index_a_foreign_key_and_a_table_that_were_dropped_come_back() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute("DROP INDEX things_words_idx; ALTER TABLE parts DROP CONSTRAINT parts_thing_fkey").await;
    given("new").publish(&database).await.expect("it is published");
    let parts = "SELECT count(*)::text FROM pg_class WHERE relname = 'things_words_idx'
                 UNION ALL SELECT count(*)::text FROM pg_constraint WHERE conname = 'parts_thing_fkey'";
    assert_eq!(database.texts(parts).await, ["1", "1"]);

    database.execute("DROP TABLE things CASCADE").await;
    let published = given("new").publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "things"), Some((1, 0, 0, 0)));
    assert_eq!(database.texts(parts).await, ["1", "1"]);
}

#[tokio::test]
async fn a_table_of_somebody_else_is_not_touched() {
    let database = Database::new().await;
    database.execute("CREATE TABLE things (name text); INSERT INTO things VALUES ('mine')").await;
    let mut given = given("new");
    let error = given.publish(&database).await.expect_err("whose is it");
    assert!(matches!(&error, Error::Foreign { name } if name == "table things"), "{error}");
    assert_eq!(database.text("SELECT name FROM things").await, "mine");
    given.replaces = true;
    given.publish(&database).await.expect("it was asked for");
    assert_eq!(database.text("SELECT words FROM things").await, "new");
}

#[tokio::test]
async fn tables_that_are_as_they_should_be_are_taken_over_where_the_ledger_is_lost() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute("DROP SCHEMA hublake CASCADE").await;
    let published = given("old").publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "things"), Some((0, 0, 0, 1)));
}

#[tokio::test]
async fn a_table_of_an_older_form_is_made_anew_and_so_is_what_refers_to_it() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    let newer = things().column("more", ColumnType::Boolean, "");
    let mut again = given("new");
    again.set(&newer, r#"{"id":1,"words":"new","more":true}"#);
    let published = again.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "things"), Some((1, 0, 0, 0)));
    assert_eq!(counts(&published, "parts"), Some((1, 0, 0, 0)));
    assert_eq!(database.text("SELECT concat_ws(' ', words, more) FROM things").await, "new t");
}

#[tokio::test]
async fn a_view_of_a_user_is_named_before_what_it_reads_is_made_anew() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute("CREATE VIEW mine AS SELECT words FROM things; ALTER TABLE things DROP COLUMN score").await;
    let mut again = given("new");
    again.replaces = true;
    let error = again.publish(&database).await.expect_err("a view reads it");
    assert!(matches!(error, Error::Dependents { .. }), "{error}");
    assert!(error.to_string().contains("public.mine"), "{error}");
    assert_eq!(database.text("SELECT words FROM mine").await, "old");
    database.execute("DROP VIEW mine").await;
    again.publish(&database).await.expect("nothing is in the way");
}

#[tokio::test]
async fn what_a_newer_program_published_is_left_alone() {
    let database = Database::new().await;
    given("old").publish(&database).await.expect("it is published");
    database.execute("UPDATE hublake.schemas SET form = 99").await;
    let error = given("new").publish(&database).await.expect_err("it is newer");
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error}");
}

#[tokio::test]
async fn two_schemas_of_a_database_are_published_to_apart() {
    let database = Database::new().await;
    database.execute("CREATE SCHEMA other").await;
    given("here").publish(&database).await.expect("it is published");
    let url = format!("{}?options=-csearch_path%3Dother", database.url);
    let there = given("there");
    let server = crate::given::server(&url);
    let published = hublake_postgres::publish(&server, &there.plan(&database), &there).await.expect("it is published");
    assert_eq!(published.schema, "other");
    let words = "SELECT (SELECT words FROM public.things) || ' ' || (SELECT words FROM other.things)";
    assert_eq!(database.text(words).await, "here there");
}
