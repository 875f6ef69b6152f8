//! What an operator is called, what it takes, what it gives.

use serde_json::{Map, Value as Json, json};

use crate::value::Value;

/// What a column of an input must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any number; handed to the operator as `f64`.
    Number,
    /// Text.
    Text,
    /// Anything; handed over as it is.
    Any,
}

/// What the unit of a column must be, where the column states one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitRule {
    /// Any unit, or none.
    Any,
    /// A length.
    Length,
    /// Degrees.
    Degrees,
    /// The unit of this symbol.
    Is(&'static str),
    /// The unit of another column: (input, column).
    SameAs(&'static str, &'static str),
}

/// A column an operator reads.
#[derive(Debug, Clone)]
pub struct Column {
    /// The role, and the name a column must have to play it.
    pub name: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Its unit.
    pub unit: UnitRule,
    /// Whether the input must have it.
    pub required: bool,
    /// The role may be played by the one numeric column that plays no other, whatever its name.
    pub sole: bool,
    /// Rows where it is null are handed over, instead of left out.
    pub keep_null: bool,
}

/// A table an operator reads.
#[derive(Debug, Clone)]
pub struct Input {
    /// The argument's name.
    pub name: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// Whether the call must have it.
    pub required: bool,
    /// The columns it reads.
    pub columns: Vec<Column>,
    /// Whether columns that play no role come along, for the operator to hand through.
    pub keep_rest: bool,
    /// Columns the rows arrive ordered by, within a group.
    pub ordering: Vec<&'static str>,
    /// Whether its rows are traces, whose samples the operator reads as it needs them: see [`Input::volume`].
    pub volume: bool,
}

/// What a parameter holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterKind {
    /// A number within bounds (inclusive).
    Number {
        /// Smallest value allowed.
        min: Option<f64>,
        /// Largest value allowed.
        max: Option<f64>,
        /// Whether `min` itself is not allowed.
        above: bool,
    },
    /// A whole number within bounds (inclusive).
    Integer {
        /// Smallest value allowed.
        min: Option<i64>,
        /// Largest value allowed.
        max: Option<i64>,
    },
    /// True or false.
    Boolean,
    /// Any text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of numbers.
    Numbers,
}

/// A named parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The argument's name.
    pub name: &'static str,
    /// One line for people.
    pub doc: &'static str,
    /// What it holds.
    pub kind: ParameterKind,
    /// Its unit, in words: `unit of x`, `degrees` …; empty for none.
    pub unit: &'static str,
    /// What it is when the call does not say; `None` and not required means "not given".
    pub default: Option<Value>,
    /// Whether the call must give it.
    pub required: bool,
}

/// A column of the result, for the reference page.
#[derive(Debug, Clone)]
pub struct OutputColumn {
    /// Its name.
    pub name: &'static str,
    /// Its unit, in words; empty for none.
    pub unit: &'static str,
    /// One line for people.
    pub doc: &'static str,
}

/// The one definition of an operator.
#[derive(Debug, Clone)]
pub struct Definition {
    /// SQL name.
    pub name: &'static str,
    /// Family, as the reference groups them.
    pub group: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// What it computes, conventions, null behaviour, errors, sources; Markdown.
    pub doc: &'static str,
    /// A statement that runs on the demo project.
    pub example: &'static str,
    /// Tables it reads, in positional order.
    pub inputs: Vec<Input>,
    /// Parameters, in positional order after the inputs.
    pub parameters: Vec<Parameter>,
    /// Columns it gives.
    pub output: Vec<OutputColumn>,
}

impl Column {
    /// A required number.
    pub fn number(name: &'static str, doc: &'static str) -> Self {
        Column {
            name,
            doc,
            kind: ColumnKind::Number,
            unit: UnitRule::Any,
            required: true,
            sole: false,
            keep_null: false,
        }
    }

    /// A required column of any type.
    pub fn any(name: &'static str, doc: &'static str) -> Self {
        Column { kind: ColumnKind::Any, ..Self::number(name, doc) }
    }

    /// A required length.
    pub fn length(name: &'static str, doc: &'static str) -> Self {
        Column { unit: UnitRule::Length, ..Self::number(name, doc) }
    }

    /// With a unit rule.
    #[must_use]
    pub fn unit(mut self, unit: UnitRule) -> Self {
        self.unit = unit;
        self
    }

    /// Played by the one numeric column without another role.
    #[must_use]
    pub fn sole(mut self) -> Self {
        self.sole = true;
        self
    }

    /// May be absent.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Null values are handed over.
    #[must_use]
    pub fn keep_null(mut self) -> Self {
        self.keep_null = true;
        self
    }
}

impl Input {
    /// A required table.
    pub fn new(name: &'static str, doc: &'static str, columns: Vec<Column>) -> Self {
        Input { name, doc, required: true, columns, keep_rest: false, ordering: Vec::new(), volume: false }
    }

    /// Traces with samples: a seismic volume of the project, a SEG-Y file, a selection of one, or rows that a query computed. The operator
    /// gets them as [`crate::Traces`] and reads the samples it needs; of a volume or file no others are read.
    pub fn volume(name: &'static str, doc: &'static str) -> Self {
        let header = |name, doc| Column::any(name, doc).optional().keep_null();
        let columns = vec![
            Column::any("samples", "samples of the trace, a list").keep_null(),
            header("start", "place of the first sample, where `samples` does not state it"),
            header("sample_interval", "distance between samples, where `samples` does not state it"),
            header("inline", "inline number"),
            header("crossline", "crossline number"),
            header("offset", "distance from source to receiver"),
            header("x", "easting"),
            header("y", "northing"),
        ];
        Input { keep_rest: true, volume: true, ..Self::new(name, doc, columns) }
    }

    /// May be absent.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Columns without a role come along.
    #[must_use]
    pub fn keep_rest(mut self) -> Self {
        self.keep_rest = true;
        self
    }

    /// Rows arrive in this order.
    #[must_use]
    pub fn ordered_by(mut self, columns: &[&'static str]) -> Self {
        self.ordering = columns.to_vec();
        self
    }
}

impl Parameter {
    fn new(name: &'static str, kind: ParameterKind, doc: &'static str) -> Self {
        Parameter { name, doc, kind, unit: "", default: None, required: false }
    }

    /// Any number.
    pub fn number(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Number { min: None, max: None, above: false }, doc)
    }

    /// A number above zero.
    pub fn positive(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Number { min: Some(0.0), max: None, above: true }, doc)
    }

    /// A number of at least `min`.
    pub fn at_least(name: &'static str, min: f64, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Number { min: Some(min), max: None, above: false }, doc)
    }

    /// A number within bounds, both allowed.
    pub fn bounded(name: &'static str, min: f64, max: f64, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Number { min: Some(min), max: Some(max), above: false }, doc)
    }

    /// A whole number of at least `min`.
    pub fn integer(name: &'static str, min: i64, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Integer { min: Some(min), max: None }, doc)
    }

    /// True or false.
    pub fn boolean(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Boolean, doc)
    }

    /// Any text.
    pub fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Text, doc)
    }

    /// One of some words.
    pub fn choice(name: &'static str, words: &'static [&'static str], doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Choice(words), doc)
    }

    /// A list of numbers.
    pub fn numbers(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ParameterKind::Numbers, doc)
    }

    /// With a unit, in words.
    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With a default.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// The call must give it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What it holds, in words: `number > 0`, `one of 'a', 'b'` …
    pub fn expects(&self) -> String {
        match &self.kind {
            ParameterKind::Number { min, max, above } => match (min, max) {
                (Some(min), Some(max)) => format!("a number from {min} to {max}"),
                (Some(min), None) if *above => format!("a number above {min}"),
                (Some(min), None) => format!("a number of at least {min}"),
                (None, Some(max)) => format!("a number of at most {max}"),
                (None, None) => "a number".to_owned(),
            },
            ParameterKind::Integer { min, max } => match (min, max) {
                (Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
                (Some(min), None) => format!("a whole number of at least {min}"),
                _ => "a whole number".to_owned(),
            },
            ParameterKind::Boolean => "true or false".to_owned(),
            ParameterKind::Text => "text".to_owned(),
            ParameterKind::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|w| format!("'{w}'")).collect();
                format!("one of {}", quoted.join(", "))
            }
            ParameterKind::Numbers => "a list of numbers, such as [1, 2, 3]".to_owned(),
        }
    }
}

impl Definition {
    /// The call in one line: `krige(data, [targets], psill => …, [nugget => 0])`.
    pub fn signature(&self) -> String {
        let mut parts = Vec::new();
        for input in &self.inputs {
            parts.push(if input.required { input.name.to_owned() } else { format!("[{} => …]", input.name) });
        }
        for p in &self.parameters {
            parts.push(match (&p.default, p.required) {
                (Some(value), _) => format!("[{} => {value}]", p.name),
                (None, true) => format!("{} => …", p.name),
                (None, false) => format!("[{} => …]", p.name),
            });
        }
        parts.push("[by => […]]".to_owned());
        format!("{}({})", self.name, parts.join(", "))
    }

    /// The parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| p.name == name)
    }

    /// The names a call may use, in words, for error messages.
    pub fn names(&self) -> String {
        let inputs = self.inputs.iter().map(|i| i.name);
        let parameters = self.parameters.iter().map(|p| p.name);
        inputs.chain(parameters).chain(std::iter::once("by")).collect::<Vec<_>>().join(", ")
    }

    /// The property form as a JSON Schema (draft 2020-12): a property for each parameter, inputs under `x-inputs`.
    pub fn json_schema(&self) -> Json {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for p in &self.parameters {
            let mut property = match &p.kind {
                ParameterKind::Number { min, max, above } => {
                    let mut o = json!({"type": "number"});
                    if let Some(min) = min {
                        o[if *above { "exclusiveMinimum" } else { "minimum" }] = json!(min);
                    }
                    if let Some(max) = max {
                        o["maximum"] = json!(max);
                    }
                    o
                }
                ParameterKind::Integer { min, max } => {
                    let mut o = json!({"type": "integer"});
                    if let Some(min) = min {
                        o["minimum"] = json!(min);
                    }
                    if let Some(max) = max {
                        o["maximum"] = json!(max);
                    }
                    o
                }
                ParameterKind::Boolean => json!({"type": "boolean"}),
                ParameterKind::Text => json!({"type": "string"}),
                ParameterKind::Choice(words) => json!({"type": "string", "enum": words}),
                ParameterKind::Numbers => json!({"type": "array", "items": {"type": "number"}}),
            };
            property["title"] = json!(p.name.replace('_', " "));
            property["description"] = json!(p.doc);
            if !p.unit.is_empty() {
                property["x-unit"] = json!(p.unit);
            }
            if let Some(default) = &p.default {
                property["default"] = default.to_json();
            }
            if p.required {
                required.push(p.name);
            }
            properties.insert(p.name.to_owned(), property);
        }
        properties.insert(
            "by".to_owned(),
            json!({"type": "array", "items": {"type": "string"}, "title": "by",
                "description": "Columns of the first input; the operator runs once for each group of equal values"}),
        );
        let inputs: Vec<Json> = self
            .inputs
            .iter()
            .map(|i| {
                let columns: Vec<Json> = i
                    .columns
                    .iter()
                    .map(|c| {
                        json!({"name": c.name, "description": c.doc, "required": c.required,
                            "type": match c.kind { ColumnKind::Number => "number", ColumnKind::Text => "text", ColumnKind::Any => "any" }})
                    })
                    .collect();
                let kind = if i.volume { "volume" } else { "table" };
                json!({"name": i.name, "kind": kind, "description": i.doc, "required": i.required, "columns": columns})
            })
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "description": self.summary,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
            "x-inputs": inputs,
        })
    }
}
