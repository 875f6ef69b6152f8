//! Kernels of maps: kriging, gridding, and surfaces with wells.

use outcrop_kernels::gridding::{Gridder, InverseDistance, Method};
use outcrop_kernels::kriging::{Search, ordinary_regular};
use outcrop_kernels::surface::{PathPlace, Pick, SampleMethod, Surface, Tie, crossings};
use outcrop_kernels::variogram::{ExperimentalOptions, FitOptions, LagBin, Model, Variogram, experimental, fit};
use outcrop_kernels::{RegularGrid, Silent};

use super::{Data, SIDE, measure, truth, uniform};

fn grid(nodes: usize) -> RegularGrid {
    let step = SIDE / (nodes as f64 - 1.0);
    RegularGrid { x0: 0.0, y0: 0.0, dx: step, dy: step, nx: nodes, ny: nodes }
}

pub(super) fn cases(wanted: &dyn Fn(&str) -> bool) {
    let model = Variogram { model: Model::Spherical, nugget: 1.0, psill: 2500.0, range: 25.0, anisotropy: None };
    let krige = |case: &str, n: usize, nodes: usize, search: &Search, variogram: &Variogram| {
        if wanted(case) {
            let (data, g) = (Data::new(n), grid(nodes));
            measure(case, n, Some(g), || {
                ordinary_regular(data.points(), &g, variogram, search, &Silent).unwrap().estimate
            });
        }
    };
    krige("krige16", 100_000, 1000, &Search::nearest(16), &model);
    krige("krige16_sparse", 1_000, 1000, &Search::nearest(16), &model);
    krige(
        "krige16_exponential",
        100_000,
        1000,
        &Search::nearest(16),
        &Variogram { model: Model::Exponential, ..model },
    );
    krige("krige32", 100_000, 1000, &Search::nearest(32), &model);
    krige("krige_global", 1_000, 200, &Search::global(), &model);
    krige("krige_global_exponential", 1_000, 200, &Search::global(), &Variogram { model: Model::Exponential, ..model });
    if wanted("variogram") {
        let data = Data::new(10_000);
        let options = ExperimentalOptions::omnidirectional(1.0, 30.0);
        measure("variogram", 10_000, None, || {
            let bins = experimental(&data.x, &data.y, &data.z, &options, &Silent).unwrap();
            bins.iter().map(|b| b.gamma).collect()
        });
    }
    if wanted("variogram_fit") {
        let gamma = |h: f64, u: f64| (5.0 + 40.0 * (1.0 - (-3.0 * h / 12.0).exp())) * (0.95 + 0.1 * u);
        let bin = |(k, u): (usize, f64)| {
            let h = k as f64 + 0.5;
            LagBin { lag: h, mean_distance: h, gamma: gamma(h, u), pairs: 1000 + 200 * k as u64 }
        };
        let bins: Vec<LagBin> = uniform(41, 30).into_iter().enumerate().map(bin).collect();
        measure("variogram_fit", 30, None, || {
            (0..100).map(|_| fit(&bins, &[Model::Exponential], &FitOptions::default()).unwrap().range).collect()
        });
    }
    surfaces(wanted);
    let (many, map) = (100_000, grid(1000));
    let methods = [
        ("idw", Method::InverseDistance(InverseDistance::default())),
        ("nearest", Method::Nearest),
        ("tin", Method::Tin),
    ];
    for (name, method) in methods.into_iter().filter(|(name, _)| wanted(name)) {
        let data = Data::new(many);
        measure(name, many, Some(map), || {
            Gridder::new(data.points(), method).unwrap().grid(&map, &Silent).unwrap().value
        });
    }
}

/// A surface of a million nodes at places, at picks and under paths.
fn surfaces(wanted: &dyn Fn(&str) -> bool) {
    if !["sample_grid", "tie_surface", "crossings"].into_iter().any(wanted) {
        return;
    }
    let n = 1_000_000;
    let values: Vec<f64> = (0..n).map(|k| truth((k % 1000) as f64 / 10.0, (k / 1000) as f64 / 10.0)).collect();
    let surface = Surface::new(1000, 1000, &values).unwrap();
    if wanted("sample_grid") {
        let (i, j) = (uniform(12, n), uniform(13, n));
        measure("sample_grid", n, None, || {
            i.iter().zip(&j).map(|(i, j)| surface.sample(999.0 * i, 999.0 * j, SampleMethod::Bilinear)).collect()
        });
    }
    if wanted("tie_surface") {
        let (i, j, error) = (uniform(51, 200), uniform(52, 200), uniform(53, 200));
        let picks: Vec<Pick> = (0..200)
            .map(|k| {
                let (i, j) = (999.0 * i[k], 999.0 * j[k]);
                Pick { i, j, value: surface.sample(i, j, SampleMethod::Bilinear) + 20.0 * (error[k] - 0.5) }
            })
            .collect();
        let variogram =
            Variogram { model: Model::Exponential, nugget: 0.0, psill: 30.0, range: 200.0, anisotropy: None };
        measure("tie_surface", n, None, || {
            let tie = Tie::new(&surface, |i, j| (i as f64, j as f64), &picks, &variogram, &Silent).unwrap();
            tie.correction(&Silent).unwrap()
        });
    }
    if wanted("crossings") {
        // A path along every row, a point each half cell, up and down through the surface.
        let path = |row: usize| -> Vec<PathPlace> {
            let place = |k: usize| {
                let (i, j) = (0.5 * k as f64, row as f64);
                PathPlace { md: 10.0 * k as f64, i, j, z: 1000.0 + 60.0 * (k as f64 / 20.0).sin() }
            };
            (0..1999).map(place).collect()
        };
        let paths: Vec<Vec<PathPlace>> = (0..1000).map(path).collect();
        measure("crossings", 1_999_000, None, || {
            paths.iter().flat_map(|path| crossings(path, &surface)).map(|c| c.place.md).collect()
        });
    }
}
