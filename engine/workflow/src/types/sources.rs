//! Where rows come from: tables, files, queries.

use serde_json::{Value as Json, json};

use super::{Body, Building, Kind, NodeType, built_in, sql_text, text};
use crate::parameter::whole;
use crate::sql;

pub(super) fn types() -> Vec<NodeType> {
    vec![
        built_in(
            "table",
            Kind::Source,
            "Sources",
            "A table or view of the project",
            "`table` is a name as `SHOW TABLES` lists it: `logs`, `seismic.cube`, `outcrop.imports`. With `version` it is read as \
             that project commit had it.",
            vec![],
            &["table"],
            json!({
                "table": text("Name of the table, with its schema where that is not `public`"),
                "version": {"type": "integer", "minimum": 0, "description": "Project commit to read; left out, the newest"},
            }),
            table,
        ),
        built_in(
            "file",
            Kind::Source,
            "Sources",
            "Files, read where they are",
            "`path` counts from the folder of the session and may be a pattern, `wells/**/*.las`. What a file is, its content and \
             ending say; `reader` is one of the functions `read_…` and takes `options`, as its page in the reference lists them.",
            vec![],
            &["path"],
            json!({
                "path": text("File or pattern"),
                "reader": {"enum": ["read_csv", "read_features", "read_las", "read_parquet", "read_segy", "read_surface"],
                    "description": "What reads it; left out, what its ending says"},
                "options": {"type": "object", "description": "Options of the reader",
                    "additionalProperties": {"type": ["string", "number", "boolean"]}},
            }),
            file,
        ),
        NodeType {
            open: true,
            ..built_in(
                "sql",
                Kind::Transform,
                "SQL",
                "A query, over its inputs and the tables of the project",
                "The query calls its inputs by their names: an edge to the input `a` is the table `a`. Tables of the project and files \
                 in quotes are there too. `$name` stands for a parameter of the workflow.",
                vec![],
                &["sql"],
                json!({"sql": sql_text("The query")}),
                query,
            )
        },
    ]
}

fn table(building: &mut Building<'_>) -> Option<Body> {
    let name = sql::table(building.text("table")?);
    let version = building.params.get("version").and_then(whole);
    let version = version.map_or_else(String::new, |v| format!(" VERSION AS OF {v}"));
    building.done(Body { sql: format!("SELECT * FROM {name}{version}"), ..Body::default() })
}

fn file(building: &mut Building<'_>) -> Option<Body> {
    let path = sql::text(building.text("path")?);
    let options = building.params.get("options").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut arguments = vec![path.clone()];
    for (key, value) in &options {
        if !crate::document::is_id(key) || key.contains('-') {
            building.wrong(format!("options.{key}"), "an option is named as the reference of its reader has it");
            continue;
        }
        let value = match value {
            Json::String(text) => sql::text(text),
            other => other.to_string(),
        };
        arguments.push(format!("{key} => {value}"));
    }
    let sql = match building.text("reader") {
        Some(reader) => format!("SELECT * FROM {reader}({})", arguments.join(", ")),
        None if options.is_empty() => format!("SELECT * FROM {path}"),
        None => {
            building.wrong("reader", "options belong to a reader; name it");
            return None;
        }
    };
    building.done(Body { sql, ..Body::default() })
}

fn query(building: &mut Building<'_>) -> Option<Body> {
    let text = building.text("sql")?.to_owned();
    let inputs: Vec<(String, String)> = building.inputs.iter().map(|i| (i.port.clone(), i.relation.clone())).collect();
    match sql::query(&text, building.values).and_then(|query| sql::over(&query, &inputs)) {
        Ok(sql) => building.done(Body { sql, ..Body::default() }),
        Err(message) => {
            building.wrong("sql", message);
            None
        }
    }
}
