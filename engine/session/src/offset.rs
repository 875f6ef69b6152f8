//! OFFSET below an ORDER BY.
//!
//! The engine's rule `EnsureRequirements` takes an outer sort down through a limit and gives the sort the limit's `fetch`, not
//! counting the rows that are skipped: `SELECT td FROM (SELECT td FROM wells ORDER BY td LIMIT 2 OFFSET 1) ORDER BY td` gave
//! one row. So while that rule runs, limits that skip rows have a barrier above them which no sort passes.

use std::fmt;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, plan_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::limit::GlobalLimitExec;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

/// The rule that is guarded.
const SORTING: &str = "EnsureRequirements";

/// The engine's rules, the one guarded.
pub(crate) fn guarded() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = Vec::new();
    for rule in PhysicalOptimizer::new().rules {
        let guard = rule.name() == SORTING;
        if guard {
            rules.push(Arc::new(Barriers { up: true }) as Arc<dyn PhysicalOptimizerRule + Send + Sync>);
        }
        rules.push(rule);
        if guard {
            rules.push(Arc::new(Barriers { up: false }));
        }
    }
    rules
}

/// Puts the barriers up, or takes them down.
#[derive(Debug)]
struct Barriers {
    up: bool,
}

impl PhysicalOptimizerRule for Barriers {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let change = |plan: Arc<dyn ExecutionPlan>| {
            if self.up {
                let skips = plan.downcast_ref::<GlobalLimitExec>().is_some_and(|limit| limit.skip() > 0);
                return Ok(if skips { Transformed::yes(Barrier::above(plan)) } else { Transformed::no(plan) });
            }
            let below = plan.downcast_ref::<Barrier>().map(|barrier| Arc::clone(&barrier.0));
            Ok(below.map_or_else(|| Transformed::no(plan), Transformed::yes))
        };
        plan.transform_up(change).data()
    }

    fn name(&self) -> &str {
        if self.up { "BarriersAboveOffsets" } else { "NoBarriers" }
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Its input, through which no sort is moved.
#[derive(Debug)]
struct Barrier(Arc<dyn ExecutionPlan>);

impl Barrier {
    fn above(plan: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        Arc::new(Barrier(plan))
    }
}

impl DisplayAs for Barrier {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Barrier")
    }
}

impl ExecutionPlan for Barrier {
    fn name(&self) -> &str {
        "Barrier"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.0.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.0]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![false]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = children.as_slice() else { return plan_err!("a barrier has one input") };
        Ok(Barrier::above(Arc::clone(input)))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.0.execute(partition, context)
    }
}
