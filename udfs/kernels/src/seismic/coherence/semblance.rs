//! Sums over traces and windows.

use super::Block;
use crate::seismic::moving::BoxSum;
use crate::simd::{Kernel, Simd, dispatch};

/// Sums over traces, sample by sample, and what becomes of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    sum: Vec<f64>,
    sum_of_quadrature: Vec<f64>,
    squares: Vec<f64>,
    /// Traces with a reading.
    pub count: Vec<f64>,
    /// The measure; NaN where it has none.
    pub ratio: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    apart: Vec<f64>,
    of_a: Vec<f64>,
    of_b: Vec<f64>,
}

impl Sums {
    pub fn new(ns: usize) -> Sums {
        let zeros = vec![0.0; ns];
        Sums {
            sum: zeros.clone(),
            sum_of_quadrature: zeros.clone(),
            squares: zeros.clone(),
            count: zeros.clone(),
            ratio: zeros.clone(),
            first: zeros.clone(),
            second: zeros.clone(),
            apart: zeros.clone(),
            of_a: zeros.clone(),
            of_b: zeros,
        }
    }

    pub fn clear(&mut self) {
        for sums in [&mut self.sum, &mut self.sum_of_quadrature, &mut self.squares, &mut self.count] {
            sums.fill(0.0);
        }
    }

    /// Adds a trace.
    pub fn add(&mut self, samples: &[f32], quadrature: Option<&[f32]>) {
        match quadrature {
            None => dispatch(Add { samples, sum: &mut self.sum, squares: &mut self.squares, count: &mut self.count }),
            Some(quadrature) => dispatch(AddBoth {
                add: Add { samples, sum: &mut self.sum, squares: &mut self.squares, count: &mut self.count },
                quadrature,
                sum_of_quadrature: &mut self.sum_of_quadrature,
            }),
        }
    }

    /// Semblance from what has been added, into `ratio`.
    ///
    /// With c(t) traces at time t it is `sum_t (sum u)^2 / c(t)` over `sum_t sum u^2`, which for c the same
    /// everywhere is Marfurt's; samples with fewer than `few` traces are left out of both sums.
    pub fn semblance(&mut self, half_window: usize, few: usize, boxes: &mut BoxSum) {
        dispatch(Stack {
            few: few as f64,
            sum: &self.sum,
            sum_of_quadrature: &self.sum_of_quadrature,
            count: &self.count,
            squares: &mut self.squares,
            stack: &mut self.first,
        });
        boxes.sum(&self.first, half_window, half_window, &mut self.ratio);
        boxes.sum(&self.squares, half_window, half_window, &mut self.second);
        dispatch(Ratio { ratio: &mut self.ratio, energy: &self.second });
    }

    /// The mean similarity of the trace at `middle` and each other, into `ratio`, with the number of traces
    /// in `count`.
    pub fn similarity(
        &mut self,
        block: &Block,
        middle: (usize, usize),
        neighbours: &[(usize, usize)],
        half_window: usize,
        boxes: &mut BoxSum,
    ) {
        self.clear();
        let Some(a) = block.trace(middle.0, middle.1) else { return };
        // `sum` gathers similarities, `count` traces that have one at the sample.
        for b in neighbours.iter().filter(|n| **n != middle).filter_map(|(i, j)| block.trace(*i, *j)) {
            dispatch(Pair {
                a: a.samples,
                b: b.samples,
                apart: &mut self.apart,
                of_a: &mut self.of_a,
                of_b: &mut self.of_b,
            });
            boxes.sum(&self.apart, half_window, half_window, &mut self.first);
            boxes.sum(&self.of_a, half_window, half_window, &mut self.second);
            boxes.sum(&self.of_b, half_window, half_window, &mut self.squares);
            let windows = self.first.iter().zip(&self.second).zip(&self.squares);
            let into = self.sum.iter_mut().zip(&mut self.count);
            for (((sum, count), ((apart, of_a), of_b)), b) in into.zip(windows).zip(b.samples) {
                let lengths = of_a.sqrt() + of_b.sqrt();
                if lengths > 0.0 && b.is_finite() {
                    *sum += (1.0 - apart.sqrt() / lengths).max(0.0);
                    *count += 1.0;
                }
            }
        }
        for ((ratio, sum), count) in self.ratio.iter_mut().zip(&self.sum).zip(&mut self.count) {
            *ratio = sum / *count;
            // The trace itself.
            *count += 1.0;
        }
    }
}

struct Add<'a> {
    samples: &'a [f32],
    sum: &'a mut [f64],
    squares: &'a mut [f64],
    count: &'a mut [f64],
}

impl Kernel for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Add { samples, sum, squares, count } = self;
        for (((v, sum), square), count) in samples.iter().zip(sum).zip(squares).zip(count) {
            let reading = v.abs() < f32::INFINITY;
            let v = f64::from(if reading { *v } else { 0.0 });
            *sum += v;
            *square = S::mul_add(v, v, *square);
            *count += if reading { 1.0 } else { 0.0 };
        }
    }
}

struct AddBoth<'a> {
    add: Add<'a>,
    quadrature: &'a [f32],
    sum_of_quadrature: &'a mut [f64],
}

impl Kernel for AddBoth<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Add { samples, sum, squares, count } = self.add;
        let sums = sum.iter_mut().zip(self.sum_of_quadrature).zip(squares).zip(count);
        for ((v, q), (((sum, sum_q), square), count)) in samples.iter().zip(self.quadrature).zip(sums) {
            let reading = v.abs() < f32::INFINITY && q.abs() < f32::INFINITY;
            let (v, q) = if reading { (f64::from(*v), f64::from(*q)) } else { (0.0, 0.0) };
            *sum += v;
            *sum_q += q;
            *square = S::mul_add(v, v, S::mul_add(q, q, *square));
            *count += if reading { 1.0 } else { 0.0 };
        }
    }
}

/// The energy of the mean trace times the number of traces.
struct Stack<'a> {
    few: f64,
    sum: &'a [f64],
    sum_of_quadrature: &'a [f64],
    count: &'a [f64],
    squares: &'a mut [f64],
    stack: &'a mut [f64],
}

impl Kernel for Stack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let sums = self.sum.iter().zip(self.sum_of_quadrature).zip(self.count);
        for ((stack, square), ((u, q), count)) in self.stack.iter_mut().zip(self.squares).zip(sums) {
            let enough = *count >= self.few;
            let energy = (u * u + q * q) / count;
            *stack = if enough { energy } else { 0.0 };
            *square = if enough { *square } else { 0.0 };
        }
    }
}

/// The ratio of two energies, at most 1; NaN where there is none.
struct Ratio<'a> {
    ratio: &'a mut [f64],
    energy: &'a [f64],
}

impl Kernel for Ratio<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for (ratio, energy) in self.ratio.iter_mut().zip(self.energy) {
            let share = *ratio / energy;
            let share = if share > 1.0 { 1.0 } else { share };
            *ratio = if *energy > 0.0 { share } else { f64::NAN };
        }
    }
}

/// Squares of two traces and of their difference, 0 where one of them has no reading.
struct Pair<'a> {
    a: &'a [f32],
    b: &'a [f32],
    apart: &'a mut [f64],
    of_a: &'a mut [f64],
    of_b: &'a mut [f64],
}

impl Kernel for Pair<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let out = self.apart.iter_mut().zip(self.of_a).zip(self.of_b);
        for (((apart, of_a), of_b), (a, b)) in out.zip(self.a.iter().zip(self.b)) {
            let both = a.abs() < f32::INFINITY && b.abs() < f32::INFINITY;
            let (a, b) = if both { (f64::from(*a), f64::from(*b)) } else { (0.0, 0.0) };
            *apart = (a - b) * (a - b);
            *of_a = a * a;
            *of_b = b * b;
        }
    }
}
