//! Kernels of logs and well paths.

use outcrop_kernels::deviation::deviation;
use outcrop_kernels::logs::block::{BlockValue, blocked, regular_blocks};
use outcrop_kernels::logs::pay::{Cutoffs, net_pay};
use outcrop_kernels::logs::resample::{ResampleMethod, regular_depths, resample};
use outcrop_kernels::logs::shift::shifted;
use outcrop_kernels::logs::window::{Despiked, Statistic, despike, moving};
use outcrop_kernels::petrophysics::simandoux_sw;
use outcrop_kernels::well_path::{PathOptions, PathPoint, minimum_curvature};

use super::{measure, uniform};

/// A million samples each.
pub(super) fn cases(wanted: &dyn Fn(&str) -> bool) {
    let n = 1_000_000;
    let md: Vec<f64> = (0..n).map(|i| 1000.0 + i as f64 * 0.1524).collect();
    let gr: Vec<f64> = uniform(11, n).iter().map(|u| 20.0 + 120.0 * u).collect();
    if wanted("moving_median") {
        measure("moving_median", n, None, || moving(&md, &gr, 100.5 * 0.1524, Statistic::Median).unwrap());
    }
    if wanted("moving_mean") {
        measure("moving_mean", n, None, || moving(&md, &gr, 100.5 * 0.1524, Statistic::Mean).unwrap());
    }
    if wanted("resample") {
        let at = regular_depths(md[0], md[n - 1], 0.1, false).unwrap();
        measure("resample", n, None, || resample(&md, &gr, &at, ResampleMethod::Linear, 0.1, None).unwrap());
    }
    if wanted("simandoux") {
        measure("simandoux", n, None, || {
            gr.iter().map(|v| simandoux_sw(*v, 0.2, 0.05, v / 300.0, 3.0, 1.0, 2.0, 2.0)).collect()
        });
    }
    if wanted("despike") {
        measure("despike", n, None, || despike(&md, &gr, 10.5 * 0.1524, 3.0, Despiked::Median).unwrap().0);
    }
    if wanted("block_log") {
        measure("block_log", n, None, || {
            let blocks = regular_blocks(&md, 10.0).unwrap();
            blocked(&md, &gr, &blocks, BlockValue::Mean).unwrap()
        });
    }
    if wanted("net_pay") {
        let of = |seed, most: f64| uniform(seed, n).iter().map(|u| u * most).collect::<Vec<f64>>();
        let (phi, sw, vsh) = (of(14, 0.3), of(15, 1.0), of(16, 1.0));
        let cutoffs = Cutoffs { phi_min: Some(0.08), sw_max: Some(0.6), vsh_max: Some(0.5) };
        measure("net_pay", n, None, || {
            let pay = net_pay(&md, &phi, &sw, &vsh, &cutoffs, None).unwrap();
            vec![pay.net, pay.phi, pay.sw, pay.hydrocarbon_pore_thickness]
        });
    }
    if wanted("depth_shift") {
        let from: Vec<f64> = (0..100).map(|k| 1000.0 + 1500.0 * f64::from(k)).collect();
        let to: Vec<f64> = from.iter().zip(uniform(17, 100)).map(|(f, u)| f + 5.0 * u).collect();
        measure("depth_shift", n, None, || shifted(&md, &from, &to).unwrap());
    }
    paths(wanted);
}

/// Well paths of a million stations.
fn paths(wanted: &dyn Fn(&str) -> bool) {
    if !["well_path", "deviation_survey"].into_iter().any(wanted) {
        return;
    }
    let md: Vec<f64> = (0..1_000_000).map(|i| 10.0 * f64::from(i)).collect();
    let inclination: Vec<f64> = md.iter().map(|md| 40.0 + 20.0 * (md / 500.0).sin()).collect();
    let azimuth: Vec<f64> = md.iter().map(|md| 150.0 + 100.0 * (md / 3000.0).cos()).collect();
    let path = || minimum_curvature(&md, &inclination, &azimuth, &PathOptions::default()).unwrap();
    if wanted("well_path") {
        measure("well_path", md.len(), None, || path().iter().map(|p| p.tvd).collect());
    }
    if wanted("deviation_survey") {
        let path = path();
        let of = |value: fn(&PathPoint) -> f64| path.iter().map(value).collect::<Vec<f64>>();
        let (north, east, tvd) = (of(|p| p.north), of(|p| p.east), of(|p| p.tvd));
        measure("deviation_survey", md.len(), None, || {
            deviation(&north, &east, &tvd, 0.0).unwrap().iter().map(|s| s.inclination).collect()
        });
    }
}
