//! Where rows go: tables of the project, files, pictures.

use serde_json::{Map, Value as Json, json};

use super::{Body, Building, Kind, NodeType, built_in, input, text};
use crate::sql;

/// What becomes of a table that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableMode {
    /// It is replaced.
    Replace,
    /// The rows are added to it.
    Append,
    /// It is an error.
    Create,
}

/// Where the rows of a node go.
#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// A table of the project.
    Table {
        /// Its name, `schema.name` or `name`.
        table: String,
        /// What becomes of one that is there.
        mode: TableMode,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
        /// The format, where not the ending says it.
        format: Option<String>,
        /// Options of COPY.
        options: Vec<(String, String)>,
    },
    /// A picture, which the program draws.
    Plot {
        /// `map`, `crossplot` or `histogram`.
        kind: String,
        /// The file.
        path: String,
        /// Options as the program names them, `x-unit`; true for one without value.
        options: Map<String, Json>,
    },
}

impl Sink {
    /// What is written, in words: two sinks that write the same are an error.
    pub fn target(&self) -> String {
        match self {
            Sink::Table { table, .. } => format!("table {}", sql::table(table)),
            Sink::File { path, .. } | Sink::Plot { path, .. } => format!("file {path}"),
        }
    }

    /// The statement that writes the rows of a query; `None` for a picture. Rows are added to a table by the names of `columns`;
    /// `exists` says whether it is there.
    pub fn statement(&self, query: &str, columns: &[&str], exists: bool) -> Option<String> {
        match self {
            Sink::Table { table, mode: TableMode::Append } if exists => {
                let columns: Vec<String> = columns.iter().map(|c| sql::name(c)).collect();
                Some(format!("INSERT INTO {} ({}) {query}", sql::table(table), columns.join(", ")))
            }
            Sink::Table { table, mode: TableMode::Replace } => {
                Some(format!("CREATE OR REPLACE TABLE {} AS {query}", sql::table(table)))
            }
            Sink::Table { table, .. } => Some(format!("CREATE TABLE {} AS {query}", sql::table(table))),
            Sink::File { path, format, options } => {
                let format = format.as_ref().map_or_else(String::new, |f| format!(" STORED AS {f}"));
                let options: Vec<String> =
                    options.iter().map(|(key, value)| format!("{} {}", sql::text(key), sql::text(value))).collect();
                let options =
                    if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) };
                Some(format!("COPY ({query}) TO {}{format}{options}", sql::text(path)))
            }
            Sink::Plot { .. } => None,
        }
    }
}

pub(super) fn types() -> Vec<NodeType> {
    let group = "Results";
    let scalar = json!({"type": ["string", "number", "boolean"]});
    vec![
        built_in(
            "write_table",
            Kind::Sink,
            group,
            "A table of the project",
            "The rows become a table, in one project commit; `outcrop.lineage` keeps the workflow, its revision and content hash, the \
             parameters and the versions of what was read.",
            input(),
            &["table"],
            json!({
                "table": text("Name of the table, with its schema where that is not `public`"),
                "mode": {"enum": ["replace", "append", "create"], "default": "replace",
                    "description": "What becomes of a table that is there: replaced, added to, or an error"},
            }),
            write_table,
        ),
        built_in(
            "write_file",
            Kind::Sink,
            group,
            "A file: CSV, Parquet, LAS, SEG-Y, a surface …",
            "As COPY writes it: the ending says the format, `outcrop.formats` lists them. LAS files may be named by a pattern, \
             `out/{well}.las`.",
            input(),
            &["path"],
            json!({
                "path": text("File to write"),
                "format": text("Format, where the ending does not say it"),
                "options": {"type": "object", "description": "Options of COPY, such as `version` for LAS", "additionalProperties": scalar},
            }),
            write_file,
        ),
        built_in(
            "plot",
            Kind::Sink,
            group,
            "A picture: map, crossplot or histogram",
            "Drawn by the program `outcrop`: `options` are those of `outcrop plot map`, `crossplot` and `histogram`, by their long \
             names without the dashes; the rows take the place of their query.",
            input(),
            &["kind", "path"],
            json!({
                "kind": {"enum": ["map", "crossplot", "histogram"], "description": "Kind of picture"},
                "path": text("File to write: .svg, .png or .pdf"),
                "options": {"type": "object", "description": "Options of the picture, such as `x` and `color`", "additionalProperties": scalar},
            }),
            plot,
        ),
    ]
}

/// The rows of the input in their order, and where they go.
fn to(building: &Building<'_>, sink: Sink) -> Option<Body> {
    let input = building.input("input")?;
    let sql = format!("SELECT * FROM {}", input.relation);
    building.done(Body { sql, order: input.order, sink: Some(sink), ..Body::default() })
}

fn write_table(building: &mut Building<'_>) -> Option<Body> {
    let table = building.text("table")?.to_owned();
    let mode = match building.text("mode") {
        Some("append") => TableMode::Append,
        Some("create") => TableMode::Create,
        _ => TableMode::Replace,
    };
    to(building, Sink::Table { table, mode })
}

fn options(building: &Building<'_>) -> Map<String, Json> {
    building.params.get("options").and_then(Json::as_object).cloned().unwrap_or_default()
}

fn write_file(building: &mut Building<'_>) -> Option<Body> {
    let path = building.text("path")?.to_owned();
    let format = building.text("format").map(str::to_owned);
    if let Some(word) = format.as_deref().filter(|f| !f.chars().all(|c| c.is_ascii_alphanumeric())) {
        building.wrong("format", format!("`{word}` is no format; write it as an ending, such as csv"));
    }
    let options = options(building).into_iter().map(|(key, value)| match value {
        Json::String(text) => (key, text),
        other => (key, other.to_string()),
    });
    let options = options.collect();
    to(building, Sink::File { path, format, options })
}

fn plot(building: &mut Building<'_>) -> Option<Body> {
    let (kind, path) = (building.text("kind")?.to_owned(), building.text("path")?.to_owned());
    let options = options(building);
    // What the node says of itself is not said again.
    for key in ["output", "sql", "grid", "o", "project", "p", "root"] {
        if options.contains_key(key) {
            building.wrong(format!("options.{key}"), "the rows are those of the input and the file is `path`");
        }
    }
    for key in options.keys().filter(|k| !crate::document::is_id(k)) {
        building.wrong(
            format!("options.{key}"),
            "an option is named as `outcrop plot --help` has it, without dashes before it",
        );
    }
    to(building, Sink::Plot { kind, path, options })
}
