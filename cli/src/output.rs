//! Writing rows.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::ipc::writer::StreamWriter;
use arrow::json::WriterBuilder;
use arrow::json::writer::LineDelimited;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use arrow::util::pretty::pretty_format_batches_with_options;
use outcrop_session::Rows;
use outcrop_types::field;
use parquet::arrow::ArrowWriter;

use crate::arguments::Format;
use crate::cells;

/// Writes all rows of an answer; returns how many there are.
pub(crate) async fn write(rows: Rows, format: Format, most: usize, mut out: impl Write + Send) -> Result<usize> {
    let count = match format {
        Format::Table => table(rows, most, &mut out).await,
        Format::Markdown => markdown(rows, most, &mut out).await,
        Format::Expanded => expanded(rows, most, &mut out).await,
        Format::Csv => csv(rows, &mut out).await,
        Format::Json => json(rows, &mut out).await,
        Format::Arrow => arrow(rows, &mut out).await,
        Format::Parquet => parquet(rows, &mut out).await,
    }?;
    // Dropped unflushed, a full disk would go unnoticed.
    out.flush()?;
    Ok(count)
}

/// The first `most` rows, and how many there are in all.
async fn first(mut rows: Rows, most: usize) -> Result<(Vec<RecordBatch>, usize)> {
    let (mut shown, mut count) = (Vec::new(), 0);
    while let Some(batch) = rows.next().await? {
        if count < most {
            shown.push(batch.slice(0, batch.num_rows().min(most - count)));
        }
        count += batch.num_rows();
    }
    Ok((shown, count))
}

fn more(count: usize, most: usize) -> String {
    if count > most {
        format!("{most} of {count} rows; --rows shows more, --format csv all")
    } else {
        format!("{count} row{}", if count == 1 { "" } else { "s" })
    }
}

async fn table(rows: Rows, most: usize, mut out: impl Write) -> Result<usize> {
    let schema = with_units(rows.schema());
    let (batches, count) = first(rows, most).await?;
    let mut batches: Vec<RecordBatch> = batches
        .into_iter()
        .map(|b| RecordBatch::try_new(Arc::clone(&schema), b.columns().to_vec()))
        .collect::<Result<_, _>>()?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    let options = FormatOptions::new().with_null("");
    let mut note = "";
    // A screen is for reading; a file or another program gets every cell whole.
    if io::stdout().is_terminal() {
        for batch in &mut batches {
            let (short, any) = cells::cut(batch, &options)?;
            *batch = short;
            if any {
                note = "; wide cells are cut, --format csv and json write them whole";
            }
        }
    }
    writeln!(out, "{}", pretty_format_batches_with_options(&batches, &options)?)?;
    writeln!(out, "{}{note}", more(count, most))?;
    Ok(count)
}

/// Column headings with units: `md [m]`.
fn with_units(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|f| {
            let heading = match field::unit(f) {
                Some(unit) => format!("{} [{unit}]", f.name()),
                None => f.name().clone(),
            };
            Field::new(heading, f.data_type().clone(), true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}

async fn markdown(rows: Rows, most: usize, mut out: impl Write) -> Result<usize> {
    let schema = with_units(rows.schema());
    let (batches, count) = first(rows, most).await?;
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let names: Vec<String> = schema.fields().iter().map(|f| cell(f.name())).collect();
    let rules: Vec<&str> =
        schema.fields().iter().map(|f| if f.data_type().is_numeric() { "---:" } else { "---" }).collect();
    writeln!(out, "| {} |\n| {} |", names.join(" | "), rules.join(" | "))?;
    let options = FormatOptions::new().with_null("");
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = columns.iter().map(|c| cell(&c.value(row).to_string())).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    }
    if count > most {
        writeln!(out, "\n{}", more(count, most))?;
    }
    Ok(count)
}

/// A line for each column, for rows that are wider than a screen.
async fn expanded(rows: Rows, most: usize, mut out: impl Write) -> Result<usize> {
    let schema = with_units(rows.schema());
    let (batches, count) = first(rows, most).await?;
    let width = schema.fields().iter().map(|f| f.name().chars().count()).max().unwrap_or(0);
    let options = FormatOptions::new().with_null("");
    let mut number = 0;
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options)).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            number += 1;
            writeln!(out, "─── row {number} ───")?;
            for (f, column) in schema.fields().iter().zip(&columns) {
                let value = column.value(row).to_string();
                writeln!(out, "{:<width$}  {}", f.name(), value.replace('\n', "\n  "))?;
            }
        }
    }
    writeln!(out, "{}", more(count, most))?;
    Ok(count)
}

async fn csv(mut rows: Rows, out: impl Write) -> Result<usize> {
    let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(out);
    writer.write(&RecordBatch::new_empty(cells::flat_schema(rows.schema())?))?;
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        writer.write(&cells::flat(&batch)?)?;
        count += batch.num_rows();
    }
    Ok(count)
}

async fn json(mut rows: Rows, out: impl Write) -> Result<usize> {
    // Every row has every key, so that readers see the same columns in each.
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(out);
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        writer.write(&batch)?;
        count += batch.num_rows();
    }
    writer.finish()?;
    Ok(count)
}

async fn arrow(mut rows: Rows, out: impl Write) -> Result<usize> {
    let mut writer = StreamWriter::try_new(out, rows.schema())?;
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        writer.write(&batch)?;
        count += batch.num_rows();
    }
    writer.finish()?;
    Ok(count)
}

async fn parquet(mut rows: Rows, out: impl Write + Send) -> Result<usize> {
    let mut writer = ArrowWriter::try_new(out, Arc::clone(rows.schema()), None)?;
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        writer.write(&batch)?;
        count += batch.num_rows();
    }
    writer.close()?;
    Ok(count)
}

/// Refuses a folder that is not there: made in silence, a slip of the pen would become a folder.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    bail!("there is no folder {0}; make it first: mkdir -p {0}", folder.display())
}
