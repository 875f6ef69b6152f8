//! Banded matrices over sixteen traces at a time, and the Cholesky factor of a banded one.

use crate::cholesky::{BLOCK, Stripe, WIDTH, update};
use crate::simd::{LANES, Lanes, Simd};

/// A matrix whose row `i` has entries in the columns `i - half ..= i + half`, in blocks of eight rows that share one window of columns.
/// Entries are stored with the opposite sign, because the inner loop subtracts.
#[derive(Debug, Clone)]
pub(super) struct Band {
    half: usize,
    rows: usize,
    data: Vec<f64>,
}

impl Band {
    /// The matrix of `rows` rows (a multiple of eight) whose entries `entry` gives.
    pub(super) fn new(rows: usize, half: usize, entry: impl Fn(usize, usize) -> f64) -> Band {
        let stride = 2 * half + BLOCK;
        let mut data = vec![0.0; rows * stride];
        for (i, row) in data.chunks_exact_mut(stride).enumerate() {
            let first = i / BLOCK * BLOCK;
            for j in i.saturating_sub(half)..(i + half + 1).min(rows) {
                row[j + half - first] = -entry(i, j);
            }
        }
        Band { half, rows, data }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the product with `from` to `to`.
    #[inline(always)]
    pub(super) fn add_product<S: Simd>(&self, from: &[Stripe], to: &mut [Stripe]) {
        let stride = 2 * self.half + BLOCK;
        for (b, block) in self.data.chunks_exact(BLOCK * stride).enumerate() {
            let start = (BLOCK * b).saturating_sub(self.half);
            let end = (BLOCK * (b + 1) + self.half).min(self.rows);
            let skipped = start + self.half - BLOCK * b;
            left::<S>(&block[skipped..], stride, &from[start..end], &mut to[BLOCK * b..BLOCK * (b + 1)]);
        }
    }
}

/// A lower triangle with entries in the columns `i - reach ..= i`, in blocks of eight rows that share one window of columns. The
/// diagonal is stored inverted.
#[derive(Debug, Clone)]
pub(super) struct Triangle {
    reach: usize,
    data: Vec<f64>,
}

impl Triangle {
    fn new(rows: usize, reach: usize, entry: impl Fn(usize, usize) -> f64) -> Triangle {
        let stride = reach + BLOCK;
        let mut data = vec![0.0; rows * stride];
        for (i, row) in data.chunks_exact_mut(stride).enumerate() {
            let first = i / BLOCK * BLOCK;
            for j in i.saturating_sub(reach)..=i {
                row[j + reach - first] = if i == j { 1.0 / entry(i, j) } else { entry(i, j) };
            }
        }
        Triangle { reach, data }
    }

    /// Replaces the right-hand sides `b` by the solution `x` of `L x = b`.
    #[inline(always)]
    fn solve<S: Simd>(&self, stripe: &mut [Stripe]) {
        let stride = self.reach + BLOCK;
        for (b, block) in self.data.chunks_exact(BLOCK * stride).enumerate() {
            let (done, rest) = stripe.split_at_mut(BLOCK * b);
            let rows = &mut rest[..BLOCK];
            let start = done.len().saturating_sub(self.reach);
            let skipped = start + self.reach - done.len();
            left::<S>(&block[skipped..], stride, &done[start..], rows);
            for r in 0..BLOCK {
                let l = &block[r * stride + self.reach..][..BLOCK];
                let mut x = rows[r];
                for q in 0..r {
                    let factor = Lanes::splat(l[q]);
                    for h in 0..WIDTH / LANES {
                        x.0[h] = x.0[h].minus_product::<S>(&factor, &rows[q].0[h]);
                    }
                }
                for h in &mut x.0 {
                    *h = h.times(&Lanes::splat(l[r]));
                }
                rows[r] = x;
            }
        }
    }
}

/// `rows -= block * from`, in tiles that the registers hold.
#[inline(always)]
fn left<S: Simd>(block: &[f64], stride: usize, from: &[Stripe], rows: &mut [Stripe]) {
    if S::WIDE {
        update::<S, 8, 2>(block, stride, from, rows);
    } else {
        update::<S, 4, 1>(block, stride, from, rows);
    }
}

/// The Cholesky factor `L` of a banded matrix, and its transpose with rows and columns in reversed order, which is a lower triangle
/// as well: both solves are one loop that runs forward through memory.
#[derive(Debug, Clone)]
pub(super) struct BandFactor {
    lower: Triangle,
    upper: Triangle,
}

impl BandFactor {
    /// Factors the matrix of `rows` rows (a multiple of eight) with entries up to `reach` columns left of the diagonal, which
    /// `entry(row, column)` gives. `None` where a pivot is not above `least`.
    pub(super) fn new(
        rows: usize,
        reach: usize,
        least: f64,
        entry: impl Fn(usize, usize) -> f64,
    ) -> Option<BandFactor> {
        // Row i holds the columns i - reach ..= i.
        let width = reach + 1;
        let mut l = vec![0.0; rows * width];
        for i in 0..rows {
            let (done, rest) = l.split_at_mut(i * width);
            let row = &mut rest[..width];
            let first = i.saturating_sub(reach);
            for j in first..=i {
                let own = &row[first + reach - i..j + reach - i];
                let mut value = entry(i, j);
                if j < i {
                    let above = &done[j * width..(j + 1) * width];
                    value -= crate::cholesky::dot(own, &above[first + reach - j..reach]);
                    row[j + reach - i] = value / above[reach];
                } else {
                    value -= crate::cholesky::dot(own, own);
                    if value <= least || value.is_nan() {
                        return None;
                    }
                    row[reach] = value.sqrt();
                }
            }
        }
        let at = |i: usize, j: usize| l[i * width + j + reach - i];
        let last = rows.saturating_sub(1);
        Some(BandFactor {
            lower: Triangle::new(rows, reach, at),
            upper: Triangle::new(rows, reach, |i, j| at(last - j, last - i)),
        })
    }

    /// The solutions of the right-hand sides in `rows`, which it uses up, into `reversed`: last row first.
    #[inline(always)]
    pub(super) fn solve<S: Simd>(&self, rows: &mut [Stripe], reversed: &mut [Stripe]) {
        self.lower.solve::<S>(rows);
        for (to, from) in reversed.iter_mut().zip(rows.iter().rev()) {
            *to = *from;
        }
        self.upper.solve::<S>(reversed);
    }
}
