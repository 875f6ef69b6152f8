//! The wire form of operators: what a plan with them looks like when it travels to a cluster.
//!
//! The logical codec wraps another one and answers only for operators; everything else is passed on. Of physical plans
//! [`OperatorWire`] is one kind of node among those of a [`crate::PhysicalCodec`].

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result, TableReference, plan_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Expr, Extension, LogicalPlan, ScalarUDF, WindowUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::Serializeable;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use serde::{Deserialize, Serialize};

use crate::bind::BoundInput;
use crate::exec::OperatorExec;
use crate::node::OperatorNode;
use crate::operator::Operator;
use crate::registry::OperatorRegistry;
use crate::value::Call;
use crate::wire::{Wire, schema_from_bytes, schema_to_bytes};

/// Marks a message as ours.
const MARK: &[u8] = b"outcrop-operator/1\0";

#[derive(Serialize, Deserialize)]
struct WireNode {
    operator: String,
    /// Expressions in the engine's own bytes.
    arguments: Vec<(String, Vec<u8>)>,
    bound: Vec<BoundInput>,
    by: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct WireExec {
    call: Call,
    /// The output schema in the engine's own bytes.
    schema: Vec<u8>,
}

fn bad(e: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("a plan with operators could not be encoded or decoded: {e}"))
}

fn operator(registry: &OperatorRegistry, name: &str) -> Result<Arc<dyn Operator>> {
    match registry.get(name) {
        Some(operator) => Ok(Arc::clone(operator)),
        None => plan_err!(
            "the plan calls `{name}`, an operator this program does not have; use the same version everywhere"
        ),
    }
}

/// Logical plans with operators.
#[derive(Debug)]
pub struct OperatorLogicalCodec {
    registry: Arc<OperatorRegistry>,
    inner: Arc<dyn LogicalExtensionCodec>,
}

impl OperatorLogicalCodec {
    /// Answers for the operators of a registry; `inner` for everything else.
    pub fn new(registry: Arc<OperatorRegistry>, inner: Arc<dyn LogicalExtensionCodec>) -> Self {
        OperatorLogicalCodec { registry, inner }
    }
}

impl LogicalExtensionCodec for OperatorLogicalCodec {
    fn try_decode(&self, buf: &[u8], inputs: &[LogicalPlan], ctx: &TaskContext) -> Result<Extension> {
        let Some(body) = buf.strip_prefix(MARK) else { return self.inner.try_decode(buf, inputs, ctx) };
        let wire: WireNode = serde_json::from_slice(body).map_err(bad)?;
        let arguments = wire
            .arguments
            .into_iter()
            .map(|(name, bytes)| Ok((name, Expr::from_bytes_with_ctx(&bytes, ctx)?)))
            .collect::<Result<Vec<_>>>()?;
        let operator = operator(&self.registry, &wire.operator)?;
        let node = OperatorNode::try_new(operator, arguments, wire.bound, wire.by, inputs.to_vec())?;
        Ok(Extension { node: Arc::new(node) })
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        let Some(node) = node.node.as_any().downcast_ref::<OperatorNode>() else {
            return self.inner.try_encode(node, buf);
        };
        let arguments = node
            .arguments
            .iter()
            .map(|(name, expr)| Ok((name.clone(), expr.to_bytes()?.to_vec())))
            .collect::<Result<Vec<_>>>()?;
        let wire = WireNode {
            operator: node.operator.definition().name.to_owned(),
            arguments,
            bound: node.bound.clone(),
            by: node.by.clone(),
        };
        buf.extend_from_slice(MARK);
        serde_json::to_writer(buf, &wire).map_err(bad)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table_ref: &TableReference,
        schema: SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.inner.try_decode_table_provider(buf, table_ref, schema, ctx)
    }

    fn try_encode_table_provider(
        &self,
        table_ref: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        self.inner.try_encode_table_provider(table_ref, node, buf)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.inner.try_decode_udf(name, buf)
    }
    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udf(node, buf)
    }
    fn try_decode_udaf(&self, name: &str, buf: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.inner.try_decode_udaf(name, buf)
    }
    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udaf(node, buf)
    }
    fn try_decode_udwf(&self, name: &str, buf: &[u8]) -> Result<Arc<WindowUDF>> {
        self.inner.try_decode_udwf(name, buf)
    }
    fn try_encode_udwf(&self, node: &WindowUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_udwf(node, buf)
    }
}

/// The physical node of an operator, for a [`crate::PhysicalCodec`].
#[derive(Debug)]
pub struct OperatorWire {
    registry: Arc<OperatorRegistry>,
}

impl OperatorWire {
    /// Answers for the operators of a registry.
    pub fn new(registry: Arc<OperatorRegistry>) -> Self {
        OperatorWire { registry }
    }
}

impl Wire for OperatorWire {
    fn mark(&self) -> &'static [u8] {
        MARK
    }

    fn encode(&self, node: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>> {
        let Some(exec) = node.downcast_ref::<OperatorExec>() else { return Ok(None) };
        let wire = WireExec { call: exec.call.clone(), schema: schema_to_bytes(&node.schema())? };
        serde_json::to_vec(&wire).map(Some).map_err(bad)
    }

    fn decode(&self, body: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        let wire: WireExec = serde_json::from_slice(body).map_err(bad)?;
        let operator = operator(&self.registry, &wire.call.operator)?;
        let schema = schema_from_bytes(&wire.schema)?;
        Ok(Arc::new(OperatorExec::try_new(operator, wire.call, inputs.to_vec(), schema)?))
    }
}
