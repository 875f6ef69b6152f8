//! `indonesia_sw`: water saturation of shaly sand by the Indonesia equation.

use outcrop_kernels::petrophysics::indonesia_sw;

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
    Numeric::new("indonesia_sw", "Petrophysics", "Water saturation of shaly sand by the Indonesia equation", ARGUMENTS, Body::Plain(|v| {
        indonesia_sw(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
    }))
    .unit("v/v")
    .documented(
        "The `sw` of `1/sqrt(rt) = (vsh^(1 - vsh/2) / sqrt(rsh) + phi^(m/2) / sqrt(a rw)) sw^(n/2)`: for fresh water and much shale.\n\n\
         Not cut off above 1. NULL where a resistivity or the porosity is not above 0, `phi` is above 1 or `vsh` outside 0 to 1, and for a NULL argument.\n\n\
         Source: A. Poupon and J. Leveaux, *Evaluation of water saturation in shaly formations*, SPWLA 12 (1971).",
        "SELECT md, indonesia_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05, vshale_gr(gr, 25, 120), 3.0) AS sw FROM logs WHERE well = 'OUT-1' AND gr BETWEEN 25 AND 120 ORDER BY md LIMIT 5",
    )
}
