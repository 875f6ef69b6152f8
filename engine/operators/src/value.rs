//! Parameter values, and a call whose every parameter has one.

use std::collections::BTreeMap;
use std::fmt;

use datafusion::common::{Result, ScalarValue, plan_err};
use serde::{Deserialize, Serialize};

use crate::bind::BoundInput;
use crate::definition::{Definition, Parameter, ParameterKind};

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// Text.
    Text(String),
    /// A list of numbers.
    Numbers(Vec<f64>),
}

impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Value::Number(v)
    }
}
impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::Integer(v)
    }
}
impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Value::Boolean(v)
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::Text(v.to_owned())
    }
}

impl fmt::Display for Value {
    /// As SQL writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(v) => write!(f, "{v}"),
            Value::Integer(v) => write!(f, "{v}"),
            Value::Boolean(v) => write!(f, "{v}"),
            Value::Text(v) => write!(f, "'{}'", v.replace('\'', "''")),
            Value::Numbers(v) => {
                let parts: Vec<String> = v.iter().map(f64::to_string).collect();
                write!(f, "[{}]", parts.join(", "))
            }
        }
    }
}

impl Value {
    /// As JSON, for the property form.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Number(v) => serde_json::json!(v),
            Value::Integer(v) => serde_json::json!(v),
            Value::Boolean(v) => serde_json::json!(v),
            Value::Text(v) => serde_json::json!(v),
            Value::Numbers(v) => serde_json::json!(v),
        }
    }

    /// The value of a parameter from a constant; NULL is "not given".
    ///
    /// # Errors
    /// A planning error that names operator and parameter and says what is expected.
    pub fn from_scalar(operator: &str, p: &Parameter, scalar: &ScalarValue) -> Result<Option<Value>> {
        if scalar.is_null() {
            return Ok(None);
        }
        let wrong =
            || plan_err!("{operator}: parameter `{}` expects {}, found {}", p.name, p.expects(), describe(scalar));
        let value = match &p.kind {
            ParameterKind::Number { min, max, above } => {
                let Some(v) = number(scalar) else { return wrong() };
                let low = min.is_some_and(|m| if *above { v <= m } else { v < m });
                if low || max.is_some_and(|m| v > m) || !v.is_finite() {
                    return wrong();
                }
                Value::Number(v)
            }
            ParameterKind::Integer { min, max } => {
                let Some(v) = number(scalar) else { return wrong() };
                // Beyond 2^53 a float no longer tells whole numbers apart.
                if v.fract() != 0.0 || v.abs() > 9_007_199_254_740_992.0 {
                    return wrong();
                }
                let v = v as i64;
                if min.is_some_and(|m| v < m) || max.is_some_and(|m| v > m) {
                    return wrong();
                }
                Value::Integer(v)
            }
            ParameterKind::Boolean => match scalar {
                ScalarValue::Boolean(Some(v)) => Value::Boolean(*v),
                _ => return wrong(),
            },
            ParameterKind::Text => match scalar.try_as_str() {
                Some(Some(v)) => Value::Text(v.to_owned()),
                _ => return wrong(),
            },
            ParameterKind::Choice(words) => match scalar.try_as_str() {
                Some(Some(v)) if words.contains(&v.to_lowercase().as_str()) => Value::Text(v.to_lowercase()),
                _ => return wrong(),
            },
            ParameterKind::Numbers => {
                let list = match scalar {
                    ScalarValue::List(a) => a.value(0),
                    ScalarValue::LargeList(a) => a.value(0),
                    ScalarValue::FixedSizeList(a) => a.value(0),
                    _ => return wrong(),
                };
                let mut numbers = Vec::with_capacity(list.len());
                for i in 0..list.len() {
                    match number(&ScalarValue::try_from_array(&list, i)?) {
                        Some(v) if v.is_finite() => numbers.push(v),
                        _ => return wrong(),
                    }
                }
                Value::Numbers(numbers)
            }
        };
        Ok(Some(value))
    }
}

/// A number of any type; None of others.
pub(crate) fn number(scalar: &ScalarValue) -> Option<f64> {
    if !scalar.data_type().is_numeric() {
        return None;
    }
    match scalar.cast_to(&datafusion::arrow::datatypes::DataType::Float64) {
        Ok(ScalarValue::Float64(v)) => v,
        _ => None,
    }
}

fn describe(scalar: &ScalarValue) -> String {
    match scalar.try_as_str() {
        Some(Some(text)) => format!("'{text}'"),
        _ => scalar.to_string(),
    }
}

/// A call ready to run: every parameter that has a value, the inputs' roles, the grouping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Operator name.
    pub operator: String,
    /// Parameters with defaults filled in; one that is absent was not given.
    pub parameters: BTreeMap<String, Value>,
    /// The inputs that the call has, in definition order.
    pub inputs: Vec<BoundInput>,
    /// Grouping columns.
    pub by: Vec<String>,
}

impl Call {
    /// Fills defaults and checks that required parameters are there.
    ///
    /// # Errors
    /// A planning error that names the parameter that is missing and lists the valid ones.
    pub fn new(
        definition: &Definition,
        mut given: BTreeMap<String, Value>,
        inputs: Vec<BoundInput>,
        by: Vec<String>,
    ) -> Result<Self> {
        for p in &definition.parameters {
            if given.contains_key(p.name) {
                continue;
            }
            match &p.default {
                Some(value) => {
                    given.insert(p.name.to_owned(), value.clone());
                }
                None if p.required => {
                    return plan_err!(
                        "{0}: parameter `{1}` is missing; it expects {2}. {0} takes: {3}",
                        definition.name,
                        p.name,
                        p.expects(),
                        definition.names()
                    );
                }
                None => {}
            }
        }
        Ok(Call { operator: definition.name.to_owned(), parameters: given, inputs, by })
    }

    /// A number that was given or has a default.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.parameters.get(name) {
            Some(Value::Number(v)) => Some(*v),
            Some(Value::Integer(v)) => Some(*v as f64),
            _ => None,
        }
    }

    /// A number that the definition makes certain; NaN would mean the definition lacks it.
    pub fn number_or(&self, name: &str, otherwise: f64) -> f64 {
        self.number(name).unwrap_or(otherwise)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.parameters.get(name) {
            Some(Value::Integer(v)) => Some(*v),
            _ => None,
        }
    }

    /// A whole number as a count.
    pub fn count(&self, name: &str) -> Option<usize> {
        self.integer(name).and_then(|v| usize::try_from(v).ok())
    }

    /// Text or a chosen word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.parameters.get(name) {
            Some(Value::Text(v)) => Some(v),
            _ => None,
        }
    }

    /// True when given as true.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.parameters.get(name), Some(Value::Boolean(true)))
    }

    /// A list of numbers.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.parameters.get(name) {
            Some(Value::Numbers(v)) => Some(v),
            _ => None,
        }
    }

    /// The input of a name, where the call has it: its place among the inputs, and its roles.
    pub fn input(&self, name: &str) -> Option<(usize, &BoundInput)> {
        self.inputs.iter().enumerate().find(|(_, i)| i.name == name)
    }
}
