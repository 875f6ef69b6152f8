//! Operators of the registry as node types: what they are defined as says everything.

use outcrop_operators::{Definition, Input as OperatorInput, ParameterKind};
use serde_json::Value as Json;

use super::{Body, Build, Building, Kind, NodeType, Port};
use crate::parameter::{literal, whole};
use crate::sql;

pub(super) fn node_type(definition: &Definition) -> NodeType {
    let schema = definition.json_schema();
    let columns = |i: usize| schema["x-inputs"][i]["columns"].clone();
    let port = |(i, input): (usize, &OperatorInput)| Port {
        name: input.name.to_owned(),
        doc: input.doc.to_owned(),
        required: input.required,
        many: false,
        holds: if input.volume { "volume" } else { "table" },
        columns: columns(i),
    };
    NodeType {
        name: definition.name.to_owned(),
        version: 1,
        kind: if definition.inputs.is_empty() { Kind::Source } else { Kind::Operator },
        group: definition.group.to_owned(),
        summary: definition.summary.to_owned(),
        doc: definition.doc.to_owned(),
        ports: definition.inputs.iter().enumerate().map(port).collect(),
        open: false,
        params: schema.clone(),
        build: Build::Operator(Box::new(definition.clone())),
    }
}

/// `SELECT * FROM operator(input => (SELECT * FROM …), parameter => …, by => ['…'])`.
pub(super) fn build(definition: &Definition, building: &mut Building<'_>) -> Option<Body> {
    let mut arguments = Vec::new();
    for input in &definition.inputs {
        if let Some(rows) = building.input(input.name) {
            arguments.push(format!("{} => (SELECT * FROM {})", input.name, rows.relation));
        }
    }
    for parameter in &definition.parameters {
        let Some(value) = building.params.get(parameter.name).filter(|v| !v.is_null()) else { continue };
        let shown = match (&parameter.kind, value) {
            (ParameterKind::Integer { .. }, value) => whole(value).map(|v| literal(&v.into())),
            (ParameterKind::Number { .. }, value) => value.as_f64().map(|v| literal(&v.into())),
            (ParameterKind::Boolean, Json::Bool(v)) => Some(v.to_string()),
            (ParameterKind::Text | ParameterKind::Choice(_), Json::String(text)) => Some(sql::text(text)),
            (ParameterKind::Numbers, Json::Array(items)) => {
                let numbers = items.iter().map(|v| v.as_f64().map(|v| literal(&v.into()))).collect::<Option<Vec<_>>>();
                numbers.map(|n| format!("[{}]", n.join(", ")))
            }
            _ => None,
        };
        match shown {
            Some(shown) => arguments.push(format!("{} => {shown}", parameter.name)),
            None => building.wrong(parameter.name, format!("expects {}, found {value}", parameter.expects())),
        }
    }
    let by = building.texts("by");
    if let Some(first) = definition.inputs.first()
        && let Some(input) = building.input(first.name)
    {
        for (i, column) in by.iter().enumerate() {
            building.field(&format!("by[{i}]"), &input, column);
        }
    }
    if !by.is_empty() {
        arguments.push(format!("by => [{}]", by.iter().map(|b| sql::text(b)).collect::<Vec<_>>().join(", ")));
    }
    let sql = format!("SELECT * FROM {}({})", definition.name, arguments.join(", "));
    building.done(Body { sql, ..Body::default() })
}

/// What a message of the engine about a call is about: `krige: parameter `cell_size` …` and `krige: input `data` …`.
pub(crate) fn place(message: &str) -> (Option<String>, Option<String>) {
    let after = |word: &str| {
        let rest = message.split_once(": ")?.1.strip_prefix(word)?.strip_prefix(" `")?;
        Some(rest.split_once('`')?.0.to_owned())
    };
    (after("parameter"), after("input"))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn messages_say_what_they_are_about() {
        let parameter = "krige: parameter `cell_size` expects a number above 0, found -1";
        assert_eq!(place(parameter), (Some("cell_size".to_owned()), None));
        assert_eq!(place("krige: input `data` has no column `x`"), (None, Some("data".to_owned())));
        assert_eq!(place("no such table"), (None, None));
    }
}
