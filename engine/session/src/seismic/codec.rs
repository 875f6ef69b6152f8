//! The wire form of the node that reads samples, for a cluster: which volume, and where it is; who decodes it opens the volume itself.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::common::{Result, exec_err};
use datafusion::physical_plan::ExecutionPlan;
use outcrop_operators::{TracesExec, VolumeSource, Wire, schema_from_bytes, schema_to_bytes};
use outcrop_seismic::Volume;
use serde::{Deserialize, Serialize};

use crate::error::external;
use crate::session::Session;
use crate::wire::{bad, snapshot, waited};

#[derive(Serialize, Deserialize)]
struct WireTraces {
    source: VolumeSource,
    place: usize,
    /// The field of the samples, in the engine's own bytes of a schema.
    samples: Vec<u8>,
}

/// Decoding opens volumes within the session's folders.
#[derive(Debug)]
pub(crate) struct TracesWire {
    session: Session,
}

impl TracesWire {
    pub(crate) fn new(session: Session) -> Self {
        TracesWire { session }
    }
}

impl Wire for TracesWire {
    fn mark(&self) -> &'static [u8] {
        b"outcrop-traces/1\0"
    }

    fn encode(&self, node: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>> {
        let Some(exec) = node.downcast_ref::<TracesExec>() else { return Ok(None) };
        let samples = schema_to_bytes(&Schema::new(vec![Arc::clone(exec.samples())]))?;
        let wire = WireTraces { source: exec.source().clone(), place: exec.place(), samples };
        serde_json::to_vec(&wire).map(Some).map_err(bad)
    }

    fn decode(&self, body: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        let wire: WireTraces = serde_json::from_slice(body).map_err(bad)?;
        let schema = schema_from_bytes(&wire.samples)?;
        let ([input], [samples]) = (inputs, schema.fields().as_ref()) else {
            return exec_err!("a node that reads samples has one input and one column of samples");
        };
        let volume = open(&self.session, &wire.source)?;
        let exec = TracesExec::try_new(Arc::clone(input), volume, wire.source, Arc::clone(samples), wire.place)?;
        Ok(Arc::new(exec))
    }
}

fn open(session: &Session, source: &VolumeSource) -> Result<Arc<dyn Volume>> {
    let (session, source) = (session.clone(), source.clone());
    waited(move || async move {
        match &source {
            VolumeSource::Project { project, volume, commit } => {
                let snapshot = snapshot(&session, project, *commit).await?;
                let bricks = session.inner().volumes.stored(&snapshot, volume).await.map_err(external)?;
                Ok(Arc::new(bricks) as Arc<dyn Volume>)
            }
            VolumeSource::File { path, options } => super::file::open_volume(&session, path, options).await,
        }
    })
}
