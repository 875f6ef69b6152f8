//! `porosity_sonic`: porosity from the sonic log.

use outcrop_kernels::petrophysics::{SonicMethod, porosity_sonic};

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "dt", unit: "us/ft", default: None, doc: "Transit time" },
    Argument { name: "dt_ma", unit: "us/ft", default: None, doc: "That of the matrix: 51 to 55.5 sandstone, 47.5 limestone, 43.5 dolomite" },
    Argument { name: "dt_fl", unit: "us/ft", default: None, doc: "That of the fluid: 189 water" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("porosity_sonic", "Petrophysics", "Porosity from the sonic log", ARGUMENTS, Body::Method {
        words: &SonicMethod::NAMES,
        apply: |method, v| porosity_sonic(v[0], v[1], v[2], SonicMethod::ALL[method]),
    })
    .unit("v/v")
    .documented(
        "| method | porosity |\n|---|---|\n\
         | `wyllie` | `(dt - dt_ma) / (dt_fl - dt_ma)` |\n\
         | `raymer` | `0.625 (1 - dt_ma / dt)`; `dt_fl` is not used |\n\
         | `raymer_hunt_gardner` | the `phi` of `1/dt = (1 - phi)^2 / dt_ma + phi / dt_fl` |\n\n\
         No compaction correction, and not cut off. NULL where a time is not above 0 or `dt_fl` not above `dt_ma`. A log in us/m converts by `convert_unit(dt, 'us/ft')`.\n\n\
         Sources: M. R. J. Wyllie, A. R. Gregory and L. W. Gardner, Geophysics 21 (1956); L. L. Raymer, E. R. Hunt and J. S. Gardner, SPWLA 21 (1980).",
        "SELECT md, porosity_sonic(dt, 55.5, 189) AS phi FROM logs WHERE dt IS NOT NULL ORDER BY well, md LIMIT 5",
    )
}
