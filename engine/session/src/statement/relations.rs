//! Gives the planner what the pass resolved.

use std::sync::Arc;

use datafusion::common::{Result, TableReference, plan_err};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::sql::sqlparser::ast::TableFactor;

use super::pass::{Resolved, quoted_path, reader_name};

/// Files, readers and versions.
#[derive(Debug)]
pub(super) struct ResolvedRelations {
    resolved: Arc<Resolved>,
}

impl ResolvedRelations {
    pub(super) fn new(resolved: Arc<Resolved>) -> Self {
        ResolvedRelations { resolved }
    }
}

impl RelationPlanner for ResolvedRelations {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let Some(provider) = self.resolved.get(&relation) else {
            if let TableFactor::Function { name, .. } = &relation
                && reader_name(name).is_some()
            {
                return plan_err!("`{name}` cannot be LATERAL; give it a path as a constant");
            }
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        let TableFactor::Table {
            name,
            alias,
            sample,
            with_ordinality,
            partitions,
            with_hints,
            index_hints,
            json_path,
            ..
        } = relation
        else {
            return Ok(RelationPlanning::Original(Box::new(relation)));
        };
        if sample.is_some()
            || with_ordinality
            || json_path.is_some()
            || !(partitions.is_empty() && with_hints.is_empty() && index_hints.is_empty())
        {
            return plan_err!("`{name}`: TABLESAMPLE, WITH ORDINALITY, partitions and hints are not supported here");
        }
        let reference = match (quoted_path(&name), reader_name(&name)) {
            (Some(path), _) => TableReference::bare(stem(path)),
            (_, Some(reader)) => TableReference::bare(reader),
            _ => context.object_name_to_table_reference(name)?,
        };
        let plan = LogicalPlanBuilder::scan(reference, provider_as_source(Arc::clone(provider)), None)?.build()?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias))))
    }
}

/// The file's name without folder and ending: what columns are qualified with where there is no alias.
fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
