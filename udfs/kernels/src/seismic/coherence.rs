//! How alike a trace and its neighbours are: semblance, variance, similarity, eigenstructure.

mod dip;
mod eigen;
mod semblance;

use crate::points::same_length;
use crate::{KernelError, Result};

use super::moving::BoxSum;
use dip::Shifted;
use semblance::Sums;

/// Traces on a regular map: trace (i, j), of inline i and crossline j, has the samples from
/// `(i * ny + j) * ns` on. Borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Inlines.
    pub nx: usize,
    /// Crosslines.
    pub ny: usize,
    /// Samples of a trace.
    pub ns: usize,
    /// The samples, `nx * ny * ns` of them.
    pub samples: &'a [f32],
    /// The quadratures ([`super::analytic::Analytic::quadrature`]) in the same order, or none. With them
    /// semblance does not fall where the traces cross zero (equation 7 of Marfurt and others).
    pub quadrature: Option<&'a [f32]>,
    /// Where there is a trace, `nx * ny` of them; none: everywhere. What is masked out is left out, not
    /// zero.
    pub mask: Option<&'a [bool]>,
}

impl<'a> Block<'a> {
    /// Checks lengths.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidParameter` for a trace without samples.
    pub fn check(&self) -> Result<()> {
        if self.ns == 0 {
            return Err(KernelError::parameter("samples", "expected at least 1 sample in a trace, found 0"));
        }
        let traces = self.nx.saturating_mul(self.ny);
        let samples = traces.saturating_mul(self.ns);
        same_length("samples", samples, self.samples.len())?;
        self.quadrature.map_or(Ok(()), |q| same_length("quadrature", samples, q.len()))?;
        self.mask.map_or(Ok(()), |m| same_length("mask", traces, m.len()))
    }

    /// Trace (i, j); none outside of the map or where there is none.
    fn trace(&self, i: usize, j: usize) -> Option<Trace<'a>> {
        if i >= self.nx || j >= self.ny {
            return None;
        }
        let number = i * self.ny + j;
        if self.mask.is_some_and(|m| !m.get(number).copied().unwrap_or(false)) {
            return None;
        }
        let range = number * self.ns..(number + 1) * self.ns;
        let samples = self.samples.get(range.clone())?;
        Some(Trace { samples, quadrature: self.quadrature.and_then(|q| q.get(range)) })
    }
}

#[derive(Debug, Clone, Copy)]
struct Trace<'a> {
    samples: &'a [f32],
    quadrature: Option<&'a [f32]>,
}

/// What is computed of the traces in the aperture. All are 1 for traces that are the same, but variance,
/// which is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coherence {
    /// The energy of the mean trace over the mean energy, from 0 to 1: 1 / N on average for N traces of
    /// noise.
    ///
    /// Source: K. J. Marfurt, R. L. Kirlin, S. L. Farmer and M. S. Bahorich, 3-D seismic attributes using
    /// a semblance-based coherency algorithm, Geophysics 63 (1998), 1150-1165.
    #[default]
    Semblance,
    /// The variance of the samples across traces over their mean square: 1 - semblance.
    ///
    /// Source: P. P. Van Bemmel and R. E. F. Pepper, Seismic signal processing method and apparatus for
    /// generating a cube of variance values, US patent 6151555 (2000).
    Variance,
    /// `1 - |a - b| / (|a| + |b|)` of the trace's window and each neighbour's, as vectors; the mean over
    /// neighbours. Amplitudes count: a trace and twice itself have 2/3.
    ///
    /// Source: P. de Rooij and K. Tingdahl, Meta-attributes - the key to multivolume, multiattribute
    /// interpretation, The Leading Edge 21 (2002).
    Similarity,
    /// The largest eigenvalue of the traces' covariance matrix over the sum of all: the share of the energy that one
    /// waveform explains, whatever its amplitude in each trace. At most 49 traces. In a window of one
    /// sample it is always 1.
    ///
    /// Source: A. Gersztenkorn and K. J. Marfurt, Eigenstructure-based coherence computations as an aid to
    /// 3-D structural and stratigraphic mapping, Geophysics 64 (1999), 1468-1479.
    Eigenstructure,
}

impl Coherence {
    /// All measures.
    pub const ALL: [Coherence; 4] =
        [Coherence::Semblance, Coherence::Variance, Coherence::Similarity, Coherence::Eigenstructure];
    /// Their names, in the order of [`Coherence::ALL`].
    pub const NAMES: [&'static str; 4] = ["semblance", "variance", "similarity", "eigenstructure"];
}

/// Dips that are tried at every sample: from `-most` to `most` in both directions in steps of `step`, all in
/// samples from trace to trace. The dip with the highest semblance is taken, of equals the flattest, among those
/// along which no fewer traces have a reading than on the level (near the ends of the traces, steep ones leave them).
/// Neighbours are moved by a windowed sinc ([`super::interpolation`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DipScan {
    /// The steepest dip from inline to inline.
    pub most_x: f64,
    /// The steepest dip from crossline to crossline.
    pub most_y: f64,
    /// From dip to dip.
    pub step: f64,
}

/// What the coherence of a sample is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoherenceOptions {
    /// The measure.
    pub measure: Coherence,
    /// Inlines either side.
    pub half_x: usize,
    /// Crosslines either side.
    pub half_y: usize,
    /// Samples above and below.
    pub half_window: usize,
    /// Traces, itself included, that must have a reading at a sample; where fewer have, it is NaN. At least 2.
    pub minimum_traces: usize,
    /// Dips to try; none: only the horizontal. For semblance and variance.
    pub dip: Option<DipScan>,
}

impl Default for CoherenceOptions {
    /// Semblance of 3 by 3 traces and 11 samples, of 2 traces at least, horizontal.
    fn default() -> CoherenceOptions {
        CoherenceOptions {
            measure: Coherence::Semblance,
            half_x: 1,
            half_y: 1,
            half_window: 5,
            minimum_traces: 2,
            dip: None,
        }
    }
}

/// Computes coherence, one inline after another: an inline needs those `half_x` before and after
/// it in the block, so several threads may take different inlines of one block.
///
/// The result is NaN where the trace itself is missing or has no reading, where fewer than
/// `minimum_traces` have one, and where all of the window is zero. Neighbours that are missing,
/// beyond the map's edge, or without a reading at a sample are left out of it. (In the
/// eigenstructure a trace with such a sample in the window is left out of that window; in the similarity the sample is
/// left out of that pair.) A dead trace counts as a trace of zeros; mask it if it should not. The window is cut at
/// the ends of the traces.
#[derive(Clone)]
pub struct CoherenceRows {
    options: CoherenceOptions,
    ns: usize,
    neighbours: Vec<(usize, usize)>,
    sums: Sums,
    boxes: BoxSum,
    eigen: eigen::Eigen,
    shifted: Option<Shifted>,
}

impl CoherenceRows {
    /// For traces of `ns` samples.
    ///
    /// # Errors
    /// `InvalidParameter` for fewer than 2 traces in the aperture or asked for, more than 49 of them for the
    /// eigenstructure, more than 2^16 of them at all, or dips that cannot be tried.
    pub fn new(options: CoherenceOptions, ns: usize) -> Result<CoherenceRows> {
        let side = |half: usize| half.saturating_mul(2).saturating_add(1);
        let traces = side(options.half_x).saturating_mul(side(options.half_y));
        let most = if options.measure == Coherence::Eigenstructure { eigen::MOST } else { 1 << 16 };
        if !(2..=most).contains(&traces) {
            return Err(KernelError::parameter(
                "aperture",
                format!("expected 2 to {most} traces in the aperture, found {traces}"),
            ));
        }
        if options.minimum_traces < 2 || options.minimum_traces > traces {
            return Err(KernelError::parameter(
                "minimum_traces",
                format!("expected 2 to the {traces} of the aperture, found {}", options.minimum_traces),
            ));
        }
        let shifted = match options.dip {
            None => None,
            Some(_) if !matches!(options.measure, Coherence::Semblance | Coherence::Variance) => {
                return Err(KernelError::parameter(
                    "dip",
                    "dips are found by semblance: ask for semblance or variance, or for no dip",
                ));
            }
            Some(scan) => Some(Shifted::new(scan, options.half_x, options.half_y, ns)?),
        };
        Ok(CoherenceRows {
            options,
            ns,
            neighbours: Vec::new(),
            sums: Sums::new(ns),
            boxes: BoxSum::default(),
            eigen: eigen::Eigen::default(),
            shifted,
        })
    }

    /// The coherence of inline `i` of a block: `ny` traces of `ns` samples.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidParameter` for an inline outside of the block.
    pub fn row(&mut self, block: &Block, i: usize, out: &mut [f32]) -> Result<()> {
        self.row_and_dips(block, i, out, None)
    }

    /// As [`CoherenceRows::row`], with the dips that were taken, in samples from trace to trace, positive where an
    /// event gets later with the number of the inline (the first slice) or crossline (the second); NaN
    /// where the coherence is, 0 without [`CoherenceOptions::dip`].
    ///
    /// # Errors
    /// As [`CoherenceRows::row`].
    pub fn row_with_dips(
        &mut self,
        block: &Block,
        i: usize,
        out: &mut [f32],
        dip_x: &mut [f32],
        dip_y: &mut [f32],
    ) -> Result<()> {
        same_length("dip", out.len(), dip_x.len())?;
        same_length("dip", out.len(), dip_y.len())?;
        self.row_and_dips(block, i, out, Some((dip_x, dip_y)))
    }

    fn row_and_dips(
        &mut self,
        block: &Block,
        i: usize,
        out: &mut [f32],
        mut dips: Option<(&mut [f32], &mut [f32])>,
    ) -> Result<()> {
        block.check()?;
        same_length("samples of a trace", self.ns, block.ns)?;
        same_length("out", block.ny * block.ns, out.len())?;
        if i >= block.nx {
            return Err(KernelError::parameter(
                "inline",
                format!("expected one of the {} inlines of the block, counted from 0, found {i}", block.nx),
            ));
        }
        if let Some(shifted) = &mut self.shifted {
            shifted.start_row();
        }
        for (j, out) in out.chunks_exact_mut(self.ns).enumerate() {
            let places = j * self.ns..(j + 1) * self.ns;
            let dips = dips.as_mut().and_then(|(x, y)| Some((x.get_mut(places.clone())?, y.get_mut(places.clone())?)));
            self.place(block, i, j, out, dips);
        }
        Ok(())
    }

    /// The coherence of one trace.
    fn place(&mut self, block: &Block, i: usize, j: usize, out: &mut [f32], dips: Option<(&mut [f32], &mut [f32])>) {
        let CoherenceOptions { measure, half_x, half_y, half_window, minimum_traces, .. } = self.options;
        out.fill(f32::NAN);
        let Some(middle) = block.trace(i, j) else {
            if let Some((x, y)) = dips {
                x.fill(f32::NAN);
                y.fill(f32::NAN);
            }
            return;
        };
        self.neighbours.clear();
        for ni in i.saturating_sub(half_x)..=(i + half_x).min(block.nx - 1) {
            for nj in j.saturating_sub(half_y)..=(j + half_y).min(block.ny - 1) {
                if block.trace(ni, nj).is_some() {
                    self.neighbours.push((ni, nj));
                }
            }
        }
        match (measure, &mut self.shifted) {
            (Coherence::Similarity, _) => {
                self.sums.similarity(block, (i, j), &self.neighbours, half_window, &mut self.boxes);
            }
            (Coherence::Eigenstructure, _) => {
                self.eigen.ratio(block, &self.neighbours, half_window, &mut self.boxes, &mut self.sums);
            }
            (_, None) => {
                self.sums.clear();
                for trace in self.neighbours.iter().filter_map(|(i, j)| block.trace(*i, *j)) {
                    self.sums.add(trace.samples, trace.quadrature);
                }
                self.sums.semblance(half_window, minimum_traces, &mut self.boxes);
            }
            (_, Some(shifted)) => {
                shifted.best(
                    block,
                    (i, j),
                    &self.neighbours,
                    half_window,
                    minimum_traces,
                    &mut self.sums,
                    &mut self.boxes,
                );
            }
        }
        let few = minimum_traces as f64;
        let found = self.sums.ratio.iter().zip(&self.sums.count).zip(middle.samples);
        for (out, ((ratio, count), v)) in out.iter_mut().zip(found) {
            if v.is_finite() && *count >= few {
                *out = if measure == Coherence::Variance { (1.0 - ratio) as f32 } else { *ratio as f32 };
            }
        }
        if let Some((x, y)) = dips {
            x.fill(0.0);
            y.fill(0.0);
            if let Some(shifted) = &self.shifted {
                shifted.dips(x, y);
            }
            for ((x, y), c) in x.iter_mut().zip(y).zip(out.iter()) {
                if c.is_nan() {
                    (*x, *y) = (f32::NAN, f32::NAN);
                }
            }
        }
    }
}
