use outcrop_kernels::logs::block::{Block, BlockValue, blocked, regular_blocks};
use outcrop_kernels::logs::pay::{Cutoffs, net_pay};
use outcrop_kernels::logs::resample::{ResampleMethod, regular_depths, resample};
use outcrop_kernels::logs::samples::{intervals, typical_step};
use outcrop_kernels::logs::shift::shifted;
use outcrop_kernels::logs::window::{Despiked, Statistic, despike, moving};

const NAN: f64 = f64::NAN;

/// Equal to a billionth, NaN equal to NaN.
#[track_caller]
fn same(found: &[f64], expected: &[f64]) {
    let equal = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (1.0 + b.abs());
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| equal(*a, *b)),
        "found {found:?}\nexpected {expected:?}"
    );
}

#[test]
fn depths_are_multiples_of_the_step() {
    same(&regular_depths(100.1, 101.0, 0.25, false).unwrap(), &[100.25, 100.5, 100.75, 101.0]);
    // 0.1524 is no binary number: the bounds count as multiples all the same.
    assert_eq!(regular_depths(1000.0 * 0.1524, 1010.0 * 0.1524, 0.1524, false).unwrap().len(), 11);
    same(&regular_depths(100.1, 101.0, 0.5, true).unwrap(), &[100.1, 100.6]);
    assert!(regular_depths(2.0, 1.0, 0.5, false).unwrap().is_empty());
    assert!(regular_depths(0.0, 1e6, 0.0, false).is_err() && regular_depths(0.0, 1e9, 1e-3, false).is_err());
}

#[test]
fn linear_and_nearest_between_readings() {
    let (md, v) = ([0.0, 1.0, 2.0, 3.0], [10.0, 20.0, 40.0, 0.0]);
    let at = [-0.5, 0.0, 0.25, 0.5, 0.75, 2.0, 2.5, 3.0, 3.5];
    let linear = resample(&md, &v, &at, ResampleMethod::Linear, 1.0, None).unwrap();
    same(&linear, &[NAN, 10.0, 12.5, 15.0, 17.5, 40.0, 20.0, 0.0, NAN]);
    let nearest = resample(&md, &v, &at, ResampleMethod::Nearest, 1.0, None).unwrap();
    same(&nearest, &[NAN, 10.0, 10.0, 10.0, 20.0, 40.0, 40.0, 0.0, NAN]);
}

#[test]
fn nulls_do_not_bleed() {
    let (md, v) = ([0.0, 1.0, 2.0, 3.0, 4.0, 9.0], [10.0, 20.0, NAN, 40.0, 50.0, 60.0]);
    let at = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0];
    for method in [ResampleMethod::Linear, ResampleMethod::Nearest] {
        let found = resample(&md, &v, &at, method, 1.0, None).unwrap();
        assert!(found[2].is_nan() && found[3].is_nan() && found[4].is_nan() && found[7].is_nan(), "{found:?}");
        same(&[found[1], found[5], found[6], found[8]], &[20.0, 40.0, 50.0, 60.0]);
    }
    // The null sample is bridged where that is asked for; the hole without samples is wider.
    let bridged = resample(&md, &v, &at, ResampleMethod::Linear, 1.0, Some(2.0)).unwrap();
    same(&bridged, &[15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 50.0, NAN, 60.0]);
    let found = resample(&md, &[NAN; 6], &at, ResampleMethod::Average, 1.0, None).unwrap();
    assert!(found.iter().all(|v| v.is_nan()));
    assert!(resample(&[], &[], &at, ResampleMethod::Linear, 1.0, None).unwrap().iter().all(|v| v.is_nan()));
}

#[test]
fn averages_keep_the_area_under_a_curve() {
    // Readings stand for halves to their neighbours: [-0.5, 0.5] … [3.5, 4.5].
    let (md, v) = ([0.0, 1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 5.0, 7.0, 9.0]);
    let found = resample(&md, &v, &[0.0, 2.0, 4.0], ResampleMethod::Average, 2.0, None).unwrap();
    // [1, 3]: half of 3, all of 5, half of 7. The ends: readings stand for three quarters of the interval.
    same(&found, &[(1.0 + 0.5 * 3.0) / 1.5, 5.0, (0.5 * 7.0 + 9.0) / 1.5]);
    // A constant stays one; a finer step repeats the readings.
    let fine = resample(&md, &v, &[1.75, 2.0, 2.25], ResampleMethod::Average, 0.25, None).unwrap();
    same(&fine, &[5.0, 5.0, 5.0]);
    let depths = regular_depths(0.0, 99.5, 2.5, false).unwrap();
    let (md, v): (Vec<f64>, Vec<f64>) = (0..200).map(|i| (i as f64 * 0.5, f64::from(i % 7))).unzip();
    let averaged = resample(&md, &v, &depths, ResampleMethod::Average, 2.5, None).unwrap();
    let inner: f64 = averaged[1..depths.len() - 1].iter().map(|a| a * 2.5).sum();
    let (top, base) = (1.25, depths[depths.len() - 2] + 1.25);
    let area: f64 = md.iter().zip(&v).map(|(d, v)| v * ((d + 0.25).min(base) - (d - 0.25).max(top)).max(0.0)).sum();
    assert!((inner - area).abs() < 1e-9, "{inner} {area}");
    // An interval of which readings stand for less than half has no mean.
    let found = resample(
        &[0.0, 1.0, 2.0, 3.0, 4.0],
        &[1.0, NAN, NAN, NAN, 1.0],
        &[0.0, 2.0, 4.0],
        ResampleMethod::Average,
        2.0,
        None,
    );
    same(&found.unwrap(), &[1.0, NAN, 1.0]);
}

#[test]
fn errors_name_the_samples() {
    let error =
        resample(&[1.0, 2.0, 2.0], &[1.0; 3], &[1.5], ResampleMethod::Linear, 1.0, None).unwrap_err().to_string();
    assert!(error.contains("two samples at 2") && error.contains("by => [well, log_set]"), "{error}");
    assert!(resample(&[1.0, NAN], &[1.0; 2], &[1.5], ResampleMethod::Linear, 1.0, None).is_err());
    assert!(resample(&[1.0, 2.0], &[1.0], &[1.5], ResampleMethod::Linear, 1.0, None).is_err());
    assert_eq!(typical_step(&[0.0, 1.0, 2.0, 10.0]), 1.0);
    assert!(typical_step(&[3.0]).is_nan());
    assert_eq!(intervals(&[0.0, 1.0, 10.0], 1.0, 1.5), [(-0.5, 0.5), (0.5, 1.5), (9.5, 10.5)]);
}

/// Uneven depths, holes, and a curve with every kind of reading.
fn awkward() -> (Vec<f64>, Vec<f64>) {
    let mut state = 7u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut depth = 1000.0;
    (0..500)
        .map(|_| {
            depth += 0.1 + next();
            let v = if next() < 0.1 { f64::NAN } else { 1e6 + (10.0 * next()).floor() };
            (depth, v)
        })
        .unzip()
}

/// The readings of the window of each sample, found one by one.
fn windows(md: &[f64], v: &[f64], window: f64) -> Vec<Vec<f64>> {
    let near = |d: f64| {
        let inside = md.iter().zip(v).filter(|(m, x)| (**m - d).abs() <= 0.5 * window && !x.is_nan());
        let mut found: Vec<f64> = inside.map(|(_, x)| *x).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    md.iter().map(|d| near(*d)).collect()
}

fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    if n % 2 == 1 { sorted[n / 2] } else { 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]) }
}

#[test]
fn moving_statistics_are_those_of_each_window() {
    let (md, v) = awkward();
    for window in [0.3, 2.0, 17.0, 1e6] {
        let all = windows(&md, &v, window);
        let expected = |f: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            all.iter().zip(&v).map(|(w, v)| if v.is_nan() { NAN } else { f(w) }).collect()
        };
        let mean = |w: &[f64]| w.iter().map(|v| v - 1e6).sum::<f64>() / w.len() as f64 + 1e6;
        let deviation = |w: &[f64]| {
            let m = mean(w);
            (w.iter().map(|v| (v - m).powi(2)).sum::<f64>() / (w.len() as f64 - 1.0)).sqrt()
        };
        same(&moving(&md, &v, window, Statistic::Mean).unwrap(), &expected(&mean));
        same(&moving(&md, &v, window, Statistic::Median).unwrap(), &expected(&median));
        same(&moving(&md, &v, window, Statistic::StandardDeviation).unwrap(), &expected(&deviation));
        let (found, spikes) = despike(&md, &v, window, 2.0, Despiked::Removed).unwrap();
        let mut count = 0;
        let by_hand: Vec<f64> = all
            .iter()
            .zip(&v)
            .map(|(w, v)| {
                if v.is_nan() {
                    return NAN;
                }
                let m = median(w);
                let mut distance: Vec<f64> = w.iter().map(|x| (x - m).abs()).collect();
                distance.sort_by(f64::total_cmp);
                if (v - m).abs() > 2.0 * 1.4826 * median(&distance) {
                    count += 1;
                    return NAN;
                }
                *v
            })
            .collect();
        same(&found, &by_hand);
        assert_eq!(spikes, count);
    }
    assert!(moving(&md, &v, 0.0, Statistic::Mean).is_err() && despike(&md, &v, 2.0, 0.0, Despiked::Median).is_err());
}

/// A spike of 1e12 leaves nothing behind when it has left the window.
#[test]
fn a_spike_leaves_no_trace_in_the_mean() {
    let md: Vec<f64> = (0..50).map(f64::from).collect();
    let mut v = vec![0.1; 50];
    v[10] = 1e12;
    let mean = moving(&md, &v, 4.0, Statistic::Mean).unwrap();
    assert!(mean[13..].iter().all(|m| (m - 0.1).abs() < 1e-15), "{:?}", &mean[13..]);
    let (clean, spikes) = despike(&md, &v, 6.0, 3.0, Despiked::Median).unwrap();
    assert_eq!((clean[10], spikes), (0.1, 1));
}

#[test]
fn blocks_have_one_value() {
    let md = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    let v = [1.0, 2.0, 4.0, NAN, 8.0, 8.0];
    let two = [Block { top: 0.0, base: 3.0 }, Block { top: 3.0, base: 5.0 }];
    let of = |value| blocked(&md, &v, &two, value).unwrap();
    // [0, 0.5] 1, [0.5, 1.5] 2, [1.5, 2.5] 4 in the first; 8 from 3.5 in the second; 5 is outside.
    let mean = (0.5 + 2.0 + 4.0) / 2.5;
    same(&of(BlockValue::Mean), &[mean, mean, mean, 8.0, 8.0, NAN]);
    same(&of(BlockValue::Median)[..1], &[2.0]);
    same(&of(BlockValue::Mode)[..1], &[2.0]);
    same(&of(BlockValue::Geometric)[..1], &[((2f64.ln() + 4f64.ln()) / 2.5).exp()]);
    same(&of(BlockValue::Harmonic)[..1], &[2.5 / (0.5 + 0.5 + 0.25)]);
    same(&of(BlockValue::Minimum)[..1], &[1.0]);
    same(&of(BlockValue::Maximum)[..1], &[4.0]);
    let regular = regular_blocks(&[0.3, 0.6, 0.9], 0.3).unwrap();
    same(&blocked(&[0.3, 0.6, 0.9], &[1.0, 2.0, 3.0], &regular, BlockValue::Mean).unwrap(), &[1.0, 2.0, 3.0]);
    let wrong = [Block { top: 0.0, base: 3.0 }, Block { top: 2.0, base: 5.0 }];
    assert!(blocked(&md, &v, &wrong, BlockValue::Mean).unwrap_err().to_string().contains("overlap"));
    assert!(regular_blocks(&[0.0, 1e9], 1e-3).is_err());
    // The edges are multiples of the size: of 11 half a metre is in the block from 2 to 4, of 99 a whole one.
    let (md, v) = ([1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 11.0, 99.0, 12.0, 11.0]);
    let regular = regular_blocks(&md, 2.0).unwrap();
    let mean = (0.5 * 11.0 + 99.0) / 1.5;
    let found = blocked(&md, &v, &regular, BlockValue::Mean).unwrap();
    assert!((found[1] - mean).abs() < 1e-12 && (found[2] - mean).abs() < 1e-12, "{found:?}");
    // Depths that are off the multiple by rounding begin their block.
    let off: Vec<f64> = (0..9).map(|i| 0.1 * f64::from(i)).collect();
    let regular = regular_blocks(&off, 0.1).unwrap();
    let own: Vec<f64> = (0..9).map(f64::from).collect();
    same(&blocked(&off, &own, &regular, BlockValue::Mean).unwrap(), &own);
    let below = [0.0, 0.3 - 1e-10, 0.6 - 1e-10];
    let regular = regular_blocks(&below, 0.3).unwrap();
    same(&blocked(&below, &[1.0, 2.0, 3.0], &regular, BlockValue::Mean).unwrap(), &[1.0, 2.0, 3.0]);
}

#[test]
fn pay_is_cut_at_bounds_and_cutoffs() {
    let md: Vec<f64> = (0..10).map(f64::from).collect();
    let phi = [0.2, 0.2, 0.2, 0.05, 0.2, 0.2, NAN, 0.3, 0.1, 0.1];
    let sw = [0.2, 0.2, 0.9, 0.2, 0.2, 0.2, 0.2, 0.4, 0.2, 1.0];
    let vsh = [0.1, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.3, 0.1, 0.1];
    let cutoffs = Cutoffs { phi_min: Some(0.1), sw_max: Some(0.5), vsh_max: Some(0.4) };
    let within = Some(Block { top: 0.25, base: 8.25 });
    let pay = net_pay(&md, &phi, &sw, &vsh, &cutoffs, within).unwrap();
    // Samples 0 (0.25 of it), 1, 5, 7 and 8 (0.75 of it) are net; 2 is wet, 3 tight, 4 shaly, 6 not logged.
    same(&[pay.gross, pay.logged, pay.reservoir, pay.net], &[8.0, 7.0, 5.0, 4.0]);
    let pores = 0.25 * 0.2 + 0.2 + 0.2 + 0.3 + 0.75 * 0.1;
    let water = (0.25 * 0.2 + 0.2 + 0.2 + 0.75 * 0.1) * 0.2 + 0.3 * 0.4;
    same(&[pay.net_to_gross, pay.phi, pay.sw], &[0.5, pores / 4.0, water / pores]);
    same(&[pay.hydrocarbon_pore_thickness, pay.vsh], &[pores - water, (3.0 * 0.1 + 0.3) / 4.0]);
    let none = net_pay(&md, &phi, &sw, &[], &Cutoffs { phi_min: Some(0.9), ..Cutoffs::default() }, None).unwrap();
    assert!(none.net == 0.0 && none.phi.is_nan() && none.sw.is_nan() && none.vsh.is_nan());
    same(&[none.gross, none.hydrocarbon_pore_thickness], &[10.0, 0.0]);
    let empty = net_pay(&[], &[], &[], &[], &cutoffs, None).unwrap();
    assert!(empty.gross == 0.0 && empty.net_to_gross.is_nan());
}

#[test]
fn depths_shift_between_control_points() {
    let found = shifted(&[50.0, 100.0, 150.0, 200.0, 300.0, NAN], &[100.0, 200.0], &[101.0, 205.0]).unwrap();
    same(&found, &[51.0, 101.0, 153.0, 205.0, 305.0, NAN]);
    let folded = shifted(&[1.0], &[100.0, 101.0], &[105.0, 104.0]).unwrap_err().to_string();
    assert!(folded.contains("order of depths"), "{folded}");
    assert!(shifted(&[1.0], &[], &[]).is_err());
}
