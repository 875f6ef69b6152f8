//! `percentile_p90`: the value that 90 % of the values exceed.

use super::percentile::percentile;
use crate::function::Function;

pub(super) fn function() -> Function {
    percentile(
        "percentile_p90",
        90,
        "The low case: the value that 90 % of the values exceed",
        "Exceedance, as the industry states volumes: P90 is the low case, that 90 % of the values exceed; P10 the high case. \
         So `percentile_p90` is the value below which 10 % of the values lie: between two values linearly, at place `0.1 (n - 1)` counted from 0 \
         (type 7 of R. J. Hyndman and Y. Fan, *Sample quantiles in statistical packages*, The American Statistician 50, 1996; the \
         same as numpy and Excel). Exact: the values of a group are held in memory. NULL without values.",
        "SELECT well, percentile_p90(gr) AS gr FROM logs GROUP BY well ORDER BY well LIMIT 5",
    )
}
