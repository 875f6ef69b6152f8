//! A blocked Cholesky factor in packed rows, and triangular solves for sixteen right-hand sides at
//! a time.

use rayon::prelude::*;

use crate::simd::{Kernel, LANES, Lanes, Simd, dispatch};
use crate::{KernelError, Monitor, Result};

/// Right-hand sides in a stripe.
pub(crate) const WIDTH: usize = 16;
/// Rows in a block of the factor.
pub(crate) const BLOCK: usize = 8;
/// Rows factored between two parallel steps.
const PANEL: usize = 128;

/// One row of sixteen right-hand sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stripe(pub [Lanes; WIDTH / LANES]);

impl Stripe {
    pub(crate) const ZERO: Stripe = Stripe([Lanes::ZERO; WIDTH / LANES]);

    #[inline(always)]
    pub(crate) fn get(&self, c: usize) -> f64 {
        self.0[c / LANES].0[c % LANES]
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, c: usize, v: f64) {
        self.0[c / LANES].0[c % LANES] = v;
    }
}

/// The dot product, in eight sums so that it runs in vector lanes on every processor.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (a, b) = (a.chunks(LANES), b.chunks(LANES));
    for (a, b) in a.zip(b) {
        for ((s, a), b) in sums.iter_mut().zip(a).zip(b) {
            *s += a * b;
        }
    }
    sums.iter().sum()
}

/// Why there is no factor.
#[derive(Debug)]
pub(crate) enum Failure {
    Cancelled,
    /// The pivot of this row is too small.
    Pivot(usize),
}

/// The lower triangle `L` of `A = L L'`, in blocks of eight rows: block `b` has rows of `8 (b + 1)`
/// numbers. The diagonal is stored inverted. Rows past `n` are those of the identity. Memory:
/// `4 n^2` bytes.
#[derive(Debug)]
pub(crate) struct Factor {
    n: usize,
    blocks: usize,
    data: Vec<f64>,
}

/// Where block `b` starts.
fn offset(b: usize) -> usize {
    BLOCK * BLOCK * (b * (b + 1) / 2)
}

impl Factor {
    /// Factors the matrix whose columns `column..column + 16` are written by `fill(column, stripe)`
    /// into the first `column + 16` rows of a stripe (what lies past `n` is ignored).
    ///
    /// Rows are added from the top: the new rows, taken as right-hand sides, are solved with the
    /// factor so far, which makes the factorisation the same inner loop as the solves.
    pub fn new(
        n: usize,
        least: f64,
        fill: impl Fn(usize, &mut [Stripe]) + Sync,
        monitor: &dyn Monitor,
    ) -> std::result::Result<Factor, Failure> {
        let blocks = n.next_multiple_of(WIDTH) / BLOCK;
        let mut factor = Factor { n, blocks, data: vec![0.0; offset(blocks)] };
        for start in (0..n).step_by(PANEL) {
            let done = start / BLOCK;
            let columns: Vec<usize> = (start..n.min(start + PANEL)).step_by(WIDTH).collect();
            let mut stripes: Vec<Vec<Stripe>> = columns
                .par_iter()
                .map(|&column| {
                    let mut stripe = vec![Stripe::ZERO; column + WIDTH];
                    fill(column, &mut stripe);
                    factor.forward_between(0, done, &mut stripe, monitor)?;
                    Ok(stripe)
                })
                .collect::<Result<_>>()
                .map_err(|_| Failure::Cancelled)?;
            for (&column, stripe) in columns.iter().zip(&mut stripes) {
                factor.forward_between(done, column / BLOCK, stripe, monitor).map_err(|_| Failure::Cancelled)?;
                factor.append(column, stripe, least)?;
            }
        }
        Ok(factor)
    }

    /// Adds sixteen rows, whose part left of the diagonal is solved in the stripe already.
    fn append(&mut self, column: usize, stripe: &[Stripe], least: f64) -> std::result::Result<(), Failure> {
        let (left, square) = stripe.split_at(column);
        let mut d = [[0.0; WIDTH]; WIDTH];
        for (to, from) in d.iter_mut().zip(square) {
            *to = std::array::from_fn(|c| from.get(c));
        }
        dispatch(RankUpdate { left, d: &mut d });
        for i in 0..WIDTH {
            if column + i >= self.n {
                d[i] = [0.0; WIDTH];
                d[i][i] = 1.0;
                continue;
            }
            for j in 0..=i {
                let mut s = d[i][j];
                for p in 0..j {
                    s -= d[i][p] * d[j][p];
                }
                if i == j {
                    if s <= least || s.is_nan() {
                        return Err(Failure::Pivot(column + i));
                    }
                    d[i][i] = 1.0 / s.sqrt();
                } else {
                    d[i][j] = s * d[j][j];
                }
            }
        }
        for half in 0..WIDTH / BLOCK {
            let b = column / BLOCK + half;
            let stride = BLOCK * (b + 1);
            let block = &mut self.data[offset(b)..offset(b + 1)];
            for (r, row) in block.chunks_exact_mut(stride).enumerate() {
                let i = half * BLOCK + r;
                let real = column + i < self.n;
                for (to, from) in row.iter_mut().zip(left) {
                    *to = if real { from.get(i) } else { 0.0 };
                }
                for (j, to) in row[column..].iter_mut().enumerate() {
                    *to = if j <= i { d[i][j] } else { 0.0 };
                }
            }
        }
        Ok(())
    }

    /// Room for sixteen right-hand sides.
    pub fn stripe(&self) -> Vec<Stripe> {
        vec![Stripe::ZERO; self.blocks * BLOCK]
    }

    /// Replaces the right-hand sides `B` by `L^-1 B`. Rows above `first` must be 0 and stay 0.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn forward(&self, first: usize, stripe: &mut [Stripe], monitor: &dyn Monitor) -> Result<()> {
        self.forward_between(first / BLOCK, self.blocks, stripe, monitor)
    }

    fn forward_between(&self, from: usize, to: usize, stripe: &mut [Stripe], monitor: &dyn Monitor) -> Result<()> {
        for start in (from..to).step_by(16) {
            if monitor.cancelled() {
                return Err(KernelError::Cancelled);
            }
            dispatch(Forward { factor: self, from: start, to: to.min(start + 16), stripe });
        }
        Ok(())
    }
}

struct Forward<'a> {
    factor: &'a Factor,
    from: usize,
    to: usize,
    stripe: &'a mut [Stripe],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for b in self.from..self.to {
            let stride = BLOCK * (b + 1);
            let block = &self.factor.data[offset(b)..offset(b + 1)];
            let (done, rest) = self.stripe.split_at_mut(BLOCK * b);
            let rows = &mut rest[..BLOCK];
            if S::WIDE {
                update::<S, 8, 2>(block, stride, done, rows);
            } else {
                update::<S, 4, 1>(block, stride, done, rows);
            }
            // The triangle on the diagonal.
            for r in 0..BLOCK {
                let l = &block[r * stride + BLOCK * b..r * stride + BLOCK * (b + 1)];
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

/// `rows -= L_left * done`, in register tiles of R rows by H times eight right-hand sides.
#[inline(always)]
pub(crate) fn update<S: Simd, const R: usize, const H: usize>(
    block: &[f64],
    stride: usize,
    done: &[Stripe],
    rows: &mut [Stripe],
) {
    let depth = done.len();
    for r0 in (0..BLOCK).step_by(R) {
        // Plain loops rather than `array::from_fn`, which is not always inlined.
        let mut l: [&[f64]; R] = [&[]; R];
        for r in 0..R {
            l[r] = &block[(r0 + r) * stride..][..depth];
        }
        for h0 in (0..WIDTH / LANES).step_by(H) {
            let mut acc = [[Lanes::ZERO; H]; R];
            for r in 0..R {
                for h in 0..H {
                    acc[r][h] = rows[r0 + r].0[h0 + h];
                }
            }
            for (p, w) in done.iter().enumerate() {
                for r in 0..R {
                    let a = Lanes::splat(l[r][p]);
                    for h in 0..H {
                        acc[r][h] = acc[r][h].minus_product::<S>(&a, &w.0[h0 + h]);
                    }
                }
            }
            for r in 0..R {
                for h in 0..H {
                    rows[r0 + r].0[h0 + h] = acc[r][h];
                }
            }
        }
    }
}

/// `d -= left' left`.
struct RankUpdate<'a> {
    left: &'a [Stripe],
    d: &'a mut [[f64; WIDTH]; WIDTH],
}

impl Kernel for RankUpdate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        // Eight columns of the square at a time stay in registers.
        for i0 in (0..WIDTH).step_by(4) {
            for h in 0..WIDTH / LANES {
                let mut acc = [Lanes::ZERO; 4];
                for (i, acc) in acc.iter_mut().enumerate() {
                    acc.0.copy_from_slice(&self.d[i0 + i][h * LANES..(h + 1) * LANES]);
                }
                for row in self.left {
                    for (i, acc) in acc.iter_mut().enumerate() {
                        *acc = acc.minus_product::<S>(&Lanes::splat(row.get(i0 + i)), &row.0[h]);
                    }
                }
                for (i, acc) in acc.iter().enumerate() {
                    self.d[i0 + i][h * LANES..(h + 1) * LANES].copy_from_slice(&acc.0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::Silent;
    use crate::simd::every;

    fn matrix(i: usize, j: usize) -> f64 {
        let place = |k: usize| ((k * 7919) % 1013) as f64 / 10.0;
        (-0.2 * (place(i) - place(j)).abs()).exp() + if i == j { 0.1 } else { 0.0 }
    }

    #[test]
    fn the_factor_times_itself_is_the_matrix_and_instruction_sets_agree() {
        for n in [1, 15, 16, 17, 130, 300] {
            let fill = |column: usize, stripe: &mut [Stripe]| {
                for (i, row) in stripe.iter_mut().enumerate() {
                    for c in 0..WIDTH {
                        row.set(c, matrix(i, column + c));
                    }
                }
            };
            let factor = Factor::new(n, 1e-12, fill, &Silent).unwrap();
            let row = |i: usize| {
                let (b, r) = (i / BLOCK, i % BLOCK);
                let mut row = factor.data[offset(b) + r * BLOCK * (b + 1)..][..i + 1].to_vec();
                row[i] = 1.0 / row[i];
                row
            };
            for i in 0..n {
                for j in 0..=i {
                    let product: f64 = row(i).iter().zip(&row(j)).map(|(a, b)| a * b).sum();
                    assert!((product - matrix(i, j)).abs() < 1e-13, "{n} {i} {j}");
                }
            }
            let start: Vec<Stripe> = (0..factor.blocks * BLOCK)
                .map(|i| {
                    let mut s = Stripe::ZERO;
                    if i < n {
                        (0..WIDTH).for_each(|c| s.set(c, ((i * 31 + c * 17) % 29) as f64));
                    }
                    s
                })
                .collect();
            let solved: Vec<Vec<Stripe>> = {
                struct Whole<'a>(&'a Factor, Vec<Stripe>);
                impl Kernel for Whole<'_> {
                    type Output = Vec<Stripe>;
                    #[inline(always)]
                    fn run<S: Simd>(mut self) -> Vec<Stripe> {
                        Forward { factor: self.0, from: 0, to: self.0.blocks, stripe: &mut self.1 }.run::<S>();
                        self.1
                    }
                }
                every(|| Whole(&factor, start.clone()))
            };
            for (i, from) in start.iter().enumerate().take(n) {
                for c in 0..WIDTH {
                    for x in &solved {
                        let back: f64 = row(i).iter().zip(x).map(|(l, x)| l * x.get(c)).sum();
                        assert!((back - from.get(c)).abs() < 1e-9, "{n} {i} {c}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_names_its_row() {
        let fill =
            |_: usize, stripe: &mut [Stripe]| stripe.iter_mut().for_each(|r| (0..WIDTH).for_each(|c| r.set(c, 1.0)));
        assert!(matches!(Factor::new(40, 1e-12, fill, &Silent), Err(Failure::Pivot(1))));
    }
}
