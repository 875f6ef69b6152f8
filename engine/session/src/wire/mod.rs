//! The wire form of a session's physical plans: what travels to another program, such as a worker of a cluster, which has a
//! session on the same folders.
//!
//! What is sent says where things are, not what is in them: a volume by its project, name and commit, depths of logs by the
//! project and commit that the surveys are in, files by their paths. The program that decodes a plan opens them itself,
//! within its own folders. Two exceptions: which curves are columns of `logs`, of the wells that a query means, and rows
//! that the engine holds in memory while it plans, such as those of a text file.

mod depths;
mod fields;
mod source;

use std::future::Future;
use std::sync::Arc;

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_proto_converter,
};
use datafusion_proto::physical_plan::{DefaultPhysicalExtensionCodec, PhysicalExtensionCodec};
use outcrop_operators::codec::OperatorWire;
use outcrop_operators::{PhysicalCodec, Wire};
use outcrop_store::{Project, Snapshot};

use crate::catalog::CurveRowsWire;
use crate::error::external;
use crate::seismic::TracesWire;
use crate::session::Session;
pub(crate) use source::{Source, SourceExec};

/// Stack of a thread that opens what a plan names: planning a query goes deep.
const STACK: usize = 16 << 20;

impl Session {
    /// The codec of physical plans: for every node and function that a query of this session can contain.
    ///
    /// It is enough to decode. To encode use [`Session::physical_plan_to_bytes`], which also keeps the units of what
    /// functions compute.
    pub fn physical_codec(&self) -> Arc<dyn PhysicalExtensionCodec> {
        let kinds: Vec<Arc<dyn Wire>> = vec![
            Arc::new(OperatorWire::new(Arc::clone(self.operators()))),
            Arc::new(TracesWire::new(self.clone())),
            Arc::new(CurveRowsWire),
            Arc::new(source::SourceWire::new(self.clone())),
            Arc::new(depths::DepthsWire::new(self.clone())),
            Arc::new(fields::FieldsWire),
        ];
        Arc::new(PhysicalCodec::new(kinds, Arc::new(DefaultPhysicalExtensionCodec {})))
    }

    /// A physical plan as bytes. The units of what aggregates give are not sent, as the engine makes those anew; the logical
    /// plan says them.
    ///
    /// # Errors
    /// A node that has no wire form, by its name.
    pub fn physical_plan_to_bytes(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Vec<u8>> {
        let codec = self.physical_codec();
        let bytes = physical_plan_to_bytes_with_proto_converter(plan, codec.as_ref(), &fields::KeepFields)?;
        Ok(bytes.to_vec())
    }

    /// The plan again. What it names is opened here.
    ///
    /// # Errors
    /// Bytes that are none; a project, commit or file that this session does not reach.
    pub fn physical_plan_from_bytes(&self, bytes: &[u8], context: &TaskContext) -> Result<Arc<dyn ExecutionPlan>> {
        physical_plan_from_bytes_with_extension_codec(bytes, context, self.physical_codec().as_ref())
    }
}

/// A message that cannot be written or read.
pub(crate) fn bad(e: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("a plan could not be encoded or decoded: {e}"))
}

/// Waits for something to be opened: decoding is not asynchronous, so it is done on a thread of its own.
pub(crate) fn waited<T: Send + 'static, F: Future<Output = Result<T>>>(
    open: impl FnOnce() -> F + Send + 'static,
) -> Result<T> {
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(bad)?;
        runtime.block_on(open())
    };
    let thread = std::thread::Builder::new().name("decode".to_owned()).stack_size(STACK).spawn(work).map_err(bad)?;
    thread.join().unwrap_or_else(|_| Err(bad("opening what it names stopped")))
}

/// A commit of a project that a plan names: of the session's own, or of another one in its folders.
pub(crate) async fn snapshot(session: &Session, project: &str, commit: u64) -> Result<Snapshot> {
    let project = match session.project().filter(|own| own.path() == project) {
        Some(own) => own.clone(),
        None => Project::open(session.roots(), project).await.map_err(external)?,
    };
    project.snapshot_at(commit).await.map_err(external)
}
