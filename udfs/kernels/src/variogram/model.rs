//! Variogram models by practical range.

use std::fmt;
use std::str::FromStr;

use super::structure::with_structure;
use crate::simd::Portable;
use crate::{KernelError, Result};

/// The shape of a variogram.
///
/// With `r = h / range`, the structured part of the variogram, a fraction of the partial sill:
///
/// | model | value |
/// | --- | --- |
/// | spherical | `1.5 r - 0.5 r^3`, 1 from `r = 1` on |
/// | exponential | `1 - exp(-3 r)`; 95 % at `r = 1` |
/// | gaussian | `1 - exp(-3 r^2)`; 95 % at `r = 1` |
/// | cubic | `7 r^2 - 8.75 r^3 + 3.5 r^5 - 0.75 r^7`, 1 from `r = 1` on |
///
/// Source: C. V. Deutsch and A. G. Journel, GSLIB (1998); cubic: J.-P. Chiles and P. Delfiner,
/// Geostatistics (2012).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Linear at the origin, reaches its sill at the range.
    Spherical,
    /// Linear at the origin, tends to its sill.
    Exponential,
    /// Parabolic at the origin, tends to its sill; very smooth, so give it a small nugget.
    Gaussian,
    /// Parabolic at the origin, reaches its sill at the range.
    Cubic,
}

impl Model {
    /// All models, in the order they are listed to users.
    pub const ALL: [Model; 4] = [Model::Spherical, Model::Exponential, Model::Gaussian, Model::Cubic];

    /// The model's name in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Model::Spherical => "spherical",
            Model::Exponential => "exponential",
            Model::Gaussian => "gaussian",
            Model::Cubic => "cubic",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Model {
    type Err = KernelError;

    /// Reads a model's name, in any letter case.
    fn from_str(text: &str) -> Result<Self> {
        let found = Model::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| {
            let names = Model::ALL.map(|m| format!("'{m}'")).join(", ");
            KernelError::parameter("model", format!("expected one of {names}, found '{text}'"))
        })
    }
}

/// Geometric anisotropy: an ellipse of ranges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anisotropy {
    /// Direction of the longest range, degrees clockwise from north.
    pub azimuth_degrees: f64,
    /// Shortest range over longest range, above 0 and at most 1.
    pub ratio: f64,
}

/// A variogram: nugget plus one structure.
///
/// `gamma(0) = 0`; for `h > 0`, `gamma(h) = nugget + psill * shape(h / range)`. The nugget is part
/// of the sill `nugget + psill`, which is the variance of the variable.
///
/// ```
/// use outcrop_kernels::variogram::{Model, Variogram};
/// let v = Variogram { model: Model::Spherical, nugget: 0.2, psill: 1.8, range: 20.0, anisotropy: None };
/// assert_eq!(v.gamma(0.0), 0.0);
/// assert_eq!(v.gamma(20.0), 2.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variogram {
    /// The shape of the structure.
    pub model: Model,
    /// Variance at distances below the smallest sampled one; not negative.
    pub nugget: f64,
    /// Partial sill: variance of the structure, without the nugget; not negative.
    pub psill: f64,
    /// Practical range along the longest direction, in the unit of the coordinates; above 0.
    pub range: f64,
    /// `None`: the same range in every direction.
    pub anisotropy: Option<Anisotropy>,
}

impl Variogram {
    /// `nugget + psill`.
    pub fn sill(&self) -> f64 {
        self.nugget + self.psill
    }

    /// Semivariance at distance `h` (along the longest direction if anisotropic). NaN for a
    /// negative or NaN distance.
    pub fn gamma(&self, h: f64) -> f64 {
        if h == 0.0 { 0.0 } else { self.nugget + (self.psill - self.structured(h)) }
    }

    /// Covariance at distance `h`: `sill - gamma(h)`.
    pub fn covariance(&self, h: f64) -> f64 {
        if h == 0.0 { self.sill() } else { self.structured(h) }
    }

    /// Semivariance between two places `dx` east and `dy` north of one another.
    pub fn gamma_between(&self, dx: f64, dy: f64) -> f64 {
        let (u, v) = crate::search::Metric::of(self.anisotropy).apply(dx, dy);
        self.gamma((u * u + v * v).sqrt())
    }

    /// Covariance of the structure alone at distance `h`.
    fn structured(&self, h: f64) -> f64 {
        if h < 0.0 || h.is_nan() {
            return f64::NAN;
        }
        with_structure!(self, s => super::structure::Structure::covariance::<Portable>(&s, h * h))
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// `InvalidParameter` naming the parameter, what was expected and what was found.
    pub fn check(&self) -> Result<()> {
        for (name, v) in [("nugget", self.nugget), ("psill", self.psill)] {
            if !(v.is_finite() && v >= 0.0) {
                return Err(KernelError::parameter(name, format!("expected a number of at least 0, found {v}")));
            }
        }
        if self.sill() <= 0.0 {
            return Err(KernelError::parameter("psill", "nugget and psill are both 0: one of them must be above 0"));
        }
        if !(self.range.is_finite() && self.range > 0.0) {
            return Err(KernelError::parameter("range", format!("expected a range above 0, found {}", self.range)));
        }
        if let Some(a) = self.anisotropy {
            if !a.azimuth_degrees.is_finite() {
                return Err(KernelError::parameter(
                    "azimuth",
                    format!("expected degrees clockwise from north, found {}", a.azimuth_degrees),
                ));
            }
            if !(a.ratio > 0.0 && a.ratio <= 1.0) {
                return Err(KernelError::parameter(
                    "ratio",
                    format!("expected shortest over longest range, above 0 and at most 1, found {}", a.ratio),
                ));
            }
        }
        Ok(())
    }
}
