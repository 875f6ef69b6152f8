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

/// How a sonic transit time becomes a porosity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SonicMethod {
    /// Wyllie's time average `(dt - dt_ma) / (dt_fl - dt_ma)`.
    #[default]
    Wyllie,
    /// The field form of Raymer, Hunt and Gardner, `0.625 (1 - dt_ma / dt)`; `dt_fl` is not used.
    Raymer,
    /// The same authors' velocity law `v = (1 - phi)^2 v_ma + phi v_fl`, solved for the porosity.
    RaymerHuntGardner,
}

impl SonicMethod {
    /// All methods, in the order they are listed to users.
    pub const ALL: [SonicMethod; 3] = [SonicMethod::Wyllie, SonicMethod::Raymer, SonicMethod::RaymerHuntGardner];
    /// Their names in SQL, in the same order.
    pub const NAMES: [&'static str; 3] = ["wyllie", "raymer", "raymer_hunt_gardner"];
}

/// Porosity from the sonic log, a fraction.
///
/// `dt` transit time, `dt_ma` of the matrix, `dt_fl` of the fluid, all in one unit (us/ft:
/// sandstone 51 to 55.5, limestone 47.5, dolomite 43.5, water 189). No compaction correction.
///
/// Returned as computed, not clamped. NaN where a time is not above 0 or `dt_fl` is not above
/// `dt_ma`, and for the velocity law where no porosity gives the velocity (slower than about its
/// minimum, near 37 % and beyond its range).
///
/// Sources: M. R. J. Wyllie, A. R. Gregory and L. W. Gardner, Elastic wave velocities in
/// heterogeneous and porous media, Geophysics 21 (1956); L. L. Raymer, E. R. Hunt and
/// J. S. Gardner, An improved sonic transit time-to-porosity transform, SPWLA 21 (1980).
#[inline]
pub fn porosity_sonic(dt: f64, dt_ma: f64, dt_fl: f64, method: SonicMethod) -> f64 {
    if !(dt > 0.0 && dt_ma > 0.0 && dt_fl > dt_ma) {
        return f64::NAN;
    }
    match method {
        SonicMethod::Wyllie => (dt - dt_ma) / (dt_fl - dt_ma),
        SonicMethod::Raymer => 0.625 * ((dt - dt_ma) / dt),
        SonicMethod::RaymerHuntGardner => {
            // phi^2 v_ma - phi (2 v_ma - v_fl) + (v_ma - v) = 0, the smaller root.
            let (v, ma, fl) = (1.0 / dt, 1.0 / dt_ma, 1.0 / dt_fl);
            let b = 2.0 * ma - fl;
            let root = (b * b - 4.0 * ma * (ma - v)).sqrt();
            // The form without cancellation: the product of the roots over the larger one.
            2.0 * (ma - v) / (b + root)
        }
    }
}

/// How neutron and density porosity are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NeutronDensityMethod {
    /// `sqrt((n^2 + d^2) / 2)`, nearer to the larger: where gas parts the logs.
    #[default]
    RootMeanSquare,
    /// `(n + d) / 2`: where the pores hold liquid.
    Mean,
}

impl NeutronDensityMethod {
    /// All methods, in the order they are listed to users.
    pub const ALL: [NeutronDensityMethod; 2] = [NeutronDensityMethod::RootMeanSquare, NeutronDensityMethod::Mean];
    /// Their names in SQL, in the same order.
    pub const NAMES: [&'static str; 2] = ["rms", "mean"];
}

/// Porosity from neutron and density porosity of the same matrix, a fraction.
///
/// The root mean square has no sign: it is NaN where the two sum to less than 0.
///
/// Source: G. Asquith and D. Krygowski, Basic well log analysis, AAPG (2004).
#[inline]
pub fn porosity_nd(nphi: f64, dphi: f64, method: NeutronDensityMethod) -> f64 {
    match method {
        NeutronDensityMethod::RootMeanSquare if nphi + dphi < 0.0 => f64::NAN,
        NeutronDensityMethod::RootMeanSquare => ((nphi * nphi + dphi * dphi) / 2.0).sqrt(),
        NeutronDensityMethod::Mean => (nphi + dphi) / 2.0,
    }
}

/// Effective porosity, a fraction: total porosity less that of the shale, `phit - vsh phi_sh`.
///
/// Returned as computed: below 0 it says that `vsh` or `phi_sh` does not suit.
#[inline]
pub fn porosity_effective(phit: f64, vsh: f64, phi_sh: f64) -> f64 {
    phit - vsh * phi_sh
}

/// Bulk volume of water, a fraction of the rock: `phi sw`.
///
/// Source: R. Buckles, Correlating and averaging connate water saturation data, J. Can. Pet.
/// Tech. 4 (1965).
#[inline]
pub fn bvw(phi: f64, sw: f64) -> f64 {
    phi * sw
}
