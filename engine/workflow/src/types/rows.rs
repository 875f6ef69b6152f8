//! Nodes that choose rows and columns: filter, select, compute, sort, limit, sample.

use outcrop_types::{Unit, field};
use serde_json::{Value as Json, json};

use super::{
    Body, Building, Input, Key, Kind, NodeType, built_in, column, input, list, object, order_by, sql_text, text,
};
use crate::parameter::whole;
use crate::sql;

pub(super) fn types() -> Vec<NodeType> {
    let group = "Rows and columns";
    let key = object(
        &["column"],
        json!({
            "column": column("Column"),
            "descending": {"type": "boolean", "default": false, "description": "Largest first"},
            "nulls_first": {"type": "boolean", "default": false, "description": "Rows without value first"},
        }),
    );
    vec![
        built_in(
            "filter",
            Kind::Transform,
            group,
            "Rows that meet a condition",
            "`where` is a condition in SQL over the columns of the input: `gr < $cut AND md > 1900`.",
            input(),
            &["where"],
            json!({"where": sql_text("Condition in SQL")}),
            filter,
        ),
        built_in(
            "select",
            Kind::Transform,
            group,
            "Some columns, in this order, renamed if wanted",
            "Units and descriptions come along. With `distinct` every row is there once.",
            input(),
            &["columns"],
            json!({
                "columns": list("The columns of the result", 1, object(&["column"], json!({
                    "column": column("Column of the input"), "as": text("Its new name")}))),
                "distinct": {"type": "boolean", "default": false, "description": "Every row once"},
            }),
            select,
        ),
        built_in(
            "compute",
            Kind::Transform,
            group,
            "Further columns, computed from those there are",
            "Every expression is SQL over the columns of the input: `vshale_gr(gr, 25, 120)`. A result carries the unit its function \
             gives; `unit` states it where none is known. `replace` takes the place of a column of the same name.",
            input(),
            &["columns"],
            json!({
                "columns": list("The columns to compute", 1, object(&["as", "expression"], json!({
                    "as": text("Name"),
                    "expression": sql_text("Expression in SQL"),
                    "unit": text("Unit of the value, where it carries none"),
                    "replace": {"type": "boolean", "default": false, "description": "In place of the column of this name"},
                }))),
            }),
            compute,
        ),
        built_in(
            "sort",
            Kind::Transform,
            group,
            "Rows in an order",
            "The order lasts through filter, compute, limit and sample, and into files and previews; other nodes have an order of their own or \
             none.",
            input(),
            &["by"],
            json!({"by": list("The columns to sort by, the first counts most", 1, key)}),
            sort,
        ),
        built_in(
            "limit",
            Kind::Transform,
            group,
            "The first rows",
            "Which rows are first, the order of the input says; after `sort` that is certain.",
            input(),
            &["count"],
            json!({
                "count": {"type": "integer", "minimum": 0, "description": "How many rows"},
                "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many to leave out before"},
            }),
            limit,
        ),
        built_in(
            "sample",
            Kind::Transform,
            group,
            "A part of the rows, evenly over an order",
            "Takes every n-th row in the order of `by`, within each group of `per`: as many as `count` or `fraction` asks for. The same \
             input gives the same rows, provided that `by` and `per` tell rows apart.",
            input(),
            &["by"],
            json!({
                "by": list("Columns that order the rows", 1, column("Column")),
                "per": list("Columns of groups that are sampled each", 0, column("Column")),
                "fraction": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Part of the rows, such as 0.1"},
                "count": {"type": "integer", "minimum": 1, "description": "How many rows, of each group"},
            }),
            sample,
        ),
    ]
}

fn filter(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let text = building.text("where")?.to_owned();
    let condition = building.expression("where", &text)?;
    let sql = format!("SELECT * FROM {} WHERE {condition}", input.relation);
    building.done(Body { probes: vec![("where".to_owned(), sql.clone())], sql, order: input.order, ..Body::default() })
}

fn select(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let (mut parts, mut names, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for (i, item) in building.objects("columns").into_iter().enumerate() {
        let source = item.get("column").and_then(Json::as_str)?;
        let path = format!("columns[{i}].column");
        building.field(&path, &input, source);
        let new = item.get("as").and_then(Json::as_str);
        match new.filter(|new| *new != source) {
            Some(new) => parts.push(format!("{} AS {}", sql::name(source), sql::name(new))),
            None => {
                parts.push(sql::name(source));
                kept.push(source.to_owned());
            }
        }
        names.push((path, new.unwrap_or(source).to_owned()));
    }
    building.unique(&names);
    let distinct = building.flag("distinct");
    // The order stays where all that it is made of does.
    let keeps = !distinct && input.order.iter().all(|key| kept.contains(&key.column));
    let order = if keeps { input.order } else { Vec::new() };
    let sql = format!("SELECT {}{} FROM {}", if distinct { "DISTINCT " } else { "" }, parts.join(", "), input.relation);
    building.done(Body { sql, order, ..Body::default() })
}

fn compute(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let mut body = Body { order: input.order.clone(), ..Body::default() };
    // Where a replaced column was, the new one stands.
    let mut parts: Vec<(String, String)> = input.names().map(|n| (n.to_owned(), sql::name(n))).collect();
    let mut names: Vec<(String, String)> = Vec::new();
    for (i, item) in building.objects("columns").into_iter().enumerate() {
        let name = item.get("as").and_then(Json::as_str)?;
        let path = format!("columns[{i}]");
        let Some(value) =
            building.expression(&format!("{path}.expression"), item.get("expression").and_then(Json::as_str)?)
        else {
            continue;
        };
        names.push((format!("{path}.as"), name.to_owned()));
        let plain = format!("SELECT {value} AS {} FROM {}", sql::name(name), input.relation);
        let shown = match item.get("unit").and_then(Json::as_str) {
            Some(unit) => {
                if Unit::parse(unit).is_none() {
                    building.wrong(format!("{path}.unit"), format!("`{unit}` is not a known unit"));
                }
                body.stated.push((format!("{path}.unit"), plain.clone(), unit.to_owned()));
                format!("with_metadata({value}, '{}', {}) AS {}", field::UNIT, sql::text(unit), sql::name(name))
            }
            None => format!("{value} AS {}", sql::name(name)),
        };
        body.probes.push((format!("{path}.expression"), plain));
        let there = parts.iter().position(|(n, _)| n == name);
        match (there, item.get("replace").and_then(Json::as_bool).unwrap_or(false)) {
            (Some(at), true) => {
                parts[at].1 = shown;
                // Rows that were sorted by it are sorted by nothing that is still there.
                if body.order.iter().any(|key| key.column == name) {
                    body.order.clear();
                }
            }
            (Some(_), false) if input.field(name).is_some() => {
                building.wrong(
                    format!("{path}.as"),
                    format!("there is a column `{name}` already; use another name, or `replace`"),
                );
            }
            (None, true) => {
                building.field(&format!("{path}.as"), &input, name);
            }
            _ => parts.push((name.to_owned(), shown)),
        }
    }
    building.unique(&names);
    let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
    body.sql = format!("SELECT {} FROM {}", parts.join(", "), input.relation);
    building.done(body)
}

fn sort(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let mut order = Vec::new();
    for (i, item) in building.objects("by").into_iter().enumerate() {
        let name = item.get("column").and_then(Json::as_str)?;
        building.field(&format!("by[{i}].column"), &input, name);
        let flag = |key: &str| item.get(key).and_then(Json::as_bool).unwrap_or(false);
        order.push(Key { column: name.to_owned(), descending: flag("descending"), nulls_first: flag("nulls_first") });
    }
    building.done(Body {
        sql: format!("SELECT * FROM {}{}", input.relation, order_by(&order)),
        order,
        ..Body::default()
    })
}

fn limit(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let count = building.params.get("count").and_then(whole)?;
    let order = order_by(&input.order);
    let sql = match building.params.get("offset").and_then(whole).filter(|n| *n > 0) {
        None => format!("SELECT * FROM {}{order} LIMIT {count}", input.relation),
        // Not by OFFSET: where rows are sorted again behind it, the engine takes fewer than it should (DataFusion 55.2).
        Some(offset) => {
            let names: Vec<String> = input.names().map(sql::name).collect();
            format!(
                "SELECT {} FROM (SELECT *, row_number() OVER ({}) AS \"#row\" FROM {}) WHERE \"#row\" > {offset} AND \"#row\" <= {}",
                names.join(", "),
                order.trim_start(),
                input.relation,
                offset.saturating_add(count)
            )
        }
    };
    building.done(Body { sql, order: input.order, ..Body::default() })
}

fn sample(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let by = building.columns("by", &input);
    let per = building.columns("per", &input);
    let fraction = building.params.get("fraction").and_then(Json::as_f64);
    let count = building.params.get("count").and_then(whole);
    let per = if per.is_empty() { String::new() } else { format!("PARTITION BY {} ", per.join(", ")) };
    // The n-th row is taken where the share due steps over a whole number.
    let share = match (fraction, count) {
        (Some(fraction), None) => format!("{fraction:?}"),
        (None, Some(count)) => format!("least(1.0, {count}.0 / \"#rows\")"),
        _ => {
            building.wrong("fraction", "give either `fraction` or `count`");
            return None;
        }
    };
    let rows = counted(&input, &per, &by, count.is_some());
    let names: Vec<String> = input.names().map(sql::name).collect();
    let sql = format!(
        "SELECT {} FROM ({rows}) WHERE floor(\"#row\" * {share} + 1e-9) > floor((\"#row\" - 1) * {share} + 1e-9)",
        names.join(", ")
    );
    building.done(Body { sql, order: input.order, ..Body::default() })
}

/// The rows numbered within their groups, with the size of the group where it is needed.
fn counted(input: &Input, per: &str, by: &[String], sizes: bool) -> String {
    let size = if sizes { format!(", count(*) OVER ({}) AS \"#rows\"", per.trim()) } else { String::new() };
    format!("SELECT *, row_number() OVER ({per}ORDER BY {}) AS \"#row\"{size} FROM {}", by.join(", "), input.relation)
}
