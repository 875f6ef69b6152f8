//! `thickness_weighted_mean`: mean weighted by thickness.

use crate::numeric::Argument;
use crate::totals::{ResultUnit, Totals};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "value", unit: "", default: None, doc: "What is averaged" },
    Argument { name: "thickness", unit: "", default: None, doc: "Thickness each row stands for" },
];

pub(super) fn function() -> Totals {
    Totals {
        name: "thickness_weighted_mean",
        group: "Petrophysics",
        summary: "Mean weighted by thickness",
        doc: "`sum(value thickness) / sum(thickness)`. Rows with a NULL count in neither sum; NULL where the thicknesses sum to 0.",
        example: "SELECT well, thickness_weighted_mean(gr, 0.5) AS gr FROM logs GROUP BY well ORDER BY well LIMIT 5",
        arguments: ARGUMENTS,
        result: "the unit of value",
        unit: ResultUnit::Of(0),
        add: |v| [v[0] * v[1], v[1]],
        value: |[first, second]| if second == 0.0 { f64::NAN } else { first / second },
    }
}
