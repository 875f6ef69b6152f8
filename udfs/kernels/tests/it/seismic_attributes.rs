//! Attributes and filters against numpy and scipy: numbers computed with a transform of 2^20 samples, where
//! nothing wraps around. `TRACE` is `((i * i * 7 + 3 * i) % 23) - 11` for i in 0..37.

use std::f64::consts::TAU;

use outcrop_kernels::Result;
use outcrop_kernels::seismic::analytic::Analytic;
use outcrop_kernels::seismic::attribute::{Attribute, AttributeOptions, TraceAttribute};
use outcrop_kernels::seismic::decomposition::{Decompose, Decomposition};
use outcrop_kernels::seismic::filter::{Bandpass, RelativeImpedance};
use outcrop_kernels::seismic::moving::{Moving, MovingWindow};
use outcrop_kernels::seismic::spectrum::SpectrumAverage;
use outcrop_kernels::seismic::wavelet::ricker;

pub const DT: f64 = 0.004;
/// The samples that the literals are of.
const PICKED: [usize; 9] = [0, 1, 2, 9, 18, 19, 30, 35, 36];

pub fn trace() -> Vec<f32> {
    (0..37i32).map(|i| ((i * i * 7 + 3 * i) % 23 - 11) as f32).collect()
}

fn run(trace: &[f32], f: impl FnOnce(&[f32], &mut [f32]) -> Result<()>) -> Vec<f32> {
    let mut out = vec![7.0; trace.len()];
    f(trace, &mut out).unwrap();
    out
}

#[track_caller]
fn picked(found: &[f32], expected: [f64; 9], tolerance: f64) {
    for (k, e) in PICKED.iter().zip(expected) {
        let v = f64::from(found[*k]);
        assert!((v - e).abs() <= tolerance * (1.0 + e.abs()), "sample {k}: found {v}, expected {e}");
    }
}

/// `scipy.signal.hilbert` of the trace with zeros behind it, and what numpy makes of that; the frequency is
/// `np.gradient(np.unwrap(np.angle(a))) / (2 pi dt)`.
#[test]
fn instantaneous_attributes_agree_with_scipy() {
    let x = trace();
    let mut a = Analytic::new(37).unwrap();
    assert!(a.samples() == 37 && a.padded() >= 39);
    let quadrature = [
        2.55021751,
        -7.12295589,
        4.81406332,
        -1.41789851,
        -5.19316511,
        9.07021654,
        0.617855271,
        3.13242909,
        -0.177212205,
    ];
    picked(&run(&x, |t, o| a.quadrature(t, o)), quadrature, 1e-6);
    let envelope =
        [11.2917496, 7.19280895, 4.81406332, 8.12468068, 12.1642494, 9.55347204, 8.0238236, 3.71646499, 8.00196252];
    picked(&run(&x, |t, o| a.envelope(t, o)), envelope, 1e-6);
    let phase =
        [166.94726, -97.9915899, 90.0, -10.0505776, -25.2722733, 108.30178, 4.41629562, 122.557504, -178.731019];
    picked(&run(&x, |t, o| a.phase(t, o)), phase, 1e-6);
    let cosine = [
        -0.974162586,
        -0.139027744,
        0.0,
        0.984654082,
        0.904289251,
        -0.314021958,
        0.997030892,
        -0.538145793,
        -0.999754745,
    ];
    picked(&run(&x, |t, o| a.cosine_phase(t, o)), cosine, 1e-6);
    let frequency =
        [66.0146879, -26.7177984, -23.1934336, 14.5192301, 79.6500753, 96.423122, 9.74931656, 16.2321067, 40.7718593];
    picked(&run(&x, |t, o| a.frequency(t, DT, o)), frequency, 1e-5);
    let average =
        [27.7000408, 26.0142274, 25.0554432, 31.196641, 65.1941522, 72.1456246, 31.0831301, 36.7454587, 38.0764423];
    picked(&run(&x, |t, o| a.average_frequency(t, DT, 3, o)), average, 1e-5);
    let sweetness =
        [1.38976366, 3.21672195, 2.15291457, 2.13223225, 1.36298859, 0.972905464, 2.56977019, 0.922449505, 1.25318808];
    picked(&run(&x, |t, o| a.sweetness(t, DT, 0, 5.0, o)), sweetness, 1e-5);
}

#[test]
fn attributes_of_known_signals() {
    // A cosine under a slow Gaussian: the envelope is the Gaussian, the frequency the cosine's.
    let (n, f) = (500, 31.0);
    let bell = |i: usize| 3.0 * (-((i as f64 - 250.0) / 60.0).powi(2)).exp();
    let x: Vec<f32> = (0..n).map(|i| (bell(i) * (TAU * f * (i as f64 - 250.0) * DT).cos()) as f32).collect();
    let mut a = Analytic::new(n).unwrap();
    let (envelope, frequency) = (run(&x, |t, o| a.envelope(t, o)), run(&x, |t, o| a.frequency(t, DT, o)));
    let average = run(&x, |t, o| a.average_frequency(t, DT, 5, o));
    let phase = run(&x, |t, o| a.phase(t, o));
    for i in 150..350 {
        assert!((f64::from(envelope[i]) - bell(i)).abs() < 2e-5, "{i}: {} {}", envelope[i], bell(i));
        assert!((f64::from(frequency[i]) - f).abs() < 2e-3 && (f64::from(average[i]) - f).abs() < 2e-3);
        let turned = (360.0 * f * (i as f64 - 250.0) * DT - f64::from(phase[i])).rem_euclid(360.0);
        assert!(turned.min(360.0 - turned) < 1e-3, "{i}: {turned}");
    }
    // A sine up to near Nyquist keeps its frequency, where a central difference would fold it.
    let high: Vec<f32> = (0..n).map(|i| (TAU * 110.0 * i as f64 * DT).sin() as f32).collect();
    let frequency = run(&high, |t, o| a.frequency(t, DT, o));
    assert!((frequency[250] - 110.0).abs() < 0.2, "{}", frequency[250]);
    // The phase of a Ricker wavelet is 0 at its centre, 180 where it is turned over.
    let wavelet: Vec<f32> = (0..n).map(|i| ricker((i as f64 - 200.0) * DT, 25.0) as f32).collect();
    let phase = run(&wavelet, |t, o| a.phase(t, o));
    assert!(phase[200].abs() < 1e-3 && phase[199] < -10.0 && phase[201] > 10.0, "{:?}", &phase[198..203]);
    let turned: Vec<f32> = wavelet.iter().map(|v| -v).collect();
    let phase = run(&turned, |t, o| a.phase(t, o));
    assert!((phase[200].abs() - 180.0).abs() < 1e-3 && phase.iter().all(|p| *p > -180.0 && *p <= 180.0));
}

/// A spike at one end must not come out at the other.
#[test]
fn nothing_wraps_around() {
    for n in [1usize, 2, 3, 64, 255, 500, 1023] {
        let mut x = vec![0.0; n];
        x[n - 1] = 1.0;
        let mut a = Analytic::new(n).unwrap();
        let q = run(&x, |t, o| a.quadrature(t, o));
        for (i, q) in q.iter().enumerate() {
            let lag = i as f64 - (n - 1) as f64;
            let expected = if lag % 2.0 == 0.0 { 0.0 } else { 2.0 / (std::f64::consts::PI * lag) };
            assert!((f64::from(*q) - expected).abs() < 1e-6, "{n} {i}: {q} {expected}");
        }
    }
    let n = 500;
    let mut spike = vec![0.0; n];
    spike[n - 1] = 1.0;
    let mut filter = Bandpass::new(n, DT, [5.0, 10.0, 60.0, 80.0]).unwrap();
    let out = run(&spike, |t, o| filter.apply(t, o));
    assert!(out[..200].iter().all(|v| v.abs() < 2e-4) && out[n - 1] > 0.4, "{:?}", &out[..3]);
}

#[test]
fn filters_agree_with_numpy() {
    let x = trace();
    let filter = |corners| {
        let mut filter = Bandpass::new(37, DT, corners).unwrap();
        run(&x, |t, o| filter.apply(t, o))
    };
    let band = [
        -4.53520819,
        -1.62824057,
        0.476228263,
        5.00563294,
        6.69645701,
        3.51943468,
        5.12474404,
        -6.61991295,
        -5.15651078,
    ];
    picked(&filter([10.0, 20.0, 60.0, 90.0]), band, 1e-6);
    let low_cut =
        [-7.3656504, 2.94290076, 3.65870515, 4.73109262, 12.2394554, -2.3317247, 4.98097293, -1.42866519, -6.49580689];
    picked(&filter([15.0, 30.0, 125.0, 125.0]), low_cut, 1e-6);
    // A vertical slope; numpy's spectrum ends within a bin of 2^20.
    let vertical = [
        -3.70844767,
        -4.7557801,
        -5.01509862,
        5.01664654,
        0.251683327,
        1.59634003,
        5.26141727,
        -2.34514849,
        -3.2717729,
    ];
    picked(&filter([0.0, 0.0, 30.0, 30.0]), vertical, 2e-4);
    let whole = filter([0.0, 0.0, 125.0, 125.0]);
    assert!(whole.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-5));
    // The trapezoidal sum without what lies below the cut.
    let mut impedance = RelativeImpedance::new(37, DT, 12.0).unwrap();
    let relative =
        [1.24970015, -4.12868175, -4.03137262, 4.18390331, -4.3088162, 1.15030239, -4.42268224, 9.04919111, 3.89060348];
    picked(&run(&x, |t, o| impedance.apply(t, o)), relative, 1e-4);
    for wrong in [[10.0, 5.0, 60.0, 90.0], [5.0, 10.0, 60.0, 130.0], [-1.0, 10.0, 60.0, 90.0], [0.0; 4]] {
        assert!(Bandpass::new(37, DT, wrong).is_err(), "{wrong:?}");
    }
    assert!(Bandpass::new(0, DT, [5.0, 10.0, 60.0, 80.0]).is_err() && Bandpass::new(9, 0.0, [1.0; 4]).is_err());
    assert!(RelativeImpedance::new(37, DT, 0.0).is_err() && RelativeImpedance::new(37, DT, 125.0).is_err());
}

/// Relative impedance of a trace of reflection coefficients is half the logarithm of the impedance.
#[test]
fn relative_impedance_integrates() {
    let n = 1000;
    let ln_z: Vec<f64> = (0..n)
        .map(|i| 0.1 * (-((i as f64 - 500.0) / 150.0).powi(2)).exp() * (TAU * 30.0 * i as f64 * DT).sin())
        .collect();
    let mut x = vec![0.0f32; n];
    for i in 1..n {
        x[i] = (0.5 * (ln_z[i] - ln_z[i - 1])) as f32;
    }
    let mut impedance = RelativeImpedance::new(n, DT, 8.0).unwrap();
    let out = run(&x, |t, o| impedance.apply(t, o));
    for i in 300..700 {
        // A coefficient lies between two impedances, and the trapezoid takes the mean of both.
        let expected = 0.25 * (ln_z[i] + ln_z[i - 1]);
        assert!((f64::from(out[i]) - expected).abs() < 2e-5, "{i}: {} {expected}", out[i]);
    }
}

#[test]
fn dead_traces_and_gaps() {
    let dead = vec![0.0f32; 50];
    let mut gaps: Vec<f32> = (0..50).map(|i| (i as f32 * 0.7).sin()).collect();
    (gaps[0], gaps[20], gaps[21]) = (f32::NAN, f32::INFINITY, f32::NAN);
    let filled: Vec<f32> = gaps.iter().map(|v| if v.is_finite() { *v } else { 0.0 }).collect();
    for attribute in Attribute::ALL {
        let mut work = TraceAttribute::new(attribute, 50, DT, AttributeOptions::default()).unwrap();
        let out = run(&dead, |t, o| work.compute(t, o));
        let undefined = matches!(
            attribute,
            Attribute::Phase | Attribute::CosinePhase | Attribute::Frequency | Attribute::AverageFrequency
        );
        assert!(out.iter().all(|v| if undefined { v.is_nan() } else { *v == 0.0 }), "{attribute:?}: {out:?}");
        let out = run(&gaps, |t, o| work.compute(t, o));
        for (i, v) in out.iter().enumerate() {
            assert_eq!(v.is_nan(), [0, 20, 21].contains(&i), "{attribute:?} {i}");
        }
        let windowed = matches!(attribute, Attribute::Rms | Attribute::Energy | Attribute::Mean | Attribute::Gain);
        if !windowed {
            let zeros = run(&filled, |t, o| work.compute(t, o));
            assert!((0..50).all(|i| out[i].is_nan() || out[i] == zeros[i]), "{attribute:?}");
        }
        let nothing = run(&[f32::NAN; 50], |t, o| work.compute(t, o));
        assert!(nothing.iter().all(|v| v.is_nan()), "{attribute:?}");
        assert!(work.compute(&dead[..40], &mut [0.0; 40]).is_err() || windowed);
        assert!(work.compute(&dead, &mut [0.0; 40]).is_err());
        assert_eq!(Attribute::of_name(attribute.name()), Some(attribute));
    }
    assert_eq!(Attribute::of_name("envelop"), None);
    assert!(Analytic::new(0).is_err());
    assert!(TraceAttribute::new(Attribute::Envelope, 50, -1.0, AttributeOptions::default()).is_err());
}

/// A trace beside a mute keeps its digits: the transform is of one trace alone.
#[test]
fn results_do_not_depend_on_the_traces_before() {
    let x = trace();
    let large: Vec<f32> = x.iter().map(|v| v * 1e20).collect();
    let mut a = Analytic::new(37).unwrap();
    let fresh = run(&x, |t, o| a.envelope(t, o));
    run(&large, |t, o| a.envelope(t, o));
    run(&[0.0; 37], |t, o| a.average_frequency(t, DT, 2, o));
    assert_eq!(run(&x, |t, o| a.envelope(t, o)), fresh);
    assert_eq!(run(&x, |t, o| a.clone().envelope(t, o)), fresh);
    // Squares of large and small samples neither overflow nor vanish.
    let envelope = run(&large, |t, o| a.envelope(t, o));
    assert!(envelope.iter().zip(&fresh).all(|(a, b)| (a / b / 1e20 - 1.0).abs() < 1e-5));
    let small: Vec<f32> = x.iter().map(|v| v * 1e-25).collect();
    let envelope = run(&small, |t, o| a.envelope(t, o));
    assert!(envelope.iter().zip(&fresh).all(|(a, b)| (a / b * 1e25 - 1.0).abs() < 1e-5));
}

#[test]
fn moving_windows_agree_with_numpy() {
    let x = trace();
    let mut window = MovingWindow::new(4);
    let rms = [6.164414, 5.986095, 5.9880834, 5.9535237, 7.30296743, 8.17176711, 5.9535237, 5.6862407, 6.21288983];
    picked(&run(&x, |t, o| window.apply(Moving::Rms, t, o)), rms, 1e-7);
    let energy = [38.0, 35.8333333, 35.8571429, 35.4444444, 53.3333333, 66.7777778, 35.4444444, 32.3333333, 38.6];
    picked(&run(&x, |t, o| window.apply(Moving::Energy, t, o)), energy, 1e-7);
    let mean = [-4.4, -4.5, -3.0, 1.0, -1.11111111, -2.33333333, 1.0, 0.0, -0.2];
    picked(&run(&x, |t, o| window.apply(Moving::Mean, t, o)), mean, 1e-7);
    let absolute = [4.4, 4.5, 4.71428571, 5.44444444, 6.0, 7.22222222, 5.44444444, 5.0, 5.8];
    picked(&run(&x, |t, o| window.apply(Moving::MeanAbsolute, t, o)), absolute, 1e-7);
    let gain = run(&x, |t, o| window.gain(Moving::Rms, t, o));
    for k in 0..9 {
        assert!((f64::from(gain[PICKED[k]]) * rms[k] - f64::from(x[PICKED[k]])).abs() < 1e-5);
    }
    assert!(window.gain(Moving::Mean, &x, &mut [0.0; 37]).is_err());
    // Readings that are not there are left out of the mean; a window of zeros has no gain.
    let found = run(&[1.0, f32::NAN, 3.0, 8.0], |t, o| MovingWindow::new(1).apply(Moving::Mean, t, o));
    assert!(found[0] == 1.0 && found[1].is_nan() && found[2] == 5.5 && found[3] == 5.5, "{found:?}");
    let found = run(&[0.0, 0.0, 0.0, 5.0], |t, o| MovingWindow::new(1).gain(Moving::Rms, t, o));
    assert!(found[..2] == [0.0, 0.0] && (found[3] - 2f32.sqrt()).abs() < 1e-6, "{found:?}");
    // A spike of 1e18 leaves nothing behind.
    let mut spike = vec![0.1f32; 50];
    spike[10] = 1e18;
    let found = run(&spike, |t, o| MovingWindow::new(2).apply(Moving::Rms, t, o));
    assert!(found[13..].iter().all(|v| (v - 0.1).abs() < 1e-8), "{:?}", &found[13..]);
    assert!(run(&[], |t, o| MovingWindow::new(3).apply(Moving::Rms, t, o)).is_empty());
}

/// Sums in numpy of the trace times `2 g(t) exp(2 pi i f t) / sum g`, for the Morlet wavelet less its constant.
#[test]
fn decomposition_agrees_with_sums_in_time() {
    let x = trace();
    let amplitudes = |f: f64, method| {
        let mut d = Decomposition::new(37, DT, &[60.0, f], method).unwrap();
        let mut out = vec![0.0; 74];
        d.apply(&x, &mut out).unwrap();
        out.split_off(37)
    };
    let short =
        [3.04723038, 3.4524765, 3.85377602, 5.38427735, 3.87848825, 3.80347583, 5.281224, 4.12241821, 3.67627113];
    picked(&amplitudes(22.0, Decompose::ShortTime { deviation: 0.02 }), short, 1e-6);
    let cycles =
        [0.904425698, 1.00975451, 1.11736205, 1.65824707, 1.77694694, 1.7878471, 1.84526873, 1.67656108, 1.60993581];
    picked(&amplitudes(40.0, Decompose::ShortTimeCycles { deviation: 1.2 }), cycles, 1e-6);
    let morlet =
        [1.22246234, 1.41357982, 1.61695316, 2.23884128, 1.82992558, 1.86683671, 2.8069398, 3.0349527, 2.88731925];
    picked(&amplitudes(30.0, Decompose::Morlet { omega0: 5.0 }), morlet, 1e-6);
    let low =
        [0.846250121, 0.85580032, 0.870523685, 1.13336344, 1.5004727, 1.52171363, 1.28353256, 0.909835397, 0.831405274];
    picked(&amplitudes(8.0, Decompose::Morlet { omega0: 2.5 }), low, 1e-6);
}

#[test]
fn decomposition_keeps_amplitudes_apart() {
    let n = 600;
    let x: Vec<f32> = (0..n)
        .map(|i| {
            let f = if i < 300 { 20.0 } else { 55.0 };
            (2.5 * (TAU * f * i as f64 * DT).cos() + 1.0) as f32
        })
        .collect();
    for method in [Decompose::ShortTime { deviation: 0.05 }, Decompose::Morlet { omega0: 8.0 }] {
        let mut d = Decomposition::new(n, DT, &[20.0, 55.0], method).unwrap();
        assert_eq!(d.frequencies(), 2);
        let mut out = vec![0.0; 2 * n];
        d.apply(&x, &mut out).unwrap();
        assert!((out[150] - 2.5).abs() < 0.01 && out[450] < 0.02, "{method:?}: {} {}", out[150], out[450]);
        assert!((out[n + 450] - 2.5).abs() < 0.01 && out[n + 150] < 0.02);
    }
    let (mut gaps, mut out) = (x.clone(), vec![0.0; 2 * n]);
    gaps[7] = f32::NAN;
    let mut d = Decomposition::new(n, DT, &[20.0, 55.0], Decompose::Morlet { omega0: 6.0 }).unwrap();
    d.apply(&gaps, &mut out).unwrap();
    assert!(out[7].is_nan() && out[n + 7].is_nan() && out.iter().filter(|v| v.is_nan()).count() == 2);
    d.apply(&vec![0.0; n], &mut out).unwrap();
    assert!(out.iter().all(|v| *v == 0.0));
    let make = |f: f64, method| Decomposition::new(n, DT, &[f], method);
    assert!(
        make(125.0, Decompose::Morlet { omega0: 6.0 }).is_err()
            && make(0.0, Decompose::Morlet { omega0: 6.0 }).is_err()
    );
    assert!(make(20.0, Decompose::Morlet { omega0: 1.0 }).is_err());
    assert!(make(20.0, Decompose::ShortTime { deviation: 0.0 }).is_err());
    // A window longer than any trace.
    let mut long = make(20.0, Decompose::ShortTime { deviation: 1e9 }).unwrap();
    long.apply(&x, &mut out[..n]).unwrap();
    assert!(out[..n].iter().all(|v| v.abs() < 1e-6));
}

/// `np.abs(np.fft.rfft(trace, 96))`, and the autocorrelation by its sum.
#[test]
fn spectra_are_averaged() {
    let x = trace();
    let mut sums = SpectrumAverage::new(37, DT, 0.0).unwrap();
    let empty = sums.clone();
    assert!(sums.spectrum().amplitude.iter().all(|a| a.is_nan()));
    sums.add(&x).unwrap();
    let spectrum = sums.spectrum();
    // 74 samples and more are 96 when they are to be fast.
    assert!(spectrum.amplitude.len() == 49 && (spectrum.frequency[48] - 125.0).abs() < 1e-9);
    for (k, expected) in [(0, 36.0), (1, 27.26716309), (7, 51.78144849), (20, 16.12748828), (48, 10.0)] {
        assert!((spectrum.amplitude[k] - expected).abs() < 1e-7, "{k}: {}", spectrum.amplitude[k]);
        assert!((spectrum.power[k] - expected * expected).abs() < 1e-5);
    }
    for (found, expected) in sums.autocorrelation().unwrap().iter().zip([1498.0, 184.0, -124.0, 393.0, -241.0]) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
    // Parts put together are the whole; dead traces and gaps are left out.
    let mut other = empty.clone();
    other.add(&x.iter().map(|v| 3.0 * v).collect::<Vec<f32>>()).unwrap();
    other.add(&[0.0; 37]).unwrap();
    other.add(&[f32::NAN; 37]).unwrap();
    let mut gap = x.clone();
    gap[3] = f32::NAN;
    other.add(&gap).unwrap();
    sums.merge(&other).unwrap();
    let both = sums.spectrum();
    assert_eq!((both.traces, both.dead, both.with_gaps), (2, 2, 1));
    assert!((both.amplitude[7] - 2.0 * 51.78144849).abs() < 1e-6 && (both.power[0] - 5.0 * 36.0 * 36.0).abs() < 1e-6);
    let decibels = both.decibels();
    assert!(decibels.iter().all(|d| *d <= 0.0) && decibels.contains(&0.0));
    assert!(sums.merge(&SpectrumAverage::new(38, DT, 0.0).unwrap()).is_err());
    assert!(SpectrumAverage::new(37, DT, 0.6).is_err() && sums.add(&x[1..]).is_err());
}
