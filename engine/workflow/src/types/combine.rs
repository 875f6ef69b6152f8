//! Nodes that bring rows together: join, union.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use outcrop_types::field;
use serde_json::{Value as Json, json};

use super::{Body, Building, Input, Kind, NodeType, Port, built_in, list, object, sql_text, text};
use crate::sql;

pub(super) fn types() -> Vec<NodeType> {
    let group = "Combine";
    let side = |side: &str, doc: &str| json!({"type": "string", "minLength": 1, "description": doc, "x-column": side});
    vec![
        built_in(
            "join",
            Kind::Transform,
            group,
            "Rows of two inputs that belong together",
            "Rows belong together where the columns of `on` are equal and `condition`, if there is one, is met; in it the inputs are \
             called `left` and `right`: `left.md BETWEEN right.top_md AND right.base_md`. The result has the columns of the left, \
             then those of the right without the keys; `columns` chooses among those of the right and renames them. `semi` and `anti` \
             give the rows of the left that have a partner, or none. Keys in different units are an error.",
            vec![Port::table("left", "Rows"), Port::table("right", "Rows to find partners among")],
            &[],
            json!({
                "how": {"enum": ["inner", "left", "right", "full", "semi", "anti"], "default": "inner",
                    "description": "Whose rows stay without a partner"},
                "on": list("Columns that are equal", 0, object(&["left"], json!({
                    "left": side("left", "Column of the left"),
                    "right": side("right", "Column of the right; left out, that of the same name")}))),
                "condition": sql_text("Further condition in SQL over left.… and right.…"),
                "columns": list("Columns of the right to take; left out, all", 0, object(&["column"], json!({
                    "column": side("right", "Column of the right"), "as": text("Its name in the result")}))),
            }),
            join,
        ),
        built_in(
            "union",
            Kind::Transform,
            group,
            "The rows of several inputs, one below the other",
            "Columns are put together by their names; the first input gives their order. With `fill` a column that an input lacks is \
             null there, else it is an error. Columns in different units are an error.",
            vec![Port { many: true, ..Port::table("input", "Rows; several edges lead here") }],
            &[],
            json!({
                "distinct": {"type": "boolean", "default": false, "description": "Every row once"},
                "fill": {"type": "boolean", "default": false, "description": "Null where an input lacks a column"},
            }),
            union,
        ),
    ]
}

fn join(building: &mut Building<'_>) -> Option<Body> {
    let (left, right) = (building.input("left")?, building.input("right")?);
    let how = building.text("how").unwrap_or("inner").to_owned();
    let on = |side: &str, name: &str| format!("\"{side}\".{}", sql::name(name));
    let (mut conditions, mut keys) = (Vec::new(), Vec::new());
    for (i, item) in building.objects("on").into_iter().enumerate() {
        let l = item.get("left").and_then(Json::as_str)?;
        let r = item.get("right").and_then(Json::as_str).unwrap_or(l);
        let fields =
            (building.field(&format!("on[{i}].left"), &left, l), building.field(&format!("on[{i}].right"), &right, r));
        if let (Some(a), Some(b)) = fields {
            alike(building, &format!("on[{i}]"), &a, &b);
        }
        conditions.push(format!("{} = {}", on("left", l), on("right", r)));
        keys.push((l.to_owned(), r.to_owned()));
    }
    if let Some(text) = building.text("condition").map(str::to_owned) {
        let condition = building.expression("condition", &text)?;
        conditions.push(format!("({condition})"));
    }
    if conditions.is_empty() {
        building.wrong("on", "give columns that are equal, or a `condition`");
        return None;
    }
    let partial = how == "semi" || how == "anti";
    let chosen = building.objects("columns");
    if partial && !chosen.is_empty() {
        building.wrong("columns", format!("a {how} join gives the columns of the left only"));
    }
    let mut parts = Vec::new();
    let mut names = Vec::new();
    for name in left.names() {
        let key = keys.iter().find(|(l, _)| l == name);
        // A row without partner on the left has its keys on the right.
        parts.push(match (key, how.as_str()) {
            (Some((l, r)), "right") => format!("{} AS {}", on("right", r), sql::name(l)),
            (Some((l, r)), "full") => format!("coalesce({}, {}) AS {}", on("left", l), on("right", r), sql::name(l)),
            _ => format!("{} AS {}", on("left", name), sql::name(name)),
        });
        names.push((String::from("columns"), name.to_owned()));
    }
    if !partial {
        let all: Vec<(String, String, String)> = if chosen.is_empty() {
            let rest = right.names().filter(|name| !keys.iter().any(|(_, r)| r == name));
            rest.map(|name| ("columns".to_owned(), name.to_owned(), name.to_owned())).collect()
        } else {
            let mut all = Vec::new();
            for (i, item) in chosen.iter().enumerate() {
                let source = item.get("column").and_then(Json::as_str)?;
                let path = format!("columns[{i}].column");
                building.field(&path, &right, source);
                let new = item.get("as").and_then(Json::as_str).unwrap_or(source);
                all.push((path, source.to_owned(), new.to_owned()));
            }
            all
        };
        for (path, source, new) in all {
            parts.push(format!("{} AS {}", on("right", &source), sql::name(&new)));
            names.push((path, new));
        }
    }
    twice(building, &names);
    let word = match how.as_str() {
        "left" => "LEFT JOIN",
        "right" => "RIGHT JOIN",
        "full" => "FULL JOIN",
        "semi" => "LEFT SEMI JOIN",
        "anti" => "LEFT ANTI JOIN",
        _ => "JOIN",
    };
    let from = format!("{} AS \"left\" {word} {} AS \"right\" ON ", left.relation, right.relation);
    let sql = format!("SELECT {} FROM {from}{}", parts.join(", "), conditions.join(" AND "));
    let mut body = Body { sql, ..Body::default() };
    if building.text("condition").is_some() {
        body.probes.push((
            "condition".to_owned(),
            format!("SELECT 1 AS one FROM {from}{}", conditions.last().map_or("", |c| c.as_str())),
        ));
    }
    building.done(body)
}

/// Notes names that both sides have.
fn twice(building: &mut Building<'_>, names: &[(String, String)]) {
    for (i, (path, name)) in names.iter().enumerate() {
        if names.iter().take(i).any(|(_, other)| other == name) {
            building.wrong(
                path,
                format!("both inputs have a column `{name}`; `columns` chooses among those of the right and renames them: {{\"column\": \"{name}\", \"as\": \"{name}_2\"}}"),
            );
        }
    }
}

/// Notes columns whose values cannot be compared.
fn alike(building: &mut Building<'_>, path: &str, a: &FieldRef, b: &FieldRef) {
    if let Some(message) = differ(a, b) {
        building.wrong(path, message);
    }
}

/// Why two columns do not hold the same kind of values.
fn differ(a: &FieldRef, b: &FieldRef) -> Option<String> {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let of = |t: &DataType| {
        if t.is_numeric() {
            "numbers"
        } else if text(t) {
            "text"
        } else {
            "other values"
        }
    };
    let (kind_a, kind_b) = (of(a.data_type()), of(b.data_type()));
    if kind_a != kind_b && !a.data_type().is_null() && !b.data_type().is_null() {
        return Some(format!("`{}` has {kind_a} and `{}` has {kind_b}; cast one of them", a.name(), b.name()));
    }
    match (field::unit(a), field::unit(b)) {
        (Some(one), Some(other)) if one != other => Some(format!(
            "`{}` is in {one} and `{}` is in {other}; convert one of them by convert_unit",
            a.name(),
            b.name()
        )),
        _ => match (field::crs(a), field::crs(b)) {
            (Some(one), Some(other)) if one != other => Some(format!(
                "`{}` is in {one} and `{}` is in {other}; transform one of them by transform_crs",
                a.name(),
                b.name()
            )),
            _ => None,
        },
    }
}

fn union(building: &mut Building<'_>) -> Option<Body> {
    let inputs: Vec<Input> = building.inputs.clone();
    let fill = building.flag("fill");
    let mut columns: Vec<FieldRef> = inputs.first()?.fields.clone();
    for input in inputs.iter().skip(1) {
        for f in &input.fields {
            match columns.iter().find(|c| c.name() == f.name()) {
                Some(column) => {
                    if let Some(message) = differ(column, f) {
                        building.wrong_input("input", format!("of `{}`: {message}", input.from));
                    }
                }
                None if fill => columns.push(f.clone()),
                None => {
                    building.wrong_input(
                        "input",
                        format!(
                            "`{}` has a column `{}` that `{}` lacks; leave it out by select, or set `fill`",
                            input.from,
                            f.name(),
                            inputs[0].from
                        ),
                    );
                }
            }
        }
    }
    let mut parts = Vec::new();
    for input in &inputs {
        let mut selected = Vec::new();
        for column in &columns {
            let name = sql::name(column.name());
            match input.field(column.name()) {
                Some(_) => selected.push(name),
                None if fill => selected.push(format!("NULL AS {name}")),
                None => building.wrong_input(
                    "input",
                    format!(
                        "`{}` lacks the column `{}` of `{}`; compute it, or set `fill`",
                        input.from,
                        column.name(),
                        inputs[0].from
                    ),
                ),
            }
        }
        parts.push(format!("SELECT {} FROM {}", selected.join(", "), input.relation));
    }
    let word = if building.flag("distinct") { "\nUNION\n" } else { "\nUNION ALL\n" };
    let mut sql = parts.join(word);
    if parts.len() == 1 && building.flag("distinct") {
        sql = sql.replacen("SELECT ", "SELECT DISTINCT ", 1);
    }
    building.done(Body { sql, ..Body::default() })
}
