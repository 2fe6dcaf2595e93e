use std::sync::Arc;

use arrow::array::{Array, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::Float64Type;
use datafusion::datasource::MemTable;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use proptest::prelude::*;

use super::percentile_exact;

/// A session over table `t(g, x)` whose rows are dealt out to batches of three in two partitions.
fn session(rows: &[(i64, Option<f64>)], config: SessionConfig) -> SessionContext {
    let context = SessionContext::new_with_config(config);
    context.register_udaf(percentile_exact());
    let batch = |rows: &[(i64, Option<f64>)]| {
        let groups = rows.iter().map(|row| row.0).collect::<Int64Array>();
        let values = rows.iter().map(|row| row.1).collect::<Float64Array>();
        RecordBatch::try_from_iter_with_nullable([
            ("g", Arc::new(groups) as Arc<dyn Array>, true),
            ("x", Arc::new(values) as Arc<dyn Array>, true),
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

async fn results(context: &SessionContext, sql: &str) -> Vec<Option<f64>> {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    let mut values = Vec::new();
    for batch in &batches {
        values.extend(batch.columns().last().unwrap().as_primitive::<Float64Type>());
    }
    values
}

fn in_one_group(values: &[f64]) -> Vec<(i64, Option<f64>)> {
    values.iter().map(|&value| (1, Some(value))).collect()
}

#[tokio::test]
async fn the_median_of_one_to_four_is_two_and_a_half() {
    let context = session(&in_one_group(&[4.0, 1.0, 3.0, 2.0]), SessionConfig::new());
    assert_eq!(results(&context, "SELECT percentile_exact(x, 0.5) FROM t").await, [Some(2.5)]);
}

#[tokio::test]
async fn the_weight_is_not_truncated() {
    let context = session(&in_one_group(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1007.0]), SessionConfig::new());
    let ninetieth = results(&context, "SELECT percentile_exact(x, 0.9) FROM t").await[0].unwrap();
    assert!((ninetieth - 307.0).abs() < 1e-9, "{ninetieth}");
}

#[tokio::test]
async fn the_ends_are_the_smallest_and_the_largest_value() {
    let context = session(&in_one_group(&[5.0, -1.0, 3.0]), SessionConfig::new());
    assert_eq!(results(&context, "SELECT percentile_exact(x, 0) FROM t").await, [Some(-1.0)]);
    assert_eq!(results(&context, "SELECT percentile_exact(x, 1) FROM t").await, [Some(5.0)]);
}

#[tokio::test]
async fn nulls_are_ignored_and_no_value_is_null() {
    let rows = [(1, None), (1, Some(7.0)), (2, None), (1, None)];
    let context = session(&rows, SessionConfig::new());
    let by_group = results(&context, "SELECT g, percentile_exact(x, 0.5) FROM t GROUP BY g ORDER BY g").await;
    assert_eq!(by_group, [Some(7.0), None]);
    assert_eq!(results(&context, "SELECT percentile_exact(x, 0.5) FROM t WHERE g = 2").await, [None]);
    assert_eq!(results(&context, "SELECT percentile_exact(x, 0.5) FROM t WHERE g = 3").await, [None]);
}

#[tokio::test]
async fn a_filter_and_whole_numbers_are_understood() {
    let context = session(&in_one_group(&[1.0, 2.0, 3.0, 100.0]), SessionConfig::new());
    let sql = "SELECT g, percentile_exact(CAST(x AS BIGINT), 0.5) FILTER (WHERE x < 50) FROM t GROUP BY g";
    assert_eq!(results(&context, sql).await, [Some(2.0)]);
}

#[tokio::test]
async fn a_fraction_that_is_no_constant_or_out_of_range_is_refused() {
    let context = session(&in_one_group(&[1.0]), SessionConfig::new());
    for fraction in ["1.5", "-0.1", "x", "NULL"] {
        let sql = format!("SELECT g, percentile_exact(x, {fraction}) FROM t GROUP BY g");
        let outcome = match context.sql(&sql).await {
            Ok(frame) => frame.collect().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(outcome.unwrap_err().to_string().contains("between 0 and 1"), "{fraction}");
    }
}

#[tokio::test]
async fn the_buffered_values_count_against_the_memory_pool() {
    let rows = (0..400_000).map(|row| (row % 7, Some(row as f64))).collect::<Vec<_>>();
    let runtime =
        RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(1_000_000))).build_arc().unwrap();
    let roomy = session(&[], SessionConfig::new());
    let context = SessionContext::new_with_config_rt(SessionConfig::new(), runtime);
    context.register_udaf(percentile_exact());
    let values = rows.iter().map(|row| row.1).collect::<Float64Array>();
    let batch = RecordBatch::try_from_iter([("x", Arc::new(values) as Arc<dyn Array>)]).unwrap();
    for session in [&roomy, &context] {
        let _ = session.deregister_table("t").unwrap();
        session.register_batch("t", batch.clone()).unwrap();
    }
    let sql = "SELECT percentile_exact(x, 0.5) FROM t";
    assert_eq!(results(&roomy, sql).await, [Some(199_999.5)]);
    let refused = context.sql(sql).await.unwrap().collect().await.unwrap_err();
    assert!(refused.to_string().contains("Resources exhausted"), "{refused}");
}

/// The definition, computed the slow way.
fn expected(values: &[f64], fraction: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = fraction * (sorted.len().checked_sub(1)? as f64);
    let below = sorted[position.floor() as usize];
    let above = sorted[position.ceil() as usize];
    Some(below + (above - below) * (position - position.floor()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_rows_by_any_path_give_the_definition(
        rows in proptest::collection::vec((0_i64..5, proptest::option::weighted(0.9, -1e6_f64..1e6)), 0..120),
        hundredths in 0_u32..=100,
        partitions in 1_usize..4,
        skip_partial_aggregation in proptest::bool::ANY,
    ) {
        let fraction = f64::from(hundredths) / 100.0;
        let mut config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(8);
        if skip_partial_aggregation {
            let execution = &mut config.options_mut().execution;
            execution.skip_partial_aggregation_probe_rows_threshold = 1;
            execution.skip_partial_aggregation_probe_ratio_threshold = 0.0;
        }
        let context = session(&rows, config);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sql = format!("SELECT g, percentile_exact(x, {fraction:?}) FROM t GROUP BY g ORDER BY g");
        let by_group = runtime.block_on(results(&context, &sql));
        let mut wanted = Vec::new();
        for group in 0..5 {
            let of_group = rows.iter().filter(|row| row.0 == group);
            if of_group.clone().next().is_some() {
                wanted.push(expected(&of_group.filter_map(|row| row.1).collect::<Vec<_>>(), fraction));
            }
        }
        prop_assert_eq!(by_group, wanted);
        let all = rows.iter().filter_map(|row| row.1).collect::<Vec<_>>();
        let sql = format!("SELECT percentile_exact(x, {fraction:?}) FROM t");
        prop_assert_eq!(runtime.block_on(results(&context, &sql)), vec![expected(&all, fraction)]);
    }
}
