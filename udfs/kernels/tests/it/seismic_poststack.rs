//! Post-stack inversion against the reference case, and at the edges of its input.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use outcrop_kernels::seismic::poststack::{Background, Damping, Inversion, PostStack};
use outcrop_kernels::seismic::wavelet::Wavelet;
use outcrop_kernels::{KernelError, Monitor, Result, Silent};

use crate::reference::{assert_close, load, number, numbers};

#[test]
fn the_reference_case() {
    let Some(case) = load("poststack.json") else { return };
    let [wavelet, model, background, data, inverted] =
        ["wavelet", "model", "background", "data", "inverted"].map(|name| numbers(&case[name]));
    // The difference m[k+1] - m[k-1] spans two samples and is not halved in the reference: its wavelet is half of ours.
    let wavelet = Wavelet::new(wavelet.iter().map(|w| 2.0 * w).collect(), 0.002).unwrap();
    let eps = number(&case["eps"]);
    let found = PostStack::new(&wavelet, model.len(), Damping::Absolute(eps)).unwrap();
    assert_close(&found.predict(&model).unwrap(), &data, 1e-14);
    // The operator, column by column.
    for (j, _) in model.iter().enumerate() {
        let unit: Vec<f64> = (0..model.len()).map(|k| f64::from(u8::from(k == j))).collect();
        let column: Vec<f64> = case["operator"].as_array().unwrap().iter().map(|row| number(&row[j])).collect();
        assert_close(&found.predict(&unit).unwrap(), &column, 1e-15);
    }
    assert_close(&found.solve(&data, &background).unwrap(), &inverted, 2e-13);
    // The same of many traces as floats; seventeen are a whole stripe and one more.
    let many = |values: &[f64]| values.iter().map(|v| *v as f32).collect::<Vec<_>>().repeat(17);
    let impedance: Vec<f64> = background.iter().map(|m| m.exp()).collect();
    let mut out = vec![0.0; 17 * model.len()];
    let report = found.invert(&many(&data), Background::Each(&many(&impedance)), &mut out, &Silent).unwrap();
    for trace in out.chunks_exact(model.len()) {
        let logarithms: Vec<f64> = trace.iter().map(|z| f64::from(*z).ln()).collect();
        assert_close(&logarithms, &inverted, 1e-6);
    }
    assert_eq!((report.inverted, report.compared), (17, 17 * 40 - 40));
}

/// Layers of impedance, their logarithms' moving mean, and the trace that they give.
struct Layers {
    model: Vec<f64>,
    background: Vec<f64>,
    trace: Vec<f64>,
}

fn layers(inversion: &PostStack, seed: u64) -> Layers {
    let n = inversion.samples();
    let mut state = seed;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31)
    };
    let mut model = Vec::new();
    while model.len() < n {
        let (thickness, z) =
            (4 + (9.0 * random()) as usize, 8.7 + 0.0006 * model.len() as f64 + 0.2 * (random() - 0.5));
        model.extend(std::iter::repeat_n(z, thickness));
    }
    model.truncate(n);
    let mean = |k: usize| {
        let window = &model[k.saturating_sub(40)..n.min(k + 41)];
        window.iter().sum::<f64>() / window.len() as f64
    };
    let background = (0..n).map(mean).collect();
    let trace = inversion.predict(&model).unwrap();
    Layers { model, background, trace }
}

fn floats(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}

fn impedance(logarithms: &[f64]) -> Vec<f32> {
    logarithms.iter().map(|m| m.exp() as f32).collect()
}

fn rms(a: &[f64], b: &[f64]) -> f64 {
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

fn damped(samples: usize, damping: Damping) -> PostStack {
    PostStack::new(&Wavelet::ricker(25.0, 0.002).unwrap(), samples, damping).unwrap()
}

#[test]
fn the_solution_satisfies_the_normal_equations() {
    // Lengths around those of a block of rows, of the wavelet, and below its half.
    for n in [3, 7, 8, 9, 20, 51, 64, 65, 203, 500] {
        let inversion = damped(n, Damping::Absolute(0.01));
        let Layers { background, trace, .. } = layers(&inversion, 7);
        let found = inversion.solve(&trace, &background).unwrap();
        let predicted = inversion.predict(&found).unwrap();
        let residual: Vec<f64> = trace.iter().zip(&predicted).map(|(d, p)| d - p).collect();
        for j in 0..n {
            // Column j of G times the residual is eps times the change.
            let unit: Vec<f64> = (0..n).map(|k| f64::from(u8::from(k == j))).collect();
            let column = inversion.predict(&unit).unwrap();
            let gradient: f64 = column.iter().zip(&residual).map(|(g, r)| g * r).sum();
            let change = inversion.eps() * (found[j] - background[j]);
            assert!((gradient - change).abs() < 1e-12, "{n} {j}: {gradient} {change}");
        }
    }
}

#[test]
fn layers_come_back() {
    let inversion = damped(500, Damping::Relative(0.001));
    let Layers { model, background, trace } = layers(&inversion, 3);
    let found = inversion.solve(&trace, &background).unwrap();
    let (before, after) = (rms(&background, &model), rms(&found, &model));
    assert!(after < 0.45 * before, "{before} {after}");
    // What the data do not see is left as it was: their own prediction changes nothing.
    let same = inversion.solve(&inversion.predict(&background).unwrap(), &background).unwrap();
    assert_close(&same, &background, 1e-12);
    // A relative damping does not depend on the scale of the amplitudes, nor on that of the impedance.
    let loud =
        Wavelet::new(Wavelet::ricker(25.0, 0.002).unwrap().samples().iter().map(|w| 1e4 * w).collect(), 0.002).unwrap();
    let loud = PostStack::new(&loud, 500, Damping::Relative(0.001)).unwrap();
    let trace: Vec<f64> = trace.iter().map(|d| 1e4 * d).collect();
    assert_close(&loud.solve(&trace, &background).unwrap(), &found, 1e-11);
    let shifted: Vec<f64> = background.iter().map(|m| m + 5.0).collect();
    let expected: Vec<f64> = found.iter().map(|m| m + 5.0).collect();
    assert_close(&loud.solve(&trace, &shifted).unwrap(), &expected, 1e-11);
}

#[derive(Default)]
struct Counter {
    done: AtomicU64,
    /// Says stop once so many are done.
    most: Option<u64>,
}

impl Monitor for Counter {
    fn cancelled(&self) -> bool {
        self.most.is_some_and(|most| self.done.load(Relaxed) >= most)
    }
    fn set_total(&self, _: u64) {}
    fn advance(&self, units: u64) {
        self.done.fetch_add(units, Relaxed);
    }
}

#[test]
fn many_traces_are_each_alone_and_gaps_are_seen() {
    let n = 203;
    let inversion = damped(n, Damping::Relative(0.01));
    let all: Vec<Layers> = (0..41).map(|k| layers(&inversion, k)).collect();
    let mut traces: Vec<f32> = all.iter().flat_map(|l| floats(&l.trace)).collect();
    let mut background: Vec<f32> = all.iter().flat_map(|l| impedance(&l.background)).collect();
    let invert = |traces: &[f32], background: Background<'_>, monitor: &dyn Monitor| -> Result<(Vec<f32>, Inversion)> {
        let mut out = vec![0.0; traces.len()];
        let found = inversion.invert(traces, background, &mut out, monitor)?;
        Ok((out, found))
    };
    let counter = Counter::default();
    let (whole, found) = invert(&traces, Background::Each(&background), &counter).unwrap();
    assert_eq!((found.inverted, found.dead, found.incomplete, found.without_background), (41, 0, 0, 0));
    assert_eq!(counter.done.load(Relaxed), 41);
    assert!(found.residual_energy < 0.02 * found.energy && found.change > 0.0, "{found:?}");
    for (l, out) in all.iter().zip(whole.chunks_exact(n)) {
        let alone = inversion.solve(&l.trace, &l.background).unwrap();
        let out: Vec<f64> = out.iter().map(|z| f64::from(*z).ln()).collect();
        assert_close(&out, &alone, 1e-6);
    }
    // A background for all is that of each.
    let shared = impedance(&all[0].background);
    let (a, _) = invert(&traces, Background::Shared(&shared), &Silent).unwrap();
    let (b, _) = invert(&traces, Background::Each(&shared.repeat(41)), &Silent).unwrap();
    assert_eq!(a, b);

    // Dead, without background, without some samples, and with a hole in the background: the others stay as they were.
    traces[2 * n..3 * n].fill(0.0);
    background[3 * n..4 * n].fill(f32::NAN);
    traces[20 * n..20 * n + 50].fill(f32::NAN);
    background[21 * n + 100..21 * n + 110].fill(0.0);
    let (holes, found) = invert(&traces, Background::Each(&background), &Silent).unwrap();
    assert_eq!((found.inverted, found.dead, found.incomplete, found.without_background), (39, 1, 2, 1));
    for (k, (before, after)) in whole.chunks_exact(n).zip(holes.chunks_exact(n)).enumerate() {
        let missing = |j: usize| match k {
            2 | 3 => true,
            20 => j < 50,
            21 => (100..110).contains(&j),
            _ => false,
        };
        for (j, (a, b)) in before.iter().zip(after).enumerate() {
            assert_eq!(b.is_nan(), missing(j), "trace {k} sample {j}");
            let near = match k {
                20 => j < 50 + 60,
                21 => (100 - 60..110 + 60).contains(&j),
                _ => false,
            };
            // Far from the gap nothing changes, and near it nothing breaks.
            let most = if near {
                0.3
            } else if k == 20 || k == 21 {
                1e-2
            } else {
                0.0
            };
            assert!(missing(j) || (a / b - 1.0).abs() <= most, "trace {k} sample {j}: {a} {b}");
        }
    }
}

#[test]
fn work_stops_when_it_is_cancelled() {
    let inversion = damped(100, Damping::Relative(0.01));
    let (traces, background) = (vec![1.0f32; 100 * 16_000], vec![5000.0f32; 100]);
    let counter = Counter { most: Some(100), ..Counter::default() };
    let mut out = vec![0.0; traces.len()];
    let stopped = inversion.invert(&traces, Background::Shared(&background), &mut out, &counter);
    assert_eq!(stopped, Err(KernelError::Cancelled));
    assert!(counter.done.load(Relaxed) < 1000);
}

#[test]
fn what_can_not_be_is_said() {
    let wavelet = Wavelet::ricker(25.0, 0.002).unwrap();
    let wrong =
        |wavelet: &Wavelet, samples, damping| PostStack::new(wavelet, samples, damping).unwrap_err().to_string();
    let silent = Wavelet::new(vec![0.0; 3], 0.002).unwrap();
    assert!(wrong(&silent, 100, Damping::Relative(0.1)).contains("all zeros"));
    assert!(wrong(&wavelet, 2, Damping::Relative(0.1)).contains("three or more"));
    for damping in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(wrong(&wavelet, 100, Damping::Absolute(damping)).contains("above 0"), "{damping}");
    }
    assert!(wrong(&wavelet, 100, Damping::Relative(1e-18)).contains("too little"));
    let inversion = damped(100, Damping::Relative(0.01));
    let mut out = vec![0.0; 200];
    let lengths = inversion.invert(&[1.0; 150], Background::Shared(&[1.0; 100]), &mut out, &Silent);
    assert!(matches!(lengths, Err(KernelError::LengthMismatch { what: "traces", .. })));
    let lengths = inversion.invert(&[1.0; 200], Background::Each(&[1.0; 100]), &mut out, &Silent);
    assert!(matches!(lengths, Err(KernelError::LengthMismatch { what: "background", .. })));
    // Amplitudes of thousands with a wavelet of 1 are contrasts that no rock has.
    let loud: Vec<f32> = (0..200).map(|k| 1e6 * (k as f32 * 0.4).sin()).collect();
    let found = inversion.invert(&loud, Background::Shared(&[5000.0; 100]), &mut out, &Silent).unwrap();
    assert_eq!(found.out_of_range, 2);
    assert!(out.iter().all(|z| z.is_nan() || (*z > 0.0 && z.is_finite())));
}
