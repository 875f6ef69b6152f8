use outcrop_kernels::Silent;
use outcrop_kernels::deviation::deviation;
use outcrop_kernels::surface::{PathPlace, Pick, SampleMethod, Surface, Tie, crossings};
use outcrop_kernels::variogram::{Anisotropy, Model, Variogram};
use outcrop_kernels::well_path::{PathOptions, minimum_curvature};

fn plane(columns: usize, rows: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    (0..columns * rows).map(|k| f((k % columns) as f64, (k / columns) as f64)).collect()
}

#[test]
fn nodes_planes_and_cubics_come_back() {
    let f = |i: f64, j: f64| 3.0 + 2.0 * i - 0.5 * j;
    let values = plane(6, 5, f);
    let surface = Surface::new(6, 5, &values).unwrap();
    for (i, j) in [(0.0, 0.0), (5.0, 4.0), (2.25, 3.5), (4.9, 0.1), (0.5, 4.0)] {
        for method in [SampleMethod::Bilinear, SampleMethod::Bicubic] {
            assert!((surface.sample(i, j, method) - f(i, j)).abs() < 1e-12, "{method:?} {i} {j}");
        }
        assert_eq!(surface.sample(i, j, SampleMethod::Nearest), f(i.round(), j.round()));
    }
    // Keys' kernel reproduces parabolas where it has its sixteen nodes.
    let parabola = |i: f64, j: f64| i * i - 3.0 * j * j + i * j;
    let values = plane(6, 6, parabola);
    let surface = Surface::new(6, 6, &values).unwrap();
    assert!((surface.sample(2.3, 2.8, SampleMethod::Bicubic) - parabola(2.3, 2.8)).abs() < 1e-12);
    // Outside: nothing, but for the half cell of the nearest node.
    for method in SampleMethod::ALL {
        assert!(surface.sample(-0.6, 2.0, method).is_nan() && surface.sample(2.0, 5.7, method).is_nan());
        assert!(surface.sample(f64::NAN, 2.0, method).is_nan());
    }
    assert_eq!(surface.sample(5.4, 5.4, SampleMethod::Nearest), parabola(5.0, 5.0));
    assert!(surface.sample(5.4, 5.0, SampleMethod::Bilinear).is_nan());
    assert!(Surface::new(6, 5, &values).is_err() && Surface::new(0, 5, &[]).is_err());
}

#[test]
fn undefined_nodes_do_not_bleed() {
    let mut values = plane(5, 5, |i, j| i + 10.0 * j);
    values[2 * 5 + 2] = f64::NAN;
    let surface = Surface::new(5, 5, &values).unwrap();
    for method in [SampleMethod::Bilinear, SampleMethod::Bicubic] {
        assert!(surface.sample(1.5, 1.5, method).is_nan() && surface.sample(2.0, 2.0, method).is_nan());
        // On the line of nodes beside it the undefined one counts nothing.
        assert!((surface.sample(1.0, 2.0, method) - 21.0).abs() < 1e-12);
        assert!((surface.sample(3.25, 3.0, method) - 33.25).abs() < 1e-12);
        assert!((surface.sample(3.5, 3.5, method) - 38.5).abs() < 1e-12, "{method:?}");
    }
}

#[test]
fn a_tied_surface_goes_through_its_picks() {
    let values = plane(30, 20, |i, j| 2000.0 + i + (j / 3.0).sin());
    let surface = Surface::new(30, 20, &values).unwrap();
    let place = |i: usize, j: usize| (1000.0 + 50.0 * i as f64, 5000.0 + 50.0 * j as f64);
    let picks: Vec<Pick> =
        [(3.0, 4.0, 7.0), (3.4, 4.3, -3.0), (20.7, 11.1, 12.0), (28.999, 0.5, 1.0), (40.0, 4.0, 9.0)]
            .iter()
            .map(|&(i, j, off)| Pick { i, j, value: 2000.0 + off })
            .collect();
    let variogram = Variogram { model: Model::Spherical, nugget: 0.0, psill: 1.0, range: 400.0, anisotropy: None };
    let tie = Tie::new(&surface, place, &picks, &variogram, &Silent).unwrap();
    assert!(tie.residuals[4].is_nan());
    let correction = tie.correction(&Silent).unwrap();
    let tied: Vec<f64> = values.iter().zip(&correction).map(|(v, c)| v + c).collect();
    let after = Surface::new(30, 20, &tied).unwrap();
    for p in &picks[..4] {
        assert!((after.sample(p.i, p.j, SampleMethod::Bilinear) - p.value).abs() < 1e-9, "{p:?}");
    }
    // Beyond the range of every pick nothing is changed.
    assert_eq!(correction[19 * 30 + 5], 0.0);
    // The same pick twice with two values has no solution, but with a nugget one between them.
    let twice = [Pick { i: 5.0, j: 5.0, value: 2010.0 }, Pick { i: 5.0, j: 5.0, value: 2020.0 }];
    assert!(Tie::new(&surface, place, &twice, &variogram, &Silent).is_err());
    let tie = Tie::new(&surface, place, &twice, &Variogram { nugget: 0.01, ..variogram }, &Silent).unwrap();
    let c = tie.correction(&Silent).unwrap()[5 * 30 + 5] + values[5 * 30 + 5];
    assert!((c - 2015.0).abs() < 0.1, "{c}");
    assert!(Tie::new(&surface, place, &picks[4..], &variogram, &Silent).is_err());
}

/// One pick on a node: what it adds elsewhere is its residual times the correlation, whatever the grid's turn and size.
#[test]
fn a_correction_falls_off_as_the_variogram_says() {
    let (columns, rows) = (37, 300);
    let values = plane(columns, rows, |i, j| 2000.0 + i - 2.0 * j);
    let surface = Surface::new(columns, rows, &values).unwrap();
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let place = |i: usize, j: usize| {
        let (u, v) = (25.0 * i as f64, -40.0 * j as f64);
        (450_000.0 + u * cos - v * sin, 6_780_000.0 + u * sin + v * cos)
    };
    let anisotropy = Some(Anisotropy { azimuth_degrees: 70.0, ratio: 0.4 });
    for model in [Model::Exponential, Model::Spherical, Model::Gaussian, Model::Cubic] {
        let variogram = Variogram { model, nugget: 0.0, psill: 7.0, range: 900.0, anisotropy };
        let (i, j) = (11, 260);
        let pick = Pick { i: i as f64, j: j as f64, value: values[j * columns + i] + 5.0 };
        let tie = Tie::new(&surface, place, &[pick], &variogram, &Silent).unwrap();
        let (x, y) = place(i, j);
        for (at, found) in tie.correction(&Silent).unwrap().into_iter().enumerate() {
            let (px, py) = place(at % columns, at / columns);
            let expected = 5.0 * (1.0 - variogram.gamma_between(px - x, py - y) / 7.0);
            assert!((found - expected).abs() < 1e-6, "{model:?} {at}: {found} {expected}");
        }
    }
}

#[test]
fn paths_cross_where_they_should() {
    let values = plane(11, 11, |i, _| 1000.0 + 10.0 * i);
    let surface = Surface::new(11, 11, &values).unwrap();
    let at = |md: f64, i: f64, j: f64, z: f64| PathPlace { md, i, j, z };
    // Straight down.
    let found = crossings(&[at(0.0, 2.5, 3.0, 0.0), at(2000.0, 2.5, 3.0, 2000.0)], &surface);
    assert_eq!(found.len(), 1);
    assert!((found[0].place.md - 1025.0).abs() < 1e-9 && found[0].from_smaller);
    // Down through it and up through it again.
    let path = [at(0.0, 1.0, 1.0, 900.0), at(300.0, 5.0, 1.0, 1100.0), at(900.0, 9.0, 1.0, 1000.0)];
    let found = crossings(&path, &surface);
    assert_eq!(found.len(), 2, "{found:?}");
    let z = |k: usize| found[k].place.z - surface.sample(found[k].place.i, found[k].place.j, SampleMethod::Bilinear);
    assert!(z(0).abs() < 1e-9 && z(1).abs() < 1e-9 && found[0].from_smaller && !found[1].from_smaller);
    // Above, below, outside: nothing. On a position of its own: once.
    assert!(crossings(&[at(0.0, 1.0, 1.0, 0.0), at(9.0, 1.0, 1.0, 9.0)], &surface).is_empty());
    assert!(crossings(&[at(0.0, 20.0, 1.0, 0.0), at(9.0, 20.0, 1.0, 9000.0)], &surface).is_empty());
    let touched = [at(0.0, 1.0, 1.0, 1000.0), at(1.0, 1.0, 1.0, 1010.0), at(2.0, 1.0, 1.0, 1020.0)];
    assert_eq!(crossings(&touched, &surface).len(), 1);
    assert!(crossings(&[], &surface).is_empty());
}

#[test]
fn positions_give_the_survey_back() {
    let md: Vec<f64> = (0..60).map(|k| 30.0 * f64::from(k)).collect();
    let inc: Vec<f64> = md.iter().map(|d| ((d - 300.0) / 20.0).clamp(0.0, 55.0)).collect();
    let azi: Vec<f64> = md.iter().map(|d| 40.0 + d / 60.0).collect();
    let path = minimum_curvature(&md, &inc, &azi, &PathOptions::default()).unwrap();
    let column = |f: fn(&outcrop_kernels::well_path::PathPoint) -> f64| path.iter().map(f).collect::<Vec<f64>>();
    let found = deviation(&column(|p| p.north), &column(|p| p.east), &column(|p| p.tvd), 0.0).unwrap();
    for (k, s) in found.iter().enumerate() {
        // A quarter of a degree where the curvature changes at once, else far better.
        assert!((s.inclination - inc[k]).abs() < 0.4, "{k}: {s:?} {}", inc[k]);
        assert!((s.md - md[k]).abs() < 0.01, "{k}: {s:?}");
        if inc[k] > 5.0 {
            assert!((s.azimuth - azi[k]).abs() < 0.3, "{k}: {s:?} {}", azi[k]);
        }
    }
    // One circle: exactly, ends included.
    let angle = |k: i32| f64::from(k).to_radians() * 2.0;
    let (north, tvd): (Vec<f64>, Vec<f64>) =
        (0..40).map(|k| (1000.0 * (1.0 - angle(k).cos()), 1000.0 * angle(k).sin())).unzip();
    let circle = deviation(&north, &vec![0.0; 40], &tvd, 500.0).unwrap();
    for (k, s) in circle.iter().enumerate() {
        let turned = angle(k as i32);
        assert!((s.inclination - turned.to_degrees()).abs() < 1e-9 && (s.md - 500.0 - 1000.0 * turned).abs() < 1e-9);
    }
    assert!(deviation(&[0.0], &[0.0], &[0.0], 0.0).is_err());
    assert!(deviation(&[0.0, 0.0], &[0.0, 0.0], &[5.0, 5.0], 0.0).unwrap_err().to_string().contains("one place"));
}
