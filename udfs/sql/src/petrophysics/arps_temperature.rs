//! `arps_temperature`: resistivity of salt water at another temperature.

use outcrop_kernels::petrophysics::arps_temperature;

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "rw", unit: "ohm.m", default: None, doc: "Resistivity at t1" },
    Argument { name: "t1", unit: "degC", default: None, doc: "Temperature it is known at" },
    Argument { name: "t2", unit: "degC", default: None, doc: "Temperature it is wanted at" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("arps_temperature", "Petrophysics", "Resistivity of salt water at another temperature", ARGUMENTS, Body::Plain(|v| {
        arps_temperature(v[0], v[1], v[2])
    }))
    .unit("ohm.m")
    .documented(
        "`rw (t1 + 6.77) / (t2 + 6.77)` with temperatures in degrees Fahrenheit; arguments are in degrees Celsius (convert_unit takes others there). NULL where `rw` is not above 0.\n\n\
         Source: J. J. Arps, *The effect of temperature on the density and electrical resistivity of sodium chloride solutions*, Trans. AIME 198 (1953).",
        "SELECT arps_temperature(0.2, 24, 90) AS rw",
    )
}
