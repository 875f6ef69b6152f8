use outcrop_kernels::kriging::{Kriged, OrdinaryKriging, Search, ordinary, ordinary_regular};
use outcrop_kernels::search::Metric;
use outcrop_kernels::variogram::{Anisotropy, Model, Variogram};
use outcrop_kernels::{KernelError, Points, RegularGrid, Silent};

use crate::data::{Data, by_distance, krige_plainly};
use crate::reference::{assert_close, load, number, numbers};

fn spherical(nugget: f64) -> Variogram {
    Variogram { model: Model::Spherical, nugget, psill: 2500.0, range: 25.0, anisotropy: None }
}

#[test]
fn matches_the_reference() {
    let Some(r) = load("kriging.json") else { return };
    let (x, y, z) = (numbers(&r["x"]), numbers(&r["y"]), numbers(&r["z"]));
    let (tx, ty) = (numbers(&r["target_x"]), numbers(&r["target_y"]));
    for nugget in [0.0, 25.0] {
        let v = Variogram {
            model: Model::Spherical,
            nugget,
            psill: number(&r["variogram"]["psill"]),
            range: number(&r["variogram"]["range"]),
            anisotropy: None,
        };
        let case = &r["cases"][format!("ordinary_nugget_{nugget}").as_str()];
        // The global engine and the moving one, which takes all 15 data here.
        for search in [Search::global(), Search::nearest(15), Search { radius: Some(1e6), ..Search::global() }] {
            let out = ordinary(Points { x: &x, y: &y, z: &z }, &tx, &ty, &v, &search, &Silent).unwrap();
            assert_close(&out.estimate, &numbers(&case["estimate"]), 1e-13);
            assert_close(&out.variance, &numbers(&case["variance"]), 1e-12);
            assert_eq!(out.n_used, [15; 6]);
            let on_data = ordinary(Points { x: &x, y: &y, z: &z }, &x, &y, &v, &search, &Silent).unwrap();
            assert_eq!(on_data.estimate.len(), 15);
            assert_close(&on_data.estimate, &z, 1e-15);
            assert!(on_data.variance.iter().all(|v| *v == 0.0));
        }
    }
}

fn compare(d: &Data, out: &Kriged, targets: &[(f64, f64)], v: &Variogram, rows: impl Fn(f64, f64) -> Vec<usize>) {
    for (at, &(x, y)) in targets.iter().enumerate() {
        let rows = rows(x, y);
        let (estimate, variance) = krige_plainly(d, &rows, x, y, v);
        assert_eq!(out.n_used[at] as usize, rows.len());
        assert!((out.estimate[at] - estimate).abs() < 1e-7, "{x} {y}: {} {estimate}", out.estimate[at]);
        assert!((out.variance[at] - variance).abs() < 1e-6, "{x} {y}: {} {variance}", out.variance[at]);
    }
}

#[test]
fn every_target_uses_exactly_its_nearest_data() {
    let d = Data::new(41, 3000);
    let g = RegularGrid { x0: -3.0, y0: 102.0, dx: 2.7, dy: -3.1, nx: 41, ny: 35 };
    let nodes: Vec<(f64, f64)> = (0..g.len()).map(|at| (g.x(at % g.nx), g.y(at / g.nx))).collect();
    let (tx, ty): (Vec<f64>, Vec<f64>) = nodes.iter().copied().unzip();
    for model in Model::ALL {
        for (k, anisotropy) in
            [(5, None), (16, None), (16, Some(Anisotropy { azimuth_degrees: 60.0, ratio: 0.4 })), (33, None)]
        {
            let v = Variogram { model, nugget: 3.0, psill: 2500.0, range: 25.0, anisotropy };
            let metric = Metric::of(anisotropy);
            let measure = |dx: f64, dy: f64| {
                let (u, w) = metric.apply(dx, dy);
                u * u + w * w
            };
            let nearest = |x: f64, y: f64| by_distance(&d, x, y, measure)[..k].to_vec();
            let out = ordinary_regular(d.points(), &g, &v, &Search::nearest(k), &Silent).unwrap();
            let some: Vec<usize> = (0..g.len()).step_by(13).collect();
            let pick = |v: &[f64]| some.iter().map(|at| v[*at]).collect::<Vec<_>>();
            let part = Kriged {
                estimate: pick(&out.estimate),
                variance: pick(&out.variance),
                n_used: some.iter().map(|at| out.n_used[*at]).collect(),
            };
            compare(&d, &part, &some.iter().map(|at| nodes[*at]).collect::<Vec<_>>(), &v, nearest);
            let scattered = ordinary(d.points(), &tx, &ty, &v, &Search::nearest(k), &Silent).unwrap();
            assert_close(&scattered.estimate, &out.estimate, 1e-11);
            assert_close(&scattered.variance, &out.variance, 1e-10);
        }
    }
}

#[test]
fn rows_in_pieces_are_the_whole_map() {
    let d = Data::new(8, 5000);
    let g = RegularGrid { x0: 0.0, y0: 0.0, dx: 0.5, dy: 0.5, nx: 201, ny: 201 };
    for search in [Search::nearest(12), Search { neighbours: Some(300), ..Search::nearest(1) }] {
        let g = if search.neighbours == Some(300) { RegularGrid { nx: 5, ny: 9, ..g } } else { g };
        let whole = ordinary_regular(d.points(), &g, &spherical(1.0), &search, &Silent).unwrap();
        let ready = OrdinaryKriging::new(d.points(), &spherical(1.0), &search, &Silent).unwrap();
        let mut pieces = Kriged::default();
        for start in (0..g.ny).step_by(7) {
            let p = ready.rows(&g, start..g.ny.min(start + 7), &Silent).unwrap();
            pieces.estimate.extend(p.estimate);
            pieces.variance.extend(p.variance);
            pieces.n_used.extend(p.n_used);
        }
        assert_close(&pieces.estimate, &whole.estimate, 1e-12);
        assert_close(&pieces.variance, &whole.variance, 1e-10);
        assert_eq!(pieces.n_used, whole.n_used);
        assert!(ready.rows(&g, 0..g.ny + 1, &Silent).is_err());
    }
}

#[test]
fn large_neighbourhoods_sectors_and_radius() {
    let d = Data::new(17, 400);
    let targets = [(50.0, 50.0), (1.0, 99.0), (77.7, 12.3), (130.0, 50.0)];
    let (tx, ty): (Vec<f64>, Vec<f64>) = targets.iter().copied().unzip();
    let v = spherical(2.0);
    let run = |search: &Search| ordinary(d.points(), &tx, &ty, &v, search, &Silent).unwrap();
    compare(&d, &run(&Search::nearest(100)), &targets, &v, |x, y| by_distance(&d, x, y, f64::hypot)[..100].to_vec());
    compare(&d, &run(&Search::global()), &targets, &v, |x, y| by_distance(&d, x, y, f64::hypot));
    let near = Search { radius: Some(9.0), min_neighbours: 3, ..Search::nearest(16) };
    let out = run(&near);
    assert!(out.estimate[3].is_nan() && out.variance[3].is_nan() && out.n_used[3] == 0);
    let inside = |x: f64, y: f64| {
        by_distance(&d, x, y, f64::hypot)
            .into_iter()
            .filter(|r| (d.x[*r] - x).hypot(d.y[*r] - y) <= 9.0)
            .take(16)
            .collect()
    };
    compare(&d, &out, &targets[..3], &v, inside);
    let octants = run(&Search { sectors: Some(8), ..Search::nearest(16) });
    compare(&d, &octants, &targets, &v, |x, y| {
        let mut taken = [0; 8];
        let mut rows = by_distance(&d, x, y, f64::hypot);
        rows.retain(|r| {
            let s = ((d.x[*r] - x).atan2(d.y[*r] - y).to_degrees().rem_euclid(360.0) / 45.0) as usize;
            taken[s] += 1;
            taken[s] <= 2
        });
        rows
    });
}

#[test]
fn ties_are_settled_by_row() {
    // Data on a lattice, targets in the middle of cells and on nodes: many equal distances.
    let x: Vec<f64> = (0..400).map(|i| f64::from(i % 20)).collect();
    let y: Vec<f64> = (0..400).map(|i| f64::from(i / 20)).collect();
    let z: Vec<f64> = (0..400).map(|i| f64::from(i * 37 % 101)).collect();
    let d = Data { x, y, z };
    let v = Variogram { model: Model::Exponential, nugget: 0.1, psill: 1.0, range: 6.0, anisotropy: None };
    let g = RegularGrid { x0: 4.5, y0: 4.5, dx: 1.0, dy: 1.0, nx: 9, ny: 9 };
    let out = ordinary_regular(d.points(), &g, &v, &Search::nearest(6), &Silent).unwrap();
    let targets: Vec<(f64, f64)> = (0..81).map(|at| (g.x(at % 9), g.y(at / 9))).collect();
    compare(&d, &out, &targets, &v, |x, y| by_distance(&d, x, y, |a, b| a * a + b * b)[..6].to_vec());
}

#[test]
fn one_point_two_points_equal_values() {
    let v = spherical(1.0);
    for search in [Search::global(), Search::nearest(4)] {
        let one = Points { x: &[10.0], y: &[10.0], z: &[7.0] };
        let out = ordinary(one, &[10.0, 20.0], &[10.0, 10.0], &v, &search, &Silent).unwrap();
        assert_eq!((out.estimate[0], out.variance[0]), (7.0, 0.0));
        assert!((out.estimate[1] - 7.0).abs() < 1e-12 && (out.variance[1] - 2.0 * v.gamma(10.0)).abs() < 1e-9);
        let two = Points { x: &[0.0, 10.0], y: &[0.0, 0.0], z: &[1.0, 3.0] };
        let out = ordinary(two, &[5.0], &[0.0], &v, &search, &Silent).unwrap();
        assert!((out.estimate[0] - 2.0).abs() < 1e-12);
        let d = Data { z: vec![5.5; 50], ..Data::new(2, 50) };
        let out = ordinary(d.points(), &[3.0, 300.0], &[3.0, 300.0], &v, &search, &Silent).unwrap();
        assert_close(&out.estimate, &[5.5, 5.5], 1e-14);
        let line = Points { x: &[0.0, 1.0, 2.0, 3.0, 4.0], y: &[0.0; 5], z: &[0.0, 1.0, 2.0, 3.0, 4.0] };
        let out = ordinary(line, &[2.5], &[0.0], &v, &search, &Silent).unwrap();
        assert!((out.estimate[0] - 2.5).abs() < 0.2);
    }
}

#[test]
fn coincident_data_need_a_nugget() {
    let d = Data { x: vec![1.0, 5.0, 1.0, 9.0], y: vec![2.0, 5.0, 2.0, 1.0], z: vec![1.0, 2.0, 3.0, 4.0] };
    for search in [Search::global(), Search::nearest(3)] {
        let error = ordinary(d.points(), &[2.0], &[2.0], &spherical(0.0), &search, &Silent).unwrap_err();
        assert_eq!(error, KernelError::CoincidentPoints { first: 0, second: 2, x: 1.0, y: 2.0 });
        assert!(error.to_string().contains("rows 1 and 3") && error.to_string().contains("nugget"));
        let out = ordinary(d.points(), &[2.0, 1.0], &[2.0, 2.0], &spherical(10.0), &search, &Silent).unwrap();
        assert!(out.variance.iter().all(|v| *v > 0.0));
        // At the doubled place: the limit of what is estimated close by.
        let close = ordinary(d.points(), &[1.0 + 1e-9], &[2.0], &spherical(10.0), &search, &Silent).unwrap();
        assert!((out.estimate[1] - close.estimate[0]).abs() < 1e-4 && (out.estimate[1] - 2.0).abs() < 0.1);
    }
}

#[test]
fn a_system_without_solution_is_an_error_not_a_number() {
    let d = Data::new(6, 300);
    let v = Variogram { model: Model::Gaussian, nugget: 0.0, psill: 1.0, range: 300.0, anisotropy: None };
    for search in [Search::global(), Search::nearest(32), Search::nearest(80)] {
        let error = ordinary(d.points(), &[50.0], &[50.0], &v, &search, &Silent).unwrap_err();
        assert!(matches!(error, KernelError::Singular { .. }), "{error}");
        let out = ordinary(d.points(), &[50.0], &[50.0], &Variogram { nugget: 1e-3, ..v }, &search, &Silent).unwrap();
        assert!(out.estimate[0].is_finite());
    }
}

#[test]
fn large_coordinates_and_values_keep_their_digits() {
    let d = Data::new(23, 500);
    let far = Data {
        x: d.x.iter().map(|x| x + 524_288.0).collect(),
        y: d.y.iter().map(|y| y + 6_291_456.0).collect(),
        z: d.z.iter().map(|z| z + 1e6).collect(),
    };
    for search in [Search::global(), Search::nearest(16)] {
        let near = ordinary(d.points(), &[33.25], &[44.5], &spherical(0.5), &search, &Silent).unwrap();
        let out = ordinary(far.points(), &[524_321.25], &[6_291_500.5], &spherical(0.5), &search, &Silent).unwrap();
        assert!((out.estimate[0] - 1e6 - near.estimate[0]).abs() < 1e-6);
        assert!((out.variance[0] - near.variance[0]).abs() < 1e-6);
    }
}

#[test]
fn bad_input_says_what_is_wrong() {
    let d = Data::new(2, 20);
    let run = |s: &Search| ordinary(d.points(), &[1.0], &[1.0], &spherical(0.0), s, &Silent).unwrap_err();
    for (search, name) in [
        (Search { neighbours: Some(0), ..Search::global() }, "neighbours"),
        (Search { radius: Some(0.0), ..Search::global() }, "radius"),
        (Search { sectors: Some(0), ..Search::nearest(4) }, "sectors"),
        (Search { sectors: Some(4), ..Search::global() }, "neighbours"),
        (Search { min_neighbours: 9, ..Search::nearest(4) }, "min_neighbours"),
    ] {
        assert!(matches!(run(&search), KernelError::InvalidParameter { name: n, .. } if n == name));
    }
    let nan = Points { x: &[0.0], y: &[0.0], z: &[f64::NAN] };
    let target =
        |p: Points<'_>, x: f64| ordinary(p, &[x], &[1.0], &spherical(0.0), &Search::global(), &Silent).unwrap_err();
    assert_eq!(target(nan, 1.0), KernelError::NonFinite { what: "z", row: 0 });
    assert_eq!(target(d.points(), f64::NAN), KernelError::NonFinite { what: "target x", row: 0 });
    assert_eq!(target(Points { x: &[], y: &[], z: &[] }, 1.0), KernelError::TooFewPoints { needed: 1, found: 0 });
    let many = vec![0.0; 20_001];
    let error = target(Points { x: &many, y: &many, z: &many }, 1.0);
    assert!(matches!(error, KernelError::InvalidParameter { name: "neighbours", .. }), "{error}");
    let few = ordinary(
        d.points(),
        &[1.0],
        &[1.0],
        &spherical(0.0),
        &Search { min_neighbours: 21, ..Search::global() },
        &Silent,
    )
    .unwrap();
    assert!(few.estimate[0].is_nan());
}
