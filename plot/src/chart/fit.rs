//! Regression lines.

use crate::ticks;

/// The form of a regression of y on x, by least squares of y or of its logarithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regression {
    /// `y = a + b x`.
    Linear,
    /// `y = a + b log10 x`.
    Logarithmic,
    /// `log10 y = a + b x`: permeability on porosity.
    Exponential,
    /// `log10 y = a + b log10 x`.
    Power,
}

/// A regression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitted {
    /// Its form.
    pub form: Regression,
    /// Intercept.
    pub a: f64,
    /// Slope.
    pub b: f64,
    /// Part of the variance that it explains, of the logarithm of y where that is fitted.
    pub r2: f64,
    /// How many points it is made from.
    pub n: usize,
}

impl Regression {
    fn x(self, x: f64) -> f64 {
        if matches!(self, Regression::Logarithmic | Regression::Power) { x.log10() } else { x }
    }

    fn of_log(self) -> bool {
        matches!(self, Regression::Exponential | Regression::Power)
    }

    /// Fits it to the points that have both values, and positive ones where their logarithm is taken. None with fewer than
    /// three, or where all x are one.
    pub fn fit(self, x: &[f64], y: &[f64]) -> Option<Fitted> {
        let pairs: Vec<(f64, f64)> = x
            .iter()
            .zip(y)
            .map(|(x, y)| (self.x(*x), if self.of_log() { y.log10() } else { *y }))
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        let n = pairs.len() as f64;
        if pairs.len() < 3 {
            return None;
        }
        let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
        let sum = |f: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|p| f(p.0 - mx, p.1 - my)).sum::<f64>();
        let (sxx, sxy, syy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
        if sxx <= 1e-24 * n * mx * mx {
            return None;
        }
        let b = sxy / sxx;
        let r2 = if syy > 0.0 { sxy * sxy / (sxx * syy) } else { 1.0 };
        Some(Fitted { form: self, a: my - b * mx, b, r2, n: pairs.len() })
    }
}

impl Fitted {
    /// The value at x.
    pub fn at(&self, x: f64) -> f64 {
        let y = self.a + self.b * self.form.x(x);
        if self.form.of_log() { 10f64.powf(y) } else { y }
    }

    /// The equation, the names as given.
    pub fn equation(&self, x: &str, y: &str) -> String {
        let y = if self.form.of_log() { format!("log10 {y}") } else { y.to_owned() };
        let x = if matches!(self.form, Regression::Logarithmic | Regression::Power) {
            format!("log10 {x}")
        } else {
            x.to_owned()
        };
        let sign = if self.b < 0.0 { "−" } else { "+" };
        format!("{y} = {} {sign} {} {x}", digits(self.a), digits(self.b.abs()))
    }
}

/// Four significant digits.
pub(super) fn digits(v: f64) -> String {
    if v == 0.0 || !v.is_finite() {
        return ticks::fixed(v, 0);
    }
    let decimals = (3 - v.abs().log10().floor() as i32).clamp(0, 9) as usize;
    ticks::fixed(v, decimals)
}
