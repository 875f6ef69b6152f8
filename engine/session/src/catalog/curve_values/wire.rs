//! The wire form of the node that turns columns of curves into rows.
//!
//! Which curves a log set has is sent along: the rows of `curves` that the query leaves, without their statistics. Log sets
//! that have the same curves, as those of one logging run do, share one list.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::{Result, exec_err};
use datafusion::physical_plan::ExecutionPlan;
use outcrop_operators::{Wire, schema_from_bytes, schema_to_bytes};
use serde::{Deserialize, Serialize};

use super::rows::{CurveRows, Known};
use crate::wire::bad;

#[derive(Serialize, Deserialize)]
struct WireRows {
    columns: Vec<usize>,
    /// The different lists of curves: the place of a column, and the mnemonic.
    curves: Vec<Vec<(usize, String)>>,
    /// Wells with their log sets, each with the place of its list.
    wells: Vec<(String, Vec<(String, usize)>)>,
    /// The columns of the rows, in the engine's own bytes.
    schema: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct CurveRowsWire;

impl Wire for CurveRowsWire {
    fn mark(&self) -> &'static [u8] {
        b"outcrop-curve-rows/1\0"
    }

    fn encode(&self, node: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>> {
        let Some(rows) = node.downcast_ref::<CurveRows>() else { return Ok(None) };
        let mut places: BTreeMap<&[(usize, String)], usize> = BTreeMap::new();
        let mut wells = Vec::with_capacity(rows.known.len());
        for (well, sets) in rows.known.iter() {
            let mut of_well = Vec::with_capacity(sets.len());
            for (log_set, curves) in sets {
                let next = places.len();
                of_well.push((log_set.clone(), *places.entry(curves.as_slice()).or_insert(next)));
            }
            wells.push((well.clone(), of_well));
        }
        let mut curves = vec![Vec::new(); places.len()];
        for (list, place) in places {
            if let Some(there) = curves.get_mut(place) {
                *there = list.to_vec();
            }
        }
        let wire = WireRows { columns: rows.columns.clone(), curves, wells, schema: schema_to_bytes(&node.schema())? };
        serde_json::to_vec(&wire).map(Some).map_err(bad)
    }

    fn decode(&self, body: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        let wire: WireRows = serde_json::from_slice(body).map_err(bad)?;
        let [input] = inputs else { return exec_err!("the node that turns curves into rows has one input") };
        let mut known = Known::new();
        for (well, sets) in wire.wells {
            let of_well = known.entry(well).or_default();
            for (log_set, place) in sets {
                let Some(curves) = wire.curves.get(place) else { return Err(bad("a log set has no list of curves")) };
                of_well.insert(log_set, curves.clone());
            }
        }
        let schema = schema_from_bytes(&wire.schema)?;
        Ok(Arc::new(CurveRows::new(Arc::clone(input), wire.columns, Arc::new(known), schema)))
    }
}
