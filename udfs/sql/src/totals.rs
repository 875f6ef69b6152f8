//! Aggregates that are made of sums over rows, such as weighted means.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use outcrop_types::field;

use crate::function::{Callable, Function, FunctionArgument, call};
use crate::numeric::Argument;

/// The unit of the result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ResultUnit {
    /// Always this one.
    Is(&'static str),
    /// That of an argument, by place.
    Of(usize),
}

/// An aggregate of two sums. A row with a NULL or NaN among the arguments counts for nothing.
#[derive(Clone)]
pub(crate) struct Totals {
    pub name: &'static str,
    pub group: &'static str,
    pub summary: &'static str,
    pub doc: &'static str,
    pub example: &'static str,
    pub arguments: &'static [Argument],
    pub result: &'static str,
    pub unit: ResultUnit,
    /// What a row adds to the sums.
    pub add: fn(&[f64]) -> [f64; 2],
    /// The value of the sums; NaN is NULL. Not asked where no row counts.
    pub value: fn([f64; 2]) -> f64,
}

impl Totals {
    fn described(&self) -> Vec<FunctionArgument> {
        let one = |a: &Argument| FunctionArgument {
            name: a.name,
            kind: "number",
            unit: a.unit,
            default: None,
            doc: a.doc.to_owned(),
        };
        self.arguments.iter().map(one).collect()
    }
}

impl From<Totals> for Function {
    fn from(t: Totals) -> Self {
        Function {
            name: t.name,
            group: t.group,
            summary: t.summary,
            doc: t.doc,
            example: t.example,
            arguments: t.described(),
            result: t.result,
            callable: Callable::Aggregate(Arc::new(AggregateUDF::new_from_impl(Aggregate {
                signature: Signature::user_defined(Volatility::Immutable),
                totals: t,
            }))),
        }
    }
}

#[derive(Clone)]
struct Aggregate {
    totals: Totals,
    signature: Signature,
}

impl std::fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Totals({})", self.totals.name)
    }
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.totals.name == other.totals.name
    }
}
impl Eq for Aggregate {}

impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.totals.name.hash(state);
    }
}

/// Numbers, and booleans as 1 and 0.
pub(crate) fn numbers_only(name: &str, call: &str, wanted: &[&str], given: &[DataType]) -> Result<Vec<DataType>> {
    if given.len() != wanted.len() {
        return plan_err!("{name} takes {call}; found {} arguments", given.len());
    }
    for (argument, t) in wanted.iter().zip(given) {
        if !t.is_numeric() && !matches!(t, DataType::Null | DataType::Boolean) {
            return plan_err!("{name}: `{argument}` must be a number, found {t}; {call}");
        }
    }
    Ok(vec![DataType::Float64; given.len()])
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.totals.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let names: Vec<&str> = self.totals.arguments.iter().map(|a| a.name).collect();
        numbers_only(self.totals.name, &call(self.totals.name, &self.totals.described()), &names, given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        for (f, a) in fields.iter().zip(self.totals.arguments) {
            if let Some(stated) = field::unit(f)
                && !a.unit.is_empty()
                && stated != a.unit
            {
                return plan_err!(
                    "{}: `{}` expects {}, but `{}` is in {stated}; convert it first: convert_unit({}, '{}')",
                    self.totals.name,
                    a.name,
                    a.unit,
                    f.name(),
                    f.name(),
                    a.unit
                );
            }
        }
        let unit = match self.totals.unit {
            ResultUnit::Is(unit) => unit,
            ResultUnit::Of(place) => fields.get(place).and_then(|f| field::unit(f)).unwrap_or_default(),
        };
        Ok(Arc::new(field::with_unit(Field::new(self.totals.name, DataType::Float64, true), unit)))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return exec_err!("{} takes every row; leave DISTINCT out", self.totals.name);
        }
        Ok(Box::new(Sums { add: self.totals.add, value: self.totals.value, sums: [0.0; 2], rows: 0.0 }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let one = |what: &str| -> FieldRef {
            Arc::new(Field::new(format!("{}[{what}]", args.name), DataType::Float64, true))
        };
        Ok(vec![one("first"), one("second"), one("rows")])
    }
}

#[derive(Debug)]
struct Sums {
    add: fn(&[f64]) -> [f64; 2],
    value: fn([f64; 2]) -> f64,
    sums: [f64; 2],
    rows: f64,
}

/// A column of numbers.
pub(crate) fn float(array: &ArrayRef) -> Result<&Float64Array> {
    match array.as_primitive_opt::<Float64Type>() {
        Some(values) => Ok(values),
        None => exec_err!("expected numbers, found {}", array.data_type()),
    }
}

impl Accumulator for Sums {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let columns = values.iter().map(float).collect::<Result<Vec<_>>>()?;
        let mut row = vec![0.0; columns.len()];
        for r in 0..columns.first().map_or(0, |c| c.len()) {
            let mut whole = true;
            for (slot, column) in row.iter_mut().zip(&columns) {
                whole &= column.is_valid(r);
                *slot = column.value(r);
            }
            if whole && row.iter().all(|v| !v.is_nan()) {
                let [a, b] = (self.add)(&row);
                self.sums[0] += a;
                self.sums[1] += b;
                self.rows += 1.0;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let value = if self.rows > 0.0 { (self.value)(self.sums) } else { f64::NAN };
        Ok(ScalarValue::Float64((!value.is_nan()).then_some(value)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok([self.sums[0], self.sums[1], self.rows].map(|v| ScalarValue::Float64(Some(v))).to_vec())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [a, b, rows] = states else { return exec_err!("expected three sums") };
        let sum =
            |array: &ArrayRef| Ok::<f64, datafusion::error::DataFusionError>(float(array)?.iter().flatten().sum());
        self.sums[0] += sum(a)?;
        self.sums[1] += sum(b)?;
        self.rows += sum(rows)?;
        Ok(())
    }
}
