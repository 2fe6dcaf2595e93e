use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use hublake_postgres::{ColumnType, Error, Filled, TableSpec};

use crate::given::{Given, counts};
use crate::server::Database;

fn every_type() -> TableSpec {
    TableSpec::new("every_type", "One value of each type")
        .required("id", ColumnType::BigInt, "")
        .column("small", ColumnType::Integer, "")
        .column("score", ColumnType::Double, "")
        .column("flag", ColumnType::Boolean, "")
        .column("words", ColumnType::Text, "It's a \\ text")
        .column("day", ColumnType::Date, "")
        .column("at", ColumnType::Timestamptz, "")
        .column("document", ColumnType::Jsonb, "")
        .column("exact", ColumnType::Text, "")
        .filled(Filled::Exact { of: "document".to_owned() })
        .column("tags", ColumnType::TextArray, "")
        .column("numbers", ColumnType::BigIntArray, "")
        .key(&["id"])
}

#[tokio::test]
async fn values_of_every_type_arrive_as_they_were() {
    let database = Database::new().await;
    let given = Given::default().table(
        &every_type(),
        r#"{"id":1,"small":-7,"score":0.1,"flag":true,"words":"zażółć 🦀","day":"2026-11-22","at":"2026-11-22T14:00:00.123456Z","document":"{\"a\": [1, null]}","tags":["b","a",null],"numbers":[3,-1]}
           {"id":2,"tags":[],"numbers":[],"words":"","flag":false,"day":"1969-12-31","at":"1969-12-31T23:59:59.999999Z"}
           {"id":3}
           {"id":-9223372036854775808,"small":2147483647,"words":"a\nb\tc\\\"'","day":"0001-01-01","at":"0001-01-01T00:00:00Z"}"#,
    );
    given.publish(&database).await.expect("it is published");
    let rows = database.texts("SELECT row_to_json(t)::text FROM every_type t ORDER BY id").await;
    let nothing = r#""small":null,"score":null,"flag":null,"words":null,"day":null,"at":null,"document":null,"exact":null,"tags":null,"numbers":null"#;
    assert_eq!(
        rows,
        [
            r#"{"id":-9223372036854775808,"small":2147483647,"score":null,"flag":null,"words":"a\nb\tc\\\"'","day":"0001-01-01","at":"0001-01-01T00:00:00+00:00","document":null,"exact":null,"tags":null,"numbers":null}"#.to_owned(),
            r#"{"id":1,"small":-7,"score":0.1,"flag":true,"words":"zażółć 🦀","day":"2026-11-22","at":"2026-11-22T14:00:00.123456+00:00","document":{"a": [1, null]},"exact":null,"tags":["b","a",null],"numbers":[3,-1]}"#.to_owned(),
            r#"{"id":2,"small":null,"score":null,"flag":false,"words":"","day":"1969-12-31","at":"1969-12-31T23:59:59.999999+00:00","document":null,"exact":null,"tags":[],"numbers":[]}"#.to_owned(),
            format!(r#"{{"id":3,{nothing}}}"#),
        ]
    );
    let comment = database.text("SELECT col_description('every_type'::regclass, 5)").await;
    assert_eq!(comment, "It's a \\ text");
}

#[tokio::test]
async fn numbers_that_are_none_and_the_ends_of_time_arrive() {
    let database = Database::new().await;
    let table = TableSpec::new("ends", "")
        .required("id", ColumnType::BigInt, "")
        .column("score", ColumnType::Double, "")
        .column("day", ColumnType::Date, "")
        .column("at", ColumnType::Timestamptz, "")
        .key(&["id"]);
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef),
        ("score", Arc::new(Float64Array::from(vec![f64::NAN, f64::NEG_INFINITY, -0.0]))),
        ("day", Arc::new(Date32Array::from(vec![-719_162, 0, 2_932_896]))),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![0, 946_684_800_000_000, 253_402_300_799_999_999]))),
    ])
    .expect("a batch");
    let mut given = Given::default();
    given.set_batches(&table, vec![batch]);
    given.publish(&database).await.expect("it is published");
    let rows = database.texts("SELECT concat_ws(' ', score, day, at AT TIME ZONE 'UTC') FROM ends ORDER BY id").await;
    assert_eq!(
        rows,
        [
            "NaN 0001-01-01 1970-01-01 00:00:00",
            "-Infinity 1970-01-01 2000-01-01 00:00:00",
            "-0 9999-12-31 9999-12-31 23:59:59.999999"
        ]
    );
}

#[tokio::test]
async fn what_postgresql_cannot_hold_is_replaced_and_told() {
    let database = Database::new().await;
    let batch = |words: &str, document: &str| {
        let nothing = Arc::new(Int64Array::from(vec![None::<i64>])) as ArrayRef;
        let tags = arrow::array::new_null_array(
            &arrow::datatypes::DataType::List(Arc::new(arrow::datatypes::Field::new_list_field(
                arrow::datatypes::DataType::Utf8,
                true,
            ))),
            1,
        );
        let numbers = arrow::array::new_null_array(
            &arrow::datatypes::DataType::new_list(arrow::datatypes::DataType::Int64, true),
            1,
        );
        RecordBatch::try_from_iter([
            ("id", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
            ("small", Arc::clone(&nothing)),
            ("score", Arc::new(Float64Array::from(vec![None::<f64>]))),
            ("flag", arrow::array::new_null_array(&arrow::datatypes::DataType::Boolean, 1)),
            ("words", Arc::new(StringArray::from(vec![words]))),
            ("day", Arc::new(Date32Array::from(vec![None::<i32>]))),
            ("at", Arc::new(TimestampMicrosecondArray::from(vec![None::<i64>]))),
            ("document", Arc::new(StringArray::from(vec![document]))),
            ("tags", tags),
            ("numbers", numbers),
        ])
        .expect("a batch")
    };
    let mut given = Given::default();
    given.set_batches(&every_type(), vec![batch("x\0y\0", r#"{"a":"n\u0000l"}"#)]);
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(
        published.notes,
        ["every_type: 1 texts hold the character U+0000, which PostgreSQL cannot store; U+FFFD stands in its place"]
    );
    let row = database.text("SELECT concat_ws('|', words, document, exact) FROM every_type").await;
    assert_eq!(row, "x\u{FFFD}y\u{FFFD}|{\"a\": \"n\u{FFFD}l\"}|{\"a\":\"n\\u0000l\"}");

    // The mended rows are the same when they come again.
    given.is_full = true;
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "every_type"), Some((0, 0, 0, 1)));
}

#[tokio::test]
async fn a_number_too_large_for_its_column_stops_the_publication_and_names_the_column() {
    let database = Database::new().await;
    let given = Given::default().table(&every_type(), r#"{"id":1,"small":2147483648}"#);
    let error = given.publish(&database).await.expect_err("it does not fit");
    assert!(matches!(error, Error::Unfit { .. }), "{error}");
    assert!(error.to_string().contains("every_type") && error.to_string().contains("small"), "{error}");
    assert_eq!(database.text("SELECT count(*)::text FROM pg_class WHERE relname = 'every_type'").await, "0");
}

#[tokio::test]
async fn many_rows_arrive_in_pieces() {
    let database = Database::new().await;
    let table = TableSpec::new("many", "")
        .required("id", ColumnType::BigInt, "")
        .column("words", ColumnType::Text, "")
        .key(&["id"]);
    let batches = (0..20)
        .map(|part| {
            let ids: Vec<i64> = (part * 10_000..(part + 1) * 10_000).collect();
            let words: Vec<String> = ids.iter().map(|id| format!("the words of row {id}")).collect();
            RecordBatch::try_from_iter([
                ("id", Arc::new(Int64Array::from(ids)) as ArrayRef),
                ("words", Arc::new(StringArray::from(words))),
            ])
            .expect("a batch")
        })
        .collect();
    let mut given = Given::default();
    given.set_batches(&table, batches);
    let published = given.publish(&database).await.expect("it is published");
    assert_eq!(counts(&published, "many"), Some((200_000, 0, 0, 0)));
    let wrong = "SELECT concat_ws(' ', count(*), sum(id), count(*) FILTER (WHERE words <> 'the words of row ' || id)) FROM many";
    assert_eq!(database.text(wrong).await, "200000 19999900000 0");
}
