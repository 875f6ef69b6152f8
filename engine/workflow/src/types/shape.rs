//! Nodes that make other rows of rows: aggregate, pivot, unpivot.

use datafusion::arrow::datatypes::DataType;
use serde_json::{Value as Json, json};

use super::{Body, Building, Kind, NodeType, built_in, column, input, list, object, sql_text, text};
use crate::sql;

/// Aggregates of a pivot that keep the unit of the value or need none.
const AGGREGATES: [&str; 7] = ["avg", "min", "max", "sum", "count", "median", "first_value"];

pub(super) fn types() -> Vec<NodeType> {
    let group = "Shape";
    vec![
        built_in(
            "aggregate",
            Kind::Transform,
            group,
            "A row for each group",
            "`by` are the columns whose equal values make a group; without them all rows are one. Every value is an aggregate in SQL: \
             `avg(gr)`, `count(*)`, `net_to_gross(vsh < $cut, 0.5)`.",
            input(),
            &["values"],
            json!({
                "by": list("Columns that make groups", 0, column("Column")),
                "values": list("What is computed of each group", 1, object(&["as", "expression"], json!({
                    "as": text("Name"), "expression": sql_text("Aggregate in SQL")}))),
            }),
            aggregate,
        ),
        built_in(
            "pivot",
            Kind::Transform,
            group,
            "Values of a column become columns",
            "A row for each group of `rows`; for each of `values` a column with the aggregate of `value` where `column` is that value. \
             The values are listed, so that the result has the same columns whatever the data.",
            input(),
            &["rows", "column", "value", "values"],
            json!({
                "rows": list("Columns that make rows", 1, column("Column")),
                "column": column("Column whose values become columns"),
                "value": column("Column whose values are put there"),
                "aggregate": {"enum": AGGREGATES, "default": "avg", "description": "What is taken where there are several"},
                "values": list("The values that become columns", 1, text("Value")),
            }),
            pivot,
        ),
        built_in(
            "unpivot",
            Kind::Transform,
            group,
            "Columns become rows",
            "For every row of the input a row for each of `columns`, with its name and its value. The value has a unit where all columns \
             are in the same.",
            input(),
            &["columns"],
            json!({
                "keep": list("Columns that every row keeps", 0, column("Column")),
                "columns": list("Columns that become rows", 1, column("Column")),
                "name": {"type": "string", "minLength": 1, "default": "name", "description": "Name of the column of names"},
                "value": {"type": "string", "minLength": 1, "default": "value", "description": "Name of the column of values"},
                "keep_null": {"type": "boolean", "default": false, "description": "Rows without value too"},
            }),
            unpivot,
        ),
    ]
}

fn aggregate(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let by = building.columns("by", &input);
    let mut names: Vec<(String, String)> =
        building.texts("by").into_iter().enumerate().map(|(i, name)| (format!("by[{i}]"), name)).collect();
    let groups = if by.is_empty() { String::new() } else { format!(" GROUP BY {}", by.join(", ")) };
    let mut parts = by;
    let mut body = Body::default();
    for (i, item) in building.objects("values").into_iter().enumerate() {
        let name = item.get("as").and_then(Json::as_str)?;
        let path = format!("values[{i}].expression");
        names.push((format!("values[{i}].as"), name.to_owned()));
        let Some(value) = building.expression(&path, item.get("expression").and_then(Json::as_str)?) else { continue };
        let part = format!("{value} AS {}", sql::name(name));
        body.probes.push((path, format!("SELECT {part} FROM {}{groups}", input.relation)));
        parts.push(part);
    }
    building.unique(&names);
    body.sql = format!("SELECT {} FROM {}{groups}", parts.join(", "), input.relation);
    building.done(body)
}

fn pivot(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let rows = building.columns("rows", &input);
    let (column, value) = (building.text("column")?.to_owned(), building.text("value")?.to_owned());
    let aggregate = building.text("aggregate").unwrap_or("avg").to_owned();
    building.field("column", &input, &column);
    if let Some(field) = building.field("value", &input, &value)
        && !field.data_type().is_numeric()
        && ["avg", "sum", "median"].contains(&aggregate.as_str())
    {
        building.wrong("value", format!("`{value}` has no numbers; `{aggregate}` needs them"));
    }
    let mut names: Vec<(String, String)> =
        building.texts("rows").into_iter().enumerate().map(|(i, name)| (format!("rows[{i}]"), name)).collect();
    let mut parts = rows.clone();
    for (i, name) in building.texts("values").into_iter().enumerate() {
        let case = format!(
            "CASE WHEN CAST({} AS VARCHAR) = {} THEN {} END",
            sql::name(&column),
            sql::text(&name),
            sql::name(&value)
        );
        // Null where the condition is not met, which these aggregates pass over; `first_value` does when told so.
        let call = match aggregate.as_str() {
            "first_value" => format!("first_value({case}) IGNORE NULLS"),
            other => format!("{other}({case})"),
        };
        parts.push(format!("{call} AS {}", sql::name(&name)));
        names.push((format!("values[{i}]"), name));
    }
    building.unique(&names);
    let sql = format!("SELECT {} FROM {} GROUP BY {}", parts.join(", "), input.relation, rows.join(", "));
    building.done(Body { sql, ..Body::default() })
}

fn unpivot(building: &mut Building<'_>) -> Option<Body> {
    let input = building.input("input")?;
    let keep = building.columns("keep", &input);
    let name = building.text("name").unwrap_or("name").to_owned();
    let value = building.text("value").unwrap_or("value").to_owned();
    let columns = building.texts("columns");
    let mut first: Option<(String, DataType)> = None;
    for (i, column) in columns.iter().enumerate() {
        let path = format!("columns[{i}]");
        let Some(field) = building.field(&path, &input, column) else { continue };
        match &first {
            Some((other, kind)) if kind.is_numeric() != field.data_type().is_numeric() => {
                building.wrong(
                    path,
                    format!("`{column}` and `{other}` do not hold the same kind of values; cast one of them"),
                );
            }
            Some(_) => {}
            None => first = Some((column.clone(), field.data_type().clone())),
        }
    }
    let mut names: Vec<(String, String)> =
        building.texts("keep").into_iter().enumerate().map(|(i, name)| (format!("keep[{i}]"), name)).collect();
    names.extend([("name".to_owned(), name.clone()), ("value".to_owned(), value.clone())]);
    building.unique(&names);
    let null = if building.flag("keep_null") { None } else { Some(()) };
    let part = |column: &String| {
        let mut parts = keep.clone();
        parts.push(format!("{} AS {}", sql::text(column), sql::name(&name)));
        parts.push(format!("{} AS {}", sql::name(column), sql::name(&value)));
        let condition = null.map_or_else(String::new, |()| format!(" WHERE {} IS NOT NULL", sql::name(column)));
        format!("SELECT {} FROM {}{condition}", parts.join(", "), input.relation)
    };
    let sql = columns.iter().map(part).collect::<Vec<_>>().join("\nUNION ALL\n");
    building.done(Body { sql, ..Body::default() })
}
