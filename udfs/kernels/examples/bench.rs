//! Measures the kernels: `cargo run --release -p outcrop-kernels --example bench -- [CASE ...]`.
//!
//! Prints one line of JSON per case: CPU seconds (user and system, all threads; median of three),
//! wall seconds, and the root mean square error against the noise-free surface over the inner 94 %
//! of the map. CPU time is the one to compare on a machine that others use too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::time::Instant;

use outcrop_kernels::gridding::{Gridder, InverseDistance, Method};
use outcrop_kernels::kriging::{Search, ordinary_regular};
use outcrop_kernels::logs::resample::{ResampleMethod, regular_depths, resample};
use outcrop_kernels::logs::window::{Statistic, moving};
use outcrop_kernels::petrophysics::simandoux_sw;
use outcrop_kernels::seismic::attribute::{Attribute, AttributeOptions, TraceAttribute};
use outcrop_kernels::seismic::coherence::{Block, Coherence, CoherenceOptions, CoherenceRows, DipScan};
use outcrop_kernels::seismic::decomposition::{Decompose, Decomposition};
use outcrop_kernels::seismic::depth::Conversion;
use outcrop_kernels::seismic::filter::Bandpass;
use outcrop_kernels::seismic::horizon::{Window, window_amplitude};
use outcrop_kernels::seismic::interpolation::{Axis, Interpolation};
use outcrop_kernels::seismic::spectrum::SpectrumAverage;
use outcrop_kernels::seismic::statistics::{Distribution, SampleStatistics};
use outcrop_kernels::seismic::velocity::{Datum, VelocityModel};
use outcrop_kernels::surface::{SampleMethod, Surface};
use outcrop_kernels::variogram::{ExperimentalOptions, Model, Variogram, experimental};
use outcrop_kernels::{Points, RegularGrid, Silent};

const SIDE: f64 = 100.0;

struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Uniform numbers in [0, 1) with 53 bits.
fn uniform(seed: u64, n: usize) -> Vec<f64> {
    let mut state = SplitMix64(seed);
    (0..n).map(|_| (state.next() >> 11) as f64 / (1u64 << 53) as f64).collect()
}

/// Normal numbers by Box and Muller.
fn normal(seed: u64, n: usize) -> Vec<f64> {
    let (a, b) = (uniform(seed, n), uniform(seed + 1, n));
    a.iter().zip(&b).map(|(a, b)| (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()).collect()
}

/// The surface the points are drawn from: a plane, folds, a dome, a hollow and ripples.
fn truth(x: f64, y: f64) -> f64 {
    let bell = |cx: f64, cy: f64, width: f64| (-((x - cx).powi(2) + (y - cy).powi(2)) / width).exp();
    let folds = 40.0 * (x / 9.0).sin() * (y / 13.0).cos() + 4.0 * (0.9 * x + 0.35 * y).sin();
    1000.0 + 0.8 * x - 0.3 * y + folds + 60.0 * bell(30.0, 70.0, 128.0) - 45.0 * bell(65.0, 35.0, 72.0)
}

struct Data {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
}

impl Data {
    fn new(n: usize) -> Data {
        const SEED: u64 = 20_240_601;
        let scaled = |seed| uniform(seed, n).into_iter().map(|v| v * SIDE).collect::<Vec<f64>>();
        let (x, y, noise) = (scaled(SEED), scaled(SEED + 1000), normal(SEED + 2000, n));
        let z = (0..n).map(|i| truth(x[i], y[i]) + noise[i]).collect();
        Data { x, y, z }
    }

    fn points(&self) -> Points<'_> {
        Points { x: &self.x, y: &self.y, z: &self.z }
    }
}

/// CPU seconds of this process so far, from the counters Linux keeps in ticks of 10 ms or, where
/// the kernel offers it, in nanoseconds per thread.
fn cpu_seconds() -> f64 {
    let mut nanoseconds = 0u64;
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        nanoseconds += text.split(' ').next().and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
    }
    nanoseconds as f64 * 1e-9
}

fn rmse(grid: &RegularGrid, values: &[f64]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (at, v) in values.iter().enumerate() {
        let (x, y) = (grid.x(at % grid.nx), grid.y(at / grid.nx));
        if x > 3.0 && x < 97.0 && y > 3.0 && y < 97.0 && v.is_finite() {
            sum += (v - truth(x, y)).powi(2);
            count += 1.0;
        }
    }
    f64::sqrt(sum / count)
}

fn measure(case: &str, points: usize, grid: Option<RegularGrid>, mut run: impl FnMut() -> Vec<f64>) {
    let mut cpu = Vec::new();
    let mut wall = Vec::new();
    let mut values = Vec::new();
    for _ in 0..3 {
        let (c, w) = (cpu_seconds(), Instant::now());
        values = black_box(run());
        cpu.push(cpu_seconds() - c);
        wall.push(w.elapsed().as_secs_f64());
    }
    cpu.sort_by(f64::total_cmp);
    wall.sort_by(f64::total_cmp);
    let (nodes, error) = match grid {
        Some(g) => (g.nx, format!("{:.4}", rmse(&g, &values))),
        None => (0, "null".to_string()),
    };
    println!(
        "{{\"case\":\"{case}\",\"points\":{points},\"grid\":{nodes},\"cpu_s\":{:.4},\"wall_s\":{:.4},\"rmse\":{error}}}",
        cpu[1], wall[1]
    );
}

fn grid(nodes: usize) -> RegularGrid {
    let step = SIDE / (nodes as f64 - 1.0);
    RegularGrid { x0: 0.0, y0: 0.0, dx: step, dy: step, nx: nodes, ny: nodes }
}

/// Kernels of logs and maps over a million samples.
fn logs(wanted: &dyn Fn(&str) -> bool) {
    let n = 1_000_000;
    let md: Vec<f64> = (0..n).map(|i| 1000.0 + i as f64 * 0.1524).collect();
    let gr: Vec<f64> = uniform(11, n).iter().map(|u| 20.0 + 120.0 * u).collect();
    if wanted("moving_median") {
        measure("moving_median", n, None, || moving(&md, &gr, 100.5 * 0.1524, Statistic::Median).unwrap());
    }
    if wanted("moving_mean") {
        measure("moving_mean", n, None, || moving(&md, &gr, 100.5 * 0.1524, Statistic::Mean).unwrap());
    }
    if wanted("resample") {
        let at = regular_depths(md[0], md[n - 1], 0.1, false).unwrap();
        measure("resample", n, None, || resample(&md, &gr, &at, ResampleMethod::Linear, 0.1, None).unwrap());
    }
    if wanted("sample_grid") {
        let values: Vec<f64> =
            (0..1_000_000).map(|k| truth((k % 1000) as f64 / 10.0, (k / 1000) as f64 / 10.0)).collect();
        let surface = Surface::new(1000, 1000, &values).unwrap();
        let (i, j) = (uniform(12, n), uniform(13, n));
        measure("sample_grid", n, None, || {
            i.iter().zip(&j).map(|(i, j)| surface.sample(999.0 * i, 999.0 * j, SampleMethod::Bilinear)).collect()
        });
    }
    if wanted("simandoux") {
        measure("simandoux", n, None, || {
            gr.iter().map(|v| simandoux_sw(*v, 0.2, 0.05, v / 300.0, 3.0, 1.0, 2.0, 2.0)).collect()
        });
    }
}

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
fn seismic(wanted: &dyn Fn(&str) -> bool) {
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
            all.map(|(k, t)| window_amplitude(t, 200.0 + (k % 97) as f64 * 0.37, window, Interpolation::Sinc).rms)
                .collect()
        });
    }
    if wanted("to_depth") {
        let data = traces(many, samples);
        let model = VelocityModel::linear(1800.0, 0.6, Datum::default()).unwrap();
        let (time, depth) =
            (Axis { start: 0.0, step: interval, count: samples }, Axis { start: 0.0, step: 5.0, count: samples });
        let conversion = Conversion::to_depth(&model, time, depth, Interpolation::Sinc).unwrap();
        measure("to_depth", many, None, || {
            each_trace(&data, samples, samples, |trace, out| conversion.apply(trace, out).unwrap())
        });
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

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |case: &str| asked.is_empty() || asked.iter().any(|a| a == case);
    let model = Variogram { model: Model::Spherical, nugget: 1.0, psill: 2500.0, range: 25.0, anisotropy: None };
    let krige = |case: &str, n: usize, nodes: usize, search: &Search, variogram: &Variogram| {
        if wanted(case) {
            let (data, g) = (Data::new(n), grid(nodes));
            measure(case, n, Some(g), || {
                ordinary_regular(data.points(), &g, variogram, search, &Silent).unwrap().estimate
            });
        }
    };
    krige("krige16", 100_000, 1000, &Search::nearest(16), &model);
    krige("krige16_sparse", 1_000, 1000, &Search::nearest(16), &model);
    krige(
        "krige16_exponential",
        100_000,
        1000,
        &Search::nearest(16),
        &Variogram { model: Model::Exponential, ..model },
    );
    krige("krige32", 100_000, 1000, &Search::nearest(32), &model);
    krige("krige_global", 1_000, 200, &Search::global(), &model);
    krige("krige_global_exponential", 1_000, 200, &Search::global(), &Variogram { model: Model::Exponential, ..model });
    if wanted("variogram") {
        let data = Data::new(10_000);
        let options = ExperimentalOptions::omnidirectional(1.0, 30.0);
        measure("variogram", 10_000, None, || {
            let bins = experimental(&data.x, &data.y, &data.z, &options, &Silent).unwrap();
            bins.iter().map(|b| b.gamma).collect()
        });
    }
    logs(&wanted);
    seismic(&wanted);
    let (many, map) = (100_000, grid(1000));
    let methods = [
        ("idw", Method::InverseDistance(InverseDistance::default())),
        ("nearest", Method::Nearest),
        ("tin", Method::Tin),
    ];
    for (name, method) in methods.into_iter().filter(|(name, _)| wanted(name)) {
        let data = Data::new(many);
        measure(name, many, Some(map), || {
            Gridder::new(data.points(), method).unwrap().grid(&map, &Silent).unwrap().value
        });
    }
}
