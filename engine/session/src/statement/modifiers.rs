//! The last relation planner: what nobody claimed is an error, never ignored.
//!
//! The engine's own planning drops a TABLESAMPLE, WITH ORDINALITY or version it does not know without a word.

use std::borrow::Cow;

use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::planner::{RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::sql::sqlparser::ast::TableFactor;
use outcrop_types::near::did_you_mean;

/// Refuses modifiers that reached it, and calls of what is not there.
#[derive(Debug)]
pub(super) struct RefuseModifiers {
    /// What can be called in FROM.
    pub(super) callable: Vec<String>,
}

impl RefuseModifiers {
    /// The engine plans arguments before it looks for the function, and so says something else of an operator misspelt.
    fn known(&self, relation: &TableFactor, context: &dyn RelationPlannerContext) -> Result<()> {
        let (TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. }) = relation else {
            return Ok(());
        };
        let called = match name.0.last().and_then(|part| part.as_ident()) {
            Some(ident) => context.normalize_ident(ident.clone()),
            None => return Ok(()),
        };
        if self.callable.contains(&called) {
            return Ok(());
        }
        let hint = match did_you_mean(&called, self.callable.iter().map(String::as_str)) {
            none if none.is_empty() => {
                Cow::Borrowed("; `outcrop functions` and outcrop.functions list those there are")
            }
            hint => Cow::Owned(hint),
        };
        plan_err!("there is no operator or table function `{name}`{hint}")
    }
}

impl RelationPlanner for RefuseModifiers {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        self.known(&relation, context)?;
        let refused = match &relation {
            TableFactor::Table { sample: Some(_), .. } | TableFactor::Derived { sample: Some(_), .. } => {
                Some("TABLESAMPLE is not supported; use WHERE random() < 0.1")
            }
            TableFactor::Table { with_ordinality: true, .. }
            | TableFactor::Function { with_ordinality: true, .. }
            | TableFactor::UNNEST { with_ordinality: true, .. } => {
                Some("WITH ORDINALITY is not supported; use row_number() OVER (…)")
            }
            TableFactor::Table { version: Some(_), .. } => Some("only tables of the project have versions"),
            TableFactor::Table { partitions, .. } if !partitions.is_empty() => Some("PARTITION (…) is not supported"),
            TableFactor::Table { with_hints, index_hints, .. } if !with_hints.is_empty() || !index_hints.is_empty() => {
                Some("table hints are not supported")
            }
            TableFactor::Table { json_path: Some(_), .. } => Some("a JSON path behind a table is not supported"),
            TableFactor::Table { args: Some(args), .. } if args.settings.is_some() => Some("SETTINGS is not supported"),
            _ => None,
        };
        match refused {
            Some(why) => plan_err!("{why} (at `{relation}`)"),
            None => Ok(RelationPlanning::Original(Box::new(relation))),
        }
    }
}
