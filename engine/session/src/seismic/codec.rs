//! The wire form of the node that reads samples, for a cluster: which volume, and where it is; who decodes it opens the volume itself.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use outcrop_operators::{TracesExec, VolumeSource};
use outcrop_seismic::Volume;
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::error::external;
use crate::session::Session;

/// Marks a message as ours.
const MARK: &[u8] = b"outcrop-traces/1\0";

#[derive(Serialize, Deserialize)]
struct Wire {
    source: VolumeSource,
    place: usize,
    /// The field of the samples, in the engine's own bytes of a schema.
    samples: Vec<u8>,
}

/// Physical plans with volumes; everything else is the inner codec's. Decoding opens volumes within the session's folders.
#[derive(Debug)]
pub struct TracesPhysicalCodec {
    session: Session,
    inner: Arc<dyn PhysicalExtensionCodec>,
}

impl TracesPhysicalCodec {
    /// For plans of a session; `inner` answers for other nodes.
    pub fn new(session: Session, inner: Arc<dyn PhysicalExtensionCodec>) -> Self {
        TracesPhysicalCodec { session, inner }
    }
}

fn bad(e: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("a plan with a volume could not be encoded or decoded: {e}"))
}

impl PhysicalExtensionCodec for TracesPhysicalCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(body) = buf.strip_prefix(MARK) else {
            return self.inner.try_decode(buf, inputs, ctx, converter);
        };
        let wire: Wire = serde_json::from_slice(body).map_err(bad)?;
        let schema = datafusion_proto::protobuf::Schema::decode(wire.samples.as_slice()).map_err(bad)?;
        let schema: Schema = (&schema).try_into().map_err(bad)?;
        let ([input], [samples]) = (inputs, schema.fields().as_ref()) else {
            return exec_err!("a node that reads samples has one input and one column of samples");
        };
        let volume = open(&self.session, &wire.source)?;
        let exec = TracesExec::try_new(Arc::clone(input), volume, wire.source, Arc::clone(samples), wire.place)?;
        Ok(Arc::new(exec))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(exec) = node.downcast_ref::<TracesExec>() else {
            return self.inner.try_encode(node, buf, converter);
        };
        let schema = Schema::new(vec![Arc::clone(exec.samples())]);
        let schema: datafusion_proto::protobuf::Schema = (&schema).try_into().map_err(bad)?;
        let wire = Wire { source: exec.source().clone(), place: exec.place(), samples: schema.encode_to_vec() };
        buf.extend_from_slice(MARK);
        serde_json::to_writer(buf, &wire).map_err(bad)
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

/// Opens a volume; decoding is not asynchronous, so the opening goes to a thread of its own.
fn open(session: &Session, source: &VolumeSource) -> Result<Arc<dyn Volume>> {
    let (session, source) = (session.clone(), source.clone());
    let opened = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(bad)?;
        runtime.block_on(async move {
            match &source {
                VolumeSource::Project { project, volume, commit } => {
                    let snapshot = match session.project().filter(|p| p.path() == project) {
                        Some(own) => own.snapshot_at(*commit).await,
                        None => {
                            let other = outcrop_store::Project::open(session.roots(), project).await;
                            match other {
                                Ok(other) => other.snapshot_at(*commit).await,
                                Err(e) => Err(e),
                            }
                        }
                    };
                    let snapshot = snapshot.map_err(external)?;
                    let bricks = session.inner().volumes.stored(&snapshot, volume).await.map_err(external)?;
                    Ok(Arc::new(bricks) as Arc<dyn Volume>)
                }
                VolumeSource::File { path, options } => super::file::open_volume(&session, path, options).await,
            }
        })
    });
    opened.join().unwrap_or_else(|_| Err(bad("opening the volume stopped")))
}
