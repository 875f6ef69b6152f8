//! `waxman_smits_sw`: water saturation of shaly sand after Waxman and Smits.

use outcrop_kernels::petrophysics::waxman_smits_sw;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rt", unit: "ohm.m", default: None, doc: "True formation resistivity" },
    Argument { name: "phit", unit: "v/v", default: None, doc: "Total porosity" },
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity of the formation water at formation temperature" },
    Argument { name: "qv", unit: "", default: None, doc: "Counter-ions, meq per cm3 of pores" },
    Argument { name: "b", unit: "", default: None, doc: "Their conductance, (S/m)/(meq/cm3); waxman_smits_b gives it" },
    Argument { name: "a", unit: "", default: Some(1.0), doc: "Tortuosity factor" },
    Argument { name: "m", unit: "", default: Some(2.0), doc: "Cementation exponent" },
    Argument { name: "n", unit: "", default: Some(2.0), doc: "Saturation exponent" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("waxman_smits_sw", "Petrophysics", "Water saturation of shaly sand after Waxman and Smits", ARGUMENTS, Body::Plain(|v| {
        waxman_smits_sw(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
    }))
    .unit("v/v")
    .documented(
        "The `sw` of `1/rt = phit^m / a (sw^n / rw + b qv sw^(n-1))`, a part of the total porosity; `m` and `n` are those of clean rock (m*, n*). With another `n` than 2 by Newton's method.\n\n\
         Not cut off above 1. NULL where a resistivity or the porosity is not above 0, `phit` is above 1, `qv` or `b` below 0 or `n` below 1, and for a NULL argument.\n\n\
         Source: M. H. Waxman and L. J. M. Smits, *Electrical conductivities in oil-bearing shaly sands*, SPE Journal 8 (1968).",
        "SELECT md, waxman_smits_sw(rt, porosity_density(rhob, 2.65, 1.0), 0.05, 0.3, waxman_smits_b(0.05, 90)) AS sw FROM logs WHERE well = 'OUT-1' AND rhob IS NOT NULL AND rt IS NOT NULL ORDER BY md LIMIT 5",
    )
}
