//! Units of what a query computes, and coordinate reference systems, where they follow from those of the columns.
//!
//! The engine keeps the metadata of a column that is only named. Of a UNION it takes the metadata of the last branch, so
//! that values in gAPI would be called metres; and what `min` or `coalesce` give has none. Here a UNION has a unit only
//! where its branches agree, and functions that choose or average among values of one unit give that unit. A constant
//! stands in the unit of what it is beside; anything else that is computed has no unit. The same is true of the system that
//! an easting or northing is in, but for functions that move a place, such as `abs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::arrow::datatypes::Field;
use datafusion::common::metadata::FieldMetadata;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::expr::{Alias, WindowFunctionDefinition};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, Projection, Union, Window};
use outcrop_types::field;

/// Functions that give one of their arguments.
const OF_ALL: &[&str] = &["coalesce", "nvl", "ifnull", "greatest", "least"];
/// Functions whose value is in the unit of the first argument.
const OF_FIRST: &[&str] = &["nullif", "abs", "round", "ceil", "floor", "trunc"];
/// Those of them whose value is no place any more.
const MOVES: &[&str] = &["abs"];
/// What follows, as keys of the metadata of a field.
const KEYS: [&str; 2] = [field::UNIT, field::CRS];
/// Aggregates and window functions that choose or average. Not `sum`: of temperatures it is none.
const OF_ROWS: &[&str] = &[
    "min",
    "max",
    "avg",
    "mean",
    "median",
    "approx_median",
    "percentile_cont",
    "approx_percentile_cont",
    "first_value",
    "last_value",
    "nth_value",
    "lag",
    "lead",
];

/// The plan with the units that are known in the metadata of its columns, and without those that are not.
pub fn with_units(plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut changed = false;
    let plan = plan.transform_up_with_subqueries(|node| {
        let node = if changed { node.recompute_schema()? } else { node };
        let (node, now) = match node {
            LogicalPlan::Projection(projection) => projected(projection)?,
            LogicalPlan::Union(union) => united(union)?,
            other => (other, false),
        };
        changed |= now;
        Ok(if changed { Transformed::yes(node) } else { Transformed::no(node) })
    })?;
    Ok(plan.data)
}

/// A projection that says the units of what it computes.
fn projected(projection: Projection) -> Result<(LogicalPlan, bool)> {
    let known = |expr: &Expr, f: &Field| -> BTreeMap<String, String> {
        let found = KEYS.into_iter().filter(|key| !f.metadata().contains_key(*key)).filter_map(|key| {
            match of_expr(expr, &projection.input, key) {
                Found::Known(text) => Some((key.to_owned(), text)),
                _ => None,
            }
        });
        found.collect()
    };
    let known: Vec<BTreeMap<String, String>> =
        projection.expr.iter().zip(projection.schema.fields()).map(|(expr, f)| known(expr, f)).collect();
    if known.iter().all(BTreeMap::is_empty) {
        return Ok((LogicalPlan::Projection(projection), false));
    }
    let described = projection.expr.into_iter().zip(known).zip(projection.schema.iter());
    let expr = described.map(|((expr, known), (qualifier, f))| {
        if known.is_empty() {
            return expr;
        }
        expr.unalias().alias_qualified_with_metadata(qualifier.cloned(), f.name(), Some(FieldMetadata::from(known)))
    });
    Ok((LogicalPlan::Projection(Projection::try_new(expr.collect(), projection.input)?), true))
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// A constant, NULL too.
    Constant,
    Known(String),
    Unknown,
}

impl Found {
    fn of_field(f: &Field, key: &str) -> Self {
        let text = f.metadata().get(key).filter(|text| !text.is_empty());
        text.map_or(Found::Unknown, |text| Found::Known(text.clone()))
    }

    /// Of a value that is one of several.
    fn common(all: impl Iterator<Item = Found>) -> Self {
        all.fold(Found::Constant, |common, one| match (common, one) {
            (Found::Constant, one) => one,
            (common, Found::Constant) => common,
            (common, one) if common == one => common,
            _ => Found::Unknown,
        })
    }
}

/// The unit or the system of an expression over the rows of a plan.
fn of_expr(expr: &Expr, input: &LogicalPlan, key: &str) -> Found {
    let first = |args: &[Expr]| args.first().map_or(Found::Unknown, |e| of_expr(e, input, key));
    let moves = |name: &str| key == field::CRS && MOVES.contains(&name);
    match expr {
        Expr::Column(column) => of_column(column, input, key),
        Expr::Literal(..) => Found::Constant,
        Expr::Alias(Alias { expr, metadata: None, .. }) => of_expr(expr, input, key),
        Expr::Alias(_) => of_result(expr, input.schema(), key),
        Expr::Negative(inner) if key == field::UNIT => of_expr(inner, input, key),
        Expr::Cast(cast) if cast.field.data_type().is_numeric() => of_expr(&cast.expr, input, key),
        Expr::Case(case) => {
            let values = case.when_then_expr.iter().map(|(_, then)| then).chain(&case.else_expr);
            Found::common(values.map(|e| of_expr(e, input, key)))
        }
        Expr::ScalarFunction(call) if OF_ALL.contains(&call.name()) => {
            Found::common(call.args.iter().map(|e| of_expr(e, input, key)))
        }
        Expr::ScalarFunction(call) if OF_FIRST.contains(&call.name()) && !moves(call.name()) => first(&call.args),
        Expr::AggregateFunction(call) if OF_ROWS.contains(&call.func.name()) => first(&call.params.args),
        Expr::WindowFunction(call) => {
            let name = match &call.fun {
                WindowFunctionDefinition::AggregateUDF(f) => f.name(),
                WindowFunctionDefinition::WindowUDF(f) => f.name(),
            };
            if OF_ROWS.contains(&name) { first(&call.params.args) } else { Found::Unknown }
        }
        Expr::ScalarSubquery(query) => {
            query.subquery.schema().fields().first().map_or(Found::Unknown, |f| Found::of_field(f, key))
        }
        // Functions of the project say the unit of their value.
        other => of_result(other, input.schema(), key),
    }
}

fn of_result(expr: &Expr, schema: &DFSchema, key: &str) -> Found {
    use datafusion::logical_expr::ExprSchemable;
    expr.to_field(schema).map_or(Found::Unknown, |(_, f)| Found::of_field(&f, key))
}

/// Of a column: its own, or that of the aggregate or window function it is the value of.
fn of_column(column: &Column, input: &LogicalPlan, key: &str) -> Found {
    let schema = input.schema();
    let Ok(place) = schema.index_of_column(column) else { return Found::Unknown };
    let f = schema.field(place);
    if f.metadata().contains_key(key) {
        return Found::of_field(f, key);
    }
    match input {
        LogicalPlan::Filter(filter) => of_column(column, &filter.input, key),
        LogicalPlan::Sort(sort) => of_column(column, &sort.input, key),
        LogicalPlan::Limit(limit) => of_column(column, &limit.input, key),
        LogicalPlan::Window(Window { input, window_expr, .. }) => {
            match place.checked_sub(input.schema().fields().len()) {
                Some(place) => window_expr.get(place).map_or(Found::Unknown, |e| of_expr(e, input, key)),
                None => of_column(column, input, key),
            }
        }
        LogicalPlan::Aggregate(Aggregate { input, group_expr, aggr_expr, .. })
            if !group_expr.iter().any(|e| matches!(e, Expr::GroupingSet(_))) =>
        {
            group_expr.iter().chain(aggr_expr).nth(place).map_or(Found::Unknown, |e| of_expr(e, input, key))
        }
        _ => Found::Unknown,
    }
}

/// A UNION whose columns have only what the branches agree in.
fn united(union: Union) -> Result<(LogicalPlan, bool)> {
    let mut branches = Vec::new();
    union.inputs.iter().for_each(|input| leaves(input, &mut branches));
    let columns = union.schema.fields().len();
    let disputed: Vec<BTreeSet<String>> = (0..columns).map(|i| disputed(&branches, i)).collect();
    if disputed.iter().all(BTreeSet::is_empty) {
        return Ok((LogicalPlan::Union(union), false));
    }
    let marked = marked(&Arc::new(LogicalPlan::Union(union)), &disputed)?;
    Ok((Arc::unwrap_or_clone(marked), true))
}

/// The branches of a UNION, those of a UNION inside it too.
fn leaves<'a>(plan: &'a LogicalPlan, into: &mut Vec<&'a LogicalPlan>) {
    match plan {
        LogicalPlan::Union(union) => union.inputs.iter().for_each(|input| leaves(input, into)),
        other => into.push(other),
    }
}

/// The entries of metadata of a column in which the branches differ.
fn disputed(branches: &[&LogicalPlan], column: usize) -> BTreeSet<String> {
    let constant = |plan: &LogicalPlan| match plan {
        LogicalPlan::Projection(p) => p.expr.get(column).is_some_and(is_constant),
        LogicalPlan::Values(_) => true,
        _ => false,
    };
    let fields: Vec<&Field> = branches
        .iter()
        .filter(|plan| !constant(plan))
        .filter_map(|plan| plan.schema().fields().get(column).map(AsRef::as_ref))
        .collect();
    let keys = fields.iter().flat_map(|f| f.metadata().keys()).filter(|key| key.starts_with("outcrop."));
    keys.filter(|key| {
        fields.windows(2).any(|two| matches!(two, [a, b] if a.metadata().get(*key) != b.metadata().get(*key)))
    })
    .cloned()
    .collect()
}

fn nothing(keys: &BTreeSet<String>) -> impl Iterator<Item = (String, String)> {
    keys.iter().map(|key| (key.clone(), String::new()))
}

/// The marks that a column does not have yet.
fn unmarked(f: &Field, keys: &BTreeSet<String>) -> BTreeMap<String, String> {
    nothing(keys).filter(|(key, none)| f.metadata().get(key) != Some(none)).collect()
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(..) => true,
        Expr::Alias(alias) => is_constant(&alias.expr),
        Expr::Cast(cast) => is_constant(&cast.expr),
        Expr::Negative(inner) => is_constant(inner),
        _ => false,
    }
}

/// A branch whose columns have no text for what is disputed: all branches then say the same, whatever the engine makes
/// of metadata that differ.
///
/// A UNION of many branches is one inside the other, so a branch comes here once for every UNION around it. It is marked
/// once for each entry, and where its columns are named: aliases of aliases would pile up, and the engine looks at the
/// inner of two twice, so that the time to plan doubled with every branch.
fn marked(plan: &Arc<LogicalPlan>, disputed: &[BTreeSet<String>]) -> Result<Arc<LogicalPlan>> {
    if let LogicalPlan::Union(union) = plan.as_ref() {
        let inputs = union.inputs.iter().map(|input| marked(input, disputed)).collect::<Result<_>>()?;
        let fields = union.schema.iter().zip(disputed).map(|((qualifier, f), keys)| {
            let metadata = f.metadata().clone().into_iter().chain(nothing(keys)).collect();
            (qualifier.cloned(), Arc::new(f.as_ref().clone().with_metadata(metadata)))
        });
        let schema = DFSchema::new_with_metadata(fields.collect(), union.schema.metadata().clone())?;
        return Ok(Arc::new(LogicalPlan::Union(Union { inputs, schema: Arc::new(schema) })));
    }
    let marks: Vec<BTreeMap<String, String>> =
        plan.schema().fields().iter().zip(disputed).map(|(f, keys)| unmarked(f, keys)).collect();
    if marks.iter().all(BTreeMap::is_empty) {
        return Ok(Arc::clone(plan));
    }
    let (columns, input) = match plan.as_ref() {
        LogicalPlan::Projection(projection) => (projection.expr.clone(), Arc::clone(&projection.input)),
        other => (other.schema().columns().into_iter().map(Expr::Column).collect(), Arc::clone(plan)),
    };
    let columns = columns.into_iter().zip(plan.schema().iter()).zip(marks).map(|((expr, (qualifier, f)), marks)| {
        if marks.is_empty() {
            return expr;
        }
        match expr {
            Expr::Alias(mut alias) => {
                let mut metadata = alias.metadata.take().unwrap_or_default();
                metadata.extend(FieldMetadata::from(marks));
                Expr::Alias(alias.with_metadata(Some(metadata)))
            }
            other => {
                other.alias_qualified_with_metadata(qualifier.cloned(), f.name(), Some(FieldMetadata::from(marks)))
            }
        }
    });
    Ok(Arc::new(LogicalPlan::Projection(Projection::try_new(columns.collect(), input)?)))
}
