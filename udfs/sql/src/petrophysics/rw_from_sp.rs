//! `rw_from_sp`: resistivity of the formation water from the static SP.

use outcrop_kernels::petrophysics::rw_from_sp;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "ssp", unit: "mV", default: None, doc: "Static spontaneous potential; negative opposite fresh mud" },
    Argument { name: "rmf", unit: "ohm.m", default: None, doc: "Resistivity of the mud filtrate at formation temperature" },
    Argument { name: "t", unit: "degC", default: None, doc: "Formation temperature" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("rw_from_sp", "Petrophysics", "Resistivity of the formation water from the static SP", ARGUMENTS, Body::Plain(|v| {
        rw_from_sp(v[0], v[1], v[2])
    }))
    .unit("ohm.m")
    .documented(
        "With T in degrees Fahrenheit and resistivities brought to 75 F by `arps_temperature`: `K = 60 + 0.133 T`; `rmfe = 0.85 rmf` above 0.1 ohm.m, else `(146 rmf - 5) / (337 rmf + 77)`; `rwe = rmfe 10^(ssp/K)`; `rw = 10^(0.69 rwe - 0.24) - 0.58` above 0.12 ohm.m, else `(77 rwe + 5) / (146 - 337 rwe)`; and back to formation temperature. NULL where a step leaves the range of its fit.\n\n\
         Source: R. M. Bateman and C. E. Konen, *The log analyst and the programmable pocket calculator*, The Log Analyst 18 (1977).",
        "SELECT ssp, rw_from_sp(ssp, 0.5, 60) AS rw FROM (VALUES (-50.0), (-80.0), (-110.0)) AS v(ssp)",
    )
}
