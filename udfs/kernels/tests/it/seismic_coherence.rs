//! Coherence against bruges 0.5.4 and sums in numpy. `block` is
//! `(5 i + 3 j j + 7 t t + 2 t i + t j) % 17 - 8` for 4 by 3 traces of 12 samples.

use outcrop_kernels::seismic::analytic::Analytic;
use outcrop_kernels::seismic::coherence::{Block, Coherence, CoherenceOptions, CoherenceRows, DipScan};
use outcrop_kernels::seismic::wavelet::ricker;

use crate::data::uniform;

fn samples() -> Vec<f32> {
    let mut all = Vec::new();
    for i in 0..4i32 {
        for j in 0..3 {
            all.extend((0..12).map(|t| ((i * 5 + j * j * 3 + t * t * 7 + t * i * 2 + t * j) % 17 - 8) as f32));
        }
    }
    all
}

fn all_rows(block: &Block, options: CoherenceOptions) -> Vec<f32> {
    let mut rows = CoherenceRows::new(options, block.ns).unwrap();
    let mut out = vec![9.0; block.samples.len()];
    for (i, out) in out.chunks_mut(block.ny * block.ns).enumerate() {
        rows.row(block, i, out).unwrap();
    }
    out
}

fn options(measure: Coherence, half_window: usize) -> CoherenceOptions {
    CoherenceOptions { measure, half_window, ..CoherenceOptions::default() }
}

#[track_caller]
fn at(found: &[f32], (i, j, t): (usize, usize, usize), expected: f64) {
    let v = f64::from(found[(i * 3 + j) * 12 + t]);
    assert!((v - expected).abs() < 1e-6, "({i}, {j}, {t}): found {v}, expected {expected}");
}

/// `bruges.attribute.discontinuity.marfurt` and `gersztenkorn` of the part of the block in the window.
#[test]
fn semblance_and_eigenstructure_agree_with_bruges() {
    let data = samples();
    let block = Block { nx: 4, ny: 3, ns: 12, samples: &data, quadrature: None, mask: None };
    let semblance = all_rows(&block, options(Coherence::Semblance, 2));
    let variance = all_rows(&block, options(Coherence::Variance, 2));
    let eigen = all_rows(&block, options(Coherence::Eigenstructure, 2));
    for (place, marfurt, gersztenkorn) in [
        ((1, 1, 5), 0.04829931973, 0.4431717878),
        ((2, 1, 0), 0.07609860665, 0.4911297497),
        ((0, 0, 11), 0.08333333333, 0.5383847017),
        ((3, 2, 6), 0.3713333333, 0.6692368675),
    ] {
        at(&semblance, place, marfurt);
        at(&variance, place, 1.0 - marfurt);
        at(&eigen, place, gersztenkorn);
    }
    // 1 - |a - b| / (|a| + |b|) in numpy.
    let similarity = all_rows(&block, options(Coherence::Similarity, 2));
    at(&similarity, (1, 1, 5), 0.2993066563);
    at(&similarity, (0, 0, 11), 0.1492754962);
    // With quadratures, from scipy.signal.hilbert with zeros behind.
    let mut analytic = Analytic::new(12).unwrap();
    let mut quadrature = vec![0.0; data.len()];
    for (q, trace) in quadrature.chunks_mut(12).zip(data.chunks(12)) {
        analytic.quadrature(trace, q).unwrap();
    }
    let both = all_rows(&Block { quadrature: Some(&quadrature), ..block }, options(Coherence::Semblance, 2));
    at(&both, (1, 1, 5), 0.052598135);
    at(&both, (0, 0, 11), 0.110353577);
}

/// A missing trace and a missing sample are left out: `sum_t (sum u)^2 / c(t) / sum u^2` in numpy with nansum.
#[test]
fn holes_are_left_out() {
    let mut data = samples();
    data[12..24].fill(1e30);
    data[(2 * 3 + 2) * 12 + 5] = f32::NAN;
    let mut mask = vec![true; 12];
    mask[1] = false;
    let block = Block { nx: 4, ny: 3, ns: 12, samples: &data, quadrature: None, mask: Some(&mask) };
    let found = all_rows(&block, options(Coherence::Semblance, 2));
    at(&found, (1, 1, 5), 0.03377185238);
    at(&found, (1, 1, 9), 0.05158168083);
    at(&found, (2, 2, 6), 0.1108655617);
    for measure in Coherence::ALL {
        let found = all_rows(&block, options(measure, 2));
        assert!(found[12..24].iter().all(|v| v.is_nan()), "{measure:?}");
        assert!(found[(2 * 3 + 2) * 12 + 5].is_nan());
        let rest = found.iter().enumerate().filter(|(k, _)| !(12..24).contains(k) && *k != 101);
        assert!(rest.clone().all(|(_, v)| (0.0..=1.0).contains(v)), "{measure:?}");
    }
    // The eigenstructure leaves the trace out where the gap is in the window: as if it were masked.
    let eigen = all_rows(&block, options(Coherence::Eigenstructure, 2));
    let mut fewer = mask.clone();
    fewer[8] = false;
    let masked = all_rows(&Block { mask: Some(&fewer), ..block }, options(Coherence::Eigenstructure, 2));
    let k = (3 * 3 + 1) * 12 + 4;
    assert!((eigen[k] - masked[k]).abs() < 1e-6);
    // Fewer traces than asked for.
    let few = CoherenceOptions { minimum_traces: 6, ..options(Coherence::Semblance, 2) };
    let found = all_rows(&block, few);
    assert!(found[..12].iter().all(|v| v.is_nan()) && found[(3 + 1) * 12].is_finite());
    let alone = Block { nx: 1, ny: 1, ns: 12, samples: &data[..12], quadrature: None, mask: None };
    for measure in Coherence::ALL {
        assert!(all_rows(&alone, options(measure, 2)).iter().all(|v| v.is_nan()), "{measure:?}");
    }
}

#[test]
fn equal_traces_are_coherent_and_noise_is_not() {
    let (nx, ny, ns) = (6, 6, 200);
    let one: Vec<f32> = uniform(5, ns).iter().map(|u| (u - 0.5) as f32).collect();
    let same: Vec<f32> = one.iter().copied().cycle().take(nx * ny * ns).collect();
    let block = Block { nx, ny, ns, samples: &same, quadrature: None, mask: None };
    for (measure, expected) in Coherence::ALL.into_iter().zip([1.0, 0.0, 1.0, 1.0]) {
        let found = all_rows(&block, options(measure, 5));
        assert!(found.iter().all(|v| (v - expected).abs() < 1e-6), "{measure:?}");
    }
    // One waveform at different amplitudes: only the eigenstructure does not mind.
    let scaled: Vec<f32> = same.iter().enumerate().map(|(k, v)| v * (1 + k / ns % 3) as f32).collect();
    let block = Block { samples: &scaled, ..block };
    assert!(all_rows(&block, options(Coherence::Eigenstructure, 5)).iter().all(|v| *v > 0.999_999));
    assert!(all_rows(&block, options(Coherence::Semblance, 5)).iter().all(|v| *v < 0.98));
    // Noise: 1 / 9 on average over inner traces.
    let noise: Vec<f32> = uniform(6, nx * ny * ns).iter().map(|u| (u - 0.5) as f32).collect();
    let found = all_rows(&Block { samples: &noise, ..block }, options(Coherence::Semblance, 5));
    let inner: Vec<f64> = (1..5)
        .flat_map(|i| (1..5).map(move |j| (i * ny + j) * ns))
        .flat_map(|k| found[k..k + ns].iter().map(|v| f64::from(*v)))
        .collect();
    let mean = inner.iter().sum::<f64>() / inner.len() as f64;
    assert!((mean - 1.0 / 9.0).abs() < 0.01, "{mean}");
    // All zeros: nothing to compare.
    let zeros = vec![0.0; nx * ny * ns];
    for measure in Coherence::ALL {
        let found = all_rows(&Block { samples: &zeros, ..block }, options(measure, 5));
        assert!(found.iter().all(|v| v.is_nan()), "{measure:?}");
    }
}

#[test]
fn dips_are_found() {
    let (nx, ny, ns) = (7, 6, 120);
    let event = |i: usize, j: usize, t: usize| {
        let centre = 60.0 + 1.5 * (i as f64 - 3.0) - 0.75 * (j as f64 - 2.0);
        ricker((t as f64 - centre) * 0.004, 25.0) as f32
    };
    let data: Vec<f32> = (0..nx * ny * ns).map(|k| event(k / ns / ny, k / ns % ny, k % ns)).collect();
    let block = Block { nx, ny, ns, samples: &data, quadrature: None, mask: None };
    let flat = all_rows(&block, options(Coherence::Semblance, 5));
    let scan = CoherenceOptions {
        dip: Some(DipScan { most_x: 2.0, most_y: 1.0, step: 0.25 }),
        ..options(Coherence::Semblance, 5)
    };
    let mut rows = CoherenceRows::new(scan, ns).unwrap();
    let (mut out, mut x, mut y) = (vec![0.0; ny * ns], vec![0.0; ny * ns], vec![0.0; ny * ns]);
    for i in [3, 0, 6] {
        rows.row_with_dips(&block, i, &mut out, &mut x, &mut y).unwrap();
        for j in 0..ny {
            let k = j * ns + (60.0 + 1.5 * (i as f64 - 3.0) - 0.75 * (j as f64 - 2.0)).round() as usize;
            assert!(out[k] > 0.999 && flat[i * ny * ns + k] < 0.9, "{i} {j}: {} {}", out[k], flat[i * ny * ns + k]);
            assert_eq!((x[k], y[k]), (1.5, -0.75), "{i} {j}");
        }
    }
    // Level traces are level.
    let level: Vec<f32> = (0..nx * ny * ns).map(|k| event(3, 2, k % ns)).collect();
    rows.row_with_dips(&Block { samples: &level, ..block }, 2, &mut out, &mut x, &mut y).unwrap();
    // (Far from the event the level windows hold zeros, and a dip that reaches it has the only energy.)
    for k in (0..ny).flat_map(|j| j * ns + 45..j * ns + 76) {
        assert!(out[k] > 0.999_999 && x[k] == 0.0 && y[k] == 0.0, "{k}: {} {} {}", out[k], x[k], y[k]);
    }
    let variance = CoherenceOptions { measure: Coherence::Variance, ..scan };
    CoherenceRows::new(variance, ns).unwrap().row(&block, 3, &mut out).unwrap();
    assert!(out[2 * ns + 60] < 1e-3);
    // Without a scan dips are 0.
    let mut plain = CoherenceRows::new(options(Coherence::Semblance, 5), ns).unwrap();
    plain.row_with_dips(&block, 3, &mut out, &mut x, &mut y).unwrap();
    assert!(x[2 * ns + 60] == 0.0 && y[2 * ns + 60] == 0.0);
}

#[test]
fn wrong_blocks_and_options() {
    let data = samples();
    let block = Block { nx: 4, ny: 3, ns: 12, samples: &data, quadrature: None, mask: None };
    assert!(Block { nx: 5, ..block }.check().is_err() && Block { mask: Some(&[true]), ..block }.check().is_err());
    assert!(Block { quadrature: Some(&data[1..]), ..block }.check().is_err());
    let make = |o: CoherenceOptions| CoherenceRows::new(o, 12);
    let base = CoherenceOptions::default();
    assert!(make(CoherenceOptions { half_x: 0, half_y: 0, ..base }).is_err());
    assert!(make(CoherenceOptions { minimum_traces: 1, ..base }).is_err());
    assert!(make(CoherenceOptions { minimum_traces: 10, ..base }).is_err());
    assert!(make(CoherenceOptions { measure: Coherence::Eigenstructure, half_x: 4, half_y: 4, ..base }).is_err());
    let dip = Some(DipScan { most_x: 1.0, most_y: 1.0, step: 0.5 });
    assert!(make(CoherenceOptions { measure: Coherence::Similarity, dip, ..base }).is_err());
    for (most, step) in [(1.0, 0.0), (-1.0, 1.0), (1.0, 1e-9), (60.0, 1.0)] {
        let dip = Some(DipScan { most_x: most, most_y: most, step });
        assert!(make(CoherenceOptions { dip, ..base }).is_err(), "{most} {step}");
    }
    let mut rows = make(base).unwrap();
    assert!(rows.row(&block, 4, &mut [0.0; 36]).is_err() && rows.row(&block, 0, &mut [0.0; 35]).is_err());
    assert!(CoherenceRows::new(base, 13).unwrap().row(&block, 0, &mut [0.0; 36]).is_err());
}
