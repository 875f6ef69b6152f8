//! `IN (SELECT …)` inside a larger condition, with the NULLs that SQL asks for.
//!
//! The engine answers an IN or EXISTS below OR, NOT or CASE with a mark on each row, true or false. For IN that is not
//! enough: `x IN (…)` is NULL where x is NULL or the query gives a NULL and no equal value, and the NOT of NULL is not
//! true. So there IN is written with EXISTS, which is never NULL:
//!
//! ```text
//! CASE WHEN EXISTS (… WHERE value = x) THEN true
//!      WHEN (x IS NULL AND EXISTS (…)) OR EXISTS (… WHERE value IS NULL) THEN NULL
//!      ELSE false END
//! ```
//!
//! An IN that stands alone between ANDs is a join of the engine and stays; so is a NOT IN, which knows NULLs, unless its
//! query looks at columns outside itself.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ExprSchema, Result, ScalarValue, Spans};
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{
    BinaryExpr, Expr, LogicalPlan, LogicalPlanBuilder, Operator, Subquery, ident, lit, when,
};
use datafusion::optimizer::AnalyzerRule;

/// The value of the query inside; a name of its own, so that it is not taken for a column outside.
const VALUE: &str = "outcrop value in query";

/// See the module.
#[derive(Debug)]
pub(crate) struct NullAwareIn;

impl AnalyzerRule for NullAwareIn {
    fn name(&self) -> &str {
        "null_aware_in"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match node {
            LogicalPlan::Filter(mut filter) => {
                let predicate = conjunct(filter.predicate.clone(), filter.input.schema())?;
                let changed = predicate.transformed;
                filter.predicate = predicate.data;
                let filter = LogicalPlan::Filter(filter);
                Ok(if changed { Transformed::yes(filter) } else { Transformed::no(filter) })
            }
            other => Ok(Transformed::no(other)),
        })
        .map(|t| t.data)
    }
}

/// A part of a condition that stands between ANDs.
fn conjunct(expr: Expr, outer: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            both(*left, Operator::And, *right, outer, conjunct)
        }
        Expr::InSubquery(ref found) if joined(found, found.negated) => Ok(Transformed::no(expr)),
        Expr::Not(ref inner) if matches!(inner.as_ref(), Expr::InSubquery(f) if joined(f, !f.negated)) => {
            Ok(Transformed::no(expr))
        }
        other => alternative(other, outer),
    }
}

/// Whether the engine's join is right: NOT IN only where the query does not look outside itself, as a join on more than
/// the value takes a NULL of any row for one of all.
fn joined(found: &InSubquery, negated: bool) -> bool {
    !negated || found.subquery.outer_ref_columns.is_empty()
}

/// A part below OR, where false and NULL are still the same.
fn alternative(expr: Expr, outer: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
            both(*left, op, *right, outer, alternative)
        }
        Expr::InSubquery(InSubquery { negated: false, .. }) => Ok(Transformed::no(expr)),
        other => other.transform_up(|e| match e {
            Expr::InSubquery(found) => Ok(Transformed::yes(exact(&found, outer)?)),
            e => Ok(Transformed::no(e)),
        }),
    }
}

fn both(
    left: Expr,
    op: Operator,
    right: Expr,
    outer: &DFSchema,
    of: fn(Expr, &DFSchema) -> Result<Transformed<Expr>>,
) -> Result<Transformed<Expr>> {
    let (left, right) = (of(left, outer)?, of(right, outer)?);
    let changed = left.transformed || right.transformed;
    let expr = Expr::BinaryExpr(BinaryExpr::new(Box::new(left.data), op, Box::new(right.data)));
    Ok(if changed { Transformed::yes(expr) } else { Transformed::no(expr) })
}

/// IN written with EXISTS. `outer` is what the condition stands on.
fn exact(found: &InSubquery, outer: &DFSchema) -> Result<Expr> {
    let plan = found.subquery.subquery.as_ref();
    let value = Expr::Column(plan.schema().qualified_field(0).into()).alias(VALUE);
    // The value that is looked for, as the query inside sees it.
    let wanted = found.expr.as_ref().clone().transform_up(|e| match e {
        Expr::Column(column) => {
            let field = outer.field_from_column(&column)?;
            let field = Arc::new(field.as_ref().clone().with_name(column.name()));
            Ok(Transformed::yes(Expr::OuterReferenceColumn(field, column)))
        }
        e => Ok(Transformed::no(e)),
    })?;
    let exists = |filter: Option<Expr>| -> Result<Expr> {
        let mut builder = LogicalPlanBuilder::from(plan.clone()).project([value.clone()])?;
        if let Some(filter) = filter {
            builder = builder.filter(filter)?;
        }
        let subquery = builder.build()?;
        let outer_ref_columns = subquery.all_out_ref_exprs();
        let subquery = Subquery { subquery: Arc::new(subquery), outer_ref_columns, spans: Spans::new() };
        Ok(Expr::Exists(Exists { subquery, negated: false }))
    };
    let (yes, no) = (lit(!found.negated), lit(found.negated));
    let equal = exists(Some(ident(VALUE).eq(wanted.data)))?;
    let unknown = found.expr.as_ref().clone().is_null().and(exists(None)?).or(exists(Some(ident(VALUE).is_null()))?);
    when(equal, yes).when(unknown, lit(ScalarValue::Boolean(None))).otherwise(no)
}
