//! Functions that are no operators: what the reference says of one, and what the engine calls.

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use serde_json::{Value as Json, json};

/// What kind of function it is, and its code.
#[derive(Debug, Clone)]
pub enum Callable {
    /// A value per row.
    Scalar(Arc<ScalarUDF>),
    /// A value per group of rows.
    Aggregate(Arc<AggregateUDF>),
}

/// What the reference says of an argument.
#[derive(Debug, Clone)]
pub struct FunctionArgument {
    /// Its name in the documentation.
    pub name: &'static str,
    /// `number`, `string` or `boolean`.
    pub kind: &'static str,
    /// The unit it must be in; empty where any will do.
    pub unit: &'static str,
    /// What it is when left out; `None` when it must be given.
    pub default: Option<String>,
    /// One line for people.
    pub doc: String,
}

/// A scalar function or an aggregate.
#[derive(Debug, Clone)]
pub struct Function {
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
    /// Its arguments in order.
    pub arguments: Vec<FunctionArgument>,
    /// What it gives, in words: a unit, or what it is.
    pub result: &'static str,
    /// Its code.
    pub callable: Callable,
}

impl Function {
    /// The call in one line.
    pub fn signature(&self) -> String {
        call(self.name, &self.arguments)
    }

    /// Its arguments as a JSON Schema.
    pub fn json_schema(&self) -> Json {
        let mut properties = serde_json::Map::new();
        for a in &self.arguments {
            let mut p = json!({"type": a.kind, "description": a.doc});
            if !a.unit.is_empty() {
                p["x-unit"] = json!(a.unit);
            }
            if let Some(v) = &a.default {
                p["default"] =
                    if a.kind == "number" { v.parse::<f64>().map_or(json!(v), |v| json!(v)) } else { json!(v) };
            }
            properties.insert(a.name.to_owned(), p);
        }
        let required: Vec<&str> = self.arguments.iter().filter(|a| a.default.is_none()).map(|a| a.name).collect();
        json!({"title": self.name, "description": self.summary, "type": "object", "properties": properties, "required": required})
    }
}

/// `name(a, [b = 1])`; where one that may be left out stands before one that may not, the call without it and the one with it.
pub(crate) fn call(name: &str, arguments: &[FunctionArgument]) -> String {
    let required = |a: &FunctionArgument| a.default.is_none();
    if arguments.windows(2).any(|pair| matches!(pair, [before, after] if !required(before) && required(after))) {
        let listed = |all: Vec<&str>| format!("{name}({})", all.join(", "));
        let short = listed(arguments.iter().filter(|a| a.default.is_none()).map(|a| a.name).collect());
        return format!("{short} or {}", listed(arguments.iter().map(|a| a.name).collect()));
    }
    let parts: Vec<String> = arguments
        .iter()
        .map(|a| match &a.default {
            Some(value) if a.kind == "string" => format!("[{} = '{value}']", a.name),
            Some(value) => format!("[{} = {value}]", a.name),
            None => a.name.to_owned(),
        })
        .collect();
    format!("{name}({})", parts.join(", "))
}
