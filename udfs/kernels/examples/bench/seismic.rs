//! Kernels of seismic traces.

use std::hint::black_box;

use outcrop_kernels::seismic::attribute::{Attribute, AttributeOptions, TraceAttribute};
use outcrop_kernels::seismic::coherence::{Block, Coherence, CoherenceOptions, CoherenceRows, DipScan};
use outcrop_kernels::seismic::decomposition::{Decompose, Decomposition};
use outcrop_kernels::seismic::depth::Conversion;
use outcrop_kernels::seismic::filter::Bandpass;
use outcrop_kernels::seismic::horizon::{Window, window_amplitude};
use outcrop_kernels::seismic::interpolation::{Axis, Interpolation};
use outcrop_kernels::seismic::poststack::{Background, Damping, PostStack};
use outcrop_kernels::seismic::spectrum::SpectrumAverage;
use outcrop_kernels::seismic::statistics::{Distribution, SampleStatistics};
use outcrop_kernels::seismic::synthetic::{convolve, synthetic};
use outcrop_kernels::seismic::time_depth::integrate_sonic;
use outcrop_kernels::seismic::velocity::{Datum, VelocityModel};
use outcrop_kernels::seismic::wavelet::{Wavelet, deterministic, ricker};

use outcrop_kernels::Silent;

use super::{measure, normal, uniform};

/// `n` traces of `samples` samples: noise with a Ricker wavelet's spectrum would be no slower, so plain noise.
fn traces(n: usize, samples: usize) -> Vec<f32> {
    uniform(21, n * samples).iter().map(|u| (u - 0.5) as f32).collect()
}

/// Runs `apply` over every trace into one buffer, and gives a few numbers of the last.
fn each_trace(all: &[f32], samples: usize, out: usize, mut apply: impl FnMut(&[f32], &mut [f32])) -> Vec<f64> {
    let mut buffer = vec![0.0; out];
    for trace in all.chunks_exact(samples) {
        apply(trace, &mut buffer);
        black_box(&buffer);
    }
    buffer.iter().take(4).map(|v| f64::from(*v)).collect()
}

/// Kernels of seismic traces, one thread; `points` are traces, so `points / cpu_s` is traces a second.
pub(super) fn cases(wanted: &dyn Fn(&str) -> bool) {
    let (many, samples, interval) = (160_000, 500, 0.004);
    let options = AttributeOptions::default();
    for attribute in Attribute::ALL {
        if wanted(attribute.name()) {
            let data = traces(many, samples);
            let mut work = TraceAttribute::new(attribute, samples, interval, options).unwrap();
            measure(attribute.name(), many, None, || {
                each_trace(&data, samples, samples, |trace, out| work.compute(trace, out).unwrap())
            });
        }
    }
    if wanted("bandpass") {
        let data = traces(many, samples);
        let mut filter = Bandpass::new(samples, interval, [5.0, 10.0, 60.0, 80.0]).unwrap();
        measure("bandpass", many, None, || {
            each_trace(&data, samples, samples, |trace, out| filter.apply(trace, out).unwrap())
        });
    }
    let five = [10.0, 20.0, 30.0, 40.0, 50.0];
    for (case, method) in [
        ("stft_5_frequencies", Decompose::ShortTime { deviation: 0.03 }),
        ("morlet_5_frequencies", Decompose::Morlet { omega0: 6.0 }),
    ] {
        if wanted(case) {
            let data = traces(many / 4, samples);
            let mut work = Decomposition::new(samples, interval, &five, method).unwrap();
            measure(case, many / 4, None, || {
                each_trace(&data, samples, 5 * samples, |trace, out| work.apply(trace, out).unwrap())
            });
        }
    }
    if wanted("average_spectrum") {
        let data = traces(many, samples);
        measure("average_spectrum", many, None, || {
            let mut sums = SpectrumAverage::new(samples, interval, 0.0).unwrap();
            data.chunks_exact(samples).for_each(|trace| sums.add(trace).unwrap());
            sums.spectrum().amplitude
        });
    }
    if wanted("horizon_window") {
        let data = traces(many, samples);
        let window = Window::new(5.0, 5.0).unwrap();
        measure("horizon_window", many, None, || {
            let all = data.chunks_exact(samples).enumerate();
            all.map(|(k, t)| window_amplitude(t, 200.0 + (k % 97) as f64 * 0.37, window, None).rms).collect()
        });
    }
    for (case, between) in [("to_depth", Interpolation::Sinc), ("to_depth_linear", Interpolation::Linear)] {
        if wanted(case) {
            let data = traces(many, samples);
            let model = VelocityModel::linear(1800.0, 0.6, Datum::default()).unwrap();
            let (time, depth) =
                (Axis { start: 0.0, step: interval, count: samples }, Axis { start: 0.0, step: 5.0, count: samples });
            let conversion = Conversion::to_depth(&model, time, depth, between).unwrap();
            measure(case, many, None, || {
                each_trace(&data, samples, samples, |trace, out| conversion.apply(trace, out).unwrap())
            });
        }
    }
    if wanted("sample_statistics") {
        let data = traces(many, samples);
        measure("sample_statistics", many, None, || {
            let (mut statistics, mut distribution) = (SampleStatistics::default(), Distribution::default());
            for trace in data.chunks_exact(samples) {
                statistics.add(trace);
                distribution.add(trace);
            }
            vec![statistics.rms(), f64::from(distribution.clip(99.0).unwrap())]
        });
    }
    let (nx, ny) = (100, 100);
    let scan = Some(DipScan { most_x: 1.0, most_y: 1.0, step: 0.5 });
    for (case, measured, dip) in [
        ("semblance_3x3x11", Coherence::Semblance, None),
        ("semblance_3x3x11_25_dips", Coherence::Semblance, scan),
        ("similarity_3x3x11", Coherence::Similarity, None),
        ("eigenstructure_3x3x11", Coherence::Eigenstructure, None),
    ] {
        if wanted(case) {
            let data = traces(nx * ny, samples);
            let block = Block { nx, ny, ns: samples, samples: &data, quadrature: None, mask: None };
            let options = CoherenceOptions { measure: measured, dip, ..CoherenceOptions::default() };
            let mut rows = CoherenceRows::new(options, samples).unwrap();
            let mut out = vec![0.0; ny * samples];
            measure(case, nx * ny, None, || {
                for i in 0..nx {
                    rows.row(&block, i, &mut out).unwrap();
                    black_box(&out);
                }
                vec![f64::from(out[0])]
            });
        }
    }
}

/// Wells and traces together: synthetics and wavelets.
pub(super) fn ties(wanted: &dyn Fn(&str) -> bool) {
    let n = 1_000_000;
    if wanted("synthetic") {
        let depth: Vec<f64> = (0..n).map(|i| 1000.0 + f64::from(i) * 0.005).collect();
        let slowness: Vec<f64> = uniform(31, depth.len()).iter().map(|u| 2e-4 + 2e-4 * u).collect();
        let density: Vec<f64> = uniform(32, depth.len()).iter().map(|u| 2.0 + 0.7 * u).collect();
        let wavelet = Wavelet::ricker(25.0, 0.002).unwrap();
        measure("synthetic", depth.len(), None, || {
            let table = integrate_sonic(&depth, &slowness, (depth[0], 0.9)).unwrap();
            let axis = Axis::covering(0.9, table.times()[table.times().len() - 1], 0.002).unwrap();
            synthetic(&depth, &slowness, &density, &table, &wavelet, axis).unwrap().trace
        });
    }
    if wanted("convolve") {
        let (reflectivity, wavelet) = (normal(33, 1_000_000), Wavelet::ricker(25.0, 0.002).unwrap());
        measure("convolve", reflectivity.len(), None, || convolve(&reflectivity, wavelet.samples()).unwrap());
    }
    if wanted("wavelet_fit") {
        let reflectivity = normal(34, 4000);
        let trace = convolve(&reflectivity, Wavelet::ricker(25.0, 0.002).unwrap().samples()).unwrap();
        measure("wavelet_fit", 4000, None, || {
            let fit = || deterministic(&reflectivity, &trace, 60, 0.01, 0.002).unwrap().wavelet.samples().to_vec();
            (0..10).fold(None, |_, _| Some(black_box(fit()))).unwrap()
        });
    }
}

/// Logarithms of impedance of one trace of the peers' cube, and their mean over 81 samples: folded layers.
fn layered(tops: &[f64], ln: &[f64], inline: usize, crossline: usize, samples: usize) -> (Vec<f64>, Vec<f64>) {
    let fold = 12.0 * (inline as f64 / 31.0).sin() * (crossline as f64 / 43.0).cos();
    let layer = |t: f64| ln[tops.partition_point(|top| *top < t).min(ln.len() - 1)];
    let model: Vec<f64> = (0..samples).map(|t| layer(t as f64 + fold)).collect();
    let at = |k: i64| model[k.clamp(0, samples as i64 - 1) as usize];
    let mean = |k: usize| (k as i64 - 40..=k as i64 + 40).map(at).sum::<f64>() / 81.0;
    let background = (0..samples).map(mean).collect();
    (model, background)
}

/// Inversion of the peers' cube of 200 x 200 traces; beside the time it prints the error of the logarithms of impedance.
pub(super) fn inversions(wanted: &dyn Fn(&str) -> bool) {
    if !wanted("invert_poststack") {
        return;
    }
    let (lines, samples, layers) = (200, 500, 60);
    let mut tops: Vec<f64> = uniform(7, layers).iter().map(|u| 4.0 + 9.0 * u).collect();
    (1..layers).for_each(|k| tops[k] += tops[k - 1]);
    let stretch = samples as f64 / tops[layers - 1];
    tops.iter_mut().for_each(|top| *top *= stretch);
    let ln: Vec<f64> = tops.iter().zip(normal(17, layers)).map(|(t, n)| 6000f64.ln() + 0.0006 * t + 0.08 * n).collect();
    // The peers' difference over two samples is not halved, which is a wavelet of twice the amplitude.
    let wavelet = Wavelet::sampled(0.06, 0.002, |t| 2.0 * ricker(t, 25.0)).unwrap();
    let modelling = PostStack::new(&wavelet, samples, Damping::Absolute(0.01)).unwrap();
    let noise = normal(99, lines * lines * samples);
    let (mut model, mut background, mut traces) = (Vec::new(), Vec::new(), Vec::new());
    for trace in 0..lines * lines {
        let (m, m0) = layered(&tops, &ln, trace / lines, trace % lines, samples);
        let data = modelling.predict(&m).unwrap();
        traces.extend(data.iter().enumerate().map(|(t, d)| (d + 0.005 * noise[t * lines * lines + trace]) as f32));
        background.extend(m0.iter().map(|m| m.exp() as f32));
        model.extend(m.iter().map(|m| *m as f32));
    }
    drop(noise);
    let mut out = vec![0f32; traces.len()];
    measure("invert_poststack", lines * lines, None, || {
        let inversion = PostStack::new(&wavelet, samples, Damping::Absolute(0.01)).unwrap();
        inversion.invert(&traces, Background::Each(&background), &mut out, &Silent).unwrap();
        Vec::new()
    });
    let error = |z: &[f32]| {
        let squares = z.iter().zip(&model).map(|(z, m)| (f64::from(z.ln()) - f64::from(*m)).powi(2));
        (squares.sum::<f64>() / model.len() as f64).sqrt()
    };
    println!(
        "{{\"case\":\"invert_poststack error\",\"rmse_ln\":{:.5},\"rmse_ln_background\":{:.5}}}",
        error(&out),
        error(&background)
    );
}
