//! `unit_of`: the unit of a column.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use outcrop_types::field;

use crate::function::{Callable, Function, FunctionArgument};

pub(super) fn function() -> Function {
    Function {
        name: "unit_of",
        group: "Units",
        summary: "The unit of a column",
        doc: "The symbol, as DESCRIBE and `information_schema.columns` show it; NULL where the unit is not known. What a subquery computes has \
            one where a function gave it, such as `convert_unit` or `porosity_density`.",
        example: "SELECT unit_of(gr) AS gr, unit_of(rhob) AS rhob, md FROM logs LIMIT 1",
        arguments: vec![FunctionArgument {
            name: "value",
            kind: "number",
            unit: "",
            default: None,
            doc: "A column, or anything computed".to_owned(),
        }],
        result: "text",
        callable: Callable::Scalar(Arc::new(ScalarUDF::new_from_impl(UnitOf {
            signature: Signature::user_defined(Volatility::Immutable),
        }))),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct UnitOf {
    signature: Signature,
}

impl ScalarUDFImpl for UnitOf {
    fn name(&self) -> &str {
        "unit_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        match given {
            [one] => Ok(vec![one.clone()]),
            _ => plan_err!("unit_of takes unit_of(value); found {} arguments", given.len()),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let unit = args.arg_fields.first().and_then(|f| field::unit(f)).map(str::to_owned);
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8(unit)))
    }
}
