//! Parameters of a workflow: typed, with defaults; how values stand in SQL.

use std::collections::BTreeMap;

use outcrop_operators::Value;
use serde_json::{Map, Value as Json, json};

use crate::document::is_id;
use crate::problem::Problem;

/// Values by the names of parameters.
pub type Values = BTreeMap<String, Value>;

/// What a parameter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterType {
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Text.
    Text,
    /// A list of numbers.
    Numbers,
}

const TYPES: [(&str, ParameterType, &str); 5] = [
    ("number", ParameterType::Number, "a number"),
    ("integer", ParameterType::Integer, "a whole number"),
    ("boolean", ParameterType::Boolean, "true or false"),
    ("text", ParameterType::Text, "text"),
    ("numbers", ParameterType::Numbers, "a list of numbers, such as 1,2.5,3"),
];

impl ParameterType {
    /// `number`, `integer`, `boolean`, `text` or `numbers`.
    pub fn name(self) -> &'static str {
        TYPES.iter().find(|(_, t, _)| *t == self).map_or("", |(name, ..)| name)
    }

    fn expects(self) -> &'static str {
        TYPES.iter().find(|(_, t, _)| *t == self).map_or("", |(.., expects)| expects)
    }
}

/// A parameter, used in nodes as `$name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ParameterType,
    /// Its value where a run gives none.
    pub default: Option<Value>,
    /// One line for people.
    pub doc: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// The smallest number.
    pub minimum: Option<f64>,
    /// The largest number.
    pub maximum: Option<f64>,
    /// The texts to choose from; empty for any.
    pub choices: Vec<String>,
}

impl Parameter {
    pub(crate) fn read(json: &Json, place: usize, problems: &mut Vec<Problem>) -> Option<Parameter> {
        let Some(object) = json.as_object() else {
            problems.push(Problem::of_document(format!(
                "parameters[{place}] is an object with `name`, `type`, `default` …"
            )));
            return None;
        };
        let name = match object.get("name").and_then(Json::as_str) {
            Some(name) if is_id(name) && !name.contains('-') => name.to_owned(),
            found => {
                let found = found.map_or_else(|| "nothing".to_owned(), |f| format!("`{f}`"));
                problems.push(Problem::of_document(format!(
                    "parameters[{place}]: `name` has lower-case letters, digits and `_`, found {found}"
                )));
                return None;
            }
        };
        let mut wrong = |message: String| problems.push(Problem::of_parameter(&name, message));
        let keys = ["name", "type", "default", "doc", "unit", "minimum", "maximum", "choices"];
        for key in object.keys().filter(|k| !keys.contains(&k.as_str())) {
            wrong(format!("a parameter has no key `{key}`; it has: {}", keys.join(", ")));
        }
        let Some((_, kind, _)) =
            TYPES.iter().find(|(word, ..)| object.get("type").and_then(Json::as_str) == Some(word))
        else {
            let words: Vec<&str> = TYPES.iter().map(|(word, ..)| *word).collect();
            wrong(format!("`type` is one of {}", words.join(", ")));
            return None;
        };
        let text = |key: &str| object.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        for key in ["doc", "unit"] {
            if object.get(key).is_some_and(|v| !v.is_string()) {
                wrong(format!("`{key}` is a text"));
            }
        }
        for key in ["minimum", "maximum"] {
            if object.get(key).is_some_and(|v| !v.is_number()) {
                wrong(format!("`{key}` is a number"));
            }
        }
        let choices: Vec<String> = match object.get("choices") {
            None => Vec::new(),
            Some(Json::Array(items)) if items.iter().all(Json::is_string) => {
                items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
            }
            Some(_) => {
                wrong("`choices` is a list of texts".to_owned());
                Vec::new()
            }
        };
        let number = |key: &str| object.get(key).and_then(Json::as_f64);
        let mut parameter = Parameter {
            name: name.clone(),
            kind: *kind,
            default: None,
            doc: text("doc"),
            unit: text("unit"),
            minimum: number("minimum"),
            maximum: number("maximum"),
            choices,
        };
        if let Some(default) = object.get("default").filter(|d| !d.is_null()) {
            match parameter.value(default) {
                Ok(value) => parameter.default = Some(value),
                Err(message) => wrong(format!("`default`: {message}")),
            }
        }
        Some(parameter)
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut json = self.meaning();
        for (key, text) in [("doc", &self.doc), ("unit", &self.unit)] {
            if !text.is_empty() {
                json[key] = json!(text);
            }
        }
        json
    }

    /// Without what is for people only.
    pub(crate) fn meaning(&self) -> Json {
        let mut json = Map::new();
        json.insert("name".to_owned(), json!(self.name));
        json.insert("type".to_owned(), json!(self.kind.name()));
        let further = [
            ("default", self.default.as_ref().map(Value::to_json)),
            ("minimum", self.minimum.map(|v| json!(v))),
            ("maximum", self.maximum.map(|v| json!(v))),
            ("choices", (!self.choices.is_empty()).then(|| json!(self.choices))),
        ];
        json.extend(further.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        Json::Object(json)
    }

    /// A value from JSON.
    ///
    /// # Errors
    /// What is expected, where it does not fit.
    pub fn value(&self, json: &Json) -> Result<Value, String> {
        let finite = |v: &Json| v.as_f64().filter(|v| v.is_finite());
        let value = match self.kind {
            ParameterType::Number => finite(json).map(Value::Number),
            ParameterType::Integer => whole(json).map(Value::Integer),
            ParameterType::Boolean => json.as_bool().map(Value::Boolean),
            ParameterType::Text => json.as_str().map(|t| Value::Text(t.to_owned())),
            ParameterType::Numbers => {
                json.as_array().and_then(|items| items.iter().map(finite).collect::<Option<_>>()).map(Value::Numbers)
            }
        };
        match value {
            Some(value) => self.checked(value),
            None => Err(format!("expects {}, found {json}", self.kind.expects())),
        }
    }

    /// A value as it is typed.
    ///
    /// # Errors
    /// What is expected, where it does not fit.
    pub fn value_of_text(&self, text: &str) -> Result<Value, String> {
        let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite());
        let value = match self.kind {
            ParameterType::Number => number(text).map(Value::Number),
            ParameterType::Integer => text.trim().parse().ok().map(Value::Integer),
            ParameterType::Boolean => text.trim().parse().ok().map(Value::Boolean),
            ParameterType::Text => Some(Value::Text(text.to_owned())),
            ParameterType::Numbers => text.split(',').map(number).collect::<Option<_>>().map(Value::Numbers),
        };
        match value {
            Some(value) => self.checked(value),
            None => Err(format!("expects {}, found `{text}`", self.kind.expects())),
        }
    }

    fn checked(&self, value: Value) -> Result<Value, String> {
        let numbers: Vec<f64> = match &value {
            Value::Number(v) => vec![*v],
            Value::Integer(v) => vec![*v as f64],
            Value::Numbers(v) => v.clone(),
            Value::Boolean(_) => Vec::new(),
            Value::Text(text) => {
                if !self.choices.is_empty() && !self.choices.contains(text) {
                    return Err(format!("is one of {}, found `{text}`", self.choices.join(", ")));
                }
                Vec::new()
            }
        };
        for number in numbers {
            if let Some(minimum) = self.minimum.filter(|m| number < *m) {
                return Err(format!("is at least {minimum}, found {number}"));
            }
            if let Some(maximum) = self.maximum.filter(|m| number > *m) {
                return Err(format!("is at most {maximum}, found {number}"));
            }
        }
        Ok(value)
    }
}

/// A whole number, also where it is written as `5.0`.
pub(crate) fn whole(json: &Json) -> Option<i64> {
    json.as_i64()
        .or_else(|| json.as_f64().filter(|v| v.fract() == 0.0 && v.abs() < 9_007_199_254_740_992.0).map(|v| v as i64))
}

/// The values of a run: those given, defaults for the others.
///
/// Gives what is wrong beside them: names that there are not, values that do not fit, parameters without one.
pub(crate) fn resolve(parameters: &[Parameter], given: &Values) -> (Values, Vec<Problem>) {
    let mut values = Values::new();
    let mut problems = Vec::new();
    for name in given.keys().filter(|name| !parameters.iter().any(|p| p.name == **name)) {
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        problems.push(Problem::of_parameter(name, format!("the workflow has no such parameter; it has: {has}")));
    }
    for parameter in parameters {
        let value = match given.get(&parameter.name) {
            Some(value) => match parameter.value(&value.to_json()) {
                Ok(value) => Some(value),
                Err(message) => {
                    problems.push(Problem::of_parameter(&parameter.name, message));
                    None
                }
            },
            None => {
                if parameter.default.is_none() {
                    problems.push(Problem::of_parameter(
                        &parameter.name,
                        format!("has no value and no default; it expects {}", parameter.kind.expects()),
                    ));
                }
                parameter.default.clone()
            }
        };
        if let Some(value) = value {
            values.insert(parameter.name.clone(), value);
        }
    }
    (values, problems)
}

/// A value as SQL writes it, so that its type stays: 5 as a number is `5.0`.
pub(crate) fn literal(value: &Value) -> String {
    match value {
        Value::Number(v) => number(*v),
        Value::Integer(v) if *v < 0 => format!("({v})"),
        Value::Integer(v) => v.to_string(),
        Value::Boolean(v) => v.to_string(),
        Value::Text(v) => format!("'{}'", v.replace('\'', "''")),
        Value::Numbers(v) => format!("[{}]", v.iter().map(|v| number(*v)).collect::<Vec<_>>().join(", ")),
    }
}

fn number(v: f64) -> String {
    // In brackets, as a second minus would begin a comment.
    if v.is_sign_negative() { format!("({v:?})") } else { format!("{v:?}") }
}
