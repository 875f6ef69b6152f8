//! Wavelets, their estimates, reflectivity and synthetics, against bruges 0.5.4, numpy and closed forms.

use outcrop_kernels::seismic::filter::WaveletFilter;
use outcrop_kernels::seismic::interpolation::Axis;
use outcrop_kernels::seismic::spectrum::SpectrumAverage;
use outcrop_kernels::seismic::synthetic::{
    acoustic_impedance, convolve, reflection_coefficient, reflectivity, reflectivity_at_tops, synthetic,
};
use outcrop_kernels::seismic::tie::{best_shift, correlation};
use outcrop_kernels::seismic::time_depth::{TimeDepth, calibrate, integrate_sonic};
use outcrop_kernels::seismic::wavelet::{Taper, Wavelet, deterministic, klauder, ormsby, ricker, statistical};

use crate::data::uniform;
use crate::reference::{assert_close, load, number, numbers};
use crate::seismic_attributes::trace;

const DT: f64 = 0.004;

/// `bruges.filters.ricker(duration=0.128, dt=0.004, f=25, sym=True)`, ormsby with f=[5, 10, 40, 60].
#[test]
fn formulas_agree_with_bruges() {
    let picked = [0, 5, 10, 13, 16, 20].map(|k| (f64::from(k) - 16.0) * DT);
    let found = picked.map(|t| ricker(t, 25.0));
    let expected = [-5.271369257e-10, -0.0001489702396, -0.174860489, -0.3194399561, 1.0, -0.4449345216];
    assert_close(&found, &expected, 1e-9);
    let found = picked.map(|t| ormsby(t, [5.0, 10.0, 40.0, 60.0]));
    let expected = [-0.0168222243, -0.05800626515, -0.03964857599, -0.3327632739, 1.0, -0.3454892524];
    assert_close(&found, &expected, 1e-9);
    // Slopes that are vertical: sin(2 pi f t) / (2 pi f t).
    assert!((ormsby(0.013, [0.0, 0.0, 30.0, 30.0]) - (2.4504f64).sin() / 2.4504).abs() < 1e-4);
    // The autocorrelation in numpy of a sweep of 8 s from 10 to 80 Hz at 0.5 ms; the rest is the double frequency.
    let found = [0.0, 8.0, 16.0, 24.0, 40.0, 64.0, 100.0].map(|lag| klauder(lag * 0.0005, 8.0, 10.0, 80.0));
    let expected = [1.0, 0.37255332, -0.35630177, -0.17875041, -0.17510048, -0.088503542, -5.5996348e-05];
    assert_close(&found, &expected, 1e-3);
    assert_eq!((klauder(8.0, 8.0, 10.0, 80.0), klauder(-0.01, 8.0, 10.0, 80.0)), (0.0, klauder(0.01, 8.0, 10.0, 80.0)));
    if let Some(file) = load("petrophysics.json") {
        let case = &file["ricker"];
        let (f, dt, half) = (number(&case["f"]), number(&case["dt"]), number(&case["half"]) * number(&case["dt"]));
        let w = Wavelet::sampled(half, dt, |t| ricker(t, f)).unwrap();
        assert_close(w.samples(), &numbers(&case["value"]), 1e-14);
    }
}

#[test]
fn wavelets_have_a_middle() {
    let w = Wavelet::ricker(25.0, DT).unwrap();
    assert_eq!((w.half(), w.samples().len(), w.samples()[w.half()]), (13, 27, 1.0));
    assert!((w.times()[0] + 0.052).abs() < 1e-12 && w.times()[13] == 0.0 && w.interval() == DT);
    assert!(Wavelet::new(vec![1.0, 2.0], DT).unwrap_err().to_string().contains("odd number"));
    assert!(Wavelet::new(vec![f64::NAN], DT).is_err() && Wavelet::new(vec![1.0], 0.0).is_err());
    assert!(Wavelet::ricker(130.0, DT).is_err() && Wavelet::sampled(f64::NAN, DT, |_| 0.0).is_err());
    // The peak of a Ricker wavelet's spectrum is at its frequency.
    let spectrum = w.spectrum(4096).unwrap();
    let peak = spectrum.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!((peak.0 - 25.0).abs() < 0.1, "{peak:?}");
}

/// `bruges.filters.rotate_phase(ricker(duration=0.256, dt=0.004, f=25, sym=True), 30, degrees=True)`; its transform
/// of 65 samples wraps around, hence the tolerance.
#[test]
fn rotation_moves_the_phase() {
    let w = Wavelet::sampled(0.128, DT, |t| ricker(t, 25.0)).unwrap();
    let turned = w.rotated(30.0);
    let found = [22, 26, 30, 32, 34, 40].map(|k: usize| turned.samples()[k]);
    let expected = [-0.01495605689, -0.2124547186, 0.5350372485, 0.8660254038, -0.2894424897, 0.01799096194];
    assert_close(&found, &expected, 2e-4);
    let over = w.rotated(180.0);
    assert!(w.samples().iter().zip(over.samples()).all(|(a, b)| (a + b).abs() < 1e-12));
    let back = w.rotated(70.0).rotated(-70.0);
    assert!(w.samples().iter().zip(back.samples()).all(|(a, b)| (a - b).abs() < 2e-3));
    let quarter = w.rotated(90.0).normalised();
    assert!((quarter.samples().iter().fold(0.0f64, |m, v| m.max(v.abs())) - 1.0).abs() < 1e-12);
}

/// Traces of white reflectivity and a known wavelet.
fn traces(wavelet: &[f64], count: u64, n: usize) -> Vec<(Vec<f64>, Vec<f64>)> {
    (0..count)
        .map(|k| {
            let r: Vec<f64> = uniform(900 + k, n).iter().map(|u| (u - 0.5) * 0.2).collect();
            let s = convolve(&r, wavelet).unwrap();
            (r, s)
        })
        .collect()
}

#[test]
fn statistics_find_the_shape_of_a_wavelet() {
    let truth = Wavelet::sampled(0.06, DT, |t| ricker(t, 30.0)).unwrap();
    let mut sums = SpectrumAverage::new(400, DT, 0.0).unwrap();
    for (_, s) in traces(truth.samples(), 200, 400) {
        sums.add(&s.iter().map(|v| *v as f32).collect::<Vec<f32>>()).unwrap();
    }
    for taper in Taper::ALL {
        let found = statistical(&sums, 0.12, taper).unwrap();
        assert_eq!((found.samples().len(), found.samples()[found.half()]), (31, 1.0));
        let r = correlation(truth.samples(), found.samples()).unwrap();
        assert!(r > 0.99, "{taper:?}: {r}");
        assert!(found.samples().iter().zip(found.samples().iter().rev()).all(|(a, b)| (a - b).abs() < 1e-12));
    }
    // Without a taper, and with white reflectivity, the shape itself.
    let found = statistical(&sums, 0.12, Taper::None).unwrap();
    let worst = truth.samples().iter().zip(found.samples()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 0.06, "{worst}");
    assert!(statistical(&SpectrumAverage::new(400, DT, 0.0).unwrap(), 0.12, Taper::Hann).is_err());
    assert!(statistical(&sums, 0.004, Taper::Hann).is_err() && statistical(&sums, 2.0, Taper::Hann).is_err());
}

/// Against the normal equations solved by numpy: x the trace of the attributes' tests,
/// r = ((i * i * 5 + i) % 11 - 5) / 20 where i % 3 is not 1.
#[test]
fn least_squares_find_the_wavelet() {
    let s: Vec<f64> = trace().iter().map(|v| f64::from(*v)).collect();
    let r: Vec<f64> =
        (0..37i32).map(|i| if i % 3 == 1 { 0.0 } else { f64::from((i * i * 5 + i) % 11 - 5) / 20.0 }).collect();
    let plain = deterministic(&r, &s, 3, 0.0, DT).unwrap();
    let expected =
        [-12.0442396211, 2.80031662227, -9.84389757781, 5.58037087433, 13.8665599457, 2.19261730812, 6.06863697237];
    assert_close(plain.wavelet.samples(), &expected, 1e-9);
    assert_close(&[plain.residual_rms, plain.correlation], &[5.04336244973, 0.617111797657], 1e-9);
    let damped = deterministic(&r, &s, 3, 0.1, DT).unwrap();
    let expected =
        [-10.888094976, 2.20579795331, -8.52119535521, 5.14825851682, 12.530636213, 2.499962139, 6.39974143149];
    assert_close(damped.wavelet.samples(), &expected, 1e-9);
    assert_close(&[damped.residual_rms, damped.correlation], &[5.05206251866, 0.618142932677], 1e-9);
    assert_eq!(damped.samples, 37);

    // A wavelet of mixed phase comes back whole from a trace that it made, beside gaps too.
    let truth = Wavelet::ricker(30.0, DT).unwrap().rotated(50.0);
    let (mut r, mut s) = traces(truth.samples(), 1, 200).remove(0);
    let fit = deterministic(&r, &s, truth.half(), 0.0, DT).unwrap();
    assert_close(fit.wavelet.samples(), truth.samples(), 1e-9);
    assert!(fit.correlation > 1.0 - 1e-12 && fit.residual_energy < 1e-20);
    (r[50], s[120]) = (f64::NAN, f64::NAN);
    let fit = deterministic(&r, &s, truth.half(), 0.0, DT).unwrap();
    assert_close(fit.wavelet.samples(), truth.samples(), 1e-9);
    assert_eq!(fit.samples, 200 - (2 * truth.half() + 1) - 1);
    assert!(fit.predicted[50].is_nan() && fit.predicted[50 + truth.half()].is_nan() && fit.predicted[120].is_finite());
    assert!(deterministic(&[0.0; 50], &[1.0; 50], 3, 0.0, DT).unwrap_err().to_string().contains("zero"));
    assert!(deterministic(&[0.1; 50], &[1.0; 50], 3, -1.0, DT).is_err());
    assert!(
        deterministic(&[0.1; 5], &[1.0; 5], 3, 0.0, DT).is_err()
            && deterministic(&[0.1; 5], &[1.0; 4], 1, 0.0, DT).is_err()
    );
    // A single coefficient determines the wavelet; twice the same trace shifted by nothing does not.
    let mut spike = vec![0.0; 50];
    spike[2] = 1.0;
    assert!(deterministic(&spike, &[1.0; 50], 5, 0.0, DT).unwrap_err().to_string().contains("undetermined"));
    assert!(deterministic(&spike, &[1.0; 50], 5, 0.01, DT).is_ok());
}

/// The forward model of the shared post-stack case, by pylops: the wavelet convolved with half the centred
/// difference of the logarithm of impedance, zero in the end rows.
#[test]
fn convolution_agrees_with_pylops() {
    let Some(file) = load("poststack.json") else { return };
    let (wavelet, model, data) = (numbers(&file["wavelet"]), numbers(&file["model"]), numbers(&file["data"]));
    let n = model.len();
    let r: Vec<f64> =
        (0..n).map(|i| if i == 0 || i + 1 == n { 0.0 } else { 0.5 * (model[i + 1] - model[i - 1]) }).collect();
    assert_close(&convolve(&r, &wavelet).unwrap(), &data, 1e-13);
    let single: Vec<f32> = r.iter().map(|v| *v as f32).collect();
    let mut out = vec![0.0; n];
    WaveletFilter::new(n, &Wavelet::new(wavelet, DT).unwrap()).unwrap().apply(&single, &mut out).unwrap();
    assert_close(&out.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>(), &data, 1e-6);
}

#[test]
fn reflectivity_is_that_of_neighbours() {
    // The interface of the shared AVO case at normal incidence.
    let (z1, z2) = (acoustic_impedance(2500.0, 2300.0), acoustic_impedance(2800.0, 2150.0));
    assert!((reflection_coefficient(z1, z2) - 0.02293967714528463).abs() < 1e-15);
    assert!(acoustic_impedance(0.0, 2000.0).is_nan() && acoustic_impedance(2000.0, f64::NAN).is_nan());
    let r = reflectivity(&[1.0, 3.0, 3.0, f64::NAN, 2.0]);
    assert!(r[..2] == [0.5, 0.0] && r[2].is_nan() && r[3].is_nan() && r.len() == 4);
    let r = reflectivity_at_tops(&[1.0, 3.0]);
    assert_eq!(r, [0.0, 0.5]);
    assert!(reflectivity(&[]).is_empty() && reflectivity_at_tops(&[]).is_empty());
    // Same length, the middle at the coefficient, cut at the ends; a gap stays one.
    let out = convolve(&[1.0, 0.0, 0.0, f64::NAN, 2.0], &[1.0, 2.0, 3.0]).unwrap();
    assert_close(&out[..3], &[2.0, 3.0, 0.0], 1e-15);
    assert!(out[3].is_nan() && out[4] == 4.0);
    assert_eq!(convolve(&[1.0], &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap(), [3.0]);
    assert!(convolve(&[1.0], &[1.0, 2.0]).is_err() && convolve(&[1.0], &[]).is_err());
}

/// Three layers with interfaces at 1000 m (1 s) and 1200 m (1.16 s).
#[test]
fn synthetics_put_reflections_in_time() {
    let depth: Vec<f64> = (0..=1000).map(|k| 800.0 + 0.5 * k as f64 + 0.25).collect();
    let layer = |d: f64| {
        if d < 1000.0 {
            (2000.0, 2100.0)
        } else if d < 1200.0 {
            (2500.0, 2300.0)
        } else {
            (3000.0, 2200.0)
        }
    };
    let slowness: Vec<f64> = depth.iter().map(|d| 1.0 / layer(*d).0).collect();
    let density: Vec<f64> = depth.iter().map(|d| layer(*d).1).collect();
    let table = TimeDepth::new(vec![0.0, 1000.0, 1200.0, 1350.0], vec![0.0, 1.0, 1.16, 1.26]).unwrap();
    let wavelet = Wavelet::ricker(30.0, DT).unwrap();
    let axis = Axis::covering(0.8, 1.26, DT).unwrap();
    assert_eq!((axis.count, axis.start), (116, 0.8));
    let s = synthetic(&depth, &slowness, &density, &table, &wavelet, axis).unwrap();
    let (first, second) = ((2500.0 * 2300.0 - 4.2e6) / (2500.0 * 2300.0 + 4.2e6), (6.6e6 - 5.75e6) / (6.6e6 + 5.75e6));
    let at = |t: f64| axis.position(t).round() as usize;
    assert!((s.reflectivity[at(1.0)] - first).abs() < 1e-12, "{} {first}", s.reflectivity[at(1.0)]);
    assert!((s.reflectivity[at(1.16)] - second).abs() < 1e-12);
    let others: f64 = s.reflectivity.iter().filter(|r| r.is_finite()).map(|r| r.abs()).sum();
    assert!((others - first - second).abs() < 1e-10);
    assert!((s.trace[at(1.0)] - first).abs() < 1e-6 && (s.trace[at(1.16)] - second).abs() < 1e-6);
    assert!((s.impedance[at(1.1)] - 5.75e6).abs() < 1e-3);
    // The logs end at 1300.5 m; below is nothing.
    assert!(s.impedance[at(1.24)].is_nan() && s.trace[at(1.24)].is_nan());

    // An interface a quarter into an interval is shared three to one, and nothing is lost.
    let moved = Axis { start: 0.797, ..axis };
    let s = synthetic(&depth, &slowness, &density, &table, &wavelet, moved).unwrap();
    let k = moved.position(1.0).floor() as usize;
    let (a, b) = (s.reflectivity[k], s.reflectivity[k + 1]);
    assert!(
        (a.atanh() + b.atanh() - first.atanh()).abs() < 1e-12 && (b.atanh() / first.atanh() - 0.75).abs() < 1e-9,
        "{a} {b}"
    );
    let other = Wavelet::ricker(30.0, 0.002).unwrap();
    assert!(synthetic(&depth, &slowness, &density, &table, &other, axis).unwrap_err().to_string().contains("0.002"));
    assert!(synthetic(&depth, &slowness[1..], &density, &table, &wavelet, axis).is_err());
}

#[test]
fn sonic_logs_become_times() {
    // Slowness linear in depth: twice the integral is a parabola.
    let depth: Vec<f64> = (0..=100).map(|k| 1000.0 + 2.0 * f64::from(k)).collect();
    let slow = |d: f64| 500e-6 - 1e-6 * (d - 1000.0);
    let exact = |d: f64| {
        let z = d - 1000.0;
        2.0 * (500e-6 * z - 0.5e-6 * z * z)
    };
    let mut slowness: Vec<f64> = depth.iter().map(|d| slow(*d)).collect();
    let table = integrate_sonic(&depth, &slowness, (1051.0, 1.2)).unwrap();
    for d in [1000.0, 1050.0, 1200.0] {
        assert!((table.time_at(d) - (1.2 + exact(d) - exact(1051.0))).abs() < 1e-12, "{d}");
    }
    // Gaps are bridged along the line, ends without readings left out.
    (slowness[0], slowness[40], slowness[41]) = (f64::NAN, f64::NAN, f64::NAN);
    let gapped = integrate_sonic(&depth, &slowness, (1051.0, 1.2)).unwrap();
    assert!((gapped.time_at(1200.0) - table.time_at(1200.0)).abs() < 1e-12);
    assert!(gapped.time_at(1000.0).is_nan() && gapped.depths().len() == 98);
    assert!(integrate_sonic(&depth, &slowness, (1000.0, 1.2)).unwrap_err().to_string().contains("1002"));
    slowness[7] = -1.0;
    assert!(integrate_sonic(&depth, &slowness, (1051.0, 1.2)).unwrap_err().to_string().contains("row 8"));
    assert!(integrate_sonic(&[1.0, 1.0], &[1.0; 2], (1.0, 0.0)).unwrap_err().to_string().contains("row 2"));
    assert!(integrate_sonic(&[1.0, 2.0], &[f64::NAN; 2], (1.0, 0.0)).is_err());

    // The drift of checkshots 0 and 4 ms slower is shared out between them.
    let shots =
        TimeDepth::new(vec![500.0, 1020.0, 1120.0], vec![0.5, table.time_at(1020.0), table.time_at(1120.0) + 0.004])
            .unwrap();
    let found = calibrate(&table, &shots).unwrap();
    assert_close(&found.depth, &[1020.0, 1120.0], 0.0);
    assert_close(&found.drift, &[0.0, 0.004], 1e-12);
    for (d, drift) in [(1000.0, 0.0), (1070.0, 0.002), (1200.0, 0.004)] {
        assert!((found.table.time_at(d) - table.time_at(d) - drift).abs() < 1e-12, "{d}");
    }
    let wild = TimeDepth::new(vec![1020.0, 1022.0], vec![table.time_at(1020.0) + 0.3, table.time_at(1022.0) + 0.298]);
    assert!(wild.is_err());
    let wild = TimeDepth::new(vec![1020.0, 1030.0], vec![1.5, 1.50001]).unwrap();
    assert!(calibrate(&table, &wild).unwrap_err().to_string().contains("row"));
    assert!(calibrate(&table, &TimeDepth::new(vec![1.0, 2.0], vec![1.0, 2.0]).unwrap()).is_err());
}

#[test]
fn shifts_are_found() {
    let at = |shift: f64| -> Vec<f64> { (0..200).map(|i| ricker((f64::from(i) - 90.0 - shift) * DT, 20.0)).collect() };
    let first = at(0.0);
    for shift in [0.0, 7.0, -12.0, 3.3] {
        let found = best_shift(&first, &at(shift), 30, 20).unwrap().unwrap();
        assert!((found.samples - shift).abs() < 0.05 && found.correlation > 0.98, "{shift}: {found:?}");
    }
    let mut gaps = at(7.0);
    gaps[60..70].fill(f64::NAN);
    assert!((best_shift(&first, &gaps, 30, 20).unwrap().unwrap().samples - 7.0).abs() < 0.1);
    assert_eq!(best_shift(&first, &[f64::NAN; 200], 30, 20).unwrap(), None);
    assert!(best_shift(&first, &gaps[1..], 3, 20).is_err() && best_shift(&first, &gaps, 3, 1).is_err());
    assert!(
        (correlation(&[1.0, 2.0, 3.0, f64::NAN], &[2.0, 4.0, 7.0, 1.0]).unwrap() - 0.9933992677987828).abs() < 1e-12
    );
    assert!(correlation(&[1.0, 1.0], &[1.0, 2.0]).unwrap().is_nan());
}
