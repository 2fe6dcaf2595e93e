//! The DataFusion session in which models and readers' queries run.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::cover::cheapest_cover;
use crate::json_text::json_text;
use crate::percentile::percentile_exact;
use crate::stable_number::stable_number;
use crate::within::{lag_within, lead_within, sum_within};

/// How much a session may use.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Memory for operators, in bytes; what exceeds it spills to disk where the operator can.
    pub memory_limit_bytes: usize,
    /// Rows that operators hand on at once; few where rows are large.
    pub batch_rows: usize,
    /// Threads that work on one query. With one, rows need not be divided among threads and keep their order.
    pub threads: usize,
    /// Where spilled data goes; the system's temporary folder if `None`.
    pub spill_dir: Option<PathBuf>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            memory_limit_bytes: 512 * 1024 * 1024,
            batch_rows: 8 * 1024,
            threads: available_threads(),
            spill_dir: None,
        }
    }
}

/// Makes a session with bounded memory, UTC, plain string types, `percentile_exact`, `cheapest_cover`, `json_text`,
/// `stable_number`, `lag_within`, `lead_within` and `sum_within`.
///
/// Its default schema is `public`; schemas `stored` and `previous` are made by those who fill them.
pub fn session(options: &SessionOptions) -> Result<SessionContext> {
    let pool = TrackConsumersPool::new(
        FairSpillPool::new(options.memory_limit_bytes),
        std::num::NonZeroUsize::MIN.saturating_add(4),
    );
    let disk = match &options.spill_dir {
        Some(folder) => DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![folder.clone()])),
        None => DiskManagerBuilder::default(),
    };
    let runtime =
        RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build_arc()?;
    let state = SessionStateBuilder::new()
        .with_config(config().with_batch_size(options.batch_rows).with_target_partitions(options.threads))
        .with_runtime_env(runtime)
        .with_default_features()
        .with_physical_optimizer_rules(sound_rules())
        .build();
    let context = SessionContext::new_with_state(state);
    context.register_udaf(percentile_exact());
    context.register_udaf(cheapest_cover());
    context.register_udf(json_text());
    context.register_udf(stable_number());
    for function in [lag_within(), lead_within(), sum_within()] {
        context.register_udwf(function);
    }
    Ok(context)
}

/// DataFusion 55 moves a filter above an outer join below a projection by column name, which can bind it to the
/// other side's column of that name and give wrong rows. Filters still reach the scans: the logical plan has
/// them there.
fn sound_rules() -> Vec<Arc<dyn datafusion::physical_optimizer::PhysicalOptimizerRule + Send + Sync>> {
    let rules = PhysicalOptimizer::new().rules;
    rules.into_iter().filter(|rule| !rule.name().starts_with("FilterPushdown")).collect()
}

fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn config() -> SessionConfig {
    let mut config =
        SessionConfig::new().with_information_schema(true).with_default_catalog_and_schema("hublake", "public");
    let options = config.options_mut();
    options.execution.time_zone = Some("UTC".to_owned());
    options.execution.collect_statistics = false;
    // One string type everywhere: results are written to Delta, which has only one.
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    options.execution.parquet.pushdown_filters = true;
    config
}
