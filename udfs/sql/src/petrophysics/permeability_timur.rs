//! `permeability_timur`: permeability from porosity and irreducible water, after Timur.

use outcrop_kernels::petrophysics::permeability_timur;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity" },
    Argument { name: "swi", unit: "v/v", default: None, doc: "Irreducible water saturation" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("permeability_timur", "Petrophysics", "Permeability from porosity and irreducible water, after Timur", ARGUMENTS, Body::Plain(|v| {
        permeability_timur(v[0], v[1])
    }))
    .unit("mD")
    .documented(
        "`k = 0.136 phi^4.4 / swi^2` in millidarcy, with both in percent in the formula and as fractions in the call. NULL outside 0 to 1.\n\n\
         Source: A. Timur, *An investigation of permeability, porosity and residual water saturation relationships*, The Log Analyst 9 (1968).",
        "SELECT md, permeability_timur(porosity_density(rhob, 2.65, 1.0), 0.3) AS k FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
