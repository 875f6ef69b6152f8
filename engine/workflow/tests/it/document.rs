//! Reading, writing, hashing.

use outcrop_workflow::{Document, Problem, Value};
use serde_json::{Value as Json, json};

/// A document that is in order.
fn sample() -> Json {
    json!({
        "schema": "outcrop.workflow", "schema_version": 1, "id": "pay", "name": "Pay",
        "parameters": [
            {"name": "cut", "type": "number", "default": 75, "unit": "gAPI", "doc": "Clean below", "minimum": 0},
            {"name": "how", "type": "text", "default": "mean", "choices": ["mean", "max"]},
        ],
        "nodes": [
            {"id": "logs", "type": "table", "type_version": 1, "params": {"table": "logs"}},
            {"id": "clean", "type": "filter", "type_version": 1, "params": {"where": "gr < $cut"}, "cached": true},
        ],
        "edges": [{"from": "logs", "to": "clean", "port": "input"}],
        "frames": [{"title": "in"}], "layout": {"logs": {"x": 1, "y": 2.5}}, "view_state": {"zoom": 1},
    })
}

fn read(json: &Json) -> Document {
    Document::read(&json.to_string()).unwrap()
}

fn noticed(json: &Json) -> Vec<String> {
    read(json).noticed.iter().map(Problem::to_string).collect()
}

#[test]
fn the_text_is_canonical() {
    let document = Document::parse(&sample().to_string()).unwrap();
    let text = document.canonical();
    assert_eq!(Document::parse(&text).unwrap(), document);
    assert_eq!(Document::parse(&text).unwrap().canonical(), text);
    // Sorted keys at every level, whatever the order was.
    let keys: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("  \"")?.split('"').next()).collect();
    assert_eq!(
        keys,
        ["edges", "frames", "id", "layout", "name", "nodes", "parameters", "schema", "schema_version", "view_state"]
    );
    assert!(text.contains("\"id\": \"logs\",\n      \"params\": {"), "{text}");
    assert!(text.ends_with("}\n"));
}

#[test]
fn the_hash_is_of_the_meaning() {
    let hash = |change: &dyn Fn(&mut Json)| {
        let mut json = sample();
        change(&mut json);
        read(&json).content_hash()
    };
    let same = hash(&|_| ());
    assert_eq!(same.len(), 64);
    // What a canvas shows, what people call it, and the order of lists mean nothing; nor does how a number is written.
    assert_eq!(same, hash(&|d| d["layout"]["logs"]["x"] = json!(700)));
    assert_eq!(same, hash(&|d| d["view_state"] = json!({"zoom": 3})));
    assert_eq!(same, hash(&|d| d["frames"] = json!([])));
    assert_eq!(same, hash(&|d| d["name"] = json!("Other")));
    assert_eq!(same, hash(&|d| d["id"] = json!("other")));
    assert_eq!(same, hash(&|d| d["parameters"][0]["doc"] = json!("other words")));
    assert_eq!(same, hash(&|d| d["parameters"][0]["default"] = json!(75.0)));
    assert_eq!(same, hash(&|d| d["nodes"].as_array_mut().unwrap().reverse()));
    assert_eq!(same, hash(&|d| d["parameters"].as_array_mut().unwrap().reverse()));
    assert_eq!(same, hash(&|d| d["saved"] = json!({"at": "2026-01-31T12:00:00Z"})));
    // What changes a result does.
    assert_ne!(same, hash(&|d| d["parameters"][0]["default"] = json!(76)));
    assert_ne!(same, hash(&|d| d["nodes"][1]["params"]["where"] = json!("gr <= $cut")));
    assert_ne!(same, hash(&|d| d["edges"] = json!([])));
    assert_ne!(same, hash(&|d| d["nodes"][0]["id"] = json!("logs_2")));
    // The same yesterday: a change of the way it is computed would make every stored revision another one.
    assert_eq!(same, "295c1c32e101afd1c8ff16d7956e4bddc7f17d926a59bfbea3bdf1640a698a38");
}

#[test]
fn the_order_of_edges_to_one_input_counts() {
    let union = |first: &str, second: &str| {
        let mut json = sample();
        json["edges"] =
            json!([{"from": first, "to": "u", "port": "input"}, {"from": second, "to": "u", "port": "input"}]);
        read(&json).content_hash()
    };
    assert_ne!(union("logs", "clean"), union("clean", "logs"));
}

#[test]
fn every_fault_is_noticed_with_its_place() {
    let mut json = sample();
    json["colour"] = json!("red");
    json["id"] = json!("Net Pay");
    json["nodes"] = json!([
        {"id": "logs", "type": "table", "params": {"table": "logs"}, "title": "Logs"},
        {"id": "logs", "type": "table"},
        {"id": "A b", "type": "table"},
        {"id": "x"},
        {"id": "y", "type": "filter", "params": [], "type_version": 0, "cached": "yes"},
        7,
    ]);
    json["edges"] = json!([{"from": "logs", "to": "y"}, {"source": "a", "from": "a", "to": "b", "port": "c"}, "a-b"]);
    json["parameters"] = json!([
        {"name": "cut", "type": "numbr"},
        {"name": "Cut", "type": "number"},
        {"name": "a", "type": "number", "default": "5"},
        {"name": "b", "type": "text", "default": "c", "choices": ["a", "b"]},
        {"name": "c", "type": "integer", "default": 1.5, "step": 1},
        {"name": "c", "type": "integer"},
    ]);
    let found = noticed(&json);
    for expected in [
        "the document has no key `colour`",
        "`id` begins with a lower-case letter",
        "node `logs`: the node has no key `title`",
        "node `logs`: there are two nodes of this id",
        "node `A b`: a node's id begins with a lower-case letter",
        "node `x`: the node lacks `type`",
        "node `y`: `params` is an object, found []",
        "node `y`: `type_version` is a whole number from 1, found 0",
        "node `y`: `cached` is true or false, found \"yes\"",
        "nodes[5] is an object",
        "edges[0] lacks `port`",
        "edges[1] has no key `source`",
        "edges[2] is an object",
        "parameter `cut`: `type` is one of number, integer, boolean, text, numbers",
        "parameters[1]: `name` has lower-case letters",
        "parameter `a`: `default`: expects a number, found \"5\"",
        "parameter `b`: `default`: is one of a, b, found `c`",
        "parameter `c`: `default`: expects a whole number, found 1.5",
        "parameter `c`: a parameter has no key `step`",
        "parameter `c`: there are two parameters of this name",
    ] {
        assert!(found.iter().any(|f| f.contains(expected)), "{expected}\n{}", found.join("\n"));
    }
    assert_eq!(found.len(), 20, "{}", found.join("\n"));
    let message = Document::parse(&json.to_string()).unwrap_err().to_string();
    assert!(message.starts_with("the workflow has 20 problems\n  "), "{message}");
    // What is in order is there all the same.
    let document = read(&json);
    assert_eq!(document.nodes.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["logs", "x", "y"]);
}

#[test]
fn what_is_no_workflow_is_refused() {
    for (text, expected) in [
        ("{", "is not JSON"),
        ("[]", "a JSON object"),
        ("{}", "`schema` must be `outcrop.workflow`, found nothing"),
        (r#"{"schema": "x"}"#, "found `x`"),
        (r#"{"schema": "outcrop.workflow"}"#, "`schema_version` is missing"),
        (r#"{"schema": "outcrop.workflow", "schema_version": 2}"#, "schema version 2, this program reads up to 1"),
    ] {
        let message = Document::read(text).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn values_are_typed() {
    let mut json = sample();
    json["parameters"] = json!([
        {"name": "n", "type": "number", "minimum": 0}, {"name": "i", "type": "integer", "maximum": 9},
        {"name": "b", "type": "boolean"}, {"name": "t", "type": "text", "choices": ["x", "y"]}, {"name": "l", "type": "numbers"},
    ]);
    let document = Document::parse(&json.to_string()).unwrap();
    let of = |i: usize, text: &str| document.parameters[i].value_of_text(text);
    assert_eq!(of(0, " 2.5 "), Ok(Value::Number(2.5)));
    assert_eq!(of(0, "5"), Ok(Value::Number(5.0)));
    assert_eq!(of(1, "7"), Ok(Value::Integer(7)));
    assert_eq!(of(2, "true"), Ok(Value::Boolean(true)));
    assert_eq!(of(3, "x"), Ok(Value::Text("x".to_owned())));
    assert_eq!(of(4, "1, 2.5,-3"), Ok(Value::Numbers(vec![1.0, 2.5, -3.0])));
    for (i, text, expected) in [
        (0, "much", "expects a number, found `much`"),
        (0, "inf", "expects a number"),
        (0, "-1", "is at least 0, found -1"),
        (1, "1.5", "expects a whole number"),
        (1, "10", "is at most 9, found 10"),
        (2, "yes", "expects true or false"),
        (3, "z", "is one of x, y, found `z`"),
        (4, "1,,2", "expects a list of numbers"),
    ] {
        assert!(of(i, text).unwrap_err().contains(expected), "{text}");
    }
}
