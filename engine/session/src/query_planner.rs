//! The physical planner with operators.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use outcrop_operators::OperatorExtensionPlanner;

/// Plans what the engine plans, and operators.
#[derive(Debug, Default)]
pub(crate) struct OutcropQueryPlanner;

#[async_trait]
impl QueryPlanner for OutcropQueryPlanner {
    async fn create_physical_plan(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        DefaultPhysicalPlanner::with_extension_planners(vec![Arc::new(OperatorExtensionPlanner)])
            .create_physical_plan(plan, session)
            .await
    }
}
