//! Shale volume from gamma ray.

use std::fmt;
use std::str::FromStr;

use crate::KernelError;

/// How the gamma-ray index `I` becomes a shale volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VshaleMethod {
    /// `V = I`, an upper bound of the others.
    #[default]
    Linear,
    /// Tertiary, unconsolidated rock: `V = 0.083 (2^(3.7 I) - 1)` (Larionov 1969).
    LarionovTertiary,
    /// Older, consolidated rock: `V = 0.33 (2^(2 I) - 1)` (Larionov 1969).
    LarionovOlder,
    /// `V = 1.7 - sqrt(3.38 - (I + 0.7)^2)` (Clavier, Hoyle and Meunier 1971).
    Clavier,
    /// `V = I / (3 - 2 I)` (Steiber 1970).
    Steiber,
}

impl VshaleMethod {
    /// All methods, in the order they are listed to users.
    pub const ALL: [VshaleMethod; 5] = [
        VshaleMethod::Linear,
        VshaleMethod::LarionovTertiary,
        VshaleMethod::LarionovOlder,
        VshaleMethod::Clavier,
        VshaleMethod::Steiber,
    ];

    /// The method's name in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            VshaleMethod::Linear => "linear",
            VshaleMethod::LarionovTertiary => "larionov_tertiary",
            VshaleMethod::LarionovOlder => "larionov_older",
            VshaleMethod::Clavier => "clavier",
            VshaleMethod::Steiber => "steiber",
        }
    }
}

impl fmt::Display for VshaleMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for VshaleMethod {
    type Err = KernelError;

    /// Reads a method's name, in any letter case.
    fn from_str(text: &str) -> Result<Self, KernelError> {
        let found = VshaleMethod::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| {
            let names = VshaleMethod::ALL.map(|m| format!("'{}'", m.name())).join(", ");
            KernelError::parameter("method", format!("expected one of {names}, found '{text}'"))
        })
    }
}

/// Shale volume, a fraction, from the gamma-ray index `I = (gr - gr_clean) / (gr_shale - gr_clean)`.
///
/// `gr`, `gr_clean` and `gr_shale` in the same unit (API). An index below 0 or above 1 is not
/// clamped: the method's formula is continued, so a reading below the clean line gives a negative
/// volume and one above the shale line a volume above 1. Two formulas end there: Clavier gives NaN
/// where its root has no real value (`|I + 0.7| > sqrt(3.38)`), Steiber is NaN from its pole at
/// `I = 1.5` on. NaN also where `gr_shale` equals `gr_clean`.
///
/// Sources: V. V. Larionov, Borehole radiometry (1969); C. Clavier, W. Hoyle and D. Meunier,
/// Quantitative interpretation of thermal neutron decay time logs, JPT 23 (1971); R. G. Steiber,
/// Pulsed neutron capture log evaluation, SPE 2961 (1970).
///
/// ```
/// use outcrop_kernels::petrophysics::{VshaleMethod, vshale_gr};
/// assert!((vshale_gr(75.0, 20.0, 120.0, VshaleMethod::Linear) - 0.55).abs() < 1e-12);
/// ```
#[inline]
pub fn vshale_gr(gr: f64, gr_clean: f64, gr_shale: f64, method: VshaleMethod) -> f64 {
    let span = gr_shale - gr_clean;
    if span == 0.0 || !span.is_finite() {
        return f64::NAN;
    }
    let index = (gr - gr_clean) / span;
    match method {
        VshaleMethod::Linear => index,
        VshaleMethod::LarionovTertiary => 0.083 * ((3.7 * index).exp2() - 1.0),
        VshaleMethod::LarionovOlder => 0.33 * ((2.0 * index).exp2() - 1.0),
        VshaleMethod::Clavier => {
            let s = index + 0.7;
            1.7 - (3.38 - s * s).sqrt()
        }
        VshaleMethod::Steiber if index < 1.5 => index / (3.0 - 2.0 * index),
        VshaleMethod::Steiber => f64::NAN,
    }
}

/// Shale volume, a fraction, from neutron and density: how far the reading lies from the clean line
/// through matrix and fluid, towards the shale point.
///
/// Points are (neutron porosity, bulk density), all in the units of the readings: of the matrix
/// `ma`, of the fluid `fl` and of shale `sh`. `V = ((rho_fl - rho_ma)(nphi - nphi_ma) -
/// (rhob - rho_ma)(nphi_fl - nphi_ma)) / ((rho_fl - rho_ma)(nphi_sh - nphi_ma) -
/// (rho_sh - rho_ma)(nphi_fl - nphi_ma))`.
///
/// Not clamped: below 0 gas or another matrix pulls the reading over the clean line. NaN where the
/// shale point is on the clean line.
///
/// Source: K. Bhuyan and Q. R. Passey, Clay estimation from GR and neutron-density porosity logs,
/// SPWLA 35 (1994).
#[inline]
pub fn vshale_nd(reading: [f64; 2], matrix: [f64; 2], shale: [f64; 2], fluid: [f64; 2]) -> f64 {
    let (run, rise) = (fluid[0] - matrix[0], fluid[1] - matrix[1]);
    let off = |p: [f64; 2]| rise * (p[0] - matrix[0]) - (p[1] - matrix[1]) * run;
    let whole = off(shale);
    if whole == 0.0 { f64::NAN } else { off(reading) / whole }
}
