//! `simandoux_sw`: water saturation of shaly sand by Simandoux's equation.

use outcrop_kernels::petrophysics::simandoux_sw;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rt", unit: "ohm.m", default: None, doc: "True formation resistivity" },
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity" },
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity of the formation water at formation temperature" },
    Argument { name: "vsh", unit: "v/v", default: None, doc: "Shale volume" },
    Argument { name: "rsh", unit: "ohm.m", default: None, doc: "Resistivity of shale" },
    Argument { name: "a", unit: "", default: Some(1.0), doc: "Tortuosity factor" },
    Argument { name: "m", unit: "", default: Some(2.0), doc: "Cementation exponent" },
    Argument { name: "n", unit: "", default: Some(2.0), doc: "Saturation exponent" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("simandoux_sw", "Petrophysics", "Water saturation of shaly sand by Simandoux's equation", ARGUMENTS, Body::Plain(|v| {
        simandoux_sw(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
    }))
    .unit("v/v")
    .documented(
        "The `sw` of `1/rt = phi^m sw^n / (a rw) + vsh sw / rsh`; without shale Archie's. The form of 1963: the modified one divides the water term by `1 - vsh`. With another `n` than 2 by Newton's method.\n\n\
         Not cut off above 1. NULL where a resistivity or the porosity is not above 0, `phi` is above 1 or `vsh` below 0, and for a NULL argument.\n\n\
         Source: P. Simandoux, *Dielectric measurements on porous media*, Revue de l'IFP 18 supplement (1963); M. Bardon and B. Pied, SPWLA 10 (1969).",
        "SELECT md, simandoux_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05, vshale_gr(gr, 25, 120), 3.0) AS sw FROM logs WHERE well = 'OUT-1' AND gr >= 25 ORDER BY md LIMIT 5",
    )
}
