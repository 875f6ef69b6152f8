//! A log set as rows: columns of `logs`, values of other curves, a row of `curves` for each.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{Field, Schema, SchemaRef};
use outcrop_connectors::las::{Curve, CurveData, CurveHeader, CurveSummary, IndexType, LasHeader};
use outcrop_types::identity::column_name;
use outcrop_types::mnemonic::StandardCurve;
use outcrop_types::unit::Conversion;
use outcrop_types::{Issue, LengthUnit, Unit, field, tables};

use super::curves::CurveRow;
use super::index::{self, Index, Target};
use super::standard::{self, Column};
use crate::context::Context;
use crate::{ImportError, ImportOptions};

/// A log set to convert.
pub(crate) struct Set<'a> {
    pub(crate) header: &'a LasHeader,
    pub(crate) headers: &'a [CurveHeader],
    pub(crate) curves: Vec<Curve>,
    pub(crate) index_type: IndexType,
    pub(crate) well: Arc<str>,
    pub(crate) log_set: Arc<str>,
    pub(crate) sha256: Arc<str>,
    /// The first log data of its file, which STEP is about.
    pub(crate) main: bool,
}

/// The rows of a log set.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Rows of `logs`; none where the index is no depth.
    pub(crate) logs: Option<RecordBatch>,
    /// Rows of `outcrop.other_curve_values`, a batch a curve.
    pub(crate) values: Vec<RecordBatch>,
    pub(crate) curves: Vec<CurveRow>,
    /// Samples.
    pub(crate) rows: usize,
}

/// Why a log set gives no rows: a message for the file, or an error of this program.
pub(crate) enum Refusal {
    File(String),
    Import(ImportError),
}

/// The field of a standard curve in `logs`.
pub(crate) fn column_field(curve: &StandardCurve) -> Field {
    let field =
        field::described(&column_name(&curve.mnemonic), arrow::datatypes::DataType::Float64, true, &curve.description);
    field::with_unit(field, curve.unit.symbol())
}

/// The schema of `logs` with these standard curves.
pub(crate) fn logs_schema<'a>(length: LengthUnit, curves: impl IntoIterator<Item = &'a StandardCurve>) -> SchemaRef {
    let mut fields = tables::logs_base(length);
    fields.extend(curves.into_iter().map(column_field));
    Arc::new(Schema::new(fields))
}

impl Set<'_> {
    /// Converts the set. Curves without samples give rows of `curves` only.
    pub(crate) fn rows(self, context: &Context, issues: &mut Vec<Issue>) -> Result<Rows, Refusal> {
        let Some(first) = self.headers.first() else {
            return Ok(Rows { logs: None, values: Vec::new(), curves: Vec::new(), rows: 0 });
        };
        let index = index::decide(self.header, first, self.index_type, context.options, context.length, issues)
            .map_err(Refusal::File)?;
        let chosen = standard::choose(self.headers, &self.curves, context.mnemonics, context.options, issues);
        let mut curves = self.curves.into_iter();
        let Some(index_curve) = curves.next() else {
            return Ok(Rows { logs: None, values: Vec::new(), curves: Vec::new(), rows: 0 });
        };
        let told = self.header.step.filter(|_| self.main).map(|s| s * index.conversion.factor);
        let texts = match &index_curve.data {
            CurveData::Text(_) => Some(index_curve.clone()),
            CurveData::Numeric(_) => None,
        };
        let mut axis = Axis::new(index, index_curve, told, issues)?;
        axis.reject_elevations(issues);
        let origin = Origin { well: &self.well, log_set: &self.log_set, sha256: &self.sha256 };
        let mut writing =
            Writing { axis, origin, fields: Vec::new(), columns: Vec::new(), values: Vec::new(), curves: Vec::new() };
        if let Some(texts) = texts {
            writing.curve(texts, first, None, context.options, issues).map_err(Refusal::Import)?;
        }
        for ((curve, header), column) in curves.zip(self.headers.iter().skip(1)).zip(chosen.into_iter().skip(1)) {
            writing.curve(curve, header, column, context.options, issues).map_err(Refusal::Import)?;
        }
        writing.finish(context.length).map_err(Refusal::Import)
    }
}

/// The index in the order rows are stored in.
struct Axis {
    index: Index,
    values: Vec<f64>,
    array: Option<Float64Array>,
    order: Option<Vec<u32>>,
    step: Option<f64>,
}

impl Axis {
    fn new(index: Index, curve: Curve, told: Option<f64>, issues: &mut Vec<Issue>) -> Result<Self, Refusal> {
        let decimals = curve.format.decimals;
        let mut values = match curve.data {
            CurveData::Numeric(values) => values,
            // A text index (dates) is no number: its rows are counted from 0.
            CurveData::Text(values) if index.target.column().is_none() => {
                let text = format!(
                    "the index {} is text; rows of `curve_values` are numbered from 0 instead, its texts are a curve of their own",
                    curve.name
                );
                issues.push(Issue::warning("index-text", text).about(&curve.name));
                (0..values.len()).map(|i| i as f64).collect()
            }
            CurveData::Text(_) => {
                return Err(Refusal::File(format!(
                    "the index {} is a depth but holds text; correct the file",
                    curve.name
                )));
            }
        };
        convert(&mut values, index.conversion);
        let mut order = None;
        if index.target.column().is_some() {
            order = index::ascending(&values);
            if let Some(order) = &order {
                values = index::reorder(&values, order);
                let text = format!("rows are stored in ascending order of {}, the file has another", curve.name);
                issues.push(Issue::info("rows-reordered", text).about(&curve.name));
            }
        }
        let step = index::step(&values, told, decimals, index.conversion);
        Ok(Axis { index, values, array: None, order, step })
    }

    /// Subsea indexes may be depths or elevations; numbers that grow upwards are not put among depths.
    fn reject_elevations(&mut self, issues: &mut Vec<Issue>) {
        if self.index.target == Target::Tvdss
            && self.values.iter().any(|v| *v < 0.0)
            && self.values.iter().all(|v| *v <= 0.0)
        {
            let text = "the subsea index has negative values only, so it may be an elevation; the curves are kept in `curve_values`, \
                        not in `logs`";
            issues.push(Issue::warning("index-elevation", text));
            self.index.target = Target::Other;
        }
    }

    /// The index as an array, made once.
    fn array(&mut self) -> ArrayRef {
        let values = &self.values;
        let array = self.array.get_or_insert_with(|| {
            let nulls = values.iter().filter(|v| v.is_nan()).count();
            float_array(values.clone(), nulls)
        });
        Arc::new(array.clone())
    }
}

/// Converts in place.
fn convert(values: &mut [f64], conversion: Conversion) {
    if !conversion.is_identity() {
        values.iter_mut().for_each(|value| *value = conversion.convert(*value));
    }
}

/// NaN is null; `nulls` is how many there are.
fn float_array(values: Vec<f64>, nulls: usize) -> Float64Array {
    let valid = (nulls > 0).then(|| {
        let slice = values.as_slice();
        NullBuffer::new(BooleanBuffer::collect_bool(slice.len(), |i| slice.get(i).is_some_and(|v| !v.is_nan())))
    });
    Float64Array::new(ScalarBuffer::from(values), valid)
}

/// The same text for a number of rows.
pub(crate) fn repeated(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::new_repeated(text, rows))
}

#[derive(Clone, Copy)]
struct Origin<'a> {
    well: &'a Arc<str>,
    log_set: &'a Arc<str>,
    sha256: &'a Arc<str>,
}

struct Writing<'a> {
    axis: Axis,
    origin: Origin<'a>,
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
    values: Vec<RecordBatch>,
    curves: Vec<CurveRow>,
}

impl Writing<'_> {
    fn curve(
        &mut self,
        curve: Curve,
        header: &CurveHeader,
        column: Option<Column>,
        options: &ImportOptions,
        issues: &mut Vec<Issue>,
    ) -> Result<(), ImportError> {
        let stated = standard::unit_text(header, options);
        index::note_override(header, &stated.map(str::to_owned), issues);
        let mut row = CurveRow {
            well: Arc::clone(self.origin.well),
            log_set: Arc::clone(self.origin.log_set),
            mnemonic: curve.name.clone(),
            unit: stated.map(|text| Unit::parse(text).map_or_else(|| text.to_owned(), |unit| unit.symbol().to_owned())),
            original_unit: header.unit.clone(),
            stored_in: "curve_values",
            index_type: self.axis.index.target.index_type(),
            index_unit: self.axis.index.unit.clone(),
            step: self.axis.step,
            samples: curve.data.len(),
            description: Some(header.description.clone()).filter(|d| !d.is_empty()),
            file: Arc::clone(self.origin.sha256),
            ..CurveRow::default()
        };
        match curve.data {
            CurveData::Numeric(values) => self.numbers(values, header, column, &mut row, issues)?,
            CurveData::Text(texts) => self.texts(&texts, &mut row)?,
        }
        self.curves.push(row);
        Ok(())
    }

    fn numbers(
        &mut self,
        mut values: Vec<f64>,
        header: &CurveHeader,
        column: Option<Column>,
        row: &mut CurveRow,
        issues: &mut Vec<Issue>,
    ) -> Result<(), ImportError> {
        if let Some(order) = &self.axis.order {
            values = index::reorder(&values, order);
        }
        if let Some(column) = &column {
            convert(&mut values, column.conversion);
        }
        let summary = CurveSummary::of(&values);
        (row.nulls, row.min, row.max, row.mean) = (summary.nulls, summary.min, summary.max, summary.mean);
        let first = values.iter().position(|v| !v.is_nan());
        let last = values.iter().rposition(|v| !v.is_nan());
        self.extent(row, first, last);
        if let Some(column) = &column {
            standard::check_range(header, &values, &summary, column.curve, issues);
            let field = column_field(column.curve);
            row.standard = Some(field.name().to_uppercase());
            row.unit = Some(column.curve.unit.symbol().to_owned());
            if self.axis.index.target.column().is_some() {
                row.stored_in = "logs";
                self.fields.push(field);
                self.columns.push(Arc::new(float_array(values, summary.nulls)));
                return Ok(());
            }
        }
        if summary.nulls == values.len() {
            return Ok(());
        }
        let (index, numbers): (ArrayRef, ArrayRef) = if summary.nulls == 0 {
            (self.axis.array(), Arc::new(float_array(values, 0)))
        } else {
            // A null is the absence of a value, which needs no row.
            let pairs = || self.axis.values.iter().zip(&values).filter(|(_, v)| !v.is_nan());
            let depths: Vec<f64> = pairs().map(|(d, _)| *d).collect();
            let nulls = depths.iter().filter(|d| d.is_nan()).count();
            (Arc::new(float_array(depths, nulls)), Arc::new(float_array(pairs().map(|(_, v)| *v).collect(), 0)))
        };
        self.push_values(&row.mnemonic, index, Some(numbers), None)
    }

    fn texts(&mut self, texts: &[Option<String>], row: &mut CurveRow) -> Result<(), ImportError> {
        row.nulls = texts.iter().filter(|t| t.is_none()).count();
        let identity: Vec<u32>;
        let order = match &self.axis.order {
            Some(order) => order,
            None => {
                identity = (0..u32::try_from(texts.len()).unwrap_or(u32::MAX)).collect();
                &identity
            }
        };
        let at = |i: &u32| texts.get(*i as usize).and_then(Option::as_deref);
        let sorted: Vec<Option<&str>> = order.iter().map(at).collect();
        let first = sorted.iter().position(Option::is_some);
        let last = sorted.iter().rposition(Option::is_some);
        self.extent(row, first, last);
        if first.is_none() {
            return Ok(());
        }
        let pairs = || self.axis.values.iter().zip(&sorted).filter_map(|(d, t)| t.map(|t| (*d, t)));
        let depths: Vec<f64> = pairs().map(|(d, _)| d).collect();
        let nulls = depths.iter().filter(|d| d.is_nan()).count();
        let index: ArrayRef = Arc::new(float_array(depths, nulls));
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values(pairs().map(|(_, t)| t)));
        self.push_values(&row.mnemonic, index, None, Some(texts))
    }

    /// The first and last index value with a reading.
    fn extent(&self, row: &mut CurveRow, first: Option<usize>, last: Option<usize>) {
        let at = |i: Option<usize>| i.and_then(|i| self.axis.values.get(i)).copied().filter(|v| !v.is_nan());
        (row.top, row.base) = (at(first), at(last));
    }

    fn push_values(
        &mut self,
        curve: &str,
        index: ArrayRef,
        numbers: Option<ArrayRef>,
        texts: Option<ArrayRef>,
    ) -> Result<(), ImportError> {
        let rows = index.len();
        let schema = tables::curve_values();
        let absent = |name: &str| {
            let data_type =
                schema.field_with_name(name).map_or(arrow::datatypes::DataType::Null, |f| f.data_type().clone());
            arrow::array::new_null_array(&data_type, rows)
        };
        let columns = vec![
            repeated(self.origin.well, rows),
            repeated(self.origin.log_set, rows),
            repeated(curve, rows),
            index,
            numbers.unwrap_or_else(|| absent("value")),
            texts.unwrap_or_else(|| absent("text")),
        ];
        let batch = RecordBatch::try_new(schema, columns).map_err(ImportError::batch("curve_values"))?;
        self.values.push(batch);
        Ok(())
    }

    fn finish(mut self, length: LengthUnit) -> Result<Rows, ImportError> {
        let rows = self.axis.values.len();
        let mut logs = None;
        if let (Some(target), true) = (self.axis.index.target.column(), rows > 0) {
            let mut fields = Vec::with_capacity(self.fields.len() + 3);
            for field in tables::logs_base(length) {
                let wanted = matches!(field.name().as_str(), "well" | "log_set") || field.name() == target;
                fields.extend(wanted.then_some(field));
            }
            fields.append(&mut self.fields);
            let mut columns =
                vec![repeated(self.origin.well, rows), repeated(self.origin.log_set, rows), self.axis.array()];
            columns.append(&mut self.columns);
            let schema = Arc::new(Schema::new(fields));
            logs = Some(RecordBatch::try_new(schema, columns).map_err(ImportError::batch("logs"))?);
        }
        Ok(Rows { logs, values: self.values, curves: self.curves, rows })
    }
}
