//! Every operator survives the way to another program: encoded, decoded, the same plan, the same rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use arrow::datatypes::SchemaRef;
use arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, TableReference, not_impl_err};
use datafusion::execution::{SessionState, TaskContext};
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use datafusion_proto::bytes::{
    logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::DefaultPhysicalExtensionCodec;
use outcrop_operators::codec::{OperatorLogicalCodec, OperatorPhysicalCodec};
use outcrop_operators::{OperatorNode, OperatorRegistry};
use outcrop_session::TracesPhysicalCodec;

use crate::field::session;

/// Tables by name, as a program that has the same project open would find them.
#[derive(Debug, Default)]
struct ByName(Mutex<HashMap<String, Arc<dyn TableProvider>>>);

impl LogicalExtensionCodec for ByName {
    fn try_decode(&self, _: &[u8], _: &[LogicalPlan], _: &TaskContext) -> Result<Extension> {
        not_impl_err!("no other node")
    }

    fn try_encode(&self, node: &Extension, _: &mut Vec<u8>) -> Result<()> {
        not_impl_err!("no other node: {node:?}")
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        _: &TableReference,
        _: SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        let name = std::str::from_utf8(buf).unwrap();
        Ok(Arc::clone(&self.0.lock().unwrap()[name]))
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        buf.extend_from_slice(name.to_string().as_bytes());
        self.0.lock().unwrap().insert(name.to_string(), node);
        Ok(())
    }
}

async fn answer(state: &SessionState, plan: Arc<dyn ExecutionPlan>) -> String {
    pretty_format_batches(&collect(plan, state.task_ctx()).await.unwrap()).unwrap().to_string()
}

/// The statements: every operator's example, and calls with groups, targets and every kind of parameter.
fn statements(registry: &OperatorRegistry) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        registry.iter().map(|o| (o.definition().name.to_owned(), o.definition().example.to_owned())).collect();
    let more = [
        "SELECT * FROM krige((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), targets => (SELECT well, x, y FROM wells), \
         psill => 900, range => 6000, azimuth => 30, ratio => 0.5, global => true) ORDER BY well",
        "SELECT * FROM grid((SELECT surface, x, y, tvdss FROM tops_xyz), cell_size => 4000, by => [surface]) ORDER BY surface, j, i LIMIT 20",
        "SELECT * FROM well_path((SELECT well, md, inclination, azimuth FROM surveys), by => [well], step => 500) ORDER BY well, md",
    ];
    for sql in more {
        let name = sql.trim_start_matches("SELECT * FROM ").split('(').next().unwrap();
        all.push((name.to_owned(), sql.to_owned()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn logical_plans() {
    let session = session().await;
    for (name, sql) in statements(session.operators()) {
        let (state, plan) = session.plan(&sql).await.unwrap();
        let codec = OperatorLogicalCodec::new(Arc::clone(session.operators()), Arc::new(ByName::default()));
        let task = state.task_ctx();
        for plan in [plan.clone(), state.optimize(&plan).unwrap()] {
            let bytes =
                logical_plan_to_bytes_with_extension_codec(&plan, &codec).unwrap_or_else(|e| panic!("{sql}\n{e}"));
            let back = logical_plan_from_bytes_with_extension_codec(&bytes, &task, &codec)
                .unwrap_or_else(|e| panic!("{sql}\n{e}"));
            assert_eq!(back.display_indent_schema().to_string(), plan.display_indent_schema().to_string());
            // Whole nodes need not be equal: the engine writes a limit without an offset as one with offset 0.
            let calls = |plan| operators(plan).iter().map(|o| format!("{:?}", o.call().unwrap())).collect::<Vec<_>>();
            assert_eq!(calls(&back), calls(&plan), "{sql}");
            assert!(operators(&back).iter().any(|o| *o.operator().definition().name == name), "{sql}");
            assert_eq!(back.schema().as_arrow(), plan.schema().as_arrow(), "units travel too");
        }
        let bytes = logical_plan_to_bytes_with_extension_codec(&plan, &codec).unwrap();
        let back = logical_plan_from_bytes_with_extension_codec(&bytes, &task, &codec).unwrap();
        let run = async |plan: &LogicalPlan| {
            let physical = state.create_physical_plan(&state.optimize(plan).unwrap()).await.unwrap();
            answer(&state, physical).await
        };
        let (found, expected) = (run(&back).await, run(&plan).await);
        // LIMIT without an order may choose other rows.
        if sql.contains("ORDER BY") || !sql.contains("LIMIT") {
            assert_eq!(rounded(&found), rounded(&expected), "{sql}");
        } else {
            assert_eq!(found.lines().count(), expected.lines().count(), "{sql}");
        }
    }
}

fn operators(plan: &LogicalPlan) -> Vec<OperatorNode> {
    let mut found = Vec::new();
    plan.apply(|node| {
        if let LogicalPlan::Extension(e) = node
            && let Some(node) = e.node.as_any().downcast_ref::<OperatorNode>()
        {
            found.push(node.clone());
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_with_an_unknown_operator_says_so() {
    let session = session().await;
    let example = session.operators().get("well_path").unwrap().definition().example.to_owned();
    let (state, plan) = session.plan(&example).await.unwrap();
    let tables: Arc<dyn LogicalExtensionCodec> = Arc::new(ByName::default());
    let codec = OperatorLogicalCodec::new(Arc::clone(session.operators()), Arc::clone(&tables));
    let bytes = logical_plan_to_bytes_with_extension_codec(&plan, &codec).unwrap();
    let without = OperatorLogicalCodec::new(Arc::new(OperatorRegistry::default()), tables);
    let message =
        logical_plan_from_bytes_with_extension_codec(&bytes, &state.task_ctx(), &without).unwrap_err().to_string();
    assert!(message.contains("well_path") && message.contains("same version"), "{message}");
    let garbage = codec.try_decode(b"outcrop-operator/1\0{", &[], &state.task_ctx()).unwrap_err().to_string();
    assert!(garbage.contains("could not be encoded or decoded"), "{garbage}");
}

/// Numbers to ten digits: sums depend in their last digits on the order that partitions arrive in. Blanks and rules of
/// the table follow from the digits.
fn rounded(table: &str) -> Vec<String> {
    table
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | '+' | '-'))
        .filter(|word| !word.is_empty())
        .map(|word| word.parse::<f64>().map_or_else(|_| word.to_owned(), |v| format!("{v:.9e}")))
        .collect()
}

/// Physical plans travel to the workers of a cluster. What reads the files is the engine's own Parquet source.
#[tokio::test(flavor = "multi_thread")]
async fn physical_plans() {
    let session = session().await;
    for (name, sql) in statements(session.operators()) {
        let (state, plan) = session.plan(&sql).await.unwrap();
        let inner = Arc::new(TracesPhysicalCodec::new(session.clone(), Arc::new(DefaultPhysicalExtensionCodec {})));
        let codec = OperatorPhysicalCodec::new(Arc::clone(session.operators()), inner);
        let physical = state.create_physical_plan(&state.optimize(&plan).unwrap()).await.unwrap();
        let bytes = physical_plan_to_bytes_with_extension_codec(Arc::clone(&physical), &codec)
            .unwrap_or_else(|e| panic!("{sql}\n{e}"));
        let back = physical_plan_from_bytes_with_extension_codec(&bytes, &state.task_ctx(), &codec)
            .unwrap_or_else(|e| panic!("{sql}\n{e}"));
        // What the Parquet source makes of its predicate and order for itself, and the engine does not send.
        let own = [", sort_order_for_reorder=", ", pruning_predicate=", ", dynamic_rg_pruning="];
        let shown = |plan: &Arc<dyn ExecutionPlan>| {
            let lines = displayable(plan.as_ref()).indent(true).to_string();
            let sent = |line: &str| own.iter().filter_map(|hint| line.find(hint)).min().unwrap_or(line.len());
            lines.lines().map(|l| &l[..sent(l)]).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(shown(&back), shown(&physical));
        assert!(shown(&back).contains(&format!("OperatorExec: {name}")), "{sql}");
        assert_eq!(back.schema(), physical.schema(), "units travel too");
        let (found, expected) = (answer(&state, back).await, answer(&state, physical).await);
        if sql.contains("ORDER BY") || !sql.contains("LIMIT") {
            assert_eq!(rounded(&found), rounded(&expected), "{sql}");
        } else {
            assert_eq!(found.lines().count(), expected.lines().count(), "{sql}");
        }
    }
}
