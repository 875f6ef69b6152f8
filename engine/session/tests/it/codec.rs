//! Every operator survives the way to another program: encoded, decoded, the same plan, the same rows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use arrow::array::AsArray;
use arrow::datatypes::{Field, Int64Type, SchemaRef};
use arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, TableReference, not_impl_err};
use datafusion::execution::{SessionState, TaskContext};
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use datafusion_proto::bytes::{
    logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use outcrop_operators::codec::OperatorLogicalCodec;
use outcrop_operators::{OperatorNode, OperatorRegistry};
use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Root, Roots};

use crate::field::{self, session};

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

/// A plan as it is shown, without what the Parquet source makes of its predicate and order for itself: the engine does not
/// send that.
fn shown(plan: &Arc<dyn ExecutionPlan>) -> String {
    let own = [", sort_order_for_reorder=", ", pruning_predicate=", ", dynamic_rg_pruning="];
    let lines = displayable(plan.as_ref()).indent(true).to_string();
    let sent = |line: &str| own.iter().filter_map(|hint| line.find(hint)).min().unwrap_or(line.len());
    // Limits that are none, which keep the engine from looking into an operator's subquery, are sent in 32 bits.
    let shown = lines.lines().map(|l| without_metadata(&l[..sent(l)])).collect::<Vec<_>>().join("\n");
    shown.replace(&format!("fetch={}", i64::MAX), "no limit").replace(&format!("fetch={}", u32::MAX), "no limit")
}

/// A line without the metadata of fields, which windows show in whatever order it has; the schemas are compared beside.
fn without_metadata(line: &str) -> String {
    let (mut kept, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(", metadata: {") {
        kept.push_str(&rest[..at]);
        let inside = &rest[at..];
        rest = inside.find('}').map_or("", |end| &inside[end + 1..]);
    }
    kept + rest
}

/// The plan of a query, sent from one session and decoded by another: the same plan, schema and rows. Gives how it is shown.
async fn travels(here: &Session, there: &Session, sql: &str) -> (String, usize) {
    let (state, plan) = here.plan(sql).await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    let physical = state.create_physical_plan(&state.optimize(&plan).unwrap()).await.unwrap();
    let bytes = here.physical_plan_to_bytes(Arc::clone(&physical)).unwrap_or_else(|e| panic!("{sql}\n{e}"));
    // Another session's own state: what the plan needs must be in it, or be opened from what was sent.
    let (other, _) = there.plan("SELECT 1").await.unwrap();
    let back = there.physical_plan_from_bytes(&bytes, &other.task_ctx()).unwrap_or_else(|e| panic!("{sql}\n{e}"));
    assert_eq!(shown(&back), shown(&physical), "{sql}");
    // The engine makes aggregates anew, without what their columns are described by; the logical plan has that.
    let fields = |plan: &Arc<dyn ExecutionPlan>| -> Vec<Field> {
        let plain = shown(plan).contains("AggregateExec");
        let bare = |f: &Field| Field::new(f.name(), f.data_type().clone(), f.is_nullable());
        plan.schema().fields().iter().map(|f| if plain { bare(f) } else { f.as_ref().clone() }).collect()
    };
    assert_eq!(fields(&back), fields(&physical), "units travel too\n{sql}");
    let (found, expected) = (answer(&other, back).await, answer(&state, Arc::clone(&physical)).await);
    if sql.contains("ORDER BY") || !sql.contains("LIMIT") {
        let sorted = |table: &str| {
            let mut words = rounded(table);
            // Without an order rows may come in any.
            if !sql.contains("ORDER BY") {
                words.sort();
            }
            words
        };
        assert_eq!(sorted(&found), sorted(&expected), "{sql}");
    } else {
        assert_eq!(found.lines().count(), expected.lines().count(), "{sql}");
    }
    (shown(&physical), bytes.len())
}

/// Physical plans travel to the workers of a cluster. What reads the files is the engine's own Parquet source.
#[tokio::test(flavor = "multi_thread")]
async fn physical_plans() {
    let (here, there) = (session().await, session().await);
    for (name, sql) in statements(here.operators()) {
        let (shown, _) = travels(&here, &there, &sql).await;
        assert!(shown.contains(&format!("OperatorExec: {name}")), "{sql}");
    }
}

/// What a project has beside stored tables and operators: depths computed along paths, curves as rows, files, lists, volumes.
#[tokio::test(flavor = "multi_thread")]
async fn everything_in_a_project_travels() {
    let (here, there) = (session().await, session().await);
    for (sql, node) in [
        ("SELECT well, md, tvd, tvdss FROM logs WHERE tvdss IS NOT NULL", "tvdss@"),
        ("SELECT well, avg(tvdss) FROM logs WHERE well IN ('OUT-1', 'OUT-2') AND tvd > 100 GROUP BY well", "tvdss@"),
        // The unit of what a function computes is known where the plan runs.
        ("SELECT well, convert_unit(tvdss, 'ft') AS f, unit_of(tvd) AS u FROM logs WHERE md > 100", "convert_unit"),
        ("SELECT unit_of(convert_unit(convert_unit(md, 'ft'), 'km')) AS u, count(*) FROM logs GROUP BY 1", "unit_of"),
        ("SELECT well, log_set, curve, \"index\", value FROM curve_values WHERE curve = 'GR'", "CurveRows"),
        ("SELECT curve, count(*), sum(value) FROM curve_values GROUP BY curve", "CurveRows"),
        ("SELECT well, x, y, tvdss FROM trajectories", "well_path"),
        ("SELECT well, surface, x, y, tvdss FROM tops_xyz", "well_path_at"),
        (
            "SELECT p['x'], p['y'] FROM (SELECT transform_crs(x, y, NULL, 'EPSG:4326') AS p FROM trajectories)",
            "transform_crs",
        ),
        ("SELECT min(x), max(convert_unit(y, 'km')) FROM wells", "convert_unit"),
        ("SELECT * FROM zones", "WindowAgg"),
        ("SELECT * FROM parameters", "DataSourceExec"),
        ("SELECT * FROM 'las/OUT-[1-4].las' WHERE well IN ('OUT-2', 'OUT-3') AND dept > 2000", "StreamingTableExec"),
        ("SELECT file, well, count(*), avg(gr) FROM 'las/OUT-[1-4].las' GROUP BY file, well", "StreamingTableExec"),
        ("SELECT * FROM 'tops.csv'", "DataSourceExec"),
        ("SELECT * FROM outcrop.formats", "DataSourceExec"),
        ("SELECT * FROM outcrop.commits", "DataSourceExec"),
        ("SELECT table_name, description FROM information_schema.tables", "StreamingTableExec"),
        ("SELECT * FROM information_schema.columns WHERE table_name = 'trajectories'", "StreamingTableExec"),
        ("SELECT table_name, definition FROM information_schema.views", "StreamingTableExec"),
        ("SELECT * FROM information_schema.schemata", "StreamingTableExec"),
        ("SELECT inline, crossline, samples FROM seismic.cube WHERE inline = 1010", "TracesExec"),
        ("SELECT well, ST_AsText(ST_Point(x, y)) FROM wells", "st_point"),
        ("SELECT percentile_p50(gr), thickness_weighted_mean(gr, md) FROM logs", "AggregateExec"),
        ("SELECT well FROM wells WHERE well NOT IN (SELECT well FROM tops WHERE md > 1e9)", "HashJoinExec"),
        (
            "SELECT DISTINCT w.well FROM wells w JOIN logs l ON l.well = w.well WHERE l.tvdss > (SELECT min(tvdss) FROM tops_xyz)",
            "Join",
        ),
    ] {
        let (shown, _) = travels(&here, &there, sql).await;
        assert!(shown.contains(node), "{sql}\n{shown}");
    }
}

/// What is sent says where things are: its size does not grow with the samples.
#[tokio::test(flavor = "multi_thread")]
async fn what_travels_is_small() {
    let (here, there) = (session().await, session().await);
    let (_, depths) = travels(&here, &there, "SELECT sum(tvdss) FROM logs").await;
    let (_, stored) = travels(&here, &there, "SELECT sum(md) FROM logs").await;
    assert!(depths < stored + 4_000, "{depths} bytes with depths, {stored} without");
    let (_, curves) = travels(&here, &there, "SELECT sum(value) FROM curve_values").await;
    let kept = field::rows(&here, "SELECT count(*) AS n FROM curves").await;
    let kept = kept.column(0).as_primitive::<Int64Type>().value(0);
    assert!(curves < stored + 8_000 + 100 * usize::try_from(kept).unwrap(), "{curves} bytes for {kept} curves");
}

/// A plan is decoded within the folders of the session that decodes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_decoded_within_the_sessions_folders() {
    let here = session().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::read_only(elsewhere.path())]).unwrap();
    let there = SessionBuilder::new(roots, elsewhere.path()).build().unwrap();
    for sql in [
        "SELECT tvdss FROM logs",
        "SELECT table_name FROM information_schema.tables",
        "SELECT * FROM 'las/OUT-1.las'",
        "SELECT samples FROM seismic.cube",
    ] {
        let (state, plan) = here.plan(sql).await.unwrap();
        let physical = state.create_physical_plan(&state.optimize(&plan).unwrap()).await.unwrap();
        let bytes = here.physical_plan_to_bytes(physical).unwrap();
        let (other, _) = there.plan("SELECT 1").await.unwrap();
        let message = there.physical_plan_from_bytes(&bytes, &other.task_ctx()).unwrap_err().to_string();
        assert!(message.contains("outside"), "{sql}\n{message}");
    }
    let (other, _) = there.plan("SELECT 1").await.unwrap();
    let codec = there.physical_codec();
    let garbage = codec.try_decode_udf("tvdss", b"outcrop-depth/1\0{").unwrap_err().to_string();
    assert!(garbage.contains("could not be encoded or decoded"), "{garbage}");
    assert!(there.physical_plan_from_bytes(b"nothing", &other.task_ctx()).is_err());
}
