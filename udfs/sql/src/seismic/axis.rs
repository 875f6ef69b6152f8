//! The vertical axis of a volume, as far as a plan knows it.

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err};
use outcrop_operators::{Planned, axis_of};
use outcrop_seismic::{Domain, SampleAxis};
use outcrop_types::field::{described, unit, with_unit};
use outcrop_types::{Dimension, Unit};

/// Key in the metadata of a column `sample_interval`: `time` or `depth`.
pub(super) const DOMAIN: &str = "outcrop.domain";

/// What vertical places of a volume are called, and their unit.
pub(super) struct Vertical {
    pub(super) domain: Domain,
    pub(super) unit: String,
}

impl Vertical {
    /// By what the samples of an input state, else by the unit of its column `sample_interval`.
    pub(super) fn of(planned: &Planned<'_>, input: &str) -> Self {
        let schema = planned.inputs.iter().position(|i| i.name == input).and_then(|i| planned.schemas.get(i));
        let field = |role: &str| schema.and_then(|s| s.field_with_name(&format!("#{role}")).ok().cloned());
        if let Some(axis) = field("samples").and_then(|f| axis_of(&f)) {
            return Vertical { domain: axis.domain, unit: axis.unit };
        }
        let interval = field("sample_interval");
        let symbol = interval.as_ref().and_then(|f| unit(f).map(str::to_owned)).unwrap_or_default();
        // What was converted to depths is in depth, also where nobody states the unit.
        if interval.is_some_and(|f| f.metadata().get(DOMAIN).is_some_and(|d| d == Domain::Depth.as_str())) {
            return Vertical { domain: Domain::Depth, unit: symbol };
        }
        let length = Unit::parse(&symbol).is_some_and(|u| u.dimension() == Dimension::Length);
        Vertical { domain: if length { Domain::Depth } else { Domain::Time }, unit: symbol }
    }

    /// The column of vertical places: `time`, `depth` or `frequency`.
    pub(super) fn field(&self) -> Field {
        let doc = match self.domain {
            Domain::Time => "Two-way time of the sample",
            Domain::Depth => "Depth of the sample",
            Domain::Frequency => "Frequency of the sample",
        };
        with_unit(described(self.domain.as_str(), DataType::Float64, true, doc), &self.unit)
    }
}

/// Samples from one place to another; an error where there are none.
pub(super) fn window(axis: &SampleAxis, from: Option<f64>, to: Option<f64>) -> Result<std::ops::Range<usize>> {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return exec_err!("`from` ({from}) is behind `to` ({to})");
    }
    let range = axis.between(from, to);
    if range.is_empty() {
        let shown = |v: Option<f64>| v.map_or_else(|| "its end".to_owned(), |v| v.to_string());
        return exec_err!(
            "no sample lies from {} to {}; the volume has {} to {} {} every {}",
            shown(from),
            shown(to),
            axis.start,
            axis.end(),
            axis.unit,
            axis.interval
        );
    }
    Ok(range)
}
