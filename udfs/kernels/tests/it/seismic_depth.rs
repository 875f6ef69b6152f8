//! Interpolation, velocity models, conversion to depth and back, horizons, statistics of samples.

use std::f64::consts::TAU;

use outcrop_kernels::seismic::depth::Conversion;
use outcrop_kernels::seismic::horizon::{Window, window_amplitude};
use outcrop_kernels::seismic::interpolation::{Axis, Interpolation, value_at, values_at};
use outcrop_kernels::seismic::statistics::{Distribution, SampleStatistics, percentiles};
use outcrop_kernels::seismic::time_depth::TimeDepth;
use outcrop_kernels::seismic::velocity::{
    Datum, VelocityModel, average_from_interval, interval_from_average, interval_from_rms, interval_velocities,
    rms_from_interval,
};

use crate::data::uniform;
use crate::reference::assert_close;
use crate::seismic_attributes::trace;

/// The cubic of Keys and a sinc under `np.i0` (Kaiser, 7.5), both in numpy.
#[test]
fn interpolation_agrees_with_numpy() {
    let x = trace();
    let all = |method, at: &[f64]| -> Vec<f64> { at.iter().map(|p| f64::from(value_at(&x, *p, method))).collect() };
    assert_close(&all(Interpolation::Linear, &[0.25, 18.5]), &[-8.5, 4.0], 1e-12);
    assert_close(&all(Interpolation::Cubic, &[1.25, 18.5, 20.9]), &[0.09375, 5.125, 10.833], 1e-6);
    let sinc = [5.633587961721678, 7.106660851131659, 11.127112879171955];
    assert_close(&all(Interpolation::Sinc, &[7.25, 18.5, 20.9123]), &sinc, 2e-6);
    assert_eq!(Interpolation::default(), Interpolation::Sinc);
}

#[test]
fn interpolation_at_samples_ends_and_gaps() {
    let mut x = trace();
    for method in Interpolation::ALL {
        for k in 0..37 {
            assert_eq!(value_at(&x, k as f64, method), x[k]);
            assert_eq!(value_at(&x, k as f64 + 1e-9, method), x[k]);
        }
        for outside in [-0.01, 36.01, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(value_at(&x, outside, method).is_nan(), "{outside}");
        }
        // Near the ends the simpler methods take over: on the line in the outermost interval.
        assert!((value_at(&x, 0.5, method) - 0.5 * (x[0] + x[1])).abs() < 1e-6);
        assert!(value_at(&[], 0.0, method).is_nan() && value_at(&[3.0], 0.0, method) == 3.0);
    }
    assert_eq!(value_at(&x, 5.3, Interpolation::Sinc), value_at(&x, 5.3, Interpolation::Cubic));
    x[20] = f32::NAN;
    for method in Interpolation::ALL {
        assert!(value_at(&x, 19.5, method).is_nan() && value_at(&x, 20.0, method).is_nan());
        assert_eq!(value_at(&x, 19.0, method), x[19]);
        assert!((value_at(&x, 18.5, method) - 0.5 * (x[18] + x[19])).abs() < 1e-6);
        let many = [0.5, 19.5, 30.0];
        let mut out = [0.0; 3];
        values_at(&x, &many, method, &mut out).unwrap();
        assert!(out[0] == value_at(&x, 0.5, method) && out[1].is_nan() && out[2] == x[30]);
    }
    assert!(values_at(&x, &[1.0], Interpolation::Linear, &mut []).is_err());
}

/// The errors that the documentation states: a cosine between samples.
#[test]
fn interpolation_is_as_good_as_it_says() {
    let error = |share: f64, method| {
        let x: Vec<f32> = (0..400).map(|i| (0.5 * TAU * share * f64::from(i)).cos() as f32).collect();
        uniform(3, 2000)
            .iter()
            .map(|u| 20.0 + 360.0 * u)
            .map(|p| (f64::from(value_at(&x, p, method)) - (0.5 * TAU * share * p).cos()).abs())
            .fold(0.0, f64::max)
    };
    let (quarter, half) = (0.2497, 0.4993);
    assert!((0.07..0.08).contains(&error(quarter, Interpolation::Linear)), "{}", error(quarter, Interpolation::Linear));
    assert!((0.008..0.01).contains(&error(quarter, Interpolation::Cubic)), "{}", error(quarter, Interpolation::Cubic));
    assert!((0.1..0.12).contains(&error(half, Interpolation::Cubic)), "{}", error(half, Interpolation::Cubic));
    for share in [0.1, 0.25, 0.4, 0.5, 0.6, 0.65, 0.7] {
        assert!(error(share, Interpolation::Sinc) < 3e-4, "{share}: {}", error(share, Interpolation::Sinc));
    }
}

#[test]
fn models_invert() {
    let datum = Datum { time: 0.1, depth: 50.0 };
    let table = TimeDepth::new(vec![0.0, 900.0, 2000.0], vec![0.0, 1.0, 1.8]).unwrap();
    let models = [
        VelocityModel::constant(2000.0, datum).unwrap(),
        VelocityModel::linear(1800.0, 0.6, datum).unwrap(),
        VelocityModel::linear(1800.0, -0.1, datum).unwrap(),
        VelocityModel::linear(1800.0, 0.0, datum).unwrap(),
        VelocityModel::linear(1800.0, 1e-13, datum).unwrap(),
        VelocityModel::layers(&[0.0, 500.0, 800.0], &[1500.0, 2200.0, 3000.0], 0.0).unwrap(),
        VelocityModel::layers_in_time(&[0.0, 0.5, 0.9], &[1500.0, 2200.0, 3000.0], 0.0).unwrap(),
        VelocityModel::table(&table, false),
    ];
    for model in &models {
        for k in 1..100 {
            let z = 60.0 + 19.0 * f64::from(k);
            let t = model.time_at(z);
            assert!((model.depth_at(t) - z).abs() < 1e-8, "{model:?} {z} {t}");
        }
    }
    // v0 + k z in closed form: 2 / k ln(1 + k z / v0).
    assert!((models[1].time_at(1050.0) - (0.1 + 2.0 / 0.6 * (1.0f64 + 0.6 * 1000.0 / 1800.0).ln())).abs() < 1e-12);
    assert!((models[3].time_at(1050.0) - models[4].time_at(1050.0)).abs() < 1e-9);
    assert!((models[0].time_at(1050.0) - 1.1).abs() < 1e-12 && (models[0].depth_at(0.0) + 50.0).abs() < 1e-9);
    // The velocity falls to 0 at 18 050 m, which no time reaches.
    assert!(models[2].time_at(18_060.0).is_nan() && models[2].depth_at(1e3) < 18_050.1);
    // 500 m at 1500 m/s, 300 at 2200, 200 at 3000.
    let t = 2.0 * (500.0 / 1500.0 + 300.0 / 2200.0 + 200.0 / 3000.0);
    assert!((models[5].time_at(1000.0) - t).abs() < 1e-12 && models[5].time_at(-1.0).is_nan());
    assert!((models[6].depth_at(1.0) - (375.0 + 440.0 + 150.0)).abs() < 1e-9 && models[6].depth_at(-0.1).is_nan());
    // A table ends at its ends, unless it is told not to.
    assert!(models[7].time_at(2000.1).is_nan() && models[7].depth_at(-0.01).is_nan());
    assert!((models[7].time_at(2000.0) - 1.8).abs() < 1e-12 && models[7].time_at(0.0) == 0.0);
    let on = VelocityModel::table(&table, true);
    assert!((on.time_at(2275.0) - 2.0).abs() < 1e-12 && (on.depth_at(-0.1) + 90.0).abs() < 1e-9);
    assert_close(&interval_velocities(&table), &[1800.0, 2750.0], 1e-12);
}

#[test]
fn models_that_cannot_be_are_named() {
    let datum = Datum::default();
    assert!(VelocityModel::constant(0.0, datum).is_err() && VelocityModel::linear(1800.0, f64::NAN, datum).is_err());
    let error = VelocityModel::layers(&[0.0, 500.0, 400.0], &[1.0; 3], 0.0).unwrap_err().to_string();
    assert!(error.contains("400 in row 3") && error.contains("500 in row 2"), "{error}");
    let error = VelocityModel::layers(&[0.0, 500.0], &[1500.0, -1.0], 0.0).unwrap_err().to_string();
    assert!(error.contains("row 2"), "{error}");
    assert!(VelocityModel::layers(&[], &[], 0.0).is_err() && VelocityModel::layers(&[0.0], &[], 0.0).is_err());
    let error = TimeDepth::new(vec![0.0, 1.0, 2.0], vec![0.0, 0.5, 0.5]).unwrap_err().to_string();
    assert!(error.starts_with("time") && error.contains("row 3"), "{error}");
    let error = TimeDepth::new(vec![0.0, 1.0, 1.0], vec![0.0, 0.5, 0.6]).unwrap_err().to_string();
    assert!(error.starts_with("depth") && error.contains("row 3"), "{error}");
    assert!(
        TimeDepth::new(vec![0.0], vec![0.0]).is_err() && TimeDepth::new(vec![0.0, f64::NAN], vec![0.0, 1.0]).is_err()
    );
}

#[test]
fn kinds_of_velocity() {
    let (t, v) = ([0.5, 1.0, 1.6], [1500.0, 2200.0, 3000.0]);
    let average = average_from_interval(&t, &v).unwrap();
    assert_close(&average, &[1500.0, 1850.0, (750.0 + 1100.0 + 1800.0) / 1.6], 1e-12);
    let rms = rms_from_interval(&t, &v).unwrap();
    let squares = 0.5 * 1500.0f64.powi(2) + 0.5 * 2200.0f64.powi(2) + 0.6 * 3000.0f64.powi(2);
    assert_close(&rms[2..], &[(squares / 1.6).sqrt()], 1e-12);
    assert_close(&interval_from_rms(&t, &rms).unwrap(), &v, 1e-12);
    assert_close(&interval_from_average(&t, &average).unwrap(), &v, 1e-12);
    // No layer has this.
    let found = interval_from_rms(&t, &[3000.0, 1500.0, 2000.0]).unwrap();
    assert!(found[0] == 3000.0 && found[1].is_nan() && found[2].is_finite());
    assert!(interval_from_average(&t, &[3000.0, 1000.0, 2000.0]).unwrap()[1].is_nan());
    assert!(rms_from_interval(&[0.5, 0.4], &[1.0; 2]).unwrap_err().to_string().contains("row 2"));
    assert!(rms_from_interval(&[0.0, 0.4], &[1.0; 2]).is_err() && rms_from_interval(&[0.5], &[1.0; 2]).is_err());
}

#[test]
fn conversion_there_and_back() {
    let model = VelocityModel::linear(1800.0, 0.6, Datum::default()).unwrap();
    let time = Axis { start: 0.0, step: 0.004, count: 500 };
    let depth = Axis::covering(0.0, model.depth_at(1.996), 3.0).unwrap();
    // A packet around 0.9 s, up to half of Nyquist.
    let x: Vec<f32> = (0..500)
        .map(|i| ((-((f64::from(i) - 225.0) / 60.0).powi(2)).exp() * (TAU * 40.0 * 0.004 * f64::from(i)).cos()) as f32)
        .collect();
    for (method, tolerance) in [(Interpolation::Sinc, 1e-3), (Interpolation::Cubic, 0.05), (Interpolation::Linear, 0.2)]
    {
        let there = Conversion::to_depth(&model, time, depth, method).unwrap();
        let back = Conversion::to_time(&model, depth, time, method).unwrap();
        assert_eq!((there.samples(), back.samples()), (depth.count, 500));
        let (mut deep, mut again) = (vec![0.0; depth.count], vec![0.0; 500]);
        there.apply(&x, &mut deep).unwrap();
        back.apply(&deep, &mut again).unwrap();
        let worst = (0..490).map(|i| (x[i] - again[i]).abs()).fold(0.0, f32::max);
        assert!(worst < tolerance, "{method:?}: {worst}");
        // The same amplitude at the depth of a time.
        let k = 300;
        let p = model.time_at(depth.at(k)) / 0.004;
        assert_eq!(deep[k], value_at(&x, p, method));
    }
    // What the model or the trace does not have is not there.
    let short = VelocityModel::table(&TimeDepth::new(vec![0.0, 900.0], vec![0.0, 1.0]).unwrap(), false);
    let there = Conversion::to_depth(&short, time, depth, Interpolation::Sinc).unwrap();
    let mut deep = vec![0.0; depth.count];
    there.apply(&x, &mut deep).unwrap();
    assert!(deep[300].is_finite() && deep[301].is_nan() && depth.at(300) == 900.0);
    assert!(there.apply(&x[1..], &mut deep).is_err() && there.apply(&x, &mut deep[1..]).is_err());
    assert!(Conversion::to_depth(&short, Axis { step: 0.0, ..time }, depth, Interpolation::Sinc).is_err());
    assert!(Axis::covering(0.0, f64::NAN, 1.0).is_err() && Axis::covering(0.0, 1e9, 1e-3).is_err());
    assert_eq!(Axis::covering(2.0, 1.0, 0.5).unwrap().count, 0);
}

#[test]
fn amplitudes_around_a_horizon() {
    let x = [1.0f32, -2.0, 4.0, 3.0, f32::NAN, -5.0, 0.5];
    let w = |above, below| Window::new(above, below).unwrap();
    // Samples 1, 2 and 3.
    let found = window_amplitude(&x, 2.4, w(1.4, 1.0), Some(Interpolation::Linear));
    assert!((found.value - 3.6).abs() < 1e-6 && (found.places, found.count) == (3, 3));
    assert_eq!((found.min, found.max, found.max_absolute, found.sum), (-2.0, 4.0, 4.0, 5.0));
    assert!((found.mean - 5.0 / 3.0).abs() < 1e-12 && (found.rms - (29.0f64 / 3.0).sqrt()).abs() < 1e-12);
    // The parabola through -2, 4, 3: top at 2 + 5 / 14, height 4 + 25 / 56.
    assert!((found.peak - (2.0 + 5.0 / 14.0)).abs() < 1e-12 && (found.peak_value - (4.0 + 25.0 / 56.0)).abs() < 1e-12);
    assert!((found.trough - (1.0 - 3.0 / 18.0)).abs() < 1e-12 && found.trough_value < -2.0);
    // A flank that the window cuts has no top of its own.
    let flank = window_amplitude(&x, 3.0, w(0.0, 0.0), Some(Interpolation::Sinc));
    assert_eq!((flank.count, flank.peak, flank.peak_value, flank.value), (1, 3.0, 3.0, 3.0));
    // Readings that are not there, and what lies beyond the trace, are left out and counted.
    let found = window_amplitude(&x, 5.0, w(2.0, 3.0), Some(Interpolation::Linear));
    assert_eq!((found.places, found.count, found.sum, found.max_absolute), (6, 3, -1.5, 5.0));
    let found = window_amplitude(&x, 9.0, w(1.0, 1.0), Some(Interpolation::Linear));
    assert!((found.places, found.count) == (3, 0) && found.value.is_nan() && found.rms.is_nan() && found.peak.is_nan());
    let found = window_amplitude(&x, -3.0, w(1.0, 5.0), Some(Interpolation::Linear));
    assert_eq!((found.places, found.count, found.max), (7, 3, 4.0));
    let found = window_amplitude(&x, f64::NAN, w(1.0, 1.0), Some(Interpolation::Linear));
    assert!(found.places == 0 && found.value.is_nan() && found.mean.is_nan());
    // A window below the horizon; bounds are inside but for rounding.
    let found = window_amplitude(&x, 0.1 + 0.2, w(-0.7, 2.7), Some(Interpolation::Linear));
    assert_eq!((found.places, found.sum), (3, 5.0));
    assert!(Window::new(-2.0, 1.0).is_err() && Window::new(f64::NAN, 1.0).is_err());
    // The peak of a cosine is found between samples.
    let x: Vec<f32> = (0..100).map(|i| (0.3 * (f64::from(i) - 50.37)).cos() as f32).collect();
    let found = window_amplitude(&x, 51.0, w(3.0, 3.0), Some(Interpolation::Sinc));
    assert!((found.peak - 50.37).abs() < 0.01 && (found.peak_value - 1.0).abs() < 1e-3, "{found:?}");
}

/// `np.percentile`, mean, rms and std of the trace.
#[test]
fn statistics_of_samples() {
    let x = trace();
    let mut all = SampleStatistics::default();
    assert!(all.mean().is_nan() && all.min.is_nan() && all.rms().is_nan());
    all.add(&x[..20]);
    let mut rest = SampleStatistics::default();
    rest.add(&x[20..]);
    rest.add(&[f32::NAN, f32::INFINITY, -0.0]);
    all.merge(&rest);
    assert_eq!((all.count, all.finite, all.zeros, all.min, all.max), (40, 38, 4, -11.0, 11.0));
    let mut plain = SampleStatistics::default();
    plain.add(&x);
    let found = [plain.mean(), plain.rms(), plain.deviation()];
    assert_close(&found, &[-0.972972972972973, 6.362899220205086, 6.288068867335235], 1e-12);
    let mut copy = x.clone();
    copy.push(f32::NAN);
    let found = percentiles(&mut copy, &[0.0, 2.0, 25.0, 50.0, 77.0, 98.0, 100.0]).unwrap();
    assert_eq!(found, [-11.0, -11.0, -5.0, -2.0, 6.0, 11.0, 11.0]);
    assert_eq!(percentiles(&mut [1.0, 4.0, 2.0], &[75.0]).unwrap(), [3.0]);
    assert!(percentiles(&mut [f32::NAN], &[50.0]).unwrap()[0].is_nan() && percentiles(&mut [], &[101.0]).is_err());
}

#[test]
fn a_distribution_knows_percentiles_to_a_fifth_of_a_percent() {
    let n = 100_000;
    let mut x: Vec<f32> = uniform(8, n).iter().map(|u| (5e-3 * (u - 0.4).powi(3)) as f32).collect();
    let (mut first, mut second) = (Distribution::default(), Distribution::default());
    assert!(first.percentile(50.0).unwrap().is_nan() && first.clip(98.0).unwrap().is_nan());
    first.add(&x[..30_000]);
    second.add(&x[30_000..]);
    second.add(&[f32::NAN, f32::NEG_INFINITY]);
    first.merge(&second);
    assert_eq!(first.count(), n as u64);
    let percents = [0.0, 0.5, 2.0, 30.0, 45.0, 98.0, 99.9, 100.0];
    let exact = percentiles(&mut x, &percents).unwrap();
    for (p, exact) in percents.iter().zip(exact) {
        let found = first.percentile(*p).unwrap();
        assert!((found / exact - 1.0).abs() < 2e-3, "{p}: {found} {exact}");
    }
    let mut absolute: Vec<f32> = x.iter().map(|v| v.abs()).collect();
    let exact = percentiles(&mut absolute, &[98.0]).unwrap()[0];
    assert!((first.clip(98.0).unwrap() / exact - 1.0).abs() < 2e-3);
    assert_eq!(first.clip(100.0).unwrap(), absolute.iter().copied().fold(0.0, f32::max));
    let mut zeros = Distribution::default();
    zeros.add(&[0.0, -0.0, 0.0, 5.0, -3.0]);
    assert_eq!((zeros.percentile(50.0).unwrap(), zeros.percentile(0.0).unwrap()), (0.0, -3.0));
    assert!(zeros.percentile(-1.0).is_err() && zeros.clip(f64::NAN).is_err());
}
