//! What traces are known by and nobody asks for is not read.
//!
//! An operator over a volume hands every column of its traces through. The engine does not know that it only does so, and would read
//! all of them; this rule takes those out of the operator's first input that nothing above it names.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result};
use datafusion::logical_expr::{Expr, Extension, Filter, Limit, LogicalPlan, Projection, SubqueryAlias};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::node::OperatorNode;

/// The rule.
#[derive(Debug, Default)]
pub struct OperatorColumns;

impl OptimizerRule for OperatorColumns {
    fn name(&self) -> &str {
        "operator_columns"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let input = match &plan {
            LogicalPlan::Projection(projection) => &projection.input,
            LogicalPlan::Aggregate(aggregate) => &aggregate.input,
            _ => return Ok(Transformed::no(plan)),
        };
        let expressions = plan.expressions();
        let mut wanted = HashSet::new();
        expressions.iter().for_each(|e| note(e, &mut wanted));
        match narrowed(input, &mut wanted)? {
            Some(input) => Ok(Transformed::yes(plan.with_new_exprs(expressions, vec![input])?)),
            None => Ok(Transformed::no(plan)),
        }
    }
}

fn note(expression: &Expr, wanted: &mut HashSet<String>) {
    wanted.extend(expression.column_refs().into_iter().map(|c| c.name.clone()));
}

/// The rows below with no more columns than are wanted; none where that changes nothing.
fn narrowed(plan: &LogicalPlan, wanted: &mut HashSet<String>) -> Result<Option<LogicalPlan>> {
    Ok(match plan {
        LogicalPlan::SubqueryAlias(named) => match narrowed(&named.input, wanted)? {
            Some(input) => {
                Some(LogicalPlan::SubqueryAlias(SubqueryAlias::try_new(Arc::new(input), named.alias.clone())?))
            }
            None => None,
        },
        LogicalPlan::Limit(limit) => narrowed(&limit.input, wanted)?
            .map(|input| LogicalPlan::Limit(Limit { input: Arc::new(input), ..limit.clone() })),
        LogicalPlan::Filter(filter) => {
            note(&filter.predicate, wanted);
            match narrowed(&filter.input, wanted)? {
                Some(input) => Some(LogicalPlan::Filter(Filter::try_new(filter.predicate.clone(), Arc::new(input))?)),
                None => None,
            }
        }
        LogicalPlan::Projection(p) if p.expr.iter().all(|e| matches!(e, Expr::Column(_))) => {
            let kept = p.expr.iter().filter(|e| matches!(e, Expr::Column(c) if wanted.contains(&c.name)));
            let kept: Vec<Expr> = kept.cloned().collect();
            match narrowed(&p.input, wanted)? {
                Some(input) => Some(LogicalPlan::Projection(Projection::try_new(kept, Arc::new(input))?)),
                None => None,
            }
        }
        LogicalPlan::Extension(extension) => match extension.node.as_any().downcast_ref::<OperatorNode>() {
            Some(node) => without(node, wanted)?.map(|node| LogicalPlan::Extension(Extension { node: Arc::new(node) })),
            None => None,
        },
        _ => None,
    })
}

/// The operator over traces that are known by what is wanted only.
fn without(node: &OperatorNode, wanted: &HashSet<String>) -> Result<Option<OperatorNode>> {
    let (Some(bound), Some(input)) = (node.bound.first(), node.inputs.first()) else { return Ok(None) };
    let first = bound.by + bound.columns.len();
    let left_out: HashSet<&str> =
        bound.rest.iter().map(|c| c.source.as_str()).filter(|name| !wanted.contains(*name)).collect();
    if !bound.volume || left_out.is_empty() || bound.ordering.iter().any(|place| *place >= first) {
        return Ok(None);
    }
    let fields = input.schema().iter().enumerate();
    let kept = fields.filter(|(place, (_, field))| *place < first || !left_out.contains(field.name().as_str()));
    let kept: Vec<Expr> = kept.map(|(_, field)| Expr::Column(Column::from(field))).collect();
    let (mut bound, mut inputs) = (node.bound.clone(), node.inputs.clone());
    if let (Some(bound), Some(input)) = (bound.first_mut(), inputs.first_mut()) {
        bound.rest.retain(|c| wanted.contains(&c.source));
        *input = LogicalPlan::Projection(Projection::try_new(kept, Arc::new(input.clone()))?);
    }
    let (operator, arguments) = (Arc::clone(&node.operator), node.arguments.clone());
    OperatorNode::try_new(operator, arguments, bound, node.by.clone(), inputs).map(Some)
}
