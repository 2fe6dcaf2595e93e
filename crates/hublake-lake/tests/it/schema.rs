//! Tables whose columns change, and columns of every shape.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListBuilder, RecordBatch, StringArray,
    StringBuilder, StructBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use hublake_lake::{PartitionedRows, TableSpec};

use crate::fixture::{Fixture, ask, instant, mart_rows, mart_spec, raw_rows, raw_spec, replace};

fn with_column(spec: &TableSpec, name: &str, data_type: DataType) -> TableSpec {
    let fields = spec.schema.fields().iter().map(|field| field.as_ref().clone());
    // A new column is optional whatever the specification says: old rows have no value for it.
    let fields = fields.chain([Field::new(name, data_type, false)]);
    TableSpec { schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())), ..spec.clone() }
}

#[tokio::test]
async fn old_rows_are_null_in_an_added_column_of_an_appended_table() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(1)).await.unwrap();
    for number in 0..40 {
        table.append(vec![raw_rows(0, 1, number..number + 1)], &[]).await.unwrap();
    }

    let mut table = fixture.lake.table(&with_column(&raw_spec(1), "etag", DataType::Utf8)).await.unwrap();
    let new = raw_rows(0, 1, 40..41);
    let etag: ArrayRef = Arc::new(StringArray::from(vec!["w"]));
    let schema = new.rows.schema();
    let fields = schema.fields().iter().cloned().chain([Arc::new(Field::new("etag", DataType::Utf8, true))]);
    let columns = new.rows.columns().iter().cloned().chain([etag]);
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns.collect()).unwrap();
    table.append(vec![PartitionedRows { partition: new.partition, rows }], &[]).await.unwrap();

    let counts = "SELECT count(*), count(etag), max(etag), min(fetched_on) FROM t";
    assert_eq!(ask(table.snapshot(), counts).await, ["41|1|w|2026-11-20"]);
    assert_eq!(ask(table.snapshot(), "SELECT run_seq FROM t WHERE etag = 'w'").await, ["40"]);
    assert_eq!(ask(table.snapshot(), "SELECT count(*) FROM t WHERE etag IS NULL").await, ["40"]);

    let done = table.join_small_files().await.unwrap();
    assert_eq!((done.files_joined, done.files_written), (41, 1));
    assert_eq!(ask(&fixture.snapshot("raw_things").await, counts).await, ["41|1|w|2026-11-20"]);
}

#[tokio::test]
async fn rows_without_an_added_column_can_still_be_appended() {
    let fixture = Fixture::new().await;
    fixture.lake.table(&raw_spec(1)).await.unwrap();
    let mut table = fixture.lake.table(&with_column(&raw_spec(1), "etag", DataType::Utf8)).await.unwrap();

    table.append(vec![raw_rows(0, 1, 0..2)], &[]).await.unwrap();

    assert_eq!(ask(table.snapshot(), "SELECT count(*), count(etag) FROM t").await, ["2|0"]);
}

#[tokio::test]
async fn old_leaves_are_null_in_an_added_column() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[1, 2, 3], mart_rows([(1, 10), (2, 20), (3, 30)])).await;

    let spec = with_column(&mart_spec(), "share", DataType::Float64);
    let mut table = fixture.lake.table(&spec).await.unwrap();
    let taken = table.take(&[2], true).await.unwrap();
    assert_eq!(taken.previous[0].schema(), table.snapshot().schema);
    assert_eq!(taken.previous[0].column(2).null_count(), 1);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![2])),
        Arc::new(Int64Array::from(vec![21])),
        Arc::new(Float64Array::from(vec![0.5])),
    ];
    table.put(taken, vec![RecordBatch::try_new(spec.schema.clone(), columns).unwrap()]).await.unwrap();
    table.commit().await.unwrap();

    let all = "SELECT repo_id, number, share FROM t ORDER BY repo_id";
    assert_eq!(ask(table.snapshot(), all).await, ["1|10|null", "2|21|0.5", "3|30|null"]);
    let before = fixture.lake.snapshot("mart_things", Some(1)).await.unwrap().unwrap();
    assert_eq!(ask(&before, "SELECT * FROM t ORDER BY 1").await, ["1|10", "2|20", "3|30"]);
}

#[tokio::test]
async fn a_column_that_the_specification_no_longer_names_stays() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&with_column(&mart_spec(), "share", DataType::Float64)).await.unwrap();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![1, 2])),
        Arc::new(Int64Array::from(vec![10, 20])),
        Arc::new(Float64Array::from(vec![0.5, 0.25])),
    ];
    let rows = RecordBatch::try_new(table.snapshot().schema.clone(), columns).unwrap();
    replace(&mut table, &[1, 2], rows).await;

    let table = fixture.lake.table(&mart_spec()).await.unwrap();

    assert_eq!(ask(table.snapshot(), "SELECT sum(share) FROM t").await, ["0.75"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_add_columns_at_once_all_succeed() {
    let fixture = Fixture::new().await;
    fixture.lake.table(&mart_spec()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..4 {
        let lake = fixture.lake.clone();
        let spec = with_column(&mart_spec(), &format!("column_{task}"), DataType::Utf8);
        tasks.spawn(async move { drop(lake.table(&spec).await.unwrap()) });
    }
    tasks.join_all().await;

    assert_eq!(fixture.snapshot("mart_things").await.schema.fields().len(), 6);
}

#[tokio::test]
async fn rows_with_a_column_that_the_table_lacks_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    let spec = with_column(&mart_spec(), "share", DataType::Int64);
    let columns: Vec<ArrayRef> = (0..3).map(|_| Arc::new(Int64Array::from(vec![1])) as ArrayRef).collect();
    let rows = || RecordBatch::try_new(spec.schema.clone(), columns.clone()).unwrap();

    let taken = table.take(&[1], false).await.unwrap();
    let putting = table.put(taken, vec![rows()]).await.unwrap_err().to_string();
    let part = PartitionedRows { partition: None, rows: rows() };
    let appending = table.append(vec![part], &[]).await.unwrap_err().to_string();

    for error in [putting, appending] {
        assert!(error.contains("table mart_things") && error.contains("share"), "{error}");
    }
}

#[tokio::test]
async fn a_value_that_its_column_cannot_hold_is_an_error_and_not_a_null() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    let schema =
        Schema::new(vec![Field::new("number", DataType::Utf8, true), Field::new("repo_id", DataType::Int64, false)]);
    let rows = |number: &str| {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(vec![number])), Arc::new(Int64Array::from(vec![1]))];
        RecordBatch::try_new(Arc::new(schema.clone()), columns).unwrap()
    };

    let taken = table.take(&[1], false).await.unwrap();
    let error = table.put(taken, vec![rows("twelve")]).await.unwrap_err().to_string();
    assert!(error.contains("table mart_things") && error.contains("twelve"), "{error}");

    replace(&mut table, &[1], rows("12")).await;
    assert_eq!(ask(table.snapshot(), "SELECT * FROM t").await, ["1|12"]);
}

fn label_fields() -> Fields {
    Fields::from(vec![Field::new("label_id", DataType::Int64, true), Field::new("label_name", DataType::Utf8, true)])
}

fn nested_schema(element: &str) -> SchemaRef {
    let labels = Field::new(element, DataType::Struct(label_fields()), true);
    let names = Field::new(element, DataType::Utf8, true);
    Arc::new(Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("labels", DataType::List(Arc::new(labels)), true),
        Field::new("label_names", DataType::List(Arc::new(names)), true),
        Field::new("owner", DataType::Struct(label_fields()), true),
        Field::new("is_open", DataType::Boolean, true),
        Field::new("share", DataType::Float64, true),
        Field::new("created_on", DataType::Date32, true),
        Field::new("created_at", instant(), true),
    ]))
}

/// Three rows for each repository: full, empty and null.
fn nested_rows(repo_ids: &[i64]) -> RecordBatch {
    let mut labels = ListBuilder::new(StructBuilder::from_fields(label_fields(), 2));
    let mut names = ListBuilder::new(StringBuilder::new());
    let mut owner = StructBuilder::from_fields(label_fields(), 2);
    let count = repo_ids.len() * 3;
    for row in 0..count {
        for label in 0..if row % 3 == 0 { 2 } else { 0 } {
            let label_struct = labels.values();
            label_struct.field_builder::<arrow::array::Int64Builder>(0).unwrap().append_value(label);
            label_struct.field_builder::<StringBuilder>(1).unwrap().append_option((label == 0).then_some("bug"));
            label_struct.append(true);
            names.values().append_value(format!("name {label}"));
        }
        labels.append(row % 3 != 2);
        names.append(row % 3 != 2);
        owner.field_builder::<arrow::array::Int64Builder>(0).unwrap().append_value(5);
        owner.field_builder::<StringBuilder>(1).unwrap().append_null();
        owner.append(row % 3 != 2);
    }
    let kept = |row: usize| row % 3 != 2;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(repo_ids.iter().flat_map(|id| [*id; 3]).collect::<Int64Array>()),
        Arc::new(labels.finish()),
        Arc::new(names.finish()),
        Arc::new(owner.finish()),
        Arc::new((0..count).map(|row| kept(row).then_some(row % 2 == 0)).collect::<BooleanArray>()),
        Arc::new((0..count).map(|row| kept(row).then_some(0.1)).collect::<Float64Array>()),
        Arc::new((0..count).map(|row| kept(row).then_some(-1)).collect::<Date32Array>()),
        Arc::new(
            (0..count).map(|row| kept(row).then_some(-1)).collect::<TimestampMicrosecondArray>().with_timezone("UTC"),
        ),
    ];
    RecordBatch::try_new(nested_schema("item"), columns).unwrap()
}

#[tokio::test]
async fn nested_columns_survive_writing_taking_and_reading() {
    let fixture = Fixture::new().await;
    let spec = TableSpec {
        name: "stg_nested".to_owned(),
        schema: nested_schema("item"),
        partitioned_by: None,
        by_month: None,
    };
    let mut table = fixture.lake.table(&spec).await.unwrap();
    replace(&mut table, &[1, 2], nested_rows(&[1, 2])).await;
    replace(&mut table, &[2], nested_rows(&[2])).await;

    let sql = "SELECT repo_id, labels, label_names, owner, is_open, share, created_on, created_at \
               FROM t WHERE repo_id = 1";
    let expected = [
        "1|[{label_id: 0, label_name: bug}, {label_id: 1, label_name: null}]|[name 0, name 1]\
         |{label_id: 5, label_name: null}|true|0.1|1969-12-31|1969-12-31T23:59:59.999999Z",
        "1|[]|[]|{label_id: 5, label_name: null}|false|0.1|1969-12-31|1969-12-31T23:59:59.999999Z",
        "1|null|null|null|null|null|null|null",
    ];
    assert_eq!(ask(&fixture.snapshot("stg_nested").await, sql).await, expected);
    let earlier = "SELECT count(*) FROM t WHERE created_at < TIMESTAMP '1970-01-01T00:00:00Z'";
    assert_eq!(ask(table.snapshot(), earlier).await, ["4"]);

    let taken = table.take(&[1, 2], true).await.unwrap();
    let rows: usize = taken.previous.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows, 6);
    let previous = taken.previous.clone();
    table.put(taken, previous).await.unwrap();
    table.commit().await.unwrap();
    assert_eq!(ask(table.snapshot(), sql).await, expected);
}

#[tokio::test]
async fn a_nested_column_can_be_added() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;
    let labels = nested_schema("item").field(1).data_type().clone();

    let mut table = fixture.lake.table(&with_column(&mart_spec(), "labels", labels)).await.unwrap();
    assert_eq!(ask(table.snapshot(), "SELECT * FROM t ORDER BY 1").await, ["1|10|null", "2|20|null"]);
    replace(&mut table, &[1], mart_rows([(1, 11)])).await;

    assert_eq!(ask(table.snapshot(), "SELECT * FROM t ORDER BY 1").await, ["1|11|null", "2|20|null"]);
}
