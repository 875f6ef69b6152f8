//! Parameters of statements: `?` gets a number, and statements that are not one plan get the values put in.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::common::{ParamValues, Result, ScalarValue, plan_err};
use datafusion::logical_expr::lit;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, Ident, Statement as SqlStatement, Value, ValueWithSpan, VisitMut, VisitorMut,
};
use datafusion::sql::unparser::expr_to_sql;

use super::pass;

/// Gives every `?` its number, in the order of the text.
pub(crate) fn number(statement: &mut Statement) {
    let mut next = 0;
    each(statement, &mut |placeholder| {
        if placeholder == "?" {
            next += 1;
            *placeholder = format!("${next}");
        }
        ControlFlow::<()>::Continue(())
    });
}

/// How many parameters a statement has, by the largest number; names count one each.
pub(crate) fn count(statement: &Statement) -> usize {
    let (mut largest, mut names) = (0, BTreeSet::new());
    each(&mut statement.clone(), &mut |placeholder| {
        match placeholder.trim_start_matches(['$', '?']).parse::<usize>() {
            Ok(n) => largest = largest.max(n),
            Err(_) => drop(names.insert(placeholder.clone())),
        }
        ControlFlow::<()>::Continue(())
    });
    largest + names.len()
}

/// Puts values where the parameters stand, as literals of the syntax tree: they are never read as SQL.
pub(super) fn fill(statement: &mut Statement, values: &ParamValues) -> Result<()> {
    let mut visitor = Fill { values };
    match walk(statement, &mut visitor) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// An expression with the columns `"1"`, `"2"` … where it has the parameters `$1`, `$2` ….
pub(crate) fn with_columns_for_parameters(expr: &Expr) -> Expr {
    let mut expr = expr.clone();
    let _ = VisitMut::visit(&mut expr, &mut Columns);
    expr
}

struct Columns;

impl VisitorMut for Columns {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        if let Value::Placeholder(placeholder) = &value.value {
            *expr = Expr::Identifier(Ident::with_quote('"', placeholder.trim_start_matches('$')));
        }
        ControlFlow::Continue(())
    }
}

fn each<B>(statement: &mut Statement, apply: &mut dyn FnMut(&mut String) -> ControlFlow<B>) {
    let _ = walk(statement, &mut Each { apply });
}

fn walk<V: VisitorMut>(statement: &mut Statement, visitor: &mut V) -> ControlFlow<V::Break> {
    let mut flow = ControlFlow::Continue(());
    pass::each_query(statement, &mut |sql: &mut SqlStatement| {
        if flow.is_continue() {
            flow = sql.visit(visitor);
        }
    });
    flow
}

struct Each<'a, B> {
    apply: &'a mut dyn FnMut(&mut String) -> ControlFlow<B>,
}

impl<B> VisitorMut for Each<'_, B> {
    type Break = B;

    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<B> {
        match &mut value.value {
            Value::Placeholder(placeholder) => (self.apply)(placeholder),
            _ => ControlFlow::Continue(()),
        }
    }
}

struct Fill<'a> {
    values: &'a ParamValues,
}

impl VisitorMut for Fill<'_> {
    type Break = datafusion::common::DataFusionError;

    // After, not before: the values that are put in are not looked at again.
    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Self::Break> {
        let Expr::Value(value) = expr else { return ControlFlow::Continue(()) };
        let Value::Placeholder(placeholder) = &value.value else { return ControlFlow::Continue(()) };
        let literal = self.values.get_placeholders_with_values(placeholder);
        match literal.and_then(|v| literal_of(&v.value, placeholder)) {
            Ok(literal) => *expr = literal,
            Err(error) => return ControlFlow::Break(error),
        }
        ControlFlow::Continue(())
    }
}

/// A value as a literal of the syntax tree.
fn literal_of(value: &ScalarValue, placeholder: &str) -> Result<Expr> {
    if value.is_null() {
        return Ok(Expr::Value(Value::Null.with_empty_span()));
    }
    match value {
        ScalarValue::Float64(Some(v)) if !v.is_finite() => {
            plan_err!("the value of {placeholder} is {v}, which a table takes as NULL; give NULL")
        }
        ScalarValue::Float64(Some(v)) => Ok(Expr::Value(Value::Number(format!("{v:e}"), false).with_empty_span())),
        ScalarValue::Float32(Some(v)) if v.is_finite() => {
            Ok(Expr::Value(Value::Number(format!("{:e}", f64::from(*v)), false).with_empty_span()))
        }
        value => expr_to_sql(&lit(value.clone())),
    }
}
