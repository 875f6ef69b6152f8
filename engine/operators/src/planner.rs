//! From a call in SQL to the logical node, and from that to the physical one.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, Result, not_impl_err, plan_datafusion_err, plan_err};
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, LogicalPlanBuilder, UserDefinedLogicalNode};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{ExtensionPlanner, PhysicalPlanner};
use datafusion::sql::sqlparser::ast::{Expr as SqlExpr, FunctionArg, FunctionArgExpr, TableFactor, Value as SqlValue};
use outcrop_types::near::did_you_mean;

use crate::bind::{bind, check_across};
use crate::definition::{Parameter, ParameterKind};
use crate::exec::OperatorExec;
use crate::node::OperatorNode;
use crate::operator::Operator;
use crate::registry::OperatorRegistry;
use crate::units::with_units;

/// Plans `operator((SELECT …), name => value)` wherever a table may stand.
pub struct OperatorRelationPlanner {
    registry: Arc<OperatorRegistry>,
}

impl OperatorRelationPlanner {
    /// For the operators of a registry.
    pub fn new(registry: Arc<OperatorRegistry>) -> Self {
        OperatorRelationPlanner { registry }
    }
}

impl fmt::Debug for OperatorRelationPlanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorRelationPlanner")
    }
}

impl RelationPlanner for OperatorRelationPlanner {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let name = match &relation {
            TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. } => name,
            _ => return Ok(RelationPlanning::Original(Box::new(relation))),
        };
        let Some(operator) = (match name.0.as_slice() {
            [part] => part.as_ident().and_then(|i| self.registry.get(&context.normalize_ident(i.clone()))),
            _ => None,
        }) else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let operator = Arc::clone(operator);
        let (args, alias) = match relation {
            TableFactor::Table {
                args: Some(args),
                alias,
                version: None,
                with_ordinality: false,
                sample: None,
                json_path: None,
                with_hints,
                partitions,
                index_hints,
                ..
            } if args.settings.is_none()
                && with_hints.is_empty()
                && partitions.is_empty()
                && index_hints.is_empty() =>
            {
                (args.args, alias)
            }
            TableFactor::Table { .. } => {
                return not_impl_err!(
                    "{}: TABLESAMPLE, WITH ORDINALITY, versions and hints do not go with an operator; use WHERE or row_number() OVER (…)",
                    operator.definition().name
                );
            }
            TableFactor::Function { with_ordinality: true, .. } => {
                return not_impl_err!(
                    "{}: WITH ORDINALITY is not supported; use row_number() OVER (…)",
                    operator.definition().name
                );
            }
            TableFactor::Function { lateral: true, .. } => {
                return not_impl_err!(
                    "{0}: LATERAL is not supported for operators; use {0}(…, by => [column, …]) to run once per group",
                    operator.definition().name
                );
            }
            TableFactor::Function { args, alias, .. } => (args, alias),
            other => return Ok(RelationPlanning::Original(Box::new(other))),
        };
        let plan = plan_call(operator, args, context)?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias))))
    }
}

fn plan_call(
    operator: Arc<dyn Operator>,
    args: Vec<FunctionArg>,
    context: &mut dyn RelationPlannerContext,
) -> Result<LogicalPlan> {
    let definition = operator.definition();
    let name = definition.name;
    let takes = || format!("{name} takes: {}", definition.names());

    // Who is who: named arguments by name, the others in the order of the definition.
    let mut given: Vec<(String, SqlExpr)> = Vec::new();
    let mut places = definition.inputs.iter().map(|i| i.name).chain(definition.parameters.iter().map(|p| p.name));
    for arg in args {
        let (key, value) = match arg {
            FunctionArg::Named { name, arg, .. } => (context.normalize_ident(name), arg),
            FunctionArg::ExprNamed { name: SqlExpr::Identifier(name), arg, .. } => (context.normalize_ident(name), arg),
            FunctionArg::ExprNamed { name: other, .. } => {
                return plan_err!("{name}: `{other}` is not a name; {}", takes());
            }
            FunctionArg::Unnamed(value) => {
                if given.iter().any(|(k, _)| !definition.inputs.iter().any(|i| i.name == k)) {
                    return plan_err!("{name}: an argument without a name follows a named one; name it. {}", takes());
                }
                match places.find(|p| !given.iter().any(|(k, _)| k == p)) {
                    Some(place) => (place.to_owned(), value),
                    None => return plan_err!("{name}: too many arguments; {}", takes()),
                }
            }
        };
        let FunctionArgExpr::Expr(value) = value else {
            return plan_err!("{name}: `*` is not an argument; {}", takes());
        };
        if given.iter().any(|(k, _)| *k == key) {
            return plan_err!("{name}: `{key}` is given twice");
        }
        let known = key == "by"
            || definition.inputs.iter().any(|i| i.name == key)
            || definition.parameters.iter().any(|p| p.name == key);
        if !known {
            let all = definition.inputs.iter().map(|i| i.name).chain(definition.parameters.iter().map(|p| p.name));
            return plan_err!("{name}: no parameter `{key}`{}; {}", did_you_mean(&key, all.chain(["by"])), takes());
        }
        given.push((key, value));
    }
    let mut take = |key: &str| {
        let i = given.iter().position(|(k, _)| k == key)?;
        Some(given.swap_remove(i).1)
    };

    let by = match take("by") {
        Some(expr) => column_list(name, expr, context)?,
        None => Vec::new(),
    };
    let (mut bound, mut inputs) = (Vec::new(), Vec::new());
    for (i, input) in definition.inputs.iter().enumerate() {
        let Some(expr) = take(input.name) else {
            if input.required {
                return plan_err!(
                    "{name}: input `{}` is missing ({}); give a table name or a subquery in parentheses: {}",
                    input.name,
                    input.doc,
                    definition.signature()
                );
            }
            continue;
        };
        let SqlExpr::Subquery(subquery) = expr else {
            return plan_err!(
                "{name}: input `{}` must be a table name or a subquery in parentheses, found {expr}",
                input.name
            );
        };
        let plan = context.plan(TableFactor::Derived { lateral: false, subquery, alias: None, sample: None })?;
        let (b, plan) = bind(definition, input, with_units(plan)?, &by, i == 0)?;
        bound.push(b);
        inputs.push(plan);
    }
    check_across(definition, &bound)?;

    let mut arguments = Vec::new();
    for parameter in &definition.parameters {
        if let Some(expr) = take(parameter.name) {
            arguments.push((parameter.name.to_owned(), constant(name, parameter, expr, context)?));
        }
    }
    let node = OperatorNode::try_new(operator, arguments, bound, by, inputs)?;
    // A limit that limits nothing: the engine moves filters without columns (`random() < 0.1`) below an extension node,
    // whatever the node says, and so would thin out an operator's input instead of its result. Below a limit it moves none.
    let everything = usize::try_from(i64::MAX).unwrap_or(usize::MAX);
    LogicalPlanBuilder::from(LogicalPlan::Extension(Extension { node: Arc::new(node) }))
        .limit(0, Some(everything))?
        .build()
}

/// `[well, log_set]`, `well`, `'well'`.
fn column_list(operator: &str, expr: SqlExpr, context: &dyn RelationPlannerContext) -> Result<Vec<String>> {
    let one = |e: SqlExpr| match e {
        SqlExpr::Identifier(ident) => Ok(context.normalize_ident(ident)),
        SqlExpr::Value(v) => match v.value {
            SqlValue::SingleQuotedString(text) => Ok(text),
            other => plan_err!("{operator}: `by` expects column names, found {other}"),
        },
        other => plan_err!("{operator}: `by` expects column names, found {other}"),
    };
    match expr {
        SqlExpr::Array(array) => array.elem.into_iter().map(one).collect(),
        SqlExpr::Tuple(elements) => elements.into_iter().map(one).collect(),
        SqlExpr::Nested(inner) => column_list(operator, *inner, context),
        other => Ok(vec![one(other)?]),
    }
}

/// A parameter's expression reduced to a constant, or to a placeholder that knows its type.
fn constant(
    operator: &str,
    parameter: &Parameter,
    expr: SqlExpr,
    context: &mut dyn RelationPlannerContext,
) -> Result<Expr> {
    if let (SqlExpr::Identifier(word), ParameterKind::Choice(_)) = (&expr, &parameter.kind) {
        return Ok(datafusion::logical_expr::lit(word.value.clone()));
    }
    let shown = expr.to_string();
    let planned = context.sql_to_expr(expr, &DFSchema::empty()).map_err(|e| {
        plan_datafusion_err!("{operator}: parameter `{}` must be a constant, found {shown} ({e})", parameter.name)
    })?;
    if let Expr::Placeholder(mut placeholder) = planned {
        placeholder.field = Some(Arc::new(Field::new(&placeholder.id, data_type(&parameter.kind), true)));
        return Ok(Expr::Placeholder(placeholder));
    }
    ExprSimplifier::new(SimplifyContext::default()).simplify(planned)
}

fn data_type(kind: &ParameterKind) -> DataType {
    match kind {
        ParameterKind::Number { .. } => DataType::Float64,
        ParameterKind::Integer { .. } => DataType::Int64,
        ParameterKind::Boolean => DataType::Boolean,
        ParameterKind::Text | ParameterKind::Choice(_) => DataType::Utf8,
        ParameterKind::Numbers => DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true))),
    }
}

/// Makes [`OperatorExec`] of [`OperatorNode`].
#[derive(Debug, Default)]
pub struct OperatorExtensionPlanner;

#[async_trait]
impl ExtensionPlanner for OperatorExtensionPlanner {
    async fn plan_extension(
        &self,
        _planner: &dyn PhysicalPlanner,
        node: &dyn UserDefinedLogicalNode,
        _logical_inputs: &[&LogicalPlan],
        physical_inputs: &[Arc<dyn ExecutionPlan>],
        _session: &dyn Session,
        _context: &PhysicalPlanningContext,
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(node) = node.as_any().downcast_ref::<OperatorNode>() else { return Ok(None) };
        let schema = Arc::clone(datafusion::logical_expr::UserDefinedLogicalNodeCore::schema(node).inner());
        let exec = OperatorExec::try_new(Arc::clone(&node.operator), node.call()?, physical_inputs.to_vec(), schema)?;
        Ok(Some(Arc::new(exec)))
    }
}
