//! `hydrocarbon_pore_thickness`: thickness of hydrocarbons alone, without rock and water.

use crate::numeric::Argument;
use crate::totals::{ResultUnit, Totals};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity" },
    Argument { name: "sw", unit: "v/v", default: None, doc: "Water saturation" },
    Argument { name: "thickness", unit: "", default: None, doc: "Thickness each row stands for" },
];

pub(super) fn function() -> Totals {
    Totals {
        name: "hydrocarbon_pore_thickness",
        group: "Petrophysics",
        summary: "Thickness of hydrocarbons alone, without rock and water",
        doc: "`sum(phi (1 - sw) thickness)`. Rows with a NULL count for nothing; NULL without any row that counts. Filter to net rock first (`FILTER (WHERE …)`), or use `net_pay`.",
        example: "SELECT well, hydrocarbon_pore_thickness(porosity_density(rhob, 2.65, 1.0), archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05), 0.5) FILTER (WHERE gr < 75) AS hpt FROM logs GROUP BY well ORDER BY well LIMIT 5",
        arguments: ARGUMENTS,
        result: "the unit of thickness",
        unit: ResultUnit::Of(2),
        add: |v| [v[0] * (1.0 - v[1]) * v[2], 0.0],
        value: |[first, second]| first + second,
    }
}
