//! The rows of a query as LAS files: `COPY (SELECT well, md, gr FROM logs …) TO 'x.las'`.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result, plan_err};
use outcrop_connectors::las::{self, CurveData, CurveHeader, HeaderItem, WriteCurve, WriteSet, WriteVersion};
use outcrop_types::tables::TableName;
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Unit, field};

use super::target::{Files, Targets};
use super::{collect, header, log_set, quoted, text};
use crate::error::{SessionError, external};
use crate::session::Session;
use crate::statement::rows_of;

/// Columns that can be the index, the first that is there being it.
const INDEXES: &[&str] = &["md", "tvd", "tvdss"];

/// Columns that say whose the rows are.
const KEYS: &[&str] = &["well", "log_set"];

/// A column that becomes a curve.
struct Column {
    place: usize,
    header: CurveHeader,
    text: bool,
}

/// The rows of one well, column by column.
struct Well {
    numbers: Vec<Vec<f64>>,
    texts: Vec<Vec<Option<String>>>,
}

/// Rows gathered well by well, until they are written.
pub(crate) struct LasRows {
    target: String,
    version: Option<WriteVersion>,
    null: Option<f64>,
    well: usize,
    columns: Vec<Column>,
    wells: BTreeMap<String, Well>,
}

impl LasRows {
    /// Checks that the columns make a log: `well`, an index with its unit, and curves.
    pub(crate) fn new(
        target: &str,
        schema: &SchemaRef,
        version: Option<WriteVersion>,
        null: Option<f64>,
    ) -> Result<Self> {
        let find = |name: &str| schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(name));
        let names = || schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>().join(", ");
        let Some(well) = find("well") else {
            return plan_err!("a LAS file is of one well: add the column `well` to the query, which gives {}", names());
        };
        let Some((index, called)) = INDEXES.iter().find_map(|name| Some((find(name)?, *name))) else {
            return plan_err!(
                "a LAS file needs an index: add `md`, `tvd` or `tvdss` to the query, which gives {}",
                names()
            );
        };
        let unit = schema.fields().get(index).and_then(|f| field::unit(f)).and_then(Unit::parse);
        if unit.is_none_or(|u| u.dimension() != Dimension::Length) {
            return plan_err!(
                "the unit of `{called}` is not known (it is lost in calculations), and a LAS file must state it; select the column as it is"
            );
        }
        let mut columns = vec![column(schema, index, called)?];
        for (place, f) in schema.fields().iter().enumerate() {
            if place != index && place != well && !KEYS.iter().any(|k| f.name().eq_ignore_ascii_case(k)) {
                columns.push(column(schema, place, called)?);
            }
        }
        if columns.len() < 2 {
            return plan_err!("a LAS file needs a curve beside the index: add a column such as `gr` to the query");
        }
        Ok(LasRows { target: target.to_owned(), version, null, well, columns, wells: BTreeMap::new() })
    }

    /// Takes rows in.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let at = |place: usize| -> Result<&ArrayRef> {
            batch.columns().get(place).ok_or_else(|| DataFusionError::Execution(format!("column {place} is missing")))
        };
        let wells = cast(at(self.well)?, &DataType::Utf8)?;
        let wells = wells.as_string::<i32>();
        let mut arrays = Vec::with_capacity(self.columns.len());
        for c in &self.columns {
            arrays.push(cast(at(c.place)?, if c.text { &DataType::Utf8 } else { &DataType::Float64 })?);
        }
        for row in 0..batch.num_rows() {
            if wells.is_null(row) {
                return plan_err!("a row has no well; add WHERE well IS NOT NULL");
            }
            let count = self.columns.len();
            let empty = || Well { numbers: vec![Vec::new(); count], texts: vec![Vec::new(); count] };
            let name = wells.value(row);
            if !self.wells.contains_key(name) {
                self.wells.insert(name.to_owned(), empty());
            }
            let Some(well) = self.wells.get_mut(name) else { continue };
            let slots = well.numbers.iter_mut().zip(&mut well.texts);
            for (((numbers, texts), array), column) in slots.zip(&arrays).zip(&self.columns) {
                if column.text {
                    let array = array.as_string::<i32>();
                    texts.push(array.is_valid(row).then(|| array.value(row).to_owned()));
                } else {
                    let array = array.as_primitive::<Float64Type>();
                    numbers.push(if array.is_valid(row) { array.value(row) } else { f64::NAN });
                }
            }
        }
        Ok(())
    }

    /// Writes the files, one for each well, and says what was written.
    pub(crate) async fn finish(self, session: &Session) -> std::result::Result<String, SessionError> {
        let LasRows { target, version, null, columns, wells, .. } = self;
        let mut targets = Targets::new(&target);
        if wells.len() > 1 && !targets.is_pattern() {
            let shown: Vec<&str> = wells.keys().take(5).map(String::as_str).collect();
            return plan_err!(
                "the rows are of {} wells ({}{}) and a LAS file holds one; add WHERE well = '{}', or write a file for each: TO 'folder/{{well}}.las'",
                wells.len(),
                shown.join(", "),
                if wells.len() > shown.len() { ", …" } else { "" },
                shown.first().unwrap_or(&"A")
            )
            .map_err(Into::into);
        }
        if wells.is_empty() {
            return plan_err!("the query gives no rows, so there is no well to write a LAS file of")
                .map_err(Into::into);
        }
        let mut lines = Vec::new();
        let mut files = Files::default();
        for (name, well) in wells {
            let well_items = header::of_well(session, &name).await?;
            let set = match set(&columns, well, well_items, version, null)? {
                Ok(set) => set,
                Err(depth) => return Err(depth_twice(session, &name, depth).await?),
            };
            let rows = set.curves.first().map_or(0, |c| c.data.len());
            let location = targets.location(session, &name, None)?;
            let mut writer = files.writer(session, &location, targets.is_pattern())?;
            let display = location.display.clone();
            let (issues, staged) = tokio::task::spawn_blocking(move || {
                let issues = las::write(&set, &mut writer).map_err(external)?;
                Ok::<_, DataFusionError>((issues, writer.stage().map_err(external)?))
            })
            .await
            .map_err(|e| DataFusionError::Execution(format!("writing stopped: {e}")))??;
            files.add(staged);
            let notes: Vec<String> = issues.into_iter().map(|i| format!("; {}", i.message)).collect();
            lines.push(format!("{} of well {name} into {display}{}", rows_of(rows as u64), notes.concat()));
        }
        files.finish()?;
        Ok(lines.join("\n"))
    }
}

/// That a well has a depth twice, and what to do.
async fn depth_twice(session: &Session, well: &str, depth: f64) -> std::result::Result<SessionError, SessionError> {
    let mut sets = BTreeSet::new();
    if let Some(project) = session.project()
        && project.snapshot().await?.has_table(&TableName::public("curves"))
    {
        let sql = format!("SELECT DISTINCT log_set FROM curves WHERE well = {}", quoted(well));
        for batch in collect(session, &sql).await? {
            sets.extend((0..batch.num_rows()).filter_map(|row| text(&batch, "log_set", row)));
        }
    }
    let what = match sets.first().filter(|_| sets.len() > 1) {
        Some(first) => {
            let names: Vec<String> = sets.iter().map(|set| format!("`{set}`")).collect();
            format!(
                "the well has the log sets {}; add WHERE log_set = {}, or write a file for each: outcrop export logs -o \
                 'folder/{{well}}_{{log_set}}.las'",
                names.join(", "),
                quoted(first)
            )
        }
        None => "a log has one row at a depth; take one, such as avg(gr) with GROUP BY well, md".to_owned(),
    };
    Ok(DataFusionError::Plan(format!(
        "well `{well}`: depth {depth} is there more than once: {what}; nothing was written"
    ))
    .into())
}

/// A log set of the rows of a well, in the order of the index; the inner error is a depth that is there twice.
fn set(
    columns: &[Column],
    well: Well,
    items: Vec<HeaderItem>,
    version: Option<WriteVersion>,
    null: Option<f64>,
) -> Result<std::result::Result<WriteSet, f64>> {
    let index = well.numbers.first().cloned().unwrap_or_default();
    if index.iter().any(|v| v.is_nan()) {
        return plan_err!("some rows have no depth; add WHERE md IS NOT NULL (or tvd, tvdss)");
    }
    let mut order: Vec<usize> = (0..index.len()).collect();
    let at = |i: &usize| index.get(*i).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| at(a).total_cmp(&at(b)));
    let sorted: Vec<f64> = order.iter().map(at).collect();
    if let Some([depth, ..]) = sorted.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
        return Ok(Err(*depth));
    }
    let curves = columns.iter().zip(well.numbers.into_iter().zip(well.texts)).map(|(column, (numbers, texts))| {
        let data = if column.text {
            CurveData::Text(order.iter().map(|i| texts.get(*i).cloned().flatten()).collect())
        } else {
            CurveData::Numeric(order.iter().map(|i| numbers.get(*i).copied().unwrap_or(f64::NAN)).collect())
        };
        WriteCurve { header: column.header.clone(), data, decimals: 0, conversion: Conversion::IDENTITY }
    });
    let curves: Vec<WriteCurve> = curves.collect();
    let step = log_set::regular_step(&sorted);
    Ok(Ok(WriteSet { version, null, step, well: items, curves, ..WriteSet::default() }))
}

fn column(schema: &Schema, place: usize, index: &str) -> Result<Column> {
    let Some(f) = schema.fields().get(place) else { return plan_err!("column {place} is missing") };
    let text = match f.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Boolean => true,
        DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => {
            true
        }
        number if number.is_numeric() || number.is_null() => false,
        other => {
            return plan_err!(
                "column `{}` is {other}, which LAS has no place for; leave it out of the query",
                f.name()
            );
        }
    };
    Ok(Column { place, header: header_of(f, index), text })
}

/// The name in `logs` is the standard mnemonic in lower case.
fn header_of(f: &Field, index: &str) -> CurveHeader {
    let mnemonic = match f.name().to_lowercase().as_str() {
        "md" if index == "md" => "DEPT".to_owned(),
        _ => f.name().to_uppercase(),
    };
    CurveHeader {
        mnemonic,
        unit: field::unit(f).map(str::to_owned),
        description: field::description(f).unwrap_or_default().to_owned(),
        ..CurveHeader::default()
    }
}
