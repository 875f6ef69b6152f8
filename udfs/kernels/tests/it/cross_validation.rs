use outcrop_kernels::cross_validation::{Folds, Method, cross_validate};
use outcrop_kernels::gridding::InverseDistance;
use outcrop_kernels::kriging::Search;
use outcrop_kernels::variogram::{Model, Variogram};
use outcrop_kernels::{KernelError, Silent};

use crate::data::{Data, by_distance, krige_plainly};

const V: Variogram = Variogram { model: Model::Spherical, nugget: 4.0, psill: 900.0, range: 40.0, anisotropy: None };

fn groups(n: usize) -> Vec<u32> {
    // Groups of several sizes, one of them a single datum, numbers not in order.
    (0..n).map(|i| if i == 5 { 99 } else { 1000 - (i * i % 7) as u32 }).collect()
}

#[test]
fn kriging_leaves_whole_folds_out() {
    let mut d = Data::new(31, 90);
    (d.x[7], d.y[7]) = (d.x[3], d.y[3]); // two data at one place
    let g = groups(90);
    for folds in [Folds::LeaveOneOut, Folds::Groups(&g)] {
        for (search, k) in [(Search::global(), 90), (Search::nearest(12), 12), (Search::nearest(70), 70)] {
            let out = cross_validate(d.points(), &Method::Kriging { variogram: V, search }, &folds, &Silent).unwrap();
            for i in 0..90 {
                let other = |r: &usize| if folds == Folds::LeaveOneOut { *r != i } else { g[*r] != g[i] };
                let rows: Vec<usize> =
                    by_distance(&d, d.x[i], d.y[i], f64::hypot).into_iter().filter(other).take(k).collect();
                // Away from the datum by nothing that matters, so that the plain system does not
                // see a target on a datum.
                let (e, v) = krige_plainly(&d, &rows, d.x[i] + 1e-10, d.y[i], &V);
                assert_eq!(out[i].actual, d.z[i]);
                assert!((out[i].predicted - e).abs() < 1e-6, "{i} {k}: {} {e}", out[i].predicted);
                assert!((out[i].variance - v).abs() < 1e-6, "{i} {k}: {} {v}", out[i].variance);
            }
        }
    }
}

#[test]
fn other_methods_leave_whole_folds_out() {
    let d = Data::new(32, 120);
    let g = groups(120);
    let rows = |i: usize| -> Vec<usize> {
        by_distance(&d, d.x[i], d.y[i], f64::hypot).into_iter().filter(|r| g[*r] != g[i]).collect()
    };
    let run = |method: &Method| cross_validate(d.points(), method, &Folds::Groups(&g), &Silent).unwrap();
    let nearest = run(&Method::Nearest);
    let idw = run(&Method::InverseDistance(InverseDistance { power: 3.0, neighbours: 5, radius: None }));
    let tin = run(&Method::Tin);
    let mut inside = 0;
    for i in 0..120 {
        let rows = rows(i);
        assert_eq!(nearest[i].predicted, d.z[rows[0]]);
        assert!(nearest[i].variance.is_nan());
        let w: Vec<f64> = rows[..5].iter().map(|r| (d.x[*r] - d.x[i]).hypot(d.y[*r] - d.y[i]).powi(-3)).collect();
        let mean = rows.iter().zip(&w).map(|(r, w)| w * d.z[*r]).sum::<f64>() / w.iter().sum::<f64>();
        assert!((idw[i].predicted - mean).abs() < 1e-9);
        if tin[i].predicted.is_finite() {
            inside += 1;
            assert_ne!(tin[i].predicted, d.z[i]);
        }
    }
    assert!((60..120).contains(&inside), "{inside}");
}

#[test]
fn random_folds_are_equal_repeatable_and_left_out() {
    let d = Data::new(33, 101);
    let run = |seed| cross_validate(d.points(), &Method::Nearest, &Folds::KFold { k: 5, seed }, &Silent).unwrap();
    assert_eq!(
        run(1).iter().map(|c| c.predicted).collect::<Vec<_>>(),
        run(1).iter().map(|c| c.predicted).collect::<Vec<_>>()
    );
    assert!(run(1).iter().zip(run(2)).any(|(a, b)| a.predicted != b.predicted));
    // With two folds about half of the data lose their nearest neighbour.
    let two = cross_validate(d.points(), &Method::Nearest, &Folds::KFold { k: 2, seed: 7 }, &Silent).unwrap();
    let lost = (0..101).filter(|i| two[*i].predicted != d.z[by_distance(&d, d.x[*i], d.y[*i], f64::hypot)[1]]).count();
    assert!((30..75).contains(&lost), "{lost}");
}

#[test]
fn folds_that_leave_nothing_are_errors() {
    let d = Data::new(34, 10);
    let run = |f: &Folds<'_>| cross_validate(d.points(), &Method::Nearest, f, &Silent).unwrap_err();
    assert!(matches!(run(&Folds::Groups(&[1; 10])), KernelError::InvalidParameter { name: "folds", .. }));
    assert!(matches!(run(&Folds::Groups(&[1; 9])), KernelError::LengthMismatch { .. }));
    assert!(matches!(run(&Folds::KFold { k: 1, seed: 0 }), KernelError::InvalidParameter { .. }));
    assert!(matches!(run(&Folds::KFold { k: 11, seed: 0 }), KernelError::InvalidParameter { .. }));
    let one = Data::new(34, 1);
    assert!(cross_validate(one.points(), &Method::Nearest, &Folds::LeaveOneOut, &Silent).is_err());
    let min = Method::Kriging { variogram: V, search: Search { min_neighbours: 10, ..Search::global() } };
    let out = cross_validate(d.points(), &min, &Folds::LeaveOneOut, &Silent).unwrap();
    assert!(out.iter().all(|c| c.predicted.is_nan()));
    let line = Data { y: vec![0.0; 10], ..Data::new(34, 10) };
    let out = cross_validate(line.points(), &Method::Tin, &Folds::LeaveOneOut, &Silent).unwrap();
    assert!(out.iter().all(|c| c.predicted.is_nan()));
}
