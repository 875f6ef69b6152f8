//! Parameters of a node against its JSON Schema: every fault with its place. Covers what node types use of the standard.

use serde_json::{Map, Value as Json};

use crate::parameter::{Values, whole};

/// The key that marks a text as SQL, in which `$name` is a placeholder and not a reference.
pub(crate) const SQL: &str = "x-sql";

/// A fault: where, and what.
pub(crate) type Fault = (String, String);

/// The parameters with `$name` replaced by the parameter's value, where a whole text is that. `$$` begins a text that begins with `$`.
pub(crate) fn resolved(json: &Json, schema: &Json, values: &Values, path: &str, faults: &mut Vec<Fault>) -> Json {
    match json {
        Json::String(text) if schema.get(SQL).is_none() => match text.strip_prefix('$') {
            Some(rest) if rest.starts_with('$') => Json::String(rest.to_owned()),
            Some(name) => match values.get(name) {
                Some(value) => value.to_json(),
                None => {
                    faults.push((
                        path.to_owned(),
                        format!("`${name}` has no value; a text that begins with $ is written `$${name}`"),
                    ));
                    Json::Null
                }
            },
            None => json.clone(),
        },
        Json::Array(items) => {
            let of = schema.get("items").unwrap_or(&Json::Null);
            let item = |(i, item)| resolved(item, of, values, &format!("{path}[{i}]"), faults);
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        Json::Object(map) => {
            let mut out = Map::new();
            for (key, value) in map {
                let of = property(schema, key).unwrap_or(&Json::Null);
                out.insert(key.clone(), resolved(value, of, values, &join(path, key), faults));
            }
            Json::Object(out)
        }
        other => other.clone(),
    }
}

fn property<'a>(schema: &'a Json, key: &str) -> Option<&'a Json> {
    schema.get("properties").and_then(|p| p.get(key)).or_else(|| schema.get("additionalProperties"))
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Every fault of a value.
pub(crate) fn validate(json: &Json, schema: &Json, path: &str, faults: &mut Vec<Fault>) {
    let mut wrong = |message: String| faults.push((path.to_owned(), message));
    if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
        if !choices.contains(json) {
            let words: Vec<String> = choices.iter().map(Json::to_string).collect();
            wrong(format!("is one of {}, found {json}", words.join(", ")));
        }
        return;
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Json::String(kind)) => vec![kind],
        Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(json, kind)) {
        wrong(format!("expects {}, found {json}", kinds.iter().map(|k| word(k)).collect::<Vec<_>>().join(" or ")));
        return;
    }
    if let Some(v) = json.as_f64() {
        let bound = |key: &str| schema.get(key).and_then(Json::as_f64);
        if let Some(least) = bound("minimum").filter(|m| v < *m) {
            wrong(format!("is at least {least}, found {v}"));
        }
        if let Some(least) = bound("exclusiveMinimum").filter(|m| v <= *m) {
            wrong(format!("is above {least}, found {v}"));
        }
        if let Some(most) = bound("maximum").filter(|m| v > *m) {
            wrong(format!("is at most {most}, found {v}"));
        }
    }
    match json {
        Json::String(text) if text.trim().is_empty() && schema.get("minLength").is_some() => {
            wrong("is empty".to_owned());
        }
        Json::Array(items) => {
            let least = schema.get("minItems").and_then(Json::as_u64).unwrap_or(0);
            if (items.len() as u64) < least {
                wrong(format!("needs at least {least}"));
            }
            if let Some(of) = schema.get("items") {
                for (i, item) in items.iter().enumerate() {
                    validate(item, of, &format!("{path}[{i}]"), faults);
                }
            }
        }
        Json::Object(map) => object(map, schema, path, faults),
        _ => {}
    }
}

fn object(map: &Map<String, Json>, schema: &Json, path: &str, faults: &mut Vec<Fault>) {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Json::as_object).unwrap_or(&empty);
    for name in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
        if map.get(name).is_none_or(Json::is_null) {
            let doc =
                properties.get(name).and_then(|p| p.get("description")).and_then(Json::as_str).unwrap_or_default();
            let doc = if doc.is_empty() { String::new() } else { format!(": {doc}") };
            faults.push((join(path, name), format!("is missing{doc}")));
        }
    }
    for (key, value) in map.iter().filter(|(_, v)| !v.is_null()) {
        match (properties.get(key), schema.get("additionalProperties")) {
            (Some(of), _) => validate(value, of, &join(path, key), faults),
            (None, Some(Json::Bool(false))) => {
                let names: Vec<&str> = properties.keys().map(String::as_str).collect();
                let has = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
                faults.push((join(path, key), format!("there is no `{key}` here; there is: {has}")));
            }
            (None, Some(of @ Json::Object(_))) => validate(value, of, &join(path, key), faults),
            (None, _) => {}
        }
    }
}

fn is(json: &Json, kind: &str) -> bool {
    match kind {
        "string" => json.is_string(),
        "number" => json.is_number(),
        "integer" => whole(json).is_some(),
        "boolean" => json.is_boolean(),
        "array" => json.is_array(),
        "object" => json.is_object(),
        "null" => json.is_null(),
        _ => true,
    }
}

fn word(kind: &str) -> &str {
    match kind {
        "string" => "a text",
        "number" => "a number",
        "integer" => "a whole number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use outcrop_operators::Value;
    use serde_json::json;

    use super::{resolved, validate};

    fn faults(value: serde_json::Value, schema: serde_json::Value) -> Vec<String> {
        let mut found = Vec::new();
        validate(&value, &schema, "", &mut found);
        found.into_iter().map(|(path, message)| format!("{path}: {message}")).collect()
    }

    #[test]
    fn every_fault_is_found_with_its_place() {
        let schema = json!({"type": "object", "required": ["size", "how"], "additionalProperties": false, "properties": {
            "size": {"type": "number", "exclusiveMinimum": 0}, "how": {"enum": ["a", "b"], "description": "The way"},
            "columns": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["as"],
                "properties": {"as": {"type": "string", "minLength": 1}}}}, "n": {"type": "integer", "maximum": 3}}});
        let found =
            faults(json!({"size": 0, "columns": [{"as": "x"}, {"as": " "}, {}, 3], "n": 4, "m": 1}), schema.clone());
        assert_eq!(
            found,
            [
                "how: is missing: The way",
                "columns[1].as: is empty",
                "columns[2].as: is missing",
                "columns[3]: expects an object, found 3",
                "m: there is no `m` here; there is: columns, how, n, size",
                "n: is at most 3, found 4",
                "size: is above 0, found 0",
            ]
        );
        assert_eq!(faults(json!({"size": "1", "how": "c", "columns": [], "n": 1.5}), schema.clone()).len(), 4);
        assert_eq!(faults(json!({"size": 1, "how": "a", "n": 2.0, "columns": null}), schema), Vec::<String>::new());
    }

    #[test]
    fn references_become_values() {
        let values = [("size".to_owned(), Value::Number(50.0))].into();
        let schema = json!({"properties": {"where": {"x-sql": true}}});
        let mut faults = Vec::new();
        let params = json!({"cell": "$size", "list": ["$size", "$$size"], "where": "$size", "other": "$none"});
        let found = resolved(&params, &schema, &values, "", &mut faults);
        assert_eq!(found, json!({"cell": 50.0, "list": [50.0, "$size"], "where": "$size", "other": null}));
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].0, "other");
    }
}
