//! `porosity_effective`: effective porosity from total porosity and shale.

use outcrop_kernels::petrophysics::porosity_effective;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "phit", unit: "v/v", default: None, doc: "Total porosity" },
    Argument { name: "vsh", unit: "v/v", default: None, doc: "Shale volume" },
    Argument { name: "phi_sh", unit: "v/v", default: None, doc: "Total porosity of shale" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("porosity_effective", "Petrophysics", "Effective porosity from total porosity and shale", ARGUMENTS, Body::Plain(|v| {
        porosity_effective(v[0], v[1], v[2])
    }))
    .unit("v/v")
    .documented(
        "`phie = phit - vsh phi_sh`. Not cut off: below 0 it says that `vsh` or `phi_sh` does not suit.\n\n\
         Source: G. Asquith and D. Krygowski, *Basic Well Log Analysis*, AAPG (2004).",
        "SELECT md, porosity_effective(porosity_density(rhob, 2.65, 1.0), vshale_gr(gr, 25, 120), 0.12) AS phie FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
