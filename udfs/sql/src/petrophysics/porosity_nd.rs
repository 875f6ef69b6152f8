//! `porosity_nd`: porosity from neutron and density porosity.

use outcrop_kernels::petrophysics::{NeutronDensityMethod, porosity_nd};

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "nphi", unit: "v/v", default: None, doc: "Neutron porosity, of the matrix of dphi" },
    Argument { name: "dphi", unit: "v/v", default: None, doc: "Density porosity" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("porosity_nd", "Petrophysics", "Porosity from neutron and density porosity", ARGUMENTS, Body::Method {
        words: &NeutronDensityMethod::NAMES,
        apply: |method, v| porosity_nd(v[0], v[1], NeutronDensityMethod::ALL[method]),
    })
    .unit("v/v")
    .documented(
        "| method | porosity |\n|---|---|\n\
         | `rms` | `sqrt((nphi^2 + dphi^2) / 2)`: where gas parts the logs |\n\
         | `mean` | `(nphi + dphi) / 2`: where the pores hold liquid |\n\n\
         A root has no sign: `rms` is NULL where the two sum to less than 0.\n\n\
         Source: G. Asquith and D. Krygowski, *Basic Well Log Analysis*, AAPG (2004).",
        "SELECT md, porosity_nd(nphi, porosity_density(rhob, 2.65, 1.0)) AS phi FROM logs WHERE nphi IS NOT NULL AND rhob IS NOT NULL ORDER BY well, md LIMIT 5",
    )
}
