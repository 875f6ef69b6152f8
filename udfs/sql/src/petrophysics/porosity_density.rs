//! `porosity_density`: porosity from the density log.

use outcrop_kernels::petrophysics::porosity_density;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rhob", unit: "g/cm3", default: None, doc: "Bulk density, g/cm3" },
    Argument { name: "rho_ma", unit: "g/cm3", default: None, doc: "Matrix density, g/cm3: 2.65 quartz, 2.71 calcite, 2.87 dolomite" },
    Argument { name: "rho_fl", unit: "g/cm3", default: None, doc: "Fluid density, g/cm3: 1.0 fresh water, 1.1 salt mud" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("porosity_density", "Petrophysics", "Porosity from bulk density", ARGUMENTS, Body::Plain(|v| {
        porosity_density(v[0], v[1], v[2])
    }))
    .unit("v/v")
    .documented(
        "`phi = (rho_ma - rho_b) / (rho_ma - rho_fl)`.\n\n\
         The value is as the equation gives it, not cut off at 0 or 1. Equal matrix and fluid densities give NULL, and so \
         does a NULL argument.\n\n\
         Source: the volumetric mixing law for bulk density, as in D. V. Ellis and J. M. Singer, *Well Logging for Earth \
         Scientists* (2007).",
        "SELECT md, porosity_density(rhob, 2.65, 1.0) AS phi FROM logs WHERE well = 'OUT-1' ORDER BY md LIMIT 5",
    )
}
