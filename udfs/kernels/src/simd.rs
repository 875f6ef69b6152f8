//! One source, several instruction sets. A [`Kernel`]'s body is compiled for the baseline, for
//! AVX2 with FMA and for AVX-512, and [`dispatch`] runs the best one this processor has. The
//! bodies are ordinary loops over arrays of fixed length that the compiler turns into vector
//! instructions.

/// Width of the lane arrays: one AVX-512 register, two AVX2 registers, four SSE2 registers.
pub(crate) const LANES: usize = 8;

/// Eight numbers handled at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Lanes(pub [f64; LANES]);

impl Lanes {
    pub(crate) const ZERO: Lanes = Lanes([0.0; LANES]);

    #[inline(always)]
    pub(crate) fn splat(v: f64) -> Lanes {
        Lanes([v; LANES])
    }

    /// `self - a * b`, lane by lane.
    #[inline(always)]
    pub(crate) fn minus_product<S: Simd>(mut self, a: &Lanes, b: &Lanes) -> Lanes {
        for l in 0..LANES {
            self.0[l] = S::mul_add(-a.0[l], b.0[l], self.0[l]);
        }
        self
    }

    /// `self + a * b`, lane by lane.
    #[inline(always)]
    pub(crate) fn plus_product<S: Simd>(mut self, a: &Lanes, b: &Lanes) -> Lanes {
        for l in 0..LANES {
            self.0[l] = S::mul_add(a.0[l], b.0[l], self.0[l]);
        }
        self
    }

    #[inline(always)]
    pub(crate) fn times(mut self, b: &Lanes) -> Lanes {
        for l in 0..LANES {
            self.0[l] *= b.0[l];
        }
        self
    }
}

/// What a kernel's body may ask about the instruction set it is compiled for.
pub(crate) trait Simd {
    /// True where 32 wide registers are there.
    const WIDE: bool;
    /// `a * b + c`, fused where the hardware fuses (a call into the maths library otherwise).
    fn mul_add(a: f64, b: f64, c: f64) -> f64;
}

/// The baseline instruction set.
pub(crate) struct Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) struct Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) struct Avx512;

impl Simd for Portable {
    const WIDE: bool = false;
    #[inline(always)]
    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }
}

#[cfg(target_arch = "x86_64")]
impl Simd for Avx2 {
    const WIDE: bool = false;
    #[inline(always)]
    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

#[cfg(target_arch = "x86_64")]
impl Simd for Avx512 {
    const WIDE: bool = true;
    #[inline(always)]
    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        a.mul_add(b, c)
    }
}

/// Work that is worth compiling for several instruction sets. `run` must be `#[inline(always)]`,
/// and so must what it calls in its inner loops, or they stay at the baseline.
pub(crate) trait Kernel {
    type Output;
    fn run<S: Simd>(self) -> Self::Output;
}

/// Runs `kernel` with the best instruction set of this processor.
#[inline]
pub(crate) fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
        {
            // SAFETY: the processor has just said that it has these instructions.
            #[allow(unsafe_code)]
            return unsafe { with_avx512(kernel) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has just said that it has these instructions.
            #[allow(unsafe_code)]
            return unsafe { with_avx2(kernel) };
        }
    }
    kernel.run::<Portable>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
fn with_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx512>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Avx2>()
}

/// `exp(x)` for `x <= 700`, to about one unit in the last place, without branches or table look-ups
/// so that it runs in vector lanes; 0 below -708, where the result would no longer be normal.
///
/// `exp(x) = 2^n exp(r)` with `n` the nearest integer to `x / ln 2` and `|r| <= ln(2) / 2`, where the
/// Taylor series to degree 13 is exact to double precision.
#[inline(always)]
pub(crate) fn exp<S: Simd>(x: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52: adding it rounds to an integer
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let clamped = if x > -708.0 { x } else { -708.0 };
    let shifted = clamped * std::f64::consts::LOG2_E + SHIFT;
    let n = shifted - SHIFT;
    let r = S::mul_add(n, -LN2_LOW, S::mul_add(n, -LN2_HIGH, clamped));
    const C: [f64; 12] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        1.0 / 2.0,
    ];
    let mut p = C[0];
    for c in &C[1..] {
        p = S::mul_add(p, r, *c);
    }
    let e = S::mul_add(p * r, r, r) + 1.0;
    // The low bits of `shifted` hold n, so shifting them up by 52 makes the exponent of 2^n.
    let scale = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
    if x > -708.0 { e * scale } else { 0.0 }
}

/// `ln(x)` for a normal `x > 0`, to a few units in the last place, without branches so that it runs in vector lanes.
///
/// `x = 2^e m` with `m` between the roots of 1/2 and 2, and `ln m = 2 atanh(s)` with `s = (m - 1) / (m + 1)`, whose series is
/// summed up to `s^21`.
#[inline(always)]
pub(crate) fn ln<S: Simd>(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    let bits = x.to_bits();
    let whole = f64::from_bits((bits & MANTISSA) | 1.0f64.to_bits());
    // The exponent as a number: in the low bits of 2^52.
    let exponent = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    let upper = whole > std::f64::consts::SQRT_2;
    let m = if upper { 0.5 * whole } else { whole };
    let e = if upper { exponent + 1.0 } else { exponent };
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let mut p = 1.0 / 21.0;
    for k in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        p = S::mul_add(p, z, 1.0 / k);
    }
    let ln_m = 2.0 * S::mul_add(p * z, s, s);
    S::mul_add(e, std::f64::consts::LN_2, ln_m)
}

/// Runs a kernel with every instruction set of this processor, the baseline first.
#[cfg(test)]
pub(crate) fn every<K: Kernel>(kernel: impl Fn() -> K) -> Vec<K::Output> {
    let mut out = vec![kernel().run::<Portable>()];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the processor has just said that it has these instructions.
        #[allow(unsafe_code)]
        out.push(unsafe { with_avx2(kernel()) });
    }
    out.push(dispatch(kernel()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_maths_library() {
        for i in 0..200_000 {
            let x = -700.0 * (i as f64 / 200_000.0).powi(3);
            let (a, b) = (exp::<Portable>(x), x.exp());
            assert!((a - b).abs() <= 4.0 * f64::EPSILON * b, "{x}: {a} {b}");
        }
        for i in 0..7000 {
            let x = 0.1 * f64::from(i);
            let (a, b) = (exp::<Portable>(x), x.exp());
            assert!((a - b).abs() <= 4.0 * f64::EPSILON * b, "{x}: {a} {b}");
        }
        assert_eq!(exp::<Portable>(0.0), 1.0);
        assert_eq!(exp::<Portable>(-1e6), 0.0);
        assert_eq!(exp::<Portable>(f64::NEG_INFINITY), 0.0);
    }

    #[test]
    fn ln_agrees_with_the_maths_library() {
        for i in 0..200_000 {
            let x = 10f64.powf(-300.0 + 600.0 * f64::from(i) / 200_000.0);
            for x in [x, 1.0 + 1e-3 * x.min(1e3), 1.0 + 1e-9 * x.min(1e3)] {
                let (a, b) = (ln::<Portable>(x), x.ln());
                assert!((a - b).abs() <= 4.0 * f64::EPSILON * b.abs(), "{x}: {a} {b}");
            }
        }
        assert_eq!(ln::<Portable>(1.0), 0.0);
    }
}
