//! A table at one version: its schema and its files.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Date32Type, Schema, SchemaRef, TimeUnit};
use chrono::{DateTime, NaiveDate};
use deltalake_core::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake_core::{DeltaTable, DeltaTableBuilder};
use serde::Deserialize;
use url::Url;

use crate::error::{arrow_error, delta_error};
use crate::{Error, Result};

/// A table at one version.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The table's name.
    pub name: String,
    /// The folder of the table, ending in a slash.
    pub url: Url,
    /// The Delta version.
    pub version: i64,
    /// All columns, the partition column included.
    pub schema: SchemaRef,
    /// The column by whose value the files are divided into folders.
    pub partition_column: Option<String>,
    /// The data files, in the order of the log.
    pub files: Vec<Arc<DataFile>>,
}

/// One Parquet file of a table.
#[derive(Clone, Debug)]
pub struct DataFile {
    /// Path below the table's folder.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Number of rows; 0 where another program wrote the file and did not tell.
    pub rows: usize,
    /// When it was written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// The value of the partition column as the log has it.
    pub partition: Option<String>,
    /// Smallest and greatest values, for the columns that have them.
    pub(crate) bounds: Vec<ColumnBounds>,
}

/// Between which values all of a column's lie: numbers, days or microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnBounds {
    /// The column's place in the table.
    pub(crate) column: usize,
    pub(crate) lowest: i64,
    pub(crate) greatest: i64,
}

impl Snapshot {
    /// Reads a table's log up to `version`, or to its end.
    pub(crate) async fn load(name: &str, url: Url, version: Option<i64>) -> Result<Self> {
        let failed = |what| move |source| delta_error(name, what, source);
        let mut builder = DeltaTableBuilder::from_url(url.clone()).map_err(failed("opening"))?;
        if let Some(version) = version {
            let number = u64::try_from(version).map_err(|_| Error::Unusable {
                table: name.to_owned(),
                reason: format!("it has no version {version}"),
                hint: "versions count from 0",
            })?;
            builder = builder.with_version(number);
        }
        let table = builder.load().await.map_err(failed("reading the log"))?;
        Self::of(name, url, &table)
    }

    pub(crate) fn of(name: &str, url: Url, table: &DeltaTable) -> Result<Self> {
        let state = table.snapshot().map_err(|source| delta_error(name, "reading the log", source))?;
        let metadata = state.metadata();
        let mapping = metadata.configuration().get("delta.columnMapping.mode");
        if mapping.is_some_and(|mode| mode != "none") {
            return Err(unusable(name, "its columns have other names in its files (column mapping)".to_owned()));
        }
        let schema: Schema = state
            .schema()
            .as_ref()
            .try_into_arrow()
            .map_err(|source| arrow_error(name, "reading the schema", source))?;
        let partition_column = metadata.partition_columns().first().cloned();
        let mut files = Vec::new();
        for file in state.log_data().iter() {
            if file.deletion_vector_descriptor().is_some() {
                return Err(unusable(name, format!("file {} has a deletion vector", file.path())));
            }
            let mut data_file = DataFile {
                path: file.object_store_path().to_string(),
                size: u64::try_from(file.size()).unwrap_or_default(),
                rows: 0,
                modified_ms: file.modification_time(),
                partition: file.partition_values_map().into_values().next().flatten(),
                bounds: Vec::new(),
            };
            data_file.describe(&file.stats().unwrap_or_default(), &schema, partition_column.as_deref());
            files.push(Arc::new(data_file));
        }
        let version = i64::try_from(state.version()).unwrap_or(i64::MAX);
        Ok(Self { name: name.to_owned(), url, version, schema: Arc::new(schema), partition_column, files })
    }

    /// The number of rows of all files.
    pub fn rows(&self) -> usize {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// The columns that the files themselves hold.
    pub(crate) fn file_schema(&self) -> SchemaRef {
        match &self.partition_column {
            None => Arc::clone(&self.schema),
            Some(partition) => {
                let fields: Vec<_> =
                    self.schema.fields().iter().filter(|field| field.name() != partition).cloned().collect();
                Arc::new(Schema::new(fields))
            }
        }
    }
}

impl DataFile {
    /// Takes over what the log tells of the file's rows.
    pub(crate) fn describe(&mut self, stats_json: &str, schema: &Schema, partition_column: Option<&str>) {
        let stats: LogStats = serde_json::from_str(stats_json).unwrap_or_default();
        self.rows = stats.num_records.unwrap_or_default();
        self.bounds.clear();
        for (column, field) in schema.fields().iter().enumerate() {
            let bounds = if Some(field.name().as_str()) == partition_column {
                let day = self.partition.as_deref().and_then(days_since_1970);
                day.zip(day)
            } else {
                let lowest = stats.min_values.get(field.name()).and_then(|value| number(value, field.data_type()));
                let greatest = stats.max_values.get(field.name()).and_then(|value| number(value, field.data_type()));
                lowest.zip(greatest)
            };
            let Some((lowest, mut greatest)) = bounds else { continue };
            if matches!(field.data_type(), DataType::Timestamp(..)) {
                // The log spells instants in milliseconds, and other programs cut the rest off.
                greatest = greatest.saturating_add(999);
            }
            self.bounds.push(ColumnBounds { column, lowest, greatest });
        }
        self.bounds.shrink_to_fit();
    }

    pub(crate) fn bounds_of(&self, column: usize) -> Option<ColumnBounds> {
        let place = self.bounds.binary_search_by_key(&column, |bounds| bounds.column).ok()?;
        self.bounds.get(place).copied()
    }

    /// The smallest and the greatest value of a BIGINT column, where the log has them.
    pub(crate) fn range(&self, column: usize) -> Option<(i64, i64)> {
        self.bounds_of(column).map(|bounds| (bounds.lowest, bounds.greatest))
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LogStats {
    num_records: Option<usize>,
    min_values: HashMap<String, serde_json::Value>,
    max_values: HashMap<String, serde_json::Value>,
}

fn number(value: &serde_json::Value, data_type: &DataType) -> Option<i64> {
    match data_type {
        DataType::Int64 => value.as_i64(),
        DataType::Date32 => days_since_1970(value.as_str()?),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|instant| instant.timestamp_micros())
        }
        _ => None,
    }
}

fn days_since_1970(text: &str) -> Option<i64> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| i64::from(Date32Type::from_naive_date(day)))
}

fn unusable(table: &str, reason: String) -> Error {
    Error::Unusable {
        table: table.to_owned(),
        reason: format!("{reason}, which another program made so"),
        hint: "restore the version before, or rewrite the table with that program and without this feature",
    }
}
