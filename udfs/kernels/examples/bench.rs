//! Measures the kernels: `cargo run --release -p outcrop-kernels --example bench -- [CASE ...]`.
//!
//! Prints one line of JSON per case: CPU seconds (user and system, all threads; median of three),
//! wall seconds, and the root mean square error against the noise-free surface over the inner 94 %
//! of the map. CPU time is the one to compare on a machine that others use too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::time::Instant;

use outcrop_kernels::{Points, RegularGrid};

#[path = "bench/logs.rs"]
mod logs;
#[path = "bench/maps.rs"]
mod maps;
#[path = "bench/seismic.rs"]
mod seismic;

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

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |case: &str| asked.is_empty() || asked.iter().any(|a| a == case);
    maps::cases(&wanted);
    logs::cases(&wanted);
    seismic::cases(&wanted);
    seismic::ties(&wanted);
    seismic::inversions(&wanted);
}
