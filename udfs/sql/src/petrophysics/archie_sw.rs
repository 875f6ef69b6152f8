//! `archie_sw`: water saturation of clean rock.

use outcrop_kernels::petrophysics::archie_sw;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rt", unit: "ohm.m", default: None, doc: "True formation resistivity, ohm.m" },
    Argument { name: "phi", unit: "v/v", default: None, doc: "Porosity, v/v" },
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity of the formation water, ohm.m" },
    Argument { name: "a", unit: "", default: Some(1.0), doc: "Tortuosity factor" },
    Argument { name: "m", unit: "", default: Some(2.0), doc: "Cementation exponent" },
    Argument { name: "n", unit: "", default: Some(2.0), doc: "Saturation exponent" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("archie_sw", "Petrophysics", "Water saturation of clean rock by Archie's equation", ARGUMENTS, Body::Plain(|v| {
        archie_sw(v[0], v[1], v[2], v[3], v[4], v[5])
    }))
    .unit("v/v")
    .documented(
        "`Sw = (a * Rw / (phi^m * Rt))^(1/n)`.\n\n\
         The value is as the equation gives it: above 1 it says that porosity, Rw or the exponents do not fit the rock, \
         so it is not cut off. Resistivity or porosity that is not above zero gives NULL, and so does a NULL argument.\n\n\
         Source: G. E. Archie, *The electrical resistivity log as an aid in determining some reservoir characteristics*, \
         Trans. AIME 146 (1942).",
        "SELECT md, archie_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05) AS sw FROM logs WHERE well = 'OUT-1' ORDER BY md LIMIT 5",
    )
}
