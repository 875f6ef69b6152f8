//! `bvw`: bulk volume of water.

use outcrop_kernels::petrophysics::bvw;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity" },
    Argument { name: "sw", unit: "v/v", default: None, doc: "Water saturation" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("bvw", "Petrophysics", "Bulk volume of water", ARGUMENTS, Body::Plain(|v| {
        bvw(v[0], v[1])
    }))
    .unit("v/v")
    .documented(
        "`phi sw`, a part of the rock. Constant with depth it says that the water is irreducible.\n\n\
         Source: R. Buckles, *Correlating and averaging connate water saturation data*, J. Can. Pet. Tech. 4 (1965).",
        "SELECT md, bvw(porosity_density(rhob, 2.65, 1.0), archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05)) AS bvw FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
