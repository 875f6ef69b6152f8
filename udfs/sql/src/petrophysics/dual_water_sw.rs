//! `dual_water_sw`: total water saturation by the dual-water model.

use outcrop_kernels::petrophysics::dual_water_sw;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rt", unit: "ohm.m", default: None, doc: "True formation resistivity" },
    Argument { name: "phit", unit: "v/v", default: None, doc: "Total porosity" },
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity of the formation water at formation temperature" },
    Argument { name: "rwb", unit: "ohm.m", default: None, doc: "Resistivity of the bound water" },
    Argument { name: "swb", unit: "v/v", default: None, doc: "Part of the pores that bound water fills" },
    Argument { name: "a", unit: "", default: Some(1.0), doc: "Tortuosity factor" },
    Argument { name: "m", unit: "", default: Some(2.0), doc: "Cementation exponent" },
    Argument { name: "n", unit: "", default: Some(2.0), doc: "Saturation exponent" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("dual_water_sw", "Petrophysics", "Total water saturation by the dual-water model", ARGUMENTS, Body::Plain(|v| {
        dual_water_sw(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
    }))
    .unit("v/v")
    .documented(
        "The `sw` of `1/rt = phit^m / a (sw^n / rw + swb (1/rwb - 1/rw) sw^(n-1))`, a part of the total porosity. `swb` of it is bound; the effective saturation is `(sw - swb) / (1 - swb)`. With another `n` than 2 by Newton's method.\n\n\
         Not cut off. NULL where a resistivity or the porosity is not above 0, `phit` is above 1, `swb` outside 0 to 1 or `n` below 1, and for a NULL argument.\n\n\
         Source: C. Clavier, G. Coates and J. Dumanoir, *Theoretical and experimental bases for the dual-water model*, SPE Journal 24 (1984).",
        "SELECT md, dual_water_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05, 0.12, 0.2) AS swt FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
