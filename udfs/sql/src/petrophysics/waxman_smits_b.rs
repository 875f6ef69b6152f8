//! `waxman_smits_b`: conductance of counter-ions, for waxman_smits_sw.

use outcrop_kernels::petrophysics::waxman_smits_b;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity of the formation water at that temperature" },
    Argument { name: "t", unit: "degC", default: None, doc: "Temperature" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("waxman_smits_b", "Petrophysics", "Conductance of counter-ions, for waxman_smits_sw", ARGUMENTS, Body::Plain(|v| {
        waxman_smits_b(v[0], v[1])
    }))
    .unit("")
    .documented(
        "`b = (-1.28 + 0.225 t - 0.0004059 t^2) / (1 + rw^1.23 (0.045 t - 0.27))` in (S/m) / (meq/cm3), `t` in degrees Celsius. NULL where `rw` is not above 0 and below 6 degrees, where the fit has no meaning.\n\n\
         Source: I. Juhasz, *Normalised Qv, the key to shaly sand evaluation*, SPWLA 22 (1981).",
        "SELECT t, waxman_smits_b(0.05, t) AS b FROM (VALUES (25.0), (90.0), (150.0)) AS v(t)",
    )
}
