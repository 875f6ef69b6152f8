//! The one codec of physical plans, made of kinds: each answers for a node or a function that the engine does not know.

use std::fmt::Debug;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr_common::physical_expr::proto_decode::PhysicalExprDecodeCtx;
use datafusion::physical_expr_common::physical_expr::proto_encode::PhysicalExprEncodeCtx;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use prost::Message;

/// A kind of node, function or expression with a wire form of its own. What it does not know it leaves to others.
pub trait Wire: Debug + Send + Sync {
    /// What its messages begin with, and those of no other kind.
    fn mark(&self) -> &'static [u8];

    /// What a node of this kind is, for whoever makes it anew; `None` of another node.
    ///
    /// # Errors
    /// What cannot be written.
    fn encode(&self, node: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>> {
        let _ = node;
        Ok(None)
    }

    /// The node over its inputs.
    ///
    /// # Errors
    /// What cannot be read or opened.
    fn decode(&self, body: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        let _ = (body, inputs);
        exec_err!("a message about something else came for a node of a plan")
    }

    /// The same of a function that has no name in SQL.
    ///
    /// # Errors
    /// What cannot be written.
    fn encode_function(&self, function: &ScalarUDF) -> Result<Option<Vec<u8>>> {
        let _ = function;
        Ok(None)
    }

    /// The function.
    ///
    /// # Errors
    /// What cannot be read or opened.
    fn decode_function(&self, body: &[u8]) -> Result<Arc<ScalarUDF>> {
        let _ = body;
        exec_err!("a message about something else came for a function")
    }

    /// An expression from its parts.
    ///
    /// # Errors
    /// What cannot be read.
    fn decode_expression(&self, body: &[u8], parts: &[Arc<dyn PhysicalExpr>]) -> Result<Arc<dyn PhysicalExpr>> {
        let _ = (body, parts);
        exec_err!("a message about something else came for an expression")
    }
}

/// Physical plans with nodes and functions of some kinds; everything else is the inner codec's.
#[derive(Debug)]
pub struct PhysicalCodec {
    kinds: Vec<Arc<dyn Wire>>,
    inner: Arc<dyn PhysicalExtensionCodec>,
}

impl PhysicalCodec {
    /// Of these kinds.
    pub fn new(kinds: Vec<Arc<dyn Wire>>, inner: Arc<dyn PhysicalExtensionCodec>) -> Self {
        PhysicalCodec { kinds, inner }
    }

    /// The kind that a message is of, and what it says.
    fn kind<'a>(&self, message: &'a [u8]) -> Option<(&Arc<dyn Wire>, &'a [u8])> {
        self.kinds.iter().find_map(|kind| Some((kind, message.strip_prefix(kind.mark())?)))
    }

    /// Writes the message of the first kind that has one; whether there was one.
    fn write(&self, message: &mut Vec<u8>, of: impl Fn(&dyn Wire) -> Result<Option<Vec<u8>>>) -> Result<bool> {
        for kind in &self.kinds {
            if let Some(body) = of(kind.as_ref())? {
                message.extend_from_slice(kind.mark());
                message.extend_from_slice(&body);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match self.kind(buf) {
            Some((kind, body)) => kind.decode(body, inputs),
            None => self.inner.try_decode(buf, inputs, ctx, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if self.write(buf, |kind| kind.encode(node.as_ref()))? {
            return Ok(());
        }
        self.inner.try_encode(node, buf, converter)
    }

    fn try_decode_udf(&self, name: &str, buf: &[u8]) -> Result<Arc<ScalarUDF>> {
        match self.kind(buf) {
            Some((kind, body)) => kind.decode_function(body),
            None => self.inner.try_decode_udf(name, buf),
        }
    }

    fn try_encode_udf(&self, node: &ScalarUDF, buf: &mut Vec<u8>) -> Result<()> {
        if self.write(buf, |kind| kind.encode_function(node))? {
            return Ok(());
        }
        self.inner.try_encode_udf(node, buf)
    }

    fn try_decode_expr(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn PhysicalExpr>],
        ctx: &PhysicalExprDecodeCtx<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        match self.kind(buf) {
            Some((kind, body)) => kind.decode_expression(body, inputs),
            None => self.inner.try_decode_expr(buf, inputs, ctx),
        }
    }

    fn try_encode_expr(
        &self,
        node: &Arc<dyn PhysicalExpr>,
        buf: &mut Vec<u8>,
        ctx: &PhysicalExprEncodeCtx<'_>,
    ) -> Result<()> {
        self.inner.try_encode_expr(node, buf, ctx)
    }

    fn try_decode_higher_order_function(&self, name: &str, buf: &[u8]) -> Result<Arc<HigherOrderUDF>> {
        self.inner.try_decode_higher_order_function(name, buf)
    }
    fn try_encode_higher_order_function(&self, node: &HigherOrderUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.inner.try_encode_higher_order_function(node, buf)
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

fn bad(e: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("the columns of a plan could not be encoded or decoded: {e}"))
}

/// A schema in the engine's own bytes, units and all.
///
/// # Errors
/// A type that the engine cannot write.
pub fn schema_to_bytes(schema: &Schema) -> Result<Vec<u8>> {
    let schema: datafusion_proto::protobuf::Schema = schema.try_into().map_err(bad)?;
    Ok(schema.encode_to_vec())
}

/// The schema again.
///
/// # Errors
/// Bytes that are none.
pub fn schema_from_bytes(bytes: &[u8]) -> Result<SchemaRef> {
    let schema = datafusion_proto::protobuf::Schema::decode(bytes).map_err(bad)?;
    let schema: Schema = (&schema).try_into().map_err(bad)?;
    Ok(Arc::new(schema))
}
