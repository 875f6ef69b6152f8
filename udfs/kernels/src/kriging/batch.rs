//! Eight small kriging systems solved at once, one per lane.

use crate::simd::{LANES, Lanes, Simd};

/// The matrix is worked in blocks of this many rows and columns: four sums kept in registers were
/// faster than sixteen, with AVX-512 too.
const B: usize = 2;

/// Eight systems of `n` data as rows of one array: `n` rows of the covariance matrix (lower part),
/// then the covariances to the target, the values, and ones. A row of zeros fills the block.
///
/// With `A = L L'`, the factorisation turns the three extra rows into `L^-1 k`, `L^-1 z` and
/// `L^-1 1`, from which estimate and variance are dot products.
#[derive(Debug, Default)]
pub(super) struct Batch {
    n: usize,
    rows: Vec<Lanes>,
}

/// What the eight systems give.
pub(super) struct Solved {
    /// Estimates, for values measured from the same origin as the values given.
    pub estimate: Lanes,
    /// What must be added to the sill for the kriging variance.
    pub variance: Lanes,
    /// The smallest pivot.
    pub pivot: Lanes,
}

impl Batch {
    /// Prepares for systems of up to `n` data; a lane with fewer is completed by `pad`.
    #[inline(always)]
    pub fn resize(&mut self, n: usize) {
        self.n = n.next_multiple_of(B);
        let len = self.n * (self.n + 4);
        if self.rows.len() != len {
            self.rows.clear();
            self.rows.resize(len, Lanes::ZERO);
        }
    }

    pub fn len(&self) -> usize {
        self.n
    }

    /// Row `i` of the matrix up to and including the diagonal.
    #[inline(always)]
    pub fn matrix_row(&mut self, i: usize) -> &mut [Lanes] {
        &mut self.rows[i * self.n..i * self.n + i + 1]
    }

    /// Covariances to the target.
    #[inline(always)]
    pub fn target(&mut self) -> &mut [Lanes] {
        let n = self.n;
        &mut self.rows[n * n..n * n + n]
    }

    /// Values of the data.
    #[inline(always)]
    pub fn values(&mut self) -> &mut [Lanes] {
        let n = self.n;
        &mut self.rows[n * (n + 1)..n * (n + 2)]
    }

    /// Ones for the data, zeros for what completes a lane.
    #[inline(always)]
    pub fn ones(&mut self) -> &mut [Lanes] {
        let n = self.n;
        &mut self.rows[n * (n + 2)..n * (n + 3)]
    }

    /// Completes one lane from datum `used` on with independent data of value 0 and weight 0, which
    /// change nothing. Must come after the lane's own entries are written.
    #[inline(always)]
    pub fn pad(&mut self, lane: usize, used: usize, sill: f64) {
        let n = self.n;
        for i in used..n {
            for j in 0..i {
                self.rows[i * n + j].0[lane] = 0.0;
            }
            self.rows[i * n + i].0[lane] = sill;
        }
        for extra in n..n + 3 {
            for j in used..n {
                self.rows[extra * n + j].0[lane] = 0.0;
            }
        }
    }

    #[inline(always)]
    fn factor<S: Simd>(&mut self) -> Lanes {
        let n = self.n;
        let a = &mut self.rows[..n * (n + 4)];
        let mut pivot = Lanes::splat(f64::INFINITY);
        for j in (0..n).step_by(B) {
            let mut diagonal = [[Lanes::ZERO; B]; B];
            for i in (j..n + 4).step_by(B) {
                // Plain loops rather than `array::from_fn`, which is not always inlined.
                let mut acc = [[Lanes::ZERO; B]; B];
                for r in 0..B {
                    for c in 0..B {
                        acc[r][c] = a[(i + r) * n + j + c];
                    }
                }
                {
                    let (mut left, mut right): ([&[Lanes]; B], [&[Lanes]; B]) = ([&[]; B], [&[]; B]);
                    for r in 0..B {
                        left[r] = &a[(i + r) * n..][..j];
                        right[r] = &a[(j + r) * n..][..j];
                    }
                    for p in 0..j {
                        for r in 0..B {
                            for c in 0..B {
                                acc[r][c] = acc[r][c].minus_product::<S>(&left[r][p], &right[c][p]);
                            }
                        }
                    }
                }
                if i == j {
                    for c in 0..B {
                        for q in 0..c {
                            let l = acc[c][q];
                            acc[c][c] = acc[c][c].minus_product::<S>(&l, &l);
                        }
                        let mut inverse = Lanes::ZERO;
                        for l in 0..LANES {
                            let d = acc[c][c].0[l];
                            pivot.0[l] = if d < pivot.0[l] { d } else { pivot.0[l] };
                            inverse.0[l] = 1.0 / d.sqrt();
                        }
                        acc[c][c] = inverse;
                        for r in c + 1..B {
                            for q in 0..c {
                                let (x, y) = (acc[r][q], acc[c][q]);
                                acc[r][c] = acc[r][c].minus_product::<S>(&x, &y);
                            }
                            acc[r][c] = acc[r][c].times(&inverse);
                        }
                    }
                    diagonal = acc;
                } else {
                    for r in 0..B {
                        for c in 0..B {
                            for q in 0..c {
                                let x = acc[r][q];
                                acc[r][c] = acc[r][c].minus_product::<S>(&x, &diagonal[c][q]);
                            }
                            acc[r][c] = acc[r][c].times(&diagonal[c][c]);
                        }
                    }
                }
                for r in 0..B {
                    for c in 0..B {
                        a[(i + r) * n + j + c] = acc[r][c];
                    }
                }
            }
        }
        pivot
    }

    /// Factors and solves; the matrix is overwritten.
    #[inline(always)]
    pub fn solve<S: Simd>(&mut self) -> Solved {
        let pivot = self.factor::<S>();
        let n = self.n;
        let (k, z, one) = (&self.rows[n * n..][..n], &self.rows[n * (n + 1)..][..n], &self.rows[n * (n + 2)..][..n]);
        let (mut kk, mut kz, mut k1, mut z1, mut one1) =
            (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
        for p in 0..n {
            kk = kk.plus_product::<S>(&k[p], &k[p]);
            kz = kz.plus_product::<S>(&k[p], &z[p]);
            k1 = k1.plus_product::<S>(&k[p], &one[p]);
            z1 = z1.plus_product::<S>(&z[p], &one[p]);
            one1 = one1.plus_product::<S>(&one[p], &one[p]);
        }
        let mut out = Solved { estimate: Lanes::ZERO, variance: Lanes::ZERO, pivot };
        for l in 0..LANES {
            let rest = 1.0 - k1.0[l];
            // z1 / one1 is the generalised least-squares mean of the neighbourhood.
            out.estimate.0[l] = kz.0[l] + rest * (z1.0[l] / one1.0[l]);
            out.variance.0[l] = rest * rest / one1.0[l] - kk.0[l];
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Kernel, every};

    /// Systems of 7 data in lanes 0 to 6 and of 5 in lane 7.
    struct Seven;

    impl Kernel for Seven {
        type Output = Solved;
        #[inline(always)]
        fn run<S: Simd>(self) -> Solved {
            let mut batch = Batch::default();
            batch.resize(7);
            for l in 0..LANES {
                let place = |i: usize| ((i * 37 + l * 11) % 23) as f64;
                let used = if l == 7 { 5 } else { 7 };
                for i in 0..used {
                    for j in 0..i {
                        batch.matrix_row(i)[j].0[l] = (-0.1 * (place(i) - place(j)).abs()).exp();
                    }
                    batch.matrix_row(i)[i].0[l] = 1.2;
                    batch.target()[i].0[l] = (-0.1 * (place(i) - 8.5).abs()).exp();
                    batch.values()[i].0[l] = place(i).sin();
                    batch.ones()[i].0[l] = 1.0;
                }
                batch.pad(l, used, 1.2);
            }
            batch.solve::<S>()
        }
    }

    #[test]
    fn instruction_sets_agree() {
        let all = every(|| Seven);
        for other in &all[1..] {
            for l in 0..LANES {
                assert!((other.estimate.0[l] - all[0].estimate.0[l]).abs() < 1e-13);
                assert!((other.variance.0[l] - all[0].variance.0[l]).abs() < 1e-13);
                assert!((other.pivot.0[l] - all[0].pivot.0[l]).abs() < 1e-13 && all[0].pivot.0[l] > 0.0);
            }
        }
    }
}
