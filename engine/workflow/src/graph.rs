//! Nodes and edges: what goes where, in which order.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Edge, is_id};
use crate::problem::Problem;
use crate::types::{Catalogue, Kind};

/// The edges that make sense, and the nodes in an order in which every one comes after what it takes rows from.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// By node: the edges that lead to it, in the order of the document.
    pub(crate) incoming: BTreeMap<String, Vec<Edge>>,
    /// Ids, sources first. Nodes of a circle are not among them.
    pub(crate) order: Vec<String>,
}

impl Graph {
    /// Checks every edge and every input.
    pub(crate) fn of(document: &Document, catalogue: &Catalogue, problems: &mut Vec<Problem>) -> Graph {
        let mut graph = Graph::default();
        for edge in &document.edges {
            match check(document, catalogue, edge, graph.incoming.get(&edge.to)) {
                Ok(()) => graph.incoming.entry(edge.to.clone()).or_default().push(edge.clone()),
                Err(problem) => problems.push(problem),
            }
        }
        for node in &document.nodes {
            let Some(node_type) = catalogue.get(&node.kind) else { continue };
            for port in node_type.ports.iter().filter(|p| p.required) {
                if !graph.edges_to(&node.id).iter().any(|e| e.port == port.name) {
                    let doc = port.doc.trim_end_matches('.');
                    let message = format!("nothing leads here: {doc}. Draw an edge from a node that gives it");
                    problems.push(Problem::of_node(&node.id, message).port(&port.name));
                }
            }
        }
        graph.sort(document, problems);
        graph
    }

    pub(crate) fn edges_to(&self, id: &str) -> &[Edge] {
        self.incoming.get(id).map_or(&[], Vec::as_slice)
    }

    /// By id, so that the same document gives the same SQL however its nodes are listed.
    fn sort(&mut self, document: &Document, problems: &mut Vec<Problem>) {
        let mut left: BTreeSet<&str> = document.nodes.iter().map(|n| n.id.as_str()).collect();
        while let Some(next) =
            left.iter().copied().find(|id| self.edges_to(id).iter().all(|e| !left.contains(e.from.as_str())))
        {
            left.remove(next);
            self.order.push(next.to_owned());
        }
        for id in &left {
            // Only those that come round to themselves are at fault; what follows them waits.
            if let Some(way) = self.circle(id, &left) {
                problems
                    .push(Problem::of_node(id, format!("is part of a circle: {}; take an edge away", way.join(" → "))));
            }
        }
    }

    /// The way against the edges from a node back to itself.
    fn circle(&self, id: &str, within: &BTreeSet<&str>) -> Option<Vec<String>> {
        let mut ways: Vec<Vec<String>> = vec![vec![id.to_owned()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let last = way.last()?.clone();
            for edge in self.edges_to(&last).iter().filter(|e| within.contains(e.from.as_str())) {
                let mut longer = way.clone();
                longer.push(edge.from.clone());
                if edge.from == id {
                    longer.reverse();
                    return Some(longer);
                }
                if seen.insert(edge.from.clone()) {
                    ways.push(longer);
                }
            }
        }
        None
    }

    /// Nodes and all they take rows from, in order; not what those in `stop` take rows from.
    pub(crate) fn ancestors(&self, ids: &[&str], stop: &BTreeSet<String>) -> Vec<String> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        let mut next: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        while let Some(id) = next.pop() {
            if found.insert(id.clone()) && !stop.contains(&id) {
                next.extend(self.edges_to(&id).iter().map(|e| e.from.clone()));
            }
        }
        self.order.iter().filter(|id| found.contains(*id)).cloned().collect()
    }
}

fn check(document: &Document, catalogue: &Catalogue, edge: &Edge, already: Option<&Vec<Edge>>) -> Result<(), Problem> {
    let shown = format!("the edge from `{}` to `{}`, input `{}`", edge.from, edge.to, edge.port);
    let Some(to) = document.node(&edge.to) else {
        return Err(Problem::of_document(format!("{shown}: there is no node `{}`", edge.to)));
    };
    let wrong = |message: String| Problem::of_node(&edge.to, message).port(&edge.port);
    let Some(from) = document.node(&edge.from) else {
        return Err(wrong(format!("there is no node `{}` to take rows from", edge.from)));
    };
    if catalogue.get(&from.kind).is_some_and(|t| t.kind == Kind::Sink) {
        return Err(wrong(format!("`{}` gives no rows; take those of the node before it", edge.from)));
    }
    // A node of an unknown type has a problem of its own.
    let Some(node_type) = catalogue.get(&to.kind) else { return Ok(()) };
    let many = match node_type.port(&edge.port) {
        Some(port) => port.many,
        None if node_type.open && is_id(&edge.port) => false,
        None if node_type.open => {
            return Err(wrong("an input's name has lower-case letters, digits, `_` and `-`".to_owned()));
        }
        None => {
            let names: Vec<&str> = node_type.ports.iter().map(|p| p.name.as_str()).collect();
            let has = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(wrong(format!("`{}` has no such input; it has: {has}", to.kind)));
        }
    };
    if !many && already.is_some_and(|edges| edges.iter().any(|e| e.port == edge.port)) {
        return Err(wrong(
            "takes the rows of one node, and several lead here; put them together by join or union".to_owned(),
        ));
    }
    Ok(())
}
