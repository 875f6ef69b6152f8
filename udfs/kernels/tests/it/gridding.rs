use outcrop_kernels::gridding::{Gridded, Gridder, InverseDistance, Method, Tin};
use outcrop_kernels::{KernelError, Points, RegularGrid, Silent};

use crate::data::{Data, by_distance};

const GRID: RegularGrid = RegularGrid { x0: -4.0, y0: 104.0, dx: 3.0, dy: -2.0, nx: 37, ny: 55 };

fn nodes() -> Vec<(f64, f64)> {
    (0..GRID.len()).map(|at| (GRID.x(at % GRID.nx), GRID.y(at / GRID.nx))).collect()
}

#[track_caller]
fn same(a: &Gridded, b: &Gridded) {
    assert_eq!(a.n_used, b.n_used);
    for (a, b) in a.value.iter().chain(&a.dist_nearest).zip(b.value.iter().chain(&b.dist_nearest)) {
        assert!((a - b).abs() < 1e-9 || (a.is_nan() && b.is_nan()), "{a} {b}");
    }
}

#[test]
fn nearest_and_inverse_distance_match_plain_loops() {
    let d = Data::new(51, 800);
    let (tx, ty): (Vec<f64>, Vec<f64>) = nodes().into_iter().unzip();
    let nearest = Gridder::new(d.points(), Method::Nearest).unwrap();
    let near = nearest.grid(&GRID, &Silent).unwrap();
    same(&near, &nearest.targets(&tx, &ty, &Silent).unwrap());
    for options in [
        InverseDistance { power: 2.0, neighbours: 12, radius: None },
        InverseDistance { power: 1.5, neighbours: 7, radius: Some(4.0) },
        InverseDistance { power: 300.0, neighbours: 3, radius: None },
    ] {
        let weighted = Gridder::new(d.points(), Method::InverseDistance(options)).unwrap();
        let out = weighted.grid(&GRID, &Silent).unwrap();
        same(&out, &weighted.targets(&tx, &ty, &Silent).unwrap());
        for (at, (x, y)) in nodes().into_iter().enumerate().step_by(7) {
            let distance = |r: &usize| (d.x[*r] - x).hypot(d.y[*r] - y);
            let rows = by_distance(&d, x, y, f64::hypot);
            assert_eq!(near.value[at], d.z[rows[0]]);
            assert!((near.dist_nearest[at] - distance(&rows[0])).abs() < 1e-12);
            let used: Vec<usize> = rows
                .into_iter()
                .take(options.neighbours)
                .filter(|r| distance(r) <= options.radius.unwrap_or(1e9))
                .collect();
            assert_eq!(out.n_used[at] as usize, used.len());
            let Some(first) = used.first().map(distance) else {
                assert!(out.value[at].is_nan() && out.dist_nearest[at].is_nan());
                continue;
            };
            let w: Vec<f64> = used.iter().map(|r| (first / distance(r)).powf(options.power)).collect();
            let mean = used.iter().zip(&w).map(|(r, w)| w * d.z[*r]).sum::<f64>() / w.iter().sum::<f64>();
            assert!((out.value[at] - mean).abs() < 1e-9);
        }
    }
}

#[test]
fn inverse_distance_returns_data_and_means_of_doubled_data() {
    let p = Points { x: &[0.0, 4.0, 4.0], y: &[0.0, 0.0, 0.0], z: &[1.0, 2.0, 6.0] };
    let weighted = Gridder::new(p, Method::InverseDistance(InverseDistance::default())).unwrap();
    let out = weighted.targets(&[0.0, 4.0], &[0.0, 0.0], &Silent).unwrap();
    assert_eq!(out.value, [1.0, 4.0]);
    assert_eq!(out.n_used, [1, 2]);
    let bad = InverseDistance { power: 0.0, ..InverseDistance::default() };
    assert!(matches!(
        Gridder::new(p, Method::InverseDistance(bad)),
        Err(KernelError::InvalidParameter { name: "power", .. })
    ));
}

#[test]
fn triangles_reproduce_a_plane_and_cover_the_hull() {
    let mut d = Data::new(52, 500);
    // The corners, so that the hull is the square.
    for (i, (x, y)) in [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0), (100.0, 100.0)].into_iter().enumerate() {
        (d.x[i], d.y[i]) = (x, y);
    }
    d.z = d.x.iter().zip(&d.y).map(|(x, y)| 3.0 + 0.25 * x - 0.5 * y).collect();
    // Map coordinates of a real survey, as well as small ones; nodes on the hull are inside.
    for (ox, oy) in [(0.0, 0.0), (431_000.0, 6_478_000.0)] {
        let far =
            Data { x: d.x.iter().map(|x| x + ox).collect(), y: d.y.iter().map(|y| y + oy).collect(), z: d.z.clone() };
        let g = RegularGrid { x0: ox - 5.0, y0: oy + 105.0, dx: 2.5, dy: -2.5, nx: 45, ny: 45 };
        let tin = Gridder::new(far.points(), Method::Tin).unwrap();
        let out = tin.grid(&g, &Silent).unwrap();
        let (tx, ty): (Vec<f64>, Vec<f64>) = (0..g.len()).map(|at| (g.x(at % 45), g.y(at / 45))).unzip();
        same(&out, &tin.targets(&tx, &ty, &Silent).unwrap());
        for at in 0..g.len() {
            let (x, y) = (tx[at] - ox, ty[at] - oy);
            if (0.0..=100.0).contains(&x) && (0.0..=100.0).contains(&y) {
                assert!((out.value[at] - (3.0 + 0.25 * x - 0.5 * y)).abs() < 1e-6, "{x} {y} {}", out.value[at]);
                assert_eq!(out.n_used[at], 3);
            } else {
                assert!(out.value[at].is_nan() && out.n_used[at] == 0 && out.dist_nearest[at] > 0.0);
            }
        }
    }
}

#[test]
fn triangles_on_a_lattice_and_with_doubled_data() {
    // A lattice has four data on every circle; the doubled datum counts with its mean.
    let mut d = Data { x: Vec::new(), y: Vec::new(), z: Vec::new() };
    for i in 0..100 {
        d.x.push(f64::from(i % 10));
        d.y.push(f64::from(i / 10));
        d.z.push(f64::from(i % 10) + 10.0 * f64::from(i / 10));
    }
    (d.x[99], d.y[99], d.z[99]) = (4.0, 4.0, 54.0);
    let g = RegularGrid { x0: 0.0, y0: 0.0, dx: 0.5, dy: 0.5, nx: 17, ny: 17 };
    let out = Gridder::new(d.points(), Method::Tin).unwrap().grid(&g, &Silent).unwrap();
    assert!(out.value.iter().all(|v| v.is_finite()));
    assert_eq!(out.value[8 * 17 + 8], 49.0);
    assert_eq!(out.value[0], 0.0);
    assert!((out.value[3 * 17 + 1] - 15.5).abs() < 1e-12);
}

#[test]
fn too_little_for_triangles_is_an_error() {
    let run = |x: &[f64], y: &[f64]| Gridder::new(Points { x, y, z: x }, Method::Tin).unwrap_err();
    assert_eq!(run(&[0.0], &[0.0]), KernelError::TooFewPoints { needed: 3, found: 1 });
    assert_eq!(run(&[0.0, 1.0], &[0.0, 0.0]), KernelError::TooFewPoints { needed: 3, found: 2 });
    assert_eq!(run(&[0.0, 1.0, 1.0, 0.0], &[0.0; 4]), KernelError::TooFewPoints { needed: 3, found: 2 });
    assert_eq!(run(&[0.0, 1.0, 2.0, 3.0, 7.0], &[0.0; 5]), KernelError::Collinear { found: 5 });
    assert!(matches!(run(&[1.0; 5], &[1.0; 5]), KernelError::TooFewPoints { .. }));
    assert!(matches!(run(&[0.0, 1.0, f64::INFINITY], &[0.0; 3]), KernelError::NonFinite { what: "x", row: 2 }));
    let three = Tin::new(Points { x: &[0.0, 1.0, 0.0], y: &[0.0, 0.0, 1.0], z: &[1.0, 2.0, 3.0] }).unwrap();
    assert_eq!(three.triangles(), 1);
    assert!((three.value(0.25, 0.25) - 1.75).abs() < 1e-12 && three.value(1.0, 1.0).is_nan());
}

#[test]
fn bad_grids_are_errors() {
    let d = Data::new(1, 9);
    for g in [
        RegularGrid { dx: 0.0, ..GRID },
        RegularGrid { ny: 0, ..GRID },
        RegularGrid { x0: f64::NAN, ..GRID },
        RegularGrid { nx: usize::MAX, ..GRID },
    ] {
        let nearest = Gridder::new(d.points(), Method::Nearest).unwrap();
        assert!(matches!(nearest.grid(&g, &Silent), Err(KernelError::InvalidParameter { .. })));
    }
}

/// A map made in parts is the map made at once.
#[test]
fn parts_make_the_whole() {
    let d = Data::new(53, 300);
    for method in [Method::Nearest, Method::InverseDistance(InverseDistance::default()), Method::Tin] {
        let gridder = Gridder::new(d.points(), method).unwrap();
        let whole = gridder.grid(&GRID, &Silent).unwrap();
        for step in [1, 7, 54] {
            let mut parts = Gridded::default();
            for from in (0..GRID.ny).step_by(step) {
                let part = gridder.rows(&GRID, from..GRID.ny.min(from + step), &Silent).unwrap();
                parts.value.extend(part.value);
                parts.n_used.extend(part.n_used);
                parts.dist_nearest.extend(part.dist_nearest);
            }
            assert_eq!(parts.n_used, whole.n_used);
            let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&parts.dist_nearest), bits(&whole.dist_nearest), "{method:?} by {step}");
            // Tiles differ, and with them the order of a sum.
            same(&parts, &whole);
        }
    }
}
