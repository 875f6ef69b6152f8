//! From a document to SQL and plans, node by node: what can be compiled is, whatever is wrong elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::logical_expr::LogicalPlan;
use outcrop_types::field;
use outcrop_types::near::nearest;
use serde_json::{Value as Json, json};

use crate::document::{Document, Node};
use crate::graph::Graph;
use crate::parameter::{Values, resolve};
use crate::problem::{Problem, Problems};
use crate::schema::{resolved, validate};
use crate::sql;
use crate::types::{Body, Building, Catalogue, Input, Kind, NodeType, Sink, operator, order_by};

/// What plans queries: a session.
#[async_trait]
pub trait Planner: Send + Sync {
    /// The logical plan of a query that was checked as far as it can be without running it. The relations of `given`, by the text
    /// in quotes that means them, have these columns and no rows.
    ///
    /// # Errors
    /// What is wrong, for people.
    async fn plan(&self, sql: &str, given: &[(String, SchemaRef)]) -> Result<LogicalPlan, String>;

    /// Whether rows may be written there.
    ///
    /// # Errors
    /// What is wrong, for people.
    async fn check_sink(&self, sink: &Sink) -> Result<(), String>;
}

/// How far a node came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It can be planned.
    Ready,
    /// It has problems.
    Wrong,
    /// It is not looked at before these nodes are ready.
    Waiting(Vec<String>),
}

/// A node with what was made of it.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// How far it came.
    pub state: State,
    /// Its columns, units in the field metadata; empty unless it is ready.
    pub fields: Vec<FieldRef>,
    /// Whether it is a table or a file that is only read.
    stored: bool,
    cached: Option<bool>,
    /// The name of its part of a query.
    part: String,
    body: Body,
}

/// What a node is planned over.
struct Over<'a> {
    inputs: Vec<&'a str>,
    shared: BTreeSet<String>,
    given: Vec<(String, SchemaRef)>,
}

/// A document compiled.
#[derive(Debug)]
pub struct Compilation {
    /// The workflow's id.
    pub id: String,
    /// Its content hash.
    pub hash: String,
    /// The values of its parameters.
    pub values: Values,
    /// All that is wrong.
    pub problems: Vec<Problem>,
    nodes: BTreeMap<String, Compiled>,
    graph: Graph,
}

/// Compiles every node of a document.
///
/// A node becomes a named part of a query, over the parts of the nodes before it:
/// `WITH "logs_" AS (…), "clean" AS (…) SELECT * FROM "clean"`. The planner plans that, so that units, operators, files and rights
/// are what they are in SQL.
pub async fn compile(document: &Document, given: &Values, catalogue: &Catalogue, planner: &dyn Planner) -> Compilation {
    let (values, further) = resolve(&document.parameters, given);
    let mut problems = document.noticed.clone();
    problems.extend(further);
    let graph = Graph::of(document, catalogue, &mut problems);
    let mut compilation = Compilation {
        id: document.id.clone(),
        hash: document.content_hash(),
        values,
        problems,
        nodes: BTreeMap::new(),
        graph,
    };
    let parts = part_names(document, catalogue);
    let mut targets: BTreeMap<String, String> = BTreeMap::new();
    for id in compilation.graph.order.clone() {
        let Some(node) = document.node(&id) else { continue };
        let mut compiled = Compiled {
            id: id.clone(),
            kind: node.kind.clone(),
            state: State::Wrong,
            fields: Vec::new(),
            stored: node.kind == "table" || node.kind == "file",
            cached: node.cached,
            part: parts.get(&id).cloned().unwrap_or_else(|| id.clone()),
            body: Body::default(),
        };
        compilation.make(node, &mut compiled, catalogue, planner, &mut targets).await;
        compilation.nodes.insert(id, compiled);
    }
    compilation.unreachable(document);
    compilation
}

impl Compilation {
    /// Nodes of circles, and those that come after them.
    fn unreachable(&mut self, document: &Document) {
        for node in &document.nodes {
            if self.nodes.contains_key(&node.id) {
                continue;
            }
            let state = match self.problems.iter().any(|p| p.node.as_ref() == Some(&node.id)) {
                true => State::Wrong,
                false => State::Waiting(self.graph.edges_to(&node.id).iter().map(|e| e.from.clone()).collect()),
            };
            let compiled = Compiled {
                id: node.id.clone(),
                kind: node.kind.clone(),
                state,
                fields: Vec::new(),
                stored: false,
                cached: None,
                part: node.id.clone(),
                body: Body::default(),
            };
            self.nodes.insert(node.id.clone(), compiled);
            self.graph.order.push(node.id.clone());
        }
    }

    /// Compiles a node whose inputs were.
    async fn make(
        &mut self,
        node: &Node,
        compiled: &mut Compiled,
        catalogue: &Catalogue,
        planner: &dyn Planner,
        targets: &mut BTreeMap<String, String>,
    ) {
        let id = &node.id;
        let Some(node_type) = catalogue.get(&node.kind) else {
            // What begins alike was perhaps meant: `kriging`, `krige`.
            let start: String = node.kind.chars().take(4).collect();
            let alike = |name: &&str| name.contains(&node.kind) || (start.len() == 4 && name.starts_with(&start));
            let mut near: Vec<&str> = catalogue.iter().map(|t| t.name.as_str()).filter(alike).collect();
            if near.is_empty() {
                near.extend(nearest(&node.kind, catalogue.iter().map(|t| t.name.as_str())));
            }
            let hint = match near.is_empty() {
                true => "SELECT name FROM outcrop.node_types lists them".to_owned(),
                false => format!("did you mean {}?", near.join(" or ")),
            };
            self.problems.push(Problem::of_node(id, format!("there is no node type `{}`; {hint}", node.kind)));
            return;
        };
        if node.type_version > node_type.version {
            let message = format!(
                "is of version {} of `{}`, this program has version {}; use a newer one",
                node.type_version, node.kind, node_type.version
            );
            self.problems.push(Problem::of_node(id, message));
            return;
        }
        let params = self.params(node, node_type);
        // What is wrong with the parameters is said in any case, and then what is wrong with the inputs.
        let edges = self.graph.edges_to(id);
        let waits: Vec<String> = edges
            .iter()
            .filter(|e| self.nodes.get(&e.from).is_none_or(|n| n.state != State::Ready))
            .map(|e| e.from.clone())
            .collect();
        if self.problems.iter().any(|p| p.node.as_ref() == Some(id)) {
            return;
        }
        if !waits.is_empty() {
            compiled.state = State::Waiting(waits);
            return;
        }
        let inputs = edges.iter().filter_map(|e| {
            let from = self.nodes.get(&e.from)?;
            Some(Input {
                port: e.port.clone(),
                from: e.from.clone(),
                relation: sql::name(&from.part),
                fields: from.fields.clone(),
                order: from.body.order.clone(),
            })
        });
        let inputs: Vec<Input> = inputs.collect();
        let mut building = Building { node, params, inputs, values: &self.values, problems: Vec::new() };
        let body = node_type.build(&mut building);
        let mut found = building.problems;
        let Some(body) = body else {
            if found.is_empty() {
                found.push(Problem::of_node(id, "cannot be made of these parameters and inputs"));
            }
            self.problems.extend(found);
            return;
        };
        // Each node is planned over its inputs as relations of known columns: however the nodes are linked, that takes the same.
        let inputs: Vec<&str> = edges.iter().map(|e| e.from.as_str()).collect();
        let over =
            Over { shared: inputs.iter().map(|id| (*id).to_owned()).collect(), given: self.given(&inputs), inputs };
        // As it is a part of later queries, and may be a query of parts itself.
        let last = (compiled.part.as_str(), body.sql.as_str());
        let query = self.parts_of(&over.inputs, &over.shared, Some(last));
        match planner.plan(&format!("{query}SELECT * FROM {}", sql::name(&compiled.part)), &over.given).await {
            Ok(plan) => compiled.fields = plan.schema().fields().iter().cloned().collect(),
            Err(message) => found.extend(self.whose(id, node_type, &over, &body, message, planner).await),
        }
        for (parameter, probe, unit) in &body.stated {
            if let Ok(plan) = planner.plan(&self.compose(&over.inputs, probe, &over.shared), &over.given).await
                && let Some(stated) = plan.schema().fields().first().and_then(|f| field::unit(f)).filter(|u| u != unit)
            {
                let message =
                    format!("the value is in {stated}, not {unit}; leave `unit` out, or convert it by convert_unit");
                found.push(Problem::of_node(id, message).parameter(parameter));
            }
        }
        if let Some(sink) = &body.sink {
            if let Err(message) = planner.check_sink(sink).await {
                let parameter = if matches!(sink, Sink::Table { .. }) { "table" } else { "path" };
                found.push(Problem::of_node(id, message).parameter(parameter));
            }
            if let Some(other) = targets.insert(sink.target(), id.clone()) {
                found.push(Problem::of_node(
                    id,
                    format!("writes the {}, as `{other}` does; write another one", sink.target()),
                ));
            }
        }
        if found.is_empty() {
            compiled.state = State::Ready;
            compiled.body = body;
        } else {
            compiled.fields.clear();
            self.problems.extend(found);
        }
    }

    /// The parameters with their references resolved, checked against the schema.
    fn params(&mut self, node: &Node, node_type: &NodeType) -> serde_json::Map<String, Json> {
        let mut faults = Vec::new();
        let params = resolved(&Json::Object(node.params.clone()), &node_type.params, &self.values, "", &mut faults);
        if faults.is_empty() {
            validate(&params, &node_type.params, "", &mut faults);
        }
        let fault = |(path, message): (String, String)| Problem::of_node(&node.id, message).parameter(path);
        self.problems.extend(faults.into_iter().map(fault));
        match params {
            Json::Object(params) => params.into_iter().filter(|(_, v)| !v.is_null()).collect(),
            _ => serde_json::Map::new(),
        }
    }

    /// The problems behind a query that cannot be planned: of the parameters whose parts cannot, else of the node.
    async fn whose(
        &self,
        id: &str,
        node_type: &NodeType,
        over: &Over<'_>,
        body: &Body,
        message: String,
        planner: &dyn Planner,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (parameter, probe) in &body.probes {
            if let Err(message) = planner.plan(&self.compose(&over.inputs, probe, &over.shared), &over.given).await {
                problems.push(Problem::of_node(id, message).parameter(parameter));
            }
        }
        if problems.is_empty() {
            let mut problem = Problem::of_node(id, message);
            if node_type.kind == Kind::Operator || node_type.kind == Kind::Source {
                (problem.parameter, problem.port) = operator::place(&problem.message);
            }
            problems.push(problem);
        }
        problems
    }

    /// Nodes as relations of known columns.
    fn given(&self, ids: &[&str]) -> Vec<(String, SchemaRef)> {
        let schema =
            |id: &&str| -> Option<SchemaRef> { Some(Arc::new(Schema::new(self.nodes.get(*id)?.fields.clone()))) };
        ids.iter().filter_map(|id| Some((sql::text(&kept_name(id)), schema(id)?))).collect()
    }

    /// A query over the parts of some nodes.
    fn compose(&self, over: &[&str], query: &str, shared: &BTreeSet<String>) -> String {
        format!("{}{query}", self.parts_of(over, shared, None))
    }

    /// The parts of some nodes, and a last one; of those in `shared`, the rows that were kept.
    fn parts_of(&self, over: &[&str], shared: &BTreeSet<String>, last: Option<(&str, &str)>) -> String {
        let part = |name: &str, body: &str| format!("{} AS (\n{body}\n)", sql::name(name));
        let parts = self.graph.ancestors(over, shared).into_iter().filter_map(|id| {
            let node = self.nodes.get(&id)?;
            let body = match shared.contains(&id) {
                true => format!("SELECT * FROM {}", sql::text(&kept_name(&id))),
                false => node.body.sql.clone(),
            };
            Some(part(&node.part, &body))
        });
        let parts: Vec<String> = parts.chain(last.map(|(name, body)| part(name, body))).collect();
        if parts.is_empty() { String::new() } else { format!("WITH {}\n", parts.join(",\n")) }
    }

    /// The SQL of a node: run, it gives the node's rows. Of the nodes in `shared` the rows that were kept are taken.
    pub fn sql(&self, id: &str, shared: &BTreeSet<String>) -> Option<String> {
        let node = self.ready(id)?;
        let order = order_by(&node.body.order);
        if node.body.sink.is_some() {
            let before: Vec<&str> = self.graph.edges_to(id).iter().map(|e| e.from.as_str()).collect();
            return Some(self.compose(&before, &format!("{}{order}", node.body.sql), shared));
        }
        // A node's own rows are not taken from where they are to be kept.
        let mut shared = shared.clone();
        shared.remove(id);
        Some(self.compose(&[id], &format!("SELECT * FROM {}{order}", sql::name(&node.part)), &shared))
    }

    /// The nodes, each after what it takes rows from.
    pub fn nodes(&self) -> impl Iterator<Item = &Compiled> {
        self.graph.order.iter().filter_map(|id| self.nodes.get(id))
    }

    /// A node.
    pub fn node_of(&self, id: &str) -> Option<&Compiled> {
        self.nodes.get(id)
    }

    fn ready(&self, id: &str) -> Option<&Compiled> {
        self.nodes.get(id).filter(|n| n.state == State::Ready)
    }

    /// Where the rows of a node go, of a sink that is ready.
    pub fn sink(&self, id: &str) -> Option<&Sink> {
        self.ready(id)?.body.sink.as_ref()
    }

    /// The sinks, in the order they run in.
    pub fn sinks(&self) -> Vec<&str> {
        self.nodes().filter(|n| n.body.sink.is_some()).map(|n| n.id.as_str()).collect()
    }

    /// The nodes whose rows a run of some nodes keeps, in the order it makes them: those that more than one node takes rows from,
    /// and those that say `cached`. Tables and files are read by each for itself, as each then reads only the rows and columns it needs.
    pub fn shared(&self, targets: &[&str]) -> Vec<&str> {
        let needed = self.graph.ancestors(targets, &BTreeSet::new());
        let takers = |id: &str| -> usize {
            needed.iter().map(|other| self.graph.edges_to(other).iter().filter(|e| e.from == id).count()).sum()
        };
        let kept = |node: &&Compiled| {
            needed.contains(&node.id)
                && node.body.sink.is_none()
                && node.cached.unwrap_or_else(|| !node.stored && takers(&node.id) > 1)
        };
        // What is asked for itself is not kept for others unless there are any.
        let wanted = |node: &&Compiled| !targets.contains(&node.id.as_str()) || takers(&node.id) > 0;
        self.nodes().filter(kept).filter(wanted).map(|n| n.id.as_str()).collect()
    }

    /// The nodes by the names of their parts of a query.
    pub fn parts(&self) -> BTreeMap<&str, &Compiled> {
        self.nodes.values().map(|n| (n.part.as_str(), n)).collect()
    }

    /// The columns of a node.
    pub fn columns(&self, id: &str) -> Vec<&str> {
        self.nodes.get(id).into_iter().flat_map(|n| n.fields.iter().map(|f| f.name().as_str())).collect()
    }

    /// Itself, where nothing is wrong.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn faultless(self) -> Result<Compilation, Problems> {
        if self.problems.is_empty() { Ok(self) } else { Err(Problems(self.problems)) }
    }

    /// The values of the parameters as JSON.
    pub fn values_json(&self) -> Json {
        Json::Object(self.values.iter().map(|(name, value)| (name.clone(), value.to_json())).collect())
    }

    /// All of it as JSON: problems; of every node its columns, or what it waits for.
    pub fn to_json(&self) -> Json {
        let column = |f: &FieldRef| {
            let mut json = json!({"name": f.name(), "type": f.data_type().to_string()});
            for (key, text) in
                [("unit", field::unit(f)), ("crs", field::crs(f)), ("description", field::description(f))]
            {
                if let Some(text) = text {
                    json[key] = json!(text);
                }
            }
            json
        };
        let node = |n: &Compiled| match &n.state {
            State::Ready => json!({"id": n.id, "type": n.kind, "state": "ready",
                "columns": n.fields.iter().map(column).collect::<Vec<_>>()}),
            State::Wrong => json!({"id": n.id, "type": n.kind, "state": "wrong"}),
            State::Waiting(on) => json!({"id": n.id, "type": n.kind, "state": "waiting", "waits_for": on}),
        };
        json!({
            "workflow": self.id,
            "content_hash": self.hash,
            "parameters": self.values_json(),
            "problems": self.problems,
            "nodes": self.nodes().map(node).collect::<Vec<_>>(),
        })
    }
}

/// The name under which a session has the kept rows of a node.
pub fn kept_name(id: &str) -> String {
    format!("workflow node {id}")
}

/// Names of the parts of a query: a node's id, unless a text of the document may mean a table by that name.
fn part_names(document: &Document, catalogue: &Catalogue) -> BTreeMap<String, String> {
    let mut taken: BTreeSet<String> = ["left", "right"].map(str::to_owned).into();
    taken.extend(document.edges.iter().map(|e| e.port.to_lowercase()));
    for node in &document.nodes {
        if let Some(node_type) = catalogue.get(&node.kind) {
            node_type.words(&node.params, &mut taken);
        }
    }
    let mut names = BTreeMap::new();
    for node in &document.nodes {
        let mut part = node.id.clone();
        while taken.contains(&part) {
            part.push('_');
        }
        taken.insert(part.clone());
        names.insert(node.id.clone(), part);
    }
    names
}
