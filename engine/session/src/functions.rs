//! Everything that can be called in SQL, as the reference and `outcrop.functions` list it.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::Documentation;
use outcrop_operators::{Definition, OperatorRegistry};
use outcrop_sql::{Callable, Function};
use outcrop_types::field::described;

use crate::files::Reader;

/// What kind of function it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// A relational operator: stands in FROM, takes tables.
    Operator,
    /// A value per row.
    Scalar,
    /// A value per group.
    Aggregate,
    /// A value per row from the rows around it.
    Window,
    /// Stands in FROM, reads files.
    Table,
}

impl FunctionKind {
    /// `operator`, `scalar` …
    pub fn as_str(self) -> &'static str {
        match self {
            FunctionKind::Operator => "operator",
            FunctionKind::Scalar => "scalar",
            FunctionKind::Aggregate => "aggregate",
            FunctionKind::Window => "window",
            FunctionKind::Table => "table",
        }
    }
}

/// One function.
#[derive(Debug, Clone)]
pub struct FunctionEntry {
    /// SQL name.
    pub name: String,
    /// Kind.
    pub kind: FunctionKind,
    /// Family.
    pub group: String,
    /// The call in one line.
    pub signature: String,
    /// One line for people.
    pub summary: String,
    /// Conventions, formulas, sources; Markdown.
    pub doc: String,
    /// A statement that runs on the demo project, the last of several where it needs others first; empty for the engine's general functions.
    pub example: String,
    /// Parameters as JSON Schema; empty for the engine's general functions.
    pub parameters: String,
    /// What an operator is defined as.
    pub definition: Option<Definition>,
    /// What a geoscience function that is no operator is defined as.
    pub function: Option<Function>,
}

impl FunctionEntry {
    fn operator(d: &Definition) -> Self {
        FunctionEntry {
            name: d.name.to_owned(),
            kind: FunctionKind::Operator,
            group: d.group.to_owned(),
            signature: d.signature(),
            summary: d.summary.to_owned(),
            doc: d.doc.to_owned(),
            example: d.example.to_owned(),
            parameters: d.json_schema().to_string(),
            definition: Some(d.clone()),
            function: None,
        }
    }

    fn function(f: &Function) -> Self {
        FunctionEntry {
            name: f.name.to_owned(),
            kind: match f.callable {
                Callable::Scalar(_) => FunctionKind::Scalar,
                Callable::Aggregate(_) => FunctionKind::Aggregate,
            },
            group: f.group.to_owned(),
            signature: f.signature(),
            summary: f.summary.to_owned(),
            doc: f.doc.to_owned(),
            example: f.example.to_owned(),
            parameters: f.json_schema().to_string(),
            definition: None,
            function: Some(f.clone()),
        }
    }

    fn reader(r: &Reader) -> Self {
        FunctionEntry {
            name: r.name.to_owned(),
            kind: FunctionKind::Table,
            group: "Files".to_owned(),
            signature: r.signature.to_owned(),
            summary: r.summary.to_owned(),
            doc: r.notes(),
            example: r.example.to_owned(),
            parameters: r.json_schema().to_string(),
            definition: None,
            function: None,
        }
    }

    fn engine(name: &str, kind: FunctionKind, doc: Option<&Documentation>) -> Self {
        let (signature, summary, group) = match doc {
            Some(d) => (d.syntax_example.clone(), d.description.clone(), d.doc_section.label.to_owned()),
            None => (format!("{name}(…)"), String::new(), "Other".to_owned()),
        };
        let group = if crate::spatial::is_spatial(name) { crate::spatial::FAMILY.to_owned() } else { group };
        FunctionEntry {
            name: name.to_owned(),
            kind,
            group,
            signature,
            summary: summary.lines().next().unwrap_or_default().to_owned(),
            doc: summary,
            example: String::new(),
            parameters: String::new(),
            definition: None,
            function: None,
        }
    }
}

/// The geoscience functions first, by family; then the engine's general ones, by name.
pub(crate) fn list(registry: &OperatorRegistry, functions: &[Function], state: &SessionState) -> Vec<FunctionEntry> {
    let mut own: Vec<FunctionEntry> = registry.iter().map(|o| FunctionEntry::operator(o.definition())).collect();
    own.extend(functions.iter().map(FunctionEntry::function));
    own.extend(crate::files::READERS.iter().map(FunctionEntry::reader));
    own.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
    let mut engine = Vec::new();
    for (name, f) in state.scalar_functions() {
        if *name == f.name() && !own.iter().any(|o| o.name == *name) {
            engine.push(FunctionEntry::engine(name, FunctionKind::Scalar, f.documentation()));
        }
    }
    for (name, f) in state.aggregate_functions() {
        if *name == f.name() && !own.iter().any(|o| o.name == *name) {
            engine.push(FunctionEntry::engine(name, FunctionKind::Aggregate, f.documentation()));
        }
    }
    for (name, f) in state.window_functions() {
        if *name == f.name() {
            engine.push(FunctionEntry::engine(name, FunctionKind::Window, f.documentation()));
        }
    }
    engine.sort_by(|a, b| (a.kind.as_str(), &a.name).cmp(&(b.kind.as_str(), &b.name)));
    own.extend(engine);
    own
}

/// As the rows of `outcrop.functions`.
pub(crate) fn batch(entries: &[FunctionEntry]) -> Result<RecordBatch> {
    let column = |name: &str, doc: &str| described(name, DataType::Utf8, false, doc);
    let schema = Schema::new(vec![
        column("name", "SQL name"),
        column("kind", "operator, scalar, aggregate, window or table"),
        column("family", "Family"),
        column("signature", "The call in one line"),
        column("summary", "What it does"),
        column("doc", "Conventions, formulas, sources; Markdown"),
        column("parameters", "Parameters as a JSON Schema"),
        column("example", "A statement that runs on the demo project"),
    ]);
    let of = |f: fn(&FunctionEntry) -> &str| -> ArrayRef {
        Arc::new(entries.iter().map(|e| Some(f(e))).collect::<StringArray>())
    };
    Ok(RecordBatch::try_new(
        Arc::new(schema),
        vec![
            of(|e| &e.name),
            of(|e| e.kind.as_str()),
            of(|e| &e.group),
            of(|e| &e.signature),
            of(|e| &e.summary),
            of(|e| &e.doc),
            of(|e| &e.parameters),
            of(|e| &e.example),
        ],
    )?)
}
