//! Which column of an input plays which role, and whether its unit fits.
//!
//! A role is played by the column of its name. The one numeric column left over may play a role that says so
//! (`value`), whatever its name. Nothing else is guessed: what is missing is an error that says how to alias it.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column as ColumnRef, Result, plan_err};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use outcrop_types::near::did_you_mean;
use outcrop_types::{Dimension, Unit, field};
use serde::{Deserialize, Serialize};

use crate::definition::{Column, ColumnKind, Definition, Input, UnitRule};

/// A column of an input in its role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BoundColumn {
    /// The role it plays; its own name where it plays none.
    pub role: String,
    /// The name it has in the input.
    pub source: String,
    /// The unit its field states.
    pub unit: Option<String>,
    /// The description its field states.
    pub description: Option<String>,
    /// The coordinate reference system its field states.
    pub crs: Option<String>,
    /// Whether rows where it is null are handed over.
    pub keep_null: bool,
}

/// An input as the operator sees it: grouping columns, then roles, then the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BoundInput {
    /// The input's name.
    pub name: String,
    /// How many grouping columns come first; none where the input is shared by all groups.
    pub by: usize,
    /// Columns in their roles, in definition order.
    pub columns: Vec<BoundColumn>,
    /// Columns that play no role and are handed through.
    pub rest: Vec<BoundColumn>,
    /// Columns (by place among all) that rows are ordered by, after the grouping columns.
    pub ordering: Vec<usize>,
    /// Whether its rows are traces that are handed over as a volume.
    pub volume: bool,
}

impl BoundInput {
    /// The unit of a role, where its field states one.
    pub fn unit(&self, role: &str) -> Option<&str> {
        self.columns.iter().find(|c| c.role == role)?.unit.as_deref()
    }

    /// The coordinate reference system of a role, where its field states one.
    pub fn crs(&self, role: &str) -> Option<&str> {
        self.columns.iter().find(|c| c.role == role)?.crs.as_deref()
    }

    /// Whether a role is played.
    pub fn has(&self, role: &str) -> bool {
        self.columns.iter().any(|c| c.role == role)
    }
}

/// Binds an input and projects its plan to just the columns it needs, in order and of the right type.
pub(crate) fn bind(
    definition: &Definition,
    input: &Input,
    plan: LogicalPlan,
    by: &[String],
    primary: bool,
) -> Result<(BoundInput, LogicalPlan)> {
    let at = format!("{}: input `{}`", definition.name, input.name);
    let schema = plan.schema().clone();
    let find = |name: &str| -> Result<Option<usize>> {
        let hits: Vec<usize> =
            (0..schema.fields().len()).filter(|&i| schema.field(i).name().eq_ignore_ascii_case(name)).collect();
        match hits.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => plan_err!("{at} has several columns named `{name}`; select one of them"),
        }
    };
    let available = || schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>().join(", ");

    if input.volume && primary && !by.is_empty() {
        return plan_err!("{at} is a volume, which is not grouped; leave `by` out");
    }
    let mut grouping = Vec::new();
    for name in by {
        match find(name)? {
            Some(i) => grouping.push(i),
            None if primary => {
                let near = did_you_mean(name, schema.fields().iter().map(|f| f.name().as_str()));
                return plan_err!("{at} has no column `{name}` to group by{near}; it has: {}", available());
            }
            None => {}
        }
    }
    // A further input either has every grouping column or is shared by all groups.
    if grouping.len() != by.len() {
        if !grouping.is_empty() {
            return plan_err!(
                "{at} has some of the grouping columns ({}) but not all; give all or none",
                by.join(", ")
            );
        }
        grouping.clear();
    }

    let mut roles: Vec<(&Column, Option<usize>)> = Vec::new();
    for column in &input.columns {
        roles.push((column, find(column.name)?));
    }
    if let Some(sole) = roles.iter().position(|(c, i)| c.sole && i.is_none()) {
        let candidates: Vec<usize> = (0..schema.fields().len())
            .filter(|i| !grouping.contains(i) && !roles.iter().any(|(_, r)| *r == Some(*i)))
            .filter(|&i| schema.field(i).data_type().is_numeric())
            .collect();
        match candidates.as_slice() {
            [one] => roles[sole].1 = Some(*one),
            [] => {}
            many => {
                let names: Vec<&str> = many.iter().map(|&i| schema.field(i).name().as_str()).collect();
                let name = roles[sole].0.name;
                return plan_err!(
                    "{at}: any of {} could be `{name}`; select just one, or write `SELECT …, {} AS {name}`",
                    names.join(", "),
                    names[0]
                );
            }
        }
    }

    let mut bound = BoundInput {
        name: input.name.to_owned(),
        by: grouping.len(),
        columns: Vec::new(),
        rest: Vec::new(),
        ordering: Vec::new(),
        volume: input.volume,
    };
    let mut exprs: Vec<Expr> = Vec::new();
    let source = |i: usize| Expr::Column(ColumnRef::from(schema.qualified_field(i)));
    for (&i, name) in grouping.iter().zip(by) {
        exprs.push(source(i).alias(name.clone()));
    }
    let mut used = grouping.clone();
    for (column, index) in roles {
        let Some(i) = index else {
            if column.required {
                return plan_err!(
                    "{at} has no column `{0}` ({1}); it has: {2}. Alias one: SELECT … AS {0}",
                    column.name,
                    column.doc,
                    available()
                );
            }
            continue;
        };
        let f = schema.field(i);
        let expr = match (column.kind, f.data_type()) {
            (ColumnKind::Any, _) => source(i),
            (ColumnKind::Number, DataType::Float64) => source(i),
            (ColumnKind::Number, t) if t.is_numeric() => cast(source(i), DataType::Float64),
            (ColumnKind::Number, DataType::Null) => lit(datafusion::common::ScalarValue::Float64(None)),
            (ColumnKind::Text, DataType::Utf8) => source(i),
            (ColumnKind::Text, DataType::LargeUtf8 | DataType::Utf8View | DataType::Null) => {
                cast(source(i), DataType::Utf8)
            }
            (kind, found) => {
                let expected = if kind == ColumnKind::Number { "a number" } else { "text" };
                return plan_err!(
                    "{at}: column `{}` must be {expected} to be `{}`, found {found}",
                    f.name(),
                    column.name
                );
            }
        };
        check_unit(&at, column, f, &bound)?;
        exprs.push(expr.alias(role_name(column.name)));
        bound.columns.push(BoundColumn {
            role: column.name.to_owned(),
            source: f.name().clone(),
            unit: field::unit(f).map(str::to_owned),
            description: field::description(f).map(str::to_owned),
            crs: field::crs(f).map(str::to_owned),
            keep_null: column.keep_null,
        });
        used.push(i);
    }
    for name in &input.ordering {
        if let Some(i) = bound.columns.iter().position(|c| c.role == *name) {
            bound.ordering.push(bound.by + i);
        }
    }
    if input.keep_rest {
        for i in (0..schema.fields().len()).filter(|i| !used.contains(i)) {
            let f = schema.field(i);
            exprs.push(source(i).alias(f.name().clone()));
            bound.rest.push(BoundColumn {
                role: f.name().clone(),
                source: f.name().clone(),
                unit: field::unit(f).map(str::to_owned),
                description: field::description(f).map(str::to_owned),
                crs: field::crs(f).map(str::to_owned),
                keep_null: true,
            });
        }
    }
    let plan = LogicalPlanBuilder::from(plan).project(exprs)?.build()?;
    Ok((bound, plan))
}

/// The column name a role has below the operator; apart from user names, so that neither hides the other.
pub(crate) fn role_name(role: &str) -> String {
    format!("#{role}")
}

fn check_unit(at: &str, column: &Column, f: &datafusion::arrow::datatypes::Field, bound: &BoundInput) -> Result<()> {
    let Some(stated) = field::unit(f) else { return Ok(()) };
    let wrong = |expected: &str| {
        plan_err!(
            "{at}: column `{}` is in {stated}, but `{}` expects {expected}; convert it first",
            f.name(),
            column.name
        )
    };
    match column.unit {
        UnitRule::Any => Ok(()),
        UnitRule::Length if Unit::parse(stated).is_some_and(|u| u.dimension() == Dimension::Length) => Ok(()),
        UnitRule::Length => wrong("a length"),
        UnitRule::Degrees if stated == "deg" => Ok(()),
        UnitRule::Degrees => wrong("degrees"),
        UnitRule::Is(symbol) if stated == symbol => Ok(()),
        UnitRule::Is(symbol) => wrong(symbol),
        // Against a column of the same input; other inputs are compared in `check_across`.
        UnitRule::SameAs(input, role) if input == bound.name => match bound.unit(role) {
            Some(other) if other != stated => wrong(&format!("{other}, the unit of `{role}`")),
            _ => Ok(()),
        },
        UnitRule::SameAs(..) => Ok(()),
    }
}

/// Checks between inputs: columns that must be in the same unit are in the same one, and in the same coordinate reference
/// system, where both state it.
pub(crate) fn check_across(definition: &Definition, inputs: &[BoundInput]) -> Result<()> {
    for input in &definition.inputs {
        let Some(bound) = inputs.iter().find(|b| b.name == input.name) else { continue };
        for column in &input.columns {
            let UnitRule::SameAs(other, role) = column.unit else { continue };
            let Some(theirs) = inputs.iter().find(|b| b.name == other) else { continue };
            for (mine, theirs, remedy) in [
                (bound.unit(column.name), theirs.unit(role), "convert one of them"),
                (bound.crs(column.name), theirs.crs(role), "transform one of them by transform_crs"),
            ] {
                if let (Some(mine), Some(theirs)) = (mine, theirs)
                    && mine != theirs
                {
                    return plan_err!(
                        "{}: `{}` of input `{}` is in {mine}, but `{role}` of input `{other}` is in {theirs}; {remedy}",
                        definition.name,
                        column.name,
                        input.name
                    );
                }
            }
        }
    }
    Ok(())
}

/// The system that `x` and `y` are in, with their unit: that of every input that has them, and none where one does not state
/// it or states another.
pub(crate) fn common_system(inputs: &[BoundInput]) -> Option<(&str, Option<&str>)> {
    let mut all = inputs.iter().filter(|i| i.has("x") && i.has("y")).map(|i| {
        let crs = i.crs("x").filter(|crs| i.crs("y") == Some(crs))?;
        Some((crs, i.unit("x")))
    });
    let first = all.next()??;
    all.all(|other| other == Some(first)).then_some(first)
}
