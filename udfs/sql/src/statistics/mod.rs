//! Statistics of groups of values.

mod percentile;

crate::family!(functions { percentile_p10, percentile_p50, percentile_p90 });
