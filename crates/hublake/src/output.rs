//! Rows as a table, JSON, CSV or Parquet.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::ValueEnum;
use datafusion::parquet::arrow::ArrowWriter;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One array of objects; nulls are written, no rows are `[]`.
    Json,
    /// With a header line.
    Csv,
    /// One file.
    Parquet,
}

/// Writes a line to stdout; like `println!`, but a reader that went away is no failure.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::say(format_args!($($words)*)) };
}

/// Writes a line to stderr; nobody need listen.
macro_rules! tell {
    ($($words:tt)*) => { $crate::output::tell(format_args!($($words)*)) };
}

/// The program's stdout. Once its reader has gone away (`hublake query ... | head`) the rest is dropped, so that
/// what is under way comes to its end.
pub struct Stdout(std::io::Stdout);

/// Whether something could not be written to stdout.
static IS_LOST: AtomicBool = AtomicBool::new(false);

impl Stdout {
    /// A way to write to it.
    pub fn new() -> Self {
        Self(std::io::stdout())
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

/// See `say!`; what cannot be written is told once and makes the program end as failed.
pub fn say(words: fmt::Arguments<'_>) {
    if let Err(error) = writeln!(Stdout::new(), "{words}")
        && !IS_LOST.swap(true, Ordering::Relaxed)
    {
        tell(format_args!("error: the answer cannot be written: {error}"));
    }
}

/// See `tell!`.
pub fn tell(words: fmt::Arguments<'_>) {
    // There is nowhere left to complain.
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// Whether a part of the answer could not be written.
pub fn is_lost() -> bool {
    IS_LOST.load(Ordering::Relaxed)
}

/// Dates and instants as they are written everywhere: `2026-01-31`, `2026-01-31T12:00:00.000000Z`.
pub const DATE: &str = "%Y-%m-%d";
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.fZ";

/// Writes rows of one schema to stdout.
pub fn print(schema: &Schema, batches: &[RecordBatch], format: Format) -> Result<()> {
    let mut out = std::io::BufWriter::new(Stdout::new());
    write(&mut out, schema, batches, format)?;
    out.flush()?;
    Ok(())
}

fn write(out: &mut (impl Write + Send), schema: &Schema, batches: &[RecordBatch], format: Format) -> Result<()> {
    match format {
        Format::Table => write_table(out, schema, batches),
        Format::Json => write_json(out, batches),
        Format::Csv => write_csv(out, schema, batches),
        Format::Parquet => {
            let mut writer = ArrowWriter::try_new(out, std::sync::Arc::new(schema.clone()), None)?;
            for batch in batches {
                writer.write(batch)?;
            }
            writer.close()?;
            Ok(())
        }
    }
}

fn write_table(out: &mut impl Write, schema: &Schema, batches: &[RecordBatch]) -> Result<()> {
    let mut table = new_table();
    table.set_header(schema.fields().iter().map(|field| field.name().clone()));
    for (index, field) in schema.fields().iter().enumerate() {
        if field.data_type().is_numeric()
            && let Some(column) = table.column_mut(index)
        {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    let options = formats();
    for batch in batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            table.add_row(columns.iter().map(|column| column.value(row).to_string()));
        }
    }
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    writeln!(out, "{table}\n{rows} {}", if rows == 1 { "row" } else { "rows" })?;
    Ok(())
}

/// A table in the house's style.
pub fn new_table() -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::NOTHING);
    table.set_style(comfy_table::TableComponent::HeaderLines, '─');
    table.set_style(comfy_table::TableComponent::MiddleHeaderIntersections, '─');
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table
}

fn write_json(out: &mut impl Write, batches: &[RecordBatch]) -> Result<()> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows == 0 {
        writeln!(out, "[]")?;
        return Ok(());
    }
    let builder = WriterBuilder::new()
        .with_explicit_nulls(true)
        .with_timestamp_format(INSTANT.to_owned())
        .with_timestamp_tz_format(INSTANT.to_owned())
        .with_date_format(DATE.to_owned());
    let mut writer = builder.build::<_, JsonArray>(&mut *out);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    writeln!(out)?;
    Ok(())
}

fn write_csv(out: &mut impl Write, schema: &Schema, batches: &[RecordBatch]) -> Result<()> {
    let mut writer = arrow::csv::WriterBuilder::new()
        .with_header(true)
        .with_timestamp_format(INSTANT.to_owned())
        .with_timestamp_tz_format(INSTANT.to_owned())
        .with_date_format(DATE.to_owned())
        .build(out);
    if batches.is_empty() {
        writer.write(&flat(&RecordBatch::new_empty(std::sync::Arc::new(schema.clone())))?)?;
    }
    for batch in batches {
        writer.write(&flat(batch)?)?;
    }
    Ok(())
}

/// Lists and structures as text, which CSV has no columns for.
fn flat(batch: &RecordBatch) -> Result<RecordBatch> {
    let options = formats();
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<std::sync::Arc<dyn Array>> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if !field.data_type().is_nested() {
            fields.push(field.as_ref().clone());
            columns.push(std::sync::Arc::clone(column));
            continue;
        }
        let formatter = ArrayFormatter::try_new(column, &options)?;
        let texts = (0..column.len()).map(|row| column.is_valid(row).then(|| formatter.value(row).to_string()));
        fields.push(Field::new(field.name(), DataType::Utf8, true));
        columns.push(std::sync::Arc::new(texts.collect::<arrow::array::StringArray>()));
    }
    Ok(RecordBatch::try_new(std::sync::Arc::new(Schema::new(fields)), columns)?)
}

fn formats() -> FormatOptions<'static> {
    FormatOptions::new()
        .with_null("")
        .with_date_format(Some(DATE))
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"))
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%SZ"))
}
