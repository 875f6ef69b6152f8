//! `vshale_nd`: shale volume from neutron and density.

use outcrop_kernels::petrophysics::vshale_nd;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "nphi", unit: "v/v", default: None, doc: "Neutron porosity" },
    Argument { name: "rhob", unit: "g/cm3", default: None, doc: "Bulk density" },
    Argument { name: "nphi_ma", unit: "v/v", default: None, doc: "Neutron porosity of the clean matrix" },
    Argument { name: "rhob_ma", unit: "g/cm3", default: None, doc: "Density of the clean matrix" },
    Argument { name: "nphi_sh", unit: "v/v", default: None, doc: "Neutron porosity of shale" },
    Argument { name: "rhob_sh", unit: "g/cm3", default: None, doc: "Density of shale" },
    Argument { name: "nphi_fl", unit: "v/v", default: Some(1.0), doc: "Neutron porosity of the fluid" },
    Argument { name: "rhob_fl", unit: "g/cm3", default: Some(1.0), doc: "Density of the fluid" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("vshale_nd", "Petrophysics", "Shale volume from neutron and density", ARGUMENTS, Body::Plain(|v| {
        vshale_nd([v[0], v[1]], [v[2], v[3]], [v[4], v[5]], [v[6], v[7]])
    }))
    .unit("v/v")
    .documented(
        "How far the reading lies from the clean line, which joins matrix and fluid, towards the shale point: 0 on the line, 1 at shale's distance.\n\n\
         Not cut off: gas pulls readings below 0. NULL where the shale point is on the clean line.\n\n\
         Source: K. Bhuyan and Q. R. Passey, *Clay estimation from GR and neutron-density porosity logs*, SPWLA 35 (1994).",
        "SELECT md, vshale_nd(nphi, rhob, -0.02, 2.65, 0.38, 2.45) AS vsh FROM logs WHERE nphi IS NOT NULL AND rhob IS NOT NULL ORDER BY well, md LIMIT 5",
    )
}
