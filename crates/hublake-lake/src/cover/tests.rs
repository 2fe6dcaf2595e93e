//! The aggregate in queries, by every way that a query may take.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;

use super::cheapest_cover;
use super::path::{Cover, Piece};

/// A group, the first and last day of a piece and its cost.
type Row = (i64, Option<i32>, Option<i32>, Option<i64>);

/// A session over table `t(g, a, z, cost)` whose rows are dealt out to batches of three in two partitions.
fn session(rows: &[Row], config: SessionConfig) -> SessionContext {
    let context = SessionContext::new_with_config(config);
    context.register_udaf(cheapest_cover());
    let batch = |rows: &[Row]| {
        RecordBatch::try_from_iter_with_nullable([
            ("g", Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()) as Arc<dyn Array>, true),
            ("a", Arc::new(rows.iter().map(|row| row.1).collect::<Date32Array>()), true),
            ("z", Arc::new(rows.iter().map(|row| row.2).collect::<Date32Array>()), true),
            ("cost", Arc::new(rows.iter().map(|row| row.3).collect::<Int64Array>()), true),
        ])
        .unwrap()
    };
    let mut partitions = vec![vec![batch(&[])], vec![batch(&[])]];
    for (index, chunk) in rows.chunks(3).enumerate() {
        partitions[index % 2].push(batch(chunk));
    }
    let table = MemTable::try_new(batch(&[]).schema(), partitions).unwrap();
    context.register_table("t", Arc::new(table)).unwrap();
    context
}

async fn results(context: &SessionContext, sql: &str) -> Vec<Option<i64>> {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    batches.iter().flat_map(|batch| batch.columns().last().unwrap().as_primitive::<Int64Type>().iter()).collect()
}

const WINDOW: &str = "DATE '1970-01-03', DATE '1970-01-06'";

fn row(group: i64, first: i32, last: i32, cost: i64) -> Row {
    (group, Some(first), Some(last), Some(cost))
}

#[tokio::test]
async fn each_group_has_the_smallest_sum_of_its_own_pieces() {
    let rows = [row(1, 0, 3, 5), row(2, 2, 9, 7), row(1, 4, 5, 1), row(2, 2, 5, 6), row(3, 2, 4, 1), row(1, 2, 5, 9)];
    let context = session(&rows, SessionConfig::new());
    let sql = format!("SELECT g, cheapest_cover({WINDOW}, a, z, cost) FROM t GROUP BY g ORDER BY g");
    assert_eq!(results(&context, &sql).await, [Some(6), Some(6), None]);
    let sql = format!("SELECT cheapest_cover({WINDOW}, a, z, cost) FROM t WHERE g = 1");
    assert_eq!(results(&context, &sql).await, [Some(6)]);
}

#[tokio::test]
async fn pieces_with_nulls_and_filtered_ones_are_ignored() {
    let rows = [(1, None, Some(9), Some(0)), (1, Some(0), None, Some(0)), (1, Some(0), Some(9), None), row(1, 2, 5, 8)];
    let context = session(&rows, SessionConfig::new());
    let of = |rest: &str| format!("SELECT g, cheapest_cover({WINDOW}, a, z, cost) {rest} FROM t GROUP BY g");
    assert_eq!(results(&context, &of("")).await, [Some(8)]);
    assert_eq!(results(&context, &of("FILTER (WHERE cost < 8)")).await, [None]);
}

#[tokio::test]
async fn no_rows_and_no_window_are_null_and_an_empty_window_costs_nothing() {
    let context = session(&[row(1, 2, 5, 8)], SessionConfig::new());
    let sql = format!("SELECT cheapest_cover({WINDOW}, a, z, cost) FROM t WHERE g = 2");
    assert_eq!(results(&context, &sql).await, [None]);
    let sql = "SELECT cheapest_cover(NULL, DATE '1970-01-06', a, z, cost) FROM t";
    assert_eq!(results(&context, sql).await, [None]);
    let sql = "SELECT cheapest_cover(DATE '1970-01-06', DATE '1970-01-05', a, z, cost) FROM t";
    assert_eq!(results(&context, sql).await, [Some(0)]);
}

#[tokio::test]
async fn a_second_window_in_a_group_and_a_cost_below_nothing_are_refused() {
    let context = session(&[row(1, 2, 5, 8), row(1, 3, 5, -8)], SessionConfig::new());
    for (sql, said) in [
        ("SELECT g, cheapest_cover(a, z, a, z, 1) FROM t GROUP BY g", "1970-01-03 to 1970-01-06"),
        ("SELECT cheapest_cover(DATE '1970-01-03', z, a, z, cost) FROM t", "costs -8"),
        ("SELECT cheapest_cover(DISTINCT a, z, a, z, 1) FROM t", "DISTINCT"),
    ] {
        let outcome = match context.sql(sql).await {
            Ok(frame) => frame.collect().await.map(|_| ()),
            Err(error) => Err(error),
        };
        let refused = outcome.unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_by_any_path_give_the_same(
        rows in proptest::collection::vec((0_i64..5, 0..12_i32, 0..7_i32, 0..20_i64), 0..120),
        (first, days) in (0..12_i32, 0..9_i32),
        partitions in 1_usize..4,
        skip_partial_aggregation in proptest::bool::ANY,
    ) {
        let mut config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(8);
        if skip_partial_aggregation {
            let execution = &mut config.options_mut().execution;
            execution.skip_partial_aggregation_probe_rows_threshold = 1;
            execution.skip_partial_aggregation_probe_ratio_threshold = 0.0;
        }
        let rows: Vec<Row> = rows.iter().map(|(group, day, days, cost)| row(*group, *day, day + days, *cost)).collect();
        let context = session(&rows, config);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let window = format!("DATE '1970-01-01' + {first}, DATE '1970-01-01' + {}", first + days);
        let sql = format!("SELECT g, cheapest_cover({window}, a, z, cost) FROM t GROUP BY g ORDER BY g");
        let by_group = runtime.block_on(results(&context, &sql));
        let expected = |groups: std::ops::Range<i64>| {
            let mut cover = Cover::default();
            let mut of_groups = rows.iter().filter(|row| groups.contains(&row.0)).peekable();
            of_groups.peek()?;
            cover.set_window((first, first + days)).unwrap();
            for (_, first, last, cost) in of_groups {
                cover.push(Piece { first: first.unwrap(), last: last.unwrap(), cost: cost.unwrap() });
            }
            Some(cover.cost())
        };
        let wanted: Vec<_> = (0..5).filter_map(|group| expected(group..group + 1)).collect();
        prop_assert_eq!(by_group, wanted);
        let sql = format!("SELECT cheapest_cover({window}, a, z, cost) FROM t");
        prop_assert_eq!(runtime.block_on(results(&context, &sql)), vec![expected(0..5).flatten()]);
    }
}
