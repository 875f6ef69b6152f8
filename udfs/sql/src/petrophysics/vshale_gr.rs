//! `vshale_gr`: shale volume from gamma ray, five methods.

use outcrop_kernels::petrophysics::{VshaleMethod, vshale_gr};

use crate::numeric::{Argument, Body, Numeric};

const ARGUMENTS: &[Argument] = &[
    Argument { name: "gr", unit: "gAPI", default: None, doc: "Gamma ray" },
    Argument { name: "gr_clean", unit: "gAPI", default: None, doc: "Gamma ray of clean rock, in the unit of gr" },
    Argument { name: "gr_shale", unit: "gAPI", default: None, doc: "Gamma ray of shale, in the unit of gr" },
];

pub(super) fn function() -> Numeric {
    Numeric::new("vshale_gr", "Petrophysics", "Shale volume from gamma ray", ARGUMENTS, Body::Method {
        words: &["linear", "larionov_tertiary", "larionov_older", "clavier", "steiber"],
        apply: |method, v| vshale_gr(v[0], v[1], v[2], VshaleMethod::ALL[method]),
    })
    .unit("v/v")
    .documented(
        "With the gamma-ray index `I = (gr - gr_clean) / (gr_shale - gr_clean)`:\n\n\
         | method | shale volume |\n|---|---|\n\
         | `linear` | `I` |\n\
         | `larionov_tertiary` | `0.083 (2^(3.7 I) - 1)` |\n\
         | `larionov_older` | `0.33 (2^(2 I) - 1)` |\n\
         | `clavier` | `1.7 - sqrt(3.38 - (I + 0.7)^2)` |\n\
         | `steiber` | `I / (3 - 2 I)` |\n\n\
         The index is not cut off: readings below clean rock give negative values, so that a wrong clean or shale line \
         shows. Where a formula has no value, NULL.\n\n\
         Sources: V. V. Larionov *Borehole radiometry* (1969); C. Clavier, W. Hoyle and D. Meunier, J. Pet. Tech. 23 (1971); R. G. Steiber, \
         SPE 2961 (1970).",
        "SELECT md, gr, vshale_gr(gr, 25, 120, 'larionov_tertiary') AS vsh FROM logs WHERE well = 'OUT-1' ORDER BY md LIMIT 5",
    )
}
