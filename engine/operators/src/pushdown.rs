//! Conditions on the result of an operator, brought to its input where they mean the same there.
//!
//! The engine moves conditions down to an operator and no further (see the limit in `planner`). From there this rule takes those on
//! grouping columns, and on columns that an operator hands through row by row, into the first input; and bounds of a column that an
//! operator has parameters for into those, while the condition itself stays.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, Result, ScalarValue};
use datafusion::logical_expr::utils::{conjunction, split_conjunction};
use datafusion::logical_expr::{Expr, Extension, Filter, Limit, LogicalPlan, Operator as Comparison, Projection, lit};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::bind::{BoundInput, role_name};
use crate::node::OperatorNode;

/// The rule.
#[derive(Debug, Default)]
pub struct OperatorPushdown;

impl OptimizerRule for OperatorPushdown {
    fn name(&self) -> &str {
        "operator_pushdown"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let Some((filter, limit, columns, node)) = over_operator(&plan) else { return Ok(Transformed::no(plan)) };
        let (mut below, mut above, mut bounds) = (Vec::new(), Vec::new(), Bounds::default());
        for condition in split_conjunction(&filter.predicate) {
            match moved(condition, node)? {
                Some(condition) => below.push(condition),
                None => {
                    bounds.note(condition, node);
                    above.push(condition.clone());
                }
            }
        }
        let arguments = bounds.into_arguments(node);
        if below.is_empty() && arguments.is_none() {
            return Ok(Transformed::no(plan));
        }
        let mut inputs = node.inputs.clone();
        if let (Some(condition), Some(first)) = (conjunction(below), inputs.first_mut()) {
            *first = LogicalPlan::Filter(Filter::try_new(condition, Arc::new(first.clone()))?);
        }
        let node = OperatorNode::try_new(
            Arc::clone(&node.operator),
            arguments.unwrap_or_else(|| node.arguments.clone()),
            node.bound.clone(),
            node.by.clone(),
            inputs,
        )?;
        let mut rows = LogicalPlan::Extension(Extension { node: Arc::new(node) });
        if let Some(columns) = columns {
            rows = LogicalPlan::Projection(Projection::try_new(columns.expr.clone(), Arc::new(rows))?);
        }
        let limited = LogicalPlan::Limit(Limit { input: Arc::new(rows), ..limit.clone() });
        Ok(Transformed::yes(match conjunction(above) {
            Some(condition) => LogicalPlan::Filter(Filter::try_new(condition, Arc::new(limited))?),
            None => limited,
        }))
    }
}

/// A condition right above an operator, of which some columns may have been taken.
fn over_operator(plan: &LogicalPlan) -> Option<(&Filter, &Limit, Option<&Projection>, &OperatorNode)> {
    let LogicalPlan::Filter(filter) = plan else { return None };
    let LogicalPlan::Limit(limit) = filter.input.as_ref() else { return None };
    let (columns, rows) = match limit.input.as_ref() {
        LogicalPlan::Projection(p) if p.expr.iter().all(|e| matches!(e, Expr::Column(_))) => {
            (Some(p), p.input.as_ref())
        }
        other => (None, other),
    };
    let LogicalPlan::Extension(extension) = rows else { return None };
    let everything = matches!(limit.fetch.as_deref(), Some(Expr::Literal(ScalarValue::Int64(Some(i64::MAX)), _)));
    let node = extension.node.as_any().downcast_ref::<OperatorNode>()?;
    everything.then_some((filter, limit, columns, node))
}

/// A condition as one on the first input, where all its columns are there.
fn moved(condition: &Expr, node: &OperatorNode) -> Result<Option<Expr>> {
    let Some(bound) = node.bound.first() else { return Ok(None) };
    let columns = condition.column_refs();
    let subquery =
        condition.exists(|e| Ok(matches!(e, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_))))?;
    if columns.is_empty() || condition.is_volatile() || subquery {
        return Ok(None);
    }
    if !columns.iter().all(|c| below(&c.name, node, bound).is_some()) {
        return Ok(None);
    }
    let renamed = condition.clone().transform(|e| {
        Ok(match e {
            Expr::Column(column) => match below(&column.name, node, bound) {
                Some(name) => Transformed::yes(Expr::Column(Column::new_unqualified(name))),
                None => Transformed::no(Expr::Column(column)),
            },
            other => Transformed::no(other),
        })
    })?;
    Ok(Some(renamed.data))
}

/// The name in the first input of a column of the result that comes from it as it is.
fn below(name: &str, node: &OperatorNode, bound: &BoundInput) -> Option<String> {
    if node.by.iter().any(|b| b == name) && bound.by > 0 {
        return Some(name.to_owned());
    }
    if !node.operator.hands_through(name) {
        return None;
    }
    let role = bound.columns.iter().find(|c| c.role == name).map(|c| role_name(&c.role));
    role.or_else(|| bound.rest.iter().any(|c| c.source == name).then(|| name.to_owned()))
}

/// Bounds of the column that an operator has parameters for.
#[derive(Default)]
struct Bounds {
    lower: Option<f64>,
    upper: Option<f64>,
}

impl Bounds {
    fn note(&mut self, condition: &Expr, node: &OperatorNode) {
        let Some(bounded) = node.operator.bounded() else { return };
        let column = |e: &Expr| matches!(e, Expr::Column(c) if bounded.columns.contains(&c.name.as_str()));
        let (mut lower, mut upper) = (None, None);
        match condition {
            Expr::BinaryExpr(b) => {
                let (comparison, value) = match (column(&b.left), column(&b.right)) {
                    (true, false) => (Some(b.op), number(&b.right)),
                    (false, true) => (b.op.swap(), number(&b.left)),
                    _ => return,
                };
                match comparison {
                    Some(Comparison::Eq) => (lower, upper) = (value, value),
                    Some(Comparison::Gt | Comparison::GtEq) => lower = value,
                    Some(Comparison::Lt | Comparison::LtEq) => upper = value,
                    _ => {}
                }
            }
            Expr::Between(b) if !b.negated && column(&b.expr) => {
                (lower, upper) = (number(&b.low), number(&b.high));
            }
            _ => {}
        }
        self.narrow(lower, upper);
    }

    fn narrow(&mut self, lower: Option<f64>, upper: Option<f64>) {
        if let Some(v) = lower {
            self.lower = Some(self.lower.map_or(v, |l| l.max(v)));
        }
        if let Some(v) = upper {
            self.upper = Some(self.upper.map_or(v, |u| u.min(v)));
        }
    }

    /// The operator's arguments with the bounds; none where they do not change.
    fn into_arguments(mut self, node: &OperatorNode) -> Option<Vec<(String, Expr)>> {
        let bounded = node.operator.bounded()?;
        let given = |name: &str| node.arguments.iter().find(|(n, _)| n == name);
        // A parameter that is bound only later is left alone.
        let value = |name: &str| match given(name) {
            None => Some(None),
            Some((_, e)) => number(e).map(Some),
        };
        let (lower, upper) = (value(bounded.lower)?, value(bounded.upper)?);
        self.narrow(lower, upper);
        if (self.lower, self.upper) == (lower, upper) {
            return None;
        }
        // Nothing lies between bounds that cross; the condition above says so, without an error.
        if matches!((self.lower, self.upper), (Some(l), Some(u)) if l > u) {
            return None;
        }
        let mut arguments = node.arguments.clone();
        for (name, value) in [(bounded.lower, self.lower), (bounded.upper, self.upper)] {
            let Some(value) = value else { continue };
            arguments.retain(|(n, _)| n != name);
            arguments.push((name.to_owned(), lit(value)));
        }
        Some(arguments)
    }
}

/// A constant number.
fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Literal(scalar, _) if !scalar.is_null() && scalar.data_type().is_numeric() => {
            match scalar.cast_to(&datafusion::arrow::datatypes::DataType::Float64) {
                Ok(ScalarValue::Float64(v)) => v.filter(|v| v.is_finite()),
                _ => None,
            }
        }
        Expr::Alias(alias) => number(&alias.expr),
        Expr::Cast(cast) => number(&cast.expr),
        _ => None,
    }
}
