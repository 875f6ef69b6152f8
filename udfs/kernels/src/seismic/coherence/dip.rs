//! Semblance along the dip that has most of it.

use super::semblance::Sums;
use super::{Block, DipScan, Trace};
use crate::seismic::interpolation::shifted;
use crate::seismic::moving::BoxSum;
use crate::seismic::transform::check_positive;
use crate::simd::{Kernel, Simd, dispatch};
use crate::{KernelError, Result};

/// Dips that may be tried at a sample.
const MOST_DIPS: usize = 10_000;
/// Samples of moved traces that are kept: 256 MB.
const MOST_KEPT: usize = 1 << 26;

/// Traces around the one at hand, moved by every shift that a dip asks for, and the best dip so far.
///
/// A neighbour `di` inlines and `dj` crosslines away is moved by `a di + b dj` steps for a dip of a and b steps
/// a trace; it may be asked for again from another trace of the inline, so moved traces are kept until the
/// inline has passed them.
#[derive(Clone)]
pub(super) struct Shifted {
    step: f64,
    /// Dips in steps, the flattest first.
    dips: Vec<(i32, i32)>,
    columns: usize,
    /// Shifts either side of 0.
    most: i32,
    ns: usize,
    kept: Vec<Kept>,
    best: Vec<f64>,
    count: Vec<f64>,
    /// The number of the best dip.
    chosen: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
struct Kept {
    /// The trace and quadrature that this place holds.
    of: Option<(usize, usize)>,
    samples: Vec<f32>,
    quadrature: Vec<f32>,
}

impl Shifted {
    pub fn new(scan: DipScan, half_x: usize, half_y: usize, ns: usize) -> Result<Shifted> {
        check_positive("dip step", scan.step)?;
        let steps = |name: &'static str, most: f64, half: usize| {
            if !(most >= 0.0 && most.is_finite()) {
                return Err(KernelError::parameter(name, format!("expected a dip of 0 or more, found {most}")));
            }
            // Without neighbours in a direction there is no dip in it.
            let count = if half == 0 { 0.0 } else { (most / scan.step + 1e-9).floor() };
            if count > MOST_DIPS as f64 {
                return Err(KernelError::parameter(
                    name,
                    format!("{most} in steps of {} are too many dips", scan.step),
                ));
            }
            Ok(count as i32)
        };
        let (nx, ny) = (steps("most_x", scan.most_x, half_x)?, steps("most_y", scan.most_y, half_y)?);
        if (2 * i64::from(nx) + 1) * (2 * i64::from(ny) + 1) > MOST_DIPS as i64 {
            return Err(KernelError::parameter(
                "dip",
                format!("expected at most {MOST_DIPS} dips at a sample: take a larger step or less of a dip"),
            ));
        }
        let mut dips: Vec<(i32, i32)> = (-nx..=nx).flat_map(|a| (-ny..=ny).map(move |b| (a, b))).collect();
        dips.sort_by_key(|(a, b)| a * a + b * b);
        let (rows, columns) = (2 * half_x + 1, 2 * half_y + 1);
        let most = nx as usize * half_x + ny as usize * half_y;
        let kept = (rows * columns).saturating_mul(2 * most + 1);
        if kept.saturating_mul(ns) > MOST_KEPT {
            return Err(KernelError::parameter(
                "dip",
                "so many dips in so large an aperture need too much memory: take a larger step, less of a dip, or fewer traces",
            ));
        }
        Ok(Shifted {
            step: scan.step,
            dips,
            columns,
            most: most as i32,
            ns,
            kept: vec![Kept::default(); kept],
            best: vec![0.0; ns],
            count: vec![0.0; ns],
            chosen: vec![0; ns],
        })
    }

    /// Forgets the traces of the inline before.
    pub fn start_row(&mut self) {
        self.kept.iter_mut().for_each(|k| k.of = None);
    }

    /// The best semblance and the traces it is made of, into `sums`.
    #[allow(clippy::too_many_arguments, reason = "the whole state of one trace")]
    pub fn best(
        &mut self,
        block: &Block,
        (i, j): (usize, usize),
        neighbours: &[(usize, usize)],
        half_window: usize,
        few: usize,
        sums: &mut Sums,
        boxes: &mut BoxSum,
    ) {
        // Any semblance is better.
        self.best.fill(-1.0);
        self.count.fill(0.0);
        self.chosen.fill(0);
        for d in 0..self.dips.len() {
            let Some((a, b)) = self.dips.get(d).copied() else { continue };
            sums.clear();
            for (ni, nj) in neighbours {
                let Some(trace) = block.trace(*ni, *nj) else { continue };
                let shift = a * (*ni as i32 - i as i32) + b * (*nj as i32 - j as i32);
                if shift == 0 {
                    sums.add(trace.samples, trace.quadrature);
                } else if let Some(moved) = self.moved(trace, (*ni, *nj), shift) {
                    sums.add(&moved.samples, trace.quadrature.map(|_| &moved.quadrature[..]));
                }
            }
            sums.semblance(half_window, few, boxes);
            dispatch(Choose {
                dip: d as u32,
                few: few as f64,
                found: (&sums.ratio, &sums.count),
                best: (&mut self.best, &mut self.count, &mut self.chosen),
            });
        }
        sums.ratio.copy_from_slice(&self.best);
        sums.count.copy_from_slice(&self.count);
        for (ratio, count) in sums.ratio.iter_mut().zip(&self.count) {
            if *count == 0.0 {
                *ratio = f64::NAN;
            }
        }
    }

    /// The dips chosen, in samples a trace.
    pub fn dips(&self, x: &mut [f32], y: &mut [f32]) {
        for ((x, y), d) in x.iter_mut().zip(y).zip(&self.chosen) {
            let (a, b) = self.dips.get(*d as usize).copied().unwrap_or((0, 0));
            *x = (f64::from(a) * self.step) as f32;
            *y = (f64::from(b) * self.step) as f32;
        }
    }

    /// A trace moved by so many steps.
    fn moved(&mut self, trace: Trace, of: (usize, usize), shift: i32) -> Option<&Kept> {
        let rows = self.kept.len() / self.columns / (2 * self.most as usize + 1);
        let place = (of.0 % rows) * self.columns + of.1 % self.columns;
        let kept = self.kept.get_mut(place * (2 * self.most as usize + 1) + (shift + self.most) as usize)?;
        if kept.of != Some(of) {
            let by = f64::from(shift) * self.step;
            kept.samples.resize(self.ns, 0.0);
            shifted(trace.samples, by, &mut kept.samples);
            if let Some(quadrature) = trace.quadrature {
                kept.quadrature.resize(self.ns, 0.0);
                shifted(quadrature, by, &mut kept.quadrature);
            }
            kept.of = Some(of);
        }
        Some(kept)
    }
}

/// Keeps the better of the best dip so far and this one.
struct Choose<'a> {
    dip: u32,
    few: f64,
    /// Semblance and number of traces.
    found: (&'a [f64], &'a [f64]),
    best: (&'a mut [f64], &'a mut [f64], &'a mut [u32]),
}

impl Kernel for Choose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let (best, count, chosen) = self.best;
        let found = self.found.0.iter().zip(self.found.1);
        for (((best, count), chosen), (ratio, of)) in best.iter_mut().zip(count).zip(chosen).zip(found) {
            // A dip that leaves the traces' ends must not win by being judged on fewer of them, and one must be
            // better by more than rounding, so that the flattest wins among equals.
            let better = *of >= *count && *of >= self.few && *ratio > *best + 1e-9;
            *best = if better { *ratio } else { *best };
            *count = if better { *of } else { *count };
            *chosen = if better { self.dip } else { *chosen };
        }
    }
}
