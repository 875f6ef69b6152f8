//! Resistivity of the formation water.

fn fahrenheit(celsius: f64) -> f64 {
    1.8 * celsius + 32.0
}

/// Temperature in degrees Fahrenheit at which a sodium chloride solution would not conduct.
const ARPS: f64 = 6.77;

/// Resistivity of a sodium chloride solution at another temperature:
/// `rw (t1 + 6.77) / (t2 + 6.77)` in degrees Fahrenheit; the arguments are degrees Celsius.
///
/// NaN where `rw` is not above 0 or a temperature is at -21.5 degrees or below.
///
/// Source: J. J. Arps, The effect of temperature on the density and electrical resistivity of
/// sodium chloride solutions, Trans. AIME 198 (1953).
#[inline]
pub fn arps_temperature(rw: f64, t1: f64, t2: f64) -> f64 {
    let (from, to) = (fahrenheit(t1) + ARPS, fahrenheit(t2) + ARPS);
    if !(rw > 0.0 && from > 0.0 && to > 0.0) {
        return f64::NAN;
    }
    rw * from / to
}

/// Resistivity of the formation water at formation temperature, in ohm m, from the static
/// spontaneous potential.
///
/// `ssp` in mV (negative opposite fresh mud), `rmf` resistivity of the mud filtrate at formation
/// temperature in ohm m, `t` that temperature in degrees Celsius. With T in Fahrenheit and
/// resistivities at 75 degrees Fahrenheit by [`arps_temperature`]: `K = 60 + 0.133 T`;
/// `rmfe = 0.85 rmf` above 0.1 ohm m, else `(146 rmf - 5) / (337 rmf + 77)`; `rwe = rmfe 10^(ssp/K)`;
/// `rw = 10^(0.69 rwe - 0.24) - 0.58` above 0.12 ohm m, else `(77 rwe + 5) / (146 - 337 rwe)`.
///
/// NaN where `rmf` is not above 0 and where a step leaves the range of its fit.
///
/// Source: R. M. Bateman and C. E. Konen, The log analyst and the programmable pocket calculator,
/// The Log Analyst 18 (1977).
#[inline]
pub fn rw_from_sp(ssp: f64, rmf: f64, t: f64) -> f64 {
    let standard = (75.0 - 32.0) / 1.8;
    let rmf = arps_temperature(rmf, t, standard);
    let rmfe = if rmf > 0.1 { 0.85 * rmf } else { (146.0 * rmf - 5.0) / (337.0 * rmf + 77.0) };
    let rwe = rmfe * 10f64.powf(ssp / (60.0 + 0.133 * fahrenheit(t)));
    let rw = if rwe > 0.12 { 10f64.powf(0.69 * rwe - 0.24) - 0.58 } else { (77.0 * rwe + 5.0) / (146.0 - 337.0 * rwe) };
    if rwe > 0.0 && rw > 0.0 { arps_temperature(rw, standard, t) } else { f64::NAN }
}
