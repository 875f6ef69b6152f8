//! `percentile_p10`: the value that 10 % of the values exceed.

use super::percentile::percentile;
use crate::function::Function;

pub(super) fn function() -> Function {
    percentile(
        "percentile_p10",
        10,
        "The high case: the value that 10 % of the values exceed",
        "Exceedance, as the industry states volumes: P90 is the low case, that 90 % of the values exceed; P10 the high case. \
         So `percentile_p10` is the value below which 90 % of the values lie: between two values linearly, at place `0.9 (n - 1)` counted from 0 \
         (type 7 of R. J. Hyndman and Y. Fan, *Sample quantiles in statistical packages*, The American Statistician 50, 1996; the \
         same as numpy and Excel). Exact: the values of a group are held in memory. NULL without values.",
        "SELECT well, percentile_p10(gr) AS gr FROM logs GROUP BY well ORDER BY well LIMIT 5",
    )
}
