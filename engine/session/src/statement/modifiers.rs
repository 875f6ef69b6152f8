//! The last relation planner: what nobody claimed is an error, never ignored.
//!
//! The engine's own planning drops a TABLESAMPLE, WITH ORDINALITY or version it does not know without a word.

use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::planner::{RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::sql::sqlparser::ast::TableFactor;

/// Refuses modifiers that reached it.
#[derive(Debug)]
pub(super) struct RefuseModifiers;

impl RelationPlanner for RefuseModifiers {
    fn plan_relation(&self, relation: TableFactor, _: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
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
