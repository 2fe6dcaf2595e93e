//! Everything that is written: lines and answers, and rows as a table, JSON, CSV or Parquet.
//!
//! Titles, names and messages are other people's words. Where they come to be read as text, [`crate::clean`]
//! takes away what a terminal obeys; JSON has escapes for it; CSV and Parquet are exact, but not on a terminal.

use std::fmt;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};
use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use clap::ValueEnum;
use datafusion::parquet::arrow::ArrowWriter;
use serde::Serialize;

use crate::clean;
use crate::cli::AnswerFormat;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One array of objects; nulls are written, no rows are `[]`.
    Json,
    /// With a header line; exactly as it is stored where it does not go to a terminal.
    Csv,
    /// One file; not to a terminal.
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
    put(&format!("{}\n", clean::clean_lines(&words.to_string())));
}

/// See `tell!`.
pub fn tell(words: fmt::Arguments<'_>) {
    // There is nowhere left to complain.
    let _ = writeln!(std::io::stderr(), "{}", clean::clean_lines(&words.to_string()));
}

/// Writes an answer to stdout: as JSON, or as it is told in whole lines.
pub fn print_answer(answer: &impl Serialize, format: AnswerFormat, told: impl FnOnce() -> String) -> Result<()> {
    match format {
        AnswerFormat::Json => print_json(answer)?,
        AnswerFormat::Table => put(&clean::clean_lines(&told())),
    }
    Ok(())
}

/// Writes a value as JSON to stdout.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    put(&format!("{}\n", clean::json(value)?));
    Ok(())
}

fn put(text: &str) {
    if let Err(error) = Stdout::new().write_all(text.as_bytes())
        && !IS_LOST.swap(true, Ordering::Relaxed)
    {
        tell(format_args!("error: the answer cannot be written: {error}"));
    }
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
    write(&mut out, schema, batches, format, std::io::stdout().is_terminal())?;
    out.flush()?;
    Ok(())
}

fn write(
    out: &mut (impl Write + Send),
    schema: &Schema,
    batches: &[RecordBatch],
    format: Format,
    is_terminal: bool,
) -> Result<()> {
    match format {
        Format::Table => write_table(out, schema, batches),
        Format::Json => write_json(out, batches),
        Format::Csv if is_terminal => {
            let mut exact = Vec::new();
            write_csv(&mut exact, schema, batches)?;
            out.write_all(clean::clean_lines(&String::from_utf8_lossy(&exact)).as_bytes())?;
            Ok(())
        }
        Format::Csv => write_csv(out, schema, batches),
        Format::Parquet if is_terminal => {
            bail!("Parquet is not written to a terminal\nhint: put > FILE.parquet behind the command")
        }
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
    table.set_header(schema.fields().iter().map(|field| clean::clean(field.name())));
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
            table.add_row(columns.iter().map(|column| clean::clean_lines(&column.value(row).to_string())));
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
    let mut writer = builder.build::<_, JsonArray>(Vec::new());
    for batch in batches {
        writer.write(batch)?;
        let written = std::mem::take(writer.get_mut());
        out.write_all(clean::escaped(&String::from_utf8_lossy(&written)).as_bytes())?;
    }
    writer.finish()?;
    out.write_all(&writer.into_inner())?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::StringArray;

    use super::*;

    /// Clears the screen, names a title for the window, turns the direction of writing.
    const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}rocket\r\nerror: none";

    fn written(format: Format, is_terminal: bool) -> Result<String> {
        let schema = Arc::new(Schema::new(vec![Field::new("title", DataType::Utf8, true)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(StringArray::from(vec![HOSTILE]))])?;
        let mut out = Vec::new();
        write(&mut out, &schema, &[batch], format, is_terminal)?;
        Ok(String::from_utf8(out)?)
    }

    fn has_orders(text: &str) -> bool {
        text.contains(|letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}'))
    }

    #[test]
    fn a_table_has_nothing_that_a_terminal_obeys() {
        for is_terminal in [true, false] {
            let text = written(Format::Table, is_terminal).unwrap();
            assert!(!has_orders(&text) && text.contains("?[2J?]0;evil??31mrocket"), "{text:?}");
        }
    }

    #[test]
    fn json_has_escapes_and_means_the_same() {
        let text = written(Format::Json, false).unwrap();
        assert!(!has_orders(&text), "{text:?}");
        let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(rows, [serde_json::json!({ "title": HOSTILE })]);
    }

    #[test]
    fn csv_is_exact_but_not_on_a_terminal() {
        assert_eq!(written(Format::Csv, false).unwrap(), format!("title\n\"{HOSTILE}\"\n"));
        assert_eq!(written(Format::Csv, true).unwrap(), "title\n\"?[2J?]0;evil??31mrocket\nerror: none\"\n");
    }

    #[test]
    fn parquet_is_not_for_terminals() {
        let error = written(Format::Parquet, true).unwrap_err().to_string();
        assert!(error.contains("hint: put > FILE.parquet"), "{error}");
    }
}
