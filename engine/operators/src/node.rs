//! The one logical node that carries every operator.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::{DFSchema, DFSchemaRef, Result, TableReference, plan_err};
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};
use outcrop_types::field;

use crate::bind::{BoundInput, common_system};
use crate::operator::{Operator, Planned};
use crate::value::{Call, Value};

/// A call of an operator in a logical plan.
#[derive(Debug, Clone)]
pub struct OperatorNode {
    pub(crate) operator: Arc<dyn Operator>,
    /// Parameters as expressions: constants, or placeholders until they are bound.
    pub(crate) arguments: Vec<(String, Expr)>,
    pub(crate) bound: Vec<BoundInput>,
    pub(crate) by: Vec<String>,
    pub(crate) inputs: Vec<LogicalPlan>,
    schema: DFSchemaRef,
}

impl OperatorNode {
    /// A call over inputs that are already bound.
    ///
    /// # Errors
    /// A planning error where a constant does not fit its parameter.
    pub fn try_new(
        operator: Arc<dyn Operator>,
        arguments: Vec<(String, Expr)>,
        bound: Vec<BoundInput>,
        by: Vec<String>,
        inputs: Vec<LogicalPlan>,
    ) -> Result<Self> {
        let schemas: Vec<SchemaRef> = inputs.iter().map(|p| Arc::clone(p.schema().inner())).collect();
        let mut fields: Vec<Field> = match schemas.first() {
            Some(primary) => primary.fields()[..by.len()].iter().map(|f| f.as_ref().clone()).collect(),
            None => Vec::new(),
        };
        let output = operator.output(&Planned { inputs: &bound, schemas: &schemas, arguments: &arguments })?;
        fields.extend(output.into_iter().map(|f| in_system(f, &bound)));
        let name = operator.definition().name;
        let mut seen = HashSet::new();
        if let Some(twice) = fields.iter().find(|f| !seen.insert(f.name().clone())) {
            return plan_err!(
                "{name}: the result would have two columns named `{}`; rename the one in the input",
                twice.name()
            );
        }
        let schema = DFSchema::try_from_qualified_schema(TableReference::bare(name), &Schema::new(fields))?;
        let node = OperatorNode { operator, arguments, bound, by, inputs, schema: Arc::new(schema) };
        if node.arguments.iter().all(|(_, e)| matches!(constant(e), Expr::Literal(..))) {
            node.call()?;
        }
        Ok(node)
    }

    /// The call with every parameter resolved.
    ///
    /// # Errors
    /// A planning error where a value does not fit, is missing, or is still a placeholder.
    pub fn call(&self) -> Result<Call> {
        let definition = self.operator.definition();
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        for (name, expr) in &self.arguments {
            let Some(parameter) = definition.parameter(name) else {
                return plan_err!("{}: no parameter `{name}`; it takes: {}", definition.name, definition.names());
            };
            match constant(expr) {
                Expr::Literal(scalar, _) => {
                    if let Some(value) = Value::from_scalar(definition.name, parameter, scalar)? {
                        values.insert(name.clone(), value);
                    }
                }
                Expr::Placeholder(p) => {
                    return plan_err!("{}: parameter `{name}` is {}, which has no value yet", definition.name, p.id);
                }
                other => {
                    return plan_err!(
                        "{}: parameter `{name}` must be a constant, found {other}; compute it first or bind it as a parameter",
                        definition.name
                    );
                }
            }
        }
        Call::new(definition, values, self.bound.clone(), self.by.clone())
    }

    /// The operator called.
    pub fn operator(&self) -> &Arc<dyn Operator> {
        &self.operator
    }
}

/// The field, of `x` and `y` with the coordinate reference system of the inputs: a place that is computed from places is in
/// theirs. Not where its unit is another, nor over a system that the operator or a column handed through states.
fn in_system(f: Field, bound: &[BoundInput]) -> Field {
    match common_system(bound) {
        Some((crs, unit))
            if matches!(f.name().as_str(), "x" | "y")
                && !f.metadata().contains_key(field::CRS)
                && field::unit(&f) == unit =>
        {
            field::with(f, field::CRS, crs)
        }
        _ => f,
    }
}

/// A bound parameter is a constant under the name of its placeholder.
fn constant(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => constant(&alias.expr),
        other => other,
    }
}

impl PartialEq for OperatorNode {
    fn eq(&self, other: &Self) -> bool {
        self.operator.definition().name == other.operator.definition().name
            && self.arguments == other.arguments
            && self.bound == other.bound
            && self.by == other.by
            && self.inputs == other.inputs
    }
}
impl Eq for OperatorNode {}

impl Hash for OperatorNode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.operator.definition().name.hash(state);
        self.arguments.hash(state);
        self.bound.hash(state);
        self.by.hash(state);
        self.inputs.hash(state);
    }
}

impl PartialOrd for OperatorNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.operator.definition().name, &self.by, &self.bound)
            .partial_cmp(&(other.operator.definition().name, &other.by, &other.bound))
            .filter(|o| *o != Ordering::Equal || self == other)
    }
}

impl UserDefinedLogicalNodeCore for OperatorNode {
    fn name(&self) -> &str {
        self.operator.definition().name
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        self.inputs.iter().collect()
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        self.arguments.iter().map(|(_, e)| e.clone()).collect()
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator: {}", self.name())?;
        for (name, expr) in &self.arguments {
            write!(f, " {name}={expr}")?;
        }
        if !self.by.is_empty() {
            write!(f, " by=[{}]", self.by.join(", "))?;
        }
        Ok(())
    }

    fn with_exprs_and_inputs(&self, exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        let names = self.arguments.iter().map(|(n, _)| n.clone());
        let arguments = names.zip(exprs).collect();
        Self::try_new(Arc::clone(&self.operator), arguments, self.bound.clone(), self.by.clone(), inputs)
    }
}
