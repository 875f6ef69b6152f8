//! Impedance from stacked traces: damped least squares around a background, with one factor for all traces.

mod band;

use rayon::prelude::*;

use self::band::{Band, BandFactor};
use super::transform::check_samples;
use super::wavelet::Wavelet;
use crate::cholesky::{BLOCK, Stripe, WIDTH};
use crate::monitor::check;
use crate::points::{finite, same_length};
use crate::simd::{Kernel, LANES, Lanes, Simd, dispatch, exp, ln};
use crate::{KernelError, Monitor, Result};

/// Most numbers of the matrices, some 2 GB.
const MOST_ENTRIES: usize = 1 << 26;
/// Of so many stripes of sixteen traces one is compared with what its impedance predicts.
const COMPARED: usize = 16;
/// Beyond this logarithm an impedance is none that a 32 bit float holds.
const MOST_LN: f64 = 700.0;

/// How much the solution is held at the background.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Damping {
    /// The number that is added to the diagonal of the normal equations, in the unit of the wavelet squared.
    Absolute(f64),
    /// The same in parts of the mean of that diagonal, so that it does not depend on the scale of the amplitudes.
    Relative(f64),
}

/// The impedance that the inversion starts from, sample by sample at the times of the traces.
#[derive(Debug, Clone, Copy)]
pub enum Background<'a> {
    /// One trace of impedance for all.
    Shared(&'a [f32]),
    /// One for each trace, one after the other.
    Each(&'a [f32]),
}

/// What became of the traces.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Inversion {
    /// Traces that were inverted.
    pub inverted: usize,
    /// Traces without a sample that is not zero: nothing is known there, and their impedance is NaN.
    pub dead: usize,
    /// Traces without a background above zero: their impedance is NaN.
    pub without_background: usize,
    /// Traces some of whose samples are missing, in themselves or in their background.
    pub incomplete: usize,
    /// Traces with an impedance that is no 32 bit float, and NaN: the wavelet's amplitudes are not those of the traces.
    pub out_of_range: usize,
    /// Energy of the traces that were compared with what their impedance predicts: one stripe of sixteen in sixteen.
    pub energy: f64,
    /// Energy of the difference.
    pub residual_energy: f64,
    /// Sum of the squares of `ln(impedance / background)` over `compared` samples of the same traces.
    pub change: f64,
    /// Samples of the traces that were compared.
    pub compared: usize,
}

impl Inversion {
    /// The counts and sums of both.
    #[must_use]
    pub fn and(self, other: Inversion) -> Inversion {
        Inversion {
            inverted: self.inverted + other.inverted,
            dead: self.dead + other.dead,
            without_background: self.without_background + other.without_background,
            incomplete: self.incomplete + other.incomplete,
            out_of_range: self.out_of_range + other.out_of_range,
            energy: self.energy + other.energy,
            residual_energy: self.residual_energy + other.residual_energy,
            change: self.change + other.change,
            compared: self.compared + other.compared,
        }
    }
}

/// Post-stack inversion of traces of one length with one wavelet.
///
/// A trace is `d = G m` with `m = ln(impedance)` and `G = 1/2 W D`: D is the centred difference `(m[k+1] - m[k-1]) / 2`, zero at
/// both ends of the trace, and W the convolution with the wavelet, whose middle sample stays in place. Found is the m that
/// minimises `|d - G m|^2 + eps |m - m0|^2` with the logarithm m0 of the background:
///
/// `m = m0 + (G'G + eps I)^-1 G' (d - G m0)`
///
/// `G'G + eps I` is banded by the length of the wavelet and the same for all traces. It is factored once, `O(S b^2)` for S samples
/// and a wavelet of b; then a trace takes `O(S b)`. Sixteen traces go through the factor together.
///
/// The data say nothing of frequencies that the wavelet does not have, nor of a constant: there the result is the background. The
/// relation of contrasts and coefficients is that for small contrasts, `r = 1/2 d ln(impedance)`.
///
/// Sources: D. A. Cooke and W. A. Schneider, *Generalized linear inversion of reflection seismic data*, Geophysics 48 (1983);
/// B. Russell and D. Hampson, *Comparison of poststack seismic inversion methods*, SEG Annual Meeting (1991); the discretisation
/// is that of M. Ravasi and I. Vasconcelos, *PyLops: a linear-operator Python library for scalable algebra and optimization*,
/// SoftwareX 11 (2020), whose `epsI` is eps. Their difference over two samples is not halved, so that the same trace takes a
/// wavelet of half the amplitude there; here the wavelet is that of reflection coefficients.
#[derive(Debug, Clone)]
pub struct PostStack {
    samples: usize,
    eps: f64,
    /// `G`, for predictions.
    model: Band,
    /// `G'`.
    adjoint: Band,
    factor: BandFactor,
}

/// `G`, entry by entry.
struct Operator<'a> {
    samples: usize,
    wavelet: &'a [f64],
}

impl Operator<'_> {
    /// Columns with entries either side of the diagonal.
    fn half(&self) -> usize {
        (self.wavelet.len() / 2 + 1).min(self.samples)
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        // The wavelet at row - place, where the difference at place has this column: none at the ends.
        let tap = |place: usize| {
            let inside = place >= 1 && place + 1 < self.samples;
            let at = (self.wavelet.len() / 2 + row).checked_sub(place);
            at.filter(|_| inside).and_then(|at| self.wavelet.get(at)).copied().unwrap_or(0.0)
        };
        let before = column.checked_sub(1).map_or(0.0, tap);
        if row < self.samples && column < self.samples { 0.25 * (before - tap(column + 1)) } else { 0.0 }
    }

    /// The rows of `G'`: entry (column, row - column + half) of G.
    fn columns(&self) -> Vec<f64> {
        let half = self.half();
        let width = 2 * half + 1;
        let mut all = vec![0.0; self.samples * width];
        for (column, entries) in all.chunks_exact_mut(width).enumerate() {
            for (k, to) in entries.iter_mut().enumerate() {
                if let Some(row) = (column + k).checked_sub(half) {
                    *to = self.entry(row, column);
                }
            }
        }
        all
    }
}

impl PostStack {
    /// Factors the normal equations for traces of `samples` samples at the wavelet's interval.
    ///
    /// # Errors
    /// `InvalidParameter` for fewer than three samples or too many, a wavelet of zeros, a damping not above 0 or too small to
    /// solve the equations in double precision.
    pub fn new(wavelet: &Wavelet, samples: usize, damping: Damping) -> Result<PostStack> {
        check_samples(samples)?;
        if samples < 3 {
            return Err(KernelError::parameter(
                "samples",
                format!("expected three or more in a trace, found {samples}"),
            ));
        }
        let operator = Operator { samples, wavelet: wavelet.samples() };
        let half = operator.half();
        let reach = (2 * half).min(samples - 1);
        let rows = samples.next_multiple_of(BLOCK);
        if rows.saturating_mul(reach + BLOCK) > MOST_ENTRIES {
            return Err(KernelError::parameter(
                "wavelet",
                format!("{} samples of it and {samples} of a trace are too many: shorten it", wavelet.samples().len()),
            ));
        }
        let columns = operator.columns();
        let width = 2 * half + 1;
        // Two columns of G overlap where both have entries.
        let normal = |i: usize, j: usize| {
            let shift = i.abs_diff(j);
            let of = |k: usize| columns.get(k * width..(k + 1) * width).unwrap_or_default();
            let (upper, lower) = (of(i.min(j)), of(i.max(j)));
            upper.iter().skip(shift).zip(lower).map(|(a, b)| a * b).sum::<f64>()
        };
        let mean = (0..samples).map(|i| normal(i, i)).sum::<f64>() / samples as f64;
        if mean.is_nan() || mean <= 0.0 || mean.is_infinite() {
            return Err(KernelError::parameter(
                "wavelet",
                "expected one that is not all zeros, nor too large to square",
            ));
        }
        let eps = match damping {
            Damping::Absolute(eps) => eps,
            Damping::Relative(part) => part * mean,
        };
        if !(eps.is_finite() && eps > 0.0) {
            return Err(KernelError::parameter("damping", format!("expected a number above 0, found {eps}")));
        }
        // Rows that only fill the last block are those of the identity.
        let entry = |i: usize, j: usize| match i == j {
            true if i >= samples => 1.0,
            same => normal(i, j) + if same { eps } else { 0.0 },
        };
        let Some(factor) = BandFactor::new(rows, reach, mean * 1e-14, entry) else {
            return Err(KernelError::parameter(
                "damping",
                format!("{eps} is too little to solve the equations, whose diagonal is {mean} in the mean: give more"),
            ));
        };
        let model = Band::new(rows, half, |i, j| operator.entry(i, j));
        let adjoint = Band::new(rows, half, |i, j| operator.entry(j, i));
        Ok(PostStack { samples, eps, model, adjoint, factor })
    }

    /// Samples of a trace.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// What is added to the diagonal.
    pub fn eps(&self) -> f64 {
        self.eps
    }

    /// The trace `G m` of logarithms of impedance.
    ///
    /// # Errors
    /// `LengthMismatch`; `NonFinite`.
    pub fn predict(&self, ln_impedance: &[f64]) -> Result<Vec<f64>> {
        same_length("ln_impedance", self.samples, ln_impedance.len())?;
        finite("ln_impedance", ln_impedance)?;
        let mut work = Work::new(self.model.rows());
        work.trace_mut().zip(ln_impedance).for_each(|(to, m)| to.set(0, *m));
        dispatch(Predict { of: self, work: &mut work });
        Ok(work.right.iter().take(self.samples).map(|row| row.get(0)).collect())
    }

    /// The logarithm of impedance of one trace, from that of its background, in double precision.
    ///
    /// # Errors
    /// `LengthMismatch`; `NonFinite`: here no sample may be missing.
    pub fn solve(&self, trace: &[f64], ln_background: &[f64]) -> Result<Vec<f64>> {
        same_length("trace", self.samples, trace.len())?;
        same_length("background", self.samples, ln_background.len())?;
        finite("trace", trace)?;
        finite("background", ln_background)?;
        let mut work = Work::new(self.model.rows());
        work.trace_mut().zip(trace).for_each(|(to, d)| to.set(0, *d));
        work.background.iter_mut().zip(ln_background).for_each(|(to, m)| to.set(0, *m));
        dispatch(Solve { of: self, work: &mut work });
        Ok(work.right.iter().rev().take(self.samples).map(|row| row.get(0)).collect())
    }

    /// The impedance of traces, one after the other, into `out` of the same length, on all threads. The unit of work is a trace.
    ///
    /// A sample that is no number has none in `out`, nor has one whose background is none above zero. The inversion takes such a
    /// sample to be what the background predicts, and such a background to be that of its neighbours.
    ///
    /// # Errors
    /// `LengthMismatch` where a slice does not hold whole traces, or the background is not as long; `Cancelled`.
    pub fn invert(
        &self,
        traces: &[f32],
        background: Background<'_>,
        out: &mut [f32],
        monitor: &dyn Monitor,
    ) -> Result<Inversion> {
        let n = self.samples;
        same_length("traces", traces.len().next_multiple_of(n), traces.len())?;
        same_length("out", traces.len(), out.len())?;
        let expected = match background {
            Background::Shared(_) => n,
            Background::Each(_) => traces.len(),
        };
        let (Background::Shared(given) | Background::Each(given)) = background;
        same_length("background", expected, given.len())?;
        let parts = traces.par_chunks(WIDTH * n).zip(out.par_chunks_mut(WIDTH * n)).enumerate();
        parts
            .map_init(
                || Work::new(self.model.rows()),
                |work, (number, (traces, out))| {
                    check(monitor)?;
                    let given = match background {
                        Background::Shared(_) => given,
                        Background::Each(_) => given.get(number * WIDTH * n..).unwrap_or_default(),
                    };
                    let step = if given.len() == n { 0 } else { n };
                    let found = self.stripe(work, traces, given, step, out, number.is_multiple_of(COMPARED));
                    monitor.advance((traces.len() / n) as u64);
                    Ok(found)
                },
            )
            .try_reduce(Inversion::default, |a, b| Ok(a.and(b)))
    }

    /// Up to sixteen traces; the background of the next lies `step` samples on.
    fn stripe(
        &self,
        work: &mut Work,
        traces: &[f32],
        background: &[f32],
        step: usize,
        out: &mut [f32],
        compared: bool,
    ) -> Inversion {
        let n = self.samples;
        let mut found = Inversion::default();
        let mut lanes = [Lane::Empty; WIDTH];
        for (k, (lane, trace)) in lanes.iter_mut().zip(traces.chunks_exact(n)).enumerate() {
            let given = background.get(k * step..k * step + n).unwrap_or_default();
            *lane = Lane::of(trace, given);
            match lane {
                Lane::Dead => found.dead += 1,
                Lane::Baseless => found.without_background += 1,
                Lane::Incomplete => found.incomplete += 1,
                _ => {}
            }
            found.inverted += usize::from(lane.counts());
        }
        let mut repaired = Vec::new();
        for (k, (lane, trace)) in lanes.iter().zip(traces.chunks_exact(n)).enumerate() {
            if *lane == Lane::Incomplete {
                let given = background.get(k * step..k * step + n).unwrap_or_default();
                let (trace, given) = self.repaired(trace, given);
                repaired.push((k, trace, given));
            }
        }
        let mut given: [(&[f32], &[f32]); WIDTH] = [(&[], &[]); WIDTH];
        for (k, (to, trace)) in given.iter_mut().zip(traces.chunks_exact(n)).enumerate() {
            if lanes[k] == Lane::Whole {
                *to = (trace, background.get(k * step..k * step + n).unwrap_or_default());
            }
        }
        for (k, trace, background) in &repaired {
            given[*k] = (trace, background);
        }
        let check = compared.then_some(&mut found);
        dispatch(Invert { of: self, work, given: &given, out, compared: check });
        for (k, (lane, out)) in lanes.iter().zip(out.chunks_exact_mut(n)).enumerate() {
            match lane {
                Lane::Whole => {}
                Lane::Incomplete => {
                    let own = traces.get(k * n..(k + 1) * n).unwrap_or_default();
                    let given = background.get(k * step..k * step + n).unwrap_or_default();
                    for (out, (d, z)) in out.iter_mut().zip(own.iter().zip(given)) {
                        if !d.is_finite() || !is_impedance(*z) {
                            *out = f32::NAN;
                        }
                    }
                }
                _ => out.fill(f32::NAN),
            }
            if lane.counts() {
                let outside = out.iter_mut().filter(|z| !z.is_nan() && !is_impedance(**z));
                found.out_of_range += usize::from(outside.map(|z| *z = f32::NAN).count() > 0);
            }
        }
        found
    }

    /// A trace and a background without gaps: see [`PostStack::invert`].
    fn repaired(&self, trace: &[f32], background: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut given = background.to_vec();
        let mut last = background.iter().copied().find(|z| is_impedance(*z)).unwrap_or(1.0);
        for z in &mut given {
            if is_impedance(*z) {
                last = *z;
            }
            *z = last;
        }
        let logarithms: Vec<f64> = given.iter().map(|z| f64::from(*z).ln()).collect();
        let predicted = self.predict(&logarithms).unwrap_or_default();
        let filled = trace.iter().zip(predicted).map(|(d, p)| if d.is_finite() { *d } else { p as f32 });
        (filled.collect(), given)
    }
}

fn is_impedance(z: f32) -> bool {
    z.is_finite() && z >= f32::MIN_POSITIVE
}

/// What a lane of a stripe holds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Lane {
    Empty,
    Dead,
    Baseless,
    Incomplete,
    Whole,
}

impl Lane {
    fn of(trace: &[f32], background: &[f32]) -> Lane {
        // Without leaving early, so that it runs in vector lanes.
        let (mut all_finite, mut any) = (true, false);
        for d in trace {
            all_finite &= d.is_finite();
            any |= d.is_finite() & (*d != 0.0);
        }
        let (mut all_there, mut some) = (true, false);
        for z in background {
            let there = is_impedance(*z);
            all_there &= there;
            some |= there;
        }
        match (any, some, all_finite && all_there) {
            (false, ..) => Lane::Dead,
            (_, false, _) => Lane::Baseless,
            (.., false) => Lane::Incomplete,
            _ => Lane::Whole,
        }
    }

    fn counts(self) -> bool {
        matches!(self, Lane::Incomplete | Lane::Whole)
    }
}

/// Buffers of one thread: a row of sixteen traces for each sample.
struct Work {
    trace: Vec<Stripe>,
    /// Logarithms of the background.
    background: Vec<Stripe>,
    /// The right-hand side, then the solution with the last sample first.
    right: Vec<Stripe>,
    spare: Vec<Stripe>,
}

impl Work {
    fn new(rows: usize) -> Work {
        let zeros = || vec![Stripe::ZERO; rows];
        Work { trace: zeros(), background: zeros(), right: zeros(), spare: zeros() }
    }

    fn trace_mut(&mut self) -> std::slice::IterMut<'_, Stripe> {
        self.trace.iter_mut()
    }
}

/// `right = G trace`.
struct Predict<'a> {
    of: &'a PostStack,
    work: &'a mut Work,
}

impl Kernel for Predict<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        self.work.right.fill(Stripe::ZERO);
        self.of.model.add_product::<S>(&self.work.trace, &mut self.work.right);
    }
}

/// `right`, last sample first, becomes the logarithm of impedance.
struct Solve<'a> {
    of: &'a PostStack,
    work: &'a mut Work,
}

impl Kernel for Solve<'_> {
    type Output = ();

    /// As `A m0 = G'G m0 + eps m0`, the solution is `A^-1 (G'd + eps m0)`, which spares the prediction of the background. A constant c
    /// is added to both sides, `A c = eps c`, to keep the numbers small.
    #[inline(always)]
    fn run<S: Simd>(self) {
        let Work { trace, background, right, spare } = self.work;
        let n = self.of.samples;
        let Some(constant) = background.first().copied() else { return };
        let eps = Lanes::splat(self.of.eps);
        for (k, (to, m0)) in spare.iter_mut().zip(background.iter()).enumerate() {
            *to = Stripe::ZERO;
            if k < n {
                for h in 0..WIDTH / LANES {
                    let lanes = &mut to.0[h].0;
                    for l in 0..LANES {
                        lanes[l] = eps.0[l] * (m0.0[h].0[l] - constant.0[h].0[l]);
                    }
                }
            }
        }
        self.of.adjoint.add_product::<S>(trace, spare);
        self.of.factor.solve::<S>(spare, right);
        for row in right.iter_mut() {
            for h in 0..WIDTH / LANES {
                for l in 0..LANES {
                    row.0[h].0[l] += constant.0[h].0[l];
                }
            }
        }
    }
}

/// Sixteen traces in, sixteen out: those that `given` has.
struct Invert<'a> {
    of: &'a PostStack,
    work: &'a mut Work,
    given: &'a [(&'a [f32], &'a [f32]); WIDTH],
    out: &'a mut [f32],
    compared: Option<&'a mut Inversion>,
}

impl Kernel for Invert<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let n = self.of.samples;
        // Eight samples of all lanes at a time, so that the rows they go to stay near.
        for first in (0..n).step_by(BLOCK) {
            let last = n.min(first + BLOCK);
            let (traces, backgrounds) = (&mut self.work.trace[first..last], &mut self.work.background[first..last]);
            for (c, (trace, background)) in self.given.iter().enumerate() {
                if trace.is_empty() {
                    traces.iter_mut().for_each(|row| row.set(c, 0.0));
                    backgrounds.iter_mut().for_each(|row| row.set(c, 1.0));
                    continue;
                }
                traces.iter_mut().zip(&trace[first..last]).for_each(|(row, d)| row.set(c, f64::from(*d)));
                backgrounds.iter_mut().zip(&background[first..last]).for_each(|(row, z)| row.set(c, f64::from(*z)));
            }
            for row in backgrounds {
                for h in 0..WIDTH / LANES {
                    for l in 0..LANES {
                        row.0[h].0[l] = ln::<S>(row.0[h].0[l]);
                    }
                }
            }
        }
        Solve { of: self.of, work: self.work }.run::<S>();
        let rows = self.work.right.len();
        for first in (0..n).step_by(BLOCK) {
            let last = n.min(first + BLOCK);
            let mut block = [Stripe::ZERO; BLOCK];
            for (to, k) in block.iter_mut().zip(first..last) {
                let from = &self.work.right[rows - 1 - k];
                for h in 0..WIDTH / LANES {
                    for l in 0..LANES {
                        let m = from.0[h].0[l];
                        to.0[h].0[l] = exp::<S>(if m > MOST_LN { MOST_LN } else { m });
                    }
                }
            }
            for (c, out) in self.out.chunks_exact_mut(n).enumerate() {
                out[first..last].iter_mut().zip(&block).for_each(|(z, row)| *z = row.get(c) as f32);
            }
        }
        if let Some(found) = self.compared {
            compare::<S>(self.of, self.work, self.given, found);
        }
    }
}

/// What the solution predicts beside the traces, and how far it is from the background.
#[inline(always)]
fn compare<S: Simd>(of: &PostStack, work: &mut Work, given: &[(&[f32], &[f32]); WIDTH], found: &mut Inversion) {
    let Work { trace, background, right, spare } = work;
    right.reverse();
    spare.fill(Stripe::ZERO);
    of.model.add_product::<S>(right, spare);
    let lanes = given.iter().enumerate().filter(|(_, (trace, _))| !trace.is_empty());
    for (c, _) in lanes {
        for k in 0..of.samples {
            let (d, change) = (trace[k].get(c), right[k].get(c) - background[k].get(c));
            found.energy += d * d;
            found.residual_energy += (d - spare[k].get(c)).powi(2);
            found.change += change * change;
        }
        found.compared += of.samples;
    }
}
