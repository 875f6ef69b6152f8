//! The document: read strictly, written canonically, hashed over what it means.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::migrate::{SCHEMA_VERSION, migrated};
use crate::parameter::Parameter;
use crate::problem::{Problem, Problems};

/// What `schema` says.
pub const SCHEMA: &str = "outcrop.workflow";

/// A workflow as it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its name in file names and lists: lower-case letters, digits, `-` and `_`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is for; empty for none.
    pub description: String,
    /// What a run may be given.
    pub parameters: Vec<Parameter>,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// What goes from where to where.
    pub edges: Vec<Edge>,
    /// Frames and comments of the canvas; no meaning.
    pub frames: Json,
    /// Where nodes are on the canvas; no meaning.
    pub layout: Json,
    /// What the canvas shows; no meaning.
    pub view_state: Json,
    /// When and by whom a stored revision was saved; no meaning.
    pub saved: Option<Json>,
    /// What reading noticed: unknown keys, wrong types.
    pub noticed: Vec<Problem>,
}

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name within the document, and that of its part of the SQL.
    pub id: String,
    /// The node type's name.
    pub kind: String,
    /// The version of the node type that the parameters are of.
    pub type_version: u32,
    /// The parameters.
    pub params: Map<String, Json>,
    /// Whether a run keeps its rows for those that come after it; left out, where several do.
    pub cached: Option<bool>,
}

/// The rows of a node, to an input of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The node that takes the rows.
    pub to: String,
    /// Its input.
    pub port: String,
    /// The node that gives the rows.
    pub from: String,
}

impl Document {
    /// Reads a document. What is wrong inside it is kept in [`Document::noticed`], so that the rest can be worked with.
    ///
    /// # Errors
    /// A text that is not JSON, or no workflow of a version that is known.
    pub fn read(text: &str) -> Result<Document, Problems> {
        let refuse = |message: String| Problems(vec![Problem::of_document(message)]);
        let json: Json = serde_json::from_str(text).map_err(|e| refuse(format!("the document is not JSON: {e}")))?;
        if !json.is_object() {
            return Err(refuse("a workflow is a JSON object".to_owned()));
        }
        match json.get("schema").and_then(Json::as_str) {
            Some(SCHEMA) => {}
            found => {
                let found = found.map_or_else(|| "nothing".to_owned(), |f| format!("`{f}`"));
                return Err(refuse(format!("`schema` must be `{SCHEMA}`, found {found}: this is no workflow")));
            }
        }
        Ok(Reader::default().document(&migrated(json).map_err(refuse)?))
    }

    /// Reads a document that must be without fault in itself.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Document, Problems> {
        let document = Self::read(text)?;
        if document.noticed.is_empty() { Ok(document) } else { Err(Problems(document.noticed)) }
    }

    /// The document as it is stored: JSON with sorted keys, two blanks a level, a line feed at the end.
    pub fn canonical(&self) -> String {
        let mut json = json!({
            "schema": SCHEMA,
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "name": self.name,
            "parameters": self.parameters.iter().map(Parameter::to_json).collect::<Vec<_>>(),
            "nodes": self.nodes.iter().map(Node::to_json).collect::<Vec<_>>(),
            "edges": self.edges.iter().map(Edge::to_json).collect::<Vec<_>>(),
            "frames": self.frames,
            "layout": self.layout,
            "view_state": self.view_state,
        });
        if !self.description.is_empty() {
            json["description"] = json!(self.description);
        }
        if let Some(saved) = &self.saved {
            json["saved"] = saved.clone();
        }
        format!("{:#}\n", sorted(&json))
    }

    /// SHA-256 over what the workflow means: parameters, nodes and edges, in whatever order they are listed. Names, layout, frames
    /// and view do not count.
    pub fn content_hash(&self) -> String {
        let mut parameters: Vec<&Parameter> = self.parameters.iter().collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let mut nodes: Vec<&Node> = self.nodes.iter().collect();
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        // Several edges to one input (a union) keep their order: the first gives the columns.
        let mut edges: Vec<&Edge> = self.edges.iter().collect();
        edges.sort_by(|a, b| (&a.to, &a.port).cmp(&(&b.to, &b.port)));
        let meaning = json!({
            "schema_version": SCHEMA_VERSION,
            "parameters": parameters.into_iter().map(Parameter::meaning).collect::<Vec<_>>(),
            "nodes": nodes.into_iter().map(Node::to_json).collect::<Vec<_>>(),
            "edges": edges.into_iter().map(Edge::to_json).collect::<Vec<_>>(),
        });
        Sha256::digest(sorted(&meaning).to_string().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The node of an id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.id == id)
    }
}

impl Node {
    fn to_json(&self) -> Json {
        let mut json =
            json!({"id": self.id, "type": self.kind, "type_version": self.type_version, "params": self.params});
        if let Some(cached) = self.cached {
            json["cached"] = json!(cached);
        }
        json
    }
}

impl Edge {
    fn to_json(&self) -> Json {
        json!({"from": self.from, "to": self.to, "port": self.port})
    }
}

/// The same value with the keys of objects in order, and whole numbers written one way.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            Json::Object(keys.into_iter().map(|key| (key.clone(), sorted(&map[key]))).collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(sorted).collect()),
        Json::Number(number) => match number.as_f64() {
            // Below 2^53 every whole number has a float of its own.
            Some(v) if !number.is_i64() && v.fract() == 0.0 && v.abs() < 9_007_199_254_740_992.0 => json!(v as i64),
            _ => json.clone(),
        },
        other => other.clone(),
    }
}

/// Whether a text can be the id of a workflow or a node, or the name of an input.
pub fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
        && text.len() <= 64
}

const ID: &str = "begins with a lower-case letter and has lower-case letters, digits, `_` and `-`, 64 at most";

/// Reads what is there and notes what should not be.
#[derive(Default)]
pub(crate) struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn document(mut self, json: &Json) -> Document {
        let empty = Map::new();
        let object = json.as_object().unwrap_or(&empty);
        self.known(
            object,
            &[
                "schema",
                "schema_version",
                "id",
                "name",
                "description",
                "parameters",
                "nodes",
                "edges",
                "frames",
                "layout",
                "view_state",
                "saved",
            ],
            Problem::of_document("the document"),
        );
        let id = self.text(object, "id", Problem::of_document("the document"));
        if !id.is_empty() && !is_id(&id) {
            self.problems.push(Problem::of_document(format!("`id` {ID}; found `{id}`")));
        }
        let name = match object.get("name") {
            Some(_) => self.text(object, "name", Problem::of_document("the document")),
            None => id.clone(),
        };
        let description = match object.get("description") {
            Some(_) => self.text(object, "description", Problem::of_document("the document")),
            None => String::new(),
        };
        let mut parameters: Vec<Parameter> = Vec::new();
        for (i, item) in self.list(object, "parameters").into_iter().enumerate() {
            if let Some(parameter) = Parameter::read(&item, i, &mut self.problems) {
                if parameters.iter().any(|p| p.name == parameter.name) {
                    self.problems.push(Problem::of_parameter(&parameter.name, "there are two parameters of this name"));
                    continue;
                }
                parameters.push(parameter);
            }
        }
        let mut nodes: Vec<Node> = Vec::new();
        for (i, item) in self.list(object, "nodes").into_iter().enumerate() {
            if let Some(node) = self.node(&item, i) {
                if nodes.iter().any(|n| n.id == node.id) {
                    self.problems.push(Problem::of_node(&node.id, "there are two nodes of this id; ids are unique"));
                    continue;
                }
                nodes.push(node);
            }
        }
        let mut edges = Vec::new();
        for (i, item) in self.list(object, "edges").into_iter().enumerate() {
            edges.extend(self.edge(&item, i));
        }
        let free = |key: &str, otherwise: Json| object.get(key).filter(|v| !v.is_null()).cloned().unwrap_or(otherwise);
        Document {
            id,
            name,
            description,
            parameters,
            nodes,
            edges,
            frames: free("frames", json!([])),
            layout: free("layout", json!({})),
            view_state: free("view_state", json!({})),
            saved: object.get("saved").filter(|v| !v.is_null()).cloned(),
            noticed: self.problems,
        }
    }

    fn node(&mut self, json: &Json, place: usize) -> Option<Node> {
        let Some(object) = json.as_object() else {
            self.problems.push(Problem::of_document(format!("nodes[{place}] is an object with `id` and `type`")));
            return None;
        };
        let at = Problem::of_document(format!("nodes[{place}]"));
        let id = self.text(object, "id", at);
        if id.is_empty() {
            return None;
        }
        let at = || Problem::of_node(&id, "the node");
        if !is_id(&id) {
            self.problems.push(Problem::of_node(&id, format!("a node's id {ID}")));
            return None;
        }
        self.known(object, &["id", "type", "type_version", "params", "cached"], at());
        let kind = self.text(object, "type", at());
        let type_version = match object.get("type_version") {
            None => 1,
            Some(found) => match found.as_u64().and_then(|v| u32::try_from(v).ok()).filter(|v| *v > 0) {
                Some(version) => version,
                None => {
                    self.problems
                        .push(Problem::of_node(&id, format!("`type_version` is a whole number from 1, found {found}")));
                    1
                }
            },
        };
        let params = match object.get("params") {
            None => Map::new(),
            Some(Json::Object(params)) => params.clone(),
            Some(found) => {
                self.problems.push(Problem::of_node(&id, format!("`params` is an object, found {found}")));
                Map::new()
            }
        };
        let cached = match object.get("cached") {
            None | Some(Json::Null) => None,
            Some(Json::Bool(cached)) => Some(*cached),
            Some(found) => {
                self.problems.push(Problem::of_node(&id, format!("`cached` is true or false, found {found}")));
                None
            }
        };
        Some(Node { id, kind, type_version, params, cached })
    }

    fn edge(&mut self, json: &Json, place: usize) -> Option<Edge> {
        let Some(object) = json.as_object() else {
            self.problems
                .push(Problem::of_document(format!("edges[{place}] is an object with `from`, `to` and `port`")));
            return None;
        };
        let at = || Problem::of_document(format!("edges[{place}]"));
        self.known(object, &["from", "to", "port"], at());
        let from = self.text(object, "from", at());
        let to = self.text(object, "to", at());
        let port = self.text(object, "port", at());
        (!from.is_empty() && !to.is_empty() && !port.is_empty()).then_some(Edge { to, port, from })
    }

    /// Notes keys that have no meaning; `at` has the place, its message is what the place is called.
    fn known(&mut self, object: &Map<String, Json>, keys: &[&str], at: Problem) {
        let place = at.message.clone();
        for key in object.keys().filter(|key| !keys.contains(&key.as_str())) {
            let message = format!("{place} has no key `{key}`; it has: {}", keys.join(", "));
            self.problems.push(Problem { message, ..at.clone() });
        }
    }

    fn text(&mut self, object: &Map<String, Json>, key: &str, at: Problem) -> String {
        let place = at.message.clone();
        let message = match object.get(key) {
            Some(Json::String(text)) if !text.trim().is_empty() => return text.clone(),
            Some(found) => format!("{place}: `{key}` is a text, found {found}"),
            None => format!("{place} lacks `{key}`"),
        };
        self.problems.push(Problem { message, ..at });
        String::new()
    }

    fn list(&mut self, object: &Map<String, Json>, key: &str) -> Vec<Json> {
        match object.get(key) {
            None => Vec::new(),
            Some(Json::Array(items)) => items.clone(),
            Some(found) => {
                self.problems.push(Problem::of_document(format!("`{key}` is a list, found {found}")));
                Vec::new()
            }
        }
    }
}
