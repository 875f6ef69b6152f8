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

/// Water saturation of shaly sand after Simandoux, a fraction: the `sw` of
/// `1/rt = phi^m sw^n / (a rw) + vsh sw / rsh`.
///
/// Arguments as [`archie_sw`]; `vsh` shale volume, `rsh` resistivity of shale in the unit of `rt`.
/// Without shale it is Archie's. This is the form of 1963 with the water term over the whole rock;
/// the "modified" form divides it by `1 - vsh`.
///
/// Returned as computed, above 1 too. NaN where Archie's is, where `rsh` is not above 0 and where
/// `vsh` is below 0.
///
/// Source: P. Simandoux, Dielectric measurements on porous media, Revue de l'Institut Francais du
/// Petrole 18 supplement (1963); with sw in the shale term after Bardon and Pied, SPWLA 10 (1969).
#[inline]
#[allow(clippy::too_many_arguments, reason = "the arguments of the equation, as SQL gives them")]
pub fn simandoux_sw(rt: f64, phi: f64, rw: f64, vsh: f64, rsh: f64, a: f64, m: f64, n: f64) -> f64 {
    if !(rt > 0.0 && phi > 0.0 && phi <= 1.0 && rw > 0.0 && rsh > 0.0 && vsh >= 0.0 && a > 0.0 && n > 0.0) {
        return f64::NAN;
    }
    let (water, shale, total) = (phi.powf(m) / (a * rw), vsh / rsh, 1.0 / rt);
    if n == 2.0 {
        // The root without cancellation where there is much shale.
        return 2.0 * total / (shale + (shale * shale + 4.0 * water * total).sqrt());
    }
    // Both terms grow with sw, and Archie's saturation alone already gives the whole conductivity.
    let high = (total / water).powf(1.0 / n);
    root(0.0, high, |s| {
        let power = s.powf(n - 1.0);
        (s * (water * power + shale) - total, n * water * power + shale)
    })
}

/// Water saturation of shaly sand by the Indonesia equation, a fraction:
/// `1/sqrt(rt) = (vsh^(1 - vsh/2) / sqrt(rsh) + phi^(m/2) / sqrt(a rw)) sw^(n/2)`.
///
/// Arguments as [`simandoux_sw`]. Returned as computed. NaN as there, and where `vsh` is above 1.
///
/// Source: A. Poupon and J. Leveaux, Evaluation of water saturation in shaly formations,
/// SPWLA 12 (1971).
#[inline]
#[allow(clippy::too_many_arguments, reason = "the arguments of the equation, as SQL gives them")]
pub fn indonesia_sw(rt: f64, phi: f64, rw: f64, vsh: f64, rsh: f64, a: f64, m: f64, n: f64) -> f64 {
    let rock = rt > 0.0 && phi > 0.0 && phi <= 1.0 && rw > 0.0 && a > 0.0 && n > 0.0;
    if !(rock && rsh > 0.0 && (0.0..=1.0).contains(&vsh)) {
        return f64::NAN;
    }
    let shale = vsh.powf(1.0 - 0.5 * vsh) / rsh.sqrt();
    let water = (phi.powf(m) / (a * rw)).sqrt();
    let ratio = 1.0 / (rt.sqrt() * (shale + water));
    if n == 2.0 { ratio } else { ratio.powf(2.0 / n) }
}

/// Water saturation of shaly sand after Waxman and Smits, a fraction of the total porosity: the
/// `sw` of `1/rt = phi^m / a (sw^n / rw + b qv sw^(n - 1))`.
///
/// `phi` total porosity; `m` and `n` the exponents of clean rock (m*, n*); `qv` counter-ions in
/// meq per cm3 of pores; `b` their conductance in (S/m) / (meq/cm3), as [`waxman_smits_b`] gives it.
///
/// Returned as computed. NaN as [`archie_sw`], for `qv` or `b` below 0 and for `n` below 1.
///
/// Source: M. H. Waxman and L. J. M. Smits, Electrical conductivities in oil-bearing shaly sands,
/// SPE Journal 8 (1968).
#[inline]
#[allow(clippy::too_many_arguments, reason = "the arguments of the equation, as SQL gives them")]
pub fn waxman_smits_sw(rt: f64, phi: f64, rw: f64, qv: f64, b: f64, a: f64, m: f64, n: f64) -> f64 {
    if !(qv >= 0.0 && b >= 0.0) {
        return f64::NAN;
    }
    two_waters(rt, phi, rw, b * qv, a, m, n)
}

/// Equivalent conductance of the counter-ions in (S/m) / (meq/cm3), from the water's resistivity
/// `rw` in ohm m at the temperature `t` in degrees Celsius:
/// `b = (-1.28 + 0.225 t - 0.0004059 t^2) / (1 + rw^1.23 (0.045 t - 0.27))`.
///
/// NaN where `rw` is not above 0, and below about 6 degrees, where the fit has no meaning.
///
/// Source: I. Juhasz, Normalised Qv, the key to shaly sand evaluation using the Waxman-Smits
/// equation in the absence of core data, SPWLA 22 (1981).
#[inline]
pub fn waxman_smits_b(rw: f64, t: f64) -> f64 {
    let b = (-1.28 + 0.225 * t - 0.000_405_9 * t * t) / (1.0 + rw.powf(1.23) * (0.045 * t - 0.27));
    if rw > 0.0 && t >= 6.0 && b > 0.0 { b } else { f64::NAN }
}

/// Total water saturation by the dual-water model, a fraction of the total porosity: the `sw` of
/// `1/rt = phit^m / a (sw^n / rw + swb (1/rwb - 1/rw) sw^(n - 1))`.
///
/// `phit` total porosity, `rw` resistivity of the free and `rwb` of the bound water, `swb` the part
/// of the pores that bound water fills. Of the saturation, `swb` is bound; the effective one is
/// `(sw - swb) / (1 - swb)`.
///
/// Returned as computed. NaN as [`archie_sw`], where `rwb` is not above 0, `swb` is outside 0 to 1
/// or `n` is below 1.
///
/// Source: C. Clavier, G. Coates and J. Dumanoir, Theoretical and experimental bases for the
/// dual-water model for interpretation of shaly sands, SPE Journal 24 (1984).
#[inline]
#[allow(clippy::too_many_arguments, reason = "the arguments of the equation, as SQL gives them")]
pub fn dual_water_sw(rt: f64, phit: f64, rw: f64, rwb: f64, swb: f64, a: f64, m: f64, n: f64) -> f64 {
    if !(rwb > 0.0 && (0.0..=1.0).contains(&swb)) {
        return f64::NAN;
    }
    two_waters(rt, phit, rw, swb * (1.0 / rwb - 1.0 / rw), a, m, n)
}

/// The `s` of `s^(n - 1) (s / rw + second) = a / (rt phi^m)`.
fn two_waters(rt: f64, phi: f64, rw: f64, second: f64, a: f64, m: f64, n: f64) -> f64 {
    if !(rt > 0.0 && phi > 0.0 && phi <= 1.0 && rw > 0.0 && a > 0.0 && n >= 1.0 && second.is_finite()) {
        return f64::NAN;
    }
    let (water, total) = (1.0 / rw, a / (rt * phi.powf(m)));
    if n == 2.0 {
        let root = (second * second + 4.0 * water * total).sqrt();
        return if second >= 0.0 { 2.0 * total / (second + root) } else { (root - second) / (2.0 * water) };
    }
    if n == 1.0 {
        // The second water conducts at any saturation, and may conduct too much for any.
        let s = (total - second) / water;
        return if s >= 0.0 { s } else { f64::NAN };
    }
    // Without the second water Archie's saturation has the whole conductivity; one that conducts
    // worse than the first needs so much more, and nothing below conducts at all.
    let low = (-second / water).max(0.0);
    let high = low + (total / water).powf(1.0 / n);
    root(low, high, |s| {
        let power = s.powf(n - 1.0);
        let slope = if s > 0.0 { n * water * power + (n - 1.0) * second * power / s } else { 0.0 };
        (power * (s * water + second) - total, slope)
    })
}

/// The root between two bounds of a function that grows from below to above 0 there; the function
/// gives value and slope. Newton's steps, halving where one would leave the bounds.
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut s = high;
    for _ in 0..200 {
        let (value, slope) = f(s);
        if value.is_nan() {
            return f64::NAN;
        }
        if value > 0.0 {
            high = s
        } else {
            low = s
        }
        let newton = s - value / slope;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - s).abs() <= 4.0 * f64::EPSILON * s.abs() {
            return next;
        }
        s = next;
    }
    s
}
