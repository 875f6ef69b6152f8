//! The wire form of the depths of log samples: the commit that the surveys are in, and whose. Paths are computed anew where
//! the plan is decoded.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use outcrop_operators::Wire;
use outcrop_sql::{VerticalDepth, WellPaths, of_vertical_depth, vertical_depth};
use serde::{Deserialize, Serialize};

use super::{bad, snapshot, waited};
use crate::catalog::{Paths, paths};
use crate::session::Session;

#[derive(Serialize, Deserialize)]
struct WireDepth {
    /// Whether it is the depth below sea level.
    below_sea_level: bool,
    paths: Paths,
}

#[derive(Debug)]
pub(super) struct DepthsWire {
    session: Session,
    /// Paths that are in use: `tvd` and `tvdss` of a scan share theirs.
    known: Mutex<Vec<(String, Weak<WellPaths>)>>,
}

impl DepthsWire {
    pub(super) fn new(session: Session) -> Self {
        DepthsWire { session, known: Mutex::default() }
    }

    fn paths(&self, of: Paths) -> Result<Arc<WellPaths>> {
        let origin = of.origin()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, paths)| paths.strong_count() > 0);
        if let Some(paths) = known.iter().find(|(o, _)| *o == origin).and_then(|(_, paths)| paths.upgrade()) {
            return Ok(paths);
        }
        let session = self.session.clone();
        let found = waited(move || async move {
            let snapshot = snapshot(&session, &of.project, of.commit).await?;
            paths(&session, &snapshot, of.wells).await
        })?;
        let found = Arc::new(found);
        known.push((origin, Arc::downgrade(&found)));
        Ok(found)
    }
}

impl Wire for DepthsWire {
    fn mark(&self) -> &'static [u8] {
        b"outcrop-depth/1\0"
    }

    fn encode_function(&self, function: &ScalarUDF) -> Result<Option<Vec<u8>>> {
        let Some((paths, which)) = of_vertical_depth(function) else { return Ok(None) };
        let paths: Paths = serde_json::from_str(paths.origin()).map_err(bad)?;
        let wire = WireDepth { below_sea_level: which == VerticalDepth::Tvdss, paths };
        serde_json::to_vec(&wire).map(Some).map_err(bad)
    }

    fn decode_function(&self, body: &[u8]) -> Result<Arc<ScalarUDF>> {
        let wire: WireDepth = serde_json::from_slice(body).map_err(bad)?;
        let which = if wire.below_sea_level { VerticalDepth::Tvdss } else { VerticalDepth::Tvd };
        Ok(Arc::new(vertical_depth(self.paths(wire.paths)?, which)))
    }
}
