//! The four structures as branch-free functions of squared distance, so that loops over them
//! become vector instructions.

use crate::simd::{Simd, exp};

/// Covariance of one structure (no nugget) from a squared distance.
pub(crate) trait Structure: Copy + Send + Sync {
    /// Covariance at squared distance `d2`.
    fn covariance<S: Simd>(&self, d2: f64) -> f64;
}

macro_rules! structure {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name {
            psill: f64,
            inverse_range: f64,
        }
        impl $name {
            pub(crate) fn new(psill: f64, range: f64) -> Self {
                Self { psill, inverse_range: 1.0 / range }
            }
        }
    };
}

structure!(Spherical);
structure!(Exponential);
structure!(Gaussian);
structure!(Cubic);

impl Structure for Spherical {
    #[inline(always)]
    fn covariance<S: Simd>(&self, d2: f64) -> f64 {
        let r = at_most_one(d2.sqrt() * self.inverse_range);
        self.psill * (1.0 - r * (1.5 - 0.5 * r * r))
    }
}

impl Structure for Exponential {
    #[inline(always)]
    fn covariance<S: Simd>(&self, d2: f64) -> f64 {
        self.psill * exp::<S>(-3.0 * (d2.sqrt() * self.inverse_range))
    }
}

impl Structure for Gaussian {
    #[inline(always)]
    fn covariance<S: Simd>(&self, d2: f64) -> f64 {
        self.psill * exp::<S>(-3.0 * (d2 * self.inverse_range * self.inverse_range))
    }
}

impl Structure for Cubic {
    #[inline(always)]
    fn covariance<S: Simd>(&self, d2: f64) -> f64 {
        let r = at_most_one(d2.sqrt() * self.inverse_range);
        let r2 = r * r;
        self.psill * (1.0 - r2 * (7.0 - r * (8.75 - r2 * (3.5 - 0.75 * r2))))
    }
}

#[inline(always)]
fn at_most_one(r: f64) -> f64 {
    if r < 1.0 { r } else { 1.0 }
}

/// Runs an expression with the concrete structure of a variogram.
macro_rules! with_structure {
    ($variogram:expr, $s:ident => $body:expr) => {{
        let v: &$crate::variogram::Variogram = $variogram;
        match v.model {
            $crate::variogram::Model::Spherical => {
                let $s = $crate::variogram::structure::Spherical::new(v.psill, v.range);
                $body
            }
            $crate::variogram::Model::Exponential => {
                let $s = $crate::variogram::structure::Exponential::new(v.psill, v.range);
                $body
            }
            $crate::variogram::Model::Gaussian => {
                let $s = $crate::variogram::structure::Gaussian::new(v.psill, v.range);
                $body
            }
            $crate::variogram::Model::Cubic => {
                let $s = $crate::variogram::structure::Cubic::new(v.psill, v.range);
                $body
            }
        }
    }};
}
pub(crate) use with_structure;
