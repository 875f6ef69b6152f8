use outcrop_kernels::variogram::{Anisotropy, Estimator, ExperimentalOptions, Model, Variogram, experimental};
use outcrop_kernels::{KernelError, Silent};

use crate::data::{Data, uniform};
use crate::reference::{assert_close, load, number, numbers};

#[test]
fn models_match_the_reference() {
    let Some(r) = load("variogram_models.json") else { return };
    for model in [Model::Spherical, Model::Exponential, Model::Gaussian] {
        let v = Variogram {
            model,
            nugget: number(&r["nugget"]),
            psill: number(&r["psill"]),
            range: number(&r["range"]),
            anisotropy: None,
        };
        let found: Vec<f64> = numbers(&r["h"]).into_iter().map(|h| v.gamma(h)).collect();
        assert_close(&found, &numbers(&r[model.name()]), 5e-16);
    }
}

#[test]
fn every_model_starts_at_zero_and_reaches_its_sill() {
    for model in Model::ALL {
        let v = Variogram { model, nugget: 0.5, psill: 2.0, range: 10.0, anisotropy: None };
        assert_eq!(v.gamma(0.0), 0.0);
        assert_eq!(v.covariance(0.0), 2.5);
        assert!((v.gamma(1e-12) - 0.5).abs() < 1e-9);
        assert!((v.gamma(1e6) - 2.5).abs() < 1e-12);
        assert!((v.gamma(3.0) + v.covariance(3.0) - 2.5).abs() < 1e-12);
        assert!(v.gamma(-1.0).is_nan() && v.gamma(f64::NAN).is_nan());
        for k in 0..200 {
            assert!(v.gamma(k as f64 * 0.1) <= v.gamma((k + 1) as f64 * 0.1) + 1e-12);
        }
        assert_eq!(model.name().parse::<Model>().unwrap(), model);
    }
    // Chiles and Delfiner's cubic at half its range: 7/4 - 8.75/8 + 3.5/32 - 0.75/128.
    let cubic = Variogram { model: Model::Cubic, nugget: 0.0, psill: 1.0, range: 2.0, anisotropy: None };
    assert!((cubic.gamma(1.0) - 0.759_765_625).abs() < 1e-15);
    let error = "linear".parse::<Model>().unwrap_err().to_string();
    assert!(error.contains("'spherical'") && error.contains("'linear'"), "{error}");
}

#[test]
fn anisotropy_is_clockwise_from_north() {
    let a = Anisotropy { azimuth_degrees: 30.0, ratio: 0.25 };
    let v = Variogram { model: Model::Spherical, nugget: 0.0, psill: 1.0, range: 100.0, anisotropy: Some(a) };
    let (sin, cos) = 30f64.to_radians().sin_cos();
    assert!((v.gamma_between(50.0 * sin, 50.0 * cos) - v.gamma(50.0)).abs() < 1e-14);
    assert!((v.gamma_between(12.5 * cos, -12.5 * sin) - v.gamma(50.0)).abs() < 1e-14);
}

fn reference_points() -> Data {
    let x: Vec<f64> = uniform(21, 400).iter().map(|v| v * 100.0).collect();
    let y: Vec<f64> = uniform(22, 400).iter().map(|v| v * 100.0).collect();
    let z = x.iter().zip(&y).map(|(x, y)| crate::data::surface(*x, *y)).collect();
    Data { x, y, z }
}

#[test]
fn experimental_matches_the_reference() {
    let Some(r) = load("experimental_variogram.json") else { return };
    let d = reference_points();
    for (point, expected) in r["first_three"].as_array().unwrap().iter().enumerate() {
        assert_close(&[d.x[point], d.y[point], d.z[point]], &numbers(expected), 1e-14);
    }
    for (estimator, name) in [(Estimator::Matheron, "matheron"), (Estimator::Cressie, "cressie_hawkins")] {
        let options = ExperimentalOptions { estimator, ..ExperimentalOptions::omnidirectional(5.0, 50.0) };
        let bins = experimental(&d.x, &d.y, &d.z, &options, &Silent).unwrap();
        let pairs: Vec<f64> = bins.iter().map(|b| b.pairs as f64).collect();
        assert_eq!(pairs, numbers(&r["pairs"]));
        assert_close(&bins.iter().map(|b| b.mean_distance).collect::<Vec<_>>(), &numbers(&r["mean_lag"]), 1e-13);
        assert_close(&bins.iter().map(|b| b.gamma).collect::<Vec<_>>(), &numbers(&r[name]), 1e-12);
        assert_eq!(bins[1].lag, 7.5);
    }
}

#[test]
fn directions_bandwidth_and_edges_match_plain_loops() {
    let d = Data::new(77, 700);
    let options = ExperimentalOptions {
        azimuth: Some(40.0),
        tolerance: 20.0,
        bandwidth: Some(6.0),
        ..ExperimentalOptions::omnidirectional(3.0, 40.0)
    };
    let bins = experimental(&d.x, &d.y, &d.z, &options, &Silent).unwrap();
    assert_eq!(bins.len(), 14);
    assert_eq!(bins[13].lag, 39.5); // 39 to 40: cut at max_lag
    let (sin, cos) = 40f64.to_radians().sin_cos();
    let mut sums = vec![(0u64, 0.0); 14];
    for i in 0..700 {
        for j in i + 1..700 {
            let (dx, dy) = (d.x[j] - d.x[i], d.y[j] - d.y[i]);
            let h = dx.hypot(dy);
            let angle = ((dx * sin + dy * cos).abs() / h).acos().to_degrees();
            if h < 40.0 && angle <= 20.0 && (dx * cos - dy * sin).abs() <= 6.0 {
                let s = &mut sums[(h / 3.0) as usize];
                *s = (s.0 + 1, s.1 + (d.z[i] - d.z[j]).powi(2));
            }
        }
    }
    for (b, (pairs, sum)) in bins.iter().zip(sums) {
        assert_eq!(b.pairs, pairs);
        assert!((b.gamma - sum / (2.0 * pairs as f64)).abs() < 1e-9);
    }
}

#[test]
fn distances_on_an_edge_belong_to_the_class_above() {
    // On a line with spacing 0.1 every distance is on an edge up to rounding; exact ones on a grid of 50.
    let x: Vec<f64> = (0..10).map(|i| f64::from(i) * 50.0).collect();
    let zero = vec![0.0; 10];
    let bins = experimental(&x, &zero, &x, &ExperimentalOptions::omnidirectional(50.0, 500.0), &Silent).unwrap();
    let pairs: Vec<u64> = bins.iter().map(|b| b.pairs).collect();
    assert_eq!(pairs, [0, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert!(bins[0].gamma.is_nan() && bins[0].mean_distance.is_nan());
    assert_eq!(bins[2].gamma, 0.5 * 100.0 * 100.0);
    for lag in [0.1, 0.3, 0.7, 1.1] {
        let bins = experimental(
            &[0.0, 3.0 * lag],
            &[0.0, 0.0],
            &[0.0, 1.0],
            &ExperimentalOptions::omnidirectional(lag, 10.0 * lag),
            &Silent,
        );
        assert_eq!(bins.unwrap()[3].pairs, 1, "{lag}");
    }
}

#[test]
fn equal_places_count_at_distance_zero() {
    let options = ExperimentalOptions::omnidirectional(1.0, 3.0);
    let bins = experimental(&[5.0; 3], &[5.0; 3], &[1.0, 2.0, 4.0], &options, &Silent).unwrap();
    assert_eq!((bins[0].pairs, bins[0].mean_distance), (3, 0.0));
    assert!((bins[0].gamma - (1.0 + 4.0 + 9.0) / 6.0).abs() < 1e-15);
}

#[test]
fn bad_input_says_what_is_wrong() {
    let options = ExperimentalOptions::omnidirectional(1.0, 3.0);
    let run = |x: &[f64], y: &[f64], z: &[f64], o: &ExperimentalOptions| experimental(x, y, z, o, &Silent).unwrap_err();
    assert_eq!(run(&[0.0], &[0.0], &[0.0], &options), KernelError::TooFewPoints { needed: 2, found: 1 });
    assert_eq!(run(&[0.0, 1.0], &[0.0, 1.0], &[0.0, f64::NAN], &options), KernelError::NonFinite { what: "z", row: 1 });
    assert!(matches!(run(&[0.0, 1.0], &[0.0], &[0.0, 1.0], &options), KernelError::LengthMismatch { .. }));
    for (o, name) in [
        (ExperimentalOptions { lag: 0.0, ..options }, "lag"),
        (ExperimentalOptions { max_lag: 0.5, ..options }, "max_lag"),
        (ExperimentalOptions { tolerance: 0.0, azimuth: Some(0.0), ..options }, "tolerance"),
        (ExperimentalOptions { bandwidth: Some(-1.0), ..options }, "bandwidth"),
    ] {
        let error = run(&[0.0, 1.0], &[0.0, 1.0], &[0.0, 1.0], &o);
        assert!(matches!(error, KernelError::InvalidParameter { name: n, .. } if n == name), "{error}");
    }
    for v in [
        Variogram { model: Model::Spherical, nugget: -1.0, psill: 1.0, range: 1.0, anisotropy: None },
        Variogram { model: Model::Spherical, nugget: 0.0, psill: 0.0, range: 1.0, anisotropy: None },
        Variogram { model: Model::Spherical, nugget: 0.0, psill: 1.0, range: 0.0, anisotropy: None },
        Variogram {
            model: Model::Spherical,
            nugget: 0.0,
            psill: 1.0,
            range: 1.0,
            anisotropy: Some(Anisotropy { azimuth_degrees: 0.0, ratio: 1.5 }),
        },
    ] {
        assert!(v.check().is_err());
    }
}
