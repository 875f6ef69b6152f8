//! Coherence by the largest eigenvalue of a covariance matrix, eight samples at once.

use super::Block;
use super::semblance::Sums;
use crate::seismic::moving::BoxSum;
use crate::simd::{Kernel, LANES, Lanes, Simd, dispatch};

/// Traces in an aperture: 7 by 7.
pub(super) const MOST: usize = 49;
/// The power iteration is with the 32nd power of the matrix, which is squared so many times.
const SQUARINGS: usize = 5;
/// Its most steps, and the change of the eigenvalue's share at which it ends.
const STEPS: usize = 40;
const TOLERANCE: f64 = 1e-7;

#[derive(Debug, Clone, Default)]
pub(super) struct Eigen {
    products: Vec<f64>,
    gaps: Vec<f64>,
    /// Covariances of each pair of traces (the first not after the second), sample by sample.
    covariances: Vec<Vec<f64>>,
    /// 1 where a trace has no gap in the window.
    whole: Vec<Vec<f64>>,
    matrix: Vec<Lanes>,
    power: Vec<Lanes>,
    square: Vec<Lanes>,
}

impl Eigen {
    /// The share of the largest eigenvalue, into `sums.ratio`, and the traces in the matrix, into `sums.count`.
    pub fn ratio(
        &mut self,
        block: &Block,
        neighbours: &[(usize, usize)],
        half_window: usize,
        boxes: &mut BoxSum,
        sums: &mut Sums,
    ) {
        let (n, ns) = (neighbours.len(), block.ns);
        let pairs = n * (n + 1) / 2;
        self.products.resize(ns, 0.0);
        self.gaps.resize(ns, 0.0);
        self.covariances.resize_with(self.covariances.len().max(pairs), Vec::new);
        self.whole.resize_with(self.whole.len().max(n), Vec::new);
        sums.count.fill(0.0);
        for ((i, j), whole) in neighbours.iter().zip(&mut self.whole) {
            let Some(trace) = block.trace(*i, *j) else { continue };
            let q = trace.quadrature.unwrap_or(trace.samples);
            for ((gap, v), q) in self.gaps.iter_mut().zip(trace.samples).zip(q) {
                *gap = if v.is_finite() && q.is_finite() { 0.0 } else { 1.0 };
            }
            whole.resize(ns, 0.0);
            boxes.sum(&self.gaps, half_window, half_window, whole);
            for (whole, count) in whole.iter_mut().zip(&mut sums.count) {
                *whole = if *whole == 0.0 { 1.0 } else { 0.0 };
                *count += *whole;
            }
        }
        // Where no trace has a gap there is nothing to leave out.
        let gaps = self.whole.iter().take(n).any(|whole| whole.contains(&0.0));
        let mut pair = 0;
        for a in 0..n {
            for b in a..n {
                let of = |k: usize| neighbours.get(k).and_then(|(i, j)| block.trace(*i, *j));
                let (Some(ta), Some(tb)) = (of(a), of(b)) else { continue };
                self.products.fill(0.0);
                dispatch(Products { a: ta.samples, b: tb.samples, to: &mut self.products });
                if let (Some(a), Some(b)) = (ta.quadrature, tb.quadrature) {
                    dispatch(Products { a, b, to: &mut self.products });
                }
                if let Some(to) = self.covariances.get_mut(pair) {
                    to.resize(ns, 0.0);
                    boxes.sum(&self.products, half_window, half_window, to);
                    if gaps && let (Some(wa), Some(wb)) = (self.whole.get(a), self.whole.get(b)) {
                        to.iter_mut().zip(wa).zip(wb).for_each(|((to, wa), wb)| *to *= wa * wb);
                    }
                }
                pair += 1;
            }
        }
        for buffer in [&mut self.matrix, &mut self.power, &mut self.square] {
            buffer.resize(n * n, Lanes::ZERO);
        }
        for (start, out) in sums.ratio.chunks_mut(LANES).enumerate() {
            let mut pair = 0;
            for a in 0..n {
                for b in a..n {
                    let mut lanes = Lanes::ZERO;
                    let from = self.covariances.get(pair).and_then(|c| c.get(start * LANES..)).unwrap_or(&[]);
                    lanes.0.iter_mut().zip(from).for_each(|(to, v)| *to = *v);
                    self.matrix[a * n + b] = lanes;
                    self.matrix[b * n + a] = lanes;
                    pair += 1;
                }
            }
            let share =
                dispatch(Largest { n, matrix: &mut self.matrix, power: &mut self.power, square: &mut self.square });
            out.copy_from_slice(&share.0[..out.len()]);
        }
    }
}

/// Adds the products of two traces.
struct Products<'a> {
    a: &'a [f32],
    b: &'a [f32],
    to: &'a mut [f64],
}

impl Kernel for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for ((to, a), b) in self.to.iter_mut().zip(self.a).zip(self.b) {
            // What is no reading is left out later; here it only must not be NaN.
            let product = f64::from(*a) * f64::from(*b);
            *to += if product.abs() < f64::INFINITY { product } else { 0.0 };
        }
    }
}

/// The largest eigenvalue over the trace of symmetric matrices without negative eigenvalues, one a lane; NaN for a
/// matrix of zeros.
struct Largest<'a> {
    n: usize,
    matrix: &'a mut [Lanes],
    power: &'a mut [Lanes],
    square: &'a mut [Lanes],
}

impl Kernel for Largest<'_> {
    type Output = Lanes;

    #[inline(always)]
    fn run<S: Simd>(self) -> Lanes {
        let Largest { n, matrix, power, square } = self;
        let mut trace = Lanes::ZERO;
        for a in 0..n {
            for l in 0..LANES {
                trace.0[l] += matrix[a * n + a].0[l];
            }
        }
        let mut scale = Lanes::ZERO;
        for l in 0..LANES {
            scale.0[l] = if trace.0[l] > 0.0 { 1.0 / trace.0[l] } else { 0.0 };
        }
        for (m, p) in matrix.iter_mut().zip(power.iter_mut()) {
            *m = m.times(&scale);
            *p = *m;
        }
        // A high power sets the largest eigenvalue apart from the others.
        let (mut power, mut square) = (power, square);
        for _ in 0..SQUARINGS {
            multiply_self::<S>(n, power, square);
            std::mem::swap(&mut power, &mut square);
        }
        // A start that is not at right angles to the waveform, unless by accident.
        let mut x = [Lanes::ZERO; MOST];
        let mut y = [Lanes::ZERO; MOST];
        for (k, x) in x.iter_mut().enumerate().take(n) {
            *x = Lanes::splat(1.0 + 0.3 * (k as f64 * 2.399_963).cos());
        }
        let mut share = Lanes::ZERO;
        for step in 0..STEPS {
            apply::<S>(n, power, &x, &mut y);
            let mut norm = Lanes::ZERO;
            for v in &y[..n] {
                norm = norm.plus_product::<S>(v, v);
            }
            for l in 0..LANES {
                norm.0[l] = 1.0 / norm.0[l].sqrt();
            }
            for k in 0..n {
                x[k] = y[k].times(&norm);
            }
            apply::<S>(n, matrix, &x, &mut y);
            let mut found = Lanes::ZERO;
            for k in 0..n {
                found = found.plus_product::<S>(&x[k], &y[k]);
            }
            // A lane of zeros is NaN and does not hold the others up.
            let moving = (0..LANES).any(|l| (found.0[l] - share.0[l]).abs() > TOLERANCE);
            share = found;
            if step > 0 && !moving {
                break;
            }
        }
        for l in 0..LANES {
            share.0[l] = if share.0[l] > 1.0 { 1.0 } else { share.0[l] };
        }
        share
    }
}

/// `y = m x`.
#[inline(always)]
fn apply<S: Simd>(n: usize, m: &[Lanes], x: &[Lanes; MOST], y: &mut [Lanes; MOST]) {
    for (row, y) in m.chunks_exact(n).zip(y.iter_mut()) {
        let mut sum = Lanes::ZERO;
        for (a, b) in row.iter().zip(x) {
            sum = sum.plus_product::<S>(a, b);
        }
        *y = sum;
    }
}

/// The square of a symmetric matrix.
#[inline(always)]
fn multiply_self<S: Simd>(n: usize, m: &[Lanes], out: &mut [Lanes]) {
    for a in 0..n {
        for b in a..n {
            let mut sum = Lanes::ZERO;
            for (x, y) in m[a * n..(a + 1) * n].iter().zip(&m[b * n..(b + 1) * n]) {
                sum = sum.plus_product::<S>(x, y);
            }
            out[a * n + b] = sum;
            out[b * n + a] = sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::every;

    /// Matrices with known eigenvalues: diagonal ones turned by reflections.
    #[test]
    fn the_largest_eigenvalue_is_found() {
        let n = 9;
        let mut values = vec![0.0; LANES * n];
        let mut matrix = vec![Lanes::ZERO; n * n];
        for l in 0..LANES {
            let v: Vec<f64> = (0..n).map(|k| ((k * k + 3 * l + 1) as f64 * 0.7).sin()).collect();
            let norm: f64 = v.iter().map(|x| x * x).sum();
            let eigenvalues: Vec<f64> = (0..n).map(|k| (1.0 + 0.1 * l as f64).powi(-(k as i32)) * 7.0).collect();
            for a in 0..n {
                for b in 0..n {
                    let h = |i: usize, k: usize| f64::from(u8::from(i == k)) - 2.0 * v[i] * v[k] / norm;
                    matrix[a * n + b].0[l] = (0..n).map(|k| h(a, k) * eigenvalues[k] * h(b, k)).sum();
                }
                values[l * n + a] = eigenvalues[a];
            }
        }
        let copy = || Box::leak(matrix.clone().into_boxed_slice());
        for share in every(|| Largest { n, matrix: copy(), power: copy(), square: copy() }) {
            for l in 0..LANES {
                let all = &values[l * n..(l + 1) * n];
                let expected = all[0] / all.iter().sum::<f64>();
                assert!((share.0[l] - expected).abs() < 1e-6, "{l}: {} {expected}", share.0[l]);
            }
        }
    }
}
