//! `permeability_coates`: permeability from porosity and irreducible water, after Coates and Denoo.

use outcrop_kernels::petrophysics::permeability_coates;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity" },
    Argument { name: "swi", unit: "v/v", default: None, doc: "Irreducible water saturation" },
    Argument { name: "c", unit: "", default: Some(100.0), doc: "Constant, calibrated to cores" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("permeability_coates", "Petrophysics", "Permeability from porosity and irreducible water, after Coates and Denoo", ARGUMENTS, Body::Plain(|v| {
        permeability_coates(v[0], v[1], v[2])
    }))
    .unit("mD")
    .documented(
        "`k = (c phi^2 (1 - swi) / swi)^2` in millidarcy. NULL outside 0 to 1.\n\n\
         Source: G. R. Coates and S. Denoo, *The producibility answer product*, Schlumberger Technical Review 29 (1981).",
        "SELECT md, permeability_coates(porosity_density(rhob, 2.65, 1.0), 0.3) AS k FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
