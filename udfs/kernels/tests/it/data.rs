//! Deterministic scattered data.

pub fn uniform(seed: u64, n: usize) -> Vec<f64> {
    (1..=n as u64)
        .map(|i| {
            let mut z = seed.wrapping_add(i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 * 2f64.powi(-53)
        })
        .collect()
}

pub fn surface(x: f64, y: f64) -> f64 {
    1000.0 + 0.8 * x - 0.3 * y
        + 40.0 * (x / 9.0).sin() * (y / 13.0).cos()
        + 60.0 * (-((x - 30.0).powi(2) + (y - 70.0).powi(2)) / 128.0).exp()
        - 45.0 * (-((x - 65.0).powi(2) + (y - 35.0).powi(2)) / 72.0).exp()
        + 4.0 * (0.9 * x + 0.35 * y).sin()
}

pub struct Data {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub z: Vec<f64>,
}

impl Data {
    /// `n` points on the surface in a square of 100 by 100.
    pub fn new(seed: u64, n: usize) -> Data {
        let x: Vec<f64> = uniform(seed, n).iter().map(|v| v * 100.0).collect();
        let y: Vec<f64> = uniform(seed + 1, n).iter().map(|v| v * 100.0).collect();
        let z = x.iter().zip(&y).map(|(x, y)| surface(*x, *y)).collect();
        Data { x, y, z }
    }

    pub fn points(&self) -> outcrop_kernels::Points<'_> {
        outcrop_kernels::Points { x: &self.x, y: &self.y, z: &self.z }
    }
}

/// Ordinary kriging by Gaussian elimination of the whole bordered system, from the data in `rows`:
/// estimate and variance. Slow, plain, and shares nothing with the kernels but the variogram.
pub fn krige_plainly(
    d: &Data,
    rows: &[usize],
    x: f64,
    y: f64,
    v: &outcrop_kernels::variogram::Variogram,
) -> (f64, f64) {
    let n = rows.len();
    let gamma = |ax: f64, ay: f64, bx: f64, by: f64| v.gamma_between(ax - bx, ay - by);
    let mut a = vec![vec![0.0; n + 2]; n + 1];
    for i in 0..n {
        for j in 0..n {
            a[i][j] = gamma(d.x[rows[i]], d.y[rows[i]], d.x[rows[j]], d.y[rows[j]]);
            if i != j && a[i][j] == 0.0 {
                a[i][j] = v.nugget; // distinct data at one place
            }
        }
        a[i][n] = 1.0;
        a[n][i] = 1.0;
        a[i][n + 1] = gamma(d.x[rows[i]], d.y[rows[i]], x, y);
    }
    a[n][n + 1] = 1.0;
    let right: Vec<f64> = a.iter().map(|r| r[n + 1]).collect();
    for c in 0..=n {
        let p = (c..=n).max_by(|i, j| a[*i][c].abs().total_cmp(&a[*j][c].abs())).unwrap();
        a.swap(c, p);
        for i in 0..=n {
            if i != c {
                let f = a[i][c] / a[c][c];
                let pivot = a[c].clone();
                a[i].iter_mut().zip(&pivot).skip(c).for_each(|(x, p)| *x -= f * p);
            }
        }
    }
    let w: Vec<f64> = (0..=n).map(|i| a[i][n + 1] / a[i][i]).collect();
    let estimate = (0..n).map(|i| w[i] * d.z[rows[i]]).sum();
    let variance = (0..=n).map(|i| w[i] * right[i]).sum();
    (estimate, variance)
}

/// Rows by distance to a place, ties by row.
pub fn by_distance(d: &Data, x: f64, y: f64, measure: impl Fn(f64, f64) -> f64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..d.x.len()).collect();
    rows.sort_by(|a, b| {
        let m = |i: usize| measure(d.x[i] - x, d.y[i] - y);
        m(*a).total_cmp(&m(*b)).then(a.cmp(b))
    });
    rows
}
