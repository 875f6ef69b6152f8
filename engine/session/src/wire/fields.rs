//! Units, descriptions and coordinate systems of what functions compute: the engine sends the name and type of a function's
//! value and leaves the rest of its field out, so that `convert_unit(tvdss, 'ft')` would not know the unit of `tvdss` where
//! the plan is decoded.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::common::{Result, exec_err};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::from_proto::parse_physical_expr_with_converter;
use datafusion_proto::physical_plan::to_proto::serialize_physical_expr_with_converter;
use datafusion_proto::physical_plan::{
    PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalPlanNodeExt, PhysicalProtoConverterExtension,
};
use datafusion_proto::protobuf::physical_expr_node::ExprType;
use datafusion_proto::protobuf::{PhysicalExprNode, PhysicalExtensionExprNode, PhysicalPlanNode};
use outcrop_operators::Wire;

use super::bad;

const MARK: &[u8] = b"outcrop-field/1\0";

/// Writes expressions as the engine does, around a call of a function what its field says.
pub(super) struct KeepFields;

impl PhysicalProtoConverterExtension for KeepFields {
    fn proto_to_execution_plan(
        &self,
        proto: &PhysicalPlanNode,
        ctx: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        proto.try_into_physical_plan_with_context(ctx, self)
    }

    fn execution_plan_to_proto(
        &self,
        plan: &Arc<dyn ExecutionPlan>,
        codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalPlanNode> {
        PhysicalPlanNode::try_from_physical_plan_with_converter(Arc::clone(plan), codec, self)
    }

    fn proto_to_physical_expr(
        &self,
        proto: &PhysicalExprNode,
        input: &Schema,
        ctx: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        parse_physical_expr_with_converter(proto, input, ctx, self)
    }

    fn physical_expr_to_proto(
        &self,
        expr: &Arc<dyn PhysicalExpr>,
        codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalExprNode> {
        let node = serialize_physical_expr_with_converter(expr, codec, self)?;
        let Some(call) = expr.downcast_ref::<ScalarFunctionExpr>() else { return Ok(node) };
        let field = call.return_field(&Schema::empty())?;
        if field.metadata().is_empty() {
            return Ok(node);
        }
        let mut message = MARK.to_vec();
        serde_json::to_writer(&mut message, field.metadata()).map_err(bad)?;
        let around = PhysicalExtensionExprNode { expr: message, inputs: vec![node] };
        Ok(PhysicalExprNode { expr_id: None, expr_type: Some(ExprType::Extension(around)) })
    }
}

/// Reads what [`KeepFields`] has written.
#[derive(Debug)]
pub(super) struct FieldsWire;

impl Wire for FieldsWire {
    fn mark(&self) -> &'static [u8] {
        MARK
    }

    fn decode_expression(&self, body: &[u8], parts: &[Arc<dyn PhysicalExpr>]) -> Result<Arc<dyn PhysicalExpr>> {
        let metadata: HashMap<String, String> = serde_json::from_slice(body).map_err(bad)?;
        let [part] = parts else { return exec_err!("a field has one expression") };
        let Some(call) = part.downcast_ref::<ScalarFunctionExpr>() else {
            return exec_err!("a field came with something other than a call of a function");
        };
        let field = call.return_field(&Schema::empty())?.as_ref().clone().with_metadata(metadata);
        let whole = ScalarFunctionExpr::new(
            call.name(),
            Arc::new(call.fun().clone()),
            call.args().to_vec(),
            Arc::new(field),
            Arc::new(call.config_options().clone()),
        );
        Ok(Arc::new(whole.with_nullable(call.nullable())))
    }
}
