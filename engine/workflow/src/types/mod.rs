//! Node types: the operators of the registry, and what a query needs beside them.
//!
//! A node type says of itself what a palette and a property form need: name, doc, inputs, parameters as a JSON Schema. Its builder
//! makes the SQL of a node over its inputs, whose columns are known.

mod combine;
pub(crate) mod operator;
mod rows;
mod shape;
mod sinks;
mod sources;

use std::collections::BTreeMap;

use datafusion::arrow::datatypes::FieldRef;
use outcrop_operators::{Definition, OperatorRegistry};
use outcrop_types::near::did_you_mean;
use serde_json::{Map, Value as Json, json};

use crate::document::Node;
use crate::parameter::Values;
use crate::problem::Problem;
use crate::sql;

pub use sinks::{Sink, TableMode};

/// What a node does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Gives rows and takes none.
    Source,
    /// Takes rows and gives others.
    Transform,
    /// An operator of the registry.
    Operator,
    /// Takes rows and leaves them somewhere.
    Sink,
}

impl Kind {
    /// `source`, `transform`, `operator` or `sink`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Source => "source",
            Kind::Transform => "transform",
            Kind::Operator => "operator",
            Kind::Sink => "sink",
        }
    }
}

/// An input of a node type.
#[derive(Debug, Clone)]
pub struct Port {
    /// Its name, as edges give it.
    pub name: String,
    /// One line for people.
    pub doc: String,
    /// Whether a node must have it.
    pub required: bool,
    /// Whether it takes the rows of several nodes.
    pub many: bool,
    /// `table`, or `volume` for traces with samples.
    pub holds: &'static str,
    /// The columns it reads, as the operator's JSON Schema lists them; empty where any will do.
    pub columns: Json,
}

impl Port {
    fn table(name: &str, doc: &str) -> Self {
        Port {
            name: name.to_owned(),
            doc: doc.to_owned(),
            required: true,
            many: false,
            holds: "table",
            columns: json!([]),
        }
    }
}

/// A node type.
#[derive(Debug, Clone)]
pub struct NodeType {
    /// Its name, as `type` of a node gives it.
    pub name: String,
    /// Its version; the parameters of a node are of one.
    pub version: u32,
    /// What it does with rows.
    pub kind: Kind,
    /// Family, as a palette groups them.
    pub group: String,
    /// One line for people.
    pub summary: String,
    /// More, in Markdown.
    pub doc: String,
    /// Its inputs.
    pub ports: Vec<Port>,
    /// Whether a node may have further inputs, of any names.
    pub open: bool,
    /// Its parameters as a JSON Schema.
    pub params: Json,
    build: Build,
}

/// Makes the SQL of a node; `None` after a problem was noted.
type Builder = fn(&mut Building<'_>) -> Option<Body>;

#[derive(Debug, Clone)]
enum Build {
    BuiltIn(Builder),
    Operator(Box<Definition>),
}

impl NodeType {
    /// All of it as JSON, for a palette.
    pub fn to_json(&self) -> Json {
        json!({
            "name": self.name,
            "version": self.version,
            "kind": self.kind.as_str(),
            "group": self.group,
            "summary": self.summary,
            "doc": self.doc,
            "inputs": self.inputs_json(),
            "open": self.open,
            "params": self.params,
        })
    }

    /// The inputs as JSON.
    pub fn inputs_json(&self) -> Json {
        let one = |p: &Port| {
            json!({"name": p.name, "description": p.doc, "required": p.required, "many": p.many, "kind": p.holds,
                "columns": p.columns})
        };
        Json::Array(self.ports.iter().map(one).collect())
    }

    /// The input of a name.
    pub fn port(&self, name: &str) -> Option<&Port> {
        self.ports.iter().find(|p| p.name == name)
    }

    /// The words of a node that may name tables: those of texts that are SQL.
    pub(crate) fn words(&self, params: &Map<String, Json>, into: &mut std::collections::BTreeSet<String>) {
        fn walk(json: &Json, into: &mut std::collections::BTreeSet<String>) {
            match json {
                Json::String(text) => into.extend(sql::words(text)),
                Json::Array(items) => items.iter().for_each(|i| walk(i, into)),
                Json::Object(map) => map.values().for_each(|v| walk(v, into)),
                _ => {}
            }
        }
        if matches!(self.build, Build::BuiltIn(_)) {
            params.values().for_each(|v| walk(v, into));
        }
    }

    pub(crate) fn build(&self, building: &mut Building<'_>) -> Option<Body> {
        match &self.build {
            Build::BuiltIn(builder) => builder(building),
            Build::Operator(definition) => operator::build(definition, building),
        }
    }
}

/// The node types that there are.
#[derive(Debug, Clone)]
pub struct Catalogue {
    types: BTreeMap<String, NodeType>,
}

impl Catalogue {
    /// The built-in node types and the operators of a registry. An operator of a built-in's name is not among them.
    pub fn new(registry: &OperatorRegistry) -> Self {
        let built_in = sources::types().into_iter().chain(rows::types()).chain(combine::types());
        let built_in = built_in.chain(shape::types()).chain(sinks::types());
        let operators = registry.iter().map(|o| operator::node_type(o.definition()));
        // What comes later replaces what came before.
        let types = operators.chain(built_in).map(|t| (t.name.clone(), t)).collect();
        Catalogue { types }
    }

    /// The node type of a name.
    pub fn get(&self, name: &str) -> Option<&NodeType> {
        self.types.get(name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &NodeType> {
        self.types.values()
    }
}

/// A column that rows are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) column: String,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// ` ORDER BY …`; empty without keys.
pub(crate) fn order_by(keys: &[Key]) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let key = |k: &Key| {
        let way = if k.descending { " DESC" } else { "" };
        format!("{}{way} NULLS {}", sql::name(&k.column), if k.nulls_first { "FIRST" } else { "LAST" })
    };
    format!(" ORDER BY {}", keys.iter().map(key).collect::<Vec<_>>().join(", "))
}

/// The rows of another node, as a builder sees them.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) port: String,
    /// The node that gives them.
    pub(crate) from: String,
    /// How SQL calls them.
    pub(crate) relation: String,
    pub(crate) fields: Vec<FieldRef>,
    pub(crate) order: Vec<Key>,
}

impl Input {
    pub(crate) fn field(&self, name: &str) -> Option<&FieldRef> {
        self.fields.iter().find(|f| f.name() == name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|f| f.name().as_str())
    }
}

/// The SQL of a node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    /// A query over the relations of its inputs.
    pub(crate) sql: String,
    /// What its rows are sorted by.
    pub(crate) order: Vec<Key>,
    /// Parts of it that can be planned alone, by parameter: when the query fails, they tell whose fault it is.
    pub(crate) probes: Vec<(String, String)>,
    /// Units that parameters state: the parameter, a query of the value without it, the unit.
    pub(crate) stated: Vec<(String, String, String)>,
    /// Where the rows go, of a sink.
    pub(crate) sink: Option<Sink>,
}

/// What a builder works with.
pub(crate) struct Building<'a> {
    pub(crate) node: &'a Node,
    /// Parameters with their references resolved, as the schema wants them.
    pub(crate) params: Map<String, Json>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) values: &'a Values,
    pub(crate) problems: Vec<Problem>,
}

impl Building<'_> {
    /// The one input of a name.
    pub(crate) fn input(&self, port: &str) -> Option<Input> {
        self.inputs.iter().find(|i| i.port == port).cloned()
    }

    pub(crate) fn wrong(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem::of_node(&self.node.id, message).parameter(path));
    }

    pub(crate) fn wrong_input(&mut self, port: &str, message: impl Into<String>) {
        self.problems.push(Problem::of_node(&self.node.id, message).port(port));
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Json::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Json::as_bool).unwrap_or(false)
    }

    /// The objects of a list.
    pub(crate) fn objects(&self, name: &str) -> Vec<Map<String, Json>> {
        let items = self.params.get(name).and_then(Json::as_array);
        items.into_iter().flatten().filter_map(Json::as_object).cloned().collect()
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.params.get(name).and_then(Json::as_array);
        items.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
    }

    /// An expression with values filled in.
    pub(crate) fn expression(&mut self, path: &str, text: &str) -> Option<String> {
        match sql::expression(text, self.values) {
            Ok(expression) => Some(expression),
            Err(message) => {
                self.wrong(path, message);
                None
            }
        }
    }

    /// The field of a column that an input must have.
    pub(crate) fn field(&mut self, path: &str, input: &Input, name: &str) -> Option<FieldRef> {
        if let Some(field) = input.field(name) {
            return Some(field.clone());
        }
        let hint = did_you_mean(name, input.names());
        let names: Vec<&str> = input.names().collect();
        self.wrong(path, format!("there is no column `{name}`; `{}` gives: {}{hint}", input.from, names.join(", ")));
        None
    }

    /// The columns of a list, all of which an input must have, quoted.
    pub(crate) fn columns(&mut self, list: &str, input: &Input) -> Vec<String> {
        let mut quoted = Vec::new();
        for (i, column) in self.texts(list).into_iter().enumerate() {
            if self.field(&format!("{list}[{i}]"), input, &column).is_some() {
                quoted.push(sql::name(&column));
            }
        }
        quoted
    }

    /// Notes names that a result would have twice; `path` says where each comes from.
    pub(crate) fn unique(&mut self, names: &[(String, String)]) {
        for (i, (path, name)) in names.iter().enumerate() {
            if names.iter().take(i).any(|(_, other)| other == name) {
                self.wrong(path, format!("there would be two columns `{name}`; give one another name"));
            }
        }
    }

    /// The body, unless something was wrong.
    pub(crate) fn done(&self, body: Body) -> Option<Body> {
        self.problems.is_empty().then_some(body)
    }
}

/// A node type that is no operator.
#[allow(clippy::too_many_arguments)]
fn built_in(
    name: &str,
    kind: Kind,
    group: &str,
    summary: &str,
    doc: &str,
    ports: Vec<Port>,
    required: &[&str],
    properties: Json,
    build: Builder,
) -> NodeType {
    NodeType {
        name: name.to_owned(),
        version: 1,
        kind,
        group: group.to_owned(),
        summary: summary.to_owned(),
        doc: doc.to_owned(),
        ports,
        open: false,
        params: json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": name,
            "description": summary,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }),
        build: Build::BuiltIn(build),
    }
}

/// The one input of most node types.
fn input() -> Vec<Port> {
    vec![Port::table("input", "Rows")]
}

/// The schema of a text.
fn text(doc: &str) -> Json {
    json!({"type": "string", "minLength": 1, "description": doc})
}

/// The schema of a text that is SQL.
fn sql_text(doc: &str) -> Json {
    json!({"type": "string", "minLength": 1, "description": doc, "x-sql": true})
}

/// The schema of a column of an input, which a form lets people choose.
fn column(doc: &str) -> Json {
    json!({"type": "string", "minLength": 1, "description": doc, "x-column": "input"})
}

/// The schema of a list.
fn list(doc: &str, least: u64, items: Json) -> Json {
    json!({"type": "array", "minItems": least, "items": items, "description": doc})
}

/// The schema of an object in a list.
fn object(required: &[&str], properties: Json) -> Json {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
