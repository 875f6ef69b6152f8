//! Scalar functions of numbers: one form for all, so that units, nulls and documentation are handled once.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use outcrop_types::field;

use crate::function::{Callable, Function, FunctionArgument};

/// A numeric argument.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// Its name in the documentation.
    pub name: &'static str,
    /// The unit it must be in, where its column states one; empty where any will do.
    pub unit: &'static str,
    /// What it is when left out; `None` when it must be given.
    pub default: Option<f64>,
    /// One line for people.
    pub doc: &'static str,
}

/// How a value is computed.
#[derive(Clone, Copy)]
pub enum Body {
    /// From the arguments in order.
    Plain(fn(&[f64]) -> f64),
    /// By one of several methods that a last, textual argument names; the first is the default.
    Method {
        /// Their names.
        words: &'static [&'static str],
        /// Computes by the method of that number.
        apply: fn(usize, &[f64]) -> f64,
    },
}

/// A scalar function of numbers. NULL or NaN in an argument gives NULL, and so does a value that the formula does not define.
#[derive(Clone)]
pub struct Numeric {
    /// SQL name.
    pub name: &'static str,
    /// Family.
    pub group: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Formula, conventions, sources; Markdown.
    pub doc: &'static str,
    /// A statement that runs on the demo project.
    pub example: &'static str,
    /// Numeric arguments in order.
    pub arguments: &'static [Argument],
    /// Unit of the result.
    pub unit: &'static str,
    /// How it is computed.
    pub body: Body,
    signature: Signature,
}

impl Numeric {
    /// A function; the signature follows from arguments and body.
    pub fn new(
        name: &'static str,
        group: &'static str,
        summary: &'static str,
        arguments: &'static [Argument],
        body: Body,
    ) -> Self {
        Numeric {
            name,
            group,
            summary,
            doc: "",
            example: "",
            arguments,
            unit: "",
            body,
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }

    /// With its result's unit.
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With its documentation.
    #[must_use]
    pub fn documented(mut self, doc: &'static str, example: &'static str) -> Self {
        self.doc = doc;
        self.example = example;
        self
    }

    /// The call in one line.
    pub fn call(&self) -> String {
        crate::function::call(self.name, &self.described())
    }

    fn described(&self) -> Vec<FunctionArgument> {
        let mut all: Vec<FunctionArgument> = self
            .arguments
            .iter()
            .map(|a| FunctionArgument {
                name: a.name,
                kind: "number",
                unit: a.unit,
                default: a.default.map(|v| v.to_string()),
                doc: a.doc.to_owned(),
            })
            .collect();
        if let Body::Method { words, .. } = self.body {
            let quoted: Vec<String> = words.iter().map(|w| format!("`'{w}'`")).collect();
            all.push(FunctionArgument {
                name: "method",
                kind: "string",
                unit: "",
                default: Some(words[0].to_owned()),
                doc: format!("One of {}", quoted.join(", ")),
            });
        }
        all
    }

    fn required(&self) -> usize {
        self.arguments.iter().filter(|a| a.default.is_none()).count()
    }

    fn method(&self, value: &ColumnarValue) -> Result<usize> {
        let Body::Method { words, .. } = self.body else { return Ok(0) };
        let list = || words.iter().map(|w| format!("'{w}'")).collect::<Vec<_>>().join(", ");
        match value {
            ColumnarValue::Scalar(s) => match s.try_as_str() {
                Some(Some(text)) => match words.iter().position(|w| w.eq_ignore_ascii_case(text.trim())) {
                    Some(i) => Ok(i),
                    None => exec_err!("{}: '{text}' is not a method; use one of {}", self.name, list()),
                },
                _ => exec_err!("{}: the method must be one of {}", self.name, list()),
            },
            ColumnarValue::Array(_) => exec_err!("{}: the method must be a constant, one of {}", self.name, list()),
        }
    }
}

impl From<Numeric> for Function {
    fn from(numeric: Numeric) -> Self {
        Function {
            name: numeric.name,
            group: numeric.group,
            summary: numeric.summary,
            doc: numeric.doc,
            example: numeric.example,
            arguments: numeric.described(),
            result: if numeric.unit.is_empty() { "a number" } else { numeric.unit },
            callable: Callable::Scalar(Arc::new(ScalarUDF::new_from_impl(numeric))),
        }
    }
}

impl std::fmt::Debug for Numeric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Numeric({})", self.name)
    }
}

impl PartialEq for Numeric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for Numeric {}

impl Hash for Numeric {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Numeric {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let textual = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let by_method = matches!(self.body, Body::Method { .. }) && given.last().is_some_and(textual);
        let numbers = given.len() - usize::from(by_method);
        if numbers < self.required() || numbers > self.arguments.len() {
            let listed = self.arguments.iter().take(given.len().max(self.required()));
            let listed: Vec<String> = listed
                .map(|a| if a.unit.is_empty() { a.name.to_owned() } else { format!("{} in {}", a.name, a.unit) })
                .collect();
            return plan_err!(
                "{} takes {}; found {} arguments ({})",
                self.name,
                self.call(),
                given.len(),
                listed.join(", ")
            );
        }
        let mut types = Vec::with_capacity(given.len());
        for (i, t) in given.iter().enumerate().take(numbers) {
            if !t.is_numeric() && *t != DataType::Null {
                return plan_err!(
                    "{}: `{}` must be a number, found {t}; {}",
                    self.name,
                    self.arguments[i].name,
                    self.call()
                );
            }
            types.push(DataType::Float64);
        }
        if by_method {
            types.push(DataType::Utf8);
        }
        Ok(types)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        for (f, a) in args.arg_fields.iter().zip(self.arguments) {
            if let Some(stated) = field::unit(f)
                && !a.unit.is_empty()
                && stated != a.unit
            {
                return plan_err!(
                    "{}: `{}` expects {}, but `{}` is in {stated}; convert it first",
                    self.name,
                    a.name,
                    a.unit,
                    f.name()
                );
            }
        }
        Ok(Arc::new(field::with_unit(Field::new(self.name, DataType::Float64, true), self.unit)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (method, given) = match (self.body, args.args.split_last()) {
            (Body::Method { .. }, Some((last, rest))) if last.data_type() == DataType::Utf8 => {
                (self.method(last)?, rest)
            }
            _ => (0, args.args.as_slice()),
        };
        let scalar = given.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let rows = if scalar { 1 } else { args.number_rows };
        let mut nulls: Option<NullBuffer> = None;
        let mut columns: Vec<Column> = Vec::with_capacity(self.arguments.len());
        for (i, argument) in self.arguments.iter().enumerate() {
            columns.push(match given.get(i) {
                None => Column::Constant(argument.default.unwrap_or(f64::NAN)),
                Some(ColumnarValue::Scalar(ScalarValue::Float64(v))) => Column::Constant(v.unwrap_or(f64::NAN)),
                Some(ColumnarValue::Scalar(other)) => {
                    return exec_err!("{}: `{}` must be a number, found {other}", self.name, argument.name);
                }
                Some(ColumnarValue::Array(array)) => match array.as_primitive_opt::<Float64Type>() {
                    Some(values) => {
                        nulls = NullBuffer::union(nulls.as_ref(), values.nulls());
                        Column::Values(values.clone())
                    }
                    None => return exec_err!("{}: `{}` must be a number", self.name, argument.name),
                },
            });
        }
        let mut row = vec![0.0; columns.len()];
        let mut undefined = false;
        let values: Vec<f64> = (0..rows)
            .map(|r| {
                for (slot, column) in row.iter_mut().zip(&columns) {
                    *slot = match column {
                        Column::Constant(v) => *v,
                        Column::Values(a) => a.values()[r],
                    };
                }
                let v = match self.body {
                    Body::Plain(apply) => apply(&row),
                    Body::Method { apply, .. } => apply(method, &row),
                };
                undefined |= !v.is_finite();
                v
            })
            .collect();
        if undefined {
            let defined = NullBuffer::from(values.iter().map(|v| v.is_finite()).collect::<Vec<bool>>());
            nulls = NullBuffer::union(nulls.as_ref(), Some(&defined));
        }
        let array = Float64Array::try_new(values.into(), nulls)?;
        if scalar {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(Arc::new(array)))
    }
}

enum Column {
    Constant(f64),
    Values(Float64Array),
}
