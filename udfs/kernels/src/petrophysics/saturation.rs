//! Water saturation.

/// Water saturation of a clean formation, a fraction of the pore volume:
/// `Sw = (a Rw / (phi^m Rt))^(1/n)`.
///
/// `rt` true resistivity and `rw` formation-water resistivity in the same unit (ohm m), `phi`
/// porosity as a fraction, `a` tortuosity factor, `m` cementation exponent, `n` saturation
/// exponent (often 1, 2, 2).
///
/// Values above 1 are returned as computed: they say that `rw`, `a` or `m` does not suit the
/// rock, and hiding them would hide that. NaN where `rt`, `phi`, `rw`, `a` or `n` is not above 0,
/// where `m` is NaN, or where `phi` is above 1 (a porosity in percent).
///
/// Source: G. E. Archie, The electrical resistivity log as an aid in determining some reservoir
/// characteristics, Trans. AIME 146 (1942).
///
/// ```
/// let sw = outcrop_kernels::petrophysics::archie_sw(12.0, 0.22, 0.05, 1.0, 2.0, 2.0);
/// assert!((sw - 0.2934).abs() < 1e-4);
/// ```
#[inline]
pub fn archie_sw(rt: f64, phi: f64, rw: f64, a: f64, m: f64, n: f64) -> f64 {
    if !(rt > 0.0 && phi > 0.0 && phi <= 1.0 && rw > 0.0 && a > 0.0 && n > 0.0) {
        return f64::NAN;
    }
    let ratio = a * rw / (phi.powf(m) * rt);
    // The usual n = 2 at the price of a square root; powf(0.5) gives the same number.
    if n == 2.0 { ratio.sqrt() } else { ratio.powf(1.0 / n) }
}
