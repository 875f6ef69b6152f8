//! Permeability from porosity and irreducible water.

/// Permeability in millidarcy after Timur: `0.136 phi^4.4 / swi^2`, both in percent; the arguments
/// here are fractions.
///
/// NaN where `phi` or `swi` is not above 0 or is above 1.
///
/// Source: A. Timur, An investigation of permeability, porosity and residual water saturation
/// relationships for sandstone reservoirs, The Log Analyst 9 (1968).
#[inline]
pub fn permeability_timur(phi: f64, swi: f64) -> f64 {
    if !(phi > 0.0 && phi <= 1.0 && swi > 0.0 && swi <= 1.0) {
        return f64::NAN;
    }
    0.136 * (100.0 * phi).powf(4.4) / (100.0 * swi).powi(2)
}

/// Permeability in millidarcy after Coates and Denoo: `(c phi^2 (1 - swi) / swi)^2`, fractions.
///
/// `c` is 100 in the paper; it is calibrated to cores. NaN as [`permeability_timur`], and where `c`
/// is not above 0.
///
/// Source: G. R. Coates and S. Denoo, The producibility answer product, Schlumberger Technical
/// Review 29 (1981).
#[inline]
pub fn permeability_coates(phi: f64, swi: f64, c: f64) -> f64 {
    if !(phi > 0.0 && phi <= 1.0 && swi > 0.0 && swi <= 1.0 && c > 0.0) {
        return f64::NAN;
    }
    (c * phi * phi * (1.0 - swi) / swi).powi(2)
}
