//! The loops over trace `x` and quadrature `q`, compiled for the processor's vectors.

use crate::simd::{Kernel, Simd, dispatch};

/// `sqrt(x^2 + q^2)`. In double precision, where squares of small and large samples keep their digits.
pub(super) fn envelope(x: &[f32], q: &[f32], out: &mut [f32]) {
    dispatch(Each { x, q, out, f: Envelope });
}

/// The angle in degrees, above -180 up to 180; NaN where both are zero.
pub(super) fn phase(x: &[f32], q: &[f32], out: &mut [f32]) {
    dispatch(Each { x, q, out, f: Phase });
}

/// `x / sqrt(x^2 + q^2)`; NaN where both are zero.
pub(super) fn cosine(x: &[f32], q: &[f32], out: &mut [f32]) {
    dispatch(Each { x, q, out, f: Cosine });
}

trait OfSample {
    fn at<S: Simd>(&self, x: f64, q: f64) -> f64;
}

struct Envelope;
impl OfSample for Envelope {
    #[inline(always)]
    fn at<S: Simd>(&self, x: f64, q: f64) -> f64 {
        (x * x + q * q).sqrt()
    }
}

struct Phase;
impl OfSample for Phase {
    #[inline(always)]
    fn at<S: Simd>(&self, x: f64, q: f64) -> f64 {
        // Rounded first, or what lies above -180 would become it.
        let degrees = (angle::<S>(q, x) * (180.0 / std::f64::consts::PI)) as f32;
        f64::from(if degrees <= -180.0 { 180.0 } else { degrees })
    }
}

struct Cosine;
impl OfSample for Cosine {
    #[inline(always)]
    fn at<S: Simd>(&self, x: f64, q: f64) -> f64 {
        x / (x * x + q * q).sqrt()
    }
}

struct Each<'a, F> {
    x: &'a [f32],
    q: &'a [f32],
    out: &'a mut [f32],
    f: F,
}

impl<F: OfSample> Kernel for Each<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for ((out, x), q) in self.out.iter_mut().zip(self.x).zip(self.q) {
            *out = self.f.at::<S>(f64::from(*x), f64::from(*q)) as f32;
        }
    }
}

/// The turn of the phase at each sample times `scale`: the mean of the turns on either side.
pub(super) fn turns(x: &[f32], q: &[f32], scale: f64, out: &mut [f64]) {
    dispatch(Turns { x, q, scale, out });
}

struct Turns<'a> {
    x: &'a [f32],
    q: &'a [f32],
    scale: f64,
    out: &'a mut [f64],
}

impl Kernel for Turns<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let n = self.out.len();
        if n < 2 || self.x.len() != n || self.q.len() != n {
            self.out.fill(f64::NAN);
            return;
        }
        // First the turn to the next sample, then means of neighbours from the end on.
        let (x0, x1, q0, q1) = (&self.x[..n - 1], &self.x[1..], &self.q[..n - 1], &self.q[1..]);
        let out = &mut self.out[..n - 1];
        for i in 0..n - 1 {
            let (a, b) = (f64::from(x0[i]), f64::from(q0[i]));
            let (c, d) = (f64::from(x1[i]), f64::from(q1[i]));
            out[i] = self.scale * angle::<S>(d * a - c * b, c * a + d * b);
        }
        let mut before = self.out[0];
        for i in 1..n - 1 {
            let after = self.out[i];
            // A sample without a phase has no turn on either side.
            self.out[i] = 0.5 * (before + after);
            before = after;
        }
        self.out[n - 1] = before;
    }
}

/// The envelope into `weight`, and times the frequency over that; both 0 where there is no frequency.
pub(super) fn weigh(x: &[f32], q: &[f32], weight: &mut [f64], frequency: &mut [f64]) {
    dispatch(Weigh { x, q, weight, frequency });
}

struct Weigh<'a> {
    x: &'a [f32],
    q: &'a [f32],
    weight: &'a mut [f64],
    frequency: &'a mut [f64],
}

impl Kernel for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for (((w, f), x), q) in self.weight.iter_mut().zip(self.frequency).zip(self.x).zip(self.q) {
            let (x, q) = (f64::from(*x), f64::from(*q));
            let known = f.abs() < f64::INFINITY;
            let envelope = (x * x + q * q).sqrt();
            *w = if known { envelope } else { 0.0 };
            *f = if known { envelope * *f } else { 0.0 };
        }
    }
}

/// `atan2(y, x)` to 3e-11, without branches; NaN where both are zero.
///
/// The arctangent of the smaller over the larger by an odd polynomial of degree 23 that is the best
/// on 0 to 1, then mirrored into its octant.
#[inline(always)]
fn angle<S: Simd>(y: f64, x: f64) -> f64 {
    const C: [f64; 12] = [
        -0.000_587_678_029_049_474,
        0.004_293_521_181_992_55,
        -0.014_720_905_426_886_047,
        0.032_232_127_248_352_636,
        -0.052_514_167_153_174_716,
        0.071_430_521_004_864_47,
        -0.089_411_099_117_874_83,
        0.110_836_690_330_545_91,
        -0.142_825_510_845_020_38,
        0.199_997_935_149_249_57,
        -0.333_333_270_397_784_5,
        0.999_999_999_430_116_4,
    ];
    use std::f64::consts::{FRAC_PI_2, PI};
    let (ax, ay) = (x.abs(), y.abs());
    let steep = ay > ax;
    let (small, large) = if steep { (ax, ay) } else { (ay, ax) };
    let t = small / large;
    let u = t * t;
    let mut p = C[0];
    for c in &C[1..] {
        p = S::mul_add(p, u, *c);
    }
    let mut a = p * t;
    a = if steep { FRAC_PI_2 - a } else { a };
    a = if x < 0.0 { PI - a } else { a };
    if y < 0.0 { -a } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Portable;

    #[test]
    fn angles_agree_with_the_maths_library() {
        for i in -40_000..40_000 {
            let a = f64::from(i) * std::f64::consts::PI / 40_000.0;
            let (y, x) = (3e-9 * a.sin(), 3e-9 * a.cos());
            assert!(
                (angle::<Portable>(y, x) - y.atan2(x)).abs() < 3e-11 || (a.abs() - std::f64::consts::PI).abs() < 1e-9
            );
        }
        assert!(angle::<Portable>(0.0, 0.0).is_nan());
        assert_eq!(angle::<Portable>(-0.0, -1.0), std::f64::consts::PI);
    }
}
