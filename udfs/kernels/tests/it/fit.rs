use outcrop_kernels::variogram::{
    ExperimentalOptions, FitOptions, FitWeights, LagBin, Model, Variogram, experimental, fit,
};
use outcrop_kernels::{KernelError, Silent};

use crate::data::Data;

fn bins_of(v: &Variogram, most: f64) -> Vec<LagBin> {
    (1..=20)
        .map(|k| {
            let h = f64::from(k) * most / 20.0;
            LagBin { lag: h, mean_distance: h, gamma: v.gamma(h), pairs: 100 + 10 * k as u64 }
        })
        .collect()
}

#[test]
fn recovers_the_model_it_was_made_from() {
    for weights in [FitWeights::Pairs, FitWeights::PairsOverSquaredDistance, FitWeights::Cressie] {
        for model in Model::ALL {
            for (nugget, range) in [(0.0, 18.0), (0.4, 18.0), (0.4, 45.0)] {
                let v = Variogram { model, nugget, psill: 2.5, range, anisotropy: None };
                let options = FitOptions { weights, ..FitOptions::default() };
                let found = fit(&bins_of(&v, 40.0), &Model::ALL, &options).unwrap();
                assert_eq!(found.model, model, "{v:?} {found:?}");
                assert!((found.range - range).abs() < 1e-4 * range, "{v:?} {found:?}");
                assert!((found.psill - 2.5).abs() < 1e-3 && (found.nugget - nugget).abs() < 1e-4, "{v:?} {found:?}");
            }
        }
    }
}

#[test]
fn bounds_hold() {
    // A parabola wants a negative nugget under a spherical model; falling classes a negative sill.
    let parabola: Vec<LagBin> =
        (1..12).map(f64::from).map(|h| LagBin { lag: h, mean_distance: h, gamma: h * h, pairs: 50 }).collect();
    let falling: Vec<LagBin> =
        (1..12).map(f64::from).map(|h| LagBin { lag: h, mean_distance: h, gamma: 20.0 - h, pairs: 50 }).collect();
    for bins in [&parabola, &falling] {
        for model in Model::ALL {
            for weights in [FitWeights::Pairs, FitWeights::PairsOverSquaredDistance, FitWeights::Cressie] {
                let f = fit(bins, &[model], &FitOptions { weights, ..FitOptions::default() }).unwrap();
                assert!(
                    f.nugget >= 0.0 && f.psill >= 0.0 && f.range > 0.0 && f.range <= 33.0 && f.wss.is_finite(),
                    "{f:?}"
                );
            }
        }
    }
    let held = FitOptions { nugget: Some(3.0), range: Some(7.0), ..FitOptions::default() };
    let f = fit(&parabola, &[Model::Spherical], &held).unwrap();
    assert_eq!((f.nugget, f.range), (3.0, 7.0));
}

#[test]
fn no_neighbouring_parameters_are_better() {
    let d = Data::new(5, 600);
    let bins = experimental(&d.x, &d.y, &d.z, &ExperimentalOptions::omnidirectional(3.0, 45.0), &Silent).unwrap();
    for model in Model::ALL {
        let options = FitOptions { weights: FitWeights::Pairs, ..FitOptions::default() };
        let f = fit(&bins, &[model], &options).unwrap();
        let loss = |nugget: f64, psill: f64, range: f64| -> f64 {
            let v = Variogram { model, nugget, psill, range, anisotropy: None };
            bins.iter()
                .filter(|b| b.pairs > 0)
                .map(|b| b.pairs as f64 * (b.gamma - v.gamma(b.mean_distance)).powi(2))
                .sum()
        };
        let best = loss(f.nugget, f.psill, f.range);
        assert!((best - f.wss).abs() <= 1e-9 * best);
        for a in -10..=10 {
            for b in -10..=10 {
                for c in -30..=30 {
                    let (n, p, r) = (
                        f.nugget + 2.0 * f64::from(a),
                        f.psill * (1.0 + 0.01 * f64::from(b)),
                        f.range * (1.0 + 0.03 * f64::from(c)),
                    );
                    if n >= 0.0 && r > 0.0 && r <= 3.0 * 45.0 {
                        assert!(loss(n, p, r) >= best * (1.0 - 1e-9), "{model} {n} {p} {r}");
                    }
                }
            }
        }
    }
}

#[test]
fn too_little_to_fit_is_an_error() {
    let flat: Vec<LagBin> =
        (1..6).map(|k| LagBin { lag: f64::from(k), mean_distance: f64::from(k), gamma: 0.0, pairs: 9 }).collect();
    assert!(matches!(fit(&flat, &Model::ALL, &FitOptions::default()), Err(KernelError::InvalidParameter { .. })));
    let few = &flat[..2];
    assert_eq!(fit(few, &Model::ALL, &FitOptions::default()), Err(KernelError::TooFewPoints { needed: 3, found: 2 }));
    let v = Variogram { model: Model::Spherical, nugget: 0.0, psill: 1.0, range: 3.0, anisotropy: None };
    assert!(fit(&bins_of(&v, 9.0), &[], &FitOptions::default()).is_err());
}
