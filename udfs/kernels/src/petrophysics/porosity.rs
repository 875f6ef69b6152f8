//! Porosity.

/// Porosity from the bulk-density log, a fraction:
/// `phi = (rho_ma - rhob) / (rho_ma - rho_fl)`.
///
/// `rhob` bulk density, `rho_ma` matrix density, `rho_fl` density of the fluid in the invaded
/// zone, all in the same unit (g/cm3: quartz 2.65, calcite 2.71, dolomite 2.87, fresh mud
/// filtrate 1.0).
///
/// Values below 0 (a bulk density above the matrix) and above 1 are returned as computed. NaN
/// where a density is not above 0 or where `rho_ma` is not above `rho_fl`.
///
/// Source: the mixing law of bulk density, as in Schlumberger, Log Interpretation
/// Principles/Applications (1989), chapter 5.
#[inline]
pub fn porosity_density(rhob: f64, rho_ma: f64, rho_fl: f64) -> f64 {
    if !(rhob > 0.0 && rho_fl > 0.0 && rho_ma > rho_fl) {
        return f64::NAN;
    }
    (rho_ma - rhob) / (rho_ma - rho_fl)
}
