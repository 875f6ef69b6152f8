//! Workflows: what a canvas draws, as a document, and the plans it means.
//!
//! A [`Document`] is JSON: parameters, nodes, edges, and apart from them what the canvas shows. [`compile`] makes of every node a named
//! part of a query over the nodes before it, and lets a [`Planner`] (a session) plan that: one logical plan a node, so that units,
//! operators, files and rights are what they are in SQL. What is wrong is said of the node, the input and the parameter it is about,
//! and the other nodes still get their columns.
//!
//! ```
//! use outcrop_workflow::Document;
//!
//! let text = r#"{
//!   "schema": "outcrop.workflow", "schema_version": 1, "id": "shallow", "name": "Shallow wells",
//!   "parameters": [{"name": "depth", "type": "number", "default": 2500, "unit": "m"}],
//!   "nodes": [
//!     {"id": "wells", "type": "table", "params": {"table": "wells"}},
//!     {"id": "shallow", "type": "filter", "params": {"where": "td < $depth"}}
//!   ],
//!   "edges": [{"from": "wells", "to": "shallow", "port": "input"}]
//! }"#;
//! let document = Document::parse(text)?;
//! assert_eq!(Document::parse(&document.canonical())?, document);
//! # Ok::<(), outcrop_workflow::Problems>(())
//! ```
//!
//! | file | what |
//! |---|---|
//! | `document` | reading, canonical text, content hash |
//! | `migrate` | documents of earlier schema versions |
//! | `parameter` | parameters of a workflow and their values |
//! | `types/` | node types: sources, rows and columns, combine, shape, operators, sinks |
//! | `schema` | parameters of nodes against JSON Schema |
//! | `sql` | names, texts and expressions as parts of a query |
//! | `graph` | edges, inputs, order |
//! | `compile` | the SQL, plan and columns of every node |
//! | `problem` | what is wrong, and where |

mod compile;
mod document;
mod graph;
mod migrate;
mod parameter;
mod problem;
mod schema;
pub mod sql;
mod types;

pub use compile::{Compilation, Compiled, Planner, State, compile, kept_name};
pub use document::{Document, Edge, Node, SCHEMA, is_id};
pub use migrate::SCHEMA_VERSION;
pub use outcrop_operators::Value;
pub use parameter::{Parameter, ParameterType, Values};
pub use problem::{Problem, Problems};
pub use types::{Catalogue, Kind, NodeType, Port, Sink, TableMode};
