//! Relational operators: defined once, usable everywhere.
//!
//! An [`Operator`] says what it is called, what it takes and what it gives (its [`Definition`]) and how it computes.
//! From that one definition come the SQL table function with subquery inputs and named parameters, the plan node and
//! its execution, the wire form for a cluster, the reference page, the JSON Schema of its property form and the
//! row in `outcrop.functions`.
//!
//! | file | what |
//! |---|---|
//! | `definition` | name, doc, inputs, parameters |
//! | `value` | parameter values and a resolved call |
//! | `operator` | the trait, what a body gets to work with |
//! | `bind` | which column of an input plays which role; unit checks |
//! | `planner` | SQL call → logical node |
//! | `pushdown` | conditions on the result, applied to the input |
//! | `columns` | columns that are only handed through, not read where nobody asks |
//! | `rewrite` | bare table names and files as inputs |
//! | `node` | the one logical node |
//! | `exec` | the one physical node: ordering, groups, progress, cancellation |
//! | `traces` | a volume as an operator gets it |
//! | `traces_exec` | the plan node that reads samples of traces |
//! | `units` | units of what a query computes |
//! | `wire` | the codec of physical plans, made of kinds of nodes |
//! | `codec` | the wire form of operators |
//! | `registry` | the operators of a session |

mod bind;
pub mod codec;
mod columns;
mod definition;
mod exec;
mod node;
mod operator;
mod planner;
mod pushdown;
mod registry;
mod rewrite;
mod traces;
mod traces_exec;
mod units;
mod value;
mod wire;

pub use bind::{BoundColumn, BoundInput};
pub use columns::OperatorColumns;
pub use definition::{Column, ColumnKind, Definition, Input, OutputColumn, Parameter, ParameterKind, UnitRule};
pub use exec::OperatorExec;
pub use node::OperatorNode;
pub use operator::{Bounded, Notices, Operator, Output, Planned, Progress, Rows};
pub use planner::{OperatorExtensionPlanner, OperatorRelationPlanner};
pub use pushdown::OperatorPushdown;
pub use registry::OperatorRegistry;
pub use rewrite::name_inputs;
pub use traces::{SAMPLE_AXIS, Traces, axis_of, domain_of, samples_field};
pub use traces_exec::{SAMPLES, SLOT, TracesExec, VolumeSource, of_volume, samples_list, samples_type};
pub use units::with_units;
pub use value::{Call, Value};
pub use wire::{PhysicalCodec, Wire, schema_from_bytes, schema_to_bytes};
