//! Percentiles by exceedance, exact: all values of a group are held.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use outcrop_types::field;

use crate::function::{Callable, Function, FunctionArgument};
use crate::totals::{float, numbers_only};

/// The aggregate that gives the value which `exceeded` per cent of the values are above.
pub(super) fn percentile(
    name: &'static str,
    exceeded: u8,
    summary: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Function {
    Function {
        name,
        group: "Statistics",
        summary,
        doc,
        example,
        arguments: vec![FunctionArgument {
            name: "value",
            kind: "number",
            unit: "",
            default: None,
            doc: "Values; NULL and NaN count for nothing".to_owned(),
        }],
        result: "the unit of value",
        callable: Callable::Aggregate(Arc::new(AggregateUDF::new_from_impl(Percentile {
            name,
            exceeded,
            signature: Signature::user_defined(Volatility::Immutable),
        }))),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Percentile {
    name: &'static str,
    exceeded: u8,
    signature: Signature,
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        numbers_only(self.name, &format!("{}(value)", self.name), &["value"], given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        let unit = fields.first().and_then(|f| field::unit(f)).unwrap_or_default();
        Ok(Arc::new(field::with_unit(Field::new(self.name, DataType::Float64, true), unit)))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return exec_err!("{} takes every row; leave DISTINCT out", self.name);
        }
        Ok(Box::new(Values { below: 100.0 - f64::from(self.exceeded), values: Vec::new() }))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let list = DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)));
        Ok(vec![Arc::new(Field::new(format!("{}[values]", args.name), list, true))])
    }
}

#[derive(Debug)]
struct Values {
    /// The per cent of the values below the result.
    below: f64,
    values: Vec<f64>,
}

impl Values {
    fn extend(&mut self, array: &ArrayRef) -> Result<()> {
        self.values.extend(float(array)?.iter().flatten().filter(|v| !v.is_nan()));
        Ok(())
    }
}

impl Accumulator for Values {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.iter().try_for_each(|array| self.extend(array))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.values.is_empty() {
            return Ok(ScalarValue::Float64(None));
        }
        // Divided last, so that a place that is a whole number is one.
        let place = self.below * (self.values.len() - 1) as f64 / 100.0;
        let (before, part) = (place.floor() as usize, place.fract());
        let (_, low, above) = self.values.select_nth_unstable_by(before, f64::total_cmp);
        let low = *low;
        let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
        Ok(ScalarValue::Float64(Some(if part == 0.0 { low } else { low + part * (high - low) })))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<f64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values: Vec<ScalarValue> = self.values.iter().map(|v| ScalarValue::Float64(Some(*v))).collect();
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Float64))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for lists in states.iter().filter_map(|s| s.as_list_opt::<i32>()) {
            for list in lists.iter().flatten() {
                self.extend(&list)?;
            }
        }
        Ok(())
    }
}
