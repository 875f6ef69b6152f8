//! `convert_unit`: values in another unit.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use outcrop_types::unit::Conversion;
use outcrop_types::{Unit, field};

use crate::function::{Callable, Function, FunctionArgument};

const CALL: &str = "convert_unit(value, 'to') or convert_unit(value, 'from', 'to')";

pub(super) fn function() -> Function {
    let argument = |name, kind, doc: &str| FunctionArgument { name, kind, unit: "", default: None, doc: doc.to_owned() };
    Function {
        name: "convert_unit",
        group: "Units",
        summary: "Values in another unit of the same dimension",
        doc: "The unit the values are in is that of the column, as DESCRIBE shows it; values without one need it said: \
            `convert_unit(value, 'from', 'to')`. A unit that contradicts the column's, an unknown one, or one that measures something \
            else is an error before anything is computed. Factors are exact where the definitions are (international foot 0.3048 m; the \
            US survey foot is `ftUS`). The result carries its unit. NULL gives NULL.\n\n\
            Temperatures convert as points on the scale, not as differences.",
        example: "SELECT md, convert_unit(md, 'ft') AS md_ft, convert_unit(rhob, 'kg/m3') AS rhob FROM logs WHERE rhob IS NOT NULL LIMIT 5",
        arguments: vec![
            argument("value", "number", "What is converted"),
            FunctionArgument {
                default: Some(String::new()),
                ..argument("from", "string", "The unit it is in, where its column has none")
            },
            argument("to", "string", "The unit it shall be in, a constant"),
        ],
        result: "the unit asked for",
        callable: Callable::Scalar(Arc::new(ScalarUDF::new_from_impl(ConvertUnit {
            signature: Signature::user_defined(Volatility::Immutable),
        }))),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ConvertUnit {
    signature: Signature,
}

/// The unit of a text.
fn unit(text: &str) -> Result<Unit> {
    match Unit::parse(text) {
        Some(unit) => Ok(unit),
        None => plan_err!("convert_unit: `{text}` is not a known unit; known ones are such as m, ft, us/ft, g/cm3, v/v, %, ohm.m, degC, psi, mD"),
    }
}

/// From which unit to which.
fn units(value: &Field, given: &[Option<String>]) -> Result<(Unit, Unit)> {
    let text = |at: usize| match given.get(at) {
        Some(Some(text)) => Ok(text.as_str()),
        _ => plan_err!("convert_unit: units must be constant texts; {CALL}"),
    };
    let stated = field::unit(value);
    let (from, to) = if given.len() == 2 {
        let from = unit(text(0)?)?;
        if let Some(stated) = stated
            && Unit::parse(stated) != Some(from)
        {
            return plan_err!("convert_unit: `{}` is in {stated}, not in {from}; leave '{from}' out", value.name());
        }
        (from, text(1)?)
    } else {
        match stated {
            Some(stated) => (unit(stated)?, text(0)?),
            None => {
                return plan_err!(
                    "convert_unit: the unit of `{}` is not known; say it: convert_unit({}, 'from', '{}')",
                    value.name(),
                    value.name(),
                    text(0)?
                );
            }
        }
    };
    Ok((from, unit(to)?))
}

fn conversion(from: Unit, to: Unit) -> Result<Conversion> {
    from.conversion(to).or_else(|e| plan_err!("convert_unit: {e}"))
}

impl ScalarUDFImpl for ConvertUnit {
    fn name(&self) -> &str {
        "convert_unit"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.len() != 2 && given.len() != 3 {
            return plan_err!("convert_unit takes {CALL}; found {} arguments", given.len());
        }
        if !given[0].is_numeric() && given[0] != DataType::Null {
            return plan_err!("convert_unit: `value` must be a number, found {}; {CALL}", given[0]);
        }
        let mut types = vec![DataType::Float64];
        for t in &given[1..] {
            if !matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
                return plan_err!("convert_unit: units must be constant texts, found {t}; {CALL}");
            }
            types.push(DataType::Utf8);
        }
        Ok(types)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let Some(value) = args.arg_fields.first() else { return plan_err!("convert_unit takes {CALL}") };
        let text = |s: &Option<&ScalarValue>| s.and_then(|s| s.try_as_str().flatten().map(str::to_owned));
        let given: Vec<Option<String>> = args.scalar_arguments.iter().skip(1).map(text).collect();
        let (from, to) = units(value, &given)?;
        conversion(from, to)?;
        Ok(Arc::new(field::with_unit(Field::new("convert_unit", DataType::Float64, true), to.symbol())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let text = |v: &ColumnarValue| match v {
            ColumnarValue::Scalar(s) => s.try_as_str().flatten().map(str::to_owned),
            ColumnarValue::Array(_) => None,
        };
        let given: Vec<Option<String>> = args.args.iter().skip(1).map(text).collect();
        let (Some(value), Some(of)) = (args.args.first(), args.arg_fields.first()) else {
            return exec_err!("convert_unit takes {CALL}");
        };
        let (from, to) = units(of, &given)?;
        let conversion = conversion(from, to)?;
        match value {
            ColumnarValue::Scalar(ScalarValue::Float64(v)) => {
                Ok(ColumnarValue::Scalar(ScalarValue::Float64(v.map(|v| conversion.convert(v)))))
            }
            ColumnarValue::Array(array) => match array.as_primitive_opt::<Float64Type>() {
                Some(values) => {
                    let converted: Float64Array = values.unary(|v| conversion.convert(v));
                    Ok(ColumnarValue::Array(Arc::new(converted)))
                }
                None => exec_err!("convert_unit: `value` must be a number"),
            },
            ColumnarValue::Scalar(other) => exec_err!("convert_unit: `value` must be a number, found {other}"),
        }
    }
}
